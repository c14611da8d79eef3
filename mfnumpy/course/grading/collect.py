"""From a folder of hand-ins to a list of what is to be graded: one entry for each person and notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mfnumpy.course.grading.place import (
    CANVAS,
    MOODLE,
    MOST_LISTED,
    OURS,
    File,
    Person,
    Placed,
    order_of,
    place,
    plain_stem,
    readable,
    walk,
)
from mfnumpy.course.grading.processes import Bounds, Ended, run
from mfnumpy.course.grading.reading import recognise
from mfnumpy.course.grading.unzip import decoded, unzip
from mfnumpy.course.plan import Plan
from mfnumpy.course.sources import CourseError

READER = Bounds(memory=256 << 20)
"""What reading a hand-in may take. A usual notebook takes a few MB."""
READ_SECONDS = 120.0
UNZIPPED = Bounds(memory=512 << 20, file_size=4 << 30)


@dataclass
class Entry:
    """One row of the table.

    person: who handed it in.
    notebook: its name, or "".
    file: the one that counts; None if there is none.
    why: the reason for which it cannot be graded, or "".
    remarks: what else is to be said of it.
    """

    person: Person
    notebook: str
    file: File | None = None
    why: str = ""
    remarks: list[str] = field(default_factory=list)


@dataclass
class Collected:
    """Everything that was handed in: the rows, and (place, reason) of what is in none of them."""

    entries: list[Entry]
    unplaced: list[tuple[str, str]]


def collect(folder: Path, plans: Mapping[str, Plan], work: Path, stop: Any = None) -> Collected:
    """Who handed in what, of all that lies in a folder.

    folder: a folder, or a ZIP file of one.
    plans: of the course's notebooks, by name.
    work: an empty folder of ours, for what is unpacked and read.
    stop: a threading.Event that ends it early, or None.
    Raises CourseError if there is no such folder or nothing in it.
    """
    placed = Placed()
    files, classwide = _all_files(folder, work, stop)
    if not files:
        raise CourseError(f"{folder} is empty. It must hold the hand-ins: a folder for each student, or their files.")
    place(files, placed, list(plans), classwide)
    notebooks = [f for own in placed.files.values() for f in own if f.may_be_notebook and not f.why]
    told = _recognised(notebooks, plans, work, stop)
    entries = []
    for person, own in placed.files.items():
        found = _entries(person, own, told, plans, placed)
        entries += found or [Entry(person, "", why="no notebook of this course was handed in")]
    return Collected(_with_names(entries), placed.unplaced)


def _all_files(folder: Path, work: Path, stop: Any) -> tuple[list[File], frozenset[str]]:
    """All files, those in ZIP files included; and the names of the ZIP files that hold the whole class."""
    if folder.is_file() and folder.suffix.lower() == ".zip":
        top = [File(folder, (readable(folder.name),), (folder.name,), folder.stat().st_mtime)]
        alone = True
    elif folder.is_dir():
        top = list(walk(folder))
        alone = len({file.parts[0] for file in top if file.parts[0] not in OURS}) == 1
    else:
        raise CourseError(f"There is no folder {folder}. It must hold the hand-ins, or be a ZIP file of them.")
    files, classwide = [], set()
    for number, file in enumerate(top):
        if file.why or not file.parts[-1].lower().endswith(".zip"):
            files.append(file)
            continue
        inner = _unzipped(file, work / f"zip-{number}", stop)
        files += inner
        firsts = {f.parts[len(file.parts)] for f in inner if len(f.parts) > len(file.parts)}
        platform = any(MOODLE.fullmatch(part) or CANVAS.fullmatch(part) for part in firsts)
        if len(file.parts) == 1 and (platform or (alone and not CANVAS.fullmatch(file.parts[0]))):
            classwide.add(file.parts[0])
    return files, frozenset(classwide)


def _unzipped(file: File, folder: Path, stop: Any) -> list[File]:
    """The files in a ZIP file; one that stands for it if it cannot be read, or is empty."""
    folder.mkdir()
    options: dict[str, Any] = {"folder": folder / "home", "bounds": UNZIPPED, "seconds": 600, "stop": stop}
    try:
        found = run(unzip, str(file.path), str(folder), **options)
    except Ended as error:
        return [replace(file, why=f"a ZIP file that cannot be read: {error}")]
    files = []
    for names, where, when, why in found:
        raw = (*file.raw, *decoded(names))
        files.append(File(Path(where), tuple(map(readable, raw)), raw, when or file.when, why))
    return files or [replace(file, why="an empty ZIP file")]


def recognise_all(paths: list[str], plans: str) -> list[dict]:
    """What `recognise` says of each file; a file that takes too much memory is one that cannot be read."""
    told = []
    for path in paths:
        try:
            told.append(recognise(path, plans))
        except MemoryError:
            told.append({"notebook": "", "why": "the file takes too much memory to read", "sure": 0.0})
        except (RecursionError, OSError) as error:
            told.append({"notebook": "", "why": f"cannot be read ({type(error).__name__})", "sure": 0.0})
    return told


def _recognised(files: list[File], plans: Mapping[str, Plan], work: Path, stop: Any) -> dict[Path, dict]:
    known = work / "plans.json"
    text = {name: {"given": plan.given, "blanks": plan.blanks} for name, plan in plans.items()}
    known.write_text(json.dumps(text), encoding="utf-8")

    def told(some: list[File]) -> list[dict]:
        """Read some files in one process; if it ends without a result, each half in one of its own."""
        try:
            paths = [str(file.path) for file in some]
            seconds = READ_SECONDS + len(some)
            return run(
                recognise_all, paths, str(known), folder=work / "reader", bounds=READER, seconds=seconds, stop=stop
            )
        except Ended as error:
            if len(some) == 1 or (stop is not None and stop.is_set()):
                return [{"notebook": "", "why": f"the file cannot be read: {error}", "sure": 0.0} for _ in some]
            half = len(some) // 2
            return told(some[:half]) + told(some[half:])

    answers = told(files) if files else []
    return {file.path: answer for file, answer in zip(files, answers, strict=True)}


def _entries(person: Person, own: list[File], told: dict, plans: Mapping[str, Plan], placed: Placed) -> list[Entry]:
    """The rows of one person; what is in none of them goes to the list of what could not be placed."""
    versions: dict[str, list[File]] = {}
    broken: dict[str, list[tuple[File, str]]] = {}
    others: list[tuple[str, str]] = []
    for file in own:
        if not file.is_notebook and not told.get(file.path, {}).get("notebook"):
            kind = "made by the system" if set(file.parts) & set(OURS) else "no notebook (.ipynb)"
            others.append((file.shown, f"{file.why or kind}; handed in by {person.name}"))
            continue
        answer = {"notebook": "", "why": file.why} if file.why else told[file.path]
        named = _by_name(file, plans)
        if answer["notebook"]:
            versions.setdefault(answer["notebook"], []).append(file)
        elif named:
            broken.setdefault(named, []).append((file, answer["why"]))
        else:
            others.append((file.shown, f"{answer['why']}; handed in by {person.name}"))
    placed.unplaced += others[:MOST_LISTED]
    if len(others) > MOST_LISTED:
        placed.unplaced.append((own[0].parts[0], f"{len(others) - MOST_LISTED} more files; handed in by {person.name}"))
    entries = [_newest(person, name, files, broken.pop(name, [])) for name, files in sorted(versions.items())]
    for name, files in sorted(broken.items()):
        file, why = max(files, key=lambda pair: order_of(pair[0]))
        entries.append(Entry(person, name, file, why))
    return entries


def _newest(person: Person, notebook: str, files: list[File], broken: list[tuple[File, str]]) -> Entry:
    """The row of a notebook that was handed in once or more: the newest that can be read counts, and that is said."""
    *older, newest = sorted(files, key=order_of)
    entry = Entry(person, notebook, newest)
    older = [file for file in older if not file.is_checkpoint]
    if older:
        others = ", ".join(file.shown for file in older[:5])
        entry.remarks.append(f"{len(older) + 1} versions: the newest counts, {newest.shown}; not {others}")
    if not newest.is_notebook:
        entry.remarks.append(f"{newest.parts[-1]} is a notebook, though its name does not end in .ipynb")
    for file, why in broken:
        entry.remarks.append(f"{file.shown} is left out: {why}")
    if newest.is_checkpoint:
        entry.remarks.append("only a checkpoint of Jupyter's was handed in; it was graded")
    return entry


def _by_name(file: File, plans: Mapping[str, Plan]) -> str:
    """The notebook that a file's name names; the longest such name."""
    stem = plain_stem(file.parts[-1]).lower()
    found = [name for name in plans if name.lower() in stem]
    return max(found, key=len, default="")


def _with_names(entries: list[Entry]) -> list[Entry]:
    """Two people of the same name are told apart by a number, and that is said."""
    keys: dict[str, list[Person]] = {}
    for entry in entries:
        people = keys.setdefault(entry.person.name, [])
        if entry.person not in people:
            people.append(entry.person)
    for entry in entries:
        people = keys[entry.person.name]
        if len(people) > 1:
            entry.remarks.append(f"{len(people)} hand-ins carry the name {entry.person.name}; this one lies in "
                                 f"{entry.file.parts[0] if entry.file else entry.person.key[1]}")  # fmt: skip
    return sorted(entries, key=lambda e: (e.person.name.casefold(), e.person.key, e.notebook))
