"""The checker's process: whatever a student's function does, its time holds, nothing is left, the others are judged."""

import os
import subprocess
import sys
import time

import pytest

from mfnumpy import cli
from mfnumpy.check import Report, check
from mfnumpy.check.student import process

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="grading in a process needs fork")
RIGHT = "def eq5(a, M):\n    return a @ M.T\n"
SIGNATURE = "def eq7(x, z, M, dG):\n"
ANSWER = "    return x.T @ (dG @ M * (z > 0))"
HOSTILE = {
    "forks": "    import os, time\n    if os.fork() == 0:\n        time.sleep(3600)\n" + ANSWER,
    "forks and both return": "    import os\n    os.fork()\n" + ANSWER,
    "a session of its own": (
        "    import os, time\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(3600)\n    return x"
    ),
    "a daemon": (
        "    import os, time\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork():\n            os._exit(0)\n"
        "        os.chdir('/')\n        os.closerange(0, 4096)\n        time.sleep(3600)\n" + ANSWER
    ),
    "an error without a text": (
        "    class E(Exception):\n        def __str__(self):\n            raise RuntimeError\n    raise E"
    ),
    "never returns from C": "    return sum(iter(int, 1))",
    "ignores the alarm": (
        "    import signal\n    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True:\n        pass"
    ),
    "swallows all": (
        "    while True:\n        try:\n            while True:\n                pass\n"
        "        except:\n            pass"
    ),
    "sleeps": "    import time\n    time.sleep(3600)",
    "a huge file": "    with open('huge', 'wb') as f:\n        while True:\n            f.write(bytes(1 << 24))",
    "ends the process": "    import os\n    os._exit(0)",
    "kills itself": "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)",
    "sets a strict class": (
        "    class S:\n        @property\n"
        "        def __class__(self):\n            raise KeyError('no')\n    return S()"
    ),
}


def write(folder, body: str):
    path = folder / "student.py"
    path.write_text(f"{SIGNATURE}{body}\n\n\n{RIGHT}")
    return path


def mine(folder) -> list[str]:
    """The processes that carry this folder's path in their environment."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                found += [pid] * (f"MINE={folder}".encode() in file.read())
        except OSError:
            continue
    return found


@pytest.mark.parametrize("mode", ["--grade", "practice"])
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.timeout(100)
def test_time_holds_nothing_is_left_and_the_other_verdicts_stand(kind, mode, tmp_path):
    if mode == "practice" and kind == "a huge file":
        pytest.skip("in practice a student's disk is the student's own")
    path, begun = write(tmp_path, HOSTILE[kind]), time.monotonic()
    command = [sys.executable, "-m", "mfnumpy", "check", "all", str(path), "--seconds", "1"]
    done = subprocess.run(
        command + ["--grade"] * (mode == "--grade"),
        env=os.environ | {"MINE": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
    )
    seconds = time.monotonic() - begun
    right = kind in ("forks", "forks and both return", "a daemon")
    assert done.returncode == (0 if right else 1), done.stdout + done.stderr
    assert "(eq5): passed" in done.stdout
    assert f"(eq7): {'passed' if right else 'not right yet'}" in done.stdout
    assert done.stdout.count("passed") == (3 if right else 2)  # and their sum
    assert seconds < 40, "a call of one second, two processes that start, and a busy machine"
    if sys.platform == "linux":
        assert mine(tmp_path) == []
    if kind == "a huge file":
        assert (tmp_path / "huge").stat().st_size <= 64 << 20


@pytest.mark.parametrize("body", ["never returns from C", "ignores the alarm", "sleeps", "swallows all"])
def test_the_limit_holds_within_twice(body, tmp_path):
    """By the clock that leaves out what other programs take of the processor."""
    from mfnumpy.check.student.limits import queued

    place: dict = {}
    exec(SIGNATURE + HOSTILE[body], place)
    begun, waited = time.monotonic(), queued()
    report = check("eq7", place["eq7"], isolated=True, seconds=3)
    seconds = time.monotonic() - begun - (queued() - waited)
    assert report.mistake == "too_slow"
    assert 2.5 < seconds < 20


def test_a_call_is_late_at_twice_its_time_on_a_busy_machine_as_well(monkeypatch):
    """What it computed is counted; where it only stands in the queue, nobody waits four times as long."""
    now = {"wall": 0.0, "queued": 0.0, "computed": 0.0}
    monkeypatch.setattr(process.time, "monotonic", lambda: now["wall"])
    monkeypatch.setattr(process.limits, "queued", lambda pid: now["queued"])
    monkeypatch.setattr(process.limits, "computed", lambda pid: now["computed"])

    def late(**after: float) -> bool:
        now.update(wall=0.0, queued=0.0, computed=0.0)
        call = process._Call(1, 2.0)
        now.update(after)
        return call.is_late()

    assert not late(wall=3.0, computed=3.0)
    assert late(wall=3.6, computed=3.5)
    assert not late(wall=8.5, queued=7.0, computed=1.4)
    assert late(wall=9.1, queued=8.0, computed=1.0)
    assert late(wall=4.5)


def test_control_characters_never_reach_the_terminal(tmp_path, capsys):
    path = write(tmp_path, "    raise ValueError('\\x1b]0;title\\x07 \\x1b[2J\\r\\u202e done')")
    assert cli.main(["check", "eq7", str(path)]) == 1
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x07\r\u202e")
    assert "done" in out
    report = Report("eq7", "t", "s", False, evidence="a\x1b[2Jb\nc", notes=("\x07",))
    assert "\x1b" not in str(report)
    assert "a?[2Jb\nc" in str(report)


def test_a_file_that_ends_its_process_while_it_is_read_is_no_pass(tmp_path, capsys):
    path = tmp_path / "student.py"
    path.write_text("import os\n" + RIGHT + "os._exit(0)\n")
    for mode in ([], ["--grade"]):
        assert cli.main(["check", "eq5", str(path), *mode]) == 1
        assert "passed" not in capsys.readouterr().out
