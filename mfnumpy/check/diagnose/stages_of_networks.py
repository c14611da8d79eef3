"""The stages of a step of a whole network, by backpropagation or by feedback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from mfnumpy.check.diagnose.stages import (
    ACTIVATIONS,
    ENTERED,
    UNIT,
    Probe,
    error_behind,
    is_mean_over_samples,
    probes_of,
    said,
)
from mfnumpy.check.diagnose.stages_of_ff import ff_step
from mfnumpy.check.diagnose.stages_of_steps import (
    ERROR,
    GATE,
    RELU,
    Facts,
    changed,
    eq7,
    hidden_error,
    mf_step,
    output_error,
    turned,
)
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.check.student.call import Caller


@dataclass
class Pass:
    """One probe's forward pass, with the student's own activation, and the errors that were read off.

    probe: the call.
    y, weights, feedback: its arguments; without feedback [].
    moves: the change of each layer's weights.
    inputs, zs: what goes into each layer, and its pre-activation.
    errors: dz at each layer, as the changes tell it.
    """

    probe: Probe
    y: np.ndarray
    weights: list[np.ndarray]
    feedback: list[np.ndarray]
    moves: list[np.ndarray]
    inputs: list[np.ndarray]
    zs: list[np.ndarray]
    errors: list[np.ndarray]


def step(kind: str, probes: Sequence[Probe]) -> Facts:
    """The activations, the error of the output, and the errors at the hidden layers. kind: "bp", "fa" or "dfa"."""
    plain = [(name, name, "{}") for name in ACTIVATIONS] + [(RELU, name, "{}") for name in ACTIVATIONS]
    entered = [(RELU, used, name) for used in (RELU, UNIT) for name in ENTERED]
    for forward, used, enter in plain + entered:
        passes = [_pass(p, ACTIVATIONS[forward], ACTIVATIONS[used], ENTERED[enter]) for p in probes]
        if all(p is not None for p in passes):
            break
    else:
        return [], False
    facts = []
    if forward != RELU:
        facts.append(said("The activation of the hidden layers", forward.format("z"), ""))
    elif used != RELU:
        facts.append(said("The input of the layers above the first, as the gradients use it,", used.format("z"), ""))
    if enter != "{}":
        facts.append(said("The input of the first layer, as its gradient uses it,", enter.format("x"), ""))
    known: list[Pass] = [p for p in passes if p is not None]
    cases = [p.probe.case for p in known]
    found = [p.errors[-1] * len(p.y) for p in known]
    scores = [{"a W": partial(np.matmul, p.inputs[-1], p.weights[-1]),
               "max(a W, 0)": partial(_rectified, p.inputs[-1], p.weights[-1])} for p in known]  # fmt: skip
    hit = output_error(found, scores, [p.y for p in known], cases)
    if hit is not None and hit != (ERROR, ""):
        facts.append(said("The error at the output", *hit))
    complete = hit is not None
    for where, chosen in _groups(kind, known):
        rows = [(p, layer) for p in known for layer in range(len(p.weights) - 1) if chosen(p, layer)]
        hit = _hidden(kind, rows)
        complete = complete and hit is not None
        if hit is not None and hit != (GATE, ""):
            facts.append(said(f"The error at {where}", *hit))
    return facts, complete


def _rectified(a: np.ndarray, W: np.ndarray) -> np.ndarray:
    return np.maximum(a @ W, 0)


def _groups(kind: str, passes: Sequence[Pass]) -> list[tuple[str, Callable]]:
    """The hidden layers all alike; if they are not, the topmost, or the first, apart from the others."""
    ways: list[list[tuple[str, Callable]]] = [
        [("the hidden layers", lambda p, layer: True)],
        [("the topmost hidden layer", lambda p, layer: layer == len(p.weights) - 2),
         ("the hidden layers below the topmost", lambda p, layer: layer < len(p.weights) - 2)],
        [("the first layer", lambda p, layer: layer == 0), ("the hidden layers above the first", lambda p,
            layer: layer > 0)],
    ]  # fmt: skip
    for way in ways:
        rows = [[(p, n) for p in passes for n in range(len(p.weights) - 1) if chosen(p, n)] for _, chosen in way]
        if all(_hidden(kind, group) is not None for group in rows):
            return way
    return ways[1]


def _pass(probe: Probe, forward: Callable, used: Callable, enter: Callable) -> Pass | None:
    """The stages of one probe with these activations; None if they do not give its changes."""
    x, y, weights, *rest, lr = probe.case.args
    moves = [probe.changes[f"weights[{k}]"] for k in range(len(weights))]
    a, inputs, errors = x, [], []
    zs: list[np.ndarray] = []
    for layer, W in enumerate(weights):
        taken = enter(x) if layer == 0 else used(zs[-1])
        error = error_behind(taken, moves[layer])
        if error is None:
            return None
        inputs.append(a)
        zs.append(a @ W)
        errors.append(error / lr)
        a = forward(zs[-1])
    return Pass(probe, y, weights, rest[0] if rest else [], moves, inputs, zs, errors)


def _hidden(kind: str, rows: Sequence[tuple[Pass, int]]) -> tuple[str, str] | None:
    if not rows:
        return GATE, ""
    found = [p.errors[layer] for p, layer in rows]
    zs = [p.zs[layer] for p, layer in rows]
    tops, matrices = [_tops(kind, *row) for row in rows], [_matrices(kind, *row) for row in rows]
    return hidden_error(found, zs, tops, matrices, [p.probe.case for p, _ in rows])


def _tops(kind: str, p: Pass, layer: int) -> dict[str, Callable]:
    """Which error may be sent back to a layer: of the layer above (d), or of the output (e)."""
    above, e = p.errors[layer + 1], p.errors[-1]
    z, N = p.zs[layer + 1], len(p.y)
    hot = np.eye(p.zs[-1].shape[1])[p.y]
    power = np.exp(p.zs[-1] - p.zs[-1].max(axis=1, keepdims=True))
    softmax = power / power.sum(axis=1, keepdims=True)
    own, other = (("e", e), ("d", above)) if kind == "dfa" else (("d", above), ("e", e))
    return {
        **changed(*own),
        **changed(*other),
        "(d times the activation of its layer)": lambda: above * np.maximum(z, 0),
        "(d masked once more)": lambda: above * (z > 0),
        "softmax(G)": lambda: softmax / N,
        "one-hot(y)": lambda: hot / N,
        "G": lambda: p.zs[-1] / N,
        "y": lambda: p.y[:, None] * np.ones_like(e) / N,
    }


def _matrices(kind: str, p: Pass, layer: int) -> dict[str, Callable]:
    """Through which matrix the error may be sent back."""
    W, new = p.weights[layer + 1], p.weights[layer + 1] - p.moves[layer + 1]
    transposed = {**turned("W^T", W.T), "the new W^T": lambda: new.T}
    if kind == "bp":
        return transposed
    B = p.feedback[layer]
    others = {f"the feedback matrix number {k}": partial(np.asarray, M) for k, M in enumerate(p.feedback) if k != layer}
    mixed = {"(B + W^T)": lambda: B + W.T, "(B times W^T, entry by entry)": lambda: B * W.T,
             "(the signs of B, the sizes of W^T)": lambda: np.sign(B) * np.abs(W.T),
             "(the signs of W^T, at the mean size of B)": lambda: np.sign(W.T) * np.abs(B).mean()}  # fmt: skip
    return {**turned("B", B), **transposed, **(mixed if B.shape == W.T.shape else {}), **others}


def read(exercise: Exercise, cases: Sequence[Case], call: Caller) -> list[Finding]:
    """What is wrong in the stages of a step, read off from calls with few samples; [] unless every stage is explained.

    exercise: a training step, or Eq. (7); there is nothing to be read of another.
    cases: ordinary ones.
    call: the student's function.
    """
    if exercise.name not in STAGES:
        return []
    batch, read_off = STAGES[exercise.name]
    halves = exercise.name == "ff_step"  # the samples of both are in one product: one of each, as the inputs are few
    if halves and not is_mean_over_samples(exercise, cases, call, batch):
        return []
    probes = probes_of(exercise, cases, call, batch, singly=halves)
    facts, complete = ([], False) if probes is None else read_off(probes)
    return facts if complete else []


STAGES: dict[str, tuple[tuple[str, ...], Callable[[Sequence[Probe]], Facts]]] = {
    "eq7": (("x", "z", "dG"), eq7),
    "mf_step": (("x", "y"), mf_step),
    "ff_step": (("x_pos", "x_neg"), ff_step),
    **{f"{kind}_step": (("x", "y"), partial(step, kind)) for kind in ("bp", "fa", "dfa")},
}
"""For each exercise the arguments with samples, and what reads its stages."""
