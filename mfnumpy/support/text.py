"""Text from elsewhere, made fit to be shown: file names, messages, what a student's function says."""

from __future__ import annotations

import linecache
import re
import unicodedata
from typing import Any

LONGEST_WORD, LONGEST_LINE = 100, 1200
"""Characters of a word, and of a line, beyond which the middle is left out."""


def without_control(text: str) -> str:
    """The text with line breaks, and every other character that steers a terminal, hides or turns text, as "?"."""
    return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else "?" for c in text)


def for_terminal(line: str) -> str:
    """One line that can be read: no control characters, and the middle of what is too long left out."""
    line = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: shortened(word[0], LONGEST_WORD), line)
    return shortened(without_control(" ".join(line.split())), LONGEST_LINE)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and its end."""
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]}...{text[-half:]}"


def counted(n: int, noun: str) -> str:
    """How many there are of something, in words: "1 run", "2 runs"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def text_of(error: BaseException) -> str:
    """What an error says of itself; its `__str__` may be somebody's, and raise."""
    try:
        return without_control(str(error))
    except Exception as other:
        return f"(an error whose text cannot be had: {type(other).__name__})"


def run_text(text: str, name: str, names: dict[str, Any]) -> None:
    """Run some code as a file of this name, whose lines can be looked up: by a traceback, and by the checker.

    text: Python.
    name: of the file that it is taken for: "<cell 3>".
    names: what is there for it; what it defines is put there. Raises what the code raises, SyntaxError included.
    """
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), names)
