"""3x3 convolution in tiles: of 2x2 outputs, exactly one window of the pooling, made from 4x4 inputs with 16 products.

Winograd's minimal filtering F(2x2, 3x3): with

        1  0 -1  0              1    0    0             1  0
    B = 0  1  1  0          G = 1/2  1/2  1/2       A = 1  1
        0 -1  1  0              1/2 -1/2  1/2           1 -1
        0 -1  0  1              0    0    1             0  1

an output tile is z = A^T [(G w G^T) * (B d B^T)] A, where the sum over channels is taken of the bracket: 16 matrix
products, one for each place in the bracket, where patches need 9 x 4 multiplications. So there are 2.25 times fewer.
dw = G^T [(B d B^T)^T (A dz A^T)] G and the error below follow by transposing each of the three steps. (The signs of B's
and A's last rows are both the other way round than is usual; they cancel, and an error needs no sign changed.)
Source: Lavin and Gray 2016, Fast algorithms for convolutional neural networks, section 4.1.

An array "in places" is (4, 4, ...): column of the bracket, row of the bracket, and then whatever it is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.pooled import PooledConvolution, Share

ROWS = 256
"""How many tiles a product should have at least: BLAS repacks the weights for each."""

FEW_CHANNELS = 16
"""With fewer channels than so many, the 16 products are too thin to be fast."""


class Tiles(PooledConvolution):
    """A 3x3 kernel with stride 1 and padding 1. Only the tiles that are pooled are computed."""

    def __init__(self, *args: Any, matrix: Array | None = None):
        super().__init__(*args)
        (rows, columns), (C, F) = self.pooled, (self.input[2], self.output[2])
        self.longest = 16 * rows * columns * max(C, F)
        self.wanted = ROWS // (rows * columns)
        self.sum_shape = (4, 4, C, F)
        self.matrix = matrix
        self.weights = np.empty((4, 4, C, F), self.space.dtype)
        self.back = self.weights if matrix is None else np.empty_like(self.weights)

    def prepare(self, share: Share) -> None:
        """G w G^T for the worker's share of the channels; of FA's B as well, which a checkpoint may have changed."""
        _, _, C, F = self.weights.shape
        own = share(C)
        for w, places in ((self.conv.parameters["W"], self.weights), (self.matrix, self.back)):
            if w is not None:
                to_places(w.reshape(3, 3, C, F)[:, :, own], places[:, :, own])

    def lay(self, x: Array, key: str) -> Array:
        """B d B^T of all tiles: (4, 4, tiles, C)."""
        (rows, columns), (H, W, C) = self.pooled, self.input
        padded = self._padded(len(x), key)
        padded[:, 0] = padded[:, H + 1] = padded[:, :, 0] = padded[:, :, W + 1] = 0
        padded[:, 1 : H + 1, 1 : W + 1] = x
        half = self.space.array(f"half {self.name} {key}", 4, len(x), rows, W + 2, C)
        gather(_every_other(padded, 1, rows), half)
        laid = self.space.array(f"tiles {self.name} {key}", 4, 4, len(x), rows, columns, C)
        gather(_every_other(half, 3, columns), laid)
        return laid.reshape(4, 4, -1, C)

    def forward(self, laid: Array, out: Array, key: str, piece: int = 0) -> Array:
        """The products, z, relu, pool; arguments as in `PooledConvolution.forward`."""
        places = self._places(laid.shape[2], key)
        np.matmul(laid, self.weights, out=places)
        z = to_outputs(places)
        if "b" in self.conv.parameters:
            z += self.conv.parameters["b"]
        np.maximum(z, self.space.zeros(z.shape[-1]), out=z)
        pooled = out.reshape(z.shape[2:])
        np.add(z[0, 0], z[0, 1], out=pooled)
        pooled += z[1, 0]
        pooled += z[1, 1]
        pooled *= 0.25
        return np.greater(z, 0, out=self.space.array(f"active {self.name} {piece} {key}", *z.shape, dtype="bool"))

    def errors(self, da: Array, active: Array, key: str) -> Array:
        """A dz A^T of all tiles: (4, 4, tiles, F); arguments as in `PooledConvolution.errors`."""
        places = self._places(active.shape[2], key)
        share = self.space.array(f"share {key}", *active.shape[2:])
        np.multiply(da.reshape(share.shape), 0.25, out=share)
        np.multiply(active, share, out=places[::3, ::3])
        from_outputs(places)
        return places

    def product(self, laid: Array, dz: Array) -> tuple[Array, Array]:
        """For each place, (B d B^T)^T and A dz A^T."""
        return laid.transpose(0, 1, 3, 2), dz

    def bias_gradient(self, dz: Array) -> Array:
        """A's second column adds up: at the place (1, 1) of A dz A^T stands the sum of a tile's four errors."""
        return dz[1, 1].sum(axis=0)

    def gradients(self, sums: list[Array], share: Share) -> Iterator[tuple[slice, Array]]:
        """G^T of the sums G for the worker's share of the channels: 9 pieces of W's rows."""
        C = self.weights.shape[2]
        own = share(C)
        for other in sums[1:]:
            np.add(sums[0][:, :, own], other[:, :, own], out=sums[0][:, :, own])
        dW = from_places(sums[0][:, :, own])
        for k, gradient in enumerate(dW.reshape(9, *dW.shape[2:])):
            yield slice(k * C + own.start, k * C + own.stop), gradient

    def below(self, dz: Array, out: Array, key: str) -> None:
        """B^T [dz (G w G^T)^T] B, the tiles added where they overlap; arguments as in `PooledConvolution.below`."""
        (rows, columns), (H, W, C), n = self.pooled, self.input, len(out)
        places = self.space.array(f"errors {key}", 4, 4, n, rows, columns, C)
        np.matmul(dz, self.back.transpose(0, 1, 3, 2), out=places.reshape(4, 4, -1, C))
        half = self.space.array(f"half {self.name} {key}", 4, n, rows, W + 2, C)
        half[:, :, :, 2 * columns :] = 0
        scatter(places, _every_other(half, 3, columns))
        padded = self._padded(n, key)
        padded[:, 2 * rows :] = 0
        scatter(half, _every_other(padded, 1, rows))
        out[...] = padded[:, 1 : H + 1, 1 : W + 1]

    def _padded(self, n: int, key: str) -> Array:
        H, W, C = self.input
        return self.space.array(f"padded {self.name} {key}", n, H + 2, W + 2, C)

    def _places(self, tiles: int, key: str) -> Array:
        return self.space.array(f"z {key}", 4, 4, tiles, self.output[2])


def _every_other(array: Array, axis: int, count: int) -> list[Array]:
    """Along an axis, the first, second, third and fourth entry of every tile; tiles begin at every other entry."""
    lead = (slice(None),) * axis
    return [array[(*lead, slice(k, k + 2 * count, 2))] for k in range(4)]


def gather(d: Sequence[Array], out: Array) -> None:
    """out <- B d along one direction. d: the four entries of each tile; out: (4, ...)."""
    np.subtract(d[0], d[2], out=out[0])
    np.add(d[1], d[2], out=out[1])
    np.subtract(d[2], d[1], out=out[2])
    np.subtract(d[3], d[1], out=out[3])


def scatter(u: Array, d: Sequence[Array]) -> None:
    """The adjoint of `gather`: d <- B^T u, added up where the tiles overlap. Overwrites u.

    d[0] and d[1] are assigned, d[2] and d[3] overlap them and are added to; what only these reach must be 0 before.
    """
    np.copyto(d[0], u[0])
    np.subtract(u[1], u[2], out=d[1])
    np.subtract(d[1], u[3], out=d[1])
    u[2] += u[1]
    u[2] -= u[0]
    np.add(d[2], u[2], out=d[2])
    np.add(d[3], u[3], out=d[3])


def to_outputs(places: Array) -> Array:
    """A^T m A of an array in places, in place. Returns the view (2, 2, ...): column of the tile, row of the tile."""
    for m in (places.swapaxes(0, 1), places[:, ::3]):
        m[0] += m[1]
        m[0] += m[2]
        m[3] += m[1]
        m[3] -= m[2]
    return places[::3, ::3]


def from_outputs(places: Array) -> None:
    """A z A^T, the adjoint of `to_outputs`, in place: z stands where that left it."""
    for m in (places[::3].swapaxes(0, 1), places):
        np.add(m[0], m[3], out=m[1])
        np.subtract(m[0], m[3], out=m[2])


def to_places(w: Array, out: Array) -> None:
    """out <- G w G^T in places. w: (3, 3, ...): row and column of the kernel."""
    half = np.empty((4, *w.shape[1:]), w.dtype)
    for source, target in ((w, half), (half.swapaxes(0, 1), out)):
        middle = source[1] * source.dtype.type(0.5)
        np.add(source[0], source[2], out=target[1])
        target[1] *= 0.5
        np.subtract(target[1], middle, out=target[2])
        target[1] += middle
        target[0], target[3] = source[0], source[2]


def from_places(places: Array) -> Array:
    """G^T p G, the adjoint of `to_places`: (3, 3, ...): row and column of the kernel."""

    def along(p: Array) -> list[Array]:
        """G^T p along the first axis."""
        half = p.dtype.type(0.5)
        both, difference = (p[1] + p[2]) * half, (p[1] - p[2]) * half
        return [p[0] + both, difference, p[3] + both]

    return np.stack(along(np.stack(along(places), axis=1)))
