"""The learning rules: interchangeable over the same blocks, each a short file.

A new rule is a file here and a line in the list below, or, from outside the package, one call of `register`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.rules.base import NotStartedError, Rule, Step, Style
from mfnumpy.rules.bp import Backpropagation
from mfnumpy.rules.controls import DeepSupervision, MonoForwardJoint, Shallow
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.ff import ForwardForward, ForwardForwardOnePass
from mfnumpy.rules.global_rule import GlobalRule
from mfnumpy.rules.local_rule import LocalRule
from mfnumpy.rules.mf import MonoForward

RULES: dict[str, type[Rule]] = {}
"""All rules by name, in the order in which tables show them: that of their `place`."""

AnyRule = TypeVar("AnyRule", bound=type[Rule])


def register(rule: AnyRule) -> AnyRule:
    """Add a class of rules to RULES, at its `place`; returns it, so that it can stand as a decorator.

    A class that is defined again, as in a notebook, replaces its former self. Raises InvalidValueError for a class
    without a name or a prediction, or with the name of another rule.
    """
    if not (isinstance(rule, type) and issubclass(rule, Rule)):
        raise InvalidValueError(f"A rule is a subclass of mfnumpy.rules.Rule; got {rule!r}.")
    if not rule.name.isidentifier() or not rule.predictions:
        raise InvalidValueError(
            f"The class {rule.__name__} needs a name (letters, digits and _) and at least one prediction; "
            f"got name = {rule.name!r}, predictions = {rule.predictions!r}."
        )
    known = RULES.get(rule.name)
    if known is not None and (known.__module__, known.__qualname__) != (rule.__module__, rule.__qualname__):
        raise InvalidValueError(f"There is a rule '{rule.name}' already; give {rule.__name__} another name.")
    RULES[rule.name] = rule
    ordered = sorted(RULES.values(), key=lambda one: one.place)
    RULES.clear()
    RULES.update({one.name: one for one in ordered})
    return rule


for _rule in (
    Backpropagation,
    FeedbackAlignment,
    DirectFeedbackAlignment,
    ForwardForward,
    ForwardForwardOnePass,
    MonoForward,
    Shallow,
    DeepSupervision,
    MonoForwardJoint,
):
    register(_rule)


def make(name: str, *, dataset: str | None = None, **options: Any) -> Rule:
    """A new rule by name.

    name: a key of RULES.
    dataset: take the options that `choices` has for it, where there are any; None for none.
    options: the rule's own, which go first.
    Raises UnknownNameError for an unknown name, with the nearest one suggested.
    """
    if name not in RULES:
        raise unknown_name("rule", name, RULES)
    return RULES[name](**({} if dataset is None else RULES[name].options_for(dataset)) | options)


__all__ = [
    "RULES",
    "Backpropagation",
    "DeepSupervision",
    "DirectFeedbackAlignment",
    "FeedbackAlignment",
    "ForwardForward",
    "ForwardForwardOnePass",
    "GlobalRule",
    "LocalRule",
    "MonoForward",
    "MonoForwardJoint",
    "NotStartedError",
    "Rule",
    "Shallow",
    "Step",
    "Style",
    "make",
    "register",
]
