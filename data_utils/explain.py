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
PACKED_KINDS = ("tar", "zip", "7z", "rar", "zstd", "lz4", "lzip", "compress", "twice", "unfinished")
"""Kinds of files in which anything may be."""

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
    """Where to get the files of a data set and where to put them, for the end of an error message.

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
    """Say what lies in the folders that a person has named and is not used for this set; "" if there is nothing to say.

    Of a folder given as data_dir something is always said, of other places only what seems to be meant for the set.
    """
    used = set(find.gather(source, data_dir)[0].files.values())
    places = [place for place in find.where(source, data_dir) if place.deep]
    unused = [(place, content) for place in places for content in place.seen if content.path not in used]
    others = {content.path.parent for _, content in unused if whose(content) not in (None, source.name)}
    said = [
        content
        for place, content in unused
        if (data_dir and place is places[0] and _may_hold_it(source, place, content))
        or (content.path.parent not in others and _is_called_so(source, place, content))
        or source.name in variant(content)[0]
    ]
    if not said and data_dir and used.isdisjoint(content.path for content in places[0].seen):
        said = places[0].seen
        if not said:
            return f"{shown(data_dir)} holds no files (hidden ones are not looked at)."
    return _in_few_sentences(source, said)


def lies_unused(found: Found, data_dir: str | os.PathLike[str]) -> str:
    """Say what lies in the folder given where the files were found in another place; "" where they are in this one."""
    given = find.where(found.source, data_dir)[0].folder
    if any(given == above or given in above.parents for above in (path.parent for path in found.files.values())):
        return ""
    return lies_there(found.source, data_dir)


def _in_few_sentences(source: Source, contents: Sequence[Content]) -> str:
    """What files are, folder by folder; one sentence for those of which the same is to be said."""
    alike: dict[tuple[Path, str], list[Content]] = {}
    for content in contents:
        said = sentence(source, content).replace(shown(content.path.name), "")
        alike.setdefault((content.path.parent, said), []).append(content)
    folders: dict[Path, list[str]] = {}
    for (folder, _), same in list(alike.items())[:MOST_SENTENCES]:
        text, name = sentence(source, same[0]), shown(same[0].path.name)
        and_more = text if len(same) == 1 else text.replace(name, f"{name} (and {len(same) - 1} more)", 1)
        folders.setdefault(folder, []).append(and_more)
    more = f" There is more ({len(alike) - MOST_SENTENCES})." if len(alike) > MOST_SENTENCES else ""
    return " ".join(f"In {shown(folder)}: {'; '.join(texts)}." for folder, texts in folders.items()) + more


def _may_hold_it(source: Source, place: Place, content: Content) -> bool:
    """Whether a file in the folder given is the one that was named, an archive, or an IDX file where such count."""
    wanted = content.kind == "idx" and "idx" in "".join(source.members)
    return content.path == place.file or content.kind in PACKED_KINDS or wanted


def _is_called_so(source: Source, place: Place, content: Content) -> bool:
    """Whether a file's name, its folder's or its first members' are like the set's, and it is no sound other set."""
    near = " ".join([os.path.relpath(content.path, place.folder.parent), *content.names]).lower()
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
