"""What a rank is told to do wrong, or to note, before the command runs in it; called in the ranks' own processes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from mfnumpy.cli import main
from mfnumpy.optim import Adam
from mfnumpy.rules import MonoForward
from mfnumpy.support.interrupt import leave

RANK = int(os.environ["PMI_RANK"])


def run(words, folder):
    leave(main([*words, "--out", folder]))


def stop_after(epochs, words, folder):
    """As Ctrl-C when so many epochs have been told."""
    import signal

    from mfnumpy.cli.train import Teller

    tell = Teller.__call__

    def told(self, entry):
        tell(self, entry)
        if entry["epoch"] == epochs:
            signal.raise_signal(signal.SIGINT)

    Teller.__call__ = told
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(words, folder)


def stop_with_slow_others(words, folder):
    """As Ctrl-C after one epoch; the ranks above 0 take a second to leave when MPI has ended."""
    import atexit

    if RANK > 0:
        really = os._exit
        os._exit = lambda code: (time.sleep(1), really(code))
        atexit.register(time.sleep, 1)
    stop_after(1, words, folder)


def stop_at_once(words, folder):
    """As Ctrl-C when the checkpoint could be written, and no batch has been learned."""
    import signal

    from mfnumpy.saving.progress import Progress

    note = Progress.note_conditions

    def noted(self, conditions):
        signal.raise_signal(signal.SIGINT)
        note(self, conditions)

    Progress.note_conditions = noted
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(words, folder)


def fail_on(rank, words, folder):
    if rank == RANK:

        def broken(*args, **options):
            raise ZeroDivisionError("planted")

        MonoForward.local_step = broken
    run(words, folder)


def forget_on(rank, words, folder):
    if rank == RANK:
        update, calls = Adam.update, []

        def forgetful(self, name, *rest):
            calls.append(name)
            if len(calls) != 7:
                update(self, name, *rest)

        Adam.update = forgetful
    run(words, folder)


def other_data_on(rank, words, folder):
    run([*words, "--seed", "1"] if rank == RANK else words, folder)


def slow_on(rank, words, folder):
    step, begun = MonoForward.local_step, []

    def noted(self, net, i, x, y, weights=None):
        if i == 0 or (RANK > 0 and begun_here(i)):
            begun.append(time.monotonic())
        if rank == RANK:
            time.sleep(0.02)
        return step(self, net, i, x, y, weights)

    first = []

    def begun_here(i):
        first.append(i)
        return i == first[0]

    MonoForward.local_step = noted
    code = main([*words, "--epochs", "1", "--out", folder])
    if RANK == 0:
        begun = begun[3:]  # the blocks were timed first
    (Path(folder) / f"rank{RANK}.json").write_text(json.dumps(begun))
    leave(code)


def other_kernels_on(rank, words, folder):
    if rank == RANK:
        from mfnumpy.parallel import serve

        known = serve.kernels
        serve.kernels = lambda: known() | {"simd": "other"}
    run(words, folder)
