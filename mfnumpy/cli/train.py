"""Train one network by one rule, with checkpoints; Ctrl-C and --resume lose nothing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mfnumpy import rules
from mfnumpy.cli import options
from mfnumpy.compare import percent
from mfnumpy.files import atomic_write, make_folder
from mfnumpy.measure import Evaluation, evaluate
from mfnumpy.parallel import choice


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
        "--parallel", choices=choice.WAYS, help="blocks on different batches at once, or each layer over all cores"
    )
    parser.add_argument("--offload", metavar="DIR", help="keep parameters and moments in files of this folder")
    parser.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint")


def run(args: argparse.Namespace) -> int:
    """Train, print each epoch, write checkpoint and history; returns 0."""
    rule = rules.make(args.rule)
    options.use_backend(args)
    data = options.load_data(args, args.seed)
    net = options.build_network(args, data.input_shape, args.seed)
    rule.start(net, len(data.class_names), args.seed)
    name = f"{args.dataset}-{options.network_name(args)}-{args.rule}".replace(":", "_")  # Windows allows no colon
    folder = make_folder(args.out or Path("runs/train") / name)
    notes = {key: getattr(args, key) for key in ("dataset", "validation", "subset", "seed")}
    way = choice.trainer(
        net,
        rule,
        optimiser=args.optimiser,
        lr=options.learning_rate(args),
        parallel=args.parallel,
        offload=args.offload,
        epochs=args.epochs,
        batch_size=options.batch_size(args, len(data.y_train)),
        seed=args.seed,
        decay=args.decay,
        schedule=args.schedule,
        patience=args.patience,
        path=folder / "checkpoint.npz",
        notes=notes,
        on_epoch=_tell,
    )
    held_out = (data.x_val, data.y_val) if len(data.y_val) else (None, None)  # --validation 0 trains on all rows
    print(net.describe())
    try:
        with options.limited_threads(args, net), way as trainer:
            history = trainer.fit(data.x_train, data.y_train, *held_out, resume=args.resume)
    except KeyboardInterrupt:
        print(f"stopped; go on with --resume (checkpoint: {folder / 'checkpoint.npz'})", file=sys.stderr)
        raise
    result = evaluate(net, rule, data.x_test, data.y_test)
    with atomic_write(folder / "history.json", "w") as file:
        test = {"accuracy": result.accuracy, "layers": result.layers}
        json.dump({"epochs": history.epochs, "seconds": history.seconds, "test": test}, file, indent=1)
    print(describe("test", result))
    print(f"wrote {folder / 'checkpoint.npz'} and {folder / 'history.json'}")
    return 0


def describe(part: str, result: Evaluation) -> str:
    """One line: accuracy in each prediction mode, and each block's own."""
    modes = ", ".join(f"{mode} {percent(value)} %" for mode, value in result.accuracy.items())
    layers = "; each block alone: " + ", ".join(f"{percent(v)} %" for v in result.layers) if result.layers else ""
    return f"{part} accuracy: {modes}{layers}"


def _tell(entry: dict) -> None:
    losses = ", ".join(f"{name} {value:.4f}" for name, value in entry["loss"].items())
    scores = ", ".join(f"{mode} {percent(value)} %" for mode, value in entry.get("val_accuracy", {}).items())
    print(f"epoch {entry['epoch']:>3}  loss: {losses}" + (f"  validation: {scores}" if scores else ""), flush=True)
