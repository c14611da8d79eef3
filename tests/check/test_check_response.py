"""What is said of the one argument that is used in a wrong way: it is true, and only said where it is one."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import equations
from mfnumpy.check import check


def dense(x, W, b):
    return np.tanh(x @ W) * 0 + x @ W + 3 * b + 1.5


def unused(x, W, b):
    return x @ W + np.arange(W.shape[1]) * 0.37


def curved(x, W, b):
    return x @ W + np.sinh(b)


def two_wrong(x, W, b):
    return np.sin(x) @ W + 3 * b + np.arange(W.shape[1])


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (dense, "b counts 3 times: "),
        (unused, "b is not used: a change of b changes nothing."),
        (curved, "b is used in a wrong way: "),
        (two_wrong, ""),
    ],
)
def test_the_argument_that_is_used_in_a_wrong_way_is_named(function, says):
    told = [line for line in check("dense_forward", function).evidence.split("\n") if "reacts as it should" in line]
    assert len(told) == bool(says)
    assert not told or told[0].startswith(says), told


def test_nothing_is_said_of_arguments_where_all_are_used_in_a_wrong_way():
    def eq7(x, z, M, dG):
        return (
            np.cos(equations.weight_gradient(x, z, M, dG)) if hasattr(equations, "weight_gradient") else np.cos(x.T @ z)
        )

    assert "reacts as it should" not in check("eq7", eq7).evidence
