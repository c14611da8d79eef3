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
    seconds: what it took on an H200, rounded up; 0 of runs, whose number decides.
    needs: the module without which it is left out.
    arguments: of its function in `steps`, by name.
    """

    name: str
    what: str
    seconds: float = 0.0
    needs: str = "numpy"
    arguments: tuple[str, ...] = ()

    @property
    def makes_runs(self) -> bool:
        """Whether it makes training runs; its arguments are then a data set, and rules with commas."""
        return self.name.startswith("runs")


def _runs(name: str, dataset: str, rules: str) -> Step:
    return Step(f"runs-{name}", f"CNN runs on {dataset} by {rules.replace(',', ', ')}", arguments=(dataset, rules))


STEPS = (
    Step("tests", "the tests marked gpu, on the real device", 70, "pytest"),
    Step("agreement", "two epochs by every rule, against NumPy's losses and parameters", 15),
    Step("speed-2x1000", "every rule on 2x1000 against PyTorch, same batches", 70, arguments=("2x1000",)),
    Step("speed-cnn", "every rule on the CNN against PyTorch, same batches", 45, arguments=("cnn",)),
    Step("speed-3x2000", "every rule on 3x2000 against PyTorch, same batches", 65, arguments=("3x2000",)),
    Step("memory-depth", "Fig. 3: bytes over depth by the pool's meter, at the paper's batch", 15),
    Step("memory-time", "Figs. 1 and 2: bytes over two steps by the pool's meter, at the paper's batch", 10),
    _runs("cifar10", "cifar10", "mf,bp"),
    _runs("cifar100", "cifar100", "mf,bp"),
    _runs("fashion_mnist", "fashion_mnist", "mf,bp"),
    _runs("cifar10-ds", "cifar10", "deep_supervision"),
    _runs("mnist", "mnist", "mf,bp"),
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
"""Beside CuPy, without which nothing is done; the backend itself says so."""


def missing() -> list[Library]:
    """The libraries that are not installed."""
    return [library for library in LIBRARIES if importlib.util.find_spec(library.module) is None]


@dataclass(frozen=True)
class Task:
    """A step as it is on this machine.

    step: which.
    seconds: that it will take.
    what: a sentence for the plan.
    why_not: why it is left out; "" if nothing stands against it but the time.
    """

    step: Step
    seconds: float
    what: str
    why_not: str = ""


def told(
    tasks: Sequence[Task], minutes: float, device: str, absent: Sequence[Library], data: Mapping[str, str], at_once: int
) -> str:
    """The plan, for a person: every step with its estimate, what is left out, and what is missing here.

    tasks: in their order.
    minutes: that there are.
    device: its name, or why there is none.
    absent: libraries that are not installed.
    data: data set -> where its files are, or why not.
    at_once: how many runs.
    """
    runs = f"; of runs, {at_once} at once" if any(task.step.makes_runs for task in tasks) else ""
    lines, used = [f"Plan for {minutes:g} minutes (seconds are estimates{runs}):"], 0.0
    for task in tasks:
        used += 0 if task.why_not else task.seconds
        left_out = "" if used <= 60 * minutes else "  probably left out, or cut short"
        how = f"  left out: {task.why_not}" if task.why_not else left_out
        lines.append(f"  {task.step.name:<20}{task.seconds:>5.0f} s  {task.what}{how}")
    lines += [f"Device: {device}", *(f"Missing: {a.module}: {a.without}." for a in absent)]
    return "\n".join(lines + [f"Data: {name}: {where}." for name, where in data.items()])
