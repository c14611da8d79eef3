"""The whole house: no two files import each other, not even by a detour, and no arrow between rooms runs up."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

import mfnumpy

PACKAGE = Path(mfnumpy.__file__).parent
FLOORS = (
    ("errors", "choices"),
    ("backend",),
    ("support",),
    ("optim", "batches", "layers", "equations"),
    ("blocks",),
    ("network",),
    ("rules",),
    ("measure", "saving"),
    ("train",),
    ("fast",),
    ("parallel",),
    ("prediction",),
    ("engines",),
    ("sklearn", "export", "repair"),
    ("comparison", "teach", "check"),
    ("course", "bench"),
    ("paper",),
    ("cli", "bench.gpu"),
)
"""The rooms from the ground up. A room may use those below, and its own floor where no circle comes of it.

`bench.gpu` is a command of its own, which reads the ledger; nothing below it may use it, the rest of `bench` included.
"""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def modules(root: Path) -> dict[str, Path]:
    """Every file of a package by its dotted name; a folder's __init__ by the folder's."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = [root.name, *path.relative_to(root).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def arrows(known: dict[str, Path]) -> dict[str, set[str]]:
    """Module -> the modules of the package that it imports, wherever in the file that stands."""
    found: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in known}
            elif isinstance(node, ast.ImportFrom) and node.module in known:
                inside = {f"{node.module}.{alias.name}" for alias in node.names}
                found[name] |= {module if module in known else node.module for module in inside}
        found[name].discard(name)
    return found


def circle(uses: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, in order; [] if there is none."""
    try:
        graphlib.TopologicalSorter(uses).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def room(name: str, floor: dict[str, int]) -> str:
    """The room of a file: the folder in a room that has a floor of its own, else the room."""
    parts = name.split(".")
    own = ".".join(parts[1:3])
    return own if own in floor else parts[1]


def upwards(uses: dict[str, set[str]], floor: dict[str, int]) -> list[str]:
    """Every import of a room on a higher floor, as text."""
    return [
        f"{name} imports {used}"
        for name, all_used in uses.items()
        for used in sorted(all_used)
        if name.count(".") and used.count(".") and floor[room(used, floor)] > floor.get(room(name, floor), len(floor))
    ]


def test_no_files_import_each_other_in_a_circle():
    assert circle(arrows(modules(PACKAGE))) == []


def test_no_arrow_between_rooms_runs_up():
    assert upwards(arrows(modules(PACKAGE)), FLOOR) == []


def test_every_room_has_its_floor():
    rooms = {room(name, FLOOR) for name in modules(PACKAGE) if name.count(".")}
    assert rooms - {"__main__"} == FLOOR.keys()


def test_the_wings_of_paper_import_one_way():
    """What a run is, the ledger of runs, the making of them, what is shown; the experiments use all of these."""
    uses = arrows(modules(PACKAGE))
    parts = {
        (name.split(".")[2], used.split(".")[2])
        for name, all_used in uses.items()
        for used in all_used
        if name.startswith("mfnumpy.paper.") and used.startswith("mfnumpy.paper.")
    }
    graph: dict[str, set[str]] = {}
    for a, b in parts:
        if a != b:
            graph.setdefault(a, set()).add(b)
    assert circle(graph) == []


@pytest.mark.parametrize("text", ["from mfnumpy.train import Trainer", "def f():\n    from mfnumpy import train"])
def test_planted_circles_and_arrows_upwards_are_caught(tmp_path, text):
    root = tmp_path / "mfnumpy"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "rules.py").write_text(text)
    (root / "train.py").write_text("import mfnumpy.rules")
    uses = arrows(modules(root))
    assert len(circle(uses)) == 3
    assert upwards(uses, FLOOR) == ["mfnumpy.rules imports mfnumpy.train"]


def test_a_command_in_a_room_may_use_what_its_room_may_not():
    ledger = "mfnumpy.paper.ledger.folder"
    assert upwards({"mfnumpy.bench.gpu.here": {ledger}}, FLOOR) == []
    assert upwards({"mfnumpy.bench.peer": {ledger}}, FLOOR) == [f"mfnumpy.bench.peer imports {ledger}"]
    assert len(upwards({"mfnumpy.paper.results": {"mfnumpy.bench.gpu.plan"}}, FLOOR)) == 1
