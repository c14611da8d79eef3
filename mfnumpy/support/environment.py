"""What a result depends on besides its configuration: versions, machine, threads."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

import numpy as np

from mfnumpy import backend
from mfnumpy.fast.team import cores
from mfnumpy.support.version import __version__


def version_of(distribution: str) -> str | None:
    """The installed version of a distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def blas_libraries() -> list[dict]:
    """The BLAS libraries in this process and their threads; empty without threadpoolctl."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    keys = ("internal_api", "version", "num_threads", "architecture")
    return [{k: lib.get(k) for k in keys} for lib in threadpool_info() if lib.get("user_api") == "blas"]


def blas_name(library: dict) -> str:
    """One of `blas_libraries` for people: "openblas 0.3.31 (Haswell)", in brackets the kernels that it took."""
    kernels = f"({library['architecture']})" if library["architecture"] else None
    return " ".join(filter(None, (library["internal_api"], library["version"], kernels)))


SMALL_NETWORK = 500_000
"""Up to so many parameters a second BLAS thread costs more than it gives; on a busy machine, very much more."""


@contextmanager
def blas_threads(limit: int | None) -> Iterator[None]:
    """Limit every BLAS library in this process to so many threads inside the block; None changes nothing.

    NumPy and SciPy each bring their own OpenBLAS; both are limited. Without threadpoolctl nothing is
    limited; where that matters, ask `keeps_threads`.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(limits=limit, user_api="blas"):
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


def environment() -> dict:
    """A JSON description of this process: versions, machine, backend, BLAS and its threads."""
    libraries = ("scipy", "scikit-learn", "matplotlib", "cupy-cuda12x", "torch")
    return {
        "mfnumpy": __version__,
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "libraries": {name: v for name in libraries if (v := version_of(name))},
        "platform": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "backend": backend.current().name,
        "blas": blas_libraries(),
    }
