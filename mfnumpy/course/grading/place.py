"""Who handed in what: the layouts of nbgrader, Canvas and Moodle, folders of any depth, and ZIP files of all of these.

A person is known by a platform's number where there is one, else by the name of the folder. Nothing is passed over:
each file is a hand-in of somebody, or it is on the list of what could not be placed, with the reason.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CANVAS = re.compile(r"(?P<name>.+?)_(?:LATE_)?(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)", re.DOTALL)
CANVAS_ANONYMOUS = re.compile(r"(?:LATE_)?anon_(?P<id>[^_]+)_(?P<number>\d+)_(?P<file>.+)", re.DOTALL)
CANVAS_TEXT = re.compile(r"(?P<name>.+?)_(?:LATE_)?(?P<id>\d+)_(?P<file>text|link)\.html", re.DOTALL)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.DOTALL)
EXCHANGE = re.compile(r"(?P<name>[^+]+)\+(?P<notebook>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d[^+]*)(\+.*)?", re.DOTALL)
"""The folders of nbgrader's exchange: student+assignment+time."""
CONTAINERS = ("submitted", "submissions", "inbound")
"""Folders that hold those of students and are none."""
COPY = re.compile(r"[ _-]*(?:\((?P<a>\d{1,3})\)|-?[Cc]opy[ _-]?\(?(?P<b>\d{0,3})\)?|-(?P<c>\d{1,2}))$")
"""What browsers, Jupyter and Canvas put at the end of a second file of the same name."""
OURS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
MOST_LISTED = 20
"""So many files that are no notebook are listed for one person; then they are counted."""


@dataclass(frozen=True)
class Person:
    """Who handed in.

    key: what tells them from all others.
    name: as it can be read.
    platform: from which the hand-ins come, or "".
    number: the platform's for the person, or "".
    """

    key: tuple[str, str]
    name: str
    platform: str = ""
    number: str = ""


@dataclass(frozen=True)
class File:
    """A file that was handed in.

    path: where it lies.
    parts: its place below the folder, as it can be read.
    raw: the same, as it is named on the disk.
    when: seconds since 1970, 0 if not known.
    why: the reason for which it cannot be read, such as that it is a link, or "".
    """

    path: Path
    parts: tuple[str, ...]
    raw: tuple[str, ...]
    when: float = 0.0
    why: str = ""

    @property
    def shown(self) -> str:
        """Its place, as one text."""
        return "/".join(self.parts)

    @property
    def is_notebook(self) -> bool:
        """Whether its name ends as a notebook's does."""
        return self.parts[-1].lower().endswith(".ipynb")

    @property
    def may_be_notebook(self) -> bool:
        """Whether its name is one that a browser or an editor gives to a notebook."""
        return may_name_notebook(self.parts[-1])

    @property
    def is_checkpoint(self) -> bool:
        """Whether Jupyter made it, as a copy to fall back on."""
        return ".ipynb_checkpoints" in self.parts


@dataclass
class Placed:
    """All that lies in a folder. files: those of each person. unplaced: (place, reason) of all others."""

    files: dict[Person, list[File]] = field(default_factory=dict)
    unplaced: list[tuple[str, str]] = field(default_factory=list)


def readable(name: str) -> str:
    """A name as text, whatever its bytes are: UTF-8, else the one of two old encodings that gives more letters.

    No line breaks and no invisible characters are left in it.
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = max((raw.decode(old, "replace") for old in ("cp1252", "cp437")), key=_letters)
    return "".join(c if unicodedata.category(c) not in INVISIBLE or c in JOINERS else " " for c in _composed(text))


INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"
"""Characters that some scripts need between letters."""


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def walk(folder: Path) -> Iterator[File]:
    """Every file in a folder, in order. Links are not followed; they, empty folders and what cannot be read say so."""
    stack: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    while stack:
        place, above = stack.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield _odd(place, (*above, "(folder)"), f"the folder cannot be read: {error.strerror}")
            continue
        if not entries and above:
            yield _odd(place, (*above, "(empty)"), "an empty folder")
        folders = []
        for entry in entries:
            path, raw = Path(entry.path), (*above, entry.name)
            if entry.is_symlink():
                yield _odd(path, raw, "a link to another file; links are not followed")
            elif entry.is_dir():
                folders.append((path, raw))
            elif not entry.is_file():
                yield _odd(path, raw, "no ordinary file")
            elif not os.access(path, os.R_OK):
                yield _odd(path, raw, "cannot be read: no permission")
            else:
                yield File(path, tuple(map(readable, raw)), raw, entry.stat().st_mtime)
        stack += reversed(folders)


def _odd(path: Path, raw: tuple[str, ...], why: str) -> File:
    return File(path, tuple(map(readable, raw)), raw, why=why)


def person_of(file: File, *, classwide: bool = False) -> Person | None:
    """Whose file it is, or None if nothing in its place names anybody.

    classwide: whether it comes from a ZIP file of the whole class, whose own name names nobody.
    """
    parts, raw = list(file.parts), list(file.raw)
    if classwide:
        parts, raw = parts[1:], raw[1:]
    while len(parts) > 1 and parts[0].lower() in CONTAINERS:
        parts, raw = parts[1:], raw[1:]
    for part in parts:
        if found := MOODLE.fullmatch(part):
            name = " ".join(found["name"].replace("_", " ").split())
            return Person(("moodle", found["id"]), name, "moodle", found["id"])
    if found := CANVAS_ANONYMOUS.fullmatch(parts[0]):
        return Person(("canvas", found["id"]), f"anon_{found['id']}", "canvas", f"anon_{found['id']}")
    if found := CANVAS.fullmatch(parts[0]) or CANVAS_TEXT.fullmatch(parts[0]):
        return Person(("canvas", found["id"]), found["name"], "canvas", found["id"])
    if len(parts) == 1:
        return None
    if found := EXCHANGE.fullmatch(parts[0]):
        return Person(("folder", found["name"]), found["name"])
    name = Path(parts[0]).stem if parts[0].lower().endswith(".zip") else parts[0]
    return Person(("folder", raw[0]), " ".join(name.split()) or "(no name)")


def place(files: list[File], placed: Placed, notebooks: list[str], classwide: frozenset[str] = frozenset()) -> None:
    """Sort files by the person who handed them in.

    files: all that were found.
    placed: what they are added to.
    notebooks: the names of the course's notebooks.
    classwide: names of ZIP files that hold the whole class.

    A notebook that lies loose in the folder is its author's if its name is that of a notebook with more text around
    it; other loose files are listed.
    """
    for file in files:
        person = person_of(file, classwide=file.parts[0] in classwide)
        if person is None and file.is_notebook:
            rest = left_over(file.parts[-1], notebooks)
            person = Person(("file", rest), rest) if rest else None
        if person is None:
            placed.unplaced.append((file.shown, "lies in no folder of a student, and its name names none"))
        else:
            placed.files.setdefault(person, []).append(file)


def may_name_notebook(name: str) -> bool:
    """Whether a file of this name may be a notebook: "a.ipynb", "a.ipynb.txt", "a.json", or without an ending."""
    return (
        "." not in name.strip(".") or re.search(r"\.(ipynb(\.\w{1,8}|~)?|json|txt)$", name, re.IGNORECASE) is not None
    )


def left_over(name: str, notebooks: list[str]) -> str:
    """What remains of a file's name without that of the notebook: "ada" of "ada_03_equations (1).ipynb", or ""."""
    stem = plain_stem(name)
    for notebook in notebooks:
        at = stem.lower().find(notebook.lower())
        if at >= 0:
            return (stem[:at] + " " + stem[at + len(notebook) :]).strip(" _-.+")
    return ""


def plain_stem(name: str) -> str:
    """A file's name without its ending and without what was added to it as to a second copy."""
    stem = re.sub(r"((\.ipynb)+(\.\w{1,8}|~)?|\.json|\.txt)$", "", name, flags=re.IGNORECASE)
    stem = re.sub(r"-checkpoint$", "", stem)
    while (short := COPY.sub("", stem)) != stem and short:
        stem = short
    return stem


def copy_number(name: str) -> int:
    """Which copy a file's name says it is: 0 for none, 1 for "(1)" or "-Copy1"."""
    found = COPY.search(re.sub(r"\.ipynb$", "", name, flags=re.IGNORECASE))
    return int(found["a"] or found["b"] or found["c"] or 1) if found else 0


def order_of(file: File) -> tuple:
    """By this the newest of several files comes last: checkpoints first, then Canvas's number, time, copy, name."""
    found = CANVAS_ANONYMOUS.fullmatch(file.parts[0]) or CANVAS.fullmatch(file.parts[0])
    number = int(found["number"]) if found else 0
    return (not file.is_checkpoint, number, round(file.when), copy_number(file.parts[-1]), file.shown)
