"""Exercises of the course that are no equation: Adam's bias correction, plugging, damage, memory, honest tables.

They are checked as the checker does it: on draws of a seed, by numbers, with a sentence that names the mistake where
the numbers show it, and never the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mfnumpy import equations, network, rules
from mfnumpy.course import counts
from mfnumpy.errors import unknown_name
from mfnumpy.optim import Adam
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

PRACTICE_SEED = 0
Rng = np.random.Generator


@dataclass(frozen=True)
class Finding:
    """What a check found: `passed`, and one sentence that says why not."""

    exercise: str
    passed: bool
    text: str

    def __str__(self) -> str:
        return f"{self.exercise}: {self.text}"

    __repr__ = __str__


def check(exercise: str, function: Callable, *, seed: int | None = None) -> Finding:
    """Check a function written for one of EXTRA. seed: of the draws; None for practice.

    Returns a Finding and never raises for what the function does. Raises UnknownNameError for another exercise.
    """
    if exercise not in EXTRA:
        raise unknown_name("exercise", exercise, EXTRA)
    rng = stream(PRACTICE_SEED if seed is None else seed, f"course {exercise}")
    try:
        wrong = EXTRA[exercise](function, rng)
    except NotImplementedError:
        wrong = "not done yet."
    except Exception as error:
        wrong = f"your function stopped with {type(error).__name__}: {error}"
    return Finding(exercise, not wrong, wrong or "right.")


# -- lesson 9 --------------------------------------------------------------------------------------------------


def _bias_corrected(function: Callable, rng: Rng) -> str:
    for t in (1, 2, 7, 1000):
        m, v = rng.standard_normal((3, 4)), rng.random((3, 4)) + 0.1
        beta1, beta2 = rng.uniform(0.5, 0.95), rng.uniform(0.96, 0.999)
        kept = m.copy(), v.copy()
        found = function(m, v, t, beta1, beta2)
        if not isinstance(found, tuple | list) or len(found) != 2:
            return f"expected two arrays (m_hat, v_hat); got {type(found).__name__}."
        if not (np.array_equal(m, kept[0]) and np.array_equal(v, kept[1])):
            return "m or v was changed in place: Adam needs the uncorrected moments at the next step."
        for name, array, moment, beta in zip(("m_hat", "v_hat"), found, (m, v), (beta1, beta2), strict=True):
            if np.allclose(array, moment / (1 - beta**t), rtol=1e-6):
                continue
            for mistake, wrong in (
                ("is not corrected at all", moment),
                ("is divided by 1 - beta, at every t", moment / (1 - beta)),
                ("is multiplied where it must be divided", moment * (1 - beta**t)),
                ("counts one step too many", moment / (1 - beta ** (t + 1))),
            ):
                if np.allclose(array, wrong, rtol=1e-6):
                    return f"at t = {t}, {name} {mistake}."
            return f"at t = {t}, {name} is not right, and we do not recognise the mistake."
    return ""


# -- lesson 10 -------------------------------------------------------------------------------------------------


def _started(rng: Rng) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    seed = int(rng.integers(1000))
    net = network.mlp(6, (8, 7, 5), seed=seed)
    rule = rules.MonoForward()
    rule.start(net, 3, seed)
    x = rng.standard_normal((90, 6)).astype("float32")
    return net, rule, x, (x[:, :3].argmax(axis=1)).astype("int64")


def _bytes(net: network.Network, rule: rules.Rule) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in rule.parameters(net).items()}


def _plug_block(function: Callable, rng: Rng) -> str:
    net, rule, x, _ = _started(rng)
    before, width = _bytes(net, rule), int(rng.integers(2, 12))
    function(net, rule, width)
    if len(net.blocks) != 4:
        return f"the network had 3 blocks and should have 4 now; it has {len(net.blocks)}."
    if net.widths[-1] != width:
        return f"the new block should have {width} neurons; it has {net.widths[-1]}."
    if len(rule.M) != 4:
        return "the network has its new block, but the rule has no projection matrix for it."
    after = _bytes(net, rule)
    changed = [name for name in before if after[name] != before[name]]
    if changed:
        return f"the blocks below must keep their bytes; changed: {', '.join(changed)}. Was the rule started again?"
    return "" if rule.scores(net, x).shape == (90, 3) else "the network gives no scores any more."


def _damage(function: Callable, rng: Rng) -> str:
    W, fraction = rng.standard_normal((30, 20)) + 3.0, float(rng.uniform(0.15, 0.35))
    kept = W.copy()
    one = function(W, fraction, np.random.default_rng(1))
    if not np.array_equal(W, kept):
        return "W itself was changed; return a copy."
    if np.shape(one) != W.shape:
        return f"expected the shape {W.shape}; got {np.shape(one)}."
    zeros = one == 0
    if not np.array_equal(one[~zeros], W[~zeros]):
        return "entries that are not struck must stay as they are."
    if abs(zeros.mean() - (1 - fraction)) < 0.09:
        return f"{zeros.mean():.0%} of the entries are zero: that is what should have survived."
    if abs(zeros.mean() - fraction) > 0.09:
        return f"{zeros.mean():.0%} of the entries are zero; asked for were {fraction:.0%}."
    if zeros.all(axis=0).any() or zeros.all(axis=1).any():
        return "whole rows or columns are struck; strike single entries."
    if not np.array_equal(one, function(W, fraction, np.random.default_rng(1))):
        return "two calls with the same seed differ: draw from the given rng alone."
    if np.array_equal(one, function(W, fraction, np.random.default_rng(2))):
        return "another seed strikes the same entries: draw from the given rng."
    return ""


def _damaged(rng: Rng, i: int) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """A trained network with entries of block i's W struck: still better than zeros or a new start would be."""
    net, rule, x, y = _started(rng)
    Trainer(net, rule, Adam(0.01), epochs=20, batch_size=32, show_progress=False).fit(x, y)
    W = net.blocks[i].parameters["W"]
    W[rng.random(W.shape) < 0.3] = 0
    return net, rule, x, y


def _loss(net: network.Network, rule: rules.MonoForward, i: int, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(equations.cross_entropy(rule.layer_scores(net, x)[i], y)))


def _repair(function: Callable, rng: Rng) -> str:
    for i in (0, 1, 2):
        net, rule, x, y = _damaged(rng, i)
        before, damaged = _bytes(net, rule), _loss(net, rule, i, x, y)
        function(net, rule, i, x, y)
        after = _bytes(net, rule)
        changed = {name for name in before if after[name] != before[name]}
        expected = {f"block{i + 1}.W", f"block{i + 1}.M"}
        if not changed:
            return f"asked to repair block {i + 1}, nothing changed."
        if changed - expected:
            return f"asked to repair block {i + 1} alone; changed as well: {', '.join(sorted(changed - expected))}."
        if expected - changed:
            return f"block {i + 1} was repaired by half; unchanged: {', '.join(expected - changed)}."
        if not (loss := _loss(net, rule, i, x, y)) < damaged:
            return f"block {i + 1} was changed, not repaired: its loss is {loss:.3f}, and damaged it was {damaged:.3f}."
    return ""


# -- lesson 13 --------------------------------------------------------------------------------------------------


def _mean_and_deviation(function: Callable, rng: Rng) -> str:
    for n in (3, 5, 10):
        values = [float(v) for v in rng.uniform(90, 99, n)]
        found = function(values.copy())
        if not isinstance(found, tuple | list) or len(found) != 2:
            return f"expected (mean, deviation); got {found!r}."
        mean, deviation = map(float, found)
        if not np.isclose(mean, np.mean(values)):
            return "the mean is not right."
        if np.isclose(deviation, np.std(values)):
            return "that deviation is the one of these n numbers alone; seeds are a sample of all seeds."
        if np.isclose(deviation, np.std(values, ddof=1) / np.sqrt(n)):
            return "that is the standard error of the mean; tables show the deviation of single runs."
        if np.isclose(deviation, np.var(values, ddof=1)):
            return "that is the variance: the root is missing."
        if not np.isclose(deviation, np.std(values, ddof=1)):
            return "the deviation is not right, and we do not recognise the mistake."
    return ""


def _chosen_by_validation(function: Callable, rng: Rng) -> str:
    for _ in range(6):
        n = int(rng.integers(5, 15))
        test = [float(v) for v in rng.permutation(n) / n]
        while True:
            val = [float(v) for v in (rng.permutation(n) + 0.5) / n]  # between the test accuracies, and none of them
            if int(np.argmax(val)) not in (int(np.argmax(test)), n - 1):
                break
        found = function(val.copy(), test.copy())
        if found == max(test):
            return "that is the best epoch on the test set: it was chosen by the numbers that it is judged by."
        if found == test[-1]:
            return "that is the last epoch; the validation set chooses which one counts."
        if found == max(val):
            return "that is the validation accuracy; reported is the test accuracy of the chosen epoch."
        if found != test[int(np.argmax(val))]:
            return f"you return {found}, which is not right, and we do not recognise the mistake."
    return ""


EXTRA: dict[str, Callable[[Callable, Rng], str]] = {
    "bias_corrected": _bias_corrected,
    "plug_block": _plug_block,
    "damage": _damage,
    "repair": _repair,
    "kept_by_bp": counts.kept_by_bp,
    "kept_by_mf": counts.kept_by_mf,
    "ticks": counts.ticks,
    "parameters": counts.parameters,
    "mean_and_deviation": _mean_and_deviation,
    "chosen_by_validation": _chosen_by_validation,
}
"""Each judge: (student function, rng) -> "" if it is right, else what is wrong."""


def _plug(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.plug(net.new_dense(width))
    rule.plug(net)


def _train_one(net: network.Network, rule: rules.Rule, i: int, x: np.ndarray, y: np.ndarray) -> None:
    Trainer(net, rule, Adam(0.003), epochs=5, batch_size=32, only=[i], show_progress=False).fit(x, y)


REFERENCES: dict[str, Callable] = {
    "plug_block": _plug,
    "damage": lambda W, fraction, rng: np.where(rng.random(W.shape) < fraction, 0, W),
    "repair": _train_one,
}
"""What stands in for a blank in the last cell of a notebook, where the package has no function of that signature."""
