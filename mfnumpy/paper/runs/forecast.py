"""What is still to be run, and how long it will take, by the records that are there."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data_utils import explain, find, registry
from mfnumpy import backend
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.runs.search import TUNING_SEED


@dataclass(frozen=True)
class Missing:
    """The runs that cells lack.

    now: those that are known.
    later: what follows a search that is not at its end; it has no rate yet, and its cost does not depend on it.
    sure: those of `now` that no search can make needless; the rate of the others is what a search says so far.
    A search may ask for more than is here, beyond the edge of its candidates.
    """

    now: list[Job]
    later: list[Config]
    sure: list[Job]

    @property
    def configs(self) -> list[Config]:
        """All of them, for their cost."""
        return [job.config for job in self.now if isinstance(job.config, Config)] + self.later


def remaining(cells: Iterable[Cell], ledger: Ledger) -> Missing:
    """The runs that these cells lack, each once, although several may ask for it."""
    now: dict[str, Job] = {}
    sure: dict[str, Job] = {}
    later: list[Config] = []
    for cell in cells:
        state = cell.search(ledger)
        searching = [Job(config, TUNING_SEED) for config in state.missing]
        likely = state.chosen or state.so_far
        later += state.later
        if likely is None:
            full = max(0, cell.tuning.finalists - 1) if cell.tuning is not None else 0
            later += [cell.tuned_on or cell.final] * full + [cell.final] * cell.seeds
            final = []
        else:
            config = cell.final.tuned_as(likely)
            final = [Job(config, seed) for seed in range(cell.seeds)]
            if state.chosen is None and not state.finalists and cell.tuning is not None and cell.tuning.finalists > 1:
                later.append(cell.tuned_on or cell.final)
        now |= {job.name: job for job in (*searching, *final) if job not in ledger}
        known = (*searching, *(final if state.chosen is not None else ()))
        sure |= {job.name: job for job in known if job not in ledger}
    return Missing(list(now.values()), later, list(sure.values()))


class Costs:
    """Seconds of a run, by those of like runs: for each row and epoch the median of what the records say.

    Of like runs those come first that differ in rate, rows and epochs alone; then those by the other engine, on another
    data set, and by another rule. Runs on other arrays than those that are in use say something only where no other
    record does: a GPU's seconds are not those of a CPU.
    """

    def __init__(self, records: Iterable[Record]):
        self._by_kind: dict[tuple, list[float]] = defaultdict(list)
        own = backend.current().name
        for record in records:
            if record.config["kind"] == "train" and record.history:
                c = Config.of(record.config)
                each = record.seconds / (len(record.history) * rows(c))
                for kind in _kinds(c):
                    self._by_kind[(record.backend == own, *kind)].append(each)

    def seconds(self, config: Config) -> float | None:
        """The seconds that a run will take, or None if no record is of its network."""
        for kind in [(own, *kind) for own in (True, False) for kind in _kinds(config)]:
            if kind in self._by_kind:
                return statistics.median(self._by_kind[kind]) * config.epochs * rows(config)
        return None

    def total(self, configs: Sequence[Config]) -> tuple[float, int]:
        """Seconds of all these runs together, and of how many of them nothing is known."""
        known = [s for config in configs if (s := self.seconds(config)) is not None]
        return sum(known), len(configs) - len(known)


def without_files(datasets: Iterable[str], data_dir: str | os.PathLike[str] | None) -> dict[str, str]:
    """Data set -> how its files can be had, for each whose files are not on this machine.

    datasets: by name.
    data_dir: as in `data_utils.load`.
    Raises MissingDataError if data_dir or MFNUMPY_DATA_DIR names no folder that can be looked into.
    """
    sources = [source for name in dict.fromkeys(datasets) if (source := registry.get(name)).files]
    lost = [source for source in sources if find.find(source, data_dir) is None]
    return {s.name: explain.advice(s) + " Without --offline its first run fetches them." * s.downloadable for s in lost}


def rows(config: Config) -> int:
    """How many rows a run may train on, but for those of validation."""
    everything = registry.get(config.dataset).samples[0]
    return everything if config.subset is None else min(config.subset, everything)


def _kinds(c: Config) -> list[tuple]:
    """What a run has in common with others, the closest first."""
    return [(c.dataset, c.network, c.rule, c.engine), (c.dataset, c.network, c.rule), (c.network, c.rule), (c.network,)]
