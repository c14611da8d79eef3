"""What lies in a folder and below it: looked at within bounds, whatever the folder is.

A person may name a home folder, a folder with 60,000 pictures, or one whose links lead round in a circle.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from data_utils.contents import Content, look

DEPTH = 4
"""So many folders below the one that was named; archives unpack into two or three."""

MOST_FOLDERS = 200
MOST_ENTRIES = 5_000
"""Of one folder, by name."""

SYSTEM = frozenset(map(Path, ("/proc", "/sys", "/dev")))
"""Folders that are passed over: files in them may wait for ever when they are read, or hold the machine's memory."""

MOST_FILES = 500
MOST_ALIKE = 25
"""So many files are looked at in all, and of one folder with the same ending."""


def survey(folder: Path, depth: int = DEPTH) -> list[Content]:
    """What lies in a folder: what is nearer first, then by name. Folders that cannot be listed are `closed`.

    depth: how many folders below it are looked into as well. Hidden files and folders are passed over.
    """
    seen: list[Content] = []
    for path in _paths(folder, depth):
        seen.append(look(path))
        if len(seen) >= MOST_FILES:
            break
    return seen


def _paths(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the paths to be looked at, level by level; of folders, only those that cannot be listed."""
    level, known = [folder], set()
    for _ in range(depth + 1):
        below: list[Path] = []
        for place in level:
            try:
                if place.resolve() in SYSTEM:
                    continue
                facts = place.stat()
                if (facts.st_dev, facts.st_ino) in known:
                    continue  # a link that leads round in a circle, or two that lead to the same folder
                known.add((facts.st_dev, facts.st_ino))
                folders, files = _listed(place)
            except OSError:
                yield place
                continue
            below += folders
            yield from files
        level = below[:MOST_FOLDERS]


def _listed(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folders and the files in a folder, by name; of files with the same ending only the first few."""
    with os.scandir(folder) as entries:
        listed = list(islice(entries, MOST_ENTRIES))
    folders, files, alike = [], [], Counter[str]()
    for entry in sorted(listed, key=lambda entry: entry.name):
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            continue
        if entry.is_dir():
            folders.append(path)
            continue
        alike[path.suffix] += 1
        if alike[path.suffix] <= MOST_ALIKE:
            files.append(path)
    return folders, files
