"""The command line as a person meets it: exit codes, one-line errors, files that are whole."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import ctrl_c_after_two_epochs, mfnumpy, on_terminal

from mfnumpy import cli, rules
from mfnumpy.saving import checkpoint

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

QUICK = ["--hidden", "9", "7", "--epochs", "2", "--seeds", "2", "--subset", "200"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> tuple[Path, str]:
    """One small comparison of all rules, for several tests to look at."""
    folder = tmp_path_factory.mktemp("compare")
    done = mfnumpy("compare", *QUICK, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_compare_writes_every_row_of_every_rule(compared):
    folder, _ = compared
    results = json.loads((folder / "results.json").read_text())
    expected = [(name, mode) for name, rule in rules.RULES.items() for mode in rule.predictions]
    assert [(row["rule"], row["prediction"]) for row in results["rows"]] == expected
    for row in results["rows"]:
        by_seed = list(row["test_accuracy_by_seed"].values())
        assert len(by_seed) == 2
        assert row["test_accuracy"] == pytest.approx(np.mean(by_seed))
        assert row["test_accuracy_sd"] == pytest.approx(np.std(by_seed, ddof=1))
        assert 0 <= row["test_accuracy"] <= 1
        assert row["seconds_per_epoch"] > 0
        assert row["peak_bytes"] > 4 * row["parameters"]
    assert {"dataset", "net", "epochs", "lr", "seeds", "batch_size"} <= set(results["config"])
    assert {"python", "numpy", "mfnumpy"} <= set(results["environment"])


def test_compare_counts_parameters_by_prediction(compared):
    folder, _ = compared
    rows = json.loads((folder / "results.json").read_text())["rows"]
    counts = {(row["rule"], row["prediction"]): row["parameters"] for row in rows}
    blocks = 64 * 9 + 9 * 7
    assert counts["bp", "readout"] == counts["mf", "bp"] == blocks + 7 * 10
    assert counts["mf", "ff"] == counts["ff_one_pass", "one-pass"] == blocks + (9 + 7) * 10
    assert counts["ff", "all-labels"] == blocks


def test_compare_prints_the_numbers_that_it_writes(compared):
    folder, printed = compared
    for row in json.loads((folder / "results.json").read_text())["rows"]:
        assert f"{100 * row['test_accuracy']:.2f} ± {100 * row['test_accuracy_sd']:.2f}" in printed
        assert f"{row['parameters']:,}" in printed


def test_pictures_are_there_as_png_and_svg(compared):
    folder, _ = compared
    for name in ("accuracy", "learning_curves", "loss_curves"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / f"{name}.svg").read_text()


def test_report_is_one_page_that_fetches_nothing(compared):
    folder, _ = compared
    page = (folder / "report.html").read_text()
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"|<metadata>.*?</metadata>', "", page, flags=re.S)
    assert not re.findall(r'(?:src|href)\s*=\s*"(?!#)[^"]+"|@import|url\((?!#)[^)]*\)|<script|<link', without_names)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "two pictures share an identifier, so one would draw with the other's parts"
    for reference in re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', page):
        assert reference in ids
    for row in json.loads((folder / "results.json").read_text())["rows"]:
        assert f"{100 * row['test_accuracy']:.2f}" in page


def test_same_seed_same_results(compared, tmp_path):
    folder, _ = compared
    assert mfnumpy("compare", *QUICK, "--rules", "mf,ff", "--out", str(tmp_path)).returncode == 0
    first = {(r["rule"], r["seed"]): r["epochs"] for r in json.loads((folder / "results.json").read_text())["runs"]}
    second = {(r["rule"], r["seed"]): r["epochs"] for r in json.loads((tmp_path / "results.json").read_text())["runs"]}
    assert second == {key: value for key, value in first.items() if key[0] in ("mf", "ff")}
    assert first["mf", 0] != first["mf", 1], "two seeds must differ, or the test above could not fail"


BAD = {
    "unknown command": (["trian"], "Did you mean 'train'"),
    "unknown rule": (["compare", "--rules", "mf,bq"], "Did you mean 'bp'"),
    "unknown data set": (["compare", "--dataset", "mnits"], "Did you mean 'mnist'"),
    "unknown network": (["train", "--net", "cmm"], "LxN"),
    "unknown option": (["compare", "--frobnicate"], "--frobnicate"),
    "no rule": (["compare", "--rules", ","], "at least one"),
    "no seed": (["compare", "--seeds", "0"], "at least 1"),
    "batch of none": (["train", "--batch-size", "0"], "from 1 to"),
    "batch above N": (["train", "--batch-size", "5000"], "from 1 to"),
    "batch of words": (["train", "--batch-size", "many"], "'full'"),
    "negative rate": (["train", "--lr", "-1"], "positive"),
    "rate of NaN": (["train", "--lr", "nan"], "positive"),
    "no epoch": (["train", "--epochs", "0"], "epochs"),
    "width of none": (["train", "--hidden", "0"], "width"),
    "no threads": (["train", "--threads", "0"], "--threads"),
    "negative seed": (["train", "--seed", "-1"], "seed"),
    "FF on a CNN": (["train", "--rule", "ff", "--net", "cnn:2"], "convolutional"),
    "schedule of BP": (["train", "--rule", "bp", "--schedule", "layer_by_layer"], "together"),
    "missing checkpoint": (["evaluate", "nowhere.npz"], "no checkpoint"),
    "unknown backend": (["train", "--backend", "cuda"], "cupy"),
    "network beyond the memory": (["train", "--hidden", "99999999999"], "Not enough memory"),
    "last step runs away": (["train", "--lr", "1e30", "--epochs", "1", "--batch-size", "full"], "Scores"),
    "unknown rule to measure": (["bench", "--rules", "mff"], "'mff'. Did you mean 'mf'"),
    "unknown network to measure": (["bench", "--networks", "3x200"], "'3x200'. Did you mean '3x2000'"),
    "rounds of none": (["growth", "--rounds", "0"], "--rounds"),
    "growth of nothing known": (["growth", "--only", "dept"], "no part to measure named 'dept'. Did you mean 'depth'"),
    "go on and begin anew": (["train", "--resume", "--overwrite"], "not allowed with"),
    "Markdown of another topic": (["info", "rules", "--markdown"], "Only the choices"),
    "image pooled away": (["train", "--net", "cnn:2-2-2-2-2", "--rule", "mf"], "does not fit"),
}


@pytest.mark.parametrize(("args", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_one_clear_line_and_exit_code_2(args, says, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(args) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert error.startswith("mfnumpy: ")
    assert "\n" not in error


def test_unwritable_folder_is_refused_before_any_training(tmp_path, capsys):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert cli.main(["compare", *QUICK, "--out", str(in_the_way)]) == 2
    assert "Cannot create the folder" in capsys.readouterr().err


def test_training_on_all_rows(tmp_path, capsys):
    train = ["train", "--hidden", "7", "--epochs", "1", "--subset", "60", "--validation", "0", "--out", str(tmp_path)]
    assert cli.main(train) == 0
    assert "validation" not in capsys.readouterr().out
    assert cli.main(["evaluate", str(tmp_path / "checkpoint.npz"), "--part", "val"]) == 2
    assert "no validation part" in capsys.readouterr().err
    assert cli.main(["compare", *QUICK, "--validation", "0", "--out", str(tmp_path)]) == 2
    assert "--validation must be above 0" in capsys.readouterr().err


def test_train_evaluate_resume(tmp_path, capsys):
    """A run of 3 epochs, and the same run stopped after each batch by its own checkpoint, end in the same bytes."""
    train = ["train", "--hidden", "9", "7", "--epochs", "3", "--rule", "mf", "--subset", "200"]
    assert cli.main([*train, "--out", str(tmp_path / "a")]) == 0
    told = capsys.readouterr().out
    assert cli.main(["evaluate", str(tmp_path / "a" / "checkpoint.npz")]) == 0
    line = capsys.readouterr().out.strip()
    assert line.split("test accuracy")[1] in told, "evaluate must see the model and the data that train saw"
    assert cli.main([*train, "--out", str(tmp_path / "a"), "--resume"]) == 0
    assert cli.main([*train[:-1], "150", "--out", str(tmp_path / "a"), "--resume"]) == 2
    assert "another run" in capsys.readouterr().err


def test_ctrl_c_exits_130_and_leaves_a_checkpoint_that_resumes_to_the_same_bytes(tmp_path):
    command = ["train", "--hidden", "60", "50", "--epochs", "40"]
    whole = mfnumpy(*command, "--out", str(tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    stopped = tmp_path / "stopped"
    assert "--resume" in ctrl_c_after_two_epochs(*command[1:], "--out", str(stopped))
    resumed = mfnumpy(*command, "--out", str(stopped), "--resume")
    assert resumed.returncode == 0, resumed.stderr
    a, b = (json.loads((tmp_path / name / "history.json").read_text()) for name in ("whole", "stopped"))
    assert a["epochs"] == b["epochs"]
    assert a["test"] == b["test"]
    with np.load(tmp_path / "whole" / "checkpoint.npz") as x, np.load(stopped / "checkpoint.npz") as y:
        assert set(x.files) == set(y.files)
        for name in set(x.files) - {"description"}:
            assert x[name].tobytes() == y[name].tobytes(), name


def test_options_may_stand_between_the_other_arguments(tmp_path, capsys):
    """argparse by itself would call the file behind an option an unrecognized argument."""
    right, seed = tmp_path / "right.py", ["--seed", "5"]
    right.write_text("def eq8(a, dG):\n    return dG.T @ a\n")
    for order in ([*seed, "eq8", str(right)], ["eq8", *seed, str(right)], ["eq8", str(right), *seed]):
        assert cli.main(["check", *order]) == 0, order
    assert cli.main(["data", "where", "digits"]) == 0  # a command with actions of its own
    assert cli.main(["check", "eq8", *seed, str(right), "more"]) == 2
    assert "unrecognized arguments: more" in capsys.readouterr().err


def test_help_lists_every_command():
    done = mfnumpy("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in cli.COMMANDS)


@pytest.mark.parametrize("command", ["info", "data list"])  # plain lines, and a table that rich draws
@pytest.mark.parametrize("output", [">&-", "| head -n 0"])
def test_an_output_that_is_closed_is_no_error(command, output):
    line = f"set -o pipefail; {sys.executable} -m mfnumpy {command} {output}"
    done = subprocess.run(["bash", "-c", line], stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize("args", [["info"], ["--help"], ["train", "--help"], ["data", "where", "digits"]], ids=" ".join)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_output_is_one_clear_line_and_exit_code_2(args, unbuffered):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mfnumpy", *args],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 2
    assert done.stderr.startswith("mfnumpy: The output cannot be written")
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize("args", [["info"], ["nothing"]], ids=" ".join)
def test_with_both_outputs_full_the_exit_code_still_tells(args):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "mfnumpy", *args]
        assert subprocess.run(command, stdout=full, stderr=full, timeout=60).returncode == 2


def test_another_error_of_the_system_is_a_bug_and_keeps_its_traceback(monkeypatch):
    def broken(argv):
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere.bin")

    monkeypatch.setattr(cli, "_dispatch", broken)
    with pytest.raises(OSError, match=r"somewhere\.bin"):
        cli.main(["info"])


@pytest.mark.parametrize("topic", ["rules", "networks", "equations", "choices", "machine"])
def test_info(topic, capsys):
    assert cli.main(["info", topic]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 4


def test_the_page_of_choices_is_up_to_date(capsys):
    assert cli.main(["info", "choices", "--markdown"]) == 0
    page = Path(__file__).parents[2] / "docs" / "choices.md"
    assert page.read_text() == capsys.readouterr().out, "run: mfnumpy info choices --markdown > docs/choices.md"


def test_a_bar_is_shown_on_a_terminal_only(tmp_path):
    quiet = mfnumpy("train", "--hidden", "9", "--epochs", "1", "--out", str(tmp_path))
    assert "it/s" not in quiet.stderr
    assert "mf epoch 1" in on_terminal("train", "--hidden", "9", "--epochs", "1", "--out", str(tmp_path / "b"))


@pytest.mark.parametrize("notes", [None, "abc", [1], {"dataset": ["digits"]}])
def test_a_checkpoint_with_hostile_notes_is_refused(tmp_path, capsys, notes):
    train = ["train", "--hidden", "7", "--epochs", "1", "--subset", "60", "--out", str(tmp_path)]
    assert cli.main(train) == 0
    path = tmp_path / "checkpoint.npz"
    arrays, description = checkpoint.load(path)
    checkpoint.save(path, arrays, description | {"notes": notes})
    assert cli.main(["evaluate", str(path)]) == 2
    assert "its notes are" in capsys.readouterr().err


def test_a_seed_given_twice_counts_once_and_perfect_rows_have_a_page(tmp_path):
    perfect = ["--dataset", "breast_cancer", "--hidden", "32", "--epochs", "40", "--subset", "5", "--validation", "0.3"]
    assert cli.main(["compare", "--rules", "bp", "--seeds", "0", "0", *perfect, "--out", str(tmp_path)]) == 0
    (row,) = json.loads((tmp_path / "results.json").read_text())["rows"]
    assert list(row["test_accuracy_by_seed"]) == ["0"]
    assert row["test_accuracy"] == 1, "the page of perfect rows is what this test is for"
    assert "width:100%" in (tmp_path / "report.html").read_text()
