"""In the browser the package computes what it computes here: losses of all rules, moments of all rules."""

import json
import sys

import numpy as np
import player
import pytest

sys.path.append(str(player.PLAY))

from mfnumpy import network, optim, rules
from mfnumpy.train import Trainer

pytestmark = pytest.mark.timeout(600)
FIVE = ("bp", "mf", "fa", "dfa", "ff")
EPOCHS = 3


@pytest.fixture(scope="module", autouse=True)
def digits_beside_the_bridge(tmp_path_factory, address):
    """bridge/sets.py reads the digits from beside itself; here from the archive that the page was shipped with."""
    import io
    import zipfile

    from bridge import sets

    build = player.module("playground")
    place = tmp_path_factory.mktemp("digits") / "digits.npz"
    place.write_bytes(zipfile.ZipFile(io.BytesIO(build.app())).read("bridge/digits.npz"))
    sets.DIGITS = place


@pytest.mark.parametrize("set_", ["digits", "moons"])
@pytest.mark.parametrize("rule", FIVE)
def test_each_epochs_loss_and_accuracy_are_those_outside(tab, rule, set_):
    from bridge import sets

    widths, seed = [24, 16], 3
    settings = {"set": set_, "widths": widths, "rate": 0.003, "batch": 48, "seed": seed}
    tab.ask("ours", "start", lane="tried", rule=rule, **settings)
    (state,) = tab.ask("ours", "advance", lanes=["tried"], batches=10_000, epochs=EPOCHS)
    data = sets.named(set_)
    net = network.mlp(data.x.shape[1], widths, seed=seed)
    made = rules.make(rule)
    made.start(net, data.m, seed)
    trainer = Trainer(net, made, optim.Adam(0.003), epochs=EPOCHS, batch_size=48, seed=seed, show_progress=False)
    history = trainer.fit(data.x, data.y, data.x_test, data.y_test)
    assert len(state["entries"]) == EPOCHS
    for there, here in zip(state["entries"], history.epochs, strict=True):
        assert there["loss"] == pytest.approx(here["loss"], rel=1e-3)
        assert there["val_accuracy"] == pytest.approx(here["val_accuracy"], abs=0.01)
        assert there["val_layers"] == pytest.approx(here["val_layers"], abs=0.01)


@pytest.mark.parametrize("rule", FIVE)
def test_moments_are_those_outside(tab, rule):
    from bridge.updates import update

    asked = {"rules": [rule], "rows": 3, "inputs": 5, "widths": [4, 3], "seed": 2, "eta": 0.5, "numbers": True}
    there = tab.ask("ours", "update", **asked)
    here = json.loads(json.dumps(update(asked, None), default=lambda value: value.tolist()))
    assert [m[:2] for m in there["numbers"][0]] == [m[:2] for m in here["numbers"][0]]
    for (block, symbol, a), (_, _, b) in zip(there["numbers"][0], here["numbers"][0], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5, err_msg=f"{block} {symbol}")
    changed = tab.ask("ours", "update", **asked, changes=[{"name": "block1.W", "row": 4, "column": 2, "value": 9.5}])
    assert changed["runs"][0]["loss"] != there["runs"][0]["loss"]


def test_a_lane_that_is_stepped_batch_by_batch_is_the_same_lane(tab):
    settings = {"rule": "mf", "set": "moons", "widths": [8], "rate": 0.01, "batch": 64, "seed": 0}
    tab.ask("ours", "start", lane="one", **settings)
    tab.ask("ours", "start", lane="many", **settings)
    (one,) = tab.ask("ours", "advance", lanes=["one"], batches=9)
    entries = []
    for _ in range(9):
        (many,) = tab.ask("ours", "advance", lanes=["many"], batches=1)
        entries += many["entries"]
    assert entries == one["entries"]
    assert (many["epoch"], many["batch"]) == (one["epoch"], one["batch"]) == (1, 2)
    assert many["losses"] == one["losses"]


def test_no_rule_goes_beyond_the_epochs_that_it_was_given(tab):
    tab.ask("ours", "start", lane="few", rule="bp", set="moons", widths=[8], rate=0.01, batch=64, seed=0)
    (state,) = tab.ask("ours", "advance", lanes=["few"], batches=1000, epochs=2)
    assert state["epoch"] == 2


def test_a_rate_that_is_too_high_is_said_and_stops_nothing_else(tab):
    for lane, rate in (("wild", 1e30), ("tame", 0.001)):
        tab.ask("ours", "start", lane=lane, rule="bp", set="digits", widths=[16], rate=rate, batch=64, seed=0)
    wild, tame = tab.ask("ours", "advance", lanes=["wild", "tame"], batches=30)
    assert "Lower the learning rate" in wild["stopped"]
    assert (tame["stopped"], tame["epoch"]) == ("", 1)
