"""Which training runs each table and figure needs, at each scale.

A `Cell` is one entry of a table: a data set, a network and a rule, with a search on validation data before it
(or a learning rate that the paper states), and the seeds to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mfnumpy import choices
from mfnumpy.errors import unknown_name
from mfnumpy.network import parse
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.config import Config, Job
from mfnumpy.paper.runs.search import TUNING_SEED, State, Tuning, search
from mfnumpy.rules import RULES

CONTROLS = ("shallow", "deep_supervision", "mf_joint")
CNN_RULES = ("mf", "bp", "fa", "dfa", *CONTROLS)
"""The rules whose CNNs the ledger has from the fast room; one that is registered later begins in the other."""

HEADLINE = ("mf", "bp", "deep_supervision")
"""The rules that the paper's headline needs: those it compares, and BP with MF's losses added."""

TABLE6_RULES = ("mf", "bp", "shallow", "deep_supervision")

STATED_RATE: float = choices.LEARNING_RATE.default
"""The one learning rate that the paper states, in Fig. 4 (with batch 256)."""


@dataclass(frozen=True)
class Cell:
    """One entry of a table or figure.

    experiment: "table3", ... final: the configuration of its runs; with `tuning`, its lr is still to be chosen.
    tuned_on: the configuration whose search decides, its full runs of the best rates included; `final` itself, unless
    two entries must share their rate.
    """

    experiment: str
    final: Config
    seeds: int
    tuning: Tuning | None = None
    tuned_on: Config | None = None

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
        return self._as(self.search(ledger).chosen)

    def shown(self, ledger: Ledger) -> Config | None:
        """What tables read: `chosen`, or while a search goes on that has its first candidates, what it says so far."""
        return self._as(self.search(ledger).so_far)

    def _as(self, found: Config | None) -> Config | None:
        """`final` with a search's rate and options."""
        return None if found is None else self.final.with_(lr=found.lr, options=found.options)

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
    seeds: how many, from 0 on; headline: of the rules of HEADLINE, if more.
    tuning: the search for the rate; None where it is given. rates_of: the budget whose search decides here as well.
    rules: of which entries are made; () for all that the experiment has. fast: those that go through the fast room.
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
    split: int = 0
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
            room="fast" if rule in self.fast else "rules",
            tested=self.tested,
        )

    def cell(self, experiment: str, rule: str, network: str | None = None) -> Cell:
        """One entry of a table."""
        tuned_on = None if self.rates_of is None else self.rates_of.config(rule, network)
        seeds = max(self.seeds, self.headline if rule in HEADLINE else 0)
        return Cell(experiment, self.config(rule, network), seeds, self.tuning, tuned_on)


def _of_all(rules: Sequence[str]) -> Callable[[str, Budget], Iterator[Cell]]:
    def cells(experiment: str, budget: Budget) -> Iterator[Cell]:
        """A cell for each of the rules."""
        for rule in budget.rules or rules:
            yield budget.cell(experiment, rule)

    return cells


def _of_every_rule(experiment: str, budget: Budget) -> Iterator[Cell]:
    """A cell for each rule that trains the network; MF and BP first, so that a ledger has them early."""
    images = parse(budget.network).images
    for name in budget.rules or sorted(RULES, key=lambda name: {"mf": 0, "bp": 1}.get(name, 2)):
        if RULES[name].images or not images:
            yield budget.cell(experiment, name)


def _table1(experiment: str, budget: Budget) -> Iterator[Cell]:
    """Nets of 2 and 3 hidden layers at the same rate: only so can layers 1 and 2 be the same in both."""
    net = parse(budget.network)
    for rule in ("mf", "bp"):
        two = budget.cell(experiment, rule, net.of_depth(2).name)
        yield two
        yield replace(two, final=two.final.with_(network=net.of_depth(3).name), tuned_on=two.final)


def _fig4(experiment: str, budget: Budget) -> Iterator[Cell]:
    """The paper's stated setting: Adam, learning rate 0.001, constant."""
    for rule in ("mf", "bp"):
        cell = budget.cell(experiment, rule)
        yield replace(cell, final=cell.final.with_(decay="constant"), tuning=None)


DEPTHS = (1, 2, 4, 8)


def _fig5(experiment: str, budget: Budget) -> Iterator[Cell]:
    """Fig. 4's setting at several depths."""
    for depth in DEPTHS:
        yield from _fig4(experiment, replace(budget, network=parse(budget.network).of_depth(depth).name))


CELLS: dict[str, Callable[[str, Budget], Iterator[Cell]]] = {
    "table1": _table1,
    "table2": _of_every_rule,
    "table3": _of_every_rule,
    "longer": _of_all(("mf", "bp")),
    "longer_cnn": _of_all(("mf", "bp")),
    "longer_shallow": _of_all(("shallow",)),
    "table6": _of_all(TABLE6_RULES),
    "fig4": _fig4,
    "fig5": _fig5,
}
"""How an experiment's cells follow from a budget."""


def cells(experiment: str, budgets: dict[str, list[Budget]], seeds: int | None = None) -> list[Cell]:
    """All entries of an experiment. budgets: a scale, see `scales`. seeds: in place of the scale's own number.

    Raises UnknownNameError for an experiment that has no training runs.
    """
    if experiment not in CELLS:
        raise unknown_name("experiment with training runs", experiment, CELLS)
    found = [cell for budget in budgets.get(experiment, []) for cell in of_budget(experiment, budget)]
    return found if seeds is None else [replace(cell, seeds=seeds) for cell in found]


def of_budget(experiment: str, budget: Budget) -> list[Cell]:
    """The entries of an experiment that one budget asks for."""
    return list(CELLS[experiment](experiment, budget))
