"""The paper's Figures 1 to 3 and its remark on layers in storage, measured and fitted."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mfnumpy.bench import figures
from mfnumpy.bench.memory_probe import Probe
from mfnumpy.errors import MfnumpyError
from mfnumpy.support.files import make_folder


class ProbeError(MfnumpyError, RuntimeError):
    """A measuring process failed."""


@dataclass(frozen=True)
class Series:
    """Peak bytes over depth, and the straight line through them.

    name: in tables and legends.
    rule: by name.
    depths: how many layers.
    peaks, seconds: bytes of one training step, and its time, at each depth.
    slope, intercept: of the line, in decimal megabytes (per layer).
    rss, rss_slope: the same as peaks and slope from what the operating system says of the process; None where it does
        not tell.
    """

    name: str
    rule: str
    depths: list[int]
    peaks: list[int]
    rss: list[int | None]
    seconds: list[float]
    slope: float
    intercept: float
    rss_slope: float | None

    def line(self) -> str:
        """One line for a table, with a dash for what the system does not tell."""
        resident = "–" if self.rss_slope is None else f"{self.rss_slope:.1f} MB per layer"
        return (
            f"{self.name:<44} {self.slope:9.3f} MB per layer, {self.intercept:9.1f} MB besides "
            f"(resident set: {resident})"
        )


def run_probe(probe: Probe) -> dict[str, Any]:
    """Measure in a process of its own. Raises ProbeError with its last line if it fails."""
    command = [sys.executable, "-m", "mfnumpy.bench.memory_probe", json.dumps(asdict(probe))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ProbeError(f"Measuring {probe.rule} with {probe.depth} layers failed: {last}")
    return json.loads(done.stdout)


def series(name: str, probes: Sequence[Probe], note: Callable[[str], None]) -> tuple[Series, list[dict]]:
    """Peak bytes over depth, and the line through them; and what each probe found.

    name: for messages and lists.
    probes: of one rule, at several depths.
    note: called with a line for each point.
    """
    results = []
    for probe in probes:
        results.append(run_probe(probe))
        note(f"  {name}, {probe.depth} layers: {results[-1]['peak'] / 1e6:,.1f} MB")
    depths, peaks, rss = [p.depth for p in probes], [r["peak"] for r in results], [r["rss"] for r in results]
    slope, intercept = figures.straight_line(depths, peaks)
    rss_slope = None if None in rss else figures.straight_line(depths, rss)[0]
    seconds = [r["seconds"] for r in results]
    return Series(name, probes[0].rule, depths, peaks, rss, seconds, slope, intercept, rss_slope), results


def fig3(part: str, scale: str, note: Callable[[str], None], backend: str = "numpy") -> list[Series]:
    """The lines of Fig. 3 of one part; on a GPU those of the rules as they are written alone.

    part, scale: as in `figures.over_depth`.
    note: called with a line for each point.
    backend: on which arrays lie.
    """
    lines = [line for line in figures.over_depth(scale, part) if line.engine == "reference" or backend == "numpy"]
    return [series(line.name, line.probes(backend=backend), note)[0] for line in lines]


def over_time(scale: str, backend: str = "numpy") -> dict[str, list]:
    """Figs. 1 and 2: bytes in use during two steps, by BP and by MF. scale: as in `figures.over_time`."""
    return {rule: run_probe(figures.over_time(rule, scale, backend=backend))["timeline"] for rule in figures.RULES}


@dataclass(frozen=True)
class OffloadResult:
    """MF with its layers on disk and in memory.

    on_disk, in_memory: the peaks over depth.
    same_bytes: whether both gave the same parameters at every depth.
    slowdown: of a step at the greatest depth.
    """

    on_disk: Series
    in_memory: Series
    same_bytes: bool
    slowdown: float


def offload(
    batch: int, depths: Sequence[int], folder: str | None, steps: int, note: Callable[[str], None]
) -> OffloadResult:
    """Peak over depth with layers on disk; and whether training gave the same bytes as without.

    batch: rows in a batch.
    depths: how many layers, one probe each.
    folder: in which the layers are kept meanwhile, None for the system's temporary one.
    steps: training steps of each probe.
    note: called with a line of progress after each.
    """
    options: dict[str, Any] = {"rule": "mf", "batch": batch, "steps": steps}
    with tempfile.TemporaryDirectory(dir=None if folder is None else make_folder(folder)) as place:
        probes = [Probe(depth=depth, offload=place, **options) for depth in depths]
        disk, on = series(f"mf, batch {batch}, layers on disk", probes, note)
    probes = [Probe(depth=depth, **options) for depth in depths]
    memory, off = series(f"mf, batch {batch}, layers in memory", probes, note)
    same = all(a["digest"] == b["digest"] for a, b in zip(on, off, strict=True))
    return OffloadResult(disk, memory, same, on[-1]["seconds"] / off[-1]["seconds"])
