"""The corpus of free codings: mistakes, and right answers, as people write them; collected without the catalogue.

Each mistake is a `Coding`: the code, what is wrong in it, and the words by which a diagnosis is judged. Those in
files named `held_out_*.py` are for measuring only: whoever improves the checker does not read them. The halves were
drawn at random, exercise by exercise. The `seen_*.py` hold mistakes that another author wrote later, to be read and
learned from; they are not in the shares of docs/mistakes.md. The `right_*.py` hold unusual but right answers, which
must pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from mfnumpy import equations, layers
from mfnumpy.check import Report
from mfnumpy.support.text import run_text
from mfnumpy.support.validate import pair

GAP = 60
"""How many characters "..." in a pattern may stand for."""


@dataclass(frozen=True)
class Coding:
    """One function as a person would hand it in.

    exercise: the exercise's name. meaning: what is wrong, in a sentence; for a right answer, what is unusual.
    code: the source of one function; np, equations, layers and pair are there.
    must: patterns, separated by " | "; at least one of them occurs in a right diagnosis.
    also: the same for each further fact that is needed: the second mistake, or the output that is wrong.
    must_not: patterns of a false diagnosis.

    A pattern is found at the beginning of a word, in any case: "transpos" in "transposed". One of one or two letters is
    a whole word. "..." stands for at most GAP characters of one line.
    """

    exercise: str
    meaning: str
    code: str
    must: str = ""
    also: tuple[str, ...] = ()
    must_not: str = ""

    def function(self) -> Callable:
        """The function, made anew from its source, which can be looked up as a file's or a notebook's can."""
        space = {"np": np, "equations": equations, "layers": layers, "pair": pair}
        run_text(self.code, f"<{self.exercise} {abs(hash(self.code))}>", space)
        return space[self.exercise]

    def named_by(self, report: Report) -> bool:
        """Whether the report fails the function, and its sentences name this mistake and no other.

        That the mistake is not recognised, and where the largest error is, names nothing: it is not read.
        """
        lines = "\n".join([report.evidence, *report.notes]).splitlines()
        said = "\n".join(line for line in lines if "not recognised" not in line)
        named = all(says_one_of(said, patterns) for patterns in (self.must, *self.also))
        return not report.passed and named and not (self.must_not and says_one_of(said, self.must_not))


def says_one_of(text: str, patterns: str) -> bool:
    """Whether one of the patterns, separated by " | ", occurs in the text; see `Coding`."""
    return any(says(text, pattern) for pattern in patterns.split(" | "))


def says(text: str, pattern: str) -> bool:
    """Whether the pattern occurs in the text; see `Coding`. A whole number is not found in the beginning of another."""
    gap = f"[^\\n]{{0,{GAP}}}?"
    escaped = gap.join(re.escape(part.strip()) for part in pattern.split("..."))
    before = r"(?<!\w)" if pattern[0].isalnum() else ""
    whole = re.search(r"(?<![\d.])\d+$", pattern) or (len(pattern) <= 2 and pattern[-1].isalnum())
    return re.search(before + escaped + (r"(?!\w)" if whole else ""), text, re.IGNORECASE) is not None


def codings(prefix: str) -> tuple[Coding, ...]:
    """All codings of the files whose names begin so: "lesson", "held_out", "right"."""
    names = sorted(path.stem for path in Path(__file__).parent.glob(f"{prefix}_*.py"))
    return tuple(coding for name in names for coding in import_module(f"{__name__}.{name}").CODINGS)
