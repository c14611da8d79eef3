"""What there is to know of a data set: the two records of which `data_utils.registry` is a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """One official file: its name, where it is published, what its bytes must be.

    md5: of the file as published (packed). sha256: of its unpacked bytes, "" where none is published.
    limit: the most bytes that a download of it may have; a server that sends more is cut off.
    """

    name: str
    urls: tuple[str, ...]
    md5: str
    limit: int
    sha256: str = ""

    @property
    def plain_name(self) -> str:
        """The name without .gz, as it lies in a folder where someone has unpacked it."""
        return self.name.removesuffix(".gz")


@dataclass(frozen=True)
class Source:
    """One data set.

    samples: the official training and test part; (all, 0) where we hold out the test part ourselves. members:
    the files that are read, as named inside the archive, if there is one. archive: its name without the
    compression's suffix. folders: sub-folders of a data folder in which files may lie, apart from the folder
    itself.
    """

    name: str
    title: str
    kind: str  # "image", "table" or "text"
    samples: tuple[int, int]
    sample_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    scaling: str
    largest: float | None
    licence: str
    citation: str
    used_for: str
    files: tuple[RemoteFile, ...] = ()
    members: tuple[str, ...] = ()
    archive: str = ""
    folders: tuple[str, ...] = ()
    system_folder: str = ""  # where an operating system's package puts the files
    lazy: bool = False
    openml: int = 0  # the number of its table at OpenML
    instead: str = ""  # what to use where the files cannot be had

    @property
    def downloadable(self) -> bool:
        """Whether its files may be fetched without asking anyone."""
        return bool(self.openml) or (bool(self.files) and all(file.md5 for file in self.files))
