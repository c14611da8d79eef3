"""Sentences about numbers, held against the numbers that the notebook prints.

Beside a sentence in a lesson's text, on a line of its own, stands what it says, as an expression over printed numbers:

    <!-- holds: at("ff", "accuracy") < at("mf", "accuracy") -->      in a markdown cell
    # holds: row("training loss")[-1] < 0.2                          in a code cell, for a picture's alternative text

The builder takes these lines out of the notebook, and writes none in which one of them is false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

HOLDS = re.compile(r"^(?:(?:# )?<!-- holds: (?P<text>.*?) -->|# holds: (?P<code>.*))$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d[\d,]*\.?\d*(?:e[-+]?\d+)?|nan|inf)(?![\w])")
SAFE = {f.__name__: f for f in (abs, all, any, len, max, min, round, sum, zip)}
COMPARING = re.compile(
    r"\b(?:higher|lower|larger|smaller|better|worse|best|worst|most|least|faster|slower|steeper|rises?|rose|falls?|fell"
    r"|grows?|grew|shrinks?|drops?|climbs?|closes?|ends? (?:at|with|near|up)|stays?|reach(?:es)?|nearly|hardly"
    r"|more than|less than|twice|half of|none of|all of them)\b"
)


class Printed:
    """What a notebook's cells have printed, searched by words. Calls: at(word, ...), row(word, ...), says(text)."""

    def __init__(self, text: str):
        self.text = text

    def row(self, *words: str) -> list[float]:
        """The numbers after these words, one found behind the other, up to the end of the line or of the bracket there.

        Raises LookupError if the words are not printed in this order.
        """
        place = 0
        for word in words:
            whole = r"(?!\w)" if word[-1:].isalnum() else ""
            found = re.compile(re.escape(word) + whole).search(self.text, place)
            if found is None:
                raise LookupError(f"the notebook does not print {' ... '.join(words)!r}")
            place = found.end()
        bracket = re.compile(r"[^\n\d]*?\[").match(self.text, place)
        end = self.text.find("]" if bracket else "\n", place)
        rest = self.text[place : len(self.text) if end < 0 else end]
        return [float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(rest)]

    def at(self, *words: str) -> float:
        """The first of these numbers. Raises LookupError if there is none."""
        if not (found := self.row(*words)):
            raise LookupError(f"no number follows {' ... '.join(words)!r}")
        return found[0]

    def says(self, text: str) -> bool:
        """Whether this very text is printed."""
        return text in self.text


def claims(source: str) -> list[str]:
    """The expressions in a lesson's source or in one of its cells, in order."""
    return [found["text"] or found["code"] for found in HOLDS.finditer(source)]


def without(source: str) -> str:
    """A cell without these lines."""
    return re.sub(f"(?:{HOLDS.pattern})\n?", "", source, flags=re.MULTILINE).strip("\n")


def false_claims(expressions: Iterable[str], printed: str) -> list[str]:
    """Those that do not hold for what was printed, each with the reason; empty if all hold."""
    text, wrong = Printed(printed), []
    for expression in expressions:
        names: dict[str, Callable] = {"at": text.at, "row": text.row, "says": text.says}
        try:
            if not eval(expression, {"__builtins__": SAFE, **names}):
                wrong.append(f"does not hold any more: {expression}")
        except Exception as error:
            wrong.append(f"cannot be checked: {expression}: {error}")
    return wrong


def printed(cells: Iterable[Any]) -> str:
    """All text that the cells of an executed notebook have printed; of pictures and shown sources nothing."""
    parts = []
    for cell in cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" not in data and "text/markdown" not in data:
                parts.append("".join(output.get("text", data.get("text/plain", ""))))
    return "\n".join(parts)


def unchecked(cells: Iterable[Any]) -> list[str]:
    """Paragraphs right below printed numbers that compare something and have no `holds` in their cell."""
    found, numbers = [], False
    for cell in cells:
        if cell.cell_type == "code":
            numbers = bool(NUMBER.search(printed([cell])))
            continue
        text = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.DOTALL).split("\n## ")[0]
        first = text.strip()
        if numbers and not first.startswith("#") and COMPARING.search(first) and not claims(cell.source):
            found.append(first.split("\n\n")[0])
        numbers = False
    return found
