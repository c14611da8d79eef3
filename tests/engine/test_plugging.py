"""Blocks that come and go: names, matrices and moments belong to the block itself, not to its place or its width."""

import json

import numpy as np
import pytest
from engine_helpers import ALL_RULES, blobs, started

from mfnumpy import optim, rules
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast import FastAdam, FastTrainer
from mfnumpy.network import Network, mlp
from mfnumpy.saving import model as models
from mfnumpy.train import Trainer

X, Y = blobs(30, (9,))


def fit(net, rule, optimiser=None, **options):
    options = {"epochs": 1, "batch_size": 10, "show_progress": False} | options
    return Trainer(net, rule, optimiser or optim.Adam(1e-2), **options).fit(X, Y)


def test_blocks_made_at_once_have_a_name_each(tmp_path):
    net = Network(9, seed=0)
    for block in [net.new_dense(9) for _ in range(3)]:
        net.plug(block)
    assert [b.name for b in net.blocks] == ["block1", "block2", "block3"]
    assert net.count() == 3 * 81
    rule = started("mf", net)
    before = [b.parameters["W"].copy() for b in net.blocks]
    fit(net, rule)
    assert not any(np.array_equal(b.parameters["W"], old) for b, old in zip(net.blocks, before, strict=True))
    models.save(tmp_path / "model.npz", net, rule)
    assert models.load(tmp_path / "model.npz")[0].count() == net.count()


def test_a_block_that_moves_down_takes_the_name_of_its_place(tmp_path):
    net = mlp(9, (6, 6, 6), seed=0)
    rule = started("mf", net)
    top, M = net.blocks[2], rule.M[2]
    net.unplug()
    net.unplug()
    net.plug(top)
    rule.plug(net)
    assert top.name == "block2"
    assert rule.M[1] is M  # its own goes with it
    models.save(tmp_path / "model.npz", net, rule)
    models.load(tmp_path / "model.npz")


def test_a_block_cannot_be_plugged_in_twice():
    net = mlp(9, (9, 9), seed=0)
    with pytest.raises(InvalidValueError, match="block1 is plugged in already"):
        net.plug(net.blocks[0])


@pytest.mark.parametrize("width", [6, 5])
@pytest.mark.parametrize("name", ALL_RULES)
def test_a_block_in_the_place_of_another_starts_anew(name, width):
    """As `Network.plug` says: plug the block, then the rule; the optimiser stays. Nothing of the old block does."""
    net = mlp(9, (7, 6), seed=0)
    rule, adam = started(name, net), optim.Adam(1e-2)
    fit(net, rule, adam)
    old = [*getattr(rule, "M", []), *getattr(rule, "feedback", [])]
    net.unplug()
    net.plug(net.new_dense(width))
    rule.plug(net)
    for own in (getattr(rule, "M", []), getattr(rule, "feedback", []) if name == "dfa" else []):
        assert [any(matrix is one for one in old) for matrix in own] == [True, False][: len(own)]
    fit(net, rule, adam)
    if name != "shallow":  # which trains no block
        assert (adam.t["block1.W"], adam.t["block2.W"]) == (6, 3)
    assert all(adam.m[key].shape == value.shape for key, value in rule.parameters(net).items() if key in adam.m)


@pytest.mark.parametrize("width", [6, 5])
def test_the_fast_room_starts_a_new_block_anew(width):
    net = mlp(9, (7, 6), seed=0)
    rule, adam = started("mf", net), FastAdam(1e-2)
    options = {"epochs": 1, "batch_size": 10, "show_progress": False, "threads": 1}
    FastTrainer(net, rule, adam, **options).fit(X, Y)
    net.unplug()
    net.plug(net.new_dense(width))
    rule.plug(net)
    FastTrainer(net, rule, adam, **options).fit(X, Y)
    assert (adam.t["block1.W"], adam.t["block2.W"], adam.t["block2.M"]) == (6, 3, 3)


def test_the_moments_of_a_checkpoint_are_taken_up_once():
    adam, p = optim.Adam(1e-2), np.array([0.7])
    adam.update("p", p, np.array([0.3]))
    other, q = optim.Adam(1e-2), p.copy()
    other.load_state(*adam.state())
    for _ in range(2):
        other.update("p", q, np.array([0.3]))
    assert other.t["p"] == 3
    other.update("p", q.copy(), np.array([0.3]))  # another array under the name: what had it is gone
    assert other.t["p"] == 1


def test_a_trainer_of_layers_sees_a_block_that_came_later():
    net = mlp(9, (7, 6), seed=0)
    rule = started("mf", net)
    trainer = Trainer(net, rule, optim.Adam(), epochs=1, batch_size=10, schedule="layer_by_layer", show_progress=False)
    trainer.fit(X, Y)
    net.plug(net.new_dense(5))
    rule.plug(net)
    before = net.blocks[2].parameters["W"].copy()
    history = trainer.fit(X, Y)
    assert not np.array_equal(net.blocks[2].parameters["W"], before)
    assert [list(e["loss"]) for e in history.epochs] == [["block1"], ["block2"], ["block3"]]


def test_numpys_integers_are_integers(tmp_path):
    net = mlp(9, (7, 6), seed=np.int64(1))
    rule = rules.make("mf")
    rule.start(net, np.int64(4), np.int64(1))
    path = tmp_path / "run.npz"
    fit(net, rule, seed=np.int64(1), only=np.arange(1), path=path)
    assert json.loads(json.dumps(models.describe(net, rule)))["network"]["seed"] == 1
    assert fit(net, rule, seed=1, only=[0], path=path).epochs


@pytest.mark.parametrize("only", [1, "0", [0.5], [0, 7], [-1], np.array([])])
def test_only_names_blocks(only):
    net = mlp(9, (7, 6), seed=0)
    with pytest.raises(InvalidValueError, match="only must name blocks from 0 to 1; got"):
        fit(net, started("mf", net), only=only)
