"""The finite-difference check finds wrong gradients, says where, and is not fooled by kinks."""

import numpy as np
import pytest

from mfnumpy import equations
from mfnumpy.check import adjoint, gradient
from mfnumpy.errors import DTypeError, InvalidValueError, ShapeError
from mfnumpy.layers import col2im, dense_backward, dense_forward, im2col, relu_backward, relu_forward
from mfnumpy.support.seeding import stream


@pytest.fixture
def rng():
    return stream(3, "numeric tests")


def test_scalar_function_with_labels_passes_and_its_double_fails_with_a_place(rng):
    G, y = rng.standard_normal((7, 4)), rng.integers(0, 4, 7)
    assert gradient(equations.cross_entropy, equations.cross_entropy_gradient, G, y)

    def one_entry_wrong(G, y):
        dG = equations.cross_entropy_gradient(G, y)
        dG[5, 2] += 0.01
        return dG

    report = gradient(equations.cross_entropy, one_entry_wrong, G, y)
    assert not report
    assert report.where == "gradient [5, 2]"
    assert "[5, 2]" in str(report)


def test_array_function_gets_an_upstream_gradient_and_several_arguments_are_told_apart(rng):
    x, W, b = rng.standard_normal((7, 5)), rng.standard_normal((5, 6)), rng.standard_normal(6)
    assert gradient(dense_forward, lambda x, W, b, dz: dense_backward(x, W, dz), x, W, b)
    wrong_bias = gradient(dense_forward, lambda x, W, b, dz: (*dense_backward(x, W, dz)[:2], dz.mean(axis=0)), x, W, b)
    assert not wrong_bias
    assert wrong_bias.where.startswith("gradient 2")
    assert gradient(dense_forward, lambda x, W, b, dz: dense_backward(x, W, dz)[1], x, W, b, wrt=1)


@pytest.mark.parametrize("shape", [(3, 4), (40, 50)])
def test_kinks_are_left_out_and_a_missing_mask_is_still_found(rng, shape):
    z = rng.standard_normal(shape)
    z[0, 0] = 0.0
    report = gradient(relu_forward, relu_backward, z)
    assert report, report
    if z.size < 400:
        assert report.kinks == 1
    assert not gradient(relu_forward, lambda z, da: da, z)


def test_one_wrong_entry_of_a_large_array_is_found(rng):
    x = rng.standard_normal((60, 40))

    def wrong(x):
        g = 3 * x**2
        g[17, 23] += 50
        return g

    assert gradient(lambda x: (x**3).sum(), lambda x: 3 * x**2, x)
    report = gradient(lambda x: (x**3).sum(), wrong, x)
    assert not report
    assert report.where == "gradient [17, 23]"


def test_large_values_do_not_drown_in_rounding(rng):
    x = 1e4 * rng.standard_normal(30)
    assert gradient(lambda x: (x**2).sum(), lambda x: 2 * x, x)


def test_nan_in_a_gradient_fails(rng):
    x = rng.standard_normal(5)
    assert not gradient(lambda x: (x**2).sum(), lambda x: np.full(5, np.nan), x)


def test_adjoint_finds_assignment_in_place_of_addition(rng):
    x = rng.standard_normal((2, 6, 5, 3))
    assert adjoint(lambda x: im2col(x, (3, 2)), lambda c: col2im(c, x.shape, (3, 2)), x)
    coverage = col2im(np.ones_like(im2col(x, (3, 2))), x.shape, (3, 2))
    assert not adjoint(lambda x: im2col(x, (3, 2)), lambda c: col2im(c, x.shape, (3, 2)) / coverage, x)
    with pytest.raises(InvalidValueError, match="not linear"):
        adjoint(relu_forward, lambda u: u, x)


def test_misuse_is_explained(rng):
    x, y = rng.standard_normal(4), np.arange(4)
    with pytest.raises(ShapeError, match="shape"):
        gradient(lambda x: x.sum(), lambda x: np.ones(3), x)
    with pytest.raises(DTypeError, match="float"):
        gradient(lambda y: float(y.sum()), lambda y: np.ones(4), y)
    with pytest.raises(InvalidValueError, match="finite"), np.errstate(invalid="ignore"):
        gradient(lambda x: np.log(-np.abs(x)).sum(), lambda x: x, x)
