"""A trained network as an ONNX model, which other runtimes read; it is tried before it is handed out."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mfnumpy.errors import InvalidValueError
from mfnumpy.export.graph import Graph
from mfnumpy.network import Network
from mfnumpy.prediction import scores
from mfnumpy.rules import Rule
from mfnumpy.support.files import atomic_write
from mfnumpy.support.seeding import stream
from mfnumpy.support.version import __version__

OPSET = 18
IR_VERSION = 9
"""Old enough for the runtimes of years, and new enough for all that is used."""
ROWS, TOLERANCE = 5, 1e-4
"""With how many rows a model is tried, and by how much its scores may differ, as a share of the largest."""


def onnx_model(net: Network, rule: Rule, prediction: str | None = None) -> Any:
    """The network and a prediction mode of its rule as an onnx.ModelProto.

    net, rule: trained together.
    prediction: one of the rule's modes, None for its first.
    Its input `x` is (N, *input_shape), float32, as mfnumpy takes it: images are (N, H, W, C). Its outputs are `scores`
    and `probabilities`, (N, m) each. Other dtypes become float32.
    Raises MissingLibraryError without onnx, UnknownNameError for another mode, InvalidValueError for a rule of one's
    own whose scores come about in another way.
    """
    mode = rule.checked_prediction(prediction)
    rule.check_started(net)
    graph = Graph()
    helper, number = graph.onnx.helper, graph.onnx.TensorProto.FLOAT
    graph.nodes.append(helper.make_node("Identity", [graph.scores(net, rule, mode, "x")], ["scores"]))
    graph.nodes.append(helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1))
    x = helper.make_tensor_value_info("x", number, ["N", *net.input_shape])
    outputs = [helper.make_tensor_value_info(n, number, ["N", rule.n_classes]) for n in ("scores", "probabilities")]
    made = helper.make_graph(graph.nodes, f"{rule.name}, {mode}", [x], outputs, graph.constants)
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(made, opset_imports=opset, producer_name="mfnumpy", producer_version=__version__)
    model.ir_version = IR_VERSION
    graph.onnx.checker.check_model(model)
    _try(model, net, rule, mode)
    return model


def save_onnx(path: str | os.PathLike, net: Network, rule: Rule, prediction: str | None = None) -> None:
    """Write `onnx_model` to a file. Raises as that, and OutputError.

    path: of the file, "model.onnx".
    net, rule, prediction: as in `onnx_model`.
    """
    model = onnx_model(net, rule, prediction)
    with atomic_write(path) as file:
        file.write(model.SerializeToString())


def _try(model: Any, net: Network, rule: Rule, mode: str) -> None:
    """Scores of a few drawn rows, by ONNX's own reference, against mfnumpy's. Raises InvalidValueError."""
    from onnx.reference import ReferenceEvaluator

    x = stream(0, "export").standard_normal((ROWS, *net.input_shape))
    (found,) = ReferenceEvaluator(model).run(["scores"], {"x": x.astype(np.float32)})
    expected = scores(net, rule, x.astype(np.float32).astype(net.dtype), mode)
    if not np.abs(found - expected).max() <= TOLERANCE * max(1.0, float(np.abs(expected).max())):
        raise InvalidValueError(
            f"The prediction {mode!r} of the rule '{rule.name}' comes about in a way of its own, which cannot be "
            "exported: the exported scores would be others."
        )
