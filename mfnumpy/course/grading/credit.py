"""What an answer is worth: all, nothing, or a part of the points for a mistake that the checker knows by name."""

from __future__ import annotations

from collections.abc import Mapping

from mfnumpy.check import Report
from mfnumpy.errors import InvalidValueError

NOTHING = (
    *("not_written", "not_defined", "raises", "too_slow", "ends_program", "wrong_signature", "not_deterministic"),
    *("returns_none", "wrong_number_of_outputs", "wrong_type", "wrong_shape", "wrong_dtype", "not_finite"),
    "made_of_another",
)
"""What tells nothing of a part that is right; an instructor may still say otherwise."""
DEFAULT = {"one": 0.5, "several": 0.25, "unknown": 0.0}
"""The share of the points for one known mistake, for several at once, and for one that is not recognised."""


def shares(text: str) -> dict[str, float]:
    """The instructor's shares, such as "mask_missing=0.75 one=0.5"; names are those of mistakes, and of DEFAULT.

    Raises InvalidValueError for what is no share from 0 to 1.
    """
    found = {}
    for part in text.replace(",", " ").split():
        name, _, value = part.partition("=")
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not name or not 0 <= share <= 1:
            raise InvalidValueError(f"partial={text!r}: {part!r} is no mistake=share with a share from 0 to 1.")
        found[name] = share
    return found


def share(report: Report, own: Mapping[str, float]) -> float:
    """The share of the points that a report is worth, from 0 to 1. own: the instructor's shares, which come first.

    Between candidates the best counts, as the numbers cannot decide; of several mistakes at once with a share of
    their own the product counts.
    """
    if report.passed:
        return 1.0
    if report.candidates:
        return max(_of(tuple(name.split("+")), own) for name in report.candidates)
    if not report.mistakes:
        return own.get("unknown", DEFAULT["unknown"])
    return _of(report.mistakes, own)


def _of(names: tuple[str, ...], own: Mapping[str, float]) -> float:
    if all(name in own for name in names):
        worth = 1.0
        for name in names:
            worth *= own[name]
        return worth
    if any(name in NOTHING for name in names):
        return 0.0
    kind = "one" if len(names) == 1 else "several"
    return own.get(kind, DEFAULT[kind])
