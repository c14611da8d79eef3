"""The report on a wrong answer.

What is right in it, which mistake it is, or what the numbers tell of an unknown one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mfnumpy.check.diagnose import influence, order, places, probes, properties, response
from mfnumpy.check.diagnose.compare import LOOSE, SMALL, Factor, Named, all_close, between, quiet, run_recipe, spelled
from mfnumpy.check.diagnose.explain import explain, lesson_of, pictures
from mfnumpy.check.diagnose.recognise import Hit, by_output
from mfnumpy.check.exercises import sentence
from mfnumpy.check.model import Case, Exercise, Finding, Mistake, Rng
from mfnumpy.check.report import Report
from mfnumpy.check.student.call import Caller


@dataclass(frozen=True)
class Verdict:
    """All that is known of a wrong answer.

    blank: a failed Report to fill in.
    exercise: that the function was written for.
    cases: all that were drawn.
    got, right: the quantities that are compared on each case, the student's and ours.
    raw, right_raw: the outputs on each case, as they came.
    """

    blank: Report
    exercise: Exercise
    cases: list[Case]
    got: list[Named]
    right: list[Named]
    raw: list[Named]
    right_raw: list[Named]

    def on(self, places: list[int]) -> Verdict:
        """The same on some of the cases."""
        cases, got, right, raw, right_raw = (
            [row[k] for k in places] for row in (self.cases, self.got, self.right, self.raw, self.right_raw)
        )
        return Verdict(self.blank, self.exercise, cases, got, right, raw, right_raw)  # type: ignore[arg-type]

    @property
    def k(self) -> int:
        """The first case that is wrong."""
        pairs = list(zip(self.got, self.right, strict=True))
        for tolerance in (LOOSE, SMALL):
            for k, (g, r) in enumerate(pairs):
                if not all_close(g, r, tolerance):
                    return k
        return 0

    def by_output(self) -> list[Finding]:
        """A known mistake in each of several outputs; [] if one of them has none."""
        hits = by_output(self.exercise, self.cases, self.got, self.right)
        facts: dict[str, tuple[str, list[str]]] = {}
        for output, hit in hits.items():
            says = " ".join(sentence(self.exercise, name) for name in sorted(hit.names))
            facts.setdefault(says, ("+".join(sorted(hit.names)), []))[1].append(output)
        return [Finding(name, f"{' and '.join(outputs)}: {says}") for says, (name, outputs) in facts.items()]

    def lies_between(self, variant: Mistake) -> bool:
        """At a kink each slope from ours to the accepted one's is legitimate: heaviside(z, 0.5), but no NaN."""
        with quiet():
            runs = ([run_recipe(self.exercise, case, steps) for case in self.cases] for steps in variant.versions)
            return any(all(map(between, self.got, self.right, run)) for run in runs)

    def recognised(self, hits: list[Hit]) -> Report:
        """One explanation, or the candidates if the numbers cannot decide."""
        names = sorted("+".join(sorted(hit.names)) for hit in hits)
        base = replace(self._base(), evidence=self._evidence(hits))
        if len(hits) > 1:
            return replace(base, candidates=tuple(names))
        return replace(base, mistake=names[0], lesson=lesson_of(self.exercise, names[0]))

    def fitted(self, facts: list[Finding]) -> Report:
        """What was solved for; one line for each fact."""
        names = "+".join(sorted({name for fact in facts if fact.mistake for name in fact.mistake.split("+")}))
        lines = [self._state(), *(fact.evidence for fact in facts)]
        report = replace(
            self._base(), mistake=names or None, evidence="\n".join(dict.fromkeys(line for line in lines if line))
        )
        return replace(report, lesson=lesson_of(self.exercise, names or None))

    def in_slices(self, call: Caller, rng: Rng) -> Report | None:
        """What is wrong in the same slices on all draws, if that explains every output that is wrong.

        call: the student's function.
        rng: gives other orders of the arguments.
        """
        found = places.wrong_slices(self.exercise, self.cases, self.got, self.right)
        ordinary = self.on([k for k, case in enumerate(self.cases) if not case.extreme])
        _, bad = probes.right_outputs(ordinary.got, ordinary.right)
        explained = {finding.where for finding in found if finding.mistake}
        if not bad or not set(bad) <= explained:
            return None
        says = order.dependence(self.exercise, ordinary.cases, call, rng)
        return self.fitted([*found, *(Finding(None, text) for text in says), *self.violated()])

    def separating(self) -> list[str]:
        """A sentence on the number or size among the arguments that tells the wrong draws from the right ones."""
        wrong = [not all_close(g, r, LOOSE) for g, r in zip(self.got, self.right, strict=True)]
        return probes.separating(self.exercise, self.cases, wrong)

    def violated(self) -> list[Finding]:
        """The properties of every right answer that this one has not."""
        part = self.on([k for k, case in enumerate(self.cases) if not case.extreme])
        with quiet():
            return properties.violated(self.exercise, part.cases, part.raw, part.right_raw)

    def unrecognised(self, mistake: str | None, call: Caller, rng: Rng) -> Report:
        """The report on a mistake that is not in the catalogue: what the numbers do tell.

        mistake: what is likely if only an extreme case fails, else None.
        call: the student's function.
        rng: gives the changes by which it is probed.
        """
        case, got, right = self.cases[self.k], self.got[self.k], self.right[self.k]
        where, size = self._where()
        lines = [self._state()]
        if mistake:
            lines.append(explain(self.exercise, (mistake,)))
        elif not case.extreme:
            slices = places.wrong_slices(self.exercise, self.cases, self.got, self.right)
            told = {finding.where for finding in slices}
            for (name, g), (_, r) in zip(got, right, strict=True):
                if name not in told and not all_close([(name, g)], [(name, r)], LOOSE):
                    lines += [f"{name}: {s}" for s in probes.support(self.exercise, case, probes.wrong_entries(g, r))]
            lines += [finding.evidence for finding in slices]
            lines += self.separating()
            ordinary = [c for c in self.cases if not c.extreme]
            lines += probes.nearly(self.got, self.right)
            lines += probes.dependence(self.exercise, ordinary, call, rng)
            lines += response.reactions(self.exercise, ordinary, call, rng)
            lines += probes.linearity(self.exercise, self.cases[0], call)
            lines += probes.mixing(self.exercise, self.cases[0], call, rng)
            lines += order.dependence(self.exercise, ordinary, call, rng)
            lines += influence.ignored(self.exercise, case, call)
            lines += [finding.evidence for finding in self.violated()]
        if not mistake:
            at = f"the largest error is at {where}: {size}" if "[" in where else f"{where} {size.removeprefix('it ')}"
            lines.append(f"The mistake is not recognised; {at}.")
        return replace(self._base(), mistake=mistake, evidence="\n".join(dict.fromkeys(line for line in lines if line)))

    def suspect(self) -> str | None:
        """The likely mistake if only an extreme case is wrong. case.suspect is "if not finite|if finite"."""
        if not self.only_extreme():
            return None
        broken, _, finite = self.cases[self.k].suspect.partition("|")
        is_finite = all(np.isfinite(a).all() for _, a in self.got[self.k])
        return (finite if is_finite and "|" in self.cases[self.k].suspect else broken) or None

    def only_extreme(self) -> bool:
        """Whether all ordinary draws are right."""
        return self.cases[self.k].extreme != "" and all(
            all_close(g, r, LOOSE)
            for case, g, r in zip(self.cases, self.got, self.right, strict=True)
            if not case.extreme
        )

    def _base(self) -> Report:
        k = self.k
        shown = pictures(self.raw[k], self.right_raw[k], self.got[k], self.right[k])
        return replace(self.blank, where=self._where()[0], pictures=shown)

    def _where(self) -> tuple[str, str]:
        for (name, g), (_, r) in zip(self.got[self.k], self.right[self.k], strict=True):
            if g.shape == r.shape and not all_close([(name, g)], [(name, r)], SMALL):
                return probes.largest(name, g, r)
        return "", ""

    def _evidence(self, hits: list[Hit]) -> str:
        lines = [self._state()]
        if len(hits) > 1:
            lines.append("The numbers fit more than one mistake, and cannot decide between them:")
            lines += [f"- {explain(self.exercise, tuple(sorted(hit.names)))}" for hit in hits]
            return "\n".join(lines)
        hit = hits[0]
        if len(hit.names) > 1:
            lines.append("Two things at once:" if len(hit.names) == 2 else "Several things at once:")
        factors = [self._factor(output, factor, mixed=bool(hit.known)) for output, factor in hit.factors]
        meaning = "\n".join(self._meaning(name, hit) for name in sorted(hit.names))
        if factors and len(hit.names) == 1:
            factors[-1] = f"{factors[-1][:-1]}: {meaning[0].lower()}{meaning[1:]}"
            meaning = ""
        alone = hit.names == {"transposed"} and len(self.exercise.outputs) == 1
        turned = [] if alone else [f"{output} is transposed." for output in hit.transposed]
        return "\n".join([*lines, *factors, *turned, meaning]).strip()

    def _meaning(self, name: str, hit: Hit) -> str:
        """The sentence of a mistake; of a constant factor with its size."""
        values = [factor.value for _, factor in hit.factors if factor.constant]
        if name != "constant_factor" or not values:
            return explain(self.exercise, (name,))
        too = "too many" if abs(values[0]) > 1 else "that does not belong here"
        return f"There is a factor {spelled(values[0])} {too}."

    def _factor(self, output: str, factor: Factor, mixed: bool) -> str:
        """Such as: dW: every entry is exactly 7.000 x ours, and the batch has N = 7."""
        what = f"the change of {output}" if output.partition("[")[0] in self.exercise.updates else output
        entry = "the value" if dict(self.got[factor.case])[output].ndim == 0 else "every entry"
        ours = "what the other mistake alone would give" if mixed else "ours"
        dims = self.cases[factor.case].dims
        terms = [t.removeprefix("1/").partition("^")[0].partition("/(")[0] for t in factor.terms]
        names = [t for t in terms if t in dims]
        shown = {n: n.replace("-", " - ") for n in names}
        given = ", ".join(f"{'the batch has ' if n == 'N' else ''}{text} = {dims[n]:.4g}" for n, text in shown.items())
        return f"{what}: {entry} is exactly {factor.value:#.4g} x {ours}{f', and {given}' if given else ''}."

    def _state(self) -> str:
        """Which outputs are right, and whether the shape at least is."""
        networks = self.exercise.outputs == ("weights",)  # of several depths: weights[2] is another layer in each
        judged = slice(self.k, self.k + 1) if networks else slice(None)
        good, bad = probes.right_outputs(self.got[judged], self.right[judged])
        got, right = dict(self.got[self.k]), dict(self.right[self.k])
        parts = []
        for name in bad:
            if name not in right or name not in got:
                continue
            found, expected = got[name].shape, right[name].shape
            if found != expected:
                parts.append(f"{name}: the shape is {found}, expected is {expected}.")
            else:
                parts.append(f"{name}: the {'shape ' + str(expected) if expected else 'type'} is right, "
                             f"the value{'s are' if expected else ' is'} not.")  # fmt: skip
        if good and bad:
            here = f"The other weights are right in this network of {len(right)} layers." if networks else ""
            parts.append(here or f"The other {'outputs are' if len(good) > 1 else 'output is'} right.")
        case = self.cases[self.k]
        if self.only_extreme():
            parts.append(f"It is right on ordinary draws, and wrong for {case.extreme}.")
        return " ".join(parts)
