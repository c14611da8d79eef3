"""Pipelines over the ranks whose blocks sleep, and BP by micro-batches beside BP alone; in the ranks' processes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

from mfnumpy import rules
from mfnumpy.bench.gpipe import MicroBatches
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.parallel.crew import Crew
from mfnumpy.parallel.ranks import RankPipeline
from mfnumpy.parallel.split import balanced
from mfnumpy.rules import MonoForward
from mfnumpy.support.pools import mpi
from mfnumpy.support.seeding import stream


def run(learn, update, batches, folder):
    crew = Crew(mpi().COMM_WORLD)
    net, rule = mlp(7, [6] * len(learn)), MonoForward()
    rule.start(net, 3)
    step, change = MonoForward.local_step, Adam.update

    def slow_step(self, net, i, x, y, weights=None):
        time.sleep(learn[i])
        return step(self, net, i, x, y, weights)

    def slow_update(self, name, *rest):
        if name.endswith(".W"):
            time.sleep(update[int(name.removeprefix("block").split(".")[0]) - 1])
        change(self, name, *rest)

    MonoForward.local_step, Adam.update = slow_step, slow_update
    split = balanced([a + b for a, b in zip(learn, update, strict=True)], crew.size)
    rng = stream(0, "test")
    x, y = rng.random((4, 7), dtype=np.float32), rng.integers(0, 3, 4)
    seconds = []
    for _ in range(3):
        pipeline = RankPipeline(net, rule, Adam(), crew=crew, split=split)
        crew.meet()
        start = time.perf_counter()
        if crew.rank > 0:
            pipeline.serve()
        else:
            with pipeline:
                assert len(list(pipeline.run((t, x, y, None, 1.0) for t in range(batches)))) == batches
        crew.meet()
        seconds.append(time.perf_counter() - start)
    if crew.rank == 0:  # what else the machine does can only make it slower
        found = {"seconds": min(seconds), "split": [[own.start, own.stop] for own in split]}
        Path(folder, "found.json").write_text(json.dumps(found))
    crew.part()


def micro_batches(micro, folder):
    """Three batches of 22 rows, in float64: on the ranks, and on the first one alone."""
    crew = Crew(mpi().COMM_WORLD)
    rng = stream(1, "test")
    x, y = rng.standard_normal((3, 22, 9)), rng.integers(0, 4, (3, 22))
    models = []
    for _ in range(2):
        net, rule = mlp(9, [8, 7, 6, 5], bias=True, dtype="float64", seed=3), rules.make("bp")
        rule.start(net, 4, seed=5)
        models.append((net, rule, Adam(lr=0.01)))
    (net, rule, adam), alone = models
    split = balanced([1.0] * 4, crew.size)
    learner = MicroBatches(crew, net, rule, adam, split, micro)
    for t in range(3):
        learner.batch(x[t], y[t])
    crew.meet()
    owners = [net.blocks[i].name for i in split[crew.rank]] + ["readout"] * (crew.rank == crew.size - 1)
    own = {name: array for name, array in rule.parameters(net).items() if name.split(".")[0] in owners}
    np.savez(Path(folder, f"rank{crew.rank}.npz"), **own)
    if crew.rank == 0:
        net, rule, adam = alone
        for t in range(3):
            for step in rule.steps(net, x[t], y[t]):
                for name, gradient in step.gradients.items():
                    adam.update(name, rule.parameters(net)[name], gradient)
        np.savez(Path(folder, "alone.npz"), **rule.parameters(net))
    crew.part()
