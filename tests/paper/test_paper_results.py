"""What is shown: nothing that the ledger does not hold, the committed results up to date, every form of a table."""

import csv
import dataclasses
import io
import json
import random
import re
import statistics
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pytest

from mfnumpy.errors import ShapeError
from mfnumpy.paper import (
    cost_claims,
    figures,
    plan,
    protocol,
    published,
    report,
    scales,
    table_content,
    tables,
    verdicts,
)
from mfnumpy.paper import verdict as verdict_rule
from mfnumpy.paper.config import Job
from mfnumpy.paper.ledger import Ledger, Record
from mfnumpy.paper.measurements import epoch_job, measure, memory_job, prediction_job
from mfnumpy.paper.protocol import TUNING_SEED
from mfnumpy.paper.view import View
from mfnumpy.rules import RULES

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENVIRONMENT = {"blas": [], "platform": "x", "cpus": 1, "numpy": "2", "backend": "numpy"}
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


def test_every_committed_record_has_the_result_that_its_history_gives():
    for r in Ledger(DOCS / "ledger").records():
        if r.config["kind"] == "train" and "diverged" not in r.result:
            assert len(r.history) == r.config["epochs"]
            parameters = {"parameters": r.result["parameters"]}
            assert r.result == parameters | protocol.summarise(r.history, r.config["patience"])


def entry(epoch, accuracy, rule, blocks, test=None):
    modes = RULES[rule].predictions
    both = {m: accuracy - 0.01 * i for i, m in enumerate(modes)}
    layers = [] if rule in ("bp", "fa", "dfa", "shallow") else [accuracy - 0.1 * i for i in range(blocks)]
    loss = {f"block{i + 1}": 1 / epoch + i for i in range(blocks)}
    one = {"epoch": epoch, "loss": loss, "main": modes[0], "val_accuracy": both, "val_layers": layers}
    return one | {"test_accuracy": both, "test_layers": layers}


def fill(ledger, experiment, accuracy, scale="laptop", datasets=None, seeds=None):
    """Invented runs for a whole experiment. accuracy: (rule, network, seed) -> test and validation accuracy."""
    for cell in plan.cells(experiment, scales.scale(scale), seeds):
        if datasets and cell.final.dataset not in datasets:
            continue
        jobs = [Job(c, TUNING_SEED) for c in cell.tuning_configs()]
        for job in [*jobs, *(Job(c, s) for s in range(cell.seeds) for c in [cell.final.with_(lr=3e-4)])]:
            if cell.tuning is None:
                job = Job(cell.final, job.seed)
            c = job.config
            value = accuracy(c.rule, c.network, job.seed)
            blocks = 4 if c.network == "cnn" else int(c.network.split("x")[0])
            history = [entry(e + 1, value - 0.2 / (e + 1), c.rule, blocks) for e in range(c.epochs)]
            result = {"parameters": dict.fromkeys(RULES[c.rule].predictions, 1000)}
            result |= protocol.summarise(history, c.patience)
            ledger.write(job, Record(c.settings, job.seed, history, result, 1.0, [0.5], 10**6, {}, ENVIRONMENT))


def verdict(view, claim):
    return {v.claim: v.verdict for c in verdicts.CLAIMS for v in c(view)}[claim]


@pytest.mark.parametrize(
    ("gain", "expected"),
    [
        (0.01, "reproduced"),
        (0.0001, "reproduced"),
        (-0.01, "not reproduced"),
        (-0.0004, "undecided"),
        (None, "not tested"),
    ],
)
def test_a_verdict_follows_the_records(tmp_path, gain, expected):
    ledger = Ledger(tmp_path)
    if gain is not None:
        noise = {0: 0.001, 1: -0.001, 2: 0.0005}
        fill(ledger, "table3", lambda rule, net, s: 0.9 + (gain + noise[s] if rule == "mf" else 0), datasets=["mnist"])
    assert verdict(View(ledger, "laptop"), "MLP, mnist: MF matches or surpasses BP") == expected


def test_one_seed_decides_nothing(tmp_path):
    fill(Ledger(tmp_path), "table3", lambda rule, net, s: 0.9 + 0.05 * (rule == "mf"), datasets=["mnist"], seeds=1)
    assert verdict(View(Ledger(tmp_path), "laptop"), "MLP, mnist: MF matches or surpasses BP") == "undecided"


@pytest.mark.parametrize(("experiment", "what"), [("table3", "MLP"), ("table2", "CNN")])
@pytest.mark.parametrize(("gain", "expected"), [(0.02, "reproduced"), (0.0001, "undecided"), (-0.02, "not reproduced")])
def test_mf_is_held_against_deep_supervision(tmp_path, experiment, what, gain, expected):
    noise = {0: 0.001, 1: -0.001, 2: 0.0005}
    ledger = Ledger(tmp_path)
    accuracies = {"mf": 0.9 + gain, "deep_supervision": 0.9}
    fill(
        ledger,
        experiment,
        lambda rule, net, s: accuracies.get(rule, 0.5) + (noise[s] if rule == "mf" else 0),
        datasets=["fashion_mnist"],
        seeds=3,
    )
    claim = f"{what}, fashion_mnist: MF surpasses BP with its losses added (deep supervision)"
    assert verdict(View(ledger, "laptop"), claim) == expected


def test_layers_that_differ_in_one_bit_are_not_identical(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table1", lambda rule, net, s: 0.9 + 0.001 * s, datasets=["digits"])
    claim = "Table 1, digits: layers 1 and 2 are identical in nets of 2 and of 3 layers"
    assert verdict(View(ledger, "laptop"), claim) == "reproduced"
    assert verdict(View(ledger, "laptop"), "Table 1, digits: layer 3 scores below layer 2") == "reproduced"
    cell = next(c for c in plan.cells("table1", scales.LAPTOP) if (c.final.rule, c.final.dataset) == ("mf", "digits"))
    job = Job(cell.final.with_(lr=3e-4), 2)
    record = ledger.get(job)
    record.history[3]["loss"]["block2"] += 1e-15
    ledger.write(job, record)
    assert verdict(View(ledger, "laptop"), claim) == "not reproduced"


@pytest.mark.parametrize("grows", [True, False])
def test_depth_is_judged_for_each_rule(tmp_path, grows):
    def accuracy(rule, net, seed):
        slope = 0.02 + 0.001 * seed if (rule == "mf") == grows else -0.001
        return 0.9 - slope * int(net.split("x")[0])

    fill(Ledger(tmp_path), "fig5", accuracy)
    view = View(Ledger(tmp_path), "laptop")
    expected = "not reproduced" if grows else "reproduced"
    assert verdict(view, "Fig. 5: depth does not slow MF's convergence") == expected
    assert verdict(view, "Fig. 5: depth slows BP's convergence") == expected


def test_a_table_shows_paper_ours_and_difference(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.95 + 0.001 * s, datasets=["mnist"])
    (table,) = table_content.accuracy_tables("table3", View(ledger, "laptop"))
    assert [row[0] for row in table.rows] == [r for r in table_content.ORDER for _ in RULES[r].predictions]
    bp = next(row for row in table.rows if row[0] == "bp")
    mean = 100 * (0.951 - 0.2 / 15)
    assert bp[2:5] == ["98.69", f"{mean:.2f} ± 0.10 (3)", f"{mean - 98.69:+.2f}"]
    assert all(
        f"{p.value:.2f}" in table.markdown() for k, p in published.ACCURACY.items() if k[:2] == ("table3", "mnist")
    )


def test_a_table_has_three_forms_that_say_what_made_them():
    rows = [["a_b", "50 % ± 1 (3)", "x|y"], ["é", "–", "#1 & {2}"]]
    table = tables.Table("t", "A title", ["one", "two", "three"], rows, "mfnumpy reproduce t", ["A note."])
    assert all("mfnumpy reproduce t" in text for text in (table.markdown(), table.csv(), table.latex()))
    body = [line for line in table.csv().splitlines() if not line.startswith("#")]
    assert list(csv.reader(io.StringIO("\n".join(body)))) == [list(table.columns), *rows]
    assert r"x\|y" in table.markdown()
    assert r"a\_b & 50 \% $\pm$ 1 (3) & x|y \\" in table.latex()
    assert r"é & -- & \#1 \& \{2\} \\" in table.latex()
    with pytest.raises(ShapeError):
        tables.Table("t", "", ["one"], [["a", "b"]], "")


def test_figures_are_drawn_from_records_and_say_what_made_them(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    fill(ledger, "fig4", lambda rule, net, s: 0.9 + 0.01 * s)
    fill(ledger, "fig5", lambda rule, net, s: 0.9)
    view = View(ledger, "laptop")
    for name in ("fig4", "fig5"):
        png, svg = figures.save(name, view, tmp_path)
        assert png.read_bytes()[:4] == b"\x89PNG"
        assert ET.parse(svg).getroot().tag.endswith("svg")
        fig = figures.FIGURES[name](view)
        assert f"mfnumpy reproduce {name} --scale laptop" in fig.get_supxlabel()
    ax = figures.fig4(view).axes[0]
    errors = figures.test_errors(next(e for e in view.entries("fig4") if e.rule == "mf"))
    assert errors.shape == (scales.LAPTOP["fig4"][0].seeds, scales.LAPTOP["fig4"][0].epochs)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(errors[:, -1].mean())
    assert figures.fig4(View(Ledger(tmp_path / "none"), "laptop")) is None


def test_timings_become_tables_4_and_5(tmp_path, monkeypatch):
    prediction = prediction_job(batch=3, rounds=2, net="2x7")
    epochs = [epoch_job("mnist", "2x7", 20, batch, 2) for batch in (8, None)]
    monkeypatch.setitem(scales.MEASUREMENTS, "quick", {"table4": [prediction], "table5": epochs})
    ledger = Ledger(tmp_path)
    for job in (prediction, *epochs):
        ledger.write(Job(job, 0), measure(job, 0))
    four, five = report.tables(View(ledger, "quick"), ["table4", "table5"])
    assert [row[:2] for row in four.rows] == [list(key) for key in published.TABLE4]
    assert [row[:3] for row in five.rows] == [
        *(["mnist", "mini", rule] for rule in ("mf", "mf in parallel", "bp")),
        *(["mnist", "full", rule] for rule in ("mf", "bp")),
    ]
    record = ledger.get(Job(prediction, 0))
    times = {"bp readout": 2.0, "mf bp": 2.0, "mf ff": 3.0, "ff all-labels": 2.5, "ff_one_pass one-pass": 2.0}
    record.result["seconds"] = {f"{name} {size}": [t, t] for name, t in times.items() for size in ("single", "batch")}
    ledger.write(Job(prediction, 0), record)
    judged = [v.verdict for v in cost_claims.prediction(View(ledger, "quick"))]
    assert judged == ["reproduced", "reproduced", "not reproduced", "reproduced"]
    seconds = ledger.get(Job(epochs[0], 0)).result["seconds"]
    assert five.rows[0][7] == f"{statistics.median(b / m for b, m in zip(seconds['bp'], seconds['mf'])):.2f}"  # noqa: B905


def test_peaks_become_figures_1_to_3(tmp_path, monkeypatch):
    """Invented peaks on a straight line, each rule with a slope of its own."""
    slopes = {"bp": 7.0, "mf": 3.0}
    jobs = [memory_job(rule, d, batch=48_000, room="fast") for rule in slopes for d in (1, 2, 4)]
    traced = memory_job("bp", 5, width=2000, batch=500, steps=2, sample=0.005)
    monkeypatch.setitem(scales.MEASUREMENTS, "quick", {"fig3": jobs, "fig1": [traced]})
    ledger = Ledger(tmp_path)
    for job in jobs:
        peak = int(1e6 * (5 + slopes[job.values["rule"]] * job.values["depth"]))
        ledger.write(Job(job, 0), Record(job.settings, 0, [], {"peak": peak}, 1.0))
    ledger.write(Job(traced, 0), Record(traced.settings, 0, [], {"timeline": [[0.1, 3e6], [0.2, 5e6]]}, 1.0))
    view = View(ledger, "quick")
    (table,) = report.tables(view, ["fig3"])
    assert [row[-2:] for row in table.rows] == [["204.00", "7.00"], ["16.16", "3.00"]]
    assert verdict(view, "Fig. 3, batch 48,000: a further layer costs MF less memory than BP") == "reproduced"
    for name in ("fig1", "fig3"):
        assert figures.save(name, view, tmp_path)[0].stat().st_size > 1000
    assert figures.save("fig2", view, tmp_path) == []
    assert figures.FIGURES["fig1"](view).axes[0].lines[0].get_ydata().tolist() == [3.0, 5.0]


def test_memory_is_really_measured():
    result = measure(memory_job("mf", 2, width=9, batch=50, inputs=11), 0).result
    assert result["peak"] >= 4 * 4 * (11 * 9 + 9 * 9 + 2 * 90)


def test_the_rule_behind_the_verdicts():
    clear, faint = [0.9, 1.0, 1.1], [2.0, -1.0, 0.5]
    for strict in (True, False):
        assert verdict_rule.judged(clear, strict=strict) == "reproduced"
        assert verdict_rule.judged([-d for d in clear], strict=strict) == "not reproduced"
        assert verdict_rule.judged([-d for d in faint], strict=strict) == "undecided"
        assert verdict_rule.judged([5.0], strict=strict) == "undecided"
        assert verdict_rule.judged([], strict=strict) == "not tested"
        assert verdict_rule.judged([-1.0, -1.0], strict=strict) == "not reproduced"
    assert verdict_rule.judged(faint, strict=False) == "reproduced"
    assert verdict_rule.judged(faint, strict=True) == "undecided"
    assert verdict_rule.judged([0.0, 0.0], strict=True) == "undecided"


def test_what_test_tuning_is_worth_is_shown_for_search_and_final_runs(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.9, datasets=["mnist"])
    cell = next(c for c in plan.cells("table3", scales.LAPTOP) if c.final.rule == "mf" and c.final.dataset == "mnist")
    for job, gain in ((Job(cell.tuning_configs()[2], TUNING_SEED), 0.04), (Job(cell.final.with_(lr=3e-4), 1), 0.03)):
        record = ledger.get(job)
        last = record.history[-1]["test_accuracy"]["ff"]
        record.history[0]["test_accuracy"]["ff"] = last + gain  # an early epoch that the test set alone likes
        parameters = {"parameters": record.result["parameters"]}
        result = parameters | protocol.summarise(record.history, record.config["patience"])
        ledger.write(job, dataclasses.replace(record, result=result))
    table = verdicts.test_tuning(View(ledger, "laptop"))
    mf = next(row for row in table.rows if row[2] == "mf")
    assert mf[3:] == ["+4.00", "+1.00 (3)"]
    assert next(row for row in table.rows if row[2] == "bp")[3:] == ["+0.00", "+0.00 (3)"]


@pytest.mark.parametrize(
    ("wrong", "without", "expected"), [(0, 0, "reproduced"), (1, 0, "not reproduced"), (0, 1, "undecided")]
)
def test_parameter_counts_are_held_against_table_4_to_the_unit(tmp_path, wrong, without, expected):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.9, datasets=["mnist"], seeds=1)
    for rule in ("ff", "ff_one_pass", "bp", "mf"):
        path = next(tmp_path.glob(f"mnist-2x1000-{rule}-{final_key(rule)}-s0.json"))
        record = Record.from_json(path.read_text(), "here")
        for (own, mode), row in published.TABLE4.items():
            if own == rule:
                record.result["parameters"][mode] = 1000 * row.parameters + (wrong if rule == "bp" else 0)
        path.unlink() if without and rule == "ff" else path.write_text(record.to_json())
    assert verdict(View(ledger, "laptop"), "Table 4: parameter counts") == expected


def final_key(rule):
    cell = next(c for c in plan.cells("table3", scales.LAPTOP) if (c.final.rule, c.final.dataset) == (rule, "mnist"))
    return cell.final.with_(lr=3e-4).key


def test_results_can_be_shown_at_any_moment_of_a_sweep(tmp_path, monkeypatch):
    """Whatever subset of the runs is there: no table, figure or verdict may stumble over what is not."""
    jobs = [memory_job(rule, d, batch=b, room="fast") for rule in ("bp", "mf") for d in (1, 2) for b in (256, 2)]
    monkeypatch.setitem(scales.MEASUREMENTS, "quick", {"fig3": jobs})
    ledger = Ledger(tmp_path / "all")
    for experiment in ("table1", "table3", "table6", "fig4", "fig5"):
        fill(ledger, experiment, lambda rule, net, s: 0.9 + 0.01 * s, scale="quick")
    for job in jobs:
        peak = {"peak": 10**6 * job.values["depth"]}
        ledger.write(Job(job, 0), Record(job.settings, 0, [], peak, 1.0, environment=ENVIRONMENT))
    chance = random.Random(3)
    names = sorted(p.name for p in ledger.folder.glob("*.json"))
    for share in (0, 0.3, 0.7):
        part = tmp_path / f"part-{share}"
        part.mkdir()
        for name in chance.sample(names, int(share * len(names))):
            (part / name).symlink_to(ledger.folder / name)
        assert "# Results" in report.results(View(Ledger(part), "quick"))
