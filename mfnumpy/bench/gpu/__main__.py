"""python -m mfnumpy.bench.gpu --minutes M --out DIR --data DIR: the plan, then its steps until the time is over.

--share S: of the usual amount, for a dry run; --backend and --stand-in: on other arrays than CuPy's, as the tests do.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from data_utils import find
from mfnumpy import backend
from mfnumpy.bench.gpu import here, shown, steps
from mfnumpy.bench.gpu.plan import LEAST, STEPS, Step, Task, missing, told
from mfnumpy.bench.gpu.results import Results
from mfnumpy.errors import MfnumpyError, unknown_name
from mfnumpy.support.files import make_folder

ENOUGH = 3.0
"""So many times its estimate a step may take, before it is ended for those that follow; runs may take all that is left.

A step that is ended keeps the results that it has written.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Returns 0 if all steps that were begun came out well, 1 if one did not, 2 if nothing could be begun."""
    args = _arguments(words)
    try:
        if args.show:
            print(shown.page(args.show), end="")
            return 0
        with _as_asked(args):
            return _one(args) if args.step else _all(args)
    except MfnumpyError as error:
        print(error, file=sys.stderr)
        return 2


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mfnumpy.bench.gpu", description="What a GPU can do, in one command."
    )
    add = parser.add_argument
    add("--minutes", type=float, default=10, help="how long it may take (default: 10)")
    add("--out", type=Path, default=Path("runs/gpu"), help="folder of results (default: runs/gpu)")
    add("--data", help="folder of official data files")
    add("--only", nargs="+", metavar="STEP", help=f"these steps alone: {', '.join(step.name for step in STEPS)}")
    add("--plan", action="store_true", help="print the plan, and do nothing")
    add("--show", type=Path, metavar="DIR", help="print the page of the results in this folder, and do nothing else")
    add("--share", type=float, default=1.0, help="of the usual amount, for a dry run (default: 1)")
    add("--backend", default="cupy", help="on which arrays (default: cupy)")
    add("--stand-in", metavar="MODULE", help="a module whose register() adds the backend, as the tests have one")
    add("--step", help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if not args.minutes > 0 or not 0 < args.share <= 1:
        parser.error("--minutes must be above 0, and --share above 0 and at most 1")
    return args


@contextmanager
def _as_asked(args: argparse.Namespace) -> Iterator[None]:
    """The backend that was asked for, and a place for parsed data where the system's is not known."""
    if args.stand_in:
        importlib.import_module(args.stand_in).register()
    with tempfile.TemporaryDirectory() as folder:
        if "MFNUMPY_CACHE_DIR" not in os.environ and find.cache_folder() is None:
            os.environ["MFNUMPY_CACHE_DIR"] = folder
        yield


def _wanted(names: Sequence[str] | None) -> list[Step]:
    """The steps asked for, in their order. Raises UnknownNameError for another name."""
    known = [step.name for step in STEPS]
    for name in names or ():
        if name not in known:
            raise unknown_name("step", name, known)
    return [step for step in STEPS if not names or step.name in names]


def _all(args: argparse.Namespace) -> int:
    end, device = time.monotonic() + 60 * args.minutes, here.device(args.backend)
    tasks = _planned(args, device)
    if args.plan:
        return 0
    if device.error:
        raise device.error
    summary = Results(make_folder(args.out), "summary")
    for task in tasks:
        left, start = end - time.monotonic(), time.monotonic()
        if task.why_not or left < LEAST:
            outcome = f"left out: {task.why_not or 'no time'}"
        else:
            outcome = _begin(task.step, args, left if task.step.makes_runs else min(left, ENOUGH * task.seconds))
        seconds, name = time.monotonic() - start, task.step.name
        summary.add(f"{name}: {outcome}, {seconds:.0f} s", name=name, outcome=outcome, seconds=seconds)
    return int(any(result["outcome"].startswith(("failed", "ended")) for result in summary.body["results"]))


def _planned(args: argparse.Namespace, device: here.Device) -> list[Task]:
    """The steps asked for, as they are on this machine; the plan is printed."""
    wanted, absent = _wanted(args.only), missing()
    runs = here.AT_ONCE if device.error else here.at_once()  # without a device the plan is for another machine
    full = [step.arguments[0] for step in wanted if step.makes_runs and args.share == 1]
    data = here.data(list(dict.fromkeys(full)), args.data)
    tasks = here.tasks(wanted, absent, data, args.out, runs)
    print(told(tasks, args.minutes, device.name, absent, here.needed(tasks, data), runs), flush=True)
    return tasks


def _begin(step: Step, args: argparse.Namespace, seconds: float) -> str:
    """One step in a process of its own, for so many seconds at most. Returns what became of it, in words."""
    command = [sys.executable, "-m", "mfnumpy.bench.gpu", "--step", step.name, "--out", str(args.out)]
    command += ["--share", str(args.share), "--backend", args.backend]
    command += [word for option in ("data", "stand_in") for word in _given(option, getattr(args, option))]
    process = subprocess.Popen(command, start_new_session=True, env=os.environ | {"MFNUMPY_BACKEND": args.backend})
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"ended after {seconds:.0f} s"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a record or a result is written whole or not at all
        process.wait()
    return "done" if code == 0 else f"failed with {code}"


def _given(option: str, value: str | None) -> list[str]:
    return [] if value is None else [f"--{option.replace('_', '-')}", value]


def _one(args: argparse.Namespace) -> int:
    """One step, in this process; whatever goes wrong in it is written into its results."""
    (step,) = _wanted([args.step])
    backend.use(args.backend)
    results = Results(make_folder(args.out), step.name)
    try:
        steps.function_of(step.name)(steps.Settings(args.out, args.data, args.share), results, *step.arguments)
    except Exception as error:
        traceback.print_exc()
        results.add(f"failed: {error}", failed=f"{type(error).__name__}: {error}", trace=traceback.format_exc()[-4000:])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
