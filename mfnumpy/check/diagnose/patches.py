"""Which pixel stands where in the patches of im2col: how far a patch, and a pixel of a patch, is from the next.

The pixels of an image are all different, so the place that each came from can be read off. In the right answer the row
of a pixel is stride * (row of the patch) + (row in the patch) - padding, and likewise its column.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfnumpy.check.catalogue.geometry import patches_of
from mfnumpy.check.diagnose.compare import Named
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.support.validate import pair

WHERE = {"rows": 1, "columns": 2}


def read(exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """What is wrong in the distances, [] if these do not explain every case that is wrong.

    exercise: there is nothing to be read but of im2col.
    cases: ordinary ones.
    raw, right: the outputs on each, the student's and ours.
    """
    if exercise.name != "im2col":
        return []
    says: dict[str, None] = {}
    for case, g, r in zip(cases, raw, right, strict=True):
        cols, wanted = np.asarray(g[0][1]), np.asarray(r[0][1])
        if cols.shape != wanted.shape:
            return []
        if not np.array_equal(cols, wanted):
            facts = _facts(case, cols, wanted)
            if not facts:
                return []
            says |= dict.fromkeys(facts)
    return [Finding("other_distances", text, "cols") for text in says]


def _facts(case: Case, cols: np.ndarray, wanted: np.ndarray) -> list[str]:
    x, kernel, *rest = case.args
    stride, padding = pair("stride", rest[0], 1), pair("padding", rest[1], 0)
    known = _source(x, cols) & (cols != 0)
    place = np.stack(np.unravel_index(_indices(x, cols), x.shape))
    grid = np.stack([g.reshape(wanted.shape) for g in np.indices(patches_of(x.shape, kernel, *rest))])
    if known.mean() < 0.1 or (place[0] != grid[0])[known].any() or (place[3] != grid[5])[known].any():
        return []
    facts = []
    for axis, (word, k) in enumerate(WHERE.items()):
        terms = np.stack([grid[1 + axis][known], grid[3 + axis][known], np.ones(known.sum())], axis=1)
        fit, _, rank, _ = np.linalg.lstsq(terms, place[k][known], rcond=None)
        if rank < 3 or np.abs(terms @ fit - place[k][known]).max() > 1e-6:
            return []
        apart, inside, first = (round(v) for v in fit.tolist())
        facts += _differences(word, (apart, inside, -first), (stride[axis], 1, padding[axis]))
    return facts


def _differences(word: str, found: tuple[int, int, int], wanted: tuple[int, int, int]) -> list[str]:
    (apart, inside, before), (stride, _, padding) = found, wanted
    facts = []
    if inside != 1:
        size = "stride" if inside == stride else "a fixed number of"
        facts.append(
            f"The pixels of one patch lie {size} {word} apart, with gaps between them (a dilation): inside a patch "
            "they are neighbours."
        )
    if apart != stride:
        size = "1" if apart == 1 else "the size of the patch" if apart > stride else "a number"
        facts.append(f"From one patch to the next it is {size} in {word}, not the stride.")
    if before != padding:
        facts.append(f"The first patch begins in another place: its {word} are shifted against the padding.")
    return facts


def _order(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(x, axis=None)
    return order, x.ravel()[order]


def _indices(x: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """The place in x, flat, of the nearest pixel from below."""
    order, values = _order(x)
    return order[np.clip(np.searchsorted(values, cols), 0, x.size - 1)]


def _source(x: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Where a pixel of x stands."""
    return x.ravel()[_indices(x, cols)] == cols
