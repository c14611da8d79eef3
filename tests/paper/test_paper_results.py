"""What is shown of a ledger: verdicts that follow from its records, every form of a table, figures."""

import csv
import dataclasses
import io
import random
import re
import statistics
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest

from mfnumpy.errors import InvalidValueError, ShapeError
from mfnumpy.network import parse
from mfnumpy.paper import published, verdicts
from mfnumpy.paper import results as report
from mfnumpy.paper.experiments import accuracy, fig4, headline, registry, table4, table5, varied
from mfnumpy.paper.experiments.curves import errors_by_epoch
from mfnumpy.paper.ledger import protocol, reading
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.reading import LedgerError
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.measurements import epoch_job, measure, memory_job, prediction_job
from mfnumpy.paper.runs.search import TUNING_SEED
from mfnumpy.paper.show import judging as verdict_rule
from mfnumpy.paper.show import tables
from mfnumpy.paper.show.statistics import paired
from mfnumpy.paper.show.view import difference
from mfnumpy.rules import RULES

CHOSEN = 1e-3  # inside the candidates of every search
ENVIRONMENT = {"blas": [], "platform": "x", "cpus": 1, "numpy": "2", "backend": "numpy"}


def entry(epoch, accuracy, rule, blocks):
    modes = RULES[rule].predictions
    both = {m: accuracy - 0.01 * i for i, m in enumerate(modes)}
    layers = [] if rule in ("bp", "fa", "dfa", "shallow") else [accuracy * (1 - 0.1 * i) for i in range(blocks)]
    loss = {f"block{i + 1}": 1 / epoch + i for i in range(blocks)}
    one = {"epoch": epoch, "loss": loss, "main": modes[0], "val_accuracy": both, "val_layers": layers}
    return one | {"test_accuracy": both, "test_layers": layers}


def fill(ledger, experiment, accuracy, scale="laptop", datasets=None, seeds=None):
    """Invented runs for a whole experiment. accuracy: (rule, network, seed) -> test and validation accuracy."""
    for cell in registry.plan(scale).cells(experiment, seeds):
        if datasets and cell.final.dataset not in datasets:
            continue
        while missing := cell.search(ledger).missing:
            for config in missing:
                invent(ledger, Job(config, TUNING_SEED), accuracy)
        for job in cell.jobs(ledger)[: None if seeds else 3]:
            invent(ledger, job, accuracy)


def invent(ledger, job, accuracy):
    """A record of a run that never was, whose accuracies rise to the one that is asked for; less at any other rate."""
    c = job.config
    value = accuracy(c.rule, c.network, job.seed) - 0.05 * (c.lr != CHOSEN)
    blocks = parse(c.network).depth
    history = [entry(e + 1, value - 0.2 / (e + 1), c.rule, blocks) for e in range(c.epochs)]
    if c.tested == "kept":  # the last is the best, and where patience ends a run it is the last of that
        kept = {c.epochs - 1, *protocol.kept_epochs(history, c.patience)}
        history = [e if i in kept else _untested(e) for i, e in enumerate(history)]
    result = {"parameters": dict.fromkeys(RULES[c.rule].predictions, 1000)} | protocol.summarise(history, c.patience)
    ledger.write(job, Record(c.settings, job.seed, history, result, 1.0, [0.5], 10**6, {}, ENVIRONMENT))


def _untested(epoch):
    return {k: v for k, v in epoch.items() if not k.startswith("test_")}


EXPERIMENTS = {e.name: e for e in registry.EXPERIMENTS}


def measure_only(monkeypatch, **measurements):
    """At the quick scale, these measurements and no other. by experiment."""
    changed = [
        dataclasses.replace(e, measurements={"quick": measurements.get(e.name, [])}) for e in registry.EXPERIMENTS
    ]
    monkeypatch.setattr(registry, "EXPERIMENTS", tuple(changed))


def cell_of(experiment, rule, dataset):
    """The first entry of a rule on a data set."""
    cells = registry.plan("laptop").cells(experiment)
    return next(c for c in cells if (c.final.rule, c.final.dataset) == (rule, dataset))


def verdict(view, claim):
    return {v.claim: v.verdict for v in verdicts.judged(view)}[claim]


@pytest.mark.parametrize(
    ("gain", "expected"),
    [
        (0.01, "reproduced"),
        (0.0005, "reproduced"),  # a difference of -0.15 points can be ruled out
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
    assert verdict(registry.view(ledger, "laptop"), "MLP, mnist: MF matches or surpasses BP") == expected


def test_in_short_the_verdicts_are_counted_and_what_failed_is_told(tmp_path):
    noise = {0: 0.001, 1: -0.001, 2: 0.0005}
    lower = {"mf": -0.02, "ff": -0.05}
    fill(
        Ledger(tmp_path),
        "table3",
        lambda rule, net, s: 0.9 + lower.get(rule, 0) + (noise[s] if rule == "mf" else 0),
        datasets=["mnist"],
    )
    view = registry.view(Ledger(tmp_path), "laptop")
    judged = verdicts.judged(view)
    text, reproduced, failed = verdicts.in_short(view), *verdicts.three_sentences(view).split("\n")[:2]
    counts = Counter()
    for n, kind in re.findall(r"(\d+) (reproduced|not reproduced|undecided|not tested)", text):
        counts[kind] += int(n)
    claims, beside = (sum(v.claimed is claimed for v in judged) for claimed in (True, False))
    assert text.startswith(f"Of the paper, {claims} claims: ")
    assert f"Beside them, {beside} on controls: " in text
    assert beside == 1  # deep supervision, on mnist
    assert counts == {kind: sum(v.verdict == kind for v in judged) for kind in counts}
    assert sum(counts.values()) == len(judged) > counts["not reproduced"] > 0
    assert failed.startswith("- **What does not:** MF is as accurate as BP (MLP: mnist); ")
    assert "as accurate" not in reproduced
    (first, *_, fa_and_others) = verdicts.topic_tables(view)[:5]
    row = next(row for row in first.rows if row[0] == "MLP, mnist")
    assert row[:3] == ["MLP, mnist", "not reproduced", "mf minus bp: -1.98 points (n 3)"]
    assert "*MLP, mnist: MF matches or surpasses BP*: mf minus bp: -1.98" in first.details[0]
    assert first.columns[0] == "where"
    assert fa_and_others.columns[0] == "claim"  # whose claims differ
    all_rows = [row for table in verdicts.topic_tables(view) for row in table.rows]
    assert [row[1] for row in all_rows] == [v.verdict for v in judged]
    ps = {row[0]: row[2:4] for row in verdicts.verdicts(view).rows}
    assert row[3:5] == ps["MLP, mnist: MF matches or surpasses BP"]


def test_a_claim_is_judged_at_equal_passes_too(tmp_path):
    """MF wins at its best epoch; at the last epoch, three epochs later, it has lost everything."""
    ledger, noise = Ledger(tmp_path), {0: 0.001, 1: -0.001, 2: 0.0005}
    fill(ledger, "table3", lambda rule, net, s: 0.9 + (0.02 + noise[s]) * (rule == "mf"), datasets=["mnist"])
    view = registry.view(ledger, "laptop")
    for record in view.entry("table3", "mnist", "mf").runs:
        for last in record.history[-3:]:
            for part in ("val_accuracy", "test_accuracy"):
                last[part] = dict.fromkeys(last[part], 0.5 + noise[record.seed])
        result = record.result | protocol.summarise(record.history, record.config["patience"])
        ledger.write(Job(Config.of(record.config), record.seed), dataclasses.replace(record, result=result))
    view = registry.view(ledger, "laptop")
    claim = "MLP, mnist: MF matches or surpasses BP"
    found = next(v for v in headline.mf_against_bp(view) if v.claim == claim)
    assert (found.verdict, found.as_stopped, found.at_equal_passes) == ("reproduced", "reproduced", "not reproduced")
    assert [claim, "reproduced", "reproduced", "not reproduced", found.because] in [
        [row[0], row[1], *row[4:]] for row in verdicts.verdicts(view).rows
    ]
    assert "in 4 cases" in verdicts.by_epoch(view)  # against BP by both predictions, deep supervision, and FF
    assert claim in verdicts.by_epoch(view)


def test_one_seed_decides_nothing(tmp_path):
    fill(Ledger(tmp_path), "table3", lambda rule, net, s: 0.9 + 0.05 * (rule == "mf"), datasets=["mnist"], seeds=1)
    assert verdict(registry.view(Ledger(tmp_path), "laptop"), "MLP, mnist: MF matches or surpasses BP") == "undecided"


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
    assert verdict(registry.view(ledger, "laptop"), claim) == expected


def test_layers_that_differ_in_one_bit_are_not_identical(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table1", lambda rule, net, s: 0.9 + 0.001 * s, datasets=["digits"])
    claim = "Table 1, digits: layers 1 and 2 are identical in nets of 2 and of 3 layers"
    assert verdict(registry.view(ledger, "laptop"), claim) == "reproduced"
    assert verdict(registry.view(ledger, "laptop"), "Table 1, digits: layer 3 scores below layer 2") == "reproduced"
    cell = next(
        c for c in registry.plan("laptop").cells("table1") if (c.final.rule, c.final.dataset) == ("mf", "digits")
    )
    job = Job(cell.final.with_(lr=CHOSEN), 2)
    record = ledger.get(job)
    record.history[3]["loss"]["block2"] += 1e-15
    ledger.write(job, record)
    assert verdict(registry.view(ledger, "laptop"), claim) == "not reproduced"


@pytest.mark.parametrize("grows", [True, False])
def test_depth_is_judged_for_each_rule(tmp_path, grows):
    def accuracy(rule, net, seed):
        slope = 0.02 + 0.001 * seed if (rule == "mf") == grows else -0.001 - 0.00001 * seed
        return 0.9 - slope * parse(net).depth

    fill(Ledger(tmp_path), "fig5", accuracy)
    view = registry.view(Ledger(tmp_path), "laptop")
    expected = "not reproduced" if grows else "reproduced"
    assert verdict(view, "Fig. 5: depth does not slow MF's convergence") == expected
    assert verdict(view, "Fig. 5: depth slows BP's convergence") == expected


def test_depth_is_also_told_for_the_last_epoch_alone(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "fig5", lambda rule, net, seed: 0.9 - 0.02 * (net == "8x1000"))
    cell = next(c for c in registry.plan("laptop").cells("fig5") if (c.final.rule, c.final.network) == ("mf", "8x1000"))
    for job in cell.jobs(ledger)[:3]:
        record = ledger.get(job)
        record.history[-1]["test_accuracy"]["ff"] += 0.02 - 0.001 * job.seed
        ledger.write(job, dataclasses.replace(record, result=record.result | protocol.summarise(record.history, 5)))
    reasons = {v.claim: v.because for v in verdicts.judged(registry.view(ledger, "laptop"))}
    assert "in the last epoch alone +0.10 (n 3" in reasons["Fig. 5: depth does not slow MF's convergence"]
    assert "in the last epoch alone +2.00 (n 3" in reasons["Fig. 5: depth slows BP's convergence"]


def test_a_table_shows_paper_ours_and_difference(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.95 + 0.001 * s, datasets=["mnist"])
    (table,) = accuracy.accuracy_tables("table3", "Table 3 (MLP)", registry.view(ledger, "laptop"))
    assert [row[0] for row in table.rows] == [r for r, rule in RULES.items() for _ in rule.predictions]
    bp = next(row for row in table.rows if row[0] == "bp")
    mean = 100 * (0.951 - 0.2 / 15)
    assert [*bp[2:4], bp[7]] == ["98.69", f"{mean:.2f} ± 0.10 (3)", f"{mean - 98.69:+.2f}"]
    assert all(
        f"{p.value:.2f}" in text
        for text in (table.markdown(), table.page().split("<details>")[0])
        for k, p in published.ACCURACY.items()
        if k[:2] == ("table3", "mnist")
    )


def test_a_table_has_three_forms_that_say_what_made_them():
    rows = [["a_b", "50 % ± 1 (3)", "x|y"], ["é", "–", "#1 & {2}"]]
    table = tables.Table("t", "A title", ["one", "two", "three"], rows, "mfnumpy reproduce t", ["*Fine* if p < `5_0`."])
    assert all("mfnumpy reproduce t" in text for text in (table.markdown(), table.csv(), table.latex()))
    body = [line for line in table.csv().splitlines() if not line.startswith("#")]
    assert list(csv.reader(io.StringIO("\n".join(body)))) == [list(table.columns), *rows]
    assert r"x\|y" in table.markdown()
    assert r"a\_b & 50 \% $\pm$ 1 (3) & x$|$y \\" in table.latex()
    assert r"é & -- & \#1 \& \{2\} \\" in table.latex()
    assert r"\caption{A title. \emph{Fine} if p $<$ \texttt{5\_0}.}" in table.latex()
    with pytest.raises(ShapeError):
        tables.Table("t", "", ["one"], [["a", "b"]], "")
    with pytest.raises(InvalidValueError, match="same name"):
        tables.Table("t", "", ["ours", "ours"], [["a", "b"]], "")


def test_sentences_in_latex_are_broken_over_lines_and_pages():
    long = tables.Table("t", "A title", ["claim", "verdict", "because"], [["a", "b", "word " * 30]] * 3, "c").latex()
    assert r"\begin{longtable}{p{0.23\linewidth}p{0.23\linewidth}p{0.45\linewidth}}" in long
    assert r"\caption{A title.}\label{tab:t}\\" in long
    assert "tabular" not in long


def test_figures_are_drawn_from_records_and_say_what_made_them(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    fill(ledger, "fig4", lambda rule, net, s: 0.9 + 0.01 * s)
    fill(ledger, "fig5", lambda rule, net, s: 0.9)
    view = registry.view(ledger, "laptop")
    for name in ("fig4", "fig5"):
        png, svg = report.save(view, [name], tmp_path)
        assert png.read_bytes()[:4] == b"\x89PNG"
        assert ET.parse(svg).getroot().tag.endswith("svg")
        fig = EXPERIMENTS[name].figure(view)
        assert f"mfnumpy reproduce {name} --scale laptop" in fig.get_supxlabel()
    ax = fig4.figure(view).axes[0]
    errors = errors_by_epoch(next(e for e in view.entries("fig4") if e.rule == "mf"))
    assert errors.shape == (fig4.EXPERIMENT.budgets["laptop"][0].seeds, fig4.EXPERIMENT.budgets["laptop"][0].epochs)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(errors[:, -1].mean())
    assert fig4.figure(registry.view(Ledger(tmp_path / "none"), "laptop")) is None


def test_timings_become_tables_4_and_5(tmp_path, monkeypatch):
    prediction = prediction_job(batch=3, rounds=2, net="2x7")
    epochs = [epoch_job("mnist", "2x7", 20, batch, 2) for batch in (8, None)]
    measure_only(monkeypatch, table4=[prediction], table5=epochs)
    ledger = Ledger(tmp_path)
    for job in (prediction, *epochs):
        ledger.write(Job(job, 0), measure(job, 0))
    four, five = report.tables(registry.view(ledger, "quick"), ["table4", "table5"])
    assert [row[:2] for row in four.rows] == [list(key) for key in published.TABLE4]
    assert [row[:3] for row in five.rows] == [
        *(["mnist", "mini", rule] for rule in ("mf", "mf in parallel", "bp")),
        *(["mnist", "full", rule] for rule in ("mf", "bp")),
    ]
    record = ledger.get(Job(epochs[0], 0))
    library = {"internal_api": "openblas", "version": "0", "architecture": None}
    blas = [library | {"num_threads": n} for n in (3, 1)]
    ledger.write(Job(epochs[0], 0), dataclasses.replace(record, environment=ENVIRONMENT | {"cpus": 5, "blas": blas}))
    (five,) = report.tables(registry.view(ledger, "quick"), ["table5"])
    assert "MF's layers on 5 threads, BP on 3" in five.notes[0]
    assert five.details[-1] == f"Records: {', '.join(f'`{job.key}`' for job in epochs)}."
    assert four.details[-1] == f"Records: `{prediction.key}`."
    mini, _ = table5.epochs(registry.view(ledger, "quick"))
    assert "MF's layers on 5 threads, BP on 3" in mini.because
    record = ledger.get(Job(prediction, 0))
    times = {"bp readout": 2.0, "mf bp": 2.0, "mf ff": 3.0, "ff all-labels": 2.5, "ff_one_pass one-pass": 2.0}
    record.result["seconds"] = {
        f"{name} {size}": [t, t * (1 + i / 100), t * (1 - i / 200)]
        for i, (name, t) in enumerate(times.items())
        for size in ("single", "batch")
    }
    ledger.write(Job(prediction, 0), record)
    judged = [v.verdict for v in table4.prediction(registry.view(ledger, "quick"))]
    assert judged == ["reproduced", "reproduced", "not reproduced", "undecided", "reproduced"]
    record.result["seconds"]["mf ff batch"] = [2.1, 1.9, 2.05]  # longer or shorter than 2.0: the rounds do not agree
    ledger.write(Job(prediction, 0), record)
    assert [v.verdict for v in table4.prediction(registry.view(ledger, "quick"))][1] == "undecided"
    seconds = ledger.get(Job(epochs[0], 0)).result["seconds"]
    assert five.rows[0][7] == f"{statistics.median(b / m for b, m in zip(seconds['bp'], seconds['mf'])):.2f}"  # noqa: B905


def test_peaks_become_figures_1_to_3(tmp_path, monkeypatch):
    """Invented peaks on a straight line, each rule with a slope of its own."""
    slopes = {"bp": 7.0, "mf": 3.0}
    jobs = [memory_job(rule, d, batch=48_000, engine="fast") for rule in slopes for d in (1, 2, 4)]
    traced = [memory_job(rule, 5, width=2000, batch=500, steps=2, sample=0.005) for rule in ("bp", "mf")]
    measure_only(monkeypatch, fig3=jobs, fig1_2=traced)
    ledger = Ledger(tmp_path)
    for job in jobs:
        peak = int(1e6 * (5 + slopes[job.values["rule"]] * job.values["depth"]))
        ledger.write(Job(job, 0), Record(job.settings, 0, [], {"peak": peak}, 1.0))
    for job, top in zip(traced, (5e6, 4e6), strict=True):
        ledger.write(Job(job, 0), Record(job.settings, 0, [], {"timeline": [[0.1, 3e6], [0.2, top]]}, 1.0))
    view = registry.view(ledger, "quick")
    (table,) = report.tables(view, ["fig3"])
    assert [row[-2:] for row in table.rows] == [["204.00", "7.00"], ["16.16", "3.00"]]
    assert verdict(view, "Fig. 3, batch 48,000: a further layer costs MF less memory than BP") == "reproduced"
    for name in ("fig1_2", "fig3"):
        assert report.save(view, [name], tmp_path)[-2].stat().st_size > 1000
    assert report.save(view, ["fig4"], tmp_path) == []
    (ax,) = EXPERIMENTS["fig1_2"].figure(view).axes  # both rules on one axis
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3.0, 5.0], [3.0, 4.0]]
    (peaks,) = report.tables(view, ["fig1_2"])
    assert peaks.rows == [["bp", "5"], ["mf", "4"]]


def test_memory_is_really_measured():
    result = measure(memory_job("mf", 2, width=9, batch=50, inputs=11), 0).result
    assert result["peak"] >= 4 * 4 * (11 * 9 + 9 * 9 + 2 * 90)


def test_the_rules_behind_the_verdicts():
    clear, faint, better, no_worse = [0.9, 1.0, 1.1], [2.0, -1.0, 0.5], verdict_rule.better, verdict_rule.no_worse
    for judge in (better, no_worse, verdict_rule.reaches):
        assert judge(clear).verdict == "reproduced"
        assert judge([-d for d in clear]).verdict == "not reproduced"
        assert judge([-d for d in faint]).verdict == "undecided"
        assert judge([5.0]) == ("undecided", None)
        assert judge([]) == ("not tested", None)
    found = [judge(faint).verdict for judge in (better, no_worse, verdict_rule.reaches)]
    assert found == ["undecided"] * 3
    assert verdict_rule.reaches([0.02, 0.03, 0.04]).verdict == "reproduced"
    assert no_worse([0.01, 0.05, -0.03]).verdict == "reproduced"
    assert verdict_rule.reaches([0.01, 0.05, -0.03]).verdict == "undecided"  # its mean is above, by chance perhaps
    slightly_worse = [-0.02, -0.05, -0.03, -0.04]
    assert (better(slightly_worse).verdict, no_worse(slightly_worse).verdict) == ("not reproduced", "reproduced")
    assert better(slightly_worse).p == paired(dict(enumerate(slightly_worse)), dict.fromkeys(range(4), 0.0)).p
    # The one-sided limit by hand: mean - t(0.95, 2) sd / sqrt(3), with t = 2.920.
    mean, sd = statistics.fmean(clear), statistics.stdev(clear)
    limit = mean - 2.920 * sd / 3**0.5
    assert no_worse([d - limit - verdict_rule.MARGIN + 0.002 for d in clear]).verdict == "reproduced"
    assert no_worse([d - limit - verdict_rule.MARGIN - 0.002 for d in clear]).verdict == "undecided"


def test_divisions_of_the_same_rows_tell_less_than_their_number_says():
    """By hand: t = mean / (sd sqrt(1/n + 114/455)), as Nadeau and Bengio have it; more divisions hardly help."""
    stats = pytest.importorskip("scipy.stats")
    differences = np.random.default_rng(4).normal(-0.4, 1.5, 120)
    t = differences.mean() / (differences.std(ddof=1) * (1 / 120 + 114 / 455) ** 0.5)
    corrected = verdict_rule.better([*differences], 114 / 455)
    assert corrected.p == pytest.approx(2 * stats.t.sf(abs(t), 119), rel=1e-6)
    assert verdict_rule.better([*differences]).verdict == "not reproduced"
    assert corrected.verdict == verdict_rule.no_worse([*differences], 114 / 455).verdict == "undecided"


def test_breast_cancer_is_judged_and_shown_so(tmp_path):
    ledger, noise = Ledger(tmp_path), np.random.default_rng(4).normal(-0.02, 0.008, 3)
    fill(ledger, "table6", lambda rule, net, s: 0.9 + (noise[s] if rule == "mf" else 0), datasets=["breast_cancer"])
    view = registry.view(ledger, "laptop")
    mf, bp = (view.entry("table6", "breast_cancer", rule) for rule in ("mf", "bp"))
    assert mf.overlap == pytest.approx(114 / 455, abs=2e-3)
    found = mf.accuracy("ff")
    gaps = {s: found[s] - v for s, v in bp.accuracy("readout").items()}
    zero = dict.fromkeys(gaps, 0.0)
    told = {v.claim: v for v in verdicts.judged(view)}["MLP, breast_cancer: MF matches or surpasses BP"]
    assert paired(gaps, zero, mf.overlap).text() in told.because
    assert paired(gaps, zero).text() not in told.because
    assert difference(mf, bp).p == paired(gaps, zero, mf.overlap).p > paired(gaps, zero).p


def test_seeds_that_differ_by_the_same_image_are_no_certainty():
    """350 - 349 and 355 - 354 right of 360: equal to the last bit but one, and a p of 1e-14 if that bit counts."""
    differences = [100 * (350 / 360) - 100 * (349 / 360), 100 * (355 / 360) - 100 * (354 / 360)]
    assert differences[0] != differences[1]
    for judge in (verdict_rule.better, verdict_rule.no_worse):
        assert judge(differences) == judge([-1e-13, -1e-13]) == ("undecided", None)
    assert paired(dict(enumerate(differences)), {0: 0.0, 1: 0.0}).p is None


def test_runs_that_diverged_are_told_and_not_passed_over(tmp_path):
    """One of MF's three seeds diverged, and all of FA's: of its two finalists the one with the smaller rate is left."""
    ledger, noise = Ledger(tmp_path), {0: 0.001, 1: -0.001, 2: 0.0005}
    fill(ledger, "table3", lambda rule, net, s: 0.9 + (0.01 + noise[s] if rule == "mf" else 0), datasets=["mnist"])
    view = registry.view(ledger, "laptop")
    for run in ledger.records():
        rule, in_full = run.config["rule"], run.config["epochs"] == 15
        if in_full and (rule == "fa" or (rule, run.seed) == ("mf", 2)):
            job = Job(Config.of(run.config), run.seed)
            ledger.write(job, dataclasses.replace(run, history=run.history[:4], result={"diverged": "block1"}))
    view = registry.view(ledger, "laptop")
    said = {v.claim: v for v in verdicts.judged(view)}
    assert "diverged: mf 1 of 3" in said["MLP, mnist: MF matches or surpasses BP"].because
    fa = said["MLP, mnist: fa stays below BP"]
    assert (fa.verdict, "diverged: fa 1 of 1" in fa.because) == ("undecided", True)
    (table,) = (t for t in report.tables(view, ["table3"]) if t.rows)
    assert any("Diverged, and not counted above: fa 1 of 1, mf 1 of 3." in note for note in table.notes)
    assert not any("all runs." in note for note in table.notes)


@pytest.mark.parametrize(("gain", "converged"), [(0.005, True), (0.0051, False), (-0.02, True), (0.03, False)])
def test_a_control_has_converged_when_twice_the_passes_bring_next_to_nothing(tmp_path, gain, converged):
    ledger = Ledger(tmp_path)
    # the invented runs end 0.2 / epochs below what is asked for
    at_last = {"table2": 0.5 + 0.2 / 40, "longer_shallow": 0.5 + gain + 0.2 / 80}
    fill(ledger, "table2", lambda rule, net, s: at_last["table2"], datasets=["cifar10"])
    assert report.tables(registry.view(ledger, "laptop"), ["longer_shallow"]) == []
    for experiment in ("longer_shallow", "table2"):  # in this order, as the longer runs' search is Table 2's
        last = at_last[experiment]  # Table 2 has seeds more, of other numbers, which pair with nothing
        fill(ledger, experiment, lambda rule, net, s, last=last: last - 0.1 * s, datasets=["cifar10"])
    (table,) = report.tables(registry.view(ledger, "laptop"), ["longer_shallow"])
    assert [row[0] for row in table.rows] == ["40", "80"]
    assert [row[2:5] for row in table.rows] == [
        ["40.00 ± 10.00 (3)", "–", "40.00 ± 10.00 (3)"],
        [f"{50 + 100 * gain:.2f} (1)", f"{100 * gain:+.2f} (n 1)", f"{50 + 100 * gain:.2f} (1)"],
    ]
    assert table.notes[0].startswith(f"On validation data {'' if converged else 'not '}converged: 80 epochs bring")
    (table2,) = report.tables(registry.view(ledger, "laptop"), ["table2"])
    assert any(table.notes[0] in note for note in table2.details)


def test_a_doubling_is_judged_only_where_both_of_its_runs_are_there(tmp_path):
    ledger = Ledger(tmp_path)
    for experiment in ("longer_shallow", "table2"):
        fill(ledger, experiment, lambda rule, net, s: 0.5, datasets=["fashion_mnist"])
    longer = registry.plan("laptop").cells("longer_shallow")
    half = next(c for c in longer if (c.final.dataset, c.final.epochs) == ("fashion_mnist", 160))
    ledger.path(half.jobs(ledger)[0]).unlink()
    (table,) = report.tables(registry.view(ledger, "laptop"), ["longer_shallow"])
    assert [row[0] for row in table.rows] == ["40", "80", "320"]
    assert table.notes[0].startswith("Whether it has converged cannot be told yet: half of 320 epochs")


def test_what_test_tuning_is_worth_is_shown_for_search_and_final_runs(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.9, datasets=["mnist"])
    cell = next(
        c for c in registry.plan("laptop").cells("table3") if c.final.rule == "mf" and c.final.dataset == "mnist"
    )
    searched = Job(cell.search(ledger).searched[1], TUNING_SEED)
    for job, gain in ((searched, 0.04), (Job(cell.final.with_(lr=CHOSEN), 1), 0.03)):
        record = ledger.get(job)
        last = record.history[-1]["test_accuracy"]["ff"]
        record.history[0]["test_accuracy"]["ff"] = last + gain  # an early epoch that the test set alone likes
        parameters = {"parameters": record.result["parameters"]}
        result = parameters | protocol.summarise(record.history, record.config["patience"])
        ledger.write(job, dataclasses.replace(record, result=result))
    table = verdicts.test_tuning(registry.view(ledger, "laptop"))
    mf = next(row for row in table.rows if row[2] == "mf")
    assert mf[3:] == ["+4.00", "+1.00 (3)", "+0.00 (3)"]
    assert next(row for row in table.rows if row[2] == "bp")[3:] == ["+0.00", "+0.00 (3)", "+0.00 (3)"]


@pytest.mark.parametrize(
    ("wrong", "without", "expected"), [(0, 0, "reproduced"), (1, 0, "not reproduced"), (0, 1, "undecided")]
)
def test_parameter_counts_are_held_against_table_4_to_the_unit(tmp_path, wrong, without, expected):
    ledger = Ledger(tmp_path)
    fill(ledger, "table3", lambda rule, net, s: 0.9, datasets=["mnist"], seeds=1)
    for rule in ("ff", "ff_one_pass", "bp", "mf"):
        path = next(tmp_path.glob(f"mnist-2x1000-{rule}-{final_key(rule)}-s0.json"))
        record = reading.parse(path.read_text(), "here")
        for (own, mode), row in published.TABLE4.items():
            if own == rule:
                record.result["parameters"][mode] = 1000 * row.parameters + (wrong if rule == "bp" else 0)
        path.write_text(record.to_json())
    for path in tmp_path.glob("mnist-2x1000-ff-*.json") if without else ():
        path.unlink()
    assert verdict(registry.view(ledger, "laptop"), "Table 4: parameter counts") == expected


def final_key(rule):
    cell = next(
        c for c in registry.plan("laptop").cells("table3") if (c.final.rule, c.final.dataset) == (rule, "mnist")
    )
    return cell.final.with_(lr=CHOSEN).key


def test_results_can_be_shown_at_any_moment_of_a_sweep(tmp_path, monkeypatch):
    """Whatever subset of the runs is there: no table, figure or verdict may stumble over what is not."""
    jobs = [memory_job(rule, d, batch=b, engine="fast") for rule in ("bp", "mf") for d in (1, 2) for b in (256, 2)]
    measure_only(monkeypatch, fig3=jobs)
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
        assert "# Results" in report.results(registry.view(Ledger(part), "quick"))


def test_what_a_ledger_says_of_itself_stands_on_its_results_page(tmp_path):
    assert "### Earlier" not in report.results(registry.view(Ledger(tmp_path), "quick"))
    (tmp_path / "NOTES.md").write_text("### Earlier\n\nÉs war einmal.\n", encoding="utf-8")
    assert report.results(registry.view(Ledger(tmp_path), "quick")).endswith("\n\n### Earlier\n\nÉs war einmal.\n")
    assert Ledger(tmp_path).records() == []
    (tmp_path / "NOTES.md").write_bytes(b"\xff")
    with pytest.raises(LedgerError, match=r"NOTES\.md cannot be read"):
        report.results(registry.view(Ledger(tmp_path), "quick"))


def test_each_variation_changes_one_setting_and_the_best_on_validation_is_named(tmp_path):
    ledger = Ledger(tmp_path)
    fill(ledger, "longer_cnn", lambda rule, net, s: 0.7 + 0.01 * s, datasets=["cifar10"])
    assert report.tables(registry.view(ledger, "laptop"), ["varied"]) == []
    planned = cell_of("longer_cnn", "mf", "cifar10").chosen(ledger)
    cells = registry.plan("laptop").cells("varied")
    words = [varied.changes(planned, c.final) for c in cells]
    assert len(set(words)) == len(cells)
    assert not any("," in w or w == "as planned" for w in words)
    assert varied.changes(planned, planned.with_(rates={"M": 0.5}, patience=3)) == "rates M 0.5"
    for i, cell in enumerate(cells):
        invent(ledger, Job(cell.final, 0), lambda rule, net, s, i=i: 0.75 if i == 1 else 0.65)
    (table,) = report.tables(registry.view(ledger, "laptop"), ["varied"])
    # the search's second finalist is the run of another rate, for which the invented accuracy is 5 points lower
    assert [row[0] for row in table.rows] == ["as planned", "lr 0.0003", *words]
    ends = 100 * (0.75 - 0.2 / cells[1].final.epochs)
    assert table.rows[3][1:5] == [f"{ends:.2f} (1)", f"{ends:.2f} (1)", f"{ends - 1:.2f} (1)", "+5.00 (n 1)"]
    assert table.rows[1][4] == "-5.00 (n 1)"
    said = f"{ends:.2f} % by FF pred and {ends - 1:.2f} % by BP pred on the test part"
    far = f"the better of the two, chosen on the test part, is {ends - 82.39:+.2f} points from the paper's 82.39 %"
    far += "; BP was not run with any change"
    assert table.notes[0] == f"Best on validation: {words[1]}, with {said} (n 1); {far}."
    told = {v.claim: v.because for v in verdicts.judged(registry.view(ledger, "laptop"))}
    (because,) = (text for claim, text in told.items() if claim.startswith("CNN, cifar10: MF reaches"))
    assert f"; one setting changed at a time: best on validation: {words[1]}, with {said} (n 1); {far}" in because
