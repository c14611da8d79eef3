"""Whatever a student's function does becomes one clear sentence, and the checker keeps running."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mfnumpy.check import EXERCISES, Report, check, stub
from mfnumpy.check.matrix import with_signature
from mfnumpy.errors import InvalidValueError, UnknownNameError


def right(x, z, M, dG):
    return x.T @ (dG @ M * (z > 0))


def _nan(x, z, M, dG):
    dW = right(x, z, M, dG)
    dW[1, 2] = np.nan
    return dW


def _in_place(x, z, M, dG):
    dG *= 1.0000001
    return right(x, z, M, dG)


def _forever(x, z, M, dG):
    while True:
        pass


def _stubborn(x, z, M, dG):
    while True:
        with contextlib.suppress(BaseException):
            _forever(x, z, M, dG)


def _bare(x, z, M, dG):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            continue


def _exit(x, z, M, dG):
    sys.exit(3)


def _nothing(x, z, M, dG):
    dW = right(x, z, M, dG)
    del dW


def _not_done(x, z, M, dG):
    raise NotImplementedError("eq7 is not done yet")


def _empty(x, z, M, dG):
    """Only a docstring."""


CASES = [
    ("raises", lambda x, z, M, dG: x @ M, "ValueError"),
    ("returns_none", _nothing, "return"),
    ("returns_list", lambda x, z, M, dG: right(x, z, M, dG).tolist(), "list"),
    ("returns_list", lambda x, z, M, dG: (right(x, z, M, dG), 1), "tuple"),
    ("wrong_type", lambda x, z, M, dG: "dW", "str"),
    ("wrong_type", lambda x, z, M, dG: np.matrix(right(x, z, M, dG)), "matrix"),
    ("wrong_dtype", lambda x, z, M, dG: right(x, z, M, dG).astype(int), "int64"),
    ("wrong_dtype", lambda x, z, M, dG: right(x, z, M, dG).astype(np.float16), "float16"),
    ("wrong_dtype", lambda x, z, M, dG: right(x, z, M, dG) + 0j, "complex"),
    ("wrong_dtype", lambda x, z, M, dG: right(x, z, M, dG).astype(object), "object"),
    ("not_finite", _nan, "NaN"),
    ("cut_short", lambda x, z, M, dG: right(x, z, M, dG)[1:], r"\(4, 6\).*\(5, 6\)[^!]*first input feature is lost"),
    ("transposed", lambda x, z, M, dG: right(x, z, M, dG).T, "transposed"),
    ("input_changed", _in_place, "dG in place"),
    ("not_deterministic", lambda x, z, M, dG: right(x, z, M, dG) + np.random.rand(), "different answers"),  # noqa: NPY002
    ("wrong_signature", lambda x, z, M: x, "x, z, M, dG"),
    ("too_slow", _forever, "returned after"),
    ("too_slow", _stubborn, "returned after"),
    ("too_slow", _bare, "returned after"),
    ("ends_program", _exit, "exit"),
    ("not_written", _not_done, "not written yet"),
    ("not_written", _empty, "not written yet"),
]


@pytest.mark.parametrize(("mistake", "function", "says"), CASES, ids=[f"{i}-{m}" for i, (m, _, _) in enumerate(CASES)])
def test_odd_behaviour_has_a_name_and_a_sentence(mistake, function, says, capsys):
    report = check("eq7", function, seconds=0.3)
    assert not report.passed
    assert report.mistake == mistake
    assert re.search(says, str(report))
    assert capsys.readouterr().out == ""


def test_returning_an_argument_is_a_mistake_even_if_the_values_are_right():
    report = check("relu_backward", lambda z, da: np.multiply(da, z > 0, out=da))
    assert report.mistake == "input_changed"
    report = check("dense_backward", lambda x, W, dz: (dz @ W.T, x.T @ dz, dz.sum(axis=0)))
    assert report.passed

    def hands_on(X, y, rng):
        order = rng.permutation(len(X))
        return X[order], y[order]

    assert check("shuffle_together", hands_on).passed


def test_alias_of_an_argument_is_reported():
    def unmoved(x, y, W, M, lr):
        from mfnumpy.check.catalogue.references import mf_step

        new_W, _, a = mf_step(x, y, W, M, lr)
        return new_W, M, a

    assert check("mf_step", unmoved).mistake == "projection_unchanged"

    def trick(parameter, gradient, lr):
        gradient_view = parameter[:0]
        return np.concatenate([gradient_view, parameter - lr * gradient])

    assert check("sgd_step", trick).passed


def test_printing_is_noted_and_swallowed(capsys):
    def prints(x, z, M, dG):
        print("shape", x.shape)
        return right(x, z, M, dG)

    report = check("eq7", prints)
    assert report.passed
    assert "shape (7, 5)" in " ".join(report.notes)
    assert capsys.readouterr().out == ""


def test_time_limit_leaves_another_alarm_running():
    """pytest-timeout uses the same alarm: the checker must give it back."""
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    remaining = signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        check("eq7", right)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30
    finally:
        signal.setitimer(signal.ITIMER_REAL, *remaining)
        signal.signal(signal.SIGALRM, before)


def test_time_limit_holds_on_another_thread():
    box = []

    def sleeps(x, z, M, dG):
        threading.Event().wait(3)
        return right(x, z, M, dG)

    worker = threading.Thread(target=lambda: box.append(check("eq7", sleeps, seconds=0.2)))
    worker.start()
    worker.join(20)
    assert box[0].mistake == "too_slow"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="grading in a process needs fork")
class TestIsolated:
    def test_process_that_ends_is_reported_and_the_checker_lives(self):
        report = check("eq7", lambda x, z, M, dG: os._exit(0), isolated=True)
        assert report.mistake == "ends_program"

    def test_crash_is_reported(self):
        report = check("eq7", lambda x, z, M, dG: os.kill(os.getpid(), signal.SIGSEGV), isolated=True)
        assert report.mistake == "ends_program"
        assert "SIGSEGV" in report.evidence

    def test_endless_loop_in_c_is_stopped(self, monkeypatch):
        from mfnumpy.check.student import process

        monkeypatch.setattr(process, "START_UP", 1.0)
        report = check("eq7", lambda x, z, M, dG: sum(iter(int, 1)), isolated=True, seconds=0.2)
        assert report.mistake == "too_slow"

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to an address space")
    def test_memory_is_limited(self):
        report = check("eq7", lambda x, z, M, dG: np.ones(10**9), isolated=True, memory_mb=200)
        assert report.mistake == "raises"
        assert "MemoryError" in report.evidence

    def test_report_is_the_same_as_without(self):
        def wrong(x, z, M, dG):
            return len(x) * right(x, z, M, dG)

        assert check("eq7", wrong, isolated=True) == check("eq7", wrong)


def test_unknown_exercise_and_what_is_no_function_cannot_be_checked():
    with pytest.raises(UnknownNameError, match="eq7"):
        check("eq77", right)
    with pytest.raises(InvalidValueError, match="function"):
        check("eq7", np.ones(3))


def test_report_as_in_the_brief():
    report = check("eq7", lambda x, z, M, dG: len(x) * right(x, z, M, dG))
    assert "every entry is exactly 7.000 x ours, and the batch has N = 7: the mean over the batch is missing" in str(
        report
    )
    assert report.lesson.startswith("lesson 3")
    assert report.where.startswith("dW[")


def test_unlisted_mistake_fails_honestly_with_a_place():
    def one_entry(x, z, M, dG):
        dW = right(x, z, M, dG)
        dW[2, 3] += 5
        return dW

    report = check("eq7", one_entry)
    assert not report.passed
    assert report.mistake is None
    assert report.candidates == ()
    assert report.where == "dW[2, 3]"
    assert "not recognised" in str(report)
    unused = check("eq7", lambda x, z, M, dG: x.T @ np.abs(dG @ M) * 1.7)
    assert "does not change when z changes" in str(unused)


def _disturbed(value):
    """Every float entry moved by another small amount: a mistake that no catalogue has."""
    if isinstance(value, (list, tuple)):
        return type(value)(_disturbed(v) for v in value)
    value = np.asarray(value)
    if value.dtype.kind != "f":
        return value
    if not value.ndim:
        return value * (1 + 0.01 * np.sin(1000 * value))
    return value + 0.1 * np.sin(np.arange(value.size)).reshape(value.shape) + 0.01


@pytest.mark.parametrize("name", [n for n, e in EXERCISES.items() if e.kind == "real"])
def test_unlisted_mistake_in_any_exercise_fails_and_is_not_blamed_on_a_listed_one(name):
    reference = EXERCISES[name].reference
    report = check(name, with_signature(EXERCISES[name], lambda *args: _disturbed(reference(*args))))
    assert not report.passed
    assert (report.mistake, report.candidates) == (None, ())
    assert "not recognised" in report.evidence
    assert report.where


def test_wrong_everywhere_is_not_blamed_on_the_extreme_case():
    """A share that is off by a hundredth in every case has nothing to do with the last batch."""
    from mfnumpy.measure import accuracy_over_batches

    report = check("accuracy_over_batches", lambda p, X, y, n: accuracy_over_batches(p, X, y, n) + 0.01)
    assert not report.passed
    assert report.mistake == "constant_added"
    assert "0.01 is added" in report.evidence


def test_no_report_shows_the_right_values():
    """No number of our answer appears, in any report or its HTML, to more than four digits."""

    def almost(x, z, M, dG):
        return right(x, z, M, dG) * 1.01 + 0.1

    report = check("eq7", almost)
    for text in (str(report), report._repr_html_(), str(report.to_json())):
        for number in re.findall(r"\d+\.\d+", text):
            assert len(number.replace(".", "").lstrip("0")) <= 4, number


def test_html_draws_shapes_and_errors_and_escapes():
    shape = check("eq7", lambda x, z, M, dG: right(x, z, M, dG).T)._repr_html_()
    assert shape.count("<svg") == 1
    assert "expected (5, 6)" in shape
    entries = check("eq7", lambda x, z, M, dG: 2 * right(x, z, M, dG) + 0.1)._repr_html_()
    assert entries.count("<rect") == 30

    def script(x, z, M, dG):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check("eq7", script)._repr_html_()


def test_report_survives_json():
    report = check("eq7", lambda x, z, M, dG: right(x, z, M, dG).T)
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("name", EXERCISES)
def test_stub_runs_has_the_signature_and_says_not_done_yet(name):
    space: dict = {}
    exec(stub(name), space)
    function = space[name]
    assert function.__doc__
    with pytest.raises(NotImplementedError, match="not done yet"):
        function(*EXERCISES[name].arguments)
    report = check(name, function)
    assert report.mistake == "not_written"
    assert "not written yet" in str(report)


def test_core_does_not_import_the_checker():
    core = Path(__file__).parents[2] / "mfnumpy"
    for file in [*core.glob("*.py"), *core.glob("layers/*.py"), *core.glob("rules/*.py")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) mfnumpy\.check", text, re.MULTILINE), file
        assert not re.search(r"from mfnumpy import .*\bcheck\b", text), file


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), "5", 3601])
def test_the_time_is_a_number_above_0_and_at_most_an_hour(seconds):
    with pytest.raises(InvalidValueError, match="seconds must be above 0 and at most 3600"):
        check("eq8", EXERCISES["eq8"].reference, seconds=seconds)
