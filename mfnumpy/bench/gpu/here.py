"""What this machine has for the steps, and what of them it cannot do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_utils import find, registry
from data_utils.source import Source
from mfnumpy import backend
from mfnumpy.bench.gpu.lacking import COMMITTED, bring_along, lacking
from mfnumpy.bench.gpu.plan import Library, Step, Task
from mfnumpy.errors import BackendError, InvalidValueError, MfnumpyError
from mfnumpy.paper.ledger.folder import Ledger

AT_ONCE = 8
"""Training runs of the CNN at once, each in a process of its own: one waits for Python most of the time, and eight kept
an H200 busy, where sixteen took twice as long.
"""

LACKS_NONE = "the ledger lacks none"
"""Why a step of runs is left out that has nothing to do."""


def at_once() -> int:
    """How many training runs at once: AT_ONCE, where there are the processors for them."""
    return max(1, min(AT_ONCE, (os.cpu_count() or 1) - 1))


@dataclass(frozen=True)
class Device:
    """name: for a person, or what is missing. error: why nothing can be done here, or None."""

    name: str
    error: BackendError | None = None


def device(name: str) -> Device:
    """The device of a backend. Raises UnknownNameError for a backend of another name."""
    try:
        found = backend.get(name).device() or "this machine's processor"
    except BackendError as error:
        return Device(f"none, so no step can be done here. {error}", error)
    return Device(f"{found}.")


@dataclass(frozen=True)
class Files:
    """where: the folder of a data set's files, or why they cannot be had. there: whether they can."""

    where: str
    there: bool


def data(datasets: Sequence[str], folder: str | None) -> dict[str, Files]:
    """Data set -> its files on this machine.

    datasets: by name.
    folder: that `--data` names, or None.
    Raises InvalidValueError if it, or MFNUMPY_DATA_DIR, names what is no folder or cannot be looked into.
    """
    return {name: _files(registry.get(name), folder) for name in datasets}


def _files(source: Source, folder: str | None) -> Files:
    try:
        find.where(source, folder)
    except MfnumpyError as error:
        raise InvalidValueError(str(error).replace("data_dir names", "--data names", 1)) from error
    try:
        found = find.find(source, folder)
    except MfnumpyError as error:
        return Files(str(error).rstrip("."), there=False)
    return Files("not here, its runs are left out", there=False) if found is None else Files(str(found.folder), True)


def tasks(
    steps: Sequence[Step], absent: Sequence[Library], data: Mapping[str, Files], out: Path, runs_at_once: int
) -> list[Task]:
    """The steps as they are on this machine.

    steps: in their order.
    absent: libraries that are not installed.
    data: as `data` returns it; steps of other data sets are not asked what the ledger lacks, as in a dry run.
    out: the folder of results, with the records of a run before this.
    runs_at_once: how many.
    Raises LedgerError for a record that cannot be read.
    """
    lost, found = {library.module for library in absent}, []
    with tempfile.TemporaryDirectory() as folder:
        if data:
            bring_along(Path(folder), out / "ledger", COMMITTED)
        ledger = Ledger(folder)
        for step in steps:
            if step.makes_runs and step.arguments[0] in data:
                found.append(_runs(step, ledger, data[step.arguments[0]], runs_at_once))
            else:
                why_not = f"{step.needs} is missing" if step.needs in lost else ""
                found.append(Task(step, step.seconds, step.what, why_not))
    return found


def _runs(step: Step, ledger: Ledger, files: Files, runs_at_once: int) -> Task:
    """A step of runs, by what the ledger lacks of it."""
    dataset, rules = step.arguments
    lacks = lacking(ledger, dataset, rules, runs_at_once)
    if not lacks.runs:
        return Task(step, 0.0, step.what, LACKS_NONE)
    what = f"{step.what}: {lacks.runs} missing in the ledger"
    what += f", {lacks.unknown} of a length that no record tells" if lacks.unknown else ""
    return Task(step, lacks.seconds, what, "" if files.there else f"the files of {dataset} are not here")


def needed(tasks: Sequence[Task], data: Mapping[str, Files]) -> dict[str, str]:
    """Data set -> where its files are or why not, of those of which a run is missing."""
    names = {task.step.arguments[0] for task in tasks if task.step.makes_runs and task.why_not != LACKS_NONE}
    return {name: files.where for name, files in data.items() if name in names}
