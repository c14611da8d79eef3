"""The steps, in the order of their value, and what is done of them in the time that there is."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfnumpy.support.threads import LIBRARY

LEAST = 5.0
"""Seconds: with less left, no step is begun."""


@dataclass(frozen=True)
class Step:
    """One step.

    name: on the command line, and of its file of results.
    what: a sentence for the plan.
    seconds: what it took on an H200, rounded up; of runs an estimate, from what their batches took there.
    needs: the module without which it is left out.
    arguments: of its function in `steps`, by name.
    """

    name: str
    what: str
    seconds: float
    needs: str = "numpy"
    arguments: tuple[str, ...] = ()


def _runs(name: str, dataset: str, rules: str, seconds: float) -> Step:
    what = f"CNN runs on {dataset} by {rules.replace(',', ', ')}: the longer_cnn runs that the ledger lacks"
    return Step(f"runs-{name}", what, seconds, arguments=(dataset, rules))


STEPS = (
    Step("tests", "the tests marked gpu, on the real device", 70, "pytest"),
    Step("agreement", "two epochs by every rule, against NumPy's losses and parameters", 15),
    Step("speed-2x1000", "every rule on 2x1000 against PyTorch, same batches", 70, arguments=("2x1000",)),
    Step("speed-cnn", "every rule on the CNN against PyTorch, same batches", 45, arguments=("cnn",)),
    Step("speed-3x2000", "every rule on 3x2000 against PyTorch, same batches", 65, arguments=("3x2000",)),
    Step("memory-depth", "Fig. 3: bytes over depth by the pool's meter, at the paper's batch", 15),
    Step("memory-time", "Figs. 1 and 2: bytes over two steps by the pool's meter, at the paper's batch", 10),
    _runs("cifar10", "cifar10", "mf,bp", 300),
    _runs("cifar100", "cifar100", "mf,bp", 300),
    _runs("fashion_mnist", "fashion_mnist", "mf,bp", 400),
    _runs("cifar10-ds", "cifar10", "deep_supervision", 200),
    _runs("mnist", "mnist", "mf,bp", 250),
)


@dataclass(frozen=True)
class Library:
    """A library that may be missing, and what is then done without it."""

    module: str
    without: str


LIBRARIES = (
    Library("pytest", "the gpu tests are left out"),
    Library("torch", "speeds stand alone, with nothing to be compared with"),
    Library("sklearn", "the digits and Breast Cancer cannot be loaded; a dry run makes no training run"),
    Library("pooch", "nothing can be downloaded, which is not tried here"),
    Library("platformdirs", "parsed data are kept in a temporary folder"),
    Library(LIBRARY, "records do not say which BLAS there is; no thread is limited"),
    Library("matplotlib", "no pictures"),
    Library("tqdm", "no progress bars"),
)


def missing() -> list[Library]:
    """The libraries that are not installed."""
    return [library for library in LIBRARIES if importlib.util.find_spec(library.module) is None]


def told(steps: Sequence[Step], minutes: float, absent: Sequence[Library], data: Mapping[str, str]) -> str:
    """The plan, for a person: every step with its estimate, what is probably left out, and what is missing here.

    steps: in their order.
    minutes: that there are.
    absent: libraries that are not installed.
    data: data set -> where its files are, or why not.
    """
    lines, used, names = [f"Plan for {minutes:g} minutes (seconds are estimates):"], 0.0, {a.module for a in absent}
    for step in steps:
        used += step.seconds
        left_out = "" if used <= 60 * minutes else "  probably left out, or cut short"
        lost = f"  left out: {step.needs} is missing" if step.needs in names else ""
        lines.append(f"  {step.name:<20}{step.seconds:>5.0f} s  {step.what}{lost or left_out}")
    lines += [f"Missing: {a.module}: {a.without}." for a in absent]
    return "\n".join(lines + [f"Data: {name}: {where}." for name, where in data.items()])
