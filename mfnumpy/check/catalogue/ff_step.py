"""Exercise ff_step, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue import references
from mfnumpy.check.catalogue.draws import clear_of_kinks, rate, real, sizes, until
from mfnumpy.check.catalogue.ff_halves import (
    by_neuron,
    difference,
    from_preactivation,
    naive_sigmoid,
    of_the_other_half,
    relu_goodness,
    with_inputs,
)
from mfnumpy.check.catalogue.parts import activation_mistakes, unit_rows, update_mistakes
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes


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
        lambda p, n, W: relu_goodness(p @ W).max() > 1 and relu_goodness(n @ W).max() > 1,
    )
    W *= np.sqrt(2000 / relu_goodness(x_neg @ W).max())
    return [
        Case(
            (x_pos, x_neg, W, theta, 0.3),
            {"N": N, "D": D, "H": H, "lr": 0.3},
            "a goodness far above theta",
            "overflow",
        )
    ]


def _rms(a):
    return a / (np.sqrt((a * a).mean(axis=1, keepdims=True)) + 1e-8)


def _mean_goodness(a):
    return (a * a).mean(axis=1)


def _averaged(slope, by):
    """A slope that is the same for all samples: reduced over the batch by a function."""
    return lambda G, theta: np.full(len(G), by(slope(G, theta)))


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
    sentences={"factor_two_extra": "There is a factor 2 too many: the step is twice as large.",
               "factor_half_of_square_or_mean":
                   "A factor 2 is missing, the step is half as large: that of the derivative of the square, or the "
                   "mean was taken over both halves together (2N samples).",
               "mean_for_sum_after": "The gradient is divided by the number of neurons H, as if the goodness were a "
                                     "mean.",
               "positive_and_negative_swapped": "The roles of positive and negative data are exchanged (x_pos and "
                                                "x_neg): the goodness of x_pos falls, and that of x_neg grows.",
               "averaged_over_batch_early": "The goodness is averaged over the batch before the sigmoid: all samples "
                                            "of a half get the slope of the mean goodness; each has its own.",
               "loss_for_gradient": "The loss itself stands where its slope (a sigmoid) belongs: it is not "
                                    "differentiated.",
               "activation_missing": "The activation a is missing in the gradient of the goodness: the derivative of "
                                     "a square is taken for a constant.",
               "overflow": "It overflows where the goodness is far from theta: an exponential of 1000 is infinite, "
                           "and a quotient of two such is nan (inf / inf).",
               "root_taken": "A square root is taken: the length of the row (the L2 norm) is compared with theta, not "
                             "the goodness, the sum of squares.",
               "square_missing": "The squares are missing: the goodness is the sum of the activations themselves."},
    slices={"sample": {"x_pos": 0, "x_neg": 0}},
    axes={"W": ("input feature", "neuron")},
    mistakes=mistakes(
        {
            **update_mistakes(),
            "positive_only": ["Only the positive data count: the negative pass (x_neg) is missing.",
                              {"combine": lambda p, n: p}],
            "negative_only": ["Only the negative data count: the positive pass (x_pos) is missing.",
                              {"combine": lambda p, n: n}],
            "negative_sign": ["The negative half (x_neg) has the wrong sign: its goodness grows, as that of the "
                              "positive data should.",
                              {"combine": lambda p, n: p - n}],
            "positive_and_negative_swapped": {"positive": eq.negative_loss_gradient,
                "negative": eq.positive_loss_gradient},
            "sigmoid_flipped": [
                {"positive": lambda G, t: eq.positive_loss_gradient(2 * t - G, t),
                 "negative": lambda G, t: eq.negative_loss_gradient(2 * t - G, t)},
            ],
            "positive_sigmoid_flipped": ["In the positive half the sigmoid runs the wrong way: the sign of its "
                                         "argument is "
                                         "turned.",
                                         {"positive": lambda G, t: eq.positive_loss_gradient(2 * t - G, t)}],
            "negative_sigmoid_flipped": ["In the negative half the sigmoid runs the wrong way: the sign of its "
                                         "argument is "
                                         "turned.",
                                         {"negative": lambda G, t: eq.negative_loss_gradient(2 * t - G, t)}],
            "same_loss_for_both": ["Both halves (x_pos and x_neg) use the same loss, that of the positive or that of "
                                   "the negative data: both goodnesses grow, or both fall.",
                                   {"negative": eq.positive_loss_gradient}, {"positive": eq.negative_loss_gradient}],
            "mean_for_sum": ["The goodness is the mean of the squares over the neurons; the exercise asks for the sum.",
                             {"goodness": _mean_goodness, "share": _mean_share}, {"goodness": _mean_goodness}],
            "square_missing": [{"goodness": lambda a: a.sum(axis=1), "share": lambda a, dG: np.tile(dG[:, None],
                a.shape[1])},
                               {"goodness": lambda a: a.sum(axis=1)}],
            "root_taken": {"goodness": lambda a: np.sqrt((a * a).sum(axis=1))},
            "activation_missing": {"share": lambda a, dG: np.tile(2 * dG[:, None], a.shape[1])},
            "theta_missing": {"positive": lambda G, t: eq.positive_loss_gradient(G, 0.0),
                              "negative": lambda G, t: eq.negative_loss_gradient(G, 0.0)},
            "theta_missing_in_positive_half": ["The threshold theta is missing in the positive half (x_pos), as if it "
                                               "were 0 there.",
                                               {"positive": lambda G, t: eq.positive_loss_gradient(G, 0.0)}],
            "theta_missing_in_negative_half": ["The threshold theta is missing in the negative half (x_neg), as if it "
                                               "were 0 there.",
                                               {"negative": lambda G, t: eq.negative_loss_gradient(G, 0.0)}],
            "theta_added": {"positive": lambda G, t: eq.positive_loss_gradient(G, -t),
                            "negative": lambda G, t: eq.negative_loss_gradient(G, -t)},
            "step_for_sigmoid": {"positive": lambda G, t: -1.0 * (t > G) / len(G), "negative": lambda G,
                t: (t < G) / len(G)},
            "sigmoid_missing": ["Every sample has the same weight, whatever its goodness: the slope of the loss (the "
                                "sigmoid, with theta in it) is missing.",
                                {"positive": lambda G, t: -np.ones(len(G)) / len(G), "negative": lambda G,
                t: np.ones(len(G)) / len(G)}],
            "sigmoid_derivative": {
                "positive": lambda G, t: -naive_sigmoid(t - G) * (1 - naive_sigmoid(t - G)) / len(G),
                "negative": lambda G, t: naive_sigmoid(G - t) * (1 - naive_sigmoid(G - t)) / len(G),
            },
            "overflow": [{"positive": lambda G, t: -naive_sigmoid(t - G) / len(G), "negative": lambda G,
                t: naive_sigmoid(G - t) / len(G)}],
            "relu_missing": [{"hidden": lambda z: z + 0}, {"hidden": lambda z: z + 0, "gate": lambda z, da: da}],
            "mask_inverted": {"gate": lambda z, da: da * (z <= 0)},
            "mask_threshold": [{"gate": lambda z, da, t=t: da * (z > t)} for t in (1.0, 0.5, 0.1)],
            **activation_mistakes(("absolute", "negative_part")),
            "input_normalised": [{"before": unit_rows}, {"before": _rms},
                Free(lambda e: {"before": lambda x: x / (np.linalg.norm(x, axis=1, keepdims=True) + e)}, (1e-3,),
                    "an epsilon of {} is added to the length", (1e-4,))],
            "inputs_of_the_other_half": [
                "The inputs of the halves are mixed up: the gradient of one half uses x_pos where x_neg belongs, or "
                "x_neg for x_pos.",
                with_inputs(lambda p, n: p, lambda p, n: p), with_inputs(lambda p, n: n, lambda p, n: n),
                with_inputs(lambda p, n: n, lambda p, n: p)],
            "mask_of_the_other_half": ["The ReLU's mask of one half is laid over the other: z_pos > 0 masks the "
                                       "gradient of x_neg, or z_neg > 0 that of x_pos.", *of_the_other_half("mask")],
            "activation_of_the_other_half": ["The gradient of one half uses the activations of the other: a_pos for "
                                             "a_neg, or a_neg for a_pos.", *of_the_other_half("activation")],
            "goodness_of_the_other_half": ["The loss of one half is taken at the goodness of the other: G_pos for "
                                           "G_neg, or G_neg for G_pos.", *of_the_other_half("goodness")],
            "same_data_for_both": ["Both halves see the same data, x_pos or x_neg twice (one name for the other).",
                {"whole": lambda a, b, W, t, lr: references.ff_step(a, a, W, t, lr)},
                {"whole": lambda a, b, W, t, lr: references.ff_step(b, b, W, t, lr)}],
            "updated_between_halves": ["The weights are updated between the two halves; both should see the old "
                                       "weights.",
                                       {"negative_sees": lambda old, new: new}],
            "averaged_over_batch_early": {"positive": lambda G, t: eq.positive_loss_gradient(np.full(len(G),
                G.mean()), t),
                                          "negative": lambda G, t: eq.negative_loss_gradient(np.full(len(G),
                                              G.mean()), t)},
            "summed_to_one_number": ["The goodness is summed over the whole batch to one number (the axis is "
                                     "missing); each sample (row) has a goodness of its own.",
                                     {"goodness": lambda a: np.full(len(a), (a * a).sum())}],
            "summed_over_batch": ["The goodness is summed over the batch (axis 0): one number for each neuron, not "
                                  "one for each sample.",
                                  *[{"whole": lambda p, n, W, t, lr, by=by: by_neuron(p, n, W, t, lr, by)}
                                    for by in (0, 1)]],
            "slopes_averaged": ["The slopes of the loss (the sigmoids) are averaged over the batch: one number for all "
                                "samples of a half; each sample has its own.",
                                *[{"positive": _averaged(eq.positive_loss_gradient, by),
                                   "negative": _averaged(eq.negative_loss_gradient, by)} for by in (np.sum, np.mean)]],
            "slope_masked": ["Samples on the right side of theta get no gradient (a mask, as of a hinge); the slope "
                             "of the smooth loss is nowhere 0.",
                             {"positive": lambda G, t: eq.positive_loss_gradient(G, t) * (t > G),
                              "negative": lambda G, t: eq.negative_loss_gradient(G, t) * (t < G)}],
            "preactivation_in_gradient": ["The pre-activation z stands in the gradient of the goodness where the "
                                          "activation a belongs, without the ReLU's mask: neurons that were off learn, "
                                          "too.", {"whole": from_preactivation}],
            "times_goodness": {"share": lambda a, dG: eq.goodness_gradient(a, dG * (a * a).sum(axis=1))},
            "mean_missing_in_positive_half": ["The mean over the batch is missing in the positive half (1/N).",
                                              {"positive": lambda G, t: eq.positive_loss_gradient(G, t) * len(G)}],
            "mean_missing_in_negative_half": ["The mean over the batch is missing in the negative half (1/N).",
                                              {"negative": lambda G, t: eq.negative_loss_gradient(G, t) * len(G)}],
            "theta_constant": ["The argument theta is not used: a constant (fixed) threshold stands for it.",
                            Free(lambda c: {"positive": lambda G, t: eq.positive_loss_gradient(G, c),
                                            "negative": lambda G, t: eq.negative_loss_gradient(G, c)}, (1.0, 2.0,
                                                5.0), "it is {}", (2.0,))],
            "two_steps_taken": ["The whole step is taken twice, one update after the other; one is asked for.",
                                {"whole": lambda a, b, W, t, lr: references.ff_step(a, b, references.ff_step(a, b,
                                    W, t, lr), t, lr)}],
            "other_share": ["The derivative of the goodness by the activation a is wrong: another power of a stands "
                            "there (a^2, or a root of a).",
                            {"share": lambda a, dG: 3 * a * a * dG[:, None]}, {"share": lambda a, dG: a * a * dG[:,
                                None]},
                            {"share": lambda a, dG: 2 * np.sqrt(np.abs(a)) * dG[:, None]}],
            "theta_squared": ["The threshold theta is squared before the goodness is compared with it.",
                              {"positive": lambda G, t: eq.positive_loss_gradient(G, t * t),
                               "negative": lambda G, t: eq.negative_loss_gradient(G, t * t)}],
            "theta_of_width": ["The threshold theta is multiplied (or divided) by the number of neurons H.",
                               {"whole": lambda a, b, W, t, lr: references.ff_step(a, b, W, t * W.shape[1], lr)},
                               {"whole": lambda a, b, W, t, lr: references.ff_step(a, b, W, t / W.shape[1], lr)}],
            "theta_scaled": ["The threshold theta is multiplied by a number.",
                          Free(lambda c: {"positive": lambda G, t: eq.positive_loss_gradient(G, c * t),
                                          "negative": lambda G, t: eq.negative_loss_gradient(G, c * t)}, (2.0, 0.5,
                                              6.0), "by {}", (2.0,))],
            "argument_scaled": ["The sigmoid is too steep or too flat: inside it the argument is multiplied "
                "(doubled, halved).",
                             Free(lambda c: {"positive": lambda G, t: eq.positive_loss_gradient(c * G, c * t),
                                             "negative": lambda G, t: eq.negative_loss_gradient(c * G, c * t)}, (2.0,
                                                 0.5), "by {}", (2.0,))],
            "halves_weighted": ["One half of the data (positive or negative) has another weight than the other.",
                             Free(lambda c: {"combine": lambda p, n: c * p + n}, (0.5,),
                                 "the positive half counts {} times", (0.4, 2.0)),
                             Free(lambda c: {"combine": lambda p, n: p + c * n}, (0.5,),
                                 "the negative half counts {} times", (0.4,))],
            "leaky_activation": [Free(lambda s: {"hidden": lambda z: np.where(z > 0, z, s * z)}, (0.1,),
                "its slope there is {}", (0.2,))],
            "tanh_for_sigmoid": {"positive": lambda G, t: -np.tanh(t - G) / len(G),
                "negative": lambda G, t: np.tanh(G - t) / len(G)},
            "loss_for_gradient": {"positive": lambda G, t: -np.logaddexp(0, t - G) / len(G), "negative": lambda G,
                t: np.logaddexp(0, G - t) / len(G)},
            "distance_for_sigmoid": {"positive": lambda G, t: -(t - G) / len(G),
                "negative": lambda G, t: (G - t) / len(G)},
            "halves_subtracted": ["There is one loss of the difference of both goodnesses, G_neg - G_pos, pair by "
                "pair, in which theta is not used; each half has a loss of its own.",
                               {"whole": difference}],
        }
    ),
)  # fmt: skip


EXERCISES = (FF_STEP,)
