"""Every error that mfnumpy raises on purpose.

Each message is for a person: what was expected, by name; what came; what to do. The command line turns any
`MfnumpyError` into one line and exit code 2; anything else is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np


class MfnumpyError(Exception):
    """Base of all errors that mfnumpy raises on purpose."""


class ShapeError(MfnumpyError, ValueError):
    """An array has another shape than its partner needs."""


class DTypeError(MfnumpyError, TypeError):
    """An array has a dtype that cannot be used here."""


class InvalidValueError(MfnumpyError, ValueError):
    """A value is out of range, not finite, or contradicts another."""


class LabelError(InvalidValueError):
    """Labels are not integers from 0 to n_classes - 1."""


class UnknownNameError(MfnumpyError, KeyError):
    """A rule, data set, network or exercise of that name does not exist."""

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return str(self.args[0]) if self.args else ""


class DivergedError(MfnumpyError, ArithmeticError):
    """A loss or a score became NaN or infinite."""


class BackendError(MfnumpyError, RuntimeError):
    """Arrays of two backends met, or a backend cannot be used on this machine."""


class CheckpointError(MfnumpyError):
    """A checkpoint is broken, hostile, or belongs to another network or rule."""


class DamagedError(CheckpointError):
    """Some arrays of a file are damaged, and it is known which ones.

    message: names the blocks.
    found: array's name -> what is wrong with it.
    """

    def __init__(self, message: str, found: dict[str, str]):
        super().__init__(message, found)
        self.found = found

    def __str__(self) -> str:
        return str(self.args[0])


class OutputError(MfnumpyError, OSError):
    """A result could not be written."""


class WorkerError(MfnumpyError, RuntimeError):
    """A process that worked for this one died before its work was done."""


class MissingLibraryError(MfnumpyError, ImportError):
    """An optional library is needed for this and is not installed."""


class DataError(MfnumpyError):
    """A data set could not be used; the subclasses say why."""


class MissingDataError(DataError, FileNotFoundError):
    """A file of a data set is not on this machine and could not be fetched."""


class DownloadError(DataError, OSError):
    """A download failed: no network, a server's error, or a transfer cut in the middle."""


class ChecksumError(DataError, ValueError):
    """A file's bytes are not the published ones."""


class FormatError(DataError, ValueError):
    """A file is truncated, malformed, or promises what it does not hold."""


class DataWarning(UserWarning):
    """A data set can be used, but a file or the cache is not as it should be; the command line says it in one line."""


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist, with the nearest existing name suggested.

    kind: what the name should have named ("rule", "data set", ...).
    name: as it was given.
    known: the names that exist.
    Returns the error, to be raised by the caller.
    """
    known = sorted(known)
    as_written = {k.lower(): k for k in known}
    near = difflib.get_close_matches(str(name).lower(), as_written, n=1, cutoff=0.5)
    hint = f" Did you mean {as_written[near[0]]!r}?" if near else ""
    return UnknownNameError(f"There is no {kind} named {name!r}.{hint} Known: {', '.join(known)}.")


def no_float_warnings() -> np.errstate:
    """A context without NumPy's warnings of overflow and NaN, for where a DivergedError comes at once and says more."""
    return np.errstate(over="ignore", invalid="ignore")
