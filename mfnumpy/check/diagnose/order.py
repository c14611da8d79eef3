"""Whether a result depends on an order that does not matter: of the samples, the classes, the neurons, the values.

A size of a case (N, m, ...) stands for one axis of several arguments and outputs. If the right result is only put into
another order when all of these axes are, the size has no order; a loop that goes on with a changing number has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import Named, close, ours, quiet
from mfnumpy.check.model import Case, Exercise, Rng
from mfnumpy.check.student.call import Caller, Stop

NOUNS = {"N": "samples", "m": "classes"}
LABELS = ("y", "labels")


def dependence(exercise: Exercise, cases: Sequence[Case], call: Caller, rng: Rng) -> list[str]:
    """A sentence on each order that changes the student's result and not ours, the same for two cases.

    exercise: names the arguments.
    cases: ordinary ones.
    call: the student's function.
    rng: gives the orders.
    """
    if exercise.kind == "labels" or exercise.outputs == ("weights",):
        return []

    right = ours(exercise)
    found = []
    for case in cases[:2]:
        try:
            with quiet():
                known = [
                    (noun, size, order)
                    for noun, size, order in _orders(exercise, case, rng)
                    if all(_unmoved(exercise, right, case, size, order).values())
                ]
            found.append({noun: _unmoved(exercise, call.named, case, size, order) for noun, size, order in known})
        except (Stop, ValueError, IndexError, TypeError):
            return []
    both = found[0].keys() & found[-1].keys() if found else set()
    return [
        f"{output} depends on the order of the {noun}, and should not: something is carried over from one to the next "
        "(a running value), or its number enters, or one of them is treated apart."
        for noun in sorted(both)
        for output in found[0][noun]
        if not any(table[noun].get(output, True) for table in found)
    ]


def _orders(exercise: Exercise, case: Case, rng: Rng) -> Iterator[tuple[str, int, np.ndarray]]:
    """The sizes of the axes of the arguments that have a noun, and a new order for each."""
    names = {int(v): NOUNS[k] for k, v in case.dims.items() if k in NOUNS}
    sizes = [n for a in case.args if isinstance(a, np.ndarray) for n in a.shape]
    if len(case.args) == 1 and _is_values(case.args[0]):
        sizes = [len(case.args[0])]
        names.setdefault(sizes[0], "values")
    for size, noun in names.items():
        if size > 2 and size in sizes:
            yield noun, size, rng.permutation(np.roll(np.arange(size), 1))


def _is_values(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, float) for v in value)


def _moved(value: Any, size: int, order: np.ndarray, labels: bool) -> Any:
    """The value with all axes of this size in the new order; a label is the new number of its class."""
    if _is_values(value) and len(value) == size:
        return [value[k] for k in order]
    if not isinstance(value, np.ndarray):
        return value
    for axis, n in enumerate(value.shape):
        if n == size:
            value = np.take(value, order, axis=axis)
    return np.argsort(order)[value] if labels else value


def _unmoved(
    exercise: Exercise, function: Callable[..., Named], case: Case, size: int, order: np.ndarray
) -> dict[str, bool]:
    """For each output, whether a new order of the arguments does no more than to put it into this order."""
    classes = size == int(case.dims.get("m", 0))
    moved = [
        _moved(value, size, order, classes and name in LABELS)
        for name, value in zip(exercise.arguments, case.args, strict=True)
    ]
    before, after = function(*case.args), function(*moved)
    return {
        name: a.shape == b.shape and close(b, _moved(a, size, order, False), 1e-7)
        for (name, a), (_, b) in zip(before, after, strict=True)
    }
