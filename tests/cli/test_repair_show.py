"""`mfnumpy repair --show`: the page has its numbers, its sentences hold for them, and they can be had again."""

import json
from pathlib import Path

import numpy as np
import pytest

import data_utils
from mfnumpy import cli
from mfnumpy.comparison import faults

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "repair.md").read_text(encoding="utf-8")
STORED = json.loads((DOCS / "repair" / "faults.json").read_text(encoding="utf-8"))
ROWS = [faults.Row(**row) for row in STORED["rows"]]
FF, BP_PRED, BP, PROBES = "MF, FF pred", "MF, BP pred", "BP", faults.PROBES


def at(block, way, stage):
    (row,) = [row for row in ROWS if (row.block, row.way) == (block, way)]
    return row.mean(stage)


def test_the_page_has_the_numbers_of_the_command():
    assert faults.table(ROWS) in PAGE
    assert (DOCS / "repair" / "faults.md").read_text(encoding="utf-8") == faults.table(ROWS)
    assert (STORED["dataset"], STORED["subset"]) == ("digits", None)


@pytest.mark.timeout(200)
def test_they_can_be_had_again():
    """One seed; a processor with other kernels has other last bits, and so some other predictions."""
    settings = STORED["settings"] | {"seeds": (0,), "widths": tuple(STORED["settings"]["widths"])}
    again = faults.study(lambda seed: data_utils.load("digits", seed=seed), faults.Settings(**settings), lambda _: None)
    assert [(row.block, row.way) for row in again] == [(row.block, row.way) for row in ROWS]
    for stage in faults.STAGES:
        new, old = ([row.accuracy[stage][0] for row in rows if row.accuracy[stage]] for rows in (again, ROWS))
        assert len(new) == len(old)
        assert np.abs(np.subtract(new, old)).mean() < 0.03, stage
        assert stage != "before" or np.abs(np.subtract(new, old)).max() < 0.02


def test_the_sentences_of_the_page_hold():
    before = {way: at(1, way, "before") for way in (FF, BP_PRED, BP, PROBES)}
    for block in (2, 3):
        assert at(block, FF, "blocks below") > before[FF] - 0.01, "the blocks below go on"
        assert at(block, PROBES, "blocks below") > before[PROBES] - 0.03, "and so do probes"
        assert at(block, FF, "blocks below") > at(block, FF, "damaged"), "not to notice is worse"
        assert at(block, BP, "blocks below") is at(block, BP_PRED, "blocks below") is None
        assert at(block, FF, "block alone") > before[FF] - 0.01
    assert at(1, FF, "blocks below") is at(1, PROBES, "blocks below") is None
    assert at(2, BP_PRED, "block alone") < before[BP_PRED] - 0.05, "the network comes back only in part"
    assert at(3, BP_PRED, "block alone") > before[BP_PRED] - 0.01
    assert all(at(block, BP, "block alone") > before[BP] - 0.01 for block in (1, 2, 3))
    for row in ROWS:
        if row.block == 1 and row.way in (FF, BP_PRED):
            assert row.accuracy["block alone"] == row.accuracy["before"], "the very same bytes"
    assert max(at(block, BP_PRED, "another draw") for block in (1, 2)) < 0.2, "chance"
    assert all(at(block, way, "and above") > before[way] - 0.01 for block in (1, 2) for way in before)
    assert all(at(block, way, "and above") > before[way] for block in (1, 2) for way in (FF, BP_PRED))


def test_the_command_writes_table_numbers_and_picture(tmp_path, capsys):
    small = ["--subset", "150", "--hidden", "9", "8", "--epochs", "1", "--seeds", "2", "--out", str(tmp_path)]
    assert cli.main(["repair", "--show", *small]) == 0
    printed = capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"faults.{kind}" for kind in ("json", "md", "png", "svg")
    ]
    rows = [faults.Row(**row) for row in json.loads((tmp_path / "faults.json").read_text())["rows"]]
    assert len(rows) == 2 * 4
    assert all(cell in printed for row in rows for cell in row.cells())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Say which RUN"),
        (["--show", "run"], "networks of its own"),
        (["run", "--seeds", "3"], "--seeds: of --show alone"),
        (["--show", "--seeds", "0"], "--seeds"),
        (["--show", "--threads", "0"], "--threads"),
        (["--show", "--epochs", "x"], "--epochs"),
        (["--show", "--hidden", "wide"], "--hidden"),
        (["--show", "--dataset", "nothing"], "nothing"),
    ],
)
def test_what_makes_no_sense_is_one_line(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["repair", *words]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
