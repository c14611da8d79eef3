"""Exercises overlay_label and normalise_length, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import labels, real, sizes
from mfnumpy.check.model import Case, Exercise, Free, Property, Rng, mistakes
from mfnumpy.rules import ff


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
    reference=ff.overlay_label,
    recipe=_overlay,
    draw=_draw_overlay,
    unbounded=("x",),
    transposable=False,
    regions=lambda x, y, m: {
        "in the first n_classes inputs": np.arange(x.shape[1])[None, :] + 0 * x < m,
        "in the inputs behind the first n_classes": np.arange(x.shape[1])[None, :] + 0 * x >= m,
    },
    axes={"x": ("sample", "input")},
    properties=(
        Property("x", "each row has a single entry that is not 0 among its first n_classes",
                 lambda args, x: bool((np.count_nonzero(x[:, : args[2]], axis=1) == 1).all())),
        Property("x", "the inputs after the first n_classes stay as they were",
                 lambda args, x: np.array_equal(x[:, args[2] :], args[0][:, args[2] :])),
    ),
    mistakes=mistakes(
        label_pixels_not_reset=["The label is written, but the other ones of the first n_classes inputs keep their old "
                                "values: they are not cleared (set to 0).",
                                {"write": _set_only}],
        label_at_the_end=["The label is written over the last inputs (at the end of the row), not the first.",
                          {"write": _at_end}],
        label_added=["The label is added to the first inputs (+=), which keep their old values below it; it should be "
                     "written over them.",
                     {"write": _added}],
        label_shifted=["The label begins one input too late (off by one): the first input is not written over.",
                       {"write": _shifted_by_one}],
        label_multiplied=["The label multiplies the inputs; it should replace them.",
                          {"write": lambda x, mark: np.hstack([x[:, : mark.shape[1]] * mark, x[:, mark.shape[1] :]])}],
        label_appended=["The label is put beside the inputs (appended, so that the row is longer); it should be "
                        "written over the first of them.",
                        {"write": lambda x, mark: np.hstack([x, mark])},
            {"write": lambda x, mark: np.hstack([mark, x])}],
        label_only=["Only the one-hot label is returned; the image (x) is lost.",
                    {"write": lambda x, mark: mark}],
        image_lost=["The inputs after the label are set to 0: the rest of the image is lost.",
                    {"write": lambda x, mark: np.hstack([mark, 0 * x[:, mark.shape[1] :]])}],
        column_of_labels=[{"mark": _columns}, {"mark": _columns, "write": _set_only}],
        label_off_by_one=[
            {"mark": lambda y, m, x: eq.one_hot((y + 1) % m, m, "float64")},
             {"mark": lambda y, m, x: eq.one_hot(y - 1, m, "float64")},
            {"mark": lambda y, m, x: eq.one_hot((y - 1) % m, m, "float64")},
             {"mark": lambda y, m, x: eq.one_hot(y + 1, m, "float64")},
        ],
        classes_counted_in_batch=["The number of classes is counted from the labels of the batch, which may lack "
                                  "some.",
                                  {"mark": lambda y, m, x: eq.one_hot(y, y.max() + 1, "float64")},
                                  {"mark": lambda y, m, x: eq.one_hot(y, len(np.unique(y)), "float64")}],
        ten_classes_assumed=["Ten classes are assumed: a constant 10 stands for n_classes, which is not used.",
                             {"mark": lambda y, m, x: eq.one_hot(y, 10, "float64")}],
        label_of_largest=["The label is written as the largest value of x (a maximum), not as a 1.",
                          {"mark": lambda y, m, x: x.max() * eq.one_hot(y, m, "float64")},
                          {"mark": lambda y, m, x: x.max(axis=1, keepdims=True) * eq.one_hot(y, m, "float64")},
                          {"mark": lambda y, m, x: x[:, :m].max() * eq.one_hot(y, m, "float64")},
                          {"mark": lambda y, m, x: x[:, :m].max(axis=1, keepdims=True) * eq.one_hot(y, m, "float64")},
                          {"mark": lambda y, m, x: max(x[:, m:].max(), 0) * eq.one_hot(y, m, "float64")}],
        label_value=["The label is not written as a 1: another value, such as 255 or 1/n_classes, stands in its place.",
                     {"mark": lambda y, m, x: 255 * eq.one_hot(y, m, "float64")},
                     {"mark": lambda y, m, x: eq.one_hot(y, m, "float64") / m}],
        label_number_for_one=["The label's own number y is written in its place, not a 1; class 0 then leaves no mark.",
                              {"mark": lambda y, m, x: y[:, None] * eq.one_hot(y, m, "float64")}],
        label_inverted=["Ones and zeros of the one-hot label are exchanged (inverted): 0 at the label, 1 at all other "
                        "classes.",
                        {"mark": lambda y, m, x: 1 - eq.one_hot(y, m, "float64")}],
        label_not_one_hot=["The label's number (y, or y / n_classes) is written into all of the first n_classes "
                           "inputs; the label should be one-hot.",
            {"mark": lambda y, m, x: np.tile(y[:, None], m)},
            {"mark": lambda y, m, x: np.tile(y[:, None] / m, m)}],
        neutral_label=["A neutral label (1/n_classes everywhere) is written instead of the sample's own.",
                       {"mark": lambda y, m, x: np.full((len(y), m), 1 / m)}],
        first_label_for_all=["Every sample gets the first sample's label: y[0] is used for the whole batch.",
                             {"mark": lambda y, m, x: eq.one_hot(np.full_like(y, y[0]), m, "float64")}],
        label_missing=["The label is missing: no input is set to 1; the first inputs are as they were, or all 0.",
            {"write": lambda x, mark: x}, {"mark": lambda y, m, x: np.zeros((len(y), m))}],
        label_of_row_mean=["The label is written as a number made of x (a mean of the row or of all, a deviation, a "
                           "length, a sum), not as a 1.",
                           {"mark": lambda y, m, x: np.abs(x).mean(axis=1, keepdims=True) * eq.one_hot(y, m,
                               "float64")},
                           {"mark": lambda y, m, x: x.mean(axis=1, keepdims=True) * eq.one_hot(y, m, "float64")},
                           {"mark": lambda y, m, x: x.mean() * eq.one_hot(y, m, "float64")},
                           {"mark": lambda y, m, x: x.std() * eq.one_hot(y, m, "float64")},
                           {"mark": lambda y, m, x: np.linalg.norm(x, axis=1, keepdims=True) * eq.one_hot(y, m,
                               "float64")},
                           {"mark": lambda y, m, x: x.sum(axis=1, keepdims=True) * eq.one_hot(y, m, "float64")}],
        label_constant=["The label is written as another number than 1 (a constant).",
                        Free(lambda c: {"mark": lambda y, m, x: c * eq.one_hot(y, m, "float64")}, (5.0,),
                            "it is {}", (10.0, 0.5, -1.0))],
        other_entries_constant=["The entries of the other classes in the one-hot label are not 0 but a constant.",
                                Free(lambda c: {"mark": lambda y, m, x: eq.one_hot(y, m, "float64") + c * (
                                    1 - eq.one_hot(y, m, "float64"))}, (-1.0,), "they are {}", (-1.0, 0.1))],
        label_number_written=["The label's number y is written into the first input; it should be one-hot over the "
                              "first n_classes inputs.",
                              {"write": lambda x, mark: np.hstack([mark.argmax(axis=1)[:, None], x[:, 1:]])}],
        label_in_reverse=["The one-hot label is written in reverse order: classes are counted from the end.",
                          {"mark": lambda y, m, x: eq.one_hot(m - 1 - y, m, "float64")}],
        labels_of_other_samples=["Samples get each other's labels: the order of y is shifted by one, reversed or "
                                 "sorted.",
                                 {"mark": lambda y, m, x: eq.one_hot(y[::-1], m, "float64")},
                                 {"mark": lambda y, m, x: eq.one_hot(np.roll(y, 1), m, "float64")},
                                 {"mark": lambda y, m, x: eq.one_hot(np.roll(y, -1), m, "float64")},
                                 {"mark": lambda y, m, x: eq.one_hot(np.sort(y), m, "float64")}],
        label_in_first_row_only=["Only the first sample gets its label.",
                                 {"write": lambda x, mark: np.vstack([np.hstack([mark[:1], x[:1, mark.shape[1]:]]),
                                     x[1:]])}],
        image_moved=["The image is moved to make room for the label: its last inputs are lost.",
                     {"write": lambda x, mark: np.hstack([mark, x[:, : -mark.shape[1]]])}],
        cumulative_label=["All inputs up to the label (or from it on) are 1, as in a thermometer code; one-hot has a "
                          "single 1.",
                          {"mark": lambda y, m, x: (np.arange(m) <= y[:, None]) * 1.0},
                          {"mark": lambda y, m, x: (np.arange(m) >= y[:, None]) * 1.0}],
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
    reference=ff.normalise_length,
    recipe=_normalise,
    draw=_draw_length,
    unbounded=("a",),
    extremes=_zero_row,
    scales={"root of n": "rms_for_length"},
    sentences={"not_normalised": "The rows are not divided by their length.",
               "rms_for_length":
                   "Rows are scaled to a root mean square of 1, as in Hinton's own code; the exercise asks for length "
                   "1."},
    axes={"a": ("sample", "neuron")},
    properties=(
        Property("a", "each row has the length 1",
                 lambda args, a: np.allclose(np.linalg.norm(a, axis=1), 1, atol=1e-3)),
        Property("a", "no sign changes", lambda args, a: np.array_equal(np.sign(a), np.sign(args[0]))),
    ),
    mistakes=mistakes(
        zero_row_divided=["A row of zeros is divided by its length 0, which gives nan (0/0): the epsilon that guards "
                          "against it is missing.",
                          {"divide": lambda a, size: a / size}],
        normalised_over_batch=["The length is taken over the batch (of each column, axis 0), along the wrong axis: "
                               "each row has a length of its own.",
                               {"size": lambda a: np.linalg.norm(a, axis=0, keepdims=True)}],
        normalised_as_a_whole=["The length is that of the whole array (no axis); each row has its own.",
                               {"size": np.linalg.norm}],
        absolute_sum_for_length=["The sum of absolute values (the L1 norm) is taken for the length, which is the L2 "
                                 "norm, made of squares.",
                                 {"size": lambda a: np.abs(a).sum(axis=1, keepdims=True)}],
        sum_for_length=["The sum of the row is taken for the length: positive and negative entries cancel in it.",
                        {"size": lambda a: a.sum(axis=1, keepdims=True)}],
        root_missing=["The square root is missing: each row is divided by its sum of squares (the squared length, the "
                      "goodness), not by its length.",
                      {"size": lambda a: (a * a).sum(axis=1, keepdims=True)}],
        largest_for_length=["The largest entry of the row (a maximum) is taken for the length.",
                            {"size": lambda a: np.abs(a).max(axis=1, keepdims=True)}],
        spread_for_length=["The standard deviation of the row is taken for the length (with the mean taken off the "
                           "row, or without), as in layer normalisation.",
                           {"size": lambda a: a.std(axis=1, keepdims=True)},
                           {"size": lambda a: a.std(axis=1, keepdims=True), "before": lambda a: a - a.mean(axis=1,
                            keepdims=True)}],
        standardised_over_batch=["Each column is standardised over the batch (its mean taken off, divided by its "
                                 "deviation): that is batch normalisation.",
                                 {"size": lambda a: a.std(axis=0), "before": lambda a: a - a.mean(axis=0)}],
        mean_length=["All rows are divided by one number, the mean length over the batch; each row has a length of its "
                     "own.",
                     {"size": lambda a: np.linalg.norm(a, axis=1).mean()}],
        activity_centred=["The mean of each row is taken off first (it is centred), and then it is divided by its "
                          "length; only the length should change.",
                          {"before": lambda a: a - a.mean(axis=1, keepdims=True)}],
        epsilon_too_large=["The epsilon is so large that lengths are not 1.",
                           *[{"divide": lambda a, size, e=e: a / (size + e)} for e in (1.0, 0.1, 0.01, 1e-3)]],
        multiplied_by_length=["Rows are multiplied by their length; they should be divided.",
                              {"divide": lambda a, size: a * size}],
        length_returned=["The lengths are returned, not the scaled rows.",
                         {"divide": lambda a, size: size[:, 0]}],
        not_normalised={"divide": lambda a, size: a + 0},
        squared=["The scaled entries are squared: each row then sums to 1, but its length is not 1.",
                 {"divide": lambda a, size: (a / (size + 1e-8)) ** 2}],
        softmax_added=["A softmax is taken of each row: the entries then sum to 1, but the length is not 1.",
                       {"divide": lambda a, size: eq.softmax(a)}],
        sign_returned=["Only the signs of the entries are returned (-1, 0 or 1), not the scaled entries.",
                       {"divide": lambda a, size: np.sign(a)}],
        goodness_divided=["Rows are divided by the root of their length: one square root too many.",
                          {"size": lambda a: np.sqrt(np.linalg.norm(a, axis=1, keepdims=True))}],
        other_norm=["Another norm than the length (the L2 norm) is used.",
                    Free(lambda q: {"size": lambda a: (np.abs(a) ** q).sum(axis=1, keepdims=True) ** (1 / q)}, (3.0,
                        1.5),
                         "the power in it is {}", (3.0, 1.5))],
        epsilon_large=["The epsilon is so large that lengths are not 1.",
                       Free(lambda e: {"divide": lambda a, size: a / (size + e)}, (0.1, 1.0), "it is {}", (0.05, 0.5)),
                       Free(lambda e: {"size": lambda a: np.sqrt((a * a).sum(axis=1, keepdims=True) + e)}, (0.1, 1.0),
                            "it stands under the root and is {}", (0.05, 0.5)),
                       Free(lambda e: {"divide": lambda a, size: a / np.maximum(size, e)}, (5.0,), "it is {}", (4.0,))],
        min_max_scaled=["Each row is divided by its range, from its smallest to its largest entry (min-max scaling), "
                        "not by its length.",
                        {"divide": lambda a, size: (a - a.min(axis=1, keepdims=True)) / np.ptp(a, axis=1,
                            keepdims=True)},
                        {"divide": lambda a, size: a / np.ptp(a, axis=1, keepdims=True)}],
        mean_absolute=["Each row is divided by the mean of its absolute values, not by its length.",
                       {"size": lambda a: np.abs(a).mean(axis=1, keepdims=True)}],
        length_of_next_row=["Each row is divided by the length of another row (the one before, the first, the last).",
                            {"size": lambda a: np.roll(np.linalg.norm(a, axis=1, keepdims=True), 1, axis=0)},
                            {"size": lambda a: np.linalg.norm(a, axis=1, keepdims=True)[::-1]},
                            {"size": lambda a: np.linalg.norm(a, axis=1, keepdims=True)[0]},
                            {"size": lambda a: np.linalg.norm(a, axis=1, keepdims=True)[-1]}],
        largest_length=["All rows are divided by the largest length of the batch.",
                        {"size": lambda a: np.linalg.norm(a, axis=1).max()}],
    ),
)  # fmt: skip


EXERCISES = (OVERLAY, NORMALISE)
