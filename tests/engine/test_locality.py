"""What makes a rule local: nothing that comes later changes an earlier block's update, to the bit."""

import numpy as np
import pytest
from engine_helpers import (
    LOCAL_RULES,
    N_CLASSES,
    assert_same_bytes,
    blobs,
    changed,
    gradients_of,
    model_arrays,
    recorded_traces,
    small_batch,
    small_net,
    started,
    steps_of,
)

from mfnumpy import equations, measure, network, optim, rules
from mfnumpy.rules import ff
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

LOCAL_CASES = [(name, "mlp") for name in LOCAL_RULES] + [("mf", "cnn")]


def perturb_block(net, rule, i):
    """Move every array of block i, its M and the readout among them."""
    for name, p in rule.parameters(net).items():
        if name.startswith(f"block{i + 1}.") or name.startswith("readout"):
            p += stream(77, name).standard_normal(p.shape).astype(p.dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "kind"), LOCAL_CASES)
def test_update_of_a_block_ignores_later_blocks(name, kind, dtype):
    blocks = 3 if kind == "mlp" else 2
    for later in range(1, blocks):
        net = small_net(kind, blocks=blocks, dtype=dtype, bias=True)
        x, y = small_batch(net)
        rule = started(name, net)
        before = gradients_of(rule, net, x, y)
        perturb_block(net, rule, later)
        after = gradients_of(rule, net, x, y)
        for i in range(blocks):
            own = [k for k in before if k.startswith(f"block{i + 1}.")]
            assert own
            for k in own:
                assert np.array_equal(before[k], after[k]) == (i < later), k


@pytest.mark.parametrize("name", ["bp", "fa", "dfa", "deep_supervision", "mf_joint"])
def test_planted_rules_that_are_not_local_are_told_apart(name):
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    rule = started(name, net)
    before = gradients_of(rule, net, x, y)
    perturb_block(net, rule, 2)
    assert not np.array_equal(before["block1.W"], gradients_of(rule, net, x, y)["block1.W"])


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_mf_update_follows_its_own_M_and_no_other(kind):
    """Not the last loss (that would be BP), nor an earlier block's M."""
    net = small_net(kind)
    x, y = small_batch(net)
    rule = started("mf", net)
    before = gradients_of(rule, net, x, y)
    rule.M[0] += 0.5
    after = gradients_of(rule, net, x, y)
    assert {k for k in before if not np.array_equal(before[k], after[k])} == {"block1.W", "block1.M"}


@pytest.mark.parametrize("name", LOCAL_RULES)
def test_each_step_is_yielded_before_the_next_block_runs(name):
    """A trainer that stops listening after the first Step has made only the first block work."""
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    steps = started(name, net).steps(net, x, y, stream(0, "rng"))
    if name == "ff_one_pass":  # its readout has looked at all blocks before, with the neutral label
        with recorded_traces() as traces:
            next(steps)
        assert [n for n, _ in traces] == ["block1", "block2", "block3", "block1"]
    else:
        with recorded_traces() as traces:
            assert next(steps).block == 0
        assert [n for n, _ in traces] == ["block1"]
    with recorded_traces() as traces:
        assert next(steps).block == 1
    assert [n for n, _ in traces] == ["block2"]


@pytest.mark.parametrize("name", ["bp", "fa", "dfa", "shallow", "deep_supervision", "mf_joint"])
def test_update_locking_the_whole_network_runs_before_the_only_step(name):
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    steps = started(name, net).steps(net, x, y)
    with recorded_traces() as traces:
        assert next(steps).block is None
    assert [n for n, _ in traces] == ["block1", "block2", "block3"]
    assert next(steps, None) is None


@pytest.mark.parametrize("name", LOCAL_RULES)
def test_the_activities_handed_on_are_those_from_before_the_update(name):
    net = small_net("mlp", blocks=2)
    x, y = small_batch(net)
    rule = started(name, net)
    untouched = gradients_of(rule, net, x, y)
    found = {}
    for step in rule.steps(net, x, y, stream(5, "test rng")):
        found |= step.gradients
        for key in step.gradients:
            rule.parameters(net)[key][...] += 0.1  # as the trainer does between two steps
    assert_same_bytes(found, untouched)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", ["mf", "ff"])
def test_blocks_1_and_2_of_a_2_and_a_3_block_net_are_bit_identical_after_training(name, bias):
    nets = train_two_depths(name, optim.Adam, bias)
    shared = [k for k in nets[0] if k.startswith(("block1.", "block2."))]
    assert len(shared) == (2 + 2 * bias) + (2 if name == "mf" else 0)
    assert_same_bytes({k: nets[0][k] for k in shared}, {k: nets[1][k] for k in shared})
    assert any(k.startswith("block3.") for k in nets[1])


def train_two_depths(name, optimiser, bias=False):
    trained = []
    for depth in (2, 3):
        net = network.mlp(9, (6, 8, 5)[:depth], seed=3, bias=bias)
        rule = rules.make(name)
        rule.start(net, N_CLASSES, 3)
        x, y = blobs(53, (9,))
        Trainer(net, rule, optimiser(1e-2), epochs=3, batch_size=10, seed=1).fit(x, y)
        trained.append(model_arrays(rule, net))
    return trained


def test_planted_bp_and_an_adam_that_counts_calls_break_the_identity_of_depths():
    class CountsCalls(optim.Adam):
        def update(self, name, parameter, gradient, scale=1.0):
            super().update(name, parameter, gradient, scale)
            most = max(self.t.values())
            self.t = dict.fromkeys(self.t, most + 1)

    for name, optimiser in (("bp", optim.Adam), ("mf", CountsCalls)):
        two, three = train_two_depths(name, optimiser)
        assert not np.array_equal(two["block1.W"], three["block1.W"])


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_convolutional_and_dense_mf_nets_share_their_lower_blocks_too(kind):
    trained = []
    for depth in (1, 2):
        net = small_net(kind, blocks=depth, dtype="float32")
        rule = started("mf", net)
        x, y = blobs(23, net.input_shape)
        Trainer(net, rule, optim.Adam(1e-2), epochs=2, batch_size=6).fit(x, y)
        trained.append(model_arrays(rule, net))
    for k in trained[0]:
        assert np.array_equal(trained[0][k], trained[1][k]), k


# -- hot-plugging and repair ----------------------------------------------------------------------------------------


@pytest.fixture
def trained():
    net = network.mlp(12, (16, 14), seed=2)
    rule = rules.make("mf")
    rule.start(net, N_CLASSES, 2)
    x, y = blobs(400, (12,))
    Trainer(net, rule, optim.Adam(1e-2), epochs=4, batch_size=32).fit(x[:300], y[:300])
    return net, rule, x, y


def test_a_plugged_block_learns_alone_and_the_others_keep_their_bytes(trained):
    net, rule, x, y = trained
    before = model_arrays(rule, net)
    net.plug(net.new_dense(13))
    with pytest.raises(rules.NotStartedError, match=r"matrices for 2 blocks, the network has 3.*rule\.plug"):
        rule.scores(net, x)
    rule.plug(net)
    assert_same_bytes({k: v for k, v in model_arrays(rule, net).items() if k in before}, before)
    fresh = model_arrays(rule, net)
    optimiser = optim.Adam(1e-2)
    Trainer(net, rule, optimiser, epochs=4, batch_size=32, only=[2]).fit(x[:300], y[:300])
    assert changed(fresh, model_arrays(rule, net)) == {"block3.W", "block3.M"}
    assert optimiser.t == {"block3.W": 40, "block3.M": 40}
    assert measure.evaluate(net, rule, x[300:], y[300:]).layers[2] > 0.8
    net.unplug()
    rule.plug(net)
    assert_same_bytes(model_arrays(rule, net), before)


@pytest.mark.parametrize("name", rules.RULES)
def test_every_rule_can_take_up_and_give_up_a_block(name):
    net = small_net("mlp", dtype="float32")
    x, y = small_batch(net)
    rule = started(name, net)
    before = model_arrays(rule, net)
    net.plug(net.new_dense(5))
    rule.plug(net)
    assert rule.scores(net, x).shape == (7, N_CLASSES)
    gradients_of(rule, net, x, y)
    net.unplug()
    rule.plug(net)
    after = model_arrays(rule, net)
    assert set(after) == set(before)
    kept = [k for k in before if k.startswith("block") and not (name == "fa" and k == "block2.B")]
    for k in kept:
        assert np.array_equal(before[k], after[k]), k


def test_damage_to_one_block_is_repaired_by_training_only_that_block(trained):
    net, rule, x, y = trained
    healthy = measure.evaluate(net, rule, x[300:], y[300:]).accuracy["bp"]
    W = net.blocks[1].parameters["W"]
    W[...] = stream(9, "damage").standard_normal(W.shape).astype(W.dtype)
    rule.M[1][...] = -rule.M[1]
    damaged = model_arrays(rule, net)
    hurt = measure.evaluate(net, rule, x[300:], y[300:]).accuracy["bp"]
    Trainer(net, rule, optim.Adam(1e-2), epochs=6, batch_size=32, only=[1]).fit(x[:300], y[:300])
    repaired = measure.evaluate(net, rule, x[300:], y[300:]).accuracy["bp"]
    assert healthy > 0.85
    assert hurt < 0.6
    assert repaired > 0.85
    assert changed(damaged, model_arrays(rule, net)) == {"block2.W", "block2.M"}


@pytest.mark.parametrize("name", LOCAL_RULES)
def test_only_trains_the_blocks_named_and_no_readout(name):
    net = small_net("mlp", blocks=3, dtype="float32")
    rule = started(name, net)
    x, y = blobs(20, net.input_shape)
    before = model_arrays(rule, net)
    Trainer(net, rule, optim.Adam(), epochs=1, batch_size=6, only=[0, 2]).fit(x, y)
    own = {"W"} if rule.projections is None else {"W", "M"}
    assert changed(before, model_arrays(rule, net)) == {f"block{i}.{k}" for i in (1, 3) for k in own}


@pytest.mark.parametrize("name", LOCAL_RULES)
def test_blocks_above_the_ones_trained_do_not_run(name):
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    with recorded_traces() as traces:
        steps_of(started(name, net), net, x, y, only=[1])
    assert [n for n, _ in traces] == ["block1", "block2"]


def test_a_block_trained_alone_gets_the_update_that_it_gets_in_company():
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    for name in LOCAL_RULES:
        rule = started(name, net)
        together = gradients_of(rule, net, x, y)
        (alone,) = rule.steps(net, x, y, stream(5, "test rng"), only=[1])
        assert alone.block == 1
        for k, g in alone.gradients.items():
            assert np.array_equal(g, together[k])


# -- Forward-Forward's own -----------------------------------------------------------------------------------------


def test_ff_negatives_are_wrong_and_uniform_over_the_wrong_labels():
    y = np.repeat(np.arange(N_CLASSES), 3000)
    wrong = ff.negative_labels(y, N_CLASSES, stream(0, "negatives"))
    assert (wrong != y).all()
    assert wrong.dtype == y.dtype
    counts = np.array([[(wrong[y == c] == k).sum() for k in range(N_CLASSES)] for c in range(N_CLASSES)])
    assert (counts.diagonal() == 0).all()
    others = counts[~np.eye(N_CLASSES, dtype=bool)]
    assert np.abs(others - 1000).max() < 5 * np.sqrt(1000 * 2 / 3)


@pytest.mark.parametrize(
    ("dtype", "m"), [("int8", 100), ("uint8", 200), ("uint8", 256), ("uint8", 300), ("int8", 200), ("int32", 10)]
)
def test_ff_negatives_do_not_wrap_in_a_small_dtype(dtype, m):
    y = stream(0, "many").integers(0, min(m, np.iinfo(dtype).max + 1), 20_000).astype(dtype)
    wrong = ff.negative_labels(y, m, stream(1, "negatives"))
    assert wrong.dtype == (dtype if np.iinfo(dtype).max >= m - 1 else "int64")
    assert (wrong != y).all()
    assert wrong.min() == 0
    assert wrong.max() == m - 1


@pytest.mark.parametrize("name", ["rms", "length"])
def test_ff_input_of_a_block_does_not_show_the_length_of_the_one_below(name):
    a = np.abs(stream(0, "a").standard_normal((5, 8)))
    normalise = ff.NORMALISE[name]
    assert np.allclose(normalise(10 * a), normalise(a), rtol=1e-7)
    lengths = np.sqrt((normalise(a) ** 2).sum(axis=1))
    assert np.allclose(lengths, np.sqrt(8) if name == "rms" else 1, rtol=1e-7)
    assert np.array_equal(normalise(np.zeros((2, 3), np.float32)), np.zeros((2, 3), np.float32))


def test_ff_label_overwrites_what_the_pixels_held():
    x, y = stream(0, "x").standard_normal((5, 9)), np.array([3, 0, 2, 1, 3])
    out = ff.overlay_label(x, y, N_CLASSES)
    assert np.array_equal(out[:, :N_CLASSES], np.eye(N_CLASSES)[y])
    assert np.array_equal(out[:, N_CLASSES:], x[:, N_CLASSES:])
    neutral = ff.overlay_neutral(x, N_CLASSES)
    assert (neutral[:, :N_CLASSES] == 1 / N_CLASSES).all()
    assert np.array_equal(neutral[:, N_CLASSES:], x[:, N_CLASSES:])


def test_ff_prediction_adds_the_goodness_of_every_label_over_all_blocks():
    net = small_net("mlp", blocks=2)
    x, _ = small_batch(net)
    rule = started("ff", net)
    scores = rule.scores(net, x)
    for label in range(N_CLASSES):
        a = ff.overlay_label(x, np.full(len(x), label), N_CLASSES)
        goodness = np.zeros(len(x))
        for block in net.blocks:
            a = np.maximum(ff.normalise_rms(a) @ block.parameters["W"], 0)
            goodness += (a * a).sum(axis=1)
        assert np.allclose(scores[:, label], goodness)


def test_ff_never_sees_the_true_label_in_a_negative(monkeypatch):
    seen = []
    original = ff.overlay_label
    monkeypatch.setattr(ff, "overlay_label", lambda x, y, *more: seen.append(y) or original(x, y, *more))
    net = small_net("mlp")
    x, y = small_batch(net, n=40)
    rule = started("ff", net)
    list(rule.steps(net, x, y, stream(2, "rng")))
    positive, negative = seen
    assert np.array_equal(positive, y)
    assert (negative != y).all()


def test_mf_predictions_are_the_sum_and_the_last_of_the_goodness_scores():
    net = small_net("mlp", blocks=3)
    x, _ = small_batch(net)
    rule = started("mf", net)
    a, G = x, []
    for block, M in zip(net.blocks, rule.M, strict=True):
        a = np.maximum(a @ block.parameters["W"], 0)
        G.append(equations.goodness_scores(a, M))
    assert np.allclose(rule.scores(net, x, "ff"), G[0] + G[1] + G[2])
    assert np.allclose(rule.scores(net, x, "bp"), G[2])
    modes, layers = rule.all_scores(net, x)
    assert np.allclose(modes["ff"], sum(G))
    assert np.allclose(modes["bp"], G[2])
    assert all(np.allclose(a, b) for a, b in zip(layers, G, strict=True))
