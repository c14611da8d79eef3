"""The checker on functions as people write them: every wrong one fails, every right one passes, most are named.

The shares: python tests/check/test_check_corpus.py, with -v for the mistakes that are not named (never of held_out).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from corpus import Coding, codings, says

from mfnumpy.check import EXERCISES, GRADING_SEED, PRACTICE_SEED, Report, check
from mfnumpy.check.matrix import page, run, with_total

pytestmark = pytest.mark.timeout(900)  # hundreds of reports: a minute or two of computing, more on a busy machine

LEAST_SHARE = 0.92
"""The share of mistakes that must be named rightly, of those to be seen and of those held out alike."""

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"

LEGITIMATE: dict[str, list[str]] = {
    "adam_step": [
        "TensorFlow 1's 'epsilon hat': epsilon is added to the uncorrected sqrt(v), the correction folded into the "
        "learning rate."
    ]
}
"""What an author took for a mistake, and the checker accepts with a note: the paper of Adam names this variant."""

RIGHT_SEEDS = (PRACTICE_SEED, GRADING_SEED, 2, 3)


@cache
def report_on(coding: Coding) -> Report:
    """The checker's report on a coding, with the practice seed."""
    return check(coding.exercise, coding.function(), seed=PRACTICE_SEED)


def unnamed(prefix: str) -> list[Coding]:
    """The mistakes in files of this prefix that the checker does not name rightly."""
    return [coding for coding in codings(prefix) if not coding.named_by(report_on(coding))]


def share(prefixes: Iterable[str] = ("lesson", "held_out")) -> tuple[int, int]:
    """How many mistakes are named rightly, and of how many, in the files of these prefixes."""
    total = sum(len(codings(prefix)) for prefix in prefixes)
    return total - sum(len(unnamed(prefix)) for prefix in prefixes), total


COLLECTED = sorted({c.exercise for c in codings("lesson")}, key=list(EXERCISES).index)
"""Exercises that the corpus has codings for; those that count or repair are not among them."""


@pytest.mark.parametrize("exercise", COLLECTED)
def test_every_mistake_of_the_corpus_fails(exercise):
    wrong = [c for prefix in ("lesson", "held_out") for c in codings(prefix) if c.exercise == exercise]
    assert len(wrong) >= 8
    passed = [c.meaning for c in wrong if report_on(c).passed]
    assert not passed, passed


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_further_mistake_fails(exercise, monkeypatch):
    monkeypatch.setattr("mfnumpy.check.checker.place", lambda *_, **__: "")  # that takes longer than all else
    further = [c for c in codings("seen") if c.exercise == exercise]
    assert len(further) >= 2
    passed = [c.meaning for c in further if check(exercise, c.function(), seed=PRACTICE_SEED).passed]
    assert passed == LEGITIMATE.get(exercise, []), passed


SHARE = re.compile(r"^\| ([a-z ]+) \| (\d+) \| (\d+) \| [\d.]+ % \|$", flags=re.MULTILINE)


def test_page_in_the_docs_is_up_to_date():
    """A place is looked for within a time: on a slow machine a few mistakes less are named."""
    shares = with_total(share(["lesson"]), share(["held_out"]))
    there, made = PAGE.read_text(encoding="utf-8"), page(run(PRACTICE_SEED), shares)
    assert SHARE.sub("", there) == SHARE.sub("", made), "run: python -m mfnumpy.check.matrix --write docs/mistakes.md"
    rows = list(zip(SHARE.findall(there), SHARE.findall(made), strict=True))
    assert len(rows) == 3
    for (title, named, total), (_, found, of) in rows:
        assert (total, title) == (of, title)
        assert abs(int(named) - int(found)) <= 0.01 * int(total), (title, named, found)


def test_further_mistakes_are_new_and_can_be_judged():
    further = codings("seen")
    blank = Report("", "", "", False, evidence="The mistake is not recognised.")
    assert not [c.meaning for c in further if not c.must or not all(c.also) or c.named_by(blank)]
    everything = further + codings("lesson") + codings("held_out")
    assert len({c.code for c in everything}) == len(everything)


@pytest.mark.parametrize("exercise", sorted({c.exercise for c in codings("right")} | set(COLLECTED)))
def test_every_right_answer_of_the_corpus_passes(exercise):
    right = [c for c in codings("right") if c.exercise == exercise]
    assert right
    for coding in right:
        for seed in RIGHT_SEEDS:
            report = check(exercise, coding.function(), seed=seed)
            assert report.passed, f"{coding.meaning}, seed {seed}: {report}"


@pytest.mark.parametrize("prefix", ["lesson", "held_out"])
def test_share_named_rightly_does_not_fall(prefix):
    named, total = share([prefix])
    assert named >= LEAST_SHARE * total, f"{named} of {total} mistakes are named"


def test_each_coding_can_be_judged():
    wrong = codings("lesson") + codings("held_out")
    assert len(wrong) >= 320
    assert len(codings("right")) >= 70
    for coding in wrong:
        assert coding.meaning
        assert coding.must
        assert all(coding.also)
        blank = Report("", "", "", False, evidence="The mistake is not recognised.")
        assert not coding.named_by(blank), f"an empty diagnosis counts as right: {coding.meaning}"
    assert len({coding.code for coding in wrong}) == len(wrong)


def test_the_words_tell_the_mistakes_of_an_exercise_apart():
    """One in eight reports on another mistake has the words of this one: reports quote the student's code, and the
    later authors gave many words for one thing. Pairs of which the checker says that they are the same known mistake
    are left out: to them the same words belong."""
    wrong = codings("lesson") + codings("held_out")
    name = {a.code: report_on(a).mistake for a in wrong}
    pairs = [
        (a, b)
        for a in wrong
        for b in wrong
        if a.exercise == b.exercise and a is not b and (name[a.code] is None or name[a.code] != name[b.code])
    ]
    mistaken = sum(a.named_by(report_on(b)) for a, b in pairs)
    assert mistaken < 0.13 * len(pairs), f"{mistaken} of {len(pairs)} reports on another mistake count as right"


def test_a_pattern_is_found_as_it_is_meant():
    assert says("Only ROW 1 is wrong.", "row 1")
    assert not says("Only row 12 is wrong.", "row 1")
    assert not says("to borrow 1", "row 1")
    assert says("The last sample of the batch is left out.", "sample ... left out")
    assert not says("The last sample\nis left out.", "sample ... left out")
    assert says("is it transposed?", "transpos")
    assert says("by N = 7", "n")
    assert not says("it is not", "n")
    assert says("exactly 0.5000 x ours", "0.5")


def main() -> None:
    """Print the shares, and with -v what is not named among the mistakes that may be seen."""
    if "-v" in sys.argv:
        for coding in unnamed("lesson") + unnamed("seen"):
            print(f"{coding.exercise}: {coding.meaning}\n{report_on(coding)}\n{coding.code}")
    for title, prefixes in (("all", ["lesson", "held_out"]), ("seen", ["lesson"]), ("held out", ["held_out"])):
        named, total = share(prefixes)
        print(f"{title:<9} {named} of {total} mistakes are named rightly: {100 * named / total:.1f} %")
    named, total = share(["seen"])
    print(f"{'further':<9} {named} of {total}, not counted above: {100 * named / total:.1f} %")


if __name__ == "__main__":
    main()
