"""Exercises plug_block, damage and repair: what a function did to a network is judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy import equations, network, rules
from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Finding, Rng
from mfnumpy.optim import Adam
from mfnumpy.train import Trainer


def _started(rng: Rng) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """A network of three blocks, its rule, and a batch."""
    seed = int(rng.integers(1000))
    net = network.mlp(6, (8, 7, 5), seed=seed)
    rule = rules.MonoForward()
    rule.start(net, 3, seed)
    x = rng.standard_normal((90, 6)).astype("float32")
    return net, rule, x, (x[:, :3].argmax(axis=1)).astype("int64")


def _bytes(net: network.Network, rule: rules.Rule) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in rule.parameters(net).items()}


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before if after.get(name) != before[name]}


def _plug(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.plug(net.new_dense(width))
    rule.plug(net)


def _plug_twice(net: network.Network, rule: rules.Rule, width: int) -> None:
    _plug(net, rule, width)
    _plug(net, rule, width)


def _plug_started_again(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.plug(net.new_dense(width))
    rule.start(net, 3)


def _judge_plug(call: Callable, rng: Rng) -> Finding | None:
    net, rule, x, _ = _started(rng)
    before, width = _bytes(net, rule), int(rng.integers(2, 12))
    call(net, rule, width)
    if len(net.blocks) != 4:
        says = f"The network had 3 blocks and should have 4 now; it has {len(net.blocks)}."
        return Finding("no_block_plugged" if len(net.blocks) == 3 else "several_blocks_plugged", says)
    if net.widths[-1] != width:
        return Finding("wrong_width", f"The new block should have {width} neurons; it has {net.widths[-1]}.")
    if len(rule.M) != 4:
        return Finding("rule_not_plugged", "The network has its new block.")
    changed = _changed(before, _bytes(net, rule))
    if changed:
        return Finding("blocks_below_changed", f"Changed are: {', '.join(sorted(changed))}.")
    if rule.scores(net, x).shape != (90, 3):
        return Finding("rule_not_plugged", "The network gives no scores any more.")
    return None


PLUG_BLOCK = Exercise(
    name="plug_block",
    title="Plug in a block",
    arguments=("net", "rule", "width"),
    outputs=(),
    about="""Put a fresh dense block on top of a network, and give the rule what it needs for it.

    net: a Network. rule: a MonoForward that was started for it. width: neurons of the new block. Changes both, and
    leaves the blocks below as they are.""",
    lesson="lesson 10",
    reference=_plug,
    recipe=whole(_plug),
    draw=lambda rng, k: Case((*_started(rng)[:2], 4)),
    kind="changes",
    judge=_judge_plug,
    mistakes=known({
        "no_block_plugged": ["No block was plugged in: the network has as many blocks as before.",
                             lambda net, rule, width: None],
        "several_blocks_plugged": ["More than one block was plugged in.",
                                   _plug_twice],
        "wrong_width": ["The new block has another width than asked for.",
                        lambda net, rule, width: _plug(net, rule, width + 1)],
        "rule_not_plugged": ["The rule has no projection matrix for the new block: it was not told of it.",
                             lambda net, rule, width: net.plug(net.new_dense(width))],
        "blocks_below_changed": ["The blocks below must keep their bytes. Was the rule started again (rule.start "
                                 "draws all matrices anew, the trained ones too)?",
                                 _plug_started_again],
    }),
)  # fmt: skip


def _strike(W, fraction, rng):
    return np.where(rng.random(W.shape) < fraction, 0, W)


def _draw_damage(rng: Rng, k: int) -> Case:
    return Case((rng.standard_normal((30, 20)) + 3.0, float(rng.uniform(0.15, 0.35)), np.random.default_rng(1)))


def _changes(one: np.ndarray, W: np.ndarray, fraction: float) -> str:
    """What the entries became that should be 0 or stay, in words; "" if they tell nothing."""
    changed = one[(one != 0) & (one != W)] / W[(one != 0) & (one != W)]
    if np.allclose(changed, changed[0]):
        as_dropout = " (1 / (1 - fraction), as dropout does)" if np.isclose(changed[0], 1 / (1 - fraction)) else ""
        return f" Entries that are kept are scaled, all by the same factor {changed[0]:.3g}{as_dropout}."
    if not (one == 0).any() and abs((one != W).mean() - fraction) < 0.09:
        return " Struck entries are replaced by other numbers (noise, a mean), not by zero."
    return ""


def _judge_damage(call: Callable, rng: Rng) -> Finding | None:
    W, fraction, _ = _draw_damage(rng, 0).args
    one, again, other = (call(W, fraction, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    zeros = one == 0
    if not np.array_equal(one[~zeros], W[~zeros]):
        return Finding("survivors_changed", f"An entry is neither 0 nor what it was.{_changes(one, W, fraction)}")
    if abs(zeros.mean() - fraction) > 0.09:
        says = f"{zeros.mean():.0%} of the entries are zero; asked for were {fraction:.0%}."
        return Finding("survivors_struck" if abs(zeros.mean() - (1 - fraction)) < 0.09 else "wrong_share", says)
    if zeros.all(axis=0).any() or zeros.all(axis=1).any():
        return Finding("rows_or_columns_struck", "A whole row or column is zero.")
    if not np.array_equal(one, again):
        return Finding("generator_not_used", "With the same rng two calls differ: there is another source of chance.")
    if np.array_equal(one, other):
        return Finding("generator_ignored", "Another rng strikes the same entries: nothing is drawn from rng.")
    return None


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
        "survivors_struck": ["That is the share that should have survived: the mask is the wrong way round.",
                             lambda W, f, rng: W * (rng.random(W.shape) < f)],
        "wrong_share": ["Another share of the entries is struck (set to 0) than the fraction asked for.",
                        lambda W, f, rng: W * (rng.random(W.shape) >= f / 3)],
        "survivors_changed": ["Struck entries must be 0, and the others must stay as they are.",
                              lambda W, f, rng: W * (rng.random(W.shape) >= f) / (1 - f)],
        "rows_or_columns_struck": [
            "Whole rows or columns (neurons) are struck; strike single entries, each on its own.",
            lambda W, f, rng: W * (rng.permutation(W.shape[1]) >= round(f * W.shape[1])),
            lambda W, f, rng: W * (rng.permutation(len(W)) >= round(f * len(W)))[:, None]],
        "generator_not_used": [lambda W, f, rng: W * (np.random.random(W.shape) >= f)],  # noqa: NPY002
        "generator_ignored": [lambda W, f, rng: W * (np.random.default_rng(3).random(W.shape) >= f)],
    }),
)  # fmt: skip


def _train(only: Callable[[int], list[int] | None]) -> Callable:
    """A repair that trains these blocks."""

    def repair(net, rule, i, x, y):
        """Five epochs with Adam."""
        Trainer(net, rule, Adam(0.003), epochs=5, batch_size=32, only=only(i), show_progress=False).fit(x, y)

    return repair


_train_one = _train(lambda i: [i])


def _half(net, rule, i, x, y):
    M = rule.M[i].copy()
    _train_one(net, rule, i, x, y)
    rule.M[i][...] = M


def _zeroed(net, rule, i, x, y):
    net.blocks[i].parameters["W"][...] = 0
    rule.M[i][...] = 0


def _damaged(rng: Rng, i: int) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """A trained network with entries of block i's W struck: still better than zeros or a new start would be."""
    net, rule, x, y = _started(rng)
    Trainer(net, rule, Adam(0.01), epochs=20, batch_size=32, show_progress=False).fit(x, y)
    W = net.blocks[i].parameters["W"]
    W[rng.random(W.shape) < 0.3] = 0
    return net, rule, x, y


def _loss(net: network.Network, rule: rules.MonoForward, i: int, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(equations.cross_entropy(rule.layer_scores(net, x)[i], y)))


def _judge_repair(call: Callable, rng: Rng) -> Finding | None:
    for i in (0, 1, 2):
        net, rule, x, y = _damaged(rng, i)
        before, damaged = _bytes(net, rule), _loss(net, rule, i, x, y)
        call(net, rule, i, x, y)
        changed = _changed(before, _bytes(net, rule))
        expected = {f"block{i + 1}.W", f"block{i + 1}.M"}
        if not changed:
            return Finding("nothing_repaired", f"Asked to repair block {i + 1}, nothing changed.")
        if others := ", ".join(sorted(changed - expected)):
            still = "" if changed & expected else f" Block {i + 1} itself is not: another block was trained instead."
            return Finding("others_trained", f"Asked to repair block {i + 1} alone; changed as well: {others}.{still}")
        if expected - changed:
            says = f"Block {i + 1} was repaired by half; unchanged: {', '.join(expected - changed)}."
            return Finding("half_repaired", says)
        if not (loss := _loss(net, rule, i, x, y)) < damaged:
            says = f"Block {i + 1} was changed: its loss is {loss:.3f}, and damaged it was {damaged:.3f}."
            return Finding("not_repaired", says)
    return None


REPAIR = Exercise(
    name="repair",
    title="Repair one block",
    arguments=("net", "rule", "i", "x", "y"),
    outputs=(),
    about="""Train block i alone for a few epochs; everything else keeps its bytes.

    net, rule: as trained. i: the block's index, from 0. x: (N, d). y: (N,) integer labels. Changes net and rule.""",
    lesson="lesson 10",
    reference=_train_one,
    recipe=whole(_train_one),
    draw=lambda rng, k: Case((*_started(rng)[:2], 1, *_started(rng)[2:])),
    kind="changes",
    judge=_judge_repair,
    mistakes=known({
        "nothing_repaired": ["Nothing was trained: the block is as damaged as before.", lambda *args: None],
        "others_trained": ["Other blocks were trained as well.",
                           _train(lambda i: None)],
        "half_repaired": ["Both W and M of the block should learn.", _half],
        "not_repaired": ["The block was changed, not repaired.", _zeroed],
    }),
)  # fmt: skip

EXERCISES = (PLUG_BLOCK, DAMAGE, REPAIR)
