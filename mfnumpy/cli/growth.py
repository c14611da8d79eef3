"""Seconds and bytes against depth, width, batch, classes and image size; Fig. 5 is `mfnumpy reproduce fig5`."""

from __future__ import annotations

import argparse
from typing import Any

from mfnumpy.cli.words import Words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy growth` accepts."""
    parts = ("depth", "width", "batch", "classes", "image")
    parser.add_argument(
        "--only",
        action=Words,
        known=parts,
        kind="part to measure",
        default=list(parts),
        help="what to vary (default: all)",
    )
    parser.add_argument("--threads", type=int, help="threads (default: one per core)")
    parser.add_argument("--rounds", type=int, default=15, help="steps that are timed at each point (default: 15)")
    parser.add_argument("--out", default="runs/growth", help="folder for growth.json and pictures")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write growth.json and the pictures: each line as soon as it is measured."""
    import json
    from dataclasses import asdict

    from mfnumpy.bench import growth
    from mfnumpy.errors import InvalidValueError
    from mfnumpy.support.environment import environment
    from mfnumpy.support.files import atomic_write, make_folder
    from mfnumpy.support.optional import require
    from mfnumpy.support.threads import LIBRARY, cores

    args.threads = cores() if args.threads is None else args.threads
    for name in ("threads", "rounds"):
        if (given := getattr(args, name)) < 1:
            raise InvalidValueError(f"--{name} must be at least 1; got {given}.")
    for library in ("matplotlib", LIBRARY):
        require(library)  # missed now, not after minutes
    out, machine = make_folder(args.out), environment()
    found: list[Any] = []

    def keep(line: Any) -> None:
        """Write growth.json with this line in it, before anything else can fail; print the line."""
        found.append(line)
        with atomic_write(out / "growth.json", "w") as file:
            json.dump({"environment": machine, "growth": [asdict(one) for one in found]}, file, indent=1)
        print(line.line(), flush=True)

    for axis in (a for a in growth.AXES if a in args.only):
        for rule in ("mf", "bp"):
            keep(growth.grow(axis, rule, growth.AXES[axis], args.threads, args.rounds))
    growth.growth_picture(found, out / "growth")
    print(f"Written: {out}/growth.json and pictures")
    return 0
