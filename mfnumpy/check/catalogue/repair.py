"""Exercise repair: what a function did to a network is judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy import equations, network, rules
from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.catalogue.plug import started
from mfnumpy.check.model import Case, Exercise, Finding, Rng
from mfnumpy.optim import Adam
from mfnumpy.train import Trainer


def _bytes(net: network.Network, rule: rules.Rule) -> dict[str, bytes]:
    return {name: np.asarray(array).tobytes() for name, array in rule.parameters(net).items()}


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before if after.get(name) != before[name]}


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


def _started_again(net, rule, i, x, y):
    rule.start(net, 3, seed=5)
    _train_one(net, rule, i, x, y)


def _dead(net, rule, i, x, y):
    net.blocks[i].parameters["W"][...] = 0
    _train_one(net, rule, i, x, y)


def _zeroed(net, rule, i, x, y):
    net.blocks[i].parameters["W"][...] = 1e-3
    rule.M[i][...] = 0


def _damaged(rng: Rng, i: int) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """A trained network with entries of block i's W struck: still better than zeros or a new start would be."""
    net, rule, x, y = started(rng)
    Trainer(net, rule, Adam(0.01), epochs=20, batch_size=32, show_progress=False).fit(x, y)
    W = net.blocks[i].parameters["W"]
    W[rng.random(W.shape) < 0.3] = 0
    return net, rule, x, y


def _loss(net: network.Network, rule: rules.MonoForward, i: int, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(equations.cross_entropy(rule.layer_scores(net, x)[i], y)))


def _judge_others(i: int, others: set[str], itself: bool) -> Finding | None:
    """Of the other blocks nothing may change."""
    if not others:
        return None
    names = ", ".join(sorted(others))
    if not itself:
        says = f"Asked to repair block {i + 1}, another block was trained in its place; changed are: {names}."
        return Finding("another_trained", f"{says} Block {i + 1} itself is unchanged.")
    if all(name.endswith(".M") for name in others):
        says = f"Asked to repair block {i + 1} alone; changed as well: {names}, and no W of these blocks."
        return Finding("others_drawn_anew", says)
    numbers = sorted({int(name[len("block") : name.index(".")]) for name in others})
    where = "above it" if numbers[0] > i + 1 else "below it" if numbers[-1] < i + 1 else "of all others"
    return Finding("others_trained", f"Asked to repair block {i + 1} alone; changed as well: {names} (blocks {where}).")


def _judge_repair(call: Callable, rng: Rng) -> Finding | None:
    for i in (0, 1, 2):
        net, rule, x, y = _damaged(rng, i)
        before, damaged = _bytes(net, rule), _loss(net, rule, i, x, y)
        shapes = {name: array.shape for name, array in rule.parameters(net).items()}
        call(net, rule, i, x, y)
        if (len(net.blocks), len(rule.M)) != (3, 3):
            says = f"It had 3 blocks and 3 matrices M; it has {len(net.blocks)} and {len(rule.M)}."
            return Finding("network_rebuilt", says)
        for name, array in rule.parameters(net).items():
            if np.shape(array) != shapes[name]:
                says = f"{name} has the shape {np.shape(array)} now; it had {shapes[name]}."
                return Finding("network_rebuilt", says)
        changed = _changed(before, _bytes(net, rule))
        expected = {f"block{i + 1}.W", f"block{i + 1}.M"}
        if not changed:
            return Finding("nothing_repaired", f"Asked to repair block {i + 1}, nothing changed.")
        if (found := _judge_others(i, changed - expected, bool(changed & expected))) is not None:
            return found
        if not np.any(net.blocks[i].parameters["W"]):
            says = f"All of block {i + 1}.W is 0: then every z is 0, the ReLU's slope is 0, and no gradient comes."
            return Finding("dead_block", f"{says} M learns nothing either, as its input a is 0.")
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
    draw=lambda rng, k: Case((*started(rng)[:2], 1, *started(rng)[2:])),
    kind="changes",
    judge=_judge_repair,
    mistakes=known({
        "nothing_repaired": ["Nothing was trained: the block is as damaged as before.", lambda *args: None],
        "others_trained": ["Other blocks were trained as well; only block i may change.",
                           _train(lambda i: None), _train(lambda i: list(range(i + 1))),
                           _train(lambda i: list(range(i, 3)))],
        "another_trained": ["The index of the trained block is not i (off by one?); i counts from 0.",
                            _train(lambda i: [(i + 1) % 3]), _train(lambda i: [(i - 1) % 3])],
        "others_drawn_anew": ["The projection matrices M of the other blocks changed: were they drawn anew "
                              "(rule.start), or trained, and only W put back?", _started_again],
        "network_rebuilt": ["Repair trains what is there; the network, its matrices and their shapes stay.",
                            lambda net, rule, i, x, y: net.unplug()],
        "half_repaired": ["Both W and M of the block should learn; one of them is as it was before.", _half],
        "dead_block": ["A block whose weights are all 0 is dead; it learns nothing.", _dead],
        "not_repaired": ["The block was changed, not repaired: its loss is not smaller than before, when it was "
                         "damaged.",
                         _zeroed],
    }),
)  # fmt: skip

EXERCISES = (REPAIR,)
