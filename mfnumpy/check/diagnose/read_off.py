"""What the numbers of a wrong answer tell where no known mistake and no change of one part explains them.

Stages of a step, another formula, other weights of a sum, or an output that is made of other arguments.
"""

from __future__ import annotations

from mfnumpy.check.diagnose import (
    displaced,
    formula,
    linear,
    origins,
    patches,
    pieces,
    reductions,
    stages_of_adam,
    stages_of_networks,
)
from mfnumpy.check.diagnose.compare import quiet
from mfnumpy.check.diagnose.verdict import Verdict
from mfnumpy.check.model import Finding
from mfnumpy.check.student.call import Caller


def from_outputs(part: Verdict, call: Caller) -> list[Finding]:
    """The first of these kinds that explains every wrong output; [] if none does.

    part: the verdict on the ordinary draws.
    call: the student's function.
    """
    exercise, cases = part.exercise, part.cases
    with quiet():
        return (
            stages_of_networks.read(exercise, cases, call)
            or stages_of_adam.read(exercise, cases, part.got)
            or reductions.taken_apart(exercise, cases, call)
            or formula.read_out(exercise, cases, part.got, part.right)
            or linear.read(exercise, cases, part.raw, part.right_raw)
            or pieces.unequal(exercise, cases, part.got, part.right)
            or displaced.read(exercise, cases, part.raw, part.right_raw)
            or patches.read(exercise, cases, part.raw, part.right_raw)
            or origins.made_of(exercise, cases, part.raw, part.right_raw)
        )
