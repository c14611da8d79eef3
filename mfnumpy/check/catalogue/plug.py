"""Exercise plug_block: what a function did to a network and its rule is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mfnumpy import network, rules
from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Finding, Rng

BELOW, M_CLASSES, FEATURES = (8, 7, 5), 3, 6
"""Neurons of the blocks that are there, classes, and features of the input."""


def started(rng: Rng) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """A network of three blocks, its rule, and a batch."""
    seed = int(rng.integers(1000))
    net = network.mlp(FEATURES, BELOW, seed=seed)
    rule = rules.MonoForward()
    rule.start(net, M_CLASSES, seed)
    x = rng.standard_normal((90, FEATURES)).astype("float32")
    return net, rule, x, (x[:, :M_CLASSES].argmax(axis=1)).astype("int64")


def _learned(rng: Rng) -> tuple[network.Network, rules.MonoForward, np.ndarray, np.ndarray]:
    """The same after training, as it were: no array is any more as it was drawn."""
    net, rule, x, y = started(rng)
    for array in rule.parameters(net).values():
        array += (0.1 * rng.standard_normal(array.shape)).astype(array.dtype)
    return net, rule, x, y


def _plug(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.plug(net.new_dense(width))
    rule.plug(net)


def _plug_twice(net: network.Network, rule: rules.Rule, width: int) -> None:
    _plug(net, rule, width)
    _plug(net, rule, width)


def _by_hand(make: Callable[[int], np.ndarray]) -> Callable:
    """A block whose M is made(width)."""

    def plug_block(net: network.Network, rule: rules.Rule, width: int) -> None:
        """The block as it should be, M by hand."""
        net.plug(net.new_dense(width))
        rule.M.append(make(width))

    return plug_block


def _started_again(seed: Callable[[rules.Rule], int]) -> Callable:
    """A block for which the rule is started again with this seed."""

    def plug_block(net: network.Network, rule: rules.Rule, width: int) -> None:
        """The block as it should be, and every M drawn anew."""
        net.plug(net.new_dense(width))
        rule.start(net, M_CLASSES, seed(rule))

    return plug_block


def _told_first(net: network.Network, rule: rules.Rule, width: int) -> None:
    rule.plug(net)
    net.plug(net.new_dense(width))


def _in_its_place(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.unplug()
    _plug(net, rule, width)


def _at_the_bottom(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.blocks.insert(0, net.new_dense(width))
    rule.M.append(np.ones((M_CLASSES, width), "float32"))


def _matrix_twice(net: network.Network, rule: rules.Rule, width: int) -> None:
    _plug(net, rule, width)
    rule.M.append(rule.M[-1].copy())


def _matrix_first(net: network.Network, rule: rules.Rule, width: int) -> None:
    net.plug(net.new_dense(width))
    rule.M.insert(0, np.ones((M_CLASSES, width), net.dtype))


def _of_zeros(net: network.Network, rule: rules.Rule, width: int) -> None:
    _plug(net, rule, width)
    net.blocks[-1].parameters["W"][...] = 0


def _weights_changed(net: network.Network, rule: rules.Rule, width: int) -> None:
    _plug(net, rule, width)
    for block in net.blocks:
        block.parameters["W"][...] *= 2


def _judge_plug(call: Callable, rng: Rng) -> Finding | None:
    for width in rng.permutation([2, 4, 9, 11])[:2].tolist():
        net, rule, x, y = _learned(rng)
        blocks, matrices = list(net.blocks), list(rule.M)
        bytes_of = _bytes(blocks, matrices)
        call(net, rule, width)
        found = _judge_blocks(net, blocks, width) or _judge_number(rule, bytes_of[-2:])
        if found is None and (changed := _changed(bytes_of, _bytes(net.blocks, rule.M))):
            name = "weights_below_changed" if any(name.endswith("W") for name in changed) else "blocks_below_changed"
            found = Finding(name, f"Changed are: {', '.join(changed)}.")
        if found := found or _judge_shape(rule.M[-1], width) or _judge_use(net, rule, x, y):
            return found
    return None


def _bytes(blocks: Sequence, matrices: Sequence) -> list[bytes]:
    """Of W and M of the blocks that were there, first all W."""
    weights = [block.parameters["W"].tobytes() for block in blocks[: len(BELOW)]]
    return weights + [np.asarray(M).tobytes() for M in matrices[: len(BELOW)]]


def _changed(before: list[bytes], after: list[bytes]) -> list[str]:
    names = [f"block{i + 1}.{kind}" for kind in "WM" for i in range(len(BELOW))]
    return [name for name, old, new in zip(names, before, after, strict=True) if old != new]


def _judge_blocks(net: network.Network, before: list, width: int) -> Finding | None:
    """One block more, on top, of that width, that fits."""
    blocks = list(net.blocks)
    if len(blocks) != len(before) + 1:
        kept = sum(any(block is own for own in before) for block in blocks)
        if len(blocks) == len(before) and kept < len(before):
            return Finding("top_block_replaced", "The network had 3 blocks and still has 3, one of them a new one.")
        says = f"The network had 3 blocks and should have 4 now; it has {len(blocks)}."
        return Finding("no_block_plugged" if len(blocks) <= len(before) else "several_blocks_plugged", says)
    if blocks[-1] is before[-1] and blocks[:-1] != before:
        at = next(k for k, block in enumerate(blocks) if all(block is not own for own in before))
        return Finding("not_on_top", f"The new block is block {at + 1} of 4; the old ones follow it.")
    W = np.asarray(getattr(blocks[-1], "parameters", {}).get("W"))
    if W.ndim != 2 or not hasattr(blocks[-1], "local_gradients"):
        return Finding("no_dense_block", f"On top stands a {type(blocks[-1]).__name__}.")
    if W.shape == (width, BELOW[-1]):
        says = f"W of the new block is transposed: it has the shape {W.shape}; expected is (neurons below, neurons)."
        return Finding("no_dense_block", says)
    if W.shape[1] != width:
        return Finding("wrong_width", f"The new block should have {width} neurons; it has {W.shape[1]}.")
    if len(W) != BELOW[-1]:
        says = f"W of the new block has {len(W)} rows; the block below it has {BELOW[-1]} neurons."
        return Finding("does_not_fit", says)
    return None


def _judge_number(rule: rules.Rule, topmost: list[bytes]) -> Finding | None:
    """One projection matrix more, and it is the last; topmost: the bytes of the last two that were there."""
    if len(rule.M) < len(BELOW) + 1:
        return Finding("rule_not_plugged", "The network has its new block.")
    if len(rule.M) > len(BELOW) + 1:
        return Finding("several_matrices", f"The rule has {len(rule.M)} projection matrices for 4 blocks.")
    if [np.asarray(M).tobytes() for M in rule.M[-2:]] == topmost:
        return Finding("matrices_in_another_order", "M of the old topmost block is still the last one.")
    return None


def _judge_shape(M: np.ndarray, width: int) -> Finding | None:
    if not isinstance(M, np.ndarray):
        says = f"The projection matrix M of the new block is a {type(M).__name__}; expected is a NumPy array."
        return Finding("matrix_of_wrong_shape", says)
    shape = M.shape
    if shape == (width, M_CLASSES):
        says = f"The projection matrix M of the new block is transposed: it has the shape {shape}; expected is "
        return Finding("matrix_transposed", f"{says}(classes, width), a row for each class.")
    if shape != (M_CLASSES, width):
        says = f"The projection matrix M of the new block has the shape {shape}; expected is (classes, width), with "
        return Finding("matrix_of_wrong_shape", f"{says}{M_CLASSES} classes and {width} neurons.")
    return None


def _judge_use(net: network.Network, rule: rules.Rule, x: np.ndarray, y: np.ndarray) -> Finding | None:
    """It predicts and learns."""
    arrays = {"W": net.blocks[-1].parameters["W"], "M": rule.M[-1]}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            return Finding("cannot_learn", f"{name} of the new block holds NaN or Inf.")
        if not array.any():
            return Finding("cannot_learn", f"{name} of the new block is all zeros.")
        if len(np.unique(array, axis=1).T) == 1 < array.shape[1]:
            says = f"In {name} of the new block all neurons have the same numbers: they would learn the same."
            return Finding("cannot_learn", says)
    if rule.scores(net, x).shape != (len(x), M_CLASSES):
        return Finding("rule_not_plugged", "The network gives no scores any more.")
    list(rule.steps(net, x, y))
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
    draw=lambda rng, k: Case((*started(rng)[:2], 4)),
    kind="changes",
    judge=_judge_plug,
    mistakes=known({
        "no_block_plugged": ["No block was plugged in: the network has as many blocks as before.",
                             lambda net, rule, width: None],
        "top_block_replaced": ["The topmost block was taken off (unplug), and the new one stands in its place; what it "
                               "learned is lost.", _in_its_place],
        "several_blocks_plugged": ["More than one block was plugged in; one is asked for.",
                                   _plug_twice],
        "not_on_top": ["A new block belongs on top, after the last one, where its input is what the blocks below give.",
                       _at_the_bottom],
        "no_dense_block": ["On top belongs a dense block, with W of shape (neurons below, neurons), and its ReLU.",
                           lambda net, rule, width: net.blocks.append(net.new_dense(width).linear)],
        "wrong_width": ["The new block has another width (number of neurons) than the argument width says.",
                        lambda net, rule, width: _plug(net, rule, width + 1)],
        "does_not_fit": ["The new block does not fit onto the one below it: its W has a row for each neuron of that "
                         "block.",
                         lambda net, rule, width: net.blocks.append(network.mlp(FEATURES, (width,)).blocks[0])],
        "rule_not_plugged": ["The rule has no projection matrix M for the new block: it was not told of it, or was "
                             "told before the block was on the network (order).",
                             lambda net, rule, width: net.plug(net.new_dense(width)), _told_first],
        "several_matrices": ["The rule got more than one projection matrix M for the new block; each block has one.",
                             _matrix_twice],
        "matrices_in_another_order": ["The projection matrices are in another order than the blocks: the new M belongs "
                                      "at the end.",
                                      _matrix_first],
        "matrix_transposed": ["Rows and columns of M are exchanged.",
                              _by_hand(lambda width: np.random.default_rng(1).normal(size=(width, M_CLASSES)))],
        "matrix_of_wrong_shape": ["M turns the neurons of its block into scores, one for each class: it has a row for "
                                  "each class and a column for each neuron.",
                                  _by_hand(lambda width: np.random.default_rng(1).normal(size=(M_CLASSES, BELOW[-1]))),
                                  _by_hand(lambda width: np.random.default_rng(1).normal(size=(width, width)))],
        "cannot_learn": ["A new block starts with small random weights, different for each neuron; zeros, or equal "
                         "numbers, give all neurons the same gradient, or none.",
                         _of_zeros, _by_hand(lambda width: np.zeros((M_CLASSES, width), "float32")),
                         _by_hand(lambda width: np.ones((M_CLASSES, width), "float32"))],
        "weights_below_changed": ["The blocks below must keep their bytes: weights W of theirs were changed (trained, "
                                  "scaled or drawn anew).", _weights_changed],
        "blocks_below_changed": ["The blocks below must keep their bytes: what their M learned is lost. Was the rule "
                                 "started again (rule.start draws all matrices M anew, the trained ones too)?",
                                 _started_again(lambda rule: 0), _started_again(lambda rule: rule.seed),
                                 _started_again(lambda rule: rule.seed + 1)],
    }),
)  # fmt: skip

EXERCISES = (PLUG_BLOCK,)
