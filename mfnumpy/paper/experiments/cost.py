"""The paper's claims about time, parameters and memory, each judged from the ledger."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from mfnumpy.paper import published
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import scales
from mfnumpy.paper.show.judging import AS_FAST, NOT, REPRODUCED, UNDECIDED, UNTESTED, Verdict, better
from mfnumpy.paper.show.view import View, in_parallel


def _timed(view: View, experiment: str) -> list[Record]:
    return [r for m in scales.MEASUREMENTS[view.scale].get(experiment, []) for r in view.ledger.of(m)]


CLAIMS = (
    ("MF (BP pred) predicts as fast as BP", "mf bp", "bp readout", (0.0, AS_FAST)),
    ("MF (FF pred) takes longer than MF (BP pred)", "mf ff", "mf bp", (1.0, math.inf)),
    ("MF (FF pred) is faster than FF", "mf ff", "ff all-labels", (0.0, 1.0)),
    ("one-pass FF is faster than FF", "ff_one_pass one-pass", "ff all-labels", (0.0, 1.0)),
)
"""Table 4: claim, one prediction, another, and the bounds within which their ratio of times must lie."""


def prediction(view: View) -> Iterator[Verdict]:
    """Table 4: which predictions are fast, for one sample and for a batch."""
    records = _timed(view, "table4")
    for claim, own, other, (low, high) in CLAIMS:
        if not records:
            yield Verdict(f"Table 4: {claim}", UNTESTED, "no timings in this ledger")
            continue
        seconds = records[0].result["seconds"]
        ratio = {size: _ratio(seconds[f"{own} {size}"], seconds[f"{other} {size}"]) for size in ("single", "batch")}
        found = [_within(seconds[f"{own} {size}"], seconds[f"{other} {size}"], low, high) for size in ratio]
        because = f"ratio of the times: {ratio['single']:.2f} for one sample, {ratio['batch']:.2f} for a batch"
        because += f" (medians of {len(seconds[f'{own} batch'])} rounds)"
        yield Verdict(f"Table 4: {claim}", _both(found), because)


def epochs(view: View) -> Iterator[Verdict]:
    """Table 5: an epoch of MF takes less time than one of BP."""
    records = _timed(view, "table5")
    if not records:
        yield Verdict("Table 5: MF's epoch is shorter than BP's", UNTESTED, "no timings in this ledger")
    for r in records:
        kind = "full" if r.config["batch"] is None else "mini"
        dataset, seconds = r.config["dataset"], r.result["seconds"]
        ratio = _ratio(seconds["bp"], seconds["mf"])
        because = (
            f"BP/MF {ratio:.2f} with one layer after the other on a CPU; the paper's "
            f"{published.TABLE5_RATIOS[dataset, kind]:.2f} is of its own hardware, and credited to layers in parallel"
        )
        if "mf in parallel" in seconds:
            because += f"; ours with layers in parallel: {_ratio(seconds['bp'], seconds['mf in parallel']):.2f}"
            because += f" ({in_parallel(r)})"
        claim = f"Table 5, {dataset}, {kind} batch: MF's epoch is shorter than BP's"
        yield Verdict(claim, _within(seconds["bp"], seconds["mf"], 1.0, math.inf), because)


def _within(a: list[float], b: list[float], low: float, high: float) -> str:
    """The verdict on "a / b lies between low and high", by the logarithms of the rounds' ratios."""
    logs = [math.log(x / y) for x, y in zip(a, b, strict=True)]
    bounds = [] if low == 0 else [better([log - math.log(low) for log in logs])]
    bounds += [] if high == math.inf else [better([math.log(high) - log for log in logs])]
    return _both(bounds)


def _both(verdicts: list[str]) -> str:
    """Reproduced if all are, not reproduced if one is not."""
    return NOT if NOT in verdicts else REPRODUCED if set(verdicts) == {REPRODUCED} else UNDECIDED


def _ratio(a: list[float], b: list[float]) -> float:
    """The median over rounds of a / b."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))


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
