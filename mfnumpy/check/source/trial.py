"""Whether a changed function is right: on the case that tells soonest, and then on all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, quantities
from mfnumpy.check.model import Case, Exercise, flatten
from mfnumpy.support.seeding import stream


class Trial:
    """Tells whether a function is right.

    exercise: what it should do.
    cases: those that were drawn.
    seed: of a judge's own draws.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case], seed: int):
        self.exercise, self.seed = exercise, seed
        self.cases = sorted(cases, key=lambda case: _size(case.args))
        self.first = 0
        self.right = [self._quantities(case, exercise.reference(*case.args)) for case in self._compared()]

    def _compared(self) -> list[Case]:
        return [] if self.exercise.judge is not None else self.cases

    def is_right(self, function: Callable) -> bool:
        """Whether it is right on every case. Raises what the function raises."""
        if self.exercise.judge is not None:
            return self._satisfies(self.exercise.judge, function)
        order = [self.first, *(k for k in range(len(self.cases)) if k != self.first)]
        for k in order:
            if not self._agrees(k, function):
                self.first = k  # what tells one wrong function tells others
                return False
        return True

    def shares(self, function: Callable) -> list[float]:
        """For each output of the two smallest cases, the share of its entries that is right; [] if a judge decides.

        Raises what the function raises.
        """
        found = []
        for case, right in zip(self._compared()[:2], self.right, strict=False):
            got = dict(self._quantities(case, function(*_copied(case.args))))
            found += [_share(got.get(name), wanted) for name, wanted in right]
        return found

    def _agrees(self, k: int, function: Callable) -> bool:
        case, right = self.cases[k], self.right[k]
        given = _copied(case.args)
        value = function(*given)
        names = self.exercise.outputs
        if len(names) > 1 and not (isinstance(value, (tuple, list)) and len(value) == len(names)):
            return False
        got = self._quantities(case, value)
        same = [a.shape for _, a in got] == [a.shape for _, a in right]
        return same and all_close(got, right, LOOSE) and _unchanged(given, case.args)

    def _quantities(self, case: Case, value: Any) -> Named:
        named = [(name, np.asarray(a)) for name, a in flatten(value, self.exercise.outputs)]
        return quantities(self.exercise, case, named)

    def _satisfies(self, judge: Callable, function: Callable) -> bool:
        def call(*args: Any) -> list[np.ndarray]:
            """The arrays that the function returns; its arguments themselves where it is meant to change them."""
            if not self.exercise.outputs:
                function(*args)
                return []
            value = function(*_copied(args))
            if isinstance(value, (tuple, list)) is not (len(self.exercise.outputs) > 1):
                raise TypeError
            return [np.array(a) for _, a in flatten(value, self.exercise.outputs)]

        return judge(call, stream(self.seed, f"judge {self.exercise.name}")) is None


def _share(got: np.ndarray | None, right: np.ndarray) -> float:
    if got is None or got.shape != right.shape or not right.size:
        return 0.0
    size = float(np.abs(right[np.isfinite(right)]).max(initial=0.0))
    return float((np.abs(got - right) <= LOOSE * size).mean())


def _size(args: Sequence[Any]) -> int:
    return sum(_size(a) if isinstance(a, (list, tuple)) else np.size(a) for a in args)


def _copied(values: Sequence[Any]) -> list[Any]:
    """Arguments for one more call, with arrays of their own."""
    return [
        value.copy() if isinstance(value, np.ndarray) else _copied(value) if isinstance(value, list) else value
        for value in values
    ]


def _unchanged(after: Sequence[Any], before: Sequence[Any]) -> bool:
    """Whether a call left its arguments alone."""
    return all(
        _unchanged(a, b)
        if isinstance(a, list)
        else not isinstance(a, np.ndarray) or np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(after, before, strict=True)
    )
