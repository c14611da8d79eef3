"""Which formula gives the student's numbers? Formulas are put together from parts, and the one that fits is read out.

For exercises that are short formulas of their own: each part may be another one than ours, several at once. A formula
counts if it gives what the student got on every ordinary draw, up to a factor that has a name. What is said is the
student's formula, never ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import CONSTANT, LOOSE, Named, all_close, name_factor, ratio, term_values
from mfnumpy.check.diagnose.formulas_of_steps import FORMULAS, TABLES
from mfnumpy.check.model import Case, Exercise, Finding


def read_out(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """The formula that fits, as one finding; [] if none does. Call it inside `quiet`.

    exercise, cases, got, right: as in `fit.explained`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    if exercise.name in TABLES:
        return _of_one_number(exercise, [cases[k] for k in ordinary], [got[k] for k in ordinary])
    spell = FORMULAS.get(exercise.name)
    if spell is None or not _only_first_is_wrong([got[k] for k in ordinary], [right[k] for k in ordinary]):
        return []
    first, *others = ordinary
    terms = term_values([cases[k] for k in ordinary])
    student = [np.asarray(got[k][0][1], dtype=float) for k in ordinary]
    labels = exercise.kind == "labels"
    if not all(np.isfinite(s).all() for s in student):
        return []
    tables: dict[int, dict[str, Callable[[], np.ndarray]]] = {}
    for text, value in spell(*cases[first].args):
        start = _ratio(student[0], value)
        if start is None:
            continue
        ratios = [start]
        for k, s in zip(others, student[1:], strict=True):
            if k not in tables:
                tables[k] = dict(spell(*cases[k].args))
            again = tables[k].get(text)
            r = None if again is None else _ratio(s, again)
            if r is None:
                break
            ratios.append(r)
        if labels and not np.allclose(ratios, 1):
            continue
        if len(ratios) == len(ordinary) and (factors := name_factor(np.array(ratios), terms)):
            factor = factors[0]
            own = f"{factor.value:.4g}" if factor.terms == (CONSTANT,) else factor.text
            times = f"{own} x " if factor.terms else ""
            return [Finding("another_formula", in_words(_with_factor(times, text)))]
    return []


def _with_factor(times: str, text: str) -> str:
    """The formula with its factor, in a sentence that begins with what it gives."""
    begins = next((b for b in ("the change is ", "the step is ") if text.startswith(b)), "")
    return f"{begins}{times}{text.removeprefix(begins).removesuffix(' * 1')}"


GLOSSARY = {
    "|": "an absolute value", "^2": "a square", "^3": "a third power", "max(": "a ReLU, negative entries cut off",
        "min(": "positive entries cut off",
    "exp(": "an exponential", "sqrt": "a square root", "> 0]": "a mask", "< 0]": "an inverted mask",
        "log": "a logarithm", "sign": "only signs",
    "sigmoid(": "a sigmoid", "sigmoid'": "the slope of a sigmoid", "tanh(": "a tanh",
        "tanh'": "the slope of a tanh", "softplus": "a softplus",
    "1 / ": "a division", "softmax": "a softmax",
}  # fmt: skip
"""What the signs of a formula mean, in words."""


def in_words(text: str) -> str:
    """The sentence on a formula, with the signs in it explained."""
    words = ", ".join(word for sign, word in GLOSSARY.items() if re.search(r"(?<![a-z])" + re.escape(sign), text))
    off = text.partition(" where z > 0 else ")[2]
    where = f" Where z is negative, and the neuron is off, {off} comes out instead of nothing." if off else ""
    return f"It computes another formula: {text}.{f' In it: {words}.' if words else ''}{where}"


def _only_first_is_wrong(got: list[Named], right: list[Named]) -> bool:
    """Whether the formulas, which are those of the first output, can be all that is wrong."""
    return all(all_close(g[1:], r[1:], LOOSE) for g, r in zip(got, right, strict=True))


def _of_one_number(exercise: Exercise, cases: list[Case], got: list[Named]) -> list[Finding]:
    student = np.array([float(np.ravel(outputs[0][1])[0]) for outputs in got])
    tables = [TABLES[exercise.name](*case.args) for case in cases]
    values = np.array([np.ravel(table[0]) for table in tables])
    usual = np.isfinite(values).all(axis=0) & (np.abs(values) > 1e-9).all(axis=0)
    ratios = np.where(usual, student[:, None] / values, np.nan)
    terms = {"": np.ones(len(cases)), **term_values(cases), CONSTANT: None}
    for term, by in terms.items():
        wanted = ratios[:1] if by is None else np.asarray(by)[:, None]
        fits = np.flatnonzero((np.abs(ratios - wanted) <= 1e-6 * np.abs(wanted)).all(axis=0))
        if len(fits):
            shape, words, read = tables[0][0].shape, tables[0][1], tables[0][2]
            place = np.unravel_index(int(fits[0]), shape)
            text = read(*(names[k] for names, k in zip(words, place, strict=True)))
            times = f"{ratios[0, fits[0]]:.4g} x " if by is None else f"{term} x " if term else ""
            return [Finding("another_formula", in_words(times + text))]
    return []


def _ratio(s: np.ndarray, value: Callable[[], np.ndarray]) -> float | None:
    try:
        t = np.asarray(value(), dtype=float)
    except (ValueError, IndexError, TypeError):
        return None
    if t.shape != s.shape:
        return None
    a, b, c, d = s.flat[0], s.flat[-1], t.flat[0], t.flat[-1]
    if not abs(a * d - b * c) <= 1e-4 * (abs(a * d) + abs(b * c)) + 1e-12:  # most are out of proportion at once
        return None
    if not np.isfinite(t).all():
        return None
    r = ratio(s, t, LOOSE)
    return None if r is None or np.isnan(r) else r
