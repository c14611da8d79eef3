"""Layers in parallel: the same bytes as one batch after the other; errors and Ctrl-C leave no thread behind."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from mfnumpy import optim, rules
from mfnumpy.errors import DivergedError, InvalidValueError
from mfnumpy.fast import FastAdam
from mfnumpy.network import cnn, mlp
from mfnumpy.parallel import PipelineTrainer, ThreadPipeline
from mfnumpy.saving import checkpoint
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

threadpoolctl = pytest.importorskip("threadpoolctl")
M = 5


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def model(kind, rule_name):
    net = mlp(61, [47, 53, 43], seed=2) if kind == "dense" else cnn((8, 6, 2), [3, 4], seed=2)
    rule = rules.make(rule_name)
    rule.start(net, M, seed=4)
    rng = stream(6, "test")
    x = rng.standard_normal((110, *net.input_shape)).astype("float32")
    return net, rule, x, rng.integers(0, M, len(x))


def train(trainer, kind="dense", rule_name="mf", optimiser=optim.Adam, **options):
    net, rule, x, y = model(kind, rule_name)
    options = {"epochs": 3, "batch_size": 16, "seed": 1, "show_progress": False} | options
    with threadpoolctl.threadpool_limits(1):
        history = trainer(net, rule, optimiser(lr=1e-2), **options).fit(x, y)
    return {name: array.tobytes() for name, array in rule.parameters(net).items()}, history.epochs


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimiser": FastAdam},
        {"optimiser": optim.SGD, "decay": "linear"},
        {"rule_name": "ff"},
        {"kind": "conv"},
        {"only": [0, 2]},
        {"schedule": "layer_by_layer"},
    ],
)
def test_pipeline_has_the_bytes_of_sequential_training(options):
    assert train(PipelineTrainer, **options) == train(Trainer, **options)


@pytest.mark.parametrize("options", [{"ahead": 4}, {"threads": 1}, {"threads": 5}, {"threads": 2, "ahead": 2}])
def test_queue_and_threads_change_nothing(options):
    assert train(PipelineTrainer, **options) == train(Trainer)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_updates_in_pieces_change_nothing(monkeypatch, threads):
    monkeypatch.setattr("mfnumpy.parallel.pipeline.BLOCK", 100)
    assert train(PipelineTrainer, optimiser=FastAdam, threads=threads) == train(Trainer, optimiser=FastAdam)


def test_a_block_that_goes_on_before_its_update_is_done_is_caught(monkeypatch):
    """The last piece of every update is late: a pipeline that did not wait for it must not pass."""
    monkeypatch.setattr("mfnumpy.parallel.pipeline.BLOCK", 100)
    sequential, original = train(Trainer, optimiser=FastAdam), FastAdam.step

    def late(self, name, parameter, gradient, part, scale=1.0):
        if part.stop == len(parameter):
            time.sleep(0.005)
        original(self, name, parameter, gradient, part, scale)

    monkeypatch.setattr(FastAdam, "step", late)
    assert train(PipelineTrainer, optimiser=FastAdam, threads=4) == sequential
    finish = ThreadPipeline._finish

    def too_early(self, i, batch, *updates):
        finish(self, i, batch)
        for update in updates:
            update()

    monkeypatch.setattr(ThreadPipeline, "_finish", too_early)
    assert train(PipelineTrainer, optimiser=FastAdam, threads=4) != sequential


def test_no_block_runs_away_from_a_slow_one(monkeypatch):
    """Bounded: a block may begin batch t only when the block above has begun t - 2 at least."""
    net, rule, x, y = model("dense", "mf")
    original, spans = type(rule).local_step, []

    def slow(self, net, i, x, y):
        time.sleep(0.01 * (i == 2))
        return original(self, net, i, x, y)

    monkeypatch.setattr(type(rule), "local_step", slow)
    PipelineTrainer(net, rule, optim.Adam(), epochs=1, batch_size=8, spans=spans, show_progress=False).fit(x, y)
    starts = {(s.block, s.batch): s.start for s in spans if s.kind == "learn"}
    for (block, batch), start in starts.items():
        if (block + 1, batch - 2) in starts:
            assert starts[block + 1, batch - 2] <= start, (block, batch)


def test_a_stale_update_is_caught(monkeypatch):
    """A pipeline in which block 1 skips one update must not pass for sequential training."""
    calls = []
    original = optim.Adam.update

    def forgetful(self, name, *rest):
        calls.append(name)
        if calls.count("block1.W") != 3 or name != "block1.W":
            original(self, name, *rest)

    sequential = train(Trainer)
    monkeypatch.setattr(optim.Adam, "update", forgetful)
    assert train(PipelineTrainer) != sequential


def test_blocks_really_work_at_once(monkeypatch):
    """Block 1 must have begun the next batch before block 3 is done with this one."""
    net, rule, x, y = model("dense", "mf")
    original = type(rule).local_step

    def slow(self, net, i, x, y):
        time.sleep(0.01)
        return original(self, net, i, x, y)

    monkeypatch.setattr(type(rule), "local_step", slow)
    spans = []
    options = {"epochs": 1, "batch_size": 16, "show_progress": False}
    PipelineTrainer(net, rule, optim.Adam(), spans=spans, threads=3, **options).fit(x, y)
    assert {s.kind for s in spans} == {"learn", "update"}
    first = {(s.block, s.batch): s for s in spans if s.kind == "learn"}
    assert first[0, 2].start < first[2, 1].end
    assert len(first) == 3 * 7


def test_a_rule_with_one_loss_is_refused():
    net, rule, _, _ = model("dense", "bp")
    with pytest.raises(InvalidValueError, match="bp"):
        PipelineTrainer(net, rule, optim.Adam())
    net, rule, _, _ = model("dense", "ff_one_pass")
    with pytest.raises(InvalidValueError, match="ff_one_pass"):
        ThreadPipeline(net, rule, optim.Adam())


def test_an_error_in_a_worker_is_raised(monkeypatch):
    net, rule, x, y = model("dense", "mf")
    original = type(rule).local_step

    def broken(self, net, i, x, y):
        if i == 2:
            raise ZeroDivisionError("planted")
        return original(self, net, i, x, y)

    monkeypatch.setattr(type(rule), "local_step", broken)
    with pytest.raises(ZeroDivisionError, match="planted"):
        PipelineTrainer(net, rule, optim.Adam(), epochs=1, batch_size=16, show_progress=False).fit(x, y)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_loss_that_runs_away_warns_on_no_thread():
    net, rule, x, y = model("dense", "mf")
    with pytest.raises(DivergedError, match="Lower the learning rate"):
        PipelineTrainer(net, rule, optim.SGD(3e38), epochs=5, batch_size=16, show_progress=False).fit(x, y)


def test_a_loss_that_is_nan_is_raised():
    net, rule, x, y = model("dense", "mf")
    rule.M[1][...] = np.nan
    with pytest.raises(DivergedError, match="block2"):
        PipelineTrainer(net, rule, optim.Adam(), epochs=1, batch_size=16, show_progress=False).fit(x, y)


def test_interrupt_then_resume_has_the_same_bytes(tmp_path, monkeypatch):
    whole, epochs = train(PipelineTrainer)
    net, rule, x, y = model("dense", "mf")
    original, seen = type(rule).local_step, []

    def interrupted(self, net, i, x, y):
        seen.append(i)
        if len(seen) == 25:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)  # long beside what the main thread takes to notice the signal, also on a busy machine
        return original(self, net, i, x, y)

    monkeypatch.setattr(type(rule), "local_step", interrupted)
    options = {"epochs": 3, "batch_size": 16, "seed": 1, "show_progress": False, "path": tmp_path / "run.npz"}
    with threadpoolctl.threadpool_limits(1):
        with pytest.raises(KeyboardInterrupt):
            PipelineTrainer(net, rule, optim.Adam(lr=1e-2), **options).fit(x, y)
        assert 25 <= len(seen) < 2 * 7 * 3  # the second of three epochs was not finished first
        assert len(seen) == 3 * (7 + checkpoint.load(tmp_path / "run.npz")[1]["progress"]["batch"])
        history = PipelineTrainer(net, rule, optim.Adam(lr=1e-2), **options).fit(x, y, resume=True)
    assert {name: array.tobytes() for name, array in rule.parameters(net).items()} == whole
    assert history.epochs == epochs
