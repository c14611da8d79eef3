"""A configuration and a seed become a record."""

from __future__ import annotations

import functools
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

import data_utils
from data_utils import Dataset
from mfnumpy import backend, network, optim, rules
from mfnumpy.engines import trainer
from mfnumpy.errors import DivergedError, unknown_name
from mfnumpy.measure import peak_step_bytes
from mfnumpy.network import Network
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.testing import TestPart
from mfnumpy.rules import Rule
from mfnumpy.support.environment import environment
from mfnumpy.support.provenance import code_version


@functools.lru_cache(maxsize=2)
def dataset(
    name: str,
    layout: str,
    subset: int | None,
    validation: int | float,
    split: int,
    hold_out: int,
    data_dir: str | None = None,
    download: bool = True,
) -> Dataset:
    """A data set as a run needs it, kept for the runs that follow. Raises as `data_utils.load` does.

    name: of the data set.
    layout: "flat" or "image".
    subset: at most so many samples of each part, None for all.
    validation: how much of the training part is held out, a count or a fraction.
    split: the seed of the validation part.
    hold_out: the seed of the test part where there is no official one.
    data_dir, download: as in `data_utils.load`.
    """
    return data_utils.load(
        name,
        layout=layout,  # type: ignore[arg-type]
        subset=subset,
        validation=validation,
        seed=split,
        hold_out=hold_out,
        data_dir=data_dir,
        download=download,
    )


def dataset_of(config: Config, data_dir: str | None = None, download: bool = True, seed: int = 0) -> Dataset:
    """The data set of a configuration and a seed: images in their shape for convolutions, flat for everything else.

    config: of the run.
    data_dir, download: as in `data_utils.load`.
    seed: of the run; where the configuration says so, it draws the parts too.
    """
    layout = network.parse(config.network).layout
    return dataset(config.dataset, layout, config.subset, config.validation, *_seeds(config, seed), data_dir, download)


def _seeds(config: Config, seed: int) -> tuple[int, int]:
    """Of the division into training and validation, and of the test part where there is no official one."""
    if isinstance(config.split, int):
        return config.split, 0
    if config.split != "seed":
        raise unknown_name("way to divide the data", config.split, ["seed"])
    return seed, seed


def build(config: Config, data: Dataset, seed: int) -> tuple[Network, Rule]:
    """The network of a configuration and its rule, started.

    config: of the run.
    data: gives the shape of the input and the number of classes.
    seed: of all weights and matrices.
    """
    net = network.named(config.network, data.input_shape, seed=seed, init=config.init)
    rule = rules.make(config.rule, **config.options)
    rule.start(net, data.n_classes, seed)
    return net, rule


_ENGINES: dict[str, dict[str, Any]] = {"reference": {}, "fast": {"threads": 1}}
"""Engine -> further options of `engines.trainer`. One thread: the last bits of a batch's sums depend on how many."""


def train(config: Config, seed: int, data: Dataset) -> tuple[list[dict[str, Any]], list[float], str | None]:
    """Train, and evaluate on the test part the epochs that the configuration says.

    config: of the run.
    seed: of weights, matrices and the order of samples.
    data: from `dataset_of`.
    Returns the history, each epoch's seconds of training, and the message if the run diverged. Test accuracies are
    written down and never read here. Raises UnknownNameError for another engine, or choice of epochs, than there is.
    """
    if config.engine not in _ENGINES:
        raise unknown_name("engine of a record", config.engine, _ENGINES)
    data = on_device(data)
    net, rule = build(config, data, seed)
    test = TestPart(config, lambda: rule.parameters(net), lambda: fitting.evaluate(data.x_test, data.y_test))
    options: dict[str, Any] = {
        "epochs": config.epochs,
        "batch_size": min(config.batch_size, len(data.y_train)) if config.batch_size else None,
        "seed": seed,
        "decay": config.decay,
        "show_progress": False,
        "on_epoch": test.note,
        "optimiser_options": {"rates": config.rates},
    }
    try:
        with trainer(net, rule, lr=config.lr, engine=config.engine, **_ENGINES[config.engine], **options) as fitting:
            seconds = fitting.fit(data.x_train, data.y_train, data.x_val, data.y_val).seconds
    except DivergedError as error:
        return test.history, [], str(error)
    return test.history, seconds, None


def on_device(data: Dataset) -> Dataset:
    """The data set with all its parts on the device, where they stay; as it is, if NumPy is in use."""
    if backend.current().name == "numpy":
        return data
    names = ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")
    return replace(data, **{name: _moved(getattr(data, name)) for name in names})


def _moved(part: Any) -> Any:
    """An array, or a view of one, on the device; None as it is."""
    return None if part is None else backend.to_device(np.ascontiguousarray(part[:]))


def execute(config: Config, seed: int, data_dir: str | None = None, download: bool = True) -> Record:
    """The record of one training run, made by running it.

    config: of the run.
    seed: of weights, matrices and the order of samples.
    data_dir, download: as in `data_utils.load`.
    Raises DataError where the data set is not on this machine.

    A run that diverges is a result as well: its record says so, and has the epochs before it.
    """
    start = time.perf_counter()
    data = dataset_of(config, data_dir, download, seed)
    history, epoch_seconds, diverged = train(config, seed, data)
    net, rule = build(config, data, seed)
    result: dict[str, Any] = {"parameters": {mode: rule.count(net, mode) for mode in rule.predictions}}
    result |= {"diverged": diverged} if diverged else protocol.summarise(history, config.patience)
    return Record(
        config=config.settings,
        seed=seed,
        history=history,
        result=result,
        seconds=round(time.perf_counter() - start, 3),
        epoch_seconds=[round(s, 3) for s in epoch_seconds],
        peak_bytes=_peak_bytes(config, net, rule, data),
        code=code_version(),
        environment=environment(),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _peak_bytes(config: Config, net: Network, rule: Rule, data: Dataset) -> int:
    """Of the second step, when Adam's moments are there."""
    rows = slice(0, min(config.batch_size or len(data.y_train), len(data.y_train)))
    x, y = (backend.to_device(np.ascontiguousarray(part[rows])) for part in (data.x_train, data.y_train))
    optimiser = optim.Adam(config.lr)
    peak_step_bytes(net, rule, optimiser, x, y)
    return peak_step_bytes(net, rule, optimiser, x, y)
