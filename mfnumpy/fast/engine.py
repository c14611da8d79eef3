"""Which engine trains this network by this rule, if any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mfnumpy import backend
from mfnumpy.blocks import Block
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import TeamEngine
from mfnumpy.fast.controls import ConvJoint, ConvShallow, DenseJoint, DenseShallow
from mfnumpy.fast.conv_rules import ConvMonoForward, ConvReadout
from mfnumpy.fast.dense import DenseMonoForward, DenseReadout
from mfnumpy.fast.forward_forward import DenseForwardForward, DenseForwardForwardOnePass
from mfnumpy.fast.team import Team
from mfnumpy.layers import AvgPool2d, Conv2d, Dense
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.rules.bp import Backpropagation
from mfnumpy.rules.controls import DeepSupervision, MonoForwardJoint, Shallow
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.ff import ForwardForward, ForwardForwardOnePass
from mfnumpy.rules.mf import MonoForward

Kinds = Mapping[type, Callable[..., TeamEngine]]

READOUT: Kinds = {Dense: DenseReadout, Conv2d: ConvReadout}
JOINT: Kinds = {Dense: DenseJoint, Conv2d: ConvJoint}
ENGINES: dict[type[Rule], Kinds] = {
    MonoForward: {Dense: DenseMonoForward, Conv2d: ConvMonoForward},
    Backpropagation: READOUT,
    FeedbackAlignment: READOUT,
    DirectFeedbackAlignment: READOUT,
    ForwardForward: {Dense: DenseForwardForward},
    ForwardForwardOnePass: {Dense: DenseForwardForwardOnePass},
    Shallow: {Dense: DenseShallow, Conv2d: ConvShallow},
    DeepSupervision: JOINT,
    MonoForwardJoint: JOINT,
}
"""The engines of each rule, by the kind of layer that the network's blocks have."""


def why_not(net: Network, rule: Rule) -> str | None:
    """The reason why no engine can train this, or None if one can."""
    if backend.current().name != "numpy":
        return "the fast engine is written for the backend 'numpy'"
    if not all(array.flags.c_contiguous for array in rule.parameters(net).values()):
        return "a parameter is not stored row by row"
    if own := _of_its_own(net, rule):
        return f"{own} of its own, which the fast engine would pass over"
    if others := {block.activation for block in net.blocks} - {"relu"}:
        return f"the fast engine is written for ReLU, not for {' and '.join(sorted(others))}"
    kinds = {type(block.linear) for block in net.blocks}
    if not kinds <= set(ENGINES[type(rule)]):
        return f"there is no fast engine for the rule '{rule.name}' on this kind of network"
    if kinds == {Conv2d}:
        return _why_not_convolutional(net)
    return None if kinds == {Dense} else "the fast engine knows networks of one kind of block only"


def engine(net: Network, rule: Rule, adam: FastAdam, team: Team) -> TeamEngine:
    """The engine for a started rule. Raises InvalidValueError with the reason where there is none.

    net, rule, adam, team: as in `TeamEngine`.
    """
    reason = why_not(net, rule)
    if reason:
        raise InvalidValueError(f"No fast engine: {reason}. Take the engine 'reference'.")
    return ENGINES[type(rule)][type(net.blocks[0].linear)](net, rule, adam, team)


def _of_its_own(net: Network, rule: Rule) -> str | None:
    """What of this is a user's own, so that only the reference can train it: a class, or a function handed in."""
    if type(rule) not in ENGINES:
        return f"the rule '{rule.name}' is a class"
    if type(net) is not Network:
        return "the network is a class"
    for block in net.blocks:
        if type(block) is not Block:
            return f"{block.name} is a class"
        if type(block.linear) not in (Dense, Conv2d):
            return f"the layer of {block.name} is a class"
    parts = [part for block in net.blocks for part in (block, block.linear, block.pool) if part is not None]
    own = {name: function for name, (_, function) in rule.functions().items()}
    for thing in (rule, net, *parts):
        for name, value in vars(thing).items():
            if callable(value) and value is not own.get(name):
                return f"{name} is a function"
    return None


def _why_not_convolutional(net: Network) -> str | None:
    for block, shape in zip(net.blocks, net.shapes(), strict=False):
        conv, pool = block.linear, block.pool
        assert isinstance(conv, Conv2d)
        if conv.stride != (1, 1) or type(pool) is not AvgPool2d or pool.size != (2, 2) or pool.stride != (2, 2):
            return "the fast engine knows convolutions with stride 1 and 2x2 average pooling only"
        if conv.output_shape(shape)[0] < 2 or conv.output_shape(shape)[1] < 2:
            return "an image is too small to be pooled"
    return None
