"""What must hold of the parts of a record before a table may read them; whatever does not is a ValueError in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mfnumpy.paper import protocol, published

if TYPE_CHECKING:
    from mfnumpy.paper.record import Record

ENVIRONMENT = {"platform", "cpus", "numpy", "blas", "backend"}
BLAS = {"internal_api", "version", "architecture", "num_threads"}


def check(record: Record) -> None:
    """Raise ValueError, or what Python raises for a part of the wrong kind, unless the parts of a record fit."""
    _require(_whole(record.seed), f"its seed is {record.seed!r}")
    _require(_number(record.seconds), f"its seconds are {record.seconds!r}")
    _require(all(map(_number, record.epoch_seconds)), f"its seconds by epoch are {record.epoch_seconds!r}")
    peak = record.peak_bytes
    _require(peak is None or _whole(peak), f"its peak is {peak!r} bytes")
    _require(isinstance(record.code, dict), f"its code is {record.code!r}")
    _environment(record.environment)
    kind = record.config["kind"]
    if kind == "train":
        _training(record)
    elif kind in ("prediction", "epoch_time"):
        _timing(record.config, record.result["seconds"])
    else:  # a memory probe, whose kind is that of its layers
        _memory(record)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _environment(found: Any) -> None:
    """Of a record made elsewhere nothing may be known: {}; what is there is whole."""
    _require(isinstance(found, dict), f"its environment is {found!r}")
    if found:
        _require(found.keys() >= ENVIRONMENT, f"its environment lacks {sorted(ENVIRONMENT - found.keys())}")
        for library in found["blas"]:
            _require(library.keys() >= BLAS, f"a matrix library lacks {sorted(BLAS - library.keys())}")


def _training(record: Record) -> None:
    """The results are what the history gives, and the history has all its epochs."""
    epochs, n = record.config["epochs"], len(record.history)
    for entry in record.history:
        accuracies = [*entry["val_accuracy"].values(), *entry["test_accuracy"].values(), *entry["test_layers"]]
        _require(all(0 <= a <= 1 for a in accuracies), f"an accuracy of epoch {entry['epoch']} is not from 0 to 1")
    if record.diverged:
        _require(n < epochs, f"it diverged, and yet has all its {epochs} epochs")
        return
    _require(n == epochs, f"it has {n} of {epochs} epochs")
    _require(len({tuple(entry["loss"]) for entry in record.history}) == 1, "its epochs have losses of other blocks")
    parameters = {"parameters": record.result["parameters"]}
    summary = parameters | protocol.summarise(record.history, record.config["patience"])
    _require(record.result == summary, "its results are not those of its history")


def _timing(config: Mapping[str, Any], seconds: Mapping[str, Any]) -> None:
    """Each contestant has a time above 0 in every round."""
    wanted = {"mf", "bp"}
    if config["kind"] == "prediction":
        wanted = {f"{rule} {mode} {size}" for rule, mode in published.TABLE4 for size in ("single", "batch")}
    _require(seconds.keys() >= wanted, f"it lacks the times of {sorted(wanted - seconds.keys())}")
    times = [t for rounds in seconds.values() for t in rounds]
    _require(all(_number(t) and t > 0 for t in times), "a time is not a number above 0")
    rounds = {len(r) for r in seconds.values()}
    _require(len(rounds) == 1 and rounds != {0}, f"its contestants have other numbers of rounds: {sorted(rounds)}")


def _memory(record: Record) -> None:
    """Bytes at the peak; where they were noted over time, points of (seconds, bytes) as well."""
    result = record.result
    if record.config.get("sample"):
        points = result["timeline"]
        _require(bool(points) and all(len(p) == 2 and all(map(_number, p)) for p in points), "its timeline is broken")
    else:
        _require(_whole(result["peak"]), f"its peak is {result['peak']!r} bytes")
