"""What a result depends on besides its configuration: versions, machine, threads."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

import numpy as np

from mfnumpy import backend
from mfnumpy.version import __version__


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
