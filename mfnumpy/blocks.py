"""A block: one linear layer, ReLU, and perhaps average pooling. The unit that a local rule trains on its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array, xp_of
from mfnumpy.errors import InvalidValueError, ShapeError, unknown_name
from mfnumpy.layers import ACTIVATIONS, LINEAR, AvgPool2d, Conv2d, Dense
from mfnumpy.support.validate import check_floats


@dataclass(frozen=True)
class Trace:
    """What a block computed for one batch; everything that its backward needs, and nothing hidden.

    x: the input.
    rows: the matrix that W multiplies (x itself, or its patches).
    z: rows W, before the activation.
    a: the output, after activation and pooling: (N, n) of a dense block, (N, h, w, F) of a convolutional one.
    """

    x: Array
    rows: Array
    z: Array
    a: Array

    @property
    def flat(self) -> Array:
        """a with one row per sample, (N, n): what the projection matrix M sees."""
        return self.a.reshape(self.a.shape[0], math.prod(self.a.shape[1:]))

    def __str__(self) -> str:
        parts = [
            f"{name} {'x'.join(map(str, array.shape))}, {float((array > 0).mean()):.0%} positive"
            for name, array in (("x", self.x), ("rows", self.rows), ("z", self.z), ("a", self.a))
        ]
        return "Trace(" + "; ".join(parts) + ")"


WeightGradient = Callable[[Array, Array, Array, Array], Array]


class Block:
    """Linear layer -> ReLU, or tanh -> optional pooling.

    The rules differ by which of these methods they call: backpropagation calls `forward`, `error_at_z`,
    `parameter_gradients` and `error_to_input`; Feedback Alignment passes its own matrix to the last of these; Direct
    Feedback Alignment, Forward-Forward and Mono-Forward, which has `local_gradients` for the middle two, never call it.

    linear: the layer.
    pool: what follows the activation, or None.
    activation: a key of `layers.ACTIVATIONS`.
    """

    def __init__(self, linear: Dense | Conv2d, pool: AvgPool2d | None = None, activation: str = "relu"):
        if activation not in ACTIVATIONS:
            raise unknown_name("activation", activation, ACTIVATIONS)
        self.linear, self.pool, self.activation = linear, pool, activation

    @property
    def name(self) -> str:
        """The block's name, as it stands in messages and before its parameters: "block1", ..."""
        return self.linear.name

    @property
    def parameters(self) -> dict[str, Array]:
        """The live parameters: W, and b if there is a bias."""
        return self.linear.parameters

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of one sample's output. Raises ShapeError if the input does not fit, naming the block."""
        shape = self.linear.output_shape(input_shape)
        if self.pool is None:
            return shape
        if len(shape) != 3:
            raise ShapeError(f"{self.name}: only images can be pooled; a dense layer gives {shape}.")
        return self.pool.output_shape(shape)

    def forward(self, x: Array) -> Trace:
        """z = rows W, a = pool(relu(z)), or of tanh. x: (N, ...). Returns the Trace of this batch."""
        rows = self.linear.rows(x)
        z = self.linear.from_rows(rows, x.shape)
        a = ACTIVATIONS[self.activation].forward(z)
        return Trace(x, rows, z, a if self.pool is None else self.pool.forward(a))

    def error_at_z(self, da: Array, trace: Trace) -> Array:
        """dz from da: back through the pooling, then through the activation: ReLU's mask, or tanh's slope.

        da: the shape of trace.a, or its flat form. Returns dz, the shape of trace.z.
        """
        return ACTIVATIONS[self.activation].backward(trace.z, self._unpool(da, trace))

    def parameter_gradients(self, dz: Array, trace: Trace) -> dict[str, Array]:
        """dW = rows^T dz (and db). dz: the shape of trace.z. Returns {"W": ...} or {"W": ..., "b": ...}."""
        return self.linear.parameter_gradients(trace.rows, dz)

    def error_to_input(self, dz: Array, trace: Trace, W: Array | None = None) -> Array:
        """dx = dz W^T: what backpropagation hands to the block below.

        dz: the shape of trace.z.
        trace: of the forward pass.
        W: another matrix of W's shape, Feedback Alignment's B; None for the block's own weights.
        Returns dx, the shape of trace.x.
        """
        return self.linear.input_gradient(dz, trace.x.shape, W)

    def local_gradients(
        self, M: Array, dG: Array, trace: Trace, weight_gradient: WeightGradient = equations.weight_gradient
    ) -> dict[str, Array]:
        """Eq. (7) for this block: {"W": dW}, and "b" if there is a bias.

        M: (m, n), before its update.
        dG: (N, m).
        trace: of the forward pass.
        weight_gradient: the function (x, z, M, dG) -> dW that computes it.

        A dense block with ReLU calls the function as the paper prints it. A convolution's error dG M goes back through
        pooling, activation and patches, by the block's own methods, and so does that of a dense block with tanh. A
        function that was handed in has ReLU's mask in it; it takes M and dG and can only be asked for their product,
        so of a convolution it gets the error, shared out over the pooling windows, as dG, and the identity as M.
        A bias is to it the weight of an input that is always 1. Raises InvalidValueError for one on a block with tanh.
        """
        own = weight_gradient is not equations.weight_gradient
        if own and self.activation != "relu":
            raise InvalidValueError(
                f"{self.name} has the activation {self.activation}, and a weight_gradient that is handed in computes "
                "Eq. (7) with ReLU's mask. Use ReLU, or the package's own function."
            )
        if not own and (trace.z.ndim == 4 or self.activation != "relu"):
            dz = self.error_at_z(equations.goodness_scores_gradient(dG, M), trace)
            return self.parameter_gradients(dz, trace)
        x, z = trace.rows, trace.z
        if z.ndim == 4:
            dG = self._unpool(dG @ M, trace).reshape(-1, z.shape[-1])
            z = z.reshape(-1, z.shape[-1])
            M = xp_of(M).eye(z.shape[-1], dtype=M.dtype)
        gradients = {"W": weight_gradient(x, z, M, dG)}
        if "b" in self.parameters:
            ones = xp_of(x).ones((x.shape[0], 1), dtype=x.dtype)
            gradients["b"] = weight_gradient(ones, z, M, dG)[0]
        return gradients

    def spec(self) -> dict:
        """A JSON description from which the block can be rebuilt."""
        pool = None if self.pool is None else {"size": list(self.pool.size), "stride": list(self.pool.stride)}
        other = {} if self.activation == "relu" else {"activation": self.activation}
        return {**self.linear.spec(), "pool": pool, **other}

    def _unpool(self, da: Array, trace: Trace) -> Array:
        check_floats(f"{self.name}, backward", da=da)
        if da.shape not in (trace.a.shape, (trace.a.shape[0], math.prod(trace.a.shape[1:]))):
            raise ShapeError(
                f"{self.name}, backward: the error at a must have its shape, {tuple(trace.a.shape)}, or be its rows; "
                f"got {tuple(da.shape)}."
            )
        da = da.reshape(trace.a.shape)
        return da if self.pool is None else self.pool.backward(trace.z.shape, da)


def block_from_spec(spec: dict, rng: np.random.Generator, name: str, dtype: str) -> Block:
    """A block from what `Block.spec` returned.

    spec: the description; "layer" is a key of `layers.LINEAR`.
    rng: the weights are drawn from it.
    name: of the block, "block1".
    dtype: of the parameters, "float32" or "float64".
    """
    options = dict(spec)
    kind, pool, activation = options.pop("layer"), options.pop("pool", None), options.pop("activation", "relu")
    linear = LINEAR[kind](rng=rng, dtype=dtype, name=name, **options)
    block = Block(linear, None if pool is None else AvgPool2d(pool["size"], pool["stride"]), activation)
    if activation != "relu":  # layers are drawn for a ReLU
        linear.parameters["W"] *= math.sqrt(ACTIVATIONS[activation].variance / ACTIVATIONS["relu"].variance)
    return block
