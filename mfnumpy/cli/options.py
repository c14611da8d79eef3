"""Options that several commands share, and what they become."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mfnumpy import backend, choices, network, optim, rules
from mfnumpy.batches import DECAYS
from mfnumpy.cli.words import words
from mfnumpy.engines import ENGINES, threads_that_pay
from mfnumpy.errors import InvalidValueError, MissingLibraryError, unknown_name
from mfnumpy.network import Architecture, Layout, Network
from mfnumpy.support import jobs
from mfnumpy.support.jobs import Share
from mfnumpy.support.threads import check_threads


def add_data(parser: argparse.ArgumentParser) -> None:
    """--dataset, --data-dir, --validation, --subset."""
    parser.add_argument(
        "--dataset", default="digits", help="data set by name (default: digits); see `mfnumpy data list`"
    )
    parser.add_argument("--data-dir", help="official files: their folder or one of them (or MFNUMPY_DATA_DIR)")
    parser.add_argument(
        "--validation",
        type=float,
        default=choices.VALIDATION.value,
        help=f"share held out for validation (default: {choices.VALIDATION.value:g}; `train` also takes 0: all rows)",
    )
    parser.add_argument("--subset", type=int, help="use at most so many samples of each part, for quick runs")


def add_own_data(parser: argparse.ArgumentParser) -> None:
    """--data, --target."""
    parser.add_argument("--data", metavar="FILE", help="in place of --dataset: your own .csv table or .npz arrays")
    parser.add_argument("--target", metavar="COLUMN", help="which column, or array, of FILE holds the classes")


def take_own_data(args: argparse.Namespace) -> None:
    """Let the file's name stand for the data set's. Raises InvalidValueError for one of --data and --target alone."""
    if bool(args.data) != bool(args.target):
        raise InvalidValueError(
            "--data FILE and --target COLUMN go together: the file, and what in it holds the classes."
        )
    if args.data:
        args.dataset = Path(args.data).name


def add_network(parser: argparse.ArgumentParser) -> None:
    """--net or --hidden, --bias, --dtype, --backend."""
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--hidden", nargs="+", metavar="N", help="an MLP of these widths (default: 128 128)")
    shape.add_argument("--net", help="a network by name: 2x1000, 3x2000 (LxN), cnn, cnn:8-16")
    told = "give every layer a bias (the paper's nets have none)"
    parser.add_argument("--bias", action="store_true", default=choices.BIAS.value, help=told)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--backend", help="numpy or cupy (or MFNUMPY_BACKEND)")
    parser.add_argument("--threads", type=int, help="how many work (default: 1 for little work, else one per core)")


def add_training(parser: argparse.ArgumentParser) -> None:
    """--engine, --epochs, --batch-size, --lr, --optimiser, --decay, --patience."""
    parser.add_argument(
        "--engine", default="auto", choices=ENGINES, help="what trains (default: auto, the fast one where there is one)"
    )
    epochs, patience = choices.EPOCHS.value, choices.PATIENCE.default
    parser.add_argument("--epochs", type=int, default=epochs, help=f"passes over the data (default: {epochs})")
    parser.add_argument("--batch-size", metavar="N|full", help="rows per step, or 'full' (default: by data set)")
    parser.add_argument("--lr", type=float, help="learning rate (default: by data set)")
    parser.add_argument("--optimiser", default=choices.OPTIMISER.value, choices=sorted(optim.OPTIMISERS))
    decays, told = sorted(DECAYS), "stop after so many epochs without a better validation accuracy"
    parser.add_argument("--decay", default=choices.DECAY.value, choices=decays, help="of the learning rate")
    parser.add_argument("--patience", type=int, default=patience, help=told)


def use_backend(args: argparse.Namespace) -> None:
    """Take up --backend, else MFNUMPY_BACKEND. Raises BackendError or UnknownNameError."""
    if args.backend:
        backend.use(args.backend)
    backend.current()


def integers(option: str, values: Sequence[str]) -> list[int]:
    """The integers of an option that takes several. Raises InvalidValueError naming the option."""
    try:
        return [int(word) for word in words(values)]
    except ValueError:
        raise InvalidValueError(f"{option} takes integers; got {' '.join(values)!r}.") from None


def architecture(args: argparse.Namespace) -> Architecture:
    """The network that the options describe; its name, for titles and folders, is "2x1000", "cnn" or "256-128".

    Raises UnknownNameError for another --net, InvalidValueError for a --hidden that is no list of integers.
    """
    if args.net:
        return network.parse(args.net)
    widths = integers("--hidden", args.hidden) if args.hidden else [128, 128]
    return Architecture("-".join(map(str, widths)), "mlp", tuple(widths))


@dataclass(frozen=True)
class DataChoice:
    """The data set that the options name, in the layout that the network wants; called with a seed, it is loaded.

    dataset: by name.
    data_dir, layout, dtype, validation, subset: as in `data_utils.load`.
    own: in place of a name, a file and what in it holds the classes.

    Equal choices are equal objects, in whatever process, so that loaded data can be kept for the next run.
    """

    dataset: str
    data_dir: str | None
    layout: Layout
    dtype: str
    validation: float
    subset: int | None
    own: tuple[str, str] | None = None

    def __call__(self, seed: int = 0) -> Any:
        """The data, divided by the seed. Raises DataError, and MissingLibraryError without data_utils."""
        try:
            import data_utils
        except ImportError as error:
            raise MissingLibraryError("The data sets are in the package data_utils, which is not installed.") from error
        given = {k: v for k, v in asdict(self).items() if k not in ("dataset", "own")}
        if self.own is None:
            return data_utils.load(self.dataset, seed=seed, **given)
        given.pop("data_dir")
        return data_utils.load_own(*self.own, seed=seed, **given)


def data_choice(args: argparse.Namespace, layout: Layout) -> DataChoice:
    """What the options say of the data. layout: "flat" or "image", as the network wants it."""
    own = (args.data, args.target) if getattr(args, "data", None) else None
    return DataChoice(args.dataset, args.data_dir, layout, args.dtype, args.validation, args.subset, own)


def load_data(args: argparse.Namespace, layout: Layout, seed: int = 0) -> Any:
    """The data set that the options name. Raises DataError.

    args: of the command.
    layout: "flat" or "image", as the network wants it.
    seed: of the validation part.
    """
    return data_choice(args, layout)(seed)


def build_network(args: argparse.Namespace, input_shape: tuple[int, ...], seed: int) -> Network:
    """The network that the options describe. Raises InvalidValueError or UnknownNameError.

    args: of the command.
    input_shape: of one sample.
    seed: of the weights.
    """
    own = {"bias": args.bias, "activation": getattr(args, "activation", "relu"), "seed": seed, "dtype": args.dtype}
    return architecture(args).build(input_shape, **own)


def threads(args: argparse.Namespace, net: Network, rows: int) -> int:
    """--threads, or as many as pay off for this network and batch.

    args: of the command.
    net: what is trained.
    rows: of the training part, which are the batch with --batch-size full.
    Raises InvalidValueError for --threads below 1, MissingLibraryError where BLAS cannot be held to that number.
    """
    if args.threads is None:
        return threads_that_pay(net, batch_size(args, rows))
    check_threads("--threads", args.threads)
    return args.threads


def share_out(args: argparse.Namespace, runs: int, net: Network, rows: int) -> Share:
    """How many runs go at once, and on how many threads each. A device is one: there, runs follow each other.

    args: of the command.
    runs: how many there are in all.
    net: what each of them trains.
    rows: of the training part.
    Raises as `threads` and `jobs.share_out`.
    """
    small = threads(args, net, rows) == 1
    on_device = backend.current().name != "numpy"
    if on_device and (args.jobs or 1) > 1:
        raise InvalidValueError(f"--jobs {args.jobs}: runs on one device follow each other. Leave --jobs out.")
    return jobs.share_out(runs, 1 if on_device else args.jobs, args.threads, small)


def batch_size(args: argparse.Namespace, rows: int) -> int | None:
    """Rows per step; None for full batch. The default gives way to a smaller data set, a number given does not.

    Raises InvalidValueError for anything but "full" or an integer; the trainer refuses numbers out of range.
    """
    if args.batch_size is None:
        return min(choices.batch_size(args.dataset), rows)
    if args.batch_size == "full":
        return None
    try:
        return int(args.batch_size)
    except ValueError:
        raise InvalidValueError(f"--batch-size must be an integer or 'full'; got {args.batch_size!r}.") from None


def learning_rate(args: argparse.Namespace) -> float:
    """--lr, or the data set's own."""
    return choices.learning_rate(args.dataset) if args.lr is None else args.lr


def add_step_sizes(parser: argparse.ArgumentParser) -> None:
    """--lr-of, --l2, --weight-decay."""
    told = "another rate of a kind of parameter (W, M, b), a block or one parameter, e.g. M=0.01"
    parser.add_argument("--lr-of", nargs="+", metavar="NAME=RATE", help=told)
    parser.add_argument(
        "--l2", type=float, default=0.0, help="of the penalty L2/2 |W|^2 for every W and M (default: 0)"
    )
    told = "by which every W and M shrinks, as a share of the rate (default: 0)"
    parser.add_argument("--weight-decay", type=float, default=0.0, help=told)


def step_sizes(args: argparse.Namespace) -> dict[str, Any]:
    """The `optimiser_options` of `engines.trainer`. Raises InvalidValueError for an --lr-of that is no NAME=RATE."""
    rates = {}
    for word in words(args.lr_of or []):
        name, _, rate = word.partition("=")
        try:
            rates[name] = float(rate)
        except ValueError:
            raise InvalidValueError(f"--lr-of takes NAME=RATE, e.g. M=0.01; got {word!r}.") from None
    return {"rates": rates, "l2": args.l2, "weight_decay": args.weight_decay}


def rule_names(asked: Sequence[str] | None, images: bool) -> tuple[list[str], list[str]]:
    """The rules to run, and those left out because they cannot train a network on images.

    asked: names, or None for all. A rule that was asked for by name is never left out.
    Raises UnknownNameError for an unknown rule.
    """
    if asked is None:
        left_out = [name for name, rule in rules.RULES.items() if images and not rule.images]
        return [name for name in rules.RULES if name not in left_out], left_out
    names = words(asked)
    for name in names:
        if name not in rules.RULES:
            raise unknown_name("rule", name, rules.RULES)
    if not names:
        raise InvalidValueError("--rules needs at least one name; known: " + ", ".join(rules.RULES))
    return list(dict.fromkeys(names)), []
