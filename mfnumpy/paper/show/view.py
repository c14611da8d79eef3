"""How tables, figures and verdicts read the ledger: one object for a scale and its records."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_utils.raw import HOLD_OUT
from mfnumpy import rules
from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.protocol import READINGS, read_at
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.forecast import Costs
from mfnumpy.paper.runs.plan import Budget, Cell, Plan
from mfnumpy.paper.show.statistics import Paired, Summary, paired, summary
from mfnumpy.paper.show.tables import MISSING


@dataclass(frozen=True)
class Entry:
    """A cell with its finished runs.

    cell: of the plan.
    config: of the runs, with the rate that was chosen.
    runs: those that came to their end, by seed.
    diverged: how many did not.
    searched: the rates of its search.
    in_full: those of them that were then run in full, where there are several.
    provisional: whether that search still lacks a run, so that another rate may win.
    """

    cell: Cell
    config: Config
    runs: list[Record]
    diverged: int
    searched: tuple[float, ...] = ()
    in_full: tuple[float, ...] = ()
    provisional: bool = False

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.config.rule

    @property
    def overlap(self) -> float:
        """Test rows over the others where each seed divides the data anew, 0 with one test part: see `paired`."""
        return HOLD_OUT / (1 - HOLD_OUT) if self.config.split == "seed" else 0.0

    @property
    def settled(self) -> bool:
        """Whether it can be judged: two seeds at least, at a rate that no missing run of the search can change."""
        return len(self.runs) > 1 and not self.provisional

    @property
    def lost(self) -> str:
        """The runs that diverged, for a sentence: "mf 1 of 3"; "" if there are none."""
        return f"{self.rule} {self.diverged} of {self.diverged + len(self.runs)}" if self.diverged else ""

    def modes(self) -> tuple[str, ...]:
        """The rule's prediction modes, the default first."""
        return rules.RULES[self.rule].predictions

    def values(self, read: Callable[[Record], float | None]) -> dict[int, float]:
        """Seed -> value, of the runs that have it."""
        return {r.seed: value for r in self.runs if (value := read(r)) is not None}

    def accuracy(self, mode: str, at: str = READINGS[0]) -> dict[int, float]:
        """Seed -> test accuracy in per cent; at: one of READINGS."""
        return self.values(lambda r: 100 * read_at(r, at)["test_accuracy"][mode])

    def layer(self, i: int, at: str = READINGS[0]) -> dict[int, float]:
        """Seed -> test accuracy of block i alone, in per cent."""
        return self.values(lambda r: 100 * read_at(r, at)["test_layers"][i])

    def layers(self) -> int:
        """How many blocks have scores of their own."""
        return len(self.runs[0].result["stopped"]["test_layers"]) if self.runs else 0


class View:
    """The entries of one scale, as far as the ledger has them."""

    def __init__(self, ledger: Ledger, plan: Plan):
        self.ledger, self.plan, self.scale = ledger, plan, plan.scale
        self._entries: dict[str, list[Entry]] = {}

    @functools.cached_property
    def costs(self) -> Costs:
        """What runs take, by the records that are here."""
        return Costs(self.ledger.records())

    def entries(self, experiment: str) -> list[Entry]:
        """All entries with at least one finished run, in the plan's order."""
        if experiment not in self._entries:
            self._entries[experiment] = [
                entry
                for budget in self.plan.budgets.get(experiment, ())
                for entry in self._of_budget(experiment, budget)
            ]
        return self._entries[experiment]

    def _of_budget(self, experiment: str, budget: Budget) -> list[Entry]:
        found = []
        for cell in self.plan.of_budget(experiment, budget):
            state = cell.search(self.ledger)
            config = cell.of(state.so_far)
            records = [] if config is None else self.ledger.of(config)
            if config is not None and records:
                runs = [r for r in records if not r.diverged]
                rates, finalists = (tuple(c.lr for c in configs) for configs in (state.searched, state.finalists))
                diverged = len(records) - len(runs)
                found.append(Entry(cell, config, runs, diverged, rates, finalists, state.chosen is None))
        if budget.until is not None and not {"mf", "bp"} <= {e.rule for e in found if e.settled}:
            smaller = self._of_budget(experiment, budget.until)
            if {"mf", "bp"} <= {e.rule for e in smaller if e.runs} or not any(e.runs for e in found):
                return smaller
        return found

    def entry(self, experiment: str, dataset: str, rule: str, network: str | None = None) -> Entry | None:
        """One entry with runs, or None.

        experiment: by name.
        dataset: by name.
        rule: by name.
        network: by name, None for any.
        """
        for e in self.entries(experiment):
            if e.config.dataset == dataset and e.rule == rule and network in (None, e.config.network) and e.runs:
                return e
        return None

    def measured(self, experiment: str) -> list[Record]:
        """The measurements of an experiment that the ledger has."""
        return [r for m in self.plan.measurements.get(experiment, ()) for r in self.ledger.of(m)]

    def datasets(self, experiment: str) -> list[str]:
        """The data sets that the scale wants, whether they were run or not."""
        return list(dict.fromkeys(b.dataset for b in self.plan.budgets.get(experiment, ())))


def accuracy_summary(entry: Entry | None, mode: str, at: str = READINGS[0]) -> Summary | None:
    """Mean, sd and n of the test accuracy in per cent; None without an entry.

    entry: from `View.entry`.
    mode: one of the rule's predictions.
    at: one of READINGS.
    """
    return None if entry is None else summary(list(entry.accuracy(mode, at).values()))


def difference(a: Entry | None, b: Entry | None, at: str = READINGS[0]) -> Paired | None:
    """a's default prediction minus b's, in percentage points, paired by seed; None where an entry is missing.

    a, b: from `View.entry`.
    at: one of READINGS.
    """
    if a is None or b is None:
        return None
    return paired(a.accuracy(a.modes()[0], at), b.accuracy(b.modes()[0], at), a.overlap)


def described(config: Config) -> str:
    """What was run, in words: everything of a configuration but rule and rate."""
    size = "all rows" if config.subset is None else f"at most {config.subset:,} rows of each part"
    rate = "constant rate" if config.decay == "constant" else f"{config.decay} decay of the rate"
    batch = "full batch" if config.batch_size is None else f"batch {config.batch_size}"
    anew = "" if config.split != "seed" else ", divided anew for each seed"
    return f"{config.dataset}, {config.network}, {size}, {config.epochs} epochs, {batch}, {rate}{anew}"


def in_parallel(record: Record) -> str:
    """On what a timing of layers in parallel ran, and the others of its contestants, in words."""
    threads = max((library["num_threads"] for library in record.environment.get("blas", [])), default=None)
    others = "BP on as many as the matrix library takes" if threads is None else f"BP on {threads}"
    return f"MF's layers on {record.environment.get('cpus', 'all')} threads, {others}"


def spread(value: Any) -> str:
    """A Summary as text, or a dash."""
    return MISSING if value is None else value.text()


def command(experiment: str, view: View) -> str:
    """What makes an experiment's tables and figures again."""
    return f"mfnumpy reproduce {experiment} --scale {view.scale}"


def signed(fig: Any, text: str, experiment: str, view: View) -> Any:
    """A figure, with what it shows written under it and, on a line of its own, the command that made it.

    fig: the figure; it is changed.
    text: what it shows.
    experiment: by name.
    view: gives the scale, for the command.
    """
    made_by = f"Made by: {command(experiment, view)}"
    fig.supxlabel(f"{text}\n{made_by}", fontsize=8, color="#555555", x=0.01, ha="left")
    return fig
