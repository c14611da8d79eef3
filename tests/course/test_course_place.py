"""Who handed in what: layouts, names in any encoding, versions, ZIP files; and what a platform takes back."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import zipfile
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy.course.grading.collect import Collected, collect
from mfnumpy.course.grading.place import copy_number, plain_stem, readable
from mfnumpy.course.grading.platforms import CANVAS, MOODLE, write_platforms
from mfnumpy.course.grading.roster import match, missing, read_roster
from mfnumpy.course.grading.table import Row, Table, safe
from mfnumpy.course.plan import read_plans
from mfnumpy.course.sources import CourseError

EQUATIONS, MEMORY = "03_equations", "12_memory_and_speed"


class Desk:
    """A folder of hand-ins, and what is found in it."""

    def __init__(self, course, folder: Path):
        self.plans = read_plans(course.root)
        self.texts = {name: nbformat.writes(course.read("release", name)) for name in (EQUATIONS, MEMORY)}
        self.root, self.work = folder / "in", folder / "work"
        self.root.mkdir()
        self.work.mkdir()

    def put(self, path: str | bytes, content: str | bytes = EQUATIONS, when: float | None = None) -> Path:
        """Hand a notebook in, by its name or its text."""
        content = self.texts.get(content, content) if isinstance(content, str) else content
        place = self.root / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        if when is not None:
            os.utime(place, (when, when))
        return place

    def found(self, folder: Path | None = None) -> Collected:
        """Everything that was handed in."""
        return collect(folder or self.root, self.plans, Path(tempfile.mkdtemp(dir=self.work)))

    def rows(self, folder: Path | None = None) -> list[tuple[str, str, str]]:
        """(student, notebook, number) of each row."""
        return [(e.person.name, e.notebook, e.person.number) for e in self.found(folder).entries]


@pytest.fixture
def desk(course, tmp_path) -> Desk:
    """An empty folder of hand-ins."""
    return Desk(course, tmp_path)


def zipped(**files: str | bytes) -> bytes:
    """A ZIP file as bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("path", "student", "number"),
    [
        ("ada/03_equations.ipynb", "ada", ""),
        ("ada/03_equations (1).ipynb", "ada", ""),
        ("ada/03_equations-Copy1.ipynb", "ada", ""),
        ("ada/03_EQUATIONS.IPYNB", "ada", ""),
        ("ada/Ada Lovelace.ipynb", "ada", ""),  # known by its cells alone
        ("ada/deep/er/Untitled7.ipynb", "ada", ""),
        ("submitted/ada/03_equations/03_equations.ipynb", "ada", ""),
        ("ada+03_equations+2026-11-20 10:00:00 UTC+abc/03_equations.ipynb", "ada", ""),
        ("lovelaceada_123_4567_03_equations.ipynb", "lovelaceada", "123"),
        ("lovelaceada_LATE_123_4567_03_equations-1.ipynb", "lovelaceada", "123"),
        ("anon_x7Yz_4567_03_equations.ipynb", "anon_x7Yz", "anon_x7Yz"),
        ("Ada Lovelace_88_assignsubmission_file_/03_equations.ipynb", "Ada Lovelace", "88"),
        ("Ada Lovelace_88_assignsubmission_file/03_equations.ipynb", "Ada Lovelace", "88"),
        ("Ada Lovelace_88_assignsubmission_file_03_equations.ipynb", "Ada Lovelace", "88"),
        ("Participant_88_assignsubmission_file_/03_equations.ipynb", "Participant", "88"),
        ("Ada Lovelace 03_equations (2).ipynb", "Ada Lovelace", ""),
        ("Zażółć Gęślą_99_assignsubmission_file_/x.ipynb", "Zażółć Gęślą", "99"),
    ],
)
def test_a_hand_in_is_placed_whatever_its_layout_and_name(desk, path, student, number):
    desk.put(path)
    found = desk.found()
    assert [(e.person.name, e.notebook, e.person.number) for e in found.entries] == [(student, EQUATIONS, number)]
    assert found.unplaced == []
    assert found.entries[0].remarks == []


def test_a_zip_file_of_the_class_and_one_of_a_student_are_told_apart(desk):
    text = desk.texts[EQUATIONS]
    inside = {"Ada_1_assignsubmission_file_/a.ipynb": text, "Bo_2_assignsubmission_file_/b.ipynb": text}
    moodle = desk.put("class.zip", zipped(**inside))
    assert desk.rows() == [("Ada", EQUATIONS, "1"), ("Bo", EQUATIONS, "2")]
    assert desk.rows(moodle) == desk.rows()


@pytest.mark.parametrize(
    ("name", "inside", "student"),
    [
        ("adalovelace_5_6_work.zip", "homework/03_equations.ipynb", "adalovelace"),
        ("ada/work.zip", "homework/03_equations.ipynb", "ada"),
        ("Ada_7_assignsubmission_file_/work.zip", "03_equations.ipynb", "Ada"),
        ("ada.zip", "homework/03_equations.ipynb", "ada"),
    ],
)
def test_a_students_own_zip_file_is_opened(desk, name, inside, student):
    desk.put("zz/03_equations.ipynb")
    inner = zipped(**{inside: desk.texts[EQUATIONS], "notes.txt": "x"})
    desk.put(name, zipped(**{"again.zip": inner}))
    assert [row[:2] for row in desk.rows()] == [(student, EQUATIONS), ("zz", EQUATIONS)]


def test_a_zip_bomb_a_hostile_name_and_a_broken_zip_cost_nobody_else_a_row(desk):
    desk.put("zz/03_equations.ipynb")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("03_equations.ipynb", b"0" * (70 << 20))
    desk.put("bomb/work.zip", bomb.getvalue())
    desk.put("slip/work.zip", zipped(**{"../../../../../03_equations.ipynb": desk.texts[EQUATIONS]}))
    desk.put("broken/work.zip", b"PK\3\4 and no more")
    found = desk.found()
    assert [(e.person.name, e.notebook, bool(e.why)) for e in found.entries] == [
        ("bomb", EQUATIONS, True),
        ("broken", "", True),
        ("slip", EQUATIONS, False),
        ("zz", EQUATIONS, False),
    ]
    assert "too large" in found.entries[0].why
    assert desk.work in found.entries[2].file.path.parents


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Mu\xf1oz", "Muñoz"),  # Latin-1
        (b"Mu\xa4oz", "Muñoz"),  # code page 437
        ("Muñoz".encode(), "Muñoz"),
        ("Mun\u0303oz".encode(), "Muñoz"),  # as macOS writes it
        ("李雷".encode(), "李雷"),
        (b"a\nb\tc", "a b c"),
        ("evil\u202etxt".encode(), "evil txt"),
    ],
)
def test_names_of_folders_are_readable_in_any_encoding(desk, raw, text):
    desk.put(raw + b"/03_equations.ipynb")
    assert desk.rows() == [(text, EQUATIONS, "")]
    assert readable(os.fsdecode(raw)) == text


def test_two_people_of_one_name_have_a_row_each_and_it_is_said(desk):
    desk.put(b"Mu\xf1oz/03_equations.ipynb")
    desk.put("Muñoz/03_equations.ipynb".encode())
    found = desk.found()
    assert [e.person.name for e in found.entries] == ["Muñoz", "Muñoz"]
    assert all("2 hand-ins carry the name Muñoz" in e.remarks[0] for e in found.entries)


@pytest.mark.parametrize(
    ("old", "new", "times"),
    [
        ("ada/03_equations.ipynb", "ada/03_equations (1).ipynb", (100, 100)),
        ("ada/03_equations (1).ipynb", "ada/03_equations.ipynb", (100, 200)),
        ("ada/03_equations-Copy1.ipynb", "ada/03_equations-Copy2.ipynb", (100, 100)),
        ("ada/.ipynb_checkpoints/03_equations-checkpoint.ipynb", "ada/03_equations.ipynb", (900, 100)),
        ("ada_1_70_03_equations.ipynb", "ada_1_80_03_equations-1.ipynb", (200, 100)),
    ],
)
def test_of_two_versions_the_newer_counts_and_that_is_said(desk, old, new, times):
    desk.put(old, when=times[0])
    desk.put(new, when=times[1])
    (entry,) = desk.found().entries
    assert entry.file.shown == new
    assert ("2 versions: the newest counts" in " ".join(entry.remarks)) == (".ipynb_checkpoints" not in old)


def test_a_newer_version_that_cannot_be_read_does_not_cost_the_older_one(desk):
    desk.put("ada/03_equations.ipynb", when=100)
    desk.put("ada/03_equations (1).ipynb", "{", when=200)
    (entry,) = desk.found().entries
    assert entry.file.shown == "ada/03_equations.ipynb"
    assert entry.remarks[0].startswith("ada/03_equations (1).ipynb is left out: not a notebook")


NAMED_OTHERWISE = ("03_equations.ipynb.txt", "03_equations.json", "03_equations", "a.ipynb.download", "a.ipynb~")


@pytest.mark.parametrize("name", NAMED_OTHERWISE)
def test_a_notebook_under_another_ending_is_found_in_a_folder_and_in_a_zip_file(desk, name):
    """Browsers and phones name what they save by what they take it for."""
    desk.put(f"ada/{name}")
    desk.put("bo/all.zip", zipped(**{f"deep/{name}": desk.texts[EQUATIONS], "notes.txt": "no notebook"}))
    desk.put("ada/notes.txt", "no notebook")
    found = desk.found()
    assert [(e.person.name, e.notebook, len(e.remarks)) for e in found.entries] == [
        ("ada", EQUATIONS, 1),
        ("bo", EQUATIONS, 1),
    ]
    assert "does not end in .ipynb" in found.entries[0].remarks[0]
    assert [reason.partition(";")[0] for _, reason in found.unplaced] == ["no notebook (.ipynb)"] * 2


def test_everything_else_is_listed_with_a_reason_and_its_owner_has_a_row(desk):
    desk.put("ada/notes.docx", "x")
    desk.put("bo/other.ipynb", '{"cells": [], "nbformat": 4}')
    (desk.root / "cleo").mkdir()
    (desk.root / "dan").mkdir()
    (desk.root / "dan" / "link.ipynb").symlink_to(desk.root / "ada" / "notes.docx")
    os.mkfifo(desk.root / "dan" / "pipe.ipynb")
    desk.put("__MACOSX/._x", "x")
    desk.put("loose.ipynb")
    desk.put("eve_12_text.html", "my text")
    for number in range(30):
        desk.put(f"fay/{number}.csv", "1")
    found = desk.found()
    names = {entry.person.name: entry.why for entry in found.entries}
    assert {"ada", "bo", "cleo", "dan", "eve", "fay"} <= set(names)
    assert set(names.values()) == {"no notebook of this course was handed in"}
    reasons = dict(found.unplaced)
    assert reasons["ada/notes.docx"] == "no notebook (.ipynb); handed in by ada"
    assert reasons["bo/other.ipynb"].startswith("it has no cell of a notebook of this course")
    assert reasons["cleo/(empty)"] == "an empty folder; handed in by cleo"
    assert reasons["dan/link.ipynb"].startswith("a link to another file")
    assert reasons["dan/pipe.ipynb"].startswith("no ordinary file")
    assert reasons["loose.ipynb"].startswith("lies in no folder")
    assert reasons["fay"] == "10 more files; handed in by fay"


def test_a_notebook_is_told_from_the_others_by_its_cells(desk, course):
    """Every notebook of the course, with no name and no metadata that tell of it."""
    for name in course.names:
        notebook = course.read("release", name)
        for cell in notebook.cells:
            cell.metadata, cell.id = nbformat.NotebookNode(), f"x{id(cell) % 10**9}"
        desk.put(f"{name[:3]} student/Untitled.ipynb", nbformat.writes(notebook))
    assert sorted(row[1] for row in desk.rows()) == sorted(course.names)


def test_names_of_copies():
    assert [plain_stem(f"03_equations{end}.ipynb") for end in (" (1)", "-Copy1", "-2", "_copy", "-Copy1 (2)")] == [
        "03_equations"
    ] * 5
    assert plain_stem("07a_goodness.ipynb") == "07a_goodness"
    assert [copy_number(f"x{end}.ipynb") for end in ("", " (3)", "-Copy2", "-1")] == [0, 3, 2, 1]


def test_a_folder_that_cannot_be_used_is_one_message(desk, tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        desk.found(tmp_path / "nowhere")
    with pytest.raises(CourseError, match="is empty"):
        desk.found()


# -- what platforms take back ----------------------------------------------------------------------------------


def table_of(desk: Desk, roster: list) -> Table:
    """The table of what lies on the desk, 5 points for everything that can be graded."""
    found = desk.found()
    matched = match(found.entries, roster)
    rows = []
    for entry in found.entries + missing(found.entries, roster, matched):
        own = matched.get(entry.person) or next((one for one in roster if one.name == entry.person.name), None)
        marks = {"marks": {"eq7": {"score": 4.0}, "eq5": {"score": 1.0}}, "flags": [], "remarks": [], "code": {}}
        row = Row(entry, desk.plans.get(entry.notebook), own, None if entry.why else marks, entry.why)
        rows.append(row)
    return Table(rows, found.unplaced)


def written(path: Path) -> list[list[str]]:
    """A CSV file, cell by cell."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas_takes_the_table_column_by_column(desk, tmp_path):
    """The header as lib/gradebook_importer.rb wants it; the class list is Canvas's own export."""
    roster = tmp_path / "canvas.csv"
    roster.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Old task (4)\n"
        "    Points Possible,,,,,10\n"
        '"Lovelace, Ada",123,s-1,ada@uni,Tuesday,9\n'
        '"Noether, Emmy",124,s-2,emmy@uni,Friday,\n',
        encoding="utf-8-sig",
    )
    desk.put("lovelaceada_123_4567_03_equations.ipynb")
    desk.put("strangernew_999_4568_03_equations.ipynb")
    write_platforms(table_of(desk, read_roster(roster)), tmp_path, "Exercise 3 (77)")
    rows = written(tmp_path / "canvas.csv")
    assert (
        rows[0]
        == [*CANVAS, "Exercise 3 (77)"]
        == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Exercise 3 (77)"]
    )
    assert rows[1] == ["    Points Possible", "", "", "", "", "9"]
    assert sorted(rows[2:]) == [
        ["Lovelace, Ada", "123", "s-1", "ada@uni", "Tuesday", "5"],
        ["Noether, Emmy", "124", "s-2", "emmy@uni", "Friday", "0"],
        ["strangernew", "999", "", "", "", "5"],
    ]
    # What Canvas itself asks of the header.
    header = rows[0]
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert (header[2], header[3]) == ("SIS User ID", "SIS Login ID")
    assert "Section" in header[4]
    assert "Points Possible" in rows[1][0]


def test_moodle_takes_the_table_column_by_column(desk, tmp_path):
    """The columns that importgradeslib.php looks for, by their English names; the worksheet's others as they came."""
    desk.put("Ada Lovelace_88_assignsubmission_file_/03_equations.ipynb")
    desk.put("Bo_89_assignsubmission_file_/12.ipynb", MEMORY)
    write_platforms(table_of(desk, []), tmp_path)
    rows = written(tmp_path / "moodle.csv")
    assert rows[0] == list(MOODLE)
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(rows[0])
    first = dict(zip(*rows[:2], strict=True))
    assert first["Identifier"] == "Participant 88"
    assert (first["Grade"], first["Maximum Grade"]) == ("5", "17")
    assert first["Feedback comments"] == "03_equations: 5 of 9"

    sheet = tmp_path / "sheet.csv"
    own = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Last modified (grade)"]
    sheet.write_text(
        f"{','.join(own)}\nParticipant 88,Ada Lovelace,ada@uni.example,Submitted,,100.00,-\n"
        "Participant 90,Cleo,cleo@uni.example,No submission,,100.00,-\n",
        encoding="utf-8",
    )
    write_platforms(table_of(desk, read_roster(sheet)), tmp_path)
    rows = written(tmp_path / "moodle.csv")
    assert rows[0] == own
    found = {row[0]: row for row in rows[1:]}
    assert found["Participant 88"] == ["Participant 88", "Ada Lovelace", "ada@uni.example", "Submitted", "5", "17", "-"]
    assert found["Participant 90"][4] == "0"
    assert found["Participant 89"][1] == "Bo"


def test_a_class_list_that_cannot_be_used_is_one_message(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CourseError, match="no column Student"):
        read_roster(tmp_path / "x.csv")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_taken_for_a_formula(start):
    assert safe(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"
    assert safe("a=b") == "a=b"
    assert safe(-3.0) == -3
    assert safe("-") == "-"
