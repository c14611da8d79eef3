"""Where a training step's time goes, beside what the machine and the peer need: the most that is still to be gained."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from mfnumpy.bench.peak import multiply_adds, sgemm_peak
from mfnumpy.bench.rounds import alternate
from mfnumpy.bench.training import Case, Contest
from mfnumpy.fast import FastAdam, Team, engine


class Unchanging(FastAdam):
    """An optimiser that takes no time: the same work for an engine, and no change."""

    def step(self, *args: Any, **options: Any) -> None:
        """Leave the parameter and its moments as they are."""


@dataclass(frozen=True)
class Parts:
    """Milliseconds per batch of our step, of its parts, and of PyTorch's step: medians over rounds.

    network, rule: by name.
    batch: rows in a batch.
    step: our training step.
    without_adam: the same with gradients that are not applied.
    at_peak: its products at the sgemm peak that was measured in the same run.
    peer: PyTorch's step.
    rounds: of the timing.
    """

    network: str
    rule: str
    batch: int
    step: float
    without_adam: float
    at_peak: float
    peer: float
    rounds: int

    def line(self) -> str:
        """One line for a table, with PyTorch's time over each of ours."""
        named = {"step": self.step, "without Adam": self.without_adam, "products at the peak": self.at_peak}
        ours = ", ".join(f"{name} {ms:.2f} ms ({self.peer / ms:.2f})" for name, ms in named.items())
        return f"{self.network:<8}{self.rule:<6}{self.batch:>6}  {ours}; PyTorch {self.peer:.2f} ms"


def measure(case: Case, rounds: int) -> Parts:
    """Time all of them in alternating rounds. Raises as `training.compare` does."""
    with ExitStack() as stack:
        team = stack.enter_context(Team(case.threads))
        contest = Contest(case, team)
        contest.agree()
        idle = engine(contest.net, contest.rule, Unchanging(lr=case.lr), team)

        def without_adam() -> None:
            """The same step with an optimiser that does nothing."""
            for number in range(case.batches):
                x, y, rng = contest.batch(number)
                idle.batch(x, y, 1.0, None, rng)

        peak = sgemm_peak(case.threads)
        timings = alternate(
            {
                "step": lambda: contest.ours(case.batches),
                "without Adam": without_adam,
                "peer": lambda: contest.peers(case.batches),
            },
            rounds,
        )
        peak = max(peak, sgemm_peak(case.threads))
    step, without, peer = (1e3 * timing.median / case.batches for timing in timings.values())
    at_peak = 2 * multiply_adds(contest.net, case.rule, case.n_classes) * case.batch / peak / 1e6
    return Parts(case.network, case.rule, case.batch, step, without, at_peak, peer, rounds)
