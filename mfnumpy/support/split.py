"""Dividing rows by class: every part has the classes in the proportions of the whole.

Source of the method: stratified sampling with the largest-remainder (Hamilton) apportionment.
"""

from __future__ import annotations

import numpy as np

from mfnumpy.errors import InvalidValueError


def how_many(part: int | float, total: int, what: str, *, whole: bool = False) -> int:
    """The number of rows that is meant by a count or by a fraction.

    part: the count (an int), or the fraction of `total` (a float below 1).
    total: how many rows there are.
    what: the argument's name, for the message.
    whole: whether all rows are allowed.
    Raises InvalidValueError if nothing sensible is meant, also by a fraction above 0 that rounds to no row, or to all
    where that is not allowed.
    """
    if isinstance(part, bool) or not isinstance(part, int | float | np.integer | np.floating):
        raise InvalidValueError(f"{what} must be a count (int) or a fraction (float); got {part!r}.")
    if isinstance(part, float | np.floating):
        if not 0 <= part < 1:
            raise InvalidValueError(f"{what} as a fraction must lie from 0 to below 1; got {part!r}.")
        count = round(float(part) * total)
        if part > 0 and total > 0 and (count == 0 or (count == total and not whole)):
            raise InvalidValueError(
                f"{what} as a fraction must {'leave' if count else 'take'} at least one row; {part!r} of {total} rows "
                f"rounds to {count}. Pass another fraction, or a count (int)."
            )
        return count
    if part < 0 or part > total or (part == total and not whole):
        raise InvalidValueError(f"{what} must lie from 0 to {'' if whole else 'below '}{total}; got {part!r}.")
    return int(part)


def counts_of(labels: np.ndarray, least: int = 0) -> np.ndarray:
    """How often each label stands there, (m,) integers.

    labels: (N,) integers >= 0 of any width; NumPy 2.0 counts no int64 on a machine of 32 bits, such as WebAssembly.
    least: m is at least so many.
    """
    return np.bincount(labels.astype(np.intp, copy=False), minlength=least)


def apportion(class_counts: np.ndarray, count: int) -> np.ndarray:
    """How many of each class belong to a part of `count` rows, by largest remainder.

    class_counts: (m,) rows of each class. Returns (m,) int64 with sum `count`, each at most its class's rows.
    """
    exact = class_counts * (count / max(1, class_counts.sum()))
    take = np.floor(exact).astype(np.int64)
    short = count - int(take.sum())
    # stable: among equal remainders the first class wins, so the result depends on nothing but the counts
    largest_first = np.argsort(-(exact - take), kind="stable")
    take[largest_first[:short]] += 1
    return take


def stratified(labels: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows drawn at random, each class in proportion; returns (the other rows, the drawn rows), both ascending.

    labels: (N,) integers >= 0.
    count: how many to draw, from 0 to N.
    rng: decides which rows of a class are drawn, and nothing else.
    Returns two int64 arrays of N - count and count row numbers.
    """
    class_counts = counts_of(labels, 1)
    drawn = np.zeros(len(labels), dtype=bool)
    for label, take in enumerate(apportion(class_counts, count)):
        rows = np.flatnonzero(labels == label)
        drawn[rng.permutation(rows)[:take]] = True
    return np.flatnonzero(~drawn), np.flatnonzero(drawn)
