"""Exercises negative_labels and shuffle_together: many answers are right, so their properties are judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check import references
from mfnumpy.check.draws import real
from mfnumpy.check.model import Case, Exercise, Finding, Mistake, Rng
from mfnumpy.support.seeding import stream


def _whole(reference: Callable) -> Callable:
    """A recipe whose only step is all of it."""
    return lambda *args, whole=reference: whole(*args)


def _known(table: dict[str, Callable | list[Callable]]) -> tuple[Mistake, ...]:
    rows = {name: f if isinstance(f, list) else [f] for name, f in table.items()}
    return tuple(Mistake(name, tuple({"whole": f} for f in fs)) for name, fs in rows.items())


def _fresh(seed: int) -> Rng:
    return stream(seed, "student's generator")


def _same(a: list, b: list) -> bool:
    return all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))


def _uses_generator(call: Callable, draw: Callable[[Rng], tuple], seed: int) -> Finding | None:
    """Same generator, same answer; another generator, another answer."""
    first, again, other = call(*draw(_fresh(seed))), call(*draw(_fresh(seed))), call(*draw(_fresh(seed + 1)))
    if not _same(first, again):
        return Finding("generator_not_used", "With the same rng two calls differ: there is another source of chance.")
    if _same(first, other):
        return Finding("generator_ignored", "Another rng gives the same answer: nothing is drawn from rng.")
    return None


def _draw_negatives(rng: Rng, k: int) -> Case:
    m = (4, 5, 3, 6)[k]
    y = rng.choice(m, 160 * m, p=np.arange(1, m + 1) / np.arange(1, m + 1).sum())
    return Case((y, m, _fresh(int(rng.integers(1_000_000)))), {"m": m})


def _judge_negatives(call: Callable, rng: Rng) -> Finding | None:
    seed = int(rng.integers(1_000_000))
    for k in range(4):
        y, m, generator = _draw_negatives(rng, k).args
        wrong = _judge_one(np.asarray(call(y, m, generator)[0]), y, m)
        if wrong is not None:
            return wrong
    y = rng.integers(0, 4, 60)
    found = _uses_generator(call, lambda g: (y, 4, g), seed)
    if found is not None:
        return found
    pair = np.array([0, 1, 1, 0, 1])
    if not np.array_equal(call(pair, 2, _fresh(seed))[0], 1 - pair):
        return Finding("carries_true_label", "With two classes the wrong label is the other one; yours is not always.")
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
        return Finding("one_wrong_label_per_class", "Each class always gets the same wrong label.")
    expected = np.repeat(counts.sum(axis=1)[:, None] / (m - 1), m, axis=1)
    chi = float((((counts - expected) ** 2) / expected)[others].sum())
    freedom = m * (m - 2)
    if chi > freedom + 7 * np.sqrt(2 * freedom) + 20:
        never = counts[others].min() == 0
        says = "Some wrong labels never come" if never else "Some wrong labels come much more often than others"
        return Finding("negatives_not_uniform", f"{says}; each wrong label should be equally likely.")
    if not _mixed(offsets, m):
        return Finding("negatives_in_order", "The wrong labels follow a pattern along the batch in place of chance.")
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
    reference=references.negative_labels,
    recipe=_whole(references.negative_labels),
    draw=_draw_negatives,
    kind="labels",
    judge=_judge_negatives,
    mistakes=_known(
        {
            "carries_true_label": [
                lambda y, m, rng: rng.integers(0, m, len(y)),
                lambda y, m, rng: rng.permutation(y),
                lambda y, m, rng: (y + rng.integers(0, m, len(y))) % m,
            ],
            "one_offset_for_all": [
                lambda y, m, rng: (y + 1) % m,
                lambda y, m, rng: (y + rng.integers(1, m)) % m,
            ],
            "negatives_not_uniform": [
                lambda y, m, rng: _repaired(rng.integers(0, m, len(y)), y, m),
                lambda y, m, rng: np.where(y == 0, 1 + rng.integers(0, m - 1, len(y)), 0),
            ],
            "one_wrong_label_per_class": lambda y, m, rng: np.where(y == 0, m - 1, 0),
            "label_out_of_range": [
                lambda y, m, rng: y + rng.integers(1, m, len(y)),
                lambda y, m, rng: y - rng.integers(1, m, len(y)),
                lambda y, m, rng: (y + rng.integers(1, m, len(y))) % (m + 1),
            ],
            "generator_not_used": lambda y, m, rng: (y + np.random.randint(1, m, len(y))) % m,  # noqa: NPY002
            "generator_ignored": lambda y, m, rng: (y + np.random.default_rng(0).integers(1, m, len(y))) % m,
            "negatives_in_order": lambda y, m, rng: (y + 1 + (np.arange(len(y)) + rng.integers(m)) % (m - 1)) % m,
        }
    ),
)


def _repaired(out, y, m):
    return np.where(out == y, (out + 1) % m, out)


def _draw_pairs(rng: Rng, k: int) -> Case:
    N = (41, 30, 57, 23)[k % 4]
    X = real(rng, N, 3)
    X[:, 0] = np.arange(N)
    y = rng.integers(0, 5, N)
    return Case((X, y, _fresh(int(rng.integers(1_000_000)))), {"N": N})


def _judge_shuffle(call: Callable, rng: Rng) -> Finding | None:
    seed = int(rng.integers(1_000_000))
    for k in range(3):
        X, y, generator = _draw_pairs(rng, k).args
        X2, y2 = call(X, y, generator)
        found = _judge_order(X, y, X2, y2)
        if found is not None:
            return found
    found = _uses_generator(call, lambda g: (X, y, g), seed)
    if found is not None:
        return found
    return _judge_orders(np.array([_order_of(call(X, y, _fresh(seed + i))[0]) for i in range(12)]))


def _order_of(X2: np.ndarray) -> np.ndarray:
    """Which row of X each row is: its first feature is its number."""
    return np.rint(X2[:, 0]).astype(int)


def _judge_orders(orders: np.ndarray) -> Finding | None:
    """Several orders of the same rows, one a line: does every row travel, and as far as chance has it?

    One right shuffle in 10^12 has so few rows in a place; the limits on how far are ten standard deviations away.
    """
    times, n = orders.shape
    rows = [len(np.unique(column)) for column in orders.T]
    if min(rows) <= 2:
        says = f"In {times} shuffles only {min(rows)} of the {n} rows came to row {rows.index(min(rows))} of your X."
        return Finding("order_not_random", says)
    far, expected = np.abs(orders - np.arange(n)).mean(), (n * n - 1) / (3 * n)
    if abs(far / expected - 1) > 0.25:
        says = f"On average a row moves by {far:.1f} places; in a random order it would be about {expected:.1f}."
        return Finding("order_not_random", says)
    return None


def _judge_order(X: np.ndarray, y: np.ndarray, X2: np.ndarray, y2: np.ndarray) -> Finding | None:
    order = _order_of(X2)
    if not ((order >= 0) & (order < len(X))).all() or not np.allclose(X2, X[order], rtol=1e-5, atol=1e-6):  # float32
        return Finding(
            "rows_changed", "There are rows in your X that are not in ours: features were mixed as well.", "X"
        )
    if len(np.unique(order)) < len(X):
        times = int(np.bincount(order).max())
        return Finding("drawn_with_replacement", f"Rows are missing, and one row comes {times} times.", "X")
    kept = np.array_equal(order, np.arange(len(X)))
    if not np.array_equal(y2, y[order]):
        if kept:
            return Finding("only_y_shuffled", "y has a new order, X has its old one.", "X")
        if np.array_equal(y2, y):
            return Finding("only_X_shuffled", "X has a new order, y has its old one.", "y")
        share = 100 * float((y2 == y[order]).mean())
        return Finding("pairs_broken", f"Only {share:.0f} % of the rows still have their own label.", "y")
    if kept:
        return Finding("not_shuffled", "The order is the old one.")
    if (np.diff(order) == 1).mean() > 0.5 or (np.diff(order) == -1).mean() > 0.5:
        return Finding("order_not_random", "Most neighbours are still neighbours: turned or reversed, not shuffled.")
    if (np.diff(y2) >= 0).all() or (np.diff(X2, axis=0) >= 0).all(axis=0).any():
        return Finding("sorted_for_shuffled", "The rows are sorted.")
    return None


def _separately(X, y, rng):
    return X[rng.permutation(len(X))], y[rng.permutation(len(y))]


def _by(choose: Callable) -> Callable:
    """Shuffle by the order that choose(n, rng) gives."""

    def shuffle(X, y, rng):
        """Both arrays in the order that was drawn."""
        order = choose(len(X), rng)
        return X[order], y[order]

    return shuffle


SHUFFLE = Exercise(
    name="shuffle_together",
    title="Shuffling X and y together",
    arguments=("X", "y", "rng"),
    outputs=("X", "y"),
    about="""Bring the samples into a random order; each row of X keeps its label.

    X: (N, D). y: (N,). rng: a NumPy Generator, the only source of chance. Returns new arrays (X, y).""",
    lesson="exercises 00",
    reference=references.shuffle_together,
    recipe=_whole(references.shuffle_together),
    draw=_draw_pairs,
    kind="mixed",
    judge=_judge_shuffle,
    mistakes=_known(
        {
            "pairs_broken": _separately,
            "only_X_shuffled": lambda X, y, rng: (X[rng.permutation(len(X))], y.copy()),
            "only_y_shuffled": lambda X, y, rng: (X.copy(), y[rng.permutation(len(X))]),
            "not_shuffled": lambda X, y, rng: (X.copy(), y.copy()),
            "drawn_with_replacement": [
                _by(lambda n, rng: rng.integers(0, n, n)),
                _by(lambda n, rng: rng.choice(n, n)),
            ],
            "order_not_random": [
                _by(lambda n, rng: np.roll(np.arange(n), rng.integers(1, n))),
                _by(lambda n, rng: np.arange(n)[::-1]),
            ],
            "sorted_for_shuffled": lambda X, y, rng: (X[np.argsort(y)], np.sort(y)),
            "generator_not_used": _by(lambda n, rng: np.random.permutation(n)),  # noqa: NPY002
            "generator_ignored": _by(lambda n, rng: np.random.default_rng(0).permutation(n)),
            "rows_changed": lambda X, y, rng: (rng.permuted(X, axis=0), y[rng.permutation(len(y))]),
        }
    ),
)

EXERCISES = (NEGATIVE_LABELS, SHUFFLE)
