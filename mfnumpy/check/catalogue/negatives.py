"""Exercise negative_labels: many answers are right, so their properties are judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.catalogue.chance import fresh, known, uses_generator, whole
from mfnumpy.check.model import Case, Exercise, Finding, Rng
from mfnumpy.rules import ff


def _draw_negatives(rng: Rng, k: int) -> Case:
    m = (4, 5, 3, 6)[k]
    y = rng.choice(m, 160 * m, p=np.arange(1, m + 1) / np.arange(1, m + 1).sum())
    return Case((y, m, fresh(int(rng.integers(1_000_000)))), {"m": m})


def _judge_negatives(call: Callable, rng: Rng) -> Finding | None:
    seed = int(rng.integers(1_000_000))
    for k in range(4):
        y, m, generator = _draw_negatives(rng, k).args
        wrong = _judge_one(np.asarray(call(y, m, generator)[0]), y, m)
        if wrong is not None:
            return wrong
    y = rng.integers(0, 4, 60)
    found = uses_generator(call, lambda g: (y, 4, g), seed)
    if found is not None:
        return found
    pair = np.array([0, 1, 1, 0, 1])
    if not np.array_equal(call(pair, 2, fresh(seed))[0], 1 - pair):
        return Finding("carries_true_label", "With two classes the wrong label is the other one; yours is not always.")
    out = np.asarray(call(y % 3, 5, generator)[0])
    if out.max() < 3:
        says = "n_classes is not used: the classes that no label y of the batch has are never drawn."
        return Finding("classes_counted_in_batch", says)
    return None


def _judge_one(out: np.ndarray, y: np.ndarray, m: int) -> Finding | None:
    """Shape and dtype are right already. Wrong, in range, and uniform over the wrong classes?"""
    if out.min() < 0 or out.max() >= m:
        return Finding(
            "label_out_of_range",
            f"There are labels outside 0 to {m - 1}.",
            f"y_neg[{_first(out < 0, out >= m)}]",
        )
    share = float((out == y).mean())
    if share > 0:
        drawn = " : as many as when any label is drawn" if abs(share - 1 / m) < 0.05 else ""
        return Finding("carries_true_label", f"{100 * share:.0f} % of the negatives carry their true label{drawn}.",
                       f"y_neg[{_first(out == y)}]")  # fmt: skip
    offsets = (out - y) % m
    if len(np.unique(offsets)) == 1:
        return Finding("one_offset_for_all", f"Every negative label is the true one plus {offsets[0]} (modulo {m}).")
    counts = np.zeros((m, m), dtype=int)
    np.add.at(counts, (y, out), 1)
    others = ~np.eye(m, dtype=bool)
    if m > 2 and (np.count_nonzero(counts, axis=1) == 1).all():
        return Finding("one_wrong_label_per_class", "In a call all samples of a class get the same wrong label.")
    expected = np.repeat(counts.sum(axis=1)[:, None] / (m - 1), m, axis=1)
    chi = float((((counts - expected) ** 2) / expected)[others].sum())
    freedom = m * (m - 2)
    if chi > freedom + 7 * np.sqrt(2 * freedom) + 20:
        never = counts[others].min() == 0
        says = "Some wrong labels never come" if never else "Some wrong labels come much more often than others"
        return Finding("negatives_not_uniform", f"{says}; each wrong label should be equally likely.")
    if not _mixed(offsets, m):
        return Finding("negatives_in_order", "The wrong labels follow a pattern along the batch instead of chance.")
    return None


def _mixed(offsets: np.ndarray, m: int) -> bool:
    """Whether neighbours are independent: as often equal as chance has it."""
    if m == 2:
        return True
    chance = 1 / (m - 1)
    for lag in (1, m - 1):
        share = float((offsets[lag:] == offsets[:-lag]).mean())
        if abs(share - chance) > 7 * np.sqrt(chance * (1 - chance) / len(offsets)):
            return False
    return True


def _first(*masks: np.ndarray) -> int:
    return int(np.flatnonzero(np.logical_or.reduce(masks))[0])


NEGATIVE_LABELS = Exercise(
    name="negative_labels",
    title="Forward-Forward, labels of negative data",
    arguments=("y", "n_classes", "rng"),
    outputs=("y_neg",),
    about="""A wrong label for each sample, every wrong label being equally likely, each sample drawn on its
    own.

    y: (N,) integer labels. n_classes: an integer. rng: a NumPy Generator, the only source of chance.
    Returns y_neg: (N,) integers.""",
    lesson="lesson 7",
    reference=ff.negative_labels,
    recipe=whole(ff.negative_labels),
    draw=_draw_negatives,
    kind="labels",
    judge=_judge_negatives,
    mistakes=known(
        {
            "carries_true_label": [
                "Negatives must never carry their true (right) label.",
                lambda y, m, rng: rng.integers(0, m, len(y)),
                lambda y, m, rng: rng.permutation(y),
                lambda y, m, rng: (y + rng.integers(0, m, len(y))) % m,
            ],
            "classes_counted_in_batch": [
                "The classes are taken from the labels of the batch (y.max() + 1, or those that occur), which may lack "
                "some; n_classes tells how many there are.",
                lambda y, m, rng: (y + rng.integers(1, y.max() + 1, len(y))) % (y.max() + 1),
            ],
            "one_offset_for_all": [
                "One offset, a constant or one random number, is added to all labels; each sample should get a wrong "
                "label of its own.",
                lambda y, m, rng: (y + 1) % m,
                lambda y, m, rng: (y + rng.integers(1, m)) % m,
            ],
            "negatives_not_uniform": [
                "The wrong labels are not drawn evenly (uniformly) from all classes but the true one.",
                lambda y, m, rng: _repaired(rng.integers(0, m, len(y)), y, m),
                lambda y, m, rng: np.where(y == 0, 1 + rng.integers(0, m - 1, len(y)), 0),
            ],
            "one_wrong_label_per_class": [
                "All samples of a class get the same wrong label (looked up, or drawn once for each class); it should "
                "be drawn at random for each sample.",
                lambda y, m, rng: np.where(y == 0, m - 1, 0),
            ],
            "label_out_of_range": [
                "A label is not one of the classes 0, ..., n_classes - 1: it is out of range.",
                lambda y, m, rng: y + rng.integers(1, m, len(y)),
                lambda y, m, rng: y - rng.integers(1, m, len(y)),
                lambda y, m, rng: (y + rng.integers(1, m, len(y))) % (m + 1),
            ],
            "generator_not_used": [
                "Random numbers come from another source than rng (np.random, or a generator without a seed); chance "
                "must come from rng alone, so that a seed repeats a run.",
                lambda y, m, rng: (y + np.random.randint(1, m, len(y))) % m,  # noqa: NPY002
            ],
            "generator_ignored": [
                "Every call makes the same choice, whatever rng is: rng is not used. Is a generator of a fixed seed "
                "made inside, or nothing drawn at random?",
                lambda y, m, rng: (y + np.random.default_rng(0).integers(1, m, len(y))) % m,
            ],
            "negatives_in_order": [
                "The wrong labels are not drawn independently: that of one sample follows from that of another (a "
                "pattern along the batch).",
                lambda y, m, rng: (y + 1 + (np.arange(len(y)) + rng.integers(m)) % (m - 1)) % m,
            ],
        }
    ),
)


def _repaired(out, y, m):
    return np.where(out == y, (out + 1) % m, out)


EXERCISES = (NEGATIVE_LABELS,)
