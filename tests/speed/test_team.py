"""Threads of a Team and of a pipeline: what they borrow they give back, and no Ctrl-C or failure leaves one waiting."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from mfnumpy import optim, rules
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast import Team
from mfnumpy.network import mlp
from mfnumpy.parallel import ThreadPipeline

threadpoolctl = pytest.importorskip("threadpoolctl")


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def team():
    return Team(3)


def pipeline():
    net = mlp(7, [5, 6], seed=0)
    rule = rules.make("mf")
    rule.start(net, 3)
    return ThreadPipeline(net, rule, optim.Adam(), threads=3)


def batches(n=2):
    x, y = np.ones((4, 7), "float32"), np.arange(4) % 3
    return [(number, x, y, None, 1.0) for number in range(n)]


def blas_threads():
    return [library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]


def in_time(work, seconds=20):
    """Do the work in a thread of its own, so that a deadlock fails and does not hang; returns what it raised."""
    raised = []

    def caught():
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=caught, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it waits for ever"
    return raised[0] if raised else None


def assert_refused(error, says):
    assert isinstance(error, InvalidValueError)
    assert says in str(error)


@pytest.mark.parametrize("make", [team, pipeline])
def test_blas_gets_its_threads_back(make):
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        assert set(blas_threads()) == {2}
        with make():
            assert set(blas_threads()) == {1}
        assert set(blas_threads()) == {2}


@pytest.mark.parametrize("make", [team, pipeline])
def test_a_thread_that_cannot_start_takes_the_others_and_the_limit_with_it(make, monkeypatch):
    start, started = threading.Thread.start, []

    def second_fails(self):
        started.append(self)
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        start(self)

    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        threads = make()
        monkeypatch.setattr(threading.Thread, "start", second_fails)
        with pytest.raises(RuntimeError, match="can't start"), threads:
            pass
        monkeypatch.undo()
        assert len(started) == 2
        assert set(blas_threads()) == {2}


def test_outside_its_block_a_team_says_so():
    one, seen = Team(2), []

    def run():
        one.run(seen.append)

    def nested():
        one.run(lambda worker: run() if worker == 0 else None)

    for times in (1, 2):  # it may have several blocks, one after the other
        assert_refused(in_time(run), "call run inside its `with` block")
        with one:
            run()
            assert_refused(in_time(nested), "not inside a task of its own")
        assert sorted(seen) == [0] * times + [1] * times


def test_outside_its_block_a_pipeline_says_so():
    one, late = pipeline(), []

    def block():
        with one:
            assert [len(steps) for steps in one.run(batches())] == [2, 2]
            late.append(one.run(batches()))
            next(late[-1])

    for _ in range(2):
        assert_refused(in_time(lambda: list(one.run(batches()))), "run it inside its `with` block")
        assert in_time(block) is None
        assert_refused(in_time(lambda: next(late[-1])), "run it inside its `with` block")


def test_a_pipeline_begins_anew_after_an_error(monkeypatch):
    one, local_step = pipeline(), rules.MonoForward.local_step

    def run():
        with one:
            blocks = [[step.block for step in steps] for steps in one.run(batches())]
        assert blocks == [[0, 1], [0, 1]]

    def broken(self, net, i, x, y):
        if i == 0:
            return local_step(self, net, i, x, y)
        time.sleep(0.1)  # so that block 1 is done with its update, and its loss is noted
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(rules.MonoForward, "local_step", broken)
    assert isinstance(in_time(run), ZeroDivisionError)
    monkeypatch.setattr(rules.MonoForward, "local_step", local_step)
    assert in_time(run) is None


@pytest.mark.parametrize("told", [0, 1, 2])
def test_ctrl_c_while_the_workers_are_being_told_leaves_nobody_waiting(told, monkeypatch):
    """KeyboardInterrupt may come anywhere: after so many workers have their task, before the caller has begun his."""
    one = Team(3)

    class Interrupted:
        """A worker's queue, at which Ctrl-C comes; at the end of the block the worker is told so all the same."""

        def __init__(self, queue):
            self.queue, self.get = queue, queue.get

        def put(self, task):
            if task is not None:
                raise KeyboardInterrupt
            self.queue.put(task)

    def work(self, i, task):
        if i == 0:
            raise KeyboardInterrupt  # before its `try`
        original(self, i, task)

    original = Team._work
    monkeypatch.setattr(Team, "_work", work)
    if told < 2:
        one._tasks[told + 1] = Interrupted(one._tasks[told + 1])

    def run():
        with one:
            one.run(lambda worker: one.meet())

    assert isinstance(in_time(run), KeyboardInterrupt)


def test_a_team_whose_run_was_broken_off_is_used_again_in_another_block_only(monkeypatch):
    """In the same one a worker may still be at the old task: he would meet those at the new one."""
    one, original = Team(2), Team._work

    def work(self, i, task):
        if i == 0:
            raise KeyboardInterrupt
        original(self, i, task)

    def meet():
        one.run(lambda worker: one.meet())

    def broken_off_then_used():
        with one:
            monkeypatch.setattr(Team, "_work", work)
            with pytest.raises(KeyboardInterrupt):
                meet()
            monkeypatch.setattr(Team, "_work", original)
            meet()

    def used():
        seen = []
        with one:
            one.run(lambda worker: (one.meet(), seen.append(worker)))
        assert sorted(seen) == [0, 1]

    assert_refused(in_time(broken_off_then_used), "make another team")
    assert in_time(used) is None


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "2"])
def test_a_team_needs_a_number_of_threads(size):
    with pytest.raises(InvalidValueError, match="number of threads must be an integer >= 1; got"):
        Team(size)
    assert Team(np.int64(2)).size == 2
