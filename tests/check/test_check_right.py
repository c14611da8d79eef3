"""Right answers pass, however they are written and whatever is drawn."""

from __future__ import annotations

import os

import pytest
from check_variants import VARIANTS

from mfnumpy.check import EXERCISES, GRADING_SEED, check
from mfnumpy.check.matrix import with_signature

SEEDS = int(os.environ.get("MFNUMPY_CHECK_SEEDS", "3"))
"""For the long run: MFNUMPY_CHECK_SEEDS=100 pytest tests/check/test_check_right.py"""


@pytest.mark.parametrize(("name", "function"), VARIANTS, ids=[f"{n}-{f.__name__}" for n, f in VARIANTS])
def test_right_answer_passes(name, function):
    for seed in [GRADING_SEED, *range(SEEDS)]:
        report = check(name, function, seed=seed)
        assert report.passed, f"seed {seed}: {report}"


def test_reference_passes_without_any_note():
    for name, exercise in EXERCISES.items():
        report = check(name, with_signature(exercise, exercise.reference))
        assert report.passed, report
        assert report.notes == (), report


def test_every_exercise_has_a_variant():
    assert {name for name, _ in VARIANTS} == set(EXERCISES)


@pytest.mark.parametrize(
    ("name", "variant", "word"),
    [
        ("adam_step", "adam_step_epsilon_hat", "epsilon-hat"),
        ("eq7", "eq7_at_zero", "z = 0"),
        ("relu_backward", "relu_backward_half", "z = 0"),
        ("im2col", "im2col_integers_only", "does not take"),
        ("eq6", "eq6_loop_float32", "float32"),
    ],
)
def test_legitimate_variant_is_named(name, variant, word):
    function = next(f for n, f in VARIANTS if n == name and f.__name__ == variant)
    report = check(name, function)
    assert report.passed
    assert any(word in note for note in report.notes)
