"""Exercises sgd_step and adam_step, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import optim
from mfnumpy.check.draws import rate, real, sizes
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _draw_sgd(rng: Rng, k: int) -> Case:
    shape, lr = sizes(rng, k, 5, 6), rate(rng)
    return Case((real(rng, *shape), real(rng, *shape), lr), {"lr": lr, "rows": shape[0], "columns": shape[1]})


SGD_STEP = Exercise(
    name="sgd_step",
    title="SGD, one step",
    arguments=("parameter", "gradient", "lr"),
    outputs=("parameter",),
    about="""One step of stochastic gradient descent.

    parameter, gradient: the same shape. lr: a float. Returns the new parameter, a new array.""",
    lesson="lesson 3",
    reference=optim.sgd_step,
    recipe=lambda p, g, lr, step=optim.sgd_step: step(p, g, lr),
    draw=_draw_sgd,
    updates={"parameter": "parameter"},
    mistakes=mistakes(
        step_returned=[{"step": lambda p, g, lr: lr * g}, {"step": lambda p, g, lr: -lr * g}],
        sign_of_gradient={"step": lambda p, g, lr: p - lr * np.sign(g)},
        gradient_normalised={"step": lambda p, g, lr: p - lr * g / np.linalg.norm(g)},
        update_multiplied={"step": lambda p, g, lr: p * (1 - lr * g)},
        moved_towards_gradient={"step": lambda p, g, lr: (1 - lr) * p + lr * g},
        lr_on_parameter=[{"step": lambda p, g, lr: lr * p - g}, {"step": lambda p, g, lr: lr * (p - g)}],
        weight_decay_added=[{"step": lambda p, g, lr, c=c: p - lr * (g + c * p)} for c in (1.0, 0.1, 0.01, 1e-3, 1e-4)],
        gradient_squared={"step": lambda p, g, lr: p - lr * g * g},
        absolute_value={"step": lambda p, g, lr: p - lr * np.abs(g)},
        gradient_clipped=[{"step": lambda p, g, lr, c=c: p - lr * np.clip(g, -c, c)} for c in (1.0, 0.5, 0.1)],
        gradient_averaged={"step": lambda p, g, lr: p - lr * g.mean(axis=0)},
        parameter_unchanged={"step": lambda p, g, lr: p.copy()},
    ),
)  # fmt: skip


def _adam(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon, *,
          incoming=lambda g: g,
          first=lambda m, g, beta1: beta1 * m + (1 - beta1) * g,
          second=lambda v, g, beta2: beta2 * v + (1 - beta2) * g * g,
          time=lambda t: t,
          correct_m=lambda m, beta1, t: m / (1 - beta1**t),
          correct_v=lambda v, beta2, t: v / (1 - beta2**t),
          betas=lambda beta1, beta2: (beta1, beta2),
          correcting=lambda beta1, beta2: (beta1, beta2),
          direction=lambda m_hat, v_hat, epsilon: m_hat / (np.sqrt(v_hat) + epsilon),
          move=lambda p, lr, d: p - lr * d,
          used=lambda new, old: new,
          numerator=lambda m_new, g: m_new,
          returned=lambda p, m, v, m_hat, v_hat: (p, m, v)):  # fmt: skip
    gradient, (beta1, beta2) = incoming(gradient), betas(beta1, beta2)
    new_m, new_v = first(m, gradient, beta1), second(v, gradient, beta2)
    beta1, beta2 = correcting(beta1, beta2)
    m_hat = correct_m(numerator(used(new_m, m), gradient), beta1, time(t))
    v_hat = correct_v(used(new_v, v), beta2, time(t))
    return returned(move(parameter, lr, direction(m_hat, v_hat, epsilon)), new_m, new_v, m_hat, v_hat)


def _adam_case(
    rng: Rng, t: int, shape: tuple, scale: float = 1.0, epsilon: float = 1e-8, extreme: str = "", suspect: str = "",
    zero: bool = False,
) -> Case:  # fmt: skip
    beta1, beta2 = float(np.round(rng.uniform(0.7, 0.85), 3)), float(np.round(rng.uniform(0.9, 0.97), 3))
    g = scale * real(rng, *shape)
    if zero:
        g[0] = 0.0
    fresh = t == 1
    m = np.zeros(shape) if fresh else scale * real(rng, *shape)
    v = np.zeros(shape) if fresh else scale**2 * (0.05 + real(rng, *shape) ** 2)
    lr = rate(rng)
    args = (real(rng, *shape), g, m, v, t, lr, beta1, beta2, epsilon)
    return Case(args, {"lr": lr, "t": t + 0.0, "1-beta1": 1 - beta1, "1-beta2": 1 - beta2}, extreme, suspect)


def _draw_adam(rng: Rng, k: int) -> Case:
    return _adam_case(rng, (1, 3, 7, 2)[k], sizes(rng, k, 5, 6), epsilon=1e-8 if k < 3 else 0.05)


def _extreme_adam(rng: Rng) -> list[Case]:
    return [
        _adam_case(rng, 1, (4, 5), 1e-7, 1e-8, "a first gradient of 1e-7", "epsilon_misplaced"),
        _adam_case(
            rng,
            1,
            (4, 5),
            1.0,
            1e-8,
            "a gradient of exactly 0 at the first step",
            "epsilon_missing",
            zero=True,
        ),
    ]


# The rearranged step at the end of section 2 of Kingma and Ba: epsilon is compared with the uncorrected root.
_EPSILON_HAT = {
    "correct_v": lambda v, b, t: (v / (1 - b**t), 1 - b**t),
    "direction": lambda m, v, e: m / (np.sqrt(v[0]) + e / np.sqrt(v[1])),
}

ADAM_STEP = Exercise(
    name="adam_step",
    title="Adam, one step",
    arguments=("parameter", "gradient", "m", "v", "t", "lr", "beta1", "beta2", "epsilon"),
    outputs=("parameter", "m", "v"),
    about="""One step of Adam (Kingma and Ba 2015, Algorithm 1).

    parameter, gradient, m, v: the same shape; m and v are the moments before the step. t: an integer, 1 at
    the first step. lr, beta1, beta2, epsilon: floats. Returns new arrays (parameter, m, v); the moments
    uncorrected.""", lesson="lesson 9",
    reference=optim.adam_step,
    recipe=_adam,
    draw=_draw_adam,
    extremes=_extreme_adam,
    updates={"parameter": "parameter"},
    mistakes=mistakes(
        bias_correction_missing={"correct_m": lambda m, b, t: m, "correct_v": lambda v, b, t: v},
        first_correction_missing={"correct_m": lambda m, b, t: m},
        second_correction_missing={"correct_v": lambda v, b, t: v},
        correction_multiplied=[
            {"correct_m": lambda m, b, t: m * (1 - b**t), "correct_v": lambda v, b, t: v * (1 - b**t)},
            {"correct_m": lambda m, b, t: m * (1 - b**t)}, {"correct_v": lambda v, b, t: v * (1 - b**t)},
        ],
        correction_without_time=[
            {"correct_m": lambda m, b, t: m / (1 - b), "correct_v": lambda v, b, t: v / (1 - b)},
            {"correct_m": lambda m, b, t: m / (1 - b * t), "correct_v": lambda v, b, t: v / (1 - b * t)},
        ],
        time_from_zero={"time": lambda t: t - 1},
        time_from_two={"time": lambda t: t + 1},
        epsilon_under_root={"direction": lambda m, v, e: m / np.sqrt(v + e)},
        epsilon_missing={"direction": lambda m, v, e: m / np.sqrt(v)},
        epsilon_squared_under_root={"direction": lambda m, v, e: m / np.sqrt(v + e * e)},
        epsilon_hat=_EPSILON_HAT,
        sign_flipped={"incoming": np.negative},
        betas_swapped=[{"betas": lambda b1, b2: (b2, b1)}, {"correcting": lambda b1, b2: (b2, b1)}],
        one_beta_for_both=[{"betas": lambda b1, b2: (b1, b1)}, {"betas": lambda b1, b2: (b2, b2)},
                           {"correcting": lambda b1, b2: (b1, b1)}, {"correcting": lambda b1, b2: (b2, b2)}],
        default_betas={"betas": lambda b1, b2: (0.9, 0.999)},
        old_moments_used={"used": lambda new, old: old},
        first_moment_unused={"numerator": lambda m, g: g},
        gradient_uncorrected={"numerator": lambda m, g: g, "correct_m": lambda m, b, t: m},
        weights_of_average_swapped=[{"first": lambda m, g, b: (1 - b) * m + b * g},
                                    {"second": lambda v, g, b: (1 - b) * v + b * g * g},
                                    {"first": lambda m, g, b: (1 - b) * m + b * g,
                                     "second": lambda v, g, b: (1 - b) * v + b * g * g}],
        one_minus_beta_missing=[{"first": lambda m, g, b: b * m + g}, {"second": lambda v, g, b: b * v + g * g},
                                {"first": lambda m, g, b: b * m + g, "second": lambda v, g, b: b * v + g * g}],
        moments_not_decayed=[{"first": lambda m, g, b: m + (1 - b) * g},
            {"second": lambda v, g, b: v + (1 - b) * g * g},
                             {"second": lambda v, g, b: v + g * g}, {"first": lambda m, g, b: m + g}],
        gradient_not_squared=[{"second": lambda v, g, b: b * v + (1 - b) * g},
            {"second": lambda v, g, b: b * v + (1 - b) * np.abs(g)}],
        root_missing={"direction": lambda m, v, e: m / (v + e)},
        root_of_first_moment={"direction": lambda m, v, e: np.sqrt(np.abs(m)) / (np.sqrt(v) + e)},
        second_moment_unused=[{"direction": lambda m, v, e: m}],
        corrected_moments_returned={"returned": lambda p, m, v, m_hat, v_hat: (p, m_hat, v_hat)},
        outputs_in_another_order=[{"returned": lambda p, m, v, a, b: (m, v, p)},
            {"returned": lambda p, m, v, a, b: (p, v, m)}],
        largest_second_moment={"second": lambda v, g, b: np.maximum(b * v + (1 - b) * g * g, v)},
        infinity_norm={"second": lambda v, g, b: np.maximum(b * v, np.abs(g))},
        step_returned=[{"move": lambda p, lr, d: lr * d}, {"move": lambda p, lr, d: -lr * d}],
        weight_decay_added=[{"move": lambda p, lr, d, c=c: p - lr * (d + c * p)} for c in (0.1, 0.01, 1e-3)],
        gradient_averaged={"second": lambda v, g, b: b * v + (1 - b) * (g * g).mean()},
        accepted=("epsilon_hat",),
    ),
)  # fmt: skip

EXERCISES = (SGD_STEP, ADAM_STEP)
