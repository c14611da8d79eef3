"""How cost grows with depth, width, batch size, classes and image size: measured, and fitted as a power."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mfnumpy import rules
from mfnumpy.comparison.plots import figure, save, style_of
from mfnumpy.fast import FastAdam, Team, engine
from mfnumpy.measure import peak_step_bytes
from mfnumpy.network import Network, cnn, mlp
from mfnumpy.optim import Adam
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream

AXES: dict[str, tuple[int, ...]] = {
    "depth": (2, 4, 8, 16, 32, 64),
    "width": (128, 256, 512, 1024, 2048),
    "batch": (64, 128, 256, 512, 1024, 2048),
    "classes": (10, 30, 100, 300, 1000),
    "image": (8, 16, 32, 64),
}
"""The values that one quantity takes while the others stay at BASE."""

BASE = {"depth": 3, "width": 256, "batch": 128, "classes": 10, "image": 16}


@dataclass(frozen=True)
class Growth:
    """One rule along one axis.

    axis: a key of AXES.
    rule: by name.
    values: that the quantity takes.
    seconds: of one training step in the fast engine, the fastest of the rounds, at each value.
    bytes: the most that the step has in use, as the rule is written, at each value.
    seconds_exponent, bytes_exponent: p of cost ~ value^p, from the upper half of the values.
    """

    axis: str
    rule: str
    values: list[int]
    seconds: list[float]
    bytes: list[int]
    seconds_exponent: float
    bytes_exponent: float

    def line(self) -> str:
        """One line for a table."""
        return (
            f"{self.axis:<8}{self.rule:<4} from {self.values[0]} to {self.values[-1]}: seconds ~ {self.axis}^"
            f"{self.seconds_exponent:.2f}, bytes ~ {self.axis}^{self.bytes_exponent:.2f}"
        )


def exponent(values: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log(cost) over log(value), fitted to the upper half of the points: small cases are all overhead."""
    start = len(values) // 2 - (len(values) < 4)
    return float(np.polyfit(np.log(values[start:]), np.log(costs[start:]), 1)[0])


def build(axis: str, value: int, rule_name: str) -> tuple[Network, Rule, int, int]:
    """Network, started rule, batch size and number of classes for one point of an axis.

    axis: a key of AXES.
    value: of that quantity; all others are those of BASE.
    rule_name: a key of `rules.RULES`.
    """
    size = BASE | {axis: value}
    if axis == "image":
        net = cnn((size["image"], size["image"], 3), (16, 32))
    else:
        net = mlp(256, [size["width"]] * size["depth"])
    rule = rules.make(rule_name)
    rule.start(net, size["classes"])
    return net, rule, 32 if axis == "image" else size["batch"], size["classes"]


def grow(axis: str, rule_name: str, values: Sequence[int], threads: int, rounds: int) -> Growth:
    """One rule along one axis, measured and fitted.

    axis: a key of AXES.
    rule_name: a key of `rules.RULES`.
    values: that the quantity takes.
    threads: of the fast engine.
    rounds: of the timing at each value, the fastest of which counts.
    """
    seconds, peaks = [], []
    for value in values:
        net, rule, batch, classes = build(axis, value, rule_name)
        rng = stream(1, "growth")
        x = rng.random((batch, *net.input_shape), dtype=np.float32)
        y = rng.integers(0, classes, batch)
        with Team(threads) as team:
            fast = engine(net, rule, FastAdam(), team)
            fast.batch(x, y, 1.0, None)
            seconds.append(min(_time(lambda f=fast, x=x, y=y: f.batch(x, y, 1.0, None), rounds)))  # type: ignore[misc]
        optimiser = Adam()
        peak_step_bytes(net, rule, optimiser, x, y)  # makes the moments
        peaks.append(peak_step_bytes(net, rule, optimiser, x, y))
    return Growth(axis, rule_name, list(values), seconds, peaks, exponent(values, seconds), exponent(values, peaks))


def _time(work: Callable[[], object], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def round_ticks(low: float, high: float) -> list[float]:
    """At least three round numbers from low to high, 0 < low < high, for a logarithmic axis.

    Powers of ten where there are three; else 1, 2 and 5 of each decade; on a shorter axis, evenly spaced ones.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for of_each in ((1,), (1, 2, 5)):
        ticks = [float(f"{digit}e{decade}") for decade in decades for digit in of_each]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) >= 3:
            return ticks
    decade = 10.0 ** math.floor(math.log10(high - low))
    step = next(part * decade for part in (2, 1, 0.5, 0.2) if high - low >= 3 * part * decade)
    return [float(f"{n * step:.6g}") for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def growth_picture(found: Sequence[Growth], path: Path) -> list[Path]:
    """Seconds above bytes, a column for each axis, both axes logarithmic, exponents in the legends."""
    axes_names = list(dict.fromkeys(g.axis for g in found))
    fig, axes = figure(width=3.0 * len(axes_names) + 0.5, height=5.5, rows=2, columns=len(axes_names), squeeze=False)
    for one in found:
        column = axes_names.index(one.axis)
        for row, (costs, power) in enumerate(
            ((one.seconds, one.seconds_exponent), ([b / 1e6 for b in one.bytes], one.bytes_exponent))
        ):
            ax = axes[row, column]
            ax.loglog(one.values, costs, label=f"{one.rule.upper()}: power {power:.2f}", **style_of(one.rule))
            ax.set_xticks(one.values, [str(v) for v in one.values], fontsize=7)
            ax.set_xlabel(one.axis)
            ax.legend(fontsize=7)
    for ax in axes.flat:
        ticks = round_ticks(*ax.get_ylim())
        ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks], fontsize=7)
        ax.minorticks_off()
    axes[0, 0].set_ylabel("seconds per step")
    axes[1, 0].set_ylabel("peak MB per step")
    return save(fig, path)
