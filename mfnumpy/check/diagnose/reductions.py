"""A loss taken apart: with one sample at a time it shows what it makes of each, and then how it puts them together.

One number for a batch tells little; the numbers of the single samples are a whole vector, in which a formula shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.diagnose import formulas
from mfnumpy.check.diagnose.formula import in_words
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.check.student.call import Caller, Stop

Batch = tuple[np.ndarray, np.ndarray, Case]
"""What each sample gives alone, what it should give, and the case."""

TOGETHER: dict[str, Callable] = {
    "the sum": lambda v, case: v.sum(),
    "the sum, divided by the number of samples - 1": lambda v, case: v.sum() / (len(v) - 1),
    "the sum, divided by the number of samples + 1": lambda v, case: v.sum() / (len(v) + 1),
    "the largest": lambda v, case: v.max(),
    "the smallest": lambda v, case: v.min(),
    "the median": lambda v, case: np.median(v),
    "the value of the first sample": lambda v, case: v[0],
    "the value of the last sample": lambda v, case: v[-1],
    "the value of the last sample, divided by the number of samples": lambda v, case: v[-1] / len(v),
    "the mean without the last sample": lambda v, case: v[:-1].mean(),
    "the mean without the first sample": lambda v, case: v[1:].mean(),
    "the sum without the last sample, divided by all": lambda v, case: v[:-1].sum() / len(v),
    "the sum without the first sample, divided by all": lambda v, case: v[1:].sum() / len(v),
    "the mean of every second sample": lambda v, case: v[::2].mean(),
    "the square root of the mean": lambda v, case: np.sqrt(v.mean()),
    "the square of the mean": lambda v, case: v.mean() ** 2,
    "the root of the mean of squares": lambda v, case: np.sqrt((v * v).mean()),
    "the mean of squares": lambda v, case: (v * v).mean(),
    "the standard deviation": lambda v, case: v.std(),
    "the variance": lambda v, case: v.var(),
    "the exponential of the mean": lambda v, case: np.exp(v.mean()),
    "the mean of the exponentials": lambda v, case: np.exp(v).mean(),
    "the logarithm of the mean of the exponentials": lambda v, case: np.log(np.exp(v).mean()),
    "the logarithm of the sum of the exponentials": lambda v, case: np.log(np.exp(v).sum()),
    "minus the logarithm of the mean of exp(-loss): the mean is taken before the logarithm": lambda v, case: (
        -np.log(np.exp(-v).mean())
    ),
    "the product": lambda v, case: v.prod(),
    "the mean of the largest and the smallest": lambda v, case: (v.max() + v.min()) / 2,
    "a running mean, in which later samples count more": lambda v, case: _running(v),
    "the mean, each sample weighed by its number from 0 on": lambda v, case: (np.arange(len(v)) * v).mean(),
    "the mean, each sample weighed by its number from 1 on": lambda v, case: (np.arange(1, len(v) + 1) * v).mean(),
    "the mean, each sample weighed by its label": lambda v, case: (case.args[1] * v).mean(),
    "the mean over the classes of the means of each class": lambda v, case: np.mean(
        [v[case.args[1] == c].mean() for c in np.unique(case.args[1])]
    ),
    "the sum, divided by the number of classes": lambda v, case: v.sum() / case.args[0].shape[1],
    "the sum, divided by the number of different labels": lambda v, case: v.sum() / len(np.unique(case.args[1])),
    "the mean of those above 0": lambda v, case: v[v > 0].mean(),
    "the mean without the largest": lambda v, case: np.sort(v)[:-1].mean(),
}
"""How the values of the samples may be put together, instead of their mean."""


def _running(v: np.ndarray) -> float:
    mean = float(v[0])
    for value in v[1:]:
        mean = (mean + float(value)) / 2
    return mean


def taken_apart(exercise: Exercise, cases: Sequence[Case], call: Caller) -> list[Finding]:
    """What the values of single samples tell; [] if they tell nothing, or for another exercise. Call it inside `quiet`.

    exercise: eq3, eq4 or eq6, whose first argument has the samples.
    cases: ordinary ones.
    call: the student's function.
    """
    if exercise.name not in ("eq3", "eq4", "eq6"):
        return []
    try:
        losses = [float(call(*case.args)[0]) for case in cases]
        batches = [(_singly(call, case), _singly(lambda *a: [exercise.reference(*a)], case), case) for case in cases]
    except (Stop, TypeError, ValueError, IndexError):
        return []
    found = np.concatenate([v for v, *_ in batches])
    right = np.concatenate([t for _, t, _ in batches])
    if not np.isfinite(found).all():
        return []
    together = None
    if not _same([v.mean() for v, *_ in batches], losses):
        together = next((w for w, f in TOGETHER.items() if _same(_put(f, batches), losses)), None)
        if together is None:
            return []
    text = "" if np.allclose(found, right, rtol=1e-6) else _of_samples(exercise, batches, found, right)
    if text is None:
        return []
    says = [in_words(f"of each sample it takes {text}")] if text else []
    says += [f"Over the batch it takes another thing than the mean: {together}."] if together else []
    return [Finding("another_formula", line) for line in says]


def _put(f: Callable, batches: Sequence[Batch]) -> list[float]:
    try:
        return [float(f(v, case)) for v, _, case in batches]
    except (ValueError, IndexError, TypeError, AttributeError):
        return [np.nan]


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and bool(np.allclose(a, b, rtol=1e-6, atol=1e-12))


def _singly(function: Callable, case: Case) -> np.ndarray:
    """The loss of each sample as a batch of its own."""
    first, second = case.args
    several = isinstance(second, np.ndarray)
    return np.array(
        [
            float(np.ravel(function(first[n : n + 1], second[n : n + 1] if several else second)[0])[0])
            for n in range(len(first))
        ]
    )


def _of_samples(exercise: Exercise, batches: Sequence[Batch], found: np.ndarray, right: np.ndarray) -> str | None:
    """What is computed of each sample, in words; None if no formula gives all values."""
    for says, limit in (("larger", found.max()), ("smaller", found.min())):
        if np.allclose(found, np.minimum(right, limit) if says == "larger" else np.maximum(right, limit), rtol=1e-6):
            return f"the loss, but no value {says} than {limit:.4g}: it is clipped"
    for text, value in _candidates(exercise, batches):
        size = float(value @ value)
        if not np.isfinite(size) or size == 0:
            continue
        r = float(found @ value) / size
        if abs(r) > 1e-9 and np.allclose(found, r * value, rtol=1e-6, atol=1e-9 * np.abs(found).max()):
            return f"{'' if np.isclose(r, 1) else f'{r:.4g} x '}{text}"
    return None


def _candidates(exercise: Exercise, batches: Sequence[Batch]) -> Iterator[tuple[str, np.ndarray]]:
    if exercise.name == "eq6":
        G = [case.args[0] for *_, case in batches]
        y = [case.args[1] for *_, case in batches]
        yield from _of_scores(G, y)
        return
    Gs = np.concatenate([case.args[0] for *_, case in batches])
    theta = np.concatenate([np.full(len(case.args[0]), case.args[1]) for *_, case in batches])
    sizes = {"": np.ones_like(Gs), " * G": Gs, " * (theta - G)": theta - Gs, " / theta": 1 / theta}
    arguments = {
        "theta - G": theta - Gs, "G - theta": Gs - theta, "G": Gs, "-G": -Gs, "G + theta": Gs + theta,
        "-G - theta": -Gs - theta, "G / theta": Gs / theta, "1 - G / theta": 1 - Gs / theta,
        "G / theta - 1": Gs / theta - 1, "2 theta - G": 2 * theta - Gs, "G - 2 theta": Gs - 2 * theta,
        "2 (theta - G)": 2 * (theta - Gs), "2 (G - theta)": 2 * (Gs - theta), "theta^2 - G": theta**2 - Gs,
        "G - theta^2": Gs - theta**2, "theta - G^2": theta - Gs**2, "G^2 - theta": Gs**2 - theta, "2 - G": 2 - Gs,
        "G - 2": Gs - 2, "1 - G": 1 - Gs, "G - 1": Gs - 1, "theta": theta, "theta * G": theta * Gs,
        "theta - sqrt|G|": theta - np.sqrt(np.abs(Gs)), "sqrt|G| - theta": np.sqrt(np.abs(Gs)) - theta,
    }  # fmt: skip
    curves = {**formulas.OF, "1 + exp({})": lambda u: 1 + np.exp(u), "log sigmoid({})": lambda u: -np.logaddexp(0, -u),
              "sigmoid({}) log sigmoid({})": lambda u: -np.logaddexp(0, -u) / (1 + np.exp(-u)),
              "softplus({}) clipped at 1 in {}": lambda u: np.logaddexp(0, np.clip(u, -1, 1)),
              "log(2 + exp)({})": lambda u: np.log(2 + np.exp(u)), "softplus({})^2": lambda u: np.logaddexp(0, u) ** 2,
              "max({0}, 0) - log(1 + exp(-|{0}|)), a minus for a plus,": lambda u: np.maximum(u, 0) - np.logaddexp(
                  0, -np.abs(u)), "max({0}, 0) + log(1 + exp(-{0})), the absolute value is missing,":
              lambda u: np.maximum(u, 0) + np.logaddexp(0, -u),
              "max({0}, 0) + log(1 + exp({0})), the wrong exponent,": lambda u: np.maximum(u, 0) + np.logaddexp(0, u),
              "max({0}, 0) + log(1 + exp(|{0}|)), the wrong sign in the exponent,": lambda u: np.maximum(
                  u, 0) + np.logaddexp(0, np.abs(u)), "|{0}| + log(1 + exp(-|{0}|))": lambda u: np.abs(
                  u) + np.logaddexp(0, -np.abs(u)), "max(-{0}, 0) + log(1 + exp(-|{0}|))": lambda u: np.maximum(
                  -u, 0) + np.logaddexp(0, -np.abs(u)), "log(1 + exp(-|{0}|)), max({0}, 0) is missing,":
              lambda u: np.logaddexp(0, -np.abs(u)), "min({0}, 0) + log(1 + exp(-|{0}|))": lambda u: np.minimum(
                  u, 0) + np.logaddexp(0, -np.abs(u)), "{0} - log(1 + exp(-{0})) where {0} > 0, a minus for a plus,":
              lambda u: np.where(u > 0, u - np.logaddexp(0, -u), np.logaddexp(0, u)),
              "{0} + log(1 + exp({0})) where {0} > 0, the wrong sign in the exponent,": lambda u: np.where(
                  u > 0, u + np.logaddexp(0, u), np.logaddexp(0, u)),
              "log cosh({})": lambda u: np.log(np.cosh(u)), "1 - sigmoid({})": lambda u: 1 / (1 + np.exp(u)),
              "softplus({0}) + softplus(-{0})": lambda u: np.logaddexp(0, u) + np.logaddexp(0, -u)}  # fmt: skip
    for name, u in arguments.items():
        for curve, f in curves.items():
            for times, w in sizes.items():
                yield curve.format(f"({name})", f"({name})") + times, f(u) * w


def _of_scores(Gs: Sequence[np.ndarray], ys: Sequence[np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Functions of the scores of a sample and its label."""

    def of(f: Callable[..., Any]) -> np.ndarray:
        """f(scores, the score of the label, the one-hot label), sample by sample, over all batches."""
        return np.concatenate(
            [f(G, G[np.arange(len(y)), y], np.eye(G.shape[1])[y]) for G, y in zip(Gs, ys, strict=True)]
        )

    def shifted(G: np.ndarray) -> np.ndarray:
        """The scores less the row's largest."""
        return G - G.max(axis=1, keepdims=True)

    def lse(G: np.ndarray) -> np.ndarray:
        """log-sum-exp of each row."""
        return np.log(np.exp(shifted(G)).sum(axis=1)) + G.max(axis=1)

    yield "log-sum-exp, without the score of the label", of(lambda G, s, t: lse(G))
    yield "the score of the label, without log-sum-exp", of(lambda G, s, t: s)
    yield (
        "the sum of the exponentials less the score of the label; the logarithm is missing",
        of(lambda G, s, t: np.exp(G).sum(axis=1) - s),
    )
    yield (
        "the shifted log-sum-exp less the unshifted score: the row's largest was taken off and is not put back",
        of(lambda G, s, t: np.log(np.exp(shifted(G)).sum(axis=1)) - s),
    )
    yield (
        "log-sum-exp less the shifted score: the row's largest is taken off in one place only",
        of(lambda G, s, t: lse(G) - (s - G.max(axis=1))),
    )
    yield "the largest score less the score of the label", of(lambda G, s, t: G.max(axis=1) - s)
    yield "max(1 - the score of the label, 0), a hinge", of(lambda G, s, t: np.maximum(1 - s, 0))
    yield "the squared distance of the scores from the one-hot label", of(lambda G, s, t: ((G - t) ** 2).sum(axis=1))
    yield (
        "the squared distance of softmax(G) from the one-hot label",
        of(lambda G, s, t: ((eq.softmax(G) - t) ** 2).sum(axis=1)),
    )
    yield (
        "a softplus of minus the label's score: each score on its own, as with a sigmoid",
        of(lambda G, s, t: np.logaddexp(0, -s)),
    )
    yield (
        "-log of |G| divided by the row's sum of |G|: the exponential is missing",
        of(lambda G, s, t: -np.log(np.abs(s) / np.abs(G).sum(axis=1))),
    )
    yield "-log of G^2 divided by the row's sum of G^2", of(lambda G, s, t: -np.log(s**2 / (G**2).sum(axis=1)))
    yield "the sum over all classes of -log p", of(lambda G, s, t: -np.log(eq.softmax(G)).sum(axis=1))
    for k, which in ((0, "the first class"), (-1, "the last class"), (1, "the second class")):
        yield f"-log p of {which}, whatever the label", of(lambda G, s, t, k=k: -np.log(eq.softmax(G))[:, k])
        yield (
            f"the loss without {which}: where it is the label, 0",
            of(lambda G, s, t, k=k: (lse(G) - s) * (1 - t[:, k])),
        )
    for name, f in _SCORE_CHANGES.items():
        yield f"-log softmax with {name}", of(lambda G, s, t, f=f: lse(f(G)) - (f(G) * t).sum(axis=1))
    for low in (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-3, 1e-4):
        yield (
            f"-log p with p clipped to [{low:g}, {1 - low:g}]",
            of(lambda G, s, t, low=low: -np.log(np.clip(np.exp(s - lse(G)), low, 1 - low))),
        )
        yield f"-log p with p + {low:g} for p", of(lambda G, s, t, low=low: -np.log(np.exp(s - lse(G)) + low))
    for size in (1.0, 0.5, 0.1, 0.05, 0.01, 0.001):
        yield (
            f"-log p, and {size:g} times the sum of squared scores (a penalty on the scores)",
            of(lambda G, s, t, size=size: lse(G) - s + size * (G**2).sum(axis=1)),
        )


_SCORE_CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "-G for G": lambda G: -G,
    "|G| for G": np.abs,
    "max(G, 0) for G": lambda G: np.maximum(G, 0),
    "tanh(G) for G": np.tanh,
    "sigmoid(G) for G": lambda G: 1 / (1 + np.exp(-G)),
    "softmax(G) for G": eq.softmax,
    "G^2 for G": np.square,
    "log|G| for G": lambda G: np.log(np.abs(G)),
    "G / sqrt(m) for G": lambda G: G / np.sqrt(G.shape[1]),
    "G / m for G": lambda G: G / G.shape[1],
    "G scaled to length 1": lambda G: G / np.linalg.norm(G, axis=1, keepdims=True),
    "G divided by its row's largest": lambda G: G / np.abs(G).max(axis=1, keepdims=True),
    "G clipped to [-1, 1]": lambda G: np.clip(G, -1, 1),
    "G clipped to [0, 1]": lambda G: np.clip(G, 0, 1),
    "standardised rows of G": lambda G: (G - G.mean(axis=1, keepdims=True)) / G.std(axis=1, keepdims=True),
    "G less its row's smallest, divided by its range": lambda G: (
        (G - G.min(axis=1, keepdims=True)) / np.ptp(G, axis=1, keepdims=True)
    ),
}
