"""What NumPy, Python and this package looked like before the student's first line, and what was replaced in them since.

That tells of `np.abs = ...` and of a replaced entry of a table. It stands in the student's own process, so who knows of
it can hide from it: the judge does not depend on it.
"""

from __future__ import annotations

import sys
import types
from typing import Any

WATCHED = ("builtins", "numpy", "mfnumpy", "data_utils")
MOST = 20
"""So many replaced names are told."""


class Snapshot:
    """The attributes of all watched modules, of the classes in them, and the entries of their tables."""

    def __init__(self) -> None:
        self.tables: list[tuple[str, Any, dict]] = []
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in WATCHED and isinstance(module, types.ModuleType):
                self._keep(name, vars(module))
                for key, item in list(vars(module).items()):
                    if isinstance(item, type) and item.__module__.partition(".")[0] in WATCHED[2:]:
                        self._keep(f"{name}.{key}", vars(item))
                    elif isinstance(item, dict) and name.partition(".")[0] in WATCHED[2:]:
                        self._keep(f"{name}.{key}", item)

    def _keep(self, name: str, table: Any) -> None:
        self.tables.append((name, table, dict(table)))

    def changed(self) -> list[str]:
        """The names that hold another object now, or none any more; new names do not count."""
        found = []
        for name, table, before in self.tables:
            for key, item in before.items():
                if isinstance(key, str) and key.startswith("_"):
                    continue
                if key not in table or table[key] is not item:
                    found.append(f"{name}.{key}")
        return sorted(set(found))[:MOST]
