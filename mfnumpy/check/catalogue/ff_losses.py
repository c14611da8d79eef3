"""What goes wrong in Eqs. (3) and (4) and in their gradients."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.model import Free, Mistake, mistakes


def softplus(u):
    """log(1 + exp(u))."""
    return np.logaddexp(0, u)


def sigmoid(u):
    """1 / (1 + exp(-u))."""
    return 0.5 * (1 + np.tanh(0.5 * u))


def _other(d: float) -> str:
    """The data for which the turned sign would be right."""
    return "negative data, Eq. (4)" if d > 0 else "positive data, Eq. (3)"


def _thresholds(d: float) -> dict:
    """The wrong thresholds that the loss and its gradient share. d: as in `loss_mistakes`."""
    return {
        "theta_constant": ["The argument theta is not used: a constant (fixed) threshold stands for it.",
                        Free(lambda c: {"argument": lambda G, theta: d * (c - G)}, (2.0, 5.0), "it is {}", (2.0, 1.3))],
        "theta_scaled": ["The threshold theta is multiplied by a number.",
                      Free(lambda c: {"argument": lambda G, theta: d * (c * theta - G)}, (2.0, 0.5),
                          "by {}", (2.0, 0.3))],
        "margin_added": ["A constant (a margin) is added to the distance of G from theta.",
                      Free(lambda c: {"argument": lambda G, theta: d * (theta - G) + c}, (0.5,), "it is {}", (0.4,))],
    }  # fmt: skip


def _of_argument(d: float) -> dict:
    """What goes wrong inside the curve of a loss. d: as in `loss_mistakes`."""
    return {
        "positive_and_negative_swapped": ["The sign inside the exponential is turned (G - theta and theta - G are "
                                       f"exchanged): this is the loss of {_other(d)}, as if the roles of positive and "
                                       "negative data were exchanged.",
                                       {"argument": lambda G, theta: d * (G - theta)}],
        "argument_scaled": ["The curve is too steep or too flat: its argument, the distance of G from theta, is "
                         "multiplied by a number.",
                         Free(lambda c: {"argument": lambda G, theta: c * d * (theta - G)}, (2.0, 0.5),
                             "by {}", (2.0, 0.7)),
                         Free(lambda c: {"curve": lambda u: softplus(c * u) / c}, (2.0, 0.5), "by {}", (3.0,))],
        "theta_missing": ["The threshold theta is not used: it is ignored, as if it were 0.",
                       {"argument": lambda G, theta: -d * G}],
        "theta_added": ["The threshold theta has the wrong sign: it is added to the goodness (G + theta), where it "
                     "should be subtracted from it.",
                     {"argument": lambda G, theta: -d * (G + theta)}],
        "theta_for_goodness": ["The goodness G is not used: the loss depends on theta alone.",
                            {"argument": lambda G, theta: d * theta + 0 * G}],
        "goodness_squared_again": ["The goodness G is squared again (G^2); it is already a sum of squares.",
                                {"argument": lambda G, theta: d * (theta - G * G)}],
        "root_of_goodness": ["The square root of the goodness G (a length) is compared with theta, not G itself.",
                          {"argument": lambda G, theta: d * (theta - np.sqrt(np.abs(G)))}],
        "divided_by_theta": ["The distance of G from theta is divided by theta (a relative distance).",
                          {"argument": lambda G, theta: d * (theta - G) / theta}],
        "mean_before_loss": ["The goodness G is averaged over the batch first, and then one loss is taken of the mean "
                          "goodness. The mean belongs after the curve: it is over the losses of the samples.",
                          {"argument": lambda G, theta: d * (theta - G.mean())}],
    }  # fmt: skip


def _of_curve(d: float) -> dict:
    """What goes wrong in the curve of a loss. d: as in `loss_mistakes`."""
    eps = (1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
    return {
        "other_one": ["Another number stands where the 1 next to the exponential belongs.",
                   Free(lambda c: {"curve": lambda u: np.log(c + np.exp(u))}, (2.0, 0.5), "it is {}", (2.0,))],
        "sigmoid_twice": ["The sigmoid is applied twice: a probability goes into a loss that takes scores (logits) and "
                       "squashes them again.",
                       {"curve": lambda u: softplus(-sigmoid(-u)) if d > 0 else softplus(sigmoid(u))}],
        "squared_probability": ["This is the squared error of a probability (a Brier score), not its logarithm.",
                             {"curve": lambda u: sigmoid(u) ** 2}],
        "squared_hinge": ["This is a squared hinge, max(0, .)^2, not the smooth loss (the softplus).",
                       {"curve": lambda u: np.maximum(u, 0) ** 2}],
        "absolute_for_softplus": ["The absolute distance of G from theta is used instead of the loss (the softplus).",
                               {"curve": np.abs}],
        "tanh_for_softplus": ["A tanh of the distance from theta stands where the logarithm of the loss belongs: it "
                           "lies between -1 and 1.", {"curve": np.tanh}],
        "exponential_replaced": ["In the logarithm the distance from theta itself (its size or its square) stands in "
                              "place of an exponential: the loss rises on both sides of theta.",
                              {"curve": lambda u: np.log(1 + np.abs(u))}, {"curve": lambda u: np.log(1 + u * u)}],
        "loss_on_both_sides": ["The loss rises on both sides of theta (the logarithm of a cosh); on one side it should "
                            "go to 0.", {"curve": lambda u: np.log(np.cosh(u))}],
        "both_labels_counted": ["Both terms of the binary cross-entropy are added, log p and log(1 - p), as if each "
                             "sample were positive and negative at once: the loss rises on both sides of theta.",
                             {"curve": lambda u: np.log(2 + np.exp(u) + np.exp(-u))}],
        "loss_masked": ["Samples on the right side of theta get no loss (a mask, as of a hinge); the smooth loss is "
                     "nowhere exactly 0.", {"curve": lambda u: softplus(u) * (u > 0)}],
        "sum_before_loss": ["The goodness G is summed over the batch first, and then one loss is taken of the sum; "
                         "each sample has a loss of its own.",
                         {"argument": lambda G, theta: d * (theta - G.sum())},
                         {"whole": lambda G, theta: softplus(d * (theta - G.sum())) / len(G)}],
        "overflow": ["It overflows where the goodness is far from theta: an exponential of 1000 is infinite, or a "
                  "logarithm of 0 is taken (inf, nan).",
            {"curve": lambda u: np.log(1 + np.exp(u))}, {"curve": lambda u: -np.log(1 / (1 + np.exp(u)))},
            {"curve": lambda u: np.log1p(np.exp(u))}, {"curve": lambda u: u + np.log(1 + np.exp(-u))},
        ],
        "epsilon_in_log": [{"curve": lambda u, e=e: -np.log(sigmoid(-u) + e)} for e in eps],
        "one_missing": ["The 1 next to the exponential is missing: log(exp(u)) is u itself, a straight line.",
                     {"curve": lambda u: u}],
        "linear_part_missing": ["An absolute value stands in the exponential, and the linear part (max(0, .)) of the "
                             "stable formula is missing: the loss goes to 0 on both sides of theta.",
                             {"curve": lambda u: softplus(-np.abs(u))}],
        "log_missing": ["The logarithm is missing: what belongs inside it is averaged, an exponential (or minus a "
                     "probability).",
                     {"curve": lambda u: 1 + np.exp(u)}, {"curve": np.exp}, {"curve": lambda u: -sigmoid(-u)}],
        "hinge_for_softplus": ["This is a hinge (a ReLU of the distance from theta) with a sharp corner, not the "
                            "smooth loss (the softplus).",
                            {"curve": lambda u: np.maximum(u, 0)}],
        "sigmoid_for_softplus": ["This is a sigmoid, the derivative of the loss, not the loss: the logarithm is "
                                 "missing.",
                              {"curve": sigmoid}],
        "theta_outside": ["theta stands outside the curve: it is subtracted from (or added to) the loss, after the "
                       "logarithm and the exponent; it belongs inside, beside the goodness.",
                       *[{"whole": lambda G, theta, s=s, e=e: (softplus(e * G) + s * theta).mean()}
                         for s in (1, -1) for e in (1, -1)]],
        "log_base_two": {"curve": lambda u: softplus(u) / np.log(2)},
        "log_base_ten": {"curve": lambda u: softplus(u) / np.log(10)},
        "squared_error_for_softplus": ["The squared distance from theta is used instead of the loss (the softplus).",
                                    {"curve": np.square}],
    }  # fmt: skip


def _of_mean() -> dict:
    """What goes wrong in the mean over the batch."""
    return {
        "median_for_mean": {"mean": np.median},
        "smallest_for_mean": {"mean": np.min},
        "squared_mean": {"mean": lambda values: (values**2).mean()},
        "exponential_of_loss": {"mean": lambda values: np.exp(values.mean())},
        "first_sample_only": {"mean": lambda values: values[0]},
        "last_sample_dropped": {"mean": lambda values: values[:-1].mean()},
        "largest_for_mean": {"mean": np.max},
        "loss_not_reduced": {"mean": lambda values: values},
    }  # fmt: skip


def loss_mistakes(d: float) -> tuple[Mistake, ...]:
    """d: +1 where the loss falls with G (Eq. (3)), -1 where it rises (Eq. (4))."""
    return mistakes(_of_argument(d) | _thresholds(d) | _of_curve(d) | _of_mean())


def _of_slope_s_argument(d: float) -> dict:
    """What goes wrong inside the curve of a gradient. d: as in `loss_mistakes`."""
    return {
        "argument_scaled": ["The sigmoid is too steep or too flat: inside it the argument is multiplied (doubled, "
            "halved).",
                         Free(lambda c: {"argument": lambda G, theta: c * d * (theta - G)}, (2.0, 0.5),
                             "by {}", (2.0, 0.7))],
        "sigmoid_flipped": ["The sigmoid runs the wrong way (inside it G - theta and theta - G are exchanged): samples "
                         "that are already right get the largest gradient.",
                         {"argument": lambda G, theta: d * (G - theta)}],
        "positive_and_negative_swapped": ["The roles of positive and negative data are exchanged: this is the gradient "
                                       f"of {_other(d)}, with the opposite sign and the opposite argument.",
                                       {"argument": lambda G, theta: d * (G - theta), "sign": d}],
        "theta_missing": {"argument": lambda G, theta: -d * G},
        "theta_added": {"argument": lambda G, theta: -d * (G + theta)},
        "divided_by_theta": {"argument": lambda G, theta: d * (theta - G) / theta},
        "goodness_squared_again": {"argument": lambda G, theta: d * (theta - G * G)},
        "mean_before_loss": ["The goodness G is averaged over the batch first: every sample gets the same slope, the "
                          "one at the mean goodness; each should have its own.",
                          {"argument": lambda G, theta: np.full(len(G), d * (theta - G.mean()))}],
    }  # fmt: skip


def _of_slope(d: float) -> dict:
    """What goes wrong in the curve of a gradient, and after it. d: as in `loss_mistakes`."""
    return {
        "other_one": ["Another number stands where the 1 next to the exponential belongs.",
                   Free(lambda c: {"curve": lambda u: 1 / (c + np.exp(-u))}, (2.0, 0.5), "it is {}", (2.0,))],
        "hard_sigmoid": ["A hard sigmoid, pieces of straight lines, stands where a (smooth) sigmoid belongs.",
                      {"curve": lambda u: np.clip(0.25 * u + 0.5, 0, 1)},
                      {"curve": lambda u: np.clip(0.2 * u + 0.5, 0, 1)},
                      {"curve": lambda u: np.clip(u / 6 + 0.5, 0, 1)}],
        "relu_for_sigmoid": ["A ReLU of the distance from theta stands where a sigmoid belongs: it has no upper limit, "
                          "and it is 0 on one side.", {"curve": lambda u: np.maximum(u, 0)}],
        "sigmoid_squared": ["The sigmoid is squared.", {"curve": lambda u: sigmoid(u) ** 2}],
        "sigmoid_masked": ["Samples on the right side of theta get no gradient (a mask, as of a hinge); the slope of "
                        "the smooth loss is nowhere 0.", {"curve": lambda u: sigmoid(u) * (u > 0)}],
        "sigmoid_rooted": ["The square root of the sigmoid is taken.", {"curve": lambda u: np.sqrt(sigmoid(u))}],
        "distance_for_sigmoid": ["The distance from theta itself (linear) stands where a sigmoid of it belongs: the "
                              "sigmoid is missing.", {"curve": lambda u: u}],
        "overflow": ["It overflows where the goodness is far from theta: an exponential of 1000 is infinite, and a "
                  "quotient of two such is nan (inf / inf).", {"curve": lambda u: np.exp(u) / (1 + np.exp(u))}],
        "sigmoid_derivative": ["The derivative of a sigmoid, s (1 - s), stands where the sigmoid s itself belongs: the "
                            "loss is differentiated once too often.",
                            {"curve": lambda u: sigmoid(u) * sigmoid(-u)}],
        "tanh_for_sigmoid": ["A tanh stands where a sigmoid belongs: it runs from -1 to 1, not from 0 to 1.",
                          {"curve": lambda u: np.tanh(u / 2)},
                          {"curve": np.tanh}],
        "step_for_sigmoid": ["A hard step (0 or 1, with a jump at theta) stands where a sigmoid belongs: the slope of "
                          "a hinge, not of the smooth loss.",
                          {"curve": lambda u: (u > 0) * 1.0}],
        "loss_for_gradient": ["This is the loss itself, not its gradient.",
                           {"curve": softplus}],
        "exponential_for_sigmoid": ["An exponential stands where a sigmoid belongs: the denominator is missing.",
                                 {"curve": np.exp}],
        "one_missing": ["The sigmoid is missing: every sample gets the same gradient, whatever its goodness, as if the "
                     "loss were a straight line, log(exp(u)) without the 1.", {"curve": lambda u: np.ones_like(u)}],
        "times_goodness": ["The gradient is multiplied by the goodness G: the chain rule is applied once too often.",
                        {"whole": lambda G, theta: -d * 2 * G * sigmoid(d * (theta - G)) / len(G)}],
        "times_distance": ["The gradient is multiplied by the distance of G from theta: the chain rule is applied once "
                        "too often.",
                        {"whole": lambda G, theta: (G - theta) * sigmoid(d * (theta - G)) / len(G)}],
        "averaged_over_batch_early": ["The gradients are averaged over the batch: every sample gets the same number, "
                                   "the mean; each has a gradient of its own.",
                                   {"mean": lambda g: np.full(g.shape, g.mean()) / len(g)}],
        "gradient_summed": ["One number is returned (summed, or averaged, over the batch); each sample has a gradient "
                         "of its own.",
                         {"mean": lambda g: g.mean()}],
        "softmax_over_samples": ["The sigmoids are divided by their sum over the batch, as in a softmax: the samples "
                              "compete; each should have a sigmoid of its own.",
                              {"whole": lambda G, theta: -d * np.exp(-softplus(d * (G - theta)) - np.log(
            np.exp(-softplus(d * (G - theta))).sum()))}],
    }  # fmt: skip


def gradient_mistakes(d: float) -> tuple[Mistake, ...]:
    """d: as in `loss_mistakes`."""
    return mistakes(_of_slope_s_argument(d) | _thresholds(d) | _of_slope(d))
