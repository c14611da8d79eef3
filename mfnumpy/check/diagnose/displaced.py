"""Rows that stand in the wrong place: shifted within an output, or another output's.

Whoever cuts several results out of one array (the gradient of W with the bias as a last row, say) cuts beside the
mark. Each row of a wrong output is looked for among all rows of all right outputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, close
from mfnumpy.check.model import Case, Exercise, Finding

Place = tuple[str, int]
"""An output and a row of it; an array of one axis is a row."""


def read(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """What stands in each wrong output, if all of its rows stand elsewhere in the right answer; else [].

    exercise: with arrays as outputs.
    cases: ordinary ones.
    got, right: the outputs on each, the student's and ours.
    """
    if exercise.kind != "real" or exercise.outputs == ("weights",) or not cases:
        return []
    facts = []
    for k, (name, _) in enumerate(right[0]):
        pairs = [(dict(g)[name], dict(r)[name]) for g, r in zip(got, right, strict=True)]
        if any(s.shape != t.shape for s, t in pairs):
            return []
        if all(close(s, t, LOOSE) for s, t in pairs):
            continue
        says = {_said(name, _places(got[n][k][1], right[n]), dict(right[n])) for n in range(len(cases))}
        if len(says) != 1 or None in says:
            return []
        facts.append(Finding("rows_displaced", str(says.pop()), name))
    return facts


def _rows(a: np.ndarray) -> np.ndarray | None:
    return a[None] if a.ndim == 1 else a if a.ndim == 2 else None


def _places(array: np.ndarray, right: Named) -> list[Place | None]:
    """Where each row of the array stands in the right answer."""
    rows = _rows(array)
    return [] if rows is None else [_place(row, right) for row in rows]


def _place(row: np.ndarray, right: Named) -> Place | None:
    if not np.isfinite(row).all() or np.count_nonzero(row) < 2:
        return None
    for name, array in right:
        others = _rows(array)
        if others is None or others.shape[1] != len(row):
            continue
        off = np.abs(others - row).max(axis=1)
        if off.min() <= LOOSE * np.abs(row).max():
            return name, int(off.argmin())
    return None


def _said(name: str, places: list[Place | None], right: dict[str, np.ndarray]) -> str | None:
    """The places in words, the same for all sizes; None if they are none, or have no words."""
    known = [place for place in places if place is not None]
    if not known or len(known) < len(places):
        return None
    if right[name].ndim == 1:
        return f"{name} is the {_ordinal(*known[0], right)}."
    shifts = Counter(row - k for k, (output, row) in enumerate(known) if output == name)
    if not shifts:
        return None
    shift, count = shifts.most_common(1)[0]
    if not shift or count < max(2, len(known) - 1):
        return None
    says = f"The rows of {name} are shifted by {abs(shift)}: each is what the {'next' if shift > 0 else 'row before'}"
    says += f"{' row' if shift > 0 else ''} should be"
    others = [(k, place) for k, place in enumerate(known) if place != (name, k + shift)]
    if not others:
        return says + "."
    k, place = others[0]
    end = "last" if k == len(known) - 1 else "first" if k == 0 else None
    return None if end is None else f"{says}, and the {end} one is the {_ordinal(*place, right)}."


def _ordinal(output: str, row: int, right: dict[str, np.ndarray]) -> str:
    """A row in words, such as: first row of what dW should be."""
    if right[output].ndim == 1:
        return f"right {output}"
    count = len(right[output])
    word = "first" if row == 0 else "last" if row == count - 1 else f"row {row}"
    return f"{word}{'' if word.startswith('row') else ' row'} of what {output} should be"
