"""Random numbers: one seed gives the same bytes twice, on every backend.

Each use draws from a stream of its own, named by purpose and index. So the weights of block 2 do not depend on
whether there is a block 3, and a run that is resumed at batch t needs no generator state: it names batch t again.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mfnumpy.errors import InvalidValueError


def stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """The random generator for one purpose, independent of all others.

    seed: the run's, an integer >= 0.
    purpose: what the numbers are for, e.g. "weights" or "shuffle".
    index: which one of that purpose, e.g. the block, the epoch or the batch, an integer >= 0.
    Returns a NumPy Generator (PCG64); it always lives on the host, whatever the backend.
    Raises InvalidValueError for a seed or an index that is not an integer >= 0.
    """
    for name, value in (("seed", seed), ("index", index)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            raise InvalidValueError(f"{name} must be an integer >= 0; got {value!r}.")
    key = (zlib.crc32(purpose.encode()), int(index))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(seed), spawn_key=key)))


class AlikeForEqual(np.random.Generator):
    """The random numbers of a batch in which equal samples get equal ones, in any order of the rows.

    rng: what is drawn from.
    samples: (N,) integers, the same for equal samples; `fingerprints` gives such.

    `integers` (with numbers for its bounds) and `random` draw an array of N rows once for each different sample, from
    the smallest number to the largest. So a batch in which a sample stands w times has the draws, and with them the
    mean loss, of one in which it stands once with weight w. Other arrays and other methods are drawn as ever.
    """

    def __init__(self, rng: np.random.Generator, samples: np.ndarray):
        super().__init__(rng.bit_generator)
        different, self._which = np.unique(samples, return_inverse=True)
        self._many = len(different)

    def integers(self, low: Any, high: Any = None, size: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """As of NumPy's Generator, N rows alike for equal samples.

        low, high: from low on and below high, or from 0 on and below low.
        size: the shape; None for one number.
        options: dtype, endpoint.
        """
        return self._alike(partial(super().integers, low, high, **options), size)

    def random(self, size: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """As of NumPy's Generator, N rows alike for equal samples."""
        return self._alike(partial(super().random, **options), size)

    def _alike(self, draw: Callable[..., Any], size: Any) -> Any:
        shape = () if size is None else tuple(np.atleast_1d(size))
        if shape[:1] != (len(self._which),):
            return draw(size=size)
        return draw(size=(self._many, *shape[1:]))[self._which]


def fingerprints(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A number for each sample, made of its bytes and its label alone: the same for equal samples, whatever the order.

    x: (N, ...) on the host.
    y: (N,) integer labels.
    Returns (N,) uint64. Different samples have different numbers but for a chance of N^2 / 2^65.
    """
    rows = zip(np.ascontiguousarray(x), np.asarray(y).tolist(), strict=True)
    hashed = (hashlib.blake2b(row, digest_size=8, salt=label.to_bytes(8, "little")) for row, label in rows)
    return np.array([int.from_bytes(one.digest(), "little") for one in hashed], np.uint64)
