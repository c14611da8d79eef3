"""Many ranks on paper: the simulator fed with the costs of a block, of a message, and of nothing else.

The costs come from a machine that is stated (`STATED`), or from what `mfnumpy bench ranks` has measured.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mfnumpy.bench.simulator import Costs, by_layers, by_micro_batches, simulate
from mfnumpy.network import named
from mfnumpy.parallel.split import balanced

BATCH, BATCHES, CLASSES = 256, 235, 10
"""An epoch of 60,000 samples."""
RANKS = (8, 64, 1000)
WIDTHS = (100, 1000, 10_000)
MICRO = (1, 4, 16, 64, 256)
ADAM_BYTES = 28
"""Of each number that Adam changes: parameter, gradient and both moments are read, all but the gradient written."""
STEADY = 12
"""From so many batches on, each further one takes a pipeline the same time."""


@dataclass(frozen=True)
class Link:
    """Between two ranks.

    name: in the table.
    latency: seconds.
    bandwidth: bytes per second.
    """

    name: str
    latency: float
    bandwidth: float

    def seconds(self, size: float) -> float:
        """Of a message of so many bytes."""
        return self.latency + size / self.bandwidth


@dataclass(frozen=True)
class Machine:
    """One rank.

    name: in the table.
    speed: floating point operations per second in matrix products.
    memory: bytes per second that an update moves.
    call: seconds by which every visit of a block is longer than its arithmetic.
    """

    name: str
    speed: float
    memory: float
    call: float

    def costs(self, width: int, blocks: int, micro: int, link: Link) -> Costs:
        """Of blocks that all have the same width.

        width: neurons of each.
        blocks: how many.
        micro: into how many micro-batches backpropagation cuts a batch.
        link: to the next rank.
        """
        rows = -(-BATCH // micro)
        product = 2.0 * width * width / self.speed  # of one row with W, its transpose, or dz
        matrix = 2.0 * width * CLASSES / self.speed  # of one row with M, or the readout
        update = ADAM_BYTES * width * width / self.memory
        with_M = ADAM_BYTES * width * (width + CLASSES) / self.memory
        one = {
            "learn": self.call + BATCH * (2 * product + 3 * matrix),
            "update": with_M,
            "forward": self.call + rows * product,
            "backward": self.call + rows * 2 * product,
            "bp_update": update,
            "message": link.seconds(4.0 * BATCH * width),
            "micro_message": link.seconds(4.0 * rows * width),
        }
        return Costs(**{name: [seconds] * blocks for name, seconds in one.items()}, readout=rows * 3 * matrix)


class Block(Protocol):
    """What can say what its blocks cost."""

    def costs(self, width: int, blocks: int, micro: int, link: Link) -> Costs:
        """As `Machine.costs`."""


@dataclass(frozen=True)
class Measured:
    """What `mfnumpy bench ranks` has measured of one block between two others, and of its messages.

    width: of the block; another one's arithmetic grows with the square, its messages in proportion.
    by_micro: the costs for each number of micro-batches; those of more and smaller ones are taken in proportion.
    """

    width: int
    by_micro: Mapping[int, Costs]

    def costs(self, width: int, blocks: int, micro: int, link: Link) -> Costs:
        """As `Machine.costs`; the link is the one that was measured."""
        near = max((m for m in self.by_micro if m <= micro), default=min(self.by_micro))
        known, rows, grown = self.by_micro[near], near / micro, width / self.width
        factors = {"learn": 1, "update": 1, "forward": rows, "backward": rows, "bp_update": 1}
        one = {name: getattr(known, name)[1] * factor * grown**2 for name, factor in factors.items()}
        one |= {"message": known.message[1] * grown, "micro_message": known.micro_message[1] * rows * grown}
        own = {name: [seconds] * blocks for name, seconds in one.items()}
        return Costs(**own, readout=known.readout * rows * grown)


STATED = Machine("50 GFLOP/s, 10 GB/s of memory, 50 us for each visit of a block", 5e10, 1e10, 5e-5)
"""About one core of a server; stated, not measured."""
LINKS = (Link("shared memory", 2e-5, 5e9), Link("10 Gbit/s", 3e-5, 1.25e9), Link("1 Gbit/s", 1e-4, 1.25e8))


@dataclass(frozen=True)
class Row:
    """One prediction, for an epoch.

    width, ranks: neurons of a block; ranks, with a block each.
    link: its name.
    mf, mf_alone: seconds of Mono-Forward by layers, and on one rank.
    bp, bp_alone: the same of backpropagation by its best number of micro-batches, and on one rank by one.
    micro: that number.
    """

    width: int
    ranks: int
    link: str
    mf: float
    mf_alone: float
    bp: float
    bp_alone: float
    micro: int

    def line(self) -> str:
        """One line of the table."""
        return (
            f"{self.width:>6} {self.ranks:>6}  {self.link:<15}{self.mf:>8.1f} {self.mf_alone / self.mf:>6.1f} "
            f"{self.mf_alone / self.mf / self.ranks:>5.0%}  {self.bp:>8.1f} {self.bp_alone / self.bp:>6.1f} "
            f"{self.bp_alone / self.bp / self.ranks:>5.0%} {self.micro:>4}  {self.bp / self.mf:>7.2f}"
        )


HEAD = " width  ranks  link               MF s      x  even      BP s      x  even  cut  BP / MF"
"""x: times as fast as one rank alone; even: that, over the ranks; cut: micro-batches."""


def row(machine: Block, width: int, ranks: int, link: Link) -> Row:
    """Predict one epoch of a network with a block of this width on each rank.

    machine: gives the costs of its blocks.
    width: neurons of a block.
    ranks: how many.
    link: between them.
    """
    split = [range(i, i + 1) for i in range(ranks)]
    layers = machine.costs(width, ranks, 1, link)
    mf = _steady(lambda batches: simulate(by_layers(layers, split, batches)), BATCHES)
    tried = {}
    for micro in MICRO:
        costs = machine.costs(width, ranks, micro, link)

        def batch(parts: int, costs: Costs = costs) -> float:
            """Of one batch in so many parts of this size; the next begins when rank 0 has its last error."""
            return simulate(by_micro_batches(costs, split, 1, parts))

        tried[micro] = BATCHES * _steady(batch, micro)
    best = min(tried, key=lambda micro: tried[micro])
    alone = BATCHES * ranks * (layers.learn[0] + layers.update[0])
    bp_alone = BATCHES * (ranks * (layers.forward[0] + layers.backward[0] + layers.bp_update[0]) + layers.readout)
    return Row(width, ranks, link.name, mf, alone, tried[best], bp_alone, best)


def _steady(seconds: Callable[[int], float], n: int) -> float:
    """seconds(n); beyond twice STEADY, where every further one takes as long as the last, by a straight line."""
    if n <= 2 * STEADY:
        return seconds(n)
    first, second = seconds(STEADY), seconds(2 * STEADY)
    return second + (second - first) / STEADY * (n - 2 * STEADY)


def fill(batches: int, ranks: int) -> float:
    """The share of ranks' time that is work, in an even pipeline of so many batches: T / (T + K - 1)."""
    return batches / (batches + ranks - 1)


def evenness(network: str, ranks: int) -> float:
    """The share of ranks' time that is work in the steady state, by the multiplications of a network's blocks.

    network: by name, for inputs of 32 x 32 x 3.
    ranks: how many share its blocks.
    """
    net = named(network, (32, 32, 3))
    costs = [
        math.prod(block.linear.output_shape(before)[:-1]) * float(block.parameters["W"].size)
        for block, before in zip(net.blocks, net.shapes(), strict=False)
    ]
    most = max(sum(costs[i] for i in own) for own in balanced(costs, ranks))
    return sum(costs) / (ranks * most)


@dataclass(frozen=True)
class Prediction:
    """All rows for one machine.

    machine: its name.
    rows: predicted.
    """

    machine: str
    rows: list[Row]

    def line(self) -> str:
        """The table, under what it is made of."""
        if not self.rows:
            return self.machine
        title = f"{self.machine}; an epoch of {BATCHES} batches of {BATCH} rows, a block on each rank"
        return "\n".join([title, HEAD, *(one.line() for one in self.rows)])


def predict(machine: Machine = STATED, links: tuple[Link, ...] = LINKS) -> Prediction:
    """Every width, number of ranks and link. machine: of each rank. links: between them."""
    return Prediction(machine.name, [row(machine, width, k, link) for link in links for width in WIDTHS for k in RANKS])


def of_measured(path: Path) -> Prediction:
    """The same of the machine that `mfnumpy bench ranks` has measured; path: of what it wrote."""
    if not path.exists():
        return Prediction("Nothing is measured yet here: run `mfnumpy bench ranks` first, with the same --out.", [])
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["ranks"]
    one = max((result for result in found if result["ranks"] > 1), key=lambda result: result["ranks"] == 2)
    block = Measured(1000, {int(micro): Costs(**costs) for micro, costs in one["costs"].items()})
    link = Link("as measured", 0.0, 1.0)
    rows = [row(block, width, k, link) for width in WIDTHS[1:] for k in RANKS]
    return Prediction(f"blocks and messages as measured ({path})", rows)


@dataclass(frozen=True)
class Limits:
    """Where a pipeline of layers must lose, whatever the machine."""

    def line(self) -> str:
        """Fill, evenness, and what is sent to rank 0 after an epoch, a line each."""
        filled = ", ".join(f"{k} ranks {fill(BATCHES, k):.0%}" for k in (1, 2, 4, *RANKS))
        nets = {"3x2000": (2, 3), "cnn": (2, 3, 4)}
        even = "; ".join(
            f"{name} on " + ", ".join(f"{k} ranks {evenness(name, k):.0%}" for k in ks) for name, ks in nets.items()
        )
        sent = []
        for width, ranks in ((1000, 64), (1000, 1000), (10_000, 64), (10_000, 1000)):
            size = 4.0 * (ranks - 1) * width * (width + CLASSES)
            sent.append(f"{ranks} ranks of {width} neurons {size / 1e9:.1f} GB, {LINKS[1].seconds(size):.1f} s")
        return (
            f"work in an epoch of {BATCHES} batches, the rest is fill: {filled}\n"
            f"work in the steady state, the rest is waiting for the slowest rank: {even}\n"
            f"sent to rank 0 after each epoch, {LINKS[1].name}: {'; '.join(sent)}"
        )
