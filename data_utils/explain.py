"""What is said where a data set is not found, or something else lies in its place: what lies there, and what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from data_utils import find
from data_utils.contents import Content, look
from data_utils.find import Place
from data_utils.found import Found
from data_utils.source import Source
from data_utils.variants import sentence, variant, whose
from data_utils.wording import shown
from mfnumpy.errors import FormatError, MissingDataError, MissingLibraryError, OutputError

MOST_SENTENCES = 3
MOST_NAMES = 4

HINTS = {
    "mnist": r"mnist|ubyte|idx\d|digit|t10k|train-",
    "fashion_mnist": r"mnist|fashion|ubyte|idx\d|t10k|train-",
    "cifar10": r"cifar|data_batch|test_batch|trainlabels",
    "cifar100": r"cifar",
    "imdb": r"imdb|review",
    "transaction": r"santander|transaction|train[^/]*\.csv",
}
"""What in a path makes a file likely to be meant for a set."""


def advice(source: Source, absent: Sequence[str] = ()) -> str:
    """Return where to get the files of a data set and where to put them, for the end of an error message.

    absent: the parts that are missing; none for all of them.
    """
    files = [file for file in source.files if file.plain_name in absent] or list(source.files)
    named = ", ".join(file.name for file in files)
    address = files[0].urls[0] if len(files) == 1 else files[0].urls[0].removesuffix(files[0].name)
    them = "it" if len(files) == 1 else "them"
    try:
        into = f"into {shown(find.download_folder(source))}, or into a folder of your own,"
    except (OutputError, MissingLibraryError):
        into = "into a folder of your own,"
    by_command = f"by `mfnumpy data fetch {source.name}`, or " if source.downloadable else ""
    return (
        f"Get {named} {by_command}from {address}: put {them} {into} named by data_dir (--data-dir) or "
        f"MFNUMPY_DATA_DIR.{source.instead}"
    )


def missing(source: Source, data_dir: str | os.PathLike[str] | None = None) -> MissingDataError:
    """Build the error for files that are nowhere on this machine, to be raised by the caller."""
    looked = ", ".join(dict.fromkeys(shown(place.folder) for place in find.where(source, data_dir)))
    found, absent = find.gather(source, data_dir)
    names = [_file_name(source, found.form, part) for part in absent]
    if not found.files:
        names = [file.name for file in source.files]
    what = ", ".join(names) if found.files or len(names) == 1 else f"its {len(names)} files were"
    some = f" The other {len(found.files)} of its parts lie in {shown(found.folder)}." if found.files else ""
    there = lies_there(source, data_dir)
    return MissingDataError(
        f"{source.name}: {what} not found on this machine.{some}{there and ' '}{there} "
        f"Looked in and below: {looked}. {advice(source, absent)}"
    )


def _file_name(source: Source, form: str, part: str) -> str:
    """What the missing part of a form is called where it is published."""
    published = {file.plain_name: file.name for file in source.files}
    return published.get(part, f"{source.name}_{part}.csv" if form == "csv" else part)


def lies_there(source: Source, data_dir: str | os.PathLike[str] | None = None) -> str:
    """Say what lies in the folders that a person has named, is meant for this set and is not used; "" if nothing."""
    used = set(find.gather(source, data_dir)[0].files.values())
    given = [place for place in find.where(source, data_dir) if place.deep]
    unused = [(place, content) for place in given for content in place.seen if content.path not in used]
    alike: dict[tuple[Path, str], list[Content]] = {}
    for place, content in unused:
        if _is_meant(source, place, content):
            said = sentence(source, content).replace(shown(content.path.name), "")
            alike.setdefault((content.path.parent, said), []).append(content)
    if not alike:
        return _names_of([content for _, content in unused], data_dir, bool(used)) if data_dir else ""
    folders: dict[Path, list[str]] = {}
    for (folder, _), contents in list(alike.items())[:MOST_SENTENCES]:
        folders.setdefault(folder, []).append(_of_all(source, contents))
    more = f" There is more such ({len(alike) - MOST_SENTENCES})." if len(alike) > MOST_SENTENCES else ""
    return " ".join(f"In {shown(folder)}: {'; '.join(texts)}." for folder, texts in folders.items()) + more


def _of_all(source: Source, contents: Sequence[Content]) -> str:
    """One sentence for files of which the same is to be said."""
    text, name = sentence(source, contents[0]), shown(contents[0].path.name)
    return text if len(contents) == 1 else text.replace(name, f"{name} (and {len(contents) - 1} more)", 1)


def _names_of(contents: Sequence[Content], data_dir: str | os.PathLike[str], some_used: bool) -> str:
    """The names of what lies in the folder that was given, where none of it seems to be meant for the set."""
    names = [shown(content.path.name, 60) for content in contents]
    if some_used or not names:
        return "" if some_used else f"{shown(data_dir)} holds no files."
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{shown(data_dir)} holds {', '.join(names[:MOST_NAMES])}{more}: nothing of this set."


def _is_meant(source: Source, place: Place, content: Content) -> bool:
    """Whether a file seems to be meant for a set: it was named, is known as a variant of the set, or is called so."""
    if content.path == place.file or source.name in variant(content)[0]:
        return True
    if content.kind == "idx" and source.members and "idx" in source.members[0]:
        return True
    near = os.path.relpath(content.path, place.folder.parent).lower()
    return (
        content.kind != "text" and bool(re.search(HINTS[source.name], near)) and whose(content) in (None, source.name)
    )


EXPECTED = {
    "mnist": ("idx",),
    "fashion_mnist": ("idx",),
    "cifar10": ("tar",),
    "cifar100": ("tar",),
    "imdb": ("tar",),
    "transaction": ("csv", "text"),
}
"""The kinds of content of which a set's reader says more than can be said here."""


def refuse_something_else(found: Found) -> None:
    """Raise FormatError where a file is known to be something else than its name says; what is damaged passes."""
    source = found.source
    for part, path in found.files.items() if not find.is_sound(found) else ():
        content = look(path)
        fits = content.kind in ("bytes", "damaged", *EXPECTED[source.name])
        if variant(content)[0] or not fits or (content.kind == "tar" and whose(content) != source.name):
            raise FormatError(f"In {shown(path.parent)}: {sentence(source, content)}. {advice(source, [part])}")
