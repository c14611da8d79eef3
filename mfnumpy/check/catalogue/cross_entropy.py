"""Exercise eq6, what goes wrong in it, and its draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import exact, labels, real, sizes
from mfnumpy.check.catalogue.softmax import (
    CLIPS,
    huge_scores,
    log_softmax,
    no_shift,
    rows_apart,
    softmax_by,
)
from mfnumpy.check.model import Case, Exercise, Free, Property, Rng, mistakes


def hot(y, m):
    """The one-hot labels in float64, (N, m)."""
    return eq.one_hot(y, m, "float64")


def draw_loss(rng: Rng, k: int) -> Case:
    """Scores and labels, as eq6 and its gradient take them."""
    N, m = sizes(rng, k, 7, 4)
    return Case((2 * real(rng, N, m), labels(rng, N, m, k)), {"N": N, "m": m})


def extreme_scores(rng: Rng) -> list[Case]:
    """Scores that overflow without a shift, and rows so far apart that one shift for all does not do."""
    G = huge_scores(rng)
    y = G.argmax(axis=1)
    y[0] = np.argsort(G[0])[-2]  # 300 below the largest: a loss beside which rounding at 1000 is small
    apart = rows_apart(rng)
    return [
        Case((G, y), {"N": 5, "m": 4}, "scores of +-1000", "not_shifted|scores_clipped"),
        Case((apart, apart.argmin(axis=1)), {"N": 5, "m": 4}, "rows 800 apart", "shifted_by_whole_maximum"),
    ]


def _extreme_loss(rng: Rng) -> list[Case]:
    """First scores that are large and close together: there no probability is 0, and only the shift is tried."""
    huge, apart = extreme_scores(rng)
    gap = real(rng, 5, 4)
    gap[1] = [0.0, 1000.0, 3.0, 1.0]
    close = exact(4 * real(rng, 5, 4) + 1000)
    return [
        Case((close, close.argmin(axis=1)), {"N": 5, "m": 4}, "scores near 1000", "not_shifted|scores_clipped"),
        replace(huge, suspect="log_of_zero|epsilon_in_log"),
        apart,
        Case((exact(gap), np.array([1, 0, 3, 2, 0])), {"N": 5, "m": 4},
             "a true class whose score is 1000 below the largest", "log_of_zero|epsilon_in_log"),
    ]  # fmt: skip


def _loss(G, y, *, log_p=log_softmax, pick=lambda lp, y: lp[np.arange(len(y)), y],
          mean=lambda values: -values.mean(), whole=None):  # fmt: skip
    return whole(G, y) if whole is not None else mean(pick(log_p(G), y))


def _squared_error(G, y):
    return ((eq.softmax(G) - hot(y, G.shape[1])) ** 2).sum(axis=1).mean()


def _logistic(G, y):
    """The binary cross-entropy of each class by itself, (N, m)."""
    return np.logaddexp(0, G) - G * hot(y, G.shape[1])


def _margin(G, y, over=np.max):
    gap = 1 + G - G[np.arange(len(y)), y][:, None]
    gap[np.arange(len(y)), y] = 0
    return over(np.maximum(gap, 0), axis=1).mean()


def _others_only(G, y):
    rest = np.where(hot(y, G.shape[1]) > 0, -np.inf, G)
    return (np.log(np.exp(rest - G.max(axis=1)[:, None]).sum(axis=1)) + G.max(axis=1) - G[np.arange(len(y)), y]).mean()


def _all_logarithms(G, y):
    """The one-hot label picks the true class only after the logarithm: 0 times -inf is not a number."""
    return -(hot(y, G.shape[1]) * np.log(eq.softmax(G))).sum(axis=1).mean()


def _binary(log, G, y):
    p, t = eq.softmax(G), hot(y, G.shape[1])
    return -(t * log(p) + (1 - t) * log(1 - p)).sum(axis=1).mean()


_EPSILONS = [1e-7, 1e-8, 1e-12, 1e-10, 1e-15, 1e-9, 1e-6, 1e-5, 1e-4, 1e-3, 1e-16, 1e-20, 1e-30, 1e-100, 1e-300]

EQ6 = Exercise(
    name="eq6",
    title="Eq. (6)",
    arguments=("G", "y"),
    outputs=("loss",),
    about="""The cross-entropy of softmax(G) with the labels, the mean over the batch.

    G: (N, m) scores of any size. y: (N,) integer labels from 0 to m - 1. Returns a float.""",
    lesson="lesson 2",
    reference=eq.cross_entropy,
    recipe=_loss,
    draw=draw_loss,
    extremes=_extreme_loss,
    scales={"1/m": "mean_over_classes"},
    slices={"sample": {"G": 0, "y": 0}},
    properties=(Property("loss", "the loss is not negative", lambda args, loss: bool(loss >= 0)),),
    mistakes=mistakes(
        not_shifted=[
            {"log_p": lambda G: np.log(no_shift(G))},
            {"log_p": lambda G: G - np.log(np.exp(G).sum(axis=1, keepdims=True))},
        ],
        log_of_zero=["The logarithm is taken of a probability that has become 0, log(0): the loss is infinite (inf) "
                     "or not a number (nan).",
                     {"log_p": lambda G: np.log(eq.softmax(G))}, {"whole": _all_logarithms}],
        epsilon_in_log=["A small number (an epsilon) inside the logarithm, or a clip of p, bounds the loss: where "
                        "it should be large, it is capped, too small.",
                        *[{"log_p": lambda G, e=e: np.log(eq.softmax(G) + e)} for e in _EPSILONS]],
        shifted_by_whole_maximum={"log_p": lambda G: np.log(softmax_by(G, shift=np.max))},
        scores_clipped=[{"log_p": lambda G, c=c: log_softmax(np.clip(G, -c, c))} for c in CLIPS],
        each_class_by_itself=["Each class has a logistic (binary, sigmoid) loss of its own, without a softmax: the "
                              "classes do not compete.",
                              {"whole": lambda G, y: _logistic(G, y).sum(axis=1).mean()},
                              {"whole": lambda G, y: _logistic(G, y).mean()}],
        softmax_missing=["The softmax is missing: the raw scores G are treated as if they were (log) probabilities.",
                         {"log_p": lambda G: G}],
        log_without_softmax=["The logarithm is taken of the scores G themselves: the softmax is missing.",
                             {"log_p": np.log}, {"log_p": lambda G: np.log(np.abs(G))}],
        log_missing=["The logarithm is missing: the probability of the true class itself is averaged.",
                     {"log_p": eq.softmax}],
        softmax_twice={"log_p": lambda G: log_softmax(eq.softmax(G))},
        softmax_over_batch={"log_p": lambda G: log_softmax(G.T).T},
        sigmoid_for_softmax={"log_p": lambda G: -np.logaddexp(0, -G)},
        label_off_by_one=["The labels y are off by one (y - 1 or y + 1), a class beside the right one: they count "
                          "from 0, not from 1.",
            {"pick": lambda lp, y: lp[np.arange(len(y)), y - 1]},
            {"pick": lambda lp, y: lp[np.arange(len(y)), (y + 1) % lp.shape[1]]},
        ],
        every_class_counted=["Every class is counted as if it were the true one: the one-hot label is missing, all "
                             "classes are summed.",
                             {"pick": lambda lp, y: lp.sum(axis=1)}],
        prediction_for_label=["The predicted class (the argmax of the scores) is used instead of the label y.",
                              {"pick": lambda lp, y: lp.max(axis=1)}],
        column_of_labels=["The index [:, y] mixes samples: every row uses all labels of the batch (the columns of "
                          "the other samples' labels too), not its own label alone.",
                          {"pick": lambda lp, y: lp[:, y].sum(axis=1)}],
        mean_before_log=["The mean over the batch is taken before the logarithm: the log of the mean probability. "
                         "Each sample has a logarithm of its own.",
                         {"log_p": eq.softmax, "mean": lambda values: -np.log(values.mean())}],
        log_base_two=["The logarithm has base 2 (log2), not e: it is counted in bits.",
                      {"mean": lambda values: -values.mean() / np.log(2)}],
        log_base_ten=["The logarithm has base 10 (log10), not e.",
                      {"mean": lambda values: -values.mean() / np.log(10)}],
        squared_error_for_cross_entropy=["The squared error of the probabilities (mean squared error, MSE) stands "
                                         "where the cross-entropy belongs.",
            {"whole": _squared_error}, {"whole": lambda G, y: _squared_error(G, y) / 2},
            {"whole": lambda G, y: _squared_error(G, y) / G.shape[1]},
        ],
        binary_cross_entropy=["This is the binary cross-entropy, one for each class; here the classes exclude each "
                              "other.",
                              *[{"whole": lambda G, y: _binary(np.log, G, y)}]
        + [{"whole": lambda G, y, e=e: _binary(lambda p: np.log(p + e), G, y)} for e in (1e-12, 1e-8, 1e-7)]],
        first_sample_only=["Only the first sample (row 0) of the batch counts: is a loop left in its first turn, or "
                           "an index [0] too many?",
                           {"mean": lambda values: -values[0]}],
        last_sample_dropped=["The last sample (row) of the batch is left out: does a loop or a slice end one too "
                             "early?",
                             {"mean": lambda values: -values[:-1].mean()}],
        largest_for_mean=["The largest value (a maximum, the worst sample) is taken instead of the mean over the "
                          "batch.",
                          {"mean": lambda values: -values.min()}],
        probability_weighted_twice=["The loss is weighted by the probability p once more: p log p, as in an entropy.",
                                    {"pick": lambda lp, y: (np.exp(lp) * lp)[np.arange(len(y)), y]}],
        entropy_for_cross_entropy=["This is the entropy of the prediction, made of p alone; the label y does not "
                                   "enter.",
                                   {"pick": lambda lp, y: (np.exp(lp) * lp).sum(axis=1)}],
        loss_not_reduced=["One value for each sample is returned, an array of N losses; the mean over the batch is "
                          "still to be taken, to one number.",
                          {"mean": lambda values: -values}],
        probability_for_log=["The loss is made of 1 - p, or its square; the logarithm of the probability is missing.",
                             {"pick": lambda lp, y: np.exp(lp)[np.arange(len(y)), y] - 1},
                             {"pick": lambda lp, y: -((1 - np.exp(lp)[np.arange(len(y)), y]) ** 2)}],
        log_of_complement=["The logarithm is taken of 1 - p, the probability of all other classes, not of p.",
                           {"pick": lambda lp, y: np.log(1 - np.exp(lp[np.arange(len(y)), y]))},
                           {"pick": lambda lp, y: -np.log(1 - np.exp(lp[np.arange(len(y)), y]))}],
        one_in_log=["A 1 is added inside the logarithm: log(1 + p).",
                    {"pick": lambda lp, y: np.log1p(np.exp(lp[np.arange(len(y)), y]))}],
        label_smoothed=["The labels are smoothed (label smoothing): the other classes count as well, with a small "
                        "share; the target is not one-hot.",
                        Free(lambda e: {"pick": lambda lp, y: (1 - e) * lp[np.arange(len(y)),
                            y] + e * lp.mean(axis=1)}, (0.1,),
                             "the smoothing, spread over all classes, is {}", (0.1, 0.05)),
                        Free(lambda e: {"pick": lambda lp, y: (1 - e) * lp[np.arange(len(y)), y] + e * (
                            lp.sum(axis=1) - lp[np.arange(len(y)), y]) / (lp.shape[1] - 1)}, (0.1,),
                             "the share of the other classes together is {}", (0.1,))],
        every_pair_counted=["The index takes every label for every row (p[:, y] has N x N entries): each row uses "
            "the labels of other "
                            "samples.", {"pick": lambda lp, y: lp[:, y].mean(axis=1)},
                            {"log_p": eq.softmax, "pick": lambda p, y: np.log(p[:, y].sum(axis=1))}],
        temperature=[Free(lambda c: {"log_p": lambda G: log_softmax(c * G)}, (2.0, 0.5), "it is {}", (3.0, 0.4))],
        focal=["Samples that are right already count less: a factor (1 - p)^gamma, as in the focal loss.",
               Free(lambda c: {"pick": lambda lp, y: ((1 - np.exp(lp)) ** c * lp)[np.arange(len(y)), y]}, (1.0, 2.0),
                    "gamma is {}", (1.5,))],
        hinge_for_cross_entropy=["This is a hinge loss (a margin between scores, as in an SVM), not the "
                                 "cross-entropy.",
            {"whole": _margin},
                                 {"whole": lambda G, y: _margin(G, y, np.sum)}],
        largest_for_log_sum=["The largest score (a maximum) stands where log-sum-exp, the logarithm of the sum of "
                             "exponentials, belongs.",
            {"log_p": lambda G: G - G.max(axis=1)[:, None]}],
        exponential_of_loss=["The exponential of the loss (the perplexity, or its inverse) is returned, not the "
                             "loss itself.",
                             {"mean": lambda values: np.exp(-values.mean())},
                                 {"mean": lambda values: np.exp(values.mean())}],
        squared_mean=["The samples' losses are squared before they are averaged over the batch (a mean square, or "
                      "its root).",
                      {"mean": lambda values: (values**2).mean()},
                      {"mean": lambda values: np.sqrt((values**2).mean())}],
        median_for_mean=["The median over the batch is taken instead of the mean.",
            {"mean": lambda values: -np.median(values)}],
        smallest_for_mean=["The smallest loss of the batch (the minimum) is returned instead of the mean.",
                           {"mean": lambda values: -values.max()}],
        only_wrong_counted=["Only samples that are predicted wrongly count: the loss of those already classified "
                            "correctly (argmax of G = y) is left out, or 0.",
                            {"pick": lambda lp, y: lp[np.arange(len(y)), y] * (lp.argmax(axis=1) != y)}],
        only_right_counted=["Only samples that are classified correctly (argmax of G = y) count: the loss of those "
                            "predicted wrongly is left out, or 0.",
                            {"pick": lambda lp, y: lp[np.arange(len(y)), y] * (lp.argmax(axis=1) == y)}],
        absolute_error=["This is the absolute error of the probabilities, |p - y|, not the cross-entropy.",
                        {"whole": lambda G, y: np.abs(eq.softmax(G) - hot(y, G.shape[1])).sum(axis=1).mean()},
                        {"whole": lambda G, y: np.abs(eq.softmax(G) - hot(y, G.shape[1])).mean()}],
        accuracy_for_loss=["The share of right (or wrong) predictions is returned, the accuracy (or error rate), "
                           "not the loss.",
                           {"whole": lambda G, y: (G.argmax(axis=1) == y).mean()},
                               {"whole": lambda G, y: (G.argmax(axis=1) != y).mean()}],
        other_classes_missing=["The true class is left out of the total (the sum of exponentials) under the "
                               "logarithm.", {"whole": _others_only}],
    ),
)  # fmt: skip

EXERCISES = (EQ6,)
