"""The two small sets that scikit-learn ships: digits and breast_cancer. No file to be had, no download."""

from __future__ import annotations

import numpy as np

from data_utils import cache
from data_utils.raw import Raw, hold_out
from data_utils.source import Source
from mfnumpy.support.optional import require

LIBRARY = "scikit-learn"


def digits(source: Source) -> Raw:
    """The 8x8 digits: 1,797 images as (N, 8, 8, 1) bytes from 0 to 16. Raises MissingLibraryError."""

    def make() -> cache.Arrays:
        """The images and labels, from the library."""
        bunch = require("sklearn.datasets").load_digits()
        return {"x": bunch.images.astype(np.uint8)[..., np.newaxis], "y": bunch.target}

    arrays = cache.of_library(source.name, LIBRARY, make)
    return hold_out(source, arrays["x"], arrays["y"])


def breast_cancer(source: Source) -> Raw:
    """Breast Cancer Wisconsin.

    (569, 30) float64, label 0 malignant, 1 benign. Raises MissingLibraryError.
    """

    def make() -> cache.Arrays:
        """The measurements, labels and names of features, from the library."""
        bunch = require("sklearn.datasets").load_breast_cancer()
        return {"x": bunch.data, "y": bunch.target, "names": np.array(bunch.feature_names, dtype=np.str_)}

    arrays = cache.of_library(source.name, LIBRARY, make)
    return hold_out(source, arrays["x"], arrays["y"], feature_names=tuple(map(str, arrays["names"])))
