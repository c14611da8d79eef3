"""The mutation matrix: every known wrong version fails and is named as itself, and the page in the docs says so."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from mfnumpy.check import EXERCISES, GRADING_SEED, PRACTICE_SEED, check
from mfnumpy.check.exercises import sentence
from mfnumpy.check.matrix import Result, run, versions, wrong_version
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.seeding import stream

pytestmark = pytest.mark.timeout(900)  # the whole matrix: seconds of computing, but minutes on a busy machine

POSITIVE = ("overlay_label", "normalise_length")
"""Exercises whose inputs are positive by nature: an image, activations after a ReLU. So is a goodness G."""


@pytest.fixture(scope="module")
def practice() -> list[Result]:
    return run(PRACTICE_SEED)


def _wrong(results: list[Result]) -> list[Result]:
    return [r for r in results if not (r.failed and r.named)]


def test_every_known_mistake_fails_and_is_named_as_itself(practice):
    assert _wrong(practice) == []
    assert len({r.mistake for r in practice}) >= 300
    assert {r.exercise for r in practice} == set(EXERCISES)


def test_matrix_would_show_a_mistake_that_goes_by_another_name(practice, monkeypatch):
    """The matrix itself is tried: two mistakes of one exercise exchange their names in one place only."""
    from mfnumpy.check import matrix

    monkeypatch.setattr(matrix, "versions", lambda e: [("mask_missing", f, ok) for _, f, ok in list(versions(e))[:3]])
    assert len(_wrong(run(PRACTICE_SEED, ["eq8"]))) == 3


@pytest.mark.parametrize(
    "name", ["softmax", "eq6", "eq6_gradient", "eq7", "mf_step", "fa_step", "accuracy_over_batches"]
)
def test_names_do_not_depend_on_the_draw(name):
    assert _wrong(run(GRADING_SEED, [name])) == []


def test_the_extreme_draw_of_ff_step_overflows_whatever_the_seed():
    """An exponential of a goodness below 709 is finite: with seed 33 a draw let the mistake `overflow` pass."""
    exercise = EXERCISES["ff_step"]
    overflow = next(m for m in exercise.mistakes if m.name == "overflow")
    naive = wrong_version(exercise, overflow.versions[0])
    for seed in range(100):
        (case,) = exercise.extremes(np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            assert not np.isfinite(naive(*case.args)).all(), seed
    assert _wrong(run(33, ["ff_step"])) == []


def test_a_mask_that_cuts_elsewhere_is_seen_in_mf_step_whatever_the_seed():
    """With seed 71 no pre-activation of any draw lay between 0 and 0.1, and a mask that cuts at 0.1 passed."""
    exercise = EXERCISES["mf_step"]
    for seed in range(100):
        x, _, W, *_ = exercise.draw(np.random.default_rng(seed), 1).args
        z = x @ W
        assert ((z > 0) & (z < 0.1)).any(), seed
    assert _wrong(run(71, ["mf_step"])) == []


@pytest.mark.parametrize("name", ["bp_step", "fa_step", "dfa_step"])
def test_a_mask_that_cuts_elsewhere_is_seen_in_networks_whatever_the_seed(name):
    for seed in range(100):
        rng = np.random.default_rng(seed)
        for k in range(4):
            x, _, weights, *_ = EXERCISES[name].draw(rng, k).args
            z = x @ weights[0]
            assert ((z > 0) & (z < 0.1)).any(), (seed, k)


@pytest.mark.parametrize("name", ["eq7", "eq8", "eq6_gradient", "dense_backward", "mf_step", "ff_step"])
def test_two_mistakes_at_once_are_both_named(name):
    """Of 12 random pairs nearly all are named as the pair; none passes, and none is called something else outright.

    A pair can equal a single mistake (one hides the other), and is then rightly called by the simpler name.
    """
    exercise = EXERCISES[name]
    pairs = [
        (a, b)
        for a, b in combinations(exercise.mistakes, 2)
        if a.versions and b.versions and not (a.accepted or b.accepted) and not set(a.versions[0]) & set(b.versions[0])
        if "whole" not in a.versions[0] and "whole" not in b.versions[0]
    ]
    rng = stream(5, "pairs")
    chosen = [pairs[i] for i in rng.permutation(len(pairs))[:12]]
    named = 0
    for a, b in chosen:
        report = check(name, wrong_version(exercise, {**a.versions[0], **b.versions[0]}))
        assert not report.passed, (a.name, b.name)
        both = "+".join(sorted({a.name, b.name}))
        named += report.mistake == both or both in report.candidates or report.mistake in (a.name, b.name)
        if report.mistake == both and a.name != b.name:
            apart = re.search(r"^[\w ]+: [A-Z]", report.evidence, re.MULTILINE)  # each in an output of its own
            assert "Two things at once" in report.evidence or apart
            assert sentence(exercise, a.name) in report.evidence
    assert named >= 0.8 * len(chosen)


def test_identical_numbers_give_candidates_and_never_one_accusation(monkeypatch):
    """If two catalogued mistakes cannot be told apart, both are candidates and none is the mistake."""
    from dataclasses import replace

    from mfnumpy.check import exercises
    from mfnumpy.check.model import Mistake

    eq8 = EXERCISES["eq8"]
    double = Mistake("goodness_squared_again", next(m for m in eq8.mistakes if m.name == "goodness_squared").versions)
    monkeypatch.setitem(exercises.EXERCISES, "eq8", replace(eq8, mistakes=(*eq8.mistakes, double)))
    report = check("eq8", lambda a, dG: dG.T @ a**2)
    assert not report.passed
    assert report.mistake is None
    assert report.candidates == ("goodness_squared", "goodness_squared_again")
    assert "cannot decide" in str(report)


def test_recipe_without_changes_is_the_reference():
    """The recipes are the references in steps; otherwise every mistake would contain another one."""
    for exercise in EXERCISES.values():
        for k in range(exercise.draws):
            case = exercise.draw(stream(8, exercise.name, k), k)
            if exercise.judge is not None:
                continue
            ours, theirs = exercise.reference(*case.args), exercise.recipe(*case.args)
            for a, b in zip(_parts(ours), _parts(theirs), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13, err_msg=exercise.name)


def _parts(value):
    return value if isinstance(value, (tuple, list)) else [value]


def test_draws_are_not_blind():
    """No batch of one, mixed signs, all sizes of a case different, and different from case to case."""
    for exercise in EXERCISES.values():
        if exercise.kind in ("changes", "chance"):
            continue
        seen = set()
        for k in range(exercise.draws):
            case = exercise.draw(stream(9, exercise.name, k), k)
            for name, value in zip(exercise.arguments, case.args, strict=True):
                if not isinstance(value, np.ndarray):
                    continue
                assert len(value) > 1, (exercise.name, name)
                if value.dtype.kind == "f" and value.size >= 12 and name != "G" and exercise.name not in POSITIVE:
                    assert name == "v" or (value == 0).all() or (value.min() < 0 < value.max()), (exercise.name, name)
            sizes = [case.dims[n] for n in ("N", "D", "H", "m", "n") if n in case.dims]
            assert len(set(sizes)) == len(sizes), exercise.name
            seen.add(str([_size(value) for value in case.args]))
        assert len(seen) > 1, exercise.name


def _size(value):
    """What may differ from case to case: shapes, or numbers where there are no arrays."""
    if isinstance(value, (int, float, str)):
        return value
    return [np.shape(v) for v in value] if isinstance(value, list) else np.shape(value)


def test_every_file_of_the_catalogue_is_in_the_list_and_no_name_is_there_twice():
    """A file without its line, or a second exercise of one name, would be lost without a word."""
    from mfnumpy.check.catalogue import TOPICS
    from mfnumpy.check.exercises import by_name

    folder = Path(TOPICS[0].__file__).parent
    with_exercises = {p.stem for p in folder.glob("*.py") if "\nEXERCISES = (" in p.read_text(encoding="utf-8")}
    assert with_exercises == {topic.__name__.rpartition(".")[2] for topic in TOPICS}
    assert list(EXERCISES) == [exercise.name for topic in TOPICS for exercise in topic.EXERCISES]
    with pytest.raises(InvalidValueError, match="two exercises 'eq7'"):
        by_name([EXERCISES["eq7"], EXERCISES["eq8"], EXERCISES["eq7"]])
