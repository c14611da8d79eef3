"""Grading a folder of hand-ins: each in processes of its own, into one table that is whole at any moment.

What is known is kept: the record of each notebook lies in `records`, under a number made of the notebook's bytes and of
everything that its grade depends on. A second run reads what is there and goes on with the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course.grading.collect import Entry, collect
from mfnumpy.course.grading.feedback import page
from mfnumpy.course.grading.place import Person
from mfnumpy.course.grading.platforms import totals, write_gradebook, write_platforms
from mfnumpy.course.grading.processes import Bounds, Ended, run
from mfnumpy.course.grading.roster import Listed, match, missing, read_roster
from mfnumpy.course.grading.sandbox import Sandbox, prepare
from mfnumpy.course.grading.submission import Limits, grade_notebook
from mfnumpy.course.grading.table import Row, Table
from mfnumpy.course.plan import Plan, read_plans
from mfnumpy.course.sources import CourseError
from mfnumpy.course.student import GRADING_SEED
from mfnumpy.errors import MfnumpyError
from mfnumpy.support import interrupt
from mfnumpy.support.files import atomic_write, locked, make_folder, sweep
from mfnumpy.support.validate import integer
from mfnumpy.support.version import __version__

FORMAT = 2
"""Changes when a record of before must not be read any more."""
GRADEBOOK = Bounds(memory=1 << 30, file_size=1 << 30)
PAUSE = 1.0
"""Seconds between two writes of the table while grades come in; the records are written at once."""


class StoppedError(MfnumpyError):
    """Grading was stopped by a signal; what is known is in the table.

    number: of the signal.
    known: how many rows are graded.
    rows: how many there are.
    """

    def __init__(self, number: int, known: int, rows: int):
        super().__init__(f"Stopped; {known} of {rows} rows are graded. The same command goes on where this one ended.")
        self.exit_code = 128 + number


@dataclass(frozen=True)
class Settings:
    """How to grade.

    seed: of the draws.
    jobs: notebooks at once.
    limits: what one submission may use.
    roster: a class list, or None.
    notebooks: those that are expected, by name; () for those that somebody handed in.
    title: of the assignment in Canvas.
    strict: the sandbox that students' cells run in, one of `sandbox.KINDS`; "" for a process with the grader's rights.
    Raises InvalidValueError for a seed below 0, or jobs below 1.
    """

    seed: int = GRADING_SEED
    jobs: int = 2
    limits: Limits = field(default_factory=Limits)
    roster: Path | None = None
    notebooks: tuple[str, ...] = ()
    title: str = ""
    strict: str = ""

    def __post_init__(self) -> None:
        integer("seed", self.seed, 0)
        integer("jobs", self.jobs, 1)


def grade_all(
    folder: Path, course: Path, out: Path, settings: Settings | None = None, tell: Callable[[str], None] = print
) -> Table:
    """Grade everything in `folder` against the release in `course`, and write the results to `out`.

    folder: hand-ins, or a ZIP file of them.
    course: the folder that `course release` wrote.
    out: a folder for the results.
    settings: seed, limits and the rest; None for the defaults.
    tell: is given a line for each row.

    Writes grades.csv, exercises.csv and unplaced.csv while it goes on; at the end also canvas.csv, moodle.csv,
    nbgrader's gradebook in `course`, and feedback/<student>/<notebook>.html. Raises CourseError for a folder that
    cannot be used, MissingLibraryError for a sandbox that is not installed, StoppedError after Ctrl-C, SIGTERM or
    SIGHUP, OutputError where another process grades into `out`.
    """
    settings = settings or Settings()
    folder, course, out = (path.resolve() for path in (folder, course, out))  # the processes have folders of their own
    plans = read_plans(course)
    if unknown := [name for name in settings.notebooks if name not in plans]:
        raise CourseError(f"There is no notebook {unknown[0]} in {course}. It holds: {', '.join(plans)}.")
    roster = read_roster(settings.roster) if settings.roster else []
    with stopping() as stop, tempfile.TemporaryDirectory(prefix="mfnumpy-handed-in-") as work, locked(out):
        table = _table(folder, plans, roster, settings, Path(work), stop)
        sandbox = prepare(settings.strict, Path(work), _own(course), tell)
        _Grading(course, out, settings, table, sandbox, stop, tell).go()
        if stop.is_set():
            raise StoppedError(stop.number, sum(not row.waits for row in table.rows), len(table.rows))
    return table


class _Stop(threading.Event):
    """Set when grading is to end early. number: of the signal."""

    number = 0


@contextlib.contextmanager
def stopping() -> Iterator[_Stop]:
    """A `with` block in which Ctrl-C, SIGTERM and SIGHUP set an event; a second Ctrl-C interrupts at once."""
    stop = _Stop()

    def note(number: int, frame: Any) -> None:
        """What a signal does."""
        if not stop.is_set():
            stop.number = number
            stop.set()
        elif number == signal.SIGINT:
            raise KeyboardInterrupt

    before = interrupt.answer(lambda number, handler: note)
    try:
        yield stop
    finally:
        interrupt.restore(before)


def _table(
    folder: Path, plans: dict[str, Plan], roster: list[Listed], settings: Settings, work: Path, stop: _Stop
) -> Table:
    """All rows, none of them graded yet."""
    found = collect(folder, plans, work, stop)
    expected = settings.notebooks or tuple(dict.fromkeys(e.notebook for e in found.entries if e.notebook))
    entries = list(found.entries)
    matched = match(entries, roster)
    entries += missing(entries, roster, matched)
    if len(expected) == 1 or settings.notebooks:
        entries = _expecting(entries, expected)
    listed = {(one.number, one.name): one for one in roster}
    rows = []
    for entry in entries:
        own = matched.get(entry.person) or listed.get((entry.person.number, entry.person.name))
        rows.append(Row(entry, plans.get(entry.notebook), own, why=entry.why))
    return Table(rows, sorted(found.unplaced))


def _expecting(entries: list[Entry], expected: tuple[str, ...]) -> list[Entry]:
    """A row for each expected notebook of each person; an empty row becomes one of them."""
    people: dict[Person, list[Entry]] = {}
    for entry in entries:
        people.setdefault(entry.person, []).append(entry)
    found = []
    for person, own in people.items():
        there = {entry.notebook for entry in own}
        remarks = [remark for entry in own if not entry.notebook for remark in entry.remarks]
        why = next((entry.why for entry in own if not entry.notebook), "it was not handed in")
        found += [entry for entry in own if entry.notebook]
        found += [Entry(person, name, why=why, remarks=list(remarks)) for name in expected if name not in there]
    return found


class _Grading:
    """The rows at work."""

    def __init__(
        self,
        course: Path,
        out: Path,
        settings: Settings,
        table: Table,
        sandbox: Sandbox | None,
        stop: _Stop,
        tell: Callable[[str], None],
    ):
        self.course, self.out, self.settings, self.table = course, out, settings, table
        self.sandbox, self.stop, self.tell = sandbox, stop, tell
        self.own = _own(course)
        self.folders = _feedback_folders(table)
        self.written = 0.0

    def go(self) -> None:
        """Grade what waits, then write everything that is made of the table."""
        sweep(make_folder(self.out / "records"))
        self.table.write(self.out)
        self._grade()
        self.table.write(self.out)
        if self.stop.is_set():
            return
        write_platforms(self.table, self.out, self.settings.title)
        self._write_gradebook()

    def _grade(self) -> None:
        waiting = [row for row in self.table.rows if row.waits]
        for row in self.table.rows:
            if not row.waits:
                self._say(row)
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            try:
                left = {pool.submit(self._one, row): row for row in waiting}
                while left:
                    done, _ = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
                        self._say(left.pop(future))
                    if done and time.monotonic() - self.written > PAUSE:
                        self.table.write(self.out)
                        self.written = time.monotonic()
            except BaseException:
                self.stop.set()
                raise

    def _one(self, row: Row) -> None:
        """Grade one row, or read what is known of it, and write its feedback."""
        if self.stop.is_set():
            return
        assert row.plan is not None
        assert row.entry.file is not None
        try:
            row.record = self._record(row.entry.file.path, row.plan)
        except Ended as error:
            if not self.stop.is_set():
                row.why = f"not graded: {error}"
            return
        except OSError as error:
            row.why = f"cannot be read: {error.strerror}"
            return
        place = make_folder(self.out / "feedback" / self.folders[row.entry.person])
        with atomic_write(place / f"{row.plan.name}.html", "w") as file:
            file.write(page(row))

    def _record(self, notebook: Path, plan: Plan) -> dict[str, Any]:
        place = self.out / "records" / f"{self._number(notebook, plan)}.json"
        with contextlib.suppress(OSError, ValueError):
            return json.loads(place.read_text(encoding="utf-8"))
        options: dict[str, Any] = {"seed": self.settings.seed, "own": self.own, "limits": self.settings.limits}
        record = grade_notebook(notebook, plan, sandbox=self.sandbox, stop=self.stop, **options)
        with atomic_write(place, "w") as file:
            json.dump(record, file)
        return record

    def _number(self, notebook: Path, plan: Plan) -> str:
        """The hash of all that the record depends on."""
        depends = [FORMAT, __version__, self.settings.seed, vars(self.settings.limits), plan.to_json()]
        depends += [self.settings.strict] * bool(self.settings.strict)
        total = hashlib.sha256(json.dumps(depends).encode())
        for path in (*map(Path, self.own), notebook):
            with open(path, "rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        return total.hexdigest()[:32]

    def _say(self, row: Row) -> None:
        if not row.waits:
            says = "; ".join([*(f"look at: {flag}" for flag in row.flags), *row.remarks])
            self.tell(
                f"{row.student:<24} {row.entry.notebook:<20} {row.score:5g} / {row.points:g}  {says[:200]}".rstrip()
            )

    def _write_gradebook(self) -> None:
        if not (self.course / "gradebook.db").is_file():
            return
        scores = [
            [self.folders[total.rows[0].entry.person], row.student, row.plan.name, row.scores]
            for total in totals(self.table)
            for row in total.rows
            if row.plan
        ]
        with tempfile.TemporaryDirectory(prefix="mfnumpy-gradebook-") as folder:
            try:
                run(write_gradebook, str(self.course), scores, folder=Path(folder), bounds=GRADEBOOK, seconds=600)
            except Ended as error:
                self.tell(f"nbgrader's gradebook was not written: {error}")


def _own(course: Path) -> tuple[str, ...]:
    """The files with an instructor's own exercises in a release."""
    return tuple(str(path) for path in sorted((course / "own").glob("*.py")))


def _feedback_folders(table: Table) -> dict[Person, str]:
    """A folder's name for each person: readable, of at most 60 characters, and no two alike."""
    found: dict[Person, str] = {}
    taken: set[str] = set()
    for row in table.rows:
        if row.entry.person in found:
            continue
        plain = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', "_", row.student).strip(". ")[:60] or "student"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name.casefold())
        found[row.entry.person] = name
    return found
