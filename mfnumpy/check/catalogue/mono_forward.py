"""Exercises eq5, eq7 and eq8, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import real, sizes
from mfnumpy.check.catalogue.masks import mask_mistakes, without_slope
from mfnumpy.check.catalogue.parts import product_mistakes, unit_rows
from mfnumpy.check.model import Case, Exercise, Rng, mistakes, split
from mfnumpy.layers import dense_parameter_gradients, relu_backward


def _scores(a, M, *, before=lambda a: a, matrix=lambda M: M.T, after=lambda G: G):
    return after(before(a) @ matrix(M))


def _draw_scores(rng: Rng, k: int) -> Case:
    N, n, m = sizes(rng, k, 7, 6, 4)
    return Case((real(rng, N, n), real(rng, m, n)), {"N": N, "n": n, "m": m})


EQ5 = Exercise(
    name="eq5",
    title="Eq. (5)",
    arguments=("a", "M"),
    outputs=("G",),
    about="""The goodness scores of a batch: one for each row and class.

    a: (N, n) activations. M: (m, n) projection matrix. Returns G: (N, m).""",
    lesson="lesson 3",
    reference=eq.goodness_scores,
    recipe=_scores,
    draw=_draw_scores,
    unbounded=("a", "M"),
    linear=("a", "M"),
    scales={"1/n": "scaled_by_width"},
    sentences={"scaled_by_width": "The scores are divided by the number of neurons: a mean stands where a sum "
                                  "belongs."},
    slices={"neuron": {"a": 1, "M": 1}},
    axes={"G": ("sample", "class")},
    mistakes=mistakes(
        reshaped_for_transposed=["A matrix is reshaped where it should be transposed: the shape fits, the entries "
                                 "are mixed. reshape is not .T.",
                                 {"matrix": lambda M: M.reshape(M.shape[::-1])}],
        softmax_added=["A softmax is applied to the scores G; it belongs to the loss, not here.",
                       {"after": eq.softmax}],
        rectified_scores=["Negative scores G are cut off: a ReLU is applied to the scores.",
                          {"after": lambda G: np.maximum(G, 0)}],
        goodness_squared=["The activation a is squared: that is Forward-Forward's goodness, not this one.",
                          {"before": np.square}, {"before": lambda a: a * np.abs(a)}],
        scores_squared=["The scores G (the result) are squared once more.",
                        {"after": np.square}],
        scaled_by_root_of_width=["It is divided by the square root of the width (of the number of terms in the "
                                 "sum), which does not belong here.",
                                 {"before": lambda a: a / np.sqrt(a.shape[1])}],
        input_normalised=["Each sample's activation (row of a) is scaled to length 1 (normalised) first; that does "
                          "not belong here.",
                          {"before": unit_rows}],
        activity_rectified_again={"before": lambda a: np.maximum(a, 0)},
        activity_centred=["A mean is taken off the activation a: it is centred (the mean is subtracted), which does "
                          "not belong here.",
                          {"before": lambda a: a - a.mean(axis=0)}, {"before": lambda a: a - a.mean(axis=1)[:, None]}],
        projection_normalised=["The projection matrix M is scaled (normalised) to unit rows or columns.",
                               {"matrix": lambda M: unit_rows(M).T}, {"matrix": lambda M: unit_rows(M.T)}],
        step_for_activation=["The activation counts as on or off only (a step, 0 or 1), not by its size.",
                             {"before": lambda a: (a > 0) * 1.0}],
        absolute_value={"after": np.abs},
        last_column_dropped={"before": lambda a: a * (np.arange(a.shape[1]) < a.shape[1] - 1)},
    ),
)  # fmt: skip


def _outer(x, dz):
    """x^T dz, through the reference."""
    return dense_parameter_gradients(x, dz)[0]


def _weight_gradient(x, z, M, dG, *, error=lambda dG, M, z: dG @ M, gate=relu_backward, product=_outer):
    return product(x, gate(z, error(dG, M, z)))


def _draw_weights(rng: Rng, k: int) -> Case:
    N, D, H, m = sizes(rng, k, 7, 5, 6, 4)
    args = (real(rng, N, D), real(rng, N, H), real(rng, m, H), real(rng, N, m))
    args[1][0, :3] = 0.37, 1.41, 0.005  # all kinds of active neuron, for a threshold other than 0
    args[1][:, -1] = -np.abs(args[1][:, -1])  # a neuron that is never active
    return Case(args, {"N": N, "D": D, "H": H, "m": m})


def _zero_preactivation(rng: Rng) -> list[Case]:
    case = _draw_weights(rng, 1)
    case.args[1][::2, 1] = 0.0
    return [Case(case.args, case.dims, "pre-activations that are exactly 0", "let_through_at_zero")]


EQ7 = Exercise(
    name="eq7",
    title="Eq. (7)",
    arguments=("x", "z", "M", "dG"),
    outputs=("dW",),
    about="""The gradient of a block's loss at its weights W, where z = x W, a = relu(z) and G are the scores.

    x: (N, D) input of the block. z: (N, H) pre-activations. M: (m, H) projection matrix, before its update.
    dG: (N, m) gradient of the mean loss at the scores. Returns dW: (D, H). At z = 0 the ReLU's slope is
    0.""",
    lesson="lesson 3",
    reference=eq.weight_gradient,
    recipe=_weight_gradient,
    draw=_draw_weights,
    unbounded=("x", "z", "M", "dG"),
    extremes=_zero_preactivation,
    linear=("x", "M", "dG"),
    sentences={
        "mean_twice": "The mean over the batch is taken twice: dG already carries the factor 1/N.",
        "mean_missing": "The mean over the batch is missing: dG carries the factor 1/N, and here it is "
        "multiplied by N again.",
    },
    slices={"sample": {"x": 0, "z": 0, "dG": 0}, "class": {"M": 0, "dG": 1}},
    axes={"dW": ("input feature", "neuron")},
    mistakes=mistakes(
        {
            **without_slope(mask_mistakes(zs=lambda x, z, M, dG: z)),
            **product_mistakes("product"),
            "mask_of_any_sample": [
                "The mask lets through every neuron that is active for any sample; each sample has its own.",
                {"gate": lambda z, da: da * (z > 0).any(axis=0)},
            ],
            "let_through_at_zero": [
                "At z = 0 exactly you let the gradient through; the convention here is a slope of 0. Both are right.",
                {"gate": lambda z, da: da * (z >= 0)},
            ],
            "ff_derivative": [
                "The derivative of a goodness of squares (a factor 2 a) is used: that is Forward-Forward's, not "
                "Mono-Forward's.",
                {"error": lambda dG, M, z: 2 * np.maximum(z, 0) * (dG @ M)},
            ],
            "projection_missing": [
                "The projection matrix M is not used: dG is summed over the classes, and all neurons get the same "
                "error.",
                {"error": lambda dG, M, z: np.tile(dG.sum(axis=1, keepdims=True), M.shape[1])},
            ],
            "projection_reshaped": [
                "The projection matrix M is reshaped where it should be used as it is, or transposed: its entries "
                "are mixed.",
                {"error": lambda dG, M, z: dG @ M.reshape(M.shape[::-1]).T},
            ],
            "projection_normalised": {"error": lambda dG, M, z: dG @ unit_rows(M)},
            "projection_binarised": [
                "Only the signs of the projection matrix M are used, sign(M), not its values.",
                {"error": lambda dG, M, z: dG @ np.sign(M)},
            ],
            "softmax_added": [
                "A softmax is applied to dG; dG is a gradient already, and is used as it is.",
                {"error": lambda dG, M, z: eq.softmax(dG) @ M},
            ],
            "error_averaged": [
                "The error is averaged over the batch before it meets its sample: the mean (or sum) of dG over all "
                "samples is used for each.",
                {"error": lambda dG, M, z: np.tile((dG @ M).mean(axis=0), (len(z), 1))},
            ],
            "target_class_only": [
                "Only the error of the true class is sent back, through its row of M; those of the other classes "
                "are lost.",
                {"error": lambda dG, M, z: np.where(dG < 0, dG, 0) @ M},
            ],
        },
        accepted=("let_through_at_zero",),
    ),
)


def _draw_projection(rng: Rng, k: int) -> Case:
    N, n, m = sizes(rng, k, 7, 6, 4)
    return Case((real(rng, N, n), real(rng, N, m)), {"N": N, "n": n, "m": m})


def _projection_gradient(a, dG, *, product=_outer):
    return product(dG, a)


def _swapped_roles(table: dict) -> dict:
    """In Eq. (8) the activation is the second factor: the mistakes in the input concern the error here."""
    renamed = {"input_rectified": ("error_rectified", "Negative entries of the error dG are cut off, as by a ReLU."),
               "input_squared": ("error_squared", "The error dG is squared before the product."),
               "input_normalised": ("error_normalised", "Each row of the error dG is scaled to length 1 (normalised)."),
               "input_missing": ("error_missing", ""), "error_binarised": ("step_for_activation", ""),
               "input_binarised": ("error_binarised", ""), "input_centred": ("activity_centred", "")}  # fmt: skip
    swapped = {}
    for old, entry in table.items():
        says, steps = split(entry)
        name, says = renamed.get(old, (old, says))
        swapped[name] = [says, *steps] if says else steps
    return swapped


EQ8 = Exercise(
    name="eq8",
    title="Eq. (8)",
    arguments=("a", "dG"),
    outputs=("dM",),
    about="""The gradient of a block's loss at its projection matrix M, where G are the scores of Eq. (5).

    a: (N, n) activations. dG: (N, m) gradient of the mean loss at the scores. Returns dM: (m, n).""",
    lesson="lesson 3",
    reference=eq.projection_gradient,
    recipe=_projection_gradient,
    draw=_draw_projection,
    unbounded=("a", "dG"),
    linear=("a", "dG"),
    sentences={"mean_twice": "The mean over the batch is taken twice: dG already carries the factor 1/N.",
               "mean_missing": "The mean over the batch is missing: dG carries the factor 1/N, and here it is "
                               "multiplied by N again."},
    slices={"sample": {"a": 0, "dG": 0}},
    axes={"dM": ("class", "neuron")},
    mistakes=mistakes(
        {
            **_swapped_roles(product_mistakes("product")),
            "activity_rectified_again": {"product": lambda dG, a: dG.T @ np.maximum(a, 0)},
            "step_for_activation": ["The activation a counts as on or off only (a step, 0 or 1), or by its sign, "
                                    "not by its size.",
                                    {"product": lambda dG, a: dG.T @ (a > 0)},
                {"product": lambda dG, a: dG.T @ np.sign(a)}],
            "goodness_squared": [{"product": lambda dG, a: dG.T @ np.square(a)}],
            "input_normalised": ["Each sample's activation (row of a) is scaled to length 1 (normalised) first; that "
                                 "does not belong here.",
                                 {"product": lambda dG, a: dG.T @ unit_rows(a)}],
            "activation_missing": ["The activation a does not enter the gradient: every neuron gets the same.",
                                   {"product": lambda dG, a: dG.T @ np.ones_like(a)}],
            "activity_centred": {"product": lambda dG, a: dG.T @ (a - a.mean(axis=0))},
            "softmax_added": ["A softmax is applied to dG; dG is a gradient already, and is used as it is.",
                              {"product": lambda dG, a: eq.softmax(dG).T @ a}],
        }
    ),
)  # fmt: skip


EXERCISES = (EQ5, EQ7, EQ8)
