"""Options that take several words, with spaces or commas between them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from mfnumpy.errors import unknown_name


def words(values: Sequence[str]) -> list[str]:
    """The words of an option that takes several, with spaces or commas between them."""
    return [word for value in values for word in value.replace(",", " ").split()]


class Words(argparse.Action):
    """An option that takes several words, with spaces or commas between them.

    option_strings, dest: as argparse gives them.
    known: which words there are; None where the command itself checks them.
    kind: what such a word names, for the error.
    more: all else that an action takes.
    """

    def __init__(
        self,
        option_strings: Sequence[str],
        dest: str,
        known: Iterable[str] | None = None,
        kind: str = "value",
        **more: Any,
    ):
        super().__init__(option_strings, dest, nargs="+", **more)
        self.known, self.kind = None if known is None else list(known), kind
        if self.known is not None and self.metavar is None:
            self.metavar = "{" + ",".join(self.known) + "}"

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option: str | None = None) -> None:
        """Keep the words.

        parser, namespace, values: as argparse gives them.
        option: as it was typed.
        Raises UnknownNameError for a word that is not known.
        """
        found = words(values)
        for word in found:
            if self.known is not None and word not in self.known:
                raise unknown_name(self.kind, word, self.known)
        setattr(namespace, self.dest, found)
