"""Exercise bias_corrected, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.draws import real, sizes
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


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
    unbounded=("m", "v"),
    transposable=False,
    linear=("m",),
    axes={"m_hat": ("row", "column"), "v_hat": ("row", "column")},
    scales={"1-beta1": "rate_counted_again", "1-beta2": "rate_counted_again"},
    sentences={"rate_counted_again": "There is a factor 1 - beta too many: m and v have it in them already."},
    mistakes=mistakes(
        not_corrected=["A moment (m or v) is not corrected at all: it is not divided by 1 - beta^t.",
                       *_both(lambda m, b, t: m)],
        correction_without_time=["The correction divides by 1 - beta at every t: it does not use the time step as a "
                                 "power, and is right at t = 1 only.", *_both(lambda m, b, t: m / (1 - b))],
        beta_times_t=["1 - beta t stands where 1 - beta^t belongs: a product, not a power.",
                      *_both(lambda m, b, t: m / (1 - b * t))],
        time_times_rate=["t (1 - beta) stands where 1 - beta^t belongs: the power is missing, a first-order "
                         "approximation.", *_both(lambda m, b, t: m / (t * (1 - b)))],
        power_outside=["(1 - beta)^t stands where 1 - beta^t belongs: the power is outside of the bracket.",
                       *_both(lambda m, b, t: m / (1 - b) ** t)],
        power_added=["The sign in the correction is wrong: it divides by 1 + beta^t.",
                     *_both(lambda m, b, t: m / (1 + b**t))],
        power_subtracted=["beta^t is taken off (subtracted from) the moment itself.", *_both(lambda m, b, t: m - b**t)],
        root_of_correction=["A square root is taken of the correction 1 - beta^t.",
                            *_both(lambda m, b, t: m / np.sqrt(1 - b**t))],
        divided_by_time=["A moment is divided (or multiplied) by t; t belongs in the power of beta.",
                         *_both(lambda m, b, t: m / t),
                         *_both(lambda m, b, t: m * t)],
        correction_multiplied=["A moment is multiplied by the correction 1 - beta^t where it must be divided.",
                               *_both(lambda m, b, t: m * (1 - b**t))],
        time_from_two=["Time counts one step too many: t + 1 for t in the power.",
                       *_both(lambda m, b, t: m / (1 - b ** (t + 1)))],
        time_from_zero=_both(lambda m, b, t: m / (1 - b ** (t - 1))),
        betas_swapped={"betas": lambda b1, b2: (b2, b1)},
        one_beta_for_both=[{"betas": lambda b1, b2: (b1, b1)}, {"betas": lambda b1, b2: (b2, b2)}],
        divided_by_power=["A moment is divided by beta^t; the 1 is missing.", *_both(lambda m, b, t: m / b**t)],
        default_betas={"betas": lambda b1, b2: (0.9, 0.999)},
    ),
)  # fmt: skip

EXERCISES = (BIAS_CORRECTED,)
