"""Memory: what grows per layer, exactly; layers on disk give the same bytes and do not grow."""

from __future__ import annotations

import errno
import json
import os
import sys
import tracemalloc

import numpy as np
import pytest

from mfnumpy import cli, optim, rules
from mfnumpy.bench import memory as study
from mfnumpy.bench import memory_pictures as pictures
from mfnumpy.bench import memory_probe as probe
from mfnumpy.bench.memory_probe import Probe, build, measure
from mfnumpy.errors import InvalidValueError, OutputError
from mfnumpy.fast.dense import DenseEngine
from mfnumpy.fast.offload import Offload, OffloadedAdam
from mfnumpy.network import mlp
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

pytest.importorskip("threadpoolctl")

WIDTH, BATCH, CLASSES = 150, 400, 10
NOISE = 12_000  # bytes of Python objects per layer


def per_layer(rule, engine):
    """Whatever else allocates meanwhile can only add to a peak: the least of three is the step's own."""
    probes = [Probe(rule=rule, depth=d, width=WIDTH, batch=BATCH, inputs=120, engine=engine) for d in (4, 7)]
    peaks = [min(measure(probe)["peak"] for _ in range(3)) for probe in probes]
    return (peaks[1] - peaks[0]) / 3


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_mf_keeps_three_copies_of_its_parameters_per_layer_and_nothing_else(engine):
    assert per_layer("mf", engine) == pytest.approx(3 * 4 * (WIDTH * WIDTH + CLASSES * WIDTH), abs=NOISE)


def test_fast_bp_keeps_one_copy_of_its_activations_per_layer():
    assert per_layer("bp", "fast") == pytest.approx(3 * 4 * WIDTH * WIDTH + 4 * BATCH * WIDTH, abs=NOISE)


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
        assert ("m_block3.W.bytes" in files) == bool(rule.error_from)  # no moments for blocks that do not learn
        result = {name: array.tobytes() for name, array in rule.parameters(net).items()}
    assert list(folder.iterdir()) == []
    return result


@pytest.mark.parametrize("rule_name", rules.RULES)
def test_layers_on_disk_learn_the_same_bytes(tmp_path, rule_name):
    assert train(rule_name, tmp_path) == train(rule_name)


def test_moments_that_get_lost_are_caught(tmp_path):
    class Forgetful(OffloadedAdam):
        def update(self, name, parameter, gradient, scale=1.0):
            super().update(name, parameter, gradient, scale)
            self.m[name][...] = 0
            self.offload.note(f"m/{name}")  # else it would be found by its checksum

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
    class Hidden(rules.MonoForward):
        """MF with a parameter of which `homes` does not know."""

        def parameters(self, net):
            """One more."""
            return super().parameters(net) | {"temperature.T": np.ones((1, 1))}

    net, rule = mlp(31, [23], seed=2), Hidden()
    rule.start(net, 5)
    with Offload(tmp_path) as offload, pytest.raises(InvalidValueError, match=r"where its temperature\.T lies"):
        offload.adopt(net, rule)


def of_depths(**options):
    return [Probe(depth=depth, **options) for depth in (1, 2, 3)]


def test_slope_of_a_series_and_a_failing_probe():
    series, _ = study.series("mf", of_depths(rule="mf", width=40, batch=5, inputs=40), lambda _: None)
    assert series.slope == pytest.approx(3 * 4 * (1600 + 400) / 1e6, abs=0.01)
    with pytest.raises(study.ProbeError, match="nonsense"):
        study.run_probe(Probe(rule="nonsense", depth=1))


SMALL = {"rule": "mf", "width": 9, "batch": 5, "inputs": 11}


def not_there(folder):
    pass


def no_high_water_mark(folder):
    folder.mkdir()
    (folder / "status").write_text("VmRSS:\t 40 kB\n")


def that_cannot_be_started_anew(folder):
    no_high_water_mark(folder)
    (folder / "status").write_text("VmRSS:\t 40 kB\nVmHWM:\t 50 kB\n")
    (folder / "clear_refs").mkdir()


@pytest.mark.parametrize("make", [not_there, no_high_water_mark, that_cannot_be_started_anew])
def test_a_system_that_does_not_tell_the_resident_set_is_measured_without(tmp_path, monkeypatch, capsys, make):
    make(tmp_path / "self")
    monkeypatch.setattr(probe, "PROC", tmp_path / "self")
    probe.main(json.dumps({**SMALL, "depth": 2}))
    found = json.loads(capsys.readouterr().out)
    assert found["peak"] > 0
    assert found["rss"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")
def test_linux_tells_the_resident_set():
    result = study.run_probe(Probe(**SMALL, depth=2))
    assert result["rss"] > 0


def test_a_series_without_resident_sets_has_a_dash_and_keeps_its_slope(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "PROC", tmp_path / "absent")
    monkeypatch.setattr(study, "run_probe", measure)
    series, _ = study.series("mf", of_depths(**SMALL), lambda _: None)
    assert series.rss == [None] * 3
    assert series.rss_slope is None
    assert series.line().endswith("(resident set: –)")
    assert "MB per layer" in series.line()


def stop(*_, **__):
    raise OutputError("stopped")


def test_the_memory_command_keeps_each_part_that_was_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(study, "over_time", lambda *_: {"mf": [(0.0, 5), (1.0, 7)]})
    monkeypatch.setattr(study, "fig3", stop)
    assert cli.main(["memory", "--only", "time", "depth", "--out", str(tmp_path)]) == 2
    assert json.loads((tmp_path / "memory.json").read_text())["time"] == {"mf": [[0.0, 5], [1.0, 7]]}


def test_a_picture_that_fails_does_not_lose_the_measurements(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "over_time", lambda *_: {"mf": [(0.0, 5)]})
    monkeypatch.setattr(pictures, "time_picture", stop)
    assert cli.main(["memory", "--only", "time", "--out", str(tmp_path)]) == 2
    assert "time" in json.loads((tmp_path / "memory.json").read_text())


def nothing_may_be_measured(monkeypatch):
    for name in ("over_time", "fig3", "offload"):
        monkeypatch.setattr(study, name, lambda *_, **__: pytest.fail("measured first"))


@pytest.mark.parametrize("library", ["matplotlib", "threadpoolctl"])
def test_the_memory_command_misses_a_library_before_it_measures(tmp_path, monkeypatch, capsys, library):
    nothing_may_be_measured(monkeypatch)
    monkeypatch.setitem(sys.modules, library, None)
    assert cli.main(["memory", "--out", str(tmp_path)]) == 2
    assert library in capsys.readouterr().err


def test_the_memory_command_makes_the_folder_for_layers_before_it_measures(tmp_path, monkeypatch, capsys):
    nothing_may_be_measured(monkeypatch)
    (tmp_path / "file").write_text("")
    assert cli.main(["memory", "--offload", str(tmp_path / "file" / "layers"), "--out", str(tmp_path)]) == 2
    assert "Cannot create the folder" in capsys.readouterr().err
