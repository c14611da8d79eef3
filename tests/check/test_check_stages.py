"""A wrong function is taken apart: steps into their stages, losses into their samples, images into their windows."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mfnumpy import equations as eq
from mfnumpy.check import EXERCISES, check
from mfnumpy.check.diagnose import reductions, shapes
from mfnumpy.check.exercises import draw_cases
from mfnumpy.check.matrix import with_signature
from mfnumpy.check.model import Case
from mfnumpy.check.student.call import Caller
from mfnumpy.layers import im2col
from mfnumpy.support.validate import pair


def _relu(z):
    return np.maximum(z, 0)


def _mask(z):
    return z > 0


def _error(G, y):
    return (eq.softmax(G) - eq.one_hot(y, G.shape[1], "float64")) / len(y)


def mf_step(act=_relu, error=_error, gate=_mask, matrix=lambda M: M, handed_on=_relu):
    """A training step of Mono-Forward with other stages."""

    def step(x, y, W, M, lr):
        z = x @ W
        dG = error(act(z) @ M.T, y)
        return W - lr * x.T @ ((dG @ matrix(M)) * gate(z)), M - lr * dG.T @ act(z), handed_on(z)

    return step


def network_step(kind, act=_relu, error=_error, back=lambda d: d, matrix=lambda B: B):
    """A training step of a network with other stages; kind: "bp", "fa" or "dfa"."""

    def step(x, y, weights, *rest):
        *feedback, lr = rest
        zs, inputs = [], [x]
        for W in weights:
            zs.append(inputs[-1] @ W)
            inputs.append(act(zs[-1]))
        e = d = error(zs[-1], y)
        new = list(weights)
        for k in reversed(range(len(weights))):
            new[k] = weights[k] - lr * inputs[k].T @ d
            if k:
                B = weights[k].T if kind == "bp" else feedback[0][k - 1]
                d = back(e if kind == "dfa" else d) @ matrix(B) * (zs[k - 1] > 0)
        return new

    return with_signature(EXERCISES[f"{kind}_step"], step)


def ff_step(pos, neg, goodness=lambda a: (a * a).sum(axis=1), mean=True):
    """A training step of Forward-Forward with other slopes of the loss."""

    def step(x_pos, x_neg, W, theta, lr):
        dW = np.zeros_like(W)
        for x, slope in ((x_pos, pos), (x_neg, neg)):
            a = _relu(x @ W)
            dW += x.T @ (2 * a * slope(goodness(a) - theta)[:, None]) / (len(x) if mean else 1)
        return W - lr * dW

    return step


def adam_step(first, second):
    """A step of Adam with other moments."""

    def step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
        m, v = first(m, gradient, beta1), second(v, gradient, beta2)
        return parameter - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v

    return step


def _sigmoid(u):
    return 1 / (1 + np.exp(-u))


STAGES = [
    (
        "mf_step",
        mf_step(act=np.tanh, matrix=np.abs, handed_on=np.tanh),
        [
            r"The activation that the gradient of M uses .*: tanh\(z\)",
            r"The error at z .* with da = dG \|M\|",
            "handed on",
        ],
    ),
    (
        "mf_step",
        mf_step(error=lambda G, y: _error(np.maximum(G, 0), y), matrix=np.abs),
        [r"The gradient at the scores .*max\(a M\^T, 0\)", r"The error at z .* with da = dG \|M\|"],
    ),
    (
        "eq7",
        lambda x, z, M, dG: np.abs(x).T @ ((np.sign(dG) @ np.abs(M)) * (z > 0)),
        [r"The input, as the gradient uses it, .*: \|x\|", r"The error at z .* with da = sign\(dG\) \|M\|"],
    ),
    *[
        (
            f"{kind}_step",
            network_step(kind, act=np.tanh, back=np.sign, matrix=np.abs),
            [r"The activation of the hidden layers .*: tanh\(z\)", rf"The error at the hidden layers .* da = {what}\|"],
        )
        for kind, what in (("bp", r"sign\(d\) \|W\^T"), ("fa", r"sign\(d\) \|B"), ("dfa", r"sign\(e\) \|B"))
    ],
    (
        "ff_step",
        ff_step(lambda u: -_sigmoid(1 - u), lambda u: _sigmoid(u - 1)),
        [r"positive data .*: sigmoid\(\(theta - G \+ 1\)\)", r"negative data .*: sigmoid\(\(G - theta - 1\)\)"],
    ),
    (
        "adam_step",
        adam_step(lambda m, g, b: (m + g) / 2, lambda v, g, b: b * v + (1 - b) * np.abs(g) ** 3),
        [r"m, as it is returned, .*: \(m \+ g\) / 2", r"v, as it is returned, .*\|g\|\^3"],
    ),
]


@pytest.mark.parametrize(("name", "step", "says"), STAGES, ids=[f"{k} {row[0]}" for k, row in enumerate(STAGES)])
def test_each_stage_that_is_wrong_is_read_off_whatever_the_seed(name, step, says):
    for seed in (1, 5):
        report = check(name, step, seed=seed)
        assert not report.passed
        assert report.mistake == "another_formula", report
        for pattern in says:
            assert re.search(pattern, report.evidence), (pattern, report.evidence)


def test_steps_whose_stages_are_all_right_pass():
    right = [("mf_step", mf_step()), ("ff_step", ff_step(lambda u: -_sigmoid(-u), _sigmoid))]
    for name, step in [*right, *((f"{kind}_step", network_step(kind)) for kind in ("bp", "fa", "dfa"))]:
        assert check(name, step).passed, name


def test_slopes_are_not_all_that_is_said_where_a_sum_stands_for_the_mean():
    """With one sample in each half sum and mean are the same: what is read there would be half the truth."""
    report = check("ff_step", ff_step(lambda u: -_sigmoid(1 - u), lambda u: _sigmoid(u - 1), mean=False))
    assert not report.passed
    assert "slope of the loss" not in report.evidence


# -- Losses


LOSSES = {
    "eq3": lambda G, theta: np.logaddexp(0, theta - G),
    "eq6": lambda G, y: np.log(np.exp(G).sum(axis=1)) - G[np.arange(len(y)), y],
}


HOWS = [how for how in reductions.TOGETHER if how != "the mean of those above 0"]
"""All losses here are above 0: that would be the mean."""


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", LOSSES)
def test_what_stands_for_the_mean_over_the_batch_is_read_off(name, how):
    if name == "eq3" and re.search("label|class", how):
        pytest.skip("this loss has no labels")
    exercise = EXERCISES[name]
    cases = [case for case in draw_cases(exercise, 1) if not case.extreme]

    def loss(*args):
        values = LOSSES[name](*args)
        return values[0] if len(values) == 1 else reductions.TOGETHER[how](values, Case(args, {}))

    found = reductions.taken_apart(exercise, cases, Caller(exercise, with_signature(exercise, loss), 5))
    assert [finding.evidence for finding in found] == [f"Over the batch it takes another thing than the mean: {how}."]


BY_HAND = {
    "the median": lambda v: np.sort(v)[[(len(v) - 1) // 2, len(v) // 2]].mean(),
    "the root of the mean of squares": lambda v: np.linalg.norm(v) / np.sqrt(len(v)),
    "the mean without the last sample": lambda v: sum(v[: len(v) - 1]) / (len(v) - 1),
    "the sum without the first sample, divided by all": lambda v: (sum(v) - v[0]) / len(v),
    "weighed by its number from 1 on": lambda v: sum(n * value for n, value in enumerate(v, 1)) / len(v),
    "the product": lambda v: np.exp(np.log(v).sum()),
}


@pytest.mark.parametrize("says", BY_HAND)
def test_what_is_said_of_the_batch_is_what_was_done(says):
    def loss(G, y):
        values = LOSSES["eq6"](G, y)
        return BY_HAND[says](values) if len(values) > 1 else values[0]

    exercise = EXERCISES["eq6"]
    cases = [case for case in draw_cases(exercise, 1) if not case.extreme]
    (finding,) = reductions.taken_apart(exercise, cases, Caller(exercise, loss, 5))
    assert says in finding.evidence


def test_what_is_taken_of_each_sample_is_read_off_beside_it():
    def hinges(G, y):
        values = np.maximum(0, 1 - G[np.arange(len(y)), y])
        return values.sum() / (len(values) - 1) if len(values) > 1 else values[0]

    exercise = EXERCISES["eq6"]
    cases = [case for case in draw_cases(exercise, 1) if not case.extreme]
    found = reductions.taken_apart(exercise, cases, Caller(exercise, hinges, 5))
    assert len(found) == 2
    assert "of each sample it takes max(1 - the score of the label, 0), a hinge" in found[0].evidence
    assert "the sum, divided by the number of samples - 1" in found[1].evidence
    assert reductions.taken_apart(exercise, cases, Caller(exercise, exercise.reference, 5)) == []


# -- Windows


@pytest.mark.parametrize("name", shapes.GEOMETRIES)
def test_another_window_stride_or_padding_is_read_off(name):
    says, change = shapes.GEOMETRIES[name]

    def other(x, kernel, stride, padding):
        sizes = zip(("kernel", "stride", "padding"), (kernel, stride, padding), (1, 1, 0), strict=True)
        return im2col(x, *change(*(pair(*size) for size in sizes)))

    for seed in (1, 5):
        report = check("im2col", other, seed=seed)
        assert not report.passed
        assert report.mistake == name or says in report.evidence, report


WINDOWS = {
    "one pixel apart": lambda k, s, p: (k, 1, p),
    "padding is there twice": lambda k, s, p: (k, s, (p[0] + p[0], p[1] + p[1])),
    "kernel's size is used as the stride": lambda k, s, p: (k, k, p),
    "square of its height": lambda k, s, p: (k[0], s, p),
    "square of its width": lambda k, s, p: (k[1], s, p),
    "Vertical and horizontal stride (SH and SW) are exchanged": lambda k, s, p: (k, (s[1], s[0]), p),
    "Vertical and horizontal padding (PH and PW) are exchanged": lambda k, s, p: (k, s, (p[1], p[0])),
    "stride is used in one direction only, vertically": lambda k, s, p: (k, (s[0], 1), p),
    "stride is used in one direction only, horizontally": lambda k, s, p: (k, (1, s[1]), p),
    "padding is there in one direction only, vertically": lambda k, s, p: (k, s, (p[0], 0)),
    "padding is there in one direction only, horizontally": lambda k, s, p: (k, s, (0, p[1])),
    "stride is always 2": lambda k, s, p: (k, 2, p),
}


@pytest.mark.parametrize("says", WINDOWS)
def test_what_is_said_of_the_windows_is_what_was_done(says):
    """By hand, so that the words of the checker's own table are held to something."""

    def other(x, kernel, stride, padding):
        sizes = zip(("kernel", "stride", "padding"), (kernel, stride, padding), (1, 1, 0), strict=True)
        return im2col(x, *WINDOWS[says](*(pair(*size) for size in sizes)))

    assert says in check("im2col", other).evidence


def test_what_cannot_be_told_apart_is_said_as_an_alternative():
    """Half of a kernel of 2 or 3 pixels is 1."""

    def ones(x, kernel, stride, padding):
        return im2col(x, kernel, stride, 1)

    evidence = check("im2col", ones).evidence
    assert "always 1" in evidence
    assert "Or, which gives the same here: The padding is half the kernel" in evidence


def test_right_windows_are_called_right():
    exercise = EXERCISES["im2col"]
    cases = draw_cases(exercise, 1)
    assert shapes.other_geometry(exercise, cases, [[("cols", im2col(*case.args))] for case in cases]) is None
