"""docs/results.md and everything that it shows, from the ledger alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mfnumpy.comparison import plots
from mfnumpy.paper import overview, verdicts, words
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.runs.search import Tuning
from mfnumpy.paper.show.judging import RULE
from mfnumpy.paper.show.tables import MISSING, Table, folded_away
from mfnumpy.paper.show.view import View, command
from mfnumpy.support.files import atomic_write
from mfnumpy.support.threads import blas_name

PROTOCOL = """\
Every rule is treated alike. The learning rate of Adam is searched on a validation part of the training data, with the
same candidates and the same number of passes for each rule. Where the best candidate lies at the edge, the search goes
on beyond it by the same factor, about 3, until it does not, at most twice. The best two rates of the search are run in
full, and validation decides between them; the better of these runs is also the first seed's. (Where the plan below says
nothing of that, the search decides alone.) A run is left out of a search if it has a dead block, unless all have: a
block whose own validation accuracy, in the run's best epoch, is at most 1.5/m with m classes, 1.5 times chance. Rules
that give their blocks no voice are not concerned. Options that the plan names are searched in the same way, one
after the other, on validation data and at the best rate; the default stays unless another value is better: the strength
of FF's label (`label`), the factor of the blocks' first weights (`init`, for the rules whose MLP lay below `shallow` on
CIFAR-10, and for one-pass FF, which shares FF's blocks), and the factor of the feedback matrices (`feedback_scale`).

Every run makes the same number of passes. What is reported, and decides between rates and between rules, is the best
epoch of all planned passes on validation data ("ours"). Two other epochs stand beside it and decide nothing: the one
that a stopping rule keeps, once no better one has come for a fixed number of epochs, the patience ("as stopped"); and
the last one ("at equal passes"). The test part decides nothing; some runs are evaluated on it in these epochs alone.
Seeds differ in initialisation and order of samples, not in the division of the data, but for Breast Cancer: its test
part of 114 rows is drawn anew for each seed (and the rate is chosen on the first one's division). The p values are of
paired t-tests over seeds, and with two or three seeds they can show large effects only.

The paper's numbers: Table 4 and 5 and the slopes of Fig. 3 are from our copy of the paper. The means of BP and MF in
Tables 2 and 3 are from a secondary source without standard deviations, whose two tables were interchanged, as the
parameter counts show; `mfnumpy/paper/published.py` says more. All else is lost to us and shown as a dash.
"""

CONTEXT = """\
What is judged is the first version of the paper. The second (May 2026, under another title) no longer says that MF is
better than BP in general; rows that say so judge what it claims. An independent replication (Spyra and Dzwinel, arXiv
2511.01061) saw its own headline change sign once both rules had the same stopping rule. Therefore each claim on
accuracies is judged at the best epoch, as stopped and at equal passes, and beside the paper's rules stand controls that
it left out, first of all BP with a loss at every layer (deep supervision). What others found stands further down.
Lesson 13 goes through what of the paper can be reproduced at all.
"""


def tables(view: View, experiments: Sequence[str]) -> list[Table]:
    """All tables of these experiments that the ledger has something for."""
    by_name = {e.name: e for e in registry.EXPERIMENTS}
    return [table for name in experiments for table in by_name[name].tables(view)]


def save(view: View, experiments: Sequence[str], folder: Path) -> list[Path]:
    """Write tables (Markdown, CSV, LaTeX) and figures (PNG, SVG) to a folder. Returns the paths.

    view: what the ledger has.
    experiments: by name.
    folder: to write to.
    """
    paths = [path for table in tables(view, experiments) for path in table.save(folder)]
    for e in registry.EXPERIMENTS:
        if e.name in experiments and e.figure is not None and (figure := e.figure(view)) is not None:
            paths += plots.save(figure, folder / e.name)
    return paths


def results(view: View, folder: str = "results") -> str:
    """The text of results.md; figures are linked from `folder` beside it."""
    chart = [f"![{overview.described(view)}]({folder}/overview.svg)"] if overview.gaps(view) else []
    parts = [
        "# Results",
        *chart,
        verdicts.three_sentences(view),
        verdicts.in_short(view),
        "## What the words mean",
        words.WORDS.strip(),
        folded_away("The rules by their names", words.rules()),
        "## Claims, one by one",
        CONTEXT.strip(),
        *(table.page().strip() for table in verdicts.topic_tables(view) if table.rows),
        folded_away("Exactly how a verdict is found", RULE),
        folded_away("Verdicts that depend on the epoch that is read", verdicts.by_epoch(view)),
    ]
    for e in registry.EXPERIMENTS:
        shown = [table.page().strip() for table in e.tables(view)]
        if e.figure is not None and e.figure(view) is not None:
            shown.insert(0, f"![{e.title}]({folder}/{e.name}.svg)")
        if shown:
            parts += [f"## {e.title}", *shown]
    parts += ["## Protocol", PROTOCOL.strip(), budget_table(view).page().strip()]
    tuning = verdicts.test_tuning(view)
    if tuning is not None:
        parts += ["## The test set as a tuning set", tuning.page().strip()]
    parts += [
        "## What was run here",
        f"This page is made from a ledger by `mfnumpy reproduce results --scale {view.scale}`; do not edit. Each table "
        "names its records: a record's file name holds its key.",
        _what_was_run(view),
        *filter(None, [view.ledger.notes()]),
    ]
    return "\n\n".join(parts) + "\n"


def budget_table(view: View) -> Table:
    """What the scale asks for: rows, epochs, search and seeds of every experiment."""
    rows = []
    for experiment, budgets in view.plan.budgets.items():
        for b in budgets:
            search, cells = MISSING, view.plan.of_budget(experiment, b)
            if b.rates_of is not None:
                search = f"none: the rate found for {b.rates_of.epochs} epochs"
            elif b.tuning is not None:
                on = "all rows" if b.tuning.subset is None else f"at most {b.tuning.subset:,} rows"
                search = f"{', '.join(f'{r:g}' for r in b.tuning.rates)}; {b.tuning.epochs} epochs on {on}"
                if b.tuning.finalists > 1:
                    search += f"; then the best {b.tuning.finalists} in full"
                search += _options(b.tuning, [c.final.rule for c in cells])
            size = "all" if b.subset is None else f"at most {b.subset:,}"
            rows.append(
                [experiment, b.dataset, b.network, size, f"{b.epochs}", f"{b.patience}", search, _seeds(cells, b.rules)]
            )
    columns = ["for", "data set", "network", "rows of each part", "epochs", "patience"]
    columns += ["rates tried", "seeds planned"]
    note = (
        "Where the rows are fewer than the data set has, or the network is another than the paper's, the comparison "
        "between rules means something, and the accuracies themselves do not."
    )
    return Table(
        "plan",
        f"What the scale `{view.scale}` asks for",
        columns,
        rows,
        command("all", view),
        [note],
        first=columns[:5],
        folds={
            "The patience of the stopping rule, in epochs:": [*columns[:3], "patience"],
            "The seeds:": [*columns[:3], "seeds planned"],
            "The search:": [*columns[:3], columns[6]],
        },
    )


def _options(tuning: Tuning, rules: Sequence[str]) -> str:
    """The options that a search tries, of these rules."""
    named = [(o, [rule for rule in o.rules if rule in rules]) for o in tuning.options]
    return "".join(f"; {o.name} of {', '.join(own)}: {', '.join(map(str, o.values))}" for o, own in named if own)


def _seeds(cells: Sequence[Cell], rules: Sequence[str]) -> str:
    """How many seeds are planned; where rules differ, or are some of the experiment's, of which."""
    by_number: dict[int, list[str]] = {}
    for cell in cells:
        by_number.setdefault(cell.seeds, []).append(cell.final.rule)
    if len(by_number) == 1:
        return f"{cells[0].seeds}" + (f" of {', '.join(rules)}" if rules else "")
    least = min(by_number)
    return f"{least}; " + "; ".join(f"{n} of {', '.join(names)}" for n, names in by_number.items() if n > least)


def _what_was_run(view: View) -> str:
    records = view.ledger.records()
    training = [r for r in records if r.config["kind"] == "train"]
    there = [r for r in training if r.on_device]
    gpu = f", and {len(there)} more on a GPU, several at once, in {_duration(there)}" if there else ""
    lines = [
        f"{len(records) - len(there)} records, {len(training) - len(there)} of them training runs, "
        f"{_duration([r for r in records if r not in there])} of computing{gpu}; scale `{view.scale}`."
    ]
    for name in view.ledger.absent():
        lines.append(f"- `{name}`: not run here, its files are not on this machine.")
    if missing := _missing(view):
        lines.append(f"- Planned, and not run yet; `{command('all', view)}`, with this ledger, goes on with it:")
        lines += [f"    - {line}" for line in missing]
    engines = len({r.code.get("core") for r in records})
    if engines > 1:
        lines.append(
            f"- Engine: {engines} versions of its source; each record names its own (`core`), and "
            "`mfnumpy reproduce --repeat RECORD` says whether today's gives the same history."
        )
    machines = sorted({_machine(r) for r in records})
    lines += [f"- Machine: {machine}." for machine in machines]
    return "\n".join(lines)


def _missing(view: View) -> list[str]:
    """What the scale asks for and the ledger lacks, a line for each experiment and data set."""
    lines = []
    for experiment in view.plan.entries:
        for dataset in view.datasets(experiment):
            if dataset in view.ledger.absent():
                continue
            wanted = [c for c in view.plan.cells(experiment) if c.final.dataset == dataset]
            have = [(c, len(c.records(view.ledger))) for c in wanted]
            if not any(n for _, n in have):
                lines.append(f"{experiment}, {dataset}: all of it.")
            else:
                short: dict[str, list[str]] = {}
                for c, n in have:
                    if n < c.seeds:
                        short.setdefault(f"{n} of {c.seeds} seeds", []).append(f"{c.final.rule} {c.final.network}")
                got = "; ".join(f"{n} of {', '.join(names)}" for n, names in short.items())
                lines += [f"{experiment}, {dataset}: the ledger has {got}."] if short else []
    return lines


def _machine(record: Record) -> str:
    e = record.environment
    if not e:
        return "one that the record does not describe"
    on = f" on {e['device']}" if "device" in e else ""
    blas = (
        ", ".join(sorted({f"{blas_name(b)} with {b['num_threads']} threads" for b in e["blas"]}))
        or "a BLAS that it does not name"
    )
    return f"{e['platform']}, {e['cpus']} processors, NumPy {e['numpy']}, {blas}, backend {e['backend']}{on}"


def _duration(records: list[Record]) -> str:
    seconds = sum(r.seconds for r in records)
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.0f} minutes"


def save_results(view: View, out: Path) -> list[Path]:
    """Write out/results.md, and all tables and figures to out/results/. Returns the paths."""
    paths = save(view, [e.name for e in registry.EXPERIMENTS], out / "results")
    for table in (verdicts.verdicts(view), verdicts.test_tuning(view)):
        paths += [] if table is None else table.save(out / "results")
    if (chart := overview.figure(view)) is not None:
        paths += plots.save(chart, out / "results" / "overview")
    with atomic_write(out / "results.md", "w") as file:
        file.write(results(view))
    return [*paths, out / "results.md"]
