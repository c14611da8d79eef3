"""What the engine's tests share: small networks whose dimensions all differ, drawn away from ReLU's kinks, and the
one finite-difference check that all of them use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from mfnumpy import network, rules
from mfnumpy.backend import to_host
from mfnumpy.blocks import Block, Trace
from mfnumpy.network import Network
from mfnumpy.rules import Rule, Step
from mfnumpy.support.seeding import stream

ALL_RULES = tuple(rules.RULES)
LOCAL_RULES = tuple(name for name, rule in rules.RULES.items() if rule.local)
CNN_RULES = tuple(name for name, rule in rules.RULES.items() if rule.images)
NETS = ("mlp", "cnn")
CASES = [(rule, net) for net in NETS for rule in (ALL_RULES if net == "mlp" else CNN_RULES)]
"""Every rule on every kind of network that it can train."""

N_CLASSES = 4
TOLERANCE = 1e-7
STEP = 1e-5
MARGIN = 1e-3
"""No z of a finite-difference test may be nearer to ReLU's kink than this: a hundred times the step."""


def small_net(kind: str, *, bias: bool = False, seed: int = 0, dtype: str = "float64", blocks: int = 2) -> Network:
    """All dimensions different: N=7; 9-6-8(-5) and 4 classes; or 7x6x2 images, unequal kernels, strides and pools."""
    if kind == "mlp":
        net = network.mlp(9, (6, 8, 5)[:blocks], bias=bias, seed=seed, dtype=dtype)
    else:
        net = Network((7, 6, 2), seed=seed, dtype=dtype)
        for maps, options in (
            (5, {"kernel": (3, 2), "padding": (1, 0), "pool": (2, 1)}),
            (3, {"kernel": 2, "stride": (1, 2), "padding": 1, "pool": (3, 2)}),
        )[:blocks]:
            net.plug(net.new_conv(maps, bias=bias, **options))
    for block in net.blocks:
        if bias:  # they start at zero, where much goes unnoticed
            b = block.parameters["b"]
            b[...] = stream(seed, "test bias", int(block.name[-1])).standard_normal(b.shape)
    return net


def small_batch(net: Network, seed: int = 0, n: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """N rows of both signs, and labels among which every class occurs."""
    n = n or (7 if len(net.input_shape) == 1 else 5)
    rng = stream(seed, "test batch")
    x = rng.standard_normal((n, *net.input_shape)).astype(net.dtype)
    y = rng.permutation(np.arange(n) % N_CLASSES)
    return x, y


def started(name: str, net: Network, seed: int = 0, **options) -> Rule:
    """A started rule, every trainable matrix of which is random (one-pass FF's readout would start at zero)."""
    rule = rules.make(name, **options)
    rule.start(net, N_CLASSES, seed)
    if name == "ff_one_pass":
        W = rule.readout.parameters["W"]
        W[...] = stream(seed, "test readout").standard_normal(W.shape)
    return rule


def steps_of(rule: Rule, net: Network, x, y, only=None) -> list[Step]:
    """All steps of one batch, with the same random numbers at each call."""
    return list(rule.steps(net, x, y, stream(5, "test rng"), only))


def gradients_of(rule: Rule, net: Network, x, y) -> dict[str, np.ndarray]:
    """All gradients of one batch, on the host."""
    return {k: to_host(g) for step in steps_of(rule, net, x, y) for k, g in step.gradients.items()}


@contextmanager
def recorded_traces() -> Iterator[list[tuple[str, Trace]]]:
    """Every Trace that any block makes inside the `with`, in order, with the block's name."""
    found: list[tuple[str, Trace]] = []
    original = Block.forward

    def forward(self, x):
        trace = original(self, x)
        found.append((self.name, trace))
        return trace

    Block.forward = forward  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Block.forward = original  # type: ignore[method-assign]


def masks(rule: Rule, net: Network, x, y) -> list[np.ndarray]:
    """Which z are positive, in every forward pass of the rule's steps."""
    with recorded_traces() as traces:
        steps_of(rule, net, x, y)
    return [trace.z > 0 for _, trace in traces]


def distance_to_kink(rule: Rule, net: Network, x, y) -> float:
    """The smallest |z| in any forward pass of the rule's steps."""
    with recorded_traces() as traces:
        steps_of(rule, net, x, y)
    return min(float(np.abs(trace.z).min()) for _, trace in traces)


@dataclass
class Case:
    """A rule, a network and a batch."""

    rule: Rule
    net: Network
    x: np.ndarray
    y: np.ndarray


def case_away_from_kinks(name: str, kind: str, *, bias: bool = False, **options) -> Case:
    """Draw until no z lies within MARGIN of the kink and both signs of z occur in every block; never by tolerance."""
    for seed in range(1000):
        net = small_net(kind, bias=bias, seed=seed)
        x, y = small_batch(net, seed)
        rule = started(name, net, seed, **options)
        if distance_to_kink(rule, net, x, y) > MARGIN:
            positive = [mask.mean() for mask in masks(rule, net, x, y)]
            if min(positive) > 0.1 and max(positive) < 0.9:
                return Case(rule, net, x, y)
    raise AssertionError("no draw keeps away from the kinks")


def numeric_gradient(f: Callable[[], float], array: np.ndarray, step: float = STEP) -> np.ndarray:
    """Central differences (f(v + h) - f(v - h)) / 2h by every entry of a live array, which is put back."""
    gradient = np.zeros_like(array)
    flat, out = array.reshape(-1), gradient.reshape(-1)
    assert np.shares_memory(flat, array)
    for k in range(flat.size):
        value = flat[k]
        flat[k] = value + step
        above = f()
        flat[k] = value - step
        below = f()
        flat[k] = value
        out[k] = (above - below) / (2 * step)
    return gradient


def relative_error(gradient: np.ndarray, reference: np.ndarray) -> float:
    """Largest difference, as a share of the largest entry of the reference; infinite for another shape or for NaN."""
    gradient, reference = np.asarray(gradient), np.asarray(reference)
    if gradient.shape != reference.shape:
        return float("inf")
    scale = float(np.abs(reference).max())
    assert scale > 1e-8, "a gradient of zero tests nothing"
    error = float(np.abs(gradient - reference).max()) / scale
    return error if np.isfinite(error) else float("inf")


def gradient_error(f: Callable[..., object], gradients: dict[int, np.ndarray], *args: np.ndarray) -> float:
    """The largest relative error of the given gradients, {argument's place: gradient}, of the scalar f(*args)."""
    args = tuple(np.array(a) for a in args)
    return max(
        relative_error(g, numeric_gradient(lambda: float(f(*args)), args[place])) for place, g in gradients.items()
    )


def digest(arrays: dict[str, np.ndarray] | np.ndarray) -> str:
    """A hash of names, dtypes, shapes and bytes."""
    if not isinstance(arrays, dict):
        arrays = {"": arrays}
    sha = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(to_host(arrays[name]))
        sha.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return sha.hexdigest()


def model_arrays(rule: Rule, net: Network) -> dict[str, np.ndarray]:
    """Copies of all arrays of a model, learned and fixed, on the host."""
    return {k: to_host(v).copy() for k, v in (rule.parameters(net) | rule.fixed()).items()}


def assert_same_bytes(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    """The same names, shapes, dtypes and bytes, one by one, so that a failure names the array."""
    assert set(a) == set(b)
    for name in a:
        assert a[name].dtype == b[name].dtype, name
        assert a[name].shape == b[name].shape, name
        assert a[name].tobytes() == b[name].tobytes(), name


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> set[str]:
    """The names whose bytes differ."""
    assert set(before) == set(after)
    return {name for name in before if before[name].tobytes() != after[name].tobytes()}


def blobs(n: int, shape: tuple[int, ...], dtype: str = "float32", seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """N rows around one random centre per class, which a small network separates well."""
    centres = 1.5 * stream(seed, "test centres").standard_normal((N_CLASSES, *shape))
    rng = stream(seed, "test blobs")
    y = rng.integers(0, N_CLASSES, n)
    return (centres[y] + rng.standard_normal((n, *shape))).astype(dtype), y
