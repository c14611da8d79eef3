"""The fast room's borders: what it refuses, what it leaves behind, how it reads x, Ctrl-C and resuming."""

from __future__ import annotations

import copy
import signal
import threading
import tracemalloc

import numpy as np
import pytest

from mfnumpy import measure, rules
from mfnumpy.blocks import Block
from mfnumpy.errors import DTypeError, InvalidValueError, ShapeError
from mfnumpy.fast import FastAdam, FastTrainer, Team, evaluation, why_not
from mfnumpy.fast.prediction import scores
from mfnumpy.layers import AvgPool2d
from mfnumpy.network import cnn, mlp
from mfnumpy.saving import checkpoint
from mfnumpy.support.seeding import stream

pytest.importorskip("threadpoolctl")
M = 4


def model(rule_name="mf", net=None):
    net = net or mlp(9, [6, 5], seed=0)
    rule = rules.make(rule_name)
    rule.start(net, M, seed=1)
    return net, rule


def data(net, n=30):
    rng = stream(2, "test")
    return rng.standard_normal((n, *net.input_shape)).astype(net.dtype), rng.integers(0, M, n)


def trainer(net, rule, adam=None, **options):
    options = {"epochs": 2, "batch_size": 10, "threads": 2, "show_progress": False} | options
    return FastTrainer(net, rule, adam or FastAdam(1e-2), **options)


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_after_a_refused_fit_it_can_still_evaluate():
    net, rule = model("bp")
    x, y = data(net)
    one = trainer(net, rule)
    net.plug(net.new_dense(3))
    rule.plug(net)
    net.blocks[2] = type("Own", (Block,), {})(net.blocks[2].linear)
    with pytest.raises(InvalidValueError, match="of its own"):
        one.fit(x, y)
    assert one.evaluate(x, y) == measure.evaluate(net, rule, x, y)


@pytest.mark.parametrize("threads", [0, -1, True, 1.5])
def test_the_number_of_threads_is_checked_at_once(threads):
    with pytest.raises(InvalidValueError, match="threads must be an integer >= 1; got"):
        trainer(*model(), threads=threads)


def test_numpys_integers_are_numbers_of_threads():
    net, rule = model()
    assert len(trainer(net, rule, threads=np.int64(2)).fit(*data(net)).epochs) == 2


def test_a_block_or_a_pooling_of_its_own_is_refused():
    class Leaky(Block):
        """Its forward is its own."""

    class MaxPool(AvgPool2d):
        """So is its."""

    net, rule = model()
    net.blocks[0] = Leaky(net.blocks[0].linear)
    assert "a class of its own" in (why_not(net, rule) or "")
    net, rule = model("mf", cnn((6, 6, 2), [3], seed=0))
    assert why_not(net, rule) is None
    net.blocks[0].pool = MaxPool(2, 2)
    assert "average pooling only" in (why_not(net, rule) or "")


@pytest.mark.parametrize("threads", [1, 2])
def test_no_rows_are_refused_as_in_the_other_room(threads):
    net, rule = model()
    x, y = data(net)
    with pytest.raises(InvalidValueError, match="There are no rows to evaluate"):
        measure.evaluate(net, rule, x[:0], y[:0])
    with Team(threads) as team, pytest.raises(InvalidValueError, match="There are no rows to evaluate"):
        evaluation.evaluate(net, rule, x[:0], y[:0], team)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda x: x.astype("float64"), DTypeError),
        (lambda x: x.astype("float16"), DTypeError),
        (lambda x: (10 * x).astype(int), DTypeError),
        (lambda x: x[:, :-1], ShapeError),
        (lambda x: x[:0], None),
        (lambda x: x, None),
    ],
    ids=["float64", "float16", "int", "features", "no rows", "as it is"],
)
def test_fast_prediction_refuses_what_the_rule_refuses(change, error):
    net, rule = model("ff")
    x = change(data(net)[0])

    def outcome(function):
        try:
            result = function()
        except Exception as found:
            return type(found), str(found)
        return result.dtype, result.shape

    slow = outcome(lambda: rule.scores(net, x))
    assert outcome(lambda: scores(net, rule, x)) == slow
    assert error is None or slow[0] is error
    fresh = rules.make("ff")
    assert outcome(lambda: scores(net, fresh, x)) == outcome(lambda: fresh.scores(net, x))


# -- rows of x ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["contiguous", "strided", "columns"])
def test_rows_are_gathered_without_a_copy_of_everything(layout):
    wide = stream(3, "wide").standard_normal((20_000, 40)).astype("float32")
    x = {"contiguous": wide[:, :20].copy(), "strided": wide[:, ::2], "columns": np.asfortranarray(wide[:, 1:21])}[
        layout
    ]
    net, rule = model(net=mlp(20, [6]))
    one, rows = trainer(net, rule), np.arange(3, 19_003, 1000)
    with Team(2) as one._team:
        tracemalloc.start()
        try:
            found = one._gather(x, rows)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert np.array_equal(found, x[rows])
    assert peak < x.nbytes / 10


# -- Ctrl-C and resuming -----------------------------------------------------------------------------------------------


def test_ctrl_c_between_two_batches_then_resume_has_the_same_bytes(tmp_path, monkeypatch, python_handles_ctrl_c):
    net, rule = model()
    x, y = data(net)
    whole = trainer(net, rule).fit(x, y)
    options, count, gather = {"path": tmp_path / "run.npz"}, [0], FastTrainer._gather

    def interrupted(self, x, rows):
        count[0] += 1
        if count[0] == 2:
            signal.raise_signal(signal.SIGINT)
        return gather(self, x, rows)

    monkeypatch.setattr(FastTrainer, "_gather", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trainer(*model(), **options).fit(x, y)
    assert count[0] == 2
    assert not any(thread.name.startswith("mfnumpy-") for thread in threading.enumerate())
    assert checkpoint.load(tmp_path / "run.npz")[1]["progress"]["batch"] == 2
    other, other_rule = model()
    history = trainer(other, other_rule, **options).fit(x, y, resume=True)
    assert history.epochs == whole.epochs
    for name, array in rule.parameters(net).items():
        assert other_rule.parameters(other)[name].tobytes() == array.tobytes(), name


@pytest.mark.parametrize("few_channels", [1, 16])
def test_a_resumed_run_takes_its_feedback_from_the_checkpoint(
    few_channels, tmp_path, monkeypatch, python_handles_ctrl_c
):
    """Here the run was started with B = W. The engine, which keeps B transformed, must not keep the one of the seed."""
    monkeypatch.setattr("mfnumpy.fast.tiles.FEW_CHANNELS", few_channels)

    def new(own):
        net, rule = model("fa", cnn((8, 8, 2), [3, 3], seed=0))
        if own:
            rule.feedback[0][...] = net.blocks[1].parameters["W"]
        return net, rule

    net, rule = new(own=True)
    x, y = data(net)
    trainer(net, rule).fit(x, y)
    path = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        trainer(*new(own=True), path=path, on_epoch=lambda entry: signal.raise_signal(signal.SIGINT)).fit(x, y)
    other, other_rule = new(own=False)
    trainer(other, other_rule, path=path).fit(x, y, resume=True)
    for name, array in rule.parameters(net).items():
        assert other_rule.parameters(other)[name].tobytes() == array.tobytes(), name


# -- FastAdam ----------------------------------------------------------------------------------------------------------


def test_a_new_block_under_an_old_name_starts_anew():
    adam, old, new = FastAdam(), np.zeros((3, 2)), np.zeros((3, 2))
    for parameter, steps in ((old, [1, 2]), (new, [1, 2])):
        for t in steps:
            adam.begin([("block1.W", parameter)])
            assert adam.t["block1.W"] == t
            adam.m["block1.W"] += 1
            assert (adam.m["block1.W"] == t).all()


def test_a_copy_of_the_optimiser_goes_on_where_it_stands():
    net, rule = model()
    x, y = data(net)
    adam = FastAdam(1e-2)
    trainer(net, rule, adam, epochs=1).fit(x, y)
    both = copy.deepcopy((net, rule, adam))
    trainer(net, rule, adam, epochs=1).fit(x, y)
    trainer(*both, epochs=1).fit(x, y)
    assert both[2].t == adam.t == dict.fromkeys(adam.t, 6)
    for name, array in rule.parameters(net).items():
        assert both[1].parameters(both[0])[name].tobytes() == array.tobytes(), name
    p, q = net.blocks[0].parameters["W"], both[0].blocks[0].parameters["W"]
    for optimiser, parameter in ((adam, p), (both[2], q)):  # `update` needs the scratch memory, which is not copied
        optimiser.update("block1.W", parameter, np.ones_like(parameter))
    assert p.tobytes() == q.tobytes()
