"""The engine: what trains. `trainer` is the one place where it is chosen, for the commands and for a script.

reference: the rules as they are written, in `mfnumpy.rules`. fast: the same numbers to rounding, from `mfnumpy.fast`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mfnumpy import choices, optim
from mfnumpy.errors import DivergedError, InvalidValueError, unknown_name
from mfnumpy.fast import FastAdam, FastTrainer, why_not
from mfnumpy.fast.offload import Offload, OffloadedAdam
from mfnumpy.network import Network
from mfnumpy.parallel.crew import Crew
from mfnumpy.parallel.lead import RankTrainer
from mfnumpy.parallel.trainer import PipelineTrainer
from mfnumpy.rules import Rule
from mfnumpy.support.threads import LIBRARY, blas_threads, cores, keeps_threads
from mfnumpy.support.validate import integer
from mfnumpy.train import Trainer

ENGINES = ("auto", "reference", "fast")
"""What can be asked for. auto: the fast engine wherever there is one."""

WAYS = ("layers",)
"""layers: blocks at work on different batches at once; the same bytes as without."""

TRANSPORTS = ("threads", "mpi")
"""What carries batches from block to block: threads of this process, or the ranks of MPI."""

MUCH_WORK = 100_000_000
"""From so many multiplications in a batch's forward pass on, more threads than one pay off: `mfnumpy bench engines`."""


@dataclass(frozen=True)
class Chosen:
    """Which engine trains. why: the reason why it is not the fast one, None where it is."""

    engine: str
    why: str | None = None

    def line(self, threads: int) -> str:
        """One line for people: "engine: fast, 2 threads"."""
        because = "" if self.why is None else f": {self.why}"
        return f"engine: {self.engine}, {threads} thread{'s' if threads > 1 else ''}{because}"


def choose(
    net: Network,
    rule: Rule,
    *,
    engine: str = "auto",
    optimiser: str = choices.OPTIMISER.value,
    parallel: str | None = None,
    offload: str | os.PathLike | None = None,
) -> Chosen:
    """The engine for a started rule.

    net, rule, engine, optimiser, parallel, offload: those of `trainer`.
    Raises UnknownNameError for another engine, InvalidValueError where the fast one was asked for and there is none.
    """
    if engine not in ENGINES:
        raise unknown_name("engine", engine, ENGINES)
    if engine == "reference":
        return Chosen("reference", "as asked for")
    why = None
    if parallel is not None:
        why = "layers in parallel take each block's step as its rule is written"
    elif offload is not None:
        why = "layers on disk are updated as the rules are written"
    elif optimiser != "adam":
        why = f"the fast engine knows the optimiser adam only, not {optimiser}"
    elif not keeps_threads(1):
        why = f"nothing here can hold BLAS to one thread; install {LIBRARY} (pip install 'mfnumpy[lab]')"
    why = why or why_not(net, rule)
    if why is None:
        return Chosen("fast")
    if engine == "fast":
        raise InvalidValueError(f"No fast engine: {why}. Take the engine 'reference', or 'auto'.")
    return Chosen("reference", why)


def work(net: Network, batch_size: int) -> int:
    """Multiplications in one batch's forward pass: of each block, the rows that W multiplies, times the size of W."""
    total = 0
    for block, shape in zip(net.blocks, net.shapes(), strict=False):
        places = math.prod(block.linear.output_shape(shape)[:-1])  # 1 of a dense block
        total += batch_size * places * block.parameters["W"].size
    return total


def threads_that_pay(net: Network, batch_size: int | None) -> int:
    """One thread for little work, else one per core: threads that wait for each other cost more than they give.

    batch_size: None for full batch, which is much work.
    """
    little = batch_size is not None and work(net, batch_size) < MUCH_WORK
    return 1 if little else cores()


@contextmanager
def trainer(
    net: Network,
    rule: Rule,
    *,
    engine: str = "auto",
    threads: int | None = None,
    optimiser: str = choices.OPTIMISER.value,
    lr: float = choices.LEARNING_RATE.default,
    optimiser_options: Mapping[str, Any] | None = None,
    parallel: str | None = None,
    crew: Crew | None = None,
    offload: str | os.PathLike | None = None,
    **options: Any,
) -> Iterator[Trainer]:
    """The trainer for a started rule, in a `with` block:

        with engines.trainer(net, rule, lr=1e-3, epochs=10) as trainer:
            trainer.fit(x, y)

    net, rule: the network, and the rule that was started for it.
    engine: one of ENGINES.
    threads: of the fast engine or the pipeline, by default as many as pay off; of BLAS in the reference, by default
        as many as it has.
    optimiser: by name, "adam" or "sgd".
    lr: its learning rate.
    optimiser_options: further ones of it: rates, l2, weight_decay, and Adam's betas and epsilon.
    parallel: None or one of WAYS.
    crew: the ranks of MPI that have the layers, of which this is rank 0 (`parallel.together`); None for threads.
    offload: a folder in which parameters and moments are kept as long as the block lasts, or None.
    options: the Trainer's.
    Raises UnknownNameError for another engine or way, InvalidValueError where what was asked for does not go together,
    and in the block DamagedError for layers that are no longer on the disk as they were written.
    """
    _check_together(optimiser, parallel, offload, None if crew is None else threads or 1)
    own = {"lr": lr} | dict(optimiser_options or {})
    threads = None if threads is None else integer("threads", threads, 1)
    chosen = choose(net, rule, engine=engine, optimiser=optimiser, parallel=parallel, offload=offload)
    if chosen.engine == "fast":
        threads = threads_that_pay(net, options.get("batch_size", 64)) if threads is None else threads
        adam = FastAdam(**own)
        adam.check_rates(rule.parameters(net))
        yield FastTrainer(net, rule, adam, threads=threads, **options)
        return
    kind: type[Trainer] = Trainer
    if crew is not None:
        kind, options, threads = RankTrainer, options | {"crew": crew}, 1
    elif parallel:
        kind, options = PipelineTrainer, options | {"threads": threads}
    with blas_threads(threads):
        if offload is None:
            made = optim.make(optimiser, **own)
            made.check_rates(rule.parameters(net))
            yield kind(net, rule, made, **options)
            return
        with Offload(offload) as folder:
            folder.adopt(net, rule)
            try:
                yield kind(net, rule, OffloadedAdam(folder, **own), on_put_back=folder.forget, **options)
            except DivergedError:
                folder.check()  # NaN from the disk is no divergence
                raise


def _check_together(
    optimiser: str, parallel: str | None, offload: str | os.PathLike | None, on_ranks: int | None
) -> None:
    """Raises UnknownNameError or InvalidValueError for what does not go together. on_ranks: threads of each rank."""
    if parallel not in (None, *WAYS):
        raise unknown_name("way to train in parallel", parallel, WAYS)
    if optimiser != "adam" and offload is not None:
        raise InvalidValueError(f"Layers on disk go with Adam only; got {optimiser!r}.")
    if on_ranks is None:
        return
    if parallel != "layers":
        raise InvalidValueError("The transport 'mpi' carries layers: take it together with --parallel layers.")
    if offload is not None:
        raise InvalidValueError("Layers on the ranks of MPI stay in their memory: leave --offload out.")
    if on_ranks != 1:
        raise InvalidValueError(f"Each rank of MPI works on one thread; got --threads {on_ranks}. Start more ranks.")
