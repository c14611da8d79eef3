"""Training, ours against PyTorch's: the paper's Table 5, and more rules and networks."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass

import numpy as np

from mfnumpy import rules
from mfnumpy.bench.peak import multiply_adds, sgemm_peak
from mfnumpy.bench.peer import Peer
from mfnumpy.bench.rounds import alternate, ratios
from mfnumpy.errors import MfnumpyError
from mfnumpy.fast import FastAdam, Team, engine
from mfnumpy.network import named
from mfnumpy.parallel import ThreadPipeline
from mfnumpy.rules.ff import negative_labels
from mfnumpy.support.seeding import stream

SHAPES = {"2x1000": (28, 28, 1), "3x2000": (32, 32, 3), "cnn": (32, 32, 3)}
"""The images for which the paper uses each network; another network gets MNIST's."""

EPOCH = {"2x1000": 60_000, "3x2000": 50_000, "cnn": 50_000}
"""How many samples make an epoch: MNIST's or CIFAR's training set."""


WAYS = ("layers", "samples")
"""layers: blocks on different batches at once (pipeline). samples: each batch split over threads (fast engine)."""


class DisagreementError(MfnumpyError, ArithmeticError):
    """Ours and the peer's losses differ, so their speeds must not be compared."""


@dataclass(frozen=True)
class Case:
    """One comparison.

    network, rule: by name.
    batch: rows in a batch.
    batches: how many make one round.
    threads: of both sides.
    lr: Adam's learning rate.
    n_classes: m.
    way: in which our side is parallel, one of WAYS.
    """

    network: str
    rule: str
    batch: int
    batches: int
    threads: int
    lr: float = 1e-3
    n_classes: int = 10
    way: str = "samples"


@dataclass(frozen=True)
class Result:
    """What was measured.

    case: the Case, as a dict.
    seconds, peer_seconds: of an epoch, scaled from the median round; ours and PyTorch's.
    cpu, peer_cpu: the same of CPU seconds.
    ratio: the peer's time over ours, median, least and greatest over the rounds.
    peak_gflops: the sgemm peak that was measured in the same run.
    share, peer_share: of that peak, in useful multiplications.
    first_losses: ours, of the first batches, which PyTorch's must equal.
    rounds: of the timing.
    """

    case: dict
    seconds: float
    peer_seconds: float
    cpu: float
    peer_cpu: float
    ratio: tuple[float, float, float]
    peak_gflops: float
    share: float
    peer_share: float
    first_losses: list[float]
    rounds: int

    def line(self) -> str:
        """One line for a table."""
        c = self.case
        rule = c["rule"] + (", layers" if c["way"] == "layers" else "")
        return (
            f"{c['network']:<8}{rule:<11}{c['batch']:>6}  ours {self.seconds:8.2f} s {self.share:4.0%}  "
            f"PyTorch {self.peer_seconds:8.2f} s {self.peer_share:4.0%}  "
            f"ratio {self.ratio[0]:.2f} ({self.ratio[1]:.2f} to {self.ratio[2]:.2f})"
        )


class Contest:
    """Both sides with the same weights, fed with the same batches."""

    def __init__(self, case: Case, team: Team):
        shape = SHAPES.get(case.network, (28, 28, 1))
        self.net = named(case.network, shape, seed=1)
        self.rule = rules.make(case.rule)
        self.rule.start(self.net, case.n_classes, seed=2)
        self.peer = Peer(self.net, self.rule, case.lr, case.threads)
        self.adam = FastAdam(lr=case.lr)
        self.engine = engine(self.net, self.rule, self.adam, team)
        rng = stream(3, "bench")
        rows = case.batch * min(case.batches, 8)
        self.y = rng.integers(0, case.n_classes, rows)
        self.x = rng.random((rows, *self.net.input_shape), dtype=np.float32)
        self.case = case

    def batch(self, number: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
        """Batch `number`: x, y, and what wrong labels are drawn from."""
        start = number * self.case.batch % len(self.y)
        rows = slice(start, start + self.case.batch)
        return self.x[rows], self.y[rows], stream(4, "batch", number)

    def ours(self, count: int) -> list[list[float]]:
        """The first `count` batches on our side; the losses of each."""
        batches = [(number, *self.batch(number), 1.0) for number in range(count)]
        if self.case.way == "layers":
            with ThreadPipeline(self.net, self.rule, self.adam, threads=self.case.threads) as pipeline:
                return [[float(step.loss) for step in steps] for steps in pipeline.run(batches)]
        return [[loss for _, loss in self.engine.batch(x, y, 1.0, None, rng)] for _, x, y, rng, _ in batches]

    def peers(self, count: int) -> list[list[float]]:
        """The same batches on the peer's side."""
        losses = []
        for number in range(count):
            x, y, rng = self.batch(number)
            wrong = negative_labels(y, self.case.n_classes, rng) if self.rule.rows_per_sample > 1 else None
            losses.append(self.peer.batch(x, y, wrong))
        return losses

    def agree(self, steps: int = 3, tolerance: float = 2e-3) -> list[float]:
        """Take the first steps on both sides; raises DisagreementError unless all losses are the same to rounding."""
        pairs = list(zip(self.ours(steps), self.peers(steps), strict=True))
        for number, (ours, peer) in enumerate(pairs, 1):
            if len(ours) != len(peer) or not np.allclose(ours, peer, rtol=tolerance, atol=0):
                raise DisagreementError(
                    f"{self.case.rule} on {self.case.network}, batch {number}: our losses are {ours}, "
                    f"PyTorch's {peer}. Their speeds are not compared."
                )
        return pairs[0][0]


def compare(case: Case, rounds: int) -> Result:
    """Train by one rule on both sides, in alternating rounds. Raises DisagreementError, MissingLibraryError."""
    with ExitStack() as stack:
        contest = Contest(case, stack.enter_context(Team(case.threads)))
        first = contest.agree()
        peak = sgemm_peak(case.threads)
        timings = alternate(
            {"ours": lambda: contest.ours(case.batches), "peer": lambda: contest.peers(case.batches)}, rounds
        )
        peak = max(peak, sgemm_peak(case.threads))
    ours, peer = timings["ours"], timings["peer"]
    samples = EPOCH.get(case.network, 60_000)
    scale = samples / (case.batch * case.batches)
    gflop = 2 * multiply_adds(contest.net, case.rule, case.n_classes) * samples / 1e9
    cpu = [scale * sorted(t.cpu)[len(t.cpu) // 2] for t in (ours, peer)]
    seconds = [scale * t.median for t in (ours, peer)]
    return Result(
        asdict(case),
        seconds[0],
        seconds[1],
        cpu[0],
        cpu[1],
        ratios(ours, peer),
        peak,
        gflop / seconds[0] / peak,
        gflop / seconds[1] / peak,
        first,
        rounds,
    )
