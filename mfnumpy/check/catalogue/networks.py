"""Exercise bp_step, what goes wrong in it, and what it shares with the steps by feedback."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue import references
from mfnumpy.check.catalogue.draws import (
    clear_of_kinks,
    clear_winners,
    labels,
    rate,
    real,
    sizes,
    small_positives,
    until,
)
from mfnumpy.check.catalogue.masks import COARSE, SMALLEST, mask_mistakes
from mfnumpy.check.catalogue.parts import activation_mistakes, loss_mistakes, unit_rows, update_mistakes
from mfnumpy.check.catalogue.references import through_weights
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes


def draw_network(rng: Rng, k: int) -> tuple:
    """x, y, weights, lr and the sizes; 3, 4, 3 and 2 layers."""
    layers = (3, 4, 3, 2)[k % 4]
    N, *n = sizes(rng, k, 7, 5, 6, 8, 4) if k == 0 else sizes(rng, k, *range(layers + 2))
    m = n[-1]

    def draw():
        """A network and a batch."""
        return real(rng, N, n[0]), *(real(rng, a, b) / np.sqrt(a) * 1.2 for a, b in pairwise(n))

    def good(x, *weights):
        """Whether the draw lets each mistake show."""
        return clear_of_kinks(x, list(weights[:-1])) and small_positives(x @ weights[0], SMALLEST)

    x, *weights = until(draw, good)
    lr = 3 * rate(rng)  # steps that are not small beside the weights, so that float32 shows them well
    dims = {"N": N, "lr": lr, "m": m}
    return x, labels(rng, N, m, k), weights, lr, dims, n


def _draw_bp(rng: Rng, k: int) -> Case:
    x, y, weights, lr, dims, _ = draw_network(rng, k)
    return Case((x, y, weights, lr), dims)


def scores_beyond(draw):
    """rng -> extreme cases of a step: a network of this draw whose scores are beyond 700."""

    def extremes(rng: Rng) -> list[Case]:
        """A draw whose scores overflow without a shift."""
        while True:
            case = draw(rng, 2)
            x, y, weights, *rest = case.args
            a = 1000 * x
            for W in weights[:-1]:
                a = np.maximum(a @ W, 0)
            if clear_winners(a @ weights[-1], y):
                break
        return [Case((1000 * x, y, weights, *rest), case.dims, "scores beyond 700", "not_shifted|scores_clipped")]

    return extremes


def _online(x, y, weights, lr, send_back, mean=False):
    """One step for each sample."""
    for n in range(len(x)):
        rate = lr / len(x) if mean else lr
        weights = references.layered_step(x[n : n + 1], y[n : n + 1], weights, rate, send_back)
    return weights


def _layer_after_layer(x, y, weights, lr, send_back, order=iter):
    """Each layer is updated after a forward pass of its own, in which those before it have changed."""
    new = list(weights)
    for layer in order(range(len(weights))):
        new[layer] = references.layered_step(x, y, new, lr, send_back)[layer]
    return new


def _hidden_first(x, y, weights, lr, send_back):
    """The last layer learns from a second forward pass, through hidden layers that are new."""
    new = references.layered_step(x, y, weights, lr, send_back)
    new[-1] = references.layered_step(x, y, [*new[:-1], weights[-1]], lr, send_back)[-1]
    return new


def _last_first(x, y, weights, lr, send_back):
    """The hidden layers learn from a second forward pass, with a last layer that is new."""
    new = references.layered_step(x, y, weights, lr, send_back)
    again = references.layered_step(x, y, [*weights[:-1], new[-1]], lr, send_back)
    return [*again[:-1], new[-1]]


def _hidden_z(x, y, weights, *rest):
    """The pre-activations of all hidden layers, in one row."""
    zs = []
    for W in weights[:-1]:
        zs.append(x @ W)
        x = np.maximum(zs[-1], 0)
    return np.concatenate([z.ravel() for z in zs])


def shared_mistakes() -> dict:
    """Mistakes that concern all three rules."""
    masks = {
        name: steps
        for name, steps in mask_mistakes(thresholds=COARSE, zs=_hidden_z, in_a_step=True).items()
        if name != "error_missing"
    }
    return {
        **masks,
        **loss_mistakes("output_error"),
        **update_mistakes(),
        "one_sample_at_a_time": [{"whole": _online},
            {"whole": partial(_online, mean=True)}],
        "forward_again_for_each_layer": [
            "The forward pass is repeated with the new weights after each layer; all gradients belong to the old "
                "weights.",
            {"whole": _layer_after_layer},
                {"whole": partial(_layer_after_layer, order=reversed)}],
        "forward_again_between": [
            "There is a second forward pass, with weights that are already updated: the layers that learn from it get "
                "gradients of the new weights. All gradients belong to the old weights.",
            {"whole": _hidden_first}, {"whole": _last_first}],
        "two_steps_taken": [{"whole": lambda x, y, weights, lr, send_back: references.layered_step(
            x, y, references.layered_step(x, y, weights, lr, send_back), lr, send_back)}],
        "mask_of_layer_below": ["The mask is that of the layer below, from the layer's input: the index is off by "
                                "one; each layer's own z gives its mask.",
                                {"gate_z": lambda zs, inputs, layer: inputs[layer]}],
        "error_from_layer_below": [
            "The error is handed on upwards, in a loop from the first layer: each layer starts from the error of "
            "the layer below, not from the output error.", {"order": iter}],
        "leaky_activation": [Free(lambda s: {"hidden": lambda z: np.where(z > 0, z, s * z)}, (0.1,),
                                  "its slope there is {}", (0.2,))],
        "mask_of_wrong_layer": ["The mask is that of another layer: the index of z (or a) is off by one or fixed; "
                                "each layer's own z gives its mask.",
                                {"gate_z": lambda zs, inputs, layer: zs[layer - 1]},
                                {"gate_z": lambda zs, inputs, layer: zs[layer + 1]},
                                    {"gate_z": lambda zs, inputs, layer: zs[0]}],
        "hidden_normalised": ["The hidden activations are scaled to length 1 (each row normalised); that does not "
                              "belong here.",
            {"hidden": lambda z: unit_rows(np.maximum(z, 0))}],
        "relu_missing": [{"hidden": lambda z: z + 0}, {"hidden": lambda z: z + 0, "gate": lambda z, da: da}],
        "rectified_output": ["The last layer (the output) is rectified by a ReLU; it should be linear.",
                             {"last": lambda z: np.maximum(z, 0)},
                             {"last": lambda z: np.maximum(z, 0), "output_error": _masked_error}],
        "layers_in_reverse": ["The layers come back in reverse order.",
                              {"returned": lambda new: new[::-1]}],
        "mask_on_output": ["The error of the output is masked by a ReLU's slope, but the last layer is linear: no "
                           "mask belongs there.",
                           {"output_error": _masked_error}],
        **activation_mistakes(),
        "only_last_layer": ["Only the last layer is trained: all layers below come back unchanged.",
                            {"trained": lambda layer, layers: layer == layers - 1}],
        "last_layer_unchanged": ["The last layer (the output) is not trained: it comes back unchanged.",
                                 {"trained": lambda layer, layers: layer < layers - 1}],
        "first_layer_unchanged": ["The first layer is not trained: it comes back unchanged; does a loop end one too "
                                  "early?",
                                  {"trained": lambda layer, layers: layer > 0}],
        "only_first_layer": ["Only the first layer is trained: all others come back unchanged.",
                             {"trained": lambda layer, layers: layer == 0}],
        "last_sample_dropped": {"product": lambda x, dz: x[:-1].T @ dz[:-1]},
        "averaged_over_batch_early": ["A layer's inputs and errors are averaged over the batch before their "
                                      "product, not after it: each sample has a product of its own.",
                                      {"product": lambda x, dz: np.outer(x.mean(axis=0), dz.sum(axis=0))}],
        "averaged_in_every_layer": ["The mean over the batch (1/N) is taken in every layer again; it is in the "
                                    "error of the output already, once.",
                                    {"output_error": lambda G, y: eq.cross_entropy_gradient(G, y) * len(G),
                                    "product": lambda x, dz: x.T @ dz / len(x),
                                    "gate": lambda z, da: da * (z > 0) / len(z)}],
    }  # fmt: skip


def _masked_error(G, y):
    return eq.cross_entropy_gradient(G, y) * (G > 0)


BP_STEP = Exercise(
    name="bp_step",
    title="Backpropagation, one step",
    arguments=("x", "y", "weights", "lr"),
    outputs=("weights",),
    about="""One step of SGD with backpropagation: ReLU between layers, the last layer linear, softmax
    cross-entropy.

    x: (N, n_0). y: (N,) integer labels. weights: a list of arrays (n_l, n_{l+1}), no biases. lr: a float.
    The loss is the mean over the batch. Returns a list of new arrays; all gradients belong to the old
    weights.""", lesson="lesson 6",
    reference=references.bp_step,
    recipe=references.bp_step,
    draw=_draw_bp,
    extremes=scores_beyond(_draw_bp),
    updates={"weights": "weights"},
    slices={"sample": {"x": 0, "y": 0}},
    mistakes=mistakes(
        {
            **shared_mistakes(),
            "updated_weights_sent_back": ["The error goes back through weights that are already updated (new); it "
                                          "belongs to the old weights of the forward pass.",
                                          {"weights_seen": lambda old, new: new}],
            "error_not_through_weights": ["The error goes back without the weights: the product with W^T is "
                                          "missing, and all neurons of a layer get the same error.",
                                          {"send_back": lambda layer, d, e, weights: np.tile(d.sum(axis=1,
                keepdims=True), weights[layer].shape[1])}],
            "weights_reshaped": {"send_back": lambda layer, d, e,
                weights: d @ weights[layer + 1].reshape(weights[layer + 1].shape[::-1])},
            "weights_binarised": {"send_back": lambda layer, d, e, weights: d @ np.sign(weights[layer + 1]).T},
            "error_sign": ["The error changes its sign from layer to layer: there is a minus in the backward pass.",
                           {"send_back": lambda *a: -through_weights(*a)}],
            "output_error_skips_layers": ["The output error goes back through all weights at once: the masks (the "
                                          "ReLU's slopes) of the layers between are missing.",
                                          {"send_back": lambda layer, d, e, weights: _straight(layer, e, weights)}],
        }
    ),
)  # fmt: skip


def _straight(layer, e, weights):
    """The output's error through all weights above, without the masks between."""
    for W in reversed(weights[layer + 1 :]):
        e = e @ W.T
    return e


EXERCISES = (BP_STEP,)
