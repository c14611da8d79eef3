"""An interrupted run that is resumed has the same bytes as one that was not; Ctrl-C and a killed process included."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import ALL_RULES, assert_same_bytes, blobs, model_arrays, small_net, started

from mfnumpy import measure, optim
from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.saving import checkpoint
from mfnumpy.saving import model as models
from mfnumpy.train import Trainer

pytestmark = pytest.mark.usefixtures("python_handles_ctrl_c")

HERE = Path(__file__).parent
N, BATCH, EPOCHS = 43, 10, 3
BATCHES = 5


def make(name, path=None, kind="mlp", *, optimiser=None, **options):
    """A fresh network, rule, optimiser and trainer: what a new process would build."""
    net = small_net(kind, dtype="float32", bias=True)
    rule = started(name, net)
    options = {"epochs": EPOCHS, "batch_size": BATCH, "decay": "cosine"} | options
    return net, rule, Trainer(net, rule, optimiser or optim.Adam(1e-2), path=path, **options)


def data(kind="mlp"):
    x, y = blobs(N + 30, small_net(kind).input_shape)
    return x[:N], y[:N], x[N:], y[N:]


def outcome(net, rule, trainer, history):
    """Everything that must be the same: parameters, feedback, moments, times, history."""
    moments, times = trainer.optimiser.state()
    arrays = model_arrays(rule, net) | {f"opt/{k}": v.copy() for k, v in moments.items()}
    return arrays, times, history.epochs


def assert_same_outcome(a, b):
    assert_same_bytes(a[0], b[0])
    assert a[1:] == b[1:]


def interrupt_after(rule, batches, act):
    """Let the rule call act() inside the given batch, counted from 1."""
    original, count = rule.steps, [0]

    def steps(*args, **kwargs):
        count[0] += 1
        if count[0] == batches:
            act()
        return original(*args, **kwargs)

    rule.steps = steps


def run_interrupted(name, path, batches, kind="mlp", **options):
    """Ctrl-C in the given batch, then a new network, rule and optimiser that resume."""
    net, rule, trainer = make(name, path, kind, **options)
    interrupt_after(rule, batches, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*data(kind))
    net, rule, trainer = make(name, path, kind, **options)
    return outcome(net, rule, trainer, trainer.fit(*data(kind), resume=True))


def run_whole(name, path=None, kind="mlp", **options):
    net, rule, trainer = make(name, path, kind, **options)
    return outcome(net, rule, trainer, trainer.fit(*data(kind)))


@pytest.mark.parametrize("batches", [1, 3, BATCHES, BATCHES + 2, EPOCHS * BATCHES])
@pytest.mark.parametrize("name", ["mf", "ff_one_pass"])
def test_ctrl_c_anywhere_then_resume_gives_the_same_bytes(name, batches, tmp_path):
    assert_same_outcome(run_interrupted(name, tmp_path / "run.npz", batches), run_whole(name))


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize("name", ALL_RULES)
def test_every_rule_resumes_mid_epoch(name, kind, tmp_path):
    if kind == "cnn" and name.startswith("ff"):
        kind = "mlp"
    assert_same_outcome(run_interrupted(name, tmp_path / "run.npz", 7, kind), run_whole(name, kind=kind))


@pytest.mark.parametrize("batches", [2, 9, 16, 22])
def test_layer_by_layer_resumes(batches, tmp_path):
    options = {"schedule": "layer_by_layer"}
    assert_same_outcome(run_interrupted("mf", tmp_path / "run.npz", batches, **options), run_whole("mf", **options))


@pytest.mark.parametrize("batches", [4, 12, 17])
def test_early_stopping_resumes_with_its_best_epoch(batches, tmp_path):
    options = {"patience": 2, "epochs": 8}
    assert_same_outcome(run_interrupted("mf", tmp_path / "run.npz", batches, **options), run_whole("mf", **options))


def test_interrupted_twice(tmp_path):
    path = tmp_path / "run.npz"
    for batches in (3, 4):
        net, rule, trainer = make("mf", path)
        interrupt_after(rule, batches, lambda: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            trainer.fit(*data(), resume=batches == 4)
    net, rule, trainer = make("mf", path)
    assert_same_outcome(outcome(net, rule, trainer, trainer.fit(*data(), resume=True)), run_whole("mf"))


def test_a_finished_run_resumes_to_itself(tmp_path):
    path = tmp_path / "run.npz"
    whole = run_whole("mf", path)
    net, rule, trainer = make("mf", path)
    interrupt_after(rule, 1, lambda: pytest.fail("nothing was left to train"))
    assert_same_outcome(outcome(net, rule, trainer, trainer.fit(*data(), resume=True)), whole)


def test_writing_checkpoints_changes_nothing(tmp_path):
    assert_same_outcome(run_whole("mf", tmp_path / "run.npz"), run_whole("mf"))


def test_planted_an_optimiser_that_forgets_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(optim.Adam, "load_state", lambda self, arrays, times: None)
    resumed, whole = run_interrupted("mf", tmp_path / "run.npz", 7), run_whole("mf")
    assert not np.array_equal(resumed[0]["block1.W"], whole[0]["block1.W"])


def test_planted_a_shuffle_that_starts_again_is_caught(tmp_path):
    path = tmp_path / "run.npz"
    net, rule, trainer = make("mf", path)
    interrupt_after(rule, 7, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*data())
    arrays, description = checkpoint.load(path)
    assert description["progress"]["batch"] == 2
    description["progress"]["batch"] = 0
    checkpoint.save(path, arrays, description)
    net, rule, trainer = make("mf", path)
    resumed = outcome(net, rule, trainer, trainer.fit(*data(), resume=True))
    assert not np.array_equal(resumed[0]["block1.W"], run_whole("mf")[0]["block1.W"])


# -- Ctrl-C ----------------------------------------------------------------------------------------------------


def test_ctrl_c_finishes_the_batch_and_leaves_a_usable_checkpoint(tmp_path):
    path = tmp_path / "run.npz"
    net, rule, trainer = make("mf", path, notes={"dataset": "blobs"})
    interrupt_after(rule, 7, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*data())
    loaded, loaded_rule, description = models.load(path)
    assert_same_bytes(model_arrays(loaded_rule, loaded), model_arrays(rule, net))
    assert (description["progress"]["epoch"], description["progress"]["batch"]) == (1, 2)
    assert description["notes"] == {"dataset": "blobs"}
    x, y, *_ = data()
    assert measure.evaluate(loaded, loaded_rule, x, y) == measure.evaluate(net, rule, x, y)


def test_outside_the_main_thread_training_works_and_leaves_signals_alone():
    found = []
    thread = threading.Thread(target=lambda: found.append(run_whole("mf")))
    thread.start()
    thread.join()
    assert_same_outcome(found[0], run_whole("mf"))


def start_in_a_process(path, how):
    """Train MF in another process; it sends itself (or is sent) the signal in batch 7."""
    code = (
        "import os, signal, sys, time; import test_resume as t\n"
        "net, rule, trainer = t.make('mf', sys.argv[1])\n"
        f"t.interrupt_after(rule, 7, lambda: {how})\n"
        "trainer.fit(*t.data())\n"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(HERE)}
    reset = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return subprocess.Popen(
        [sys.executable, "-c", reset + code, str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def resumed(path):
    net, rule, trainer = make("mf", path)
    return outcome(net, rule, trainer, trainer.fit(*data(), resume=True))


def test_a_real_ctrl_c_from_outside_then_resume_in_a_new_process(tmp_path):
    path = tmp_path / "run.npz"
    process = start_in_a_process(path, "(print('here', flush=True), time.sleep(1))")
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    assert process.returncode == -signal.SIGINT
    assert checkpoint.load(path)[1]["progress"]["batch"] == 2
    assert_same_outcome(resumed(path), run_whole("mf"))


def test_a_killed_process_loses_at_most_its_epoch(tmp_path):
    path = tmp_path / "run.npz"
    process = start_in_a_process(path, "os.kill(os.getpid(), signal.SIGKILL)")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    progress = checkpoint.load(path)[1]["progress"]
    assert (progress["epoch"], progress["batch"]) == (1, 0)
    assert_same_outcome(resumed(path), run_whole("mf"))
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"], "nothing half-written is left"


# -- what may not be resumed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"epochs": 4}, "epochs 3. This run's: epochs 4."),
        ({"seed": 1}, "seed 0. This run's: seed 1."),
        ({"decay": "linear"}, "decay cosine. This run's: decay linear."),
        ({"batch_size": 11}, "batch_size 10. This run's: batch_size 11."),
        ({"optimiser": optim.SGD(0.1)}, "optimiser adam, lr 0.01, beta1 0.9, beta2 0.999, epsilon 1e-08. This run's: "),
        ({"optimiser": optim.Adam(2e-2)}, "lr 0.01. This run's: lr 0.02."),
        ({"patience": 2}, "patience None. This run's: patience 2."),
        ({"schedule": "layer_by_layer"}, "phases [None]. This run's: phases [[0], [1]]."),
    ],
    ids=["epochs", "seed", "decay", "batch", "sgd", "rate", "patience", "schedule"],
)
def test_a_run_with_other_settings_is_refused_by_name(change, says, tmp_path):
    path = tmp_path / "run.npz"
    run_whole("mf", path)
    net, rule, trainer = make("mf", path, **change)
    before = model_arrays(rule, net)
    with pytest.raises(CheckpointError, match=re.escape(f"belongs to another run. Its settings: {says}")):
        trainer.fit(*data(), resume=True)
    assert_same_bytes(model_arrays(rule, net), before)


def test_other_labels_another_rule_or_another_network_are_refused(tmp_path):
    path = tmp_path / "run.npz"
    run_whole("mf", path)
    x, y, x_val, y_val = data()
    with pytest.raises(CheckpointError, match="Its settings:"):
        make("mf", path)[2].fit(x, (y + 1) % 4, x_val, y_val, resume=True)
    with pytest.raises(CheckpointError, match="Its settings:"):
        make("mf", path)[2].fit(x[:-1], y[:-1], x_val, y_val, resume=True)
    with pytest.raises(CheckpointError, match="Its rule:"):
        make("mf_joint", path)[2].fit(x, y, x_val, y_val, resume=True)
    net = small_net("mlp", dtype="float32", bias=True, blocks=1)
    trainer = Trainer(net, started("mf", net), optim.Adam(1e-2), batch_size=BATCH, path=path)
    with pytest.raises(CheckpointError, match="Its network:"):
        trainer.fit(x, y, x_val, y_val, resume=True)


def test_resuming_needs_a_path_and_a_file(tmp_path):
    with pytest.raises(InvalidValueError, match=r"resume=True needs path="):
        make("mf")[2].fit(*data(), resume=True)
    with pytest.raises(CheckpointError, match="There is no checkpoint at"):
        make("mf", tmp_path / "none.npz")[2].fit(*data(), resume=True)


# -- hostile progress ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": "1"},
        {"epoch": -1},
        {"batch": 1.5},
        {"batch": 10**9},
        {"phase": None},
        {"phase": 7},
        {"losses": [1, 2]},
        {"losses": {"block1": "x"}},
        {"best": "high"},
        {"stale": {}},
        {"epochs": "abc"},
        {"seconds": 3},
        {"elapsed": None},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_checkpoint_with_nonsensical_progress_is_refused_before_anything_changes(change, tmp_path):
    path = tmp_path / "run.npz"
    run_interrupted_only(path)
    arrays, description = checkpoint.load(path)
    description["progress"] |= change
    checkpoint.save(path, arrays, description)
    assert_refused(path)


@pytest.mark.parametrize(
    "change",
    [
        {"optimiser/m/block1.W": np.zeros((2, 3), "float32")},
        {"optimiser/v/block1.W": np.zeros((9, 6), "float64")},
        {"optimiser/m/block1.W": np.full((9, 6), np.nan, "float32")},
        {"optimiser/m/stranger": np.zeros(2, "float32"), "optimiser/v/stranger": np.zeros(2, "float32")},
        {"best/block1.W": np.zeros((1, 1), "float32")},
        {"best/stranger": np.zeros((9, 6), "float32")},
        {"else/what": np.zeros(3, "float32")},
        {"block1.W": np.zeros((6, 9), "float32")},
        {"block1.W": None},
        {"optimiser/m/block2.M": None},
    ],
    ids=lambda c: ", ".join(f"{k} {None if v is None else v.shape}" for k, v in c.items()),
)
def test_a_checkpoint_with_arrays_that_do_not_fit_is_refused_before_anything_changes(change, tmp_path):
    path = tmp_path / "run.npz"
    run_interrupted_only(path)
    arrays, description = checkpoint.load(path)
    arrays = {k: v for k, v in (arrays | change).items() if v is not None}
    if any("stranger" in k for k in change):
        description["times"]["stranger"] = 1
    checkpoint.save(path, arrays, description)
    assert_refused(path)


@pytest.mark.parametrize("times", [None, [], {"block1.W": "x"}, {"block1.W": -1}, {"block1.W": 2.5}], ids=str)
def test_a_checkpoint_with_nonsensical_times_is_refused(times, tmp_path):
    path = tmp_path / "run.npz"
    run_interrupted_only(path)
    arrays, description = checkpoint.load(path)
    description["times"] = description["times"] | times if isinstance(times, dict) else times
    checkpoint.save(path, arrays, description)
    assert_refused(path)


def run_interrupted_only(path):
    _, rule, trainer = make("mf", path)
    interrupt_after(rule, 7, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*data())


def assert_refused(path):
    net, rule, trainer = make("mf", path)
    before = model_arrays(rule, net)
    with pytest.raises(CheckpointError):
        trainer.fit(*data(), resume=True)
    assert_same_bytes(model_arrays(rule, net), before)
    assert trainer.optimiser.state() == ({}, {})
