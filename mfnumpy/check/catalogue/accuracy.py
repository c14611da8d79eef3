"""Exercise accuracy_over_batches, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import measure
from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.model import Case, Exercise, Finding, Refused, Rng, mistakes


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
                    f"predict was given {len(X)} rows at once, more than batch_size: batch_size is {self.batch_size}.",
                )
            )
        if np.ndim(X) == 1:
            says = f"predict was given an array of shape {np.shape(X)}: one row without the axis of the batch."
            raise Refused(Finding("row_without_axis", says))
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
              combine=lambda counts, sizes, n, size: sum(counts) / n, match=lambda p, y: p == y,
              labels=lambda y, batch: y[batch], rows=lambda start, n, size: slice(start, start + size),
              whole=None):  # fmt: skip
    if whole is not None:  # only in wrong versions
        return whole(predict, X, y, batch_size)
    counts, lengths = [], []
    for start in starts(len(X), batch_size):
        batch = rows(start, len(X), batch_size)
        counts.append(count(match(predict(X[batch]), labels(y, batch))))
        lengths.append(len(y[batch]))
    return combine(counts, lengths, len(X), batch_size)


def _whole(n, size):
    return range(0, n - size + 1, size) if n >= size else range(0, n, size)


def _balanced(predict, X, y, batch_size):
    said = np.concatenate([predict(X[k : k + batch_size]) for k in range(0, len(X), batch_size)])
    return float(np.mean([np.mean(said[y == c] == c) for c in np.unique(y)]))


def _wrapped(start, n, size):
    return np.arange(start, start + size) % n


def _padded(start, n, size):
    return np.minimum(np.arange(start, start + size), n - 1)


def _moved_back(start, n, size):
    return slice(max(min(start, n - size), 0), start + size)


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
    reference=measure.accuracy_over_batches,
    recipe=_accuracy,
    draw=_draw_accuracy,
    draws=5,
    scales={"N": "count_for_share"},
    sentences={"count_for_share": "The right predictions are counted; the count is not divided by the number of "
                                  "samples, N.",
               "row_without_axis": "predict takes rows, (n, D), also where n is 1.",
               "not_batched": "predict must be given a batch at a time: a whole data set may not fit into memory."},
    mistakes=mistakes(
        last_batch_dropped=["The last batch, which is smaller, is dropped (drop_last): the "
            "rows that do not fill a batch are left out of both count and divisor.",
            {"starts": _whole, "combine": lambda c, s, n, size: sum(c) / max(sum(s), 1)},
            {"starts": lambda n, size: range(0, n - size + 1, size), "combine": lambda c, s, n,
             size: sum(c) / max(sum(s), 1)},
            {"starts": _whole, "combine": _mean_of_means},
            {"starts": lambda n, size: range(0, n - size + 1, size), "combine": _mean_of_means},
            {"starts": lambda n, size: range(0, n - size + 1, size),
             "combine": lambda c, s, n, size: sum(c) / sum(s) if s else 0.0},
        ],
        last_batch_not_counted=["The last batch, which is smaller, is left out of the count, but the "
                                "division is by all N samples.",
                                {"starts": _whole}, {"starts": lambda n, size: range(0, n - size + 1, size)}],
        divided_by_full_batches=["The last batch is counted as if it were full, though it is smaller: the divisor is "
                                 "the number of batches times batch_size, not the number of samples.",
                                 {"combine": lambda c, s, n, size: sum(c) / (len(c) * size)}],
        mean_of_batch_means=["The batches' accuracies are averaged as if all batches were equally large (a mean of "
                             "means): a row of the smaller last batch has more weight.",
                             {"combine": _mean_of_means}],
        batch_divided_by_full_size=["The count is divided by batch_size and by the number of whole batches (rounded "
                                    "down), as if there were no rows beside them.",
                                    {"combine": lambda c, s, n, size: sum(c) / size / max(n // size, 1)}],
        last_batch_only=["Only the last batch is counted, its accuracy is returned: is the count made anew in each "
                         "turn of the loop?",
                         {"combine": lambda c, s, n, size: c[-1] / s[-1]}],
        first_batch_only=["Only the first batch is counted, its accuracy is returned: is a return inside the loop?",
                          {"combine": lambda c, s, n, size: c[0] / s[0]}],
        error_for_accuracy=["This is the share of wrong predictions (the error rate), not that of right ones.",
                            {"match": lambda p, y: p != y}],
        percent_for_share=["The result is in per cent; asked for is a share from 0 to 1.",
                           {"combine": lambda c, s, n, size: 100 * sum(c) / n}],
        batches_overlap=["The batches overlap: each begins one row after the one before it, not batch_size rows after.",
                         {"starts": lambda n, size: range(n), "combine": lambda c, s, n, size: sum(c) / sum(s)}],
        nonzero_counted=["Predictions that are not 0 are counted; they are not compared with the labels y.",
                         {"match": lambda p, y: p}],
        first_batch_skipped=["The first batch is skipped: the loop begins with the second one.",
                             {"starts": lambda n, size: range(size if n > size else 0, n, size)}],
        count_overwritten=["Only the last batch counts, and the division is by all samples: the count is overwritten "
                           "in the loop (= instead of +=).",
                           {"combine": lambda c, s, n, size: c[-1] / n}],
        same_labels_for_all=["The labels are not sliced with the batch: each batch is compared with the same labels "
            "(the first labels of y, or the last ones), not with its own labels.",
                             {"labels": lambda y, batch: y[: len(y[batch])]},
                                 {"labels": lambda y, batch: y[-len(y[batch]):]}],
        one_label_for_batch=["Each batch is compared with one label (a single index of y), not with the label of each "
                             "row.",
                             {"labels": lambda y, batch: y[batch.start // (batch.stop - batch.start)]},
                             {"labels": lambda y, batch: y[batch.start]}],
        labels_shifted=["Each batch is compared with labels of other rows: they are shifted by one row (off by one).",
                        {"labels": lambda y, batch: np.roll(y, 1)[batch]},
                            {"labels": lambda y, batch: np.roll(y, -1)[batch]}],
        first_batch_counted_twice=["A batch, the first or the last, is counted twice.",
                                   {"combine": lambda c, s, n, size: (sum(c) + c[0]) / n},
                                   {"combine": lambda c, s, n, size: (sum(c) + c[-1]) / n}],
        divided_by_number_of_batches=["The count is divided by the number of batches, not by the number of rows "
                                      "(samples).",
                                      {"combine": lambda c, s, n, size: sum(c) / len(c)}],
        divided_by_batch_size=["The count is divided by the batch size, not by the number of rows.",
                               {"combine": lambda c, s, n, size: sum(c) / size}],
        rows_counted_twice=["The last batch, which is smaller, is filled up with rows that were counted before: they "
                            "count twice.",
                            *[{"rows": rows, **more} for rows in (_wrapped, _padded, _moved_back)
                              for more in ({}, {"combine": lambda c, s, n, size: sum(c) / sum(s)},
                                           {"combine": _mean_of_means})]],
        mean_over_classes=["The accuracy of each class is averaged as if all classes had equally many rows (balanced "
                           "accuracy, a macro average of the recalls); every row counts alike.",
                           {"whole": _balanced}],
        best_batch=["The accuracy of the best batch is returned (a maximum), not that of all rows.",
                    {"combine": lambda c, s, n, size: max(a / b for a, b in zip(c, s,
            strict=True))}],
        whole_number_division=["The result is cut to a whole number (floor division //, or an int): 0 unless all are "
                               "right.",
            {"combine": lambda c, s, n, size: float(sum(c) // n)}],
        share_of_batches=["A batch counts as right or wrong as a whole: it is right only if all its rows are.",
                          {"combine": lambda c, s, n, size: np.mean([a == b for a, b in zip(c, s, strict=True)])},
                          {"combine": lambda c, s, n, size: sum(a == b for a, b in zip(c, s, strict=True)) / n}],
        last_row_of_batch_dropped=["The last row of each batch is left out: the slice ends one too early (off by "
                                   "one).",
            {"count": lambda hit: np.count_nonzero(hit[:-1])}],
        first_row_of_batch_only=["Only the first row of each batch counts (an index 0 too many?).",
            {"count": lambda hit: int(hit[0]) if len(hit) else 0}],
        labels_subtracted=["Prediction and label are subtracted and the distances averaged, as if labels were "
                           "quantities; counted should be how often they agree.",
                           {"match": lambda p, y: np.abs(p - y), "count": np.sum},
                           {"match": lambda p, y: (p - y) ** 2, "count": np.sum},
                           {"match": lambda p, y: np.abs(p - y), "count": np.mean},
                           {"match": lambda p, y: (p - y) ** 2, "combine": _mean_of_means, "count": np.sum}],
        last_batch_weighed_as_full=["The accuracy of each batch is multiplied by batch_size, also that of the last, "
                                    "smaller one: its rows have too much weight.",
                                    {"combine": lambda c, s, n, size:
                                        len(c) * size / n * _mean_of_means(c, s, n, size)}],
        absolute_difference=["A prediction one class beside the label counts as right: labels are treated as numbers "
                             "and compared with a tolerance.",
                             {"match": lambda p, y: np.abs(p - y) <= 1}],
    ),
)  # fmt: skip


EXERCISES = (ACCURACY,)
