"""im2col, col2im and 2x2 pooling for stride 1, into arrays that are used again."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mfnumpy.backend import Array
from mfnumpy.fast.workspace import Workspace

Pair = tuple[int, int]

LONG = 2048
"""Bytes from which the C library copies in a way that begins slowly."""


def im2col(x: Array, kernel: Pair, padding: Pair, out: Array, space: Workspace, key: str) -> None:
    """out <- the same rows as of `layers.im2col` with stride 1: (N*OH*OW, KH*KW*C), in one piece of memory.

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
    """The adjoint of `im2col`: out <- each row added back to where it was taken from. out: (N, H, W, C).

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


def unpool_and_mask(da: Array, images: Array, space: Workspace, key: str) -> None:
    """images <- dz: each error shared out over its 2x2 window, where relu(z) > 0. images: relu(z), overwritten."""
    N, H, W, F = images.shape
    OH, OW = H // 2, W // 2
    share = space.array(f"share {key}", N, OH, 1, OW, 1, F)
    np.multiply(da.reshape(share.shape), 0.25, out=share)
    images[:, 2 * OH :] = 0
    images[:, :, 2 * OW :] = 0
    windows = images[:, : 2 * OH, : 2 * OW].reshape(N, OH, 2, OW, 2, F) if (H, W) == (2 * OH, 2 * OW) else None
    if windows is None:  # an odd size cannot be reshaped in place
        strides = images.strides
        windows = as_strided(
            images,
            (N, OH, 2, OW, 2, F),
            (strides[0], 2 * strides[1], strides[1], 2 * strides[2], strides[2], strides[3]),
        )
    mask = space.array(f"mask {key}", *windows.shape, dtype="bool")
    np.greater(windows, 0, out=mask)
    np.multiply(mask, share, out=windows)


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
