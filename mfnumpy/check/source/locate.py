"""The place of the mistake: every small change of the code is tried; one that makes the function right tells it."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

from mfnumpy.check.diagnose.compare import quiet
from mfnumpy.check.source import words
from mfnumpy.check.source.building import built
from mfnumpy.check.source.edits import Edit, Plan, inside
from mfnumpy.check.source.expressions import changes
from mfnumpy.check.source.loops import around
from mfnumpy.check.source.machine import MACHINE, Machine
from mfnumpy.check.source.missing import additions
from mfnumpy.check.source.pieces import readable, scope_of
from mfnumpy.check.source.reading import Source, read
from mfnumpy.check.source.statements import plan_brackets, plan_statements
from mfnumpy.check.source.trial import Trial
from mfnumpy.check.student.limits import IN_BROWSER, OutOfTime, limited

PASSES = 60_000
"""So many passes through loops are spent on all changes together; the same ones are tried on any machine."""
SECONDS, PATIENCE = 1.5 if IN_BROWSER else 0.35, 3.0
"""For a function that is slow without a loop of its own, in CPU time; for all, where a single change runs on."""

FIRST_STEPS, LEAST_GAIN = 4, 0.2
"""So many first changes are followed by a second one; so much of an output a first one must make right."""
TWO_PLACES = "Two places in your code are wrong:"

Change = tuple[Edit, int]
"""A change with its number in the plan, -1 for one of a piece."""


def place(function: Callable, trial: Trial, two: bool = True) -> str:
    """The line of a student's function where the mistake is, and what is wrong there; "" if no change mends it.

    function: the student's, wrong.
    trial: tells whether a changed one is right.
    two: whether two changes together are tried where no single one does; the first of them must make a part right.

    A fault in here is nobody's concern who waits for a report: it is "" as well.
    """
    with contextlib.suppress(Exception):
        source = read(function)
        return "" if source is None else _place(source, trial, two)
    return ""


def _place(source: Source, trial: Trial, two: bool) -> str:
    found: list[tuple[Edit, ...]] = []
    with quiet(), _nothing_shown(), contextlib.suppress(OutOfTime):
        if IN_BROWSER:  # there a limit is a question at each line, which takes longer than all changes
            _mending(source, trial, two, found)
        else:
            limited(lambda: _mending(source, trial, two, found), PATIENCE)
    if not found:
        return ""
    best = min(found, key=lambda edits: [_preference(source, edit) for edit in edits])
    told = sorted(best, key=lambda edit: edit.at.lineno)
    return "\n".join([*(TWO_PLACES for _ in told[1:]), *dict.fromkeys(_told(source, edit) for edit in told)])


def _mending(source: Source, trial: Trial, two: bool, found: list[tuple[Edit, ...]]) -> None:
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
    search = _Search(machine, space[source.name], trial)
    tried = [(edit, number) for number, edit in enumerate(plan.edits)]
    tried += [(edit, -1) for node, scope in sites for make in (changes, around) for edit in make(node, scope)]
    more = [(edit, -1) for node, scope in sites for edit in additions(node, scope)]
    for some in (tried, more):
        found += [(change[0],) for change in some if search.mends(change)]
        if found:
            return
    if not two:
        return
    search.budget = _Budget()
    best = sorted(search.first_steps([*tried, *more]), key=lambda step: (-step[0], _preference(source, step[1][0])))
    for _, first in best[:FIRST_STEPS]:
        found += [(first[0], change[0]) for change in [*tried, *more] if search.mends(first, change)]
        if found:
            return


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


class _Search:
    """A function as it was made, with what tells whether it is right."""

    def __init__(self, machine: Machine, run: Callable, trial: Trial):
        self.machine, self.run, self.trial, self.budget = machine, run, trial, _Budget()

    def mends(self, *made: Change) -> bool:
        """Whether the function is right with these changes; one that raises is not, whatever it raises."""
        return bool(self._tried(self.trial.is_right, made))

    def first_steps(self, tried: list[Change]) -> Iterator[tuple[float, Change]]:
        """The changes that make an output right, or much of one, and none worse; with how much they bring."""
        before = self._tried(self.trial.shares, ())
        for change in tried if before else ():
            after = self._tried(self.trial.shares, (change,))
            if after and len(after) == len(before) and all(b >= a for a, b in zip(before, after, strict=True)):
                gains = [b - a for a, b in zip(before, after, strict=True)]
                if max(gains) > LEAST_GAIN:
                    yield sum(gains), change

    def _tried(self, question: Callable[[Callable], Any], made: tuple[Change, ...]) -> Any:
        if not self.budget.is_left():
            return None
        self.machine.set(*made)
        try:
            return question(self.run)
        except (KeyboardInterrupt, GeneratorExit, OutOfTime):
            raise
        except BaseException:
            return None
        finally:
            self.budget.passes -= self.machine.passes


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
