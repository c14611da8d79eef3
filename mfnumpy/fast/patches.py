"""Convolution by patches: im2col, col2im and 2x2 pooling for stride 1, into arrays that are used again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mfnumpy.backend import Array
from mfnumpy.fast.base import relu
from mfnumpy.fast.pooled import PooledConvolution, Share
from mfnumpy.fast.workspace import Workspace

Pair = tuple[int, int]

LONG = 2048
"""Bytes from which the C library copies in a way that begins slowly."""

ROWS = 1024
"""How many patches a product should have at least: BLAS repacks W for each."""


class Patches(PooledConvolution):
    """Any kernel with stride 1: z = rows W, dW = rows^T dz, and the errors of patches added back to their pixels."""

    def __init__(self, *args: Any, matrix: Array | None = None):
        super().__init__(*args)
        height, width, maps = self.output
        self.back = self.conv.parameters["W"] if matrix is None else matrix
        self.longest = height * width * max(maps, len(self.back))
        self.wanted = ROWS // (height * width)
        self.sum_shape = self.back.shape

    def lay(self, x: Array, key: str) -> Array:
        """The patches: (n OH OW, KH KW C)."""
        height, width, _ = self.output
        rows = self.space.array(f"rows {self.name} {key}", len(x) * height * width, len(self.back))
        im2col(x, self.conv.kernel, self.conv.padding, rows, self.space, f"{self.name} {key}")
        return rows

    def forward(self, laid: Array, out: Array, key: str, piece: int = 0) -> Array:
        """z = rows W + b, relu, pool; arguments as in `PooledConvolution.forward`."""
        images = self._images(len(out), key)
        np.matmul(laid, self.conv.parameters["W"], out=images.reshape(len(laid), -1))
        if "b" in self.conv.parameters:
            images += self.conv.parameters["b"]
        relu(images.reshape(len(out) * self.output[0], -1), self.space)
        pool(images, out)
        seen = windows(images)
        return np.greater(seen, 0, out=self.space.array(f"active {self.name} {piece} {key}", *seen.shape, dtype="bool"))

    def errors(self, da: Array, active: Array, key: str) -> Array:
        """dz as rows: (n OH OW, F); arguments as in `PooledConvolution.errors`."""
        images = self._images(len(da), key)
        unpool(da, active, images, self.space, key)
        return images.reshape(-1, self.output[2])

    def product(self, laid: Array, dz: Array) -> tuple[Array, Array]:
        """rows^T and dz."""
        return laid.T, dz

    def bias_gradient(self, dz: Array) -> Array:
        """The sum of the rows."""
        return dz.sum(axis=0)

    def gradients(self, sums: list[Array], share: Share) -> Iterator[tuple[slice, Array]]:
        """The worker's rows of dW, in one piece."""
        own = share(len(sums[0]))
        for other in sums[1:]:
            np.add(sums[0][own], other[own], out=sums[0][own])
        yield own, sums[0][own]

    def below(self, dz: Array, out: Array, key: str) -> None:
        """col2im of dz W^T; arguments as in `PooledConvolution.below`."""
        rows = self.space.array(f"errors {key}", len(dz), len(self.back))
        np.matmul(dz, self.back.T, out=rows)
        col2im(rows, self.conv.kernel, self.conv.padding, out)

    def _images(self, n: int, key: str) -> Array:
        return self.space.array(f"z {key}", n, *self.output)


def im2col(x: Array, kernel: Pair, padding: Pair, out: Array, space: Workspace, key: str) -> None:
    """out <- the same rows as of `layers.im2col` with stride 1, in one piece of memory.

    x: (N, H, W, C).
    kernel, padding: (KH, KW) and (PH, PW).
    out: (N*OH*OW, KH*KW*C), written.
    space: where the padded images lie.
    key: their name there, one for each block and worker.

    A patch's row of pixels, (KW, C), lies in one piece in the image, so all patches are one strided view of it, and
    one call copies them. Pieces longer than LONG bytes are copied pixel by pixel instead, which is faster.
    """
    N, H, W, C = x.shape
    (KH, KW), (PH, PW) = kernel, padding
    OH, OW = H + 2 * PH - KH + 1, W + 2 * PW - KW + 1
    padded = _padded(space, f"padded {key}", N, H, W, C, padding)
    padded[:, PH : PH + H, PW : PW + W] = x
    rows = out.reshape(N, OH, OW, KH, KW * C)
    s0, s1, s2, s3 = padded.strides
    width = C if KW * C * x.itemsize > LONG else KW * C
    for start in range(0, KW * C, width):
        piece = as_strided(padded[:, :, start // C :], (N, OH, OW, KH, width), (s0, s1, s2, s1, s3))
        np.copyto(rows[..., start : start + width], piece)


def col2im(rows: Array, kernel: Pair, padding: Pair, out: Array) -> None:
    """The adjoint of `im2col`: out <- each row added back to where it was taken from.

    rows: (N*OH*OW, KH*KW*C).
    kernel, padding: those that `im2col` was given.
    out: (N, H, W, C), written.

    What would fall on the padding is left out. Where the output has the input's size, the kernel's middle falls on
    every pixel: it comes first, as a copy, and the others are added to it.
    """
    N, H, W, C = out.shape
    (KH, KW), (PH, PW) = kernel, padding
    OH, OW = H + 2 * PH - KH + 1, W + 2 * PW - KW + 1
    patches = rows.reshape(N, OH, OW, KH, KW, C)
    middle = (PH, PW) if (OH, OW) == (H, W) else None
    out[...] = 0 if middle is None else patches[:, :, :, PH, PW]
    for i, j in np.ndindex(KH, KW):
        if (i, j) != middle:
            (top, left), (bottom, right) = (max(0, PH - i), max(0, PW - j)), (min(OH, H + PH - i), min(OW, W + PW - j))
            if bottom <= top or right <= left:  # so far out that it meets padding only
                continue
            image = out[:, top + i - PH : bottom + i - PH, left + j - PW : right + j - PW]
            image += patches[:, top:bottom, left:right, i, j]


def pool(images: Array, out: Array) -> None:
    """out <- the mean over 2x2 windows. images: (N, H, W, F); an odd last row or column is left out."""
    OH, OW = out.shape[1:3]
    images = images[:, : 2 * OH, : 2 * OW]
    np.add(images[:, 0::2, 0::2], images[:, 0::2, 1::2], out=out)
    out += images[:, 1::2, 0::2]
    out += images[:, 1::2, 1::2]
    out *= 0.25


def windows(images: Array) -> Array:
    """A view of the 2x2 windows: (N, H // 2, 2, W // 2, 2, F) of images: (N, H, W, F)."""
    N, H, W, F = images.shape
    s0, s1, s2, s3 = images.strides
    return as_strided(images, (N, H // 2, 2, W // 2, 2, F), (s0, 2 * s1, s1, 2 * s2, s2, s3))


def unpool(da: Array, active: Array, images: Array, space: Workspace, key: str) -> None:
    """images <- dz: each error shared out over its 2x2 window, where that pixel was active.

    da: the errors of the pooled a, (N, H // 2, W // 2, F) or its flat form.
    active: where a > 0, in the shape of `windows(images)`.
    images: (N, H, W, F), written.
    space: where a quarter of each error lies.
    key: its name there, one for each worker.
    """
    N, H, W, F = images.shape
    share = space.array(f"share {key}", N, H // 2, 1, W // 2, 1, F)
    np.multiply(da.reshape(share.shape), 0.25, out=share)
    images[:, H // 2 * 2 :] = 0
    images[:, :, W // 2 * 2 :] = 0
    np.multiply(active, share, out=windows(images))


def _padded(space: Workspace, name: str, N: int, H: int, W: int, C: int, padding: Pair) -> Array:
    PH, PW = padding
    padded = space.array(name, N, H + 2 * PH, W + 2 * PW, C)
    if PH:
        padded[:, :PH] = 0
        padded[:, PH + H :] = 0
    if PW:
        padded[:, :, :PW] = 0
        padded[:, :, PW + W :] = 0
    return padded
