"""Exercises on honest tables: mean_and_deviation and chosen_by_validation."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Rng, mistakes


def _statistics(values, *, centre=np.mean, spread=lambda v: np.std(v, ddof=1)):
    return centre(values), spread(values)


MEAN_AND_DEVIATION = Exercise(
    name="mean_and_deviation",
    title="Mean and standard deviation",
    arguments=("values",),
    outputs=("mean", "deviation"),
    about="""Mean and standard deviation of the results of several seeds, as a table shows them.

    values: a list of floats, a sample of all seeds. Returns (mean, deviation).""",
    lesson="lesson 13",
    reference=_statistics,
    recipe=_statistics,
    draw=lambda rng, k: Case(([float(v) for v in rng.uniform(90, 99, (3, 5, 10, 4)[k])],)),
    kind="values",
    mistakes=mistakes(
        deviation_of_these_alone=["That deviation is the one of these n numbers alone; seeds are a sample of all "
                                  "seeds.", {"spread": np.std}],
        standard_error=["That is the standard error of the mean; tables show the deviation of single runs.",
                        {"spread": lambda v: np.std(v, ddof=1) / np.sqrt(len(v))}, {"spread": lambda v: np.std(v) /
                         np.sqrt(len(v))}],
        variance_for_deviation=["The deviation is a variance: the square root is missing.",
                                {"spread": lambda v: np.var(v, ddof=1)}, {"spread": np.var}],
        median_for_mean=["The mean is not right: that is the median.", {"centre": np.median}],
        range_for_deviation=["That is the distance from the smallest to the largest value, not the deviation.",
                             {"spread": np.ptp}, {"spread": lambda v: np.ptp(v) / 2}],
        mean_deviation=["That is the mean absolute distance from the mean; squares and root are missing.",
                        {"spread": lambda v: np.abs(v - np.mean(v)).mean()},
                        {"spread": lambda v: np.abs(v - np.mean(v)).sum() / (len(v) - 1)},
                        {"spread": lambda v: np.abs(v - np.median(v)).mean()}],
        outputs_in_another_order=[{"centre": lambda v: np.std(v, ddof=1), "spread": np.mean}],
    ),
    sentences={"median_for_mean": "The mean is not right: that is the median."},
)  # fmt: skip


def _draw_epochs(rng: Rng, k: int) -> Case:
    """The epochs that are best in validation and in the test differ, and the last one is neither."""
    n = int(rng.integers(5, 15))
    test = [float(v) for v in rng.permutation(n) / n]
    while True:
        validation = [float(v) for v in (rng.permutation(n) + 0.5) / n]  # between the test accuracies, and none of them
        best = int(np.argmax(validation))
        if best not in (int(np.argmax(test)), n - 1) and test[best] != min(test):
            return Case((validation, test))


def _chosen(validation, test):
    return test[int(np.argmax(validation))]


CHOSEN_BY_VALIDATION = Exercise(
    name="chosen_by_validation",
    title="Which epoch counts",
    arguments=("validation", "test"),
    outputs=("accuracy",),
    about="""The test accuracy of the epoch that the validation set chooses.

    validation, test: lists of accuracies, one for each epoch. Returns a float.""",
    lesson="lesson 13",
    reference=_chosen,
    recipe=whole(_chosen),
    draw=_draw_epochs,
    kind="values",
    mistakes=known({
        "best_on_test": ["That is the best epoch on the test set: it was chosen by the numbers that it is judged by.",
                         lambda validation, test: max(test)],
        "last_epoch": ["That is the last epoch; the validation set chooses which one counts.",
                       lambda validation, test: test[-1]],
        "validation_reported": ["That is the validation accuracy; reported is the test accuracy of the chosen epoch.",
                                lambda validation, test: max(validation)],
        "smallest_chosen": ["The epoch with the smallest validation accuracy is chosen.",
                            lambda validation, test: test[int(np.argmin(validation))]],
        "epoch_beside": ["That is the epoch before or after the chosen one: the index is off by one.",
                         lambda validation, test: test[int(np.argmax(validation)) - 1],
                         lambda validation, test: test[(int(np.argmax(validation)) + 1) % len(test)]],
        "best_not_raised": ["The best value so far is not raised (updated): the last epoch that is better than the "
                            "first one counts, not the largest of all.",
                            lambda v, t: t[max([0, *(k for k in range(len(v)) if v[k] > v[0])])]],
        "better_than_before": ["Each epoch is compared with the epoch before it, not with the best so far.",
                               lambda v, t: t[max([0, *(k for k in range(1, len(v)) if v[k] > v[k - 1])])]],
        "stopped_early": ["The search stops at the first epoch that is worse than the one before it; a later one may "
                          "be better.", lambda v, t: t[next((k for k in range(1, len(v)) if v[k] < v[k - 1]),
                              len(v)) - 1]],
        "mean_over_epochs": ["The mean over the epochs is reported; one epoch counts.",
                             lambda validation, test: np.mean(test)],
    }),
)  # fmt: skip

EXERCISES = (MEAN_AND_DEVIATION, CHOSEN_BY_VALIDATION)
