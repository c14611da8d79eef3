"""float32 stays float32, no input is changed, nothing returned is a surprise alias, one seed gives one result."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import (
    ALL_RULES,
    CASES,
    assert_same_bytes,
    blobs,
    digest,
    model_arrays,
    recorded_traces,
    small_batch,
    small_net,
    started,
    steps_of,
)

from mfnumpy import equations, layers, measure, optim
from mfnumpy.rules import ff
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

HERE = Path(__file__).parent
DTYPES = ("float32", "float64")


def frozen(array):
    """Read-only: any write raises where it happens."""
    array = np.array(array)
    array.flags.writeable = False
    return array


# -- dtype ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_one_dtype_everywhere(name, kind, dtype):
    """Traces, losses, gradients, scores, moments, parameters and feedback, before and after training."""
    net = small_net(kind, bias=True, dtype=dtype)
    rule = started(name, net)
    x, y = blobs(13, net.input_shape, dtype)
    optimiser = optim.Adam(np.float64(1e-2))
    for trained in (False, True):
        if trained:
            Trainer(net, rule, optimiser, epochs=2, batch_size=5, decay="cosine").fit(x, y)
        with recorded_traces() as traces:
            steps = steps_of(rule, net, x, y)
            modes, own = rule.all_scores(net, x)
        found = {f"{n}.{k}": getattr(t, k) for n, t in traces for k in ("x", "rows", "z", "a", "flat")}
        found |= {k: g for s in steps for k, g in s.gradients.items()}
        found |= {"loss": steps[0].loss} | modes | dict(enumerate(own))
        found |= rule.parameters(net) | rule.fixed() | optimiser.state()[0]
        wrong = {k: a.dtype for k, a in found.items() if a.dtype != dtype}
        assert not wrong


@pytest.mark.parametrize("theta", [np.float64(2.0), np.float32(2.0), 2])
def test_a_numpy_threshold_widens_nothing(theta):
    net = small_net("mlp", dtype="float32")
    rule = started("ff", net, theta=theta)
    x, y = blobs(13, (9,))
    assert {g.dtype for s in steps_of(rule, net, x, y) for g in s.gradients.values()} == {np.dtype("float32")}


def test_planted_a_silent_float64_is_caught(monkeypatch):
    monkeypatch.setattr("mfnumpy.layers.dense.dense_forward", lambda x, W, b=None: x @ W * np.float64(1))
    with pytest.raises(AssertionError):
        test_one_dtype_everywhere("bp", "mlp", "float32")


def public_calls(rng, dtype):
    """Every public function of the equations, the layers and FF, on arrays of its own."""

    def d(*shape):
        return frozen(rng.standard_normal(shape).astype(dtype))

    y = frozen(np.array([1, 0, 3, 2, 1]))
    x4, W4, b4 = d(2, 6, 5, 3), d(18, 4), d(4)
    z4 = frozen(layers.conv2d_forward(x4, W4, b4, (3, 2), 2, 1))
    sizes = ((3, 2), 2, 1)
    cols = frozen(layers.im2col(x4, *sizes))
    return {
        "positive_goodness": (equations.positive_goodness, d(5, 6)),
        "negative_goodness": (equations.negative_goodness, d(5, 6)),
        "goodness_gradient": (equations.goodness_gradient, d(5, 6), d(5)),
        "positive_loss": (equations.positive_loss, d(5), 0.5),
        "positive_loss_gradient": (equations.positive_loss_gradient, d(5), 0.5),
        "negative_loss": (equations.negative_loss, d(5), 0.5),
        "negative_loss_gradient": (equations.negative_loss_gradient, d(5), 0.5),
        "goodness_scores": (equations.goodness_scores, d(5, 6), d(4, 6)),
        "goodness_scores_gradient": (equations.goodness_scores_gradient, d(5, 4), d(4, 6)),
        "cross_entropy": (equations.cross_entropy, d(5, 4), y),
        "cross_entropy_gradient": (equations.cross_entropy_gradient, d(5, 4), y),
        "weight_gradient": (equations.weight_gradient, d(5, 3), d(5, 6), d(4, 6), d(5, 4)),
        "projection_gradient": (equations.projection_gradient, d(5, 6), d(5, 4)),
        "cross_entropy with weights": (equations.cross_entropy, d(5, 4), y, frozen(np.abs(d(5)))),
        "weighted_mean": (equations.weighted_mean, d(5), frozen(np.abs(d(5)))),
        "weighted_mean_gradient": (equations.weighted_mean_gradient, d(5, 4), frozen(np.abs(d(5)))),
        "weighted_mean_gradient of losses": (equations.weighted_mean_gradient, d(5), frozen(np.abs(d(5)))),
        "softmax": (equations.softmax, d(5, 4)),
        "one_hot": (equations.one_hot, y, 4, dtype),
        "dense_forward": (layers.dense_forward, d(5, 3), d(3, 6), d(6)),
        "dense_forward without bias": (layers.dense_forward, d(5, 3), d(3, 6)),
        "dense_parameter_gradients": (layers.dense_parameter_gradients, d(5, 3), d(5, 6)),
        "dense_input_gradient": (layers.dense_input_gradient, d(5, 6), d(3, 6)),
        "dense_backward": (layers.dense_backward, d(5, 3), d(3, 6), d(5, 6)),
        "relu_forward": (layers.relu_forward, d(5, 6)),
        "relu_forward of positives": (layers.relu_forward, frozen(np.abs(d(5, 6)))),
        "relu_backward": (layers.relu_backward, d(5, 6), d(5, 6)),
        "relu_backward of positives": (layers.relu_backward, frozen(np.abs(d(5, 6))), d(5, 6)),
        "tanh_forward": (layers.tanh_forward, d(5, 6)),
        "tanh_backward": (layers.tanh_backward, d(5, 6), d(5, 6)),
        "avgpool_forward": (layers.avgpool_forward, x4, (2, 3)),
        "avgpool_forward of 1": (layers.avgpool_forward, x4, 1),
        "avgpool_backward": (layers.avgpool_backward, d(2, 3, 1, 3), (2, 3), (2, 6, 5, 3)),
        "avgpool_backward of 1": (layers.avgpool_backward, d(2, 3, 1, 3), 1),
        "im2col": (layers.im2col, x4, *sizes),
        "im2col of 1": (layers.im2col, x4, 1),
        "col2im": (layers.col2im, cols, (2, 6, 5, 3), *sizes),
        "col2im of 1": (layers.col2im, d(60, 3), (2, 6, 5, 3), 1),
        "conv2d_forward": (layers.conv2d_forward, x4, W4, b4, *sizes),
        "conv2d_backward": (layers.conv2d_backward, x4, W4, z4, *sizes),
        "Flatten.forward": (layers.Flatten().forward, x4),
        "Flatten.backward": (layers.Flatten().backward, (5, 3, 2), d(5, 6)),
        "overlay_label": (ff.overlay_label, d(5, 9), y, 4),
        "overlay_neutral": (ff.overlay_neutral, d(5, 9), 4),
        "negative_labels": (ff.negative_labels, y, 4, stream(0, "n")),
        "normalise_length": (ff.normalise_length, d(5, 9)),
        "normalise_rms": (ff.normalise_rms, d(5, 9)),
        "sgd_step": (optim.sgd_step, d(5, 6), d(5, 6), 0.1),
        "adam_step": (optim.adam_step, d(5, 6), d(5, 6), d(5, 6), frozen(np.abs(d(5, 6))), 1),
    }


CALLS = list(public_calls(stream(0, "calls"), "float32"))


def results(value):
    return [value] if not isinstance(value, tuple) else list(value)


def check_call(function, args, dtype):
    """Inputs keep their bytes, the outputs share no memory with them or each other, and the dtype stays."""
    arrays = [a for a in args if isinstance(a, np.ndarray)]
    before = [digest(a) for a in arrays]
    found = results(function(*args))
    assert [digest(a) for a in arrays] == before
    for i, out in enumerate(found):
        assert out.dtype == dtype or out.dtype.kind == "i"
        assert not any(np.shares_memory(out, other) for other in arrays + found[:i])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CALLS)
def test_no_function_changes_or_returns_its_arguments(name, dtype):
    function, *args = public_calls(stream(0, "calls"), dtype)[name]
    check_call(function, args, dtype)


def test_every_public_function_is_on_the_list_above():
    public = {f"{n}" for n, f in vars(equations).items() if callable(f) and f.__module__ == equations.__name__}
    public |= {n for n in layers.__all__ if n[0].islower()}
    public -= {n for n in public if n.startswith("_")} | {"conv_output_size", "he_normal"}
    assert public <= {name.split()[0] for name in CALLS}


@pytest.mark.parametrize("planted", [lambda z: np.maximum(z, 0, out=z), lambda z: z, lambda z: z.astype("float64")])
def test_planted_changes_aliases_and_up_casts_are_caught(planted):
    z = np.abs(stream(0, "z").standard_normal((3, 4))).astype("float32")
    for array in (frozen(z), z - 1):
        try:
            check_call(planted, (array,), "float32")
        except (AssertionError, ValueError):
            return
    pytest.fail("the check is blind")


# -- rules and trainer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_steps_and_scores_only_read(name, kind):
    """Data may be read-only; parameters keep their bytes; gradients are new arrays."""
    net = small_net(kind, bias=True)
    rule = started(name, net)
    x, y = map(frozen, small_batch(net))
    for p in (rule.parameters(net) | rule.fixed()).values():
        p.flags.writeable = False
    before = model_arrays(rule, net)
    steps = steps_of(rule, net, x, y)
    modes, own = rule.all_scores(net, x)
    measure.evaluate(net, rule, x, y, 2)
    assert_same_bytes(model_arrays(rule, net), before)
    gradients = [g for s in steps for g in s.gradients.values()]
    live = [x, y, *(rule.parameters(net) | rule.fixed()).values()]
    for i, g in enumerate(gradients):
        assert not any(np.shares_memory(g, other) for other in live + gradients[:i])
    assert not any(np.shares_memory(s, other) for s in [*modes.values(), *own] for other in live)


@pytest.mark.parametrize("name", ALL_RULES)
def test_training_leaves_the_data_alone(name):
    net = small_net("mlp", dtype="float32")
    rule = started(name, net)
    x, y = map(frozen, blobs(23, (9,)))
    Trainer(net, rule, optim.Adam(), epochs=1, batch_size=None).fit(x, y, x[:9], y[:9])
    Trainer(net, rule, optim.Adam(), epochs=1, batch_size=1).fit(x, y)
    assert not any(np.shares_memory(x, p) for p in rule.parameters(net).values())


def test_parameters_are_live_and_nothing_else_of_two_rules_is_shared():
    """Two rules over one network share its blocks and nothing more; two networks share nothing."""
    net, other = small_net("mlp"), small_net("mlp")
    first, second = started("mf", net), started("mf", net)
    shared = {k for k, p in first.parameters(net).items() if p is second.parameters(net)[k]}
    assert shared == set(net.parameters())
    assert not any(np.shares_memory(p, q) for p in net.parameters().values() for q in other.parameters().values())
    assert net.parameters()["block1.W"] is net.blocks[0].parameters["W"]


# -- one seed ---------------------------------------------------------------------------------------------------------


def train_everything() -> dict[str, str]:
    """A hash per rule and network of everything that a short run leaves behind."""
    found = {}
    for name, kind in CASES:
        net = small_net(kind, dtype="float32", bias=True)
        rule = started(name, net)
        x, y = blobs(23, net.input_shape)
        history = Trainer(net, rule, optim.Adam(1e-2), epochs=2, batch_size=5).fit(x, y, x[:9], y[:9])
        found[f"{name} {kind}"] = digest(model_arrays(rule, net)) + repr(history.epochs)
    return found


def test_two_runs_of_one_seed_give_the_same_bytes():
    assert train_everything() == train_everything()


def test_another_process_gives_the_same_bytes():
    """Python's hashes are salted differently there: no order of a set or dict may reach the numbers."""
    code = "import test_arrays; print(test_arrays.train_everything())"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": salt, "PYTHONPATH": str(HERE)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for salt in ("1", "2")
    ]
    assert outputs[0] == outputs[1]


def test_training_does_not_touch_the_global_random_state():
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002
    train_everything()
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002


@pytest.mark.parametrize("name", ALL_RULES)
def test_another_seed_of_the_rule_gives_other_matrices(name):
    net = small_net("mlp")
    a, b = started(name, net, 0), started(name, net, 1)
    same = all(np.array_equal(p, b.parameters(net)[k]) for k, p in a.parameters(net).items())
    assert same == (name == "ff")  # plain FF owns no matrix


def test_starting_again_gives_the_same_matrices_and_drops_what_was_learned():
    net = small_net("mlp")
    for name in ALL_RULES:
        rule = started(name, net, 3)
        rule.start(net, 4, 3)
        before = {k: v for k, v in model_arrays(rule, net).items() if k not in net.parameters()}
        for k in before:
            (rule.parameters(net) | rule.fixed())[k][...] += 1
        rule.start(net, 4, 3)
        after = {k: v for k, v in model_arrays(rule, net).items() if k not in net.parameters()}
        assert_same_bytes(after, before)


def test_streams_are_independent_and_repeatable():
    draws = {
        (seed, purpose, index): stream(seed, purpose, index).integers(10**12, size=3).tobytes()
        for seed in range(4)
        for purpose in ("weights", "shuffle", "batch")
        for index in range(4)
    }
    assert len(set(draws.values())) == len(draws)
    assert stream(2, "weights", 1).integers(10**12, size=3).tobytes() == draws[2, "weights", 1]
    assert stream(np.int64(2), "weights", np.int64(1)).integers(10**12, size=3).tobytes() == draws[2, "weights", 1]
