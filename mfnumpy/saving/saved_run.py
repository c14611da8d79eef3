"""How a training run is written to a file and taken up again, to the byte."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import CheckpointError, DivergedError, InvalidValueError, OutputError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import Rule
from mfnumpy.saving import checkpoint, model
from mfnumpy.saving.progress import Progress, is_finite
from mfnumpy.support.files import make_folder

LATER = ("inputs", "validation")
"""Settings that checkpoints of earlier versions do not state; in these they are passed over."""

SAMPLE = 16
"""Of how many rows of the inputs a checkpoint keeps the checksum."""


def sampled(n: int) -> np.ndarray:
    """Which of n rows: spread over all of them, the first and the last among them."""
    return np.unique(np.linspace(0, n - 1, SAMPLE).astype(np.int64))


def data_settings(
    sample: Array, y: Array, y_val: Array | None, weights: Array | None = None, samples: Array | None = None
) -> dict:
    """What a checkpoint says of the data: how many rows, and checksums.

    sample: the `sampled` rows of the inputs.
    y: (N,) labels of the training part.
    y_val: of the validation part, None without one.
    weights, samples: as of `Trainer.fit`; without, nothing is said of them.
    """
    of_rows = {"weights": weights, "samples": samples}
    return {
        "rows": len(y),
        "labels": _checksum(y, np.int64),
        "inputs": _checksum(sample),
        "validation": None if y_val is None else _checksum(y_val, np.int64),
    } | {name: _checksum(array) for name, array in of_rows.items() if array is not None}


def _checksum(array: Array, dtype: type | None = None) -> int:
    return zlib.crc32(np.ascontiguousarray(backend.to_host(array), dtype).tobytes())


def check_target(path: str | Path | None, notes: dict, fresh: bool = True) -> None:
    """Say before any training what `write` would only find out after an epoch.

    path: of the checkpoint, None where none is to be written.
    notes: JSON values of the user.
    fresh: whether the folder is made if need be; a run that goes on has one.
    Raises OutputError where no file can be written at this path, InvalidValueError for notes that are not JSON, and
    for a run that goes on without a path.
    """
    if path is None:
        if not fresh:
            raise InvalidValueError("resume=True needs path=..., the checkpoint to go on from.")
        return
    try:
        json.dumps(notes, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(
            f"notes must be values that JSON knows, as text or Python's numbers; {error}."
        ) from error
    if fresh or Path(path).parent.exists():
        make_folder(Path(path).parent)
    if Path(path).is_dir():
        raise OutputError(f"Cannot write {path}: it is a folder. Name a file, e.g. {Path(path) / 'checkpoint.npz'}.")


def write(
    path: str | Path,
    net: Network,
    rule: Rule,
    moments: Mapping[str, Array],
    times: dict[str, int],
    progress: Progress,
    best: dict[str, Array],
    settings: dict,
    notes: dict,
    before: Callable[[], None] | None = None,
) -> None:
    """Write a checkpoint: the model, the optimiser's moments, the best parameters so far, and the progress.

    path: of the file; what is there is replaced.
    net, rule: the network, and the rule that was started for it.
    moments, times: the optimiser's, of the rule's own parameters (`moments_of`).
    progress: where the run stands.
    best: the parameters of the best epoch so far, by name; {} where none is kept.
    settings: what must be the same for a resumed run to be the same run.
    notes: JSON values of the user.
    before: called when all is on the disk, and only the file's name is left to be changed.
    Raises OutputError, and DivergedError where an array is no longer finite: such a checkpoint could not be resumed,
    and must not take the place of one that can.
    """

    def arrays() -> Iterator[tuple[str, Array]]:
        """All of them, one at a time: those of another rank are brought here when it is their turn."""
        kinds = (("", model.arrays(net, rule)), ("optimiser/", moments), ("best/", best))
        for name, array in ((prefix + name, array) for prefix, kind in kinds for name, array in kind.items()):
            if not bool(backend.xp_of(array).isfinite(array).all()):
                raise DivergedError(
                    f"{name} became NaN or infinite in the last batches; it is not written to {path}, where an "
                    "earlier checkpoint stays as it was. Lower the learning rate, or scale the inputs."
                )
            yield name, array

    run = {"settings": settings, "progress": asdict(progress), "times": times, "notes": notes}
    checkpoint.save(path, arrays(), model.describe(net, rule) | run, before)


def moments_of(optimiser: Optimiser, learned: dict[str, Array]) -> tuple[dict[str, Array], dict[str, int]]:
    """The optimiser's state, without what belonged to parameters that are gone: blocks that were unplugged.

    optimiser: its arrays are given as they are, no copies.
    learned: the parameters that there are, by name.
    """
    moments, times = optimiser.state()
    own = {k: a for k, a in moments.items() if k[2:] in learned and a.shape == learned[k[2:]].shape}
    return own, {name: t for name, t in times.items() if name in {k[2:] for k in own}}


def _difference(theirs: Any, ours: Any) -> tuple[str, str]:
    """Both descriptions in words, and of two dicts only what differs."""
    if not (isinstance(theirs, dict) and isinstance(ours, dict)):
        return f"{theirs}", f"{ours}"
    keys = [key for key in {**theirs, **ours} if theirs.get(key) != ours.get(key)]
    words = [", ".join(f"{key} {d.get(key, 'not stated')}" for key in keys) for d in (theirs, ours)]
    return words[0], words[1]


def ran_with(path: str | Path) -> list[dict]:
    """Engine, threads and kernels of the run at this checkpoint; [] where an earlier version does not state them.

    Raises CheckpointError where there is no readable one.
    """
    try:
        return Progress.from_json(checkpoint.load(path)[1]["progress"]).ran_with
    except (KeyError, TypeError, ValueError):
        return []  # `read` says what is wrong with it


def notes(path: str | Path) -> dict:
    """The notes in the checkpoint at this path; {} where it has none. Raises CheckpointError for no readable one."""
    found = checkpoint.load(path)[1].get("notes")
    return found if isinstance(found, dict) else {}


def parted(before: dict, now: dict) -> str | None:
    """A sentence on what a run goes on with that it did not have before; None if all is the same. See `Trainer.fit`."""
    theirs, ours = _difference({key: value for key, value in before.items() if key != "from_epoch"}, now)
    if theirs == ours:
        return None
    return f"This run had {theirs}; it goes on with {ours}: the last bits will not be those of an uninterrupted run."


def read(
    path: str | Path, net: Network, rule: Rule, optimiser: Optimiser, settings: dict
) -> tuple[Progress, dict[str, Array]]:
    """Take up a checkpoint into the live network, rule and optimiser.

    path: of the file.
    net, rule: the network, and the rule that was started for it; their arrays are overwritten.
    optimiser: its moments are overwritten.
    settings: of this run; they must be those of the checkpoint.
    Returns the progress and the best parameters.
    Raises CheckpointError, before anything live has changed, if it is broken or belongs to another run.
    """
    stored, description = checkpoint.load(path)
    stated = description.get("settings")
    if isinstance(stated, dict):
        settings = {key: value for key, value in settings.items() if key in stated or key not in LATER}
    for key, own in (model.describe(net, rule) | {"settings": settings}).items():
        if description.get(key) != own:
            theirs, ours = _difference(description.get(key), own)
            raise CheckpointError(
                f"{path} belongs to another run. Its {key}: {theirs}. This run's: {ours}. "
                "Give the options of that run, or another place for this one; a new run that begins with that run's "
                f"parameters is started by `mfnumpy train --start-from {path} --out ANOTHER_FOLDER`."
            )
    live = model.arrays(net, rule)
    moments, best = _part(stored, "optimiser/"), _part(stored, "best/")
    try:
        progress = Progress.from_json(description["progress"])
        progress.check_place(settings)
        times = _times(description["times"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} does not say where its run stood: {error}.") from error
    stray = [name for name in stored if "/" in name and name.split("/")[0] not in ("optimiser", "best")]
    if stray:
        raise CheckpointError(f"{path} holds {stray[0]!r}, which no run of mfnumpy writes.")
    learned = rule.parameters(net)
    checkpoint.check_fits(live, model.model_part(stored), "network or rule")
    checkpoint.check_fits({k: learned[k[2:]] for k in moments if k[2:] in learned}, moments, "optimiser")
    checkpoint.check_fits(learned if best else {}, best, "run")
    optimiser.load_state({k: backend.to_device(v) for k, v in moments.items()}, times)
    checkpoint.put(live, model.model_part(stored), "network or rule")
    return progress, {k: backend.to_device(v) for k, v in best.items()}


def start_from(path: str | Path, net: Network, rule: Rule, optimiser: Optimiser) -> dict:
    """Take up the parameters and the optimiser's moments of another run, with which a new run starts.

    path: of the other run's checkpoint.
    net, rule: of the same form as its; their arrays are overwritten.
    optimiser: of the same kind; its moments are overwritten, its own step sizes stay.
    Returns what the new run says of its beginning: the other's epochs, settings and notes.
    Raises CheckpointError, before anything live has changed, if it is broken, of another network or rule, or holds
    moments of another optimiser.
    """
    stored, description = checkpoint.load(path)
    theirs, ours = _form(description), _form(model.describe(net, rule))
    if theirs != ours:
        words = _difference(theirs, ours)
        raise CheckpointError(f"{path} is of another network or rule. Its: {words[0]}. This run's: {words[1]}.")
    live, moments = model.arrays(net, rule), _part(stored, "optimiser/")
    try:
        progress, times = Progress.from_json(description["progress"]), _times(description["times"])
        if not is_finite(description["progress"]):
            raise ValueError("its progress holds a number that is not finite")
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} does not say where its run stood: {error}.") from error
    learned = rule.parameters(net)
    checkpoint.check_fits(live, model.model_part(stored), "network or rule")
    checkpoint.check_fits({k: learned[k[2:]] for k in moments if k[2:] in learned}, moments, "optimiser")
    optimiser.load_state({k: backend.to_device(v) for k, v in moments.items()}, times)
    checkpoint.put(live, model.model_part(stored), "network or rule")
    return {"epochs": len(progress.epochs), "settings": description.get("settings"), "notes": description.get("notes")}


def _form(description: dict) -> dict:
    """What must be the same for parameters to be taken over: all but the seeds with which they were first drawn."""
    parts = {key: description.get(key) for key in ("network", "rule")}
    return {key: part | {"seed": None} if isinstance(part, dict) else part for key, part in parts.items()}


def _times(values: Any) -> dict[str, int]:
    """The optimiser's time steps. Raises ValueError for anything but whole numbers from 1."""
    if not isinstance(values, dict) or any(type(t) is not int or t < 1 for t in values.values()):
        raise ValueError("its optimiser's time steps are not whole numbers from 1")
    return values


def _part(stored: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in stored.items() if name.startswith(prefix)}
