"""Which rank has which blocks: runs of them, so that the rank with the most to do has as little as can be."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from mfnumpy import backend, optim
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules import LocalRule
from mfnumpy.support.samples import labels_known
from mfnumpy.support.seeding import stream

TRIES = 3


def check_ranks(ranks: int, blocks: int) -> None:
    """Check that every rank can have a block. Raises InvalidValueError. ranks, blocks: how many there are."""
    if ranks > blocks:
        raise InvalidValueError(
            f"{ranks} ranks cannot share {blocks} block{'s' if blocks > 1 else ''}: each needs one at least. "
            f"Start at most {blocks}: mpiexec -n {blocks}."
        )


def balanced(costs: Sequence[float], ranks: int) -> list[range]:
    """The blocks of each rank, in order, such that the largest sum of costs is the least.

    costs: of each block, from 0 on.
    ranks: how many there are, each of which has one block at least.
    Raises InvalidValueError for more ranks than blocks.
    """
    blocks = len(costs)
    check_ranks(ranks, blocks)
    total = np.concatenate([[0.0], np.cumsum(costs)])
    worst = np.full((ranks + 1, blocks + 1), np.inf)  # of the first so many blocks on so many ranks
    start = np.zeros((ranks + 1, blocks + 1), np.int64)
    worst[0, 0] = 0
    for rank in range(1, ranks + 1):
        for end in range(rank, blocks + 1):
            here = np.maximum(worst[rank - 1, :end], total[end] - total[:end])
            start[rank, end] = here.argmin()
            worst[rank, end] = here.min()
    split, end = [], blocks
    for rank in range(ranks, 0, -1):
        split.append(range(int(start[rank, end]), end))
        end = split[-1].start
    return split[::-1]


def costs(net: Network, rule: LocalRule, optimiser: dict, rows: int) -> list[float]:
    """Seconds that each block needs for a batch, the update included: the least of TRIES. Nothing is changed.

    net, rule: the network, and the rule that was started for it.
    optimiser: its `spec`.
    rows: of the batch, which is random.
    """
    rng = stream(0, "costs")
    x = backend.to_device(rng.random((rows, *net.input_shape)).astype(net.dtype))
    y = backend.to_device(rng.integers(0, rule.n_classes, rows))
    x = rule.enter(net, x, y, rng)
    options = dict(optimiser)
    adam = optim.make(options.pop("optimiser"), **options)
    parameters, found = rule.parameters(net), []
    with labels_known():
        for i in range(len(net.blocks)):
            seconds = []
            for _ in range(TRIES):
                start = time.perf_counter()
                step, a = rule.local_step(net, i, x, y)
                seconds.append(time.perf_counter() - start)
                for name, gradient in step.gradients.items():
                    copy = parameters[name].copy()
                    start = time.perf_counter()
                    adam.update(name, copy, gradient)
                    backend.synchronize()
                    seconds[-1] += time.perf_counter() - start
            found.append(min(seconds))
            x = a
    return found
