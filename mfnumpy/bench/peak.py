"""The machine's own limit: how fast it multiplies large float32 matrices, and how many multiplications a rule needs."""

from __future__ import annotations

import math
import time

import numpy as np

from mfnumpy.fast import Team
from mfnumpy.layers import Conv2d
from mfnumpy.network import Network

PATHS = {"mf": 0, "ff": 0, "dfa": 0, "bp": 1, "fa": 1}
"""How many products with a block's weights (or B) carry an error to the block below."""


def sgemm_peak(threads: int, size: int = 2048) -> float:
    """GFLOP/s of one large float32 matrix product, its columns split over a team of threads; the best of a few.

    Each thread multiplies with single-threaded BLAS, as the fast room does.
    """
    a = np.random.default_rng(0).standard_normal((size, size), dtype=np.float32)
    out = np.empty((threads, size, size // threads), np.float32)
    best = math.inf
    with Team(threads) as team:

        def task(worker: int) -> None:
            """One worker's products."""
            width = out.shape[2]
            np.matmul(a, a[:, worker * width : (worker + 1) * width], out=out[worker])

        for _ in range(4):
            start = time.perf_counter()
            team.run(task)
            best = min(best, time.perf_counter() - start)
    return 2 * size * size * out.shape[2] * threads / best / 1e9


def multiply_adds(net: Network, rule: str, n_classes: int) -> int:
    """Multiplications (each with an addition) in matrix products that one training step needs per sample.

    For each block forward and dW; for BP and FA also the error to the block below. MF: G, dM and dG M for each block.
    DFA: e B for each block. BP, FA and DFA: the readout's forward, dW and, but for DFA, its error. FF takes all twice.
    """
    shapes, total = net.shapes(), 0
    for i, block in enumerate(net.blocks):
        own = block.parameters["W"].size
        if isinstance(block.linear, Conv2d):
            height, width, _ = block.linear.output_shape(shapes[i])
            own *= height * width
        total += own * (2 + (PATHS[rule] if i > 0 else 0))
    heads = [math.prod(shape) * n_classes for shape in shapes[1:]]
    if rule == "mf":
        return total + 3 * sum(heads)
    if rule == "ff":
        return 2 * total
    return total + (2 * heads[-1] + sum(heads) if rule == "dfa" else 3 * heads[-1])
