"""The main job: the same network, data and seeds under every learning rule, side by side."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from mfnumpy import backend, optim, rules
from mfnumpy.errors import DivergedError
from mfnumpy.measure import evaluate, peak_step_bytes
from mfnumpy.network import Network
from mfnumpy.support.environment import environment
from mfnumpy.train import Trainer


@dataclass(frozen=True)
class Settings:
    """How every run of a comparison is trained, the same for all rules. batch_size: None for full batch."""

    epochs: int = 30
    batch_size: int | None = 64
    lr: float = 1e-3
    optimiser: str = "adam"
    decay: str = "linear"
    patience: int | None = None
    seeds: Sequence[int] = (0, 1, 2)


@dataclass(frozen=True)
class Run:
    """One rule with one seed, trained and measured on the test part."""

    rule: str
    seed: int
    accuracy: dict[str, float]
    layers: list[float]
    parameters: dict[str, int]
    epochs: list[dict]
    seconds: list[float]
    peak_bytes: int


@dataclass(frozen=True)
class Diverged:
    """One rule with one seed whose numbers ran away. It has no results, only the trainer's words for what happened."""

    rule: str
    seed: int
    reason: str


@dataclass
class Comparison:
    """The runs that ended, their summary by rule and prediction mode, and what they depend on.

    runs: those that came to their end. diverged: those that did not. config: with the "rules" and "seeds" asked for.
    """

    runs: list[Run]
    diverged: list[Diverged]
    config: dict
    environment: dict = field(default_factory=environment)

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
    name: str, seed: int, build: Callable[[int], Network], data: Any, n_classes: int, settings: Settings
) -> Run:
    """Train one rule with one seed and measure it on the test part, which is looked at once, at the end.

    build: seed -> a fresh network, the same for every rule. data: x_train, y_train, x_val, y_val, x_test, y_test.
    Raises DivergedError if a loss or score is not finite.
    """
    net, rule = build(seed), rules.make(name)
    rule.start(net, n_classes, seed)
    optimiser = optim.make(settings.optimiser, lr=settings.lr)
    trainer = Trainer(
        net,
        rule,
        optimiser,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=seed,
        decay=settings.decay,
        patience=settings.patience,
        show_progress=False,
    )
    history = trainer.fit(data.x_train, data.y_train, data.x_val, data.y_val)
    result = evaluate(net, rule, data.x_test, data.y_test)
    parameters = {mode: rule.count(net, mode) for mode in result.accuracy}
    rows = slice(0, settings.batch_size or len(data.y_train))
    batch = backend.to_device(data.x_train[rows]), backend.to_device(data.y_train[rows])
    peak = peak_step_bytes(net, rule, optimiser, *batch)  # last: it takes a further step
    return Run(name, seed, result.accuracy, result.layers, parameters, history.epochs, history.seconds, peak)


def compare(
    names: Sequence[str],
    build: Callable[[int], Network],
    load: Callable[[int], Any],
    n_classes: int,
    settings: Settings,
    *,
    config: dict | None = None,
) -> Iterator[tuple[Run | Diverged, Comparison]]:
    """Train every rule with every seed; yields each run as it ends, with the comparison of all that ended so far.

    The validation part is drawn anew for each seed, the same for all rules. A run that diverges is yielded as such,
    and the others go on. load: seed -> the data set divided by that seed. config: what else the comparison should
    say of itself.
    """
    own = asdict(settings) | {"rules": list(names), "network": build(0).describe().splitlines()}
    runs: list[Run] = []
    diverged: list[Diverged] = []
    machine = environment()
    for seed in settings.seeds:
        data = load(seed)
        for name in names:
            item: Run | Diverged
            try:
                item = run_one(name, seed, build, data, n_classes, settings)
                runs = sorted([*runs, item], key=lambda run: (names.index(run.rule), run.seed))
            except DivergedError as error:
                item = Diverged(name, seed, str(error))
                diverged = [*diverged, item]
            yield item, Comparison(runs, diverged, (config or {}) | own, machine)


def percent(value: float | None, sd: float | None = None) -> str:
    """A fraction as text in per cent, with its standard deviation where there is one: "98.46 ± 0.12"."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.2f}" + ("" if sd is None else f" ± {100 * sd:.2f}")
