"""Rows that become numbers only when they are taken.

CIFAR-10 is 184 MB as bytes and 737 MB as float32; 50,000 reviews as dense rows of 5,000 words would be 1 GB.
A `RowView` keeps the small form (bytes in a memory-mapped file, or a sparse matrix) and converts the rows of
a batch:

    x = dataset.x_train[rows]        # float32, scaled, dense: what the trainer asks for
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy.errors import InvalidValueError

ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Scaling:
    """(x - offset) / divisor, per feature or per channel.

    offset, divisor: arrays that broadcast against one sample as it is stored, or None for "leave it".
    text: the scaling in words, as printed for the user.
    """

    text: str
    offset: np.ndarray | None = None
    divisor: np.ndarray | None = None

    def __call__(self, x: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """A new array of `dtype` holding (x - offset) / divisor; x keeps its values."""
        out = np.array(x, dtype=dtype, order="C")
        if self.offset is not None:
            out -= self.offset.astype(dtype)
        if self.divisor is not None:
            out /= self.divisor.astype(dtype)
        return out


class RowView:
    """The rows of one part of a data set, in the order given, scaled and dense when they are taken.

    source: (N, ...) array or scipy CSR matrix, not changed.
    rows: (n,) which of them make up this part.
    sample_shape: the shape that each taken sample gets, e.g. (784,).
    scaling: what is done to the values.
    dtype: of what is taken.

    Behaves as a read-only array of shape (n, *sample_shape): view[3] is one sample; view[2:7], view[[5, 1]] and
    view[mask] are batches; len(view), view.shape, view.dtype, and numpy.asarray(view), which converts everything.
    """

    def __init__(
        self, source: Any, rows: np.ndarray, sample_shape: tuple[int, ...], scaling: Scaling, dtype: np.dtype
    ) -> None:
        self.source = source
        self.rows = rows
        self.scaling = scaling
        self.dtype = np.dtype(dtype)
        self.shape = (len(rows), *sample_shape)

    @property
    def ndim(self) -> int:
        """Number of dimensions, the batch's included."""
        return len(self.shape)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> np.ndarray:
        """One sample (for an int) or a batch (for a slice, row numbers or a mask), of this view's dtype.

        Raises InvalidValueError for an index into the sample's own axes: take the rows first.
        """
        if isinstance(index, tuple):
            raise InvalidValueError("A RowView takes rows only: write view[rows][:, columns] for view[rows, columns].")
        chosen = self.rows[index]
        batch = self.source[np.atleast_1d(chosen)]
        if hasattr(batch, "toarray"):  # sparse until here
            batch = batch.toarray()
        batch = self.scaling(batch, self.dtype).reshape(-1, *self.shape[1:])
        return batch[0] if np.ndim(chosen) == 0 else batch

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("A RowView is converted when it is read: it cannot be had without a copy.")
        out = self.materialise()
        return out if dtype is None else out.astype(dtype, copy=False)

    def materialise(self) -> np.ndarray:
        """All rows as one array, converted some at a time so that no second copy of the whole is made."""
        out = np.empty(self.shape, self.dtype)
        for start in range(0, len(self), ROWS_AT_ONCE):
            out[start : start + ROWS_AT_ONCE] = self[start : start + ROWS_AT_ONCE]
        return out

    def __repr__(self) -> str:
        kind = "sparse" if hasattr(self.source, "toarray") else str(self.source.dtype)
        return f"RowView(shape={self.shape}, dtype={self.dtype}, kept as {kind}, scaling: {self.scaling.text})"
