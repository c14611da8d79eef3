"""The place of the mistake: every small change of the code is tried; one that makes the function right tells it."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator

from mfnumpy.check.diagnose.compare import quiet
from mfnumpy.check.source import words
from mfnumpy.check.source.building import built
from mfnumpy.check.source.edits import MACHINE, Edit, Machine, Plan, inside
from mfnumpy.check.source.expressions import changes
from mfnumpy.check.source.loops import around
from mfnumpy.check.source.missing import additions
from mfnumpy.check.source.pieces import readable, scope_of
from mfnumpy.check.source.reading import Source, read
from mfnumpy.check.source.statements import plan_brackets, plan_statements
from mfnumpy.check.source.trial import Trial
from mfnumpy.check.student.limits import IN_BROWSER, OutOfTime, limited

PASSES = 60_000
"""So many passes through loops are spent on all changes together; the same ones are tried on any machine."""
SECONDS, PATIENCE = 0.6, 3.0
"""For a function that is slow without a loop of its own, in CPU time; for all, where a single change runs on."""


def place(function: Callable, trial: Trial) -> str:
    """The line of a student's function where the mistake is, and what is wrong there; "" if no change mends it.

    function: the student's, wrong.
    trial: tells whether a changed one is right.

    A fault in here is nobody's concern who waits for a report: it is "" as well.
    """
    with contextlib.suppress(Exception):
        source = read(function)
        return "" if source is None else _place(source, trial)
    return ""


def _place(source: Source, trial: Trial) -> str:
    found: list[Edit] = []
    with quiet(), _nothing_shown(), contextlib.suppress(OutOfTime):
        if IN_BROWSER:  # there a limit is a question at each line, which takes longer than all changes
            _mending(source, trial, found)
        else:
            limited(lambda: _mending(source, trial, found), PATIENCE)
    return _told(source, min(found, key=lambda edit: _preference(source, edit))) if found else ""


def _mending(source: Source, trial: Trial, found: list[Edit]) -> None:
    """Put the changes that make the function right into `found`; of additions none, if something else does."""
    machine, plan = Machine(), Plan()
    scopes = [(function, scope_of(function)) for function in source.functions]
    sites = [(node, scope) for function, scope in scopes for node in readable(function, scope)]
    plan_statements(source.functions, plan)
    plan_brackets([node for node, _ in sites], plan)
    space = {**source.space, MACHINE: machine}
    try:
        module = built(source.functions, [node for node, _ in sites], plan, machine)
        exec(compile(module, "<changed>", "exec", dont_inherit=True), space)
    except (SyntaxError, ValueError, RecursionError, TypeError):
        return
    run, budget = space[source.name], _Budget()
    found += [edit for k, edit in enumerate(plan.edits) if _mends(machine, edit, k, run, trial, budget)]
    for makers in ((changes, around), (additions,)):
        edits = (edit for node, scope in sites for make in makers for edit in make(node, scope))
        found += [edit for edit in edits if _mends(machine, edit, -1, run, trial, budget)]
        if found:
            break


def _now() -> float:
    """Seconds of CPU time; in a browser, where that clock stands still, of any time."""
    return time.monotonic() if IN_BROWSER else time.process_time()


class _Budget:
    """What may still be spent on trying."""

    def __init__(self) -> None:
        self.passes, self.start = PASSES, _now()

    def is_left(self) -> bool:
        """Whether another change may be tried."""
        return self.passes > 0 and _now() - self.start < SECONDS


def _mends(machine: Machine, edit: Edit, number: int, run: Callable, trial: Trial, budget: _Budget) -> bool:
    """Whether the function is right with this change."""
    if not budget.is_left():
        return False
    machine.set(edit, number)
    mended = _holds(trial, run)
    budget.passes -= machine.passes
    return mended


def _holds(trial: Trial, function: Callable) -> bool:
    """Whether it is right; one that raises is not, whatever it raises."""
    try:
        return trial.is_right(function)
    except (KeyboardInterrupt, GeneratorExit, OutOfTime):
        raise
    except BaseException:
        return False


def _preference(source: Source, edit: Edit) -> tuple:
    """Small changes of small pieces first."""
    return words.KINDS.index(edit.kind), len(source.shown(edit.what or edit.at))


def _told(source: Source, edit: Edit) -> str:
    parents = {id(node): parent for function in source.functions for node, parent, _ in inside(function)}
    parent = edit.at if edit.kind == "off_by_one" else parents.get(id(edit.at))
    return words.told(source, edit, parent)


@contextlib.contextmanager
def _nothing_shown() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
