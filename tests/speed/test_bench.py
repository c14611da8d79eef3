"""The benchmark compares like with like: same losses, same scores, right counts. No time is asserted."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from mfnumpy import cli, rules
from mfnumpy.bench import growth, layers
from mfnumpy.bench.peak import multiply_adds
from mfnumpy.bench.rounds import Timing, alternate, ratios
from mfnumpy.errors import OutputError
from mfnumpy.network import cnn, mlp

pytest.importorskip("threadpoolctl")
M = 10


def test_multiplications_are_those_counted_by_hand():
    net = mlp(784, [1000, 1000])
    assert multiply_adds(net, "mf", M) == 2 * 1_784_000 + 3 * 20_000
    assert multiply_adds(net, "bp", M) == 2 * 1_784_000 + 1_000_000 + 3 * 10_000
    assert multiply_adds(net, "ff", M) == 4 * 1_784_000
    assert multiply_adds(net, "shallow", M) == 1_784_000 + 2 * 10_000
    assert multiply_adds(net, "mf_joint", M) == 2 * 1_784_000 + 1_000_000 + 3 * 20_000
    assert multiply_adds(net, "deep_supervision", M) == 2 * 1_784_000 + 1_000_000 + 3 * 20_000 + 3 * 10_000
    assert multiply_adds(net, "ff_one_pass", M) == 5 * 1_784_000 + 2 * 20_000
    assert multiply_adds(net, "dfa", M) == 2 * 1_784_000 + 2 * 10_000 + 20_000
    image = cnn((8, 6, 3), [5, 7])
    conv = 8 * 6 * 27 * 5, 4 * 3 * 45 * 7
    assert multiply_adds(image, "bp", M) == 2 * conv[0] + 3 * conv[1] + 3 * 10 * (2 * 1 * 7)


def test_rounds_alternate():
    order = []
    timings = alternate({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"
    assert len(timings["a"].seconds) == len(timings["a"].cpu) == 3


def test_ratio_is_the_peers_time_over_ours():
    assert ratios(Timing([1.0, 2.0, 4.0]), Timing([2.0, 8.0, 12.0])) == (3.0, 2.0, 4.0)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_exponent_of_a_known_power(power):
    values = [2, 4, 8, 16, 32]
    assert growth.exponent(values, [7 * v**power for v in values]) == pytest.approx(power)


def test_growth_of_one_axis():
    found = growth.grow("width", "mf", [8, 16, 32, 64], 1, 1)
    assert found.bytes == sorted(found.bytes)
    assert len(found.seconds) == 4


@pytest.mark.parametrize("argv", [["bench", "nonsense"], ["bench", "--rounds", "0"], ["growth", "--rounds", "0"]])
def test_bad_options_end_in_one_line(argv, tmp_path, capsys):
    assert cli.main([*argv, "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("mfnumpy: ")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0007, 0.9, [0.001, 0.01, 0.1]),
        (2.1, 95, [5, 10, 20, 50]),
        (1.9, 11, [2, 5, 10]),
        (3, 4.5, [3, 3.5, 4, 4.5]),
        (1.1, 1.9, [1.2, 1.4, 1.6, 1.8]),
        (0.9, 4, [1, 2, 3, 4]),
    ],
)
def test_ticks_are_round_and_at_least_three(low, high, ticks):
    assert growth.round_ticks(low, high) == ticks


@pytest.mark.parametrize("top", [1.2, 3, 9, 40, 5000])
def test_every_axis_of_the_growth_picture_can_be_read(tmp_path, monkeypatch, top):
    pytest.importorskip("matplotlib")
    seen = []
    monkeypatch.setattr(growth, "save", lambda fig, path: seen.append(fig))
    costs = [0.0021, 0.0021 * top**0.5, 0.0021 * top]
    found = [growth.Growth("width", r, [8, 16, 32], costs, [int(1e9 * c) for c in costs], 1, 1) for r in ("mf", "bp")]
    growth.growth_picture(found, tmp_path / "growth")
    for ax in seen[0].axes:
        low, high = ax.get_ylim()
        ticks = {tick: label.get_text() for tick, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)}
        assert sum(low <= tick <= high and float(text) == tick for tick, text in ticks.items()) >= 3
        assert [label.get_text() for label in ax.get_xticklabels()] == ["8", "16", "32"]


def stop(*_, **__):
    raise OutputError("stopped")


def test_the_growth_command_keeps_each_line_that_was_measured(tmp_path, monkeypatch):
    line = growth.Growth("depth", "mf", [2, 4], [0.1, 0.2], [10, 20], 1.0, 1.0)
    monkeypatch.setattr(growth, "grow", lambda axis, rule, *_: line if rule == "mf" else stop())
    assert cli.main(["growth", "--only", "depth", "--out", str(tmp_path)]) == 2
    found = json.loads((tmp_path / "growth.json").read_text())
    assert [(g["axis"], g["rule"]) for g in found["growth"]] == [("depth", "mf")]


@pytest.mark.parametrize("library", ["matplotlib", "threadpoolctl"])
def test_the_growth_command_misses_a_library_before_it_measures(tmp_path, monkeypatch, capsys, library):
    monkeypatch.setattr(growth, "grow", lambda *_: pytest.fail("measured first"))
    monkeypatch.setitem(sys.modules, library, None)
    assert cli.main(["growth", "--only", "depth", "--out", str(tmp_path)]) == 2
    assert library in capsys.readouterr().err


@pytest.fixture(scope="module")
def training():
    pytest.importorskip("torch")
    from mfnumpy.bench import training

    return training


@pytest.mark.parametrize("rule", rules.RULES)
def test_pytorch_gives_the_same_losses_for_an_mlp(training, rule):
    from mfnumpy.fast import Team

    with Team(2) as team:
        assert training.Contest(training.Case("3x30", rule, 16, 4, 1), team).agree(4)


@pytest.mark.parametrize("rule", [name for name, rule in rules.RULES.items() if rule.images])
def test_pytorch_gives_the_same_losses_for_a_cnn(training, rule):
    from mfnumpy.fast import Team

    with Team(2) as team:
        assert training.Contest(training.Case("cnn:4-5-6", rule, 16, 4, 1), team).agree(4)


def test_a_step_without_adam_is_the_same_work_and_changes_nothing(training):
    from mfnumpy.bench import parts
    from mfnumpy.fast import Team

    found = parts.measure(training.Case("2x30", "mf", 16, 3, 1), 2)
    assert min(found.step, found.without_adam, found.at_peak, found.peer) > 0
    assert f"({found.peer / found.step:.2f})" in found.line()
    with Team(1) as team:
        contest = training.Contest(training.Case("2x30", "bp", 16, 2, 1), team)
        before = contest.net.blocks[0].parameters["W"].copy()
        contest.engine.adam = parts.Unchanging()
        same = contest.ours(2)
        assert (before == contest.net.blocks[0].parameters["W"]).all()
        assert same != contest.ours(1) * 2  # each batch has a loss of its own


def test_other_weights_are_noticed(training):
    from mfnumpy.fast import Team

    with Team(1) as team:
        contest = training.Contest(training.Case("2x30", "mf", 16, 2, 1), team)
        contest.peer.W[1].data *= 1.05
        with pytest.raises(training.DisagreementError, match="PyTorch"):
            contest.agree()


@pytest.mark.parametrize("row", range(5))
def test_pytorch_gives_the_same_scores(training, row):
    from mfnumpy.bench import prediction

    rule, mode = prediction.MODES[row]
    result = prediction.compare("2x30", rule, mode, 3, 1, 1)
    assert result.parameters > 0


def naive(peer, x):
    """Forward-Forward's goodness as it is defined: every label written in, all inputs through every block."""
    torch, m = peer.torch, peer.n_classes
    a, total = torch.from_numpy(x).repeat_interleave(m, dim=0), 0
    a[:, :m] = torch.eye(m).repeat(len(x), 1)
    for i in range(len(peer.W)):
        scale = a.shape[1] ** 0.5 if peer.rule.normalise == "rms" else 1
        a = peer.block(i, a / (a.norm(dim=1, keepdim=True) / scale + 1e-8))
        total = total + (a * a).sum(dim=1)
    return total.reshape(len(x), m).detach().numpy()


@pytest.mark.parametrize("normalise", ["rms", "length"])
def test_pytorch_too_multiplies_the_pixels_once_for_all_labels(training, normalise):
    from torch.utils.flop_counter import FlopCounterMode

    from mfnumpy.bench.peer import Peer
    from mfnumpy.bench.prediction import peer_scores

    net, rule = mlp(83, [31, 29, 23], seed=1), rules.make("ff", normalise=normalise)
    rule.start(net, 7, seed=2)
    x = np.random.default_rng(3).random((5, 83), dtype=np.float32)
    peer = Peer(net, rule, 1e-3, 1)
    expected, predict = naive(peer, x), peer_scores(peer, "all-labels")
    with FlopCounterMode(display=False) as counter:
        found = predict(x)
    assert np.allclose(found, expected, rtol=2e-3, atol=2e-3 * np.abs(expected).max())
    assert np.ptp(expected, axis=1).min() > 0.01 * np.abs(expected).max()  # the labels make a difference
    assert counter.get_total_flops() == 2 * 5 * ((83 - 7) * 31 + 7 * (31 * 29 + 29 * 23))


@pytest.mark.parametrize("threads", [1, 2])
def test_every_pipeline_of_the_layers_part_has_the_threads_asked_for(tmp_path, monkeypatch, threads):
    pytest.importorskip("matplotlib")
    used, figures = [], []

    class Recorded(layers.ThreadPipeline):
        def __enter__(self):
            used.append(self.threads)
            return super().__enter__()

    monkeypatch.setattr(layers, "ThreadPipeline", Recorded)
    monkeypatch.setattr(layers, "save", lambda fig, path: figures.append(fig))
    assert layers.measure("2x30", 16, 2, threads, 1).same_bytes
    spans = layers.timeline("2x30", 16, 3, threads, tmp_path / "who_works_when")
    assert set(used) == {threads}
    assert [ax.get_title().split(":", 2)[:2] for ax in figures[0].axes] == [
        ["MF (threads", f" {threads})"],
        ["BP (threads", " 1)"],
    ]
    for rule, kinds in (("mf", {"learn", "update"}), ("bp", {"forward", "backward", "update"})):
        seen = {(span["block"], span["batch"], span["kind"]) for span in spans[rule]}
        assert {kind for _, _, kind in seen} == kinds
        assert {(i, t) for i, t, kind in seen if kind == "update"} == {(i, t) for i in range(2) for t in range(3)}


# -- both engines ------------------------------------------------------------------------------------------------------


def test_both_engines_are_measured_and_the_default_is_said(monkeypatch):
    from mfnumpy.bench import engines

    monkeypatch.setattr("mfnumpy.bench.engines.MUCH_WORK", 0)  # the fewest batches a round
    monkeypatch.setattr("mfnumpy.bench.engines.threads_that_pay", lambda net, batch: 5)
    result = engines.measure("2x16", "ff", 7, threads=2, rounds=1)
    assert (result.work, result.taken) == (7 * (784 + 16) * 16, 2)
    assert all(ms > 0 for ms in result.reference + result.fast)
    best = min(result.reference) / result.fast[1]
    assert result.line().endswith(f"taken: fast, 2 threads, {best:.2f} times")


def test_forward_forward_is_not_measured_on_images():
    from mfnumpy.bench import engines

    assert ("cnn", "ff", 64) not in engines.cases()
    assert {("cnn", "mf", 64), ("2x16", "ff", 256)} <= set(engines.cases())


# -- many tiny runs ----------------------------------------------------------------------------------------------------


def test_tiny_runs_are_measured_against_one_process(monkeypatch):
    from mfnumpy.bench import workers

    monkeypatch.setattr(workers, "RUNS", 5)
    result = workers.measure("joblib's processes", 2, rounds=1)
    assert result.workers == 2
    assert min(result.alone, result.seconds) > 0
    assert result.overhead == pytest.approx((2 * result.seconds - result.alone) / 5 * 1e3)
    assert result.line().startswith("5 runs of ")


def test_tiny_runs_with_other_losses_are_an_error(monkeypatch):
    from mfnumpy.bench import workers

    monkeypatch.setattr(workers, "RUNS", 3)
    monkeypatch.setattr(workers, "_run", lambda pool, runs: [0.0] * runs)
    with pytest.raises(ValueError, match="other losses"):
        workers.measure("joblib's processes", 2, rounds=1)
