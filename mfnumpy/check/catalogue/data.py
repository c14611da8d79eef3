"""Exercises overlay_label, normalise_length and accuracy_over_batches, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check import references
from mfnumpy.check.draws import labels, real, sizes
from mfnumpy.check.model import Case, Exercise, Finding, Refused, Rng, mistakes


def _overlay(x, y, n_classes, *, mark=lambda y, m, x: eq.one_hot(y, m, "float64"), write=None):
    mark_ = mark(y, n_classes, x)
    if write is not None:
        return write(x.copy(), mark_)
    out = x.copy()
    out[:, : mark_.shape[1]] = mark_
    return out


def _draw_overlay(rng: Rng, k: int) -> Case:
    N, m = sizes(rng, k, 7, 4, low=4)
    D = 2 * m + 5 if k % 2 == 0 else 12 + m
    x = rng.uniform(0.1, 0.9, (N, D)) if k < 2 else real(rng, N, D)
    return Case((x, labels(rng, N, m, k), m), {"N": N, "m": m})


def _set_only(x, mark):
    out = x[:, : mark.shape[1]]
    out[mark > 0] = 1.0
    return x


def _at_end(x, mark):
    x[:, -mark.shape[1] :] = mark
    return x


def _added(x, mark):
    x[:, : mark.shape[1]] += mark
    return x


def _shifted_by_one(x, mark):
    x[:, 1 : mark.shape[1] + 1] = mark
    return x


def _columns(y, m, x):
    hot = np.zeros((len(y), m))
    hot[:, y] = 1
    return hot


OVERLAY = Exercise(
    name="overlay_label",
    title="Forward-Forward, the label in the input",
    arguments=("x", "y", "n_classes"),
    outputs=("x",),
    about="""Write each sample's label, one-hot with a 1, over its first n_classes inputs.

    x: (N, D) floats. y: (N,) integer labels. n_classes: an integer. Returns a new array (N, D).""",
    lesson="lesson 7",
    reference=references.overlay_label,
    recipe=_overlay,
    draw=_draw_overlay,
    transposable=False,
    regions=lambda x, y, m: {
        "in the first n_classes inputs": np.arange(x.shape[1])[None, :] + 0 * x < m,
        "in the inputs behind the first n_classes": np.arange(x.shape[1])[None, :] + 0 * x >= m,
    },
    mistakes=mistakes(
        label_pixels_not_reset={"write": _set_only},
        label_at_the_end={"write": _at_end},
        label_added={"write": _added},
        label_shifted={"write": _shifted_by_one},
        label_multiplied={"write": lambda x, mark: np.hstack([x[:, : mark.shape[1]] * mark, x[:, mark.shape[1] :]])},
        label_appended=[{"write": lambda x, mark: np.hstack([x, mark])},
            {"write": lambda x, mark: np.hstack([mark, x])}],
        label_only={"write": lambda x, mark: mark},
        image_lost={"write": lambda x, mark: np.hstack([mark, 0 * x[:, mark.shape[1] :]])},
        column_of_labels=[{"mark": _columns}, {"mark": _columns, "write": _set_only}],
        label_off_by_one=[
            {"mark": lambda y, m, x: eq.one_hot((y + 1) % m, m, "float64")},
             {"mark": lambda y, m, x: eq.one_hot(y - 1, m, "float64")},
            {"mark": lambda y, m, x: eq.one_hot((y - 1) % m, m, "float64")},
             {"mark": lambda y, m, x: eq.one_hot(y + 1, m, "float64")},
        ],
        classes_counted_in_batch=[{"mark": lambda y, m, x: eq.one_hot(y, y.max() + 1, "float64")},
                                  {"mark": lambda y, m, x: eq.one_hot(y, len(np.unique(y)), "float64")}],
        ten_classes_assumed={"mark": lambda y, m, x: eq.one_hot(y, 10, "float64")},
        label_value=[{"mark": lambda y, m, x: x.max() * eq.one_hot(y, m, "float64")},
                     {"mark": lambda y, m, x: x.max(axis=1, keepdims=True) * eq.one_hot(y, m, "float64")},
                     {"mark": lambda y, m, x: max(x[:, m:].max(), 0) * eq.one_hot(y, m, "float64")},
                     {"mark": lambda y, m, x: 255 * eq.one_hot(y, m, "float64")},
                      {"mark": lambda y, m, x: y[:, None] * eq.one_hot(y, m, "float64")},
                     {"mark": lambda y, m, x: eq.one_hot(y, m, "float64") / m}],
        label_inverted=[{"mark": lambda y, m, x: 1 - eq.one_hot(y, m, "float64")}],
        label_not_one_hot=[{"mark": lambda y, m, x: np.tile(y[:, None], m)},
            {"mark": lambda y, m, x: np.tile(y[:, None] / m, m)}],
        neutral_label={"mark": lambda y, m, x: np.full((len(y), m), 1 / m)},
        first_label_for_all={"mark": lambda y, m, x: eq.one_hot(np.full_like(y, y[0]), m, "float64")},
        label_missing=[{"write": lambda x, mark: x}, {"mark": lambda y, m, x: np.zeros((len(y), m))}],
    ),
)  # fmt: skip


def _normalise(a, *, size=lambda a: np.linalg.norm(a, axis=1, keepdims=True), before=lambda a: a,
               divide=lambda a, size: a / (size + 1e-8)):  # fmt: skip
    a = before(a)
    return divide(a, size(a))


def _draw_length(rng: Rng, k: int) -> Case:
    N, n = sizes(rng, k, 7, 6)
    a = np.maximum(2 * real(rng, N, n), 0) if k % 2 else 2 * real(rng, N, n)
    a[:, 0] = np.abs(a[:, 0]) + 0.2
    return Case((a,), {"N": N, "n": n, "root of n": n**0.5})


def _zero_row(rng: Rng) -> list[Case]:
    a = np.maximum(real(rng, 5, 4), 0.0)
    a[:, 1] += 0.3
    a[2] = 0.0
    return [Case((a,), {"N": 5, "n": 4, "root of n": 2.0}, "a row of zeros", "zero_row_divided|")]


NORMALISE = Exercise(
    name="normalise_length",
    title="Forward-Forward, length normalisation",
    arguments=("a",),
    outputs=("a",),
    about="""Scale each row to length 1, and leave a row of zeros as it is: a / (|a| + 1e-8).

    a: (N, n). Returns a new array (N, n).""",
    lesson="lesson 7",
    reference=references.normalise_length,
    recipe=_normalise,
    draw=_draw_length,
    extremes=_zero_row,
    scales={"root of n": "rms_for_length"},
    mistakes=mistakes(
        zero_row_divided={"divide": lambda a, size: a / size},
        normalised_over_batch={"size": lambda a: np.linalg.norm(a, axis=0, keepdims=True)},
        normalised_as_a_whole={"size": np.linalg.norm},
        absolute_sum_for_length={"size": lambda a: np.abs(a).sum(axis=1, keepdims=True)},
        sum_for_length={"size": lambda a: a.sum(axis=1, keepdims=True)},
        root_missing={"size": lambda a: (a * a).sum(axis=1, keepdims=True)},
        largest_for_length={"size": lambda a: np.abs(a).max(axis=1, keepdims=True)},
        spread_for_length=[{"size": lambda a: a.std(axis=1, keepdims=True)},
                           {"size": lambda a: a.std(axis=1, keepdims=True), "before": lambda a: a - a.mean(axis=1,
                            keepdims=True)}],
        standardised_over_batch={"size": lambda a: a.std(axis=0), "before": lambda a: a - a.mean(axis=0)},
        mean_length={"size": lambda a: np.linalg.norm(a, axis=1).mean()},
        activity_centred={"before": lambda a: a - a.mean(axis=1, keepdims=True)},
        epsilon_too_large=[{"divide": lambda a, size, e=e: a / (size + e)} for e in (1.0, 0.1, 0.01, 1e-3)],
        multiplied_by_length={"divide": lambda a, size: a * size},
        length_returned={"divide": lambda a, size: size[:, 0]},
        not_normalised={"divide": lambda a, size: a + 0},
        squared={"divide": lambda a, size: (a / (size + 1e-8)) ** 2},
        softmax_added={"divide": lambda a, size: eq.softmax(a)},
        sign_returned={"divide": lambda a, size: np.sign(a)},
        goodness_divided={"size": lambda a: np.sqrt(np.linalg.norm(a, axis=1, keepdims=True))},
    ),
)  # fmt: skip


class Predictor:
    """A predict function that knows its batch size, and refuses more rows than that at once, or none."""

    def __init__(self, table: np.ndarray, batch_size: int):
        self.table, self.batch_size = table, batch_size

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The label of each row; its number is the row's first entry."""
        if len(X) > self.batch_size:
            raise Refused(
                Finding(
                    "not_batched",
                    f"predict was given {len(X)} rows at once; batch_size is {self.batch_size}.",
                )
            )
        return self.table[np.asarray(X)[:, 0].astype(int)]


def _draw_accuracy(rng: Rng, k: int) -> Case:
    N, size = ((103, 10), (40, 8), (57, 9), (13, 20), (9, 1))[k]
    X, y = real(rng, N, 3), rng.integers(0, 4, N)
    X[:, 0] = rng.permutation(N)
    tail = N - N % size if N % size else N - size
    right = rng.random(N) < np.where(np.arange(N) < tail, 0.8, 0.3)
    right[-2:] = False, True
    table = np.empty(N, dtype=int)
    table[X[:, 0].astype(int)] = np.where(right, y, (y + 1) % 4)
    extreme = "fewer samples than one batch" if size > N else ""
    return Case((Predictor(table, size), X, y, size), {"N": N, "batch_size": size}, extreme, "|last_batch_dropped")


def _accuracy(predict, X, y, batch_size, *, starts=lambda n, size: range(0, n, size), count=np.count_nonzero,
              combine=lambda counts, sizes, n, size: sum(counts) / n, match=lambda p, y: p == y):  # fmt: skip
    counts, lengths = [], []
    for start in starts(len(X), batch_size):
        batch = slice(start, start + batch_size)
        counts.append(count(match(predict(X[batch]), y[batch])))
        lengths.append(len(y[batch]))
    return combine(counts, lengths, len(X), batch_size)


def _whole(n, size):
    return range(0, n - size + 1, size) if n >= size else range(0, n, size)


def _mean_of_means(counts, sizes, n, size):
    return np.mean([c / s for c, s in zip(counts, sizes, strict=True)]) if sizes else float("nan")


ACCURACY = Exercise(
    name="accuracy_over_batches",
    title="Accuracy over batches",
    arguments=("predict", "X", "y", "batch_size"),
    outputs=("accuracy",),
    about="""The share of right predictions, where predict may be given at most batch_size rows at a time.

    predict: a function, (n, D) -> (n,) integer labels. X: (N, D). y: (N,) integer labels. N need not be a
    multiple of batch_size. Returns a float from 0 to 1.""",
    lesson="lesson 11",
    reference=references.accuracy_over_batches,
    recipe=_accuracy,
    draw=_draw_accuracy,
    draws=5,
    scales={"N": "count_for_share"},
    mistakes=mistakes(
        last_batch_dropped=[
            {"starts": _whole, "combine": lambda c, s, n, size: sum(c) / max(sum(s), 1)},
            {"starts": lambda n, size: range(0, n - size + 1, size), "combine": lambda c, s, n,
             size: sum(c) / max(sum(s), 1)},
            {"starts": _whole, "combine": _mean_of_means},
            {"starts": lambda n, size: range(0, n - size + 1, size), "combine": _mean_of_means},
            {"starts": lambda n, size: range(0, n - size + 1, size),
             "combine": lambda c, s, n, size: sum(c) / sum(s) if s else 0.0},
        ],
        last_batch_not_counted=[{"starts": _whole}, {"starts": lambda n, size: range(0, n - size + 1, size)}],
        divided_by_full_batches={"combine": lambda c, s, n, size: sum(c) / (len(c) * size)},
        mean_of_batch_means={"combine": _mean_of_means},
        batch_divided_by_full_size={"combine": lambda c, s, n, size: sum(c) / size / max(n // size, 1)},
        last_batch_only={"combine": lambda c, s, n, size: c[-1] / s[-1]},
        first_batch_only={"combine": lambda c, s, n, size: c[0] / s[0]},
        error_for_accuracy={"match": lambda p, y: p != y},
        percent_for_share={"combine": lambda c, s, n, size: 100 * sum(c) / n},
        batches_overlap={"starts": lambda n, size: range(n), "combine": lambda c, s, n, size: sum(c) / sum(s)},
        nonzero_counted={"match": lambda p, y: p},
        first_batch_skipped={"starts": lambda n, size: range(size if n > size else 0, n, size)},
    ),
)  # fmt: skip

EXERCISES = (OVERLAY, NORMALISE, ACCURACY)
