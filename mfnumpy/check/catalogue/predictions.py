"""Exercises mf_predict_ff and mf_predict_bp, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _draw_layers(rng: Rng, k: int) -> Case:
    N, m = 41 + k, 5 + k % 3
    while True:
        layers = [scale * real(rng, N, m) for scale in (1.0, 1.3, 1.1, 0.8)[: 3 + k % 2]]
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


def _surest(layers, sure):
    """The choice of that layer which is surest, for each sample."""
    best = np.argmax([sure(g) for g in layers], axis=0)
    return np.array([layers[k][n].argmax() for n, k in enumerate(best)])


def _predict(layers, *, combine, choose=lambda g: g.argmax(axis=1)):
    return choose(combine(layers))


_CHOICES = {
    "smallest_for_largest": [
        "The smallest score is chosen (argmin), not the largest.",
        {"choose": lambda g: g.argmin(axis=1)},
    ],
    "largest_over_samples": [
        "The largest is looked for over the samples, along the wrong axis.",
        {"choose": lambda g: g.argmax(axis=0)},
    ],
    "largest_of_everything": [
        "The largest is looked for in the whole array; each sample has its own.",
        {"choose": np.argmax},
    ],
    "scores_returned": ["The scores are returned, not the labels: the argmax is missing.", {"choose": lambda g: g}],
    "largest_score_returned": [
        "The largest score itself is returned (max), not the class that has it (argmax).",
        {"choose": lambda g: g.max(axis=1)},
    ],
    "label_off_by_one": {"choose": lambda g: g.argmax(axis=1) + 1},
    "one_hot_returned": [
        "One-hot rows are returned, not labels.",
        {"choose": lambda g: (g == g.max(axis=1, keepdims=True)) * 1},
    ],
    "last_class_never_predicted": [
        "The last class is never predicted: it is left out.",
        {"choose": lambda g: g[:, :-1].argmax(axis=1)},
    ],
    "first_class_never_predicted": [
        "The first class is never predicted: it is left out.",
        {"choose": lambda g: 1 + g[:, 1:].argmax(axis=1)},
        {"choose": lambda g: g[:, 1:].argmax(axis=1)},
    ],
    "second_largest": [
        "The second largest score is chosen, not the largest.",
        {"choose": lambda g: np.argsort(g, axis=1)[:, -2]},
    ],
    "first_label_for_all": [{"choose": lambda g: np.full(len(g), g[0].argmax())}],
    "sorted_order": [
        "The order of the classes by score is mixed up with their number.",
        {"choose": lambda g: np.argsort(np.argsort(g, axis=1), axis=1)[:, -1]},
    ],
    "labels_in_reverse": [
        "The labels come in reverse order.",
        {"choose": lambda g: g.argmax(axis=1)[::-1].copy()},
        {"choose": lambda g: g.shape[1] - 1 - g.argmax(axis=1)},
    ],
    "classes_centred": [
        "The mean of each class over the batch is taken off the scores first.",
        {"choose": lambda g: (g - g.mean(axis=0)).argmax(axis=1)},
        {"choose": lambda g: eq.softmax(g.T).T.argmax(axis=1)},
    ],
    "absolute_value": {"choose": lambda g: np.abs(g).argmax(axis=1)},
}


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
    mistakes=mistakes(
        {
            **_CHOICES,
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
            "smallest_layer_for_sum": ["The smallest score over the layers is used.",
                                       {"combine": lambda layers: np.min(layers, axis=0)}],
            "product_for_sum": ["The layers' scores are multiplied (a product); they should be added.",
                                {"combine": lambda layers: np.prod(layers, axis=0)}],
            "median_for_sum": ["The median over the layers is used.",
                               {"combine": lambda layers: np.median(layers, axis=0)}],
            "softmax_before_sum": ["A softmax is applied in each layer before the sum; the scores themselves should "
                                   "be added.",
                                   {"combine": lambda layers: sum(_softmaxes(layers))}],
            "tanh_before_sum": ["The scores go through a tanh before the sum.",
                                {"combine": lambda layers: sum(np.tanh(g) for g in layers)}],
            "squares_summed": ["The scores are squared before the sum.",
                               {"combine": lambda layers: sum(np.square(g) for g in layers)}],
            "majority_vote": ["The layers vote (a majority of their argmax); their scores should be combined before "
                              "the choice.",
                              {"combine": lambda layers: layers, "choose": _vote}],
            "layer_returned": ["The choice is between layers, not between classes.",
                               {"combine": lambda layers: layers,
                               "choose": lambda layers: np.argmax([g.max(axis=1) for g in layers], axis=0)}],
            "layers_normalised": ["The scores of each layer are scaled (to length 1, or by their largest) before "
                "they are added.",
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
            "later_layers_weighted": ["The layers have different weights (one counts more, or twice); each should "
                                      "count once.",
                                   {"combine": lambda layers: sum((i + 1) * g for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(i * g for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g / (i + 1) for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g / 2**i for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(g * 2**i for i, g in enumerate(layers))},
                                   {"combine": lambda layers: sum(np.cumsum(layers, axis=0))},
                                   {"combine": lambda layers: sum(layers) + layers[-1]},
                                       {"combine": lambda layers: sum(layers) + layers[0]}],
            "last_layer_left_out_of_two": ["Only the first two layers count.",
                {"combine": lambda layers: layers[0] + layers[1]}],
            "only_ends_count": ["Only the first and the last layer count.",
                {"combine": lambda layers: layers[0] + layers[-1]}],
            "layers_subtracted": ["The layers are subtracted from each other; they should be added.",
                               {"combine": lambda layers: layers[0] - sum(layers[1:])},
                                   {"combine": lambda layers: layers[-1] - sum(layers[:-1])}],
            "absolute_before_sum": ["The scores lose their signs, or negative ones are cut off, before they are added.",
                                 {"combine": lambda layers: sum(np.abs(g) for g in layers)},
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
            "labels_averaged": ["The labels of the layers are averaged; scores should be added before the choice.",
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
    mistakes=mistakes(
        {
            **_CHOICES,
            "all_layers_summed": [
                "All layers are summed: that is the FF prediction. Here one layer, the last, decides alone.",
                {"combine": sum},
            ],
            "first_layer_only": {"combine": _first},
            "layer_before_last": ["The layer before the last is asked.", {"combine": lambda layers: layers[-2]}],
            "last_layer_left_out": {"combine": lambda layers: sum(layers[:-1])},
            "largest_layer_for_sum": [
                "The largest score of all layers decides (a maximum over the layers); the last one decides alone.",
                {"combine": lambda layers: np.max(layers, axis=0)},
                {"combine": lambda layers: _of_surest(layers)},
            ],
            "second_layer_only": ["Only the second layer is asked.", {"combine": lambda layers: layers[1]}],
            "majority_vote": {"combine": lambda layers: layers, "choose": _vote},
            "layer_averaged_with_below": [
                "The layer below counts as well; the last one decides alone.",
                {"combine": lambda layers: layers[-1] + layers[-2]},
            ],
            "softmax_summed": [
                "All layers are asked, after a softmax in each; the last one decides alone.",
                {"combine": lambda layers: sum(_softmaxes(layers))},
            ],
            "product_for_last": [
                "The layers' scores are multiplied; the last one decides alone.",
                {"combine": lambda layers: np.prod(layers, axis=0)},
            ],
        }
    ),
)

EXERCISES = (PREDICT_FF, PREDICT_BP)
