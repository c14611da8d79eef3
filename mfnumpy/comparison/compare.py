"""The main job: the same network, data and seeds under every learning rule, side by side."""

from __future__ import annotations

import functools
import json
import math
import statistics
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, choices, engines, optim, rules
from mfnumpy.errors import DivergedError
from mfnumpy.measure import peak_step_bytes
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.environment import environment
from mfnumpy.support.files import atomic_write
from mfnumpy.support.jobs import ALONE, Share, side_by_side
from mfnumpy.support.pools import Pool, in_pool


@dataclass(frozen=True)
class Settings:
    """How every run of a comparison is trained, the same for all rules.

    epochs, decay, patience: as in `Trainer`.
    batch_size: rows per step, None for full batch.
    lr, optimiser: as in `engines.trainer`.
    seeds: one run of each rule for each.
    engine, threads: as in `engines.trainer`; rules that the fast engine does not know are trained by the reference.
    """

    epochs: int = choices.EPOCHS.value
    batch_size: int | None = choices.TRAINER.value["batch_size"]
    lr: float = choices.LEARNING_RATE.default
    optimiser: str = choices.OPTIMISER.value
    decay: str = choices.DECAY.value
    patience: int | None = choices.PATIENCE.default
    seeds: Sequence[int] = tuple(range(choices.SEEDS.value))
    engine: str = "auto"
    threads: int | None = None


@dataclass(frozen=True)
class Run:
    """One rule with one seed, trained and measured on the test part.

    rule: by name.
    seed: of network, rule and the order of the samples.
    accuracy: fractions of the test part, by prediction mode.
    layers: the same of each block alone; [] for a rule that does not predict by block.
    parameters: how many learned numbers each prediction mode needs.
    epochs, seconds, ran_with: the history, see `train.History`.
    peak_bytes: of one training step, as the rule is written.
    """

    rule: str
    seed: int
    accuracy: dict[str, float]
    layers: list[float]
    parameters: dict[str, int]
    epochs: list[dict]
    seconds: list[float]
    peak_bytes: int
    ran_with: list[dict]


@dataclass(frozen=True)
class Diverged:
    """One rule with one seed that diverged; it has no results.

    rule, seed: which one.
    reason: the trainer's words for what happened.
    """

    rule: str
    seed: int
    reason: str


class Spool:
    """A folder in which runs in other processes leave what a person waits for: epochs done, and finished runs.

    What lies there is read by whoever started them, also after Ctrl-C; so no run that has ended can be lost.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def count(self, entry: dict) -> None:
        """Note that an epoch is done: one byte more, which the system appends whole."""
        with open(self.folder / "epochs", "ab", buffering=0) as file:
            file.write(b".")

    def epochs(self) -> int:
        """How many epochs are done, over all runs."""
        path = self.folder / "epochs"
        return path.stat().st_size if path.exists() else 0

    def keep(self, item: Run | Diverged) -> None:
        """Write a finished run, atomically."""
        with atomic_write(self.folder / f"{item.rule}-{item.seed}.json", "w") as file:
            json.dump({"diverged": isinstance(item, Diverged), "item": asdict(item)}, file)

    def runs(self) -> list[Run | Diverged]:
        """All finished runs that lie there."""
        bodies = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))]
        return [(Diverged if body["diverged"] else Run)(**body["item"]) for body in bodies]


@dataclass
class Comparison:
    """The runs that ended, their summary by rule and prediction mode, and what they depend on.

    runs: those that came to their end.
    diverged: those that did not.
    config: with the "rules" and "seeds" asked for.
    environment: the machine and the libraries, by default those of here.
    """

    runs: list[Run]
    diverged: list[Diverged]
    config: dict
    environment: dict = field(default_factory=environment)

    @classmethod
    def begin(cls, names: Sequence[str], net: Network, settings: Settings, config: dict | None = None) -> Comparison:
        """The comparison before its first run.

        names: of the rules, in the order of the table.
        net: a network as each run trains one.
        settings: how every run is trained.
        config: what else the comparison should say of itself.
        """
        own = asdict(settings) | {"rules": list(names), "network": net.describe().splitlines()}
        return cls([], [], (config or {}) | own)

    def with_(self, *items: Run | Diverged) -> Comparison:
        """The comparison with further runs in it; those that it has already are left out."""
        ended: list[Run | Diverged] = [*self.runs, *self.diverged]
        known = {(item.rule, item.seed) for item in ended}
        new = [item for item in items if (item.rule, item.seed) not in known]
        names: list[str] = self.config["rules"]

        def place(item: Run | Diverged) -> tuple[int, int]:
            """By rule in the order asked for, then by seed."""
            return names.index(item.rule), item.seed

        runs = [*self.runs, *(item for item in new if isinstance(item, Run))]
        diverged = [*self.diverged, *(item for item in new if isinstance(item, Diverged))]
        return replace(self, runs=sorted(runs, key=place), diverged=sorted(diverged, key=place))

    @property
    def planned(self) -> int:
        """How many runs were asked for."""
        return len(self.config["rules"]) * len(self.config["seeds"])

    @property
    def ended(self) -> int:
        """How many runs are over, diverged ones included."""
        return len(self.runs) + len(self.diverged)

    @property
    def notes(self) -> list[str]:
        """Sentences on what is missing from the rows, since a mean over fewer seeds is another mean; [] if nothing."""
        notes = [f"{item.rule}, seed {item.seed}, diverged: {item.reason}" for item in self.diverged]
        if self.ended < self.planned:
            notes.append(f"{self.planned - self.ended} of {self.planned} runs were not trained.")
        count, wanted = Counter(run.rule for run in self.runs), len(self.config["seeds"])
        if absent := [name for name in self.config["rules"] if not count[name]]:
            notes.append(f"Without a result: {', '.join(absent)}.")
        if fewer := [f"{name} {count[name]}" for name in self.config["rules"] if 0 < count[name] < wanted]:
            notes.append(f"Means over fewer than {wanted} seeds: {', '.join(fewer)}.")
        return notes

    @property
    def rows(self) -> list[dict]:
        """One JSON row for each rule and prediction mode, in the order of the runs. Accuracies are fractions."""
        return [row for name in dict.fromkeys(run.rule for run in self.runs) for row in self._rows_of(name)]

    def _rows_of(self, name: str) -> list[dict]:
        runs = [run for run in self.runs if run.rule == name]
        layers = np.array([run.layers for run in runs])
        seconds = [s for run in runs for s in run.seconds]
        rows = []
        for mode in runs[0].accuracy:
            values = [run.accuracy[mode] for run in runs]
            rows.append(
                {
                    "rule": name,
                    "prediction": mode,
                    "test_accuracy": statistics.fmean(values),
                    "test_accuracy_sd": statistics.stdev(values) if len(values) > 1 else None,
                    "test_accuracy_by_seed": {str(run.seed): run.accuracy[mode] for run in runs},
                    "layer_accuracy": layers.mean(axis=0).tolist(),
                    "parameters": runs[0].parameters[mode],
                    "epochs": max(len(run.epochs) for run in runs),
                    "seconds_per_epoch": statistics.median(seconds),
                    "peak_bytes": max(run.peak_bytes for run in runs),
                }
            )
        return rows

    def as_json(self) -> dict:
        """Everything, as JSON values: rows, notes, config, environment, and each run with its history."""
        return {
            "rows": self.rows,
            "notes": self.notes,
            "config": self.config,
            "environment": self.environment,
            "runs": [asdict(run) for run in self.runs],
            "diverged": [asdict(item) for item in self.diverged],
        }


def run_one(
    make: Callable[[], Rule],
    seed: int,
    build: Callable[[int], Network],
    data: Any,
    n_classes: int,
    settings: Settings,
    on_epoch: Callable[[dict], None] | None = None,
) -> Run:
    """One rule with one seed, trained, and measured on the test part, which is looked at once, at the end.

    make: gives the rule, new.
    seed: of the network, the rule and the order of the samples.
    build: seed -> a fresh network, the same for every rule.
    data: x_train, y_train, x_val, y_val, x_test, y_test.
    n_classes: m.
    settings: how every run is trained.
    on_epoch: called with the history's entry after each epoch.
    Raises DivergedError if a loss or score is not finite.
    """
    net, rule = build(seed), make()
    rule.start(net, n_classes, seed)
    options = {name: getattr(settings, name) for name in ("epochs", "batch_size", "decay", "patience")}
    how = {name: getattr(settings, name) for name in ("engine", "threads", "optimiser", "lr")}
    with engines.trainer(net, rule, **how, **options, seed=seed, show_progress=False, on_epoch=on_epoch) as trainer:
        history = trainer.fit(data.x_train, data.y_train, data.x_val, data.y_val)
        result = trainer.evaluate(data.x_test, data.y_test)
    parameters = {mode: rule.count(net, mode) for mode in result.accuracy}
    rows = slice(0, settings.batch_size or len(data.y_train))
    batch = backend.to_device(data.x_train[rows]), backend.to_device(data.y_train[rows])
    optimiser = optim.make(settings.optimiser, lr=settings.lr)
    optimiser.load_state(*trainer.optimiser.state())
    peak = peak_step_bytes(net, rule, optimiser, *batch)  # last: it takes a further step, as the rule is written
    found = (result.accuracy, result.layers, parameters, history.epochs, history.seconds, peak, history.ran_with)
    return Run(rule.name, seed, *found)


def compare(
    begun: Comparison,
    build: Callable[[int], Network],
    load: Callable[[int], Any],
    n_classes: int,
    settings: Settings,
    *,
    share: Share = ALONE,
    spool: Spool | None = None,
    pool: Pool | None = None,
) -> Generator[tuple[Run | Diverged, Comparison], None, None]:
    """Train every rule with every seed; yields each run as it ends, with the comparison of all that ended so far.

    begun: the comparison before its first run, see `Comparison.begin`.
    build: seed -> a fresh network.
    load: seed -> the data set divided by that seed.
    n_classes: m.
    settings: how every run is trained.
    share: how many runs at once, and the threads of each; the results are the same bytes for any number of jobs.
    spool: where runs in other processes of this machine leave what they have, or None.
    pool: who makes the runs in place of processes of this machine, each on the threads of `share`; or None.

    The validation part is drawn anew for each seed, the same for all rules. A run that diverges is yielded as such,
    and the others go on.
    """
    found = begun
    context = (build, load, n_classes, settings, backend.current().name, spool)
    makers = {name: _maker(name, begun.config.get("dataset", "")) for name in begun.config["rules"]}
    pieces = [(make, seed, *context) for seed in settings.seeds for make in makers.values()]
    work = _run_or_divergence
    items = in_pool(work, pieces, pool, share.threads) if pool else side_by_side(work, pieces, share)
    with closing(items):  # whoever breaks off ends the other processes with it
        for item in items:
            found = found.with_(item)
            yield item, found


def _maker(name: str, dataset: str) -> Callable[[], Rule]:
    """What makes the rule as this data set wants it; the class itself, which other processes may not know by name."""
    rule = rules.RULES[name]
    options = rule.options_for(dataset)
    return functools.partial(rule, **options) if options else rule


def _run_or_divergence(
    make: Callable[[], Rule],
    seed: int,
    build: Callable[[int], Network],
    load: Callable[[int], Any],
    n_classes: int,
    settings: Settings,
    backend_name: str,
    spool: Spool | None,
) -> Run | Diverged:
    """One piece of a comparison, in this process or in another."""
    backend.use(backend_name)
    item: Run | Diverged
    try:
        data = _loaded(load, seed)
        item = run_one(make, seed, build, data, n_classes, settings, spool.count if spool else None)
    except DivergedError as error:
        item = Diverged(make().name, seed, str(error))
    if spool is not None:
        spool.keep(item)
    return item


@functools.lru_cache(maxsize=1)
def _loaded(load: Callable[[int], Any], seed: int) -> Any:
    """The data of one seed, kept for the next rule with the same seed. `load` is known by its equality."""
    return load(seed)


def percent(value: float | None, sd: float | None = None) -> str:
    """A fraction as text in per cent, with its standard deviation where there is one: "98.46 ± 0.12"."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.2f}" + ("" if sd is None else f" ± {100 * sd:.2f}")
