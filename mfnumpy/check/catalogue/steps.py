"""Exercises mf_step and ff_step, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check import references
from mfnumpy.check.catalogue.mono_forward import COARSE, SMALLEST, mask_mistakes, unit_rows
from mfnumpy.check.draws import clear_of_kinks, clear_winners, labels, rate, real, sizes, small_positives, until
from mfnumpy.check.model import Case, Exercise, Rng, mistakes

LOSS_GRADIENTS = {
    "softmax_missing": lambda G, y: (G - eq.one_hot(y, G.shape[1], "float64")) / len(G),
    "softmax_twice": lambda G, y: eq.cross_entropy_gradient(eq.softmax(G), y),
    "softmax_over_batch": lambda G, y: (eq.softmax(G.T).T - eq.one_hot(y, G.shape[1], "float64")) / len(G),
    "label_missing": lambda G, y: eq.softmax(G) / len(G),
    "label_off_by_one": lambda G, y: eq.cross_entropy_gradient(G, (y - 1) % G.shape[1]),
    "label_not_one_hot": lambda G, y: (eq.softmax(G) - y[:, None]) / len(G),
    "prediction_for_label": lambda G, y: eq.cross_entropy_gradient(G, G.argmax(axis=1)),
    "column_of_labels": lambda G, y: (eq.softmax(G) - np.isin(np.arange(G.shape[1]), y)) / len(G),
    "probability_missing": lambda G, y: -eq.one_hot(y, G.shape[1], "float64") / len(G),
    "sigmoid_for_softmax": lambda G, y: (1 / (1 + np.exp(-G)) - eq.one_hot(y, G.shape[1], "float64")) / len(G),
}


def _jacobian_on_top(G, y):
    p, d = eq.softmax(G), eq.cross_entropy_gradient(G, y)
    return p * (d - (p * d).sum(axis=1, keepdims=True))


LOSS_GRADIENTS["jacobian_on_top"] = _jacobian_on_top


def loss_mistakes(step: str) -> dict:
    """What goes wrong in the gradient of the loss, inside a whole step."""
    table = {name: {step: function} for name, function in LOSS_GRADIENTS.items()}
    table["not_shifted"] = {step: _shifted(lambda G: 0.0)}
    table["shifted_by_whole_maximum"] = {step: _shifted(np.max)}
    clips = (500, 700, 100, 50)
    clipped = [{step: lambda G, y, c=c: eq.cross_entropy_gradient(np.clip(G, -c, c), y)} for c in clips]
    return {**table, "scores_clipped": clipped}


def _shifted(shift):
    """The gradient of the loss with another shift against overflow."""

    def gradient(G, y):
        """(p - y) / N with that shift."""
        e = np.exp(G - shift(G))
        return (e / e.sum(axis=1, keepdims=True) - eq.one_hot(y, G.shape[1], "float64")) / len(G)

    return gradient


def update_mistakes(step: str = "update") -> dict:
    """What goes wrong in the last line of a step."""
    return {
        "sign_of_gradient": {step: lambda p, g, lr: p - lr * np.sign(g)},
        "gradient_normalised": {step: lambda p, g, lr: p - lr * g / np.linalg.norm(g)},
        "gradient_clipped": [{step: lambda p, g, lr, c=c: p - lr * np.clip(g, -c, c)} for c in (0.1, 0.01)],
        "weight_decay_added": [{step: lambda p, g, lr, c=c: p - lr * (g + c * p)} for c in (1.0, 0.1, 0.01, 1e-3,
            1e-4)],
        "update_multiplied": {step: lambda p, g, lr: p * (1 - lr * g)},
        "step_returned": [{step: lambda p, g, lr: lr * g}, {step: lambda p, g, lr: -lr * g},
            {step: lambda p, g, lr: g}],
    }  # fmt: skip


def _draw_mf(rng: Rng, k: int) -> Case:
    N, D, H, m = sizes(rng, k, 7, 5, 6, 4)
    x, W = until(
        lambda: (real(rng, N, D), 0.6 * real(rng, D, H)),
        lambda x, W: clear_of_kinks(x, [W]) and small_positives(x @ W, SMALLEST),
    )
    lr = rate(rng)
    return Case((x, labels(rng, N, m, k), W, 0.6 * real(rng, m, H), lr), {"N": N, "D": D, "H": H, "m": m, "lr": lr})


def _extreme_mf(rng: Rng) -> list[Case]:
    while True:
        case = _draw_mf(rng, 2)
        x, y, W, M, lr = case.args
        if clear_winners(1000 * np.maximum(x @ W, 0) @ M.T, y):
            break
    return [Case((1000 * x, y, W, M, lr), case.dims, "scores beyond 700", "not_shifted|scores_clipped")]


def _gated(gate):
    """Eq. (7) with another gate."""
    return lambda x, z, M, dG: x.T @ gate(z, dG @ M)


_WEIGHT_MASKS = {
    name: [{"weight_gradient": _gated(v["gate"])} for v in (versions if isinstance(versions, list) else [versions])]
    for name, versions in mask_mistakes(thresholds=COARSE).items()
    if name not in ("mask_only", "error_missing")
}


def _relu(z):
    return np.maximum(z, 0)


MF_STEP = Exercise(
    name="mf_step",
    title="Mono-Forward, one step of one block",
    arguments=("x", "y", "W", "M", "lr"),
    outputs=("W", "M", "a"),
    about="""One Mono-Forward step of one block with SGD: Eqs. (5) to (8), a = relu(x W), no bias.

    x: (N, D). y: (N,) integer labels. W: (D, H). M: (m, H). lr: a float. The loss is the mean over the batch.
    Returns new arrays (W, M, a); a: (N, H) is what was computed before the update.""",
    lesson="lesson 4",
    reference=references.mf_step,
    recipe=references.mf_step,
    draw=_draw_mf,
    extremes=_extreme_mf,
    updates={"W": "W", "M": "M"},
    mistakes=mistakes(
        {
            **_WEIGHT_MASKS,
            **loss_mistakes("loss_gradient"),
            **{name: [{"update_W": v["update"]} for v in (vs if isinstance(vs, list) else [vs])]
               + [{"update_W": v["update"], "update_M": v["update"]} for v in (vs if isinstance(vs, list) else [vs])]
               for name, vs in update_mistakes().items()},
            "projection_updated_first": {"projection_seen": lambda old, new: new},
            "weights_updated_first": [
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), eq.cross_entropy_gradient(_relu(x @ W) @ M.T, y))},
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), dG)},
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), eq.cross_entropy_gradient(_relu(x @ W) @ M.T, y)),
                 "handed_on": lambda x, z, a, W, G: _relu(x @ W)},
            ],
            "activation_after_update": {"handed_on": lambda x, z, a, W, G: _relu(x @ W)},
            "preactivation_handed_on": {"handed_on": lambda x, z, a, W, G: z},
            "scores_handed_on": {"handed_on": lambda x, z, a, W, G: G},
            "normalised_handed_on": {"handed_on": lambda x, z, a, W, G: unit_rows(a)},
            "relu_missing": [
                {"hidden": lambda z: z + 0}, {"hidden": lambda z: z + 0, "weight_gradient": _gated(lambda z, da: da)},
                {"hidden": lambda z: z + 0, "handed_on": lambda x, z, a, W, G: _relu(z)},
            ],
            "other_activation": [{"hidden": np.tanh}, {"hidden": lambda z: 1 / (1 + np.exp(-z))},
                                 {"hidden": lambda z: np.where(z > 0, z, 0.01 * z)}],
            "projection_unchanged": {"update_M": lambda p, g, lr: p + 0},
            "weights_unchanged": {"update_W": lambda p, g, lr: p + 0},
            "outputs_in_another_order": [{"returned": lambda W, M, a: (M, W, a)},
                {"returned": lambda W, M, a: (a, W, M)}],
            "ff_derivative": {"weight_gradient": lambda x, z, M, dG: x.T @ (2 * _relu(z) * (dG @ M))},
            "goodness_squared": {"project": lambda a, M: (a * a) @ M.T},
            "projection_reshaped": {"project": lambda a, M: a @ M.reshape(M.shape[::-1])},
            "input_normalised": {"project": lambda a, M: unit_rows(a) @ M.T},
        }
    ),
)  # fmt: skip


def _draw_ff(rng: Rng, k: int) -> Case:
    N, D, H = sizes(rng, k, 7, 5, 6)
    scale = 0.8 / np.sqrt(D)
    x_pos, x_neg, W = until(
        lambda: (real(rng, N, D), real(rng, N, D), scale * real(rng, D, H)),
        lambda p, n, W: clear_of_kinks(p, [W]) and clear_of_kinks(n, [W]),
    )
    theta, lr = float(np.round(rng.uniform(0.8, 2.2), 3)), rate(rng)
    return Case((x_pos, x_neg, W, theta, lr), {"N": N, "D": D, "H": H, "lr": lr})


def _extreme_ff(rng: Rng) -> list[Case]:
    """W is scaled so that a goodness of the negative half is 2000: its exponential is infinite in float64 as well."""
    N, D, H, theta = 5, 4, 6, 2.5
    x_pos, x_neg, W = until(
        lambda: (real(rng, N, D), real(rng, N, D), real(rng, D, H)),
        lambda p, n, W: _goodness(p @ W).max() > 1 and _goodness(n @ W).max() > 1,
    )
    W *= np.sqrt(2000 / _goodness(x_neg @ W).max())
    return [
        Case(
            (x_pos, x_neg, W, theta, 0.3),
            {"N": N, "D": D, "H": H, "lr": 0.3},
            "a goodness far above theta",
            "overflow",
        )
    ]


def _goodness(z):
    return (_relu(z) ** 2).sum(axis=1)


def _naive(u):
    return np.exp(u) / (1 + np.exp(u))


def _rms(a):
    return a / (np.sqrt((a * a).mean(axis=1, keepdims=True)) + 1e-8)


def _mean_goodness(a):
    return (a * a).mean(axis=1)


def _mean_share(a, dG):
    return eq.goodness_gradient(a, dG) / a.shape[1]


FF_STEP = Exercise(
    name="ff_step",
    title="Forward-Forward, one step of one block",
    arguments=("x_pos", "x_neg", "W", "theta", "lr"),
    outputs=("W",),
    about="""One Forward-Forward step of one block with SGD: it minimises mean L_pos + mean L_neg, Eqs. (1) to
    (4).

    x_pos, x_neg: (N, D). W: (D, H), no bias; a = relu(x W). theta, lr: floats. Both halves use the same W.
    Returns the new W, a new array.""",
    lesson="lesson 7",
    reference=references.ff_step,
    recipe=references.ff_step,
    draw=_draw_ff,
    extremes=_extreme_ff,
    updates={"W": "W"},
    scales={"2": "factor_two_extra", "1/2": "factor_half_of_square_or_mean", "1/H": "mean_for_sum_after"},
    mistakes=mistakes(
        {
            **update_mistakes(),
            "positive_only": {"combine": lambda p, n: p},
            "negative_only": {"combine": lambda p, n: n},
            "negative_sign": {"combine": lambda p, n: p - n},
            "positive_and_negative_swapped": {"positive": eq.negative_loss_gradient,
                "negative": eq.positive_loss_gradient},
            "sigmoid_flipped": [
                {"positive": lambda G, t: eq.positive_loss_gradient(2 * t - G, t),
                 "negative": lambda G, t: eq.negative_loss_gradient(2 * t - G, t)},
                {"positive": lambda G, t: eq.positive_loss_gradient(2 * t - G, t)},
                {"negative": lambda G, t: eq.negative_loss_gradient(2 * t - G, t)},
            ],
            "same_loss_for_both": [{"negative": eq.positive_loss_gradient}, {"positive": eq.negative_loss_gradient}],
            "mean_for_sum": [{"goodness": _mean_goodness, "share": _mean_share}, {"goodness": _mean_goodness}],
            "square_missing": [{"goodness": lambda a: a.sum(axis=1), "share": lambda a, dG: np.tile(dG[:, None],
                a.shape[1])},
                               {"goodness": lambda a: a.sum(axis=1)}],
            "root_taken": {"goodness": lambda a: np.sqrt((a * a).sum(axis=1))},
            "activation_missing": {"share": lambda a, dG: np.tile(2 * dG[:, None], a.shape[1])},
            "theta_missing": [{"positive": lambda G, t: eq.positive_loss_gradient(G, 0.0),
                               "negative": lambda G, t: eq.negative_loss_gradient(G, 0.0)},
                              {"positive": lambda G, t: eq.positive_loss_gradient(G, 0.0)},
                              {"negative": lambda G, t: eq.negative_loss_gradient(G, 0.0)}],
            "theta_added": {"positive": lambda G, t: eq.positive_loss_gradient(G, -t),
                            "negative": lambda G, t: eq.negative_loss_gradient(G, -t)},
            "step_for_sigmoid": {"positive": lambda G, t: -1.0 * (t > G) / len(G), "negative": lambda G,
                t: (t < G) / len(G)},
            "sigmoid_missing": {"positive": lambda G, t: -np.ones(len(G)) / len(G), "negative": lambda G,
                t: np.ones(len(G)) / len(G)},
            "sigmoid_derivative": {
                "positive": lambda G, t: -_naive(t - G) * (1 - _naive(t - G)) / len(G),
                "negative": lambda G, t: _naive(G - t) * (1 - _naive(G - t)) / len(G),
            },
            "overflow": [{"positive": lambda G, t: -_naive(t - G) / len(G), "negative": lambda G,
                t: _naive(G - t) / len(G)}],
            "relu_missing": [{"hidden": lambda z: z + 0}, {"hidden": lambda z: z + 0, "gate": lambda z, da: da}],
            "mask_inverted": {"gate": lambda z, da: da * (z <= 0)},
            "mask_threshold": [{"gate": lambda z, da, t=t: da * (z > t)} for t in (1.0, 0.5, 0.1)],
            "other_activation": [{"hidden": np.tanh}, {"hidden": lambda z: 1 / (1 + np.exp(-z))}],
            "input_normalised": [{"before": unit_rows}, {"before": _rms}],
            "updated_between_halves": {"negative_sees": lambda old, new: new},
            "averaged_over_batch_early": {"positive": lambda G, t: eq.positive_loss_gradient(np.full(len(G),
                G.mean()), t),
                                          "negative": lambda G, t: eq.negative_loss_gradient(np.full(len(G),
                                              G.mean()), t)},
            "times_goodness": {"share": lambda a, dG: eq.goodness_gradient(a, dG * (a * a).sum(axis=1))},
            "mean_missing_in_one_half": [{"positive": lambda G, t: eq.positive_loss_gradient(G, t) * len(G)},
                                         {"negative": lambda G, t: eq.negative_loss_gradient(G, t) * len(G)}],
        }
    ),
)  # fmt: skip

EXERCISES = (MF_STEP, FF_STEP)
