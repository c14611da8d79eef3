"""Lanes: one rule each, in training, that stop and go on between two batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bridge import sets
from mfnumpy import network, optim, rules
from mfnumpy.batches import Batches
from mfnumpy.errors import MfnumpyError, no_float_warnings
from mfnumpy.measure import peak_step_bytes
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.train import Trainer

LANES: dict[str, Lane] = {}
MOST_EPOCHS = 100_000


class Lane:
    """A network under a rule, and the trainer whose batches are taken one by one.

    entries: one for each finished epoch: its losses by block, and accuracies on the test part, as the trainer has them.
    """

    def __init__(self, data: sets.Set, net: Network, rule: Rule, rate: float, batch: int, seed: int):
        self.data, self.net, self.rule = data, net, rule
        self.seed, self.batch, self.rate = seed, min(batch, len(data.y)), rate
        self.trainer = Trainer(net, rule, optim.Adam(rate), epochs=MOST_EPOCHS, batch_size=self.batch, seed=seed,
                               show_progress=False)  # fmt: skip
        self.run = Batches(seed, self.batch, MOST_EPOCHS, "constant")
        self.of = len(self.run.slices(len(data.y)))
        self.entries: list[dict[str, Any]] = []
        self.losses: dict[str, float] = {}
        self.done, self.told, self.stopped = 0, 0, ""
        self._learned = self._learn()

    def advance(self, batches: int, epochs: int = MOST_EPOCHS) -> None:
        """Learn so many batches, but not beyond so many epochs. A rule that fails stops the lane and says why."""
        for _ in range(batches):
            if self.stopped or len(self.entries) >= epochs:
                return
            try:
                next(self._learned)
            except MfnumpyError as error:
                self.stopped = str(error)

    def state(self) -> dict[str, Any]:
        """What the page is told: where the lane is, and what it has not been told of before."""
        new, self.told = self.entries[self.told :], len(self.entries)
        return {"epoch": len(self.entries), "batch": self.done, "of": self.of, "losses": self.losses, "entries": new,
                "stopped": self.stopped, "blocks": len(self.net.blocks)}  # fmt: skip

    def evaluate(self) -> dict[str, Any]:
        """Accuracies on the test part, by prediction mode and by block."""
        found = self.trainer.evaluate(self.data.x_test, self.data.y_test)
        return {"val_accuracy": found.accuracy, "val_layers": found.layers}

    def again(self) -> None:
        """Go on after blocks were put on or taken off: a stop is forgotten."""
        self.stopped = ""
        self._learned = self._learn()

    def _learn(self) -> Iterator[None]:
        data, n = self.data, len(self.data.y)
        while True:
            sums: dict[str, float] = {}
            self.done = 0
            order = self.run.of_epoch(n, 0, len(self.entries))
            learned = self.trainer.learn(order, data.x, data.y, None)
            with no_float_warnings():
                for batch, losses in learned:
                    self.done += 1
                    self.losses = {self._name(block): loss for block, loss in losses}
                    for name, loss in self.losses.items():
                        sums[name] = sums.get(name, 0.0) + loss * len(batch.rows)
                    if self.done < self.of:
                        yield
            entry = {"epoch": len(self.entries) + 1, "loss": {name: total / n for name, total in sums.items()}}
            self.entries.append(entry | self.evaluate())
            yield

    def _name(self, block: int | None) -> str:
        return "output" if block is None else self.net.blocks[block].name


def built(arguments: dict[str, Any]) -> Lane:
    """The lane that the arguments describe: rule, set, widths, rate, batch, seed."""
    data = sets.named(arguments["set"])
    net = network.mlp(data.x.shape[1], arguments["widths"], seed=arguments["seed"])
    rule = rules.make(arguments["rule"])
    rule.start(net, data.m, arguments["seed"])
    return Lane(data, net, rule, arguments["rate"], arguments["batch"], arguments["seed"])


def start(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """Begin a lane anew; what is true of it all along."""
    lane = LANES[arguments["lane"]] = built(arguments)
    return {"state": lane.state(), "parameters": lane.rule.count(lane.net), "memory": memory(arguments),
            "rows": len(lane.data.y), "test": len(lane.data.y_test), "classes": lane.data.m}  # fmt: skip


def memory(arguments: dict[str, Any]) -> int:
    """The most bytes alive in one training step, measured on a copy that is thrown away."""
    lane = built(arguments)
    rows = np.arange(lane.batch)
    return peak_step_bytes(lane.net, lane.rule, lane.trainer.optimiser, lane.data.x[rows], lane.data.y[rows])


def advance(arguments: dict[str, Any], say: Any) -> list[dict[str, Any]]:
    """Let lanes learn so many batches each, up to so many epochs; their states."""
    for name in arguments["lanes"]:
        LANES[name].advance(arguments["batches"], arguments.get("epochs", MOST_EPOCHS))
    return [LANES[name].state() for name in arguments["lanes"]]
