"""What the ranks above 0 do: they have some of the blocks, and serve rank 0 until it says that all is over."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from mfnumpy import backend, optim
from mfnumpy.batches import Batches
from mfnumpy.errors import InvalidValueError, MfnumpyError, no_float_warnings
from mfnumpy.network import Network
from mfnumpy.parallel.crew import ANSWER, Crew, Ended
from mfnumpy.parallel.ranks import RankPipeline
from mfnumpy.rules import Rule
from mfnumpy.saving import model, saved_run
from mfnumpy.support.environment import kernels
from mfnumpy.support.interrupt import answer, restore
from mfnumpy.support.threads import blas_threads

ReadLabels = Callable[[], np.ndarray]


def names_of(net: Network, rule: Rule, blocks: Collection[int]) -> list[str]:
    """The names of what these blocks learn, W and M and perhaps b of each.

    net, rule: the network, and the rule that was started for it.
    blocks: their indices.
    """
    owners = {net.blocks[i].name for i in blocks}
    return [name for name in rule.parameters(net) if name.split(".")[0] in owners]


def serve(crew: Crew, read_labels: ReadLabels | None = None) -> int:
    """Do what rank 0 says, until it says that all is over. Returns the exit code, which is that of rank 0.

    crew: this process among the ranks.
    read_labels: gives the (N,) labels of the training data, where every rank reads them; None where they travel.
    A signal to this rank alone is told to rank 0, which ends as if it had come there; Ctrl-C comes to all.
    """

    def handler(number: int, before: Any) -> Any:
        """Who answers a signal here: nobody to Ctrl-C, since rank 0 gets it too."""
        return signal.SIG_IGN if number == signal.SIGINT else lambda number, _: crew.note_signal(number)

    handlers = answer(handler)
    try:
        with blas_threads(1, needed=True), no_float_warnings():
            member = Member(crew, None if read_labels is None else read_labels())
            while True:
                member.obey(crew.told())
    except Ended as end:
        return end.code
    except MfnumpyError as error:
        return crew.fail(str(error))
    except MemoryError:
        return crew.fail("it has not enough memory.")
    except Exception as error:
        traceback.print_exc()
        return crew.fail(f"{type(error).__name__}: {error}")
    finally:
        restore(handlers)


class Member:
    """The blocks of this rank, and what it does with them.

    crew: this process among the ranks.
    labels: (N,) of the training data, or None where they travel.
    """

    def __init__(self, crew: Crew, labels: np.ndarray | None):
        self.crew, self.labels = crew, labels
        self.order: dict[str, Any] = {}

    def obey(self, order: dict[str, Any]) -> None:
        """Do what an order says; its keys are those of the method of its name. order: from rank 0."""
        known: dict[str, Callable[..., None]] = {
            "kernels": self._kernels,
            "begin": self._begin,
            "put": self._put,
            "moments": self._moments,
            "train": self._train,
            "give": self._give,
            "times": self._times,
        }
        known[order.pop("do")](**order)

    def _kernels(self, name: str) -> None:
        """Take the backend of rank 0, and say what rounds here."""
        backend.use(name)
        self.crew.tell(kernels(), 0, ANSWER)

    def _begin(self, **order: Any) -> None:
        """Build network and rule. Of the blocks of other ranks no numbers are kept, only shapes."""
        known, self.order = self.order, order
        if self.labels is not None and saved_run.data_settings(self.labels[:0], self.labels, None) != order["data"]:
            raise InvalidValueError("the training data that it has read are others than those of rank 0.")
        if known.get("model") == order["model"] and known["optimiser"] == order["optimiser"]:
            return  # another `fit` of the same trainer
        self.net, self.rule = model.rebuild(order["model"])
        options = dict(order["optimiser"])
        self.optimiser = optim.make(options.pop("optimiser"), **options)
        self.split = [range(*ends) for ends in order["split"]]
        own = names_of(self.net, self.rule, self.split[self.crew.rank])
        for name, array in self.rule.parameters(self.net).items():
            if name not in own:
                zero = backend.current().xp.zeros((), array.dtype)
                self.rule.put(self.net, name, backend.current().xp.broadcast_to(zero, array.shape))

    def _put(self, name: str) -> None:
        parameter = self.rule.parameters(self.net)[name]
        parameter[...] = backend.to_device(self.crew.receive(np.empty(parameter.shape, parameter.dtype), 0))

    def _moments(self, names: list[str], times: dict[str, int]) -> None:
        parameters, arrays = self.rule.parameters(self.net), {}
        for name in names:
            like = parameters[name[2:]]
            arrays[name] = backend.to_device(self.crew.receive(np.empty(like.shape, like.dtype), 0))
        self.optimiser.load_state(arrays, times)

    def _train(self, only: list[int] | None, phase: int, epoch: int) -> None:
        options = {"crew": self.crew, "split": self.split, "only": only, "ahead": self.order["ahead"]}
        pipeline = RankPipeline(self.net, self.rule, self.optimiser, labels=self.labels is None, **options)
        if pipeline.own:
            pipeline.serve(self._labels_of(phase, epoch))

    def _labels_of(self, phase: int, epoch: int) -> Callable[[int], np.ndarray] | None:
        """Number of a batch of this epoch -> its labels; None where they travel."""
        labels = self.labels
        if labels is None:
            return None
        batches = Batches(**self.order["batches"], decay="constant")
        rows = {batch.number: batch.rows for batch in batches.of_epoch(len(labels), phase, epoch)}
        return lambda number: labels[rows[number]]

    def _give(self, kind: str, name: str) -> None:
        arrays = self.rule.parameters(self.net) if kind == "parameters" else self.optimiser.state()[0]
        self.crew.send(np.ascontiguousarray(backend.to_host(arrays[name])), 0)

    def _times(self) -> None:
        arrays, times = self.optimiser.state()
        self.crew.tell({"moments": list(arrays), "times": times}, 0, ANSWER)
