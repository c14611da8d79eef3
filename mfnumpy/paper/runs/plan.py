"""Which training runs a table or figure needs, from how much of what is to be run.

A `Cell` is one entry of a table: a data set, a network and a rule, with a search on validation data before it
(or a learning rate that the paper states), and the seeds to run. A `Budget` says how much is run for some of them, a
`Plan` all that a scale asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mfnumpy import choices
from mfnumpy.errors import unknown_name
from mfnumpy.network import parse
from mfnumpy.paper.ledger.config import Config, Job, Measurement
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.search import TUNING_SEED, State, Tuning, search
from mfnumpy.rules import RULES

CONTROLS = ("shallow", "deep_supervision", "mf_joint")
CNN_RULES = ("mf", "bp", "fa", "dfa", *CONTROLS)
"""The rules whose CNNs the ledger has from the fast engine; one that is registered later begins in the reference."""

HEADLINE = ("mf", "bp", "deep_supervision")
"""The rules that the paper's headline needs: those it compares, and BP with MF's losses added."""

STATED_RATE: float = choices.LEARNING_RATE.default
"""The one learning rate that the paper states, in Fig. 4 (with batch 256)."""


@dataclass(frozen=True)
class Cell:
    """One entry of a table or figure.

    experiment: "table3", ...
    final: the configuration of its runs; with `tuning`, its lr is still to be chosen.
    seeds: how many runs, from seed 0 on.
    tuning: the search for the rate; None where it is given.
    tuned_on: the configuration whose search decides, its full runs of the best rates included; `final` itself, unless
        two entries must share their rate.
    """

    experiment: str
    final: Config
    seeds: int
    tuning: Tuning | None = None
    tuned_on: Config | None = None

    def as_written(self) -> Cell:
        """The same entry with all its runs by the rules as they are written: the only way on a GPU."""
        return replace(
            self,
            final=self.final.with_(engine="reference"),
            tuned_on=None if self.tuned_on is None else self.tuned_on.with_(engine="reference"),
            tuning=None if self.tuning is None else replace(self.tuning, engine=None),
        )

    def search(self, ledger: Ledger) -> State:
        """How far the search for its rate has come; done, with nothing to be searched, where the rate is given."""
        if self.tuning is None:
            return State([], [], [], self.final, self.final)
        return search(self.tuning, self.tuned_on or self.final, lambda config: ledger.get(Job(config, TUNING_SEED)))

    def tuned(self, ledger: Ledger) -> list[Record]:
        """The search's records that are in the ledger."""
        searched = self.search(ledger).searched
        return [r for config in searched for r in ledger.of(config, [TUNING_SEED])]

    def chosen(self, ledger: Ledger) -> Config | None:
        """`final` with the chosen rate and options, or None while the search is not finished."""
        return self.of(self.search(ledger).chosen)

    def shown(self, ledger: Ledger) -> Config | None:
        """What tables read: `chosen`, or while a search goes on that has its first candidates, what it says so far."""
        return self.of(self.search(ledger).so_far)

    def of(self, found: Config | None) -> Config | None:
        """`final` with what a search found; None of none."""
        return None if found is None else self.final.tuned_as(found)

    def jobs(self, ledger: Ledger) -> list[Job]:
        """The final runs, once the rate is known."""
        config = self.chosen(ledger)
        return [] if config is None else [Job(config, seed) for seed in range(self.seeds)]

    def records(self, ledger: Ledger) -> list[Record]:
        """The final runs that are in the ledger, by seed, of what is shown."""
        config = self.shown(ledger)
        return [] if config is None else ledger.of(config)


@dataclass(frozen=True)
class Budget:
    """How much of a data set is run, and for how long.

    dataset, network, epochs, subset, batch_size, patience, validation, split, tested: as in `Config`.
    seeds: how many, from 0 on.
    headline: how many of the rules of HEADLINE, if more.
    tuning: the search for the rate; None where it is given.
    rates_of: the budget whose search decides here as well.
    rules: of which entries are made; () for all that the experiment has.
    fast: the rules that go through the fast engine.
    until: a smaller budget, which is shown as long as this one has no runs of both MF and BP.
    """

    dataset: str
    network: str
    epochs: int
    seeds: int
    tuning: Tuning | None = None
    subset: int | None = None
    batch_size: int = choices.BATCH_SIZE.default
    patience: int = choices.PATIENCE.of("reproduce")
    validation: int | float = choices.VALIDATION.value
    fast: tuple[str, ...] = ()
    rates_of: Budget | None = None
    headline: int = 0
    rules: tuple[str, ...] = ()
    tested: str = "every"
    split: int | str = 0
    until: Budget | None = None

    def config(self, rule: str, network: str | None = None) -> Config:
        """The configuration for one rule; its lr is the paper's one stated value, until one is chosen."""
        return Config(
            dataset=self.dataset,
            network=network or self.network,
            rule=rule,
            options=RULES[rule].options_for(self.dataset),
            lr=STATED_RATE,
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=self.patience,
            subset=self.subset,
            validation=self.validation,
            split=self.split,
            engine="fast" if rule in self.fast else "reference",
            tested=self.tested,
        )

    def cell(self, experiment: str, rule: str, network: str | None = None) -> Cell:
        """One entry of a table.

        experiment: by name.
        rule: by name.
        network: by name, None for the budget's own.
        """
        tuned_on = None if self.rates_of is None else self.rates_of.config(rule, network)
        seeds = max(self.seeds, self.headline if rule in HEADLINE else 0)
        return Cell(experiment, self.config(rule, network), seeds, self.tuning, tuned_on)


Entries = Callable[[str, Budget], Iterable[Cell]]
"""How an experiment's cells follow from its name and a budget."""


def of_rules(*rules: str) -> Entries:
    """A cell for each of these rules, or of those that the budget names."""
    return lambda experiment, budget: [budget.cell(experiment, rule) for rule in budget.rules or rules]


def of_every_rule(experiment: str, budget: Budget) -> list[Cell]:
    """A cell for each rule that trains the network; MF and BP first, so that a ledger has them early."""
    images = parse(budget.network).images
    names = budget.rules or sorted(RULES, key=lambda name: {"mf": 0, "bp": 1}.get(name, 2))
    return [budget.cell(experiment, name) for name in names if RULES[name].images or not images]


def at_the_stated_rate(experiment: str, budget: Budget) -> list[Cell]:
    """Fig. 4's stated setting: MF and BP by Adam, learning rate 0.001, constant."""
    cells = [budget.cell(experiment, rule) for rule in ("mf", "bp")]
    return [replace(cell, final=cell.final.with_(decay="constant"), tuning=None) for cell in cells]


@dataclass(frozen=True)
class Plan:
    """All that a scale asks for.

    scale: by name.
    budgets: of each experiment.
    entries: how the cells of each experiment follow from a budget.
    measurements: of each experiment.
    """

    scale: str
    budgets: Mapping[str, Sequence[Budget]]
    entries: Mapping[str, Entries]
    measurements: Mapping[str, Sequence[Measurement]]

    def cells(self, experiment: str, seeds: int | None = None) -> list[Cell]:
        """All entries of an experiment. seeds: in place of the scale's own number.

        Raises UnknownNameError for an experiment that has no training runs.
        """
        if experiment not in self.entries:
            raise unknown_name("experiment with training runs", experiment, self.entries)
        found = [cell for budget in self.budgets.get(experiment, ()) for cell in self.of_budget(experiment, budget)]
        return found if seeds is None else [replace(cell, seeds=seeds) for cell in found]

    def of_budget(self, experiment: str, budget: Budget) -> list[Cell]:
        """The entries of an experiment that one budget asks for."""
        return list(self.entries[experiment](experiment, budget))
