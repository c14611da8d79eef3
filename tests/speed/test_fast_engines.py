"""The fast room gives the rules' numbers: same parameters, same losses, same time steps, on any number of threads."""

from __future__ import annotations

import time

import numpy as np
import pytest

from mfnumpy import layers, measure, optim, rules
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast import FastAdam, FastTrainer, Team, evaluation, patches, tiles, why_not
from mfnumpy.fast.conv_rules import ConvReadout
from mfnumpy.fast.dense import DenseEngine
from mfnumpy.fast.prediction import scores
from mfnumpy.fast.workspace import Workspace
from mfnumpy.network import cnn, mlp
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

pytest.importorskip("threadpoolctl")

N, M = 53, 4
CONV = ("mf", "bp", "fa", "dfa", "shallow", "deep_supervision", "mf_joint")
DENSE = (*CONV, "ff", "ff_one_pass")


def build(kind, seed=3, dtype="float64", bias=False):
    if kind == "dense":
        net = mlp(23, [17, 13, 11, 19], seed=seed, dtype=dtype, bias=bias)
    else:  # 17x18, 8x9, 4x4, 2x2: pooling leaves a row, a column out; blocks 2 and 4 share shapes, and what they keep
        net = cnn((17, 18, 3), [5, 6, 5, 6], seed=seed, dtype=dtype, bias=bias)
    for i, block in enumerate(net.blocks if bias else ()):
        block.parameters["b"][...] = 0.3 * stream(11, "bias", i).standard_normal(block.parameters["b"].shape)
    return net


def data(net):
    rng = stream(7, "test")
    return rng.standard_normal((N, *net.input_shape)).astype(net.dtype), rng.integers(0, M, N)


def train(kind, rule_name, trainer, optimiser, dtype="float64", rule_options=None, bias=False, **options):
    net = build(kind, dtype=dtype, bias=bias)
    rule = rules.make(rule_name, **(rule_options or {}))
    rule.start(net, M, seed=5)
    x, y = data(net)
    options = {"epochs": 2, "batch_size": 16, "seed": 1, "show_progress": False} | options  # 53 = 3 * 16 + 5
    weights = stream(8, "weights").uniform(0.2, 3, N) if options.pop("weighted", False) else None
    history = trainer(net, rule, optimiser, **options).fit(x, y, weights=weights)
    return rule.parameters(net), history, optimiser


ATOL = {"dense": 1e-12, "conv": 1e-10}
"""Adam divides by the root of v, so where a gradient is tiny, as under four poolings, its rounding errors grow."""


def compare(kind, rule_name, threads, atol=None, dtype="float64", **options):
    atol = ATOL[kind] if atol is None else atol
    slow, slow_history, slow_adam = train(kind, rule_name, Trainer, optim.Adam(lr=1e-2), dtype, **options)
    fast, fast_history, fast_adam = train(
        kind, rule_name, FastTrainer, FastAdam(lr=1e-2), dtype, threads=threads, **options
    )
    assert slow.keys() == fast.keys()
    for name, array in slow.items():
        np.testing.assert_allclose(fast[name], array, rtol=0, atol=atol, err_msg=name)
    for a, b in zip(slow_history.epochs, fast_history.epochs, strict=True):
        assert a["loss"].keys() == b["loss"].keys()
        np.testing.assert_allclose(list(b["loss"].values()), list(a["loss"].values()), rtol=1e-9 + atol)
    assert fast_adam.t == slow_adam.t


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("kind", "rule"), [("dense", r) for r in DENSE] + [("conv", r) for r in CONV])
def test_engine_trains_as_the_rule(kind, rule, threads):
    compare(kind, rule, threads)


@pytest.mark.parametrize("few_channels", [1, 16])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("kind", "rule"), [("dense", r) for r in DENSE] + [("conv", r) for r in CONV])
def test_engine_learns_biases(monkeypatch, kind, rule, threads, few_channels):
    """By patches and in tiles; also where a worker has nothing of the last batch, and in several pieces."""
    if kind == "dense" and few_channels == 1:
        pytest.skip("the channels are those of convolutions")
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", few_channels)
    compare(kind, rule, threads, bias=True, batch_size=17)
    monkeypatch.setattr("mfnumpy.fast.pooled.PooledConvolution.piece", 3)
    compare(kind, rule, threads, bias=True, atol=1e-9 if kind == "conv" else None)


@pytest.mark.parametrize(
    ("kind", "what", "wrong"),
    [
        ("conv", "patches.Patches.bias_gradient", lambda self, dz: dz[:-1].sum(axis=0)),
        ("conv", "tiles.Tiles.bias_gradient", lambda self, dz: dz[1, 2].sum(axis=0)),
        ("conv", "convolution.bias_slot", lambda slot: "bias of all blocks"),
    ],
)
def test_planted_mistakes_in_biases_are_caught(monkeypatch, kind, what, wrong):
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", 1 if "tiles" in what else 16)
    monkeypatch.setattr(f"mfnumpy.fast.{what}", wrong)
    with pytest.raises(AssertionError):
        compare(kind, "bp", 2, bias=True)


@pytest.mark.parametrize(("kind", "rule"), [("dense", "mf"), ("dense", "ff"), ("dense", "ff_one_pass"), ("conv", "mf")])
def test_engine_trains_only_what_it_is_told_to(kind, rule):
    compare(kind, rule, 2, only=[1], bias=True)
    if rule != "ff_one_pass":  # its readout would be left untrained
        compare(kind, rule, 2, schedule="layer_by_layer", decay="cosine")


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("kind", "rule"), [("dense", r) for r in DENSE] + [("conv", r) for r in CONV])
def test_engine_weighs_samples_as_the_rule(kind, rule, threads):
    compare(kind, rule, threads, weighted=True, batch_size=17)  # one of three workers has nothing of the last batch


@pytest.mark.parametrize(
    ("kind", "rule", "where", "wrong"),
    [
        ("dense", "bp", "base.TeamEngine.divisor", lambda self, N, rows: N),
        ("conv", "mf", "base.TeamEngine.divisor", lambda self, N, rows: len(self.weights) / self.weights[rows]),
        ("dense", "ff", "forward_forward.equations.weighted_mean_gradient", lambda d, w: d),
    ],
)
def test_planted_mistakes_in_weights_are_caught(monkeypatch, kind, rule, where, wrong):
    slow, *_ = train(kind, rule, Trainer, optim.Adam(lr=1e-2), weighted=True)
    monkeypatch.setattr(f"mfnumpy.fast.{where}", wrong)  # after the reference, which has the equations in common
    fast, *_ = train(kind, rule, FastTrainer, FastAdam(lr=1e-2), weighted=True, threads=2)
    assert any(np.abs(fast[name] - array).max() > 1e-6 for name, array in slow.items())


def test_engine_in_float32_agrees_to_rounding():
    compare("dense", "mf", 2, atol=1e-4, dtype="float32")


@pytest.mark.parametrize(("kind", "rule"), [("dense", r) for r in DENSE] + [("conv", r) for r in CONV])
def test_engine_takes_batches_smaller_than_the_team(kind, rule):
    compare(kind, rule, 3, batch_size=17)  # 53 = 3 * 17 + 2: one worker has nothing of the last batch


def test_engine_knows_both_kinds_of_normalisation():
    for rule in ("ff", "ff_one_pass"):
        compare("dense", rule, 2, rule_options={"normalise": "length", "label": 1.7})


@pytest.mark.parametrize("rule", CONV)
@pytest.mark.parametrize("images", [1, 3])
def test_engine_goes_through_several_pieces(monkeypatch, rule, images):
    """Also in tiles, which so few channels are otherwise too thin for."""
    monkeypatch.setattr("mfnumpy.fast.pooled.PooledConvolution.piece", images)
    compare("conv", rule, 2)
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", 1)
    compare("conv", rule, 2)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("rule", CONV)
def test_engine_in_tiles_trains_as_the_rule(monkeypatch, rule, threads):
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", 1)
    compare("conv", rule, threads)
    compare("conv", rule, threads, batch_size=17)


@pytest.mark.parametrize(
    ("room", "name", "wrong"),
    [
        ("dense", "relu_mask", lambda *_: None),
        ("dense", "relu", lambda *_: None),
        ("patches", "unpool", lambda *_: None),
        (
            "patches",
            "pool",
            lambda images, out: np.copyto(out, images[:, ::2, ::2][:, : out.shape[1], : out.shape[2]]),
        ),
        ("adam", "BLOCK", None),
    ],
)
def test_planted_mistakes_are_caught(monkeypatch, room, name, wrong):
    if name == "BLOCK":  # an Adam that leaves out the last element of every parameter
        original = FastAdam._change
        monkeypatch.setattr(
            FastAdam, "_change", lambda self, *arrays: original(self, *(a[:-1] for a in arrays[:4]), *arrays[4:])
        )
    else:
        monkeypatch.setattr(f"mfnumpy.fast.{room}.{name}", wrong)
    with pytest.raises(AssertionError):
        compare("conv" if room == "patches" else "dense", "mf", 2)


def _above_alone(self, worker, i, dG, da, own):
    return ConvReadout.arriving(self, worker, i, dG, da, own) if dG is not None or da is not None else own * 0


@pytest.mark.parametrize("rule", ["mf_joint", "deep_supervision"])
@pytest.mark.parametrize(
    ("kind", "what", "wrong"),
    [
        ("dense", "relu_mask", lambda *_: None),
        ("dense", "DenseJoint.update_projection", lambda *_: None),
        ("conv", "ConvJoint.arriving", lambda self, worker, i, dG, da, own: own),  # nothing from above, as in MF
        ("conv", "ConvJoint.arriving", _above_alone),  # nothing of its own, as in BP
    ],
)
def test_planted_mistakes_in_the_controls_are_caught(monkeypatch, rule, kind, what, wrong):
    monkeypatch.setattr(f"mfnumpy.fast.controls.{what}", wrong)
    with pytest.raises(AssertionError):
        compare(kind, rule, 2)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_missing_meeting_is_caught(monkeypatch):
    """Without meetings a worker reads what another has not written yet: the comparison must see it."""
    original = DenseEngine.activate

    def late(self, worker, i, x, slot):
        if worker == 1:
            time.sleep(0.02)
        return original(self, worker, i, x, slot)

    monkeypatch.setattr("mfnumpy.fast.dense.DenseEngine.activate", late)
    compare("dense", "mf", 2, epochs=1, batch_size=N)
    monkeypatch.setattr(Team, "meet", lambda self: None)
    with pytest.raises((AssertionError, ArithmeticError)):
        compare("dense", "mf", 2, epochs=1, batch_size=N)


@pytest.mark.parametrize(("kind", "rule"), [("dense", r) for r in DENSE] + [("conv", r) for r in CONV])
@pytest.mark.parametrize("few_channels", [1, 16])
def test_evaluation_by_a_team_counts_what_the_rules_count(monkeypatch, kind, rule, few_channels):
    """Not on random labels, whose accuracy says little: on the rule's own predictions of noisy rows."""
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", few_channels)
    monkeypatch.setattr("mfnumpy.measure.PASS_ROWS", 7)
    monkeypatch.setattr("mfnumpy.fast.prediction.ROWS", 3)
    net, rule = build(kind, bias=True), rules.make(rule)
    for block in net.blocks if kind == "conv" else ():  # poolings average the image away, and not the biases
        block.parameters["b"] *= 0.02
    rule.start(net, M, seed=5)
    if rule.readout is not None and rule.readout.of_all:  # it starts at zero, where all labels are alike
        W = rule.readout.parameters["W"]
        W[...] = stream(12, "readout").standard_normal(W.shape)
    x, _ = data(net)
    y = rule.scores(net, x).argmax(axis=1)
    x += 0.5 * stream(8, "noise").standard_normal(x.shape)
    whole = measure.evaluate(net, rule, x, y)
    assert 0.3 < whole.main < 0.95
    for threads in (1, 2, 3):
        with Team(threads) as team:
            assert evaluation.evaluate(net, rule, x, y, team) == whole
            assert evaluation.evaluate(net, rule, x[:2], y[:2], team) == measure.evaluate(net, rule, x[:2], y[:2])
    monkeypatch.setattr("mfnumpy.fast.evaluation.shares", lambda n, k: [slice(0, n)] * k)  # planted: everybody counts
    with Team(2) as team:
        assert evaluation.evaluate(net, rule, x, y, team) != whole
    if kind == "conv":
        monkeypatch.undo()
        monkeypatch.setattr("mfnumpy.fast.patches.relu", lambda *_: None)
        with Team(1) as team:
            assert evaluation.evaluate(net, rule, x, y, team) != whole


def test_a_fast_trainer_evaluates_with_its_team(monkeypatch):
    seen = []
    monkeypatch.setattr("mfnumpy.fast.trainer.evaluate", lambda *args: seen.append(args[-1].size) or evaluate(*args))
    net, rule, evaluate = build("conv"), rules.make("mf"), evaluation.evaluate
    rule.start(net, M, seed=5)
    x, y = data(net)
    trainer = FastTrainer(net, rule, FastAdam(), threads=2, epochs=2, batch_size=16, show_progress=False)
    history = trainer.fit(x, y, x, y)
    assert seen == [2, 2]
    assert trainer.evaluate(x, y).accuracy == history.epochs[-1]["val_accuracy"]


def test_resumed_fast_run_has_the_same_bytes(tmp_path):
    whole, _, _ = train("dense", "mf", FastTrainer, FastAdam(), threads=2, epochs=3)
    net = build("dense")
    rule = rules.make("mf")
    rule.start(net, M, seed=5)
    x, y = data(net)
    options = {"batch_size": 16, "seed": 1, "show_progress": False, "threads": 2, "path": tmp_path / "run.npz"}
    stopped = FastTrainer(net, rule, FastAdam(), epochs=3, on_epoch=_stop, **options)
    with pytest.raises(RuntimeError, match="stop"):
        stopped.fit(x, y)
    FastTrainer(net, rule, FastAdam(), epochs=3, **options).fit(x, y, resume=True)
    assert all(whole[name].tobytes() == array.tobytes() for name, array in rule.parameters(net).items())


def _stop(entry):
    if entry["epoch"] == 2:
        raise RuntimeError("stop")


def test_fast_adam_is_adam():
    rng = stream(1, "test")
    shape, slow, fast = (700, 1001), optim.Adam(lr=0.03), FastAdam(lr=0.03)
    a = rng.standard_normal(shape)
    b = a.copy()
    for _ in range(4):
        gradient = rng.standard_normal(shape)
        slow.update("W", a, gradient, 0.7)
        given = gradient.copy()
        fast.update("W", b, given, 0.7)
        assert given.tobytes() == gradient.tobytes()  # `step` overwrites it, `update` must not
    np.testing.assert_allclose(b, a, rtol=0, atol=1e-13)
    assert fast.spec() == slow.spec()
    for kind in ("m/W", "v/W"):
        np.testing.assert_allclose(fast.state()[0][kind], slow.state()[0][kind], rtol=1e-13)


@pytest.mark.parametrize(("rule_name", "mode"), [("ff", "all-labels"), ("ff_one_pass", "all-labels"), ("mf", "bp")])
def test_fast_prediction_gives_the_rules_scores(rule_name, mode):
    net = build("dense", bias=True)
    rule = rules.make(rule_name)
    rule.start(net, M, seed=5)
    x, _ = data(net)
    x = np.concatenate([x] * 6)  # more rows than one piece
    np.testing.assert_allclose(scores(net, rule, x, mode), rule.scores(net, x, mode), rtol=1e-12)


def test_the_reason_is_said_where_there_is_no_engine():
    net = build("dense")
    rule = rules.make("mf", weight_gradient=lambda x, z, M, dG: x.T @ (dG @ M))
    rule.start(net, M, seed=0)
    assert "weight_gradient is a function of its own" in (why_not(net, rule) or "")
    with pytest.raises(InvalidValueError, match="weight_gradient is a function of its own"):
        FastTrainer(net, rule, FastAdam())


def test_a_worker_that_fails_ends_the_others():
    def task(worker):
        if worker == 1:
            raise ZeroDivisionError("planted")
        team.meet()

    with Team(3) as team:
        for _ in range(2):  # and the team can be used again
            with pytest.raises(ZeroDivisionError, match="planted"):
                team.run(task)
        seen = []
        team.run(lambda worker: (team.meet(), seen.append(worker)))
        assert sorted(seen) == [0, 1, 2]


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("threads", [1, 3])
def test_numbers_that_run_away_warn_on_no_thread(threads):
    seen = []
    with Team(threads) as team:
        team.run(lambda worker: seen.append(np.full(5, 3e38, np.float32) @ np.full(5, 3e38, np.float32)))
    assert len(seen) == threads
    assert not np.isfinite(seen).any()


@pytest.mark.parametrize("rule", CONV)
def test_engine_takes_images_into_dense_blocks(monkeypatch, rule):
    """As the layer does, which lays each image out as a row."""
    monkeypatch.setattr(f"{__name__}.build", lambda kind, dtype, bias: mlp((4, 3, 2), [7, 5], dtype=dtype))
    compare("dense", rule, 2)


@pytest.mark.parametrize(
    ("kernel", "padding"),
    [((3, 3), (1, 1)), ((2, 3), (0, 1)), ((5, 3), (2, 0)), ((4, 2), (1, 1)), ((15, 13), (7, 6)), ((17, 1), (9, 0))],
)
def test_patches_and_their_adjoint_are_those_of_the_layer(kernel, padding):
    rng = stream(8, "patches")
    x = rng.standard_normal((3, 7, 6, 5))
    rows = layers.im2col(x, kernel, 1, padding)
    out = np.full_like(rows, np.nan)
    patches.im2col(x, kernel, padding, out, Workspace("float64"), "x")
    np.testing.assert_array_equal(out, rows)
    errors, back = rng.standard_normal(rows.shape), np.full_like(x, np.nan)
    patches.col2im(errors, kernel, padding, back)
    np.testing.assert_allclose(back, layers.col2im(errors, x.shape, kernel, 1, padding), rtol=0, atol=1e-12)


@pytest.mark.parametrize("odd", [False, True])
def test_tiles_transposed(odd):
    """<forward step, v> = <u, its transposed step> for each of the three steps, on random numbers."""
    rng = stream(9, "tiles")
    w, out = rng.standard_normal((3, 3, 2, 5)), np.empty((4, 4, 2, 5))
    tiles.to_places(w, out)
    v = rng.standard_normal(out.shape)
    np.testing.assert_allclose((out * v).sum(), (w * tiles.from_places(v)).sum(), rtol=1e-12)
    places = rng.standard_normal((4, 4, 3, 5))
    z, u = places.copy(), rng.standard_normal((2, 2, 3, 5))
    back = np.zeros_like(places)
    back[::3, ::3] = u
    tiles.from_outputs(back)
    np.testing.assert_allclose((tiles.to_outputs(z) * u).sum(), (places * back).sum(), rtol=1e-12)
    d, count = rng.standard_normal((2, 8 + odd, 5)), 3
    gathered = np.empty((4, 2, count, 5))
    tiles.gather(tiles._every_other(d, 1, count), gathered)
    u, spread = rng.standard_normal(gathered.shape), np.zeros_like(d)
    inner = (gathered * u).sum()
    tiles.scatter(u, tiles._every_other(spread, 1, count))
    np.testing.assert_allclose(inner, (d * spread).sum(), rtol=1e-12)
