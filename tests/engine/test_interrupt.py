"""Ctrl-C is noted, and never lost: not at the end of a run, not beside an error, and not where nobody wants it."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from engine_helpers import assert_same_bytes, blobs, model_arrays, small_net, started

from mfnumpy import optim
from mfnumpy.errors import DivergedError
from mfnumpy.saving import checkpoint
from mfnumpy.support.interrupt import DeferredInterrupt, Terminated, exit_code, stoppable
from mfnumpy.train import Trainer

pytestmark = pytest.mark.usefixtures("python_handles_ctrl_c")


def ctrl_c(*args):
    signal.raise_signal(signal.SIGINT)


def noted(error=None):
    """Ctrl-C inside the block, and then this error."""
    with DeferredInterrupt() as interrupt:
        assert not interrupt.requested
        ctrl_c()
        assert interrupt.requested
        if error is not None:
            raise error


def test_ctrl_c_is_noted_and_raised_at_the_end():
    with pytest.raises(KeyboardInterrupt):
        noted()


def test_ctrl_c_comes_before_an_error_that_could_be_caught():
    error = ZeroDivisionError("beside it")
    with pytest.raises(KeyboardInterrupt) as raised:
        noted(error)
    assert raised.value.__cause__ is error
    with pytest.raises(SystemExit):  # this ends the program in any case
        noted(SystemExit())


def test_a_second_ctrl_c_interrupts_at_once():
    with DeferredInterrupt() as interrupt:
        ctrl_c()
        assert interrupt.requested
        with pytest.raises(KeyboardInterrupt):
            ctrl_c()  # and who has caught it is not told again


def test_without_ctrl_c_an_error_stays_what_it_is():
    with DeferredInterrupt():
        pass
    with pytest.raises(ZeroDivisionError), DeferredInterrupt():
        raise ZeroDivisionError


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.SIG_DFL])
def test_an_ignored_ctrl_c_stays_ignored(before):
    signal.signal(signal.SIGINT, before)
    try:
        with DeferredInterrupt() as interrupt:
            handler = signal.getsignal(signal.SIGINT)
            if before is signal.SIG_IGN:
                os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert (handler is before) == (before is signal.SIG_IGN)
    assert not interrupt.requested


def test_a_handler_that_python_does_not_know_is_left_alone(monkeypatch):
    """Then getsignal gives None, and it could not be put back."""
    monkeypatch.setattr(signal, "getsignal", lambda number: None)
    monkeypatch.setattr(signal, "signal", lambda *args: pytest.fail("it was replaced"))
    with DeferredInterrupt():
        pass
    monkeypatch.undo()


def test_outside_the_main_thread_it_does_nothing():
    seen = []

    def work():
        with DeferredInterrupt() as interrupt:
            seen.append((interrupt.requested, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, signal.default_int_handler)]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("error", [None, ZeroDivisionError("beside it")])
def test_sigterm_and_sighup_are_noted_as_ctrl_c_is(number, error):

    def work():
        with DeferredInterrupt() as interrupt:
            for _ in range(3):  # only Ctrl-C is impatient
                signal.raise_signal(number)
                assert interrupt.requested
            if error is not None:
                raise error

    with stoppable():
        with pytest.raises(Terminated) as raised:
            work()
        assert exit_code(raised.value) == 128 + number
        signal.raise_signal(number)  # it was answered already
    assert signal.getsignal(number) is signal.SIG_DFL
    with stoppable(), pytest.raises(Terminated):
        signal.raise_signal(number)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_in_a_script_sigterm_ends_the_process_after_what_was_begun(tmp_path):
    script = (
        "import os, signal\nfrom mfnumpy.support.interrupt import DeferredInterrupt\n"
        "with DeferredInterrupt() as interrupt:\n    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print('finished', interrupt.requested)\n    raise interrupt.error()\nprint('never')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGTERM, "finished True\n", "")


# -- in a trainer ------------------------------------------------------------------------------------------------------


def new(path=None, **options):
    net = small_net("mlp", dtype="float32")
    rule = started("mf", net)
    return net, rule, Trainer(net, rule, optim.Adam(), epochs=2, batch_size=10, path=path, **options)


@pytest.mark.parametrize("where", ["_end_phase", "_save"])
def test_ctrl_c_after_the_last_batch_is_not_lost(where, tmp_path, monkeypatch):
    """All is written, so a run that is resumed has nothing left to do."""
    path, data = tmp_path / "run.npz", blobs(20, (9,))
    net, rule, trainer = new(path)
    original = getattr(Trainer, where)

    def late(self, state, *rest):
        if where == "_end_phase" or state.phase == 1:
            ctrl_c()
        original(self, state, *rest)

    monkeypatch.setattr(Trainer, where, late)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*data)
    monkeypatch.undo()
    assert checkpoint.load(path)[1]["progress"]["phase"] == 1
    other, other_rule, resumed = new(path)
    assert len(resumed.fit(*data, resume=True).epochs) == 2
    assert_same_bytes(model_arrays(rule, net), model_arrays(other_rule, other))


def test_ctrl_c_is_not_lost_where_the_same_batch_diverges():
    """A search that notes a DivergedError and goes on must stop."""
    _, rule, trainer = new()
    original = rule.steps

    def steps(*args):
        ctrl_c()
        rule.M[0][...] = float("nan")
        return original(*args)

    rule.steps = steps
    with pytest.raises(KeyboardInterrupt) as raised:
        trainer.fit(*blobs(20, (9,)))
    assert isinstance(raised.value.__cause__, DivergedError)
