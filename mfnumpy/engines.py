"""Which trainer does what was asked for: one batch after the other, layers or neurons in parallel, layers on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mfnumpy import optim
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.fast import FastAdam, FastTrainer
from mfnumpy.fast.offload import Offload, OffloadedAdam
from mfnumpy.network import Network
from mfnumpy.parallel.trainer import PipelineTrainer
from mfnumpy.rules import Rule
from mfnumpy.train import Trainer

WAYS = ("layers", "neurons")
"""layers: blocks at work on different batches at once; the same bytes as without.
neurons: every layer split over all cores, in the fast room; the same numbers to rounding."""


@contextmanager
def trainer(
    net: Network,
    rule: Rule,
    *,
    optimiser: str = "adam",
    lr: float = 1e-3,
    parallel: str | None = None,
    offload: str | os.PathLike | None = None,
    **options: Any,
) -> Iterator[Trainer]:
    """The trainer for a started rule, inside a `with` block; layers that are kept on disk are there as long as it.

    parallel: None or one of WAYS. offload: a folder for parameters and moments, or None. options: the Trainer's.
    Raises UnknownNameError for another way, InvalidValueError where a way does not go with the rule, the optimiser
    or the other.
    """
    if parallel not in (None, *WAYS):
        raise unknown_name("way to train in parallel", parallel, WAYS)
    if optimiser != "adam" and (parallel == "neurons" or offload is not None):
        raise InvalidValueError(f"Neurons in parallel and layers on disk go with Adam only; got {optimiser!r}.")
    if offload is None:
        if parallel == "neurons":
            yield FastTrainer(net, rule, FastAdam(lr=lr), **options)
        else:
            kind = PipelineTrainer if parallel else Trainer
            yield kind(net, rule, optim.make(optimiser, lr=lr), **options)
        return
    if parallel == "neurons":
        raise InvalidValueError("Layers on disk do not go with neurons in parallel. Use one of the two.")
    with Offload(offload) as folder:
        folder.adopt(net, rule)
        yield (PipelineTrainer if parallel else Trainer)(net, rule, OffloadedAdam(folder, lr=lr), **options)
