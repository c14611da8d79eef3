"""Drawing arguments that are not blind: every dimension different, signs mixed, no entry near a kink."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.model import Rng

SQUARE = -2
"""As the number of a case: all sizes are equal, so that any product of matrices can be computed."""

MARGIN = 2e-3
"""No pre-activation comes closer to 0 than this, so that float32 and float64 mask the same neurons."""


def sizes(rng: Rng, k: int, *first: int, low: int = 3, high: int = 10) -> tuple[int, ...]:
    """Different sizes for the dimensions of a case; all 6 for SQUARE.

    rng: drawn from where the case is not the first.
    k: the number of the case, from 0, or SQUARE.
    first: the sizes of the first case, as many as are wanted.
    low, high: the others are from low to high - 1.
    """
    if k == SQUARE:
        return (6,) * len(first)
    if k == 0:
        return first
    return tuple(int(n) for n in rng.permutation(np.arange(low, high))[: len(first)])


def real(rng: Rng, *shape: int) -> np.ndarray:
    """Standard normal numbers in float64, none nearer to 0 than the margin."""
    x = rng.standard_normal(shape)
    return x + np.copysign(MARGIN, x)


def exact(x: np.ndarray) -> np.ndarray:
    """Rounded so that float32 holds the numbers exactly, also 1000 away from 0."""
    return np.round(x * 64) / 64


def rate(rng: Rng) -> float:
    """A learning rate that is none of the round numbers."""
    return float(np.round(rng.uniform(0.2, 0.8), 3))


def labels(rng: Rng, n: int, n_classes: int, k: int = 0) -> np.ndarray:
    """Labels of at least two classes; every second case lacks the last class, so that y.max() tells nothing.

    rng: drawn from.
    n: how many.
    n_classes: m.
    k: the number of the case, from 0.
    Returns (n,) integers.
    """
    used = n_classes - 1 if k % 2 and n_classes > 3 else n_classes
    y = rng.integers(0, used, n)
    y[rng.permutation(n)[:2]] = rng.permutation(used)[:2]
    if used == n_classes:
        y[rng.integers(n)] = n_classes - 1
    while len(np.unique(y)) < 2:
        y = rng.integers(0, used, n)
    return y


def until(make: Callable[[], tuple], good: Callable[..., bool]) -> tuple:
    """Draw again until the arguments are as wanted."""
    for _ in range(1000):
        args = make()
        if good(*args):
            return args
    raise AssertionError("No good draw in 1000: the condition is too strict.")


def clear_winners(G: np.ndarray, y: np.ndarray) -> bool:
    """Whether scores and labels show each wrong shift of a softmax in a way of its own.

    Each row has a clear winner, and some labels are missed (a gradient of 0s and 1s).
    A row has two scores beyond what an exponential can take, which a clip makes equal; a row lies so far below another
    that one maximum for both leaves 0/0 of it; and there is a class that does not overflow without a shift.
    """
    top = np.sort(G, axis=1)
    best, second = top[:, -1], top[:, -2]
    clear = (best - second).min() > 25 and (G.argmax(axis=1) != y).any()
    apart = best.max() - best.min() > 800 and best.min() > -700
    return bool(clear and apart and second.max() > 720 and not (G > 700).any(axis=0).all())


def small_positives(z: np.ndarray, threshold: float) -> bool:
    """Whether some pre-activations lie between 0 and the threshold, where a mask that cuts there differs."""
    return bool(((z > 0) & (z < threshold)).any())


def clear_of_kinks(x: np.ndarray, weights: list[np.ndarray]) -> bool:
    """Whether all hidden pre-activations of a ReLU network lie clear of 0, in each layer with some on either side."""
    for W in weights:
        z = x @ W
        if np.abs(z).min() < MARGIN or not ((z > 0).any(axis=0).sum() > 1 and (z < 0).any(axis=0).sum() > 1):
            return False
        x = np.maximum(z, 0)
    return True
