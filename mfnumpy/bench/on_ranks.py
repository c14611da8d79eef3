"""What `mfnumpy bench ranks` starts on the ranks of MPI: hops, layers against micro-batches, what each block costs.

Ranks are timed by the wall clock, blocks by the time of their processor: a rank that shares a core must not count the
other's time as its own.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np

from mfnumpy import rules
from mfnumpy.batches import batches_of
from mfnumpy.bench.gpipe import MicroBatches
from mfnumpy.blocks import Trace
from mfnumpy.network import Network, named
from mfnumpy.optim import Adam
from mfnumpy.parallel.crew import Crew
from mfnumpy.parallel.ranks import RankPipeline
from mfnumpy.parallel.split import balanced
from mfnumpy.rules import Backpropagation, LocalRule, Rule
from mfnumpy.rules.base import named as named_gradients
from mfnumpy.support.pools import mpi
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads

MEGABYTE = 1 << 20
HOPS = 50
TRIES = 5
CLASSES = 10


@dataclass(frozen=True)
class Case:
    """What is measured.

    network: by name, for inputs of 28 x 28.
    batch: rows in a batch.
    batches: how many go through in one piece of timed work.
    micro: the numbers of micro-batches that are tried.
    rounds: of the timing.
    """

    network: str
    batch: int
    batches: int
    micro: tuple[int, ...]
    rounds: int


def main(text: str) -> None:
    """Measure on this rank; rank 0 prints what was found as JSON. text: a Case, as JSON."""
    case = Case(**json.loads(text))
    crew = Crew(mpi().COMM_WORLD)
    try:
        with blas_threads(1, needed=True):
            found = measure(crew, case)
    except Exception:  # the others would wait for this rank
        traceback.print_exc()
        crew.comm.Abort(1)
    if crew.rank == 0:
        print(json.dumps(found), flush=True)
    crew.part()


def measure(crew: Crew, case: Case) -> dict[str, Any]:
    """Everything that is known of this number of ranks. crew: the ranks. case: what is measured."""
    rng = stream(3, "bench")
    net = named(case.network, (28, 28, 1))
    x = [rng.random((case.batch, *net.input_shape), dtype=np.float32) for _ in range(case.batches)]
    y = [rng.integers(0, CLASSES, case.batch) for _ in range(case.batches)]
    hop_of = _Hops(crew)
    every, splits, shares = {}, {}, []
    for micro in case.micro:
        costs = _shared(crew, partial(costs_of, case, x[0], y[0], micro))
        shares.append(costs.pop("share"))
        every[micro] = costs | {
            "message": [hop_of(case.batch * width * 4) for width in net.widths],
            "micro_message": [hop_of(-(-case.batch // micro) * width * 4) for width in net.widths],
        }
    work: dict[str, Callable[[], None]] = {}
    first = every[case.micro[0]]
    splits["mf"] = balanced([a + b for a, b in zip(first["learn"], first["update"], strict=True)], crew.size)
    work["mf"] = _layers(crew, case, x, y, splits["mf"])
    for micro, costs in every.items():
        whole = [
            micro * (f + b) + u for f, b, u in zip(costs["forward"], costs["backward"], costs["bp_update"], strict=True)
        ]
        whole[-1] += micro * costs["readout"]
        splits[f"bp {micro}"] = balanced(whole, crew.size)
        work[f"bp {micro}"] = _micro_batches(crew, case, x, y, splits[f"bp {micro}"], micro)
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for number in range(case.rounds + 1):
        for name in list(work) if number % 2 == 0 else list(work)[::-1]:
            crew.meet()
            start = time.perf_counter()
            work[name]()
            crew.meet()
            if number > 0:  # the first round is thrown away
                seconds[name].append(time.perf_counter() - start)
    return {
        "hop": hop_of(MEGABYTE),
        "share": min(shares),
        "seconds": {name: statistics.median(values) for name, values in seconds.items()},
        "splits": {name: [[own.start, own.stop] for own in split] for name, split in splits.items()},
        "costs": {str(micro): costs for micro, costs in every.items()},
    }


def costs_of(case: Case, x: np.ndarray, y: np.ndarray, micro: int) -> dict[str, Any]:
    """What the blocks cost, on one core, and the share of a core that there was; the messages are left out.

    case: what is measured.
    x, y: one batch.
    micro: into how many micro-batches it is cut for backpropagation.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    tries = [_mf_once(case, x, y) | _bp_once(case, x, y, micro) for _ in range(TRIES)]
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    found: dict[str, Any] = {"share": share, "readout": statistics.median(one["readout"] for one in tries)}
    for key in ("learn", "update", "forward", "backward", "bp_update"):
        found[key] = [statistics.median(values) for values in zip(*(one[key] for one in tries), strict=True)]
    return found


def _model(case: Case, name: str) -> tuple[Network, Rule, Adam]:
    net, rule = named(case.network, (28, 28, 1), seed=1), rules.make(name)
    rule.start(net, CLASSES, seed=2)
    return net, rule, Adam()


def _timed(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    start = time.process_time()
    result = work(*given)
    return time.process_time() - start, result


def _updating(adam: Adam, parameters: dict[str, Any], gradients: dict[str, Any]) -> None:
    for name, gradient in gradients.items():
        adam.update(name, parameters[name], gradient)


def _mf_once(case: Case, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    net, rule, adam = _model(case, "mf")
    parameters = rule.parameters(net)
    for _ in range(2):  # the second time, nothing is new
        a, learn, update = x, [], []
        for i in range(len(net.blocks)):
            seconds, (step, a) = _timed(cast(LocalRule, rule).local_step, net, i, a, y)
            learn.append(seconds)
            update.append(_timed(_updating, adam, parameters, step.gradients)[0])
    return {"learn": learn, "update": update}


def _bp_once(case: Case, x: np.ndarray, y: np.ndarray, micro: int) -> dict[str, Any]:
    net, rule, adam = _model(case, "bp")
    assert isinstance(rule, Backpropagation)
    parameters, part = rule.parameters(net), batches_of(len(y), -(-len(y) // micro))[0]
    for _ in range(2):  # the second time, nothing is new
        a, forward, traces = x[part], [], []
        for block in net.blocks:
            seconds, trace = _timed(block.forward, a)
            forward.append(seconds)
            traces.append(trace)
            a = trace.a
        of_readout, da = _timed(_top, rule, traces[-1], y[part])
        backward, update = [0.0] * len(traces), [0.0] * len(traces)
        for i, trace in reversed(list(enumerate(traces))):
            backward[i], (gradients, da) = _timed(_back, net, i, trace, da)
            update[i] = _timed(_updating, adam, parameters, named_gradients(net.blocks[i].name, gradients))[0]
    return {"forward": forward, "backward": backward, "bp_update": update, "readout": of_readout}


def _top(rule: Backpropagation, trace: Trace, y: np.ndarray) -> np.ndarray:
    """The readout, forward and backward; its gradients are made and dropped."""
    dG = rule.error(rule.readout.forward(trace.a), y, None)
    rule.readout.parameter_gradients(trace.flat, dG)
    return rule.readout.input_gradient(dG, trace.a.shape)


def _back(net: Network, i: int, trace: Trace, da: np.ndarray) -> tuple[dict, np.ndarray]:
    block = net.blocks[i]
    dz = block.error_at_z(da, trace)
    return block.parameter_gradients(dz, trace), block.error_to_input(dz, trace) if i > 0 else da


class _Hops:
    """Seconds from one rank to the next and no further, by the length of the message; 0 where there is one rank."""

    def __init__(self, crew: Crew):
        self.crew, self.known = crew, dict[int, float]()

    def __call__(self, size: int) -> float:
        if size not in self.known:
            self.known[size] = _shared(self.crew, partial(self._measure, size), all_of_them=True)
        return self.known[size]

    def _measure(self, size: int) -> float:
        crew, array, seconds = self.crew, np.zeros(size, np.uint8), []
        if crew.size == 1:
            return 0.0
        for _ in range(HOPS):
            crew.meet()
            start = time.perf_counter()
            if crew.rank == 0:
                crew.send(array, 1)
                crew.receive(array, 1)
            elif crew.rank == 1:
                crew.receive(array, 0)
                crew.send(array, 0)
            seconds.append((time.perf_counter() - start) / 2)
        return statistics.median(seconds)


def _shared(crew: Crew, work: Callable[[], Any], all_of_them: bool = False) -> Any:
    """What rank 0 finds; the others wait, or work with it. Every rank gets the same."""
    found = work() if crew.rank == 0 or all_of_them else None
    if crew.rank == 0:
        for rank in range(1, crew.size):
            crew.tell(found, rank)
        return found
    return crew.told()


def _layers(
    crew: Crew, case: Case, x: Sequence[np.ndarray], y: Sequence[np.ndarray], split: list[range]
) -> Callable[[], None]:
    net, rule, adam = _model(case, "mf")

    def work() -> None:
        """All batches through the pipeline of layers."""
        pipeline = RankPipeline(net, rule, adam, crew=crew, split=split)
        if crew.rank > 0:
            pipeline.serve()
            return
        with pipeline:
            for _ in pipeline.run((t, x[t], y[t], None, 1.0) for t in range(case.batches)):
                pass

    return work


def _micro_batches(
    crew: Crew, case: Case, x: Sequence[np.ndarray], y: Sequence[np.ndarray], split: list[range], micro: int
) -> Callable[[], None]:
    net, rule, adam = _model(case, "bp")
    assert isinstance(rule, Backpropagation)
    learner = MicroBatches(crew, net, rule, adam, split, micro)

    def work() -> None:
        """The same batches by backpropagation."""
        for t in range(case.batches):
            learner.batch(x[t], y[t])

    return work


if __name__ == "__main__":
    main(sys.argv[1])
