"""An ONNX graph of a network's prediction, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.blocks import Block
from mfnumpy.errors import InvalidValueError
from mfnumpy.export.arrays import weight
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.optional import require

EPSILON = 1e-8
"""Forward-Forward's, beside the length by which it divides."""


class Graph:
    """Nodes and constants of an ONNX graph, and what each step adds to them. All numbers are float32."""

    def __init__(self) -> None:
        self.onnx = require("onnx", "export")
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node; returns the name of its output.

        kind: ONNX's name of the operator.
        inputs: names of what it takes.
        attributes: its own.
        """
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, name: str, array: Any) -> str:
        """A constant of that name, made once; floating-point numbers become float32."""
        if name not in {one.name for one in self.constants}:
            value = np.asarray(backend.to_host(array) if hasattr(array, "dtype") else array)
            value = value.astype(np.float32) if value.dtype.kind == "f" else value
            self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    # -- blocks --------------------------------------------------------------------------------------------------------

    def block(self, block: Block, x: str, shape: tuple[int, ...], batch_axes: int = 1) -> str:
        """What `Block.forward` does.

        block: which one.
        x: its input, images as (N, C, H, W).
        shape: of one sample before it, (H, W, C) of an image.
        batch_axes: 2 where rows have a label's axis too.
        Returns its output, images as (N, C, H, W).
        """
        spec = block.spec()
        if "kernel" in spec:
            z = self.convolution(block, spec, x, shape)
        else:
            flat = x if len(shape) == 1 or batch_axes == 2 else self.flat(x, shape)
            z = self.add("MatMul", flat, self.constant(f"{block.name}.W", block.parameters["W"]))
            if "b" in block.parameters:
                z = self.add("Add", z, self.constant(f"{block.name}.b", block.parameters["b"]))
        a = self.add({"relu": "Relu", "tanh": "Tanh"}[block.activation], z)
        pool = spec["pool"]
        return a if pool is None else self.add("AveragePool", a, kernel_shape=pool["size"], strides=pool["stride"])

    def convolution(self, block: Block, spec: dict, x: str, shape: tuple[int, ...]) -> str:
        """z of a convolution; arguments as in `Graph.block`.

        spec: the block's description.
        """
        W = backend.to_host(block.parameters["W"])
        given = [x, self.constant(f"{block.name}.W", weight(block, W, shape))]
        if "b" in block.parameters:
            given.append(self.constant(f"{block.name}.b", block.parameters["b"]))
        pads = [*spec["padding"], *spec["padding"]]
        return self.add("Conv", *given, kernel_shape=spec["kernel"], strides=spec["stride"], pads=pads)

    def flat(self, a: str, shape: tuple[int, ...]) -> str:
        """A row per sample, in the order that mfnumpy has: (H, W, C). shape: of one sample."""
        if len(shape) == 3:
            a = self.add("Transpose", a, perm=[0, 2, 3, 1])
        return a if len(shape) == 1 else self.add("Flatten", a, axis=1)

    # -- predictions ---------------------------------------------------------------------------------------------------

    def scores(self, net: Network, rule: Rule, mode: str, x: str) -> str:
        """The scores of a rule's prediction mode, (N, m).

        net, rule: trained together.
        mode: one of the rule's predictions.
        x: the input, (N, *input_shape).
        Raises InvalidValueError for a mode that is no part's: of a rule of one's own.
        """
        if rule.writes_label:
            return self.all_labels(net, rule, x) if mode == "all-labels" else self.one_pass(net, rule, x)
        activities = self.activities(net, x)
        if rule.readout is not None and mode in rule.readout.predictions:
            return self.readout(rule, activities[-1])
        if rule.projections is not None and mode in rule.projections.predictions:
            chosen = range(len(activities)) if mode == "ff" else range(len(activities) - 1, len(activities))
            return self.total(
                [self.add("MatMul", activities[i], self.constant(f"M{i + 1}", rule.M[i].T)) for i in chosen]
            )
        raise InvalidValueError(f"The prediction {mode!r} of the rule '{rule.name}' has no form that can be exported.")

    def activities(self, net: Network, x: str) -> list[str]:
        """The flat output of every block. x: (N, *input_shape)."""
        shapes, found = net.shapes(), []
        a = self.add("Transpose", x, perm=[0, 3, 1, 2]) if len(shapes[0]) == 3 else x
        for block, before, after in zip(net.blocks, shapes, shapes[1:], strict=False):
            a = self.block(block, a, before)
            found.append(self.flat(a, after))
        return found

    def readout(self, rule: Rule, a: str) -> str:
        """The readout's scores of what it reads."""
        assert rule.readout is not None
        return self.add("MatMul", a, self.constant("readout.W", rule.readout.parameters["W"]))

    def total(self, scores: Sequence[str]) -> str:
        """The sum of some scores."""
        return scores[0] if len(scores) == 1 else self.add("Sum", *scores)

    # -- Forward-Forward -----------------------------------------------------------------------------------------------

    def all_labels(self, net: Network, rule: Any, x: str) -> str:
        """The goodness of all blocks, for every label at once: rows are (N, m, d), a label's written into each.

        net, rule, x: as in `Graph.scores`.
        """
        d, m = net.input_shape[0], rule.n_classes
        labels = np.zeros((1, m, d), np.float32)
        labels[0, np.arange(m), np.arange(m)] = rule.label
        a = self.written(self.add("Unsqueeze", x, self.constant("label axis", np.array([1]))), d, m, labels)
        found = []
        for block, shape in zip(net.blocks, net.shapes(), strict=False):
            a = self.block(block, self.normalised(rule, a), shape, batch_axes=2)
            found.append(self.add("ReduceSum", self.add("Mul", a, a), self.last_axis(), keepdims=0))
        return self.total(found)

    def one_pass(self, net: Network, rule: Any, x: str) -> str:
        """The readout of all blocks' normalised activities, for a neutral label; arguments as in `Graph.scores`."""
        d, m = net.input_shape[0], rule.n_classes
        neutral = np.zeros((1, d), np.float32)
        neutral[0, :m] = rule.label / m
        a, found = self.written(x, d, m, neutral), []
        for block, shape in zip(net.blocks, net.shapes(), strict=False):
            a = self.block(block, self.normalised(rule, a), shape)
            found.append(self.normalised(rule, a))
        return self.readout(rule, found[0] if len(found) == 1 else self.add("Concat", *found, axis=1))

    def written(self, x: str, d: int, m: int, label: np.ndarray) -> str:
        """The label over the first inputs.

        x: the input.
        d: how many inputs there are.
        m: how many of them the label takes.
        label: what is written there, with zeros elsewhere.
        """
        kept = np.ones(d, np.float32)
        kept[:m] = 0
        return self.add("Add", self.add("Mul", x, self.constant("kept", kept)), self.constant("label", label))

    def normalised(self, rule: Any, a: str) -> str:
        """A row divided by its length, as the rule measures it."""
        squares = self.add("Mul", a, a)
        if rule.normalise == "rms":
            squares = self.add("ReduceMean", squares, self.last_axis(), keepdims=1)
        else:
            squares = self.add("ReduceSum", squares, self.last_axis(), keepdims=1)
        length = self.add("Add", self.add("Sqrt", squares), self.constant("epsilon", np.array(EPSILON, np.float32)))
        return self.add("Div", a, length)

    def last_axis(self) -> str:
        """The constant that names the last axis."""
        return self.constant("last axis", np.array([-1]))
