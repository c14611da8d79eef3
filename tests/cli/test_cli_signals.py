"""SIGTERM and SIGHUP do what Ctrl-C does, two runs never share a folder, and the dead leave nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from cli_helpers import interruptible

from mfnumpy import Adam, MonoForward, Trainer, cli, mlp
from mfnumpy.errors import CheckpointError, OutputError
from mfnumpy.saving import checkpoint
from mfnumpy.support import files
from mfnumpy.support.files import LOCK, atomic_write, locked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129}
TRAIN = ("--hidden", "60", "50", "--epochs", "40")


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("times", [1, 2])
def test_train_finishes_its_batch_and_writes_a_checkpoint(number, times, tmp_path):
    """A closed terminal is told twice, by the kernel and by its shell: the second must not disturb the first."""
    folder = tmp_path / "run"
    process = interruptible("train", *TRAIN, "--out", str(folder))
    for line in process.stdout:
        if line.startswith("epoch   2"):
            for _ in range(times):
                process.send_signal(number)
            break
    error = process.communicate(timeout=60)[1]
    assert process.returncode == CODES[number], error
    assert error.splitlines()[0].startswith("stopped; go on with --resume")
    assert error.splitlines()[1:] == [f"mfnumpy: ended by {number.name}."]
    assert os.listdir(folder) == ["checkpoint.npz"]
    assert cli.main(["train", *TRAIN, "--out", str(folder), "--resume"]) == 0
    assert cli.main(["train", *TRAIN, "--out", str(tmp_path / "whole")]) == 0
    went_on, whole = (json.loads((tmp_path / n / "history.json").read_text())["epochs"] for n in ("run", "whole"))
    assert went_on == whole


@pytest.mark.parametrize("number", CODES)
def test_compare_writes_what_is_finished(number, tmp_path):
    rules = ["--rules", "shallow,mf,bp", "--seeds", "1", "--jobs", "2", "--epochs", "400"]
    process = interruptible("compare", *rules, "--out", str(tmp_path))
    while not process.stderr.readline().startswith("[1/3] "):
        pass
    os.kill(process.pid, number)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == CODES[number], error
    assert "Traceback" not in error
    assert f"mfnumpy: ended by {number.name}." in error.splitlines()  # joblib may warn of what it cleans up
    assert json.loads((tmp_path / "results.json").read_text())["runs"]
    assert (tmp_path / "report.html").exists()
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("number", [signal.SIGINT, *CODES])
def test_reproduce_gives_back_its_claim(number, tmp_path):
    ledger = tmp_path / "ledger"
    command = ("reproduce", "table3", "--offline", "--ledger", str(ledger), "--out", str(tmp_path / "out"))
    process = interruptible(*command)
    while not process.stdout.readline():
        pass
    until = time.monotonic() + 30
    while not list(ledger.glob("claims/*.claim")) and time.monotonic() < until:  # the first line may come before it
        time.sleep(0.01)
    process.send_signal(number)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number, error
    assert "Traceback" not in error
    assert os.listdir(ledger / "claims") == []
    assert not list(ledger.glob(".*"))
    for path in ledger.glob("*.json"):
        json.loads(path.read_text())


def test_a_process_whose_parent_was_killed_ends(tmp_path):
    rules = ["--rules", "mf,bp", "--seeds", "1", "--jobs", "2", "--epochs", "100000"]
    process = interruptible("compare", *rules, "--out", str(tmp_path))
    for _ in range(2):
        process.stderr.readline()
    psutil = pytest.importorskip("psutil")
    children = []
    while len([c for c in children if "loky" in " ".join(c.cmdline())]) < 2:
        children = psutil.Process(process.pid).children(recursive=True)
        time.sleep(0.2)
    time.sleep(2)
    process.kill()
    process.communicate()
    psutil.wait_procs(children, timeout=20)
    assert [c for c in children if c.is_running() and c.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("number", [signal.SIGINT, *CODES])
@pytest.mark.parametrize("module", ["mfnumpy", "mfnumpy.course"])
def test_a_signal_during_start_up_is_one_line(module, number, tmp_path):
    """The first large library to be imported is one that is sent the signal, and that turns errors into others."""
    (tmp_path / "numpy.py").write_text(
        f"import os, time\ntry:\n    os.kill(os.getpid(), {int(number)})\n    time.sleep(20)\n"
        "except BaseException:\n    raise ImportError('numpy is broken')\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    found = subprocess.run(
        [sys.executable, "-m", module, "info" if module == "mfnumpy" else "status"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert (found.returncode, found.stderr) == (128 + number, f"{module}: interrupted.\n")


def test_a_signal_that_is_ignored_stays_ignored(tmp_path):
    """As nohup starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mfnumpy", "train", *TRAIN, "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


# -- one folder, one run -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("second", ["train", "compare"])
def test_a_folder_in_use_is_refused_and_a_killed_run_leaves_no_lock(second, killed, tmp_path, capsys):
    first = interruptible("train", *TRAIN[:3], "--epochs", "100000", "--out", str(tmp_path))
    while not first.stdout.readline().startswith("epoch   1"):
        pass
    again = {"train": ["train", "--epochs", "1", "--overwrite"], "compare": ["compare", "--epochs", "1", "--rules=mf"]}
    command = [*again[second], "--hidden", "5", "--subset", "50", "--out", str(tmp_path)]
    if killed:
        first.kill()
        first.communicate()
        assert cli.main(command) == 0
    else:
        before = set(os.listdir(tmp_path))
        assert cli.main(command) == 2
        first.kill()
        first.communicate()
        error = capsys.readouterr().err
        assert error.startswith(f"mfnumpy: {tmp_path} is in use: process {first.pid} on ")
        assert error.count("\n") == 1
        assert {LOCK, "checkpoint.npz"} <= before
        assert not {"history.json", "results.json"} & set(os.listdir(tmp_path))


def test_a_lock_leaves_nothing_and_no_empty_folder(tmp_path):
    with locked(tmp_path / "new") as folder:
        assert os.listdir(folder) == [LOCK]
    assert os.listdir(tmp_path) == []
    (tmp_path / "there").mkdir()
    with locked(tmp_path / "there"):
        pass
    assert os.listdir(tmp_path) == ["there"]
    with locked(tmp_path / "used") as folder:
        (folder / "result").touch()
    assert os.listdir(tmp_path / "used") == ["result"]


WRITER = "import sys, time; from mfnumpy.support.files import atomic_write\nwith atomic_write(sys.argv[1]) as file:\n"
WRITER += "    file.write(b'x' * 9999); file.flush(); print('half', flush=True); time.sleep(60)"


@pytest.mark.parametrize("how", ["the same file", "another file of the folder"])
def test_what_a_killed_writer_left_is_swept_and_a_living_ones_is_not(how, tmp_path):
    path, writers = tmp_path / "results.json", []
    for _ in range(2):
        writers.append(subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE))
        writers[-1].stdout.readline()
    assert len(list(tmp_path.glob(".results.json.*.part"))) == 2
    writers[0].kill()
    writers[0].communicate()
    if how == "the same file":
        with atomic_write(path, "w") as file:
            file.write("{}")
    else:
        with locked(tmp_path):
            pass
    assert len(list(tmp_path.glob(".results.json.*.part"))) == 1
    writers[1].kill()
    writers[1].communicate()
    files.sweep(tmp_path)
    assert [p for p in tmp_path.iterdir() if p.name != "results.json"] == []


def test_overwrite_leaves_the_old_run_while_the_new_one_has_nothing(tmp_path, monkeypatch, capsys):
    small = ["train", "--hidden", "5", "--subset", "50", "--epochs", "2", "--out", str(tmp_path)]
    assert cli.main(small) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.np.lib.format, "write_array", full)
    assert cli.main([*small, "--seed", "3", "--overwrite"]) == 2
    assert "No space left" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    monkeypatch.undo()
    assert cli.main([*small, "--seed", "3", "--overwrite"]) == 0
    assert json.loads((tmp_path / "history.json").read_text())["seed"] == 3


def test_resume_without_a_checkpoint_leaves_no_folder(tmp_path, capsys):
    net = mlp(3, [2])
    rule = MonoForward()
    rule.start(net, 2)
    trainer = Trainer(net, rule, Adam(), batch_size=2, path=tmp_path / "none" / "run.npz")
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        trainer.fit(np.ones((4, 3), np.float32), np.arange(4) % 2, resume=True)
    assert os.listdir(tmp_path) == []
    assert cli.main(["train", "--resume", "--out", str(tmp_path / "none")]) == 2
    assert "There is no checkpoint at" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_lock_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / LOCK).mkdir()
    with pytest.raises(OutputError, match="cannot be written"), locked(tmp_path):
        pass
