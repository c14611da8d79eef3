"""Seconds and bytes against depth, width, batch, classes and image size; convergence against depth (Fig. 5)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_utils import Dataset


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
    """Measure, print, and write growth.json and the pictures."""
    import json
    from dataclasses import asdict

    from data_utils import load
    from mfnumpy.bench import growth
    from mfnumpy.environment import environment
    from mfnumpy.errors import InvalidValueError
    from mfnumpy.fast.team import cores
    from mfnumpy.files import atomic_write, make_folder

    args.threads = cores() if args.threads is None else args.threads
    for name in ("depths", "width", "epochs", "batch_size", "seeds", "threads", "rounds"):
        given = getattr(args, name)
        if (min(given) if isinstance(given, list) else given) < 1:
            raise InvalidValueError(f"--{name.replace('_', '-')} must be at least 1; got {given}.")
    data = load(args.dataset) if "convergence" in args.only else None  # a wrong name is told before anything is timed
    out, found = make_folder(args.out), []
    for axis in (a for a in growth.AXES if a in args.only):
        for rule in ("mf", "bp"):
            found.append(growth.grow(axis, rule, growth.AXES[axis], args.threads, args.rounds))
            print(found[-1].line(), flush=True)
    if found:
        growth.growth_picture(found, out / "growth")
    curves = [] if data is None else _convergence(args, data, out)
    result = {"environment": environment(), "growth": [asdict(g) for g in found]}
    with atomic_write(out / "growth.json", "w") as file:
        json.dump(result | {"convergence": [asdict(c) for c in curves]}, file, indent=1)
    print(f"Written: {out}/growth.json and pictures")
    return 0


def _convergence(args: argparse.Namespace, data: Dataset, out: Path) -> list[Any]:
    from mfnumpy.bench import growth
    from mfnumpy.optional import require

    parts = (data.x_train, data.y_train, data.x_test, data.y_test)
    curves = []
    with require("threadpoolctl").threadpool_limits(1 if args.width < 500 else None, user_api="blas"):
        for rule in ("bp", "mf"):
            for depth in args.depths:
                curves.append(growth.converge(rule, depth, args.width, parts, args.epochs, args.seeds, args.batch_size))
                print(curves[-1].line(), flush=True)
    title = f"{args.dataset}, layers of {args.width}, batch {args.batch_size}, mean of {args.seeds} (paper: Fig. 5)"
    growth.convergence_picture(curves, title, out / "convergence")
    return curves
