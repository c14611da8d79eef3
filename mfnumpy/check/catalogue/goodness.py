"""Exercises eq1 and eq2, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import real, sizes
from mfnumpy.check.model import Case, Exercise, Free, Property, Rng, mistakes


def _goodness(a, *, square=np.square, total=lambda s: s.sum(axis=1), after=lambda G: G):
    return after(total(square(a)))


def _draw_activity(rng: Rng, k: int) -> Case:
    N, n = sizes(rng, k, 7, 6)
    return Case((real(rng, N, n),), {"N": N, "n": n})


def make_goodness(number: int, kind: str) -> Exercise:
    """Eq. (1) or (2).

    number: of the equation. kind: "positive" or "negative" data.
    """
    return Exercise(
        name=f"eq{number}",
        title=f"Eq. ({number})",
        arguments=("a",),
        outputs=("G",),
        about=f"""The goodness of each row of activations of {kind} data.

    a: (N, n). Returns G: (N,).""",
        lesson="lesson 7",
        reference=eq.positive_goodness if number == 1 else eq.negative_goodness,
        recipe=_goodness,
        draw=_draw_activity,
        unbounded=("a",),
        slices={"neuron": {"a": 1}},
        axes={"G": ("sample",)},
        properties=(Property("G", "no goodness is negative", lambda args, G: bool((G >= 0).all())),),
        scales={"1/n": "mean_for_sum", "n": "scaled_by_width", "-1": "goodness_negated"},
        sentences={"goodness_negated": "The sign is wrong: the goodness, a sum of squares, is never negative.",
                   "largest_for_sum": "The largest square of each row (a maximum) is taken instead of the sum over the "
                                      "neurons.",
                   "mean_for_sum": "The goodness G is the mean of the squares over the neurons (divided by n); the "
                                   "exercise asks for their sum."},
        mistakes=mistakes(
            square_missing=["The squares are missing: the activations themselves are summed.",
                            {"square": lambda a: a}],
            absolute_for_square=["Absolute values are summed instead of squares (an L1 norm).",
                                 {"square": np.abs}],
            square_of_sum=["The sum is squared, (sum of a)^2; it should be the squares that are summed. The order "
                           "is wrong: square first, then the sum.",
                           {"square": lambda a: a, "total": lambda s: s.sum(axis=1) ** 2}],
            root_taken=["A square root is taken: that is the length (the L2 norm), not the goodness, the sum of "
                        "squares.",
                        {"after": np.sqrt}],
            squared_twice=["The square of each activation is taken twice: a fourth power, a^4.",
                           {"square": lambda a: a**4}],
            sum_of_squares_squared=["The sum of squares is squared once more: the square of the goodness, G^2, is "
                                    "returned.",
                                    {"after": np.square}],
            cubed=["The third power of a (a cube) is taken instead of the second (the square).",
                   {"square": lambda a: a**3}],
            summed_over_batch=["The sum runs over the batch (axis 0, down the columns: one number for each neuron), "
                               "not over the neurons (one for each sample).",
                               {"total": lambda s: s.sum(axis=0)}],
            summed_to_one_number=["Everything is reduced to one number (the axis is missing); each sample (row) of "
                                  "the batch has a goodness of its own.",
                                  {"total": np.sum}, {"total": np.mean}, {"total": lambda s: s.sum() / len(s)}],
            largest_for_sum=["The largest value (a maximum) is taken instead of the sum.",
                             {"total": lambda s: s.max(axis=1)}],
            not_summed=["The sum over the neurons is missing: the squares of all entries are returned.",
                        {"total": lambda s: s}],
            axis_kept=["The summed axis is kept with length 1 (keepdims): (N, 1) for (N,).",
                       {"total": lambda s: s.sum(axis=1, keepdims=True)}],
            last_column_dropped=["The last neuron (the last column) is left out: does a loop or a slice end one too "
                                 "early?",
                                 {"total": lambda s: s[:, :-1].sum(axis=1)}],
            first_column_dropped=["The first neuron (column 0) is left out: does a loop or a slice begin at 1?",
                                  {"total": lambda s: s[:, 1:].sum(axis=1)}],
            variance_for_goodness=["Each row's mean is taken off first (the activations are centred): that measures "
                                   "the variance, not the goodness.",
                                   {"square": lambda a: (a - a.mean(axis=1, keepdims=True)) ** 2},
                                   {"square": lambda a: a, "total": lambda s: s.var(axis=1)}],
            activity_rectified_again=["A ReLU is applied to a: negative entries count as 0. What comes in is already "
                                      "the activation; it is rectified again.",
                                      {"square": lambda a: np.maximum(a, 0) ** 2}],
            averaged_over_batch_early=["The goodness G is averaged over the batch: every sample (row) gets the same "
                                       "number; each should have its own.",
                                       {"after": lambda G: np.full_like(G, G.mean())}],
            other_power=["The activations are raised to another power than 2.",
                         Free(lambda q: {"square": lambda a: np.abs(a) ** q}, (1.5, 3.0), "it is {}", (1.5, 2.5))],
            neighbours_multiplied=["Neighbouring neurons are multiplied with each other; each should be multiplied "
                                   "with itself (squared).",
                                   {"square": lambda a: a * np.roll(a, 1, axis=1)}],
            logarithm_taken=["A logarithm is taken of the goodness; the sum of squares itself is asked for.",
                             {"after": np.log}, {"after": np.log1p}],
            exponential_taken=["The exponential of each activation, exp(a), is summed instead of its square.",
                               {"square": np.exp}],
            goodness_centred=["The mean over the batch is taken off the goodness G (it is centred): a sample's "
                              "goodness then depends on the other samples.",
                              {"after": lambda G: G - G.mean()}],
        ),
    )  # fmt: skip
