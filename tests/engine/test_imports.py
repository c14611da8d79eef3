"""Imports go one way; the core needs NumPy alone; cupy is named in one file."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mfnumpy
from mfnumpy import rules

PACKAGE = Path(mfnumpy.__file__).parent
ROOMS = (
    ("support.version", "support.route", "errors", "choices"),
    (
        "backend",
        *(
            f"support.{name}"
            for name in ("seeding", "files", "optional", "interrupt", "locks", "text", "split", "threads", "bar")
        ),
    ),
    ("support.validate", "support.samples", "support.environment", "optim", "batches"),
    ("equations", "layers"),
    ("blocks",),
    ("network",),
    ("rules",),
    ("measure", "saving.damage", "saving.checkpoint", "saving.model", "saving.progress"),
    ("saving.saved_run",),
    ("train",),
)
WINGS = ("support", "saving")
"""Folders of which each file is a room of its own."""
"""The core, from the ground up: a room may use its own floor and those below. What is not here lies above."""
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
TOP = len(ROOMS)
CORE = {
    room: sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    for room in FLOOR
    for path in [PACKAGE / room.replace(".", "/")]
}


def imports(path: Path, package: str) -> list[tuple[str, int]]:
    """Every imported module as a dotted name with its line, wherever in the file it stands."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = ("." * node.level) + (node.module or "")
            assert not node.level, f"{path}: relative import {module}; write it out"
            packages = (package, *(f"{package}.{wing}" for wing in WINGS))
            found += [(f"{module}.{alias.name}" if module in packages else module, node.lineno) for alias in node.names]
    return found


PRIVATE = re.compile(r"\._(?!_)")


def names_imported(path: Path) -> list[tuple[str, int]]:
    """Every name that a file takes from a module, as a dotted name with its line."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return [(f"{node.module}.{alias.name}", node.lineno) for node in nodes for alias in node.names]


def rooms_used(path: Path) -> set[str]:
    """The rooms of mfnumpy that a file imports."""
    names = (name.split(".")[1:3] for name, _ in imports(path, "mfnumpy") if name.startswith("mfnumpy."))
    return {".".join(name) if name[0] in WINGS else name[0] for name in names}


@pytest.mark.parametrize("room", list(FLOOR))
def test_a_room_uses_only_its_own_floor_and_those_below(room):
    for path in CORE[room]:
        above = {used for used in rooms_used(path) if FLOOR.get(used, TOP) > FLOOR[room]}
        assert not above, f"{path.name} reaches up to {above}"


def test_no_two_rooms_import_each_other():
    uses = {room: {u for path in paths for u in rooms_used(path)} - {room} for room, paths in CORE.items()}
    mutual = [(a, b) for a in uses for b in uses[a] if a in uses.get(b, ())]
    assert not mutual


def test_the_core_imports_nothing_but_numpy_and_never_data_utils():
    allowed = {"numpy", "mfnumpy", *sys.stdlib_module_names}
    lazily = {("support.bar", "tqdm"), ("support.threads", "threadpoolctl")}  # where they are installed
    for room, paths in CORE.items():
        for path in paths:
            for name, line in imports(path, "mfnumpy"):
                top = name.split(".")[0]
                assert top in allowed or (room, top) in lazily or (room, top) == ("backend", "cupy"), f"{path}:{line}"


def test_only_the_backend_imports_cupy():
    everywhere = [*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "data_utils").rglob("*.py")]
    found = {p.name for p in everywhere for name, _ in imports(p, "mfnumpy") if name.split(".")[0] == "cupy"}
    assert found == {"backend.py"}


def test_only_one_file_names_the_library_that_limits_blas():
    named = {
        p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if "threadpoolctl" in p.read_text("utf-8")
    }
    assert named == {"support/threads.py"}


def test_no_private_name_crosses_a_module():
    """But in the checker's catalogue, which is one table in several files."""
    for path in PACKAGE.rglob("*.py"):
        for name, line in names_imported(path) if "catalogue" not in path.parts else ():
            assert name.split(".")[0] != "mfnumpy" or not PRIVATE.search(name), f"{path}:{line} imports {name}"


def test_planted_a_private_name_is_caught(tmp_path):
    path = tmp_path / "planted.py"
    path.write_text("from mfnumpy.train import Trainer, _taken\nfrom mfnumpy.support.version import __version__")
    assert [name for name, _ in names_imported(path) if PRIVATE.search(name)] == ["mfnumpy.train._taken"]


def test_only_what_students_use_imports_the_checker():
    for path in PACKAGE.rglob("*.py"):
        inside = path.relative_to(PACKAGE).parts[0]
        if inside not in ("check", "course", "cli"):
            assert "check" not in rooms_used(path), path


def test_planted_an_import_upwards_is_caught(tmp_path):
    path = tmp_path / "planted.py"
    for text in ("from mfnumpy.support.seeding import stream", "from mfnumpy.support import seeding"):
        path.write_text(text)
        assert rooms_used(path) == {"support.seeding"}
    for text in (
        "from mfnumpy.train import Trainer",
        "from mfnumpy import train",
        "import mfnumpy.train",
        "def f():\n    from mfnumpy.train import Trainer",
    ):
        path.write_text(text)
        assert rooms_used(path) == {"train"}
        assert FLOOR["train"] > FLOOR["layers"]


NUMPY_ALONE = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        if top not in {"numpy", "mfnumpy"} and top not in sys.stdlib_module_names:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Block())
for name in [m for m in sys.modules if m.split(".")[0] in ("tqdm", "scipy", "sklearn", "matplotlib", "rich")]:
    del sys.modules[name]
from mfnumpy import equations, measure, network, optim, rules
from mfnumpy.saving import model as models
from mfnumpy.support import seeding
from mfnumpy.train import Trainer
try:
    import scipy
except ImportError:
    pass
else:
    raise SystemExit("the block does not block")
rng = seeding.stream(0, "alone")
x, y = rng.standard_normal((20, 9)).astype("float32"), rng.integers(0, 4, 20)
for name in rules.RULES:
    net = network.mlp(9, (6, 8))
    rule = rules.make(name)
    rule.start(net, 4)
    Trainer(net, rule, optim.Adam(), epochs=1, batch_size=8, show_progress=True, path=sys.argv[1]).fit(x, y)
    measure.evaluate(models.load(sys.argv[1])[0], rule, x, y)
print("trained", len(rules.RULES))
"""


def test_the_core_trains_with_numpy_alone(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", NUMPY_ALONE, str(tmp_path / "m.npz")],
        capture_output=True,
        text=True,
        timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith("COV")},
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"trained {len(rules.RULES)}\n"


def test_importing_the_package_is_light():
    """`import mfnumpy` must not pull in the laboratory."""
    code = (
        "import sys, mfnumpy, mfnumpy.train\n"
        "heavy = 'scipy', 'sklearn', 'matplotlib', 'rich', 'tqdm', 'torch', 'pooch', 'cupy'\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert out == "[]\n"
