"""A small simulator of ranks that work, send and receive: how long a pipeline takes, and how much of it is waiting.

A rank is a program: a sequence of actions. Ranks share cores: while more of them work than there are cores, each goes
on at its share of the speed. A message waits at the sender until fewer than so many are unreceived; it costs the
receiver its time, as an MPI that copies when it receives does.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Work(NamedTuple):
    """Seconds of a core."""

    seconds: float


class Send(NamedTuple):
    """A message on a link. link: its name. ahead: how many may be unreceived, None for any number."""

    link: tuple
    ahead: int | None = None


class Receive(NamedTuple):
    """The next message of a link. seconds: of the receiver's core, from when it is there."""

    link: tuple
    seconds: float


Action = Work | Send | Receive


@dataclass(frozen=True)
class Costs:
    """What is known of a run.

    learn, update: seconds of each block for a batch by Mono-Forward.
    forward, backward: seconds of each block for a micro-batch by backpropagation.
    bp_update: seconds of each block for its update by backpropagation.
    readout: seconds of the readout, forward and backward, for a micro-batch.
    message: seconds of an output of a batch to the next rank, of each block.
    micro_message: the same of a micro-batch; an error that comes back is as long.
    """

    learn: Sequence[float]
    update: Sequence[float]
    forward: Sequence[float]
    backward: Sequence[float]
    bp_update: Sequence[float]
    readout: float
    message: Sequence[float]
    micro_message: Sequence[float]


def simulate(programs: Sequence[Iterator[Action]], cores: int | None = None) -> float:
    """Seconds until all programs have ended. cores: how many there are, None for one of each.

    Raises ValueError where programs wait for each other forever.
    """
    return _Machine(programs, cores).run()


class _Machine:
    """Time is counted in work that a rank would have got done: it runs slower where ranks share cores."""

    def __init__(self, programs: Sequence[Iterator[Action]], cores: int | None):
        self.programs, self.cores = list(programs), cores or len(programs)
        self.working: list[tuple[float, int]] = []
        self.there: dict[tuple, int] = defaultdict(int)
        self.receiver: dict[tuple, tuple[int, float]] = {}
        self.sender: dict[tuple, int] = {}
        self.done = 0.0
        self.ready: deque[int] = deque(range(len(self.programs)))

    def run(self) -> float:
        """Seconds until all have ended."""
        seconds, left = 0.0, len(self.programs)
        while True:
            while self.ready:
                left -= self._go_on(self.ready.popleft())
            if not self.working:
                break
            at, rank = heapq.heappop(self.working)
            speed = min(1.0, self.cores / (len(self.working) + 1))
            seconds += (at - self.done) / speed
            self.done = at
            self.ready.append(rank)
        if left:
            raise ValueError(f"{left} programs wait for each other forever")
        return seconds

    def _go_on(self, rank: int) -> bool:
        """Let a rank act until it works or waits; True where its program has ended."""
        for action in self.programs[rank]:
            if isinstance(action, Work):
                heapq.heappush(self.working, (self.done + action.seconds, rank))
                return False
            if isinstance(action, Receive):
                if self.there[action.link]:
                    self._take(rank, action.link, action.seconds)
                else:
                    self.receiver[action.link] = (rank, action.seconds)
                return False
            if action.ahead is not None and self.there[action.link] >= action.ahead:
                self.sender[action.link] = rank
                return False
            self._put(action.link)
        return True

    def _put(self, link: tuple) -> None:
        self.there[link] += 1
        if link in self.receiver:
            self._take(*self._waiting(link))

    def _waiting(self, link: tuple) -> tuple[int, tuple, float]:
        rank, seconds = self.receiver.pop(link)
        return rank, link, seconds

    def _take(self, rank: int, link: tuple, seconds: float) -> None:
        self.there[link] -= 1
        heapq.heappush(self.working, (self.done + seconds, rank))
        if link in self.sender:  # there is room for what it wanted to send
            self.there[link] += 1
            self.ready.append(self.sender.pop(link))


def by_layers(costs: Costs, split: Sequence[range], batches: int, ahead: int = 1) -> list[Iterator[Action]]:
    """The ranks of `RankPipeline`.

    costs: of the blocks and messages.
    split: the blocks of each rank.
    batches: how many go through.
    ahead: how many may be unreceived on each link.
    """

    def program(rank: int) -> Iterator[Action]:
        """Receive, learn, hand on, update."""
        own = split[rank]
        for _ in range(batches):
            if rank > 0:
                yield Receive(("up", rank - 1), costs.message[own.start - 1])
            for i in own:
                yield Work(costs.learn[i])
                if i + 1 == own.stop and rank + 1 < len(split):
                    yield Send(("up", rank), ahead)
                yield Work(costs.update[i])

    return [program(rank) for rank in range(len(split))]


def by_micro_batches(costs: Costs, split: Sequence[range], batches: int, micro: int) -> list[Iterator[Action]]:
    """The ranks of `MicroBatches`.

    costs: of the blocks and messages.
    split: the blocks of each rank.
    batches: how many go through.
    micro: into how many micro-batches each is cut.
    """

    def program(rank: int) -> Iterator[Action]:
        """All forward, all backward, one update."""
        own, last = split[rank], len(split) - 1
        for _ in range(batches):
            for _ in range(micro):
                if rank > 0:
                    yield Receive(("up", rank - 1), costs.micro_message[own.start - 1])
                yield Work(sum(costs.forward[i] for i in own))
                if rank < last:
                    yield Send(("up", rank))
            for _ in range(micro):
                if rank < last:
                    yield Receive(("down", rank + 1), costs.micro_message[own.stop - 1])
                yield Work(sum(costs.backward[i] for i in own) + (costs.readout if rank == last else 0.0))
                if rank > 0:
                    yield Send(("down", rank))
            yield Work(sum(costs.bp_update[i] for i in own))

    return [program(rank) for rank in range(len(split))]
