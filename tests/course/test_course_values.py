"""Between the judge and a student's process: what is sent arrives, in-place changes are seen, nothing can be run."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")
pytest.importorskip("IPython", reason="the course needs the extra 'course' (IPython): not installed")

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mfnumpy import network, rules
from mfnumpy.check.model import Finding, Refused
from mfnumpy.course.grading.player import serve
from mfnumpy.course.grading.processes import Bounds, Work
from mfnumpy.course.grading.remote import Lost, Remote, Student
from mfnumpy.course.grading.values import MessageError, Packer, Unpacker, leaves, update

numbers = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50)
arrays = hnp.arrays(
    st.sampled_from(["<f8", "<f4", "<i8", "|b1", "|u1", ">f8", "<c16"]), hnp.array_shapes(min_dims=0, min_side=0)
)
values = st.recursive(
    numbers | arrays, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=8
)


def same(a, b) -> bool:
    """Equal in type and in every entry."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@settings(max_examples=200, deadline=None)
@given(values)
def test_what_is_sent_arrives(value):
    assert same(value, Unpacker().unpack(Packer().pack(value)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_message_that_was_tampered_with_is_refused_or_read_as_numbers(data):
    whole = Packer().pack([np.arange(6.0).reshape(2, 3), {"a": (1, "x")}, np.random.default_rng(0)])
    place = data.draw(st.integers(0, len(whole) - 1))
    spoilt = whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :]
    with contextlib.suppress(MessageError):
        Unpacker().unpack(spoilt)


@pytest.mark.parametrize(
    "tree",
    [
        {"a": [0, 8, [4], [8], "<f8"]},  # beyond the buffer
        {"a": [0, -8, [1], [8], "<f8"]},
        {"a": [0, 0, [3], [8], "|O"]},  # numbers that would be taken for addresses of objects
        {"a": [0, 0, [1 << 40], [0], "<f8"]},  # one number, a million million times
        {"a": [3, 0, [1], [8], "<f8"]},
        {"call": 0},
        {"net": {"blocks": 3}, "values": None},
        {"rule": ["os", {}, 1, 2], "M": {"l": []}},
        {"unknown": 1},
        "text",
    ],
)
def test_hostile_messages_are_refused(tree):
    header = json.dumps({"tree": tree, "buffers": [[[3], "<f8", "C"]], "shared": 0}).encode()
    with pytest.raises(MessageError):
        Unpacker().unpack(len(header).to_bytes(8, "little") + header + bytes(24))


def test_objects_arrive_as_nothing_but_the_name_of_their_type():
    class Everything:
        def __eq__(self, other):
            return True

        __hash__ = None

    class Number(float):
        pass

    assert Unpacker().unpack(Packer().pack(np.array([Everything()], dtype=object))).size == 0
    for thing in (Everything(), Number(3), {1, 2}, open):
        found = Unpacker().unpack(Packer().pack([thing]))[0]
        assert not isinstance(found, (int, float))
        assert found != 3
    found = Unpacker().unpack(Packer().pack(Everything()))
    assert type(found).__name__ == "Everything"


def test_networks_and_rules_arrive_with_their_values():
    net, rule = network.mlp(6, (8, 7), seed=3), rules.MonoForward()
    rule.start(net, 4, 5)
    rule.M[1][...] = 2
    net2, rule2 = Unpacker().unpack(Packer().pack([net, rule]))
    assert net2.spec() == net.spec()
    before, after = rule.parameters(net), rule2.parameters(net2)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    net2.plug(net2.new_dense(3))  # and the rule not: the judge must see that
    found = Unpacker().unpack(Packer().pack([net2, rule2]))
    assert (len(found[0].blocks), len(found[1].M)) == (3, 2)
    update([net, rule], found)
    assert (len(net.blocks), len(rule.M)) == (3, 2)


@pytest.fixture
def student():
    """A student's process, played by a thread; its player is real. Call student.run(code) to run a cell."""
    here, there = multiprocessing.Pipe()
    path = sys.path.copy()
    thread = threading.Thread(target=serve, args=(there,), daemon=True)
    thread.start()
    import os

    made = Student(here, os.getpid())
    made.run = lambda source: made.ask({"do": "run", "source": source}, 60)
    made.function = lambda name: Remote(made, name, made.ask({"do": "find", "name": name}, 60))
    yield made
    here.close()
    thread.join(10)
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    sys.path[:] = path


def test_a_remote_function_behaves_as_the_function_does(student):
    student.run(
        "import numpy as np\n"
        "def plain(x, k=2):\n    return x * k\n"
        "def inplace(x):\n    x += 1\n    return x[1:]\n"
        "def listed(weights):\n    weights[0] = weights[0] * 2\n    return [w + 0 for w in weights]\n"
        "def drawn(rng):\n    return rng.random(3)\n"
        "def raises(x):\n    return x @ x.T @ x.T\n"
        "def blank(x):\n    pass\n"
        "def asks(predict, X):\n    return predict(X[:2])\n"
        "print('x' * 100)\n"
    )
    x = np.arange(6.0)
    assert np.array_equal(student.function("plain")(x, 3), x * 3)
    assert str(student.function("plain").__signature__) == "(x, k=None)"
    result = student.function("inplace")(x)
    assert np.array_equal(x, np.arange(6.0) + 1)
    assert np.shares_memory(result, x)
    weights = [np.ones(2), np.zeros(2)]
    result = student.function("listed")(weights)
    assert np.array_equal(weights[0], [2, 2])
    assert not np.shares_memory(result[1], weights[1])
    rng = np.random.default_rng(4)
    expected = np.random.default_rng(4)
    assert np.array_equal(student.function("drawn")(rng), expected.random(3))
    assert rng.random() == expected.random()
    with pytest.raises(ValueError, match=r"matmul.*\(line \d+: `return x @ x.T @ x.T`\)"):
        student.function("raises")(np.ones((2, 3)))
    with pytest.raises(NotImplementedError):
        student.function("blank")(x)
    assert student.function("asks")(lambda X: X + 10, np.zeros(5)).tolist() == [10, 10]

    def refuses(X):
        raise Refused(Finding("not_batched", "too many rows"))

    with pytest.raises(Refused, match="too many rows"):
        student.function("asks")(refuses, np.zeros(5))
    assert student.ask({"do": "find", "name": "nobody"}, 60) == {"found": False}


def test_replaced_attributes_are_noticed(student):
    student.run("import numpy as np\nkept = np.abs\nnp.abs = lambda x: x * 0")
    assert student.ask({"do": "patched"}, 60)["patched"] == ["numpy.abs"]
    student.run("np.abs = kept")
    assert student.ask({"do": "patched"}, 60)["patched"] == []


def test_a_student_who_hangs_up_is_lost_for_good():
    import os

    here, there = multiprocessing.Pipe()
    made = Student(here, os.getpid())
    there.close()
    for _ in range(2):
        with pytest.raises(Lost, match="ended the Python process"):
            made.ask({"do": "patched"}, 1)


def test_leaves_are_whole_arrays_each_once():
    x = np.zeros((3, 4))
    assert [a is b for a, b in zip(leaves([x, [x, x[::2, ::3], "a"], np.ones(2)]), [x, None], strict=False)] == [
        True,
        False,
    ]


def test_whoever_sends_what_was_not_asked_for_is_lost_for_good():
    """The answer to the next question might be this one's: it would cost another exercise its points."""
    import os

    here, there = multiprocessing.Pipe()
    made = Student(here, os.getpid())
    there.send_bytes(b"all right")
    there.send_bytes(Packer().pack({"value": 1}))
    with pytest.raises(MessageError):
        made.ask({"do": "patched"}, 1)
    with pytest.raises(Lost, match="not asked for"):
        made.ask({"do": "patched"}, 1)


def test_lines_for_ipython_that_every_notebook_has_are_no_mistake(student):
    assert student.run("%matplotlib inline\nx = 1")["error"] == ""
    assert student.ask({"do": "value", "name": "x"}, 60)["value"] == 1


def hides() -> None:
    """Leave a process behind in another session, with no folder, file or environment of this one."""
    import os
    import subprocess

    if os.fork() == 0:
        os.setsid()
        command = [sys.executable, "-c", "import time; time.sleep(3600)", "hides in another session"]
        subprocess.Popen(command, env={}, cwd="/", start_new_session=True)
        os._exit(0)
    os.wait()
    time.sleep(3600)


TERMINATED_EARLY = """
import os, signal
from mfnumpy.check.student import orphans

own = signal.signal

def at_once(number, answer):
    \"\"\"SIGTERM comes as soon as it has its answer, before anything else is ready for it.\"\"\"
    before = own(number, answer)
    if number == signal.SIGTERM and callable(answer):
        os.kill(os.getpid(), signal.SIGTERM)
    return before

signal.signal = at_once
orphans.outlast()
import time
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to an ancestor")
def test_a_signal_that_comes_as_it_begins_ends_it_without_a_traceback():
    ended = subprocess.run([sys.executable, "-c", TERMINATED_EARLY], capture_output=True, text=True, timeout=50)
    assert (ended.returncode, ended.stderr) == (-signal.SIGTERM, "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to an ancestor")
def test_what_a_student_starts_ends_with_the_students_process_wherever_it_hides(tmp_path):
    def hidden() -> list[int]:
        commands = ((p.pid, p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"]))
        return [pid for pid, command in commands if "hides in another session" in command]

    work = Work(hides, (), tmp_path / "home", Bounds(1 << 30))
    try:
        assert work.pid != work.process.pid
        until = time.monotonic() + 60
        while not hidden() and time.monotonic() < until:
            time.sleep(0.05)
        assert len(hidden()) == 1
    finally:
        work.end()
    assert hidden() == []
