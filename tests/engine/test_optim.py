"""SGD and Adam against their published formulas, step by step in plain Python."""

import copy
import math
import pickle

import numpy as np
import pytest

from mfnumpy import optim
from mfnumpy.errors import CheckpointError, DTypeError, InvalidValueError, ShapeError, UnknownNameError
from mfnumpy.support.seeding import stream


def adam_by_hand(p, gradients, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    """Kingma and Ba 2015, Algorithm 1, for one number."""
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        p -= lr * (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + eps)
    return p


def run(optimiser, gradients, start=0.7, name="w"):
    p = np.array([start])
    for g in gradients:
        optimiser.update(name, p, np.array([g]))
    return p[0]


GRADIENTS = [0.3, -1.2, 1e-7, 5.0, 0.0, -0.02]


def test_adam_is_the_algorithm_as_printed():
    for n in range(1, len(GRADIENTS) + 1):
        assert math.isclose(run(optim.Adam(), GRADIENTS[:n]), adam_by_hand(0.7, GRADIENTS[:n]), rel_tol=1e-13)
    odd = {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}
    assert math.isclose(
        run(optim.Adam(**odd), GRADIENTS), adam_by_hand(0.7, GRADIENTS, 0.02, 0.8, 0.95, 1e-3), rel_tol=1e-13
    )


def test_first_step_has_the_size_of_the_learning_rate():
    """3.162 or 31.6 times lr without the (or half the) bias correction; 0.744 times with t from 2."""
    assert math.isclose(0.7 - run(optim.Adam(1e-3), [0.4]), 1e-3, rel_tol=1e-6)


def test_epsilon_stands_outside_the_root():
    """At g = 1e-7 an epsilon under the root gives 0.0014 of lr, epsilon-hat 0.31; as printed it is 1 / 1.1."""
    assert math.isclose((0.7 - run(optim.Adam(1e-3), [1e-7])) / 1e-3, 1 / 1.1, rel_tol=1e-6)


def test_planted_variants_of_adam_are_told_apart():
    expected = adam_by_hand(0.7, GRADIENTS)

    def variant(p, g, m, v, t, lr, b1, b2, eps, kind):
        if kind == "no correction":
            t = 10**6
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1 ** (t + (kind == "t from 2"))), v / (1 - b2 ** (t + (kind == "t from 2")))
        root = math.sqrt(v_hat + eps) if kind == "under the root" else math.sqrt(v_hat) + eps
        return p - lr * m_hat / root, m, v

    for kind in ("no correction", "t from 2", "under the root"):
        p, m, v = 0.7, 0.0, 0.0
        for t, g in enumerate(GRADIENTS, start=1):
            p, m, v = variant(p, g, m, v, t, 1e-3, 0.9, 0.999, 1e-8, kind)
        assert not math.isclose(p, expected, rel_tol=1e-12), kind


def test_time_counts_per_parameter():
    """Several steps per batch, or a parameter that joins late: each is as if it were alone."""
    adam, a, b = optim.Adam(), np.array([0.7]), np.array([0.7])
    for k, g in enumerate(GRADIENTS):
        adam.update("a", a, np.array([g]))
        if k >= 2:
            adam.update("b", b, np.array([g]))
    assert a[0] == run(optim.Adam(), GRADIENTS)
    assert b[0] == run(optim.Adam(), GRADIENTS[2:])
    assert adam.t == {"a": 6, "b": 4}


def test_sgd_is_equations_7_and_8_as_printed():
    rng = stream(1, "sgd")
    W, dW = rng.standard_normal((5, 6)), rng.standard_normal((5, 6))
    expected = W - 0.3 * dW
    assert np.array_equal(optim.sgd_step(W, dW, 0.3), expected)
    optim.SGD(0.3).update("W", W, dW)
    assert np.array_equal(W, expected)
    optim.SGD(0.3).update("W", W, dW, scale=0.5)
    assert np.allclose(W, expected - 0.15 * dW)


@pytest.mark.parametrize("size", [1, 32_767, 32_768, 32_769, 70_000])
def test_adam_in_blocks_is_adam_at_once_bit_for_bit(size):
    rng = stream(2, "blocks")
    p, g = (rng.standard_normal(size).astype("float32") for _ in range(2))
    m = v = np.zeros_like(p)
    whole, adam = p.copy(), optim.Adam()
    for t in (1, 2, 3):
        whole, m, v = optim.adam_step(whole, g, m, v, t, 1e-3)
        adam.update("p", p, g)
        g = np.roll(g, 1)
    assert np.array_equal(p, whole)
    assert np.array_equal(adam.m["p"], m)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", [optim.Adam, optim.SGD])
def test_dtype_stays_and_the_gradient_is_left_alone(make, dtype):
    rng = stream(3, "dtype")
    p, g = (rng.standard_normal((4, 5)).astype(dtype) for _ in range(2))
    g.flags.writeable = False
    optimiser = make(np.float64(0.1))
    for _ in range(2):
        optimiser.update("p", p, g, scale=np.float64(0.5))
    assert p.dtype == dtype
    assert all(a.dtype == dtype and not np.shares_memory(a, g) for a in optimiser.state()[0].values())
    steps = [optim.sgd_step(p, g, 0.1), *optim.adam_step(p, g, np.zeros_like(p), np.zeros_like(p), 1)]
    assert all(a.dtype == dtype and not np.shares_memory(a, p) for a in steps)


def test_a_parameter_that_is_not_contiguous_is_updated_too():
    """M = W^T, as in the identities, is a view."""
    rng = stream(4, "view")
    p, g = rng.standard_normal((4, 5)), rng.standard_normal((5, 4))
    expected = p.copy()
    optim.Adam().update("p", expected, np.ascontiguousarray(g.T))
    optim.Adam().update("p", p.T, g)
    assert np.allclose(p, expected, rtol=1e-14)


def test_state_can_be_taken_up_and_is_copied():
    rng = stream(5, "state")
    p = rng.standard_normal((3, 4))
    first = optim.Adam()
    first.update("p", p, rng.standard_normal((3, 4)))
    second, q = optim.Adam(), p.copy()
    second.load_state(*first.state())
    g = rng.standard_normal((3, 4))
    first.update("p", p, g)
    second.update("p", q, g)
    assert np.array_equal(p, q)
    assert not np.shares_memory(first.m["p"], second.m["p"])


@pytest.mark.parametrize("make", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))])
def test_a_copy_goes_on_where_it_stands(make):
    """Alone, on the same parameter, or together with it, on its copy."""
    rng = stream(6, "copy")
    p, gradients = rng.standard_normal((3, 4)), rng.standard_normal((3, 3, 4))
    adam = optim.Adam()
    adam.update("p", p, gradients[0])
    (alone, start), (together, q) = (make(adam), p.copy()), make((adam, p))
    for g in gradients[1:]:
        adam.update("p", p, g)
        together.update("p", q, g)
    expected = p.copy()
    p[...] = start
    for g in gradients[1:]:
        alone.update("p", p, g)
    assert adam.t == together.t == alone.t == {"p": 3}
    assert expected.tobytes() == p.tobytes() == q.tobytes()


@pytest.mark.parametrize(
    ("arrays", "times"), [({}, {"p": 1}), ({"m/p": np.zeros(2)}, {"p": 1}), ({"m/p": 0, "v/p": 0, "m/q": 0}, {"p": 1})]
)
def test_state_that_does_not_belong_together_is_refused(arrays, times):
    with pytest.raises(CheckpointError, match="do not belong together"):
        optim.Adam().load_state(arrays, times)
    with pytest.raises(CheckpointError, match="SGD has none"):
        optim.SGD().load_state(arrays, times)


@pytest.mark.parametrize("lr", [0, -1, float("nan"), float("inf"), "0.1", None, True])
@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_learning_rate_must_be_positive(name, lr):
    with pytest.raises(InvalidValueError, match="lr must be a positive number"):
        optim.make(name, lr=lr)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"beta1": 1.0}, "beta1 must be a number from 0 to below 1; got 1.0"),
        ({"beta2": -0.1}, "beta2 must be"),
        ({"beta2": float("nan")}, "beta2 must be"),
        ({"epsilon": 0}, "epsilon must be a positive number; got 0"),
        ({"epsilon": "1e-8"}, "epsilon must be"),
    ],
)
def test_settings_that_would_divide_by_zero_are_refused(options, says):
    with pytest.raises(InvalidValueError, match=says):
        optim.Adam(**options)
    assert optim.Adam(np.float32(0.5), beta1=0, beta2=np.float64(0)).beta1 == 0


def test_other_bad_input():
    with pytest.raises(UnknownNameError, match=r"no optimiser named 'adan'\. Did you mean 'adam'"):
        optim.make("adan")
    for optimiser in (optim.Adam(), optim.SGD()):
        with pytest.raises(ShapeError, match=r"block1.W: the parameter is \(3, 4\), its gradient \(4, 3\)"):
            optimiser.update("block1.W", np.zeros((3, 4)), np.zeros((4, 3)))
        with pytest.raises(DTypeError, match=r"block1.W: the gradient must be an array; got NoneType.*return"):
            optimiser.update("block1.W", np.zeros((3, 4)), None)


def test_description_rebuilds_the_optimiser():
    for optimiser in (optim.Adam(0.01, 0.8, 0.9, 1e-6), optim.SGD(0.3)):
        spec = optimiser.spec()
        assert optim.make(spec.pop("optimiser"), **spec).spec() == optimiser.spec()
