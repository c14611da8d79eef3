"""A progress bar on standard error, where it is wanted and tqdm is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(label: str, total: int, done: int, show: bool | None) -> Iterator[Callable[[], object]]:
    """A `with` block that yields what moves the bar on by one.

    label: before the bar.
    total, done: how many steps there are, and how many of them were made before.
    show: whether a bar is wanted; None for only where standard error is a terminal.
    """
    show = sys.stderr.isatty() if show is None else show
    try:
        from tqdm.auto import tqdm
    except ImportError:
        show = False
    if not show:
        yield lambda: None
        return
    with tqdm(total=total, initial=done, desc=label, leave=False) as bar:
        yield bar.update
