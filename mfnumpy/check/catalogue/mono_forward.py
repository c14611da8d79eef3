"""Exercises eq5, eq7 and eq8, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.draws import real, sizes
from mfnumpy.check.model import Case, Exercise, Rng, mistakes
from mfnumpy.layers import dense_parameter_gradients, relu_backward

LEAKS = (0.01, 0.1, 0.2)
COARSE = (1.0, 0.5, 0.1, -0.5, -1.0)
THRESHOLDS = (*COARSE, 0.01)
SMALLEST = min(t for t in COARSE if t > 0)


def mask_mistakes(step: str = "gate", thresholds: tuple[float, ...] = THRESHOLDS) -> dict:
    """What goes wrong in dz = da where z > 0: replacements of a step (z, da) -> dz."""

    def sigmoid(z):
        """A sigmoid's derivative in place of the mask."""
        return 1 / (1 + np.exp(-z))

    def one(gate):
        """A single version with this gate."""
        return {step: gate}

    return {
        "mask_missing": one(lambda z, da: da),
        "mask_inverted": [one(lambda z, da: da * (z < 0)), one(lambda z, da: da * (z <= 0))],
        "mask_threshold": [one(lambda z, da, t=t: da * (z > t)) for t in thresholds],
        "mask_on_error": [one(lambda z, da: da * (da > 0)), one(lambda z, da: da * (z > 0) * (da > 0))],
        "activation_for_mask": one(lambda z, da: da * np.maximum(z, 0)),
        "preactivation_for_mask": one(lambda z, da: da * z),
        "sign_for_mask": one(lambda z, da: da * np.sign(z)),
        "leaky_mask": [one(lambda z, da, s=s: da * np.where(z > 0, 1, s)) for s in LEAKS],
        "sigmoid_mask": [
            one(lambda z, da: da * sigmoid(z) * sigmoid(-z)),
            one(lambda z, da: da * sigmoid(z)),
        ],
        "tanh_mask": one(lambda z, da: da * (1 - np.tanh(z) ** 2)),
        "mask_of_batch_mean": one(lambda z, da: da * (z.mean(axis=0) > 0)),
        "mask_only": one(lambda z, da: (z > 0) * 1.0),
        "error_missing": one(lambda z, da: np.maximum(z, 0)),
    }


def _scores(a, M, *, before=lambda a: a, matrix=lambda M: M.T, after=lambda G: G):
    return after(before(a) @ matrix(M))


def _draw_scores(rng: Rng, k: int) -> Case:
    N, n, m = sizes(rng, k, 7, 6, 4)
    return Case((real(rng, N, n), real(rng, m, n)), {"N": N, "n": n, "m": m})


def unit_rows(a):
    """Each row scaled to length 1: a frequent addition where none belongs."""
    return a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)


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
    linear=("a", "M"),
    scales={"1/n": "scaled_by_width"},
    mistakes=mistakes(
        reshaped_for_transposed={"matrix": lambda M: M.reshape(M.shape[::-1])},
        softmax_added={"after": eq.softmax},
        rectified_scores={"after": lambda G: np.maximum(G, 0)},
        goodness_squared=[{"before": np.square}, {"before": lambda a: a * np.abs(a)}],
        scores_squared={"after": np.square},
        scaled_by_root_of_width={"before": lambda a: a / np.sqrt(a.shape[1])},
        input_normalised={"before": unit_rows},
        activity_rectified_again={"before": lambda a: np.maximum(a, 0)},
        activity_centred=[{"before": lambda a: a - a.mean(axis=0)}, {"before": lambda a: a - a.mean(axis=1)[:, None]}],
        projection_normalised=[{"matrix": lambda M: unit_rows(M).T}, {"matrix": lambda M: unit_rows(M.T)}],
        step_for_activation={"before": lambda a: (a > 0) * 1.0},
        absolute_value={"after": np.abs},
        last_column_dropped={"before": lambda a: a * (np.arange(a.shape[1]) < a.shape[1] - 1)},
    ),
)  # fmt: skip


def _outer(x, dz):
    """x^T dz, through the reference."""
    return dense_parameter_gradients(x, dz)[0]


def product_mistakes(step: str) -> dict:
    """What goes wrong in a gradient that is summed over the batch: replacements of a step (x, dz) -> dW."""

    def one(product):
        """A single version with this product."""
        return {step: product}

    return {
        "reshaped_for_transposed": one(lambda x, dz: (dz.T @ x).reshape(x.shape[1], dz.shape[1])),
        "last_sample_dropped": one(lambda x, dz: x[:-1].T @ dz[:-1]),
        "first_sample_only": [one(lambda x, dz: np.outer(x[0], dz[0])), one(lambda x, dz: len(x) * np.outer(x[0],
            dz[0]))],
        "last_sample_only": one(lambda x, dz: np.outer(x[-1], dz[-1])),
        "averaged_over_batch_early": [
            one(lambda x, dz: np.outer(x.sum(axis=0), dz.sum(axis=0))),
            one(lambda x, dz: np.outer(x.mean(axis=0), dz.sum(axis=0))),
            one(lambda x, dz: np.outer(x.mean(axis=0), dz.mean(axis=0))),
        ],
        "input_rectified": one(lambda x, dz: np.maximum(x, 0).T @ dz),
        "input_binarised": [one(lambda x, dz: (x > 0).T @ dz), one(lambda x, dz: np.sign(x).T @ dz)],
        "input_squared": one(lambda x, dz: np.square(x).T @ dz),
        "input_normalised": one(lambda x, dz: unit_rows(x).T @ dz),
        "input_centred": one(lambda x, dz: (x - x.mean(axis=0)).T @ dz),
        "input_missing": one(lambda x, dz: np.ones_like(x).T @ dz),
        "absolute_value": one(lambda x, dz: np.abs(x.T @ dz)),
        "result_rectified": one(lambda x, dz: np.maximum(x.T @ dz, 0)),
        "sign_of_gradient": one(lambda x, dz: np.sign(x.T @ dz)),
        "gradient_normalised": one(lambda x, dz: x.T @ dz / np.linalg.norm(x.T @ dz)),
        "error_binarised": one(lambda x, dz: x.T @ np.sign(dz)),
    }  # fmt: skip


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
    extremes=_zero_preactivation,
    linear=("x", "M", "dG"),
    mistakes=mistakes(
        {
            **mask_mistakes(),
            **product_mistakes("product"),
            "mask_of_any_sample": {"gate": lambda z, da: da * (z > 0).any(axis=0)},
            "let_through_at_zero": {"gate": lambda z, da: da * (z >= 0)},
            "ff_derivative": {"error": lambda dG, M, z: 2 * np.maximum(z, 0) * (dG @ M)},
            "projection_missing": {"error": lambda dG, M, z: np.tile(dG.sum(axis=1, keepdims=True), M.shape[1])},
            "projection_reshaped": {"error": lambda dG, M, z: dG @ M.reshape(M.shape[::-1]).T},
            "projection_normalised": {"error": lambda dG, M, z: dG @ unit_rows(M)},
            "projection_binarised": {"error": lambda dG, M, z: dG @ np.sign(M)},
            "softmax_added": {"error": lambda dG, M, z: eq.softmax(dG) @ M},
            "error_averaged": {"error": lambda dG, M, z: np.tile((dG @ M).mean(axis=0), (len(z), 1))},
            "target_class_only": {"error": lambda dG, M, z: np.where(dG < 0, dG, 0) @ M},
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
    renamed = {"input_rectified": "error_rectified", "input_squared": "error_squared", "input_missing": "error_missing",
               "error_binarised": "step_for_activation", "input_binarised": "error_binarised",
               "input_normalised": "error_normalised", "input_centred": "activity_centred"}  # fmt: skip
    return {renamed.get(name, name): steps for name, steps in table.items()}


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
    linear=("a", "dG"),
    mistakes=mistakes(
        {
            **_swapped_roles(product_mistakes("product")),
            "activity_rectified_again": {"product": lambda dG, a: dG.T @ np.maximum(a, 0)},
            "step_for_activation": [{"product": lambda dG, a: dG.T @ (a > 0)},
                {"product": lambda dG, a: dG.T @ np.sign(a)}],
            "goodness_squared": [{"product": lambda dG, a: dG.T @ np.square(a)}],
            "input_normalised": {"product": lambda dG, a: dG.T @ unit_rows(a)},
            "activation_missing": {"product": lambda dG, a: dG.T @ np.ones_like(a)},
            "activity_centred": {"product": lambda dG, a: dG.T @ (a - a.mean(axis=0))},
            "softmax_added": {"product": lambda dG, a: eq.softmax(dG).T @ a},
        }
    ),
)  # fmt: skip


EXERCISES = (EQ5, EQ7, EQ8)
