"""The two small sets that scikit-learn ships: digits and breast_cancer. No file, no download."""

from __future__ import annotations

import numpy as np

from data_utils.raw import Raw, hold_out
from data_utils.source import Source
from mfnumpy.support.optional import require


def digits(source: Source) -> Raw:
    """Return the 8x8 digits: 1,797 images as (N, 8, 8, 1) bytes from 0 to 16. Raises MissingLibraryError."""
    bunch = require("sklearn.datasets").load_digits()
    x = bunch.images.astype(np.uint8)[..., np.newaxis]
    return hold_out(source, x, bunch.target)


def breast_cancer(source: Source) -> Raw:
    """Return Breast Cancer Wisconsin.

    (569, 30) float64, label 0 malignant, 1 benign. Raises MissingLibraryError.
    """
    bunch = require("sklearn.datasets").load_breast_cancer()
    return hold_out(source, bunch.data, bunch.target, feature_names=tuple(map(str, bunch.feature_names)))
