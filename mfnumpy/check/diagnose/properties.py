"""What must hold of every right result, whatever the arguments: each row of a softmax sums to 1, a loss is positive."""

from __future__ import annotations

from collections.abc import Sequence

from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close
from mfnumpy.check.model import Case, Exercise, Finding


def violated(exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """Each property of the exercise that no wrong answer has, and every right one.

    exercise: with its properties.
    cases: ordinary ones.
    raw, right: the outputs on each, the student's and ours.
    """
    wrong = [
        (case, dict(g), dict(r)) for case, g, r in zip(cases, raw, right, strict=True) if not all_close(g, r, LOOSE)
    ]
    facts = []
    for one in exercise.properties:
        pairs = [(case.args, g.get(one.output), r[one.output]) for case, g, r in wrong]
        if wrong and all(
            s is not None and s.shape == t.shape and not one.holds(args, s) and one.holds(args, t)
            for args, s, t in pairs
        ):
            facts.append(Finding(None, f"It should hold, and does not: {one.says}."))
    return facts
