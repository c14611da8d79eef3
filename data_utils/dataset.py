"""What `load` returns: the same for every data set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_utils.views import RowView
from mfnumpy.support.split import counts_of


@dataclass(frozen=True)
class Dataset:
    """A data set, divided and scaled, ready for a trainer.

    name: in `load`.
    x_train, x_val, x_test: (N, *input_shape) arrays, or `RowView`s of that shape (see `lazy` in `load`); both give
        float rows for x[rows].
    y_train, y_val, y_test: (N,) int64 labels from 0 to n_classes - 1.
    class_names: one for each class.
    input_shape: of one sample, in the layout asked for.
    image_shape: (H, W, C), or None for tables and texts.
    feature_names: of the columns of a table or the words of a text; empty for images.
    scaling: what was done to the values, in words.
    licence, citation: what its publisher states.
    notes: what else a reader of a result should know.

    Without a validation part, x_val and y_val have N = 0.
    """

    name: str
    x_train: np.ndarray | RowView
    y_train: np.ndarray
    x_val: np.ndarray | RowView
    y_val: np.ndarray
    x_test: np.ndarray | RowView
    y_test: np.ndarray
    class_names: tuple[str, ...]
    input_shape: tuple[int, ...]
    image_shape: tuple[int, int, int] | None
    feature_names: tuple[str, ...]
    scaling: str
    licence: str
    citation: str
    notes: tuple[str, ...] = ()

    @property
    def n_classes(self) -> int:
        """Number of classes, m."""
        return len(self.class_names)

    def parts(self) -> dict[str, tuple[np.ndarray | RowView, np.ndarray]]:
        """{"train": (x, y), "validation": (x, y), "test": (x, y)}."""
        return {
            "train": (self.x_train, self.y_train),
            "validation": (self.x_val, self.y_val),
            "test": (self.x_test, self.y_test),
        }

    def class_counts(self, part: str = "train") -> np.ndarray:
        """How many samples of each class a part holds: (n_classes,) int64."""
        return counts_of(self.parts()[part][1], self.n_classes)

    def describe(self) -> str:
        """A few lines for a person: sizes, shape, scaling, class counts, notes, licence, citation."""
        sizes = ", ".join(f"{len(y):,} {part}" for part, (_, y) in self.parts().items())
        counts = ", ".join(
            f"{c} {n}" for c, n in zip(self.class_names[:12], self.class_counts().tolist(), strict=False)
        )
        more = ", ..." if self.n_classes > 12 else ""
        return "\n".join(
            [
                f"{self.name}: {sizes}; input {self.input_shape}, {self.n_classes} classes",
                f"scaling: {self.scaling}",
                f"training samples per class: {counts}{more}",
                *self.notes,
                f"licence: {self.licence}",
                f"source: {self.citation}",
            ]
        )

    def __repr__(self) -> str:  # the arrays' own would fill the screen
        return self.describe()
