"""Data sets for mfnumpy: found, fetched, checked, parsed and divided.

    from data_utils import load, names

    data = load("mnist")                     # Dataset: x_train (54000, 784) float32 in [0, 1], y_train, x_val, ...
    data = load("cifar10", layout="image")   # (N, 32, 32, 3)
    data = load_own("table.csv", "species")  # a file of your own, and which column holds the classes

Importing this needs NumPy only; what a data set needs besides is imported when it is loaded.
"""

from data_utils.dataset import Dataset
from data_utils.loading import fetch, load
from data_utils.own import load_own
from data_utils.registry import names
from data_utils.verifying import verify
from data_utils.views import RowView

__all__ = ["Dataset", "RowView", "fetch", "load", "load_own", "names", "verify"]
