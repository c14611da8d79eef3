"""What goes wrong where a class is chosen by its score: replacements of a step, scores (N, m) -> labels (N,)."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq

SENTENCES = {
    "absolute_value": "The largest absolute value of the scores is chosen: signs are lost, and a large negative score "
    "wins.",
    "label_off_by_one": "The labels are off by one (1 is added to the argmax): they count from 0, not from 1.",
    "first_label_for_all": "Every sample gets the label of the first sample (row 0).",
}

CHOICES = {
    "smallest_for_largest": [
        "The smallest score is chosen (argmin), not the largest.",
        {"choose": lambda g: g.argmin(axis=1)},
    ],
    "largest_over_samples": [
        "The largest score is looked for over the samples (axis 0), along the wrong axis: one sample for each class.",
        {"choose": lambda g: g.argmax(axis=0)},
    ],
    "largest_of_everything": [
        "The largest score is looked for in the whole array (no axis): one number; each sample has its own.",
        {"choose": np.argmax},
    ],
    "scores_returned": ["The scores are returned, not the labels: the argmax is missing.", {"choose": lambda g: g}],
    "largest_score_returned": [
        "The largest score itself is returned (max), not the class that has it (argmax).",
        {"choose": lambda g: g.max(axis=1)},
    ],
    "label_off_by_one": {"choose": lambda g: g.argmax(axis=1) + 1},
    "one_hot_returned": [
        "One-hot rows of shape (N, m) are returned, not labels (N,).",
        {"choose": lambda g: (g == g.max(axis=1, keepdims=True)) * 1},
    ],
    "last_class_never_predicted": [
        "The last class is never predicted: its column is left out.",
        {"choose": lambda g: g[:, :-1].argmax(axis=1)},
    ],
    "first_class_never_predicted": [
        "The first class (0) is never predicted: its column is left out.",
        {"choose": lambda g: 1 + g[:, 1:].argmax(axis=1)},
    ],
    "first_class_cut_off": [
        "The first column is left out, and the labels are counted without it: class 0 is never right, and every other "
        "label is one too small.",
        {"choose": lambda g: g[:, 1:].argmax(axis=1)},
    ],
    "second_largest": [
        "The second largest score is chosen, not the largest.",
        {"choose": lambda g: np.argsort(g, axis=1)[:, -2]},
    ],
    "first_label_for_all": [{"choose": lambda g: np.full(len(g), g[0].argmax())}],
    "sorted_order": [
        "A rank is returned, the place of the last class in the order of the scores (argsort twice), not a class.",
        {"choose": lambda g: np.argsort(np.argsort(g, axis=1), axis=1)[:, -1]},
    ],
    "labels_in_reverse": [
        "The labels come in reverse order of the samples: the last sample's label is the first.",
        {"choose": lambda g: g.argmax(axis=1)[::-1].copy()},
    ],
    "classes_in_reverse": [
        "The classes are counted from the end, in reverse: class 0 is taken for the last one.",
        {"choose": lambda g: g.shape[1] - 1 - g.argmax(axis=1)},
    ],
    "classes_centred": [
        "The mean of each class over the batch is taken off the scores first (they are centred along axis 0).",
        {"choose": lambda g: (g - g.mean(axis=0)).argmax(axis=1)},
    ],
    "softmax_over_samples": [
        "A softmax over the batch (axis 0) comes before the argmax: the samples compete for each class; a softmax "
        "belongs over the classes, if at all.",
        {"choose": lambda g: eq.softmax(g.T).T.argmax(axis=1)},
    ],
    "absolute_value": {"choose": lambda g: np.abs(g).argmax(axis=1)},
}
