"""Train all learning rules side by side on real data; print a table, write pictures and a report."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from mfnumpy import plots, report
from mfnumpy.cli import options
from mfnumpy.compare import Comparison, Run, Settings, compare, percent
from mfnumpy.errors import InvalidValueError
from mfnumpy.files import atomic_write, make_folder
from mfnumpy.network import Network
from mfnumpy.optional import require


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy compare`."""
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="default: all; see `mfnumpy info rules`")
    options.add_data(parser)
    options.add_network(parser)
    options.add_training(parser, epochs=30)
    parser.add_argument("--seeds", nargs="+", metavar="N", default=["3"], help="how many, or which ones (default: 3)")
    parser.add_argument("--out", default="runs/compare", help="folder for the results (default: runs/compare)")


def run(args: argparse.Namespace) -> int:
    """Run the comparison; returns 0."""
    seeds = _seeds(args)
    if args.validation == 0:
        raise InvalidValueError("compare shows validation curves: --validation must be above 0.")
    names, left_out = options.rule_names(args.rules, options.is_convolutional(args))
    require("matplotlib")
    options.use_backend(args)
    folder = make_folder(args.out)
    data = options.load_data(args, seeds[0])
    settings = Settings(
        epochs=args.epochs,
        batch_size=options.batch_size(args, len(data.y_train)),
        lr=options.learning_rate(args),
        optimiser=args.optimiser,
        decay=args.decay,
        patience=args.patience,
        seeds=seeds,
    )
    for name in left_out:
        print(f"{name}: left out, since Forward-Forward cannot train a convolutional network.", file=sys.stderr)

    def build(seed: int) -> Network:
        """The network for a seed."""
        return options.build_network(args, data.input_shape, seed)

    def load(seed: int) -> Any:
        """The data for a seed."""
        return options.load_data(args, seed)

    with options.limited_threads(args, build(0)):
        result = compare(names, build, load, len(data.class_names), settings, config=_config(args, data), on_run=_tell)
    _print_table(result)
    for path in write(result, folder):
        print(f"wrote {path}")
    return 0


def write(result: Comparison, folder: Any) -> list[Any]:
    """Write results.json, the pictures (PNG and SVG) and report.html into the folder; returns the paths."""
    where = f"{result.config['dataset']}, {result.config['net']}"
    accuracy: dict[str, list] = {}
    loss: dict[str, list] = {}
    for item in result.runs:
        mode = next(iter(item.accuracy))
        accuracy.setdefault(item.rule, []).append([100 * e["val_accuracy"][mode] for e in item.epochs])
        loss.setdefault(item.rule, []).append([list(e["loss"].values())[-1] for e in item.epochs])
    figures = {
        "accuracy": plots.accuracy_bars(result.rows, f"Test accuracy ({where})"),
        "learning_curves": plots.curves(accuracy, "validation accuracy in %", f"Learning curves ({where})"),
        "loss_curves": plots.curves(loss, "training loss", f"Loss of the last step in a batch ({where})", log=True),
    }
    path = folder / "results.json"
    with atomic_write(path, "w") as file:
        json.dump(result.as_json(), file, indent=1)
    paths = [path]
    for name, figure in figures.items():
        paths += plots.save(figure, folder / name)
    path = folder / "report.html"
    with atomic_write(path, "w") as file:
        file.write(report.html(result, {name: plots.render(f, "svg").decode() for name, f in figures.items()}))
    return [*paths, path]


def _seeds(args: argparse.Namespace) -> tuple[int, ...]:
    """One number is how many seeds, from 0; several are the seeds themselves."""
    numbers = options.integers("--seeds", args.seeds)
    if len(numbers) == 1 and numbers[0] < 1:
        raise InvalidValueError(f"--seeds must be at least 1; got {numbers[0]}.")
    return tuple(range(numbers[0])) if len(numbers) == 1 else tuple(dict.fromkeys(numbers))


def _config(args: argparse.Namespace, data: Any) -> dict:
    sizes = {part: len(getattr(data, f"y_{part}")) for part in ("train", "val", "test")}
    own = {
        "dataset": args.dataset,
        "net": options.network_name(args),
        "samples": sizes,
        "scaling": data.scaling,
    }
    return own | {
        "bias": args.bias,
        "dtype": args.dtype,
        "validation": args.validation,
        "subset": args.subset,
    }


def _tell(item: Run, number: int, total: int) -> None:
    scores = ", ".join(f"{mode} {percent(value)} %" for mode, value in item.accuracy.items())
    took = sum(item.seconds)
    print(
        f"[{number}/{total}] {item.rule}, seed {item.seed}: {scores} ({took:.1f} s)",
        file=sys.stderr,
        flush=True,
    )


COLUMNS = (
    "rule", "prediction", "test accuracy %", "each block alone %", "parameters", "s/epoch", "peak MB",
)  # fmt: skip


def cells(row: dict) -> list[str]:
    """One row of the table as text, in the order of COLUMNS."""
    return [
        row["rule"],
        row["prediction"],
        percent(row["test_accuracy"], row["test_accuracy_sd"]),
        " ".join(percent(value) for value in row["layer_accuracy"]) or "–",
        f"{row['parameters']:,}",
        f"{row['seconds_per_epoch']:.3f}",
        f"{row['peak_bytes'] / 1e6:.2f}",
    ]


def _print_table(result: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result.config['dataset']}, {result.config['net']}, {len(result.config['seeds'])} seeds")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in COLUMNS[:2] else "right", no_wrap=True)
    for row in result.rows:
        table.add_row(*cells(row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=130)
    console.print(table)
