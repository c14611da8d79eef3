"""Santander's transactions from OpenML, where nobody needs an account: fetched by scikit-learn, checked, and kept.

scikit-learn holds what comes against the MD5 that OpenML states. What the table must hold is held against what is
known of Kaggle's: its size, its positives, the means of some columns.
Source: https://www.openml.org/d/45566; the means as `describe()` of train.csv prints them in many public notebooks.
"""

from __future__ import annotations

import errno
import http.client
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from data_utils import npz
from data_utils.found import Found
from data_utils.source import Source
from data_utils.wording import shown
from mfnumpy.errors import ChecksumError, DataError, DownloadError, FormatError, MissingLibraryError, OutputError
from mfnumpy.support.files import atomic_write
from mfnumpy.support.optional import require

FILE = "openml-45566.npz"
"""The name under which the arrays are kept."""

POSITIVES = 20_098
MEANS = {0: 10.679914, 1: -1.627622, 2: 10.715192, 3: 6.796529, 4: 11.078333, 198: 15.870720, 199: -3.326537}
"""Of the columns var_0, var_1, ..., to six decimals."""

READING: dict[str, Any] = {"as_frame": True, "parser": "pandas", "read_csv_kwargs": {"dtype": None}}
"""Types as pandas sees them: scikit-learn's own choice fails where a class is named by a number."""

TARGETS = {"0": 0, "0.0": 0, "False": 0, "false": 0, "1": 1, "1.0": 1, "True": 1, "true": 1}


def fetch(source: Source, folder: Path, timeout: float) -> Found:
    """The table from OpenML, fetched into a folder, checked and as arrays; returns where they are.

    source: the data set.
    folder: to write to.
    timeout: seconds of silence allowed.
    Raises DownloadError, ChecksumError (not the table that is expected), OutputError or MissingLibraryError. Nothing
    half-written is left.
    """
    datasets = require("sklearn.datasets")
    try:
        with _patience(timeout), tempfile.TemporaryDirectory(prefix=".openml-", dir=folder) as home:
            frame = datasets.fetch_openml(data_id=source.openml, data_home=home, **READING).frame
            arrays = _arrays(source, frame)
    except DataError:
        raise
    except ImportError as error:
        raise MissingLibraryError(
            "Reading OpenML's tables needs pandas, which is not installed. "
            "Install it with: pip install 'mfnumpy[openml]'"
        ) from error
    except (OSError, ValueError, TypeError, LookupError, EOFError, http.client.HTTPException) as error:
        raise _failed(source, folder, error) from error
    path = folder / FILE
    with atomic_write(path) as file:
        np.savez(file, allow_pickle=False, **arrays)
    return Found(source, folder, {"npz": path}, "npz")


def _failed(source: Source, folder: Path, error: Exception) -> DataError | OutputError:
    """The error for what scikit-learn raised, with the reason in few words."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EFBIG):
        return OutputError(f"What OpenML sends cannot be written into {shown(folder)}: {error}.")
    reason = shown(str(getattr(error, "reason", "") or error) or type(error).__name__, 200)
    kind = ChecksumError if "md5" in str(error).lower() else DownloadError
    return kind(f"{source.name}: OpenML's data set {source.openml} could not be fetched ({reason}).")


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Let a silent server count as lost after so many seconds; scikit-learn offers no such setting."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _arrays(source: Source, frame: Any) -> dict[str, np.ndarray]:
    """x (N, 200) float32 and y (N,) bytes of OpenML's table. Raises ChecksumError if it is not the expected one."""
    names = [f"var_{i}" for i in range(source.sample_shape[0])]
    held = [str(column) for column in frame.columns]
    if absent := [name for name in [*names, "target"] if name not in held]:
        raise _other(source, f"it has no column {absent[0]}")
    try:
        x = np.asarray(frame[names], np.float64)
    except (TypeError, ValueError) as error:
        raise _other(source, "a value is no number") from error
    words = [str(value).strip("'") for value in np.asarray(frame["target"]).tolist()]
    if unknown := [word for word in words if word not in TARGETS]:
        raise _other(source, f"a target is {shown(unknown[0], 40)!r}")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
        narrow = x.astype(np.float32)
    arrays: dict[str, np.ndarray] = {
        "x": narrow,
        "y": np.array([TARGETS[word] for word in words], np.uint8),
    }
    _check(source, arrays)
    return arrays


def _check(source: Source, arrays: dict[str, np.ndarray]) -> None:
    """Raise ChecksumError if the arrays are not the known table, in whatever order of rows."""
    x, y = arrays["x"], arrays["y"]
    if x.shape != (source.samples[0], *source.sample_shape):
        raise _other(source, f"its shape is {x.shape}")
    if not np.isfinite(x).all():
        raise _other(source, "a value is missing or not finite")
    if int(np.count_nonzero(y)) != POSITIVES:
        raise _other(source, f"{int(np.count_nonzero(y)):,} rows are positive, not {POSITIVES:,}")
    for column, known in MEANS.items():
        mean = float(x[:, column].mean(dtype=np.float64))
        if abs(mean - known) > 2e-6:
            raise _other(source, f"the mean of var_{column} is {mean:.6f}, not {known:.6f}")


def _other(source: Source, why: str) -> ChecksumError:
    return ChecksumError(
        f"{source.name}: OpenML's data set {source.openml} is not the known table of Santander's transactions: {why}."
    )


def read(found: Found) -> dict[str, np.ndarray]:
    """The arrays that were fetched before: x (N, 200) float32, y (N,) bytes, 0 or 1.

    Raises MissingDataError, FormatError, or ChecksumError if they are not the known table.
    """
    source, path = found.source, found.files["npz"]
    arrays = npz.read(path, {"x": (source.samples[0], *source.sample_shape), "y": source.samples[:1]}, "uf")
    if not np.isin(arrays["y"], (0, 1)).all() or arrays["x"].dtype != np.float32:
        raise FormatError(f"{shown(path)}: expected float32 values and targets 0 or 1. Fetch it again.")
    _check(source, arrays)
    return arrays
