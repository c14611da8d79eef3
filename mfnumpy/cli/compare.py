"""Train all learning rules side by side on real data; print a table, write pictures and a report."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from mfnumpy import choices, engines
from mfnumpy.cli import options
from mfnumpy.cli.data import print_table
from mfnumpy.comparison import page, plots
from mfnumpy.comparison.compare import Comparison, Diverged, Run, Settings, Spool, compare, percent
from mfnumpy.errors import DivergedError, InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules import RULES
from mfnumpy.support import pools
from mfnumpy.support.files import atomic_write, locked
from mfnumpy.support.optional import require
from mfnumpy.support.pools import Pool

SEEDS = f"how many, or which ones (default: {choices.SEEDS.value})"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy compare`."""
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="default: all; see `mfnumpy info rules`")
    options.add_data(parser)
    options.add_network(parser)
    options.add_training(parser)
    parser.add_argument("--seeds", nargs="+", metavar="N", default=[str(choices.SEEDS.value)], help=SEEDS)
    parser.add_argument("--jobs", type=int, metavar="N", help="runs at once (default: one for each core)")
    told = "runs on the workers of a Dask cluster, by its scheduler: tcp://host:8786"
    parser.add_argument("--cluster", metavar="ADDRESS", help=told)
    parser.add_argument("--out", default="runs/compare", help="folder for the results (default: runs/compare)")


def run(args: argparse.Namespace) -> int:
    """Run the comparison; returns 0. Raises DivergedError if no run came to its end."""
    seeds = _seeds(args)
    if args.validation == 0:
        raise InvalidValueError("compare shows validation curves: --validation must be above 0.")
    if args.cluster and args.jobs is not None:
        raise InvalidValueError("--jobs and --cluster say both who makes the runs: give one of them.")
    shown = options.architecture(args)
    names, left_out = options.rule_names(args.rules, shown.images)
    require("matplotlib")
    options.use_backend(args)
    with pools.cluster(args.cluster) if args.cluster else nullcontext() as pool, locked(args.out) as folder:
        return _run(args, names, left_out, seeds, folder, pool)


def _run(
    args: argparse.Namespace,
    names: list[str],
    left_out: list[str],
    seeds: tuple[int, ...],
    folder: Path,
    pool: Pool | None,
) -> int:
    """Train the rules of these names with these seeds, and write into the folder, which is locked."""
    shown = options.architecture(args)
    data = options.load_data(args, shown.layout, seeds[0])
    runs, shape = len(names) * len(seeds), data.input_shape

    def build(seed: int) -> Network:
        """The network for a seed."""
        return options.build_network(args, shape, seed)

    net = build(0)
    share = options.share_out(args, runs, net, len(data.y_train))
    settings = Settings(
        epochs=args.epochs,
        batch_size=options.batch_size(args, len(data.y_train)),
        lr=options.learning_rate(args),
        optimiser=args.optimiser,
        decay=args.decay,
        patience=args.patience,
        seeds=seeds,
        engine=args.engine,
        threads=share.threads,
    )
    for name in left_out:
        print(f"{name}: left out, since {RULES[name].title} cannot train a convolutional network.", file=sys.stderr)

    n_classes, load = len(data.class_names), options.data_choice(args, shown.layout)
    how = share.text() if pool is None else share._replace(jobs=pool.workers).text() + f", by {args.cluster}"
    for line in (f"{runs} runs, {how}.", *_engines(names, net, n_classes, settings)):
        print(line, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="mfnumpy-") as place:
        spool, begun = Spool(Path(place)), Comparison.begin(names, net, settings, _config(args, data))
        with nullcontext() if pool else _progress(spool, runs * args.epochs):  # workers elsewhere do not see the spool
            seen = None if pool else spool
            running = compare(begun, build, load, n_classes, settings, share=share, spool=seen, pool=pool)
            with closing(running):  # Ctrl-C comes also while a run is told: then it ends the others
                result = _keep(running, begun, folder, spool)
    paths = write(result, folder)  # before the table: whatever goes wrong with it, nothing is lost
    _print_table(result)
    for path in paths:
        print(f"wrote {path}")
    return 0


def _engines(names: list[str], net: Network, n_classes: int, settings: Settings) -> list[str]:
    """A line on each engine: for which rules it is taken, and why, where it is not the fast one."""
    taken: dict[str, list[str]] = {}
    for name in names:
        rule = RULES[name]()
        rule.start(net, n_classes)
        chosen = engines.choose(net, rule, engine=settings.engine, optimiser=settings.optimiser)
        taken.setdefault(chosen.line(settings.threads or 1), []).append(name)
    return [f"{', '.join(names)}: {line}" for line, names in taken.items()]


def _keep(
    runs: Iterable[tuple[Run | Diverged, Comparison]], begun: Comparison, folder: Path, spool: Spool
) -> Comparison:
    """Write results.json and tell the run whenever one ends; returns the comparison of all.

    On Ctrl-C the finished part is written whole before KeyboardInterrupt goes on its way. Raises DivergedError if no
    run came to its end; then nothing was written, and what an earlier comparison left in the folder stays.
    """
    result = begun
    try:
        for item, result in runs:
            if result.runs:
                write_results(result, folder)
            _tell(item, result)
    except KeyboardInterrupt:
        result = result.with_(*spool.runs())  # also those that ended just now, in another process
        if result.runs:
            with suppress(OSError):  # the terminal may be gone
                told = f"stopped after {result.ended} of {result.planned} runs; writing them to {folder}"
                print(told, file=sys.stderr, flush=True)
            write(result, folder)
        raise
    if not result.runs:
        raise DivergedError(f"No run came to its end, nothing was written. {result.notes[0]}")
    return result


@contextmanager
def _progress(spool: Spool, epochs: int) -> Iterator[None]:
    """Inside the block a bar shows the epochs that are done, over all runs at once; only on a terminal with tqdm."""
    try:
        from tqdm import tqdm
    except ImportError:
        yield
        return
    ended = threading.Event()
    with tqdm(total=epochs, unit="epoch", leave=False, disable=None, dynamic_ncols=True) as bar:

        def show() -> None:
            """Bring the bar up to date, until the runs have ended."""
            while not ended.wait(0.2):
                bar.update(spool.epochs() - bar.n)

        thread = threading.Thread(target=show, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def write_results(result: Comparison, folder: Path) -> Path:
    """Write results.json into the folder; returns its path."""
    path = folder / "results.json"
    with atomic_write(path, "w") as file:
        json.dump(result.as_json(), file, indent=1)
    return path


def write(result: Comparison, folder: Path) -> list[Path]:
    """Write results.json, the pictures (PNG and SVG) and report.html into the folder; returns the paths."""
    paths = [write_results(result, folder)]
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
    for name, figure in figures.items():
        paths += plots.save(figure, folder / name)
    path = folder / "report.html"
    with atomic_write(path, "w") as file:
        file.write(page.html(result, {name: plots.render(f, "svg").decode() for name, f in figures.items()}))
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
        "net": options.architecture(args).name,
        "samples": sizes,
        "scaling": data.scaling,
    }
    return own | {
        "bias": args.bias,
        "dtype": args.dtype,
        "validation": args.validation,
        "subset": args.subset,
    }


def _print_above_the_bar(line: str) -> None:
    """A line on standard error; a bar that is drawn there moves down."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(line, file=sys.stderr, flush=True)
    else:
        tqdm.write(line, file=sys.stderr)
        sys.stderr.flush()


def _tell(item: Run | Diverged, result: Comparison) -> None:
    """One line on the run that has just ended."""
    if isinstance(item, Diverged):
        outcome = f"diverged. {item.reason}"
    else:
        scores = ", ".join(f"{mode} {percent(value)} %" for mode, value in item.accuracy.items())
        outcome = f"{scores} ({sum(item.seconds):.1f} s)"
    line = f"[{result.ended}/{result.planned}] {item.rule}, seed {item.seed}: {outcome}"
    _print_above_the_bar(line)


COLUMNS = ("rule", "prediction", "test %", "each block %", "parameters", "s/epoch", "peak MB")
ALWAYS = ("rule", "prediction", "test %", "s/epoch")
"""The columns for which any terminal has room. The others come if they fit; the report has them all."""
WORDS = ("rule", "prediction", "each block %")
"""The columns that stand to the left; numbers stand to the right."""


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


def columns_that_fit(rows: list[dict], width: int | None) -> dict[str, list[str]]:
    """The table by columns: name -> its head and cells, padded to one length, in the order of COLUMNS.

    width: of the terminal, in characters; a column that does not fit whole is left out, unless it is one of ALWAYS.
    None keeps all.
    """
    table = dict(zip(COLUMNS, zip(COLUMNS, *map(cells, rows), strict=True), strict=True))
    lengths = {name: max(map(len, column)) for name, column in table.items()}
    kept = list(ALWAYS)
    for name in COLUMNS:
        drawn = 1 + sum(lengths[k] + 3 for k in [*kept, name])  # a border and two spaces for each, a border at the end
        if name not in kept and (width is None or drawn <= width):
            kept.append(name)
    pad = {name: str.ljust if name in WORDS else str.rjust for name in COLUMNS}
    return {name: [pad[name](cell, lengths[name]) for cell in table[name]] for name in COLUMNS if name in kept}


def _terminal_width() -> int | None:
    """The width that rich finds, for it draws the table; None for a pipe or without rich, where nothing is cut."""
    if not sys.stdout.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console().width


def _print_table(result: Comparison) -> None:
    """The table, then in words what has no place in it."""
    table = columns_that_fit(result.rows, _terminal_width())
    seeds = len(result.config["seeds"])
    title = f"{result.config['dataset']}, {result.config['net']}, {seeds} seed{'s' if seeds > 1 else ''}"
    head, *rows = zip(*table.values(), strict=True)
    print_table(title, head, rows)
    left_out = [name for name in COLUMNS if name not in table]
    if left_out:
        print(f"Too wide for this terminal, but in the report: {', '.join(left_out)}.")
    for note in result.notes:
        print(note)
