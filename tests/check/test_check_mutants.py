"""Whatever a function in an exercise with a judge does, the check ends in a report: mutants, odd results and states."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from check_variants import _EXACT
from corpus import codings

from mfnumpy import blocks, layers, network, rules
from mfnumpy.check import EXERCISES, check
from mfnumpy.check.source import locate
from mfnumpy.optim import SGD
from mfnumpy.train import Trainer

JUDGED = [name for name, exercise in EXERCISES.items() if exercise.judge is not None]
SECONDS = 0.7
"""Of CPU time for the mutants of one exercise."""
CANNOT = "cannot be used"


def _right(name):
    """Right answers whose source can be changed."""
    functions = [EXERCISES[name].reference, *_EXACT[name]]
    functions += {"damage": [_struck], "repair": [_trained]}.get(name, [])
    return [*functions, *(c.function() for c in codings("right_0") if c.exercise == name)]


def _struck(W, fraction, rng):
    out, numbers = W.copy(), rng.uniform(size=W.shape)
    out[numbers < fraction] = 0
    return out


def _trained(net, rule, i, x, y):
    optimiser = SGD(0.1)
    for _ in range(3):
        for step in rule.steps(net, x, y, only=[i]):
            arrays = rule.parameters(net)
            for key, gradient in step.gradients.items():
                optimiser.update(key, arrays[key], gradient)


class _Recorder:
    """Stands where locate.place has its Trial, and checks each changed function."""

    def __init__(self, exercise):
        self.exercise, self.raised, self.count = exercise, [], 0

    def is_right(self, function):
        self.count += 1
        try:
            report = check(self.exercise, function, seconds=1)
            if not report.passed and not report.evidence:
                raise AssertionError("a report without a sentence")
        except BaseException as error:
            self.raised.append(error)
        return False


@pytest.mark.parametrize("name", JUDGED)
def test_no_mutant_of_a_right_answer_makes_the_check_raise(name, monkeypatch):
    functions = [f for f in _right(name) if locate.read(f) is not None]
    assert functions
    monkeypatch.setattr(locate, "PASSES", 10_000_000)
    monkeypatch.setattr(locate, "SECONDS", SECONDS / len(functions))
    monkeypatch.setattr(locate, "PATIENCE", 60.0)
    recorder = _Recorder(name)
    for function in functions:
        locate.place(function, recorder)
    assert not recorder.raised, recorder.raised[0]
    assert recorder.count >= 5


def test_the_recorder_sees_a_check_that_raises(monkeypatch):
    def broken(call, rng):
        raise ZeroDivisionError

    monkeypatch.setattr("test_check_mutants.check", broken)
    recorder = _Recorder("ticks")
    locate.place(lambda blocks, batches: blocks + batches - 1, recorder)
    recorder.is_right(len)
    assert recorder.raised


ODD = [
    None, [], (), {}, "x", 0, 1.5, float("nan"), float("inf"), True, 1j, 10**400, -1, [1, 2, 3], np.zeros(0),
    np.zeros((2, 2)), np.array(["a"]), np.array([None]), np.ma.masked_array([1, 2], [0, 1]), object(), len, int,
    (np.zeros(3), np.zeros(3)), [np.zeros(2), None], np.float16(3),
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in JUDGED if EXERCISES[name].outputs])
@pytest.mark.parametrize("times", [0, 1, 3])
def test_an_odd_result_at_once_or_after_a_few_right_calls_fails(name, times):
    for odd in ODD:
        calls = itertools.count()
        report = check(name, lambda *given, c=calls, o=odd: EXERCISES[name].reference(*given) if next(c) < times else o)
        assert not report.passed, odd
        assert CANNOT not in report.evidence, (odd, report.evidence)


def test_a_later_answer_of_another_shape_is_named():
    calls = itertools.count()

    def cut(y, n_classes, rng):
        wrong = (y + rng.integers(1, n_classes, len(y))) % n_classes
        return wrong if next(calls) < 2 else wrong[:-1]

    assert "too few" in check("negative_labels", cut).evidence


def test_a_list_that_grows_or_holds_itself_is_shown_in_a_line():
    def doubled(d, widths, m, rule):
        for _ in range(40):
            widths += [widths, widths]
        raise ValueError("no")

    def long(d, widths, m, rule):
        widths += [1] * 100_000
        raise ValueError("no")

    for function in (doubled, long):
        assert len(check("parameters", function).evidence) < 600


def _dense(n_in, n_out):
    return layers.Dense(n_in, n_out, np.random.default_rng(1))


PLUGS = [
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append(np.ones((width, 3))), "transposed"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append(np.ones((3, width + 1))), "classes"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append(np.ones(width)), "has the shape"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append(None), "is a NoneType"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append(np.full((3, width), np.nan)), "NaN"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append([[0] * width] * 3), "is a list"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.M.append("M"), "is a str"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or rule.start(net, 10), "block1.M"),
    (lambda net, rule, width: net.blocks.append(_dense(5, width)), "On top stands a Dense"),
    (lambda net, rule, width: net.blocks.append(None), "NoneType"),
    (lambda net, rule, width: net.blocks.append(blocks.Block(_dense(width, 5))), "transposed"),
    (lambda net, rule, width: net.blocks.append(blocks.Block(_dense(8, width))), "8 rows"),
    (lambda net, rule, width: net.blocks.clear(), "it has 0"),
    (lambda net, rule, width: net.unplug(), "it has 2"),
    (lambda net, rule, width: setattr(net, "blocks", None), "cannot be used"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or setattr(rule, "projections", None), "M"),
    (lambda net, rule, width: net.plug(net.new_dense(width)) or delattr(rule, "projections"), "cannot be used"),
    (lambda net, rule, width: net.__dict__.clear(), "cannot be used"),
    (lambda net, rule, width: net.blocks.append(net.blocks[-1]) or rule.plug(net), "neurons|raised"),
    (lambda net, rule, width: net.plug(network.mlp(5, (width,), dtype="float64").blocks[0]) or rule.plug(net), ""),
    (lambda net, rule, width: [net.plug(net.new_dense(width)), rule.plug(net), rule.plug(net)], "passed"),
    (lambda net, rule, width: [net.plug(net.new_dense(width)), rule.plug(net), net.unplug()], "it has 3"),
    (lambda net, rule, width: [net.unplug(), net.plug(net.new_dense(width)), rule.plug(net)], "still has 3"),
    (lambda net, rule, width: [net.plug(net.new_dense(width)), rules.MonoForward().start(net, 3)], "no projection"),
    (lambda net, rule, width: net.plug(net.new_dense(width, activation="tanh")) or rule.plug(net), ""),
    (lambda net, rule, width: [net.plug(net.new_dense(width)), rule.reset()], "no projection"),
]


@pytest.mark.parametrize(("function", "says"), PLUGS, ids=range(len(PLUGS)))
def test_whatever_is_done_to_the_network_ends_in_a_report(function, says):
    report = check("plug_block", function)
    assert report.passed == (says == "passed") or not says
    assert any(part in str(report) for part in says.split("|")), str(report)


def _fit(net, rule, x, y, i, **options):
    options = {"epochs": 2, "batch_size": 30, "show_progress": False, "only": [i], **options}
    Trainer(net, rule, options.pop("optimiser", SGD(0.1)), **options).fit(x, y)


def _of(change):
    """A repair in which the block is changed so after it was trained."""

    def repair(net, rule, i, x, y):
        _fit(net, rule, x, y, i)
        change(net, rule, i)

    return repair


def _nan(net, rule, i):
    net.blocks[i].parameters["W"][...] = np.nan


REPAIRS = [
    (_of(_nan), "nan"),
    (_of(lambda net, rule, i: rule.M.append(rule.M[i])), "4"),
    (_of(lambda net, rule, i: net.blocks.pop()), "has 2"),
    (_of(lambda net, rule, i: rule.reset()), "and 0"),
    (_of(lambda net, rule, i: rule.M.__setitem__(i, rule.M[i].T.copy())), "shape"),
    (_of(lambda net, rule, i: rule.M.__setitem__(i, None)), "shape"),
    (_of(lambda net, rule, i: net.blocks[i].parameters.pop("W")), "W"),
    (_of(lambda net, rule, i: net.blocks[i].parameters.update(W=np.zeros((2, 2), "float32"))), "shape"),
    (_of(lambda net, rule, i: setattr(net, "blocks", None)), "cannot be used"),
    (_of(lambda net, rule, i: rule.start(net, 3, 9)), "drawn anew|changed as well"),
    (lambda net, rule, i, x, y: _fit(net, rule, x, y, i, optimiser=SGD(1e6)), "not|raised"),
    (lambda net, rule, i, x, y: _fit(net, rule, x, (y + 1) % 3, i, epochs=30), "not repaired"),
    (lambda net, rule, i, x, y: _fit(net, rule, x, y, i + 1), "raised|in its place"),
    (lambda net, rule, i, x, y: _fit(net, rule, x, y, (i - 1) % 3), "in its place"),
]


@pytest.mark.parametrize(("function", "says"), REPAIRS, ids=range(len(REPAIRS)))
def test_whatever_a_repair_leaves_ends_in_a_report(function, says):
    report = check("repair", function)
    assert not report.passed
    assert any(part in str(report) for part in says.split("|")), str(report)
