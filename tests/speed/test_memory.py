"""Memory: what grows per layer, exactly; layers on disk give the same bytes and do not grow."""

from __future__ import annotations

import errno
import os
import tracemalloc

import numpy as np
import pytest

from mfnumpy import optim, rules
from mfnumpy.errors import InvalidValueError, OutputError
from mfnumpy.fast.dense import DenseEngine
from mfnumpy.memory import Offload, OffloadedAdam, study
from mfnumpy.memory.probe import Probe, build, measure
from mfnumpy.network import mlp
from mfnumpy.seeding import stream
from mfnumpy.train import Trainer

pytest.importorskip("threadpoolctl")
linux = pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="reads Linux's /proc")

WIDTH, BATCH, CLASSES = 150, 400, 10
NOISE = 12_000  # bytes of Python objects per layer


def per_layer(rule, room):
    """Whatever else allocates meanwhile can only add to a peak: the least of three is the step's own."""
    probes = [Probe(rule=rule, depth=d, width=WIDTH, batch=BATCH, inputs=120, room=room) for d in (4, 7)]
    peaks = [min(measure(probe)["peak"] for _ in range(3)) for probe in probes]
    return (peaks[1] - peaks[0]) / 3


@linux
@pytest.mark.parametrize("room", ["rules", "fast"])
def test_mf_keeps_three_copies_of_its_parameters_per_layer_and_nothing_else(room):
    assert per_layer("mf", room) == pytest.approx(3 * 4 * (WIDTH * WIDTH + CLASSES * WIDTH), abs=NOISE)


@linux
def test_fast_bp_keeps_one_copy_of_its_activations_per_layer():
    assert per_layer("bp", "fast") == pytest.approx(3 * 4 * WIDTH * WIDTH + 4 * BATCH * WIDTH, abs=NOISE)


@linux
def test_an_activation_kept_per_layer_is_caught(monkeypatch):
    original = DenseEngine.activate
    monkeypatch.setattr(DenseEngine, "activate", lambda self, worker, i, x, slot: original(self, worker, i, x, i))
    with pytest.raises(AssertionError):
        test_mf_keeps_three_copies_of_its_parameters_per_layer_and_nothing_else("fast")


def train(rule_name, folder=None, adam=OffloadedAdam, resume=False, **options):
    net = mlp(31, [23, 29, 19], seed=2)
    rule = rules.make(rule_name)
    rule.start(net, 5, seed=4)
    rng = stream(6, "test")
    x, y = rng.standard_normal((60, 31)).astype("float32"), rng.integers(0, 5, 60)
    options = {"epochs": 2, "batch_size": 16, "show_progress": False} | options
    if folder is None:
        Trainer(net, rule, optim.Adam(lr=1e-2), **options).fit(x, y)
        return {name: array.tobytes() for name, array in rule.parameters(net).items()}
    with Offload(folder) as offload:
        offload.adopt(net, rule)
        Trainer(net, rule, adam(offload, lr=1e-2), **options).fit(x, y, resume=resume)
        files = sorted(path.name for path in folder.iterdir())
        assert "block2.W.bytes" in files
        assert "m_block3.W.bytes" in files
        result = {name: array.tobytes() for name, array in rule.parameters(net).items()}
    assert list(folder.iterdir()) == []
    return result


@pytest.mark.parametrize("rule_name", ["mf", "bp", "ff", "fa"])
def test_layers_on_disk_learn_the_same_bytes(tmp_path, rule_name):
    assert train(rule_name, tmp_path) == train(rule_name)


def test_moments_that_get_lost_are_caught(tmp_path):
    class Forgetful(OffloadedAdam):
        def update(self, name, parameter, gradient, scale=1.0):
            super().update(name, parameter, gradient, scale)
            self.m[name][...] = 0

    assert train("mf", tmp_path, Forgetful) != train("mf")


def test_layers_on_disk_go_on_from_a_checkpoint(tmp_path):
    options = {"epochs": 3, "path": tmp_path / "run.npz"}
    whole = train("mf", epochs=3)
    with pytest.raises(RuntimeError, match="stop"):
        train("mf", tmp_path / "first", on_epoch=_stop, **options)
    assert train("mf", tmp_path / "second", resume=True, **options) == whole


def _stop(entry):
    if entry["epoch"] == 2:
        raise RuntimeError("stop")


def test_layers_on_disk_take_no_memory(tmp_path):
    tracemalloc.start()
    try:
        used = []
        with Offload(tmp_path) as offload:
            for depth in (2, 6):
                start = tracemalloc.get_traced_memory()[0]
                kept = build(Probe(rule="mf", depth=depth, width=WIDTH), offload)
                used.append(tracemalloc.get_traced_memory()[0] - start)
                del kept
    finally:
        tracemalloc.stop()
    assert (used[1] - used[0]) / 4 < 0.1 * WIDTH * WIDTH * 4


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OutputError, match="No space left"):
        Offload(tmp_path).store("block1.W", np.ones((3, 4), np.float32))


def test_a_parameter_without_a_known_place_is_refused(tmp_path):
    net, rule = mlp(31, [23], seed=2), rules.make("ff_one_pass")
    rule.start(net, 5)
    with Offload(tmp_path) as offload, pytest.raises(InvalidValueError, match=r"readout\.W"):
        offload.adopt(net, rule)


@linux
def test_slope_of_a_series_and_a_failing_probe():
    series, _ = study.over_depth("mf", [1, 2, 3], lambda _: None, rule="mf", width=40, batch=5, inputs=40)
    assert series.slope == pytest.approx(3 * 4 * (1600 + 400) / 1e6, abs=0.01)
    with pytest.raises(study.ProbeError, match="nonsense"):
        study.run_probe(Probe(rule="nonsense", depth=1))
