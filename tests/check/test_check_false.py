"""Sentences that were false of some functions: each is said no more. Functions that passed by chance: they fail."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import equations as eq
from mfnumpy.check import check
from mfnumpy.optim import Adam
from mfnumpy.train import Trainer


def true_weights_at_the_top(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    d = eq.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [weights[-1] - lr * inputs[-1].T @ d]
    for k in range(len(weights) - 2, -1, -1):
        back = weights[-1].T if k == len(weights) - 2 else feedback[k]
        d = (d @ back) * (inputs[k + 1] > 0)
        new.insert(0, weights[k] - lr * inputs[k].T @ d)
    return new


def slope_of_tanh(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = eq.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = []
    for k, W in enumerate(weights):
        d = e if k == len(weights) - 1 else (e @ feedback[k]) * (1 - inputs[k + 1] ** 2)
        new.append(W - lr * inputs[k].T @ d)
    return new


def first_pixel_only(dy, size):
    PH, PW = np.broadcast_to(size, 2)
    dx = np.zeros((dy.shape[0], dy.shape[1] * PH, dy.shape[2] * PW, dy.shape[3]))
    dx[:, ::PH, ::PW] = dy / (PH * PW)
    return dx


def only_W_put_back(net, rule, i, x, y):
    kept = [block.parameters["W"].copy() for block in net.blocks]
    Trainer(net, rule, Adam(0.003), epochs=5, batch_size=32, show_progress=False).fit(x, y)
    for k, block in enumerate(net.blocks):
        if k != i:
            block.parameters["W"][...] = kept[k]


def finite_difference(G, theta):
    h = 1e-4
    return (np.logaddexp(0, theta - G - h) - np.logaddexp(0, theta - G)) / h / len(G) * 1.0002


def smoothed(G, y):
    m = G.shape[1]
    p = eq.softmax(G)
    t = 0.9 * np.eye(m)[y] + 0.1 / m
    return (p - t) / len(G)


@pytest.mark.parametrize(
    ("exercise", "function", "false", "true"),
    [
        (
            "fa_step",
            true_weights_at_the_top,
            "weights[2] does not change when feedback changes",
            "topmost hidden layer",
        ),
        ("dfa_step", slope_of_tanh, "In it: a tanh", "the slope of a tanh"),
        ("avgpool_backward", first_pixel_only, "gets all", "Only one pixel of each window"),
        ("repair", only_W_put_back, "was the rule started again", "only W put back"),
        ("eq3_gradient", finite_difference, "1.000 x ours", "finite difference"),
        ("eq6_gradient", smoothed, "the share of the other classes is 0.1", "the smoothing, spread over all classes"),
    ],
)
def test_what_was_false_is_not_said(exercise, function, false, true):
    report = str(check(exercise, function))
    assert false not in report
    assert true in report, report


def by_windows(dy, size):
    PH, PW = np.broadcast_to(size, 2)
    return np.repeat(np.repeat(dy, PH, axis=1), PW, axis=2) / (dy.shape[1] * (dy.shape[2] - 1))


def of_surest_anywhere(goodness_per_layer):
    p = np.stack([eq.softmax(g) for g in goodness_per_layer]).max(axis=2)
    return goodness_per_layer[p.argmax(axis=0).max()].argmax(axis=1)


def shifted_by_mean_and_deviation(scores):
    e = np.exp(scores - scores.mean(axis=1, keepdims=True) - scores.std(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def clipped_by_norm(parameter, gradient, lr):
    return parameter - lr * gradient / max(1.0, np.linalg.norm(gradient))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("exercise", "function"),
    [
        ("avgpool_backward", by_windows),
        ("mf_predict_bp", of_surest_anywhere),
        ("softmax", shifted_by_mean_and_deviation),
        ("sgd_step", clipped_by_norm),
    ],
)
def test_what_passed_by_the_draws_fails(exercise, function, seed):
    assert not check(exercise, function, seed=seed).passed


def test_a_gradient_that_is_clipped_is_not_said_to_be_scaled_to_length_one():
    report = check("sgd_step", clipped_by_norm)
    assert report.mistake != "gradient_normalised", report
