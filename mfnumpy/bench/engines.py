"""Both engines at several sizes: what `mfnumpy.engines` decides by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from mfnumpy import rules
from mfnumpy.backend import Array
from mfnumpy.bench.rounds import alternate
from mfnumpy.engines import MUCH_WORK, threads_that_pay, work
from mfnumpy.fast import FastAdam, Team, engine
from mfnumpy.network import Network, parse
from mfnumpy.optim import Adam
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads

NETWORKS = ("2x16", "2x64", "2x128", "2x256", "2x512", "2x1000", "cnn:8-16", "cnn")
"""Dense ones on MNIST's images, convolutional ones on CIFAR's."""

BATCHES = (64, 256)
RULES = ("mf", "bp", "ff")

Batch = tuple[Array, Array]


@dataclass(frozen=True)
class Result:
    """Milliseconds per batch, median over the rounds.

    network, rule: by name.
    batch: rows in a batch.
    work: as `engines.work` counts it.
    threads: of the second time in each pair.
    reference, fast: the times on one thread and on `threads`.
    taken: the threads that the fast engine gets by default.
    rounds: of the timing.
    """

    network: str
    rule: str
    batch: int
    work: int
    threads: int
    reference: tuple[float, float]
    fast: tuple[float, float]
    taken: int
    rounds: int

    def line(self) -> str:
        """One line for a table, with how many times as fast the default is as the better of both references."""
        chosen = self.fast[0] if self.taken == 1 else self.fast[1]
        ours = " and ".join(f"{ms:8.3f}" for ms in self.fast)
        plain = " and ".join(f"{ms:8.3f}" for ms in self.reference)
        return (
            f"{self.network:<9}{self.rule:<4}{self.batch:>5}{self.work / 1e6:>9.1f} million; ms on 1 and "
            f"{self.threads} threads: reference {plain}, fast {ours}; "
            f"taken: fast, {self.taken} thread{'s' if self.taken > 1 else ''}, {min(self.reference) / chosen:.2f} times"
        )


def cases() -> list[tuple[str, str, int]]:
    """Network, rule and batch of every line."""
    trained = [(n, r) for n in NETWORKS for r in RULES if rules.RULES[r].images or not parse(n).images]
    return [(network, rule, batch) for network, rule in trained for batch in BATCHES]


def measure(network: str, rule_name: str, batch: int, threads: int, rounds: int) -> Result:
    """Train by both engines, on one thread and on several, in alternating rounds.

    network, rule_name: as `network.named` and `rules.make` read them.
    batch: samples in a batch.
    threads: how many against one.
    rounds: how many are timed.
    """
    shape = (32, 32, 3) if parse(network).images else (28, 28, 1)
    rng = stream(3, "bench")
    net, _ = _model(network, shape, rule_name)
    x = rng.random((batch, *net.input_shape), dtype=np.float32)
    data, size = (x, rng.integers(0, 10, batch)), work(net, batch)
    count = max(4, min(30, MUCH_WORK * 50 // size))
    ways: dict[str, Callable[[], object]] = {}
    with ExitStack() as stack:
        for n in (1, threads):
            ways[f"reference {n}"] = _reference(*_model(network, shape, rule_name), data, n, count)
            team = stack.enter_context(Team(n))
            ways[f"fast {n}"] = _fast(*_model(network, shape, rule_name), data, team, count)
        timings = alternate(ways, rounds)
    ms = {way: timing.median / count * 1e3 for way, timing in timings.items()}
    pairs = [(ms[f"{name} 1"], ms[f"{name} {threads}"]) for name in ("reference", "fast")]
    taken = min(threads, threads_that_pay(net, batch))
    return Result(network, rule_name, batch, size, threads, pairs[0], pairs[1], taken, rounds)


def _model(network: str, shape: tuple[int, ...], rule_name: str) -> tuple[Network, Rule]:
    net = parse(network).build(shape, seed=1)
    rule = rules.make(rule_name)
    rule.start(net, 10, seed=2)
    return net, rule


def _reference(net: Network, rule: Rule, data: Batch, threads: int, count: int) -> Callable[[], object]:
    adam, parameters = Adam(), rule.parameters(net)

    def train() -> None:
        """So many batches as the rule is written."""
        with blas_threads(threads, needed=True):
            for number in range(count):
                for step in rule.steps(net, *data, stream(4, "batch", number)):
                    for name, gradient in step.gradients.items():
                        adam.update(name, parameters[name], gradient)

    return train


def _fast(net: Network, rule: Rule, data: Batch, team: Team, count: int) -> Callable[[], object]:
    fast = engine(net, rule, FastAdam(), team)
    return lambda: [fast.batch(*data, 1.0, None, stream(4, "batch", number)) for number in range(count)]
