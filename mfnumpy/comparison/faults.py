"""Damage and repair, measured: the paper's comparison with a stroke, beside backpropagation, which repairs as well.

Of each trained network one block after the other is damaged, and the test part is asked: before, damaged, by the blocks
below alone, after the block was trained again alone, and after the blocks above were trained as well.

Backpropagation has two fair opponents: itself, its other blocks frozen, and probes, a linear readout of each frozen
block, trained beforehand, so that its blocks can be asked one by one as those of Mono-Forward.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mfnumpy import rules
from mfnumpy.backend import Array
from mfnumpy.comparison import plots
from mfnumpy.errors import InvalidValueError
from mfnumpy.measure import evaluate
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.repair import retrain, whole_part
from mfnumpy.rules import Rule
from mfnumpy.saving.damage import owner
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

STAGES = ("before", "damaged", "blocks below", "block alone", "another draw", "and above")
"""another draw: as "block alone", but begun with weights of another seed than the run's."""
WAYS = {"mf": {"MF, FF pred": "ff", "MF, BP pred": "bp"}, "bp": {"BP": "readout"}}
"""Rule -> way to predict, by its name in the table, and the rule's prediction mode."""
PROBES = "BP, sum of probes"
OTHER_SEED = 1000
"""Added to the seed for another draw."""


@dataclass(frozen=True)
class Settings:
    """How every network is trained, and each repair.

    widths: of the blocks.
    epochs: of the training, and of each repair.
    lr: Adam's learning rate.
    batch_size: rows per step, None for all.
    seeds: one network of each rule for each.
    """

    widths: tuple[int, ...]
    epochs: int
    lr: float
    batch_size: int | None
    seeds: tuple[int, ...]


class Row(NamedTuple):
    """One way to predict, with one block damaged.

    block: the number of the damaged block, from 1.
    way: "MF, FF pred".
    accuracy: stage -> fractions of the test part, one for each seed; [] where it cannot predict or nothing is to do.
    """

    block: int
    way: str
    accuracy: dict[str, list[float]]

    def mean(self, stage: str) -> float | None:
        """The mean over the seeds, None where there is nothing."""
        return statistics.fmean(self.accuracy[stage]) if self.accuracy[stage] else None

    def cells(self) -> list[str]:
        """Text for each of STAGES: mean and standard deviation in per cent."""
        return [_percent(self.accuracy[stage]) for stage in STAGES]


def _percent(values: Sequence[float]) -> str:
    if not values:
        return "–"
    sd = f" ± {100 * statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{100 * statistics.fmean(values):.1f}{sd}"


class Patient:
    """A trained network that is damaged and repaired.

    name: of the rule, "mf" or "bp"; the latter gets probes.
    data: x_train, y_train, x_test, y_test.
    settings: of the training.
    seed: of the network, the rule and the order of samples.
    """

    def __init__(self, name: str, data: Any, settings: Settings, seed: int):
        self.data, self.settings, self.seed = data, settings, seed
        self.net, self.rule, self.probes = self._drawn(name, seed)
        self._options: dict[str, Any] = {
            "epochs": settings.epochs,
            "batch_size": settings.batch_size,
            "seed": seed,
            "show_progress": False,
        }
        trainer = Trainer(self.net, self.rule, Adam(settings.lr), **self._options)
        trainer.fit(data.x_train, data.y_train)
        if self.probes is not None:
            self._train_probes(range(len(self.net.blocks)))
        self._kept = [(array, array.copy()) for array in self._live().values()]

    def accuracy(self) -> dict[str, float]:
        """Fractions of the test part, by way to predict."""
        x, y = self.data.x_test, self.data.y_test
        own = evaluate(self.net, self.rule, x, y).accuracy
        found = {way: own[mode] for way, mode in WAYS[self.rule.name].items()}
        return found if self.probes is None else found | {PROBES: evaluate(self.net, self.probes, x, y).accuracy["ff"]}

    def below(self, i: int) -> dict[str, float]:
        """The same by the blocks below block i alone; only the ways that can."""
        x, y, found = self.data.x_test, self.data.y_test, {}
        ways = [(self.rule, mode, way) for way, mode in WAYS[self.rule.name].items()]
        for rule, mode, way in [*ways, *([] if self.probes is None else [(self.probes, "ff", PROBES)])]:
            try:
                lower = whole_part(self.net, rule, [self.net.blocks[i].name])
            except InvalidValueError:
                continue
            if mode in rule.sums_of_blocks:
                found[way] = evaluate(*lower, x, y).accuracy[mode]
        return found

    def damage(self, i: int) -> None:
        """Half of block i's weights become 0, and the others get noise as large as weights are."""
        W = self.net.blocks[i].parameters["W"]
        rng = stream(self.seed, "damage", i)
        noise = (rng.standard_normal(W.shape) * W.std()).astype(W.dtype)
        W[...] = (W + noise) * (rng.random(W.shape) < 0.5)

    def repair(self, i: int, seed: int) -> None:
        """Draw block i again, from this seed, and train it alone."""
        net, rule, probes = self._drawn(self.rule.name, seed)
        drawn, name = _arrays(net, rule, probes), self.net.blocks[i].name
        for key, array in self._live().items():
            if owner(key) == name:
                array[...] = drawn[key]
        self._train([key for key in self.rule.parameters(self.net) if owner(key) == name])
        self._train_probes([i])

    def train_above(self, i: int) -> None:
        """Train all that reads what block i puts out."""
        lower = {block.name for block in self.net.blocks[: i + 1]}
        self._train([key for key in self.rule.parameters(self.net) if owner(key) not in lower])
        self._train_probes(range(i + 1, len(self.net.blocks)))

    def restore(self) -> None:
        """As before any damage."""
        for array, before in self._kept:
            array[...] = before

    def _drawn(self, name: str, seed: int) -> tuple[Any, Rule, Rule | None]:
        """Network, rule and probes as they are drawn."""
        net, rule = mlp(self.data.x_train.shape[1], self.settings.widths, seed=seed), rules.make(name)
        m = len(self.data.class_names)
        rule.start(net, m, seed)
        if rule.local:
            return net, rule, None
        probes = rules.MonoForward()
        probes.start(net, m, seed)
        return net, rule, probes

    def _live(self) -> dict[str, Array]:
        return _arrays(self.net, self.rule, self.probes)

    def _train(self, names: list[str], rule: Rule | None = None) -> None:
        """Train these parameters of the rule, or of the probes."""
        adam = Adam(self.settings.lr)
        retrain(self.net, rule or self.rule, names, adam, self.data.x_train, self.data.y_train, **self._options)

    def _train_probes(self, blocks: Sequence[int]) -> None:
        if self.probes is not None:
            self._train([f"{self.net.blocks[i].name}.M" for i in blocks], self.probes)


def _arrays(net: Any, rule: Rule, probes: Rule | None) -> dict[str, Array]:
    """All that learns, by name."""
    return rule.parameters(net) | ({} if probes is None else probes.parameters(net))


def study(load: Callable[[int], Any], settings: Settings, tell: Callable[[str], None] = print) -> list[Row]:
    """Damage and repair every block of networks by MF and BP.

    load: seed -> the data set divided by that seed, its inputs flat.
    settings: of all networks.
    tell: is given a line whenever a network is done.
    Returns a row for each block and way to predict.
    """
    found: dict[tuple[int, str], Row] = {}
    for seed in settings.seeds:
        data = load(seed)
        for name in WAYS:
            patient = Patient(name, data, settings, seed)
            for i in range(len(settings.widths)):
                for stage, values in _course(patient, i):
                    for way, value in values.items():
                        row = found.setdefault((i, way), Row(i + 1, way, {stage: [] for stage in STAGES}))
                        row.accuracy[stage].append(value)
            tell(f"{name}, seed {seed}: {len(settings.widths)} blocks damaged and repaired")
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _course(patient: Patient, i: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Each stage of block i's damage and repair, with the accuracies; the patient is whole at the end."""
    yield "before", patient.accuracy()
    patient.damage(i)
    yield "damaged", patient.accuracy()
    yield "blocks below", patient.below(i)
    patient.repair(i, patient.seed)
    yield "block alone", patient.accuracy()
    if i + 1 < len(patient.net.blocks):
        patient.train_above(i)
        yield "and above", patient.accuracy()
    patient.restore()
    patient.damage(i)
    patient.repair(i, patient.seed + OTHER_SEED)
    yield "another draw", patient.accuracy()
    patient.restore()


def table(rows: list[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| damaged | prediction | " + " | ".join(STAGES) + " |", "|---|---|" + "---|" * len(STAGES)]
    lines += [f"| block {row.block} | {row.way} | " + " | ".join(row.cells()) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def picture(rows: list[Row], title: str) -> Any:
    """A panel for each damaged block: the accuracy of each way to predict over the stages. Returns the figure."""
    shown = [stage for stage in STAGES if stage != "another draw"]
    blocks = sorted({row.block for row in rows})
    fig, axes = plots.figure(3.1 * len(blocks) + 1.5, 3.6, columns=len(blocks), sharey=True, squeeze=False)
    for ax, block in zip(np.ravel(axes), blocks, strict=True):
        for row in (row for row in rows if row.block == block):
            values = [np.nan if (value := row.mean(stage)) is None else 100 * value for stage in shown]
            look = plots.style_of("mf" if row.way.startswith("MF") else "bp")
            second = row.way in (PROBES, "MF, BP pred")
            look |= {"linestyle": ":" if second else "-", "markerfacecolor": "white" if second else look["color"]}
            ax.plot(range(len(shown)), values, label=row.way, markersize=5, linewidth=1.2, **look)
        ax.set(title=f"block {block} damaged", xticks=range(len(shown)))
        ax.set_xticklabels(shown, rotation=35, ha="right", fontsize=8)
    axes[0, 0].set_ylabel("test accuracy in %")
    fig.suptitle(title)
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=8)
    return fig
