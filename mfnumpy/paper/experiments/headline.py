"""What the paper says of accuracies across its tables: MF against BP, deep supervision and FF; other rules against BP.

Each claim is judged once for a network and a data set, at the largest budget that has runs of both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mfnumpy.paper import published
from mfnumpy.paper.experiments import varied
from mfnumpy.paper.experiments.comparing import (
    CNN,
    MLP,
    by_reading,
    compare,
    datasets,
    differences,
    gap_text,
    largest,
    open_searches,
    rows_of,
    wanting,
)
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.ledger.protocol import READINGS
from mfnumpy.paper.show.judging import MARGIN, UNTESTED, Verdict, better, no_worse, reaches
from mfnumpy.paper.show.view import Entry, View, accuracy_summary

NETWORKS = (("MLP", MLP), ("CNN", CNN), ("MLP", ("table6",)))
"""Kind of network, and the experiments that have it."""


def mf_against_bp(view: View) -> Iterator[Verdict]:
    """The headline, by MF's default prediction, the sum over its blocks."""
    return _against_bp(view, "MF", None)


def last_block_against_bp(view: View) -> Iterator[Verdict]:
    """The headline, by MF's last block alone."""
    return _against_bp(view, "MF (BP pred)", "bp")


def _against_bp(view: View, name: str, mode: str | None) -> Iterator[Verdict]:
    for what, where in NETWORKS:
        for dataset in datasets(view, where):
            claim = f"{what}, {dataset}: {name} matches or surpasses BP"
            found = compare(view, claim, where, dataset, ("mf", "bp"), no_worse, mode)
            if found.verdict == UNTESTED and dataset in view.ledger.absent():
                found = replace(found, because="not run here: the data set's files are not on this machine")
            yield replace(found, because=found.because + wanting(view, where, dataset, ("mf", "bp")))


def mf_against_deep_supervision(view: View) -> Iterator[Verdict]:
    """Not claimed by the paper, which has no such control; but its headline needs it."""
    for what, where in NETWORKS:
        for dataset in datasets(view, where):
            claim = f"{what}, {dataset}: MF surpasses BP with its losses added (deep supervision)"
            found = compare(view, claim, where, dataset, ("mf", "deep_supervision"), better)
            if found.verdict != UNTESTED:
                yield replace(found, claimed=False)


def paper_values(view: View) -> Iterator[Verdict]:
    """MF's accuracy, by its default prediction, at least the paper's less MARGIN."""
    for what, where in NETWORKS[:2]:
        for dataset in datasets(view, where):
            paper, found = published.accuracy(where[0], dataset, "mf"), largest(view, where, dataset, ("mf",))
            if paper and found:
                claim = f"{what}, {dataset}: MF reaches {paper.value:.2f} % ({paper.source}), less {MARGIN}"
                reached = _reaches(claim, paper.value - MARGIN, found[0])
                bp = largest(view, where, dataset, ("mf", "bp"))
                lacking = wanting(view, where, dataset, ("mf", "bp"))
                more = _beside_bp(where[0], found[0], bp) + varied.pointer(view, found[0]) + lacking
                yield replace(reached, because=reached.because + more)


def _reaches(claim: str, least: float, entry: Entry) -> Verdict:
    """The verdict on a claim that an entry's default prediction reaches so many per cent."""
    shown = {mode: accuracy_summary(entry, mode) for mode in entry.modes()}
    reason = "ours " + ", ".join(f"{s.text()} by {mode} prediction" for mode, s in shown.items() if s)
    reason = f"{reason}; {rows_of(entry)}, {entry.config.epochs} epochs{open_searches([entry])}"
    if entry.config.subset is not None:
        return Verdict(claim, UNTESTED, reason, UNTESTED, UNTESTED)
    above = {at: {s: v - least for s, v in entry.accuracy(entry.modes()[0], at).items()} for at in READINGS}
    return by_reading(claim, reaches, above, reason)


def _beside_bp(table: str, mf: Entry, both: list[Entry] | None) -> str:
    """How far our BP is from the paper's: what it shares with MF's distance is not MF's doing."""
    if both is None or both[0] is not mf or both[1].config.subset is not None:
        return ""
    paper, ours = published.accuracy(table, mf.config.dataset, "bp"), accuracy_summary(both[1], "readout")
    if paper is None or ours is None:
        return ""
    return f"; BP, under the same budget, {ours.text()}, {ours.mean - paper.value:+.2f} from the paper's BP"


def other_rules_below_bp(view: View) -> Iterator[Verdict]:
    """FF, FA and DFA do not reach BP."""
    for what, where in NETWORKS[:2]:
        for dataset in datasets(view, where):
            for rule in ("fa", "dfa", "ff"):
                found = compare(view, f"{what}, {dataset}: {rule} stays below BP", where, dataset, ("bp", rule), better)
                if found.verdict != UNTESTED:
                    yield found


def mf_against_ff(view: View) -> Iterator[Verdict]:
    """MF is above FF, which the second version still claims."""
    for dataset in datasets(view, MLP):
        claim = f"MLP, {dataset}: MF surpasses FF (the second version's claim)"
        found = compare(view, claim, MLP, dataset, ("mf", "ff"), better)
        if found.verdict != UNTESTED:
            yield found


def one_pass_ff(view: View) -> Iterator[Verdict]:
    """One-pass FF pays for its speed, in Table 4 on MNIST."""
    for dataset in datasets(view, MLP):
        claim = f"MLP, {dataset}: one-pass FF costs accuracy, beside FF"
        found = compare(view, claim, MLP, dataset, ("ff", "ff_one_pass"), better)
        if found.verdict != UNTESTED:
            yield replace(found, claimed=dataset == "mnist")


def larger_on_cnns(view: View) -> Iterator[Verdict]:
    """MF's advantage over BP is larger on CNNs than on MLPs: the difference of the differences, by seed."""
    for dataset in datasets(view, CNN):
        claim = f"{dataset}: MF's advantage over BP is larger on the CNN than on the MLP"
        cnn, mlp = (largest(view, where, dataset, ("mf", "bp")) for where in (CNN, MLP))
        lacking = "".join(wanting(view, where, dataset, ("mf", "bp"), f" of the {of}") for of, where in NETWORKS[1::-1])
        if cnn is None or mlp is None:
            yield Verdict(claim, UNTESTED, f"no runs of both in this ledger{lacking}", UNTESTED, UNTESTED)
            continue
        gaps = {}
        for at in READINGS:
            on_cnn, on_mlp = differences(cnn[0], cnn[1], at), differences(mlp[0], mlp[1], at)
            gaps[at] = {seed: on_cnn[seed] - on_mlp[seed] for seed in sorted(set(on_cnn) & set(on_mlp))}
        because = f"by so much more on the CNN: {gap_text(gaps)}; CNN {rows_of(cnn[0])}, MLP {rows_of(mlp[0])}"
        yield by_reading(claim, better, gaps, because + open_searches([*cnn, *mlp]) + lacking)


EXPERIMENT = Experiment(
    "headline",
    "Headline",
    topics=(
        Topic("MF is as accurate as BP", mf_against_bp, chief=True),
        Topic("So is MF's last block alone (BP pred)", last_block_against_bp),
        Topic("MF is more accurate than BP with a loss at every layer", mf_against_deep_supervision, chief=True),
        Topic("MF reaches the accuracy that the paper prints", paper_values, chief=True),
        Topic("FA, DFA and FF stay below BP", other_rules_below_bp),
        Topic("MF is more accurate than FF", mf_against_ff),
        Topic("One-pass FF is less accurate than FF", one_pass_ff),
        Topic("MF's gain over BP is larger on CNNs than on MLPs", larger_on_cnns),
    ),
)
