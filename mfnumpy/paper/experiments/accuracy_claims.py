"""The paper's claims about accuracy and convergence, each judged from the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mfnumpy.network import parse
from mfnumpy.paper import published
from mfnumpy.paper.experiments import convergence as figures
from mfnumpy.paper.experiments.accuracy import shared_layers
from mfnumpy.paper.runs.protocol import READINGS
from mfnumpy.paper.show.judging import (
    AS_SOON,
    MARGIN,
    NEAR,
    NOT,
    REPRODUCED,
    UNDECIDED,
    UNTESTED,
    Verdict,
    better,
    no_worse,
    reaches,
)
from mfnumpy.paper.show.statistics import Paired, paired
from mfnumpy.paper.show.tables import MISSING
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, difference


def _compared(
    claim: str, view: View, experiment: str, dataset: str, rules: tuple[str, str], judge: Callable[[list[float]], str]
) -> Verdict:
    """The verdict on a claim about two rules' accuracies, the first minus the second, by each of READINGS."""
    a, b = (view.entry(experiment, dataset, rule) for rule in rules)
    gap, lost = difference(a, b), _diverged(view, experiment, dataset, rules)
    if a is None or b is None or gap is None:
        verdict = UNDECIDED if lost else UNTESTED
        which = f"that came to their end{lost}" if lost else "in this ledger"
        return Verdict(claim, verdict, f"no runs {which}", verdict, verdict)
    reason = f"{a.rule} minus {b.rule}: {gap.text()} percentage points"
    reason += _others({at: difference(a, b, at) for at in READINGS})
    if gap.n < 2:
        reason += "; one seed decides nothing"
    if open_searches := [e.rule for e in (a, b) if e.provisional]:
        reason += f"; the search of {' and '.join(open_searches)} lacks runs"
    return Verdict(claim, *_by_reading(judge, {at: _differences(a, b, at) for at in READINGS}, reason + lost))


def _by_reading(
    judge: Callable[[list[float]], str], values: dict[str, list[float]], because: str
) -> tuple[str, str, str, str]:
    """A verdict's parts after the claim: decided at the first of READINGS, with the others beside it."""
    best, stopped, last = (judge(values[at]) for at in READINGS)
    return best, because, stopped, last


def _others(gaps: dict[str, Paired | None]) -> str:
    """What a difference is at the other two of READINGS, for a reason."""
    words = {"stopped": "as stopped", "equal_passes": "at equal passes"}
    return "".join(f"; {words[at]} {gap.text()}" for at in READINGS[1:] if (gap := gaps[at]) is not None)


def _differences(a: Entry, b: Entry, at: str) -> list[float]:
    """By seed, a's default prediction minus b's, in percentage points."""
    of_a, of_b = a.accuracy(a.modes()[0], at), b.accuracy(b.modes()[0], at)
    return [of_a[s] - of_b[s] for s in sorted(set(of_a) & set(of_b))]


def _diverged(view: View, experiment: str, dataset: str, rules: tuple[str, ...]) -> str:
    """The runs that are missing from a comparison because they diverged, for a reason; "" if there are none."""
    found = (e for e in view.entries(experiment) if e.config.dataset == dataset and e.rule in rules)
    lost = [e.lost for e in found if e.lost]
    return f"; diverged: {', '.join(lost)}" if lost else ""


def mf_against_bp(view: View) -> Iterator[Verdict]:
    """The headline, for each network and data set, and beside deep supervision."""
    longer = {"longer": "MLP in longer runs", "longer_cnn": "CNN in longer runs"}
    networks = {"table3": "MLP", "table2": "CNN"} | longer | {"table6": "MLP"}
    for experiment, what in networks.items():
        for dataset in view.datasets(experiment):
            claim = f"{what}, {dataset}: MF matches or surpasses BP"
            found = _compared(claim, view, experiment, dataset, ("mf", "bp"), no_worse)
            if found.verdict == UNTESTED and dataset in view.ledger.absent():
                found = replace(found, because="not run here: the data set's files are not on this machine")
            yield found


def mf_against_deep_supervision(view: View) -> Iterator[Verdict]:
    """Not claimed by the paper, which has no such control; but its headline needs it."""
    for experiment, what in (("table3", "MLP"), ("table2", "CNN"), ("table6", "MLP")):
        for dataset in view.datasets(experiment):
            claim = f"{what}, {dataset}: MF surpasses BP with its losses added (deep supervision)"
            found = _compared(claim, view, experiment, dataset, ("mf", "deep_supervision"), better)
            if found.verdict != UNTESTED:
                yield replace(found, claimed=False)


def paper_values(view: View) -> Iterator[Verdict]:
    """MF's accuracy, by its default prediction, at least the paper's less MARGIN."""
    for experiment in ("table2", "table3", *published.LONGER):
        for dataset in view.datasets(experiment):
            paper, entry = published.accuracy(experiment, dataset, "mf"), view.entry(experiment, dataset, "mf")
            if paper and entry:
                claim = f"{experiment}, {dataset}: MF reaches {paper.value:.2f} % ({paper.source}), less {MARGIN}"
                claim += f", in {entry.config.epochs} epochs"
                found = _reaches(claim, paper.value - MARGIN, entry)
                yield replace(found, because=found.because + _beside_bp(view, experiment, dataset))


def _reaches(claim: str, least: float, entry: Entry) -> Verdict:
    """The verdict on a claim that an entry's default prediction reaches so many per cent."""
    shown = {mode: accuracy_summary(entry, mode) for mode in entry.modes()}
    reason = "ours " + ", ".join(f"{s.text()} by {mode} prediction" for mode, s in shown.items() if s)
    if entry.config.subset is not None:
        return Verdict(claim, UNTESTED, f"{_rows(entry)}; {reason}", UNTESTED, UNTESTED)
    above = {at: [v - least for v in entry.accuracy(entry.modes()[0], at).values()] for at in READINGS}
    return Verdict(claim, *_by_reading(reaches, above, reason))


def _rows(entry: Entry) -> str:
    """On how much of its data set an entry was trained, for a reason."""
    subset = entry.config.subset
    return "trained on all rows" if subset is None else f"trained on at most {subset:,} rows"


def _beside_bp(view: View, experiment: str, dataset: str) -> str:
    """How far our BP is from the paper's: what it shares with MF's distance is not MF's doing."""
    paper, bp = published.accuracy(experiment, dataset, "bp"), view.entry(experiment, dataset, "bp")
    ours = accuracy_summary(bp, "readout")
    if paper is None or bp is None or ours is None or bp.config.subset is not None:
        return ""
    return f"; BP, under the same budget, {ours.text()}, {ours.mean - paper.value:+.2f} from the paper's BP"


def other_rules_below_bp(view: View) -> Iterator[Verdict]:
    """FF, FA and DFA do not reach BP."""
    for experiment in ("table3", "table2"):
        for dataset in view.datasets(experiment):
            for rule in ("fa", "dfa", "ff"):
                claim = f"{experiment}, {dataset}: {rule} stays below BP"
                found = _compared(claim, view, experiment, dataset, ("bp", rule), better)
                if found.verdict != UNTESTED:
                    yield found


def layers(view: View) -> Iterator[Verdict]:
    """Table 1: the lower layers do not know what is above them; the third is worse than the second."""
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
            gaps = {at: paired(second[at], third[at]) for at in READINGS}
            because = f"layer 2 minus layer 3: {gap.text() if (gap := gaps['best']) else MISSING} percentage points"
            falls = {at: [second[at][s] - third[at][s] for s in second[at]] for at in READINGS}
            claim = f"Table 1, {dataset}: layer 3 scores below layer 2"
            yield Verdict(claim, *_by_reading(better, falls, because + _others(gaps)))


def depth(view: View) -> Iterator[Verdict]:
    """Fig. 5: depth slows BP's convergence, and not MF's: the deepest net against the one of two layers."""
    for rule, claim in (("bp", "depth slows BP's convergence"), ("mf", "depth does not slow MF's convergence")):
        entries = {parse(e.config.network).depth: e for e in view.entries("fig5") if e.rule == rule and e.runs}
        if 2 not in entries or max(entries) == 2:
            yield Verdict(f"Fig. 5: {claim}", UNTESTED, "the depths to be compared are not in this ledger")
            continue
        errors = {d: figures.mean_errors(e) for d, e in sorted(entries.items())}
        shallow, deep = errors[2], errors[max(errors)]
        growth = [deep[seed] - shallow[seed] for seed in sorted(set(shallow) & set(deep))]
        verdict = better(growth) if rule == "bp" else no_worse([-g for g in growth])
        shown = ", ".join(f"{d}: {sum(v.values()) / len(v):.2f} %" for d, v in errors.items())
        gap = paired(deep, shallow)
        because = f"test error, mean over all epochs, by number of layers: {shown}; {max(errors)} minus 2: "
        because += gap.text() if gap else "–"
        if at_last := paired(*(figures.last_errors(entries[d]) for d in (max(entries), 2))):
            because += f"; in the last epoch alone {at_last.text()}"
        because += f"; {_rows(entries[2])}"
        yield Verdict(f"Fig. 5: {claim}", verdict, because)


def convergence(view: View) -> Iterator[Verdict]:
    """Fig. 4: MF needs at most AS_SOON times BP's epochs, to NEAR times the higher of their lowest mean errors."""
    by_rule = {e.rule: e for e in view.entries("fig4") if e.runs}
    if set(by_rule) < {"mf", "bp"}:
        yield Verdict("Fig. 4: MF converges about as fast as BP", UNTESTED, "no runs in this ledger")
        return
    curves = {rule: figures.test_errors(e).mean(axis=0) for rule, e in by_rule.items()}
    target = NEAR * max(curve.min() for curve in curves.values())
    reached = {rule: int((curve <= target).argmax()) + 1 for rule, curve in curves.items()}
    seeds = min(len(e.runs) for e in by_rule.values())
    verdict = UNDECIDED if seeds < 2 else REPRODUCED if reached["mf"] <= AS_SOON * reached["bp"] else NOT
    because = (
        f"a test error of {target:.2f} % is reached in epoch {reached['mf']} by MF, {reached['bp']} by BP (n {seeds}); "
        + _rows(by_rule["mf"])
    )
    yield Verdict("Fig. 4: MF converges about as fast as BP", verdict, because)
