"""A network once more, in plain loops and with nothing of the engine's: what FA's and DFA's formulas are held against.

Slow and literal on purpose. It reads a block's sizes and weights; every sum, window and mask is its own.
"""

from __future__ import annotations

import itertools

import numpy as np


def _places(layer, x_shape):
    """Every (n, output place, window place, input place) of a convolution or pooling; padding is left out."""
    N, H, W, _ = x_shape
    (KH, KW), (SH, SW) = layer["kernel"], layer["stride"]
    PH, PW = layer["padding"]
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    for n, oh, ow, i, j in itertools.product(range(N), range(OH), range(OW), range(KH), range(KW)):
        h, w = oh * SH + i - PH, ow * SW + j - PW
        if 0 <= h < H and 0 <= w < W:
            yield n, oh, ow, i, j, h, w


def _conv_sizes(block):
    conv = block.linear
    return {"kernel": conv.kernel, "stride": conv.stride, "padding": conv.padding}


def _pool_sizes(block):
    return {"kernel": block.pool.size, "stride": block.pool.stride, "padding": (0, 0)}


def linear(block, x, W, b=None):
    """z = x W + b, or the correlation of x with the kernels in W."""
    if not hasattr(block.linear, "kernel"):
        x = x.reshape(len(x), -1)
        z = np.array([[sum(row[d] * W[d, h] for d in range(W.shape[0])) for h in range(W.shape[1])] for row in x])
    else:
        kernels = W.reshape(*block.linear.kernel, x.shape[3], -1)
        z = np.zeros((len(x), *block.output_shape_before_pooling, W.shape[1]))
        for n, oh, ow, i, j, h, w in _places(_conv_sizes(block), x.shape):
            z[n, oh, ow] += kernels[i, j].T @ x[n, h, w]
    return z if b is None else z + b


def linear_weight_gradient(block, x, dz, W):
    """Sum over samples (and places) of input times error."""
    dW = np.zeros(W.shape)
    if not hasattr(block.linear, "kernel"):
        for row, error in zip(x.reshape(len(x), -1), dz, strict=True):
            dW += np.outer(row, error)
        return dW
    kernels = dW.reshape(*block.linear.kernel, x.shape[3], -1)
    for n, oh, ow, i, j, h, w in _places(_conv_sizes(block), x.shape):
        kernels[i, j] += np.outer(x[n, h, w], dz[n, oh, ow])
    return dW


def linear_input_error(block, dz, B, x_shape):
    """The error at the input: each output's error goes back through B to every input that made it."""
    dx = np.zeros(x_shape)
    if not hasattr(block.linear, "kernel"):
        flat = np.array(
            [[sum(error[h] * B[d, h] for h in range(B.shape[1])) for d in range(B.shape[0])] for error in dz]
        )
        return flat.reshape(x_shape)
    kernels = B.reshape(*block.linear.kernel, x_shape[3], -1)
    for n, oh, ow, i, j, h, w in _places(_conv_sizes(block), x_shape):
        dx[n, h, w] += kernels[i, j] @ dz[n, oh, ow]
    return dx


def pooled(block, a):
    """The mean of each window, or a itself."""
    if block.pool is None:
        return a
    sizes = _pool_sizes(block)
    (KH, KW), (SH, SW) = sizes["kernel"], sizes["stride"]
    out = np.zeros((len(a), (a.shape[1] - KH) // SH + 1, (a.shape[2] - KW) // SW + 1, a.shape[3]))
    for n, oh, ow, _, _, h, w in _places(sizes, a.shape):
        out[n, oh, ow] += a[n, h, w] / (KH * KW)
    return out


def unpooled(block, da, shape):
    """Each window's error, shared out."""
    da = da.reshape(len(da), *shape) if block.pool is None else da
    if block.pool is None:
        return da
    sizes = _pool_sizes(block)
    out = np.zeros((len(da), *shape))
    da = da.reshape(pooled(block, out).shape)
    for n, oh, ow, _, _, h, w in _places(sizes, out.shape):
        out[n, h, w] += da[n, oh, ow] / (sizes["kernel"][0] * sizes["kernel"][1])
    return out


class Naive:
    """Forward pass, output error, and each block's dW for given errors at a."""

    def __init__(self, net, readout, x, y):
        self.blocks, self.inputs, self.z = net.blocks, [], []
        for block in net.blocks:
            if block.pool is not None:
                block.output_shape_before_pooling = block.linear.output_shape(x.shape[1:])[:2]
            self.inputs.append(x)
            self.z.append(linear(block, x, block.parameters["W"], block.parameters.get("b")))
            x = pooled(block, np.where(self.z[-1] > 0, self.z[-1], 0))
        self.top = x.reshape(len(x), -1)
        G = self.top @ readout
        e = np.exp(G - G.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        self.error = np.array([[(p[n, c] - (c == y[n])) / len(y) for c in range(G.shape[1])] for n in range(len(y))])

    def error_at_z(self, i, da):
        """Back through pooling and mask."""
        return unpooled(self.blocks[i], da, self.z[i].shape[1:]) * (self.z[i] > 0)

    def gradients(self, i, dz):
        """dW and db of block i."""
        block, W = self.blocks[i], self.blocks[i].parameters["W"]
        found = {f"{block.name}.W": linear_weight_gradient(block, self.inputs[i], dz, W)}
        if "b" in block.parameters:
            found[f"{block.name}.b"] = sum(row for row in dz.reshape(-1, dz.shape[-1]))
        return found
