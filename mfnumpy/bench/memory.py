"""The paper's Figures 1 to 3 and its remark on layers in storage, measured and fitted."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

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


def over_depth(
    name: str, depths: Sequence[int], note: Callable[[str], None], **options: Any
) -> tuple[Series, list[dict]]:
    """Peak bytes for each depth, and the line through them; the second value is what every probe found.

    name: of the series, in tables and legends.
    depths: how many layers, one probe each.
    note: called with a line of progress after each.
    options: the other fields of Probe.
    """
    results = []
    for depth in depths:
        results.append(run_probe(Probe(depth=depth, **options)))
        note(f"  {name}, {depth} layers: {results[-1]['peak'] / 1e6:,.1f} MB")
    peaks, rss = [r["peak"] for r in results], [r["rss"] for r in results]
    slope, intercept = _line(depths, peaks)
    rss_slope = None if None in rss else _line(depths, rss)[0]
    seconds = [r["seconds"] for r in results]
    return Series(name, options["rule"], list(depths), peaks, rss, seconds, slope, intercept, rss_slope), results


def _line(depths: Sequence[int], sizes: Sequence[int]) -> tuple[float, float]:
    """Slope and intercept of the straight line through bytes over depth, in decimal megabytes."""
    slope, intercept = np.polyfit(depths, np.array(sizes) / 1e6, 1)
    return float(slope), float(intercept)


def dense_depth(batch: int, depths: Sequence[int], note: Callable[[str], None], backend: str = "numpy") -> list[Series]:
    """Fig. 3(a): layers of 1000 neurons, for MF and BP, as the rules are written and, on NumPy, in the fast engine.

    batch: rows in a batch.
    depths: how many layers, one probe each.
    note: called with a line of progress after each.
    backend: "numpy" or "cupy".
    """
    options = {"batch": batch, "backend": backend}
    return [
        over_depth(f"{rule}, batch {batch:,}, {room}", depths, note, rule=rule, room=room, **options)[0]
        for rule in ("mf", "bp")
        for room in ("fast", "rules")
        if room == "rules" or backend == "numpy"
    ]


def conv_depth(
    batch: int, maps: int, depths: Sequence[int], note: Callable[[str], None], backend: str = "numpy"
) -> list[Series]:
    """Fig. 3(b): 3x3 convolutions on 28x28 images, without pooling, as the rules are written.

    batch: images in a batch.
    maps: feature maps of every layer.
    depths: how many layers, one probe each.
    note: called with a line of progress after each.
    backend: "numpy" or "cupy".
    """
    options = {"kind": "conv", "width": maps, "batch": batch, "backend": backend}
    return [
        over_depth(f"{rule}, CNN of {maps} maps, batch {batch}", depths, note, rule=rule, **options)[0]
        for rule in ("mf", "bp")
    ]


def over_time(width: int, depth: int, batch: int, interval: float, backend: str = "numpy") -> dict[str, list]:
    """Figs. 1 and 2: bytes in use during two steps, for MF and BP, as the rules are written.

    width: neurons of every layer.
    depth: how many layers.
    batch: rows in a batch.
    interval: seconds from one look at the memory to the next.
    backend: "numpy" or "cupy".
    Returns rule -> [(seconds, bytes), ...].
    """
    options: dict[str, Any] = {"width": width, "batch": batch, "backend": backend}
    found = {}
    for rule in ("bp", "mf"):
        probe = Probe(rule=rule, depth=depth, room="rules", steps=2, sample=interval, **options)
        found[rule] = run_probe(probe)["timeline"]
    return found


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
    with tempfile.TemporaryDirectory(dir=None if folder is None else make_folder(folder)) as place:
        options = {"rule": "mf", "batch": batch, "steps": steps}
        disk, on = over_depth(f"mf, batch {batch}, layers on disk", depths, note, offload=place, **options)
    memory, off = over_depth(f"mf, batch {batch}, layers in memory", depths, note, **options)
    same = all(a["digest"] == b["digest"] for a, b in zip(on, off, strict=True))
    return OffloadResult(disk, memory, same, on[-1]["seconds"] / off[-1]["seconds"])
