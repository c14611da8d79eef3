"""A bounded queue that can be closed: whoever waits at it, on either side, is woken up and sent home."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ClosedError(Exception):
    """The channel was closed while somebody waited at it, or before."""


class Channel(Generic[T]):
    """A first-in, first-out queue of at most `size` items between threads (None: no bound)."""

    def __init__(self, size: int | None = None):
        self.size = size
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: T) -> None:
        """Add an item; wait while the channel is full. Raises ClosedError."""
        with self._changed:
            while not self._closed and self.size is not None and len(self._items) >= self.size:
                self._changed.wait()
            if self._closed:
                raise ClosedError
            self._items.append(item)
            self._changed.notify_all()

    def get(self) -> T:
        """Take the oldest item; wait while there is none. Raises ClosedError."""
        with self._changed:
            while not self._closed and not self._items:
                self._changed.wait()
            if self._closed:
                raise ClosedError
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def empty(self) -> bool:
        """Whether there is nothing to take just now. Raises ClosedError."""
        with self._changed:
            if self._closed:
                raise ClosedError
            return not self._items

    def close(self) -> None:
        """Send everybody home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
