"""What `mfnumpy reproduce` is asked for: a ledger, and experiments, rules and data sets by their names."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from data_utils import find
from data_utils.registry import SOURCES
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs.plan import Cell, Plan
from mfnumpy.rules import RULES

LEDGER = Path("runs/reproduce/ledger")
"""The folder of records where no other is named; before the first run it is not there."""

OTHERS = ("all", "results", "plan", "merge")
"""What may be asked for beside experiments."""


def ledger(folder: Path, must_be_there: bool) -> Ledger:
    """The ledger in a folder.

    folder: as it was given.
    must_be_there: a new one would be of no use.
    Raises InvalidValueError for what is no folder, or not there although it must.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidValueError(f"--ledger {folder} is no folder. A ledger is a folder of records: give that folder.")
    if must_be_there and not folder.exists():
        do = "Give a folder that is there, by --ledger; the first run makes a new one."
        raise InvalidValueError(f"There is no ledger {folder}. {do}")
    return Ledger(folder)


def experiments(names: Sequence[str]) -> tuple[str, ...]:
    """The experiments asked for, in the order of their runs; () for results alone.

    names: as they were given; with "plan", what is to be planned, all of it unless another is named.
    Raises InvalidValueError for no name and for names that do not go together, UnknownNameError for one that is none.
    """
    order = registry.run_order()
    if not names:
        raise InvalidValueError(f"Say what to reproduce: {', '.join((*sorted(order), *OTHERS))}; got nothing.")
    for name in names:
        if name not in (*order, *OTHERS):
            raise unknown_name("experiment", name, (*order, *OTHERS))
    if "merge" in names:
        raise InvalidValueError(
            f"'merge' stands alone, before the folders of other ledgers; got {' '.join(names)}. "
            "Write: mfnumpy reproduce merge LEDGER..."
        )
    if "plan" in names and "results" in names:
        raise InvalidValueError(
            "'plan' says which runs are missing, and 'results' makes none: ask for one of them. "
            "What results show is planned by: mfnumpy reproduce plan all"
        )
    every = "all" in names or set(names) == {"plan"}
    return tuple(name for name in order if every or name in names)


FILTERS = {"rules": "rule", "datasets": "dataset"}
"""Option -> the field of a configuration by which it chooses runs."""


def cells(plan: Plan, wanted: Sequence[str], args: argparse.Namespace, as_written: bool) -> dict[str, list[Cell]]:
    """The entries of the experiments that have training runs: those of the rules and data sets asked for.

    plan: of the scale.
    wanted: experiments by name.
    args: with seeds, rules and datasets, the last two in the order in which they are wanted.
    as_written: all by the rules as they are written, as a GPU must.
    Raises UnknownNameError for a rule or data set that there is not, InvalidValueError for one that no run asked for
    has: a typing error must not look done.
    """
    found = {name: plan.cells(name, args.seeds) for name in wanted if name in plan.entries}
    if as_written:
        found = {name: [cell.as_written() for cell in of_one] for name, of_one in found.items()}
    for option in FILTERS:
        if (names := getattr(args, option)) is not None:
            _check(option, names, found, f"{_all_or(wanted)} at scale {plan.scale}")
            found = {name: _filtered(of_one, option, names) for name, of_one in found.items()}
    return found


def look_for_folder(found: Mapping[str, Sequence[Cell]], data_dir: str | None) -> None:
    """Raise MissingDataError where the folder of data is none: not every data set is absent then.

    found: the entries that want data.
    data_dir: as in `data_utils.load`.
    """
    for name in dict.fromkeys(cell.final.dataset for of_one in found.values() for cell in of_one):
        if SOURCES[name].files:
            find.where(SOURCES[name], data_dir)


def _check(option: str, names: Sequence[str], found: Mapping[str, Sequence[Cell]], asked_for: str) -> None:
    kind, every = ("rule", set(RULES)) if option == "rules" else ("data set", set(SOURCES))
    known = sorted({getattr(cell.final, FILTERS[option]) for of_one in found.values() for cell in of_one})
    for name in names:
        if name not in every:
            raise unknown_name(kind, name, known or every)
    if not known:
        raise InvalidValueError(f"--{option} chooses among training runs, and there are none in {asked_for}.")
    if not names:
        raise InvalidValueError(f"--{option} needs at least one name; known: {', '.join(known)}.")
    for name in names:
        if name not in known:
            raise InvalidValueError(
                f"{name!r}: no training run of that {kind} is in {asked_for}. --{option} may name {', '.join(known)}."
            )


def _all_or(wanted: Sequence[str]) -> str:
    """Experiments in few words."""
    return "all" if list(wanted) == registry.run_order() else ", ".join(wanted)


def _filtered(of_one: Sequence[Cell], option: str, names: Sequence[str]) -> list[Cell]:
    """The cells of these names, in their order; each once, however often it is named."""
    return [cell for name in dict.fromkeys(names) for cell in of_one if getattr(cell.final, FILTERS[option]) == name]
