"""Words and pictures for what was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named
from mfnumpy.check.diagnose.sentences import LESSONS
from mfnumpy.check.exercises import sentence
from mfnumpy.check.model import Exercise, Finding
from mfnumpy.check.report import Picture, Report

_LARGEST = 24


def lines(*texts: str) -> str:
    """Each line once."""
    return "\n".join(dict.fromkeys(line for text in texts for line in text.split("\n") if line))


def explain(exercise: Exercise, names: Sequence[str]) -> str:
    """One sentence for each mistake."""
    return " ".join(sentence(exercise, name) for name in names)


def lesson_of(exercise: Exercise, mistake: str | None) -> str:
    """Where to read on: the mistake's own lesson if it has one, else the exercise's."""
    return LESSONS.get((mistake or "").split("+")[0], exercise.lesson)


def report_on(exercise: Exercise, finding: Finding) -> Report:
    """The report on a function that fails for this one reason."""
    return Report(
        exercise.name,
        exercise.title,
        exercise.signature,
        passed=False,
        mistake=finding.mistake,
        evidence=finding.evidence,
        where=finding.where,
        lesson=lesson_of(exercise, finding.mistake),
    )


def pictures(raw: Named, right_raw: Named, got: Named | None = None, right: Named | None = None) -> tuple[Picture, ...]:
    """A picture for each wrong output: its shapes, and how wrong each entry is (never a value of ours).

    raw, right_raw: the student's outputs on one case and ours, as they came.
    got, right: the same as quantities that are compared; None where the shapes differ.
    """
    out = []
    for i, (name, w) in enumerate(right_raw):
        found = raw[i][1].shape if i < len(raw) else ()
        errors: tuple[tuple[float, ...], ...] = ()
        if got is not None and right is not None and i < len(got) and got[i][1].shape == right[i][1].shape and w.ndim:
            errors = _errors(got[i][1], right[i][1])
            if not errors:
                continue
        elif found == w.shape:
            continue
        out.append(Picture(name, tuple(w.shape), tuple(found), errors))
    return tuple(out)


def _errors(got: np.ndarray, right: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Errors from 0 to 1 in three steps, folded to two axes; () if nothing is wrong."""
    with np.errstate(invalid="ignore"):
        error = np.abs(got - right)
    error = np.where(np.isfinite(error), error, np.inf).reshape(got.shape[0], -1)
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0) or 1.0
    error = np.where(error <= LOOSE * size, 0.0, error)
    if not error.any():
        return ()
    top = error[np.isfinite(error)].max(initial=0.0) or 1.0
    steps = np.where(error == 0, 0.0, np.clip(np.ceil(3 * np.minimum(error / top, 1.0)) / 3, 1 / 3, 1))
    return tuple(tuple(float(np.round(v, 2)) for v in row) for row in steps[:_LARGEST, :_LARGEST])
