"""Exercises mf_predict_ff and mf_predict_bp, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.choices import CHOICES, SENTENCES
from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _draw_layers(rng: Rng, k: int) -> Case:
    N, m = 41 + k, 5 + k % 3
    size = 4.0 if k == 1 else 1.0  # of large scores a softmax is sure
    while True:
        layers = [size * scale * real(rng, N, m) for scale in (1.0, 1.3, 1.1, 0.8)[: 3 + k % 2]]
        layers[-1] *= 0.05 if k == 2 else 1.0  # there the last layer is never the surest
        total = np.sort(np.sum(layers, axis=0), axis=1)
        last = np.sort(layers[-1], axis=1)
        if (total[:, -1] - total[:, -2]).min() > 1e-3 and (last[:, -1] - last[:, -2]).min() > 1e-3:
            return Case((layers,), {"N": N, "m": m})


def _softmaxes(layers):
    return [eq.softmax(g) for g in layers]


def _of_surest(layers: Sequence[np.ndarray]) -> np.ndarray:
    """For each sample the scores of the layer that has the largest one."""
    stacked = np.stack(layers)
    return stacked[stacked.max(axis=2).argmax(axis=0), np.arange(stacked.shape[1])]


def _vote(layers):
    votes = np.sum([eq.one_hot(g.argmax(axis=1), g.shape[1], "float64") for g in layers], axis=0)
    return votes.argmax(axis=1)


SURE = (0.9, 0.8, 0.7, 0.5)


def _of_first_sure(layers: Sequence[np.ndarray], c: float) -> np.ndarray:
    """For each sample the scores of the first layer that is sure, or of the last."""
    found = layers[-1]
    for g in reversed(layers[:-1]):
        found = np.where(eq.softmax(g).max(axis=1, keepdims=True) > c, g, found)
    return found


def _surest(layers, sure):
    """The choice of that layer which is surest, for each sample."""
    best = np.argmax([sure(g) for g in layers], axis=0)
    return np.array([layers[k][n].argmax() for n, k in enumerate(best)])


def _predict(layers, *, combine, choose=lambda g: g.argmax(axis=1)):
    return choose(combine(layers))


def _halved(total, layers):
    """A running average: the mean of what there is and the next layer, so the last one counts half."""
    for g in layers:
        total = (total + g) / 2
    return total


def _first(layers):
    return layers[0]


def _last(layers):
    return layers[-1]


PREDICT_FF = Exercise(
    name="mf_predict_ff",
    title="MF (FF pred)",
    arguments=("goodness_per_layer",),
    outputs=("labels",),
    about="""Predict from the goodness scores of all layers together.

    goodness_per_layer: a list with one array (N, m) for each layer. Returns labels: (N,) integers.""",
    lesson="lesson 5",
    reference=lambda layers: np.sum(layers, axis=0).argmax(axis=1),
    recipe=lambda layers, combine=sum, **steps: _predict(layers, combine=combine, **steps),
    draw=_draw_layers,
    kind="labels",
    axes={"labels": ("sample",)},
    sentences=SENTENCES,
    mistakes=mistakes(
        {
            **CHOICES,
            "last_layer_only": ["Only the last layer is asked (it alone decides); here the scores of all layers are "
                                "added.",
                                {"combine": _last}],
            "first_layer_only": ["Only the first layer is asked: it alone decides.",
                                 {"combine": _first}],
            "first_layer_left_out": ["The first layer is left out: does a loop or a slice begin at 1?",
                                     {"combine": lambda layers: sum(layers[1:])}],
            "last_layer_left_out": ["The last layer is left out: does a loop or a slice end one too early?",
                                    {"combine": lambda layers: sum(layers[:-1])}],
            "largest_layer_for_sum": ["The largest score over the layers is used (a maximum), not their sum.",
                                      {"combine": lambda layers: np.max(layers, axis=0)}],
            "smallest_layer_for_sum": ["The smallest score over the layers is used (a minimum), not their sum.",
                                       {"combine": lambda layers: np.min(layers, axis=0)}],
            "product_for_sum": ["The layers' scores are multiplied (a product); they should be added.",
                                {"combine": lambda layers: np.prod(layers, axis=0)}],
            "median_for_sum": ["The median over the layers is used, not their sum.",
                               {"combine": lambda layers: np.median(layers, axis=0)}],
            "softmax_before_sum": ["A softmax is applied in each layer before the sum; the scores themselves should "
                                   "be added.",
                                   {"combine": lambda layers: sum(_softmaxes(layers))}],
            "tanh_before_sum": ["The scores go through a tanh before the sum; the scores themselves should be added.",
                                {"combine": lambda layers: sum(np.tanh(g) for g in layers)}],
            "squares_summed": ["The scores are squared before the sum, so that negative scores count as positive ones.",
                               {"combine": lambda layers: sum(np.square(g) for g in layers)}],
            "majority_vote": ["The layers vote (a majority of their argmax); their scores should be combined before "
                              "the choice.",
                              {"combine": lambda layers: layers, "choose": _vote}],
            "layer_returned": ["The number of a layer is returned, the one with the largest score: the argmax runs "
                               "over the layers, not over the classes.",
                               {"combine": lambda layers: layers,
                               "choose": lambda layers: np.argmax([g.max(axis=1) for g in layers], axis=0)}],
            "layers_normalised": ["The scores of each layer are scaled before they are added (normalised to length 1, "
                "divided by their largest, their deviation or their sum); they should be added as they are.",
                               {"combine": lambda layers: sum(g / np.linalg.norm(g, axis=1,
                                   keepdims=True) for g in layers)},
                               {"combine": lambda layers: sum(g / np.linalg.norm(g) for g in layers)},
                               {"combine": lambda layers: sum(g / np.abs(g).max(axis=1,
                                   keepdims=True) for g in layers)},
                               {"combine": lambda layers: sum(g / np.abs(g).max() for g in layers)},
                               {"combine": lambda layers: sum((g - g.mean(axis=1, keepdims=True)) / g.std(axis=1,
                                   keepdims=True) for g in layers)},
                               {"combine": lambda layers: sum(g / g.std() for g in layers)},
                               {"combine": lambda layers: sum(g / g.sum(axis=1, keepdims=True) for g in layers)}],
            "later_layers_weighted": ["The layers have different weights (one counts more, or twice, or a running mean "
                                      "halves what came before it); each should count once, all alike.",
                                   {"combine": lambda layers: sum((i + 1) * g for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(i * g for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g / (i + 1) for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g / 2**i for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g * 2**i for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(np.cumsum(layers, axis=0))},
                                   {"combine": lambda layers: _halved(layers[0], layers[1:])},
                                   {"combine": lambda layers: _halved(layers[0], layers)},
                                   {"combine": lambda layers: _halved(0, layers)},
                                   {"combine": lambda layers: sum(layers) + layers[-1]},
                                       {"combine": lambda layers: sum(layers) + layers[0]}],
            "last_layer_left_out_of_two": ["Only the first two layers are added; later ones do not count.",
                {"combine": lambda layers: layers[0] + layers[1]}],
            "only_ends_count": ["Only the first and the last layer are added; those between them do not count.",
                {"combine": lambda layers: layers[0] + layers[-1]}],
            "layers_subtracted": ["The layers are subtracted from each other; they should be added.",
                               {"combine": lambda layers: layers[0] - sum(layers[1:])},
                                   {"combine": lambda layers: layers[-1] - sum(layers[:-1])}],
            "absolute_before_sum": ["The scores lose their signs (an absolute value) before they are added.",
                                 {"combine": lambda layers: sum(np.abs(g) for g in layers)}],
            "rectified_before_sum": ["Negative scores are cut off (a ReLU) before the layers are added.",
                                     {"combine": lambda layers: sum(np.maximum(g, 0) for g in layers)}],
            "exponentials_added": ["The scores go through an exponential before they are added.",
                                {"combine": lambda layers: sum(np.exp(g) for g in layers)}],
            "sigmoid_before_sum": ["The scores go through a sigmoid before the sum.",
                                {"combine": lambda layers: sum(1 / (1 + np.exp(-g)) for g in layers)}],
            "second_layer_only": {"combine": lambda layers: layers[1]},
            "most_confident_layer": ["The layer that is surest decides alone, sample by sample; the scores of all "
                "should be added.",
                                  {"combine": lambda layers: layers,
                                      "choose": lambda layers: _surest(_softmaxes(layers), lambda g: g.max(axis=1))}],
            "labels_averaged": ["The labels of the layers are averaged, as if they were quantities; the scores should "
                             "be added before the choice.",
                             {"combine": lambda layers: layers,
                              "choose": lambda layers: np.rint(np.mean([g.argmax(axis=1) for g in layers],
                                  axis=0)).astype(int)},
                             {"combine": lambda layers: layers,
                              "choose": lambda layers: np.mean([g.argmax(axis=1) for g in layers],
                                  axis=0).astype(int)}],
            "log_before_sum": ["A logarithm is taken of the scores before they are added.",
                {"combine": lambda layers: sum(np.log(np.abs(g)) for g in layers)}],
        }
    ),
)  # fmt: skip

PREDICT_BP = Exercise(
    name="mf_predict_bp",
    title="MF (BP pred)",
    arguments=("goodness_per_layer",),
    outputs=("labels",),
    about="""Predict from the goodness scores of the last layer, as a network trained by BP would.

    goodness_per_layer: a list with one array (N, m) for each layer. Returns labels: (N,) integers.""",
    lesson="lesson 5",
    reference=lambda layers: layers[-1].argmax(axis=1),
    recipe=lambda layers, combine=_last, **steps: _predict(layers, combine=combine, **steps),
    draw=_draw_layers,
    kind="labels",
    axes={"labels": ("sample",)},
    sentences={
        **SENTENCES,
        "last_layer_left_out": "All layers but the last are added; the last one, which is left out, decides alone.",
        "majority_vote": "All layers vote (a majority of their argmax); the last one decides alone.",
        "first_layer_only": "Only the first layer is asked; the last one decides alone.",
    },
    mistakes=mistakes(
        {
            **CHOICES,
            "all_layers_summed": [
                "All layers are summed: that is the FF prediction. Here one layer, the last, decides alone.",
                {"combine": sum},
            ],
            "first_layer_only": {"combine": _first},
            "layer_before_last": [
                "The layer before the last is asked (the index is off by one); the last one decides alone.",
                {"combine": lambda layers: layers[-2]},
            ],
            "last_layer_left_out": {"combine": lambda layers: sum(layers[:-1])},
            "largest_layer_for_sum": [
                "The largest score of all layers decides (a maximum over the layers); the last one decides alone.",
                {"combine": lambda layers: np.max(layers, axis=0)},
                {"combine": lambda layers: _of_surest(layers)},
            ],
            "second_layer_only": ["Only the second layer is asked.", {"combine": lambda layers: layers[1]}],
            "earlier_layer_where_sure": [
                "Another layer decides where it is sure (an early exit, its largest probability above a threshold); "
                "the last one decides alone, for every sample.",
                *[{"combine": partial(_of_first_sure, c=c)} for c in SURE],
            ],
            "majority_vote": {"combine": lambda layers: layers, "choose": _vote},
            "layer_averaged_with_below": [
                "The scores of the last two layers are added: the layer below counts as well; the last one decides "
                "alone.",
                {"combine": lambda layers: layers[-1] + layers[-2]},
            ],
            "softmax_summed": [
                "The probabilities of all layers (a softmax in each) are added; the last one decides alone.",
                {"combine": lambda layers: sum(_softmaxes(layers))},
            ],
            "product_for_last": [
                "The scores of all layers are multiplied (a product); the last one decides alone.",
                {"combine": lambda layers: np.prod(layers, axis=0)},
            ],
        }
    ),
)

EXERCISES = (PREDICT_FF, PREDICT_BP)
