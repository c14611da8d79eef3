"""Train one network by one rule, with checkpoints; Ctrl-C and --resume lose nothing."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from mfnumpy import engines as choice
from mfnumpy import rules
from mfnumpy.cli import options
from mfnumpy.comparison.compare import percent
from mfnumpy.errors import OutputError
from mfnumpy.measure import Evaluation, evaluate
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.files import atomic_write, make_folder
from mfnumpy.train import History, Trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy train`."""
    parser.add_argument("--rule", default="mf", help="learning rule (default: mf); see `mfnumpy info rules`")
    options.add_data(parser)
    options.add_network(parser)
    options.add_training(parser, epochs=30)
    parser.add_argument("--schedule", default="together", choices=("together", "layer_by_layer"))
    parser.add_argument("--seed", type=int, default=0, help="for weights, order and validation split (default: 0)")
    parser.add_argument(
        "--out", help="folder for checkpoint.npz and history.json (default: runs/train/DATASET-NET-RULE)"
    )
    parser.add_argument(
        "--parallel",
        choices=choice.WAYS,
        help="blocks on different batches at once, or each layer over all cores; --threads says how many work",
    )
    parser.add_argument("--offload", metavar="DIR", help="keep parameters and moments in files of this folder")
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint")
    earlier.add_argument("--overwrite", action="store_true", help="begin anew, in place of the run in the folder")


def run(args: argparse.Namespace) -> int:
    """Train, print each epoch, write checkpoint and history; returns 0.

    Raises OutputError for a folder that holds a run, unless --resume or --overwrite says what is to become of it.
    """
    rule = rules.make(args.rule)
    options.use_backend(args)
    shown = options.architecture(args)
    name = f"{args.dataset}-{shown.name}-{args.rule}".replace(":", "_")  # Windows allows no colon
    checkpoint, history = _files(Path(args.out or Path("runs/train") / name), args.resume or args.overwrite)
    data = options.load_data(args, shown.layout, args.seed)
    net = options.build_network(args, data.input_shape, args.seed)
    rule.start(net, len(data.class_names), args.seed)
    threads = options.limited_threads(args, net)
    make_folder(checkpoint.parent)
    way = _way(args, net, rule, len(data.y_train), checkpoint)
    print(net.describe())
    with threads:
        done = _train(args, way, data, checkpoint, history)
        result = evaluate(net, rule, data.x_test, data.y_test)
    with atomic_write(history, "w") as file:
        test = {"accuracy": result.accuracy, "layers": result.layers}
        json.dump({"epochs": done.epochs, "seconds": done.seconds, "test": test}, file, indent=1)
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


def _way(
    args: argparse.Namespace, net: Network, rule: Rule, rows: int, checkpoint: Path
) -> AbstractContextManager[Trainer]:
    """The trainer that the options ask for. What does not go together is refused when the block is entered."""
    workers = {"threads": args.threads} if args.parallel else {}
    return choice.trainer(
        net,
        rule,
        optimiser=args.optimiser,
        lr=options.learning_rate(args),
        parallel=args.parallel,
        offload=args.offload,
        epochs=args.epochs,
        batch_size=options.batch_size(args, rows),
        seed=args.seed,
        decay=args.decay,
        schedule=args.schedule,
        patience=args.patience,
        path=checkpoint,
        notes={key: getattr(args, key) for key in ("dataset", "validation", "subset", "seed")},
        on_epoch=_tell,
        **workers,
    )


def _train(
    args: argparse.Namespace, way: AbstractContextManager[Trainer], data: Any, checkpoint: Path, history: Path
) -> History:
    """Train, or go on. A history that is overwritten goes first: it must never lie beside another run's checkpoint."""
    held_out = (data.x_val, data.y_val) if len(data.y_val) else (None, None)  # --validation 0 trains on all rows
    before = _written(checkpoint)
    try:
        with way as trainer:
            if args.overwrite:
                _delete(history)
            return trainer.fit(data.x_train, data.y_train, *held_out, resume=args.resume)
    except KeyboardInterrupt:
        if args.resume or _written(checkpoint) != before:
            instead = " in place of --overwrite" if args.overwrite else ""
            print(f"stopped; go on with --resume{instead} (checkpoint: {checkpoint})", file=sys.stderr)
        raise


def _written(path: Path) -> int | None:
    """When a file was last written, in nanoseconds; None if it is not there."""
    return path.stat().st_mtime_ns if path.exists() else None


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot delete {path}: {error.strerror or error}.") from error


def _tell(entry: dict) -> None:
    losses = ", ".join(f"{name} {value:.4f}" for name, value in entry["loss"].items())
    scores = ", ".join(f"{mode} {percent(value)} %" for mode, value in entry.get("val_accuracy", {}).items())
    print(f"epoch {entry['epoch']:>3}  loss: {losses}" + (f"  validation: {scores}" if scores else ""), flush=True)
