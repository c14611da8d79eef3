"""Exercises fa_step and dfa_step, and what goes wrong in them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mfnumpy.check.catalogue import references
from mfnumpy.check.catalogue.draws import (
    real,
)
from mfnumpy.check.catalogue.networks import draw_network, scores_beyond, shared_mistakes
from mfnumpy.check.catalogue.references import from_output, through_feedback, through_weights
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _draw_fa(rng: Rng, k: int) -> Case:
    x, y, weights, lr, dims, n = draw_network(rng, k)
    feedback = [real(rng, b, a) / np.sqrt(a) for a, b in pairwise(n[1:])]
    return Case((x, y, weights, feedback, lr), dims)


def _draw_dfa(rng: Rng, k: int) -> Case:
    x, y, weights, lr, dims, n = draw_network(rng, k)
    feedback = [real(rng, n[-1], a) / np.sqrt(a) for a in n[1:-1]]
    return Case((x, y, weights, feedback, lr), dims)


def _with(change):
    """send_back for FA with changed feedback matrices."""
    return lambda feedback: through_feedback([change(B) for B in feedback])


_THROUGH_NEW_WEIGHTS = [
    "The error goes back through the transposed weights (W^T, already updated): that is backpropagation. The feedback "
    "matrices are not used.",
    {"send_back": lambda feedback: through_weights, "weights_seen": lambda old, new: new},
]

FA_STEP = Exercise(
    name="fa_step",
    title="Feedback Alignment, one step",
    arguments=("x", "y", "weights", "feedback", "lr"),
    outputs=("weights",),
    about="""One step of SGD with Feedback Alignment: ReLU between layers, the last layer linear, softmax
    cross-entropy.

    x: (N, n_0). y: (N,) integer labels. weights: a list of arrays (n_l, n_{l+1}). feedback: a list of arrays,
    one fewer; feedback[l] is fixed and stands where backpropagation uses weights[l+1].T. lr: a float. The
    loss is the mean over the batch; the last layer takes its true gradient. Returns a list of new
    weights.""", lesson="lesson 6",
    reference=references.fa_step,
    recipe=references.fa_step,
    draw=_draw_fa,
    extremes=scores_beyond(_draw_fa),
    updates={"weights": "weights"},
    slices={"sample": {"x": 0, "y": 0}},
    mistakes=mistakes(
        {
            **shared_mistakes(),
            "weights_for_feedback": ["The error goes back through the weights: that is backpropagation. The "
                                     "feedback matrices are not used.",
                                     {"send_back": lambda feedback: through_weights}],
            "updated_weights_sent_back": _THROUGH_NEW_WEIGHTS,
            "feedback_of_another_layer": ["A layer uses the feedback matrix of another layer: the index of the "
                                          "feedback is off by one, reversed or fixed.",
                                          {"send_back": lambda f: lambda layer, d, e, w: d @ f[layer - 1]},
                                          {"send_back": lambda f: lambda layer, d, e, w: d @ f[-1]},
                                          {"send_back": lambda f: lambda layer, d, e, w: d @ f[0]},
                                          {"send_back": lambda f: lambda layer, d, e, w: d @ f[::-1][layer]}],
            "feedback_reshaped": ["A feedback matrix is reshaped where it should be used as it is: its entries are "
                                  "mixed.",
                                  {"send_back": _with(lambda B: B.T.reshape(B.shape))}],
            "feedback_binarised": ["Only the signs of the feedback matrices are used, not their values.",
                                   {"send_back": _with(np.sign)}],
            "signs_of_weights": ["The signs of the weights are given to the feedback (sign-symmetric feedback): the "
                                 "feedback matrices are fixed, and each is used as it is.",
                                 {"send_back": lambda f: lambda layer, d, e, w:
                                  d @ (np.abs(f[layer]) * np.sign(w[layer + 1].T))},
                                 {"send_back": lambda f: lambda layer, d, e, w: d @ np.sign(w[layer + 1].T)}],
            "feedback_absolute": ["The feedback matrices lose their signs: their absolute values are used.",
                                  {"send_back": _with(np.abs)}],
            "feedback_negated": ["The feedback has the wrong sign: the error is sent back negated.",
                                 {"send_back": _with(np.negative)}],
            "feedback_added_to_weights": ["Feedback and weights are used together (added); the feedback stands "
                                          "alone.",
                {"send_back": lambda f: lambda layer, d, e, w: d @ (f[layer] + w[layer + 1].T)},
                {"send_back": lambda f: lambda layer, d, e, w: d @ (f[layer] + w[layer + 1].T) / 2}],
            "feedback_in_last_only": ["Only the topmost hidden layer uses its feedback matrix; in the layers "
                                      "below, the error goes back through the weights, W^T, as in backpropagation.",
                                      {"send_back": lambda f: lambda layer, d, e, w:
                                      d @ f[layer] if layer == len(w) - 2 else d @ w[layer + 1].T}],
            "direct_error": ["The error of the output is sent down through all feedback matrices at once, without "
                             "the masks (the ReLU's slopes) of the layers between.",
                             {"send_back": lambda f: lambda layer, d, e, w: _chain(f, layer, e)}],
        }
    ),
)  # fmt: skip


def _chain(feedback, layer, e):
    """The output's error through all feedback matrices above, without the masks between."""
    for B in reversed(feedback[layer:]):
        e = e @ B
    return e


def _with_direct(change):
    return lambda feedback: lambda layer, d, e, w: change(e) @ feedback[layer]


DFA_STEP = Exercise(
    name="dfa_step",
    title="Direct Feedback Alignment, one step",
    arguments=("x", "y", "weights", "feedback", "lr"),
    outputs=("weights",),
    about="""One step of SGD with Direct Feedback Alignment: ReLU between layers, the last layer linear,
    softmax cross-entropy.

    x: (N, n_0). y: (N,) integer labels. weights: a list of arrays (n_l, n_{l+1}). feedback: a list of arrays,
    one fewer; feedback[l]: (m, n_{l+1}) is fixed and brings the output's error to hidden layer l. lr: a
    float. The loss is the mean over the batch; the last layer takes its true gradient. Returns a list of new
    weights.""", lesson="lesson 6",
    reference=references.dfa_step,
    recipe=references.dfa_step,
    draw=_draw_dfa,
    extremes=scores_beyond(_draw_dfa),
    updates={"weights": "weights"},
    slices={"sample": {"x": 0, "y": 0}},
    mistakes=mistakes(
        {
            **shared_mistakes(),
            "weights_for_feedback": {"send_back": lambda feedback: through_weights},
            "error_from_layer_below": [{"order": iter, "send_back": through_feedback}],
            "feedback_of_another_layer": [{"send_back": lambda f: lambda layer, d, e, w: e @ f[layer - 1]},
                                          {"send_back": lambda f: lambda layer, d, e, w: e @ f[-1]},
                                          {"send_back": lambda f: lambda layer, d, e, w: e @ f[0]}],
            "error_from_layer_above": ["The error is handed down from layer to layer, as in Feedback Alignment; "
                                       "here the output error goes to each layer directly.",
                                       {"send_back": through_feedback}],
            "feedback_at_top_then_weights": ["Only the topmost hidden layer gets its direct feedback; below, the "
                                             "error comes through weights, W^T, as in backpropagation.",
                                             {"send_back": lambda f: lambda layer, d, e, w:
                                             e @ f[layer] if layer == len(w) - 2 else d @ w[layer + 1].T}],
            "updated_weights_sent_back": _THROUGH_NEW_WEIGHTS,
            "feedback_negated": {"send_back": _with_direct(np.negative)},
            "feedback_absolute": {"send_back": lambda f: from_output([np.abs(B) for B in f])},
            "feedback_binarised": {"send_back": lambda f: from_output([np.sign(B) for B in f])},
            "error_binarised": {"send_back": _with_direct(np.sign)},
            "feedback_reshaped": {"send_back": lambda f: lambda layer, d, e, w: e @ f[layer].T.reshape(f[layer].shape)},
            "target_for_error": ["The target (the one-hot label) is sent back, not the error.",
                                 {"send_back": lambda f: lambda layer, d, e, w: (e < 0) @ f[layer]}],
            "target_part_only": ["Only the target's part of the error, at the true class, is sent back; those of "
                                 "the other classes are lost.",
                                 {"send_back": _with_direct(lambda e: np.minimum(e, 0))}],
        }
    ),
)  # fmt: skip

EXERCISES = (FA_STEP, DFA_STEP)
