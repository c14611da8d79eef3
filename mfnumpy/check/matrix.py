"""The mutation matrix: every known wrong version is checked, and must be named as itself. Prints docs/mistakes.md.

python -m mfnumpy.check.matrix --write docs/mistakes.md      # regenerate the page
python -m mfnumpy.check.matrix --seeds 100                   # all wrong versions on 100 draws (minutes)
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from mfnumpy.check.checker import PRACTICE_SEED, check
from mfnumpy.check.diagnose.recognise import FORWARD, MEANS, meaning
from mfnumpy.check.exercises import EXERCISES, sentence
from mfnumpy.check.model import Case, Exercise
from mfnumpy.errors import MissingDataError
from mfnumpy.support.files import atomic_write

AVERAGED = {"eq3", "eq3_gradient", "eq4", "eq4_gradient", "eq6", "eq6_gradient", "eq7", "eq8", "mf_step", "bp_step",
            "fa_step", "dfa_step", "ff_step"}  # fmt: skip
"""Exercises with a mean over the batch, where a missing or second mean is a likely mistake."""


@dataclass(frozen=True)
class Result:
    """What the checker said of one wrong version.

    exercise: by name.
    mistake: that was planted.
    said: what the report gives: the name, names between which it cannot decide, "passed" or "not recognised".
    named: whether that is the mistake; of an accepted variant, whether it passes with a remark.
    failed: whether the function is refused; true also of an accepted variant, which need not be.
    """

    exercise: str
    mistake: str
    said: str
    named: bool
    failed: bool


def with_signature(exercise: Exercise, function: Callable) -> Callable:
    """A function of any arguments, given the exercise's signature."""

    def student(*args):
        """The function under the exercise's own signature."""
        return function(*args)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    student.__signature__ = inspect.Signature([inspect.Parameter(a, kind) for a in exercise.arguments])  # type: ignore[attr-defined]
    return student


def wrong_version(exercise: Exercise, steps: Mapping[str, Callable]) -> Callable:
    """The exercise with some steps replaced, as a student's function."""
    return with_signature(exercise, lambda *args: exercise.recipe(*args, **steps))


def scaled_version(exercise: Exercise, factor: Callable[[tuple], float]) -> Callable:
    """The right answer times a factor; of a training step, the right step times a factor."""

    def scaled(*args):
        """The reference with one output scaled."""
        value = exercise.reference(*args)
        parts = value if isinstance(value, tuple) else (value,)
        done = []
        for name, part in zip(exercise.outputs, parts, strict=True):
            old = args[exercise.arguments.index(exercise.updates[name])] if name in exercise.updates else None
            if isinstance(part, list) and isinstance(old, list):
                done.append([o + factor(args) * (p - o) for p, o in zip(part, old, strict=True)])
            elif exercise.updates and old is None:
                done.append(part)  # what a step hands on besides its parameters
            else:
                done.append(factor(args) * part if old is None else old + factor(args) * (part - old))
        return tuple(done) if isinstance(value, tuple) else done[0]

    return with_signature(exercise, scaled)


def factors(exercise: Exercise) -> Iterator[tuple[str, Callable[[tuple], float]]]:
    """Wrong factors that belong to an exercise: (mistake, factor of its arguments)."""
    if exercise.kind != "real" or exercise.name in ("accuracy_over_batches", "adam_step", "overlay_label"):
        return
    scales = {**MEANS, **exercise.scales}
    yield meaning(exercise, "-1"), lambda args: -1.0
    yield scales["2"], lambda args: 2.0
    yield scales["1/2"], lambda args: 0.5
    if exercise.name in AVERAGED and exercise.name not in FORWARD:
        yield scales["N"], lambda args: float(len(args[0]))
        yield scales["1/N"], lambda args: 1 / len(args[0])
    if exercise.updates:
        yield scales["lr"], lambda args: float(args[exercise.arguments.index("lr")])
        yield scales["1/lr"], lambda args: 1 / args[exercise.arguments.index("lr")]


def versions(exercise: Exercise) -> Iterator[tuple[str, Callable, bool]]:
    """(mistake, wrong function, accepted) for all that is known to go wrong in an exercise."""
    for mistake in exercise.mistakes:
        for steps in mistake.versions:
            yield mistake.name, wrong_version(exercise, steps), mistake.accepted
        for free in mistake.free:
            for value in free.tries:
                yield mistake.name, wrong_version(exercise, free.steps(value)), False
    for name, factor in factors(exercise):
        yield name, scaled_version(exercise, factor), False
    if _is_matrix(exercise):
        yield "transposed", with_signature(exercise, lambda *args: exercise.reference(*args).T.copy()), False


def _is_matrix(exercise: Exercise) -> bool:
    if exercise.kind != "real" or not exercise.transposable or exercise.updates or len(exercise.outputs) > 1:
        return False
    case: Case = exercise.draw(np.random.default_rng(0), 0)
    right = exercise.reference(*case.args)
    return np.ndim(right) == 2 and exercise.name != "im2col"  # its result can be square by chance


def run(seed: int, names: list[str] | None = None) -> list[Result]:
    """Check all wrong versions of the exercises (by default of all) with one seed."""
    results = []
    for name in names or EXERCISES:
        exercise = EXERCISES[name]
        for mistake, function, accepted in versions(exercise):
            report = check(name, function, seed=seed)
            named = report.passed and bool(report.notes) if accepted else report.mistake == mistake
            said = "passed" if report.passed else report.mistake or "|".join(report.candidates) or "not recognised"
            results.append(Result(name, mistake, said, named, accepted or not report.passed))
    return results


def page(results: list[Result], shares: Mapping[str, tuple[int, int]]) -> str:
    """The text of docs/mistakes.md.

    results: for the practice seed. shares: of the corpus of free codings, {title: (named rightly, all)}.
    """
    exercises: dict[str, dict[str, list[bool]]] = {}
    for r in results:
        exercises.setdefault(r.mistake, {}).setdefault(r.exercise, []).append(r.named)
    named, failed = sum(r.named for r in results), sum(r.failed for r in results)
    lines = [
        "# The mistakes that the checker knows",
        "",
        "Generated by `python -m mfnumpy.check.matrix --write docs/mistakes.md`; do not edit.",
        "",
        f"{len(exercises)} distinct mistakes in {len(EXERCISES)} exercises, as {len(results)} wrong versions; a",
        "mistake has several where a threshold or an epsilon may differ, or where it can be made in several ways.",
        f"Of these, {failed} fail (or are accepted, being legitimate variants), and {named} of",
        f"{len(results)} ({100 * named / len(results):.1f} %) are named as themselves.",
        "",
        "People write the same mistake in many ways. Of a corpus of functions written freely, without looking at "
        "this list,",
        "so many are named rightly:",
        "",
        "| corpus | named rightly | of | share |",
        "|---|---|---|---|",
        *(f"| {title} | {good} | {total} | {100 * good / total:.1f} % |" for title, (good, total) in shares.items()),
        "",
        "What is not on the list is solved for: which samples, classes or neurons are missing in a sum or count",
        "twice, an unknown number, one argument or step that is changed, another formula, axes and arguments in",
        "another order. There is a sentence for a function that raises, returns nothing, changes its inputs, and so",
        "on. Where one small change of the student's own code makes it right, or two together, the report names the",
        "line, and what kind of thing is wrong there; it never shows the change. If nothing explains the numbers, the",
        "report says what they tell: which entries are wrong, which arguments matter and should not, which order",
        "changes the result, and which property of every right answer is missing (each row of a softmax sums to 1).",
    ]
    lessons = list(dict.fromkeys(e.lesson for e in sorted(EXERCISES.values(), key=lambda e: _number(e.lesson))))
    for lesson in lessons:
        lines += ["", f"## {lesson[0].upper()}{lesson[1:]}"]
        for name, exercise in EXERCISES.items():
            if exercise.lesson == lesson:
                lines += ["", *_of_exercise(exercise, [r for r in results if r.exercise == name])]
    return "\n".join(lines) + "\n"


def _number(lesson: str) -> int:
    return int(lesson.split()[-1])


def _of_exercise(exercise: Exercise, results: list[Result]) -> list[str]:
    """One exercise: its signature and a list of its mistakes, those first that can be made in most ways."""
    share = 100 * sum(r.named for r in results) / len(results)
    counts = Counter(r.mistake for r in results)
    lines = [
        f"### {exercise.title}: `{exercise.name}`",
        "",
        f"`{exercise.signature}`. {len(counts)} mistakes, {share:.0f} % of {len(results)} wrong versions named.",
        "",
    ]
    for mistake, count in counts.most_common():
        lines.append(f"- {sentence(exercise, mistake)} `{mistake}`{f' ({count} versions)' if count > 1 else ''}")
    return lines


def corpus_shares(folder: Path) -> dict[str, tuple[int, int]]:
    """How many of the free codings in folder/corpus are named rightly, seen and held out. Raises MissingDataError."""
    if not (folder / "corpus" / "__init__.py").is_file():
        raise MissingDataError(f"There is no corpus of free codings in {folder}; run from the folder of the project.")
    sys.path.insert(0, str(folder))
    try:
        codings = import_module("corpus").codings
    finally:
        sys.path.remove(str(folder))
    counts = []
    for prefix in ("lesson", "held_out"):
        found = [c.named_by(check(c.exercise, c.function(), seed=PRACTICE_SEED)) for c in codings(prefix)]
        counts.append((sum(found), len(found)))
    return with_total(*counts)


def with_total(seen: tuple[int, int], held_out: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """The rows of the page's table, from how many are named rightly, and of how many."""
    total = (seen[0] + held_out[0], seen[1] + held_out[1])
    return {"seen while the checker was written": seen, "held out": held_out, "both": total}


def main(argv: list[str] | None = None) -> int:
    """Write the page, or run the matrix on many seeds. Returns 1 if a wrong version is not handled as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there")
    parser.add_argument("--seeds", type=int, default=0, help="run the matrix on so many seeds")
    parser.add_argument("--corpus", type=Path, default=Path("tests/check"), help="where the free codings are")
    args = parser.parse_args(argv)
    if args.write:
        text = page(run(PRACTICE_SEED), corpus_shares(args.corpus))
        with atomic_write(args.write, "w") as file:
            file.write(text)
    bad = 0
    for seed in range(args.seeds):
        wrong = [r for r in run(seed) if not (r.named and r.failed)]
        for r in wrong:
            print(f"seed {seed}: {r.exercise} {r.mistake} -> {r.said}")
        bad += len(wrong)
        print(f"seed {seed}: {len(wrong)} not named as themselves", flush=True)
    if not args.write and not args.seeds:
        print(page(run(PRACTICE_SEED), corpus_shares(args.corpus)), end="")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
