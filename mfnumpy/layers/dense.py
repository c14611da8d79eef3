"""The fully connected layer: z = x W + b."""

from __future__ import annotations

import math

import numpy as np

from mfnumpy import backend, choices
from mfnumpy.backend import Array
from mfnumpy.errors import ShapeError
from mfnumpy.support.validate import check_float_dtype, check_floats, check_shapes, integer, same_dtype


def dense_forward(x: Array, W: Array, b: Array | None = None) -> Array:
    """z = x W + b.

    x: (N, D).
    W: (D, H).
    b: (H,), or None for no bias.
    Returns z: (N, H), dtype of x.
    Raises ShapeError if x's features are not W's rows, DTypeError if the dtypes differ.
    """
    _check_features("Dense", x, W)
    same_dtype(x=x, W=W, b=b)
    if b is not None:
        check_shapes("Dense", W=(W, "DH"), b=(b, "H"))
    z = x @ W
    return z if b is None else z + b


def dense_parameter_gradients(x: Array, dz: Array) -> tuple[Array, Array]:
    """dW = x^T dz and db = sum over the rows of dz.

    x: (N, D). dz: (N, H), gradient of the loss at z. Returns dW: (D, H) and db: (H,). Raises ShapeError otherwise.
    """
    check_shapes("Dense, backward", x=(x, "ND"), dz=(dz, "NH"))
    return x.T @ dz, dz.sum(axis=0)


def dense_input_gradient(dz: Array, W: Array) -> Array:
    """dx = dz W^T; with a feedback matrix B in the place of W, Feedback Alignment's error.

    dz: (N, H). W (or B): (D, H). Returns dx: (N, D). Raises ShapeError otherwise.
    """
    check_shapes("Dense, backward", dz=(dz, "NH"), W=(W, "DH"))
    return dz @ W.T


def dense_backward(x: Array, W: Array, dz: Array) -> tuple[Array, Array, Array]:
    """All three gradients of z = x W + b.

    x: (N, D).
    W: (D, H).
    dz: (N, H), gradient of the loss at z.
    Returns dx: (N, D), dW: (D, H), db: (H,). Raises ShapeError otherwise.
    """
    dW, db = dense_parameter_gradients(x, dz)
    return dense_input_gradient(dz, W), dW, db


def he_normal(rng: np.random.Generator, fan_in: int, fan_out: int, dtype: str) -> Array:
    """W ~ N(0, 2 / fan_in), which keeps the variance through a ReLU.

    rng: drawn from on the host, in float64.
    fan_in: inputs of one neuron, the rows of W.
    fan_out: neurons, the columns of W.
    dtype: to which the draws are rounded, "float32" or "float64".
    Returns W: (fan_in, fan_out) on the backend in use.
    Raises InvalidValueError for a size below 1 or another dtype. Source: He et al. 2015, Eq. (10).
    """
    fan_in, fan_out = integer("the number of inputs", fan_in, 1), integer("the number of outputs", fan_out, 1)
    check_float_dtype(dtype)
    W = rng.standard_normal((fan_in, fan_out)) * math.sqrt(choices.WEIGHT_INIT.value / fan_in)
    return backend.to_device(W.astype(dtype))


def _check_features(name: str, x: Array, W: Array) -> None:
    check_floats(name, x=x, W=W)
    if W.ndim != 2:
        raise ShapeError(f"{name}: W must be (D, H); got shape {tuple(W.shape)}.")
    if x.ndim != 2 or x.shape[1] != W.shape[0]:
        raise ShapeError(
            f"{name}: x has shape {tuple(x.shape)}, W expects (N, {W.shape[0]}) (W: {tuple(W.shape)}). "
            "Did an earlier block change its width?"
        )


class Dense:
    """A fully connected layer. It holds its parameters and nothing else.

    n_in: D, how many features it takes.
    n_out: H, how many neurons it has.
    rng: W is drawn from it, see `he_normal`.
    bias: whether there is a b; it starts at 0.
    dtype: of the parameters, "float32" or "float64".
    name: in messages.

    parameters: {"W": (n_in, n_out)} and, with bias, {"b": (n_out,)}.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        rng: np.random.Generator,
        *,
        bias: bool = False,
        dtype: str = "float32",
        name: str = "Dense",
    ):
        self.name = name
        self.parameters = {"W": he_normal(rng, n_in, n_out, dtype)}
        if bias:
            self.parameters["b"] = backend.to_device(np.zeros(n_out, dtype))

    @property
    def n_outputs(self) -> int:
        """How many neurons the layer has."""
        return self.parameters["W"].shape[1]

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of one sample's z. Raises ShapeError if the input has another number of features than W."""
        features, expected = math.prod(input_shape), self.parameters["W"].shape[0]
        if features != expected:
            raise ShapeError(f"{self.name}: the input has {features} features, W expects {expected}.")
        return (self.n_outputs,)

    def rows(self, x: Array) -> Array:
        """The matrix that W multiplies: x itself, flattened to (N, D)."""
        check_floats(f"Dense '{self.name}'", x=x)
        if x.ndim == 0:
            raise ShapeError(f"Dense '{self.name}': x must have a row for each sample, (N, ...); got a single number.")
        rows = x.reshape(x.shape[0], math.prod(x.shape[1:]))
        _check_features(f"Dense '{self.name}'", rows, self.parameters["W"])
        return rows

    def from_rows(self, rows: Array, x_shape: tuple[int, ...]) -> Array:
        """z = rows W + b, shape (N, H)."""
        return dense_forward(rows, self.parameters["W"], self.parameters.get("b"))

    def forward(self, x: Array) -> Array:
        """z for a batch x: (N, ...) -> (N, H)."""
        return self.from_rows(self.rows(x), x.shape)

    def parameter_gradients(self, rows: Array, dz: Array) -> dict[str, Array]:
        """Gradients of this layer's own parameters, by name. rows: (N, D), dz: (N, H)."""
        dW, db = dense_parameter_gradients(rows, dz)
        return {"W": dW, "b": db} if "b" in self.parameters else {"W": dW}

    def input_gradient(self, dz: Array, x_shape: tuple[int, ...], W: Array | None = None) -> Array:
        """dx = dz W^T, the error at the input.

        dz: (N, H).
        x_shape: (N, ...), the shape of dx.
        W: the matrix to go back through, (D, H); None for the layer's own.
        Raises ShapeError for a dz of other samples, or a W of other inputs.
        """
        dx = dense_input_gradient(dz, self.parameters["W"] if W is None else W)
        if dx.shape != (x_shape[0], math.prod(x_shape[1:])):
            raise ShapeError(
                f"Dense '{self.name}', backward: the error at the input has shape {tuple(dx.shape)}, the input had "
                f"{tuple(x_shape)}. Does dz {tuple(dz.shape)} belong to this batch, and W to this layer?"
            )
        return dx.reshape(x_shape)

    def spec(self) -> dict:
        """A JSON description from which the layer can be rebuilt."""
        n_in, n_out = self.parameters["W"].shape
        return {"layer": "Dense", "n_in": n_in, "n_out": n_out, "bias": "b" in self.parameters}

    @staticmethod
    def weight_shape(spec: dict) -> tuple[int, int]:
        """The shape of W in the layer that a description gives, before it is built."""
        return int(spec["n_in"]), int(spec["n_out"])
