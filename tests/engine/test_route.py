"""The route of one update, as `mfnumpy info route` prints it."""

import re

import pytest

from mfnumpy import equations, rules
from mfnumpy.errors import BackendError
from mfnumpy.rules import mf
from mfnumpy.support.route import calls_of

EQUATIONS = ["goodness_scores", "cross_entropy_gradient", "projection_gradient", "weight_gradient"]


def functions(text: str) -> list[str]:
    """The functions of the equations, in the order in which a route names them."""
    return [name for name in re.findall(r"(\w+)  \[equations.py\]", text) if name in EQUATIONS]


def test_the_route_of_mono_forward_is_its_four_equations_for_each_block_and_then_the_optimiser():
    text = mf.route()
    assert functions(text) == EQUATIONS * 2
    assert "Eq. (5): G = a M^T" in text
    steps = re.findall(r"(local_step|Adam.update)  \[", text)
    assert steps == ["local_step", "Adam.update", "Adam.update"] * 2  # a block is updated before the next one runs
    assert text.count("LocalRule.steps") == 1  # it goes on after a yield; that is no second call
    named = ("steps", "local_step", "weight_gradient")
    outer, inner, innermost = (len(re.search(rf"^( *)\S*{name}  ", text, re.M)[1]) for name in named)
    assert outer < inner < innermost
    assert mf.route() == text


def test_planted_a_rule_that_leaves_an_equation_out_has_another_route(monkeypatch):
    monkeypatch.setattr(mf, "MonoForward", lambda: rules.MonoForward(projection_gradient=lambda a, dG: dG.T @ a))
    assert functions(mf.route()) == [name for name in EQUATIONS if name != "projection_gradient"] * 2


def test_an_error_inside_ends_the_watching():
    def fails():
        equations.softmax(None)

    with pytest.raises(BackendError):
        calls_of(fails)
    assert calls_of(lambda: None) == []
