"""Exercises dense_forward, dense_backward and relu_backward, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.draws import real, sizes
from mfnumpy.check.catalogue.masks import mask_mistakes, without_slope
from mfnumpy.check.catalogue.parts import product_mistakes
from mfnumpy.check.model import Case, Exercise, Property, Rng, mistakes
from mfnumpy.layers import (
    dense_backward,
    dense_forward,
    dense_input_gradient,
    dense_parameter_gradients,
    relu_backward,
)


def _forward(x, W, b, *, product=np.matmul, bias=lambda z, b: z + b, after=lambda z: z, whole=None):
    return whole(x, W, b) if whole is not None else after(bias(product(x, W), b))


def _draw_forward(rng: Rng, k: int) -> Case:
    N, D, H = sizes(rng, k, 7, 5, 6)
    return Case((real(rng, N, D), real(rng, D, H), real(rng, H)), {"N": N, "D": D, "H": H})


DENSE_FORWARD = Exercise(
    name="dense_forward",
    title="Dense layer, forward",
    arguments=("x", "W", "b"),
    outputs=("z",),
    about="""The pre-activation of a fully connected layer.

    x: (N, D). W: (D, H). b: (H,). Returns z: (N, H).""",
    lesson="lesson 1",
    reference=dense_forward,
    recipe=_forward,
    draw=_draw_forward,
    unbounded=("x", "b"),
    sentences={
        "scaled_by_width": "z is divided by the number of input features D: a mean over the features stands where a "
        "sum belongs.",
        "last_column_dropped": "The last input feature (the last column of x, row of W) is left out: does a loop or "
        "a slice end one too early?",
    },
    slices={"input feature": {"x": 1, "W": 0, "b": None}},
    axes={"z": ("sample", "neuron")},
    mistakes=mistakes(
        bias_missing=["The bias b is missing: it is not added.", {"bias": lambda z, b: z}],
        bias_added_to_weights=[
            "The bias b is added to the weights W, before the product; it belongs to the product.",
            {"whole": lambda x, W, b: x @ (W + b)},
        ],
        bias_subtracted=[
            "The bias b is subtracted; it should be added.",
            {"bias": lambda z, b: z - b},
        ],
        bias_multiplied=[
            "The product x W is multiplied by the bias b; b should be added.",
            {"bias": lambda z, b: z * b},
        ],
        bias_in_another_row=[
            "The column of ones and the bias b stand in different rows of the augmented matrices: b is multiplied by "
            "an input feature, and the rows of W are shifted by one.",
            {"whole": lambda x, W, b: np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([b, W])},
            {"whole": lambda x, W, b: np.hstack([np.ones((len(x), 1)), x]) @ np.vstack([W, b])},
        ],
        bias_twice=["The bias b is added twice (2 b).", {"bias": lambda z, b: z + 2 * b}],
        bias_averaged=[
            "The mean of the bias b, one number, is added for every neuron (map) instead of b; each has its own entry.",
            {"bias": lambda z, b: z + b.mean()},
        ],
        bias_divided_by_batch=[
            "The bias b is divided by the batch size N (as for a mean) before it is added.",
            {"bias": lambda z, b: z + b / len(z)},
        ],
        bias_summed=[
            "The bias b is summed to one number, the same for every neuron (map); each has its own bias.",
            {"bias": lambda z, b: z + b.sum()},
        ],
        bias_in_first_row_only=[
            "The bias b is added to the first sample (row 0) only; every row needs it.",
            {"bias": lambda z, b: z + b * (np.arange(len(z)) == 0)[:, None]},
        ],
        bias_for_each_input=[
            "The bias b is added once for each input feature (D times): it stands inside of the sum over the features.",
            {"whole": lambda x, W, b: x @ W + x.shape[1] * b},
        ],
        bias_outside_sum=[
            "The bias b is added as many times as there are rows (samples): it stands inside of a sum or a loop "
            "over the batch.",
            {"product": lambda x, W: x @ W, "bias": lambda z, b: z + len(z) * b},
        ],
        reshaped_for_transposed=[{"product": lambda x, W: x @ W.T.reshape(W.shape)}],
        rectified=[
            "A ReLU is applied (negative entries are 0); the exercise asks for the pre-activation z, before the "
            "activation.",
            {"after": lambda z: np.maximum(z, 0)},
        ],
        absolute_value={"after": np.abs},
        input_rectified={"product": lambda x, W: np.maximum(x, 0) @ W},
        input_normalised=[
            "Each sample's input (row of x) is scaled to length 1 (normalised) first; that does not belong here.",
            {"product": lambda x, W: x / np.linalg.norm(x, axis=1, keepdims=True) @ W},
        ],
        scaled_by_width=[{"product": lambda x, W: x @ W / x.shape[1]}],
        scaled_by_root_of_width={"product": lambda x, W: x @ W / np.sqrt(x.shape[1])},
        product_missing=[
            "The input x does not enter: the product is missing, and every sample gets the same z.",
            {"product": lambda x, W: np.tile(W.sum(axis=0), (len(x), 1))},
        ],
        last_column_dropped={"product": lambda x, W: x[:, :-1] @ W[:-1]},
    ),
)


def _backward(x, W, dz, *, error=lambda x, z: z, to_input=dense_input_gradient, through=lambda W, dW: W,
              product=lambda x, dz: dense_parameter_gradients(x, dz)[0],
              bias=lambda dz: dz.sum(axis=0), at_input=lambda dx, x: dx, decay=lambda dW, W: dW,
              after=lambda dx, dW, db: (dx, dW, db)):  # fmt: skip
    dz = error(x, dz)
    dW = product(x, dz)
    return after(at_input(to_input(dz, through(W, dW)), x), decay(dW, W), bias(dz))


def _draw_backward(rng: Rng, k: int) -> Case:
    N, D, H = sizes(rng, k, 7, 5, 6)
    return Case((real(rng, N, D), real(rng, D, H), real(rng, N, H)), {"N": N, "D": D, "H": H})


DENSE_BACKWARD = Exercise(
    name="dense_backward",
    title="Dense layer, backward",
    arguments=("x", "W", "dz"),
    outputs=("dx", "dW", "db"),
    about="""The three gradients of z = x W + b. The mean over the batch is already in dz.

    x: (N, D). W: (D, H). dz: (N, H), gradient of the loss at z. Returns dx: (N, D), dW: (D, H), db: (H,).""",
    lesson="lesson 1",
    reference=dense_backward,
    recipe=_backward,
    draw=_draw_backward,
    unbounded=("x", "dz"),
    linear=("dz",),
    scales={"1/N": "averaged_again", "db:1/N": "bias_averaged"},
    sentences={"bias_averaged": "The gradient of the bias, db, is the mean over the batch, not the sum: dz already "
                                "carries the mean.",
               "bias_summed": "The gradient of the bias, db, is one number for all neurons: dz is summed (or averaged) "
                              "over both axes (the axis is missing); each neuron has its own.",
               "averaged_again":
                   "It is averaged over the batch again; the incoming gradient already carries the mean."},
    slices={"sample": {"x": 0, "dz": 0}, "neuron": {"W": 1, "dz": 1}},
    axes={"dx": ("sample", "input feature"), "dW": ("input feature", "neuron"), "db": ("neuron",)},
    mistakes=mistakes(
        {
            **product_mistakes("product"),
            "bias_wrong_axis": ["The gradient of the bias, db, is summed over the wrong axis, over the neurons "
                                "instead of the batch: each neuron has its own number.",
                                {"bias": lambda dz: dz.sum(axis=1)}],
            "bias_summed": [{"bias": np.sum}, {"bias": lambda dz: np.full(dz.shape[1], dz.sum())},
                            {"bias": lambda dz: np.full(dz.shape[1], dz.mean())}],
            "bias_not_summed": ["The gradient of the bias, db, is not summed over the batch: it is still one row "
                                "for each sample.",
                                {"bias": lambda dz: dz}],
            "bias_of_one_row": ["db, the gradient of the bias, comes from one sample (or image) only, the first or "
                                "the last of the batch; it is summed over all.",
                                {"bias": lambda dz: dz[0]}, {"bias": lambda dz: dz[-1]}],
            "bias_largest": ["db is the largest (or smallest) entry of dz over the batch (a max or min), not the "
                             "sum.",
                             {"bias": lambda dz: dz.max(axis=0)}, {"bias": lambda dz: dz.min(axis=0)}],
            "bias_of_squares": ["db is the sum of squares of dz, not the sum of dz itself.",
                                {"bias": lambda dz: (dz * dz).sum(axis=0)}],
            "bias_of_sizes": ["db is the sum of absolute values of dz: the signs are lost.",
                              {"bias": lambda dz: np.abs(dz).sum(axis=0)}],
            "bias_rectified": ["In db negative errors are cut off: a ReLU is applied to dz before the sum.",
                               {"bias": lambda dz: np.maximum(dz,
                0).sum(axis=0)}],
            "bias_spread": ["db is the standard deviation of dz over the batch, not the sum.",
                {"bias": lambda dz: dz.std(axis=0)}],
            "bias_median": ["db is the median of dz over the batch, not the sum.", {"bias": lambda dz: np.median(dz,
                axis=0)}],
            "bias_axis_kept": ["db, the gradient of the bias, keeps the summed axis with length 1 (keepdims): (1, "
                               "n) for (n,).",
                               {"bias": lambda dz: dz.sum(axis=0, keepdims=True)}],
            "bias_gradient_is_count": ["db, the gradient of the bias, does not contain the incoming error dz: ones, "
                                       "or a count, are summed.",
                                       {"bias": lambda dz: np.ones(dz.shape[1])},
                {"bias": lambda dz: np.full(dz.shape[1], 1.0 * len(dz))}],
            "weights_reshaped": ["The weights W are reshaped where they should be transposed: the shape fits, the "
                                 "entries are mixed.",
                                 {"to_input": lambda dz, W: dz @ W.reshape(W.shape[::-1])}],
            "input_gradient_masked": ["dx, the gradient at the input, is rectified or masked (a ReLU's mask, x > "
                                      "0): this layer has no activation, and x was not made by one here.",
                                      {"at_input": lambda dx, x: np.maximum(dx, 0)},
                {"at_input": lambda dx, x: dx * (x > 0)}],
            "weight_decay_added": ["The parameter itself (or a share of it) is added to its gradient: that is "
                                   "weight decay (L2), which was not asked for.",
                                   *[{"decay": lambda dW, W, c=c: dW + c * W} for c in (1.0, 0.1, 0.01, 1e-3)]],
            "mask_added": ["The error dz is masked here (rectified by a ReLU's mask), but this layer has no "
                           "activation.",
                           {"error": lambda x, dz: dz * (dz > 0)}],
            "outputs_in_another_order": ["The results come in another order than asked for: they are exchanged.",
                {"after": lambda dx, dW, db: (dW, db, dx)}, {"after": lambda dx, dW, db: (dW, dx, db)},
                {"after": lambda dx, dW, db: (dx, db, dW)}, {"after": lambda dx, dW, db: (db, dW, dx)},
                {"after": lambda dx, dW, db: (db, dx, dW)},
            ],
            "input_gradient_zero": ["dx, the gradient at the input, is 0: it is not computed.",
                                    {"to_input": lambda dz, W: np.zeros((len(dz), len(W)))}],
            "gradient_for_weights": ["dx goes back through the gradient dW instead of the weights W.",
                                     {"through": lambda W, dW: dW}],
            "weights_binarised": ["Only the signs of the weights W are used, sign(W), not their sizes.",
                                  {"to_input": lambda dz, W: dz @ np.sign(W).T}],
        }
    ),
)  # fmt: skip


def _draw_relu(rng: Rng, k: int) -> Case:
    shape = sizes(rng, k, 7, 6) if k < 3 else (3, 4, 5, 2)
    z, da = 1.5 * real(rng, *shape), 1.5 * real(rng, *shape)
    z[..., -1] = -np.abs(z[..., -1])  # a neuron that is never active
    z.flat[:5] = 0.37, 1.41, 0.71, -0.37, 0.005
    return Case((z, da), {"N": shape[0], "H": shape[-1]})


def _zero(rng: Rng) -> list[Case]:
    case = _draw_relu(rng, 1)
    case.args[0][::2] = 0.0
    return [Case(case.args, case.dims, "pre-activations that are exactly 0", "let_through_at_zero")]


RELU_BACKWARD = Exercise(
    name="relu_backward",
    title="ReLU, backward",
    arguments=("z", "da"),
    outputs=("dz",),
    about="""The gradient at the pre-activation, from the gradient at the activation a = relu(z).

    z, da: the same shape. Returns dz: that shape. At z = 0 the slope is 0.""",
    lesson="lesson 1",
    reference=relu_backward,
    recipe=lambda z, da, gate=relu_backward: gate(z, da),
    draw=_draw_relu,
    unbounded=("z", "da"),
    extremes=_zero,
    linear=("da",),
    transposable=False,
    regions=lambda z, da: {"where z < 0": z < 0, "where z is between 0 and 1": (z > 0) & (z <= 1), "where z > 1": z > 1,
                           "where da < 0": da < 0, "where z = 0": z == 0},
    axes={"dz": ("sample", "neuron")},
    properties=(Property("dz", "dz is 0 where z is negative", lambda args, dz: not dz[args[0] < 0].any()),),
    mistakes=mistakes(
        {
            **without_slope(mask_mistakes(zs=lambda z, da: z)),
            "mask_of_any_sample": {"gate": lambda z, da: da * (z > 0).any(axis=0)},
            "let_through_at_zero": {"gate": lambda z, da: da * (z >= 0)},
            "preactivation_added": ["The activation relu(z) of the forward pass and the error da are added; the "
                                    "slope should multiply the error.",
                                    {"gate": lambda z, da: np.maximum(z, 0) + da}],
            "rectified_for_masked": ["A product was rectified, max(da * z, 0) or the like: z is no mask, and "
                                     "negative errors of active neurons must pass as well.",
                                     {"gate": lambda z, da: np.maximum(z * da, 0)}],
            "roles_exchanged": ["The roles of z and da are exchanged: the mask is made of da, and z passes through it.",
                                {"gate": lambda z, da: np.maximum(z, 0) * (da > 0)}],
            "zeros_returned": ["It returns zeros: no error passes back.",
                               {"gate": lambda z, da: np.zeros_like(da)}],
        },
        accepted=("let_through_at_zero",),
    ),
)  # fmt: skip

EXERCISES = (DENSE_FORWARD, DENSE_BACKWARD, RELU_BACKWARD)
