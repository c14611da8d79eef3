"""The class list that a platform exports: who should have handed in, with number and e-mail.

Canvas: Grades, Export, as CSV. Moodle: the grading worksheet of the assignment, or the list of participants.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mfnumpy.course.grading.collect import Entry
from mfnumpy.course.grading.place import Person
from mfnumpy.course.sources import CourseError

NAMES = {
    "name": ("student", "full name", "fullname", "name"),
    "number": ("id", "identifier"),
    "email": ("email address", "email", "e-mail", "mail"),
    "login": ("sis login id", "username", "login"),
    "sis": ("sis user id", "id number"),
    "section": ("section", "groups", "group"),
}
"""The columns that are known, by what they mean; in any case of letters."""


@dataclass(frozen=True)
class Listed:
    """One person on the list.

    name: as it can be read.
    number: the platform's, without words around it.
    email, login, sis, section: as the platform has them, or "".
    row: the whole row as it came.
    """

    name: str
    number: str = ""
    email: str = ""
    login: str = ""
    sis: str = ""
    section: str = ""
    row: dict[str, str] = field(default_factory=dict, compare=False)


def read_roster(path: Path) -> list[Listed]:
    """The people on a list. Raises CourseError if the file is missing or has no column of names."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"The class list {path} cannot be read: {error.strerror}.") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    start = text.partition("\n")[0]
    delimiter = max(",;\t", key=start.count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    columns = {meaning: _column(rows, names) for meaning, names in NAMES.items()}
    first, last = _column(rows, ("first name",)), _column(rows, ("last name", "surname"))
    if not columns["name"] and not (first and last):
        raise CourseError(f"The class list {path} has no column Student (Canvas) or Full name (Moodle).")
    found = []
    for row in rows:
        values = {meaning: (row.get(column) or "").strip() for meaning, column in columns.items() if column}
        if first and last and not values.get("name"):
            values["name"] = f"{row.get(first) or ''} {row.get(last) or ''}".strip()
        name = values.get("name", "")
        if not name or name.lower().startswith(("points possible", "student, test")):
            continue
        values["number"] = re.sub(r"^\D*", "", values.get("number", ""))
        found.append(Listed(**values, row={k: v or "" for k, v in row.items() if isinstance(k, str)}))
    return found


def match(entries: list[Entry], roster: Sequence[Listed]) -> dict[Person, Listed]:
    """Who on the list each person is: by number, then by login, e-mail or name. Who is not on the list is left out."""
    found: dict[Person, Listed] = {}
    numbers = {listed.number: listed for listed in roster if listed.number}
    words: dict[str, list[Listed]] = {}
    for listed in roster:
        for text in {listed.login, listed.email, listed.sis, listed.name} - {""}:
            words.setdefault(plain(text), []).append(listed)
    for person in dict.fromkeys(entry.person for entry in entries):
        same = words.get(plain(person.name), [])
        if person.number and person.number in numbers:
            found[person] = numbers[person.number]
        elif len(same) == 1:
            found[person] = same[0]
    return found


def plain(text: str) -> str:
    """A name without case, order of words and what stands between them: "Doe, Jane" is "jane doe"."""
    return "".join(sorted(re.split(r"[\s,._-]+", unicodedata.normalize("NFKC", text).casefold())))


def missing(entries: list[Entry], roster: Sequence[Listed], matched: dict[Person, Listed]) -> list[Entry]:
    """A row for everybody on the list who handed in nothing.

    entries: of those who handed in.
    roster: the list.
    matched: who of them is who on the list.
    """
    there = set(map(id, matched.values()))
    return [
        Entry(Person(("list", f"{listed.number}/{listed.name}"), listed.name, "list", listed.number), "",
              why="nothing was handed in")
        for listed in roster
        if id(listed) not in there
    ]  # fmt: skip


def _column(rows: list[dict], names: Sequence[str]) -> str:
    columns = {key.strip().lower(): key for key in (rows[0] if rows else {}) if isinstance(key, str)}
    return next((columns[name] for name in names if name in columns), "")
