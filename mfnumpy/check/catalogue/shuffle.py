"""Exercise shuffle_together: many answers are right, so their properties are judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.catalogue.chance import fresh, known, uses_generator, whole
from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.model import Case, Exercise, Finding, Rng
from mfnumpy.support.split import counts_of


def _draw_pairs(rng: Rng, k: int) -> Case:
    N = (41, 30, 57, 23)[k % 4]
    X = real(rng, N, 3)
    X[:, 0] = np.arange(N)
    y = rng.integers(0, 5, N)
    return Case((X, y, fresh(int(rng.integers(1_000_000)))), {"N": N})


def _judge_shuffle(call: Callable, rng: Rng) -> Finding | None:
    seed = int(rng.integers(1_000_000))
    for k in range(3):
        X, y, generator = _draw_pairs(rng, k).args
        X2, y2 = call(X, y, generator)
        found = _judge_order(X, y, X2, y2)
        if found is not None:
            return found
    found = uses_generator(call, lambda g: (X, y, g), seed)
    if found is not None:
        return found
    return _judge_orders(np.array([_order_of(call(X, y, fresh(seed + i))[0]) for i in range(30)]))


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
    rising = float((np.diff(orders, axis=1) > 0).mean())
    if abs(rising - 0.5) > 0.15:
        says = f"Of two neighbours {rising:.0%} are in their old order; in a random order it would be half of them."
        return Finding("order_not_random", says)
    if not (orders == np.arange(n)).any():
        says = f"In {times} shuffles of {n} rows no row ever stayed in its place; by chance about {times} would."
        return Finding("order_not_random", says)
    return None


def _judge_order(X: np.ndarray, y: np.ndarray, X2: np.ndarray, y2: np.ndarray) -> Finding | None:
    order = _order_of(X2)
    if not ((order >= 0) & (order < len(X))).all() or not np.allclose(X2, X[order], rtol=1e-5, atol=1e-6):  # float32
        return Finding(
            "rows_changed", "There are rows in your X that are not in ours: features were mixed as well.", "X"
        )
    if len(np.unique(order)) < len(X):
        times = int(counts_of(order).max())
        return Finding("drawn_with_replacement", f"Rows are missing, and one row comes {times} times.", "X")
    kept = np.array_equal(order, np.arange(len(X)))
    if not np.array_equal(y2, y[order]):
        if kept:
            return Finding("only_y_shuffled", "y has a new order, X has its old one.", "X")
        if np.array_equal(y2, y):
            return Finding("only_X_shuffled", "X has a new order, y has its old one.", "y")
        says = f"Only {100 * float((y2 == y[order]).mean()):.0f} % of the rows still have their own label."
        undone = np.array_equal(y2, y[np.argsort(order)])
        return Finding("inverse_permutation" if undone else "pairs_broken", says, "y")
    if kept:
        return Finding("not_shuffled", "The order is the old one.")
    if (np.diff(order) == 1).mean() > 0.5 or (np.diff(order) == -1).mean() > 0.5:
        return Finding("order_not_random", "Most neighbours are still neighbours: turned or reversed, not shuffled.")
    if (np.diff(y2) >= 0).all() or (np.diff(X2, axis=0) >= 0).all(axis=0).any():
        return Finding("sorted_for_shuffled", "The rows are sorted.")
    return None


def _together(X, y, rng):
    order = rng.permutation(len(X))
    return X[order], y[order]


def _separately(X, y, rng):
    return X[rng.permutation(len(X))], y[rng.permutation(len(y))]


def _with_inverse(X, y, rng):
    order = rng.permutation(len(X))
    return X[order], y[np.argsort(order)]


def _with_inverse_of_rows(X, y, rng):
    order = rng.permutation(len(X))
    return X[np.argsort(order)], y[order]


def _in_groups(n, rng):
    """Random numbers of few values, sorted: rows with the same number keep their order."""
    return np.argsort(rng.integers(0, 5, n), kind="stable")


def _by(choose: Callable) -> Callable:
    """Shuffle by the order that choose(n, rng) gives."""

    def shuffle(X, y, rng):
        """Both arrays in the order that was drawn."""
        order = choose(len(X), rng)
        return X[order], y[order]

    return shuffle


def _one_cycle(n, rng):
    order = np.arange(n)
    for i in range(n - 1, 0, -1):
        j = rng.integers(0, i)
        order[[i, j]] = order[[j, i]]
    return order


SHUFFLE = Exercise(
    name="shuffle_together",
    title="Shuffling X and y together",
    arguments=("X", "y", "rng"),
    outputs=("X", "y"),
    about="""Bring the samples into a random order; each row of X keeps its label.

    X: (N, D). y: (N,). rng: a NumPy Generator, the only source of chance. Returns new arrays (X, y).""",
    lesson="exercises 00",
    reference=_together,
    recipe=whole(_together),
    draw=_draw_pairs,
    kind="mixed",
    judge=_judge_shuffle,
    mistakes=known(
        {
            "pairs_broken": [
                "X and y are shuffled separately, each in an order of its own (two permutations): rows "
                "lose their labels.",
                _separately,
            ],
            "inverse_permutation": [
                "y is put in the inverse order of X (an argsort of the permutation, or one array is read by the order "
                "and the other written by it): not the same order for both, so rows lose their labels.",
                _with_inverse,
                _with_inverse_of_rows,
            ],
            "only_X_shuffled": [
                "Only X is shuffled: rows lose their labels.",
                lambda X, y, rng: (X[rng.permutation(len(X))], y.copy()),
            ],
            "only_y_shuffled": [
                "Only y is shuffled: rows lose their labels.",
                lambda X, y, rng: (X.copy(), y[rng.permutation(len(X))]),
            ],
            "not_shuffled": [
                "Nothing is shuffled: X and y are returned in their old order.",
                lambda X, y, rng: (X.copy(), y.copy()),
            ],
            "drawn_with_replacement": [
                "Rows are drawn with replacement, or overwritten: some come twice, others never; every row should come "
                "once.",
                _by(lambda n, rng: rng.integers(0, n, n)),
                _by(lambda n, rng: rng.choice(n, n)),
            ],
            "order_not_random": [
                "The order is not random: not every order of the rows is possible, or not equally likely.",
                _by(lambda n, rng: np.roll(np.arange(n), rng.integers(1, n))),
                _by(lambda n, rng: np.arange(n)[::-1]),
                _by(_one_cycle),
                _by(_in_groups),
            ],
            "sorted_for_shuffled": [
                "The rows are sorted (by y, or by a feature), not shuffled.",
                lambda X, y, rng: (X[np.argsort(y)], np.sort(y)),
            ],
            "generator_not_used": _by(lambda n, rng: np.random.permutation(n)),  # noqa: NPY002
            "generator_ignored": [
                "Every call makes the same order, whatever rng is: rng is not used. Is a generator of a fixed seed "
                "made inside?",
                _by(lambda n, rng: np.random.default_rng(0).permutation(n)),
            ],
            "rows_changed": [
                "Rows are broken up: the entries of X are moved within columns or rows, and a sample's features must "
                "stay together.",
                lambda X, y, rng: (rng.permuted(X, axis=0), y[rng.permutation(len(y))]),
            ],
        }
    ),
)


EXERCISES = (SHUFFLE,)
