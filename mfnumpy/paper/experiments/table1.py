"""Table 1: BP, MF, and each MF layer alone, in nets of 2 and 3 hidden layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mfnumpy.network import parse
from mfnumpy.paper.experiments.accuracy import OTHER_EPOCHS
from mfnumpy.paper.experiments.budgets import LONG, QUICK_DIGITS, SHORT
from mfnumpy.paper.experiments.comparing import by_reading, gap_text
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.protocol import READINGS
from mfnumpy.paper.runs.plan import Budget, Cell
from mfnumpy.paper.runs.search import Tuning
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.judging import NOT, REPRODUCED, UNTESTED, Verdict, better
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import Table
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, command, described, spread


def entries(experiment: str, budget: Budget) -> list[Cell]:
    """Nets of 2 and 3 hidden layers at the same rate: only so can layers 1 and 2 be the same in both."""
    net = parse(budget.network)
    cells = []
    for rule in ("mf", "bp"):
        two = budget.cell(experiment, rule, net.of_depth(2).name)
        cells += [two, replace(two, final=two.final.with_(network=net.of_depth(3).name), tuned_on=two.final)]
    return cells


LOST = "The paper's values of this table, and its data set, are lost to us."


def tables(view: View) -> list[Table]:
    """Accuracy of BP, of MF, and of each MF layer alone, in nets of 2 and 3 hidden layers."""
    made = []
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
        made.append(
            Table(
                f"table1-{dataset}",
                f"Table 1, {dataset}: test accuracy in %",
                ["algorithm", "total hidden layers", "ours ± sd (n)", "as stopped", "at equal passes"],
                rows,
                command("table1", view),
                [layers_shared(view, dataset), *notes.provisional(entries)],
                [how, LOST, *notes.keys(entries)],
                ["algorithm", "total hidden layers", "ours ± sd (n)"],
                {OTHER_EPOCHS: ["algorithm", "total hidden layers", "as stopped", "at equal passes"]},
            )
        )
    return made


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


def layers(view: View) -> Iterator[Verdict]:
    """The lower layers do not know what is above them; the third is worse than the second."""
    for dataset in view.datasets("table1"):
        same, n = shared_layers(view, dataset)
        verdict = UNTESTED if n == 0 else REPRODUCED if same == n else NOT
        because = "no runs in this ledger" if n == 0 else f"to the last bit, every epoch, in {same} of {n} seeds"
        yield Verdict(
            f"Table 1, {dataset}: layers 1 and 2 are identical in nets of 2 and of 3 layers", verdict, because
        )
        found = [e for e in view.entries("table1") if (e.config.dataset, e.rule) == (dataset, "mf") and e.layers() == 3]
        if found:
            second, third = ({at: found[0].layer(i, at) for at in READINGS} for i in (1, 2))
            falls = {at: {s: second[at][s] - third[at][s] for s in second[at]} for at in READINGS}
            claim = f"Table 1, {dataset}: layer 3 scores below layer 2"
            yield by_reading(claim, better, falls, f"layer 2 minus layer 3: {gap_text(falls)}")


EXPERIMENT = Experiment(
    "table1",
    "Table 1",
    turn=4,
    entries=entries,
    budgets={
        "quick": [Budget("digits", "2x200", 15, 2, QUICK_DIGITS, batch_size=64)],
        "laptop": [
            Budget("mnist", "2x1000", 12, 6, SHORT, subset=12_000),
            Budget("digits", "2x200", 30, 5, Tuning(epochs=10, subset=None, finalists=2), batch_size=64),
        ],
        "paper": [Budget("mnist", "2x1000", 100, 10, LONG, patience=10)],
    },
    tables=tables,
    topics=(Topic("The first layers learn the same in a deeper net, and the last adds little", layers),),
)
