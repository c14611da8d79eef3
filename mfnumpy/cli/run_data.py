"""The data that a checkpoint says it was trained on."""

from __future__ import annotations

import argparse
from typing import Any

from mfnumpy import choices
from mfnumpy.cli import options
from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules import Rule


def data_of_run(args: argparse.Namespace, path: object, description: dict, net: Network, rule: Rule) -> Any:
    """The data set that the options name, or else the one that a checkpoint's notes name.

    args: of the command, with dataset, data, target and data_dir; what the notes say is filled in.
    path: of the checkpoint, for messages.
    description: the checkpoint's.
    net, rule: which must fit the data.
    Raises DataError, and CheckpointError for a checkpoint that does not say it, or was trained on data of another form.
    """
    notes = description.get("notes", {})
    words = ("dataset", "data", "target")
    if not isinstance(notes, dict) or not all(isinstance(notes.get(word, ""), str) for word in words):
        raise CheckpointError(f"{path} is not a readable checkpoint: its notes are {notes!r:.60}.")
    args.data = None if args.dataset else args.data or notes.get("data")
    args.target = args.target or notes.get("target")
    if args.data:
        options.take_own_data(args)
    args.dataset = args.dataset or notes.get("dataset")
    if args.dataset is None:
        raise CheckpointError(f"{path} does not say what it was trained on; pass --dataset.")
    args.dtype, args.subset = net.dtype, notes.get("subset")
    args.validation = notes.get("validation", choices.VALIDATION.value)
    data = options.load_data(args, net.layout, notes.get("seed", 0))
    if tuple(data.x_test.shape[1:]) != net.input_shape or len(data.class_names) != rule.n_classes:
        raise CheckpointError(
            f"The checkpoint was trained on inputs {net.input_shape} with {rule.n_classes} classes; "
            f"{args.dataset} has {tuple(data.x_test.shape[1:])} with {len(data.class_names)}."
        )
    return data


def part_of(data: Any, part: str) -> tuple[Any, Any]:
    """Samples and labels of "train", "val" or "test". Raises InvalidValueError for a run without a validation part."""
    x, y = getattr(data, f"x_{part}"), getattr(data, f"y_{part}")
    if len(y) == 0:
        raise InvalidValueError("The checkpoint was trained on all rows: there is no validation part. Use --part test.")
    return x, y
