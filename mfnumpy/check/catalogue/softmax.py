"""Exercise softmax, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import exact, real, sizes
from mfnumpy.check.model import Case, Exercise, Free, Property, Rng, mistakes


def softmax_by(scores, *, shift=lambda s: s.max(axis=1, keepdims=True), power=np.exp,
             total=lambda e: e.sum(axis=1, keepdims=True), after=lambda p: p, whole=None):  # fmt: skip
    """softmax as steps that can be replaced.

    scores: (N, m).
    shift: scores -> what is taken off each row.
    power: exp.
    total: e -> what each row is divided by.
    after: p -> the result.
    whole: scores -> p, instead of the steps before; None.
    """
    if whole is not None:
        return after(whole(scores))
    e = power(scores - shift(scores))
    return after(e / total(e))


def no_shift(scores):
    """Without a shift against overflow."""
    return softmax_by(scores, shift=lambda s: 0.0)


def over_batch(scores):
    """Along the wrong axis."""
    return softmax_by(scores.T).T


CLIPS = (500, 700, 100, 50, 20, 30)


def log_softmax(G):
    """log softmax(G), shifted by each row's largest."""
    shifted = G - G.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _draw_scores(rng: Rng, k: int) -> Case:
    N, m = sizes(rng, k, 7, 4)
    return Case((2 * real(rng, N, m),), {"N": N, "m": m})


def huge_scores(rng: Rng) -> np.ndarray:
    """Scores of +-1000 and more, of which each wrong shift loses others."""
    G = real(rng, 5, 4)
    G[0] += rng.permutation([1600.0, 1300.0, -1600.0, -1550.0])
    G[1] -= 1000
    G[3] += [0.0, 0.0, -900.0, 0.0]
    G[2] += 1000
    return exact(G)


def _extreme_scores(rng: Rng) -> list[Case]:
    return [
        Case((huge_scores(rng),), {"N": 5, "m": 4}, "scores of +-1000", "not_shifted|scores_clipped"),
        Case((rows_apart(rng),), {"N": 5, "m": 4}, "rows 800 apart", "shifted_by_whole_maximum"),
        Case((one_far_above(rng),), {"N": 3, "m": 10}, "one score of ten 2000 above the others", "not_shifted"),
    ]


def one_far_above(rng: Rng) -> np.ndarray:
    """Rows whose mean, and mean and deviation together, are far below the largest score."""
    G = real(rng, 3, 10) - 1000
    G[0, int(rng.integers(10))] += 2000
    return exact(G)


def rows_apart(rng: Rng) -> np.ndarray:
    """Rows that need a shift of their own, though none is large enough to overflow."""
    G = 4 * real(rng, 5, 4)
    G[0] += 300
    G[1] -= 500
    return exact(G)


SOFTMAX = Exercise(
    name="softmax",
    title="softmax",
    arguments=("scores",),
    outputs=("p",),
    about="""Turn each row of scores into probabilities that sum to 1.

    scores: (N, m) floats of any size, also +-1000. Returns p: (N, m).""",
    lesson="lesson 2",
    reference=eq.softmax,
    recipe=softmax_by,
    draw=_draw_scores,
    extremes=_extreme_scores,
    scales={"m": "mean_for_sum_in_softmax"},
    sentences={"scaled_by_width": "The scores are divided by the root of the number of classes, as attention does; "
                                  "that does not belong here.",
               "mean_for_sum_in_softmax": "It is divided by the mean of the row, not by its total."},
    axes={"p": ("sample", "class")},
    properties=(
        Property("p", "each row of p sums to 1", lambda args, p: np.allclose(p.sum(axis=1), 1)),
        Property("p", "no probability is negative or above 1", lambda args, p: bool(((p >= 0) & (p <= 1)).all())),
        Property("p", "in each row the largest score has the largest probability",
                 lambda args, p: np.array_equal(p.argmax(axis=1), args[0].argmax(axis=1))),
    ),
    mistakes=mistakes(
        not_shifted=["Large scores overflow: the exponential is taken of the scores as they are, without taking off "
                     "the row's largest first.",
                     {"shift": lambda s: 0.0}],
        shifted_wrong_way=["The shift against overflow has the wrong sign: it makes large scores larger.",
                           {"shift": lambda s: -s.max(axis=1, keepdims=True)}, {"shift": lambda s: -s.max()}],
        shifted_by_whole_maximum=["One number is taken off the whole batch, the maximum over everything: rows far "
                                  "below it vanish (0/0). Each row has its own maximum.",
                                  {"shift": lambda s: s.max()}],
        shifted_by_column_maximum=["The shift is the largest score of each column (per class, down the batch, axis "
                                   "0): it differs within a row, and so changes the result.",
                                   {"shift": lambda s: s.max(axis=0, keepdims=True)}],
        shifted_by_mean=["The shift is a mean, not the largest score: that does not stop the largest scores from "
                         "overflowing.",
                         {"shift": lambda s: s.mean(axis=1, keepdims=True)}],
        shifted_by_minimum=["The shift is a minimum, not the largest score: that does not stop the largest scores "
                            "from overflowing.",
                            {"shift": lambda s: s.min(axis=1, keepdims=True)}],
        scores_clipped=["Large scores are clipped (cut at a limit): beyond it they differ no more, and share the "
                        "probability.",
                        *[{"whole": lambda s, c=c: eq.softmax(np.clip(s, -c, c))} for c in CLIPS]],
        softmax_over_batch=["The softmax runs over the batch (the samples, axis 0), along the wrong axis: it should "
                            "run over the classes of each row.",
                            {"whole": over_batch}],
        softmax_column_total=["The total (the sum in the denominator) is taken over the batch, down each column, "
                              "along the wrong axis: each row has its own total.",
                              {"total": lambda e: e.sum(axis=0, keepdims=True)}],
        total_carried_over=["The total is carried over from row to row (accumulated, a running sum over the rows "
                            "before): it is not set to 0 anew (reset) for each row.",
                            {"total": lambda e: e.sum(axis=1, keepdims=True).cumsum(axis=0)}],
        softmax_over_everything=["The total is taken over the whole array (no axis is given), not over each row: "
                                 "all entries together sum to 1.",
                                 {"total": np.sum}, {"total": np.sum, "shift": np.max}],
        not_normalised=["The exponentials are not divided by their total: the result is not normalised, the rows do "
                        "not sum to 1.",
                        {"total": lambda e: 1.0}, {"total": lambda e: 1.0, "shift": lambda s: 0.0}],
        exponential_missing=["The exponential (exp) is missing: the scores themselves are divided by their sum.",
            {"whole": lambda s: s / s.sum(axis=1, keepdims=True)},
            {"whole": lambda s: np.abs(s) / np.abs(s).sum(axis=1, keepdims=True)},
        ],
        wrong_base=["The exponential has another base than e, such as 2 or 10.",
                    {"power": np.exp2}, {"power": lambda u: 10.0**u}],
        sign_in_exponent=["The sign in the exponent is wrong: the largest score gets the smallest probability.",
            {"whole": lambda s: eq.softmax(-s)}, {"whole": lambda s: no_shift(-s)},
            {"whole": lambda s: softmax_by(-s, shift=lambda t: -(-t).max(axis=1, keepdims=True))},
        ],
        log_softmax_returned=["The logarithm of the probabilities (log-softmax) is returned, not the probabilities "
                              "p.",
                              {"whole": log_softmax}, {"after": np.log}],
        softmax_twice=["The softmax is applied twice: its result, already probabilities, is taken for scores and "
                       "goes through it again.",
                       {"after": eq.softmax}],
        sigmoid_for_softmax=["Each score goes through a sigmoid of its own (each class on its own), not through a "
                             "softmax over the classes.",
                             {"whole": lambda s: 1 / (1 + np.exp(-s))}],
        hard_maximum=["The largest score gets everything (one-hot of the argmax): that is a hard maximum, not a "
                      "softmax.",
                      {"whole": lambda s: (s == s.max(axis=1, keepdims=True)) * 1.0}],
        normalised_by_length=["It is divided by the length of the row (the root of a sum of squares, a norm), not "
                              "by its total (the sum).",
                              {"total": lambda e: np.sqrt((e * e).sum(axis=1, keepdims=True))}],
        scaled_by_width=["There is a factor of the layer's width (it is divided by the number of inputs or neurons, "
                         "or multiplied) that does not belong here.",
                         {"whole": lambda s: eq.softmax(s / np.sqrt(s.shape[1]))}],
        added_to_denominator=["A number is added to the denominator (the total): the rows no longer sum to 1.",
                              Free(lambda c: {"total": lambda e: c + e.sum(axis=1, keepdims=True)}, (1.0, 0.01),
                                  "it is {}",
                                   (1.0, 0.3))],
        temperature=["The scores are multiplied (or divided) by a number before the exponential (a temperature).",
                     Free(lambda c: {"whole": lambda s: eq.softmax(c * s)}, (2.0, 0.5), "it is {}", (3.0, 0.4))],
        class_missing_in_total=["The total (the sum in the denominator) leaves out the last or the first class.",
                                {"total": lambda e: e[:, :-1].sum(axis=1, keepdims=True)},
                                {"total": lambda e: e[:, 1:].sum(axis=1, keepdims=True)}],
        odds_for_probability=["Each class is divided by the total of the other classes, p / (1 - p): those are "
                              "odds, not probabilities.",
                              {"after": lambda p: p / (1 - p)}],
        complement=["1 - p is returned, the complement, not the probability p.", {"after": lambda p: 1 - p}],
        probability_clipped=["The probabilities p are clipped away from 0 and 1.",
                             Free(lambda c: {"after": lambda p: np.clip(p, c, 1 - c)}, (0.1, 0.01), "at {}", (0.05,))],
        softplus_for_exponential=["A softplus, log(1 + exp), stands where the exponential belongs.",
                                  {"whole": lambda s: np.logaddexp(0, s) / np.logaddexp(0, s).sum(axis=1,
                                      keepdims=True)}],
        squares_for_exponential=["Squares of the scores stand where exponentials (exp) belong.",
                                 {"whole": lambda s: s * s / (s * s).sum(axis=1, keepdims=True)}],
        rounded=["The result is rounded to a few digits (np.round).",
                 *[{"after": lambda p, n=n: np.round(p, n)} for n in (1, 2, 3, 4)]],
    ),
)  # fmt: skip


EXERCISES = (SOFTMAX,)
