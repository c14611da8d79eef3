"""Train one network by one rule, with checkpoints; Ctrl-C and --resume lose nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import engines, rules
from mfnumpy.cli import options
from mfnumpy.comparison.compare import percent
from mfnumpy.errors import InvalidValueError, OutputError
from mfnumpy.layers import ACTIVATIONS
from mfnumpy.measure import Evaluation
from mfnumpy.network import Network
from mfnumpy.parallel.crew import Crew
from mfnumpy.parallel.lead import RankTrainer
from mfnumpy.parallel.together import together, watch
from mfnumpy.rules import Rule
from mfnumpy.saving import saved_run
from mfnumpy.support.duration import duration
from mfnumpy.support.files import atomic_write, locked
from mfnumpy.support.threads import blas_threads, cores
from mfnumpy.train import History, Trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy train`."""
    parser.add_argument("--rule", default="mf", help="learning rule (default: mf); see `mfnumpy info rules`")
    options.add_data(parser)
    options.add_own_data(parser)
    options.add_network(parser)
    options.add_training(parser)
    options.add_step_sizes(parser)
    told = "of every block (default: relu)"
    parser.add_argument("--activation", choices=sorted(ACTIVATIONS), default="relu", help=told)
    parser.add_argument("--schedule", default="together", choices=("together", "layer_by_layer"))
    parser.add_argument("--seed", type=int, default=0, help="for weights, order and validation split (default: 0)")
    parser.add_argument(
        "--out", help="folder for checkpoint.npz and history.json (default: runs/train/DATASET-NET-RULE)"
    )
    parser.add_argument(
        "--parallel",
        choices=engines.WAYS,
        help="layers: blocks learn from different batches at once, for local rules",
    )
    parser.add_argument(
        "--transport",
        default="threads",
        choices=engines.TRANSPORTS,
        help="of --parallel layers: threads of this process (default), or the ranks of `mpiexec -n K`",
    )
    parser.add_argument(
        "--data-by",
        default="root",
        choices=("root", "each"),
        help="with --transport mpi: rank 0 reads the data and sends labels (default), or each rank reads them",
    )
    parser.add_argument("--offload", metavar="DIR", help="keep parameters and moments in files of this folder")
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint")
    earlier.add_argument("--overwrite", action="store_true", help="begin anew, in place of the run in the folder")
    parser.add_argument(
        "--start-from",
        metavar="RUN",
        help="a new run that begins with the parameters and moments of another: its folder or checkpoint",
    )


def run(args: argparse.Namespace) -> int:
    """Train, print each epoch, write checkpoint and history; returns 0. Of several ranks the first does so.

    Raises as `train`, and MissingLibraryError for --transport mpi without mpi4py and an MPI.
    """
    if args.transport == "threads":
        if args.data_by != "root":
            raise InvalidValueError("--data-by says who reads for the ranks of MPI: it goes with --transport mpi.")
        return train(args)

    def labels() -> np.ndarray:
        """Of the training part, as rank 0 reads it."""
        options.take_own_data(args)
        return options.load_data(args, options.architecture(args).layout, args.seed).y_train

    return together(lambda crew: train(args, crew), labels if args.data_by == "each" else None)


def train(args: argparse.Namespace, crew: Crew | None = None) -> int:
    """Train, print each epoch, write checkpoint and history; returns 0.

    args: of the command.
    crew: the ranks of MPI that share the blocks, or None.

    Raises OutputError for a folder that holds a run, unless --resume or --overwrite says what is to become of it,
    InvalidValueError for --start-from beside --resume.
    """
    if args.start_from and args.resume:
        raise InvalidValueError("--resume goes on with the folder's own run, which knows how it began: one of the two.")
    options.take_own_data(args)
    rule = rules.make(args.rule, dataset=args.dataset)
    options.use_backend(args)
    shown = options.architecture(args)
    name = f"{args.dataset}-{shown.name}-{args.rule}".replace(":", "_")  # Windows allows no colon
    folder, may_be_there = Path(args.out or Path("runs/train") / name), args.resume or args.overwrite
    checkpoint, history = _files(folder, may_be_there)
    data = options.load_data(args, shown.layout, args.seed)
    net = options.build_network(args, data.input_shape, args.seed)
    rule.start(net, len(data.class_names), args.seed)
    before = saved_run.ran_with(checkpoint) if args.resume else []
    kept = _kept(checkpoint) if args.resume else {}
    threads = _threads(args, net, len(data.y_train), before)
    chosen = _chosen(args, net, rule, before)
    if crew is not None:
        threads = 1
        watch(crew, checkpoint)
    running = _trainer(args, net, rule, chosen.engine, threads, data, checkpoint, history, crew)
    with locked(folder), blas_threads(threads), running as trainer:
        _files(folder, may_be_there)  # another run may have come and gone since
        print(net.describe())
        print(chosen.line(threads))
        if isinstance(trainer, RankTrainer):
            print(trainer.line())
        if before and (parted := saved_run.parted(before[-1], trainer.ran_with())):
            print(parted)
        if args.start_from:
            kept["started_from"] = _start_from(trainer, args.start_from)
        trainer.notes.update(kept)
        done = _train(trainer, args, data, checkpoint)
        result = trainer.evaluate(data.x_test, data.y_test)
        with atomic_write(history, "w") as file:
            test = {"accuracy": result.accuracy, "layers": result.layers}
            run = {"seed": args.seed, "ran_with": done.ran_with} | kept
            json.dump(run | {"epochs": done.epochs, "seconds": done.seconds, "test": test}, file, indent=1)
    print(describe("test", result))
    print(f"wrote {checkpoint} and {history}")
    return 0


def describe(part: str, result: Evaluation) -> str:
    """One line: accuracy in each prediction mode, and each block's own."""
    modes = ", ".join(f"{mode} {percent(value)} %" for mode, value in result.accuracy.items())
    layers = "; each block alone: " + ", ".join(f"{percent(v)} %" for v in result.layers) if result.layers else ""
    return f"{part} accuracy: {modes}{layers}"


def _files(folder: Path, may_be_there: bool) -> tuple[Path, Path]:
    """The checkpoint and the history in a folder. Raises OutputError if one is there and nothing was said about it."""
    paths = folder / "checkpoint.npz", folder / "history.json"
    found = " and ".join(path.name for path in paths if path.exists())
    if found and not may_be_there:
        raise OutputError(
            f"{folder} holds the {found} of an earlier run. Go on with that run by --resume, "
            "give another folder by --out, or replace it by --overwrite."
        )
    return paths


def _threads(args: argparse.Namespace, net: Network, rows: int, before: list[dict]) -> int:
    """How many threads: those asked for, else those of the run that goes on, else as many as pay off."""
    earlier = before[-1].get("threads") if before and not args.parallel else None
    if args.threads is None and isinstance(earlier, int) and 1 <= earlier <= cores():
        return earlier
    return options.threads(args, net, rows)


def _chosen(args: argparse.Namespace, net: Network, rule: Rule, before: list[dict]) -> engines.Chosen:
    """The engine: the one asked for, else that of the run that goes on, else by `engines.choose`."""
    if args.engine == "auto" and before and before[-1].get("engine") == "reference":
        return engines.Chosen("reference", "as the run that goes on")
    own = {name: getattr(args, name) for name in ("engine", "optimiser", "parallel", "offload")}
    return engines.choose(net, rule, **own)


def _trainer(
    args: argparse.Namespace,
    net: Network,
    rule: Rule,
    engine: str,
    threads: int,
    data: Any,
    checkpoint: Path,
    history: Path,
    crew: Crew | None,
) -> AbstractContextManager[Trainer]:
    """The trainer that the options ask for. What does not go together is refused when the block is entered.

    A history that is overwritten goes when the new run's first checkpoint is written: neither ever lies beside another
    run's, and a run that is refused, or ends before that, leaves both as they were.
    """
    phases = len(net.blocks) if args.schedule == "layer_by_layer" else 1
    return engines.trainer(
        net,
        rule,
        engine=engine,
        threads=args.threads if args.parallel else threads,
        optimiser=args.optimiser,
        lr=options.learning_rate(args),
        optimiser_options=options.step_sizes(args),
        parallel=args.parallel,
        offload=args.offload,
        **({} if crew is None else {"crew": crew, "labels_there": args.data_by == "each"}),
        epochs=args.epochs,
        batch_size=options.batch_size(args, len(data.y_train)),
        seed=args.seed,
        decay=args.decay,
        schedule=args.schedule,
        patience=args.patience,
        path=checkpoint,
        notes=_notes(args),
        on_epoch=Teller(phases * args.epochs),
        before_save=(lambda: _delete(history)) if args.overwrite else None,
    )


def _kept(checkpoint: Path) -> dict:
    """What a run that goes on keeps saying of itself: with whose parameters it began, what was repaired in it."""
    notes = saved_run.notes(checkpoint)
    return {key: notes[key] for key in ("started_from", "repaired") if notes.get(key) is not None}


def _notes(args: argparse.Namespace) -> dict:
    """What the checkpoint says of the data, for `mfnumpy evaluate`."""
    own = {"data": str(Path(args.data).resolve()), "target": args.target} if args.data else {}
    return {key: getattr(args, key) for key in ("dataset", "validation", "subset", "seed")} | own


def _train(trainer: Trainer, args: argparse.Namespace, data: Any, checkpoint: Path) -> History:
    """Train, or go on; a signal that stops it says how to go on later."""
    held_out = (data.x_val, data.y_val) if len(data.y_val) else (None, None)  # --validation 0 trains on all rows
    before = _written(checkpoint)
    try:
        return trainer.fit(data.x_train, data.y_train, *held_out, resume=args.resume)
    except KeyboardInterrupt:
        if args.resume or _written(checkpoint) != before:
            instead = " in place of --overwrite" if args.overwrite else ""
            with suppress(OSError):  # the terminal may be gone
                print(f"stopped; go on with --resume{instead} (checkpoint: {checkpoint})", file=sys.stderr)
        raise


def _start_from(trainer: Trainer, path: str) -> dict:
    """Give the trainer the parameters and moments of another run; returns what this one says of its beginning."""
    source = Path(path, "checkpoint.npz") if os.path.isdir(path) else Path(path)
    start = saved_run.start_from(source, trainer.net, trainer.rule, trainer.optimiser)
    print(f"a new run, which begins with the parameters and moments of {source} after {start['epochs']} epochs")
    return {"checkpoint": str(source)} | start


def _written(path: Path) -> int | None:
    """When a file was last written, in nanoseconds; None if it is not there."""
    return path.stat().st_mtime_ns if path.exists() else None


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot delete {path}: {error.strerror or error}.") from error


class Teller:
    """Prints each epoch as it ends, with its seconds, evaluation included, and an estimate of the time left.

    total: how many epochs there are if none is spared by --patience.
    """

    RECENT = 5
    """From so many epochs the rest is estimated."""

    def __init__(self, total: int):
        self.total, self.ends = total, [time.perf_counter()]

    def __call__(self, entry: dict) -> None:
        """One line. entry: of the history."""
        self.ends.append(time.perf_counter())
        recent = self.ends[-self.RECENT - 1 :]
        left = (self.total - entry["epoch"]) * (recent[-1] - recent[0]) / (len(recent) - 1)
        losses = ", ".join(f"{name} {value:.4f}" for name, value in entry["loss"].items())
        scores = ", ".join(f"{mode} {percent(value)} %" for mode, value in entry.get("val_accuracy", {}).items())
        times = duration(recent[-1] - recent[-2]) + (f", {duration(left)} left" if left else "")
        told = f"epoch {entry['epoch']:>3}  loss: {losses}" + (f"  validation: {scores}" if scores else "")
        print(f"{told}  ({times})", flush=True)
