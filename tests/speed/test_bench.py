"""The benchmark compares like with like: same losses, same scores, right counts. No time is asserted."""

from __future__ import annotations

import json

import pytest

from mfnumpy import cli
from mfnumpy.bench import growth
from mfnumpy.bench.peak import multiply_adds
from mfnumpy.bench.rounds import Timing, alternate, ratios
from mfnumpy.network import cnn, mlp

pytest.importorskip("threadpoolctl")
M = 10


def test_multiplications_are_those_counted_by_hand():
    net = mlp(784, [1000, 1000])
    assert multiply_adds(net, "mf", M) == 2 * 1_784_000 + 3 * 20_000
    assert multiply_adds(net, "bp", M) == 2 * 1_784_000 + 1_000_000 + 3 * 10_000
    assert multiply_adds(net, "ff", M) == 4 * 1_784_000
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


def test_growth_command(tmp_path, capsys):
    options = ["--depths", "1", "2", "--width", "8", "--epochs", "2", "--seeds", "2", "--threads", "1"]
    assert cli.main(["growth", "--only", "convergence", *options, "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "growth.json").read_text())["convergence"]
    assert [(c["rule"], c["depth"]) for c in found] == [("bp", 1), ("bp", 2), ("mf", 1), ("mf", 2)]
    assert all(len(row) == 2 and 0 < row[-1] < 100 for c in found for row in c["errors"])
    assert (tmp_path / "convergence.png").stat().st_size > 5000


@pytest.mark.parametrize("argv", [["bench", "nonsense"], ["bench", "--rounds", "0"], ["growth", "--width", "0"]])
def test_bad_options_end_in_one_line(argv, tmp_path, capsys):
    assert cli.main([*argv, "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("mfnumpy: ")


@pytest.fixture(scope="module")
def training():
    pytest.importorskip("torch")
    from mfnumpy.bench import training

    return training


@pytest.mark.parametrize("rule", ["mf", "bp", "fa", "dfa", "ff"])
def test_pytorch_gives_the_same_losses_for_an_mlp(training, rule):
    from mfnumpy.fast import Team

    with Team(2) as team:
        assert training.Contest(training.Case("3x30", rule, 16, 4, 1), team).agree(4)


@pytest.mark.parametrize("rule", ["mf", "bp", "fa", "dfa"])
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
