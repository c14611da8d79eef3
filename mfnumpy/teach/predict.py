"""Write first, see later: a cell that keeps an answer folded until the reader has committed to one.

    guess = ...                        # the reader writes in place of the three dots
    reveal(guess, 3.0, "because ...")  # folded while there are dots; compared as soon as there is something

Nothing blocks who reads on: the folded answer opens by a click, and the next cells never use the guess.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

DOTS = "Write your answer in place of the dots above and run both cells; or open this and read on."


@dataclass(frozen=True)
class Reveal:
    """An answer and why, folded or beside what the reader wrote. Displays itself in a notebook.

    guess, answer, why, tolerance: as in `reveal`.
    """

    guess: Any
    answer: Any
    why: str
    tolerance: float

    @property
    def written(self) -> bool:
        """Whether the reader has written something."""
        return self.guess is not Ellipsis and not (isinstance(self.guess, str) and not self.guess.strip(". "))

    @property
    def right(self) -> bool:
        """Whether the guess is the answer: words without regard to case, numbers and arrays within the tolerance."""
        if isinstance(self.answer, str) or isinstance(self.guess, str):
            return str(self.guess).strip().casefold() == str(self.answer).strip().casefold()
        try:
            guess, answer = (np.asarray(value, dtype=float) for value in (self.guess, self.answer))
        except (TypeError, ValueError):
            return False
        return guess.shape == answer.shape and bool(np.allclose(guess, answer, rtol=0, atol=self.tolerance))

    @property
    def sentence(self) -> str:
        """What stands above the reason."""
        if not self.written:
            return f"The answer: {_short(self.answer)}."
        told, answer = f"You wrote {_short(self.guess)}", _short(self.answer)
        if self.right:
            return f"{told}: right."
        return f"{told}; it is {answer}{', with other numbers' if answer in told else ''}."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        said, why = html.escape(self.sentence), html.escape(self.why)
        text = f"{self.sentence} {self.why}".strip()
        if self.written:
            return {"text/html": f"<p><b>{said}</b> {why}</p>", "text/plain": text}
        folded = f"<details><summary>{html.escape(DOTS)}</summary><p><b>{said}</b> {why}</p></details>"
        return {"text/html": folded, "text/plain": DOTS}


def reveal(guess: Any, answer: Any, why: str = "", tolerance: float = 1e-6) -> Reveal:
    """The answer to a question that the reader was asked to commit to. Display it as the last line of a cell.

    guess: what the reader wrote; `...` while nothing is written.
    answer: a number, an array or a word.
    why: one or two sentences.
    tolerance: of numbers, absolute.
    """
    return Reveal(guess, answer, why, tolerance)


def _short(value: Any) -> str:
    """A value as one would write it down."""
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"an array of {' x '.join(map(str, value.shape))}"
    if isinstance(value, np.ndarray | list | tuple):
        return np.array2string(np.asarray(value), precision=3, suppress_small=True).replace("\n", "")
    if isinstance(value, float | np.floating):
        return f"{float(value):.4g}"
    return str(value)
