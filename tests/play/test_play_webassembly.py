"""The package as on WebAssembly: no threads, alarms or processes, a clock that stands still, NumPy alone."""

import subprocess
import sys

import pytest

AS_THERE = """
import multiprocessing, signal, subprocess, sys, threading, time
import numpy as np

def refuse(*args, **options):
    raise RuntimeError("can't start new thread")

threading.Thread.start = refuse
for name in ("setitimer", "getitimer", "alarm", "SIGALRM"):
    delattr(signal, name)
subprocess.Popen = multiprocessing.Process.start = refuse
time.process_time = lambda: 0.0
counted, np.intp = np.bincount, np.int32

def bincount(x, *args, **options):
    if np.asarray(x).dtype == np.int64:
        raise TypeError("Cannot cast array data from dtype('int64') to dtype('int32') according to the rule 'safe'")
    return counted(x, *args, **options)

np.bincount = bincount

REMOVED = {"fcntl", "grp", "pwd", "resource", "termios", "syslog", "curses", "dbm", "tkinter", "ssl", "sqlite3", "lzma"}
for name in REMOVED:
    sys.modules.pop(name, None)

class Block:
    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        if top in REMOVED or top not in {"numpy", "mfnumpy"} and top not in sys.stdlib_module_names:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Block())
sys.platform = "emscripten"
"""

CORE = """
from mfnumpy import network, optim, rules
from mfnumpy.train import Trainer
rng = np.random.default_rng(0)
x, y = rng.standard_normal((40, 9)).astype("float32"), rng.integers(0, 4, 40)
for name in rules.RULES:
    net = network.mlp(9, (6, 8))
    rule = rules.make(name)
    rule.start(net, 4)
    history = Trainer(net, rule, optim.Adam(), epochs=2, batch_size=8).fit(x, y, validation=0.2)
    assert len(history.epochs) == 2
print("trained", len(rules.RULES))
"""

MOMENTS = """
from mfnumpy import network, rules
from mfnumpy.teach import moments, reveal, show_source
from mfnumpy.teach.steps import run_of
rng = np.random.default_rng(0)
x, y = rng.standard_normal((3, 7)).astype("float32"), rng.integers(0, 4, 3)
for name in ("bp", "fa", "dfa", "ff", "mf"):
    net = network.mlp(7, (6, 5))
    rule = rules.make(name)
    rule.start(net, 4)
    assert len(moments(net, rule, x, y)) > 10
    assert run_of(net, rule, x, y, 0, 0.5)["loss"][1] > 0
print("stepped")
"""

CHECK = """
from mfnumpy.course import plug  # which the playground trains with
from mfnumpy.check import EXERCISES, check
for exercise in EXERCISES.values():
    report = check(exercise.name, exercise.reference)
    assert report.passed, report
assert check("eq7", lambda x, z, M, dG: x.T @ (dG @ M)).mistake == "mask_missing"

def endless(a, M):
    while True:
        pass

def slow_in_another(a, M):
    def inner():
        while True:
            sum(range(10))
    return inner()

tracer = sys.gettrace()
for function in (endless, slow_in_another):
    start = time.monotonic()
    report = check("eq5", function, seconds=0.3)
    assert report.mistake == "too_slow" and time.monotonic() - start < 5, report
assert sys.gettrace() is tracer
assert check("eq5", lambda a, M: a @ M.T).passed
print("checked", len(EXERCISES))
"""


def run(code: str, as_there: str = AS_THERE) -> str:
    """What a process prints that has only what WebAssembly has."""
    done = subprocess.run([sys.executable, "-c", as_there + code], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()[0]


@pytest.mark.parametrize(("code", "says"), [(CORE, "trained"), (MOMENTS, "stepped"), (CHECK, "checked")])
def test_core_moments_and_checker_run_where_there_is_neither_thread_nor_alarm(code, says):
    assert run(code) == says


@pytest.mark.parametrize("planted", [
    "threading.Thread(target=print).start()", "signal.setitimer(0, 1)", "import matplotlib", "subprocess.run(['true'])",
    "np.bincount(np.zeros(3, np.int64))", "import fcntl",
])  # fmt: skip
def test_planted_what_webassembly_lacks_is_missed(planted):
    with pytest.raises(AssertionError):
        run(planted)


def test_labels_of_any_width_are_counted():
    import numpy as np

    from mfnumpy.support.split import counts_of

    for dtype in ("uint8", "int32", "int64"):
        np.testing.assert_array_equal(counts_of(np.array([2, 0, 2], dtype), 5), [1, 0, 2, 0, 0])
