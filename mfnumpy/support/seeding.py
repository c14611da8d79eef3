"""Random numbers: one seed gives the same bytes twice, on every backend.

Each use draws from a stream of its own, named by purpose and index. So the weights of block 2 do not depend on
whether there is a block 3, and a run that is resumed at batch t needs no generator state: it names batch t again.
"""

from __future__ import annotations

import zlib

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
