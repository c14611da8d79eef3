"""The search of a learning rate, and of a rule's options, on validation data: the same for every rule.

It is deterministic: what is to be run next follows from the records that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.protocol import best_first
from mfnumpy.paper.ledger.record import Record

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2)
"""The candidates for Adam's learning rate, unless a budget says otherwise."""

LADDER = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
"""All rates that a search may come to, each about three times the one before."""

BEYOND = 2
"""How many rates a search may add to its candidates, where the best one lies at their edge."""

TUNING_SEED = 0

Found = Callable[[Config], Record | None]
"""A configuration -> its record of the search's seed, or None where it is not there yet."""


@dataclass(frozen=True)
class Option:
    """An option that is searched as the rate is.

    name: of the rule's option; or "init", the factor of the network's first weights.
    values: beside the default.
    rules: for which it is searched.
    """

    name: str
    values: tuple[Any, ...]
    rules: tuple[str, ...]

    def given(self, config: Config, value: Any) -> Config:
        """The configuration with this value of the option."""
        if self.name == "init":
            return config.with_(init=value)
        return config.with_(options=config.options | {self.name: value})


@dataclass(frozen=True)
class Tuning:
    """The budget of the search, equal for all rules.

    epochs: of each candidate's run.
    subset: training rows of it, at most; None for those of the run that it is for.
    rates: of these the best is found first; where it lies at their edge, the search goes on beyond it, by BEYOND rates
        at most.
    finalists: how many of the rates, the best of this search, are then run in full, so that these runs decide: a search
        much shorter than the run that it is for prefers rates that are too high for it.
    options: one after the other, each value is tried at the best rate, and the default stays unless a value is better.
    engine: of the search's own runs; None for that of the run that it is for.
    """

    epochs: int
    subset: int | None
    rates: tuple[float, ...] = LEARNING_RATES
    finalists: int = 1
    options: tuple[Option, ...] = ()
    engine: str | None = None


@dataclass(frozen=True)
class State:
    """How far a search has come.

    searched: its runs, as far as they are known.
    finalists: runs in full, [] while the search goes on, and where one rate is left.
    missing: those of both that are to be made next.
    chosen: the configuration that came out, None while anything is missing.
    so_far: what would come out if the search ended here, None while a rate of its first candidates is missing.
    later: runs of options that come after what is missing, for their cost; they start from what it brings.
    """

    searched: list[Config]
    finalists: list[Config]
    missing: list[Config]
    chosen: Config | None
    so_far: Config | None
    later: list[Config] = field(default_factory=list)


def search(tuning: Tuning, final: Config, found: Found) -> State:
    """Where the search for a final configuration stands.

    tuning: what is searched, and how.
    final: the configuration that the rate is for; its own rate is not read.
    found: gives the records that are there.
    """
    found, base = _remembered(found), _small(tuning, final)
    searched = [base.with_(lr=lr) for lr in _rates(tuning, base, found)]
    missing = _missing(searched, found)
    options = [option for option in tuning.options if final.rule in option.rules]
    later = [option.given(base, value) for option in options for value in option.values]
    if len(missing) > max(0, len(searched) - len(tuning.rates)):
        return State(searched, [], missing, None, None, later)
    ranking = [Config.of(r.config) for r in best_first(_records(searched, found))]
    best = ranking[0]
    for option in [] if missing else options:
        candidates = [best, *(option.given(best, value) for value in option.values)]
        searched, later = searched + candidates[1:], later[len(option.values) :]
        if missing := _missing(candidates, found):
            break
        best = Config.of(best_first(_records(candidates, found))[0].config)
    finalists = [final.tuned_as(best).with_(lr=c.lr) for c in ranking[: tuning.finalists]]
    decided = best_first(_records(finalists, found)) if tuning.finalists > 1 else []
    so_far = Config.of(decided[0].config) if decided else finalists[0]
    if missing or tuning.finalists < 2:
        return State(searched, [], missing, None if missing else so_far, so_far, later)
    missing = _missing(finalists, found)
    return State(searched, finalists, missing, None if missing else so_far, so_far)


def _remembered(found: Found) -> Found:
    """The same, asked once for each configuration."""
    known: dict[str, Record | None] = {}

    def ask(config: Config) -> Record | None:
        """The record, from the first answer."""
        name = f"{config.lr!r} {config.epochs} {config.subset} {config.engine} {config.options} {config.init!r}"
        if name not in known:
            known[name] = found(config)
        return known[name]

    return ask


def _small(tuning: Tuning, final: Config) -> Config:
    """A run of the search: the final one's, on fewer rows and for fewer epochs."""
    subset = tuning.subset
    if final.subset is not None:
        subset = final.subset if subset is None else min(subset, final.subset)
    return final.with_(epochs=tuning.epochs, subset=subset, engine=tuning.engine or final.engine)


def _rates(tuning: Tuning, base: Config, found: Found) -> tuple[float, ...]:
    """The candidates as far as they are known: with what lies beyond the edge, as soon as the best is there."""
    rates = tuning.rates
    for _ in range(BEYOND if len(rates) > 1 else 0):
        records = _records([base.with_(lr=lr) for lr in rates], found)
        if len(records) < len(rates):
            break
        rates = beyond(rates, best_first(records)[0].config["lr"])
    return rates


def beyond(rates: tuple[float, ...], best: float) -> tuple[float, ...]:
    """The rates and the next of LADDER, if the best one is the smallest or the largest of them; else as they are."""
    if best == max(rates):
        return (*rates, *[rate for rate in LADDER if rate > best][:1])
    if best == min(rates):
        return (*[rate for rate in LADDER if rate < best][-1:], *rates)
    return rates


def _records(configs: Sequence[Config], found: Found) -> list[Record]:
    return [record for config in configs if (record := found(config)) is not None]


def _missing(configs: Sequence[Config], found: Found) -> list[Config]:
    return [config for config in configs if found(config) is None]
