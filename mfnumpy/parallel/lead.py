"""The trainer of rank 0: it has data, history and checkpoint, and leads the ranks that have the other blocks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.batches import Batch
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.crew import ANSWER, Crew, check_device
from mfnumpy.parallel.pipeline import Span, check_rule
from mfnumpy.parallel.ranks import RankPipeline
from mfnumpy.parallel.serve import names_of
from mfnumpy.parallel.split import balanced, check_ranks, costs
from mfnumpy.parallel.trainer import LayersTrainer
from mfnumpy.rules import Rule
from mfnumpy.saving import model, saved_run
from mfnumpy.saving.progress import History
from mfnumpy.support.environment import kernels
from mfnumpy.train import Losses

SAMPLE_ROWS = 256
"""At most so many rows are timed, to balance the blocks."""


class RankTrainer(LayersTrainer):
    """Layers in parallel on the ranks of MPI, on rank 0; the others `serve` it.

    After each epoch this rank has all parameters, evaluates and writes the checkpoint; the moments of the other ranks
    stay there, and pass through when a checkpoint is written or read.
    net, rule: the network, and the rule that was started for it.
    optimiser: of `optim.OPTIMISERS`.
    crew: the ranks.
    split: the blocks of each rank, in order; None to balance their cost, which is measured.
    labels_there: whether the other ranks have read the labels themselves.
    ahead: how many batches may be on their way to a rank.
    spans: a list that is filled with what this rank did when, or None.
    options: all others are the Trainer's.
    Raises InvalidValueError for a rule that cannot be trained so and for more ranks than blocks, BackendError for a
    device that MPI cannot send from.
    """

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        crew: Crew,
        split: Sequence[range] | None = None,
        labels_there: bool = False,
        ahead: int = 1,
        spans: list[Span] | None = None,
        **options: Any,
    ):
        local = check_rule(rule)
        check_ranks(crew.size, len(net.blocks))
        check_device()
        if rule.plugged() and crew.size > 1:
            raise InvalidValueError(
                f"The rule '{rule.name}' was given functions ({', '.join(rule.plugged())}), which do not travel to "
                "other ranks. Train it without MPI."
            )
        super().__init__(net, rule, optimiser, **options)
        self.crew, self.labels_there, self.ahead, self.spans = crew, labels_there, ahead, spans
        self.costs = costs(net, local, optimiser.spec(), min(self.batch_size or SAMPLE_ROWS, SAMPLE_ROWS))
        self.split = balanced(self.costs, crew.size) if split is None else list(split)
        if [i for blocks in self.split for i in blocks] != list(range(len(net.blocks))) or not all(self.split):
            raise InvalidValueError(f"The split {self.split} does not give every rank a run of blocks, in order.")
        self._phase: int | None = None
        self._begun = False
        self.kernels = {rank: self._kernels_of(rank) for rank in self._others()}

    def line(self) -> str:
        """One line for people: who has which blocks, and how even that is."""
        names = [f"block{b.start + 1}" + (f"-{b.stop}" if len(b) > 1 else "") for b in self.split]
        shares = [sum(self.costs[i] for i in blocks) / sum(self.costs) for blocks in self.split]
        words = (f"{name} on rank {k} ({share:.0%})" for k, (name, share) in enumerate(zip(names, shares, strict=True)))
        return f"{self.crew.size} rank{'s' if self.crew.size > 1 else ''}, share of the work: {', '.join(words)}"

    def ran_with(self) -> dict:
        """As of `Trainer`, and the kernels of the ranks that round otherwise than this one: bytes hold for one kind."""
        here = kernels()
        others = {str(rank): there for rank, there in self.kernels.items() if there != here}
        return super().ran_with() | ({"other_ranks": others} if others else {})

    def fit(self, x: Any, y: np.ndarray, *others: Any, **options: Any) -> History:
        """As `Trainer.fit`; the other ranks get whatever this one has read.

        x, y: the training data.
        others, options: the remaining arguments of `Trainer.fit`.
        Raises WorkerError where a rank fails or dies.
        """
        self._phase = None
        return super().fit(x, y, *others, **options)

    def learn(
        self,
        batches: Iterable[Batch],
        x: Any,
        y: np.ndarray,
        only: Collection[int] | None,
        weights: np.ndarray | None = None,
    ) -> Generator[tuple[Batch, Losses]]:
        """As `Trainer.learn`; at the end this rank has the parameters that the others have learned."""
        batches = iter(batches)
        first = next(batches, None)
        if first is not None:
            if weights is None:
                self._lead(first, y, only)
            yield from super().learn(itertools.chain([first], batches), x, y, only, weights)
            self._take_parameters(only)

    def pipeline(self, only: Collection[int] | None) -> RankPipeline:
        """This rank's part. only: the blocks to be trained, None for all."""
        options: dict[str, Any] = {"ahead": self.ahead, "spans": self.spans, "labels": not self.labels_there}
        return RankPipeline(self.net, self.rule, self.optimiser, crew=self.crew, split=self.split, only=only, **options)

    def moments(self) -> tuple[Mapping[str, Array], dict[str, int]]:
        """The optimiser's state of all ranks; those of another are fetched when they are asked for."""
        arrays, own_times = self.optimiser.state()
        homes: dict[str, int] = {}
        times: dict[str, int] = {}
        for rank in self._others() if self._begun else ():
            self.crew.tell({"do": "times"}, rank)
            there = self.crew.told(rank, ANSWER)
            homes |= dict.fromkeys(there["moments"], rank)
            times |= there["times"]
        homes |= dict.fromkeys(arrays, 0)  # also those of a checkpoint that no rank has been given yet
        times |= own_times

        def fetch(name: str) -> Array:
            """A moment, from wherever it is."""
            return self._ask(homes[name], "moments", name) if homes[name] else arrays[name]

        return Fetched(sorted(homes), fetch), times

    # -- orders to the other ranks -----------------------------------------------------------------------------------

    def _others(self) -> range:
        return range(1, self.crew.size)

    def _kernels_of(self, rank: int) -> dict:
        self.crew.tell({"do": "kernels", "name": backend.current().name}, rank)
        return self.crew.told(rank, ANSWER)

    def _lead(self, first: Batch, y: np.ndarray, only: Collection[int] | None) -> None:
        """Tell the others what comes now; at the beginning of `fit` all of it, then what has changed here."""
        phase = 0 if only is None or self.phases == [self.only] else self.phases.index(list(only))
        if self._phase is None:
            self._begin(y)
        elif phase != self._phase:
            self._put_parameters(self.phases[self._phase])  # the best ones, where a phase has gone back to them
        self._phase = phase
        for rank in self._others():
            train = {"only": None if only is None else [int(i) for i in only], "phase": phase, "epoch": first.epoch}
            self.crew.tell({"do": "train"} | train, rank)

    def _begin(self, y: np.ndarray) -> None:
        batches = {"seed": self.seed, "batch_size": self.batch_size, "epochs": self.epochs}
        order = {
            "do": "begin",
            "model": model.describe(self.net, self.rule),
            "optimiser": self.optimiser.spec(),
            "split": [[blocks.start, blocks.stop] for blocks in self.split],
            "ahead": self.ahead,
            "data": saved_run.data_settings(y[:0], y, None) if self.labels_there else None,
            "batches": batches,
        }
        for rank in self._others():
            self.crew.tell(order, rank)
        self._begun = True
        self._put_parameters(None)
        arrays, times = self.optimiser.state()
        for rank in self._others():
            own = [name for name in names_of(self.net, self.rule, self.split[rank]) if name in times]
            if own:  # they were read from a checkpoint; else the rank keeps what it has
                names = [f"{kind}/{name}" for kind in "mv" for name in own]
                self.crew.tell({"do": "moments", "names": names, "times": {name: times[name] for name in own}}, rank)
                for name in names:
                    self.crew.send(np.ascontiguousarray(backend.to_host(arrays[name])), rank)
        here = set(names_of(self.net, self.rule, self.split[0])) & set(times)
        if here != set(times):
            mine = {f"{kind}/{name}": arrays[f"{kind}/{name}"] for kind in "mv" for name in here}
            self.optimiser.load_state(mine, {name: times[name] for name in here})

    def _put_parameters(self, only: Collection[int] | None) -> None:
        parameters = self.rule.parameters(self.net)
        for rank in self._others():
            for name in self._names(rank, only):
                self.crew.tell({"do": "put", "name": name}, rank)
                self.crew.send(np.ascontiguousarray(backend.to_host(parameters[name])), rank)

    def _take_parameters(self, only: Collection[int] | None) -> None:
        parameters = self.rule.parameters(self.net)
        for rank in self._others():
            for name in self._names(rank, only):
                parameters[name][...] = backend.to_device(self._ask(rank, "parameters", name))

    def _names(self, rank: int, only: Collection[int] | None) -> list[str]:
        return names_of(self.net, self.rule, [i for i in self.split[rank] if only is None or i in only])

    def _ask(self, rank: int, kind: str, name: str) -> Array:
        self.crew.tell({"do": "give", "kind": kind, "name": name}, rank)
        parameter = self.rule.parameters(self.net)[name.removeprefix("m/").removeprefix("v/")]
        return self.crew.receive(np.empty(parameter.shape, parameter.dtype), rank)


class Fetched(Mapping[str, Array]):
    """Arrays that are brought here when they are asked for, and not kept.

    names: of all.
    fetch: name -> array.
    """

    def __init__(self, names: Sequence[str], fetch: Callable[[str], Array]):
        self._names, self._fetch = names, fetch

    def __getitem__(self, name: str) -> Array:
        return self._fetch(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
