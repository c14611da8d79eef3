"""What a result depends on besides its configuration: versions, machine, kernels, threads."""

from __future__ import annotations

import os
import platform
import sys

import numpy as np

from mfnumpy import backend
from mfnumpy.support.optional import version_of
from mfnumpy.support.threads import blas_libraries, blas_name, numpys_blas
from mfnumpy.support.version import __version__


def kernels() -> dict:
    """What rounds: the backend, NumPy's version, the instructions that its own loops take, and its BLAS's kernels.

    blas is None where nothing here can tell.
    """
    library = numpys_blas()
    found = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {
        "backend": backend.current().name,
        "numpy": np.__version__,
        "simd": " ".join((found.get("found") or found.get("baseline") or [])[-1:]),
        "blas": None if library is None else blas_name(library),
    }


def environment() -> dict:
    """A JSON description of this process: versions, machine, backend with its device, BLAS and its threads."""
    libraries = ("scipy", "scikit-learn", "matplotlib", "cupy-cuda12x", "torch")
    device = backend.current().device()
    return ({} if device is None else {"device": device}) | {
        "mfnumpy": __version__,
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "libraries": {name: v for name in libraries if (v := version_of(name))},
        "platform": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "backend": backend.current().name,
        "blas": blas_libraries(),
    }
