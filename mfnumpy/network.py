"""A network is a list of blocks. What a rule adds to it (readout, projection or feedback matrices) the rule owns."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mfnumpy import choices
from mfnumpy.backend import Array
from mfnumpy.blocks import Block, Trace, block_from_spec
from mfnumpy.errors import InvalidValueError, ShapeError, UnknownNameError
from mfnumpy.layers import ACTIVATIONS
from mfnumpy.layers.windows import Size
from mfnumpy.support.seeding import stream
from mfnumpy.support.validate import check_float_dtype, input_shape_of, integer, positive

Shape = tuple[int, ...]
Layout = Literal["flat", "image"]
BIAS: bool = choices.BIAS.value
CONVOLUTION: dict[str, Any] = choices.CONVOLUTION.value
PAPER_MAPS = (64, 128, 256, 512)
"""Of the paper's convolutional network."""


class Network:
    """Blocks in order. Block i's weights depend on (seed, i) alone, not on how many blocks follow.

    input_shape: of one sample: (H, W, C), or the number of features.
    seed: of the weights.
    dtype: of weights and inputs, "float32" or "float64".
    init: a factor of the weights W that blocks start with; 1 is `choices.WEIGHT_INIT`.
    Raises InvalidValueError for a shape, seed, dtype or factor that makes no sense.
    """

    def __init__(self, input_shape: Shape | int, *, seed: int = 0, dtype: str = "float32", init: float = 1.0):
        check_float_dtype(dtype)
        self.input_shape: Shape = input_shape_of(input_shape)
        self.seed, self.dtype = integer("seed", seed, 0), dtype
        self.init = positive("init", init)
        self.blocks: list[Block] = []

    @property
    def layout(self) -> Layout:
        """The layout in which `data_utils.load` gives its data: "image" for (H, W, C), else "flat"."""
        return "image" if len(self.input_shape) == 3 else "flat"

    @property
    def output_shape(self) -> Shape:
        """Shape of one sample after the last block."""
        return self.shapes()[-1]

    def shapes(self) -> list[Shape]:
        """Shape of one sample at the input and after each block."""
        shapes = [self.input_shape]
        for block in self.blocks:
            shapes.append(block.output_shape(shapes[-1]))
        return shapes

    @property
    def widths(self) -> list[int]:
        """n of each block: how many numbers its flat output has."""
        return [math.prod(shape) for shape in self.shapes()[1:]]

    def new_dense(self, width: int, *, bias: bool = BIAS, activation: str = "relu") -> Block:
        """A dense block that fits onto the last one, with fresh weights; not yet plugged in.

        width: how many neurons it has.
        bias, activation: as in `new_conv`.
        """
        n_in, n_out = math.prod(self.output_shape), integer("A block's width", width, 1)
        return self._new({"layer": "Dense", "n_in": n_in, "n_out": n_out, "bias": bias, "activation": activation})

    def new_conv(
        self,
        channels: int,
        *,
        kernel: Size = CONVOLUTION["kernel"],
        stride: Size = CONVOLUTION["stride"],
        padding: Size = CONVOLUTION["padding"],
        pool: Size | None = CONVOLUTION["pool"],
        bias: bool = BIAS,
        activation: str = "relu",
    ) -> Block:
        """A convolutional block that fits onto the last one, with fresh weights; not yet plugged in.

        channels: how many feature maps it gives.
        kernel, stride, padding: of the convolution, integers, or (vertical, horizontal); by default the paper's.
        pool: the window of average pooling, which is its stride too; None for no pooling.
        bias: whether there is a bias.
        activation: "relu" or "tanh".
        Raises ShapeError where the block below gives no images.
        """
        if len(self.output_shape) != 3:
            raise ShapeError(f"A convolution needs images (H, W, C); the network gives {self.output_shape}.")
        maps = {"channels_in": self.output_shape[2], "channels_out": integer("A block's width", channels, 1)}
        sizes = {"kernel": kernel, "stride": stride, "padding": padding}
        pooling = None if pool is None else {"size": pool, "stride": pool}
        return self._new({"layer": "Conv2d", **maps, **sizes, "bias": bias, "pool": pooling, "activation": activation})

    def plug(self, block: Block) -> None:
        """Add a block on top. The blocks below do not change: neither their weights nor what they learn.

        The block takes the name of its place: "block3" for the third. Then call the rule's `plug`, so that it draws
        what the new block needs. Raises ShapeError if it does not fit, InvalidValueError if it is plugged in already.
        """
        if any(block.linear is own.linear for own in self.blocks):
            raise InvalidValueError(f"{block.name} is plugged in already; make another with new_dense or new_conv.")
        block.output_shape(self.output_shape)
        block.linear.name = f"block{len(self.blocks) + 1}"
        self.blocks.append(block)

    def unplug(self) -> Block:
        """Take the topmost block off and return it. Raises InvalidValueError if none is left."""
        if not self.blocks:
            raise InvalidValueError("The network has no block to unplug.")
        return self.blocks.pop()

    def forward(self, x: Array) -> list[Trace]:
        """The Trace of every block for a batch x: (N, *input_shape). Raises ShapeError or DTypeError for another x."""
        traces: list[Trace] = []
        for block in self.blocks:
            traces.append(block.forward(x))
            x = traces[-1].a
        return traces

    def parameters(self) -> dict[str, Array]:
        """The live parameters of all blocks: {"block1.W": ..., "block2.W": ...}."""
        return {f"{b.name}.{key}": value for b in self.blocks for key, value in b.parameters.items()}

    def count(self) -> int:
        """How many numbers the blocks hold; what a rule adds is not in it."""
        return sum(p.size for p in self.parameters().values())

    def spec(self) -> dict:
        """A JSON description from which the network can be rebuilt (its weights are not in it)."""
        blocks = [block.spec() for block in self.blocks]
        spec = {"input_shape": list(self.input_shape), "seed": self.seed, "dtype": self.dtype, "blocks": blocks}
        return spec if self.init == 1 else spec | {"init": self.init}

    @classmethod
    def from_spec(cls, spec: dict) -> Network:
        """Rebuild from `spec`, with the weights of its seed."""
        net = cls(tuple(spec["input_shape"]), seed=spec["seed"], dtype=spec["dtype"], init=spec.get("init", 1.0))
        for block in spec["blocks"]:
            net.blocks.append(net._new(block))  # not `plug`, which goes through all blocks for each
        net.shapes()  # raises ShapeError where one does not fit
        return net

    def describe(self) -> str:
        """One line per block: its layer, its output's shape, its parameters."""
        lines = [f"input {'x'.join(map(str, self.input_shape))}"]
        for block, shape in zip(self.blocks, self.shapes()[1:], strict=True):
            size = sum(p.size for p in block.parameters.values())
            words = ACTIVATIONS[block.activation].words + (" AvgPool2d" if block.pool else "")
            layer = f"{type(block.linear).__name__} {words}"
            lines.append(f"{block.name}: {layer} -> {'x'.join(map(str, shape))}, {size:,} parameters")
        return "\n".join(lines)

    def _new(self, spec: dict) -> Block:
        i = len(self.blocks)
        block = block_from_spec(spec, stream(self.seed, "weights", i), f"block{i + 1}", self.dtype)
        block.parameters["W"] *= self.init
        return block


def mlp(
    input_shape: Shape | int,
    hidden: Sequence[int] = (1000, 1000),
    *,
    bias: bool = BIAS,
    activation: str = "relu",
    seed: int = 0,
    dtype: str = "float32",
    init: float = 1.0,
) -> Network:
    """A multilayer perceptron of ReLU blocks; by default as wide as the paper's for MNIST.

    input_shape: of one sample, or the number of features; the first block flattens it.
    hidden: neurons of each block.
    bias: whether every layer has a bias; the paper's has none, as the parameter counts of its Table 4 imply.
    activation: of every block, "relu" or "tanh".
    seed, dtype, init: see `Network`.
    """
    net = Network(input_shape, seed=seed, dtype=dtype, init=init)
    for width in hidden:
        net.plug(net.new_dense(width, bias=bias, activation=activation))
    return net


def cnn(
    input_shape: Shape,
    channels: Sequence[int] = PAPER_MAPS,
    *,
    kernel: Size = CONVOLUTION["kernel"],
    stride: Size = CONVOLUTION["stride"],
    padding: Size = CONVOLUTION["padding"],
    pool: Size | None = CONVOLUTION["pool"],
    bias: bool = BIAS,
    activation: str = "relu",
    seed: int = 0,
    dtype: str = "float32",
    init: float = 1.0,
) -> Network:
    """A convolutional network, each block convolution -> ReLU -> average pooling; the paper's by default.

    input_shape: (H, W, C) of one sample.
    channels: feature maps of each block.
    kernel, stride, padding, pool, bias, activation: of every block, see `Network.new_conv`.
    seed: of the weights.
    dtype: of weights and inputs, "float32" or "float64".
    init: a factor of the first weights, see `Network`.
    Raises ShapeError for an input that is no image, or too small for so many blocks.
    """
    net = Network(input_shape, seed=seed, dtype=dtype, init=init)
    options: dict[str, Any] = {"kernel": kernel, "stride": stride, "padding": padding, "pool": pool, "bias": bias}
    for maps in channels:
        net.plug(net.new_conv(maps, activation=activation, **options))
    return net


PAPER_NETWORKS = {
    "2x1000": "MLP for MNIST and Fashion-MNIST",
    "3x2000": "MLP for CIFAR-10 and CIFAR-100",
    "cnn": "64-128-256-512 convolutional network",
}


@dataclass(frozen=True)
class Architecture:
    """What a network's name says, before there is an input.

    name: as it was given.
    kind: "mlp" or "cnn".
    widths: of each block, its neurons ("mlp") or its maps ("cnn").
    """

    name: str
    kind: str
    widths: tuple[int, ...]

    @property
    def images(self) -> bool:
        """Whether the network wants images, (H, W, C); an MLP takes them flat."""
        return self.kind == "cnn"

    @property
    def layout(self) -> Layout:
        """The layout in which `data_utils.load` must give the data: "image" or "flat"."""
        return "image" if self.images else "flat"

    @property
    def depth(self) -> int:
        """How many blocks there are."""
        return len(self.widths)

    @property
    def width(self) -> int:
        """Neurons (or maps) of every block. Raises InvalidValueError where blocks differ."""
        if len(set(self.widths)) != 1:
            raise InvalidValueError(f"The blocks of {self.name} have no width in common: {self.widths}.")
        return self.widths[0]

    @property
    def maps(self) -> tuple[int, ...]:
        """Maps of each block; () for an MLP."""
        return self.widths if self.images else ()

    def of_depth(self, depth: int) -> Architecture:
        """The same MLP with another number of blocks, all of `width`: 2x1000 -> 3x1000.

        Raises InvalidValueError for a CNN, or where the blocks differ.
        """
        width = self.width
        if self.images:
            raise InvalidValueError(f"Only an MLP, LxN, has a name for another depth; got {self.name}.")
        return parse(f"{depth}x{width}")

    def build(
        self,
        input_shape: Shape,
        *,
        bias: bool = BIAS,
        activation: str = "relu",
        seed: int = 0,
        dtype: str = "float32",
        init: float = 1.0,
    ) -> Network:
        """The network for this input. Raises ShapeError where a CNN is given no images, or images too small.

        input_shape, bias, activation, seed, dtype, init: those of `mlp` and `cnn`.
        """
        options: dict[str, Any] = {"bias": bias, "activation": activation, "seed": seed, "dtype": dtype, "init": init}
        if self.images:
            return cnn(input_shape, self.widths, **options)
        return mlp(math.prod(input_shape), self.widths, **options)


def parse(name: str) -> Architecture:
    """What a network's name says: "LxN", "cnn" or "cnn:8-16". This is the only place that reads one.

    "LxN": L dense blocks of N neurons, e.g. the paper's 2x1000 and 3x2000. "cnn": the paper's convolutional network of
    64-128-256-512 maps. "cnn:8-16": one of other widths. Raises UnknownNameError for any other name.
    """
    if match := re.fullmatch(r"([1-9]\d{0,2})x([1-9]\d{0,5})", name):
        return Architecture(name, "mlp", (int(match[2]),) * int(match[1]))
    if match := re.fullmatch(r"cnn(?::(\d+(?:-\d+)*))?", name):
        return Architecture(name, "cnn", tuple(int(c) for c in match[1].split("-")) if match[1] else PAPER_MAPS)
    raise UnknownNameError(
        f"There is no network named {name!r}. Use LxN for L dense blocks of N neurons (2x1000, 3x2000), "
        "'cnn' for the paper's 64-128-256-512, or 'cnn:8-16' for other widths."
    )


def named(
    name: str, input_shape: Shape, *, bias: bool = BIAS, seed: int = 0, dtype: str = "float32", init: float = 1.0
) -> Network:
    """A network by name, built for an input; see `parse` for the names.

    name: "2x1000", "cnn", "cnn:8-16".
    input_shape: of one sample; an MLP flattens it.
    bias: whether every layer has a bias.
    seed: of the weights.
    dtype: "float32" or "float64".
    init: a factor of the first weights, see `Network`.
    Raises UnknownNameError for a name that `parse` does not know.
    """
    return parse(name).build(input_shape, bias=bias, seed=seed, dtype=dtype, init=init)
