"""Accuracy of a checkpoint: of every prediction mode of its rule, and of each block alone."""

from __future__ import annotations

import argparse
import os

from mfnumpy import choices
from mfnumpy.backend import Array
from mfnumpy.cli import options
from mfnumpy.cli.train import describe
from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.measure import evaluate
from mfnumpy.saving import model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy evaluate`."""
    parser.add_argument("checkpoint", help="checkpoint.npz of `mfnumpy train`, or its folder")
    parser.add_argument("--dataset", help="data set by name (default: the one that it was trained on)")
    options.add_own_data(parser)
    parser.add_argument("--data-dir", help="official files: their folder or one of them (or MFNUMPY_DATA_DIR)")
    parser.add_argument("--part", default="test", choices=("train", "val", "test"))
    parser.add_argument("--backend", help="numpy or cupy (or MFNUMPY_BACKEND)")


def run(args: argparse.Namespace) -> int:
    """Evaluate and print one line; returns 0."""
    options.use_backend(args)
    if os.path.isdir(args.checkpoint):
        args.checkpoint = os.path.join(args.checkpoint, "checkpoint.npz")
    net, rule, description = model.load(args.checkpoint)
    notes = description.get("notes", {})
    words = ("dataset", "data", "target")
    if not isinstance(notes, dict) or not all(isinstance(notes.get(word, ""), str) for word in words):
        raise CheckpointError(f"{args.checkpoint} is not a readable checkpoint: its notes are {notes!r:.60}.")
    args.data = None if args.dataset else args.data or notes.get("data")
    args.target = args.target or notes.get("target")
    if args.data:
        options.take_own_data(args)
    args.dataset = args.dataset or notes.get("dataset")
    if args.dataset is None:
        raise CheckpointError(f"{args.checkpoint} does not say what it was trained on; pass --dataset.")
    args.dtype, args.subset = net.dtype, notes.get("subset")
    args.validation = notes.get("validation", choices.VALIDATION.value)
    data = options.load_data(args, net.layout, notes.get("seed", 0))
    if args.part == "val" and len(data.y_val) == 0:
        raise InvalidValueError("The checkpoint was trained on all rows: there is no validation part. Use --part test.")
    x: Array = getattr(data, f"x_{args.part}")
    if tuple(x.shape[1:]) != net.input_shape or len(data.class_names) != rule.n_classes:
        raise CheckpointError(
            f"The checkpoint was trained on inputs {net.input_shape} with {rule.n_classes} classes; "
            f"{args.dataset} has {tuple(x.shape[1:])} with {len(data.class_names)}."
        )
    print(
        describe(
            f"{args.dataset}, {rule.name}, {args.part}",
            evaluate(net, rule, x, getattr(data, f"y_{args.part}")),
        )
    )
    return 0
