"""The formulas that are tried for the cross-entropy and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.diagnose.formulas import Formula, Table, probabilities_of


def _targets(G: np.ndarray, y: np.ndarray, p: np.ndarray) -> dict[str, np.ndarray]:
    m = G.shape[1]

    def hot(labels: np.ndarray) -> np.ndarray:
        """One-hot rows."""
        return eq.one_hot(labels, m, "float64")

    return {
        "one-hot(y)": hot(y), "one-hot(y - 1)": hot((y - 1) % m), "one-hot(y + 1)": hot((y + 1) % m),
            "one-hot(the predicted class)": hot(p.argmax(axis=1)),
        "one-hot(labels of the next sample)": hot(np.roll(y, -1)),
            "one-hot(labels of the sample before)": hot(np.roll(y, 1)),
        "one-hot(labels in reverse order)": hot(y[::-1]), "one-hot(m - 1 - y)": hot(m - 1 - y), "y": np.repeat(y[:,
            None], m, axis=1).astype(float),
        "one-hot(the first label)": hot(np.full_like(y, y[0])), "1 - one-hot(y)": 1 - hot(y), "1": np.ones_like(G),
            "1/m": np.full(G.shape, 1 / m),
        "one-hot(the smallest score)": hot(p.argmin(axis=1)), "0": np.zeros_like(G), "2 one-hot(y) - 1": 2 * hot(y) - 1,
        "one-hot(sorted labels)": hot(np.sort(y)), "one-hot(the number of the sample)": hot(np.arange(len(y)) % m),
        "one-hot(the last label)": hot(np.full_like(y, y[-1])), "one-hot(class 0)": hot(np.zeros_like(y)),
        "y / m": np.repeat(y[:, None] / m, m, axis=1),
    }  # fmt: skip


_OF_P: dict[str, Callable] = {
    "-log p": lambda p: -np.log(p), "p": lambda p: p, "p^2": np.square, "1 - p": lambda p: 1 - p,
    "(1 - p)^2": lambda p: (1 - p) ** 2, "-log(1 - p)": lambda p: -np.log(1 - p), "p log p": lambda p: p * np.log(p),
    "1 / p": lambda p: 1 / p, "log(1 + p)": np.log1p, "log(p)^2": lambda p: np.log(p) ** 2,
    "sqrt(p)": lambda p: np.sqrt(np.abs(p)), "exp(-p)": lambda p: np.exp(-p),
        "softplus(-p)": lambda p: np.logaddexp(0, -p),
    "max(1 - p, 0)": lambda p: np.maximum(1 - p, 0),
        "-p log(p), (1 - p) log(1 - p)": lambda p: -p * np.log(p) - (1 - p) * np.log(1 - p),
}  # fmt: skip


def cross_entropy_table(G: np.ndarray, y: np.ndarray) -> Table:
    """A function of a probability, weighed by a target, summed over the classes and reduced over the batch."""
    probabilities = probabilities_of(G)
    targets = _targets(G, y, eq.softmax(G))
    T = np.array(list(targets.values()))
    F = np.array([[f(p) for f in _OF_P.values()] for p in probabilities.values()])
    rows = np.einsum("pfnm,tnm->pftn", np.where(np.isfinite(F), F, 0), T)
    rows[~np.isfinite(F).all(axis=(2, 3))] = np.nan
    values = np.stack([rows.mean(axis=-1), rows.max(axis=-1), rows.min(axis=-1), rows[..., 0], rows[..., -1]], axis=-1)
    words = [
        list(probabilities),
        list(_OF_P),
        list(targets),
        ["the mean", "the largest", "the smallest", "the first", "the last"],
    ]

    def read(p: str, f: str, target: str, over: str) -> str:
        """The formula in words."""
        return f"{over} over the batch of {f} with p = {p}, weighed by {target}"

    return values, words, read


def cross_entropy_slope(G: np.ndarray, y: np.ndarray) -> Iterator[Formula]:
    """A probability and a target, subtracted, added or multiplied, with a weight."""
    p0, hot = eq.softmax(G), eq.one_hot(y, G.shape[1], "float64")
    weights = {"": np.ones_like(G), ", times p": p0, ", times 1 - p": 1 - p0, ", times p (1 - p)": p0 * (1 - p0),
        ", at the true class only": hot,
               ", at the other classes only": 1 - hot, ", times G": G, ", times -log p": -np.log(p0),
                   ", divided by p": 1 / p0,
               ", where p is largest only": (G.max(axis=1, keepdims=True) == G) * 1.0,
               ", where the prediction is wrong only": np.broadcast_to((G.argmax(axis=1) != y)[:, None],
                   G.shape) * 1.0}  # fmt: skip
    for name, p in probabilities_of(G).items():
        for target, t in _targets(G, y, p).items():
            for sign, d in (("-", p - t), ("+", p + t), ("*", p * t)):
                yield f"{name} {sign} {target}", partial(np.asarray, d)
            for word, w in weights.items() if name in ("softmax(G)", "sigmoid(G)", "G") else ():
                yield f"{name} - {target}{word}", partial(np.multiply, p - t, w)
            yield f"the square of {name} - {target}", partial(np.square, p - t)
            yield f"|{name} - {target}|, an absolute value: the signs are lost", partial(np.abs, p - t)
            yield f"the sign of {name} - {target}", partial(np.sign, p - t)
            yield f"the negative part of {name} - {target}", partial(np.minimum, p - t, 0)
            yield f"the positive part of {name} - {target}", partial(np.maximum, p - t, 0)
            yield f"{name} - {target}, rounded", partial(np.asarray, np.round(p - t, 1))
            yield (
                f"{name} - {target}, rows scaled to length 1",
                partial(lambda d: d / np.linalg.norm(d, axis=1, keepdims=True), p - t),
            )
    for target, t in _targets(G, y, p0).items():
        yield f"softmax(G - {target})", partial(eq.softmax, G - t)
