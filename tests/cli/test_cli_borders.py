"""What people hand in at the command line: encodings, empty variables, paths of every kind, runs that go on."""

import json
import math
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from mfnumpy import MonoForward, backend, cli, mlp
from mfnumpy.errors import CheckpointError
from mfnumpy.saving import checkpoint, model
from mfnumpy.support.text import for_terminal

SMALL = ["--hidden", "5", "--subset", "60"]
ENCODINGS = (
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp437"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
)


@pytest.mark.parametrize("variables", ENCODINGS, ids=str)
@pytest.mark.parametrize(
    "command",
    [
        ["info", "rules"],
        ["info", "choices"],
        ["info", "equations"],
        ["data", "list"],
        ["check", "list"],
        ["compare", *SMALL, "--epochs", "1", "--rules", "mf", "--seeds", "2", "--jobs", "1", "--out", "é–φ"],
        ["train", *SMALL, "--epochs", "1", "--out", "é–φ"],
        ["evaluate", "é–φ"],
    ],
    ids=" ".join,
)
def test_every_encoding_shows_what_it_can_and_goes_on(command, variables, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mfnumpy", *command],
        env=os.environ | variables | {"PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    assert done.returncode == (2 if command[0] == "evaluate" else 0)


def test_an_empty_variable_is_the_default_backend(monkeypatch, capsys):
    for value in ("", "  "):
        monkeypatch.setenv("MFNUMPY_BACKEND", value)
        monkeypatch.setattr(backend, "_current", None)
        assert backend.current().name == "numpy"


def test_info_prints_all_else_before_it_says_that_the_backend_is_missing(monkeypatch, capsys):
    pytest.importorskip("numpy")
    monkeypatch.setenv("MFNUMPY_BACKEND", "cupy")
    monkeypatch.setattr(backend, "_current", None)
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert cli.main(["info"]) == 2
    out, error = capsys.readouterr()
    for words in ("positive_goodness", "numpy: ", "python: ", "GPU: "):
        assert words in out
    assert "CuPy" in error
    assert error.count("\n") == 1


# -- paths -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def paths(tmp_path):
    """Every kind of path that is not what was asked for, by name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    return {
        "300 characters": str(tmp_path / ("x" * 300)),
        "a folder": str(tmp_path / "folder"),
        "below a file": str(tmp_path / "file" / "below"),
        "a FIFO": str(tmp_path / "fifo"),
        "a loop": str(tmp_path / "loop"),
        "/dev/zero": "/dev/zero",
        "/dev/urandom": "/dev/urandom",
        "a zero byte": "a\0b",
        "control": str(tmp_path / "\x1b[31mred\nline"),
    }


KINDS = ("300 characters", "a folder", "below a file", "a FIFO", "a loop", "/dev/zero", "/dev/urandom")
KINDS += ("a zero byte", "control")
READING = {
    "evaluate": lambda p: ["evaluate", p],
    "check": lambda p: ["check", "eq7", p],
    "check all": lambda p: ["check", "all", p],
    "check --grade": lambda p: ["check", "all", p, "--grade"],
    "start-from": lambda p: ["train", *SMALL, "--epochs", "1", "--start-from", p],
    "ledger": lambda p: ["reproduce", "table3", "--no-runs", "--ledger", p],
    "data-dir": lambda p: ["train", "--dataset", "mnist", *SMALL, "--data-dir", p],
}
WRITING = {
    "train": lambda p: ["train", *SMALL, "--epochs", "1", "--out", p],
    "compare": lambda p: ["compare", *SMALL, "--epochs", "1", "--rules", "mf", "--seeds", "1", "--out", p],
    "learn": lambda p: ["learn", "--copy-only", "--folder", p],
    "offload": lambda p: ["train", *SMALL, "--epochs", "1", "--offload", p],
}
FINE = {("ledger", "a folder"), *((command, kind) for command in WRITING for kind in ("a folder", "control"))}
"""What is right as it is: a new folder of any name, an empty ledger."""


@pytest.mark.skipif(sys.platform != "linux", reason="the devices of Linux")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", [*READING, *WRITING])
def test_a_path_that_cannot_be_used_is_one_line(command, kind, paths, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MFNUMPY_DATA_DIR", raising=False)
    monkeypatch.setenv("MFNUMPY_OFFLINE", "1")
    code = cli.main((READING | WRITING)[command](paths[kind]))
    error = capsys.readouterr().err
    if (command, kind) in FINE:
        assert code == 0, error
        return
    assert code == 2, error
    last = error.splitlines()[-1]
    assert last.startswith("mfnumpy: ")
    assert len(last) < 700
    assert "\x1b" not in error
    assert not re.search("x" * 150, error)


def test_a_line_stays_a_line_whatever_is_in_it():
    line = for_terminal("cannot read " + "n" * 5000 + " \x1b[2J\r\x07\u202e\ud800 and " + "word " * 900)
    assert len(line) <= 1200
    assert line.isprintable()
    assert for_terminal("There is no file /a/b.npz.") == "There is no file /a/b.npz."


# -- runs that go on ---------------------------------------------------------------------------------------------------


def history(folder):
    return json.loads((folder / "history.json").read_text())


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_a_new_run_begins_where_another_ended_and_says_so(engine, tmp_path, capsys):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    train = ["train", *SMALL, "--engine", engine]
    assert cli.main([*train, "--epochs", "4", "--out", str(first)]) == 0
    assert cli.main([*train, "--epochs", "8", "--out", str(first), "--resume"]) == 2
    told = capsys.readouterr().err
    assert "--start-from" in told
    assert "4" in told
    begun = [*train, "--epochs", "8", "--out", str(second)]
    assert cli.main([*begun, "--start-from", str(first)]) == 0
    assert cli.main([*train, "--epochs", "8", "--out", str(third)]) == 0
    found = history(second)
    assert found["started_from"]["epochs"] == 4
    assert found["started_from"]["settings"]["epochs"] == 4
    assert len(found["epochs"]) == 8
    assert found["epochs"][0]["loss"]["block1"] < history(first)["epochs"][0]["loss"]["block1"]
    assert found["epochs"] != history(third)["epochs"]
    assert "started_from" not in history(third)
    assert cli.main([*begun, "--resume"]) == 0  # all is done; what it is stays written down
    assert history(second)["started_from"] == found["started_from"]
    moments = checkpoint.load(second / "checkpoint.npz")[1]["times"]
    assert set(moments.values()) == {3 * t // 1 for t in checkpoint.load(first / "checkpoint.npz")[1]["times"].values()}
    assert cli.main([*begun, "--resume", "--start-from", str(first)]) == 2
    assert cli.main(["train", "--hidden", "6", "--subset", "60", "--out", "x", "--start-from", str(first)]) == 2
    assert not os.path.exists("x")


def test_a_folder_is_evaluated_by_its_checkpoint(tmp_path, capsys):
    assert cli.main(["train", *SMALL, "--epochs", "1", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    for path in (tmp_path, tmp_path / "checkpoint.npz"):
        assert cli.main(["evaluate", str(path)]) == 0
    one, other = capsys.readouterr().out.splitlines()
    assert one == other


# -- checkpoints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, "1e999"])
@pytest.mark.parametrize("place", ["epochs", "best", "losses"])
def test_a_checkpoint_whose_history_is_not_finite_is_not_resumed(place, value, tmp_path, capsys):
    folder = tmp_path / "run"
    train = ["train", *SMALL, "--epochs", "2", "--out", str(folder)]
    assert cli.main(train) == 0
    stored, description = checkpoint.load(folder / "checkpoint.npz")
    mark = 0.12345678
    progress = description["progress"]
    if place == "epochs":
        progress["epochs"][0]["loss"]["block1"] = mark
    else:
        progress[place] = mark if place == "best" else {"block1": mark}
    text = json.dumps(description).replace(str(mark), json.dumps(value).strip('"'))
    arrays = {"description": np.frombuffer(text.encode(), np.uint8)} | stored
    np.savez(folder / "checkpoint.npz", **arrays)
    assert cli.main([*train, "--resume"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_many_blocks_are_read_in_linear_time(tmp_path, monkeypatch):
    """By counting: each block is asked for its output's shape a fixed number of times."""
    from mfnumpy.layers import Dense

    asked, original = [0], Dense.output_shape

    def counted(self, shape):
        asked[0] += 1
        return original(self, shape)

    monkeypatch.setattr(Dense, "output_shape", counted)
    counts = []
    for n in (40, 80):
        net, rule = mlp(2, [2] * 3), MonoForward()
        while len(net.blocks) < n:
            net.blocks.append(net.new_dense(2))
        rule.start(net, 2)
        model.save(tmp_path / "m.npz", net, rule)
        asked[0] = 0
        model.load(tmp_path / "m.npz")
        counts.append(asked[0])
    assert counts[1] < 2.1 * counts[0]
    with pytest.raises(CheckpointError, match="a folder"):
        model.load(tmp_path)
