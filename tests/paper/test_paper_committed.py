"""The committed ledger and what is shown of it: no number that it lacks, all of it up to date, no run without a use."""

import json
import re
import statistics
from collections import defaultdict
from pathlib import Path

from mfnumpy.paper.experiments import registry as verdicts
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import plan, scales
from mfnumpy.paper.runs.config import Job
from mfnumpy.paper.runs.protocol import TUNING_SEED
from mfnumpy.paper.show import results as report
from mfnumpy.paper.show.view import View

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = re.compile(r"\d+\.\d\d ± \d+\.\d\d \(\d+\)")


def raw_records(folder):
    """The ledger read with json alone: no code of the package stands between this and the test."""
    return [json.loads(p.read_text()) for p in sorted(folder.glob("*.json"))]


def shown_by_the_ledger(records):
    """Every "mean ± sd (n)" that can be computed from records which differ in nothing but the seed."""
    groups = defaultdict(list)
    for r in records:
        groups[json.dumps(r["config"], sort_keys=True)].append(r)
    found = set()
    for group in groups.values():
        columns = defaultdict(list)
        for r in group:
            for at in ("stopped", "equal_passes"):
                if at in r["result"]:
                    for mode, value in r["result"][at]["test_accuracy"].items():
                        columns[at, mode].append(100 * value)
                    for i, value in enumerate(r["result"][at]["test_layers"]):
                        columns[at, i].append(100 * value)
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
    view = View(Ledger(DOCS / "ledger"), "laptop")
    report.save_results(view, tmp_path)
    made = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    for path in made:
        if path.suffix in (".md", ".csv", ".tex"):  # pictures depend on the version of matplotlib as well
            assert (DOCS / path).read_text() == (tmp_path / path).read_text(), path
        else:
            assert (DOCS / path).stat().st_size > 1000
    assert {p.relative_to(DOCS) for p in (DOCS / "results").rglob("*")} | {Path("results.md")} == made


def markdown_of(notebook):
    """Everything that the cells of a notebook show as Markdown."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return "\n".join("".join(output.get("data", {}).get("text/markdown", "")) for output in outputs)


def test_the_lesson_on_tables_shows_the_ledger_as_it_stands():
    """If this fails, run: python -m mfnumpy.teach.build 13 --force"""
    shown = markdown_of(json.loads((DOCS.parent / "notebooks" / "lessons" / "13_tables.ipynb").read_text()))
    view = View(Ledger(DOCS / "ledger"), "laptop")
    for table in [verdicts.verdicts(view), *report.tables(view, ["table3", "table2", "longer", "longer_cnn"])]:
        assert table.markdown() in shown, table.name
    assert verdicts.verdicts(view).markdown().replace("undecided", "reproduced") not in shown


def planned(ledger, scale="laptop"):
    """All runs and measurements that tables and figures of a scale may read, with their seeds."""
    measured = [Job(m, 0) for measurements in scales.MEASUREMENTS[scale].values() for m in measurements]
    cells = [cell for name in plan.CELLS for cell in plan.cells(name, scales.scale(scale))]
    searches = [Job(c, TUNING_SEED) for cell in cells for c in [*cell.tuning_configs(), *cell.finalists(ledger)]]
    return measured + searches + [job for cell in cells for job in cell.jobs(ledger)]


def test_every_committed_record_is_one_that_the_plan_asks_for():
    """A run of a former plan is shown nowhere, and would only be counted: it goes when the plan changes."""
    ledger = Ledger(DOCS / "ledger")
    wanted = {(job.config.key, job.seed) for job in planned(ledger)}
    assert {(r.key, r.seed) for r in ledger.records()} <= wanted
