"""Exercises softmax, eq6 and eq6_gradient, and what goes wrong in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.draws import exact, labels, real, sizes
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _softmax(scores, *, shift=lambda s: s.max(axis=1, keepdims=True), power=np.exp,
             total=lambda e: e.sum(axis=1, keepdims=True), after=lambda p: p, whole=None):  # fmt: skip
    if whole is not None:
        return after(whole(scores))
    e = power(scores - shift(scores))
    return after(e / total(e))


def _no_shift(scores):
    return _softmax(scores, shift=lambda s: 0.0)


def _over_batch(scores):
    return _softmax(scores.T).T


def _hot(y, m):
    return eq.one_hot(y, m, "float64")


_CLIPS = (500, 700, 100, 50, 20, 30)


def _log_softmax(G):
    shifted = G - G.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _draw_scores(rng: Rng, k: int) -> Case:
    N, m = sizes(rng, k, 7, 4)
    return Case((2 * real(rng, N, m),), {"N": N, "m": m})


def _huge_scores(rng: Rng) -> np.ndarray:
    G = real(rng, 5, 4)
    G[0] += rng.permutation([1600.0, 1300.0, -1600.0, -1550.0])
    G[1] -= 1000
    G[3] += [0.0, 0.0, -900.0, 0.0]
    G[2] += 1000
    return exact(G)


def _extreme_scores(rng: Rng) -> list[Case]:
    return [
        Case((_huge_scores(rng),), {"N": 5, "m": 4}, "scores of +-1000", "not_shifted|scores_clipped"),
        Case((_rows_apart(rng),), {"N": 5, "m": 4}, "rows 800 apart", "shifted_by_whole_maximum"),
    ]


def _rows_apart(rng: Rng) -> np.ndarray:
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
    recipe=_softmax,
    draw=_draw_scores,
    extremes=_extreme_scores,
    scales={"m": "mean_for_sum_in_softmax"},
    mistakes=mistakes(
        not_shifted={"shift": lambda s: 0.0},
        shifted_wrong_way=[{"shift": lambda s: -s.max(axis=1, keepdims=True)}, {"shift": lambda s: -s.max()}],
        shifted_by_whole_maximum={"shift": lambda s: s.max()},
        shifted_by_column_maximum={"shift": lambda s: s.max(axis=0, keepdims=True)},
        shifted_by_mean={"shift": lambda s: s.mean(axis=1, keepdims=True)},
        shifted_by_minimum={"shift": lambda s: s.min(axis=1, keepdims=True)},
        scores_clipped=[{"whole": lambda s, c=c: eq.softmax(np.clip(s, -c, c))} for c in _CLIPS],
        softmax_over_batch={"whole": _over_batch},
        softmax_column_total={"total": lambda e: e.sum(axis=0, keepdims=True)},
        softmax_over_everything=[{"total": np.sum}, {"total": np.sum, "shift": np.max}],
        not_normalised=[{"total": lambda e: 1.0}, {"total": lambda e: 1.0, "shift": lambda s: 0.0}],
        exponential_missing=[
            {"whole": lambda s: s / s.sum(axis=1, keepdims=True)},
            {"whole": lambda s: np.abs(s) / np.abs(s).sum(axis=1, keepdims=True)},
        ],
        wrong_base=[{"power": np.exp2}, {"power": lambda u: 10.0**u}],
        sign_in_exponent=[
            {"whole": lambda s: eq.softmax(-s)}, {"whole": lambda s: _no_shift(-s)},
            {"whole": lambda s: _softmax(-s, shift=lambda t: -(-t).max(axis=1, keepdims=True))},
        ],
        log_softmax_returned=[{"whole": _log_softmax}, {"after": np.log}],
        softmax_twice={"after": eq.softmax},
        sigmoid_for_softmax={"whole": lambda s: 1 / (1 + np.exp(-s))},
        hard_maximum={"whole": lambda s: (s == s.max(axis=1, keepdims=True)) * 1.0},
        normalised_by_length={"total": lambda e: np.sqrt((e * e).sum(axis=1, keepdims=True))},
        scaled_by_width={"whole": lambda s: eq.softmax(s / np.sqrt(s.shape[1]))},
    ),
)  # fmt: skip


def _draw_loss(rng: Rng, k: int) -> Case:
    N, m = sizes(rng, k, 7, 4)
    return Case((2 * real(rng, N, m), labels(rng, N, m, k)), {"N": N, "m": m})


def _extreme_gradient(rng: Rng) -> list[Case]:
    G = _huge_scores(rng)
    y = G.argmax(axis=1)
    y[0] = np.argsort(G[0])[-2]  # 300 below the largest: a loss beside which rounding at 1000 is small
    apart = _rows_apart(rng)
    return [
        Case((G, y), {"N": 5, "m": 4}, "scores of +-1000", "not_shifted|scores_clipped"),
        Case((apart, apart.argmin(axis=1)), {"N": 5, "m": 4}, "rows 800 apart", "shifted_by_whole_maximum"),
    ]


def _extreme_loss(rng: Rng) -> list[Case]:
    """First scores that are large and close together: there no probability is 0, and only the shift is tried."""
    huge, apart = _extreme_gradient(rng)
    gap = real(rng, 5, 4)
    gap[1] = [0.0, 1000.0, 3.0, 1.0]
    close = exact(4 * real(rng, 5, 4) + 1000)
    return [
        Case((close, close.argmin(axis=1)), {"N": 5, "m": 4}, "scores near 1000", "not_shifted|scores_clipped"),
        replace(huge, suspect="log_of_zero|epsilon_in_log"),
        apart,
        Case((exact(gap), np.array([1, 0, 3, 2, 0])), {"N": 5, "m": 4},
             "a true class whose score is 1000 below the largest", "log_of_zero|epsilon_in_log"),
    ]  # fmt: skip


def _loss(G, y, *, log_p=_log_softmax, pick=lambda lp, y: lp[np.arange(len(y)), y],
          mean=lambda values: -values.mean(), whole=None):  # fmt: skip
    return whole(G, y) if whole is not None else mean(pick(log_p(G), y))


def _squared_error(G, y):
    return ((eq.softmax(G) - _hot(y, G.shape[1])) ** 2).sum(axis=1).mean()


def _all_logarithms(G, y):
    """The one-hot label picks the true class only after the logarithm: 0 times -inf is not a number."""
    return -(_hot(y, G.shape[1]) * np.log(eq.softmax(G))).sum(axis=1).mean()


def _binary(log, G, y):
    p, t = eq.softmax(G), _hot(y, G.shape[1])
    return -(t * log(p) + (1 - t) * log(1 - p)).sum(axis=1).mean()


_EPSILONS = [1e-7, 1e-8, 1e-12, 1e-10, 1e-15, 1e-9, 1e-6, 1e-5, 1e-4, 1e-3, 1e-16, 1e-20, 1e-30, 1e-100, 1e-300]

EQ6 = Exercise(
    name="eq6",
    title="Eq. (6)",
    arguments=("G", "y"),
    outputs=("loss",),
    about="""The cross-entropy of softmax(G) with the labels, the mean over the batch.

    G: (N, m) scores of any size. y: (N,) integer labels from 0 to m - 1. Returns a float.""",
    lesson="lesson 2",
    reference=eq.cross_entropy,
    recipe=_loss,
    draw=_draw_loss,
    extremes=_extreme_loss,
    scales={"1/m": "mean_over_classes"},
    mistakes=mistakes(
        not_shifted=[
            {"log_p": lambda G: np.log(_no_shift(G))},
            {"log_p": lambda G: G - np.log(np.exp(G).sum(axis=1, keepdims=True))},
        ],
        log_of_zero=[{"log_p": lambda G: np.log(eq.softmax(G))}, {"whole": _all_logarithms}],
        epsilon_in_log=[{"log_p": lambda G, e=e: np.log(eq.softmax(G) + e)} for e in _EPSILONS],
        shifted_by_whole_maximum={"log_p": lambda G: np.log(_softmax(G, shift=np.max))},
        scores_clipped=[{"log_p": lambda G, c=c: _log_softmax(np.clip(G, -c, c))} for c in _CLIPS],
        softmax_missing={"log_p": lambda G: G},
        log_without_softmax=[{"log_p": np.log}, {"log_p": lambda G: np.log(np.abs(G))}],
        log_missing={"log_p": eq.softmax},
        softmax_twice={"log_p": lambda G: _log_softmax(eq.softmax(G))},
        softmax_over_batch={"log_p": lambda G: _log_softmax(G.T).T},
        sigmoid_for_softmax={"log_p": lambda G: -np.logaddexp(0, -G)},
        label_off_by_one=[
            {"pick": lambda lp, y: lp[np.arange(len(y)), y - 1]},
            {"pick": lambda lp, y: lp[np.arange(len(y)), (y + 1) % lp.shape[1]]},
        ],
        every_class_counted={"pick": lambda lp, y: lp.sum(axis=1)},
        prediction_for_label={"pick": lambda lp, y: lp.max(axis=1)},
        column_of_labels={"pick": lambda lp, y: lp[:, y].sum(axis=1)},
        mean_before_log={"log_p": eq.softmax, "mean": lambda values: -np.log(values.mean())},
        log_base_two={"mean": lambda values: -values.mean() / np.log(2)},
        log_base_ten={"mean": lambda values: -values.mean() / np.log(10)},
        squared_error_for_cross_entropy=[
            {"whole": _squared_error}, {"whole": lambda G, y: _squared_error(G, y) / 2},
            {"whole": lambda G, y: _squared_error(G, y) / G.shape[1]},
        ],
        binary_cross_entropy=[{"whole": lambda G, y: _binary(np.log, G, y)}]
        + [{"whole": lambda G, y, e=e: _binary(lambda p: np.log(p + e), G, y)} for e in (1e-12, 1e-8, 1e-7)],
        first_sample_only={"mean": lambda values: -values[0]},
        last_sample_dropped={"mean": lambda values: -values[:-1].mean()},
        largest_for_mean={"mean": lambda values: -values.min()},
        probability_weighted_twice={"pick": lambda lp, y: (np.exp(lp) * lp)[np.arange(len(y)), y]},
        entropy_for_cross_entropy={"pick": lambda lp, y: (np.exp(lp) * lp).sum(axis=1)},
        loss_not_reduced={"mean": lambda values: -values},
    ),
)  # fmt: skip


def _loss_gradient(G, y, *, p=eq.softmax, target=lambda y, m, p: _hot(y, m), combine=lambda p, t: p - t,
                   mean=lambda d: d / d.shape[0]):  # fmt: skip
    probability = p(G)
    return mean(combine(probability, target(y, G.shape[1], probability)))


def _through_softmax(p, g):
    """A gradient at p sent back through the softmax."""
    return p * (g - (p * g).sum(axis=1, keepdims=True))


def _columns(y, m, p):
    hot = np.zeros((len(y), m))
    hot[:, y] = 1
    return hot


def _true_class(G, y):
    return {"at the true class of each row": _hot(y, G.shape[1]) > 0,
            "at the classes that are not the true one": _hot(y, G.shape[1]) == 0}  # fmt: skip


EQ6_GRADIENT = Exercise(
    name="eq6_gradient",
    title="Eq. (6), its gradient at G",
    arguments=("G", "y"),
    outputs=("dG",),
    about="""The gradient of Eq. (6) at the scores; the loss is the mean over the batch.

    G: (N, m) scores. y: (N,) integer labels from 0 to m - 1. Returns dG: (N, m).""",
    lesson="lesson 2",
    reference=eq.cross_entropy_gradient,
    recipe=_loss_gradient,
    draw=_draw_loss,
    extremes=_extreme_gradient,
    regions=_true_class,
    scales={"1/m": "mean_over_classes"},
    mistakes=mistakes(
        not_shifted={"p": _no_shift},
        shifted_by_whole_maximum={"p": lambda G: _softmax(G, shift=np.max)},
        scores_clipped=[{"p": lambda G, c=c: eq.softmax(np.clip(G, -c, c))} for c in _CLIPS],
        mean_in_one_part=[{"mean": lambda d: d, "combine": lambda p, t: p - t / len(p)},
                          {"mean": lambda d: d, "combine": lambda p, t: p / len(p) - t}],
        softmax_missing={"p": lambda G: G},
        sigmoid_for_softmax={"p": lambda G: 1 / (1 + np.exp(-G))},
        softmax_over_batch={"p": _over_batch},
        softmax_over_everything={"p": lambda G: _softmax(G, total=np.sum)},
        softmax_twice={"p": lambda G: eq.softmax(eq.softmax(G))},
        not_normalised=[{"p": np.exp}, {"p": lambda G: np.exp(G - G.max(axis=1, keepdims=True))}],
        log_softmax_for_softmax={"p": _log_softmax},
        label_missing={"target": lambda y, m, p: 0.0},
        label_not_one_hot={"target": lambda y, m, p: y[:, None]},
        label_off_by_one=[
            {"target": lambda y, m, p: _hot((y - 1) % m, m)}, {"target": lambda y, m, p: _hot((y + 1) % m, m)},
            {"target": lambda y, m, p: _hot(y - 1, m)}, {"target": lambda y, m, p: _hot(y + 1, m)},
        ],
        prediction_for_label={"target": lambda y, m, p: _hot(p.argmax(axis=1), m)},
        column_of_labels={"target": _columns},
        label_added={"combine": lambda p, t: p + t},
        probability_missing={"combine": lambda p, t: -t},
        jacobian_on_top={"combine": lambda p, t: _through_softmax(p, p - t)},
        diagonal_of_jacobian={"combine": lambda p, t: (p - t) * p * (1 - p)},
        diagonal_only={"combine": lambda p, t: -t * (1 - p)},
        gradient_at_p={"combine": lambda p, t: -t / p},
        divided_by_p={"combine": lambda p, t: (p - t) / p},
        squared_error_for_cross_entropy=[
            {"combine": lambda p, t: _through_softmax(p, 2 * (p - t))},
        ],
        binary_cross_entropy={"combine": lambda p, t: (p - t) / (p * (1 - p))},
        other_classes_only={"combine": lambda p, t: p * (1 - t)},
        absolute_value={"mean": lambda d: np.abs(d) / d.shape[0]},
        squared={"combine": lambda p, t: (p - t) ** 2},
        sign_of_error={"combine": lambda p, t: np.sign(p - t)},
        averaged_over_batch_early={"mean": lambda d: np.broadcast_to(d.mean(axis=0), d.shape) / d.shape[0]},
    ),
)  # fmt: skip

EXERCISES = (SOFTMAX, EQ6, EQ6_GRADIENT)
