"""What Figs. 1 to 3 measure: networks, batches and depths at each scale.

`mfnumpy memory`, the paper's experiments and `mfnumpy.bench.gpu` all read it here; `memory_probe` measures one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mfnumpy.bench.memory_probe import Probe

PAPERS_BATCH = 48_000
"""The paper states no batch for Fig. 3; with this one BP's slope is the printed one, in decimal megabytes."""

OVER_TIME = {"quick": 500, "laptop": 30_000, "paper": 30_000}
"""Scale -> batch of Figs. 1 and 2; the paper's is 30,000."""

OVER_DEPTH: dict[str, tuple[int, tuple[int, ...]]] = {
    "quick": (2_000, (3, 4, 5)),
    "laptop": (PAPERS_BATCH, (3, 4, 6)),
    "paper": (PAPERS_BATCH, (3, 4, 6, 8)),
}
"""Scale -> the large batch of Fig. 3(a), and the depths of all its lines."""

RULES = ("bp", "mf")


def over_time(rule: str, scale: str, **options: Any) -> Probe:
    """Figs. 1 (BP) and 2 (MF): bytes in use during two steps of a 5x2000 net, the rule as it is written.

    rule: by name.
    scale: one of OVER_TIME.
    options: other fields of the probe.
    """
    settings = {"depth": 5, "width": 2000, "batch": OVER_TIME[scale], "steps": 2, "sample": 0.005}
    return Probe(rule=rule, **(settings | options))


@dataclass(frozen=True)
class Line:
    """A line of Fig. 3: the peak of a training step over the number of layers, which are all alike.

    rule, kind, width, batch, engine: as in `Probe`.
    depths: the points.
    """

    rule: str
    kind: str
    width: int
    batch: int
    engine: str
    depths: tuple[int, ...]

    @property
    def name(self) -> str:
        """For lists: "mf, batch 256, fast"."""
        layers = "" if self.kind == "dense" else f", CNN of {self.width} maps"
        return f"{self.rule}{layers}, batch {self.batch:,}, {self.engine}"

    def probes(self, **options: Any) -> list[Probe]:
        """Its points. options: other fields of the probes."""
        own: dict[str, Any] = {
            "rule": self.rule,
            "kind": self.kind,
            "width": self.width,
            "batch": self.batch,
            "engine": self.engine,
        }
        return [Probe(depth=depth, **own, **options) for depth in self.depths]


def over_depth(scale: str, part: str | None = None) -> list[Line]:
    """Fig. 3: (a) layers of 1000 neurons at a large batch and at 256, (b) convolutions of 16 maps without pooling.

    scale: one of OVER_DEPTH.
    part: "depth", "batch256" or "cnn"; None for all.
    """
    large, depths = OVER_DEPTH[scale]
    parts = {
        "depth": [("dense", 1000, large, "fast"), ("dense", 1000, large, "reference")],
        "batch256": [("dense", 1000, 256, "fast"), ("dense", 1000, 256, "reference")],
        "cnn": [("conv", 16, 64, "reference")],
    }
    wanted = [line for name, lines in parts.items() if part in (None, name) for line in lines]
    return [Line(rule, *line, depths) for line in wanted for rule in RULES]


def straight_line(depths: Sequence[int], sizes: Sequence[int | float]) -> tuple[float, float]:
    """Slope and intercept of the straight line through bytes over depth, by least squares, in decimal megabytes."""
    slope, intercept = np.polyfit(depths, np.array(sizes) / 1e6, 1)
    return float(slope), float(intercept)


def smaller(probe: Probe, share: float) -> Probe:
    """The probe with that share of its batch, and of its neurons' number the root; for dry runs."""
    if share == 1:
        return probe
    return replace(probe, batch=max(8, int(probe.batch * share)), width=max(4, int(probe.width * share**0.5)))
