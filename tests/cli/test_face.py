"""The face of the package: its names, its map, and README's snippets, which run as they stand."""

from __future__ import annotations

import functools
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import mfnumpy
from mfnumpy import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.startswith("mfnumpy ")
]
MAP = re.findall(r"^    (\w+) {2,}\S", mfnumpy.__doc__ or "", flags=re.MULTILINE)


@pytest.mark.parametrize("name", mfnumpy.__all__)
def test_every_public_name_is_what_its_home_has(name):
    value = getattr(mfnumpy, name)
    assert name in dir(mfnumpy)
    home = getattr(value, "__module__", None)
    if home is not None and not name.startswith("_"):
        assert getattr(importlib.import_module(home), name) is value


def test_an_unknown_name_is_an_attribute_error_that_says_what_to_do():
    with pytest.raises(AttributeError, match=r"no name 'Trainor'; dir\(mfnumpy\)"):
        _ = mfnumpy.Trainor


def test_the_names_come_only_when_they_are_used():
    code = "import sys, mfnumpy; assert 'numpy' not in sys.modules; mfnumpy.mlp(3, (4,)); assert 'numpy' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_map_names_every_room_of_the_house_and_no_other():
    package = Path(mfnumpy.__file__).parent
    rooms = {p.stem for p in package.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert sorted(MAP) == sorted(rooms - {"__init__", "__main__"})


def test_readme_has_mono_forward_from_the_equations_alone_in_about_forty_lines():
    whole = [s for s in SNIPPETS if "weight_gradient(x, z, M[i], dG)" in s]
    assert len(whole) == 1
    assert len(whole[0].splitlines()) <= 40
    assert not re.search(r"mfnumpy\.(rules|train|network|optim|Mono)", whole[0])
    assert {f"# ({n})" in whole[0] for n in (5, 6, 7, 8)} == {True}


@functools.cache
def after_training() -> dict:
    """The names that stand after the snippet which trains a network: later ones go on with them."""
    space: dict = {}
    exec(compile(SNIPPETS[1], "README.md, snippet 2", "exec"), space)
    return space


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("i", range(len(SNIPPETS)))
def test_readme_s_snippets_run_as_they_stand(i, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = dict(after_training()) if i > 1 else {}
    if "export" in SNIPPETS[i]:
        pytest.importorskip("onnx", reason="onnx is not installed: the snippet that exports is not run")
    exec(compile(SNIPPETS[i], f"README.md, snippet {i + 1}", "exec"), space)
    printed = capsys.readouterr().out
    if "M[i]" in SNIPPETS[i]:
        assert float(printed.split()[-1]) > 0.95, printed
    elif i == 1:
        assert min(space["history"].epochs[-1]["val_accuracy"].values()) > 0.95, printed
    elif "GridSearchCV" in SNIPPETS[i]:
        assert space["search"].best_score_ > 0.9


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_s_commands_are_understood(command):
    name, *words = shlex.split(command)[1:]
    module = importlib.import_module(f"mfnumpy.cli.{name}")
    parser = cli.Parser(prog=name)
    module.add_arguments(parser)
    parser.parse(words)


def test_readme_has_snippets_and_commands_to_be_tried():
    assert len(SNIPPETS) >= 2
    assert len(COMMANDS) >= 6
