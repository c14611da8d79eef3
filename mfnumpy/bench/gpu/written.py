"""What the steps wrote into a folder, read back; a file that is something else is named in one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfnumpy.errors import FormatError

NOTES = "NOTES.md"
"""Beside the results: what a person found out about them, in Markdown, for the page."""


@dataclass(frozen=True)
class Written:
    """One file of results.

    path: where it is.
    environment: as `support.environment` gives it.
    commit: of the code that wrote it; "" in files of older code, or where there was no checkout.
    results: without that of a step that failed.
    failed: why it failed, in a line; "" if it did not.
    """

    path: Path
    environment: dict[str, Any]
    commit: str
    results: list[dict[str, Any]]
    failed: str


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Raises FormatError, which names the file, for whatever goes wrong in reading or showing it."""
    try:
        yield
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}). Make it readable.") from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise FormatError(
            f"{path} is not what a step of `python -m mfnumpy.bench.gpu` writes ({why}). Copy it anew from where it "
            "was made, or take it out of the folder."
        ) from error


def read(path: Path) -> Written | None:
    """The results in a file, or None where there is no such file. Raises FormatError for anything else."""
    if not path.exists():
        return None
    with sound(path):
        body = json.loads(path.read_text("utf-8"))
        environment, results = _of(dict, body, "environment"), _of(list, body, "results")
        _of(dict, environment, "libraries")
        commit = _of(dict, body, "code")["commit"] if "code" in body else None
        _require(isinstance(commit, str | None), f"its commit is {commit!r:.20}")
        _require(all(isinstance(result, dict) for result in results), "a result is no object")
        failed = "; ".join(str(result["failed"]) for result in results if "failed" in result)
        return Written(path, environment, commit or "", [r for r in results if "failed" not in r], failed)


def _of(kind: type, body: Any, name: str) -> Any:
    """A part of a kind. Raises ValueError for another."""
    _require(isinstance(body, dict), f"it is no object but {body!r:.20}")
    _require(isinstance(body[name], kind), f"its {name} is {body[name]!r:.20}")
    return body[name]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def notes(folder: Path) -> str:
    """What stands in NOTES.md; "" without it. Raises FormatError if it cannot be read."""
    path = folder / NOTES
    if not path.exists():
        return ""
    with sound(path):
        return path.read_text("utf-8").strip()
