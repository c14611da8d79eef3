"""Fig. 3: how the memory of a training step grows with depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mfnumpy.bench import figures
from mfnumpy.comparison import plots
from mfnumpy.paper import published
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.ledger.config import Measurement, as_named
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.measurements import memory_job_of
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.judging import NOT, REPRODUCED, UNTESTED, Verdict
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, command, signed

SAME = ("rule", "kind", "width", "batch", "engine")


@dataclass(frozen=True)
class Line:
    """Peak bytes of one rule at several depths, and the straight line through them.

    rule: by name.
    kind, width, batch, engine: of the network and how it was measured, as in `Probe`.
    depths: how many layers.
    peaks: bytes at each depth.
    """

    rule: str
    kind: str
    width: int
    batch: int
    engine: str
    depths: list[int]
    peaks: list[int]

    @property
    def slope(self) -> float:
        """Megabytes per further layer, by least squares."""
        return figures.straight_line(self.depths, self.peaks)[0]

    @property
    def net(self) -> str:
        """What the layers are."""
        return f"{self.width} neurons" if self.kind == "dense" else f"3x3 convolution, {self.width} maps"


def lines(view: View) -> list[Line]:
    """All series of Fig. 3 with at least two depths."""
    groups: dict[tuple, list[Record]] = {}
    for r in view.measured("fig3"):
        groups.setdefault(tuple(as_named(r.config)[key] for key in SAME), []).append(r)
    made = []
    for key, group in groups.items():
        group.sort(key=lambda r: r.config["depth"])
        if len(group) > 1:
            depths = [r.config["depth"] for r in group]
            rule, kind, width, batch, engine = key
            made.append(Line(rule, kind, width, batch, engine, depths, [r.result["peak"] for r in group]))
    return made


def tables(view: View) -> list[Table]:
    """The slopes of Fig. 3."""
    rows = []
    for line in lines(view):
        stated = line.kind == "dense" and line.width == 1000 and line.batch == figures.PAPERS_BATCH
        paper = f"{published.FIG3_SLOPES[line.rule]:.2f}" if stated else MISSING
        rows.append([line.rule, line.net, f"{line.batch:,}", line.engine, paper, f"{line.slope:.2f}"])
    if not rows:
        return []
    note = (
        "How much more memory (decimal megabytes) the peak of a training step with Adam takes for one more layer: the "
        "slope of the straight line through several depths, by least squares; bytes are counted by tracemalloc. The "
        "paper states neither batch nor unit: 48,000 samples and decimal megabytes are what its BP slope works out to. "
        "`reference`: the rules as they are written to be read; `fast`: the fast engine, same numbers, fewer arrays."
    )
    columns = ["rule", "layers", "batch", "engine", "MB/layer, paper", "MB/layer, ours"]
    title, keys = "Fig. 3: peak memory for each further layer", notes.measured(view.measured("fig3"))
    return [Table("fig3", title, columns, rows, command("fig3", view), [note], keys)]


def over_depth(view: View) -> Any:
    """Fig. 3: peak memory against the number of layers, (a) MLP at the large batch, (b) MLP at 256, (c) CNN."""
    shown = [line for line in lines(view) if line.kind == "conv" or line.engine == "fast"]
    panels = list(dict.fromkeys((line.kind, line.batch) for line in shown))
    if not panels:
        return None
    fig, axes = plots.figure(2.45 * len(panels), 3.6, 1, len(panels), squeeze=False)
    for letter, ax, panel in zip("abcdef", axes[0], panels, strict=False):
        for line in (one for one in shown if (one.kind, one.batch) == panel):
            label = f"{line.rule}: {line.slope:.2f} MB per layer"
            megabytes = [peak / 1e6 for peak in line.peaks]
            ax.plot(line.depths, megabytes, label=label, markersize=5, **plots.style_of(line.rule))
            title = f"({letter}) {line.net},\nbatch {line.batch:,}"
        ax.set(xlabel="number of layers", title=title, ylim=(0, None))
        ax.title.set_fontsize(9)
        ax.locator_params(axis="x", integer=True)
        ax.legend(frameon=False, fontsize=8)
    axes[0][0].set_ylabel("peak memory in MB")
    return signed(fig, "Peak of one training step with Adam", "fig3", view)


def claims(view: View) -> Iterator[Verdict]:
    """Fig. 3(a): BP's memory grows faster with depth than MF's; and what is left of that at batch 256."""
    found = {(line.rule, line.batch): line for line in lines(view) if line.kind == "dense" and line.engine == "fast"}
    batches = sorted({batch for rule, batch in found if rule == "bp" and ("mf", batch) in found}, reverse=True)
    if not batches:
        yield Verdict(
            "Fig. 3: MF needs less memory for each further layer than BP", UNTESTED, "no record in this ledger"
        )
    for batch in batches:
        bp, mf = found["bp", batch].slope, found["mf", batch].slope
        because = f"BP {bp:.2f}, MF {mf:.2f} MB per layer of 1000 neurons, by the fast engine"
        if batch == figures.PAPERS_BATCH:
            because += "; the paper states no batch: this one is chosen so that BP's slope is the paper's"
        claim = f"Fig. 3, batch {batch:,}: a further layer costs MF less memory than BP"
        yield Verdict(claim, REPRODUCED if mf < bp else NOT, because)
    convolutions = {line.rule: line for line in lines(view) if line.kind == "conv"}
    if {"mf", "bp"} <= set(convolutions):
        bp, mf = convolutions["bp"].slope, convolutions["mf"].slope
        because = f"BP {bp:.2f}, MF {mf:.2f} MB per {convolutions['bp'].net}, batch {convolutions['bp'].batch}, by the "
        because += "reference engine; the paper's own numbers are lost"
        yield Verdict(
            "Fig. 3, CNN: a further layer costs MF less memory than BP", REPRODUCED if mf < bp else NOT, because
        )


def _measurements(scale: str) -> list[Measurement]:
    """A measurement for each point of each line."""
    return [memory_job_of(probe) for line in figures.over_depth(scale) for probe in line.probes()]


EXPERIMENT = Experiment(
    "fig3",
    "Fig. 3",
    turn=14,
    measurements={scale: _measurements(scale) for scale in figures.OVER_DEPTH},
    tables=tables,
    figure=over_depth,
    topics=(Topic("A further layer costs MF less memory than BP", claims, chief=True),),
)
