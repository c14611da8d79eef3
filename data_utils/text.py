"""Lines of a text file that may be broken or hostile, in whatever encoding a spreadsheet has saved it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from data_utils.streams import Readable
from mfnumpy.errors import FormatError

MAX_LINE = 16_384
"""The most bytes of a line; a row of Santander's train.csv has about 1,500."""

_PIECE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """The encoding of a text by its byte order mark, or by the zeros of UTF-16 without one; else 'utf-8'."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    zeros = "".join("0" if byte == 0 else "x" for byte in head[:4])
    return {"x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(zeros, "utf-8")


def lines_of(stream: Readable, last_may_be_open: bool = False) -> Iterator[str]:
    """Yield the lines of an ASCII text, whatever its encoding and with or without a byte order mark.

    last_may_be_open: accept a last line without its end, where something else tells that the file is whole.
    Raises FormatError for a line over MAX_LINE bytes, bytes that are no text, or a last line without its end.
    """
    rest = b""
    for piece in _ascii(stream):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > MAX_LINE or any(len(line) > MAX_LINE for line in whole):
            raise FormatError(f"{stream.name}: a line is longer than {MAX_LINE} bytes. Is it another file?")
        yield from (line.decode("ascii").rstrip("\r") for line in whole)
    if rest and not last_may_be_open:  # a number cut short is still a number: nothing but the missing newline tells
        raise FormatError(
            f"{stream.name}: expected a newline at the end; the last line has none: the file is truncated. "
            "Download it again (or, if you know that it is whole, add the newline)."
        )
    if rest:
        yield rest.decode("ascii").rstrip("\r")


def _ascii(stream: Readable) -> Iterator[bytes]:
    """The text in ASCII, piece by piece."""
    piece = stream.read(_PIECE)
    decoder = codecs.getincrementaldecoder(encoding_of(piece))()
    try:
        while piece:
            yield decoder.decode(piece).encode("ascii")
            piece = stream.read(_PIECE)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise FormatError(f"{stream.name}: expected plain text; {error}.") from error
