"""What is common to exercises with chance in them: many answers are right, so their properties are judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.check.model import Finding, Mistake, Rng, split
from mfnumpy.support.seeding import stream


def whole(reference: Callable) -> Callable:
    """A recipe whose only step is all of it."""
    return lambda *args, whole=reference: whole(*args)


def known(table: dict[str, Any]) -> tuple[Mistake, ...]:
    """The mistakes of an exercise whose recipe is `whole`, from {name: [sentence, wrong function, ...]}."""
    rows = {name: split(entry) for name, entry in table.items()}
    return tuple(Mistake(name, tuple({"whole": f} for f in fs), says=says) for name, (says, fs) in rows.items())


def fresh(seed: int) -> Rng:
    """A generator as a student's function is given it: one seed, one sequence."""
    return stream(seed, "student's generator")


def _same(a: list, b: list) -> bool:
    return all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))


def uses_generator(call: Callable, draw: Callable[[Rng], tuple], seed: int) -> Finding | None:
    """What is wrong with the use of the generator: the same one, the same answer; another one, another answer.

    call: the student's function.
    draw: generator -> arguments, the same for all but the generator.
    seed: of the generators.
    Returns None where nothing is wrong.
    """
    first, again, other = call(*draw(fresh(seed))), call(*draw(fresh(seed))), call(*draw(fresh(seed + 1)))
    if not _same(first, again):
        return Finding("generator_not_used", "With the same rng two calls differ: there is another source of chance.")
    if _same(first, other):
        return Finding("generator_ignored", "Another rng gives the same answer: nothing is drawn from rng.")
    return None
