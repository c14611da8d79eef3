"""A training step taken apart: with two or three samples its stages can be read off one after the other.

The change of a weight matrix is x^T dz, summed over the samples. With fewer samples than inputs, and x known, dz is the
solution of these equations, and they are solvable only if x is what the function used. So each stage (activation, error
of the output, error that comes back) is seen on its own, and each is compared with formulas for it, given what the
student's own earlier stages are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import CONSTANT, LOOSE, name_factor, ratio, term_values
from mfnumpy.check.diagnose.formulas import OF, Formula
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.check.student.call import Caller, Stop

Formulas = Callable[..., Iterator[Formula]]


@dataclass
class Probe:
    """One call with few samples.

    case: the arguments.
    changes: what the student's function changed or returned, by output's name.
    """

    case: Case
    changes: dict[str, Any]


def probes_of(
    exercise: Exercise, cases: Sequence[Case], call: Caller, batch: Sequence[str], singly: bool = False
) -> list[Probe] | None:
    """The function called on a few samples of each case; None if it raises, or gives what is not finite.

    exercise: names its arguments.
    cases: ordinary ones.
    call: the student's function.
    batch: the arguments with samples.
    singly: one sample in each of them, else two or three.
    """
    found = []
    for k, case in enumerate(cases):
        count = 1 if singly else min(2 + k % 2, _width(case.args) - 1)
        args = _few(exercise, case, batch, count)
        changes = _changes(exercise, call, args)
        if changes is None:
            return None
        found.append(Probe(Case(args, {**case.dims, "N": count}), changes))
    return found


def is_mean_over_samples(exercise: Exercise, cases: Sequence[Case], call: Caller, batch: Sequence[str]) -> bool:
    """Whether what a batch changes is the mean of what its samples change, each in a batch of its own.

    exercise, cases, call, batch: as in `probes_of`.
    """
    for case in cases:
        N = min(len(case.args[exercise.arguments.index(name)]) for name in batch)
        every = [_changes(exercise, call, _part(exercise, case, batch, n, n + 1)) for n in range(N)]
        whole = _changes(exercise, call, _part(exercise, case, batch, 0, N))
        known = [changes for changes in every if changes is not None]
        if whole is None or len(known) < N:
            return False
        for name, change in whole.items():
            mean = np.mean([changes[name] for changes in known], axis=0)
            if mean.shape != change.shape or not np.allclose(mean, change, rtol=0, atol=LOOSE * np.abs(change).max()):
                return False
    return True


def _changes(exercise: Exercise, call: Caller, args: tuple) -> dict[str, Any] | None:
    """What a call changes or returns, by output's name; None if it raises, or gives what is not finite."""
    try:
        outputs = dict(call.named(*args))
    except Stop:
        return None
    changes = {}
    for name, array in outputs.items():
        base, _, index = name.partition("[")
        old: Any = args[exercise.arguments.index(exercise.updates[base])] if base in exercise.updates else None
        old = old[int(index[:-1])] if index and old is not None else old
        changes[name] = np.asarray(array, float) if old is None else old - array
    return changes if all(np.isfinite(a).all() for a in changes.values()) else None


def _part(exercise: Exercise, case: Case, batch: Sequence[str], first: int, end: int) -> tuple:
    """The case's arguments with the samples from first to end alone."""
    return tuple(
        value[first:end] if name in batch else value for name, value in zip(exercise.arguments, case.args, strict=True)
    )


def _few(exercise: Exercise, case: Case, batch: Sequence[str], count: int) -> tuple:
    """The case's arguments with so many samples, such that in each layer some neurons are active for each of them."""
    N = len(case.args[exercise.arguments.index(batch[0])])
    for first in range(N - count + 1):
        args = _part(exercise, case, batch, first, first + count)
        weights = next((value for value in args if isinstance(value, list)), [])
        if "W" in exercise.arguments:
            weights = [args[exercise.arguments.index("W")]]
        inputs = [args[exercise.arguments.index(name)] for name in batch]
        if all(_is_active(a, weights) for a in inputs if a.ndim == 2):
            break
    return args


def _is_active(a: np.ndarray, weights: Sequence[np.ndarray]) -> bool:
    """Whether in each hidden layer the activations of the samples are independent."""
    for W in weights[: len(weights) - 1 or 1]:
        a = np.maximum(a @ W, 0)
        if not a.any() or np.linalg.cond(a) >= 1e6:
            return False
    return True


def _width(args: tuple) -> int:
    """The smallest number of columns of an array, or of the rows of a weight matrix in a list."""
    wide = [a.shape[1] for a in args if isinstance(a, np.ndarray) and a.ndim == 2]
    return min([*wide, *(n for value in args if isinstance(value, list) for W in value for n in W.shape)])


def error_behind(x: np.ndarray, dW: np.ndarray) -> np.ndarray | None:
    """dz of dW = x^T dz; None if no dz gives it, or several do."""
    if x.shape[1] != dW.shape[0] or x.shape[0] >= x.shape[1] or not np.isfinite(x).all():
        return None
    dz, _, rank, _ = np.linalg.lstsq(x.T, dW, rcond=1e-9)
    fits = np.abs(x.T @ dz - dW).max() <= LOOSE * np.abs(dW).max() + 1e-13
    dz[np.abs(dz) < 1e-10 * np.abs(dz).max()] = 0  # where the mask is 0 a rounding error would have a sign
    return dz if fits and rank == len(x) else None


ACTIVATIONS: dict[str, Callable] = {
    "max({}, 0)": lambda z: np.maximum(z, 0),
    **{name: curve for name, curve in OF.items() if name != "1"},
    "max({0}, 0.01 {0})": lambda z: np.where(z > 0, z, 0.01 * z),
    "max({0}, 0.1 {0})": lambda z: np.where(z > 0, z, 0.1 * z),
    "max({0}, 0.2 {0})": lambda z: np.where(z > 0, z, 0.2 * z),
    "the ELU of {}": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "{0} sigmoid({0})": lambda z: z / (1 + np.exp(-z)),
    "max({}, 0), rows scaled to length 1": lambda z: (
        np.maximum(z, 0) / (np.linalg.norm(np.maximum(z, 0), axis=1, keepdims=True) + 1e-8)
    ),
}
"""What may stand for a hidden layer's activation; the ReLU first."""

UNIT = "max({}, 0), rows scaled to length 1"
ENTERED: dict[str, Callable] = {
    "{}": lambda x: x,
    "{} with rows of length 1": lambda x: x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-8),
    "max({}, 0)": lambda x: np.maximum(x, 0),
    "|{}|": np.abs,
    "sign({})": np.sign,
    "[{} > 0]": lambda x: (x > 0) * 1.0,
    "{}^2": np.square,
    "-{}": np.negative,
    "{} + 1": lambda x: x + 1,
}
"""What may stand for the input of a block, where its gradient is made; the input itself first."""


def alike(found: Sequence[np.ndarray], tables: Sequence[Mapping[str, Callable]], cases: Sequence[Case]) -> Any:
    """(text, factor) of the first formula that gives what was found on all cases up to one named factor, or None.

    found: an array for each case.
    tables: formulas by their text, for each case.
    cases: their sizes are what factors are named by.
    """
    largest = max(range(len(found)), key=lambda k: float(np.count_nonzero(found[k])))
    order = [largest, *(k for k in range(len(found)) if k != largest)]
    for text in tables[0]:
        ratios = np.full(len(found), np.nan)
        for k in order:
            r = _ratio(found[k], tables[k][text]) if text in tables[k] else None
            if r is None:
                break
            ratios[k] = r
        else:
            if np.isnan(ratios).all() or not (factors := name_factor(ratios, term_values(cases))):
                continue
            factor = factors[0]
            return text, "" if not factor.terms else f"{factor.value:.4g}" if factor.terms == (
                CONSTANT,
            ) else factor.text
    return None


def _ratio(s: np.ndarray, formula: Callable[[], np.ndarray]) -> float | None:
    """s as a multiple of the formula's value; NaN if both are 0."""
    try:
        t = np.asarray(formula(), dtype=float)
    except (ValueError, IndexError, TypeError, np.linalg.LinAlgError):
        return None
    if t.shape != s.shape or not np.isfinite(t).all():
        return None
    if s.size > 3:  # most are out of proportion at once
        i, j = np.argsort(np.abs(s), axis=None)[-2:]
        a, b, c, d = s.flat[i], s.flat[j], t.flat[i], t.flat[j]
        if not abs(a * d - b * c) <= 1e-4 * (abs(a * d) + abs(b * c)) + 1e-300:
            return None
    r = ratio(s, t, LOOSE)
    return r if r is None or np.isnan(r) or abs(r) > 1e-9 else None


WORDS = {
    "W^T": "the weights of the layer above, as in backpropagation", "new": "what stands there after the update",
    "the error of": "", "e ": "e, the error of the output", "d ": "d, the error of the layer above",
    "no mask": "no mask: the slope of the ReLU is missing", "da * 1": "no mask: the slope of the ReLU is missing",
    "one-hot(y)": "the label", "softmax(G) B": "the probabilities instead of the error", "ones": "no matrix at all",
    "sigmoid(": "a sigmoid", "sigmoid'": "the slope of a sigmoid", "tanh(": "a tanh",
    "tanh'": "the slope of a tanh", "sign": "only signs", "|": "an absolute value", "^2": "a square",
    "min(": "positive entries cut off", "[z < 0]": "the inverted mask", "exp(": "an exponential",
    "length 1": "a normalisation", "feedback matrix number": "the feedback matrix of another layer",
}  # fmt: skip
"""What the signs of a stage's formula mean, in words."""


def said(what: str, text: str, factor: str) -> Finding:
    """What a stage computes, as a fact.

    what: the stage in words.
    text: the formula that gives it.
    factor: a factor beside it; "" for none.
    """
    times = f"{factor} x " if factor else ""
    formula = text.partition(" = ")[2] if " with " in text and " = " in text else text
    words = [
        word
        for sign, word in WORDS.items()
        if word and re.search(r"(?<![a-z])" + re.escape(sign), formula if sign in ("e ", "d ") else text)
    ]
    if formula.strip() == "z":
        words.append("the pre-activation itself, without the ReLU")
    if "* max(z, 0)" in formula:
        words.append("the activation for the mask")
    means = f" In it: {', '.join(words)}." if words else ""
    return Finding("another_formula", f"{what} is computed by another formula: {times}{text}.{means}")
