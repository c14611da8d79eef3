"""Seconds and bytes against depth, width, batch, classes and image size; convergence against depth (Fig. 5)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_utils import Dataset
    from mfnumpy.bench.growth import Convergence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy growth` accepts."""
    parts = ("depth", "width", "batch", "classes", "image", "convergence")
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="what to vary (default: all)")
    parser.add_argument("--dataset", default="digits", help="for the convergence against depth (default: digits)")
    parser.add_argument("--depths", nargs="+", type=int, default=[2, 4, 8, 16], help="for the convergence")
    parser.add_argument("--width", type=int, default=200, help="neurons per layer for the convergence (default: 200)")
    parser.add_argument("--epochs", type=int, default=20, help="for the convergence (default: 20)")
    parser.add_argument("--batch-size", type=int, default=64, help="for the convergence (default: 64; paper: 256)")
    parser.add_argument("--seeds", type=int, default=3, help="for the convergence (default: 3)")
    parser.add_argument("--threads", type=int, help="threads (default: one per core)")
    parser.add_argument("--rounds", type=int, default=15, help="steps that are timed at each point (default: 15)")
    parser.add_argument("--out", default="runs/growth", help="folder for growth.json and pictures")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write growth.json and the pictures: each line as soon as it is measured."""
    import json
    from dataclasses import asdict

    from data_utils import load
    from mfnumpy.bench import growth
    from mfnumpy.errors import InvalidValueError
    from mfnumpy.support.environment import environment
    from mfnumpy.support.files import atomic_write, make_folder
    from mfnumpy.support.optional import require
    from mfnumpy.support.threads import LIBRARY, cores

    args.threads = cores() if args.threads is None else args.threads
    for name in ("depths", "width", "epochs", "batch_size", "seeds", "threads", "rounds"):
        given = getattr(args, name)
        if (min(given) if isinstance(given, list) else given) < 1:
            raise InvalidValueError(f"--{name.replace('_', '-')} must be at least 1; got {given}.")
    data = load(args.dataset) if "convergence" in args.only else None  # a wrong name is told before anything is timed
    for library in ("matplotlib", LIBRARY):
        require(library)  # missed now, not after minutes
    out, machine = make_folder(args.out), environment()
    found: dict[str, list[Any]] = {"growth": [], "convergence": []}

    def keep(part: str, line: Any) -> None:
        """Write growth.json with this line in it, before anything else can fail; print the line."""
        found[part].append(line)
        result = {name: [asdict(one) for one in lines] for name, lines in found.items()}
        with atomic_write(out / "growth.json", "w") as file:
            json.dump({"environment": machine} | result, file, indent=1)
        print(line.line(), flush=True)

    for axis in (a for a in growth.AXES if a in args.only):
        for rule in ("mf", "bp"):
            keep("growth", growth.grow(axis, rule, growth.AXES[axis], args.threads, args.rounds))
    if found["growth"]:
        growth.growth_picture(found["growth"], out / "growth")
    if data is not None:
        for line in _convergence(args, data):
            keep("convergence", line)
        title = f"{args.dataset}, layers of {args.width}, batch {args.batch_size}, mean of {args.seeds} (paper: Fig. 5)"
        growth.convergence_picture(found["convergence"], title, out / "convergence")
    print(f"Written: {out}/growth.json and pictures")
    return 0


def _convergence(args: argparse.Namespace, data: Dataset) -> Iterator[Convergence]:
    from mfnumpy.bench.growth import converge
    from mfnumpy.support.threads import blas_threads

    parts = (data.x_train, data.y_train, data.x_test, data.y_test)
    with blas_threads(1 if args.width < 500 else None, needed=True):
        for rule in ("bp", "mf"):
            for depth in args.depths:
                yield converge(rule, depth, args.width, parts, args.epochs, args.seeds, args.batch_size)
