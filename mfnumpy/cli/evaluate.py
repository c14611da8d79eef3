"""Accuracy of a checkpoint: of every prediction mode of its rule, and of each block alone."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from mfnumpy.cli import options
from mfnumpy.cli.repair import damaged_evaluation
from mfnumpy.cli.run_data import data_of_run, part_of
from mfnumpy.cli.train import describe
from mfnumpy.measure import evaluate
from mfnumpy.saving import model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy evaluate`."""
    parser.add_argument("checkpoint", help="checkpoint.npz of `mfnumpy train`, or its folder")
    parser.add_argument("--dataset", help="data set by name (default: the one that it was trained on)")
    options.add_own_data(parser)
    parser.add_argument("--data-dir", help="official files: their folder or one of them (or MFNUMPY_DATA_DIR)")
    parser.add_argument("--part", default="test", choices=("train", "val", "test"))
    told = "of a damaged checkpoint: predict by the whole blocks below the damage"
    parser.add_argument("--whole-blocks", action="store_true", help=told)
    parser.add_argument("--backend", help="numpy or cupy (or MFNUMPY_BACKEND)")


def run(args: argparse.Namespace) -> int:
    """Evaluate and print one line; returns 0."""
    options.use_backend(args)
    if os.path.isdir(args.checkpoint):
        args.checkpoint = os.path.join(args.checkpoint, "checkpoint.npz")
    if args.whole_blocks:
        print(damaged_evaluation(args, Path(args.checkpoint)))
        return 0
    net, rule, description = model.load(args.checkpoint)
    data = data_of_run(args, args.checkpoint, description, net, rule)
    x, y = part_of(data, args.part)
    print(describe(f"{args.dataset}, {rule.name}, {args.part}", evaluate(net, rule, x, y)))
    return 0
