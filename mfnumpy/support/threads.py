"""Cores and threads: how many there are, how many BLAS uses, and how it is held to a number.

This is the only file that names threadpoolctl, the library that can limit BLAS while it runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from mfnumpy.errors import InvalidValueError, MissingLibraryError
from mfnumpy.support.optional import require

LIBRARY = "threadpoolctl"
"""What the limits need, as pip and `require` name it."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blas_libraries() -> list[dict]:
    """The BLAS libraries in this process and their threads; empty without threadpoolctl."""
    keys = ("internal_api", "version", "num_threads", "architecture")
    return [{k: library.get(k) for k in keys} for library in _found()]


def numpys_blas() -> dict | None:
    """The one of `blas_libraries` that NumPy calls; SciPy and others may bring their own. None where nothing can tell.

    NumPy's wheels keep theirs in a folder of NumPy's; elsewhere it is the one that was loaded first.
    """
    libraries = _found()
    own = [place for place, library in enumerate(libraries) if "numpy" in library.get("filepath", "")]
    return blas_libraries()[own[0] if own else 0] if libraries else None


def _found() -> list[dict]:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    return [library for library in threadpool_info() if library.get("user_api") == "blas"]


def blas_name(library: dict) -> str:
    """One of `blas_libraries` for people: "openblas 0.3.31 (Haswell)", in brackets the kernels that it took."""
    kernels = f"({library['architecture']})" if library["architecture"] else None
    return " ".join(filter(None, (library["internal_api"], library["version"], kernels)))


def threads_of_blas() -> int | None:
    """How many threads NumPy's BLAS may use now; None where nothing here can tell."""
    library = numpys_blas()
    return None if library is None else library["num_threads"]


@contextmanager
def blas_threads(limit: int | None, *, needed: bool = False) -> Iterator[None]:
    """A `with` block in which every BLAS library of this process has so many threads; None changes nothing.

    NumPy and SciPy each bring their own OpenBLAS; both are limited. Without threadpoolctl nothing is limited, or, where
    the limit is needed, MissingLibraryError is raised.
    """
    try:
        library = require(LIBRARY)
    except MissingLibraryError:
        if needed:
            raise
        yield
        return
    with library.threadpool_limits(limits=limit, user_api="blas"):
        yield


THREAD_VARIABLES = {
    "openblas": ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"),
    "mkl": ("MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    "accelerate": ("VECLIB_MAXIMUM_THREADS",),
}
"""What each BLAS reads when it is loaded, the first that is set."""


def thread_variables() -> tuple[str, ...]:
    """The environment variables that tell NumPy's own BLAS how many threads to start with."""
    name = np.show_config(mode="dicts")["Build Dependencies"]["blas"].get("name", "")
    return next((variables for blas, variables in THREAD_VARIABLES.items() if blas in name), ("OMP_NUM_THREADS",))


def keeps_threads(limit: int) -> bool:
    """Whether BLAS is known to have so many threads inside `blas_threads(limit)`.

    It has where threadpoolctl is installed and knows the BLAS; else only if it was started so.
    """
    if blas_libraries():
        return True
    first = next(filter(None, map(os.environ.get, thread_variables())), None)
    return first == str(limit) or limit == cores() == 1


def check_threads(option: str, limit: int) -> None:
    """Check that BLAS can be held to the number of threads that a person asked for by this option.

    Raises InvalidValueError for a number below 1, MissingLibraryError where it cannot be kept.
    """
    if limit < 1:
        raise InvalidValueError(f"{option} must be at least 1; got {limit}.")
    if not keeps_threads(limit):
        raise MissingLibraryError(
            f"{option} {limit} cannot be kept: nothing here can limit NumPy's BLAS while it runs. Install "
            f"{LIBRARY} (pip install 'mfnumpy[lab]'); where that is there and does not know the BLAS, "
            f"set {thread_variables()[0]}={limit} in the environment."
        )
