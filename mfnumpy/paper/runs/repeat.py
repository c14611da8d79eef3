"""Running a record again: on the same machine it must give the same history, to the last bit."""

from __future__ import annotations

from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import runner
from mfnumpy.support.threads import blas_libraries, blas_threads


def repeat(record: Record, data_dir: str | None = None, download: bool = True) -> Record:
    """A record's configuration and seed run again, with as many BLAS threads as it had.

    record: of a training run.
    data_dir, download: as in `data_utils.load`.
    Raises InvalidValueError if the record is no training run, DataError where its data set is not on this machine.
    """
    config = Config.of(record.config)
    threads = {lib["num_threads"] for lib in record.environment.get("blas", [])}
    if not threads:
        return runner.execute(config, record.seed, data_dir, download)
    with blas_threads(max(threads), needed=True):
        return runner.execute(config, record.seed, data_dir, download)


def other_kernels(record: Record) -> str | None:
    """The kernels with which OpenBLAS made the record, if this process has others; the two round differently.

    OpenBLAS takes them by the processor or as OPENBLAS_CORETYPE says, once, when NumPy is loaded.
    """
    theirs, ours = (
        {lib["architecture"] for lib in libraries if lib["internal_api"] == "openblas"} - {None}
        for libraries in (record.environment.get("blas", []), blas_libraries())
    )
    return theirs.pop() if len(theirs) == 1 and ours and ours != theirs else None


def differences(old: Record, new: Record) -> list[str]:
    """Where two histories part, in words; empty if they are the same to the last bit. First what may explain it."""
    if old.history == new.history and old.result == new.result:
        return []
    found = [
        f"{what} was {before}, is {after}"
        for what, before, after in (
            ("the engine's source", old.code.get("core"), new.code.get("core")),
            ("the backend", old.environment.get("backend"), new.environment.get("backend")),
            ("NumPy", old.environment.get("numpy"), new.environment.get("numpy")),
            ("BLAS", old.environment.get("blas"), new.environment.get("blas")),
        )
        if before != after
    ]
    if len(old.history) != len(new.history):
        return [*found, f"the history had {len(old.history)} epochs, has {len(new.history)}"]
    for a, b in zip(old.history, new.history, strict=True):
        if a != b:
            keys = [key for key in a if a[key] != b.get(key)]
            return [*found, f"epoch {a['epoch']} differs in {', '.join(keys)}"]
    return [*found, "the results differ"]
