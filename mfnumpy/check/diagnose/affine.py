"""A result that is ours times a number, plus a number or a multiple of an argument: both numbers are solved for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, close
from mfnumpy.check.model import Case, Exercise, Finding


def added(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """What is added to an output, the same way on all ordinary cases; [] if that does not explain all outputs.

    exercise, cases, got, right: as in `fit.explained`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    found: dict[str, tuple[str | None, list[str]]] = {}
    for output in dict.fromkeys(name for k in ordinary for name, _ in right[k]):
        rows = [
            (cases[k], dict(got[k]).get(output), dict(right[k])[output]) for k in ordinary if output in dict(right[k])
        ]
        if any(s is None or s.shape != t.shape for _, s, t in rows):
            return []
        if all(close(s, t, LOOSE) for _, s, t in rows if s is not None):
            continue
        says = _one(exercise, output, rows)
        if says is None:
            return []
        found.setdefault(says[1], (says[0], []))[1].append(output)
    return [Finding(name, f"{' and '.join(outputs)}: {text}") for text, (name, outputs) in found.items()]


def _one(exercise: Exercise, output: str, rows: list) -> tuple[str | None, str] | None:
    for noun, extras in _extras(exercise, output, rows):
        fits = [_fit(s, t, e) for (_, s, t), e in zip(rows, extras, strict=True)]
        if any(fit is None for fit in fits):
            continue
        alphas, betas = np.array(fits, dtype=float).T
        if not np.allclose(alphas, 1, rtol=1e-4) and not np.allclose(alphas, alphas[0], rtol=1e-4):
            continue
        scale = "" if np.allclose(alphas, 1, rtol=1e-4) else f", and the rest is {alphas[0]:.4g} times ours"
        for unit, by in _units(rows):
            numbers = betas / by
            if np.allclose(numbers, numbers[0], rtol=1e-3, atol=1e-9) and abs(numbers[0]) > 1e-9:
                if abs(alphas[0]) < 1e-9:
                    size = " x ".join(part for part in (f"{numbers[0]:.4g}", unit) if part)
                    what = f"it is {size}{f' x the argument {noun}' if noun else ' in every entry'}"
                    return _name(noun), f"{what}, and nothing else: what should enter does not."
                return _name(noun), f"{_words(numbers[0], unit, noun)}{scale}."
    return None


def _name(noun: str) -> str:
    return "constant_added" if not noun else "argument_added"


def _words(number: float, unit: str, noun: str) -> str:
    size = abs(number)
    if not noun:
        what = f"{size:.4g}{' x ' + unit if unit else ''}"
        return f"{what} is {'added to' if number > 0 else 'taken off'} every entry"
    times = " x ".join(
        part for part in ("" if np.isclose(size, 1) else f"{size:.4g}", unit, f"the argument {noun}") if part
    )
    return f"{times} is {'added' if number > 0 else 'taken off'}"


def _units(rows: list) -> Iterator[tuple[str, np.ndarray]]:
    yield "", np.ones(len(rows))
    for name in rows[0][0].dims:
        by = np.array([case.dims.get(name, np.nan) for case, *_ in rows], dtype=float)
        if not np.isnan(by).any():
            yield name, by
            yield f"1/{name}", 1 / by


def _extras(exercise: Exercise, output: str, rows: list) -> Iterator[tuple[str, list[np.ndarray]]]:
    """What may be added: a constant, or an argument of the output's shape."""
    if all(t.ndim == 0 for *_, t in rows) and len(rows) >= 3:
        yield "", [np.ones(()) for _ in rows]
    elif all(t.size > 2 for *_, t in rows):
        yield "", [np.ones(t.shape) for *_, t in rows]
    for place, argument in enumerate(exercise.arguments):
        values: list[Any] = [case.args[place] for case, *_ in rows]
        base, _, index = output.partition("[")
        if argument == exercise.updates.get(base) and index:
            values = [value[int(index[:-1])] for value in values]
        fits = (
            isinstance(v, np.ndarray) and v.shape == t.shape and v.size > 4
            for v, (*_, t) in zip(values, rows, strict=True)
        )
        if all(fits):
            yield argument, values


def _fit(s: np.ndarray, t: np.ndarray, e: np.ndarray) -> tuple[float, float] | None:
    """s = alpha t + beta e, to rounding; of a single number, s = t + beta."""
    if not (np.isfinite(s).all() and np.isfinite(t).all()):
        return None
    if t.ndim == 0:
        return 1.0, float(s - t)
    A = np.stack([t.ravel(), np.asarray(e, float).ravel()], axis=1)
    solution, _, rank, _ = np.linalg.lstsq(A, s.ravel(), rcond=1e-10)
    left = np.abs(A @ solution - s.ravel()).max()
    return tuple(solution) if rank == 2 and left <= LOOSE * np.abs(s).max() / 4 else None
