"""The command line in a process of its own: through pipes, under Ctrl-C, on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time


def mfnumpy(*args: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "mfnumpy", *args], capture_output=True, text=True, timeout=120, **options
    )


def interruptible(*args: str) -> subprocess.Popen:
    """A process that takes Ctrl-C, though whatever started the tests (a job in the background) may ignore it."""
    return subprocess.Popen(
        [sys.executable, "-m", "mfnumpy", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def ctrl_c_after_two_epochs(*args: str) -> str:
    """Standard error of `mfnumpy train` that is sent Ctrl-C once it has told its second epoch."""
    process = interruptible("train", *args)
    for line in process.stdout:
        if line.startswith("epoch   2"):
            process.send_signal(signal.SIGINT)
            break
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    return error


def on_terminal(*args: str, columns: int = 80) -> str:
    """What a terminal of 24 lines and so many columns is sent, standard output and error together."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))  # a new one is 0 columns wide
    own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TERM")}
    command = [sys.executable, "-m", "mfnumpy", *args]
    process = subprocess.Popen(command, stdout=follower, stderr=follower, env=own | {"TERM": "xterm"})
    os.close(follower)
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            piece = os.read(leader, 4096)
        except OSError:  # on Linux the end of a terminal is an error
            break
        if not piece:
            break
        shown += piece
    process.wait(timeout=60)
    os.close(leader)
    return shown.decode()
