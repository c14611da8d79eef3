"""Code in a lesson is shown from the package's own source, so that text and program cannot drift apart."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mfnumpy.errors import InvalidValueError

MIME = "application/x-mfnumpy-source"
"""Metadata key under which a notebook remembers whose source an output shows; `build --check` reads it."""


@dataclass(frozen=True)
class Source:
    """The source of some functions, methods or classes, displayed as Python code in a notebook.

    names: where each is found, "package.module:qualified.name".
    """

    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The code as it stands in the package today, each part under a comment that says where it lives."""
        parts = []
        for name in self.names:
            module, _, qualified = name.partition(":")
            code = textwrap.dedent(inspect.getsource(find(name))).rstrip()
            parts.append(f"# {module.replace('.', '/')}.py, {qualified}\n{code}")
        return "\n\n\n".join(parts)

    @property
    def markdown(self) -> str:
        """The text, fenced."""
        return f"```python\n{self.text}\n```"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {"text/markdown": self.markdown, "text/plain": self.text}
        return data, {MIME: list(self.names)}

    def __str__(self) -> str:
        return self.text


def show_source(*objects: Callable[..., Any] | type) -> Source:
    """Show functions, methods or classes of this package in a lesson, from their own source.

    Raises InvalidValueError for something that is not defined in an importable module (a notebook's own function).
    """
    names = []
    for thing in objects:
        name = f"{getattr(thing, '__module__', None)}:{getattr(thing, '__qualname__', None)}"
        if "None" in name or "<" in name or name.startswith("__main__:"):
            raise InvalidValueError(f"Only functions and classes of a module have a source to show; got {thing!r}.")
        names.append(name)
    return Source(tuple(names))


def find(name: str) -> Any:
    """The object that "package.module:qualified.name" names. Raises ImportError or AttributeError if it is gone."""
    module, _, qualified = name.partition(":")
    thing: Any = importlib.import_module(module)
    for part in qualified.split("."):
        thing = getattr(thing, part)
    return thing
