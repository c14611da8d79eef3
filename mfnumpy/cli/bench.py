"""Speed against PyTorch on the same machine, in alternating rounds, beside the machine's own limit."""

from __future__ import annotations

import argparse
import os
from typing import Any

PARTS = ("training", "parts", "prediction", "layers", "startup")
TRAINING = [
    ("2x1000", 256, 40, ("mf", "bp", "fa", "dfa", "ff")),
    ("3x2000", 256, 6, ("mf", "bp", "fa", "dfa", "ff")),
    ("cnn", 128, 4, ("mf", "bp", "fa", "dfa")),
]
FULL_BATCH = [("2x1000", 60_000, 1, ("mf", "bp")), ("3x2000", 50_000, 1, ("mf", "bp"))]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy bench` accepts."""
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    networks = [network for network, *_ in TRAINING]
    rules = list(dict.fromkeys(rule for *_, of_one in TRAINING for rule in of_one))
    parser.add_argument("--networks", nargs="+", choices=networks, help="only these (default: all)")
    parser.add_argument("--rules", nargs="+", choices=rules, help="only these (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that are timed (default: 5)")
    parser.add_argument("--batches", type=int, help="batches per round (default: 40, 6 and 4 by network)")
    parser.add_argument("--threads", type=int, help="threads of either side (default: one per core)")
    parser.add_argument(
        "--full-batch", action="store_true", help="training with all samples in one step, as in Table 5"
    )
    parser.add_argument(
        "--system-malloc", action="store_true", help="leave malloc as it is: PyTorch's CNN is then much slower"
    )
    parser.add_argument("--out", default="runs/bench", help="folder for bench.json and the picture")


def run(args: argparse.Namespace) -> int:
    """Measure, print a line for each comparison, and write bench.json."""
    import json
    from dataclasses import asdict

    import numpy as np

    from mfnumpy.bench.peer import keep_freed_memory
    from mfnumpy.environment import blas_libraries, blas_name, environment
    from mfnumpy.errors import InvalidValueError, unknown_name
    from mfnumpy.fast.team import cores
    from mfnumpy.files import atomic_write, make_folder

    for part in args.parts:
        if part not in PARTS:
            raise unknown_name("part of the benchmark", part, PARTS)
    for name in ("rounds", "batches", "threads"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise InvalidValueError(f"--{name} must be at least 1; got {getattr(args, name)}.")
    args.threads = args.threads or cores()
    print("; ".join([f"NumPy {np.__version__}", *map(blas_name, blas_libraries())]))
    if "OPENBLAS_CORETYPE" in os.environ:
        print("OPENBLAS_CORETYPE is set: NumPy's kernels are held to it, PyTorch's are not.")
    kept = not args.system_malloc and keep_freed_memory()
    print(f"malloc: {'keeps freed memory for PyTorch' if kept else 'as it is'}")
    out = make_folder(args.out)
    found: dict[str, Any] = {"environment": environment(), "threads": args.threads, "malloc_keeps": kept}
    measure = {"training": _training, "parts": _parts, "prediction": _prediction}
    for part in args.parts or PARTS:
        found[part] = [asdict(result) for result in measure.get(part, _other)(args, part)]
        with atomic_write(out / "bench.json", "w") as file:
            json.dump(found, file, indent=1)
    print(f"Written: {out}/bench.json")
    return 0


def _training(args: argparse.Namespace, part: str) -> list[Any]:
    from mfnumpy.bench.training import Case, compare
    from mfnumpy.parallel.choice import WAYS

    results = []
    for network, batch, batches, rules in FULL_BATCH if args.full_batch else TRAINING:
        for rule in rules:
            pipelined = rule == "mf" and network != "cnn" and not args.full_batch  # one batch leaves nothing to overlap
            for way in WAYS if pipelined else ("neurons",):
                if _wanted(args, network, rule):
                    case = Case(network, rule, batch, args.batches or batches, args.threads, way=way)
                    results.append(compare(case, args.rounds))
                    print(results[-1].line(), flush=True)
    return results


def _parts(args: argparse.Namespace, part: str) -> list[Any]:
    from mfnumpy.bench import parts
    from mfnumpy.bench.training import Case

    results = []
    for network, batch, batches, _ in TRAINING:
        for rule in ("mf", "bp"):
            if _wanted(args, network, rule):
                case = Case(network, rule, batch, args.batches or batches, args.threads)
                results.append(parts.measure(case, args.rounds))
                print(results[-1].line(), flush=True)
    return results


def _prediction(args: argparse.Namespace, part: str) -> list[Any]:
    from mfnumpy.bench.prediction import MODES, compare

    results = []
    for rule, mode in MODES:
        for rows in (1, 256):
            if _wanted(args, "2x1000", rule):
                results.append(compare("2x1000", rule, mode, rows, args.threads, args.rounds))
                print(results[-1].line(), flush=True)
    return results


def _other(args: argparse.Namespace, part: str) -> list[Any]:
    from pathlib import Path

    if part == "startup":
        from mfnumpy.bench import startup

        result = startup.measure(args.rounds)
        print(result.line())
        return [result]
    from mfnumpy.bench import layers

    results = []
    for network in ("2x1000", "4x1000"):
        if _wanted(args, network, "mf"):
            results.append(layers.measure(network, 256, args.batches or 20, args.threads, args.rounds))
            print("\n".join(results[-1].lines()), flush=True)
    layers.timeline("4x1000", 256, 8, Path(args.out) / "who_works_when")
    return results


def _wanted(args: argparse.Namespace, network: str, rule: str) -> bool:
    return (not args.networks or network in args.networks) and (not args.rules or rule in args.rules)
