"""check(exercise, function): draws, calls, compares, and finds out which mistake it is. The order is the working order
of a good teacher: can it be called, does it leave its inputs alone, is it right, is it a known mistake, where is it wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mfnumpy.check import probes
from mfnumpy.check.call import Caller, Stop, signature_problem
from mfnumpy.check.compare import LOOSE, TIGHT, Named, all_close, quantities, run_recipe
from mfnumpy.check.exercises import get
from mfnumpy.check.explain import explain, lesson_of, pictures
from mfnumpy.check.model import Case, Exercise, Finding, flatten
from mfnumpy.check.recognise import Hit, recognise
from mfnumpy.check.report import Report
from mfnumpy.errors import InvalidValueError
from mfnumpy.seeding import stream

PRACTICE_SEED = 1
GRADING_SEED = 20_250_116
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
    """Check a student's function for an exercise, and say which mistake it is.

    exercise: a name of EXERCISES, e.g. "eq7". function: takes the exercise's arguments in order. seed: of the draws;
    None is the seed for practice. isolated: run in a process of its own with limits on time and memory, so that not
    even os._exit or an endless loop in C stops the checker (for grading; Linux and macOS). seconds: the time for all
    calls together. memory_mb: isolated only.

    Returns a Report; it never shows the right answer. Raises UnknownNameError for an unknown exercise,
    InvalidValueError if `function` cannot be called or the seed is not an integer >= 0, BackendError if `isolated` is
    not possible here.
    """
    known = get(exercise)
    if not callable(function):
        raise InvalidValueError(f"check needs a function for {exercise}; got {type(function).__name__}.")
    if isolated:
        from mfnumpy.check.isolated import run_isolated

        return run_isolated(known, lambda: check(exercise, function, seed=seed, seconds=seconds), seconds, memory_mb)
    return _Check(known, function, PRACTICE_SEED if seed is None else seed, seconds).report()


def draw_cases(exercise: Exercise, seed: int) -> list[Case]:
    """The cases of an exercise for one seed: the ordinary draws, then the extremes."""
    cases = [exercise.draw(stream(seed, f"check {exercise.name}", k), k) for k in range(exercise.draws)]
    if exercise.extremes is not None:
        cases += exercise.extremes(stream(seed, f"check {exercise.name} extremes"))
    return cases


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
            result = self._found(stop.finding)
        if self.call.printed and result.mistake != "not_written":
            first = self.call.printed.strip().splitlines()[:1]
            self.notes.append(f"It prints ({(first or [''])[0][:60]!r}); a function that returns its result need not.")
        return replace(result, notes=tuple(self.notes))

    def _blank(self, passed: bool) -> Report:
        e = self.exercise
        return Report(e.name, e.title, e.signature, passed, lesson=e.lesson)

    def _found(self, finding: Finding) -> Report:
        lesson = lesson_of(self.exercise, finding.mistake)
        return replace(
            self._blank(False), mistake=finding.mistake, evidence=finding.evidence, where=finding.where, lesson=lesson
        )

    def _passed(self) -> Report:
        return replace(self._blank(True), evidence=f"Right on {len(self.cases)} draws.")

    # -- Exercises in which many answers are right -------------------------------------------------------------

    def _judged(self) -> Report:
        case = self.cases[0]
        outputs = self.call.named(*case.args)
        self._note_alias()
        right = [(n, np.asarray(a)) for n, a in flatten(self.exercise.reference(*case.args), self.exercise.outputs)]
        problem = self._form_problem([outputs], [right])
        if problem:
            raise Stop(problem)
        assert self.exercise.judge is not None
        finding = self.exercise.judge(self.call, stream(self.seed, "judge"))
        if finding is None and self.aliased[0]:
            finding = self._alias_finding()
        if finding is None:
            return replace(self._blank(True), evidence="Right in every property that was looked at.")
        says = explain(self.exercise, (finding.mistake,)) if finding.mistake else ""
        return self._found(replace(finding, evidence=f"{finding.evidence} {says}".strip()))

    # -- Exercises with one right answer ----------------------------------------------------------------------

    def _compared(self) -> Report:
        raw = self._call_all()
        if self.call.left > 0:
            self._call_again(raw[0])
        right_raw = [self._reference(case) for case in self.cases]
        right = [quantities(self.exercise, c, r) for c, r in zip(self.cases, right_raw, strict=True)]
        got = [quantities(self.exercise, c, r) for c, r in zip(self.cases, raw, strict=True)]
        problem = self._form_problem(raw, right_raw)
        if problem is None and all(all_close(g, r, LOOSE) for g, r in zip(got, right, strict=True)):
            return self._nearly_equal(raw, got, right)
        hits = recognise(self.exercise, self.cases, got, right)
        if hits:
            return self._named(hits, got, right, raw, right_raw)
        if problem is not None:
            shown = pictures(raw[0], right_raw[0], same=False)
            return replace(self._found(problem), pictures=shown)
        return self._unknown(got, right, raw, right_raw)

    def _reference(self, case: Case) -> Named:
        return [(n, np.asarray(a)) for n, a in flatten(self.exercise.reference(*case.args), self.exercise.outputs)]

    def _call_all(self) -> list[Named]:
        """Call on every case. Where sizes come in several forms, forms in which every case raises are left out."""
        raw: list[Named | None] = []
        stops: dict[str, list[Stop]] = {}
        for case in self.cases:
            try:
                raw.append(self.call.named(*case.args))
                self._note_alias()
            except Stop as stop:
                if not case.form or stop.finding.mistake != "raises":
                    raise
                stops.setdefault(case.form, []).append(stop)
                raw.append(None)
        if stops:
            self._drop_forms(raw, stops)
        return [r for r in raw if r is not None]

    def _drop_forms(self, raw: list, stops: dict[str, list[Stop]]) -> None:
        forms = list(dict.fromkeys(case.form for case in self.cases))
        counts = {form: sum(case.form == form for case in self.cases) for form in forms}
        partly = [form for form in stops if len(stops[form]) < counts[form]]
        if partly or len(stops) == len(forms):
            raise stops[(partly or list(stops))[0]][0]
        self.cases = [case for case in self.cases if case.form not in stops]
        self.notes.append(f"It does not take {' nor '.join(stops)}; checked without.")

    def _call_again(self, first: Named) -> None:
        """The same arguments must give the same answer, also after other calls."""
        again = self.call.named(*self.cases[0].args)
        same = len(again) == len(first) and all(
            a.shape == b.shape and np.allclose(a, b, rtol=1e-10, atol=1e-13, equal_nan=True)
            for (_, a), (_, b) in zip(first, again, strict=True)
        )
        if not same:
            drawn = "feedback" in self.exercise.arguments
            hint = " Is the feedback drawn anew at each call?" if drawn else " Does it draw at random, or remember a call?"
            raise Stop(Finding("not_deterministic", f"Two calls with the same arguments give different answers.{hint}"))

    def _note_alias(self) -> None:
        self.aliased = self.aliased if self.aliased[0] else self.call.aliased

    def _alias_finding(self) -> Finding:
        output, argument = self.aliased
        says = f"The returned {output} shares its memory with the argument {argument}: who changes one changes the other."
        return Finding("input_returned", f"{says} Return a new array.", output)

    def _form_problem(self, raw: list[Named], right: list[Named]) -> Finding | None:
        """Shape, dtype, and finite where the right answer is."""
        for case, got, want in zip(self.cases, raw, right, strict=False):
            for (name, g), (_, w) in zip(got, want, strict=True):
                if g.shape != w.shape:
                    return Finding("wrong_shape", f"{name} has the shape {g.shape}; expected is {w.shape}.", name)
                if w.dtype.kind == "f" and g.dtype.kind != "f" and w.ndim:
                    cut = f"{name} has dtype {g.dtype}; expected is a float dtype."
                    return Finding("wrong_dtype", f"{cut} Was it stored in an array of integers?", name)
                if w.dtype.kind == "f" and g.dtype.itemsize < 4:
                    return Finding("wrong_dtype", f"{name} has dtype {g.dtype}, which is too coarse.", name)
                if w.dtype.kind in "iu" and g.dtype.kind not in "iu":
                    return Finding("wrong_dtype", f"{name} has dtype {g.dtype}; expected are integers.", name)
                if not np.isfinite(g).all() and not case.extreme:
                    return Finding("not_finite", f"{name} holds NaN or Inf.", name)
        return None

    def _nearly_equal(self, raw: list[Named], got: list[Named], right: list[Named]) -> Report:
        """Equal to what float32 can tell. A float64 answer that is off by less may still hide a small mistake."""
        if self.aliased[0]:
            return self._found(self._alias_finding())
        if all(all_close(g, r, TIGHT) for g, r in zip(got, right, strict=True)):
            return self._passed()
        single = any(a.dtype == np.float32 for outputs in raw for _, a in outputs)
        if not single and not self._float32_values(raw):
            for mistake in self.exercise.mistakes:
                for steps in mistake.versions:
                    runs = (run_recipe(self.exercise, case, steps) for case in self.cases)
                    if all(all_close(g, w, TIGHT) for g, w in zip(got, runs, strict=True)):
                        return self._named([Hit(frozenset([mistake.name]), 1, catalogued=(mistake.name,))], got, right, raw, right)
        self.notes.append("It agrees to about six digits: computed in float32, or with a small epsilon somewhere.")
        return self._passed()

    @staticmethod
    def _float32_values(raw: list[Named]) -> bool:
        return all((a == a.astype(np.float32)).all() for outputs in raw for _, a in outputs)

    # -- Wrong ------------------------------------------------------------------------------------------------

    def _named(self, hits: list[Hit], got: list, right: list, raw: list, right_raw: list) -> Report:
        accepted = {m.name for m in self.exercise.mistakes if m.accepted}
        if len(hits) == 1 and hits[0].names <= accepted:
            if self.aliased[0]:
                return self._found(self._alias_finding())
            self.notes.append(explain(self.exercise, tuple(hits[0].names)))
            return self._passed()
        hits = [hit for hit in hits if not hit.names <= accepted]
        names = sorted("+".join(sorted(hit.names)) for hit in hits)
        k = self._first_wrong(got, right)
        evidence = self._evidence(hits, got, right, k)
        base = replace(
            self._blank(False),
            evidence=evidence,
            where=self._where(got[k], right[k])[0],
            pictures=pictures(raw[k], right_raw[k], got[k], right[k]),
        )
        if len(hits) == 1:
            return replace(base, mistake=names[0], lesson=lesson_of(self.exercise, names[0]))
        return replace(base, candidates=tuple(names))

    def _evidence(self, hits: list[Hit], got: list, right: list, k: int) -> str:
        lines = [self._state(got, right, k)]
        if len(hits) > 1:
            lines.append("The numbers fit more than one mistake, and cannot decide between them:")
            lines += [f"- {explain(self.exercise, tuple(sorted(hit.names)))}" for hit in hits]
            return "\n".join(lines)
        hit = hits[0]
        if len(hit.names) > 1:
            lines.append("Two things at once:" if len(hit.names) == 2 else "Several things at once:")
        for output, factor in hit.factors:
            lines.append(self._factor_sentence(output, factor, got))
        lines += [f"{output} is transposed." for output in hit.transposed]
        lines.append(explain(self.exercise, tuple(sorted(hit.names))))
        return "\n".join(line for line in lines if line)

    def _factor_sentence(self, output: str, factor, got: list) -> str:
        what = f"the change of {output}" if output.partition("[")[0] in self.exercise.updates else output
        entry = "It" if not got[0] or dict(got[0]).get(output, np.zeros(1)).ndim == 0 else "Every entry"
        names = [t.removeprefix("1/") for t in factor.terms if t.removeprefix("1/") in self.cases[0].dims]
        given = ", ".join(f"{n} = {self.cases[0].dims[n]:.4g}" for n in dict.fromkeys(names))
        besides = " (besides what follows)" if False else ""
        return f"{what}: {entry.lower()} is exactly {factor.value:.3f} x ours{f', and {given}' if given else ''}{besides}."

    def _first_wrong(self, got: list, right: list) -> int:
        return next((k for k, (g, r) in enumerate(zip(got, right, strict=True)) if not all_close(g, r, LOOSE)), 0)

    def _state(self, got: list, right: list, k: int) -> str:
        """Which outputs are right, and whether the shape at least is."""
        good, bad = probes.right_outputs(got, right)
        by_name = dict(right[k])
        shapes = {name: (dict(got[k])[name].shape, by_name[name].shape) for name in bad if name in by_name}
        parts = []
        for name, (found, expected) in shapes.items():
            if found != expected:
                parts.append(f"{name}: the shape is {found}, expected is {expected}.")
            elif expected:
                parts.append(f"{name}: the shape {expected} is right, the values are not.")
            else:
                parts.append(f"{name}: the value is not right.")
        if good and len(bad) < len(right[0]):
            parts.append(f"{' and '.join(good)} {'are' if len(good) > 1 else 'is'} right.")
        ordinary = [j for j, case in enumerate(self.cases) if not case.extreme]
        if all(all_close(got[j], right[j], LOOSE) for j in ordinary):
            parts.append(f"It is right on ordinary draws, and wrong for {self.cases[k].extreme}.")
        return " ".join(parts)

    def _where(self, got: Named, right: Named) -> tuple[str, str]:
        for (name, g), (_, r) in zip(got, right, strict=True):
            if g.shape == r.shape and not all_close([(name, g)], [(name, r)], LOOSE):
                return probes.largest(name, g, r)
        return "", ""

    def _unknown(self, got: list, right: list, raw: list, right_raw: list) -> Report:
        """Not in the catalogue: say what the numbers do tell."""
        k = self._first_wrong(got, right)
        case = self.cases[k]
        where, size = self._where(got[k], right[k])
        lines = [self._state(got, right, k)]
        mistake = None
        if case.extreme:
            mistake = self._suspect(case, got[k])
            if mistake and any(m.accepted and m.name == mistake for m in self.exercise.mistakes):
                self.notes.append(explain(self.exercise, (mistake,)))
                return self._passed()
            lines.append(explain(self.exercise, (mistake,)) if mistake else "")
        else:
            rng = stream(self.seed, "probes")
            for (name, g), (_, r) in zip(got[k], right[k], strict=True):
                if g.shape == r.shape and not all_close([(name, g)], [(name, r)], LOOSE):
                    lines += [f"{name}: {s}" for s in probes.support(self.exercise, case, probes.wrong_entries(g, r))]
            lines += probes.dependence(self.exercise, self.cases[0], self.call, rng)
            lines += probes.linearity(self.exercise, self.cases[0], self.call)
        if mistake is None:
            lines.append(f"The mistake is not recognised; the largest error is at {where}: {size}.")
        return replace(
            self._blank(False),
            mistake=mistake,
            evidence="\n".join(line for line in lines if line),
            where=where,
            pictures=pictures(raw[k], right_raw[k], got[k], right[k]),
        )

    def _suspect(self, case: Case, got: Named) -> str | None:
        """case.suspect is "if not finite|if finite" or one name for both."""
        broken, _, finite = case.suspect.partition("|")
        is_finite = all(np.isfinite(a).all() for _, a in got)
        return (finite if is_finite and "|" in case.suspect else broken) or None
