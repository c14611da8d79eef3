"""Ours on the device against PyTorch there: fp32, the same weights, the same batches, synchronised, warmed up."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy import backend, optim, rules
from mfnumpy.backend import to_device
from mfnumpy.batches import Batch
from mfnumpy.bench.gpu.results import Results
from mfnumpy.bench.peer import RULES, Peer
from mfnumpy.bench.rounds import alternate, ratios
from mfnumpy.bench.training import EPOCH, SHAPES
from mfnumpy.network import named, parse
from mfnumpy.rules.ff import negative_labels
from mfnumpy.support.optional import require
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

BATCH = {"2x1000": 256, "3x2000": 256, "cnn": 128}
BATCHES = {"2x1000": 100, "3x2000": 50, "cnn": 25}
"""Samples of a batch, and batches of a round."""

SMALL = {"2x1000": "2x40", "3x2000": "3x50", "cnn": "cnn:4-5-6-7"}
"""What stands for each network in a dry run."""

AGREE = (1e-5, 2e-3, 5e-2)
"""Relative tolerance of the losses of the first batches, each alone; they are compared before any time counts.

The first is the forward pass alone. Adam's first steps are then signs of tiny numbers: one rounding of the weights of
3x2000 moves FA's third loss by more than 0.2 per cent.
"""


@dataclass(frozen=True)
class Size:
    """How much is timed.

    batch: its samples.
    batches: of a round.
    rounds: how many.
    """

    batch: int
    batches: int
    rounds: int


def measure(network: str, share: float, results: Results) -> None:
    """Every rule that trains the network, one result each; what fails for one leaves the others.

    network: one of BATCH.
    share: of the usual batches and rows; 1 but for a dry run.
    results: where they go.
    """
    size, shape = Size(BATCH[network], BATCHES[network], 7), SHAPES[network]
    if share < 1:
        network, size = SMALL[network], Size(max(8, int(size.batch * share)), max(4, int(size.batches * share)), 1)
    for name in rules_of(network):
        try:
            line, result = compare(network, shape, name, size)
        except Exception as error:  # of any library on a machine nobody has seen: the next rule may do
            line = f"{type(error).__name__}: {error}"
            result = {"error": line}
        results.add(f"{network} {name}: {line}", network=network, rule=name, **result)


def rules_of(network: str) -> list[str]:
    """The rules that train the network, in the order in which they are timed."""
    names = [name for name, rule in rules.RULES.items() if rule.images or not parse(network).images]
    return sorted(names, key=lambda name: RULES.index(name) if name in RULES else len(RULES))


def compare(network: str, shape: tuple[int, ...], rule_name: str, size: Size) -> tuple[str, dict[str, Any]]:
    """Milliseconds for a batch: median, least and most over the rounds, of ours and of the peer.

    network, rule_name: what trains.
    shape: of one sample.
    size: how much is timed.
    Returns a line for a person, and the numbers. Losses that differ are said, and then no ratio is given.
    """
    ours = _Ours(network, shape, rule_name, size)
    contestants: dict[str, Callable[[], Any]] = {"ours": ours.train}
    told: dict[str, Any] = {"batch": size.batch, "batches": size.batches, "rounds": size.rounds}
    peer = _peer(ours)
    if peer is not None:
        mine, theirs = (np.array(side.train(len(AGREE))) for side in (ours, peer))
        gaps = (np.abs(mine - theirs) / np.abs(mine)).max(axis=1)
        told |= {"first_losses": mine[0].tolist(), "peers_first_losses": theirs[0].tolist(), "gaps": gaps.tolist()}
        told["agrees"] = bool((gaps <= AGREE).all())
        contestants["peer"] = peer.train
    timings = alternate(contestants, size.rounds)
    for name, timing in timings.items():
        ms = [1e3 * s / size.batches for s in timing.seconds]
        told[name] = {"ms": statistics.median(ms), "least": min(ms), "most": max(ms)}
    epoch = EPOCH.get(network, 60_000) / size.batch * told["ours"]["ms"] / 1e3
    told["epoch_seconds"] = epoch
    line = f"ours {_text(told['ours'])}, {epoch:.2f} s an epoch"
    if peer is None:
        return line + "; no peer", told
    told["peer_over_ours"] = ratios(timings["ours"], timings["peer"]) if told["agrees"] else None
    how = "{:.2f} ({:.2f} to {:.2f}) times ours".format(*told["peer_over_ours"]) if told["agrees"] else "OTHER LOSSES"
    return f"{line}; PyTorch on {peer.device} {_text(told['peer'])}, {how}", told


def _text(of: dict[str, float]) -> str:
    return f"{of['ms']:.3f} ms ({of['least']:.3f} to {of['most']:.3f})"


class _Ours:
    """The reference trainer on data that lie on the device."""

    def __init__(self, network: str, shape: tuple[int, ...], rule_name: str, size: Size):
        rng, self.size = stream(3, "bench"), size
        self.net = named(network, shape, seed=1)
        self.rule = rules.make(rule_name)
        self.rule.start(self.net, 10, seed=2)
        self.n = size.batch * min(size.batches, 16)
        self.x = rng.random((self.n, *self.net.input_shape), dtype=np.float32)
        self.y = rng.integers(0, 10, self.n)
        self._x, self._y = to_device(self.x), to_device(self.y)
        self.trainer = Trainer(self.net, self.rule, optim.Adam(1e-3), batch_size=size.batch, show_progress=False)

    def batch(self, number: int) -> Batch:
        """The rows of batch `number`, and its random numbers."""
        rows = (np.arange(self.size.batch) + number * self.size.batch) % self.n
        return Batch(0, number, rows, 1.0, stream(4, "batch", number))

    def train(self, count: int | None = None) -> list[list[float]]:
        """So many batches; the losses of each."""
        batches = map(self.batch, range(self.size.batches if count is None else count))
        losses = [[loss for _, loss in found] for _, found in self.trainer.learn(batches, self._x, self._y, None)]
        backend.synchronize()
        return losses


def _peer(ours: _Ours) -> _Theirs | None:
    """PyTorch's side; None without PyTorch, or where it has no such rule, or no device beside CuPy's."""
    try:
        torch = require("torch", "bench")
    except ImportError:
        return None
    on_gpu = backend.current().name == "cupy"
    if ours.rule.name not in RULES or (on_gpu and not torch.cuda.is_available()):
        return None
    return _Theirs(ours, "cuda" if on_gpu else "cpu")


class _Theirs:
    """PyTorch on the same batches, its data on its device, its losses read after the last batch."""

    def __init__(self, ours: _Ours, device: str):
        self.ours, self.device = ours, device
        self.peer = Peer(ours.net, ours.rule, 1e-3, 1, device)
        self.torch = torch = self.peer.torch
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        self.x, self.y = self.peer.tensor(ours.x), self.peer.tensor(ours.y)

    def train(self, count: int | None = None) -> list[list[float]]:
        """So many batches; the losses of each."""
        losses = []
        for number in range(self.ours.size.batches if count is None else count):
            batch = self.ours.batch(number)
            rows = self.torch.as_tensor(batch.rows, device=self.device)
            wrong = None
            if self.ours.rule.rows_per_sample > 1:
                wrong = negative_labels(self.ours.y[batch.rows], 10, batch.rng)
            losses.append(
                self.torch.stack([loss.detach() for loss in self.peer.step(self.x[rows], self.y[rows], wrong)])
            )
        found = self.torch.stack(losses).tolist()
        if self.device == "cuda":
            self.torch.cuda.synchronize()
        return found
