"""What was probably meant by a result of a wrong shape, or by a function that raises: all guesses, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from mfnumpy.check.diagnose import axes, fit, origins, shapes
from mfnumpy.check.diagnose.compare import Named, quiet
from mfnumpy.check.diagnose.explain import lines
from mfnumpy.check.model import Case, Exercise, Finding, Rng
from mfnumpy.check.student.call import Caller


def by_shape(
    exercise: Exercise,
    call: Caller,
    cases: Sequence[Case],
    problem: Finding,
    raw: Sequence[Named],
    right_raw: Sequence[Named],
    rng: Rng,
) -> Finding:
    """What was probably meant: by the values of the result, else by trying other arguments.

    exercise, call: what was to be written, and the student's function.
    cases: all that were drawn.
    problem: what is wrong in the shape.
    raw, right_raw: the outputs on each case, as they came.
    rng: for a draw of equal sizes.
    """
    finding = fit.in_another_order(exercise, raw, right_raw)
    finding = finding or shapes.other_geometry(exercise, cases, raw)
    finding = finding or axes.of_result(exercise, cases, raw, right_raw)
    if finding is None or finding.mistake in ("wrong_shape", "cut_short", "stretched"):
        with quiet():
            made = origins.made_of(exercise, cases, raw, right_raw)
        if made:
            shape = problem.evidence.partition(").")[0] + ")."
            return Finding(made[0].mistake, lines(shape, *(fact.evidence for fact in made)), problem.where)
    if finding is None or finding.mistake == "wrong_shape":
        outputs = zip(cases, raw, right_raw, strict=True)
        wrong = next(c for c, g, w in outputs if [a.shape for _, a in g] != [a.shape for _, a in w])
        finding = shapes.meant(exercise, call, wrong, rng) or finding
    if finding is None:
        return problem
    return Finding(finding.mistake, lines(problem.evidence, finding.evidence), problem.where)


def by_exception(exercise: Exercise, call: Caller, case: Case, finding: Finding, rng: Rng) -> Finding:
    """Of an exception: what the shapes tell, if another reading of the arguments would be right.

    exercise, call: what was to be written, and the student's function.
    case: that is tried.
    finding: the exception's.
    rng: for a draw of equal sizes.
    """
    meant = shapes.meant(exercise, call, case, rng)
    if meant is None:
        return finding
    return Finding(meant.mistake or "raises", lines(finding.evidence, meant.evidence), finding.where)
