"""A wrong output as a sum of arguments, each times a number: the numbers are solved for, and named where they can be.

0.9 m + 1.1 g, with beta1 = 0.9, is beta1 m + (2 - beta1) g: whichever weights a person gave, they are read off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, close
from mfnumpy.check.model import Case, Exercise, Finding

READ = {"sgd_step", "bias_corrected"}
"""Exercises whose every output is such a sum."""


def read(exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """What each wrong output is a sum of; [] unless all are, or for another exercise. Call it inside `quiet`.

    exercise: sgd_step or bias_corrected.
    cases: ordinary ones.
    raw, right: the student's outputs on each as they came, and ours.
    """
    facts: list[Finding] = []
    if exercise.name not in READ:
        return facts
    for k, (name, _) in enumerate(right[0]):
        found = [np.asarray(outputs[k][1], dtype=float) for outputs in raw]
        if all(close(s, np.asarray(w[k][1], float), LOOSE) for s, w in zip(found, right, strict=True)):
            continue
        text = in_words(exercise, cases, found, [arguments(exercise, case) for case in cases])
        if text is None:
            return []
        facts.append(Finding("another_sum", f"{name} is another sum of the arguments: {text}.", name))
    return facts


def arguments(exercise: Exercise, case: Case) -> dict[str, np.ndarray]:
    """The arrays among the arguments, by name."""
    pairs = zip(exercise.arguments, case.args, strict=True)
    return {name: value for name, value in pairs if isinstance(value, np.ndarray) and value.ndim}


def in_words(
    exercise: Exercise, cases: Sequence[Case], found: Sequence[np.ndarray], parts: Sequence[Mapping[str, np.ndarray]]
) -> str | None:
    """The sum that gives what was found, with its numbers; None if no numbers do.

    exercise: names the numbers among the arguments, of which a weight may be made.
    cases, found: the draws, and what was found on each.
    parts: what may be in the sum, by name, on each.
    """
    names = [n for n in parts[0] if all(p[n].shape == s.shape for p, s in zip(parts, found, strict=True))]
    weights = [_solved(s, [p[n] for n in names]) for s, p in zip(found, parts, strict=True)]
    if not names or any(w is None for w in weights):
        return None
    table = np.array(weights)
    terms = []
    for name, column in zip(names, table.T, strict=True):
        if np.nanmax(np.abs(column), initial=0.0) > 1e-9:
            text = _named(exercise, cases, column)
            if text is None:
                return None
            terms.append(name if text == "1" else f"{text} x {name}")
    return " + ".join(terms) if terms else None


def _solved(s: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray | None:
    """The weight of each part, NaN for a part that is 0 throughout; None if no weights give s, or several do."""
    there = [k for k, p in enumerate(parts) if p.any()]
    if not there or s.size <= len(there) + 2 or not np.isfinite(s).all():
        return None
    A = np.stack([parts[k].ravel() for k in there], axis=1)
    found, _, rank, _ = np.linalg.lstsq(A, s.ravel(), rcond=1e-10)
    fits = np.abs(A @ found - s.ravel()).max() <= LOOSE / 4 * np.abs(s).max(initial=0.0) + 1e-13
    if not fits or rank < len(there):
        return None
    weights = np.full(len(parts), np.nan)
    weights[there] = found
    return weights


def _named(exercise: Exercise, cases: Sequence[Case], numbers: np.ndarray) -> str | None:
    """What the number is on every draw, made of the numbers among the arguments; else the number; None if neither."""
    seen = ~np.isnan(numbers)
    for text, values in _expressions(exercise, cases).items():
        if np.allclose(numbers[seen], values[seen], rtol=1e-6, atol=1e-9):
            return text
    first = numbers[seen][0]
    return f"{first:.4g}" if np.allclose(numbers[seen], first, rtol=1e-6) else None


def _expressions(exercise: Exercise, cases: Sequence[Case]) -> dict[str, np.ndarray]:
    scalars = {
        name: np.array([float(case.args[k]) for case in cases])
        for k, name in enumerate(exercise.arguments)
        if all(isinstance(case.args[k], (int, float)) for case in cases)
    }
    ones = np.ones(len(cases))
    table = {"1": ones, "-1": -ones, "2": 2 * ones, "(1/2)": ones / 2}
    t = scalars.get("t")
    with np.errstate(all="ignore"):
        for name, s in scalars.items():
            table |= {
                name: s, f"(-{name})": -s, f"(1 - {name})": 1 - s, f"(1 + {name})": 1 + s, f"(2 - {name})": 2 - s,
                f"({name} - 1)": s - 1, f"(2 {name})": 2 * s, f"(2 {name} - 1)": 2 * s - 1, f"1 / {name}": 1 / s,
                f"1 / (1 - {name})": 1 / (1 - s), f"1 / (1 + {name})": 1 / (1 + s), f"{name}^2": s * s,
                f"(1 - {name})^2": (1 - s) ** 2, f"sqrt({name})": np.sqrt(np.abs(s)),
                f"{name} (1 - {name})": s * (1 - s), f"(1 - {name}^2)": 1 - s * s,
            }  # fmt: skip
            if t is None or name == "t":
                continue
            for power, k in (
                ("t", t),
                ("(t+1)", t + 1),
                ("(t-1)", t - 1),
                ("(2t)", 2 * t),
                ("-t", -t),
                ("(1/t)", 1 / t),
            ):
                p = s**k
                table |= {
                    f"1 / (1 - {name}^{power})": 1 / (1 - p), f"(1 - {name}^{power})": 1 - p, f"{name}^{power}": p,
                    f"1 / (1 + {name}^{power})": 1 / (1 + p), f"1 / {name}^{power}": 1 / p,
                    f"1 / sqrt(1 - {name}^{power})": 1 / np.sqrt(np.abs(1 - p)),
                    f"1 / (1 - {name}^{power})^2": 1 / (1 - p) ** 2,
                    f"(1 - {name}) / (1 - {name}^{power})": (1 - s) / (1 - p),
                }  # fmt: skip
            table |= {f"1 / (1 - {name}) ^ t": (1 - s) ** -t, f"1 / (1 - t {name})": 1 / (1 - t * s),
                      f"1 / (1 - {name} / t)": 1 / (1 - s / t), f"1 / (1 - {name}) / t": 1 / (1 - s) / t,
                      f"t / (1 - {name})": t / (1 - s), f"1 / log(1 - {name}^t)": 1 / np.log(1 - s**t)}  # fmt: skip
    return table
