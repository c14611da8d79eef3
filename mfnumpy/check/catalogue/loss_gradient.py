"""Exercise eq6_gradient, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.cross_entropy import draw_loss, extreme_scores, hot
from mfnumpy.check.catalogue.softmax import (
    CLIPS,
    log_softmax,
    no_shift,
    over_batch,
    softmax_by,
)
from mfnumpy.check.model import Exercise, Free, Property, mistakes


def _loss_gradient(G, y, *, p=eq.softmax, target=lambda y, m, p: hot(y, m), combine=lambda p, t: p - t,
                   mean=lambda d: d / d.shape[0]):  # fmt: skip
    probability = p(G)
    return mean(combine(probability, target(y, G.shape[1], probability)))


def _through_softmax(p, g):
    """A gradient at p sent back through the softmax."""
    return p * (g - (p * g).sum(axis=1, keepdims=True))


def _unnormalised(G, t):
    """The label taken from the exponentials, before their sum divides both."""
    e = np.exp(G - G.max(axis=1, keepdims=True))
    return (e - t) / e.sum(axis=1, keepdims=True)


def _columns(y, m, p):
    hot = np.zeros((len(y), m))
    hot[:, y] = 1
    return hot


def _true_class(G, y):
    return {"at the true class of each row": hot(y, G.shape[1]) > 0,
            "at the classes that are not the true one": hot(y, G.shape[1]) == 0}  # fmt: skip


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
    draw=draw_loss,
    extremes=extreme_scores,
    regions=_true_class,
    scales={"1/m": "mean_over_classes"},
    axes={"dG": ("sample", "class")},
    properties=(
        Property("dG", "each row of dG sums to 0",
                 lambda args, dG: np.allclose(dG.sum(axis=1), 0, atol=1e-6 * np.abs(dG).max(initial=0))),
        Property("dG", "dG is negative at the label and positive at the other classes",
                 lambda args, dG: np.array_equal(dG < 0, hot(args[1], dG.shape[1]) > 0)),
    ),
    mistakes=mistakes(
        label_before_normalising=["The 1 of the label is taken from the exponentials, before they are divided by "
                                  "their sum (normalised): the label is divided by the sum too.",
                                  {"p": lambda G: G, "combine": _unnormalised}],
        not_shifted={"p": no_shift},
        shifted_by_whole_maximum={"p": lambda G: softmax_by(G, shift=np.max)},
        scores_clipped=[{"p": lambda G, c=c: eq.softmax(np.clip(G, -c, c))} for c in CLIPS],
        mean_in_one_part=["Only one of the two terms, softmax or one-hot label, is divided by the batch size N: is "
                          "a bracket missing?",
                          {"mean": lambda d: d, "combine": lambda p, t: p - t / len(p)},
                          {"mean": lambda d: d, "combine": lambda p, t: p / len(p) - t}],
        softmax_missing={"p": lambda G: G},
        sigmoid_for_softmax={"p": lambda G: 1 / (1 + np.exp(-G))},
        softmax_over_batch={"p": over_batch},
        softmax_over_everything={"p": lambda G: softmax_by(G, total=np.sum)},
        softmax_twice={"p": lambda G: eq.softmax(eq.softmax(G))},
        not_normalised=[{"p": np.exp}, {"p": lambda G: np.exp(G - G.max(axis=1, keepdims=True))}],
        log_softmax_for_softmax=["The logarithm of the probabilities (log-softmax) is used instead of the "
                                 "probabilities.",
                                 {"p": log_softmax}],
        label_missing=["The label y does not enter: no one-hot is taken off (subtracted) at the true class.",
                       {"target": lambda y, m, p: 0.0}],
        label_not_one_hot=["The label's number (0, 1, 2, ...) is used as a value and subtracted from every class; "
                           "it should be one-hot.",
                           {"target": lambda y, m, p: y[:, None]}],
        label_off_by_one=[
            {"target": lambda y, m, p: hot((y - 1) % m, m)}, {"target": lambda y, m, p: hot((y + 1) % m, m)},
            {"target": lambda y, m, p: hot(y - 1, m)}, {"target": lambda y, m, p: hot(y + 1, m)},
        ],
        prediction_for_label={"target": lambda y, m, p: hot(p.argmax(axis=1), m)},
        column_of_labels={"target": _columns},
        label_added=["The label (one-hot) is added; it should be taken off: the sign of y is wrong.",
                     {"combine": lambda p, t: p + t}],
        probability_missing=["The probabilities (the softmax) do not enter: only the label's part, -one-hot(y), is "
                             "left.",
                             {"combine": lambda p, t: -t}],
        jacobian_on_top=["The softmax's derivative (its Jacobian) is applied once more: the simple form p - y "
                         "already contains it, so it is there twice.",
                         {"combine": lambda p, t: _through_softmax(p, p - t)}],
        diagonal_of_jacobian=["The result is multiplied by p (1 - p), as if each class had a sigmoid of its own.",
                              {"combine": lambda p, t: (p - t) * p * (1 - p)}],
        gradient_at_p=["This is the gradient with respect to the probabilities p, -y / p; it has not come back "
                       "through the softmax to the scores G.",
                       {"combine": lambda p, t: -t / p}, {"combine": lambda p, t: np.where(t > 0, -1 / p, 0.0)}],
        divided_by_p=["The difference p - y is divided by the probabilities p once more.",
                      {"combine": lambda p, t: (p - t) / p}],
        squared_error_for_cross_entropy=[
            {"combine": lambda p, t: _through_softmax(p, 2 * (p - t))},
        ],
        binary_cross_entropy=["The gradient is that of the binary cross-entropy, one for each class: p - y is divided "
                              "by p (1 - p). Here the classes exclude each other.",
                              {"combine": lambda p, t: (p - t) / (p * (1 - p))}],
        other_classes_only=["The true class of each row gets no gradient: its entry is 0, only the other classes "
                            "are filled.",
                            {"combine": lambda p, t: p * (1 - t)}],
        absolute_value=["Signs are lost, nothing is negative: an absolute value is taken, or 1 - p at the true "
                        "class.",
                        {"mean": lambda d: np.abs(d) / d.shape[0]}],
        squared=["The difference p - y is squared; that is no gradient of the cross-entropy.",
                 {"combine": lambda p, t: (p - t) ** 2}],
        sign_of_error=["Only the sign of the error p - y is used, not its size.",
                       {"combine": lambda p, t: np.sign(p - t)}],
        averaged_over_batch_early=["The rows of the gradient are averaged over the batch: every sample gets the "
                                   "same row; each sample has its own.",
                                   {"mean": lambda d: np.broadcast_to(d.mean(axis=0), d.shape) / d.shape[0]}],
        label_smoothed=["The labels are smoothed (label smoothing): the other classes count as well, with a small "
                        "share; the target is not one-hot.",
                        Free(lambda e: {"target": lambda y, m, p: (1 - e) * hot(y, m) + e / m}, (0.1,),
                             "the smoothing, spread over all classes, is {}", (0.1,)),
                        Free(lambda e: {"target": lambda y, m, p: (1 - e) * hot(y, m) + e * (1 - hot(y,
                            m)) / (m - 1)}, (0.1,),
                             "the share of the other classes together is {}", (0.1,))],
        label_value=["At the label (the true class) another number than 1 is taken off.",
                     Free(lambda c: {"target": lambda y, m, p: c * hot(y, m)}, (2.0, 0.5), "it is {}", (2.0, 0.3))],
        temperature=[Free(lambda c: {"p": lambda G: eq.softmax(c * G)}, (2.0, 0.5), "it is {}", (3.0, 0.4))],
        true_class_only=["Only the true class of each row is filled; the other classes get no gradient.",
                         {"combine": lambda p, t: (p - 1) * t}, {"combine": lambda p, t: p * t},
                         {"combine": lambda p, t: (1 - p) * t}],
        minus_one_at_label=["At the true class stands -1 instead of p - 1: the one is written, not taken off.",
                            {"combine": lambda p, t: np.where(t > 0, -1.0, p)}],
        label_missing_in_last_sample=["In the last sample (row) nothing is taken off at its label: does a loop over "
                                      "the samples end one too early?",
                                      {"combine": lambda p, t: p - t * (np.arange(len(p)) < len(p) - 1)[:, None]}],
        label_missing_in_first_sample=["In the first sample (row 0) nothing is taken off at its label: does a loop "
                                       "begin at 1?",
                                       {"combine": lambda p, t: p - t * (np.arange(len(p)) > 0)[:, None]}],
        label_in_first_sample_only=["Only in the first sample (row 0) the label is taken off; every row has a label "
                                    "of its own.",
                                    {"combine": lambda p, t: p - t * (np.arange(len(p)) == 0)[:, None]}],
        labels_accumulated=["The one-hot labels of the samples before are taken off as well: the one-hot array is "
                            "made once, outside of the loop, and not reset for each sample.",
                            {"combine": lambda p, t: p - np.cumsum(t, axis=0)}],
        probability_counted_twice=["The probability p counts twice (2 p), the label once.", {"combine": lambda p,
            t: 2 * p - t}],
        multiplied_by_p=["The difference p - y is multiplied by p once more.", {"combine": lambda p, t: p * (p - t)}],
        constant_taken_off=["The same number is taken off every class, not the one-hot label.",
                            {"target": lambda y, m, p: 1 / m}, {"target": lambda y, m, p: 1.0}],
        log_for_difference=["The loss of each class, -y log p, is returned, not its gradient: no logarithm of p "
                            "belongs there.", {"combine": lambda p, t: -t * np.log(p)}],
        only_wrong_counted=["Only samples that are predicted wrongly get a gradient: the rows of samples already "
                            "classified correctly (argmax = y) are set to 0.",
                            {"combine": lambda p, t: (p - t) * (p.argmax(axis=1) != t.argmax(axis=1))[:, None]}],
    ),
)  # fmt: skip

EXERCISES = (EQ6_GRADIENT,)
