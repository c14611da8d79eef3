"""The training steps of the exercises, each a few lines on top of the equations, the layers and SGD.

A step can be handed other functions by keyword: this is how the catalogue builds its wrong versions. Without
keywords these are the right answers.
"""

from __future__ import annotations

from mfnumpy import equations as eq
from mfnumpy.layers import dense_input_gradient, dense_parameter_gradients, relu_backward, relu_forward
from mfnumpy.optim import sgd_step


def _product(x, dz):
    return dense_parameter_gradients(x, dz)[0]


def mf_step(
    x, y, W, M, lr, *,
    hidden=relu_forward, project=eq.goodness_scores, loss_gradient=eq.cross_entropy_gradient,
    weight_gradient=eq.weight_gradient, projection_gradient=eq.projection_gradient,
    projection_seen=lambda old, new: old, error_seen=lambda old, new: old, again=None,
    update_W=sgd_step, update_M=sgd_step, whole=None,
    handed_on=lambda x, z, a, W, G: a, returned=lambda W, M, a: (W, M, a),
):  # fmt: skip
    """One Mono-Forward step of one block by SGD, Eqs. (5)-(8).

    x: (N, D).
    y: (N,) integer labels.
    W: (D, H).
    M: (m, H).
    lr: eta.
    hidden: z -> a.
    project: (a, M) -> G, Eq. (5).
    loss_gradient: (G, y) -> dG, Eq. (6).
    weight_gradient: (x, z, M, dG) -> dW, Eq. (7).
    projection_gradient: (a, dG) -> dM, Eq. (8).
    projection_seen: (M, new M) -> the M that dW is made of.
    error_seen: (dG, () -> dG after M's update) -> the dG that dW is made of.
    again: (x, y, new W, M, dG) -> (a, dG) of a second forward pass, by which M learns; None for no second one.
    update_W, update_M: (parameter, gradient, lr) -> the new one.
    whole: (x, y, W, M, lr) -> the result, instead of all else; None.
    handed_on: (x, z, a, new W, G) -> what the next block gets.
    returned: (new W, new M, a) -> the result.
    Returns the new W, the new M, and a: (N, H) from before.
    """
    if whole is not None:  # only in wrong versions
        return whole(x, y, W, M, lr)
    z = x @ W
    a = hidden(z)
    G = project(a, M)
    dG = loss_gradient(G, y)
    new_M = update_M(M, projection_gradient(a, dG), lr)
    dG = error_seen(dG, lambda: loss_gradient(project(a, new_M), y))
    new_W = update_W(W, weight_gradient(x, z, projection_seen(M, new_M), dG), lr)
    if again is not None:  # only in wrong versions: M learns from a second forward pass
        a2, dG2 = again(x, y, new_W, M, dG)
        new_M = update_M(M, projection_gradient(a2, dG2), lr)
    return returned(new_W, new_M, handed_on(x, z, a, new_W, G))


def layered_step(
    x, y, weights, lr, send_back, *, whole=None, gate_z=lambda zs, inputs, layer: zs[layer], order=reversed,
    hidden=relu_forward, last=lambda z: z, output_error=eq.cross_entropy_gradient, gate=relu_backward,
    product=_product, update=sgd_step, trained=lambda layer, layers: True,
    weights_seen=lambda old, new: old, returned=lambda new: new,
):  # fmt: skip
    """One step of a ReLU network with linear output and softmax cross-entropy, from the last layer to the first.

    x: (N, D).
    y: (N,) integer labels.
    weights: a list of (n_l, n_{l+1}).
    lr: eta.
    send_back: (layer, delta, e, weights) -> the error at the activation of `layer`, from the error `delta` at the layer
        above or from the output's error e.
    whole: (x, y, weights, lr, send_back) -> the result, instead of all else; None.
    gate_z: (zs, inputs, layer) -> what the mask of that layer is made of.
    order: the layers' indices -> the order in which they are taken.
    hidden, last: z -> a, of the hidden layers and of the output.
    output_error: (output, y) -> e.
    gate: (z, error at a) -> error at z.
    product: (input, error at z) -> gradient.
    update: (parameter, gradient, lr) -> the new one.
    trained: (layer, how many layers) -> whether the layer learns.
    weights_seen: (weights, new weights) -> those that errors go through.
    returned: new weights -> the result.
    Returns the new weights, a list.
    """
    if whole is not None:  # only in wrong versions
        return whole(x, y, weights, lr, send_back)
    inputs, zs = [x], []
    for layer, W in enumerate(weights):
        zs.append(inputs[-1] @ W)
        inputs.append(hidden(zs[-1]) if layer < len(weights) - 1 else last(zs[-1]))
    e = delta = output_error(inputs[-1], y)
    new = list(weights)
    for layer in order(range(len(weights))):
        if layer < len(weights) - 1:
            delta = gate(gate_z(zs, inputs, layer), send_back(layer, delta, e, weights_seen(weights, new)))
        if trained(layer, len(weights)):
            error = delta if layer < len(weights) - 1 else e
            new[layer] = update(weights[layer], product(inputs[layer], error), lr)
    return returned(new)


def through_weights(layer, delta, e, weights):
    """Backpropagation: the error goes back through the weights of the layer above.

    layer: its index.
    delta: (N, n_{l+2}), the error at the layer above.
    e: (N, m), the output's error; not needed here.
    weights: a list of (n_l, n_{l+1}).
    """
    return dense_input_gradient(delta, weights[layer + 1])


def through_feedback(feedback):
    """Feedback Alignment: fixed random matrices stand in for the transposed weights."""
    return lambda layer, delta, e, weights: delta @ feedback[layer]


def from_output(feedback):
    """Direct Feedback Alignment: the output's error goes to every layer at once."""
    return lambda layer, delta, e, weights: e @ feedback[layer]


def bp_step(x, y, weights, lr, *, send_back=through_weights, **steps):
    """One step of backpropagation.

    x, y, weights, lr: as in `layered_step`.
    send_back: as there, to be replaced by wrong versions.
    steps: other steps of `layered_step`.
    """
    return layered_step(x, y, weights, lr, send_back, **steps)


def fa_step(x, y, weights, feedback, lr, *, send_back=through_feedback, **steps):
    """One step of Feedback Alignment.

    x, y, weights, lr: as in `layered_step`.
    feedback: feedback[l]: (n_{l+2}, n_{l+1}), stands for weights[l+1].T.
    send_back: feedback -> a send_back of `layered_step`.
    steps: other steps of `layered_step`.
    """
    return layered_step(x, y, weights, lr, send_back(feedback), **steps)


def dfa_step(x, y, weights, feedback, lr, *, send_back=from_output, **steps):
    """One step of Direct Feedback Alignment.

    x, y, weights, lr: as in `layered_step`.
    feedback: feedback[l]: (m, n_{l+1}).
    send_back: feedback -> a send_back of `layered_step`.
    steps: other steps of `layered_step`.
    """
    return layered_step(x, y, weights, lr, send_back(feedback), **steps)


def ff_step(
    x_pos, x_neg, W, theta, lr, *,
    before=lambda x: x, hidden=relu_forward, goodness=eq.positive_goodness, share=eq.goodness_gradient,
    gate=relu_backward, positive=eq.positive_loss_gradient, negative=eq.negative_loss_gradient, product=_product,
    combine=lambda p, n: p + n, update=sgd_step, negative_sees=lambda old, new: old, whole=None,
):  # fmt: skip
    """One Forward-Forward step of one block by SGD: it minimises mean L_pos + mean L_neg, Eqs. (1)-(4).

    x_pos, x_neg: (N, D).
    W: (D, H).
    theta: the threshold.
    lr: eta.
    before: x -> what the block is given.
    hidden: z -> a.
    goodness: a -> G, Eqs. (1) and (2).
    share: (a, dG) -> da.
    gate: (z, da) -> dz.
    positive, negative: (G, theta) -> dG, of Eqs. (3) and (4).
    product: (x, dz) -> dW.
    combine: (dW of the positive half, of the negative half) -> dW.
    update: (W, dW, lr) -> the new W.
    negative_sees: (W, W after the positive half's step) -> the W of the negative half.
    whole: (x_pos, x_neg, W, theta, lr) -> the result, instead of all else; None.
    Returns the new W.
    """
    if whole is not None:  # only in wrong versions
        return whole(x_pos, x_neg, W, theta, lr)

    def gradient(x, W, slope):
        """dW of one half of the data."""
        x = before(x)
        z = x @ W
        a = hidden(z)
        return product(x, gate(z, share(a, slope(goodness(a), theta))))

    up = gradient(x_pos, W, positive)
    down = gradient(x_neg, negative_sees(W, W - lr * up), negative)
    return update(W, combine(up, down), lr)
