"""Exercise adam_step, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import optim
from mfnumpy.check.catalogue.draws import rate, real, sizes
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes


def _adam(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon, *,
          incoming=lambda g, p: g,
          surprise=lambda g, m: g,
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
          direction_sees=lambda m_hat, g, beta1, t: m_hat,
          numerator=lambda m_new, g: m_new,
          rate=lambda lr, t: lr,
          kept=lambda new, old: new,
          returned=lambda p, m, v, m_hat, v_hat: (p, m, v)):  # fmt: skip
    gradient, (beta1, beta2) = incoming(gradient, parameter), betas(beta1, beta2)
    new_m = first(m, gradient, beta1)
    new_v = second(v, surprise(gradient, new_m), beta2)
    beta1, beta2 = correcting(beta1, beta2)
    m_hat = correct_m(numerator(used(new_m, m), gradient), beta1, time(t))
    m_hat = direction_sees(m_hat, gradient, beta1, t)
    v_hat = correct_v(used(new_v, v), beta2, time(t))
    step = move(parameter, rate(lr, t), direction(m_hat, v_hat, epsilon))
    return returned(step, kept(new_m, m), kept(new_v, v), m_hat, v_hat)


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
    unbounded=("gradient",),
    extremes=_extreme_adam,
    updates={"parameter": "parameter"},
    sentences={"epsilon_misplaced":
                   "Epsilon is not where the algorithm has it: where all gradients are tiny, the step has another "
                   "size."},
    axes={"parameter": ("row", "column"), "m": ("row", "column"), "v": ("row", "column")},
    mistakes=mistakes(
        bias_correction_missing=["Both bias corrections, of m and v, are missing: the first steps come out with the "
                                 "wrong size.",
                                 {"correct_m": lambda m, b, t: m, "correct_v": lambda v, b, t: v}],
        first_correction_missing=["The first moment's bias correction is missing: m is not divided by 1 - beta1^t.",
                                  {"correct_m": lambda m, b, t: m}],
        second_correction_missing=["The second moment's bias correction is missing: v is not divided by 1 - beta2^t.",
                                   {"correct_v": lambda v, b, t: v}],
        correction_multiplied=["A bias correction multiplies the moment by 1 - beta^t where it should divide.",
            {"correct_m": lambda m, b, t: m * (1 - b**t), "correct_v": lambda v, b, t: v * (1 - b**t)},
            {"correct_m": lambda m, b, t: m * (1 - b**t)}, {"correct_v": lambda v, b, t: v * (1 - b**t)},
        ],
        correction_without_time=["The bias correction does not use the time step t as a power: 1 - beta for 1 - "
                                 "beta^t.",
            {"correct_m": lambda m, b, t: m / (1 - b), "correct_v": lambda v, b, t: v / (1 - b)},
        ],
        beta_times_t=["The bias correction has 1 - beta t, a product, where beta should be raised to the power t.",
            {"correct_m": lambda m, b, t: m / (1 - b * t), "correct_v": lambda v, b, t: v / (1 - b * t)},
        ],
        time_from_zero=["Time t is counted from 0 (t - 1 is the power, one too small): at the first step, t = 1, "
                        "the correction divides by 0.",
                        {"time": lambda t: t - 1}],
        time_from_two=["Time is one step ahead: t + 1 stands where t belongs in the power (t is raised once more; "
                       "it is 1 at the first step).",
                       {"time": lambda t: t + 1}],
        epsilon_under_root=["Epsilon is under the root, sqrt(v + epsilon); it should be added outside, after the "
                            "root.",
                            {"direction": lambda m, v, e: m / np.sqrt(v + e)}],
        epsilon_missing=["Epsilon is missing in the denominator: a gradient of 0 gives 0/0 (nan).",
                         {"direction": lambda m, v, e: m / np.sqrt(v)}],
        epsilon_squared_under_root=["Epsilon squared is under the root; epsilon should be added outside, after the "
                                    "root.",
                                    {"direction": lambda m, v, e: m / np.sqrt(v + e * e)}],
        epsilon_hat=["This is the variant with epsilon-hat (epsilon beside the uncorrected root), which is "
                     "legitimate.",
                     _EPSILON_HAT],
        sign_flipped=["The sign is the wrong way round: a step would climb instead of descending.",
                      {"incoming": lambda g, p: -g}],
        betas_swapped=["beta1 and beta2 are exchanged (swapped).",
                       {"betas": lambda b1, b2: (b2, b1)}],
        one_beta_for_both=["One of the two betas, beta1 or beta2, is used for both moments, m and v: each has its "
                           "own.",
                           {"betas": lambda b1, b2: (b1, b1)}, {"betas": lambda b1, b2: (b2, b2)}],
        one_beta_in_corrections=["One of the two betas, beta1 or beta2, is used in both bias corrections, of m and v: "
                                 "each has its own.",
                                 {"correcting": lambda b1, b2: (b1, b1)}, {"correcting": lambda b1, b2: (b2, b2)}],
        default_betas=["The betas that were passed in are not used: constants (the defaults 0.9 and 0.999) stand "
                       "for beta1 and beta2.",
                       {"betas": lambda b1, b2: (0.9, 0.999)}],
        old_moments_used=["The parameter's step uses the old moments m and v, from before this gradient: they are "
                          "updated too late.",
                          {"used": lambda new, old: old}],
        first_moment_unused=["The step uses the gradient itself instead of its running mean, the first moment m.",
                             {"numerator": lambda m, g: g}],
        gradient_uncorrected=["The step uses the gradient, not the first moment m: that is RMSprop, not Adam.",
                              {"numerator": lambda m, g: g, "correct_m": lambda m, b, t: m}],
        weights_of_first_average_swapped=["In the first moment m the weights beta1 and 1 - beta1 are exchanged.",
                                          {"first": lambda m, g, b: (1 - b) * m + b * g}],
        weights_of_second_average_swapped=["In the second moment v the weights beta2 and 1 - beta2 are exchanged.",
                                           {"second": lambda v, g, b: (1 - b) * v + b * g * g}],
        weights_of_averages_swapped=["In both moments the weights beta and 1 - beta are exchanged.",
                                     {"first": lambda m, g, b: (1 - b) * m + b * g,
                                      "second": lambda v, g, b: (1 - b) * v + b * g * g}],
        first_weight_missing=["In the first moment m the factor 1 - beta1 is missing: the gradient has weight 1.",
                              {"first": lambda m, g, b: b * m + g}],
        second_weight_missing=["In the second moment v the factor 1 - beta2 is missing: the square has weight 1.",
                               {"second": lambda v, g, b: b * v + g * g}],
        one_minus_beta_missing=["In both moments the factor 1 - beta is missing: the new value has weight 1.",
                                {"first": lambda m, g, b: b * m + g, "second": lambda v, g, b: b * v + g * g}],
        first_moment_not_decayed=["The old first moment m is not multiplied by beta1: it does not decay.",
                                  {"first": lambda m, g, b: m + (1 - b) * g}],
        second_moment_not_decayed=["The old second moment v is not multiplied by beta2: it does not decay.",
                                   {"second": lambda v, g, b: v + (1 - b) * g * g}],
        moments_not_decayed=["The old moment (m or v) is not multiplied by beta: a plain sum is kept, which does "
                             "not decay.",
                             {"second": lambda v, g, b: v + g * g}, {"first": lambda m, g, b: m + g}],
        gradient_not_squared=["The second moment v is of the gradient (or its absolute value), not of the squared "
                              "gradient: the square is missing.",
                              {"second": lambda v, g, b: b * v + (1 - b) * g},
            {"second": lambda v, g, b: b * v + (1 - b) * np.abs(g)}],
        root_missing=["The square root is missing (in the denominator, of v).",
                      {"direction": lambda m, v, e: m / (v + e)}],
        root_of_first_moment=["The root is taken of the first moment m as well (in the numerator).",
                              {"direction": lambda m, v, e: np.sqrt(np.abs(m)) / (np.sqrt(v) + e)}],
        second_moment_unused=["The second moment v is not used: the step is not divided by its root.",
                              {"direction": lambda m, v, e: m}],
        corrected_moments_returned=["The corrected moments are returned, not m and v themselves: at the next step "
                                    "they would be corrected again.",
                                    {"returned": lambda p, m, v, m_hat, v_hat: (p, m_hat, v_hat)}],
        outputs_in_another_order=[{"returned": lambda p, m, v, a, b: (m, v, p)},
            {"returned": lambda p, m, v, a, b: (p, v, m)}],
        largest_second_moment=["The larger of the old and new second moment v is kept (a maximum): that is AMSGrad.",
                               {"second": lambda v, g, b: np.maximum(b * v + (1 - b) * g * g, v)}],
        infinity_norm=["The second moment v is a running maximum of the gradient's absolute values: that is AdaMax.",
                       {"second": lambda v, g, b: np.maximum(b * v, np.abs(g))}],
        step_returned=[{"move": lambda p, lr, d: lr * d}, {"move": lambda p, lr, d: -lr * d}],
        gradient_averaged=["In the second moment v the squared gradient is averaged, or summed (a norm), over all "
                           "entries; each entry has its own.",
                           {"second": lambda v, g, b: b * v + (1 - b) * (g * g).mean()},
                           {"second": lambda v, g, b: b * v + (1 - b) * (g * g).sum()}],
        accepted=("epsilon_hat",),
        multiplied_by_time=["The moments are divided by 1 - beta and multiplied by t: beta is not raised to the "
                            "power t.",
                            {"correct_m": lambda m, b, t: m / (1 - b) * t,
                                "correct_v": lambda v, b, t: v / (1 - b) * t}],
        correction_times_time=["The bias correction is 1 - beta multiplied by t: beta is not raised to the power t.",
                               {"correct_m": lambda m, b, t: m / ((1 - b) * t),
                                "correct_v": lambda v, b, t: v / ((1 - b) * t)}],
        power_outside=["The bias correction is (1 - beta)^t: the power t is outside of the bracket; it belongs to beta "
                       "alone.",
                       {"correct_m": lambda m, b, t: m / (1 - b) ** t, "correct_v": lambda v, b, t: v / (1 - b) ** t}],
        rate_falls_with_time=["The learning rate falls with t: the step size depends on the time step beyond the "
            "corrections.",
                              {"rate": lambda lr, t: lr / np.sqrt(t)}, {"rate": lambda lr, t: lr / t},
                              {"rate": lambda lr, t: lr / (1 + t)}],
        epsilon_constant=["epsilon is not used: a constant stands for it.",
                          Free(lambda c: {"direction": lambda m, v, e: m / (np.sqrt(v) + c)}, (1e-3, 0.1),
                              "it is {}", (0.01, 0.2))],
        epsilon_scaled=["Another epsilon than the one passed in is used: its double (a multiple of it), or its root.",
                        {"direction": lambda m, v, e: m / (np.sqrt(v) + np.sqrt(e))},
                            {"direction": lambda m, v, e: m / (np.sqrt(v) + 2 * e)}],
        beta1_constant=["beta1 is not used: a constant stands for it.",
                        Free(lambda c: {"betas": lambda b1, b2: (c, b2)}, (0.9, 0.5), "it is {}", (0.9, 0.6))],
        beta2_constant=["beta2 is not used: a constant stands for it.",
                        Free(lambda c: {"betas": lambda b1, b2: (b1, c)}, (0.99, 0.5), "it is {}", (0.999, 0.6))],
        other_root=["Another power than the square root is taken of the second moment v.",
                    Free(lambda c: {"direction": lambda m, v, e: m / (v**c + e)}, (0.25, 0.75),
                        "it is {}", (0.25, 1 / 3))],
        root_before_correction=["The second correction (1 - beta2^t) is applied after the root, outside of it, "
                                "without a root of its own: sqrt(v) / (1 - beta2^t).",
                                {"correct_v": lambda v, b, t: v / (1 - b**t) ** 2}],
        surprise_for_square=["The second moment v is of gradient - m, the difference from the mean (a centred "
                             "variance): that is AdaBelief's.",
                             {"surprise": lambda g, m: g - m}],
        looks_ahead=["The gradient is mixed into the corrected first moment once more (a look ahead): that is Nadam.",
            {"direction_sees": lambda m_hat, g, b1, t: b1 * m_hat + (1 - b1) * g / (1 - b1**t)}],
        first_moment_scaled=["In the first moment m the gradient has another weight than 1 - beta1.",
                             Free(lambda c: {"first": lambda m, g, b: b * m + c * (1 - b) * g}, (2.0, 0.5),
                                 "{} times its own",
                                  (2.0,))],
        second_moment_scaled=["In the second moment v the square of the gradient has another weight than 1 - beta2.",
                              Free(lambda c: {"second": lambda v, g, b: b * v + c * (1 - b) * g * g}, (2.0, 0.5),
                                   "{} times its own", (2.0,))],
        first_moment_of_square=["The first moment m is of the squared gradient (or of its absolute value), not of "
                                "the gradient.",
                                {"first": lambda m, g, b: b * m + (1 - b) * g * g},
                                {"first": lambda m, g, b: b * m + (1 - b) * np.abs(g)}],
        gradient_clipped=[Free(lambda c: {"incoming": lambda g, p: np.clip(g, -c, c)}, (1.0, 0.5), "at {}", (1.0,))],
        gradient_normalised=[{"incoming": lambda g, p: g / np.linalg.norm(g)}],
        result_rounded=["The new parameter is rounded to a few digits.",
                        *[{"move": lambda p, lr, d, n=n: np.round(p - lr * d, n)}
                                                           for n in (1, 2, 3)]],
        weight_decay_in_gradient=["A share of the parameter is added to the gradient before the moments: that is "
            "weight decay.",
                                  Free(lambda c: {"incoming": lambda g, p: g + c * p}, (0.1, 0.01),
                                      "it is {}", (0.01, 0.2))],
        weight_decay_added=["The parameter itself shrinks beside Adam's step: that is weight decay (as in AdamW), "
                            "which was not asked for.",
                            Free(lambda c: {"move": lambda p, lr, d: p - lr * (d + c * p)}, (0.1,),
            "its share is {}", (0.2, 0.03)),
                            Free(lambda c: {"move": lambda p, lr, d: p * (1 - c) - lr * d}, (0.1,),
                                "its share is {}", (0.05,))],
        old_moments_returned=["The old moments m and v are returned instead of the new ones: they are not kept.",
            {"kept": lambda new, old: old + 0}],
        rate_clipped=["The direction of the step is clipped: its large entries are cut at a limit.",
                      Free(lambda c: {"direction": lambda m, v, e: np.clip(m / (np.sqrt(v) + e), -c, c)}, (1.0, 0.5),
                          "at {}", (0.6,))],
        sign_of_step=["Only the sign of the first moment m is used, not its size.",
            {"direction": lambda m, v, e: np.sign(m)},
                      {"direction": lambda m, v, e: np.sign(m) / (np.sqrt(v) + e)}],
        gradient_for_second_moment=["The second moment v is the squared gradient alone: its running mean is "
                                    "missing, nothing is kept of the old v.",
                                    {"second": lambda v, g, b: g * g}],
        moments_of_gradient_only=["The first moment m is the gradient alone (or its share 1 - beta1): nothing is "
                                  "kept of the old m.",
                                  {"first": lambda m, g, b: g}, {"first": lambda m, g, b: (1 - b) * g}],
        second_moment_of_first=["The second moment v is made of the first moment m, not of the squared gradient.",
            {"surprise": lambda g, m: m}],
        corrections_exchanged=["The bias corrections are exchanged: each moment is corrected with the other's beta.",
                               {"correcting": lambda b1, b2: (b2, b1)}],
    ),
)  # fmt: skip

EXERCISES = (ADAM_STEP,)
