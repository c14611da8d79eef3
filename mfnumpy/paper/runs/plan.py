"""Which training runs each table and figure needs, at each scale.

A `Cell` is one entry of a table: a data set, a network and a rule, with a search on validation data before it
(or a learning rate that the paper states), and the seeds to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mfnumpy.errors import unknown_name
from mfnumpy.network import parse
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.config import Config, Job
from mfnumpy.paper.runs.protocol import TUNING_SEED, Tuning, choose, ranked
from mfnumpy.rules import RULES

CONTROLS = ("shallow", "deep_supervision", "mf_joint")
CNN_RULES = ("mf", "bp", "fa", "dfa", *CONTROLS)
"""The rules whose CNNs the ledger has from the fast room; one that is registered later begins in the other."""
TABLE6_RULES = ("mf", "bp", "shallow", "deep_supervision")

STATED_RATE = 1e-3
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

    @property
    def searched(self) -> Config:
        """The configuration that the search is for."""
        return self.tuned_on or self.final

    def tuning_configs(self) -> list[Config]:
        """The runs of the search; none where the rate is given."""
        return [] if self.tuning is None else self.tuning.configs(self.searched)

    def tuned(self, ledger: Ledger) -> list[Record]:
        """The search's records that are in the ledger."""
        return [r for config in self.tuning_configs() for r in ledger.of(config, [TUNING_SEED])]

    def finalists(self, ledger: Ledger) -> list[Config]:
        """The runs in full, at the rates that the search likes best, which decide; [] while it goes on.

        None, too, where one rate is left: then it is chosen.
        """
        if self.tuning is None or self.tuning.finalists < 2:
            return []
        tuned = self.tuned(ledger)
        if len(tuned) < len(self.tuning.rates):
            return []
        return [self.searched.with_(lr=lr) for lr in ranked(tuned)[: self.tuning.finalists]]

    def chosen(self, ledger: Ledger) -> Config | None:
        """`final` with the chosen learning rate, or None while the search is not finished."""
        if self.tuning is None:
            return self.final
        runs, wanted = self.tuned(ledger), len(self.tuning.rates)
        if self.tuning.finalists > 1:
            runs = [r for config in self.finalists(ledger) for r in ledger.of(config, [TUNING_SEED])]
            wanted = self.tuning.finalists
        return self.final.with_(lr=choose(runs)) if len(runs) == wanted else None

    def jobs(self, ledger: Ledger) -> list[Job]:
        """The final runs, once the rate is known."""
        config = self.chosen(ledger)
        return [] if config is None else [Job(config, seed) for seed in range(self.seeds)]

    def records(self, ledger: Ledger) -> list[Record]:
        """The final runs that are in the ledger, by seed."""
        config = self.chosen(ledger)
        return [] if config is None else ledger.of(config)


@dataclass(frozen=True)
class Budget:
    """How much of a data set is run, and for how long.

    fast: the rules that are run in the fast room, see `Config`. rates_of: the budget whose search decides here as well.
    """

    dataset: str
    network: str
    epochs: int
    seeds: int
    tuning: Tuning | None = None
    subset: int | None = None
    batch_size: int = 256
    patience: int = 5
    validation: int | float = 0.1
    fast: tuple[str, ...] = ()
    rates_of: Budget | None = None

    def config(self, rule: str, network: str | None = None) -> Config:
        """The configuration for one rule; its lr is the paper's one stated value, until one is chosen."""
        return Config(
            dataset=self.dataset,
            network=network or self.network,
            rule=rule,
            lr=STATED_RATE,
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=self.patience,
            subset=self.subset,
            validation=self.validation,
            room="fast" if rule in self.fast else "rules",
        )

    def cell(self, experiment: str, rule: str, network: str | None = None) -> Cell:
        """One entry of a table."""
        tuned_on = None if self.rates_of is None else self.rates_of.config(rule, network)
        return Cell(experiment, self.config(rule, network), self.seeds, self.tuning, tuned_on)


def _of_all(rules: Sequence[str]) -> Callable[[str, Budget], Iterator[Cell]]:
    def cells(experiment: str, budget: Budget) -> Iterator[Cell]:
        """A cell for each of the rules."""
        for rule in rules:
            yield budget.cell(experiment, rule)

    return cells


def _of_every_rule(experiment: str, budget: Budget) -> Iterator[Cell]:
    """A cell for each rule that trains the network; MF and BP first, so that a ledger has them early."""
    images = parse(budget.network).images
    for name in sorted(RULES, key=lambda name: {"mf": 0, "bp": 1}.get(name, 2)):
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


def _longer(experiment: str, budget: Budget) -> Iterator[Cell]:
    """MF and BP with more passes than Table 3 gives them, or more rows; their rates are searched in the rules' room."""
    for rule in ("mf", "bp"):
        cell = budget.cell(experiment, rule)
        yield replace(cell, tuned_on=cell.final.with_(room="rules"))


DEPTHS = (1, 2, 4, 8)


def _fig5(experiment: str, budget: Budget) -> Iterator[Cell]:
    """Fig. 4's setting at several depths."""
    for depth in DEPTHS:
        yield from _fig4(experiment, replace(budget, network=parse(budget.network).of_depth(depth).name))


CELLS: dict[str, Callable[[str, Budget], Iterator[Cell]]] = {
    "table1": _table1,
    "table2": _of_every_rule,
    "table3": _of_every_rule,
    "longer": _longer,
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
    found = [cell for budget in budgets.get(experiment, []) for cell in CELLS[experiment](experiment, budget)]
    return found if seeds is None else [replace(cell, seeds=seeds) for cell in found]
