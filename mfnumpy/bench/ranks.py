"""Mono-Forward by layers against backpropagation by micro-batches, on the same ranks of MPI, in one run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from mfnumpy.bench.on_ranks import Case
from mfnumpy.bench.simulator import Costs, by_layers, by_micro_batches, simulate
from mfnumpy.errors import MissingLibraryError, WorkerError
from mfnumpy.support.threads import cores

IDLE = 0.95
"""Of a core; with less, other processes are at work, and no prediction of wall-clock seconds can hold."""
LIMIT = 1200
"""Seconds after which a measurement is given up."""


@dataclass(frozen=True)
class RanksResult:
    """Seconds of one piece of work, medians over rounds, and what the simulator says of it.

    case: what was measured.
    ranks, cores: how many there are.
    hop: milliseconds of 1 MB from a rank to the next; 0 for one rank.
    mf, bp: seconds measured, of layers and of the best number of micro-batches.
    micro: that number.
    mf_predicted, bp_predicted: seconds, from the costs of the blocks on one core and of the messages.
    costs: of the blocks and messages, by the number of micro-batches.
    share: of a core, that one rank alone was given while its blocks were timed.
    """

    case: Case
    ranks: int
    cores: int
    hop: float
    mf: float
    bp: float
    micro: int
    mf_predicted: float
    bp_predicted: float
    costs: dict[int, Costs]
    share: float

    def line(self) -> str:
        """One line for a table, with the model's error."""
        shared = f" on {self.cores} cores" if self.ranks > self.cores else ""
        hop = f"; hop of 1 MB {self.hop:.2f} ms" if self.ranks > 1 else ""
        busy = f" (BUSY: a rank got {self.share:.0%} of a core; the model knows idle ones)" if self.share < IDLE else ""
        return (
            f"{self.case.network}, batch {self.case.batch}, {self.ranks} rank{'s' if self.ranks > 1 else ''}{shared}: "
            f"MF by layers {self.mf:.3f} s (model {self.mf_predicted:.3f}, {self.mf_predicted / self.mf - 1:+.0%}), "
            f"BP by {self.micro} micro-batches {self.bp:.3f} s (model {self.bp_predicted:.3f}, "
            f"{self.bp_predicted / self.bp - 1:+.0%}); MF {self.bp / self.mf:.2f} times as fast{hop}{busy}"
        )


def mpiexec() -> str:
    """The launcher beside this Python, else the one on the path. Raises MissingLibraryError where there is none."""
    beside = os.path.join(os.path.dirname(sys.executable), "mpiexec")
    found = beside if os.path.exists(beside) else shutil.which("mpiexec")
    if found is None:
        raise MissingLibraryError("There is no mpiexec. Install one with: pip install 'mfnumpy[cluster]'")
    return found


def measure(ranks: int, case: Case) -> RanksResult:
    """Start so many ranks, and let them measure. Raises WorkerError where they fail.

    ranks: how many.
    case: what they measure.
    """
    command = [mpiexec(), "-n", str(ranks), sys.executable, "-m", "mfnumpy.bench.on_ranks", json.dumps(asdict(case))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode != 0:
        raise WorkerError(f"{ranks} ranks could not be measured: {done.stderr.strip() or done.stdout.strip()}")
    return result(ranks, case, json.loads(done.stdout.splitlines()[-1]))


def result(ranks: int, case: Case, found: dict[str, Any]) -> RanksResult:
    """What the ranks have found, beside what the simulator says.

    ranks: how many there were.
    case: what they measured.
    found: of `on_ranks.measure`.
    """
    seconds, splits = found["seconds"], {k: [range(*ends) for ends in split] for k, split in found["splits"].items()}
    micro = min(case.micro, key=lambda m: seconds[f"bp {m}"])
    every = {m: Costs(**found["costs"][str(m)]) for m in case.micro}
    costs = every[micro]
    own = {"cores": cores()}
    return RanksResult(
        case,
        ranks,
        cores(),
        found["hop"] * 1e3,
        seconds["mf"],
        seconds[f"bp {micro}"],
        micro,
        simulate(by_layers(costs, splits["mf"], case.batches), **own),
        simulate(by_micro_batches(costs, splits[f"bp {micro}"], case.batches, micro), **own),
        every,
        found["share"],
    )
