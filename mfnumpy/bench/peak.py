"""The machine's own limit: how fast it multiplies large float32 matrices, and how many multiplications a rule needs."""

from __future__ import annotations

import math
import time

import numpy as np

from mfnumpy import rules
from mfnumpy.fast import Team
from mfnumpy.layers import Conv2d
from mfnumpy.network import Network


def sgemm_peak(threads: int, size: int = 2048) -> float:
    """GFLOP/s of one large float32 matrix product, its columns split over a team of threads; the best of a few.

    Each thread multiplies with single-threaded BLAS, as the fast engine does.
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

    net: the network.
    rule: a key of `rules.RULES`.
    n_classes: m.

    For each block forward; dW where the rule has an error for it; the error to the block below where it comes from
    above. Projections: G, dM and dG M for each block. A readout: its forward, dW, and the error that leaves it, which
    goes to one block or, by e B, straight to each. A readout of all blocks: one more pass through these.
    """
    made, shapes, forward, learning = rules.make(rule), net.shapes(), 0, 0
    for i, block in enumerate(net.blocks):
        own = block.parameters["W"].size
        if isinstance(block.linear, Conv2d):
            height, width, _ = block.linear.output_shape(shapes[i])
            own *= height * width
        forward += own
        learning += own * (bool(made.error_from) + ("above" in made.error_from and i > 0))
    total = (forward + learning) * made.rows_per_sample
    heads = [math.prod(shape) * n_classes for shape in shapes[1:]]
    if made.projections is not None:
        total += 3 * sum(heads)
    if made.readout is not None:
        total += 2 * (sum(heads) if made.readout.of_all else heads[-1]) + (forward if made.readout.of_all else 0)
        total += heads[-1] if "above" in made.error_from else 0
        total += sum(heads) if "output" in made.error_from else 0
    return total
