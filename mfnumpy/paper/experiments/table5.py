"""Table 5: seconds per epoch of MF and BP, mini-batch and full batch, and their ratio."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from mfnumpy.network import named
from mfnumpy.paper import published
from mfnumpy.paper.experiments import times
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.ledger.config import Measurement
from mfnumpy.paper.runs.measurements import N_CLASSES, epoch_job
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.judging import NOT, REPRODUCED, UNDECIDED, UNTESTED, Verdict
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, command, in_parallel, spread


def tables(view: View) -> list[Table]:
    """Seconds per epoch of MF and BP, mini-batch and full batch, and their ratio."""
    records = view.measured("table5")
    if not records:
        return []
    rows = []
    for record in records:
        values, seconds = record.config, record.result["seconds"]
        kind = "full" if values["batch"] is None else "mini"
        for rule in sorted(seconds, key=("mf", "mf in parallel", "bp").index):
            printed = published.TABLE5.get((values["dataset"], kind, rule))
            row = [values["dataset"], kind, rule, f"{values['rows']:,}"]
            row += [MISSING if printed is None else f"{printed.mean:.2f} ± {printed.sd:.2f}"]
            row += [spread(summary(seconds[rule]))]
            speed = statistics.median(b / m for b, m in zip(seconds["bp"], seconds[rule], strict=True))
            paper = f"{published.TABLE5_RATIOS[values['dataset'], kind]:.2f}" if rule == "mf" else MISSING
            rows.append([*row, paper, MISSING if rule == "bp" else f"{speed:.2f}"])
    threads = "; ".join(sorted({in_parallel(r) for r in records}))
    columns = ["data set", "batch", "rule", "rows", "s/epoch, paper", "s/epoch, ours ± sd (rounds)"]
    columns += ["BP/this, paper", "BP/this, ours"]
    note = (
        "Ours is the reference trainer on the CPU, on random data of the right shape, one layer after the other unless "
        f"it says in parallel: then layers work on different batches ({threads}). The ratio is the "
        "median over rounds. Fewer rows than the data set has are a part of an epoch: compare ratios."
    )
    return [
        Table(
            "table5",
            "Table 5: how many times as long an epoch of BP takes",
            columns,
            rows,
            command("table5", view),
            [note],
            notes.measured(records),
            [*columns[:3], *columns[6:]],
            {"Seconds for an epoch:": columns[:6]},
        )
    ]


def epochs(view: View) -> Iterator[Verdict]:
    """Table 5: an epoch of MF takes less time than one of BP."""
    records = view.measured("table5")
    if not records:
        yield Verdict("Table 5: MF's epoch is shorter than BP's", UNTESTED, "no timings in this ledger")
    for r in records:
        kind = "full" if r.config["batch"] is None else "mini"
        dataset, seconds = r.config["dataset"], r.result["seconds"]
        ratio = times.ratio(seconds["bp"], seconds["mf"])
        because = (
            f"BP/MF {ratio:.2f} with one layer after the other on a CPU; the paper's "
            f"{published.TABLE5_RATIOS[dataset, kind]:.2f} is of its own hardware, and credited to layers in parallel"
        )
        if "mf in parallel" in seconds:
            because += f"; ours with layers in parallel: {times.ratio(seconds['bp'], seconds['mf in parallel']):.2f}"
            because += f" ({in_parallel(r)})"
        claim = f"Table 5, {dataset}, {kind} batch: MF's epoch is shorter than BP's"
        verdict, p = times.within(seconds["bp"], seconds["mf"], 1.0, math.inf)
        yield Verdict(claim, verdict, because, p=p)


def operations(view: View) -> Iterator[Verdict]:
    """MF "requires more operations than BP in total", says the paper: multiplications of a step, by the shapes."""
    counted = {
        name: {rule: multiplications(name, shape, rule) for rule in ("mf", "bp")} for name, shape in NETS.items()
    }
    because = "; ".join(
        f"{name}: MF {of['mf'] / 1e6:.3f}, BP {of['bp'] / 1e6:.3f} million multiplications for a sample, "
        f"{100 * (of['mf'] / of['bp'] - 1):+.0f} %"
        for name, of in counted.items()
    )
    more = [of["mf"] > of["bp"] for of in counted.values()]
    verdict = REPRODUCED if all(more) else UNDECIDED if any(more) else NOT
    yield Verdict("MF requires more operations than BP", verdict, f"{because}; by arithmetic, no run needed")


NETS = {"2x1000": (784,), "3x2000": (3072,), "cnn": (32, 32, 3)}
"""The paper's networks, with MNIST's or CIFAR-10's input."""


def multiplications(net: str, shape: tuple[int, ...], rule: str) -> int:
    """Multiplications of one training step, for one sample: of all products with weights, projections or the readout.

    net: by name, see `network.parse`.
    shape: of one sample.
    rule: "mf" or "bp".

    Forward, dW and, but in the lowest block, what BP sends down: each costs a layer as much as its z. MF sends nothing
    down; in each block G, dM and dG M cost n m each, with n outputs and m classes. BP has the readout's three.
    """
    built = named(net, shape)
    products = [
        block.parameters["W"].size * math.prod(block.linear.output_shape(into)[:-1])
        for block, into in zip(built.blocks, built.shapes(), strict=False)
    ]
    heads = built.widths if rule == "mf" else built.widths[-1:]
    down = 0 if rule == "mf" else sum(products[1:])
    return 2 * sum(products) + down + 3 * N_CLASSES * sum(heads)


def _both_batches(dataset: str, net: str, rows: int, rounds: int) -> list[Measurement]:
    """Rows below 60,000 (MNIST) or 50,000 (CIFAR-10) are a part of an epoch."""
    return [epoch_job(dataset, net, rows, batch, rounds) for batch in (256, None)]


EXPERIMENT = Experiment(
    "table5",
    "Table 5",
    turn=11,
    measurements={
        "quick": _both_batches("mnist", "2x1000", 2_000, 3),
        "laptop": _both_batches("mnist", "2x1000", 20_000, 11) + _both_batches("cifar10", "3x2000", 5_000, 11),
        "paper": _both_batches("mnist", "2x1000", 60_000, 11) + _both_batches("cifar10", "3x2000", 50_000, 11),
    },
    tables=tables,
    topics=(
        Topic("An epoch of MF is shorter than one of BP", epochs, chief=True),
        Topic("MF needs more operations than BP", operations),
    ),
)
