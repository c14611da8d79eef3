"""A class for the tests: students with names in six scripts, whose hand-ins lie in five layouts; cheats and accidents.

Each student comes with what is expected of their row.
"""

from __future__ import annotations

import json
import os
import random
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

EQUATIONS, MEMORY = "03_equations", "12_memory_and_speed"
NAMES = {
    "latin": ("Ana Muñoz", "Zoë Ångström", "Łukasz Żak", "Seán O'Brien"),
    "greek": ("Ελένη Παπαδοπούλου", "Νίκος Γεωργίου"),
    "cyrillic": ("Анна Іваненко", "Пётр Щукин"),
    "arabic": ("ليلى حداد", "عمر الخطيب"),
    "chinese": ("王小明", "陳美玲"),
    "devanagari": ("प्रिया शर्मा", "अर्जुन राव"),
}
LAYOUTS = ("folders", "canvas", "moodle", "zip", "exchange")

RIGHT_EQ7 = "def eq7(x, z, M, dG):\n    return np.einsum('si,sj->ij', x, np.einsum('sc,cj->sj', dG, M) * (z > 0))"
NO_MASK = "def eq7(x, z, M, dG):\n    return x.T @ (dG @ M)"
WRONG = "def eq7(x, z, M, dG):\n    return x.T @ (dG @ M) + 1"

CHEATS: dict[str, tuple[str, dict[str, str], bool]] = {
    "imported_reference": (EQUATIONS, {"eq7": "from mfnumpy.equations import weight_gradient as eq7"}, True),
    "patched_numpy": (EQUATIONS, {"eq7": f"import numpy as np\nnp.abs = lambda x: x * 0\n{WRONG}"}, False),
    "patched_grade": (
        EQUATIONS,
        {"eq7": f"import mfnumpy.course\nmfnumpy.course.grade = lambda *a, **k: None\n{WRONG}"},
        False,
    ),
    "replaced_exercise": (
        EQUATIONS,
        {"eq7": f'from mfnumpy.check import EXERCISES\nEXERCISES["eq7"] = EXERCISES["eq8"]\n{WRONG}'},
        False,
    ),
    "equal_to_all": (
        MEMORY,
        {"ticks": "from unittest.mock import ANY\ndef ticks(blocks, batches):\n    return ANY"},
        False,
    ),
    "used_reference": (
        EQUATIONS,
        {"eq7": "def eq7(x, z, M, dG):\n    return equations.weight_gradient(x, z, M, dG)"},
        True,
    ),
    "hidden_import": (
        EQUATIONS,
        {"eq7": 'eq7 = getattr(__import__("mfnumpy.equations").equations, "weight_gra" + "dient")'},
        True,
    ),
    "own_equality": (
        MEMORY,
        {
            "ticks": "class Any(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n"
            "def ticks(blocks, batches):\n    return Any(3)"
        },
        False,
    ),
    "stand_in": (EQUATIONS, {"eq7": f"grade = check = lambda *a, **k: None\n{WRONG}"}, False),
    "module_table": (
        EQUATIONS,
        {"eq7": 'import sys\nreference = sys.modules["mfnumpy" + "." + "equations"]\neq7 = reference.weight_gradient'},
        True,
    ),
    "patched_comparison": (
        EQUATIONS,
        {"eq7": f"import numpy as np\nnp.allclose = lambda *a, **k: True\n{WRONG}"},
        False,
    ),
    "patched_class": (
        EQUATIONS,
        {"eq7": f"rules.MonoForward.steps = lambda *a: None\nnetwork.mlp = None\n{WRONG}"},
        False,
    ),
}
"""What cheats write: the notebook, their cells, and whether the numbers come out right all the same."""

ENDLESS = """def eq7(x, z, M, dG):
    while True:
        try:
            while True:
                pass
        except BaseException:  # an interrupt does not stop it
            pass
"""

BREAKAGES = ("cut_off", "empty", "web_page", "many_cells", "no_metadata", "utf16", "version_3", "endless")
"""What happens by accident. The first four cannot be graded."""


@dataclass
class Student:
    """A member of the class. score: what is expected, None if it does not matter; flagged: whether to be looked at."""

    name: str
    layout: str
    notebook: str
    kind: str
    text: str | bytes
    score: float | None
    flagged: bool = False


class Maker:
    """Makes hand-ins of the released notebooks. course: as in conftest."""

    def __init__(self, course: Any, large: int = 24_000_000):
        self.course, self.large = course, large

    def honest(self, k: int) -> tuple[str, str, str, float]:
        """(kind, notebook, text, score) of an honest hand-in."""
        kinds: list[Callable[[], tuple[str, str, Any, float]]] = [
            lambda: ("right", EQUATIONS, self.course.solved(EQUATIONS), 9),
            lambda: ("no mask", EQUATIONS, self.course.solved(EQUATIONS, eq7=NO_MASK), 7),
            lambda: ("wrong", EQUATIONS, self.course.solved(EQUATIONS, eq7=WRONG), 5),
            lambda: ("half", EQUATIONS, self.course.solved(EQUATIONS, only={"eq5", "eq8"}), 5),
            lambda: ("untouched", EQUATIONS, self.course.read("release", EQUATIONS), 0),
            lambda: ("memory", MEMORY, self.course.solved(MEMORY), 8),
        ]
        kind, notebook, made, score = kinds[k % len(kinds)]()
        return kind, notebook, nbformat.writes(made), score

    def cheat(self, kind: str) -> tuple[str, str]:
        """(notebook, text) of a cheat."""
        notebook, cells, _ = CHEATS[kind]
        return notebook, nbformat.writes(self.course.solved(notebook, **cells))

    def broken(self, kind: str) -> tuple[str | bytes, float]:
        """(content, score) of an accident with the notebook of the equations."""
        whole = nbformat.writes(self.course.solved(EQUATIONS))
        if kind == "cut_off":
            return whole[: len(whole) // 2], 0
        if kind == "empty":
            return "", 0
        if kind == "web_page":
            return "<!DOCTYPE html><title>Sign in</title>", 0
        if kind == "many_cells":
            return '{"cells": [' + ",".join(["{}"] * (self.large // 3)) + '], "nbformat": 4}', 0
        if kind == "utf16":
            return whole.encode("utf-16"), 9
        if kind == "endless":
            loop = (
                "def eq7(x, z, M, dG):\n    while True:\n        try:\n            while True:\n                pass\n"
            )
            text = f"{loop}        except BaseException:\n            pass"
            return nbformat.writes(self.course.solved(EQUATIONS, eq7=text)), 5
        notebook = json.loads(whole)
        for number, cell in enumerate(notebook["cells"]):
            cell["metadata"], cell["id"] = {}, f"cell{number}"
        if kind == "version_3":
            return nbformat.writes(nbformat.v3.convert.downgrade(nbformat.from_dict(notebook)), version=3), 9
        return json.dumps(notebook), 9


def students(maker: Maker, count: int, seed: int = 0) -> Iterator[Student]:
    """The class: cheats and accidents first, then honest ones."""
    rng = random.Random(seed)
    names = [name for some in NAMES.values() for name in some]
    for k in range(count):
        name = f"{names[k % len(names)]} {k}"
        layout = LAYOUTS[k % len(LAYOUTS)]
        if k < len(CHEATS):
            kind = list(CHEATS)[k]
            notebook, text = maker.cheat(kind)
            yield Student(name, layout, notebook, kind, text, None, flagged=True)
        elif k < len(CHEATS) + len(BREAKAGES):
            kind = BREAKAGES[k - len(CHEATS)]
            content, score = maker.broken(kind)
            yield Student(name, layout, EQUATIONS, kind, content, score)
        else:
            kind, notebook, text, score = maker.honest(rng.randrange(6))
            yield Student(name, layout, notebook, kind, text, score)


FILE_NAMES = ("{}.ipynb", "{} (1).ipynb", "{}-Copy1.ipynb", "{}.IPYNB", "my {}.ipynb")


def hand_in(member: Student, number: int, root: Path, archives: dict[str, zipfile.ZipFile]) -> None:
    """Put the hand-in where its layout has it; every fourth folder in Latin-1, where that can hold the name."""
    content = member.text.encode() if isinstance(member.text, str) else member.text
    file = FILE_NAMES[number % len(FILE_NAMES)].format(member.notebook)
    flat = "".join(c for c in member.name.lower() if c.isalnum() or unicodedata.category(c).startswith("M"))
    if member.layout == "canvas":
        path = root / f"{flat}_{'LATE_' if number % 2 else ''}{1000 + number}_{900000 + number}_{file}"
    elif member.layout == "zip":
        if "class" not in archives:
            archives["class"] = zipfile.ZipFile(root / "class.zip", "w")
        archives["class"].writestr(f"{member.name}_{5000 + number}_assignsubmission_file_/{file}", content)
        return
    elif member.layout == "moodle":
        path = root / f"{member.name}_{5000 + number}_assignsubmission_file_" / file
    elif member.layout == "exchange":
        path = root / "submitted" / member.name / member.notebook / file
    else:
        folder = member.name
        try:
            raw = folder.encode("latin-1") if number % 2 == 0 else folder.encode()
        except UnicodeEncodeError:
            raw = folder.encode()
        path = root / os.fsdecode(raw) / "week 3" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def make_class(root: Path, members: list[Student]) -> None:
    """Lay the hand-ins of a class into the folder `root`, and two files of nobody's beside them."""
    root.mkdir(parents=True)
    archives: dict[str, zipfile.ZipFile] = {}
    for number, member in enumerate(members):
        hand_in(member, number, root, archives)
    for archive in archives.values():
        archive.close()
    (root / ".DS_Store").write_bytes(b"\0")
    (root / "read me.txt").write_text("nothing to grade")
