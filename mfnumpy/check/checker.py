"""check(exercise, function): draws, calls, compares, and finds out which mistake it is.

The order is the working order of a good teacher: can it be called, does it leave its inputs alone, is it right, is it
a known mistake, where is it wrong.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from mfnumpy.check.diagnose import fit, form, meant, odd, read_off, shapes
from mfnumpy.check.diagnose.compare import (
    FLOOR,
    LOOSE,
    SMALL,
    Named,
    all_close,
    ours,
    quantities,
    quiet,
    rounding,
)
from mfnumpy.check.diagnose.explain import explain, lines, pictures, report_on
from mfnumpy.check.diagnose.probes import dependence
from mfnumpy.check.diagnose.recognise import Hit, Search
from mfnumpy.check.diagnose.verdict import Verdict
from mfnumpy.check.exercises import draw_cases, get
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.check.report import Report
from mfnumpy.check.source.locate import place
from mfnumpy.check.source.trial import Trial
from mfnumpy.check.student.call import Caller, Stop, of_the_student, signature_problem
from mfnumpy.check.student.limits import allowed
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.seeding import stream

PRACTICE_SEED = 1
GRADING_SEED = 20_250_116
UNPLACED = ("not_written", "wrong_signature", "too_slow", "ends_program")
"""Findings after which the function is not run again with changes."""
SECONDS = 5.0


def check(
    exercise: str,
    function: Callable,
    *,
    seed: int | None = None,
    isolated: bool = False,
    seconds: float = SECONDS,
    memory_mb: int = 1024,
) -> Report:
    """A report on a student's function for an exercise, which says which mistake it is.

    exercise: a name of EXERCISES, e.g. "eq7".
    function: takes the exercise's arguments in order.
    seed: of the draws; None is the seed for practice.
    isolated: run in a process of its own with limits on time and memory, so that not even os._exit or an endless loop
        in C stops the checker (for grading; Linux and macOS).
    seconds: of CPU time for all calls together, at most an hour; the wall-clock time may be four times as long,
        for a busy machine.
    memory_mb: what that process may use beyond what it starts with.

    The Report never shows the right answer. Raises UnknownNameError for an unknown exercise, InvalidValueError if
    `function` cannot be called, the seed is not an integer >= 0 or seconds is not above 0 and at most 3600,
    BackendError if `isolated` is not possible here.
    """
    known = get(exercise)
    if not callable(function):
        raise InvalidValueError(f"check needs a function for {exercise}; got {type(function).__name__}.")
    seconds = allowed("seconds", seconds)
    if isolated:
        from mfnumpy.check.student.process import report_isolated

        return report_isolated(known, lambda: check(exercise, function, seed=seed, seconds=seconds), seconds, memory_mb)
    with quiet():  # also of a student's np.seterr(all="raise"), which would stop our own draws and references
        return _Check(known, function, PRACTICE_SEED if seed is None else seed, seconds).report()


class _Check:
    def __init__(self, exercise: Exercise, function: Callable, seed: int, seconds: float):
        self.exercise, self.seed = exercise, seed
        self.call = Caller(exercise, function, seconds)
        self.cases = draw_cases(exercise, seed)
        self.notes: list[str] = []
        self.aliased = ("", "")

    def report(self) -> Report:
        """Go through the steps; whatever stops them early is a finding."""
        try:
            problem = signature_problem(self.exercise, self.call.function, self.cases[0])
            if problem:
                raise Stop(Finding("wrong_signature", problem))
            result = self._judged() if self.exercise.judge is not None else self._compared()
        except Stop as stop:
            finding = stop.finding
            if finding.mistake == "raises" and self.exercise.judge is None and self.call.left > 0:
                finding = meant.by_exception(
                    self.exercise, self.call, self.cases[0], finding, stream(self.seed, "shapes")
                )
            result = self._found(finding)
        result = self._placed(result)
        names = shapes.exchanged_names(self.exercise, self.call.function)
        if names and not result.passed:
            result = replace(result, evidence=lines(result.evidence, shapes.in_words(self.exercise, names)))
        self.notes += odd.remarks(self.exercise, self.call.function)
        if self.call.printed and result.mistake != "not_written":
            first = self.call.printed.strip().splitlines()[:1]
            self.notes.append(f"It prints ({(first or [''])[0][:60]!r}); a function that returns its result need not.")
        return replace(result, notes=tuple(self.notes))

    def _placed(self, result: Report) -> Report:
        """The report with the line of the code where the mistake is, if one small change there makes it right."""
        if result.passed or result.mistake in UNPLACED or self.call.left <= 0:
            return result
        known = result.mistake is not None and not result.candidates
        forms = {
            case.form for case in self.cases
        }  # on further draws, as a change may fit those of the report by chance
        more = [case for case in draw_cases(self.exercise, self.seed + 1) if case.form in forms]
        says = place(self.call.function, Trial(self.exercise, [*self.cases, *more], self.seed), two=not known)
        if not says:
            return result
        told = [line for line in result.evidence.split("\n") if not line.startswith("The mistake is not recognised")]
        return replace(result, evidence=lines(*told, says))

    def _blank(self, passed: bool) -> Report:
        e = self.exercise
        return Report(e.name, e.title, e.signature, passed, lesson=e.lesson)

    def _found(self, finding: Finding) -> Report:
        return report_on(self.exercise, finding)

    def _passed(self) -> Report:
        return replace(self._blank(True), evidence=f"Right on {len(self.cases)} draws.")

    # -- Exercises in which many answers are right

    def _judged(self) -> Report:
        assert self.exercise.judge is not None
        if self.exercise.outputs:
            case = self.cases[0]
            outputs = self.call.named(*case.args)
            self._note_alias()
            right = [self._reference(case)]
            problem = form.in_another_order([outputs], right) or form.problem(self.cases, [outputs], right)
            if problem:
                raise Stop(problem)
        call = self._formed if self.exercise.outputs else self.call.changing
        with of_the_student("What it gave, or left behind, cannot be used"):
            finding = self.exercise.judge(call, stream(self.seed, f"judge {self.exercise.name}"))
        if finding is None and self.aliased[0]:
            finding = form.aliased(*self.aliased)
        if finding is None:
            return replace(self._blank(True), evidence="Right in every property that was looked at.")
        says = explain(self.exercise, (finding.mistake,)) if finding.mistake else ""
        return self._found(replace(finding, evidence=f"{finding.evidence} {says}".strip()))

    def _formed(self, *args: Any) -> list[np.ndarray]:
        """The arrays that the function returns, of the right number, shapes and dtypes; else Stop."""
        right = [self._reference(Case(copy.deepcopy(args)))]
        outputs = self.call.named(*args)
        if (problem := form.problem([Case(args)], [outputs], right)) is not None:
            raise Stop(problem)
        return [array for _, array in outputs]

    # -- Exercises with one right answer

    def _compared(self) -> Report:
        raw = self._call_all()
        if self.call.left > 0:
            self._call_again(raw[0])
        right_raw = [self._reference(case) for case in self.cases]
        right = [quantities(self.exercise, c, r) for c, r in zip(self.cases, right_raw, strict=True)]
        got = [quantities(self.exercise, c, r) for c, r in zip(self.cases, raw, strict=True)]
        problem = form.problem(self.cases, raw, right_raw)
        slack = [max(FLOOR, rounding(self.exercise, case)) for case in self.cases]
        if problem is None and all(map(all_close, got, right, repeat(LOOSE), slack)):
            return self._nearly_equal(raw, got, right, right_raw)
        verdict = Verdict(self._blank(False), self.exercise, self.cases, got, right, raw, right_raw)
        search = Search(self.exercise, self.cases, got, right)
        if hits := search.by_one():
            return self._recognised(hits, verdict)
        networks = self.exercise.outputs == ("weights",)
        if not networks and (facts := verdict.by_output()):
            return verdict.fitted(facts)
        if problem is not None and problem.mistake == "wrong_shape":
            rng = stream(self.seed, "shapes")
            problem = meant.by_shape(self.exercise, self.call, self.cases, problem, raw, right_raw, rng)
            return replace(self._found(problem), pictures=pictures(raw[0], right_raw[0]))
        if problem is not None and problem.mistake == "wrong_dtype":
            return self._found(problem)
        report = self._solved(verdict, search)
        if report is not None:  # a report that did not pass counts as false
            return report
        if problem is not None:
            return replace(self._found(problem), pictures=pictures(raw[0], right_raw[0]))
        suspect = verdict.suspect()
        variant = next((m for m in self.exercise.mistakes if m.accepted and m.name == suspect), None)
        if variant is not None and verdict.lies_between(variant):
            return self._accepted(variant.name)
        return verdict.unrecognised(None if variant else suspect, self.call, stream(self.seed, "probes"))

    def _solved(self, verdict: Verdict, search: Search) -> Report | None:
        """What fits: an unknown number, pieces, a changed part, one stage, two known mistakes, another formula."""
        if verdict.only_extreme():
            hits = search.by_two()
            return self._recognised(hits, verdict) if hits else None
        part = verdict.on([k for k, case in enumerate(self.cases) if not case.extreme])
        hits = search.by_one_on_ordinary_draws()
        facts = [] if hits else fit.explained(self.exercise, part.cases, part.got, part.right)
        if facts or hits:
            return self._solved_but_for_extremes(verdict, part, search, facts, hits)
        if self.exercise.outputs == ("weights",) and (facts := verdict.by_output()):
            return verdict.fitted(facts)
        hits = search.by_two()
        if len(hits) == 1:
            return self._recognised(hits, verdict)
        facts = read_off.from_outputs(part, self.call)
        if facts:
            more = [Finding(None, says) for says in part.separating()]
            return verdict.fitted([*facts, *more, *self._missed(part.cases), *part.violated()])
        return self._recognised(hits, verdict) if hits else verdict.in_slices(self.call, stream(self.seed, "probes"))

    def _solved_but_for_extremes(
        self, verdict: Verdict, part: Verdict, search: Search, facts: list[Finding], hits: list[Hit]
    ) -> Report | None:
        """One explanation of the ordinary draws is there: does it explain the extreme ones, alone or with another?"""
        if facts and len(part.cases) == len(self.cases):
            return verdict.fitted(facts)
        whole = fit.explained(self.exercise, verdict.cases, verdict.got, verdict.right) if facts else []
        if whole and whole[0].mistake == facts[0].mistake:
            return verdict.fitted(whole)
        if both := search.by_two({name for hit in hits for name in hit.known}):
            return self._recognised(both, verdict)
        report = self._recognised(hits, part) if hits else part.fitted(facts)
        if report.passed:
            return None
        where = " and ".join(dict.fromkeys(case.extreme for case in self.cases if case.extreme))
        return replace(report, evidence=lines(report.evidence, f"For {where} something else may be wrong as well."))

    def _missed(self, ordinary: list[Case]) -> list[Finding]:
        """The arguments that the function misses, or should not use."""
        rng = stream(self.seed, "probes")
        return [Finding(None, says) for says in dependence(self.exercise, ordinary, self.call, rng)]

    def _reference(self, case: Case) -> Named:
        return ours(self.exercise)(*case.args)

    def _call_all(self) -> list[Named]:
        """The outputs on every case, without the forms of sizes in which every case raises."""
        raw: list[Named | None] = []
        stops: dict[str, list[Stop]] = {}
        for case in self.cases:
            try:
                raw.append(self.call.named(*case.args))
                self._note_alias()
            except Stop as stop:
                if case.extreme and not case.form and stop.finding.mistake == "raises":
                    self.notes.append(f"For {case.extreme}: {stop.finding.evidence}")
                    raw.append([(name, np.full(a.shape, np.nan)) for name, a in self._reference(case)])
                    continue
                if not case.form or stop.finding.mistake != "raises":
                    if case is not self.cases[0] and stop.finding.mistake == "raises":
                        stop = Stop(form.classes_counted(self.exercise, case, stop.finding))
                    raise stop from None
                stops.setdefault(case.form, []).append(stop)
                raw.append(None)
        if stops:
            self._drop_forms(raw, stops)
        return [r for r in raw if r is not None]

    def _drop_forms(self, raw: list, stops: dict[str, list[Stop]]) -> None:
        if (one := form.not_a_matter_of_form(self.cases, stops)) is not None:
            raise one
        self.cases = [case for case in self.cases if case.form not in stops]
        self.notes.append(f"It does not take {' nor '.join(stops)}; checked without.")

    def _call_again(self, first: Named) -> None:
        """The same arguments must give the same answer, also after other calls."""
        if not form.same(first, self.call.named(*self.cases[0].args)):
            raise Stop(form.not_deterministic(self.exercise))

    def _note_alias(self) -> None:
        self.aliased = self.aliased if self.aliased[0] else self.call.aliased

    def _nearly_equal(self, raw: list[Named], got: list[Named], right: list[Named], right_raw: list[Named]) -> Report:
        """The report on an answer that is equal to what float32 can tell.

        A float64 answer that is off by less may still hide a small mistake.
        """
        if self.aliased[0]:
            return self._found(form.aliased(*self.aliased))
        if all(all_close(g, r, SMALL) for g, r in zip(got, right, strict=True)):
            return self._passed()
        if not form.holds_float32(raw):
            name = form.equal_but_for_rounding(self.exercise, self.cases, got)
            if name is not None:
                verdict = Verdict(self._blank(False), self.exercise, self.cases, got, right, raw, right_raw)
                return self._recognised([Hit(frozenset([name]), 1)], verdict)
        self.notes.append("It agrees to about six digits: computed in float32, or with a small epsilon somewhere.")
        return self._passed()

    def _recognised(self, hits: list[Hit], verdict: Verdict) -> Report:
        """A known mistake, several that fit, or a variant that is accepted."""
        accepted = {m.name for m in self.exercise.mistakes if m.accepted}
        if len(hits) == 1 and hits[0].names <= accepted:
            return self._accepted(*hits[0].names)
        return verdict.recognised([hit for hit in hits if not hit.names <= accepted])

    def _accepted(self, variant: str) -> Report:
        if self.aliased[0]:
            return self._found(form.aliased(*self.aliased))
        self.notes.append(explain(self.exercise, (variant,)))
        return self._passed()
