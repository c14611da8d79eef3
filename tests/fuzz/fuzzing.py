"""What the fuzz harnesses share: start from good files, bound time per input and memory, print nothing else.

    python tests/fuzz/fuzz_idx.py -max_total_time=30

Coverage-guided, by atheris (pip install atheris; Linux and macOS). Not collected by pytest. An input that breaks a
reader is written to the folder in which the run was started, as crash-...; run the harness with its name to see why.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris

MEMORY_MB = 700
SECONDS_PER_INPUT = 10


_FOLDERS: list[tempfile.TemporaryDirectory] = []


def memory_file(name: str) -> Path:
    """Return the path of a file that is written for each input: in memory where the system offers that."""
    memory = Path("/dev/shm")
    _FOLDERS.append(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None))
    return Path(_FOLDERS[-1].name) / name


def run(one_input: Callable[[bytes], None], seeds: Iterable[bytes], max_len: int) -> None:
    """Fuzz until -max_total_time is over or an input raises anything that is not caught in `one_input`."""
    bounds = [f"-rss_limit_mb={MEMORY_MB}", f"-timeout={SECONDS_PER_INPUT}", f"-max_len={max_len}"]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        atheris.Setup([sys.argv[0], *bounds, *sys.argv[1:], *([] if names else [corpus])], one_input)
        atheris.Fuzz()
