"""Networks: shapes, counts, the paper's three nets, plugging, descriptions; blocks and traces."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import assert_same_bytes, digest, small_batch, small_net, started

from mfnumpy import network, rules
from mfnumpy.blocks import Block, block_from_spec
from mfnumpy.errors import InvalidValueError, MfnumpyError, ShapeError, UnknownNameError
from mfnumpy.layers import AvgPool2d, Dense, avgpool_forward
from mfnumpy.network import Network
from mfnumpy.support.seeding import stream

# -- the paper ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "prediction", "count"),
    [
        ("bp", None, 1_794_000),
        ("ff", None, 1_784_000),
        ("ff_one_pass", "one-pass", 1_804_000),
        ("mf", "ff", 1_804_000),
        ("mf", "bp", 1_794_000),
    ],
)
def test_parameter_counts_of_table_4(rule, prediction, count):
    net = network.named("2x1000", (784,))
    made = rules.make(rule)
    made.start(net, 10)
    assert made.count(net, prediction) == count
    with_bias = network.named("2x1000", (784,), bias=True)
    made.start(with_bias, 10)
    assert made.count(with_bias, prediction) == count + 2000


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_counts_are_sums_over_the_arrays_that_a_prediction_needs(kind):
    net = small_net(kind, bias=True)
    blocks = sum(p.size for b in net.blocks for p in b.parameters.values())
    assert net.count() == blocks
    top, all_widths = net.widths[-1] * 4, sum(net.widths) * 4
    expected = {"bp": top, "fa": top, "dfa": top, "shallow": top, "deep_supervision": top}
    for name, extra in expected.items():
        assert started(name, net).count(net) == blocks + extra, name
    for name in ("mf", "mf_joint"):
        assert started(name, net).count(net, "ff") == blocks + all_widths
        assert started(name, net).count(net, "bp") == blocks + top
    if kind == "mlp":
        assert started("ff_one_pass", net).count(net, "one-pass") == blocks + all_widths
        assert started("ff_one_pass", net).count(net, "all-labels") == blocks
        assert started("ff", net).count(net) == blocks


def test_the_papers_networks():
    mnist = network.named("2x1000", (28, 28, 1))
    assert mnist.shapes() == [(784,), (1000,), (1000,)]
    cifar = network.named("3x2000", (32, 32, 3))
    assert cifar.widths == [2000, 2000, 2000]
    cnn = network.named("cnn", (32, 32, 3))
    assert cnn.shapes() == [(32, 32, 3), (16, 16, 64), (8, 8, 128), (4, 4, 256), (2, 2, 512)]
    assert cnn.count() == 9 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512)
    assert network.named("cnn", (28, 28, 1)).output_shape == (1, 1, 512)
    assert network.named("cnn:8-16", (12, 12, 2)).shapes() == [(12, 12, 2), (6, 6, 8), (3, 3, 16)]
    assert not any("bias" in b.parameters or "b" in b.parameters for net in (mnist, cifar, cnn) for b in net.blocks)


@pytest.mark.parametrize(
    "name", ["2*1000", "x1000", "0x10", "2x0", "2x", "cnn:", "cnn:8-", "mlp", "", "2x1000 ", "99999x2"]
)
def test_unknown_network_names_are_refused_with_the_forms_that_exist(name):
    with pytest.raises(UnknownNameError, match="LxN") as caught:
        network.named(name, (8, 8, 1))
    assert repr(name) in str(caught.value)


def test_a_network_with_zero_maps_is_refused():
    with pytest.raises(InvalidValueError, match="width must be an integer >= 1; got 0"):
        network.named("cnn:0-8", (8, 8, 1))


@pytest.mark.parametrize(
    ("name", "kind", "widths", "layout"),
    [
        ("2x1000", "mlp", (1000, 1000), "flat"),
        ("12x7", "mlp", (7,) * 12, "flat"),
        ("cnn", "cnn", (64, 128, 256, 512), "image"),
        ("cnn:8-16", "cnn", (8, 16), "image"),
        ("cnn:5", "cnn", (5,), "image"),
    ],
)
def test_a_name_says_kind_depth_widths_and_layout_before_there_is_an_input(name, kind, widths, layout):
    said = network.parse(name)
    assert (said.name, said.kind, said.widths, said.depth, said.layout) == (name, kind, widths, len(widths), layout)
    assert said.images == (kind == "cnn")
    assert said.maps == (widths if kind == "cnn" else ())
    net = said.build((16, 16, 3), seed=4)
    assert net.layout == layout
    assert [block.linear.n_outputs for block in net.blocks] == list(widths)
    assert_same_bytes(net.parameters(), network.named(name, (16, 16, 3), seed=4).parameters())


def test_a_network_of_another_depth_keeps_its_width_and_needs_one():
    assert network.parse("2x30").of_depth(5) == network.parse("5x30")
    assert network.parse("2x30").width == 30
    for ask in (lambda said: said.width, lambda said: said.of_depth(3)):
        with pytest.raises(InvalidValueError, match=r"no width in common: \(8, 16\)"):
            ask(network.parse("cnn:8-16"))
    with pytest.raises(InvalidValueError, match="Only an MLP"):
        network.parse("cnn:8-8").of_depth(3)


READS_A_NAME = re.compile(
    r"""split\(["'][x-]["']\)|startswith\(f?["']cnn|["']cnn["'] ?[=!]=|[=!]= ?["']cnn["']|\}x["']\)"""
)


def test_no_other_file_reads_a_networks_name():
    package = Path(network.__file__).parent
    for path in [*package.rglob("*.py"), *(package.parent / "data_utils").rglob("*.py")]:
        if path != Path(network.__file__):
            found = [line for line in path.read_text(encoding="utf-8").splitlines() if READS_A_NAME.search(line)]
            assert not found, f"{path} takes a network's name apart; mfnumpy.network.parse does it: {found}"
    planted = ('net.split("x")[0]', 'name.startswith("cnn")', 'network != "cnn"', "'cnn' == net", 'startswith(f"{d}x")')
    assert all(READS_A_NAME.search(line) for line in planted)


# -- seeds -------------------------------------------------------------------------------------------------------


def test_weights_depend_on_seed_and_place_alone():
    two, three = network.mlp(9, (6, 8), seed=4), network.mlp(9, (6, 8, 5), seed=4)
    assert_same_bytes(two.parameters(), {k: v for k, v in three.parameters().items() if k in two.parameters()})
    assert digest(network.mlp(9, (6, 8), seed=5).parameters()) != digest(two.parameters())
    equal = network.mlp(6, (6, 6), seed=0).parameters()
    assert not np.array_equal(equal["block1.W"], equal["block2.W"])


def test_float32_weights_are_the_float64_ones_rounded():
    wide, narrow = small_net("cnn", dtype="float64"), small_net("cnn", dtype="float32")
    for k, W in wide.parameters().items():
        assert np.array_equal(W.astype("float32"), narrow.parameters()[k])


# -- plugging ----------------------------------------------------------------------------------------------------


def test_plug_and_unplug():
    net = network.mlp(9, (6,), seed=1)
    below = digest(net.parameters())
    block = net.new_dense(8)
    assert len(net.blocks) == 1
    assert block.name == "block2"
    net.plug(block)
    assert net.widths == [6, 8]
    assert net.unplug() is block
    assert digest(net.parameters()) == below
    net.unplug()
    assert net.shapes() == [(9,)]
    with pytest.raises(InvalidValueError, match="no block to unplug"):
        net.unplug()


def test_a_block_that_does_not_fit_is_refused_by_name():
    net = network.mlp(9, (6,))
    stranger = network.mlp(7, (5,)).blocks[0]
    with pytest.raises(ShapeError, match="the input has 6 features, W expects 7"):
        net.plug(stranger)
    assert len(net.blocks) == 1
    with pytest.raises(ShapeError, match=r"A convolution needs images \(H, W, C\); the network gives \(6,\)"):
        net.new_conv(4)
    pooled = Block(Dense(6, 4, stream(0, "w")), AvgPool2d(2))
    with pytest.raises(ShapeError, match="only images can be pooled"):
        net.plug(pooled)


def test_an_image_too_small_for_one_more_pooling_is_refused():
    with pytest.raises(ShapeError, match=r"2x2 kernel does not fit into 1x1.*fewer pooling blocks"):
        network.named("cnn", (8, 8, 1))


def test_a_dense_block_on_top_of_a_convolution_reads_its_flat_output():
    net = small_net("cnn", blocks=1)
    net.plug(net.new_dense(3))
    x, _ = small_batch(net)
    traces = net.forward(x)
    assert np.array_equal(traces[1].z, traces[0].a.reshape(len(x), -1) @ net.blocks[1].parameters["W"])
    for name in ("bp", "mf", "fa", "dfa", "deep_supervision"):
        rule = started(name, net)
        assert {g.shape for s in rule.steps(net, x, np.zeros(len(x), int)) for g in s.gradients.values()}


# -- blocks and traces ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_a_trace_holds_what_a_block_computed(kind):
    net = small_net(kind, bias=True)
    x, _ = small_batch(net)
    first, second = net.forward(x)
    assert first.x is x
    assert second.x is first.a
    block = net.blocks[0]
    assert np.allclose(first.rows @ block.parameters["W"] + block.parameters["b"], first.z.reshape(len(first.rows), -1))
    a = np.maximum(first.z, 0)
    assert np.array_equal(first.a, a if block.pool is None else avgpool_forward(a, block.pool.size, block.pool.stride))
    assert first.flat.shape == (len(x), net.widths[0])
    assert re.fullmatch(r"Trace\(x .* positive; rows .*; z .*; a .*\)", str(first))


# -- descriptions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_a_description_survives_json_and_rebuilds_the_same_network(kind, bias):
    net = small_net(kind, seed=6)
    net.plug(net.new_dense(3, bias=bias))
    again = Network.from_spec(json.loads(json.dumps(net.spec())))
    assert again.spec() == net.spec()
    assert again.shapes() == net.shapes()
    assert_same_bytes(again.parameters(), net.parameters())


def test_a_block_can_be_rebuilt_alone():
    net = small_net("cnn", seed=6)
    block = block_from_spec(net.blocks[1].spec(), stream(6, "weights", 1), "block2", "float64")
    assert np.array_equal(block.parameters["W"], net.blocks[1].parameters["W"])
    assert block.spec() == net.blocks[1].spec()


def test_describe_names_layers_shapes_and_sizes():
    assert network.mlp(784, (1000, 1000)).describe() == (
        "input 784\nblock1: Dense ReLU -> 1000, 784,000 parameters\nblock2: Dense ReLU -> 1000, 1,000,000 parameters"
    )
    assert "block2: Conv2d ReLU AvgPool2d -> 3x3x16, 1,152 parameters" in network.cnn((12, 12, 1), (8, 16)).describe()


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [0, -3, 2.5, True, "8", None])
def test_widths_are_positive_integers(width):
    with pytest.raises(MfnumpyError, match="width must be an integer >= 1"):
        network.mlp(9, (width,))


@pytest.mark.parametrize("dtype", ["float16", "int32", "complex64", None])
def test_dtype_is_float32_or_float64(dtype):
    with pytest.raises(InvalidValueError, match="dtype must be 'float32' or 'float64'"):
        network.mlp(9, (6,), dtype=dtype)


@pytest.mark.parametrize("shape", [0, -4, (0,), (8, 0, 1), (2.5,), (), "ab", None, True])
def test_input_shape_is_one_or_more_positive_integers(shape):
    with pytest.raises(MfnumpyError, match="input_shape"):
        network.mlp(shape, (6,))


@pytest.mark.parametrize("seed", [-1, 1.5, "0", None, True])
def test_seed_is_a_non_negative_integer(seed):
    with pytest.raises(InvalidValueError, match="seed must be an integer >= 0"):
        network.mlp(9, (6,), seed=seed)
