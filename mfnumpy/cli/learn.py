"""Open the lessons in JupyterLab: they and the exercises are copied into a folder first, never over your own work."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from pathlib import Path

from mfnumpy.errors import unknown_name
from mfnumpy.support import shipped
from mfnumpy.support.files import atomic_write, make_folder
from mfnumpy.support.optional import require

NOTE = ".mfnumpy.json"
"""In the folder: the hash of each notebook as it was copied, by which one tells whether its reader has changed it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy learn`."""
    parser.add_argument("lesson", nargs="?", default="00", help="the lesson to open, e.g. 07 (default: 00)")
    parser.add_argument("--folder", default="mfnumpy-lessons", help="where your copies are (default: mfnumpy-lessons)")
    parser.add_argument("--copy-only", action="store_true", help="copy the notebooks and open nothing")
    parser.add_argument("--no-browser", action="store_true", help="start JupyterLab and print its address")
    parser.add_argument("--port", type=int, help="of JupyterLab (default: the next free one from 8888)")


def run(args: argparse.Namespace) -> int:
    """Copy the notebooks, then run JupyterLab until it is closed; returns 0.

    Raises UnknownNameError for a lesson that is not there, MissingLibraryError without JupyterLab, OutputError where
    the folder cannot be written.
    """
    offered = shipped.notebooks()
    lessons = {Path(path).name[:2]: path for path in offered if path.startswith("lessons/")}
    if (number := args.lesson.zfill(2)) not in lessons:
        raise unknown_name("lesson", args.lesson, lessons)
    lab = None if args.copy_only else require("jupyterlab.labapp", "learn")
    folder = make_folder(args.folder)
    new, kept = copy(offered, folder)
    print(f"Lessons and exercises are in {folder}: {new} new, {len(kept)} kept as you left them.")
    if lab is not None:
        lab.main(jupyter_options(folder, lessons[number], args))
    return 0


def copy(offered: dict[str, str], folder: Path) -> tuple[int, list[str]]:
    """Write the notebooks, without their results, into a folder; one that its reader has changed stays as it is.

    offered: {path: text}. Returns how many were written, and the paths of those that were kept. Raises OutputError.
    """
    copied, kept, new = _noted(folder), [], 0
    for path, text in offered.items():
        fresh, target = shipped.unread(text).encode(), folder / path
        before = _hash(target.read_bytes()) if target.is_file() else None
        if before not in (None, copied.get(path), _hash(fresh)):
            kept.append(path)
            continue
        if before != _hash(fresh):
            with atomic_write(target) as file:
                file.write(fresh)
            new += 1
        copied[path] = _hash(fresh)
    with atomic_write(folder / NOTE) as file:
        file.write(json.dumps(copied, indent=1).encode())
    return new, kept


def jupyter_options(folder: Path, lesson: str, args: argparse.Namespace) -> list[str]:
    """JupyterLab's command line: nothing that it starts asks, or looks beyond this machine.

    folder: that it serves.
    lesson: the file that it opens, relative to the folder.
    args: of the command; `no_browser` and `port` are read.
    """
    options = [
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{lesson}",
        "--ServerApp.log_level=WARN",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    options += ["--no-browser"] if args.no_browser else []
    options += ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # in a container, as a rule
    return options + ([f"--port={args.port}"] if args.port else [])


def _noted(folder: Path) -> dict[str, str]:
    """What was noted at the last copy; nothing if the note is lost or spoilt: then every other notebook is kept."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
