"""Exercises sgd_step and adam_step, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import optim
from mfnumpy.check.catalogue.draws import rate, real, sizes
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
        step_returned=["The step is returned in place of the new parameter.",
                       {"step": lambda p, g, lr: lr * g}, {"step": lambda p, g, lr: -lr * g}],
        sign_of_gradient={"step": lambda p, g, lr: p - lr * np.sign(g)},
        gradient_normalised={"step": lambda p, g, lr: p - lr * g / np.linalg.norm(g)},
        update_multiplied=["The parameter is multiplied by the step; it should be added.",
                           {"step": lambda p, g, lr: p * (1 - lr * g)}],
        moved_towards_gradient=["The parameter is mixed with the gradient, as a running mean would be.",
                                {"step": lambda p, g, lr: (1 - lr) * p + lr * g}],
        lr_on_parameter=["The learning rate multiplies the parameter.",
                         {"step": lambda p, g, lr: lr * p - g}, {"step": lambda p, g, lr: lr * (p - g)}],
        weight_decay_added=[{"step": lambda p, g, lr, c=c: p - lr * (g + c * p)} for c in (1.0, 0.1, 0.01, 1e-3, 1e-4)],
        gradient_squared=["The gradient is squared.",
                          {"step": lambda p, g, lr: p - lr * g * g}],
        absolute_value={"step": lambda p, g, lr: p - lr * np.abs(g)},
        gradient_clipped=["Large entries of the gradient are clipped.",
                          *[{"step": lambda p, g, lr, c=c: p - lr * np.clip(g, -c, c)} for c in (1.0, 0.5, 0.1)]],
        gradient_averaged=["Entries of the gradient are averaged that belong to different parameters.",
                           {"step": lambda p, g, lr: p - lr * g.mean(axis=0)}],
        parameter_unchanged=["The parameter is not changed.",
                             {"step": lambda p, g, lr: p.copy()}],
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
    sentences={"epsilon_misplaced":
                   "Epsilon is not where the algorithm has it: where all gradients are tiny, the step has another "
                   "size."},
    mistakes=mistakes(
        bias_correction_missing=["Both bias corrections are missing: the first steps come out with the wrong size.",
                                 {"correct_m": lambda m, b, t: m, "correct_v": lambda v, b, t: v}],
        first_correction_missing=["The first moment's bias correction is missing.",
                                  {"correct_m": lambda m, b, t: m}],
        second_correction_missing=["The second moment's bias correction is missing.",
                                   {"correct_v": lambda v, b, t: v}],
        correction_multiplied=["A bias correction multiplies where it should divide.",
            {"correct_m": lambda m, b, t: m * (1 - b**t), "correct_v": lambda v, b, t: v * (1 - b**t)},
            {"correct_m": lambda m, b, t: m * (1 - b**t)}, {"correct_v": lambda v, b, t: v * (1 - b**t)},
        ],
        correction_without_time=["The bias correction does not use the time step as a power.",
            {"correct_m": lambda m, b, t: m / (1 - b), "correct_v": lambda v, b, t: v / (1 - b)},
            {"correct_m": lambda m, b, t: m / (1 - b * t), "correct_v": lambda v, b, t: v / (1 - b * t)},
        ],
        time_from_zero=["Time is counted from 0: at the first step the correction divides by 0.",
                        {"time": lambda t: t - 1}],
        time_from_two=["Time is one step ahead.",
                       {"time": lambda t: t + 1}],
        epsilon_under_root=["Epsilon is under the root; it should be outside.",
                            {"direction": lambda m, v, e: m / np.sqrt(v + e)}],
        epsilon_missing=["Epsilon is missing: a gradient of 0 gives 0/0.",
                         {"direction": lambda m, v, e: m / np.sqrt(v)}],
        epsilon_squared_under_root=["Epsilon squared is under the root.",
                                    {"direction": lambda m, v, e: m / np.sqrt(v + e * e)}],
        epsilon_hat=["This is the variant with epsilon-hat (epsilon beside the uncorrected root), which is "
                     "legitimate.",
                     _EPSILON_HAT],
        sign_flipped=["The sign is the wrong way round: a step would climb in place of descending.",
                      {"incoming": np.negative}],
        betas_swapped=["beta1 and beta2 are exchanged.",
                       {"betas": lambda b1, b2: (b2, b1)}, {"correcting": lambda b1, b2: (b2, b1)}],
        one_beta_for_both=["One of the two betas is used for both moments.",
                           {"betas": lambda b1, b2: (b1, b1)}, {"betas": lambda b1, b2: (b2, b2)},
                           {"correcting": lambda b1, b2: (b1, b1)}, {"correcting": lambda b1, b2: (b2, b2)}],
        default_betas=["The betas that were passed in are not used.",
                       {"betas": lambda b1, b2: (0.9, 0.999)}],
        old_moments_used=["The step uses the moments from before this gradient.",
                          {"used": lambda new, old: old}],
        first_moment_unused=["The step uses the gradient in place of its running mean.",
                             {"numerator": lambda m, g: g}],
        gradient_uncorrected=["The step uses the gradient, not the first moment: that is RMSprop, not Adam.",
                              {"numerator": lambda m, g: g, "correct_m": lambda m, b, t: m}],
        weights_of_average_swapped=["In a running mean, the weights of the old value and the new one are exchanged.",
                                    {"first": lambda m, g, b: (1 - b) * m + b * g},
                                    {"second": lambda v, g, b: (1 - b) * v + b * g * g},
                                    {"first": lambda m, g, b: (1 - b) * m + b * g,
                                     "second": lambda v, g, b: (1 - b) * v + b * g * g}],
        one_minus_beta_missing=["In a running mean, the new value has weight 1.",
                                {"first": lambda m, g, b: b * m + g}, {"second": lambda v, g, b: b * v + g * g},
                                {"first": lambda m, g, b: b * m + g, "second": lambda v, g, b: b * v + g * g}],
        moments_not_decayed=["In a running mean, the old value does not decay.",
                             {"first": lambda m, g, b: m + (1 - b) * g},
            {"second": lambda v, g, b: v + (1 - b) * g * g},
                             {"second": lambda v, g, b: v + g * g}, {"first": lambda m, g, b: m + g}],
        gradient_not_squared=["The second moment is not of the squared gradient.",
                              {"second": lambda v, g, b: b * v + (1 - b) * g},
            {"second": lambda v, g, b: b * v + (1 - b) * np.abs(g)}],
        root_missing=["The square root is missing.",
                      {"direction": lambda m, v, e: m / (v + e)}],
        root_of_first_moment=["The root is taken of the first moment as well.",
                              {"direction": lambda m, v, e: np.sqrt(np.abs(m)) / (np.sqrt(v) + e)}],
        second_moment_unused=["The second moment is not used.",
                              {"direction": lambda m, v, e: m}],
        corrected_moments_returned=["The corrected moments are returned: at the next step they would be corrected "
                                    "again.",
                                    {"returned": lambda p, m, v, m_hat, v_hat: (p, m_hat, v_hat)}],
        outputs_in_another_order=[{"returned": lambda p, m, v, a, b: (m, v, p)},
            {"returned": lambda p, m, v, a, b: (p, v, m)}],
        largest_second_moment=["The larger of the old and new second moment is kept: that is AMSGrad.",
                               {"second": lambda v, g, b: np.maximum(b * v + (1 - b) * g * g, v)}],
        infinity_norm=["A running maximum is used: that is AdaMax.",
                       {"second": lambda v, g, b: np.maximum(b * v, np.abs(g))}],
        step_returned=[{"move": lambda p, lr, d: lr * d}, {"move": lambda p, lr, d: -lr * d}],
        weight_decay_added=[{"move": lambda p, lr, d, c=c: p - lr * (d + c * p)} for c in (0.1, 0.01, 1e-3)],
        gradient_averaged={"second": lambda v, g, b: b * v + (1 - b) * (g * g).mean()},
        accepted=("epsilon_hat",),
    ),
)  # fmt: skip


def _corrected(moment, beta, t):
    return moment / (1 - beta**t)


def _bias_corrected(m, v, t, beta1, beta2, *, first=_corrected, second=_corrected, betas=lambda b1, b2: (b1, b2)):
    beta1, beta2 = betas(beta1, beta2)
    return first(m, beta1, t), second(v, beta2, t)


def _draw_moments(rng: Rng, k: int) -> Case:
    shape, t = sizes(rng, k, 3, 4), (1, 2, 7, 1000)[k]
    beta1, beta2 = float(rng.uniform(0.5, 0.95)), float(rng.uniform(0.96, 0.999))
    dims = {"t": t + 0.0, "1-beta1": 1 - beta1, "1-beta2": 1 - beta2}
    return Case((real(rng, *shape), 0.1 + real(rng, *shape) ** 2, t, beta1, beta2), dims)


def _both(correct):
    """One wrong correction of both moments, and of either."""
    return [{"first": correct, "second": correct}, {"first": correct}, {"second": correct}]


BIAS_CORRECTED = Exercise(
    name="bias_corrected",
    title="Adam's moments, corrected",
    arguments=("m", "v", "t", "beta1", "beta2"),
    outputs=("m_hat", "v_hat"),
    about="""The moments of Adam, corrected for their start at 0 (Kingma and Ba 2015, Algorithm 1).

    m, v: the same shape. t: an integer, 1 at the first step. beta1, beta2: floats. Returns new arrays (m_hat, v_hat);
    m and v stay as they are.""",
    lesson="lesson 9",
    reference=_bias_corrected,
    recipe=_bias_corrected,
    draw=_draw_moments,
    transposable=False,
    linear=("m",),
    mistakes=mistakes(
        not_corrected=["A moment is not corrected at all.", *_both(lambda m, b, t: m)],
        correction_without_time=["The correction divides by 1 - beta at every t: it does not use the time step as a "
                                 "power.", *_both(lambda m, b, t: m / (1 - b)), *_both(lambda m, b, t: m / (1 - b * t)),
                                 ],
        correction_multiplied=["A moment is multiplied where it must be divided.",
                               *_both(lambda m, b, t: m * (1 - b**t))],
        time_from_two=["Time counts one step too many.", *_both(lambda m, b, t: m / (1 - b ** (t + 1)))],
        time_from_zero=_both(lambda m, b, t: m / (1 - b ** (t - 1))),
        betas_swapped={"betas": lambda b1, b2: (b2, b1)},
        one_beta_for_both=[{"betas": lambda b1, b2: (b1, b1)}, {"betas": lambda b1, b2: (b2, b2)}],
        divided_by_power=["A moment is divided by beta^t; the 1 is missing.", *_both(lambda m, b, t: m / b**t)],
        default_betas={"betas": lambda b1, b2: (0.9, 0.999)},
    ),
)  # fmt: skip

EXERCISES = (SGD_STEP, ADAM_STEP, BIAS_CORRECTED)
