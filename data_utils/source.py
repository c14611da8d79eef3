"""What there is to know of a data set: the two records of which `data_utils.registry` is a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """One official file: its name, where it is published, what its bytes must be.

    name: as published.
    urls: its addresses, tried in this order.
    md5: of the file as published (packed).
    limit: the most bytes that a download of it may have; a server that sends more is cut off.
    sha256: of its unpacked bytes, "" where none is published.
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

    name: in `load`.
    title: in words.
    kind: "image", "table" or "text".
    samples: the official training and test part; (all, 0) where we hold out the test part ourselves.
    sample_shape: (H, W, C) of an image, else (number of features,).
    class_names: one for each class.
    scaling: its own, a name of `data_utils.scaling`.
    largest: the largest value that x can have, None where there is none.
    licence, citation: what its publisher states.
    used_for: tables and figures of the paper.
    files: the official ones; () for a set without.
    members: the files that are read, as named inside the archive, if there is one.
    archive: its name without the compression's suffix, "" without one.
    folders: sub-folders of a data folder in which files may lie, apart from the folder itself.
    system_folder: where an operating system's package puts the files, "" for nowhere.
    lazy: whether batches are converted when they are taken, unless asked otherwise.
    openml: the number of its table at OpenML, 0 for none.
    instead: what to use where the files cannot be had.
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
