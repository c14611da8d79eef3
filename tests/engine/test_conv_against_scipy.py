"""Convolution and pooling against SciPy's correlation; col2im is im2col's adjoint, for any kernel, stride, padding."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from mfnumpy.layers import (
    avgpool_backward,
    avgpool_forward,
    col2im,
    conv2d_backward,
    conv2d_forward,
    conv_output_size,
    im2col,
)
from mfnumpy.support.seeding import stream

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def geometries(draw, *, padded=True):
    """Image, kernel, stride and padding, each with its own height and width."""
    pair = lambda low, high: (draw(st.integers(low, high)), draw(st.integers(low, high)))  # noqa: E731
    size, kernel, stride = pair(1, 8), pair(1, 4), pair(1, 4)
    padding = pair(0, 3) if padded else (0, 0)
    assume(all(s + 2 * p >= k for s, k, p in zip(size, kernel, padding, strict=True)))
    return draw(st.integers(1, 3)), size, draw(st.integers(1, 3)), kernel, stride, padding


def scipy_conv(x, W, b, kernel, stride, padding):
    """Each map is the sum over channels of SciPy's full correlation, then every stride-th place."""
    N, _, _, C = x.shape
    F = W.shape[1]
    kernels = W.reshape(*kernel, C, F)
    x = np.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)))
    maps = [
        [sum(correlate(x[n, :, :, c], kernels[:, :, c, f], "valid", "direct") for c in range(C)) for f in range(F)]
        for n in range(N)
    ]
    return np.array(maps).transpose(0, 2, 3, 1)[:, :: stride[0], :: stride[1]] + b


@given(geometries(), st.integers(1, 4), st.integers(0, 10**6))
@RANDOM
def test_conv_forward_is_scipys_correlation(geometry, F, seed):
    n, size, C, kernel, stride, padding = geometry
    rng = stream(seed, "conv")
    x, W = rng.standard_normal((n, *size, C)), rng.standard_normal((kernel[0] * kernel[1] * C, F))
    b = rng.standard_normal(F)
    expected = scipy_conv(x, W, b, kernel, stride, padding)
    assert expected.shape[1:3] == conv_output_size(*size, kernel, stride, padding)
    assert np.allclose(conv2d_forward(x, W, b, kernel, stride, padding), expected, rtol=1e-12, atol=1e-12)


@given(geometries(), st.integers(0, 10**6))
@RANDOM
def test_col2im_is_the_adjoint_of_im2col(geometry, seed):
    n, size, C, kernel, stride, padding = geometry
    rng = stream(seed, "adjoint")
    x = rng.standard_normal((n, *size, C))
    cols = im2col(x, kernel, stride, padding)
    c = rng.standard_normal(cols.shape)
    image = col2im(c, x.shape, kernel, stride, padding)
    assert image.shape == x.shape
    assert np.isclose((cols * c).sum(), (x * image).sum(), rtol=1e-10, atol=1e-10)


@given(geometries(), st.integers(0, 10**6))
@RANDOM
def test_col2im_of_ones_counts_how_often_each_pixel_is_seen(geometry, seed):
    n, (H, W), C, kernel, stride, padding = geometry
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    counts = np.zeros((H + 2 * padding[0], W + 2 * padding[1]))
    for i in range(OH):
        for j in range(OW):
            counts[i * stride[0] : i * stride[0] + kernel[0], j * stride[1] : j * stride[1] + kernel[1]] += 1
    counts = counts[padding[0] : padding[0] + H, padding[1] : padding[1] + W]
    ones = np.ones((n * OH * OW, kernel[0] * kernel[1] * C))
    image = col2im(ones, (n, H, W, C), kernel, stride, padding)
    assert np.array_equal(image, np.broadcast_to(counts[None, :, :, None], image.shape))


@given(geometries(padded=False), st.integers(0, 10**6))
@RANDOM
def test_avgpool_is_scipys_correlation_with_a_flat_kernel(geometry, seed):
    n, size, C, window, stride, _ = geometry
    x = stream(seed, "pool").standard_normal((n, *size, C))
    flat = np.full(window, 1 / (window[0] * window[1]))
    expected = np.array([[correlate(x[i, :, :, c], flat, "valid", "direct") for c in range(C)] for i in range(n)])
    expected = expected.transpose(0, 2, 3, 1)[:, :: stride[0], :: stride[1]]
    y = avgpool_forward(x, window, stride)
    assert np.allclose(y, expected, rtol=1e-12, atol=1e-12)
    dy = stream(seed, "pool back").standard_normal(y.shape)
    dx = avgpool_backward(dy, window, x.shape, stride)
    assert np.isclose((y * dy).sum(), (x * dx).sum(), rtol=1e-10, atol=1e-10)


@pytest.fixture
def images():
    rng = stream(31, "images")
    return rng.standard_normal((2, 6, 5, 3)), rng.standard_normal((3 * 2 * 3, 4))


def test_conv_backward_is_scipys_full_correlation(images):
    """With stride 1, dx is the full convolution of dz with the kernel: SciPy's, kernel turned by 180 degrees."""
    x, W = images
    dz = stream(32, "dz").standard_normal((2, 4, 4, 4))
    dx, dW, db = conv2d_backward(x, W, dz, (3, 2))
    kernels = W.reshape(3, 2, 3, 4)
    for n in range(2):
        for c in range(3):
            full = sum(correlate(dz[n, :, :, f], kernels[::-1, ::-1, c, f], "full") for f in range(4))
            assert np.allclose(dx[n, :, :, c], full)
    for c in range(3):
        for f in range(4):
            expected = sum(correlate(x[n, :, :, c], dz[n, :, :, f], "valid") for n in range(2))
            assert np.allclose(dW.reshape(3, 2, 3, 4)[:, :, c, f], expected)
    assert np.allclose(db, [dz[..., f].sum() for f in range(4)])


@pytest.mark.parametrize(("c", "i", "j"), [(0, 0, 0), (2, 1, 1), (1, 2, 0)])
def test_a_delta_kernel_shifts_its_channel(images, c, i, j):
    """Holds the order of a patch: (kernel row, kernel column, channel)."""
    x, _ = images
    W = np.zeros((3, 2, 3, 1))
    W[i, j, c, 0] = 1
    z = conv2d_forward(x, W.reshape(18, 1), None, (3, 2))
    assert np.array_equal(z[..., 0], x[:, i : i + 4, j : j + 4, c])


def test_planted_mistakes_in_col2im_fail_the_adjoint_test(images):
    x, _ = images
    cols = im2col(x, (3, 2), 1, 1)
    c = stream(33, "c").standard_normal(cols.shape)
    inner = (cols * c).sum()
    assert np.isclose((x * col2im(c, x.shape, (3, 2), 1, 1)).sum(), inner)
    flipped = col2im(c.reshape(-1, 3, 2, 3)[:, ::-1].reshape(c.shape), x.shape, (3, 2), 1, 1)
    channels_first = col2im(c.reshape(-1, 3, 3, 2).transpose(0, 2, 3, 1).reshape(c.shape), x.shape, (3, 2), 1, 1)
    assigned = np.zeros((2, 8, 7, 3))
    for i in range(3):
        for j in range(2):
            assigned[:, i : i + 6, j : j + 6] = c.reshape(2, 6, 6, 3, 2, 3)[:, :, :, i, j]
    for planted in (flipped, channels_first, assigned[:, 1:7, 1:6]):
        assert not np.isclose((x * planted).sum(), inner)
