"""An array as rows and columns, and whether it is a value or a gradient: what a picture and the stepper ask alike."""

from __future__ import annotations

import numpy as np

from mfnumpy.backend import Array, to_host


def as_matrix(array: Array) -> np.ndarray:
    """Any array as rows and columns: a vector as one row; of images, one row per pixel or patch."""
    array = np.asarray(to_host(array))
    return array.reshape(1, -1) if array.ndim < 2 else array.reshape(-1, array.shape[-1])


def kind(name: str) -> str:
    """ "gradient" for dW, dz^T, ...; "value" for x, W, z, a, M, G."""
    return "gradient" if name.lstrip("(").startswith("d") else "value"
