"""Exercises of the course that are no equation: right functions pass on every seed, wrong ones are named."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from mfnumpy import optim
from mfnumpy.check import EXERCISES, check
from mfnumpy.check.catalogue.counting import count_parameters as count
from mfnumpy.train import Trainer

SOLUTIONS = {name: EXERCISES[name].reference for name in EXERCISES if EXERCISES[name].lesson in (
    "lesson 10", "lesson 12", "lesson 13") or name == "bias_corrected"}  # fmt: skip


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_solution_passes_on_every_seed(name):
    for seed in [None, *range(12)]:
        assert check(name, SOLUTIONS[name], seed=seed).passed, seed


def _pairs(d, widths):
    return list(zip([d, *widths], widths, strict=False))


def _started_again(net, rule, width):
    net.plug(net.new_dense(width))
    rule.start(net, 3)


def _all_blocks(net, rule, i, x, y):
    Trainer(net, rule, optim.Adam(0.01), epochs=1, show_progress=False).fit(x, y)


def _half_a_repair(net, rule, i, x, y):
    M = rule.M[i].copy()
    SOLUTIONS["repair"](net, rule, i, x, y)
    rule.M[i][...] = M


def _zeroed(net, rule, i, x, y):
    net.blocks[i].parameters["W"][...] = 0
    rule.M[i][...] = 0


def _drawn_anew(net, rule, i, x, y):
    rng = np.random.default_rng(i)
    for array in (net.blocks[i].parameters["W"], rule.M[i]):
        array[...] = rng.standard_normal(array.shape) / np.sqrt(array.shape[1])


WRONG = {
    "bias_corrected": [
        (lambda m, v, t, b1, b2: (m, v), "bias_correction_missing|not corrected at all"),
        (lambda m, v, t, b1, b2: (m / (1 - b1), v / (1 - b2)), "at every t"),
        (
            lambda m, v, t, b1, b2: (m / (1 - b1**t), v / (1 - b2 ** (t + 1))),
            "one step too many",
        ),
        (lambda m, v, t, b1, b2: (m / (1 - b1**t), v / (1 - b1**t)), "One of the two betas"),
        (lambda m, v, t, b1, b2: m, "Expected are 2"),
    ],
    "plug_block": [
        (_started_again, "must keep their bytes"),
        (lambda net, rule, width: net.plug(net.new_dense(width)), "no projection matrix"),
        (lambda net, rule, width: None, "not written"),
        (lambda net, rule, width: str(width), "should have 4"),
        (lambda net, rule, width: SOLUTIONS["plug_block"](net, rule, width + 1), "neurons"),
    ],
    "damage": [
        (lambda W, f, rng: W * (rng.random(W.shape) < f), "should have survived"),
        (lambda W, f, rng: W * (np.random.default_rng(3).random(W.shape) >= f), "Another rng"),
        (lambda W, f, rng: W * (rng.random(W.shape[1]) >= f), "rows or columns|asked for|survived"),
        (lambda W, f, rng: W.__imul__(rng.random(W.shape) >= f), "changes its argument W"),
        (lambda W, f, rng: W * (rng.random(W.shape) >= f) / (1 - f), "must stay as they are"),
    ],
    "repair": [
        (_all_blocks, "changed as well"),
        (lambda *args: str(args), "nothing changed"),
        (_half_a_repair, "by half"),
        (_zeroed, "All of block 1.W is 0"),
        (_drawn_anew, "not repaired"),
        (lambda net, rule, i, x, y: 1 / 0, "raised ZeroDivisionError"),
    ],
    "kept_by_bp": [
        (lambda N, d, widths: N * sum(widths), "The input x"),
        (lambda N, d, widths: d + sum(widths), "batch size N is missing"),
        (lambda N, d, widths: N * d, "Missing is exactly: the outputs of all blocks"),
    ],
    "kept_by_mf": [
        (lambda N, d, widths: N * (d + sum(widths)), "what backpropagation keeps"),
        (lambda N, d, widths: N * max(widths), "its input as well"),
        (lambda N, d, widths: N * sum(_pairs(d, widths)[-1]), "need not be the last"),
    ],
    "ticks": [
        (lambda blocks, batches: blocks * batches, "one block at a time"),
        (lambda blocks, batches: blocks + batches, "One tick too many"),
        (lambda blocks, batches: batches, "has to fill"),
    ],
    "parameters": [
        (lambda d, w, m, rule: count(d, w, m, "bp" if rule == "mf" else rule), "on every block"),
        (lambda d, w, m, rule: count(d, w, m, "bp" if rule == "ff" else rule), "output layer"),
        (
            lambda d, w, m, rule: count(d, w, m, rule) + sum(w) + (m if rule == "bp" else 0),
            "Biases are counted",
        ),
        (lambda d, w, m, rule: 0, "not recognised|issing is"),
    ],
    "mean_and_deviation": [
        (lambda v: (np.mean(v), np.std(v)), "of these n numbers alone"),
        (lambda v: (np.mean(v), np.var(v, ddof=1)), "root is missing"),
        (lambda v: (np.median(v), np.std(v, ddof=1)), "mean is not right"),
        (lambda v: np.mean(v), "Expected are 2"),
    ],
    "chosen_by_validation": [
        (lambda val, test: max(test), "chosen by the numbers"),
        (lambda val, test: test[-1], "last epoch"),
        (lambda val, test: max(val), "[Tt]hat is the validation accuracy"),
        (lambda val, test: min(test), "worst epoch on the test set"),
    ],
}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_wrong_functions_fail_on_every_seed_and_are_named(name):
    for wrong, says in WRONG[name]:
        for seed in range(8):
            finding = check(name, wrong, seed=seed)
            assert not finding.passed
            assert re.search(says, str(finding)), (says, str(finding))


def _widths_with_the_input(N, d, widths):
    widths.insert(0, d)
    return N * sum(widths)


def _pairs_with_the_input(N, d, widths):
    widths.insert(0, d)
    return N * max(below + own for below, own in pairwise(widths))


def _parameters_with_the_input(d, widths, m, rule):
    learned = m * {"bp": widths[-1], "ff": 0}.get(rule, sum(widths))
    widths.insert(0, d)
    return learned + sum(below * own for below, own in pairwise(widths))


def _taken_from_the_end(validation, test):
    pairs = [(validation.pop(), test.pop()) for _ in range(len(test))]
    return max(pairs)[1]


def _one_small_step(net, rule, i, x, y):
    Trainer(net, rule, optim.Adam(0.001), epochs=1, batch_size=None, only=[i], show_progress=False).fit(x, y)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("bias_corrected", lambda m, v, t, b1, b2: [m / (1 - b1**t), v / (1 - b2**t)]),
        ("repair", _one_small_step),
        ("kept_by_bp", _widths_with_the_input),
        ("kept_by_mf", _pairs_with_the_input),
        ("parameters", _parameters_with_the_input),
        ("mean_and_deviation", lambda values: [np.mean(values), np.std(values, ddof=1)]),
        ("chosen_by_validation", _taken_from_the_end),
    ],
)
def test_what_is_right_may_return_a_list_change_its_lists_and_repair_little(name, right):
    for seed in range(8):
        finding = check(name, right, seed=seed)
        assert finding.passed, (seed, finding)
