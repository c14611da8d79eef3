"""What each step does, in a process of its own."""

from __future__ import annotations

import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, optim, rules
from mfnumpy.bench import figures
from mfnumpy.bench.gpu import speed
from mfnumpy.bench.gpu.here import at_once
from mfnumpy.bench.gpu.lacking import COMMITTED, EXPERIMENT, SCALE, bring_along
from mfnumpy.bench.gpu.results import Results
from mfnumpy.bench.memory_probe import measure
from mfnumpy.errors import MfnumpyError
from mfnumpy.network import Network, named
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

ROOT = Path(__file__).resolve().parents[3]
"""Of the checkout, where tests are."""

CLOSE = 5e-2
"""Relative tolerance after two epochs: Adam's first steps are signs of tiny numbers, and sums have another order."""


class StepFailedError(MfnumpyError, RuntimeError):
    """A step came to its end, and what it found is not as it should be."""


@dataclass(frozen=True)
class Settings:
    """What every step is told.

    out: the folder of results.
    data: that of official files, or None.
    share: of the usual amount; 1 but for a dry run.
    """

    out: Path
    data: str | None
    share: float


def tests(settings: Settings, results: Results) -> None:
    """The tests marked gpu. Options of pytest's plug-ins, which may be missing, are left out."""
    files = [str(path) for path in sorted((ROOT / "tests").rglob("test_*.py")) if "mark.gpu" in path.read_text("utf-8")]
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-o", "addopts=", "-p", "no:cacheprovider", "-m", "gpu"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, cwd=ROOT)
    last = (done.stdout.strip().splitlines() or [done.stderr.strip()[-300:]])[-1]
    results.add(last, code=done.returncode, output=(done.stdout + done.stderr)[-8000:])
    if done.returncode:
        raise StepFailedError(f"pytest ended with {done.returncode}: {last}")


def agreement(settings: Settings, results: Results) -> None:
    """Two epochs by every rule, here and by NumPy: losses, and every parameter."""
    own, apart = backend.current().name, []
    for network, shape in (("2x64", (81,)), ("cnn:6-10", (12, 12, 3))):
        for name, rule in rules.RULES.items():
            if rule.images or len(shape) == 1:
                there, here = (_trained(where, name, network, shape) for where in (own, "numpy"))
                gaps = {key: _gap(there[key], here[key]) for key in here}
                worst = max(gaps, key=gaps.__getitem__)
                apart += [f"{name} on {network}"] * (not gaps[worst] < CLOSE)
                line = f"{network} {name}: farthest apart {gaps[worst]:.1e} ({worst})"
                results.add(line, network=network, rule=name, gaps=gaps, agrees=gaps[worst] < CLOSE)
    if apart:
        raise StepFailedError(f"Not NumPy's numbers: {', '.join(apart)}.")


def _gap(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def _trained(where: str, rule_name: str, network: str, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Losses by epoch and parameters after a small run, on the host."""
    with backend.using(where):
        rng = stream(1, "agreement")
        y = rng.integers(0, 5, 320)
        x = (rng.standard_normal((320, *shape)) + rng.standard_normal((5, *shape))[y]).astype(np.float32)
        net: Network = named(network, shape, seed=1)
        rule = rules.make(rule_name)
        rule.start(net, 5, 2)
        fitted = Trainer(net, rule, optim.Adam(1e-3), epochs=2, batch_size=48, show_progress=False)
        history = fitted.fit(backend.to_device(x), backend.to_device(y))
        losses = np.array([[*epoch["loss"].values()] for epoch in history.epochs])
        return {"losses": losses} | {k: backend.to_host(v) for k, v in rule.parameters(net).items()}


def compared(settings: Settings, results: Results, network: str) -> None:
    """Speed against PyTorch.

    settings, results: as of every step.
    network: whose.
    """
    speed.measure(network, settings.share, results)


def memory_over_depth(settings: Settings, results: Results) -> None:
    """Fig. 3 at the paper's batch, the rules as they are written: slopes of bytes over depth."""
    for line in figures.over_depth("paper" if settings.share == 1 else "quick"):
        if line.engine == "reference":
            probes = [figures.smaller(probe, settings.share) for probe in line.probes(backend=backend.current().name)]
            peaks = [measure(probe)["peak"] for probe in probes]
            slope, besides = figures.straight_line(line.depths, peaks)
            told = f"{line.name}: {slope:.2f} MB for each further layer, {besides:.1f} besides"
            results.add(told, series=line.name, depths=list(line.depths), peaks=peaks, slope=slope)


def memory_over_time(settings: Settings, results: Results) -> None:
    """Figs. 1 and 2 at the paper's batch: bytes in use over two steps."""
    for rule in ("bp", "mf"):
        probe = figures.over_time(rule, "paper", sample=0.001, backend=backend.current().name)
        found = measure(figures.smaller(probe, settings.share))
        used = [b / 1e6 for _, b in found["timeline"]] or [0.0]
        results.add(f"{rule}: from {min(used):,.0f} to {max(used):,.0f} MB, peak {found['peak'] / 1e6:,.0f}", **found)


def runs(settings: Settings, results: Results, dataset: str, rule_names: str) -> None:
    """`mfnumpy reproduce longer_cnn` on the device: what the committed ledger lacks goes to out/ledger.

    settings, results: as of every step.
    dataset: whose CNN.
    rule_names: with commas.
    A dry run makes one of Table 2's smallest runs in place of that.
    """
    ledger = settings.out / "ledger"
    bring_along(ledger, *[COMMITTED] * (settings.share == 1))
    what = [EXPERIMENT, "--scale", SCALE, "--datasets", dataset, "--rules", *rule_names.split(",")]
    if settings.share < 1:
        what = ["table2", "--scale", "quick", "--rules", "mf", "--datasets", "digits", "--seeds", "1"]
    where = ["--ledger", str(ledger), "--out", str(settings.out / "tables"), "--backend", backend.current().name]
    data = [] if settings.data is None else ["--data-dir", settings.data]
    if settings.share == 1:
        where += ["--jobs", str(at_once())]
    before = {path.name for path in ledger.glob("*.json")}
    try:
        _command("reproduce", *what, *where, *data, "--offline")
    finally:
        made = sorted({path.name for path in ledger.glob("*.json")} - before)
        told = f"{len(made)} record{'s' * (len(made) != 1)} made"
        take = f"; to take them: mfnumpy reproduce merge {shlex.quote(str(ledger))} --ledger docs/ledger"
        results.add(told + take * bool(made), made=made)


def _command(*words: str) -> None:
    """What `mfnumpy WORDS` does, in this process, so that a backend of one's own is known. Raises StepFailedError."""
    before, sys.argv = sys.argv, ["mfnumpy", *words]
    try:
        runpy.run_module("mfnumpy", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise StepFailedError(f"mfnumpy {words[0]} ended with {end.code}.") from end
    finally:
        sys.argv = before


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tests": tests,
    "agreement": agreement,
    "speed": compared,
    "memory-depth": memory_over_depth,
    "memory-time": memory_over_time,
    "runs": runs,
}
"""Name of a step, or its first word -> what it does."""


def function_of(name: str) -> Callable[..., Any]:
    """What a step of that name does."""
    return FUNCTIONS.get(name) or FUNCTIONS[name.partition("-")[0]]
