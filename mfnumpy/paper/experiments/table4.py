"""Table 4: time for a prediction, accuracy and parameters of five ways to predict on MNIST."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from mfnumpy.paper import published
from mfnumpy.paper.experiments import times
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.runs.measurements import prediction_job
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.judging import AS_FAST, NOT, REPRODUCED, UNDECIDED, UNTESTED, Verdict
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, accuracy_summary, command, spread


def tables(view: View) -> list[Table]:
    """Time for a prediction, accuracy, parameters."""
    records = view.measured("table4")
    if not records:
        return []
    rows = []
    for (rule, mode), paper in published.TABLE4.items():
        entry = view.entry("table3", "mnist", rule, "2x1000")
        row = [rule, mode]
        for size, printed in (("single", paper.single_ms), ("batch", paper.batch_ms)):
            ours = statistics.median(1000 * s for r in records for s in r.result["seconds"][f"{rule} {mode} {size}"])
            row += [f"{printed}", f"{ours:.2f}"]
        row += [f"{paper.accuracy}", spread(accuracy_summary(entry, mode)), f"{paper.parameters}k"]
        rows.append([*row, MISSING if entry is None else f"{entry.runs[0].result['parameters'][mode]:,}"])
    values = records[0].config
    columns = ["rule", "prediction", "one sample, paper", "one sample, ours", "batch, paper", "batch, ours"]
    columns += ["accuracy %, paper", "accuracy %, ours ± sd (n)", "parameters, paper", "parameters, ours"]
    note = (
        f"Milliseconds: {values['network']}, one sample and a batch of {values['batch']} (the paper states neither its "
        f"batch nor its hardware), median of {values['rounds']} alternating rounds on the CPU. Accuracies and "
        "parameters are Table 3's."
    )
    return [
        Table(
            "table4",
            "Table 4 (prediction): time, accuracy and parameters",
            columns,
            rows,
            command("table4", view),
            [note],
            notes.measured(records),
            columns[:4],
            {
                "A batch of samples, in milliseconds:": [*columns[:2], *columns[4:6]],
                "Accuracy:": [*columns[:2], *columns[6:8]],
                "Learned parameters:": [*columns[:2], *columns[8:]],
            },
        )
    ]


CLAIMS = (
    ("MF (BP pred) predicts as fast as BP", "mf bp", "bp readout", (0.0, AS_FAST)),
    ("MF (FF pred) takes longer than MF (BP pred)", "mf ff", "mf bp", (1.0, math.inf)),
    ("MF (FF pred) is faster than FF", "mf ff", "ff all-labels", (0.0, 1.0)),
    ("MF (BP pred) is faster than one-pass FF", "mf bp", "ff_one_pass one-pass", (0.0, 1.0)),
    ("one-pass FF is faster than FF", "ff_one_pass one-pass", "ff all-labels", (0.0, 1.0)),
)
"""Table 4: claim, one prediction, another, and the bounds within which their ratio of times must lie."""


def prediction(view: View) -> Iterator[Verdict]:
    """Table 4: which predictions are fast, for one sample and for a batch."""
    records = view.measured("table4")
    for claim, own, other, (low, high) in CLAIMS:
        if not records:
            yield Verdict(f"Table 4: {claim}", UNTESTED, "no timings in this ledger")
            continue
        seconds = records[0].result["seconds"]
        ratio = {
            size: times.ratio(seconds[f"{own} {size}"], seconds[f"{other} {size}"]) for size in ("single", "batch")
        }
        found = [times.within(seconds[f"{own} {size}"], seconds[f"{other} {size}"], low, high) for size in ratio]
        because = f"ratio of the times: {ratio['single']:.2f} for one sample, {ratio['batch']:.2f} for a batch"
        because += f" (medians of {len(seconds[f'{own} batch'])} rounds)"
        verdict, p = times.both(found)
        yield Verdict(f"Table 4: {claim}", verdict, because, p=p)


def parameter_counts(view: View) -> Iterator[Verdict]:
    """Table 4's parameters, to the thousand as printed."""
    wrong, checked = [], 0
    for (rule, mode), row in published.TABLE4.items():
        entry = view.entry("table3", "mnist", rule)
        if entry is None or entry.config.network != "2x1000":
            continue
        checked += 1
        ours = entry.runs[0].result["parameters"][mode]
        if ours != 1000 * row.parameters:
            wrong.append(f"{rule} ({mode}): {ours:,}")
    rows = len(published.TABLE4)
    verdict = UNTESTED if not checked else NOT if wrong else REPRODUCED if checked == rows else UNDECIDED
    because = "; ".join(wrong) or (f"{checked} of {rows} rows run, each equal to the unit, without biases")
    yield Verdict(
        "Table 4: parameter counts", verdict, because if checked else "no 2x1000 runs on mnist in this ledger"
    )


EXPERIMENT = Experiment(
    "table4",
    "Table 4",
    turn=2,
    measurements={
        "quick": [prediction_job(rounds=7)],
        "laptop": [prediction_job(rounds=401)],
        "paper": [prediction_job(rounds=401)],
    },
    tables=tables,
    topics=(
        Topic("The numbers of learned parameters are the paper's", parameter_counts),
        Topic("Predictions rank by time as the paper says", prediction),
    ),
)
