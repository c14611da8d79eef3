"""Exercise damage: many answers are right, so their properties are judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Finding, Rng

DRAWS, SMALL, HALF = 64, (7, 6), 0.5
"""So often a small W is damaged by half, to see how the struck entries spread and how their number varies."""


def _strike(W, fraction, rng):
    return np.where(rng.random(W.shape) < fraction, 0, W)


def _draw_damage(rng: Rng, k: int) -> Case:
    return Case((rng.standard_normal((60, 40)) + 3.0, float(rng.uniform(0.15, 0.35)), np.random.default_rng(1)))


def _changes(one: np.ndarray, W: np.ndarray, fraction: float) -> str:
    """What the entries became that should be 0 or stay, in words; "" if they tell nothing."""
    odd = (one != 0) & (one != W)
    changed = one[odd] / W[odd]
    if not np.isfinite(changed).all():
        return " NaN or Inf is there: what is divided by 0?"
    no_zeros, by = not (one == 0).any(), f"{changed[0]:.3g}"
    if np.allclose(changed, changed[0]):
        if odd.all():
            share = " (1 - fraction)" if np.isclose(changed[0], 1 - fraction) else ""
            return f" No entry is struck: all of W is multiplied by {by}{share}."
        if no_zeros and abs(odd.mean() - fraction) < 0.06:
            return f" Struck entries are multiplied by {by}, not set to 0."
        as_dropout = " (1 / (1 - fraction), as dropout does)" if np.isclose(changed[0], 1 / (1 - fraction)) else ""
        return f" Entries that are kept are scaled, all by the same factor {by}{as_dropout}."
    if np.allclose(one[odd], one[odd][0]):
        return f" The same number {one[odd][0]:.3g} stands there: a mask, or a constant, in place of W's own numbers."
    if no_zeros and abs(odd.mean() - fraction) < 0.06:
        return " Struck entries are replaced by other numbers (noise, a mean), not by zero."
    if odd.all():
        return " Every entry is changed: is noise added?"
    return ""


def _judge_damage(call: Callable, rng: Rng) -> Finding | None:
    W, fraction, _ = _draw_damage(rng, 0).args
    one, again, other = (call(W, fraction, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    zeros = one == 0
    if not np.array_equal(one[~zeros], W[~zeros]):
        return Finding("survivors_changed", f"An entry is neither 0 nor what it was.{_changes(one, W, fraction)}")
    if zeros.all() or not zeros.any():
        shares = {float((call(W, fraction, np.random.default_rng(seed))[0] == 0).mean()) for seed in range(DRAWS)}
        if shares == {0.0, 1.0}:
            return Finding("struck_together", "In each draw all entries of W are zero, or none is.")
    if zeros.all(axis=0).any() or zeros.all(axis=1).any():
        which = "row" if zeros.all(axis=1).any() else "column"
        return Finding("rows_or_columns_struck", f"A whole {which} is zero.")
    if (found := _judge_share(zeros.mean(), fraction)) is not None:
        return found
    if not np.array_equal(one, again):
        return Finding("generator_not_used", "With the same rng two calls differ: there is another source of chance.")
    if np.array_equal(one, other):
        return Finding("generator_ignored", "Another rng strikes the same entries: nothing is drawn from rng.")
    small, seed = rng.standard_normal(SMALL) + 3.0, int(rng.integers(1_000_000))
    struck = np.array([call(small, HALF, np.random.default_rng(seed + k))[0] == 0 for k in range(DRAWS)])
    return _judge_spread(struck) or _judge_ends(call, small)


def _judge_share(share: float, fraction: float) -> Finding | None:
    """Of 2400 entries; the limit is six standard deviations away."""
    if abs(share - fraction) < 0.06:
        return None
    says = f"{share:.0%} of the entries are zero; asked for were {fraction:.0%}."
    if abs(share - (1 - fraction)) < 0.06:
        return Finding("survivors_struck", says)
    meant = {
        "the square of the fraction": fraction**2,
        "half of the fraction": fraction / 2,
        "a third of the fraction": fraction / 3,
        "twice the fraction": 2 * fraction,
        "the square root of the fraction": fraction**0.5,
    }
    near = [words for words, value in meant.items() if abs(share - value) < 0.02]
    return Finding("wrong_share", f"{says} It is about {near[0]}." if len(near) == 1 else says)


def _judge_spread(struck: np.ndarray) -> Finding | None:
    """Whether each entry is drawn on its own.

    struck: (DRAWS, *SMALL), which entries are zero. One right answer in 10^9 is as odd as what is told here.
    """
    entries = struck[0].size
    for axis, what in ((2, "row"), (1, "column")):
        counts = struck.sum(axis=axis)
        if np.unique(counts).size == 1:
            says = f"In each {what} exactly {counts[0, 0]} of {struck.shape[axis]} entries are zero, in every draw."
            return Finding("fixed_number_struck", says)
    counts = struck.sum(axis=(1, 2))
    if np.unique(counts).size == 1:
        says = f"In {DRAWS} draws exactly {counts[0]} of {entries} entries are zero, every time the same number."
        return Finding("fixed_number_struck", says)
    often = struck.mean(axis=0)
    if often.min() == 0 or often.max() == 1:
        at = tuple(int(i) for i in np.argwhere((often == 0) | (often == 1))[-1])
        never = "never" if often[at] == 0 else "always"
        return Finding(
            "entries_left_out", f"Entry {list(at)} of a W of shape {SMALL} is {never} struck in {DRAWS} draws."
        )
    if abs(struck.mean() - HALF) > 0.07:  # seven standard deviations
        says = f"For a small W {struck.mean():.0%} of the entries are zero on average; asked for were {HALF:.0%}."
        twice = abs(struck.mean() - (1 - np.exp(-HALF))) < 0.05
        return Finding("struck_with_replacement" if twice else "wrong_share", says)
    spread = counts.var() / (entries * HALF * (1 - HALF))
    if not 0.15 < spread < 2.9:
        says = f"Over {DRAWS} draws the number of zeros varies {spread:.2g} times as much as it should (variance)."
        return Finding("struck_together" if spread > 1 else "fixed_number_struck", says)
    return None


def _judge_ends(call: Callable, W: np.ndarray) -> Finding | None:
    """A fraction of 0 and of 1."""
    for fraction, wanted in ((0.0, W), (1.0, 0 * W)):
        got = call(W, fraction, np.random.default_rng(1))[0]
        if not np.array_equal(got, wanted):
            says = (
                f"With a fraction of {fraction:g} {'no' if fraction == 0 else 'every'} entry is struck; yours differs."
            )
            return Finding("wrong_share", says)
    return None


def _so_many(choose: Callable) -> Callable:
    """Strike the entries of a flat W that choose(rng, size, number) gives."""

    def damage(W, fraction, rng):
        """A fixed number of entries."""
        out = W.copy()
        out.flat[choose(rng, W.size, round(fraction * W.size))] = 0
        return out

    return damage


def _in_each_row(W, fraction, rng):
    order = rng.permuted(np.tile(np.arange(W.shape[1]), (len(W), 1)), axis=1)
    return np.where(order < round(fraction * W.shape[1]), 0, W)


def _two_at_once(W, fraction, rng):
    pairs = rng.random((len(W), -(-W.shape[1] // 6))) < fraction
    return np.where(np.repeat(pairs, 6, axis=1)[:, : W.shape[1]], 0, W)


def _last_left_out(W, fraction, rng):
    struck = rng.random(W.shape) < fraction
    struck.flat[-1] = False
    return np.where(struck, 0, W)


DAMAGE = Exercise(
    name="damage",
    title="Damage",
    arguments=("W", "fraction", "rng"),
    outputs=("W",),
    about="""A copy of W in which each entry is 0 with probability `fraction`, each drawn on its own.

    W: any shape. fraction: a float from 0 to 1. rng: a NumPy Generator, the only source of chance. Returns a new
    array.""",
    lesson="lesson 10",
    reference=_strike,
    recipe=whole(_strike),
    draw=_draw_damage,
    kind="chance",
    judge=_judge_damage,
    mistakes=known({
        "survivors_struck": ["That is the share that should have survived (1 - fraction): the mask is the wrong way "
                             "round.",
                             lambda W, f, rng: W * (rng.random(W.shape) < f)],
        "wrong_share": ["Another share of the entries is struck (set to 0) than the fraction asked for.",
                        lambda W, f, rng: W * (rng.random(W.shape) >= f / 3),
                        lambda W, f, rng: W * (rng.random(W.shape) >= f * f)],
        "survivors_changed": ["Struck entries must be 0, and the others must stay as they are, with W's own numbers.",
                              lambda W, f, rng: W * (rng.random(W.shape) >= f) / (1 - f),
                              lambda W, f, rng: 1.0 * (rng.random(W.shape) >= f),
                              lambda W, f, rng: W + (rng.random(W.shape) < f) * rng.normal(size=W.shape)],
        "rows_or_columns_struck": [
            "Whole rows or columns (neurons) are struck together; strike single entries, each on its own.",
            lambda W, f, rng: W * (rng.permutation(W.shape[1]) >= round(f * W.shape[1])),
            lambda W, f, rng: W * (rng.permutation(len(W)) >= round(f * len(W)))[:, None]],
        "fixed_number_struck": [
            "A fixed number of entries is chosen (a permutation, or a choice without replacement), so the entries are "
            "not independent: each entry is drawn on its own, and how many are struck varies from draw to draw.",
            _so_many(lambda rng, size, n: rng.permutation(size)[:n]),
            _so_many(lambda rng, size, n: rng.choice(size, n, replace=False)), _in_each_row],
        "struck_with_replacement": [
            "Places are drawn with replacement: an entry can be drawn twice, so fewer are struck than asked for.",
            _so_many(lambda rng, size, n: rng.choice(size, n)),
            _so_many(lambda rng, size, n: rng.integers(0, size, n))],
        "struck_together": ["Entries are struck together: one number is drawn for several (or all) of them, not one "
                            "for each.", _two_at_once, lambda W, f, rng: W * (rng.random() >= f)],
        "entries_left_out": ["An entry is always struck, or never, whatever is drawn: its place is left out of the "
                             "draw.",
                              _last_left_out],
        "generator_not_used": [lambda W, f, rng: W * (np.random.random(W.shape) >= f)],  # noqa: NPY002
        "generator_ignored": ["Every call strikes the same entries, whatever rng is: rng is not used. Is a generator "
                              "of a fixed seed made inside, or nothing drawn at random?",
                              lambda W, f, rng: W * (np.random.default_rng(3).random(W.shape) >= f)],
    }),
)  # fmt: skip

EXERCISES = (DAMAGE,)
