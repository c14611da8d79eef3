"""What a record, and a result of the GPU, says of the code that made it."""

from __future__ import annotations

import functools
import hashlib
import subprocess
from pathlib import Path
from typing import Any

from mfnumpy.support.version import __version__

PACKAGE = Path(__file__).resolve().parents[1]
CORE = (
    *("backend", "batches", "blocks", "engines", "equations", "fast", "layers", "measure"),
    *("network", "optim", "rules", "support/seeding", "train"),
)
"""What a history depends on, beside the data and NumPy."""


@functools.cache
def code_version() -> dict[str, Any]:
    """{"version", "core": hash of the engine's sources, "commit": of the checkout, None where there is none}."""
    digest = hashlib.sha256()
    for name in CORE:
        path = PACKAGE / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
            digest.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return {"version": __version__, "core": digest.hexdigest()[:12], "commit": _commit()}


def _commit() -> str | None:
    try:
        command = ["git", "-C", str(PACKAGE), "rev-parse", "HEAD"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
