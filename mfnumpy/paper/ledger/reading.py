"""Reading a record, and what must hold of its parts before a table may see it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from mfnumpy.errors import CheckpointError
from mfnumpy.paper import published
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.record import FORMAT, Record


class LedgerError(CheckpointError):
    """A record in the ledger is not what its name says."""


def read(path: Path) -> Record:
    """The record in a file. Raises LedgerError if it cannot be read or holds something else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise LedgerError(f"{path} cannot be read ({error}). Move it out of the ledger.") from error
    return parse(text, str(path))


def parse(text: str, where: str) -> Record:
    """Read what `Record.to_json` wrote. Raises LedgerError for anything else, or if the key does not fit."""
    try:
        body = json.loads(text, parse_constant=_no_number)
        if body.pop("format") != FORMAT:
            raise ValueError("another format")
        key = body.pop("key")
        record = Record(**body)
        check(record)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError) as error:
        raise LedgerError(f"{where} is not a record of mfnumpy ({error}). Move it out of the ledger.") from error
    if record.key != key:
        raise LedgerError(
            f"{where}: its configuration hashes to {record.key}, but it says {key}. It was edited by hand; "
            "delete it, and the run will be made again."
        )
    return record


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"it holds {text}")


LARGEST = 1e30
"""No number of a record is as large: seconds, bytes and counts; 10**400 is none that can be computed with."""
STEERING = re.compile(r"[<>|`\x00-\x1f\x7f-\x9f]")
"""What no text of a record holds, since it would be read as HTML, as Markdown, or by a terminal."""
ENVIRONMENT = {"platform", "cpus", "numpy", "blas", "backend"}
BLAS = {"internal_api", "version", "architecture", "num_threads"}


def check(record: Record) -> None:
    """Raise ValueError in words, or what Python raises for a part of the wrong kind, unless all parts fit."""
    _require(_whole(record.seed), f"its seed is {record.seed!r}")
    _require(_number(record.seconds), f"its seconds are {record.seconds!r}")
    _require(all(map(_number, record.epoch_seconds)), f"its seconds by epoch are {record.epoch_seconds!r}")
    peak = record.peak_bytes
    _require(peak is None or _whole(peak), f"its peak is {peak!r} bytes")
    _require(isinstance(record.code, dict), f"its code is {record.code!r}")
    _require(isinstance(record.finished, str), f"it was finished at {record.finished!r}")
    _plain(vars(record))
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


def _plain(value: Any) -> None:
    """Raise ValueError unless all texts, names among them, are plain and all numbers of a size to compute with."""
    if isinstance(value, dict | list):
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            _plain(item)
    elif isinstance(value, str):
        _require(not STEERING.search(value) and value.isprintable(), f"it holds the text {value[:40]!r}")
    elif isinstance(value, int | float):
        _require(abs(value) < LARGEST, "it holds a number too large to be one")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LARGEST


def _environment(found: Any) -> None:
    """Of a record made elsewhere nothing may be known: {}; what is there is whole."""
    _require(isinstance(found, dict), f"its environment is {found!r}")
    if found:
        _require(found.keys() >= ENVIRONMENT, f"its environment lacks {sorted(ENVIRONMENT - found.keys())}")
        for name in ("platform", "numpy", "backend"):
            _require(isinstance(found[name], str), f"its {name} is {found[name]!r}")
        _require(_whole(found["cpus"]), f"its processors are {found['cpus']!r}")
        _require(isinstance(found["blas"], list), f"its matrix libraries are {found['blas']!r}")
        for library in found["blas"]:
            _require(isinstance(library, dict), f"a matrix library is {library!r}")
            _require(library.keys() >= BLAS, f"a matrix library lacks {sorted(BLAS - library.keys())}")
            texts = [library[name] for name in sorted(BLAS - {"num_threads"})]
            _require(all(text is None or isinstance(text, str) for text in texts), f"a matrix library is {library!r}")
            _require(_whole(library["num_threads"]), f"its threads are {library['num_threads']!r}")


def _training(record: Record) -> None:
    """The results are what the history gives, and the history has all its epochs."""
    epochs, n = record.config["epochs"], len(record.history)
    for entry in record.history:
        tested = [*entry["test_accuracy"].values(), *entry["test_layers"]] if "test_accuracy" in entry else []
        accuracies = [*entry["val_accuracy"].values(), *tested]
        _require(all(0 <= a <= 1 for a in accuracies), f"an accuracy of epoch {entry['epoch']} is not from 0 to 1")
    if record.diverged:
        _require(n < epochs, f"it diverged, and yet has all its {epochs} epochs")
        return
    _require(n == epochs, f"it has {n} of {epochs} epochs")
    wanted = set(range(n))
    if record.config.get("tested") == "kept":
        wanted = {n - 1, *protocol.kept_epochs(record.history, record.config["patience"])}
    _require({i for i, e in enumerate(record.history) if "test_accuracy" in e} == wanted, "it lacks test accuracies")
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
