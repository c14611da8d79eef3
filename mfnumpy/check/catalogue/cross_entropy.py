"""Exercises eq6 and eq6_gradient, and what goes wrong in them."""

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
    over_batch,
    rows_apart,
    softmax_by,
)
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes


def _hot(y, m):
    return eq.one_hot(y, m, "float64")


def _draw_loss(rng: Rng, k: int) -> Case:
    N, m = sizes(rng, k, 7, 4)
    return Case((2 * real(rng, N, m), labels(rng, N, m, k)), {"N": N, "m": m})


def _extreme_gradient(rng: Rng) -> list[Case]:
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
    huge, apart = _extreme_gradient(rng)
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
    return ((eq.softmax(G) - _hot(y, G.shape[1])) ** 2).sum(axis=1).mean()


def _margin(G, y, over=np.max):
    gap = 1 + G - G[np.arange(len(y)), y][:, None]
    gap[np.arange(len(y)), y] = 0
    return over(np.maximum(gap, 0), axis=1).mean()


def _others_only(G, y):
    rest = np.where(_hot(y, G.shape[1]) > 0, -np.inf, G)
    return (np.log(np.exp(rest - G.max(axis=1)[:, None]).sum(axis=1)) + G.max(axis=1) - G[np.arange(len(y)), y]).mean()


def _all_logarithms(G, y):
    """The one-hot label picks the true class only after the logarithm: 0 times -inf is not a number."""
    return -(_hot(y, G.shape[1]) * np.log(eq.softmax(G))).sum(axis=1).mean()


def _binary(log, G, y):
    p, t = eq.softmax(G), _hot(y, G.shape[1])
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
    draw=_draw_loss,
    extremes=_extreme_loss,
    scales={"1/m": "mean_over_classes"},
    sentences={"mean_over_classes": "It is divided by the number of classes as well; the mean is over the batch only."},
    slices={"sample": {"G": 0, "y": 0}},
    mistakes=mistakes(
        not_shifted=[
            {"log_p": lambda G: np.log(no_shift(G))},
            {"log_p": lambda G: G - np.log(np.exp(G).sum(axis=1, keepdims=True))},
        ],
        log_of_zero=["The logarithm is taken of a probability that has become 0: the loss is infinite or not a "
                     "number.",
                     {"log_p": lambda G: np.log(eq.softmax(G))}, {"whole": _all_logarithms}],
        epsilon_in_log=["A small number inside the logarithm (or a clip) bounds the loss: where it should be large, "
                        "it is not.",
                        *[{"log_p": lambda G, e=e: np.log(eq.softmax(G) + e)} for e in _EPSILONS]],
        shifted_by_whole_maximum={"log_p": lambda G: np.log(softmax_by(G, shift=np.max))},
        scores_clipped=[{"log_p": lambda G, c=c: log_softmax(np.clip(G, -c, c))} for c in CLIPS],
        softmax_missing=["The softmax is missing: scores are treated as if they were (log) probabilities.",
                         {"log_p": lambda G: G}],
        log_without_softmax=["The logarithm is taken of the scores themselves.",
                             {"log_p": np.log}, {"log_p": lambda G: np.log(np.abs(G))}],
        log_missing=["The logarithm is missing.",
                     {"log_p": eq.softmax}],
        softmax_twice={"log_p": lambda G: log_softmax(eq.softmax(G))},
        softmax_over_batch={"log_p": lambda G: log_softmax(G.T).T},
        sigmoid_for_softmax={"log_p": lambda G: -np.logaddexp(0, -G)},
        label_off_by_one=["Labels are off by one: they count from 0.",
            {"pick": lambda lp, y: lp[np.arange(len(y)), y - 1]},
            {"pick": lambda lp, y: lp[np.arange(len(y)), (y + 1) % lp.shape[1]]},
        ],
        every_class_counted=["Every class is counted as if it were the true one: the one-hot label is missing.",
                             {"pick": lambda lp, y: lp.sum(axis=1)}],
        prediction_for_label=["The predicted class (the argmax) is used in place of the label.",
                              {"pick": lambda lp, y: lp.max(axis=1)}],
        column_of_labels=["The index mixes samples: each row uses the labels of the whole batch, not its own.",
                          {"pick": lambda lp, y: lp[:, y].sum(axis=1)}],
        mean_before_log=["The mean over the batch is taken before the logarithm.",
                         {"log_p": eq.softmax, "mean": lambda values: -np.log(values.mean())}],
        log_base_two=["The logarithm has base 2.",
                      {"mean": lambda values: -values.mean() / np.log(2)}],
        log_base_ten=["The logarithm has base 10.",
                      {"mean": lambda values: -values.mean() / np.log(10)}],
        squared_error_for_cross_entropy=["This is the squared error's, not the cross-entropy's.",
            {"whole": _squared_error}, {"whole": lambda G, y: _squared_error(G, y) / 2},
            {"whole": lambda G, y: _squared_error(G, y) / G.shape[1]},
        ],
        binary_cross_entropy=["This is the binary cross-entropy, one for each class; here the classes exclude each "
                              "other.",
                              *[{"whole": lambda G, y: _binary(np.log, G, y)}]
        + [{"whole": lambda G, y, e=e: _binary(lambda p: np.log(p + e), G, y)} for e in (1e-12, 1e-8, 1e-7)]],
        first_sample_only=["Only the first sample of the batch counts.",
                           {"mean": lambda values: -values[0]}],
        last_sample_dropped=["The last sample of the batch is left out.",
                             {"mean": lambda values: -values[:-1].mean()}],
        largest_for_mean=["The largest value (a maximum) is taken in place of the mean.",
                          {"mean": lambda values: -values.min()}],
        probability_weighted_twice=["The loss is weighted by the probability once more.",
                                    {"pick": lambda lp, y: (np.exp(lp) * lp)[np.arange(len(y)), y]}],
        entropy_for_cross_entropy=["This is the entropy of the prediction; the label does not enter.",
                                   {"pick": lambda lp, y: (np.exp(lp) * lp).sum(axis=1)}],
        loss_not_reduced=["One value for each sample is returned; the mean over the batch is still to be taken.",
                          {"mean": lambda values: -values}],
        probability_for_log=["The loss is made of 1 - p; the logarithm of the probability is missing.",
                             {"pick": lambda lp, y: np.exp(lp)[np.arange(len(y)), y] - 1},
                             {"pick": lambda lp, y: -((1 - np.exp(lp)[np.arange(len(y)), y]) ** 2)}],
        log_of_complement=["The logarithm is taken of 1 - p.",
                           {"pick": lambda lp, y: np.log(1 - np.exp(lp[np.arange(len(y)), y]))},
                           {"pick": lambda lp, y: -np.log(1 - np.exp(lp[np.arange(len(y)), y]))}],
        one_in_log=["A 1 is added inside the logarithm: log(1 + p).",
                    {"pick": lambda lp, y: np.log1p(np.exp(lp[np.arange(len(y)), y]))}],
        label_smoothed=["The labels are smoothed: the other classes count as well.",
                        Free(lambda e: {"pick": lambda lp, y: (1 - e) * lp[np.arange(len(y)),
                            y] + e * lp.mean(axis=1)}, (0.1,),
                             "the share of the other classes is {}", (0.1, 0.05)),
                        Free(lambda e: {"pick": lambda lp, y: (1 - e) * lp[np.arange(len(y)), y] + e * (
                            lp.sum(axis=1) - lp[np.arange(len(y)), y]) / (lp.shape[1] - 1)}, (0.1,),
                             "the share of the other classes is {}", (0.1,))],
        every_pair_counted=["The index takes every label for every row (p[:, y] has N x N entries): each row uses "
            "the labels of other "
                            "samples.", {"pick": lambda lp, y: lp[:, y].mean(axis=1)},
                            {"log_p": eq.softmax, "pick": lambda p, y: np.log(p[:, y].sum(axis=1))}],
        temperature=[Free(lambda c: {"log_p": lambda G: log_softmax(c * G)}, (2.0, 0.5), "it is {}", (3.0, 0.4))],
        focal=["Samples that are right already count less: a factor (1 - p)^gamma, as in the focal loss.",
               Free(lambda c: {"pick": lambda lp, y: ((1 - np.exp(lp)) ** c * lp)[np.arange(len(y)), y]}, (1.0, 2.0),
                    "gamma is {}", (1.5,))],
        hinge_for_cross_entropy=["This is a hinge (a margin between scores), not the cross-entropy.",
            {"whole": _margin},
                                 {"whole": lambda G, y: _margin(G, y, np.sum)}],
        largest_for_log_sum=["The largest score stands where log-sum-exp belongs.",
            {"log_p": lambda G: G - G.max(axis=1)[:, None]}],
        exponential_of_loss=["The exponential of the loss is returned (the perplexity).",
                             {"mean": lambda values: np.exp(-values.mean())},
                                 {"mean": lambda values: np.exp(values.mean())}],
        squared_mean=["The losses are squared before they are averaged.", {"mean": lambda values: (values**2).mean()},
                      {"mean": lambda values: np.sqrt((values**2).mean())}],
        median_for_mean=["The median over the batch is taken in place of the mean.",
            {"mean": lambda values: -np.median(values)}],
        smallest_for_mean=["The smallest loss of the batch is returned in place of the mean.",
                           {"mean": lambda values: -values.max()}],
        only_wrong_counted=["Only samples that are predicted wrongly (or rightly) count.",
                            {"pick": lambda lp, y: lp[np.arange(len(y)), y] * (lp.argmax(axis=1) != y)},
                            {"pick": lambda lp, y: lp[np.arange(len(y)), y] * (lp.argmax(axis=1) == y)}],
        absolute_error=["This is an absolute error of the probabilities, not the cross-entropy.",
                        {"whole": lambda G, y: np.abs(eq.softmax(G) - _hot(y, G.shape[1])).sum(axis=1).mean()},
                        {"whole": lambda G, y: np.abs(eq.softmax(G) - _hot(y, G.shape[1])).mean()}],
        accuracy_for_loss=["The share of right (or wrong) predictions is returned, not the loss.",
                           {"whole": lambda G, y: (G.argmax(axis=1) == y).mean()},
                               {"whole": lambda G, y: (G.argmax(axis=1) != y).mean()}],
        other_classes_missing=["The true class is left out of the total under the logarithm.", {"whole": _others_only}],
    ),
)  # fmt: skip


def _loss_gradient(G, y, *, p=eq.softmax, target=lambda y, m, p: _hot(y, m), combine=lambda p, t: p - t,
                   mean=lambda d: d / d.shape[0]):  # fmt: skip
    probability = p(G)
    return mean(combine(probability, target(y, G.shape[1], probability)))


def _through_softmax(p, g):
    """A gradient at p sent back through the softmax."""
    return p * (g - (p * g).sum(axis=1, keepdims=True))


def _columns(y, m, p):
    hot = np.zeros((len(y), m))
    hot[:, y] = 1
    return hot


def _true_class(G, y):
    return {"at the true class of each row": _hot(y, G.shape[1]) > 0,
            "at the classes that are not the true one": _hot(y, G.shape[1]) == 0}  # fmt: skip


EQ6_GRADIENT = Exercise(
    name="eq6_gradient",
    title="Eq. (6), its gradient at G",
    arguments=("G", "y"),
    outputs=("dG",),
    about="""The gradient of Eq. (6) at the scores; the loss is the mean over the batch.

    G: (N, m) scores. y: (N,) integer labels from 0 to m - 1. Returns dG: (N, m).""",
    lesson="lesson 2",
    reference=eq.cross_entropy_gradient,
    recipe=_loss_gradient,
    draw=_draw_loss,
    extremes=_extreme_gradient,
    regions=_true_class,
    scales={"1/m": "mean_over_classes"},
    axes={"dG": ("sample", "class")},
    mistakes=mistakes(
        not_shifted={"p": no_shift},
        shifted_by_whole_maximum={"p": lambda G: softmax_by(G, shift=np.max)},
        scores_clipped=[{"p": lambda G, c=c: eq.softmax(np.clip(G, -c, c))} for c in CLIPS],
        mean_in_one_part=["Only one of the two parts is divided by the batch size.",
                          {"mean": lambda d: d, "combine": lambda p, t: p - t / len(p)},
                          {"mean": lambda d: d, "combine": lambda p, t: p / len(p) - t}],
        softmax_missing={"p": lambda G: G},
        sigmoid_for_softmax={"p": lambda G: 1 / (1 + np.exp(-G))},
        softmax_over_batch={"p": over_batch},
        softmax_over_everything={"p": lambda G: softmax_by(G, total=np.sum)},
        softmax_twice={"p": lambda G: eq.softmax(eq.softmax(G))},
        not_normalised=[{"p": np.exp}, {"p": lambda G: np.exp(G - G.max(axis=1, keepdims=True))}],
        log_softmax_for_softmax=["The logarithm of the probabilities is used in place of the probabilities.",
                                 {"p": log_softmax}],
        label_missing=["The label does not enter: no one-hot is taken off.",
                       {"target": lambda y, m, p: 0.0}],
        label_not_one_hot=["The label's number is used as a value; it should be one-hot.",
                           {"target": lambda y, m, p: y[:, None]}],
        label_off_by_one=[
            {"target": lambda y, m, p: _hot((y - 1) % m, m)}, {"target": lambda y, m, p: _hot((y + 1) % m, m)},
            {"target": lambda y, m, p: _hot(y - 1, m)}, {"target": lambda y, m, p: _hot(y + 1, m)},
        ],
        prediction_for_label={"target": lambda y, m, p: _hot(p.argmax(axis=1), m)},
        column_of_labels={"target": _columns},
        label_added=["The label is added.",
                     {"combine": lambda p, t: p + t}],
        probability_missing=["The probabilities do not enter: only the label is left.",
                             {"combine": lambda p, t: -t}],
        jacobian_on_top=["The softmax's derivative is applied twice: the simple form already contains it.",
                         {"combine": lambda p, t: _through_softmax(p, p - t)}],
        diagonal_of_jacobian=["The result is multiplied by p (1 - p), as if each class had a sigmoid of its own.",
                              {"combine": lambda p, t: (p - t) * p * (1 - p)}],
        gradient_at_p=["This is the gradient at the probabilities; it has not come back through the softmax.",
                       {"combine": lambda p, t: -t / p}],
        divided_by_p=["The result is divided by the probabilities.",
                      {"combine": lambda p, t: (p - t) / p}],
        squared_error_for_cross_entropy=[
            {"combine": lambda p, t: _through_softmax(p, 2 * (p - t))},
        ],
        binary_cross_entropy={"combine": lambda p, t: (p - t) / (p * (1 - p))},
        other_classes_only=["The true class of each row gets no gradient.",
                            {"combine": lambda p, t: p * (1 - t)}],
        absolute_value=["Signs are lost: an absolute value is taken.",
                        {"mean": lambda d: np.abs(d) / d.shape[0]}],
        squared=["The result is squared.",
                 {"combine": lambda p, t: (p - t) ** 2}],
        sign_of_error=["Only the sign of the error is used, not its size.",
                       {"combine": lambda p, t: np.sign(p - t)}],
        averaged_over_batch_early=["The batch is averaged too early: before the product or the curve, not after it.",
                                   {"mean": lambda d: np.broadcast_to(d.mean(axis=0), d.shape) / d.shape[0]}],
        label_smoothed=["The labels are smoothed: the other classes count as well.",
                        Free(lambda e: {"target": lambda y, m, p: (1 - e) * _hot(y, m) + e / m}, (0.1,),
                             "the share of the other classes is {}", (0.1,)),
                        Free(lambda e: {"target": lambda y, m, p: (1 - e) * _hot(y, m) + e * (1 - _hot(y,
                            m)) / (m - 1)}, (0.1,),
                             "the share of the other classes is {}", (0.1,))],
        label_value=["In place of the 1 of the label another number is taken off.",
                     Free(lambda c: {"target": lambda y, m, p: c * _hot(y, m)}, (2.0, 0.5), "it is {}", (2.0, 0.3))],
        temperature=[Free(lambda c: {"p": lambda G: eq.softmax(c * G)}, (2.0, 0.5), "it is {}", (3.0, 0.4))],
        true_class_only=["Only the true class of each row is filled; the other classes get no gradient.",
                         {"combine": lambda p, t: (p - 1) * t}, {"combine": lambda p, t: p * t},
                         {"combine": lambda p, t: (1 - p) * t}],
        minus_one_at_label=["At the true class stands -1 in place of p - 1: the one is written, not taken off.",
                            {"combine": lambda p, t: np.where(t > 0, -1.0, p)}],
        label_missing_in_last_sample=["In the last sample (row) nothing is taken off at its label.",
                                      {"combine": lambda p, t: p - t * (np.arange(len(p)) < len(p) - 1)[:, None]}],
        label_missing_in_first_sample=["In the first sample (row) nothing is taken off at its label.",
                                       {"combine": lambda p, t: p - t * (np.arange(len(p)) > 0)[:, None]}],
        labels_accumulated=["The one-hot labels of the samples before are taken off as well: they are not reset.",
                            {"combine": lambda p, t: p - np.cumsum(t, axis=0)}],
        probability_counted_twice=["The probability counts twice, the label once.", {"combine": lambda p,
            t: 2 * p - t}],
        multiplied_by_p=["The difference is multiplied by p once more.", {"combine": lambda p, t: p * (p - t)}],
        constant_taken_off=["The same number is taken off every class, not the label.",
                            {"target": lambda y, m, p: 1 / m}, {"target": lambda y, m, p: 1.0}],
        log_for_difference=["A logarithm of p stands in the gradient.", {"combine": lambda p, t: -t * np.log(p)},
                            {"combine": lambda p, t: np.log(p) - t}],
        only_wrong_counted=["Only samples that are predicted wrongly get a gradient.",
                            {"combine": lambda p, t: (p - t) * (p.argmax(axis=1) != t.argmax(axis=1))[:, None]}],
    ),
)  # fmt: skip


EXERCISES = (EQ6, EQ6_GRADIENT)
