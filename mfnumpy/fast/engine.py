"""Which engine trains this network by this rule, if any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mfnumpy import backend
from mfnumpy.blocks import Block
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import TeamEngine
from mfnumpy.fast.controls import ConvJoint, ConvShallow, DenseJoint, DenseShallow
from mfnumpy.fast.convolution import ConvMonoForward, ConvReadout
from mfnumpy.fast.dense import DenseMonoForward, DenseReadout
from mfnumpy.fast.forward_forward import DenseForwardForward
from mfnumpy.fast.team import Team
from mfnumpy.layers import AvgPool2d, Conv2d, Dense
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.rules.bp import Backpropagation
from mfnumpy.rules.controls import DeepSupervision, MonoForwardJoint, Shallow
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.ff import ForwardForward
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
    Shallow: {Dense: DenseShallow, Conv2d: ConvShallow},
    DeepSupervision: JOINT,
    MonoForwardJoint: JOINT,
}
"""The engines of each rule, by the kind of layer that the network's blocks have."""


def why_not(net: Network, rule: Rule) -> str | None:
    """The reason why no engine can train this, or None if one can."""
    if backend.current().name != "numpy":
        return "the fast room is written for the backend 'numpy'"
    if any("b" in block.parameters for block in net.blocks):
        return "the fast room knows no biases"
    if not all(array.flags.c_contiguous for array in rule.parameters(net).values()):
        return "a parameter is not stored row by row"
    if any(type(block) is not Block for block in net.blocks):
        return "a block is of a class of its own, whose methods the fast room would pass over"
    kinds = {type(block.linear) for block in net.blocks}
    if type(rule) not in ENGINES:
        return f"the fast room has no engine for the rule '{rule.name}'"
    if not kinds <= set(ENGINES[type(rule)]):
        return f"the fast room has no engine for the rule '{rule.name}' on this kind of network"
    if rule.plugged():
        return "the rule was given an equation of its own, which the fast room would pass over"
    if kinds == {Conv2d}:
        return _why_not_convolutional(net)
    return None if kinds == {Dense} else "the fast room knows networks of one kind of block only"


def engine(net: Network, rule: Rule, adam: FastAdam, team: Team) -> TeamEngine:
    """The engine for a started rule. Raises InvalidValueError with the reason where there is none."""
    reason = why_not(net, rule)
    if reason:
        raise InvalidValueError(f"No fast engine: {reason}. Train without it.")
    return ENGINES[type(rule)][type(net.blocks[0].linear)](net, rule, adam, team)


def _why_not_convolutional(net: Network) -> str | None:
    for block, shape in zip(net.blocks, net.shapes(), strict=False):
        conv, pool = block.linear, block.pool
        assert isinstance(conv, Conv2d)
        if conv.stride != (1, 1) or type(pool) is not AvgPool2d or pool.size != (2, 2) or pool.stride != (2, 2):
            return "the fast room knows convolutions with stride 1 and 2x2 average pooling only"
        if conv.output_shape(shape)[0] < 2 or conv.output_shape(shape)[1] < 2:
            return "an image is too small to be pooled"
    return None
