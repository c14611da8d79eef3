"""A convolutional block on a few images at a time: convolution, ReLU and 2x2 mean pooling, forward and back.

There are two ways to do it, `patches.Patches` for every kernel and `tiles.Tiles` for 3x3; an engine does not ask which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mfnumpy.backend import Array
from mfnumpy.fast.workspace import Workspace
from mfnumpy.layers import Conv2d

Share = Callable[[int], slice]
"""A worker's part of so many things: `share(n)`."""

PIECE_BYTES = 1_000_000
"""About how long the longest array of a piece may be, to stay in the cache."""


class PooledConvolution:
    """A convolutional block on a few images at a time; each of its two kinds keeps arrays in an order of its own.

    conv: the layer.
    shape: (H, W, C) of its input.
    space: where all arrays lie.
    name: for them, one for each block.

    Both kinds also take `matrix`, through which errors go down: FA's B, or None for W itself.
    In the methods `key` keeps the arrays of one worker apart from the others'.
    """

    longest: int
    """Numbers per image in the longest array."""

    sum_shape: tuple[int, ...]
    """Of the products that `product` begins."""

    wanted: int
    """Images for which BLAS is at its best, however long their arrays."""

    def __init__(self, conv: Conv2d, shape: tuple[int, ...], space: Workspace, name: str):
        self.conv, self.space, self.name = conv, space, name
        self.input, self.output = shape, conv.output_shape(shape)

    @property
    def pooled(self) -> tuple[int, int]:
        """Rows and columns of windows; an odd last row or column of the output is left out."""
        return self.output[0] // 2, self.output[1] // 2

    @property
    def piece(self) -> int:
        """How many images are taken at a time."""
        return max(1, PIECE_BYTES // (4 * self.longest), self.wanted)

    def prepare(self, share: Share) -> None:
        """Before a batch: what follows from the weights, the worker's share of it."""

    def lay(self, x: Array, key: str) -> Array:
        """x: (n, H, W, C) laid out for the products. It serves the forward pass and dW."""
        raise NotImplementedError

    def forward(self, laid: Array, out: Array, key: str, piece: int = 0) -> Array:
        """out <- the pooled a of a few images.

        laid: the images, as `lay` returned them.
        out: (n, OH // 2, OW // 2, F), written.
        key: of the worker.
        piece: under which number the result is kept until `errors` needs it.
        Returns a > 0, in an order of its own.
        """
        raise NotImplementedError

    def errors(self, da: Array, active: Array, key: str) -> Array:
        """dz, in an order of its own: each error of the pooled a shared out over its window, where a > 0.

        da: (n, OH // 2, OW // 2, F), or its flat form.
        active: what `forward` returned for these images.
        key: of the worker.
        """
        raise NotImplementedError

    def product(self, laid: Array, dz: Array) -> tuple[Array, Array]:
        """Two factors. The sum of their products over all pieces is what `gradients` needs."""
        raise NotImplementedError

    def bias_gradient(self, dz: Array) -> Array:
        """db: (F,), the sum of dz over images and places."""
        raise NotImplementedError

    def gradients(self, sums: list[Array], share: Share) -> Iterator[tuple[slice, Array]]:
        """Rows of W and their gradient, for the worker's share. sums: of all workers; the first is overwritten."""
        raise NotImplementedError

    def below(self, dz: Array, out: Array, key: str) -> None:
        """out <- the error at the block's input.

        dz: what `errors` returned; it may be overwritten.
        out: (n, H, W, C), written.
        key: of the worker.
        """
        raise NotImplementedError
