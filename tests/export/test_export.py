"""What is exported says what mfnumpy says: ONNX in its runtime, PyTorch's layout in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import export, network, prediction, rules
from mfnumpy.errors import InvalidValueError, OutputError, UnknownNameError
from mfnumpy.export.graph import Graph
from mfnumpy.support.seeding import stream

runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: no ONNX file is tried")

CNN = ("cnn", "odd cnn", "mixed")
CASES = [
    (name, mode, kind)
    for name, rule in rules.RULES.items()
    for mode in rule.predictions
    for kind in ("mlp", "tanh", *CNN)
    if (kind not in CNN or rule.images) and (kind != "tanh" or "tanh" in rule.activations)
]


def build(kind: str, dtype: str = "float32") -> network.Network:
    """All sizes different; of images, kernels, strides, paddings and pools that are not square either."""
    if kind in ("mlp", "tanh"):
        return network.mlp(9, (6, 8, 5), bias=True, activation={"mlp": "relu"}.get(kind, kind), dtype=dtype)
    if kind == "cnn":
        return network.cnn((12, 9, 3), (5, 7), bias=True, dtype=dtype)
    net = network.Network((11, 8, 2), dtype=dtype)
    net.plug(net.new_conv(5, kernel=(3, 2), stride=(1, 2), padding=(1, 0), pool=(2, 1), bias=True))
    net.plug(net.new_conv(4, kernel=2, padding=1, pool=None))
    if kind == "mixed":
        net.plug(net.new_dense(6, bias=True))
    return net


def trained(name: str, kind: str, dtype: str = "float32"):
    """A started rule with everything drawn, also what starts at zero."""
    net = build(kind, dtype)
    rule = rules.make(name)
    rule.start(net, 4)
    rng = stream(0, "export test")
    for array in rule.parameters(net).values():
        array[...] = 0.5 * rng.standard_normal(array.shape)
    return net, rule, rng.standard_normal((7, *net.input_shape)).astype(dtype)


def run(model, x) -> tuple[np.ndarray, np.ndarray]:
    """Scores and probabilities by onnxruntime."""
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return tuple(session.run(["scores", "probabilities"], {"x": x.astype(np.float32)}))


@pytest.mark.parametrize(("name", "mode", "kind"), CASES)
def test_onnxruntime_gives_the_scores_to_a_hundred_thousandth(name, mode, kind):
    net, rule, x = trained(name, kind)
    scores, p = run(export.onnx_model(net, rule, mode), x)
    expected = prediction.scores(net, rule, x, mode)
    assert np.abs(scores - expected).max() < 1e-5 * max(1, np.abs(expected).max())
    np.testing.assert_allclose(p, prediction.predict_proba(net, rule, x, mode), rtol=0, atol=1e-5)
    assert np.abs(expected).max() > 0.1


def test_one_row_and_other_numbers_of_rows_go_through_one_model():
    net, rule, x = trained("ff", "mlp")
    model = export.onnx_model(net, rule)
    for n in (1, 3):
        np.testing.assert_allclose(run(model, x[:n])[0], prediction.scores(net, rule, x[:n]), rtol=1e-4)


def test_forward_forward_with_the_other_normalisation_and_label():
    net, rule, x = trained("ff", "mlp")
    rule.normalise, rule.label = "length", 0.3
    np.testing.assert_allclose(run(export.onnx_model(net, rule), x)[0], prediction.scores(net, rule, x), rtol=1e-4)


def test_float64_becomes_float32():
    net, rule, x = trained("bp", "mlp", "float64")
    np.testing.assert_allclose(run(export.onnx_model(net, rule), x)[0], prediction.scores(net, rule, x), atol=1e-5)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    net, rule, x = trained("mf", "cnn")
    export.save_onnx(tmp_path / "model.onnx", net, rule, "bp")
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(["scores"], {"x": x})[0], prediction.scores(net, rule, x, "bp"), atol=1e-5)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        export.save_onnx(tmp_path / "folder", net, rule)
    with pytest.raises(UnknownNameError, match="prediction mode"):
        export.save_onnx(tmp_path / "other.onnx", net, rule, "fp")
    assert not (tmp_path / "other.onnx").exists()


@pytest.mark.parametrize("method", ["readout", "total", "normalised", "written"])
def test_planted_a_graph_that_says_otherwise_is_never_handed_out(monkeypatch, method):
    """The model is tried by ONNX's own reference first."""
    original = getattr(Graph, method)
    monkeypatch.setattr(Graph, method, lambda self, *a, **k: self.add("Neg", original(self, *a, **k)))
    name = {"readout": "bp", "total": "mf"}.get(method, "ff_one_pass")
    net, rule, _ = trained(name, "mlp")
    with pytest.raises(InvalidValueError, match="comes about in a way of its own"):
        export.onnx_model(net, rule)


def test_a_rule_that_predicts_in_its_own_way_is_refused():
    class Twice(rules.MonoForward):
        """Mono-Forward whose scores are doubled."""

        name = "twice_for_export"

        def scores(self, net, x, prediction=None):
            """Twice the scores."""
            return 2 * super().scores(net, x, prediction)

    net, _, _ = trained("mf", "mlp")
    rule = Twice()
    rule.start(net, 4)
    with pytest.raises(InvalidValueError, match="'twice_for_export' comes about in a way of its own"):
        export.onnx_model(net, rule)


# -- PyTorch's layout -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("mf", "mlp"), ("deep_supervision", "mixed"), ("ff_one_pass", "mlp")])
def test_the_arrays_have_pytorchs_names_and_shapes_and_are_copies(name, kind):
    net, rule, _ = trained(name, kind)
    found = export.state_dict(net, rule)
    shapes = {key: array.shape for key, array in found.items()}
    if name == "mf":
        assert shapes == {
            "block1.weight": (6, 9), "block1.bias": (6,), "block1.projection.weight": (4, 6),
            "block2.weight": (8, 6), "block2.bias": (8,), "block2.projection.weight": (4, 8),
            "block3.weight": (5, 8), "block3.bias": (5,), "block3.projection.weight": (4, 5),
        }  # fmt: skip
    elif kind == "mixed":
        assert shapes["block1.weight"] == (5, 2, 3, 2)
        assert shapes["readout.weight"] == (4, 6)
    else:
        assert shapes["readout.weight"] == (4, 6 + 8 + 5)
    live = list(rule.parameters(net).values())
    assert not any(np.shares_memory(array, other) for array in found.values() for other in live)
    assert all(array.flags.c_contiguous for array in found.values())


@pytest.mark.parametrize(
    ("name", "mode", "kind"),
    [(name, mode, kind) for name, mode, kind in CASES if kind != "tanh" and not rules.RULES[name].writes_label],
)
def test_pytorch_gives_the_scores(name, mode, kind):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: the layout is not tried in it")
    net, rule, x = trained(name, kind)
    state = {key: torch.from_numpy(array) for key, array in export.state_dict(net, rule).items()}
    a, found = torch.from_numpy(x), []
    a = a.permute(0, 3, 1, 2) if a.ndim == 4 else a
    for block in net.blocks:
        spec, W, b = block.spec(), state[f"{block.name}.weight"], state.get(f"{block.name}.bias")
        if W.ndim == 4:
            a = torch.nn.functional.conv2d(a, W, b, stride=spec["stride"], padding=spec["padding"])
        else:
            a = torch.nn.functional.linear(torch.flatten(a, 1), W, b)
        a = torch.relu(a)
        if spec["pool"]:
            a = torch.nn.functional.avg_pool2d(a, spec["pool"]["size"], spec["pool"]["stride"])
        if f"{block.name}.projection.weight" in state:
            found.append(torch.flatten(a, 1) @ state[f"{block.name}.projection.weight"].T)
    if mode == "readout":
        scores = torch.flatten(a, 1) @ state["readout.weight"].T
    else:
        scores = sum(found) if mode == "ff" else found[-1]
    np.testing.assert_allclose(scores.numpy(), prediction.scores(net, rule, x, mode), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "mode", "kind"), [("mf", "ff", k) for k in CNN] + [("bp", "readout", k) for k in CNN])
def test_the_layout_gives_the_scores_in_onnx_operators_which_are_pytorchs(name, mode, kind):
    """Conv on (N, C, H, W), Flatten from there, MatMul: also where PyTorch is not installed."""
    net, rule, x = trained(name, kind)
    state, graph, found = export.state_dict(net, rule), Graph(), []
    a = "x"
    for block in net.blocks:
        spec, W = block.spec(), state[f"{block.name}.weight"]
        b = state.get(f"{block.name}.bias", np.zeros(len(W), np.float32))
        names = graph.constant(f"{block.name}.weight", W if W.ndim == 4 else W.T), graph.constant(f"{block.name}.b", b)
        if W.ndim == 4:
            a = graph.add("Conv", a, *names, strides=spec["stride"], pads=[*spec["padding"], *spec["padding"]])
        else:
            a = graph.add("Add", graph.add("MatMul", graph.add("Flatten", a, axis=1), names[0]), names[1])
        a = graph.add("Relu", a)
        if spec["pool"]:
            a = graph.add("AveragePool", a, kernel_shape=spec["pool"]["size"], strides=spec["pool"]["stride"])
        if (key := f"{block.name}.projection.weight") in state:
            found.append(graph.add("MatMul", graph.add("Flatten", a, axis=1), graph.constant(key, state[key].T)))
    if mode == "readout":
        W = graph.constant("readout.weight", state["readout.weight"].T)
        found.append(graph.add("MatMul", graph.add("Flatten", a, axis=1), W))
    helper, number = graph.onnx.helper, graph.onnx.TensorProto.FLOAT
    end = helper.make_tensor_value_info(graph.total(found), number, ["N", 4])
    begin = helper.make_tensor_value_info("x", number, ["N", *np.moveaxis(x, 3, 1).shape[1:]])
    made = helper.make_graph(graph.nodes, "layout", [begin], [end], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {"x": np.ascontiguousarray(np.moveaxis(x, 3, 1))})
    np.testing.assert_allclose(scores, prediction.scores(net, rule, x, mode), rtol=1e-4, atol=1e-5)
