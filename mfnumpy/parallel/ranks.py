"""The transport by MPI: each rank has a run of blocks, and hands its outputs on to the next rank by buffers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.crew import HEADER, LABELS, LOSSES, OUTPUT, Crew
from mfnumpy.parallel.pipeline import Parcel, Pipeline, Span
from mfnumpy.rules import Rule, Step
from mfnumpy.support.samples import labels_known

HEAD = np.dtype([("number", "<i8"), ("rows", "<i8"), ("labels", "<i8"), ("scale", "<f8")])
"""What goes before a parcel: its batch, the rows of its x, its labels, and the share of the learning rate."""
LAST = -1
"""The number of the parcel that says that no other follows."""


class RankPipeline(Pipeline):
    """A rank's part of the pipeline; the first feeds it, the others `serve`.

    net, rule, optimiser, only, ahead, spans: as in `Pipeline`; of the other ranks' blocks only the shapes are read.
    crew: the ranks.
    split: the blocks of each rank.
    labels: whether they travel with the batches; if not, `serve` is given them.

    At most `ahead` batches are on their way to a rank that has not taken them.
    """

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        crew: Crew,
        split: Sequence[range],
        labels: bool = True,
        only: Collection[int] | None = None,
        ahead: int = 1,
        spans: list[Span] | None = None,
    ):
        super().__init__(net, rule, optimiser, only=only, ahead=ahead, spans=spans)
        self.crew, self.split, self.with_labels = crew, split, labels
        last = max(self.chosen)
        self.own = range(split[crew.rank].start, min(split[crew.rank].stop, last + 1))
        self.above = crew.rank + 1 if self.own and self.own.stop <= last else None
        self._learns = {rank: len(self.chosen.intersection(blocks)) for rank, blocks in enumerate(split)}
        self._shapes = net.shapes()
        self._on_the_way: deque[list[Any]] = deque()

    # -- rank 0 ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> RankPipeline:
        return self

    def __exit__(self, kind: type | None, *error: object) -> None:
        if kind is None:
            self._hand_on_last()

    def feed(self, parcel: Parcel) -> None:
        """Let this rank's blocks learn from a batch, and hand it on, as soon as it may wait there."""
        self._keep(parcel.number, self._through(parcel))
        self.crew.listen()

    def complete(self, number: int) -> bool:
        """Whether all ranks have told this batch's losses."""
        while self._gather():
            pass
        return len(self.results.get(number, [])) == len(self.chosen)

    def take(self, number: int) -> list[Step]:
        """Wait until this batch has passed all blocks, and give its Steps in the order of the blocks."""
        self.crew.wait(lambda: self.complete(number))
        return sorted(self.results.pop(number), key=lambda step: step.block or 0)

    def _gather(self) -> bool:
        """Take up one message of losses, if there is one: its batch, then the loss of each block of its rank."""
        status = self.crew.status()
        if not self.crew.there_is(LOSSES, status):
            return False
        values = np.empty(1 + self._learns[status.source])
        self.crew.comm.Recv(values, status.source, LOSSES)
        blocks = sorted(self.chosen.intersection(self.split[status.source]))
        self._keep(int(values[0]), [Step(i, loss, {}) for i, loss in zip(blocks, values[1:].tolist(), strict=True)])
        return True

    def _keep(self, number: int, steps: list[Step]) -> None:
        self.results.setdefault(number, []).extend(steps)

    # -- any rank ----------------------------------------------------------------------------------------------------

    def serve(self, labels: Any = None) -> None:
        """Of a rank above the first: let its blocks learn from what comes, until no more does.

        labels: number of a batch -> its labels, where they do not travel.
        """
        with labels_known():  # rank 0 has looked at them
            while (parcel := self._next(labels)) is not None:
                steps = self._through(parcel)
                if steps:
                    losses = np.array([parcel.number, *(float(step.loss) for step in steps)])
                    self.crew.post(losses, 0, LOSSES)
        self._hand_on_last()

    def _through(self, parcel: Parcel) -> list[Step]:
        """This rank's blocks, one after the other; what goes on to the next rank goes before the last one's update."""
        steps = []
        for i in self.own:
            step, parcel = self.learn(i, parcel)
            if i + 1 == self.own.stop and self.above is not None:
                self._hand_on(parcel, self.above)
            start = time.perf_counter()
            for pieces in self.updates(step, parcel.scale):
                for update in pieces:
                    update()
            if step is not None:
                self.note(i, parcel, start, "update")
                steps.append(Step(step.block, step.loss, {}))
        return steps

    def _hand_on(self, parcel: Parcel, rank: int) -> None:
        """Send a parcel, once fewer than `ahead` wait to be received."""
        self._wait_for_room(self.ahead - 1)
        xp = backend.xp_of(parcel.x)
        x = xp.ascontiguousarray(parcel.x)
        y = np.ascontiguousarray(backend.to_host(parcel.y), np.int64)
        backend.synchronize()
        head = np.array([(parcel.number, len(x), len(y), parcel.scale)], HEAD).view(np.uint8)
        post = self.crew.post
        sent = [post(head, rank, HEADER)] + ([post(y, rank, LABELS)] if self.with_labels else [])
        self._on_the_way.append([*sent, post(x, rank, OUTPUT, met=True)])

    def _hand_on_last(self) -> None:
        if self.above is not None:
            head = np.array([(LAST, 0, 0, 0.0)], HEAD).view(np.uint8)
            self._on_the_way.append([self.crew.post(head, self.above, HEADER)])
            self._wait_for_room(0)

    def _wait_for_room(self, most: int) -> None:
        def room() -> bool:
            """Whether at most so many are on their way."""
            while self._on_the_way and all(request.Test() for request in self._on_the_way[0]):
                self._on_the_way.popleft()
            return len(self._on_the_way) <= most

        self.crew.wait(room)

    def _next(self, labels: Any) -> Parcel | None:
        """The next parcel from the rank below; None where there is none."""
        below = self.crew.rank - 1
        head = self.crew.receive(np.zeros(HEAD.itemsize, np.uint8), below, HEADER).view(HEAD)[0]
        number, rows, n = int(head["number"]), int(head["rows"]), int(head["labels"])
        if number == LAST:
            return None
        y = labels(number) if labels else self.crew.receive(np.empty(n, np.int64), below, LABELS)
        shape = (rows, *self._shapes[self.own.start])
        x: Array = self.crew.receive(backend.current().xp.empty(shape, self.net.dtype), below, OUTPUT)
        return Parcel(number, x, backend.to_device(y), float(head["scale"]))
