"""Patches and pooling in a few calls, for a device: the same numbers as place by place, and how many calls."""

from __future__ import annotations

import numpy as np
import pytest
import strict_array

from mfnumpy import backend, errors, layers
from mfnumpy.layers import at_once
from mfnumpy.support import seeding

KERNELS = [(3, 1, 1), ((3, 2), 1, (0, 1)), (1, 1, 0), ((2, 4), (1, 1), (3, 2)), (5, 1, 2)]
STRIDED = [((3, 2), (2, 1), (0, 1)), (2, 3, 1)]
TOLERANCE = {"float32": {"rtol": 1e-5, "atol": 1e-6}, "float64": {"rtol": 1e-12, "atol": 1e-13}}
POOLS = [(2, None), ((3, 2), None), (2, 1), ((1, 4), (3, 2))]


@pytest.fixture(params=["strict", pytest.param("cupy", marks=pytest.mark.gpu)])
def device(request):
    """A backend on which these functions are the ones in use."""
    if request.param == "cupy":
        request.getfixturevalue("cupy")
    else:
        strict_array.register()
    with backend.using(request.param):
        yield request.param


def images(shape, dtype="float64"):
    return seeding.stream(3, f"images {shape}").standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS + STRIDED)
def test_patches_are_im2cols(kernel, stride, padding, dtype, device):
    x = images((4, 7, 6, 5), dtype)
    found = backend.to_host(at_once.im2col(backend.to_device(x), kernel, stride, padding))
    assert found.dtype == dtype
    assert np.array_equal(found, layers.im2col(x, kernel, stride, padding))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS)
def test_patches_go_back_as_by_col2im(kernel, stride, padding, dtype, device):
    cols = images(layers.im2col(images((4, 7, 6, 5)), kernel, stride, padding).shape, dtype)
    found = backend.to_host(at_once.col2im(backend.to_device(cols), (4, 7, 6, 5), kernel, stride, padding))
    expected = layers.col2im(cols, (4, 7, 6, 5), kernel, stride, padding)
    assert found.dtype == dtype
    assert np.allclose(found, expected, **TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("size", "stride"), POOLS)
def test_means_are_average_poolings(size, stride, dtype, device):
    x = images((4, 9, 8, 5), dtype)
    found = backend.to_host(at_once.avgpool_forward(backend.to_device(x), size, stride))
    assert found.dtype == dtype
    assert np.allclose(found, layers.avgpool_forward(x, size, stride), **TOLERANCE[dtype])


@pytest.mark.parametrize("size", [2, (3, 2), (1, 4)])
def test_errors_are_shared_out_as_by_average_pooling(size, device):
    PH, PW = (size, size) if isinstance(size, int) else size
    dy, shape = images((4, 3, 2, 5)), (4, 3 * PH, 2 * PW, 5)
    found = backend.to_host(at_once.avgpool_backward(backend.to_device(dy), size, shape))
    assert np.array_equal(found, layers.avgpool_backward(dy, size, shape))


@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS + STRIDED)
def test_a_layer_gives_the_same_on_a_device(kernel, stride, padding, device):
    """Strides other than 1 go back place by place."""
    outcomes = []
    for name in ("numpy", device):
        with backend.using(name):
            conv = layers.Conv2d(
                5, 6, seeding.stream(1, "W"), kernel=kernel, stride=stride, padding=padding, dtype="float64"
            )
            x = images((4, 7, 6, 5))
            z = conv.forward(backend.to_device(x))
            dz = images(tuple(z.shape))
            outcomes.append([backend.to_host(a) for a in (z, conv.input_gradient(backend.to_device(dz), x.shape))])
    for here, there in zip(*outcomes, strict=True):
        assert np.allclose(here, there, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), POOLS)
def test_pooling_gives_the_same_on_a_device(size, stride, device):
    """Windows that overlap, or leave a rim, go back place by place."""
    outcomes = []
    for name in ("numpy", device):
        with backend.using(name):
            pool, x = layers.AvgPool2d(size, stride), images((4, 9, 8, 5))
            y = pool.forward(backend.to_device(x))
            dx = pool.backward(x.shape, backend.to_device(images(tuple(y.shape))))
            outcomes.append([backend.to_host(a) for a in (y, dx)])
    for here, there in zip(*outcomes, strict=True):
        assert np.allclose(here, there, rtol=1e-12, atol=1e-12)


def test_what_cannot_be_done_at_once_is_said(device):
    cols = backend.to_device(images((4 * 3 * 3, 3 * 3 * 5)))
    with pytest.raises(errors.BackendError, match="stride 1; got 2"):
        at_once.col2im(cols, (4, 7, 7, 5), 3, 2)
    with pytest.raises(errors.BackendError, match="numpy has no views"):
        at_once.im2col(images((4, 7, 6, 5)), 3)


def test_other_shapes_are_refused_in_the_same_words(device):
    conv, pool = layers.Conv2d(5, 6, seeding.stream(1, "W"), dtype="float64"), layers.AvgPool2d(2)
    wrong = {
        "images must be": (lambda x: pool.forward(x), (4, 6)),
        r"dy must be \(4, 3, 2, 5\); got \(4, 2, 3, 5\)": (lambda dy: pool.backward((4, 6, 4, 5), dy), (4, 2, 3, 5)),
        r"cols must be \(168, 45\); got \(120, 45\)": (lambda dz: conv.input_gradient(dz, (4, 7, 6, 5)), (4, 6, 5, 6)),
    }
    for words, (call, shape) in wrong.items():
        with pytest.raises(errors.ShapeError, match=words):
            call(backend.to_device(images(shape)))


def test_each_takes_so_many_calls(monkeypatch):
    """A call is a launch; a view is none. Place by place, a kernel of 3x3 and a pool of 2x2 take 9 and 4 calls more."""
    strict_array.register()
    calls = []
    for name in ("__setitem__", "__truediv__", "sum", "mean"):
        own = getattr(strict_array.StrictArray, name)
        monkeypatch.setattr(
            strict_array.StrictArray, name, lambda *a, _n=name, _own=own, **k: calls.append(_n) or _own(*a, **k)
        )
    for name in ("zeros", "ascontiguousarray"):
        own = getattr(strict_array.XP, name)
        monkeypatch.setattr(strict_array.XP, name, lambda *a, _n=name, _own=own, **k: calls.append(_n) or _own(*a, **k))
    with backend.using(strict_array.NAME):
        x = backend.to_device(images((4, 8, 6, 5)))
        cols = at_once.im2col(x, 3, 1, 1)
        assert calls == ["zeros", "__setitem__", "ascontiguousarray"]
        calls.clear()
        at_once.col2im(cols, x.shape, 3, 1, 1)
        assert calls == ["zeros", "__setitem__", "sum"]
        calls.clear()
        y = at_once.avgpool_forward(x, 2)
        at_once.avgpool_backward(y, 2, x.shape)
        assert calls == ["mean", "__truediv__", "ascontiguousarray"]
