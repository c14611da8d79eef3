"""Arrays that are used again for every batch, so that a training step allocates nothing."""

from __future__ import annotations

import math
import threading

import numpy as np


class Workspace:
    """Named arrays, made at first use and grown when a larger one is asked for. It belongs to one trainer."""

    def __init__(self, dtype: str):
        self.dtype = dtype
        self._flat: dict[str, np.ndarray] = {}
        self._views: dict[tuple, np.ndarray] = {}
        self._lock = threading.Lock()

    def array(self, name: str, *shape: int, dtype: str | None = None) -> np.ndarray:
        """An array for intermediate values; it holds whatever was left in it. Every thread gets the same one.

        name: by which it is found again.
        shape: wanted now; a larger one than before makes it anew.
        dtype: None for the workspace's own; decided at the first use of the name.
        """
        view = self._views.get((name, shape))
        if view is None:
            with self._lock:
                view = self._make(name, shape, dtype or self.dtype)
        return view

    def zeros(self, n: int) -> np.ndarray:
        """n zeros, only ever to be read."""
        key = ("zeros", (n,))
        if key not in self._views:
            with self._lock:
                self._views[key] = np.zeros(n, self.dtype)
        return self._views[key]

    @property
    def nbytes(self) -> int:
        """How many bytes all arrays take."""
        return sum(array.nbytes for array in self._flat.values())

    def _make(self, name: str, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        if (name, shape) in self._views:
            return self._views[name, shape]
        size = math.prod(shape)
        if name not in self._flat or self._flat[name].size < size:
            self._flat[name] = np.empty(size, dtype)
            self._views = {key: view for key, view in self._views.items() if key[0] != name}
        self._views[name, shape] = self._flat[name][:size].reshape(shape)
        return self._views[name, shape]
