"""The committed ledger and what is shown of it: no number that it lacks, all of it up to date, no run without a use."""

import json
import re
import statistics
from collections import defaultdict
from pathlib import Path

from mfnumpy.paper import results as report
from mfnumpy.paper import verdicts
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.folder import Ledger

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = re.compile(r"\d+\.\d\d ± \d+\.\d\d \(\d+\)")


def raw_records(folder):
    """The ledger read with json alone: no code of the package stands between this and the test."""
    return [json.loads(p.read_text()) for p in sorted(folder.glob("*.json"))]


def shown_by_the_ledger(records):
    """Every "mean ± sd (n)" that can be computed from records which differ in nothing but the seed.

    A run that a GPU made by the rules as they are written stands for one of the fast engine, where that has none.
    """
    groups, by_seed = defaultdict(list), defaultdict(dict)
    for r in sorted(records, key=lambda r: "room" in r["config"]):
        groups[json.dumps(r["config"], sort_keys=True)].append(r)
        either = {key: value for key, value in r["config"].items() if key != "room"}
        by_seed[json.dumps(either, sort_keys=True)][r["seed"]] = r
    groups |= {f"{key} by either engine": [*runs.values()] for key, runs in by_seed.items()}
    found = set()
    for group in groups.values():
        columns = defaultdict(list)
        for r in group:
            read = {at: r["result"][at] for at in ("stopped", "equal_passes") if at in r["result"]}
            if read:
                read["best"] = max(r["history"], key=lambda e: e["val_accuracy"][e["main"]])  # of equals the first
            for at, epoch in read.items():
                for mode, value in epoch["test_accuracy"].items():
                    columns[at, mode].append(100 * value)
                for i, value in enumerate(epoch["test_layers"]):
                    columns[at, i].append(100 * value)
            for at, epoch in read.items():
                if "val_accuracy" in epoch:
                    columns[at, "validation"].append(100 * epoch["val_accuracy"][r["history"][-1]["main"]])
            for last in r["history"][-1:]:
                columns["validation", last["main"]].append(100 * last["val_accuracy"][last["main"]])
            for name, seconds in r["result"].get("seconds", {}).items():
                columns[r["seed"], name] += seconds
        for values in columns.values():
            if len(values) > 1:
                found.add(f"{statistics.fmean(values):.2f} ± {statistics.stdev(values):.2f} ({len(values)})")
    return found


def missing_from(text, records):
    return set(SHOWN.findall(text)) - shown_by_the_ledger(records)


def test_the_committed_results_hold_no_number_that_the_ledger_lacks():
    text = (DOCS / "results.md").read_text()
    assert len(SHOWN.findall(text)) > 10
    assert missing_from(text, raw_records(DOCS / "ledger")) == set()


def test_a_number_changed_by_hand_and_a_record_taken_away_are_both_noticed():
    text, records = (DOCS / "results.md").read_text(), raw_records(DOCS / "ledger")
    one = SHOWN.findall(text)[0]
    last = str((int(one[4]) + 1) % 10)
    assert missing_from(text.replace(one, one[:4] + last + one[5:]), records)
    seen = [r for r in records if r["config"].get("dataset") == "breast_cancer" and r["seed"] == 3]
    assert missing_from(text, [r for r in records if r not in seen])


def test_the_committed_results_are_up_to_date(tmp_path):
    """If this fails, run: mfnumpy reproduce results --scale laptop --ledger docs/ledger --out docs"""
    view = registry.view(Ledger(DOCS / "ledger"), "laptop")
    report.save_results(view, tmp_path)
    made = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    for path in made:
        if path.suffix in (".md", ".csv", ".tex"):  # pictures depend on the version of matplotlib as well
            assert (DOCS / path).read_text() == (tmp_path / path).read_text(), path
        else:
            assert (DOCS / path).stat().st_size > 1000
    assert {p.relative_to(DOCS) for p in (DOCS / "results").rglob("*")} | {Path("results.md")} == made


def test_no_committed_note_calls_a_data_set_absent_that_has_runs():
    ledger = Ledger(DOCS / "ledger")
    assert sorted(path.stem for path in (ledger.folder / "absent").iterdir()) == ledger.absent()


def markdown_of(notebook):
    """Everything that the cells of a notebook show as Markdown."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return "\n".join("".join(output.get("data", {}).get("text/markdown", "")) for output in outputs)


def test_the_lesson_on_tables_shows_the_ledger_as_it_stands():
    """If this fails, run: python -m mfnumpy.teach.build 13 --force"""
    shown = markdown_of(json.loads((DOCS.parent / "notebooks" / "lessons" / "13_tables.ipynb").read_text()))
    view = registry.view(Ledger(DOCS / "ledger"), "laptop")
    for table in [*verdicts.topic_tables(view), *report.tables(view, ["table3", "table2", "longer", "longer_cnn"])]:
        assert table.page() in shown, table.name
    assert verdicts.three_sentences(view) in shown
    assert verdicts.topic_tables(view)[0].page().replace("undecided", "reproduced") not in shown


def entries_of_the_plan(scale="laptop"):
    """Every configuration that a scale may make runs of, but for rate and options, with its number of seeds."""
    plan = registry.plan(scale)
    budgets = [(name, b) for name in plan.entries for b in plan.budgets[name]]
    budgets += [(name, b.until) for name, b in budgets if b.until is not None]  # what was shown before
    for name, budget in budgets:
        for cell in plan.of_budget(name, budget):
            yield from with_options(cell, cell.final, cell.seeds)
            if cell.tuning is not None:
                yield from with_options(cell, cell.tuned_on or cell.final, 1)
                for config in cell.search(NOTHING).searched:
                    yield from with_options(cell, config, 1)


def with_options(cell, config, seeds):
    """The configuration, and with each value of each option that its search may choose; by either engine."""
    options = () if cell.tuning is None else [option for option in cell.tuning.options if config.rule in option.rules]
    for found in (config, *(option.given(config, value) for option in options for value in option.values)):
        yield found, seeds
        yield found.by_the_other_engine, seeds


NOTHING = Ledger(DOCS / "no such folder")


def without_rate(config):
    return config.with_(lr=0.0, options={}).key


def test_every_committed_record_is_one_that_the_plan_asks_for():
    """A run of a former plan is shown nowhere, and would only be counted. Rates that lost may have been run in full."""
    seeds = defaultdict(int)
    for config, n in entries_of_the_plan():
        seeds[without_rate(config)] = max(n, seeds[without_rate(config)])
    measured = {m.key for of_one in registry.plan("laptop").measurements.values() for m in of_one}
    for record in Ledger(DOCS / "ledger").records():
        if record.config["kind"] == "train":
            assert record.seed < seeds[without_rate(Config.of(record.config))], record.config
        else:
            assert record.key in measured
