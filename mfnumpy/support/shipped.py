"""What travels beside the code: lessons, exercises and the ledger, in a checkout and in an installed package alike."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

from mfnumpy.errors import MissingDataError

PARTS = {
    "lessons": "notebooks/lessons",
    "exercises": "notebooks/exercises/student",
    "exercise_sources": "notebooks/exercises",
    "ledger": "docs/ledger",
}
"""Part -> its folder in a checkout. In a wheel it is share/mfnumpy/PART: [tool.setuptools.data-files]."""


def folder(part: str) -> Path:
    """The folder of one of PARTS: in the checkout that this module lies in, else where the wheel was installed.

    Raises MissingDataError if neither has it.
    """
    checkout = Path(__file__).resolve().parents[2]
    if (found := checkout / PARTS[part]).is_dir() and (checkout / "pyproject.toml").is_file():
        return found
    try:
        files = importlib.metadata.files("mfnumpy") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.parts[-4:-1] == ("share", "mfnumpy", part) and (path := Path(str(file.locate()))).is_file():
            return path.resolve().parent
    raise MissingDataError(
        f"This installation of mfnumpy has no {part.replace('_', ' ')}: they are in a checkout ({PARTS[part]}) and in "
        "the wheel. Install it again with: pip install --force-reinstall mfnumpy"
    )


def notebooks() -> dict[str, str]:
    """Lessons and exercises as the folders lessons/ and exercises/, side by side: {path: text}, in order.

    Links between them are those of the repository, turned to this layout. Raises MissingDataError as `folder` does.
    """
    found = {}
    for part in ("lessons", "exercises"):
        for path in sorted(folder(part).glob("*.ipynb")):
            text = path.read_text(encoding="utf-8").replace("../exercises/student/", "../exercises/")
            found[f"{part}/{path.name}"] = text.replace("../../lessons/", "../lessons/")
    return found


def unread(text: str) -> str:
    """A notebook's text without what its cells have printed: whoever reads it runs it first."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
