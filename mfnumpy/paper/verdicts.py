"""The paper's claims, each with a plain verdict that follows from the ledger by a rule stated here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mfnumpy.paper import figures, protocol, published
from mfnumpy.paper.statistics import Paired, Summary, summary
from mfnumpy.paper.table_content import command, shared_layers
from mfnumpy.paper.tables import Table
from mfnumpy.paper.view import Entry, View, accuracy_summary, difference

REPRODUCED, NOT, UNDECIDED, UNTESTED = "reproduced", "not reproduced", "undecided", "not tested"
RULE = (
    "Where a claim compares means: *reproduced* if the measured difference is on the claim's side, *not reproduced* if "
    "it is on the other side by more than two standard errors, *undecided* if it is on the other side by less or if "
    "there is one seed only. *Not tested*: the ledger has no run that could tell."
)


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found, and why."""

    claim: str
    verdict: str
    because: str


def by_sign(mean: float, error: float | None) -> str:
    """The rule of this file: mean >= 0 is reproduced; below, by more than two standard errors, not; else undecided.

    error: the standard error of the mean, None if there is one seed only, which decides nothing.
    """
    if error is None:
        return UNDECIDED
    if mean >= 0:
        return REPRODUCED
    return NOT if mean < -2 * error else UNDECIDED


def _standard_error(values: list[float]) -> float | None:
    s = summary(values)
    return None if s is None or s.sd is None else s.sd / math.sqrt(s.n)


def _advantage(a: Entry | None, b: Entry | None, at: str = "stopped") -> tuple[str, str]:
    """Verdict and reason for "a is at least as accurate as b"."""
    gap = difference(a, b, at)
    if a is None or b is None or gap is None:
        return UNTESTED, "no runs in this ledger"
    seeds = sorted(set(a.accuracy(a.modes()[0], at)) & set(b.accuracy(b.modes()[0], at)))
    pairs = [a.accuracy(a.modes()[0], at)[s] - b.accuracy(b.modes()[0], at)[s] for s in seeds]
    reason = f"{a.rule} minus {b.rule}: {gap.text()} percentage points"
    if len(pairs) < 2:
        reason += "; one seed decides nothing"
    return by_sign(gap.mean, _standard_error(pairs)), reason


def mf_against_bp(view: View) -> Iterator[Verdict]:
    """The headline, for each network and data set, and beside deep supervision."""
    for experiment, what in (("table3", "MLP"), ("table2", "CNN"), ("table6", "MLP")):
        for dataset in view.datasets(experiment):
            mf, bp = (view.entry(experiment, dataset, rule) for rule in ("mf", "bp"))
            verdict, reason = _advantage(mf, bp)
            if verdict == UNTESTED and dataset in view.ledger.absent():
                reason = "not run here: the data set's files are not on this machine"
            yield Verdict(f"{what}, {dataset}: MF matches or surpasses BP", verdict, reason)


def mf_against_deep_supervision(view: View) -> Iterator[Verdict]:
    """Not claimed by the paper, which has no such control; but its headline needs it."""
    for dataset in view.datasets("table3"):
        mf, deep = (view.entry("table3", dataset, rule) for rule in ("mf", "deep_supervision"))
        if mf and deep:
            verdict, reason = _advantage(mf, deep)
            yield Verdict(f"MLP, {dataset}: the gain is MF's locality, not its extra losses", verdict, reason)


def paper_values(view: View) -> Iterator[Verdict]:
    """MF's accuracy, within 0.15 percentage points below the paper's."""
    for (experiment, dataset, rule), paper in published.ACCURACY.items():
        entry = view.entry(experiment, dataset, rule)
        if rule != "mf" or entry is None:
            continue
        ours = max((s for m in entry.modes() if (s := accuracy_summary(entry, m))), key=lambda s: s.mean)
        claim = f"{experiment}, {dataset}: MF reaches {paper.value:.2f} % ({paper.source}), less 0.15"
        yield Verdict(claim, *_reaches(ours, paper.value - 0.15, entry))


def _reaches(ours: Summary, least: float, entry: Entry) -> tuple[str, str]:
    reason = f"ours {ours.text()}, in the better of both predictions"
    if entry.config.subset is not None:
        return UNTESTED, f"trained on at most {entry.config.subset:,} rows: {reason}"
    error = None if ours.sd is None else ours.sd / math.sqrt(ours.n)
    return by_sign(ours.mean - least, error), reason


def other_rules_below_bp(view: View) -> Iterator[Verdict]:
    """FF, FA and DFA do not reach BP."""
    for experiment in ("table3", "table2"):
        for dataset in view.datasets(experiment):
            bp = view.entry(experiment, dataset, "bp")
            for rule in ("fa", "dfa", "ff"):
                entry = view.entry(experiment, dataset, rule)
                if bp and entry:
                    verdict, reason = _advantage(bp, entry)
                    yield Verdict(f"{experiment}, {dataset}: {rule} stays below BP", verdict, reason)


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
            second, third = (found[0].layer(i) for i in (1, 2))
            falls = [second[s] - third[s] for s in second]
            mean = sum(falls) / len(falls)
            verdict = by_sign(mean, _standard_error(falls)) if mean != 0 else UNDECIDED
            yield Verdict(
                f"Table 1, {dataset}: layer 3 scores below layer 2",
                verdict,
                f"layer 2 minus layer 3: {mean:+.2f} percentage points (n {len(falls)})",
            )


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
    verdict = UNTESTED if not checked else NOT if wrong else REPRODUCED
    because = "; ".join(wrong) or (
        f"{checked} of {len(published.TABLE4)} rows run, each equal to the unit, without biases"
    )
    yield Verdict(
        "Table 4: parameter counts", verdict, because if checked else "no 2x1000 runs on mnist in this ledger"
    )


def depth(view: View) -> Iterator[Verdict]:
    """Fig. 5: depth slows BP, and does not slow MF."""
    for rule, claim in (("bp", "BP's error grows with depth"), ("mf", "MF's error does not grow with depth")):
        errors = figures.final_errors([e for e in view.entries("fig5") if e.rule == rule])
        if len(errors) < 2:
            yield Verdict(f"Fig. 5: {claim}", UNTESTED, "fewer than two depths in this ledger")
            continue
        base = errors.get(2, errors[min(errors)])
        change = errors[max(errors)] - base
        grows = change > 0.5  # half a percentage point: more than seeds differ by at this size
        shown = ", ".join(f"{d} layers {value:.2f} %" for d, value in sorted(errors.items()))
        verdict = REPRODUCED if grows == (rule == "bp") else NOT
        yield Verdict(f"Fig. 5: {claim}", verdict, f"test error after the last epoch: {shown}")


def convergence(view: View) -> Iterator[Verdict]:
    """Fig. 4: MF converges about as fast as BP."""
    by_rule = {e.rule: e for e in view.entries("fig4") if e.runs}
    if set(by_rule) < {"mf", "bp"}:
        yield Verdict("Fig. 4: MF converges about as fast as BP", UNTESTED, "no runs in this ledger")
        return
    curves = {rule: figures.test_errors(e).mean(axis=0) for rule, e in by_rule.items()}
    target = 1.1 * max(curve.min() for curve in curves.values())
    reached = {rule: int((curve <= target).argmax()) + 1 for rule, curve in curves.items()}
    verdict = REPRODUCED if reached["mf"] <= 1.5 * reached["bp"] else NOT
    because = f"a test error of {target:.2f} % is reached in epoch {reached['mf']} by MF, {reached['bp']} by BP"
    yield Verdict("Fig. 4: MF converges about as fast as BP", verdict, because)


CLAIMS: tuple[Callable[[View], Iterator[Verdict]], ...] = (
    mf_against_bp,
    mf_against_deep_supervision,
    paper_values,
    other_rules_below_bp,
    layers,
    parameter_counts,
    convergence,
    depth,
)


def verdicts(view: View) -> Table:
    """All claims in one table."""
    rows = [[v.claim, v.verdict, v.because] for claim in CLAIMS for v in claim(view)]
    columns = ["claim", "verdict", "because"]
    return Table("verdicts", "Verdicts", columns, rows, command("all", view), [RULE])


def test_tuning(view: View) -> Table | None:
    """What choosing rate and epoch by the test set, as the paper did, would have added: one row for each search."""
    rows, gains = [], []
    seen: set[str] = set()
    for experiment in ("table3", "table2", "table6"):
        for e in view.entries(experiment):
            tuned = [r for r in e.cell.tuned(view.ledger) if r.history]
            key = "".join(r.key for r in tuned)
            if not tuned or key in seen:
                continue
            seen.add(key)
            gain = 100 * protocol.worth_of_test_tuning(tuned)
            gains.append(gain)
            rows.append([e.config.dataset, e.config.network, e.rule, f"{gain:+.2f}"])
    if not rows:
        return None
    mean = summary(gains)
    assert mean is not None
    return Table(
        "test-tuning",
        "What tuning on the test set would have added, in percentage points",
        ["data set", "network", "rule", "gain"],
        rows,
        command("all", view),
        [
            f"Mean over {mean.n} searches: {mean.mean:+.2f}. In each search the test accuracy of the rate and epoch "
            "that the test set likes best is compared with that of the rate and epoch that validation chose."
        ],
    )


__all__ = ["Paired", "Verdict", "by_sign", "test_tuning", "verdicts"]
