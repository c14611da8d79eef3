"""All claims of the paper with their verdicts, and what tuning on the test set would have been worth."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence

from mfnumpy.paper.experiments import registry
from mfnumpy.paper.experiments.experiment import Topic
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.show.judging import LEVEL, NOT, REPRODUCED, RULE, UNDECIDED, UNTESTED, Verdict, holm
from mfnumpy.paper.show.statistics import shown_p, summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, command


def by_topic(view: View) -> list[tuple[Topic, list[Verdict]]]:
    """All claims with their verdicts, in the order of the registry, under their topics."""
    return [(topic, list(topic.claims(view))) for experiment in registry.EXPERIMENTS for topic in experiment.topics]


def judged(view: View) -> list[Verdict]:
    """All claims with their verdicts, in the order of the registry."""
    return [v for _, found in by_topic(view) for v in found]


COLUMNS = ("claim", "verdict", "p", "p (Holm)", "as stopped", "at equal passes", "because")


def verdicts(view: View) -> Table:
    """All claims in one table."""
    return Table("verdicts", "Verdicts", COLUMNS, _rows(judged(view)), command("all", view), [RULE])


def _rows(found: Sequence[Verdict]) -> list[list[str]]:
    """A row for each verdict. Holm's correction is for as many tests as there are in found."""
    corrected = iter(holm([v.p for v in found if v.p is not None]))
    return [
        [v.claim, v.verdict, *(_ps(v.p, next(corrected)) if v.p is not None else (MISSING, MISSING))]
        + [v.as_stopped, v.at_equal_passes, v.because]
        for v in found
    ]


def topic_tables(view: View) -> list[Table]:
    """A table for each topic: where it was looked at, the verdict, what was found; the rest to be folded.

    The columns of `verdicts`, but that `because` becomes what was found, in short, and sentences below.
    """
    topics = by_topic(view)
    rows = iter(_rows([v for _, found in topics for v in found]))
    return [_of_topic(f"topic{i}", t, found, [next(rows) for _ in found], view) for i, (t, found) in enumerate(topics)]


def _of_topic(name: str, topic: Topic, found: Sequence[Verdict], rows: Sequence[Sequence[str]], view: View) -> Table:
    """rows: those of `verdicts` for what was found. Where all say the same, the title does, and places are enough."""
    parted = [row[0].rpartition(": ") for row in rows]
    same = len({what for _, _, what in parted}) == 1 and all(where for where, _, _ in parted)
    head = "where" if same else "claim"
    columns = [head, "verdict", "found", *COLUMNS[2:-1]]
    shown = [
        [where if same else row[0], row[1], _in_short(row[-1]), *row[2:-1]]
        for (where, _, _), row in zip(parted, rows, strict=True)
    ]
    folds = {BESIDE: [head, *COLUMNS[2:-1]]} if any(row[3:] != [MISSING] * 4 for row in shown) else {}
    notes = [] if any(v.claimed for v in found) else ["Not a claim of the paper, which has no such control."]
    reasons = "\n".join(f"- *{row[0]}*: {row[-1]}." for row in rows)
    return Table(name, topic.title, columns, shown, command("all", view), notes, [reasons], columns[:3], folds)


def _in_short(because: str) -> str:
    """The first of the reasons, without the p, which is not always the verdict's."""
    return re.sub(r" (\(n \d+)(?:, p [^)]*)?\)(?: percentage)? points", r" points \1)", because.split("; ")[0])


BESIDE = "The test's p, the same after Holm's correction for all tests of this page, and the verdict at other epochs:"
"""Above the columns of a topic's fold."""


def three_sentences(view: View) -> str:
    """What reproduces, what does not, what nobody can say yet: of the topics that are chief, in Markdown."""
    chief = [(topic, found) for topic, found in by_topic(view) if topic.chief and found]
    lines = []
    for words, verdict in SENTENCES:
        items = [item for topic, found in chief if (item := _item(topic, found, verdict))]
        lines.append(f"- **{words}** {'; '.join(items) or 'nothing'}.")
    return "\n".join(
        [*lines, "", "These are the chief claims, in short. All claims stand below, each with its numbers."]
    )


SENTENCES = (
    ("What reproduces:", REPRODUCED),
    ("What does not:", NOT),
    ("What nobody can say yet:", UNDECIDED),
)
LISTED = 4
"""So many places are named in a sentence; more are counted."""


def _item(topic: Topic, found: Sequence[Verdict], verdict: str) -> str:
    """A topic, with the places where this is the verdict; "" if there are none."""
    places = [v.claim.rpartition(": ")[0] for v in found if v.verdict == verdict]
    if not places:
        return ""
    title = topic.title if topic.title[1:2].isupper() else topic.title[:1].lower() + topic.title[1:]
    if len(places) == len(found):
        return title
    if len(places) > LISTED:
        return f"{title} (in {len(places)} of {len(found)} cases)"
    by_kind: dict[str, list[str]] = {}
    for place in places:
        kind, _, rest = place.partition(", ")
        by_kind.setdefault(kind, []).extend([rest] * bool(rest))
    named = "; ".join(f"{kind}: {', '.join(rest)}" if rest else kind for kind, rest in by_kind.items())
    return f"{title} ({named})"


def _ps(p: float, corrected: float) -> tuple[str, str]:
    return shown_p(p), shown_p(corrected)


def _after_holm(found: list[Verdict]) -> str:
    """How many tests there are, and what is left of the verdicts that rest on one after Holm's correction."""
    tested = [v for v in found if v.p is not None]
    decided = [v for v in tested if v.verdict in (REPRODUCED, NOT)]
    kept = [v for v, p in zip(tested, holm([v.p or 0.0 for v in tested]), strict=True) if p < LEVEL and v in decided]
    return (
        f"{len(tested)} verdicts rest on a test; {len(decided)} of these are decided with p < {LEVEL}, "
        f"{len(kept)} of them also after Holm's correction for {len(tested)} tests."
    )


def in_short(view: View) -> str:
    """How many of the paper's claims came out how, and how many stay after a correction for many tests, in Markdown.

    A claim that was looked at on several data sets counts once for each.
    """
    found = judged(view)
    claims, beside = ([v for v in found if v.claimed is claimed] for claimed in (True, False))
    lines = [f"{_counted('Of the paper, {} claims', claims)} {_counted('Beside them, {} on controls', beside)}"]
    return "\n\n".join([*lines, _after_holm(found)])


def by_epoch(view: View) -> str:
    """Which verdicts are others where the stopping rule would have stopped, and at equal passes; in Markdown."""
    found, lines = judged(view), []
    for words, read in (("As stopped", lambda v: v.as_stopped), ("At equal passes", lambda v: v.at_equal_passes)):
        other = [v.claim for v in found if read(v) not in (v.verdict, MISSING)]
        if other:
            lines.append(f"{words} the verdict is another one in {len(other)} cases: {'; '.join(other)}.")
    return "\n\n".join(lines) or "None does."


def _counted(what: str, found: list[Verdict]) -> str:
    counts = Counter(v.verdict for v in found)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (REPRODUCED, NOT, UNDECIDED, UNTESTED))
    return f"{what.format(len(found))}: {parts}."


TUNED = ("table3", "table2", "table6")


def test_tuning(view: View) -> Table | None:
    """What choosing rate and epoch by the test set, as the paper did, would have added: one row for each entry.

    "in the search": rate and epoch, in the runs of the search. "final runs": the epoch alone, mean over seeds. Beside
    it what stopping early costs, which is another thing.
    """
    rows, in_search = [], []
    for e in (entry for experiment in TUNED for entry in view.entries(experiment)):
        tuned = [r for r in e.cell.tuned(view.ledger) if not r.diverged]
        if not tuned or not e.runs or e.config.tested != "every":
            continue
        in_search.append(100 * protocol.worth_of_test_tuning(tuned))
        names = [e.config.dataset, e.config.network, e.rule]
        means = [_mean(e.runs, read) for read in (protocol.worth_of_test_epoch, protocol.cost_of_stopping)]
        rows.append([*names, f"{in_search[-1]:+.2f}", *means])
    mean = summary(in_search)
    if mean is None:
        return None
    return Table(
        "test-tuning",
        "What tuning on the test set would have added, in percentage points",
        ["data set", "network", "rule", "in the search", "final runs (n)", "stopping early costs (n)"],
        rows,
        command("all", view),
        [
            f"Mean over {mean.n} searches: {mean.mean:+.2f}. In the search: test accuracy of the rate and epoch that "
            "the test set likes best, less that of the rate and epoch that validation likes best. Final runs: the same "
            "for the epoch alone, at the chosen rate. Both look at all epochs. Stopping early costs: test accuracy at "
            "the best epoch of all on validation, less that at the epoch which the stopping rule keeps."
        ],
        first=["data set", "network", "rule", "in the search", "final runs (n)"],
        folds={"What stopping early costs:": ["data set", "network", "rule", "stopping early costs (n)"]},
    )


def _mean(runs: list[Record], read: Callable[[Record], float]) -> str:
    return f"{statistics.fmean(100 * read(r) for r in runs):+.2f} ({len(runs)})"
