"""One file of results for each step, whole at any time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mfnumpy.support.environment import environment
from mfnumpy.support.files import atomic_write
from mfnumpy.support.provenance import code_version


class Results:
    """The results of one step: written to `folder/name.json` with each one that is added, and printed."""

    def __init__(self, folder: Path, name: str):
        self.path, self.name = folder / f"{name}.json", name
        self.body: dict[str, Any] = {
            "step": name,
            "code": code_version(),
            "environment": environment(),
            "results": [],
        }

    def add(self, line: str, **result: Any) -> None:
        """Write one more result, and print it. line: for a person."""
        self.body["results"].append(result)
        with atomic_write(self.path, "w") as file:
            json.dump(self.body, file, indent=1)
        print(f"{self.name}: {line}", flush=True)
