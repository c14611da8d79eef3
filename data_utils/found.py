"""Where the files of a data set are, and in which form: what `data_utils.find` answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data_utils.source import Source


@dataclass(frozen=True)
class Found:
    """The files of a data set.

    source: the data set.
    folder: in which they lie, the first of them where they lie in several.
    files: {name of the part: path}.
    form: as in `data_utils.forms`, which names the parts; "files" are those that the publisher names.
    """

    source: Source
    folder: Path
    files: dict[str, Path]
    form: str = "files"

    @property
    def archive(self) -> Path | None:
        """The archive, if the files are still packed in one."""
        return self.files.get(self.source.archive)
