"""Speed on this machine in alternating rounds: against PyTorch, beside the machine's own limit, of both engines."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mfnumpy.cli.words import Words
from mfnumpy.support.threads import LIBRARY

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {
    "training": ("torch", LIBRARY),
    "parts": ("torch", LIBRARY),
    "prediction": ("torch", LIBRARY),
    "layers": ("matplotlib", LIBRARY),
    "engines": (LIBRARY,),
    "sklearn": ("sklearn", LIBRARY),
    "workers": ("joblib", LIBRARY),
    "ranks": ("mpi4py", LIBRARY),
    "extrapolation": (),
    "startup": (),
}
"""The parts of the benchmark, with the libraries that each needs."""
TRAINING = [
    ("2x1000", 256, 40, ("mf", "bp", "fa", "dfa", "ff")),
    ("3x2000", 256, 6, ("mf", "bp", "fa", "dfa", "ff")),
    ("cnn", 128, 4, ("mf", "bp", "fa", "dfa")),
]
ESTIMATORS = [
    ("breast_cancer", None, "1x100", 32, 50),
    ("digits", None, "2x100", 64, 30),
    ("mnist", 20_000, "2x1000", 256, 3),
]
"""Data set, training rows (None: all), network, batch, passes of a fit."""
FULL_BATCH = [("2x1000", 60_000, 1, ("mf", "bp")), ("3x2000", 50_000, 1, ("mf", "bp"))]
LAYERS = ("2x1000", "4x1000")
EXTRAS = {"torch": "bench", "mpi4py": "cluster"}
"""What brings a library, where it is not the extra `lab`."""
MOST_RANKS = 4


@dataclass(frozen=True)
class Line:
    """What one line compares; start-up has neither a network nor rules.

    measure: the call that measures it.
    network: by name, None for start-up.
    rules: by name, () for start-up.
    """

    measure: Callable[[], Any]
    network: str | None = None
    rules: tuple[str, ...] = ()

    def wanted(self, networks: list[str] | None, rules: list[str] | None) -> bool:
        """Whether the filters, None for all, leave this line."""
        fits = not networks or self.network in networks
        return self.network is None or (fits and (not rules or not set(rules).isdisjoint(self.rules)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy bench` accepts."""
    from mfnumpy.bench.engines import NETWORKS
    from mfnumpy.bench.prediction import MODES

    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    ours = (network for _, _, network, *_ in ESTIMATORS)
    networks = dict.fromkeys([*(network for network, *_ in TRAINING), *LAYERS, *NETWORKS, *ours])
    rules = dict.fromkeys([*(rule for *_, of_one in TRAINING for rule in of_one), *(rule for rule, _ in MODES)])
    parser.add_argument(
        "--networks", action=Words, known=networks, kind="network to measure", help="only these (default: all)"
    )
    parser.add_argument("--rules", action=Words, known=rules, kind="rule to measure", help="only these (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that are timed (default: 5)")
    parser.add_argument("--batches", type=int, help="batches per round (default: by part and network, 4 to 40)")
    parser.add_argument("--threads", type=int, help="threads of either side (default: one per core)")
    parser.add_argument(
        "--full-batch", action="store_true", help="training with all samples in one step, as in Table 5"
    )
    parser.add_argument(
        "--system-malloc", action="store_true", help="leave malloc as it is: PyTorch's CNN is then much slower"
    )
    parser.add_argument("--out", default="runs/bench", help="folder for one JSON file per part, and the picture")


def run(args: argparse.Namespace) -> int:
    """Measure, print a line for each comparison, and write a JSON file for each part, line by line."""
    import json
    from dataclasses import asdict

    import numpy as np

    from mfnumpy.bench.peer import keep_freed_memory
    from mfnumpy.errors import InvalidValueError, unknown_name
    from mfnumpy.support.environment import environment
    from mfnumpy.support.files import atomic_write, make_folder
    from mfnumpy.support.optional import require
    from mfnumpy.support.threads import blas_libraries, blas_name, cores

    for part in args.parts:
        if part not in PARTS:
            raise unknown_name("part of the benchmark", part, PARTS)
    for name in ("rounds", "batches", "threads"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise InvalidValueError(f"--{name} must be at least 1; got {getattr(args, name)}.")
    args.threads = args.threads or cores()
    chosen = {part: _chosen(part, args) for part in args.parts or PARTS}
    print("; ".join([f"NumPy {np.__version__}", *map(blas_name, blas_libraries())]))
    if "OPENBLAS_CORETYPE" in os.environ:
        print("OPENBLAS_CORETYPE is set: NumPy's kernels are held to it, PyTorch's are not.")
    kept = not args.system_malloc and keep_freed_memory()
    print(f"malloc: {'keeps freed memory for PyTorch' if kept else 'as it is'}")
    out = make_folder(args.out)
    settings = {"environment": environment(), "threads": args.threads, "rounds": args.rounds, "malloc_keeps": kept}
    for library in dict.fromkeys(library for part in chosen for library in PARTS[part]):
        require(library, EXTRAS.get(library, "lab"))  # missed now, not after minutes
    for part, lines in chosen.items():
        file, found = _file(out, part, args), []
        for line in lines:
            result = line.measure()
            found.append(asdict(result))
            with atomic_write(file, "w") as opened:
                json.dump(settings | {part: found}, opened, indent=1)
            print("\n".join(result.lines()) if part == "layers" else result.line(), flush=True)
        if part == "layers":
            _timeline(args, str(lines[-1].network), out)
        print(f"Written: {file}")
    return 0


def _file(out: Path, part: str, args: argparse.Namespace) -> Path:
    """A part's own file, so that measuring one part leaves what is known of the others."""
    return out / f"{part}{'-full-batch' if part == 'training' and args.full_batch else ''}.json"


def _chosen(part: str, args: argparse.Namespace) -> list[Line]:
    """A part's lines that the filters leave. Raises InvalidValueError, naming what there is, where they leave none."""
    from mfnumpy.errors import InvalidValueError

    lines = _lines(part, args)
    chosen = [line for line in lines if line.wanted(args.networks, args.rules)]
    if not chosen:
        there: dict[str | None, list[str]] = {}
        for line in lines:
            there.setdefault(line.network, []).extend(line.rules)
        named = "; ".join(f"{network} by {', '.join(dict.fromkeys(rules))}" for network, rules in there.items())
        how = " with --full-batch" if args.full_batch and part == "training" else ""
        remedy = "" if args.parts else " Name the parts that are to be measured, or filter less."
        raise InvalidValueError(f"The filters leave nothing of '{part}'{how}, which measures {named}.{remedy}")
    return chosen


def _lines(part: str, args: argparse.Namespace) -> list[Line]:
    """All lines of a part."""
    if part == "startup":
        from mfnumpy.bench import startup

        return [Line(partial(startup.measure, args.rounds))]
    parts = {"training": _training, "parts": _parts, "prediction": _prediction, "layers": _layers, "engines": _engines}
    more = {"sklearn": _sklearn, "workers": _workers, "ranks": _ranks, "extrapolation": _extrapolation}
    return (parts | more)[part](args)


def _training(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench.training import WAYS, Case, compare
    from mfnumpy.network import parse

    lines = []
    for network, batch, batches, rules in FULL_BATCH if args.full_batch else TRAINING:
        for rule in rules:
            overlaps = not parse(network).images and not args.full_batch  # one batch: only epochs could
            pipelined = rule == "mf" and overlaps
            for way in WAYS if pipelined else ("samples",):
                case = Case(network, rule, batch, args.batches or batches, args.threads, way=way)
                lines.append(Line(partial(compare, case, args.rounds), network, (rule,)))
    return lines


def _parts(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench import parts
    from mfnumpy.bench.training import Case

    lines = []
    for network, batch, batches, _ in TRAINING:
        for rule in ("mf", "bp"):
            case = Case(network, rule, batch, args.batches or batches, args.threads)
            lines.append(Line(partial(parts.measure, case, args.rounds), network, (rule,)))
    return lines


def _prediction(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench.prediction import MODES, compare

    return [
        Line(partial(compare, "2x1000", rule, mode, rows, args.threads, args.rounds), "2x1000", (rule,))
        for rule, mode in MODES
        for rows in (1, 256)
    ]


def _layers(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench import layers

    options = {"batch": 256, "batches": args.batches or 20, "threads": args.threads, "rounds": args.rounds}
    return [Line(partial(layers.measure, network, **options), network, ("mf", "bp")) for network in LAYERS]


def _engines(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench import engines

    return [
        Line(partial(engines.measure, network, rule, batch, args.threads, args.rounds), network, (rule,))
        for network, rule, batch in engines.cases()
    ]


def _sklearn(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench.estimator import Case, compare
    from mfnumpy.network import parse

    return [
        Line(
            partial(compare, Case(name, rows, hidden, rule, batch, args.threads), args.rounds, passes), network, (rule,)
        )
        for name, rows, network, batch, passes in ESTIMATORS
        for hidden in [parse(network).widths]
        for rule in ("bp", "mf")
    ]


def _workers(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench import workers

    return [Line(partial(workers.measure, way, args.threads, args.rounds)) for way in workers.ways(args.threads)]


def _ranks(args: argparse.Namespace) -> list[Line]:
    from mfnumpy.bench import ranks
    from mfnumpy.bench.on_ranks import Case

    network = LAYERS[-1]
    case = Case(network, 256, args.batches or 20, (1, 4, 8), args.rounds)
    return [Line(partial(ranks.measure, k, case), network, ("mf", "bp")) for k in range(1, MOST_RANKS + 1)]


def _extrapolation(args: argparse.Namespace) -> list[Line]:
    from pathlib import Path

    from mfnumpy.bench import extrapolation

    measured = Path(args.out, "ranks.json")
    return [
        Line(extrapolation.predict),
        Line(extrapolation.Limits),
        Line(partial(extrapolation.of_measured, measured)),
    ]


def _timeline(args: argparse.Namespace, network: str, out: Path) -> None:
    from mfnumpy.bench import layers

    layers.timeline(network, 256, args.batches or 8, args.threads, out / "who_works_when")
