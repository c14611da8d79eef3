"""The learning rules: interchangeable over the same blocks, each a short file."""

from __future__ import annotations

from typing import Any

from mfnumpy.errors import unknown_name
from mfnumpy.rules.base import LocalRule, NotStartedError, Rule, Step
from mfnumpy.rules.bp import Backpropagation
from mfnumpy.rules.controls import DeepSupervision, MonoForwardJoint, Shallow
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.ff import ForwardForward, ForwardForwardOnePass
from mfnumpy.rules.mf import MonoForward

RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        Backpropagation,
        MonoForward,
        ForwardForward,
        ForwardForwardOnePass,
        FeedbackAlignment,
        DirectFeedbackAlignment,
        Shallow,
        DeepSupervision,
        MonoForwardJoint,
    )
}
"""All rules by name, in the order in which tables show them."""


def make(name: str, **options: Any) -> Rule:
    """Return a new rule by name. Raises UnknownNameError for an unknown name, with the nearest one suggested."""
    if name not in RULES:
        raise unknown_name("rule", name, RULES)
    return RULES[name](**options)


__all__ = [
    "RULES",
    "Backpropagation",
    "DeepSupervision",
    "DirectFeedbackAlignment",
    "FeedbackAlignment",
    "ForwardForward",
    "ForwardForwardOnePass",
    "LocalRule",
    "MonoForward",
    "MonoForwardJoint",
    "NotStartedError",
    "Rule",
    "Shallow",
    "Step",
    "make",
]
