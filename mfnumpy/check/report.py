"""What a check tells: passed or not, which mistake, how the numbers show it, and where to read on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Picture:
    """What is drawn for one output: its name, the shape expected and found, and how wrong each entry is.

    errors: rows of numbers from 0 (right) to 1 (the largest error), at most 24 x 24; empty if shapes differ.
    """

    name: str
    expected: tuple[int, ...]
    found: tuple[int, ...]
    errors: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """The result of `check`; its truth value is `passed`.

    mistake: the identifier, "a+b" for two at once, None if passed, not recognised, or undecided between
    candidates.
    candidates: identifiers between which the numbers cannot decide. evidence: how it shows, in sentences.
    where: the entry with the largest error, e.g. "dW[2, 3]". lesson: where to read on. notes: remarks that do
    not fail.
    """

    exercise: str
    title: str
    signature: str
    passed: bool
    mistake: str | None = None
    candidates: tuple[str, ...] = ()
    evidence: str = ""
    where: str = ""
    lesson: str = ""
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def __bool__(self) -> bool:
        return self.passed

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The single identifiers in `mistake`."""
        return tuple(self.mistake.split("+")) if self.mistake else ()

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "not written yet" if self.mistake == "not_written" else "not right yet"
        lines = [f"{self.title} ({self.exercise}): {verdict}."]
        lines += [self.evidence] if self.evidence else []
        lines += [f"Where: {self.where}."] if self.where and not self.passed else []
        lines += [f"Note: {note}" for note in self.notes]
        lines += [f"See {self.lesson}."] if self.lesson and not self.passed else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from mfnumpy.check.html import render

        return render(self)

    def to_json(self) -> dict:
        """The report as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Report:
        """The report that `to_json` described."""
        known = {f.name for f in fields(cls)}
        data = {key: tuple(v) if isinstance(v, list) else v for key, v in data.items() if key in known}
        data["pictures"] = tuple(
            Picture(p["name"], tuple(p["expected"]), tuple(p["found"]), tuple(map(tuple, p["errors"])))
            for p in data["pictures"]
        )
        return cls(**data)
