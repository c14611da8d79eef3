"""Functions that a script hands to the trainer: the rate's decay, what is told of batches and epochs, and a stop."""

from __future__ import annotations

import numpy as np
import pytest
from engine_helpers import assert_same_bytes, small_batch, small_net, started

from mfnumpy import engines
from mfnumpy.batches import DECAYS
from mfnumpy.errors import CheckpointError, InvalidValueError, UnknownNameError

ENGINES = ("reference", "fast")


def run(engine="reference", **options):
    """A rule trained for some epochs of three batches; returns the parameters and the history."""
    net = small_net("mlp", dtype="float64")
    rule = started("mf", net)
    own = {"epochs": 4, "batch_size": 3, "lr": 1e-2, "threads": 1, "show_progress": False} | options
    resume = own.pop("resume", False)
    with engines.trainer(net, rule, engine=engine, **own) as trainer:
        history = trainer.fit(*small_batch(net), resume=resume)
    return {k: v.copy() for k, v in rule.parameters(net).items()}, history


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", DECAYS)
def test_a_function_decays_as_the_name_that_stands_for_it(engine, name):
    own, by_name = run(engine, decay=DECAYS[name])[0], run(engine, decay=name)[0]
    assert_same_bytes(own, by_name)


def test_a_function_is_asked_at_every_batch_how_much_is_done():
    asked: list[float] = []

    def half(done: float) -> float:
        """Half the rate, and a note."""
        asked.append(done)
        return 0.5

    own, _ = run(decay=half)
    np.testing.assert_allclose(asked[2:], np.arange(12) / 12)
    assert_same_bytes(own, run(lr=5e-3)[0])
    assert np.abs(own["block1.W"] - run()[0]["block1.W"]).max() > 1e-4


@pytest.mark.parametrize(
    "decay", [lambda done: -1.0, lambda done: None, lambda done: float("nan"), lambda done: done - 0.2]
)
def test_a_decay_that_gives_no_rate_is_refused_at_once(decay):
    with pytest.raises(InvalidValueError, match="decay"):
        run(decay=decay)
    with pytest.raises(UnknownNameError, match="decay"):
        run(decay="linearly")


@pytest.mark.parametrize("engine", ENGINES)
def test_each_batch_is_told_with_its_losses_and_each_epoch_after_its_batches(engine):
    told: list = []
    _, history = run(
        engine,
        epochs=2,
        on_batch=lambda batch, losses: told.append((batch.epoch, batch.number, len(batch.rows), dict(losses))),
        on_epoch=lambda entry: told.append(entry["epoch"]),
    )
    assert [t[:3] if isinstance(t, tuple) else t for t in told] == [
        (0, 0, 3), (0, 1, 3), (0, 2, 1), 1, (1, 0, 3), (1, 1, 3), (1, 2, 1), 2,
    ]  # fmt: skip
    batches = [t for t in told[:3] if isinstance(t, tuple)]
    mean = sum(t[2] * t[3][0] for t in batches) / 7
    assert mean == pytest.approx(history.epochs[0]["loss"]["block1"], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_true_from_on_epoch_ends_the_run_and_nothing_else_does(engine):
    stopped, history = run(engine, on_epoch=lambda entry: entry["epoch"] == 2)
    assert len(history.epochs) == 2
    _, whole = run(engine, on_epoch=lambda entry: entry["epoch"])  # a number: true, but not True
    assert len(whole.epochs) == 4
    assert whole.epochs[:2] == history.epochs
    assert np.abs(stopped["block1.W"] - run(engine)[0]["block1.W"]).max() > 1e-5


def test_layer_by_layer_it_ends_the_block_in_turn():
    _, history = run(schedule="layer_by_layer", on_epoch=lambda entry: entry["epoch"] == 2)
    assert [list(entry["loss"]) for entry in history.epochs] == [["block1"]] * 2 + [["block2"]] * 4


def test_a_function_is_part_of_a_runs_settings_by_its_name(tmp_path):
    path = tmp_path / "c.npz"
    run(decay=DECAYS["cosine"], path=path, epochs=4)
    with pytest.raises(CheckpointError, match="decay"):
        run(decay="linear", path=path, resume=True)
    run(decay=DECAYS["cosine"], path=path, resume=True)
