"""What is said of orders that do not matter, of rows in the wrong place, and of the distances of patches."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mfnumpy.check import EXERCISES, check
from mfnumpy.check.exercises import draw_cases
from mfnumpy.check.model import flatten


def online_softmax(scores):
    p = np.empty_like(scores)
    for r, row in enumerate(scores):
        top, total = -np.inf, 0.0
        for s in row:
            top = max(top, s)
            total += np.exp(s - top)
        p[r] = np.exp(row - top) / total
    return p


def running_deviation(values):
    mean, m2 = 0.0, 0.0
    for n, v in enumerate(values, 1):
        delta = v - mean
        mean += delta / n
        m2 += delta * delta
    return mean, (m2 / (len(values) - 1)) ** 0.5


@pytest.mark.parametrize(
    ("exercise", "function", "noun"),
    [("softmax", online_softmax, "classes"), ("mean_and_deviation", running_deviation, "values")],
)
def test_an_order_that_should_not_matter_is_named(exercise, function, noun):
    report = check(exercise, function)
    assert f"depends on the order of the {noun}, and should not" in report.evidence


@pytest.mark.parametrize(
    ("exercise", "function"),
    [
        ("softmax", lambda scores: np.exp(scores) / (0.3 + np.exp(scores).sum(axis=1, keepdims=True))),
        ("mean_and_deviation", lambda values: (np.mean(values), np.ptp(values) ** 3)),
    ],
)
def test_of_a_mistake_that_has_no_order_nothing_is_said_of_orders(exercise, function):
    report = check(exercise, function)
    assert not report.passed
    assert "order of" not in report.evidence


def augmented(x, W, dz, cut):
    grad = np.hstack([x, np.ones((len(x), 1))]).T @ dz
    return dz @ W.T, *cut(grad)


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        (lambda g: (g[1:], g[0]), ["The rows of dW are shifted by 1", "the last one is the right db",
                                   "db is the first row of what dW should be"]),
        (lambda g: (g[:-1], g[-2]), ["db is the last row of what dW should be"]),
        (lambda g: (np.vstack([g[-1:], g[:-2]]), g[-2]), ["each is what the row before should be",
                                                          "and the first one is the right db"]),
    ],
)  # fmt: skip
def test_rows_that_are_cut_beside_the_mark_are_found_where_they_belong(cut, says):
    report = check("dense_backward", lambda x, W, dz: augmented(x, W, dz, cut))
    assert all(text in report.evidence for text in says), report.evidence


def patches(x, kernel, stride, padding, step, inside, before):
    KH, KW = np.broadcast_to(kernel, 2)
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    big = np.pad(x, ((0, 0), (PH, 9 * PH + 90), (PW, 9 * PW + 90), (0, 0)))
    OH, OW = (x.shape[1] + 2 * PH - KH) // SH + 1, (x.shape[2] + 2 * PW - KW) // SW + 1
    return np.array([
        big[n, [[step(i, SH) + inside(k, SH) + before(PH)] for k in range(KH)],
            [step(j, SW) + inside(k, SW) + before(PW) for k in range(KW)]].reshape(-1)
        for n in range(len(x)) for i in range(OH) for j in range(OW)
    ])  # fmt: skip


RIGHT = (lambda i, s: i * s, lambda k, s: k, lambda p: 0)


@pytest.mark.parametrize(
    ("place", "other", "says"),
    [
        (1, lambda k, s: k * s, "The pixels of one patch lie stride rows apart, with gaps between them (a dilation)"),
        (1, lambda k, s: 3 * k, "The pixels of one patch lie a fixed number of rows apart"),
        (0, lambda i, s: i * (s + 1), "From one patch to the next"),
        (2, lambda p: p + 1, "The first patch begins in another place"),
    ],
)
def test_the_distances_of_patches_are_read_off(place, other, says):
    assert check("im2col", lambda x, *g: patches(x, *g, *RIGHT)).passed
    parts = [*RIGHT[:place], other, *RIGHT[place + 1 :]]
    report = check("im2col", lambda x, *g: patches(x, *g, *parts))
    assert says in report.evidence, report.evidence


# -- properties, and entries that do not matter


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if e.properties], ids=lambda e: e.name)
def test_every_right_answer_has_the_properties_of_its_exercise(exercise):
    for seed in range(20):
        for case in draw_cases(exercise, seed):
            if not case.extreme:
                outputs = dict(flatten(exercise.reference(*case.args), exercise.outputs))
                for one in exercise.properties:
                    assert one.holds(case.args, outputs[one.output]), (one.says, case)


def test_a_property_that_is_missing_is_told_and_others_are_not():
    report = check("softmax", online_softmax)
    assert "It should hold, and does not: each row of p sums to 1." in report.evidence
    assert "the largest score has the largest probability" not in report.evidence


def corner(x, size):
    PH, PW = np.broadcast_to(size, 2)
    parts = [x[:, i % PH :: PH, ::PW] for i in (0, 1)]
    return np.sqrt(sum(part**2 for part in parts) / 4)


def test_pixels_that_do_not_matter_are_counted():
    evidence = check("avgpool_forward", corner).evidence
    assert re.search(r"\d+ of the \d+ entries of x\[0\] do not matter to the result, and should", evidence), evidence


def test_nothing_is_said_of_entries_where_all_matter():
    evidence = check("dense_forward", lambda x, W, b: np.sinh(x) @ W * 1.7 + b).evidence
    assert "do not matter" not in evidence
