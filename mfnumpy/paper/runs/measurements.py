"""Tables 4 and 5 and Figs. 1 to 3: time for a prediction and an epoch, memory for a step; on random data.

All contestants of one timing are timed in alternating rounds, in one process, so that they meet the same machine.
Memory is counted by `mfnumpy.bench.memory`, each time in a process of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from mfnumpy import network, optim, rules
from mfnumpy.bench.memory import run_probe
from mfnumpy.bench.memory_probe import Probe
from mfnumpy.bench.rounds import alternate
from mfnumpy.network import Network
from mfnumpy.paper import published
from mfnumpy.paper.ledger.config import Measurement, as_named, stored
from mfnumpy.paper.ledger.record import Record
from mfnumpy.parallel import PipelineTrainer
from mfnumpy.rules import Rule
from mfnumpy.support.environment import environment
from mfnumpy.support.provenance import code_version
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

SHAPES = {"mnist": (784,), "cifar10": (3072,)}
N_CLASSES = 10


def prediction_job(batch: int = 256, rounds: int = 21, net: str = "2x1000") -> Measurement:
    """Table 4, all five rows in one record.

    batch: samples in one call; ours, for the paper does not state its own.
    rounds: of the timing.
    net: by name, see `network.parse`.
    """
    values = {"network": net, "shape": list(SHAPES["mnist"]), "batch": batch, "rounds": rounds}
    return Measurement("prediction", f"prediction-{net}", values)


def epoch_job(dataset: str, net: str, rows: int, batch: int | None, rounds: int) -> Measurement:
    """One pair of rows of Table 5: MF and BP.

    dataset: by name.
    net: by name, see `network.parse`.
    rows: samples of an epoch.
    batch: samples of a batch, None for the full batch.
    rounds: of the timing.
    """
    values = {"dataset": dataset, "network": net, "rows": rows, "batch": batch, "rounds": rounds}
    return Measurement("epoch_time", f"epoch_time-{dataset}-{'full' if batch is None else 'mini'}", values)


def memory_job(rule: str, depth: int, **options: Any) -> Measurement:
    """Memory of one training step, as `mfnumpy.bench.memory_probe.Probe` describes it; Figs. 1 to 3 are made of these.

    rule: by name.
    depth: how many layers.
    options: the other fields of Probe.

    The backend is there only where it is not NumPy: a measurement keeps the hash that it had before backends.
    """
    return memory_job_of(Probe(rule=rule, depth=depth, **options))


def memory_job_of(probe: Probe) -> Measurement:
    """The same for a probe that is there."""
    values = stored(asdict(probe))
    if probe.backend == "numpy":
        del values["backend"]
    return Measurement("memory", f"memory-{probe.kind}-{probe.rule}-{probe.depth}x{probe.width}", values)


def measure(job: Measurement, seed: int) -> Record:
    """Make the record of one measurement. result: seconds of every round by contestant, or bytes."""
    start = time.perf_counter()
    result = KINDS[job.kind](job.values, seed)
    return Record(
        config=job.settings,
        seed=seed,
        history=[],
        result=result,
        seconds=round(time.perf_counter() - start, 3),
        peak_bytes=result.get("peak"),
        code=code_version(),
        environment=environment(),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _memory(values: dict[str, Any], seed: int) -> dict[str, Any]:
    found = run_probe(Probe(**as_named(values)))
    return {key: found[key] for key in ("peak", "standing", "rss", "timeline") if key in found}


def _model(values: dict[str, Any], shape: tuple[int, ...], rule: str, seed: int) -> tuple[Network, Rule]:
    net, made = network.named(values["network"], shape, seed=seed), rules.make(rule)
    made.start(net, N_CLASSES, seed)
    return net, made


def _prediction(values: dict[str, Any], seed: int) -> dict[str, Any]:
    """Every row of Table 4, for one sample ("mf ff single") and for a batch ("mf ff batch")."""
    shape = tuple(values["shape"])
    x = stream(seed, "bench").random((values["batch"], *shape), dtype=np.float32)
    contestants: dict[str, Callable[[], object]] = {}
    for rule, mode in published.TABLE4:
        net, made = _model(values, shape, rule, seed)
        for size, rows in (("single", x[:1]), ("batch", x)):
            contestants[f"{rule} {mode} {size}"] = _scoring(made, net, rows, mode)
    return _seconds(contestants, values["rounds"])


def _scoring(rule: Rule, net: Network, rows: np.ndarray, mode: str) -> Callable[[], object]:
    return lambda: rule.scores(net, rows, mode).argmax(axis=1)


def _epochs(values: dict[str, Any], seed: int) -> dict[str, Any]:
    """One epoch for each contestant: the reference trainer, and MF with its layers in parallel."""
    shape, rng = SHAPES[values["dataset"]], stream(seed, "bench")
    x = rng.random((values["rows"], *shape), dtype=np.float32)
    y = rng.integers(0, N_CLASSES, values["rows"])

    def epoch(rule: str, kind: type[Trainer] = Trainer) -> Callable[[], object]:
        """One epoch of a rule, ready to be timed."""
        net, made = _model(values, shape, rule, seed)
        trainer = kind(net, made, optim.Adam(), epochs=1, batch_size=values["batch"], seed=seed, show_progress=False)
        return lambda: trainer.fit(x, y)

    contestants = {rule: epoch(rule) for rule in ("mf", "bp")}
    if values["batch"] is not None:  # with a full batch only epochs could overlap; not measured
        contestants["mf in parallel"] = epoch("mf", PipelineTrainer)
    return _seconds(contestants, values["rounds"])


def _seconds(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, Any]:
    return {"seconds": {name: timing.seconds for name, timing in alternate(contestants, rounds).items()}}


KINDS: dict[str, Callable[[dict[str, Any], int], dict[str, Any]]] = {
    "prediction": _prediction,
    "epoch_time": _epochs,
    "memory": _memory,
}
"""Kind of measurement -> (values, seed) -> result."""
