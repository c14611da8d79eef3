"""Regenerate the paper's tables and figures: make the runs that are missing, then show what the ledger holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from mfnumpy.errors import InvalidValueError
from mfnumpy.optional import require
from mfnumpy.paper import plan, scales
from mfnumpy.paper.ledger import Ledger
from mfnumpy.paper.sweep import Outcome, Sweep, training

EXPERIMENTS = ("table3", "table1", "table6", "fig4", "fig5", "table2")
"""In the order in which `all` makes them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `mfnumpy reproduce`."""
    add = parser.add_argument
    add("what", nargs="+", metavar="WHAT", choices=(*sorted(EXPERIMENTS), "all"), help="table1 ... fig5, or all")
    add("--scale", default="quick", help="quick (minutes; default), laptop (hours), paper (in full)")
    add("--seeds", type=int, metavar="N", help="seeds 0 to N-1 of every entry, in place of the scale's own number")
    add("--ledger", type=Path, default=Path("runs/reproduce/ledger"), help="folder of records (%(default)s)")
    add("--out", type=Path, default=Path("runs/reproduce"), help="where tables and figures go (%(default)s)")
    add("--rules", nargs="+", metavar="RULE", help="make runs of these rules only")
    add("--datasets", nargs="+", metavar="NAME", help="make runs on these data sets only")
    add("--data-dir", help="folder of official data files, looked through first")
    add("--offline", action="store_true", help="do not download anything")
    add("--threads", type=int, metavar="N", help="threads of the matrix library (default: as it is set)")
    add("--resume", action="store_true", default=True, help="keep what the ledger holds (always so; the default)")


def run(args: argparse.Namespace) -> int:
    """Make the missing runs of every experiment asked for. Returns 0."""
    if args.seeds is not None and args.seeds < 1:
        raise InvalidValueError(f"--seeds must be at least 1; got {args.seeds}.")
    if args.threads is not None:
        require("threadpoolctl").threadpool_limits(args.threads)
    wanted = EXPERIMENTS if "all" in args.what else tuple(args.what)
    sweep = Sweep(Ledger(args.ledger), training(args.data_dir, not args.offline), _say)
    for name in wanted:
        outcome = sweep.cells(_filtered(plan.cells(name, scales.scale(args.scale), args.seeds), args))
    _report(outcome)
    return 0


def _filtered(cells: list[plan.Cell], args: argparse.Namespace) -> list[plan.Cell]:
    """The cells of the rules and data sets asked for, in the order asked for."""
    for option, name in (("rules", "rule"), ("datasets", "dataset")):
        if (order := getattr(args, option)) is not None:
            cells = [cell for one in order for cell in cells if getattr(cell.final, name) == one]
    return cells


def _say(line: str) -> None:
    print(line, flush=True)


def _report(outcome: Outcome) -> None:
    _say(f"{outcome.made} runs made; the others were in the ledger already.")
    for dataset, why in outcome.absent.items():
        _say(f"Not run here: {dataset}. {why}")
