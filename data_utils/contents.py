"""What a file is, told by its first bytes and never by its name, and what to do with what cannot be read.

    look(Path("train-images-idx3-ubyte.gz")).sentence()
    'train-images-idx3-ubyte.gz is a web page (HTML), saved in place of the file: open the address in a browser ...'

Of a packed file (gzip, bzip2, xz, lzma) the first unpacked bytes are looked at. Nothing more than those is read.
Source of the marks: `file`'s magic numbers, and the formats' own descriptions.
"""

from __future__ import annotations

import codecs
import os
import stat
import struct
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data_utils.streams import BoundedStream, open_regular
from data_utils.text import encoding_of
from data_utils.wording import shown
from mfnumpy.errors import FormatError, MissingDataError

HEAD = 16_384
"""So many bytes are looked at: the first headers of an archive, the first line of a table."""

UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".!ut", ".filepart", ".aria2")
"""How browsers and download managers end the names of files that they are still writing."""

_CODE = "reading one can run any code that its maker put in, so none is ever read here"
KINDS: dict[str, tuple[str, str]] = {
    # what can be read here
    "idx": ("an IDX file", ""),
    "tar": ("a tar archive", "unpack it (tar -xf FILE)"),
    "npz": ("a file of NumPy arrays (.npz)", ""),
    "csv": ("a table as text (CSV)", ""),
    "bytes": ("a file of no known format", ""),
    # what lies there in place of a file
    "folder": ("a folder", "name the file in it"),
    "absent": ("a link to a file that does not exist", "mend the link"),
    "special": ("a pipe, a socket or a device, not a file", "name a file or a folder of files"),
    "closed": ("not readable for you", "change its permissions"),
    "empty": ("an empty file", "download it again"),
    "unfinished": ("a download that has not finished", "let it finish, or start it again"),
    "damaged": ("damaged or cut off", "download it again"),
    "html": (
        "a web page (HTML), saved in place of the file",
        "open the address in a browser, which may ask for a login, and download the file itself",
    ),
    "xml": ("a server's answer in XML, saved in place of the file", "read what it says and download the file again"),
    "json": ("a text in JSON", "take the data file itself"),
    "lfs": ("a Git LFS pointer, which only names the real file", "run `git lfs pull` in its repository"),
    "text": ("a text", "take the data file itself"),
    # packed in another way
    "zip": ("a zip archive", "unpack it (unzip FILE) and name the folder"),
    "7z": ("a 7-Zip archive", "unpack it (7z x FILE) and name the folder"),
    "rar": ("a RAR archive", "unpack it (unrar x FILE) and name the folder"),
    "zstd": ("packed by Zstandard", "unpack it (zstd -d FILE)"),
    "lz4": ("packed by LZ4", "unpack it (lz4 -d FILE)"),
    "lzip": ("packed by lzip", "unpack it (lzip -d FILE)"),
    "compress": ("packed by the old compress (.Z)", "unpack it (gunzip FILE)"),
    "twice": ("packed twice", "unpack it once (for gzip: gunzip FILE)"),
    # other formats
    "pickle": ("a Python pickle", _CODE),
    "torch": ("a file of PyTorch, which holds a pickle", _CODE),
    "npy": ("a single NumPy array (.npy)", "take the files as published"),
    "mat": ("a MATLAB file", "MATLAB's files are not read here"),
    "hdf5": ("an HDF5 file", "HDF5 is not read here"),
    "parquet": ("a Parquet file, as on Hugging Face", "Parquet is not read here"),
    "arrow": ("an Arrow file, as Hugging Face's cache keeps them", "Arrow is not read here"),
    "sqlite": ("an SQLite database", "take the files as published"),
    "excel": ("an Excel workbook", "save the sheet as CSV"),
    "picture": ("a picture", "single pictures are not read here"),
    "pdf": ("a PDF document", "take the data file itself"),
}
"""Kind: what it is, and what to do."""

_MAGICS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x93NUMPY", "npy"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"LZIP", "lzip"),
    (0, b"\x1f\x9d", "compress"),
    (0, b"\x1f\xa0", "compress"),
    (0, b"\x1f\x8b", "twice"),
    (0, b"BZh", "twice"),
    (0, b"\xfd7zXZ\x00", "twice"),
    (0, b"MATLAB ", "mat"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"PAR1", "parquet"),
    (0, b"ARROW1", "arrow"),
    (0, b"FEA1", "arrow"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"GIF8", "picture"),
    (0, b"%PDF", "pdf"),
    (0, b"version https://git-lfs.github.com/spec/", "lfs"),
)


@dataclass(frozen=True)
class Content:
    """What lies at a path.

    path: looked at.
    kind: a key of KINDS.
    packed: "gzip", "bzip2", "xz", "lzma", or "" where it is not packed.
    size: of the file, in bytes.
    shape: of an IDX array, as its header says.
    names: of the first members of an archive.
    line: the first line of a text.
    head: the first bytes, unpacked.
    """

    path: Path
    kind: str
    packed: str = ""
    size: int = 0
    shape: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    line: str = ""
    head: bytes = b""

    def sentence(self, what: str = "", remedy: str = "") -> str:
        """Say in one sentence what it is and what to do, without a full stop. what, remedy: in place of the kind's."""
        if self.kind == "idx" and not what:
            what = f"an IDX array of shape {self.shape}"
        known = KINDS[self.kind]
        remedy = (remedy or known[1]).replace("FILE", shown(self.path.name, 60))
        return f"{shown(self.path.name)} is {what or known[0]}" + (f": {remedy}" if remedy else "")


def look(path: Path) -> Content:
    """What lies at a path. Never raises, and opens regular files only: a pipe would wait for ever."""
    try:
        facts = path.stat()
    except OSError as error:
        return Content(path, "closed" if isinstance(error, PermissionError) else "absent")
    if stat.S_ISDIR(facts.st_mode):
        return Content(path, "folder" if os.access(path, os.R_OK | os.X_OK) else "closed")
    if not stat.S_ISREG(facts.st_mode):
        return Content(path, "special")
    if path.name.lower().endswith(UNFINISHED):
        return Content(path, "unfinished", size=facts.st_size)
    try:
        with open_regular(path) as raw:
            stream = BoundedStream(raw, shown(path), HEAD)
            packed = "" if stream.kind == "plain" else stream.kind
            head, whole = _beginning(stream)
    except (FormatError, MissingDataError):
        return Content(path, "damaged" if os.access(path, os.R_OK) else "closed", size=facts.st_size)
    if not head:
        return Content(path, "empty" if whole else "damaged", packed, facts.st_size)
    kind, more = recognise(head)
    return Content(path, kind, packed, facts.st_size, head=head[:64], **more)


def _beginning(stream: BoundedStream) -> tuple[bytes, bool]:
    """The first HEAD unpacked bytes, or fewer where the file ends or is damaged before; and whether it is sound."""
    head = b""
    try:
        while len(head) < HEAD and (piece := stream.read(min(512, HEAD - len(head)))):
            head += piece
    except FormatError:
        return head, False
    return head, True


def recognise(head: bytes) -> tuple[str, dict]:
    """The kind of an unpacked file by its first bytes, and what they say besides: fields of `Content`."""
    if shape := _idx_shape(head):
        return "idx", {"shape": shape}
    if names := _tar_names(head):
        return "tar", {"names": names}
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(head)
    for at, magic, kind in _MAGICS:
        if head.startswith(magic, at):
            return kind, {}
    if (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05" and len(head) > 2) or b"cnumpy." in head[:4096]:
        return "pickle", {}
    return _kind_of_text(head)


def _idx_shape(head: bytes) -> tuple[int, ...]:
    """The shape in an IDX header, of whatever element type; () for anything else."""
    if len(head) < 8 or head[:2] != b"\0\0" or head[2] not in (8, 9, 11, 12, 13, 14) or not 1 <= head[3] <= 4:
        return ()
    size = 4 * head[3]
    return struct.unpack(f">{head[3]}I", head[4 : 4 + size]) if len(head) >= 4 + size else ()


def _tar_names(head: bytes) -> tuple[str, ...]:
    """The names of the members whose headers lie in the first bytes of a tar archive; () for anything else."""
    names: list[str] = []
    start = 0
    while len(head) >= start + 512:
        try:
            info = tarfile.TarInfo.frombuf(head[start : start + 512], "utf-8", "replace")
        except (tarfile.TarError, ValueError, OverflowError):
            break
        if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE):
            names.append(str(PurePosixPath(info.name)))
        start += 512 + (0 if info.isdir() else -(-max(info.size, 0) // 512) * 512)
    return tuple(names) or (("?",) if start else ())


def _kind_of_zip(head: bytes) -> tuple[str, dict]:
    """A zip archive by the name of its first member: NumPy's arrays, PyTorch's pickles and Excel's sheets are zips."""
    length = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + length].decode("utf-8", "replace")
    if name.endswith(".npy"):
        return "npz", {"names": (name,)}
    if name.endswith("data.pkl"):
        return "torch", {"names": (name,)}
    return ("excel" if name in ("[Content_Types].xml", "_rels/.rels") else "zip"), {"names": (name,)}


def _kind_of_text(head: bytes) -> tuple[str, dict]:
    encoding = encoding_of(head)
    if encoding == "utf-8" and b"\0" in head:
        return "bytes", {}
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)  # the last character may be cut in two
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<script", "<body")) or "<html" in start[:1000]:
        return "html", {}
    if "\ufffd" in text or any(c < " " and c not in "\t\r\n\f" for c in text):
        return "bytes", {}
    if start.startswith("<?xml"):
        return "xml", {}
    line = text.splitlines()[0] if text.strip() else ""
    if start.startswith(("{", "[")):
        return "json", {"line": line}
    return ("csv" if max(line.count(c) for c in ",;\t") else "text"), {"line": line}
