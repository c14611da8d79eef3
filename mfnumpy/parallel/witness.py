"""A witness beside rank 0, which says what to do where a rank was killed: launchers then kill all others at once."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

SCRIPT = """
if read -r word; then
    [ -z "$word" ] || echo "mfnumpy: $word" >&2
elif [ -e "$1" ]; then
    echo "mfnumpy: a rank was killed; go on with --resume (checkpoint: $1)." >&2
else
    echo "mfnumpy: a rank was killed before the first checkpoint; start again." >&2
fi
"""
"""`read` fails where rank 0 ends without a word; an empty one says that all is well."""


class Witness:
    """A shell in a session of its own, which speaks if this process ends without having dismissed it.

    path: of the checkpoint from which a run goes on.
    """

    def __init__(self, path: Path):
        self._shell: subprocess.Popen | None = None
        if os.name == "posix":
            with suppress(OSError):  # a machine without a shell has no witness
                self._shell = subprocess.Popen(
                    ["/bin/sh", "-c", f"trap '' INT TERM HUP{SCRIPT}", "sh", str(path)],
                    stdin=subprocess.PIPE,
                    start_new_session=True,
                )

    def dismiss(self, last: str = "") -> None:
        """Send it home, and wait until it has gone. last: what it says before, on one line; "" for nothing."""
        if self._shell is not None:
            with suppress(OSError):
                self._shell.communicate(f"{last}\n".encode())
        self._shell = None
