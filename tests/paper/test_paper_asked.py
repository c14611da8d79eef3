"""What `mfnumpy reproduce` is asked for: names and ledgers that are none, and what a plan says of the rest."""

import dataclasses

import pytest

from mfnumpy import backend
from mfnumpy.cli import asked, main
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.measurements import memory_job
from mfnumpy.paper.runs.plan import Budget, Cell
from mfnumpy.paper.runs.search import Tuning
from mfnumpy.paper.show import missing


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path, monkeypatch):
    """No data, no ledger, and no other place to look for either."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MFNUMPY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("MFNUMPY_DATA_DIR", raising=False)


def only(monkeypatch, measured=(), **budgets):
    """At the scale quick these budgets and no other, by experiment; and these measurements, for fig3."""
    changed = [
        dataclasses.replace(
            e,
            budgets={"quick": budgets.get(e.name, [])},
            measurements={"quick": measured if e.name == "fig3" else ()},
        )
        for e in registry.EXPERIMENTS
    ]
    monkeypatch.setattr(registry, "EXPERIMENTS", tuple(changed))


def said(capsys, *words, code=2):
    """What a command prints: on standard error, or with code 0 on standard output."""
    assert main(["reproduce", *words]) == code
    printed = capsys.readouterr()
    return printed.out if code == 0 else printed.err.removeprefix("mfnumpy: ")


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["tabel2"], "There is no experiment named 'tabel2'. Did you mean 'table2'? Known: all, fig1_2,"),
        (["table3", "Fig5"], "There is no experiment named 'Fig5'. Did you mean 'fig5'?"),
        (["result"], "There is no experiment named 'result'. Did you mean 'results'?"),
        (["plan", "tabel2", "results"], "There is no experiment named 'tabel2'. Did you mean 'table2'?"),
        (["mrege", "x"], "There is no experiment named 'mrege'. Did you mean 'merge'?"),
        (["plan", "merge"], "'merge' stands alone, before the folders of other ledgers; got plan merge."),
        (["table3", "merge"], "'merge' stands alone, before the folders of other ledgers; got table3 merge."),
        (["plan", "results"], "'plan' says which runs are missing, and 'results' makes none: ask for one of them."),
        (["results", "plan", "table3"], "'plan' says which runs are missing, and 'results' makes none"),
        (["plan", "--rules", "foo"], "There is no rule named 'foo'."),
        (["table2", "--rules", "mff"], "There is no rule named 'mff'. Did you mean 'mf'?"),
        (["plan", "--datasets", "mnits"], "There is no data set named 'mnits'. Did you mean 'mnist'?"),
        (["table2", "--rules", "mf", "ff"], "'ff': no training run of that rule is in table2 at scale quick. --rules"),
        (["plan", "--datasets", "cifar10"], "'cifar10': no training run of that data set is in all at scale quick."),
        (["table5", "--rules", "mff"], "There is no rule named 'mff'. Did you mean 'mf'?"),
        (["table3", "--rules", ","], "--rules needs at least one name; known: bp, "),
        (["plan", "--scale", "lapto"], "There is no scale named 'lapto'. Did you mean 'laptop'?"),
    ],
)
def test_a_name_that_is_none_stands_first_with_the_nearest_one(tmp_path, capsys, words, first):
    error = said(capsys, *words, "--offline")
    assert error.startswith(first)
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_without_a_name_every_name_is_told(capsys):
    error = said(capsys)
    assert all(f" {name}" in error for name in (*registry.run_order(), *asked.OTHERS))


def test_a_name_that_is_given_twice_counts_once(tmp_path, monkeypatch, capsys):
    only(monkeypatch, table6=[Budget("digits", "2x9", 1, 1, subset=90, rules=("mf", "bp"))])
    text = said(capsys, "plan", "table6", "--rules", "mf", "bp", "mf", code=0)
    assert [line.split()[:4] for line in text.splitlines() if line.startswith("table6")] == [
        ["table6", "digits", "2x9", "mf"],
        ["table6", "digits", "2x9", "bp"],
    ]


# -- ledgers -----------------------------------------------------------------------------------------------------------

READERS = {
    "plan": ["plan", "table6"],
    "results": ["results"],
    "shown alone": ["table6", "--no-runs"],
    "repeated": ["--repeat", "x"],
}
WRITERS = {"runs": ["table6", "--offline"], "merge": ["merge", "other"]}


@pytest.mark.parametrize("words", READERS.values(), ids=READERS)
def test_a_ledger_that_is_not_there_is_an_error_for_whoever_only_reads(tmp_path, capsys, words):
    assert said(capsys, *words, "--ledger", "nowhere").startswith("There is no ledger nowhere.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", (READERS | WRITERS).values(), ids=READERS | WRITERS)
def test_a_file_is_no_ledger_for_anyone(tmp_path, capsys, words):
    made = Ledger(tmp_path / "other")
    config = Config("digits", "2x9", "mf", 1e-3, epochs=1)
    made.write(Job(config, 0), Record(config.settings, 0, [], {"diverged": "at once"}, 0.5))
    (tmp_path / "a.txt").write_text("mine")
    assert said(capsys, *words, "--ledger", "a.txt").startswith("--ledger a.txt is no folder.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "other"]
    assert (tmp_path / "a.txt").read_text() == "mine"


def test_a_new_ledger_is_made_by_runs_and_by_a_merge(tmp_path, monkeypatch, capsys):
    only(monkeypatch, table6=[Budget("digits", "2x9", 1, 1, subset=90, batch_size=30, rules=("mf",))])
    assert "1 run made;" in said(capsys, "table6", "--offline", "--ledger", "new", code=0)
    assert "1 new," in said(capsys, "merge", "new", "--ledger", "newer", code=0)
    assert len(Ledger(tmp_path / "newer").records()) == 1


def test_before_the_first_run_a_plan_says_that_everything_is_missing(tmp_path, monkeypatch, capsys):
    only(monkeypatch, table6=[Budget("digits", "2x9", 2, 2, subset=90, rules=("mf",))])
    text = said(capsys, "plan", code=0)
    assert f"No record is in {asked.LEDGER} yet: everything is missing." in text
    assert "2 training runs are missing: not known in all, one after the other." in text
    assert list(tmp_path.iterdir()) == []


# -- what a plan says --------------------------------------------------------------------------------------------------


def test_rows_that_would_look_alike_say_what_differs():
    start = Config("digits", "2x9", "mf", 1e-3, epochs=15, batch_size=128, subset=90)
    own = {
        "epochs 30": {"epochs": 30, "patience": 30},
        "batch size 64": {"batch_size": 64},
        "rates M 0.003": {"rates": {"M": 3e-3}},
        "init 0.5": {"init": 0.5},
        "decay constant": {"decay": "constant"},
        "subset all": {"subset": None},
        "lr 0.01": {"lr": 0.01},
    }
    configs = [start.with_(**changes) for changes in own.values()]
    assert missing.told_apart([Cell("varied", c, 1) for c in configs]) == list(own)
    as_all = missing.told_apart([Cell("varied", c, 1) for c in (*configs, start)])
    assert as_all[:-1] == list(own)
    assert as_all[-1].startswith("lr 0.001, epochs 15, batch size 128, decay linear, subset 90")
    longer = [Cell("longer", start.with_(epochs=n, patience=n, rule=r), 1) for r in ("mf", "bp") for n in (80, 160)]
    assert missing.told_apart(longer) == ["epochs 80", "epochs 160"] * 2
    assert missing.told_apart([longer[0], longer[2]]) == ["", ""]
    quiet = [start.with_(tested="kept"), start, start.with_(patience=9)]
    assert missing.told_apart([Cell("t", c, 1) for c in quiet]) == [
        "tested kept",
        "patience 5, tested every",
        "patience 9",
    ]
    searches = [Cell("t", start, 1, Tuning(1, rows, (1e-3,))) for rows in (60, 70)] + [Cell("t", start, 3)]
    assert len(set(missing.told_apart(searches))) == 3


@pytest.mark.parametrize("scale", ["quick", "laptop", "paper"])
def test_no_two_rows_of_a_plan_look_alike(scale):
    plan = registry.plan(scale)
    for name in plan.entries:
        cells = plan.cells(name)
        rows = [
            (c.final.dataset, c.final.network, c.final.rule, words)
            for c, words in zip(cells, missing.told_apart(cells), strict=True)
        ]
        assert len(set(rows)) == len(rows), name


def test_the_column_that_tells_rows_apart_is_there_where_it_is_needed(tmp_path, monkeypatch, capsys):
    short = Budget("digits", "2x9", 2, 1, subset=90, rules=("mf",))
    only(monkeypatch, table6=[short], table3=[short, dataclasses.replace(short, epochs=4)])
    assert "  with  " not in said(capsys, "plan", "table6", code=0)
    lines = said(capsys, "plan", code=0).splitlines()
    assert lines[2].split("  ")[-1].strip() == "will take"
    assert "  with  " in lines[2]
    assert [" ".join(line.split()) for line in lines if line.startswith("table")] == [
        "table3 digits 2x9 mf epochs 2 1 in full not known",
        "table3 digits 2x9 mf epochs 4 1 in full not known",
        "table6 digits 2x9 mf 1 in full not known",
    ]


def test_a_data_set_whose_files_are_not_here_is_told_apart_and_not_counted(tmp_path, monkeypatch, capsys):
    own = [Budget(name, "2x9", 2, n, subset=90, rules=("mf",)) for name, n in (("digits", 2), ("mnist", 3))]
    only(monkeypatch, table3=own)
    text = said(capsys, "plan", code=0)
    assert "2 training runs are missing" in text
    assert "Not counted, as the data set's files are not here: 3 training runs of mnist, not known. Get " in text
    assert "mfnumpy data fetch mnist" in text
    assert "Without --offline its first run fetches them." in text
    assert "table3  mnist" not in text
    (tmp_path / "data").mkdir()
    error = said(capsys, "plan", "--data-dir", "date")
    assert error.startswith("data_dir names date, which is not a folder.")
    for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (tmp_path / "data" / f"{part}-ubyte").write_bytes(b"\0\0\x08\x01\0\0\0\0")
    text = said(capsys, "plan", "--data-dir", "data", code=0)
    assert "5 training runs are missing" in text
    assert "Not counted" not in text


def test_a_folder_of_data_that_is_none_makes_no_data_set_absent(tmp_path, monkeypatch, capsys):
    """It did, one after the other, and the ledger kept a note of each."""
    only(monkeypatch, table3=[Budget("mnist", "2x9", 1, 1, subset=90, rules=("mf",))])
    error = said(capsys, "table3", "--offline", "--data-dir", "date", "--ledger", "l")
    assert error.startswith("data_dir names date, which is not a folder.")
    assert list(tmp_path.iterdir()) == []


def test_one_is_one_in_words(tmp_path, monkeypatch, capsys):
    only(monkeypatch, [memory_job("mf", 1)], table6=[Budget("digits", "2x9", 1, 1, subset=90, rules=("mf",))])
    text = said(capsys, "plan", code=0)
    assert "1 training run is missing: not known." in text
    assert "1 measurement  " in text


def test_a_plan_has_the_measurements_that_the_same_words_would_make(monkeypatch, capsys):
    """Those of a rule are none; on a GPU they are left out. It says what a GPU would do."""
    only(
        monkeypatch,
        [memory_job("mf", 1), memory_job("bp", 1)],
        table6=[Budget("digits", "2x9", 1, 2, subset=90, rules=("mf",))],
    )
    text = said(capsys, "plan", code=0)
    assert "2 measurements" in text
    assert "With --backend cupy, training runs are planned and made on a GPU; measurements stay here." in text
    assert "2 measurements" not in said(capsys, "plan", "--rules", "mf", code=0)
    monkeypatch.setattr("mfnumpy.cli.reproduce.on_device", lambda: True)
    assert "2 measurements" not in said(capsys, "plan", code=0)
    assert backend.current().name == "numpy"


def test_a_scale_that_asks_for_nothing_of_what_is_named_says_so(monkeypatch, capsys):
    only(monkeypatch, table6=[Budget("digits", "2x9", 1, 1, subset=90, rules=("mf",))])
    text = said(capsys, "plan", "longer", code=0)
    assert "The scale quick asks for no run of these." in text
    assert "Nothing is missing" not in text
