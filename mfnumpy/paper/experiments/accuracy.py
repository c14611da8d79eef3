"""What stands in each table, from the ledger alone."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from mfnumpy.network import parse
from mfnumpy.paper import published
from mfnumpy.paper.experiments import longer as doubling_content
from mfnumpy.paper.experiments import memory as memory_content
from mfnumpy.paper.runs import protocol, scales
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, command, described, difference, in_parallel, spread
from mfnumpy.rules import RULES

NUMBERS = {
    "table1": "Table 1",
    "table2": "Table 2 (CNN)",
    "table3": "Table 3 (MLP)",
    "table4": "Table 4 (prediction)",
    "table5": "Table 5 (seconds per epoch)",
    "table6": "Table 6",
    "longer": "Table 3 in longer runs",
    "longer_cnn": "Table 2 in longer runs",
    "longer_shallow": doubling_content.TITLE,
}
COSTS = (
    "Seconds per epoch are as they came, on a machine that other work may have shared; Table 5 compares times. Peak MB "
    "is of a step as the rules write it, in either room."
)


def accuracy_tables(experiment: str, view: View) -> list[Table]:
    """Tables 2, 3 and 6, and longer runs of MF and BP: a table per data set, a row per rule and prediction."""
    tables = []
    for dataset in view.datasets(experiment):
        entries = sorted(
            (e for e in view.entries(experiment) if e.config.dataset == dataset), key=lambda e: RULES[e.rule].place
        )
        if not entries:
            continue
        bp = view.entry(experiment, dataset, "bp")
        rows = [row for e in entries for row in _accuracy_rows(experiment, e, bp)]
        tables.append(
            Table(
                f"{experiment}-{dataset}",
                f"{NUMBERS[experiment]}, {dataset}: test accuracy in %",
                ["rule", "prediction", "paper", "ours ± sd (n)", "difference", "against BP, same seeds"]
                + ["as stopped", "at equal passes", "rate", "epoch kept", "s/epoch", "peak MB"],
                rows,
                command(experiment, view),
                [f"Run: {described(entries[0].config)}.", *notes.rooms(entries), *notes.at_the_edge(entries)]
                + [*notes.provisional(entries), *notes.lost(entries), *notes.still_rising(entries)]
                + [*doubling_content.pointer(view, experiment, dataset), COSTS]
                + notes.keys(entries),
            )
        )
    return tables


def _accuracy_rows(experiment: str, e: Entry, bp: Entry | None) -> list[list[str]]:
    rows = []
    paper = published.accuracy(experiment, e.config.dataset, e.rule)
    for i, mode in enumerate(e.modes()):
        ours = accuracy_summary(e, mode)
        gap = MISSING if ours is None or paper is None or i > 0 else f"{ours.mean - paper.value:+.2f}"
        against = difference(e, bp) if i == 0 and e.rule != "bp" else None
        row = [e.rule, mode, MISSING if paper is None or i > 0 else f"{paper.value:.2f}"]
        row += [spread(ours) if e.runs else f"diverged ({e.diverged})", gap]
        row += [MISSING if against is None else against.text()]
        row += [spread(accuracy_summary(e, mode, reading)) for reading in protocol.READINGS[1:]]
        rows.append(row + (_costs(e) if i == 0 else [MISSING] * 4))
    return rows


def _costs(e: Entry) -> list[str]:
    """Chosen rate, mean epoch kept, median-free mean seconds of an epoch, peak bytes of a step in MB."""
    kept = summary([float(v) for v in e.values(lambda r: protocol.read_at(r)["epoch"]).values()])
    seconds = summary([s for r in e.runs for s in r.epoch_seconds])
    peak = max((r.peak_bytes or 0 for r in e.runs), default=0)
    return [
        f"{e.config.lr:g}",
        MISSING if kept is None else f"{kept.mean:.1f}",
        MISSING if seconds is None else f"{seconds.mean:.2f}",
        f"{peak / 1e6:.1f}",
    ]


LOST = "The paper's values of this table, and its data set, are lost to us."


def table1(view: View) -> list[Table]:
    """Table 1: accuracy of BP, of MF, and of each MF layer alone, in nets of 2 and 3 hidden layers."""
    tables = []
    for dataset in view.datasets("table1"):
        rows, ran = [], None
        entries = [e for e in view.entries("table1") if e.config.dataset == dataset and e.runs]
        for depth in (2, 3):
            by_rule = {e.rule: e for e in entries if parse(e.config.network).depth == depth}
            ran = ran or next(iter(by_rule.values()), None)
            readings = [_table1_rows(by_rule, reading) for reading in protocol.READINGS]
            for found in zip(*readings, strict=True):
                rows.append([found[0][0], f"{depth} hidden layers", *(value for _, value in found)])
        if ran is None:
            continue
        how = f"Run: {described(ran.config)}; the nets of 3 layers take the rate found for 2."
        tables.append(
            Table(
                f"table1-{dataset}",
                f"Table 1, {dataset}: test accuracy in %",
                ["algorithm", "total hidden layers", "ours ± sd (n)", "as stopped", "at equal passes"],
                rows,
                command("table1", view),
                [how, layers_shared(view, dataset), LOST, *notes.provisional(entries), *notes.keys(entries)],
            )
        )
    return tables


def _table1_rows(by_rule: dict[str, Entry], at: str) -> list[tuple[str, str]]:
    rows = []
    if "bp" in by_rule:
        rows.append(("BP", spread(accuracy_summary(by_rule["bp"], "readout", at))))
    if "mf" in by_rule:
        e = by_rule["mf"]
        rows.append(("MF (FF pred)", spread(accuracy_summary(e, "ff", at))))
        for i in range(e.layers()):
            rows.append((f"MF layer {i + 1}", spread(summary(list(e.layer(i, at).values())))))
    return rows


def layers_shared(view: View, dataset: str) -> str:
    """Whether layers 1 and 2 had the same losses and accuracies, to the bit, in both nets, epoch by epoch."""
    same, n = shared_layers(view, dataset)
    if n == 0:
        return "Layers 1 and 2 of both nets could not be compared yet."
    return (
        f"Layers 1 and 2 of both nets: losses and accuracies of every epoch are the same to the last bit in "
        f"{same} of {n} seeds. (Which epoch a net keeps depends on all of its layers: compare them at equal passes.)"
    )


def shared_layers(view: View, dataset: str) -> tuple[int, int]:
    """(seeds in which layers 1 and 2 agree to the bit in every epoch, seeds compared)."""
    mf = {
        parse(e.config.network).depth: e
        for e in view.entries("table1")
        if e.config.dataset == dataset and e.rule == "mf"
    }
    if set(mf) != {2, 3}:
        return 0, 0
    shallow, deep = ({r.seed: r for r in mf[depth].runs} for depth in (2, 3))
    seeds = sorted(set(shallow) & set(deep))

    def lower(history: list[dict]) -> list:
        """What layers 1 and 2 left in a history."""
        return [(e["loss"]["block1"], e["loss"]["block2"], e["val_layers"][:2], e["test_layers"][:2]) for e in history]

    return sum(lower(shallow[s].history) == lower(deep[s].history) for s in seeds), len(seeds)


def table4(view: View) -> list[Table]:
    """Table 4: time for a prediction, accuracy, parameters."""
    records = [r for m in scales.MEASUREMENTS[view.scale].get("table4", []) for r in view.ledger.of(m)]
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
    columns = ["rule", "prediction", "single ms, paper", "single ms, ours", "batch ms, paper", "batch ms, ours"]
    columns += ["accuracy %, paper", "accuracy %, ours ± sd (n)", "parameters, paper", "parameters, ours"]
    note = (
        f"Milliseconds: {values['network']}, one sample and a batch of {values['batch']} (the paper states neither its "
        f"batch nor its hardware), median of {values['rounds']} alternating rounds on the CPU. Accuracies and "
        "parameters are Table 3's."
    )
    return [
        Table(
            "table4",
            f"{NUMBERS['table4']}: time, accuracy and parameters",
            columns,
            rows,
            command("table4", view),
            [note, *notes.measured(records)],
        )
    ]


def table5(view: View) -> list[Table]:
    """Table 5: seconds per epoch of MF and BP, mini-batch and full batch, and their ratio."""
    records = [r for m in scales.MEASUREMENTS[view.scale].get("table5", []) for r in view.ledger.of(m)]
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
    told = [note, *notes.measured(records)]
    return [Table("table5", NUMBERS["table5"], columns, rows, command("table5", view), told)]


BUILDERS: dict[str, Callable[[View], list[Table]]] = {
    "table1": table1,
    "table2": lambda view: accuracy_tables("table2", view),
    "table3": lambda view: accuracy_tables("table3", view),
    "longer": lambda view: accuracy_tables("longer", view),
    "longer_cnn": lambda view: accuracy_tables("longer_cnn", view),
    "longer_shallow": doubling_content.tables,
    "table4": table4,
    "table5": table5,
    "fig3": memory_content.table,
    "table6": lambda view: accuracy_tables("table6", view),
}
"""Experiment -> its tables."""
