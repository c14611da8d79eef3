"""Options that take several words, with spaces or commas between them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any


def words(values: Sequence[str]) -> list[str]:
    """The words of an option that takes several, with spaces or commas between them."""
    return [word for value in values for word in value.replace(",", " ").split()]


class Words(argparse.Action):
    """An option that takes several words, with spaces or commas between them.

    option_strings, dest: as argparse gives them.
    known: which words there are; None where the command itself checks them.
    more: all else that an action takes.
    """

    def __init__(self, option_strings: Sequence[str], dest: str, known: Iterable[str] | None = None, **more: Any):
        super().__init__(option_strings, dest, nargs="+", **more)
        self.known = None if known is None else list(known)
        if self.known is not None and self.metavar is None:
            self.metavar = "{" + ",".join(self.known) + "}"

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option: str | None = None) -> None:
        """Keep the words, or end with exit code 2 for one that is not known.

        parser, namespace, values: as argparse gives them.
        option: as it was typed.
        """
        found = words(values)
        for word in found:
            if self.known is not None and word not in self.known:
                raise argparse.ArgumentError(self, f"invalid choice: {word!r} (choose from {', '.join(self.known)})")
        setattr(namespace, self.dest, found)
