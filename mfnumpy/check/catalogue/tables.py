"""Exercises on honest tables: mean_and_deviation and chosen_by_validation."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Property, Rng, mistakes


def _statistics(values, *, centre=np.mean, spread=lambda v: np.std(v, ddof=1)):
    return centre(values), spread(values)


def _squares(v):
    return ((v - np.mean(v)) ** 2).sum()


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
    properties=(
        Property("mean", "the mean lies between the smallest and the largest value",
                 lambda args, mean: min(args[0]) <= mean <= max(args[0])),
        Property("deviation", "the deviation is not above the distance of the largest from the smallest value",
                 lambda args, deviation: 0 <= deviation <= max(args[0]) - min(args[0])),
    ),
    mistakes=mistakes(
        deviation_of_these_alone=["The deviation is divided by n (ddof=0): it is that of these n numbers alone; they "
                                  "are a sample of all seeds.", {"spread": np.std}],
        standard_error=["That is the standard error of the mean, divided by the root of n; tables show the deviation "
                        "of single runs.",
                        {"spread": lambda v: np.std(v, ddof=1) / np.sqrt(len(v))}, {"spread": lambda v: np.std(v) /
                         np.sqrt(len(v))}],
        variance_for_deviation=["The deviation is a variance: the square root is missing.",
                                {"spread": lambda v: np.var(v, ddof=1)}, {"spread": np.var}],
        shares_for_per_cent=["Mean and deviation are divided by 100, as if a share were asked for; the values stay as "
                             "they are.",
                             {"centre": lambda v: np.mean(v) / 100, "spread": lambda v: np.std(v, ddof=1) / 100}],
        median_for_mean=["The mean is not right: that is the median.", {"centre": np.median},
                         {"centre": lambda v: sorted(v)[len(v) // 2]}],
        root_before_division=["The root is taken of the sum of squares alone, before the division: the divisor stands "
                              "outside the root.",
                              {"spread": lambda v: np.sqrt(_squares(v)) / (len(v) - 1)}],
        sum_not_divided=["The sum of the squared distances from the mean is not divided (with a root of it, or "
                         "without).",
                         {"spread": _squares}, {"spread": lambda v: np.sqrt(_squares(v))}],
        two_degrees_taken=["The divisor is n - 2: too much is taken off the number of values (degrees of freedom).",
                           {"spread": lambda v: np.std(v, ddof=2)}],
        one_added_to_number=["1 is added to the number of values in the divisor (n + 1), not taken off.",
                             {"spread": lambda v: np.std(v, ddof=-1)}],
        distance_from_median=["The distances are taken from the median, not from the mean.",
                              {"spread": lambda v: np.sqrt(((v - np.median(v)) ** 2).sum() / (len(v) - 1))},
                              {"spread": lambda v: np.sqrt(((v - np.median(v)) ** 2).mean())}],
        median_absolute_deviation=["That is the median absolute deviation (MAD): the median of the distances from the "
                                   "median, without squares and root.",
                                   {"spread": lambda v: np.median(np.abs(v - np.median(v)))}],
        largest_distance=["That is the largest distance from the mean (a maximum), not the deviation.",
                          {"spread": lambda v: np.abs(v - np.mean(v)).max()}],
        relative_deviation=["The deviation is divided by the mean (a coefficient of variation).",
                            {"spread": lambda v: np.std(v, ddof=1) / np.mean(v)},
                            {"spread": lambda v: np.std(v) / np.mean(v)},
                            {"spread": lambda v: 100 * np.std(v, ddof=1) / np.mean(v)}],
        interval_for_deviation=["That is half a confidence interval (about 2 standard errors or deviations), not the "
                                "deviation.",
                                {"spread": lambda v: 1.96 * np.std(v, ddof=1) / np.sqrt(len(v))},
                                {"spread": lambda v: 2 * np.std(v, ddof=1) / np.sqrt(len(v))},
                                {"spread": lambda v: 2 * np.std(v, ddof=1)},
                                {"spread": lambda v: 1.96 * np.std(v, ddof=1)}],
        quartiles_for_deviation=["That is the distance between the quartiles, not the deviation.",
                                 {"spread": lambda v: np.subtract(*np.percentile(v, [75, 25]))}],
        differences_of_neighbours=["The deviation is taken of the differences of neighbouring values, not of the "
                                   "values.",
                                   {"spread": lambda v: np.std(np.diff(v), ddof=1)},
                                   {"spread": lambda v: np.std(np.diff(v))},
                                   {"spread": lambda v: np.sqrt((np.diff(v) ** 2).mean())}],
        distances_cancel=["The deviation is always 0: the distances from the mean are added with their signs and "
                          "cancel. The squares are missing.",
                          {"spread": lambda v: 0.0}],
        mean_square_for_deviation=["The mean is not taken off: that is the root of the mean square of the values.",
                                   {"spread": lambda v: np.sqrt(np.mean(np.square(v)))},
                                   {"spread": lambda v: np.sqrt(np.square(v).sum() / (len(v) - 1))}],
        best_for_mean=["The mean is not right: that is the best (largest) value.", {"centre": np.max}],
        worst_for_mean=["The mean is not right: that is the worst (smallest) value.", {"centre": np.min}],
        middle_for_mean=["The mean is not right: that is the middle between the smallest and the largest value.",
                         {"centre": lambda v: (min(v) + max(v)) / 2}],
        sum_for_mean=["The mean is not right: that is the sum; it is not divided by the number of values.",
                      {"centre": np.sum}],
        mean_by_one_less=["The mean is divided by n - 1; all n values count in it. The n - 1 belongs to the deviation.",
                          {"centre": lambda v: np.sum(v) / (len(v) - 1)}],
        one_seed_for_mean=["The mean is not right: that is the value of one seed, the first or the last.",
                           {"centre": lambda v: v[0]}, {"centre": lambda v: v[-1]}],
        seed_left_out=["A seed is left out, the first or the last: one value does not count.",
                       {"centre": lambda v: np.mean(v[1:]), "spread": lambda v: np.std(v[1:], ddof=1)},
                       {"centre": lambda v: np.mean(v[:-1]), "spread": lambda v: np.std(v[:-1], ddof=1)},
                       {"centre": lambda v: np.mean(v[1:])}, {"centre": lambda v: np.mean(v[:-1])},
                       {"spread": lambda v: np.std(v[1:], ddof=1)}, {"spread": lambda v: np.std(v[:-1], ddof=1)}],
        extremes_left_out=["The smallest and the largest value are left out: every seed counts.",
                           {"centre": lambda v: np.mean(sorted(v)[1:-1])}],
        root_mean_square_for_mean=["The mean is not right: that is the root of the mean square.",
                                   {"centre": lambda v: np.sqrt(np.mean(np.square(v)))}],
        geometric_mean=["The mean is not right: that is the geometric mean, of logarithms.",
                        {"centre": lambda v: np.exp(np.log(v).mean())}],
        harmonic_mean=["The mean is not right: that is the harmonic mean, of reciprocals.",
                       {"centre": lambda v: len(v) / np.sum(1 / np.array(v))}],
        range_for_deviation=["That is the range, from the smallest to the largest value (or half of it), not the "
                             "deviation.",
                             {"spread": np.ptp}, {"spread": lambda v: np.ptp(v) / 2}],
        mean_deviation=["That is the mean absolute deviation, of the distances from the mean (or the median): squares "
                        "and root are missing.",
                        {"spread": lambda v: np.abs(v - np.mean(v)).mean()},
                        {"spread": lambda v: np.abs(v - np.mean(v)).sum() / (len(v) - 1)},
                        {"spread": lambda v: np.abs(v - np.median(v)).mean()}],
        outputs_in_another_order=[{"centre": lambda v: np.std(v, ddof=1), "spread": np.mean}],
    ),
    sentences={"median_for_mean": "The mean is not right: that is the median.",
               "outputs_in_another_order": "Mean and deviation are exchanged: the mean comes first."},
)  # fmt: skip


def _first_within(v, t, margin):
    """The test accuracy of the first epoch whose validation is at most `margin` below the best."""
    return t[int(np.argmax(np.array(v) >= max(v) - margin))]


def _draw_epochs(rng: Rng, k: int) -> Case:
    """The epochs that are best in validation and in the test differ; once the former is the first one, once the last.

    Every third time the best epochs lie close together, and the best of them is not the first.
    """
    if k % 3 == 2:
        case = _draw_epochs(rng, 0)
        validation, test = case.args
        best = int(np.argmax(validation))
        before = best - 1 if best else int(np.argmin(validation))
        if best > before:
            validation = [*validation[:before], max(validation) - 1e-4, *validation[before + 1 :]]
        return Case((validation, test))
    n = int(rng.integers(5, 15))
    at_end = {9: 0, 10: n - 1}.get(k)
    while True:
        test = [float(v) for v in rng.permutation(n) / n]
        validation = [float(v) for v in (rng.permutation(n) + 0.5) / n]  # between the test accuracies, and none of them
        best = int(np.argmax(validation))
        wanted = best == at_end if at_end is not None else best != n - 1
        if wanted and best != int(np.argmax(test)) and test[best] != min(test):
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
    draws=12,
    kind="values",
    mistakes=known({
        "best_on_test": ["That is the best epoch on the test set: it was chosen by the numbers that it is judged by.",
                         lambda validation, test: max(test)],
        "lists_exchanged": ["The two lists are exchanged: the epoch is the best one on the test set, and its "
                            "validation accuracy is returned.", lambda v, t: v[int(np.argmax(t))]],
        "test_averaged": ["The test accuracy is averaged over the chosen epoch and others (its neighbours, all before "
                          "it, or all after it); the chosen epoch alone counts.",
                          lambda v, t: np.mean(t[max(int(np.argmax(v)) - 1, 0):int(np.argmax(v)) + 2]),
                          lambda v, t: np.mean(t[max(int(np.argmax(v)) - 2, 0):int(np.argmax(v)) + 3]),
                          lambda v, t: np.mean(t[:int(np.argmax(v)) + 1]), lambda v, t: np.mean(t[int(np.argmax(v)):])],
        "last_epoch": ["That is the test accuracy of the last epoch; the validation set chooses which one counts.",
                       lambda validation, test: test[-1]],
        "validation_reported": ["That is the validation accuracy of the chosen epoch; asked for is its test accuracy.",
                                lambda validation, test: max(validation)],
        "smallest_chosen": ["The epoch with the smallest validation accuracy is chosen (argmin), as if it were a loss.",
                            lambda validation, test: test[int(np.argmin(validation))]],
        "epoch_beside": ["That is the epoch before or after the chosen one: the index is off by one.",
                         lambda validation, test: test[int(np.argmax(validation)) - 1],
                         lambda validation, test: test[(int(np.argmax(validation)) + 1) % len(test)]],
        "first_close_to_best": ["The first epoch that is close to the best in validation (within a tolerance, or one "
                                "standard error) is taken; the best one counts, however small its lead.",
                                *[lambda v, t, c=c: _first_within(v, t, c) for c in (1e-3, 0.01, 0.005)],
                                lambda v, t: _first_within(v, t, np.std(v) / np.sqrt(len(v))),
                                lambda v, t: _first_within(v, t, np.std(v, ddof=1) / np.sqrt(len(v)))],
        "best_not_raised": ["The best value so far is not updated (raised) in the loop: the last epoch that is better "
                            "than the first one counts, not the largest of all.",
                            lambda v, t: t[max([0, *(k for k in range(len(v)) if v[k] > v[0])])]],
        "better_than_before": ["Each epoch is compared with the epoch before it, not with the best so far.",
                               lambda v, t: t[max([0, *(k for k in range(1, len(v)) if v[k] > v[k - 1])])]],
        "stopped_early": ["The search stops at the first epoch that is worse than the one before it; a later one may "
                          "be better.", lambda v, t: t[next((k for k in range(1, len(v)) if v[k] < v[k - 1]),
                              len(v)) - 1]],
        "last_epoch_left_out": ["The last epoch is left out of the search (a slice or a loop ends one too early); it "
                                "may be the best.", lambda v, t: t[int(np.argmax(v[:-1]))]],
        "first_epoch_left_out": ["The first epoch is left out of the search (a slice or a loop begins at 1); it may "
                                 "be the best.", lambda v, t: t[1 + int(np.argmax(v[1:]))]],
        "first_better": ["The search stops at the first epoch that is better than the starting one; a later one may be "
                         "better still.",
                         lambda v, t: t[next((k for k in range(1, len(v)) if v[k] > v[0]), 0)]],
        "second_best": ["The second-best epoch in validation is taken (the second largest), not the best.",
                        lambda v, t: t[int(np.argsort(v)[-2])]],
        "chosen_by_sum": ["The epoch is chosen by validation and test accuracy together (a sum, a mean): the test set "
                          "has a say in the choice.", lambda v, t: t[int(np.argmax(np.add(v, t)))]],
        "best_test_so_far": ["The best test accuracy up to the chosen epoch is reported, not that epoch's own: the "
                             "test set has a say.", lambda v, t: max(t[: int(np.argmax(v)) + 1])],
        "best_test_after": ["The best test accuracy from the chosen epoch on is reported, not the one of that epoch.",
                            lambda v, t: max(t[int(np.argmax(v)):])],
        "counted_from_the_end": ["The index of the epoch counts from the end: one list is reversed, the other is not.",
                                 lambda v, t: t[::-1][int(np.argmax(v))]],
        "test_sorted": ["The test accuracies are sorted, so they no longer belong to their epochs.",
                        lambda v, t: sorted(t)[int(np.argmax(v))], lambda v, t: sorted(t)[::-1][int(np.argmax(v))]],
        "mean_of_best_epochs": ["The mean test accuracy over the two or three best epochs in validation is reported; "
                                "one epoch counts.",
                                lambda v, t: np.mean([t[k] for k in np.argsort(v)[-3:]]),
                                lambda v, t: np.mean([t[k] for k in np.argsort(v)[-2:]])],
        "closest_to_test": ["The epoch is chosen in which validation and test accuracy are closest; the best "
                            "validation accuracy chooses.", lambda v, t: t[int(np.argmin(np.abs(np.subtract(v, t))))]],
        "epoch_returned": ["The index (number) of the epoch is returned, not its test accuracy.",
                           lambda v, t: int(np.argmax(v)),
                           lambda v, t: int(np.argmax(v)) + 1],
        "mean_of_both": ["The mean of validation and test accuracy is reported; asked for is the test accuracy.",
                         lambda v, t: (max(v) + t[int(np.argmax(v))]) / 2],
        "first_epoch": ["That is the test accuracy of the first epoch; the validation set chooses which one counts.",
                        lambda v, t: t[0]],
        "chosen_by_smoothed": ["The epoch is chosen by a mean over neighbouring epochs (smoothed), not by its own "
                               "validation accuracy.",
                               lambda v, t: t[int(np.argmax(np.convolve(v, np.ones(3) / 3, "same")))]],
        "worst_on_test": ["That is the worst epoch on the test set (a minimum); the validation set chooses which one "
                          "counts.",
                          lambda v, t: min(t)],
        "mean_over_epochs": ["The mean test accuracy over all epochs is reported; one epoch counts.",
                             lambda validation, test: np.mean(test)],
    }),
)  # fmt: skip

EXERCISES = (MEAN_AND_DEVIATION, CHOSEN_BY_VALIDATION)
