"""Regenerate the paper's tables and figures: make the runs that are missing, then show what the ledger holds."""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

from mfnumpy import backend
from mfnumpy.cli import asked
from mfnumpy.cli.options import use_backend
from mfnumpy.cli.words import Words
from mfnumpy.errors import InvalidValueError, MfnumpyError
from mfnumpy.paper import results
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger import merging
from mfnumpy.paper.ledger.config import Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import forecast, repeat
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.runs.side_by_side import SideBySide, read_shard
from mfnumpy.paper.runs.sweep import Maker, Outcome, Sweep
from mfnumpy.paper.show import missing
from mfnumpy.support import pools
from mfnumpy.support.duration import duration
from mfnumpy.support.jobs import share_out
from mfnumpy.support.pools import Pool
from mfnumpy.support.text import counted
from mfnumpy.support.threads import blas_threads, check_threads

CORETYPE = "OPENBLAS_CORETYPE"
"""The environment variable that tells OpenBLAS which kernels to take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `mfnumpy reproduce`."""
    add = parser.add_argument
    names = ", ".join((*sorted(registry.run_order()), "all"))
    about = (
        "'results' writes results.md and runs nothing; 'plan' says what is missing of those named, and its cost; "
        "'merge LEDGER...' takes the records of other ledgers"
    )
    add("what", nargs="*", metavar="WHAT", help=f"{names}; {about}")
    add("--scale", default="quick", help="quick (minutes; default), laptop (hours), paper (in full)")
    add("--seeds", type=int, metavar="N", help="seeds 0 to N-1 of every entry, in place of the scale's own number")
    add("--ledger", type=Path, default=asked.LEDGER, help="folder of records (%(default)s)")
    add("--out", type=Path, default=Path("runs/reproduce"), help="where tables and figures go (%(default)s)")
    add("--rules", action=Words, metavar="RULE", help="make runs of these rules only, in this order")
    add("--datasets", action=Words, metavar="NAME", help="make runs on these data sets only, in this order")
    add("--data-dir", help="folder of official data files, looked through first")
    add("--offline", action="store_true", help="do not download anything")
    add("--threads", type=int, metavar="N", help="threads of the matrix library (default: as it is set)")
    add("--jobs", type=int, metavar="N", help="runs at once, each in a process of its own")
    add("--cluster", metavar="ADDRESS", help="runs on the workers of a Dask cluster, by its scheduler: tcp://host:8786")
    add("--mpi", action="store_true", help="runs on the ranks of `mpiexec -n K`, which rank 0 hands out")
    add("--shard", metavar="I/N", help="begin at part I of N (from 0) of what is missing; auto: as the job array says")
    add("--backend", help="numpy or cupy (or MFNUMPY_BACKEND): on a GPU training runs alone, by the rules as written")
    add("--no-runs", action="store_true", help="tables and figures from the ledger alone")
    add("--repeat", metavar="RECORD", help="run one record again (part of its file name) and compare the histories")


def run(args: argparse.Namespace) -> int:
    """Make the missing runs, then tables and figures. Returns 0, or 1 if a repeated record differs."""
    if args.seeds is not None and args.seeds < 1:
        raise InvalidValueError(f"--seeds must be at least 1; got {args.seeds}.")
    shard = None if args.shard is None else read_shard(args.shard, os.environ)
    with _pool(args) as pool:
        if pool is None:  # another rank of MPI, whose work is done
            return 0
        if args.threads is not None:
            check_threads("--threads", args.threads)
        with blas_threads(args.threads, needed=args.threads is not None):
            return _run(args, pool, shard)


WORKERS = ("jobs", "cluster", "mpi")
"""Options of which one at most says who makes the runs."""


def _pool(args: argparse.Namespace) -> AbstractContextManager[Pool | None]:
    """Who makes the runs. Raises InvalidValueError for two answers at once, and for more than the cores can hold."""
    given = [f"--{name}" for name in WORKERS if getattr(args, name)]
    if len(given) > 1:
        raise InvalidValueError(f"{' and '.join(given)} say both who makes the runs: give one of them.")
    if args.jobs is not None:
        share_out(args.jobs, args.jobs, args.threads)
        return pools.processes(args.jobs)
    if args.cluster:
        return pools.cluster(args.cluster)
    return pools.ranks() if args.mpi else pools.here()


def _run(args: argparse.Namespace, pool: Pool, shard: tuple[int, int] | None) -> int:
    """What `run` does, with the workers and threads that were asked for."""
    use_backend(args)
    if args.repeat:
        _refuse_idle(args, "--repeat makes one run again", ("what", "rules", "datasets", "seeds", *WORKERS, "shard"))
        return _repeat(asked.ledger(args.ledger, must_be_there=True), args)
    if args.what[:1] == ["merge"]:
        _refuse_idle(args, "merge copies records and runs nothing", ("rules", "datasets", "seeds", *WORKERS, "shard"))
        return _merge(asked.ledger(args.ledger, must_be_there=False), args.what[1:])
    wanted = asked.experiments(args.what)
    if "plan" in args.what:
        return _plan(asked.ledger(args.ledger, must_be_there=args.ledger != asked.LEDGER), wanted, args)
    shows_only = args.no_runs or not wanted
    if shows_only:
        idle = ("rules", "datasets", "seeds", *WORKERS, "shard")
        _refuse_idle(args, "nothing is run for results, nor with --no-runs", idle)
    ledger = asked.ledger(args.ledger, must_be_there=shows_only)
    if not shows_only:
        try:
            _make(ledger, wanted, args, pool, shard)
        except MfnumpyError:
            if args.ledger.is_dir():
                _show(ledger, wanted, args)  # what stops the rest does not hide what is finished
            raise
    _show(ledger, wanted, args)
    return 0


def _show(ledger: Ledger, wanted: tuple[str, ...], args: argparse.Namespace) -> None:
    """Write tables, figures and, if asked for, results.md; print the tables asked for, and name what is to be read."""
    view = registry.view(ledger, args.scale)
    for table in results.tables(view, wanted):
        _say(f"\n{table.text()}")
    paths = results.save_results(view, args.out) if "results" in args.what else results.save(view, wanted, args.out)
    for path in paths:
        if path.suffix in (".md", ".png"):
            _say(f"{path}")


def _refuse_idle(args: argparse.Namespace, because: str, options: tuple[str, ...]) -> None:
    """Raise InvalidValueError for what would be ignored: those are for runs to be made."""
    given = [f"--{name}" if name != "what" else " ".join(args.what) for name in options if getattr(args, name)]
    if given:
        raise InvalidValueError(f"{', '.join(given)}: of no use here, as {because}. Leave it out.")


def _merge(ledger: Ledger, folders: list[str]) -> int:
    """Take the records of other ledgers, and say which are new. Returns 1 if one was refused."""
    if not folders:
        raise InvalidValueError("reproduce merge needs the folders of other ledgers: reproduce merge LEDGER...")
    found = merging.merge(ledger, folders)
    for name in found.new:
        _say(f"new: {name}")
    for why in found.refused.values():
        _say(f"refused: {why}")
    _say(f"{len(found.new)} new, {len(found.known)} known already, {len(found.refused)} refused.")
    return 1 if found.refused else 0


def _plan(ledger: Ledger, wanted: tuple[str, ...], args: argparse.Namespace) -> int:
    """Print what is missing of the experiments named, or of all, and how long it will take."""
    plan = registry.plan(args.scale)
    cells = asked.cells(plan, wanted, args, on_device())
    absent = forecast.without_files((cell.final.dataset for of_one in cells.values() for cell in of_one), args.data_dir)
    measured = {name: plan.measurements[name] for name in wanted if _measures(args)}
    _say(missing.table(ledger, args.scale, {name: cells.get(name, []) for name in wanted}, measured, absent).text())
    return 0


def _measures(args: argparse.Namespace) -> bool:
    """Whether measurements are made beside training runs: they are of no rule or data set, and of the processor."""
    return args.rules is None and args.datasets is None and not on_device()


def _make(
    ledger: Ledger, wanted: tuple[str, ...], args: argparse.Namespace, pool: Pool, shard: tuple[int, int] | None
) -> None:
    """Make the runs that are missing; after each one say how long the others will take."""
    plan = registry.plan(args.scale)
    cells = asked.cells(plan, wanted, args, on_device())
    if not (args.cluster or args.mpi):  # whose workers may have other folders
        asked.look_for_folder(cells, args.data_dir)
    everything = [cell for of_one in cells.values() for cell in of_one]
    left = _Left(ledger, everything, pool.workers)
    threads = args.threads if args.threads is not None else 1 if args.jobs is not None else None
    make = Maker(args.data_dir, not args.offline, backend.current().name, threads)
    sweep = Sweep(ledger, make, lambda line: _say(line + left.text(sweep.outcome)))
    alone = shard is None and not any(getattr(args, name) for name in WORKERS)
    if not alone:
        SideBySide(sweep, pool, shard or (0, 1)).make(everything)
    for name in wanted:
        if alone:
            sweep.cells(cells.get(name, []))
        if _measures(args):
            sweep.jobs(Job(measurement, 0) for measurement in plan.measurements[name])
    ledger.sweep_claims()
    _report(sweep.outcome)


class _Left:
    """How long the training runs that are still missing will take, by what the ledger's records took."""

    EVERY = 1.0
    """Seconds between two answers: a plan is read through for each, which tiny runs should not wait for."""

    def __init__(self, ledger: Ledger, cells: list[Cell], workers: int):
        self.ledger, self.cells, self.workers = ledger, cells, workers
        self._said = -math.inf

    def text(self, outcome: Outcome) -> str:
        """The end of a line: "; 12 min left, in 7 runs"; "" where none is missing, and right after another answer."""
        if time.monotonic() - self._said < self.EVERY:
            return ""
        self._said = time.monotonic()
        cells = [cell for cell in self.cells if cell.final.dataset not in outcome.absent]
        runs = forecast.remaining(cells, self.ledger).configs
        seconds, unknown = forecast.Costs(self.ledger.records()).total(runs)
        least = "at least " if unknown else ""
        left = f"; {least}{duration(seconds / self.workers)} left, in {counted(len(runs), 'run')}"
        return left if runs else ""


def on_device() -> bool:
    """Whether the runs go to a GPU. Measurements are of this machine's processor, and are left out there."""
    return backend.current().name != "numpy"


def _repeat(ledger: Ledger, args: argparse.Namespace) -> int:
    old = ledger.find(args.repeat)
    kernels = repeat.other_kernels(old)
    if kernels and os.environ.get(CORETYPE) != kernels:
        return _with_kernels(kernels, args)
    new = repeat.repeat(old, args.data_dir, not args.offline)
    found = repeat.differences(old, new)
    _say("The same history, to the last bit." if not found else "Not the same: " + "; ".join(found) + ".")
    return 1 if found else 0


def _with_kernels(kernels: str, args: argparse.Namespace) -> int:
    """The same command in a process of its own, where OpenBLAS takes the kernels that made the record."""
    _say(f"The record was made with OpenBLAS's kernels for {kernels}: repeated with {CORETYPE}={kernels}.")
    command = [sys.executable, "-m", "mfnumpy", "reproduce", "--repeat", args.repeat, "--ledger", str(args.ledger)]
    command += ["--offline"] * args.offline
    for option, value in (("--data-dir", args.data_dir), ("--threads", args.threads), ("--backend", args.backend)):
        command += [] if value is None else [option, str(value)]
    code = subprocess.run(command, env=os.environ | {CORETYPE: kernels}).returncode
    if code < 0:  # ended by a signal: most likely an instruction that this processor does not have
        raise InvalidValueError(
            f"The repetition was ended by signal {-code}: this processor probably cannot run OpenBLAS's kernels for "
            f"{kernels}. Repeat the record on a machine that can."
        )
    return code


def _say(line: str) -> None:
    print(line, flush=True)


def _report(outcome: Outcome) -> None:
    _say(f"{counted(outcome.made, 'run')} made; the others were in the ledger already.")
    for dataset, why in outcome.absent.items():
        _say(f"Not run here: {dataset}. {why}")
