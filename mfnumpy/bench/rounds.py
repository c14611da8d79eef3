"""Alternating rounds: ours, then the peer; next the peer, then ours; so that both meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PAUSE = 0.1
"""Seconds before each measurement: BLAS's own threads go on spinning for tens of milliseconds after their last product,
and would take a core from the one who comes next."""


@dataclass
class Timing:
    """Wall-clock and CPU seconds of every round of one contestant."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], object]) -> None:
        """Run and time one round. CPU seconds are those of all threads of this process."""
        cpu, start = time.process_time(), time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - start)
        self.cpu.append(time.process_time() - cpu)

    @property
    def median(self) -> float:
        """The middle round's wall-clock seconds."""
        return statistics.median(self.seconds)


def alternate(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Time every contestant once per round, in an order that turns around; a first round is thrown away.

    Each begins after a PAUSE, on a machine that the one before has left.
    """
    timings = {name: Timing() for name in contestants}
    for work in contestants.values():
        work()
    for number in range(rounds):
        order = list(contestants) if number % 2 == 0 else list(contestants)[::-1]
        for name in order:
            time.sleep(PAUSE)
            timings[name].measure(contestants[name])
    return timings


def ratios(ours: Timing, peer: Timing) -> tuple[float, float, float]:
    """How many times faster ours is, round by round: median, least, greatest."""
    each = [b / a for a, b in zip(ours.seconds, peer.seconds, strict=True)]
    return statistics.median(each), min(each), max(each)
