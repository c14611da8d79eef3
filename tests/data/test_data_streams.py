"""Bounded reading: the right bytes, or FormatError, in bounded memory."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import random
import tracemalloc
import zlib

import pytest
from data_helpers import PACKERS
from hypothesis import given
from hypothesis import strategies as st

from data_utils import streams
from data_utils.streams import BoundedStream, expect_end, open_bounded, read_exactly
from mfnumpy.errors import FormatError, MissingDataError

PACKED = [suffix for suffix in PACKERS if suffix]


def stream_of(data: bytes, limit: int = 1 << 20) -> BoundedStream:
    return BoundedStream(io.BytesIO(data), "the file", limit)


def read_all(stream: BoundedStream, sizes=(1 << 20,)) -> bytes:
    pieces, i = [], 0
    while piece := stream.read(sizes[i % len(sizes)]):
        pieces.append(piece)
        i += 1
    return b"".join(pieces)


@pytest.mark.parametrize("suffix", PACKERS)
@given(data=st.binary(max_size=3000), sizes=st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_what_was_packed_is_read_whatever_the_read_sizes(suffix, data, sizes):
    data = b"x" + data  # a plain file must not happen to begin with a magic number
    assert read_all(stream_of(PACKERS[suffix](data)), sizes) == data


class Hesitant:
    """A decompressor that takes its input, gives nothing, and only then asks for more, as lzma's does now and then."""

    def __init__(self):
        self.inner, self.held, self.needs_input = zlib.decompressobj(wbits=31), b"", True

    eof = property(lambda self: self.inner.eof)
    unused_data = property(lambda self: self.inner.unused_data)

    def decompress(self, data, size):
        self.held, self.needs_input = self.held + data, not (self.held or data)
        piece, self.held = self.inner.decompress(self.held[:10]), self.held[10:]
        return piece


def test_a_decompressor_that_gives_nothing_and_then_asks_is_not_at_the_end(monkeypatch):
    monkeypatch.setitem(streams._UNPACKERS, b"\x1f\x8b", ("gzip", Hesitant))
    monkeypatch.setattr(streams, "CHUNK", 25)
    data = random.Random(3).randbytes(999)  # not to be packed tighter: many steps
    packed = gzip.compress(data)
    assert read_all(stream_of(packed)) == data
    with pytest.raises(FormatError, match="truncated"):
        read_all(stream_of(packed[:-30]))


@pytest.mark.parametrize("size", [512, 4096, 10_240])
@pytest.mark.parametrize("suffix", PACKERS)
def test_a_long_file_is_read_in_small_pieces(suffix, size):
    data = random.Random(6).randbytes(90_000) + bytes(40_000) + b"text " * 9_000
    stream = stream_of(PACKERS[suffix](data) + PACKERS[suffix](data))
    assert read_all(stream, (size,)) == data + data


@pytest.mark.parametrize("suffix", PACKED)
def test_members_and_zero_padding_are_read_through(suffix):
    pack = PACKERS[suffix]
    assert read_all(stream_of(pack(b"one ") + pack(b"two ") + b"\0" * 40 + pack(b"three") + b"\0" * 512)) == (
        b"one two three"
    )


@pytest.mark.parametrize("suffix", PACKED)
def test_a_file_cut_anywhere_is_a_format_error(suffix):
    packed = PACKERS[suffix](random.Random(3).randbytes(300))
    for length in range(6, len(packed)):  # shorter than its magic number it is a plain file
        with pytest.raises(FormatError, match="truncated"):
            read_all(stream_of(packed[:length]))


@pytest.mark.parametrize("suffix", PACKED)
def test_a_flipped_bit_never_gives_other_bytes(suffix):
    data = random.Random(4).randbytes(200)
    packed = PACKERS[suffix](data)
    caught = 0
    for position in range(6, len(packed)):
        broken = bytearray(packed)
        broken[position] ^= 0x10
        try:
            assert read_all(stream_of(bytes(broken))) == data  # gzip's time stamp may differ
        except FormatError:
            caught += 1
    assert caught > 0.9 * (len(packed) - 20)


@pytest.mark.parametrize("suffix", PACKED)
def test_rubbish_behind_the_end_is_a_format_error(suffix):
    with pytest.raises(FormatError):
        read_all(stream_of(PACKERS[suffix](b"data") + b"rubbish"))


@pytest.mark.parametrize("suffix", PACKED)
def test_a_bomb_fails_at_the_limit_in_bounded_memory(suffix):
    bomb = PACKERS[suffix](bytes(1 << 23)) * 40  # 336 MB of zeros
    assert len(bomb) < 1 << 19
    stream = stream_of(bomb, limit=3_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="unpacks to more"):
            read_all(stream, (1 << 16,))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000


def test_a_single_large_read_of_a_bomb_stops_at_the_limit_too():
    with pytest.raises(FormatError, match="unpacks to more"):
        stream_of(gzip.compress(bytes(1 << 24)), limit=1000).read(1 << 30)


def test_an_xz_file_that_asks_for_four_gigabytes_of_dictionary_is_refused():
    packed = bytearray(lzma.compress(b"small", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]))
    header = 12  # the block header follows the stream header
    size = (packed[header] + 1) * 4
    assert packed[header + 2 : header + 4] == b"\x21\x01"  # LZMA2, one byte of properties: the dictionary's size
    packed[header + 4] = 40  # 4 GiB - 1
    checksum = zlib.crc32(packed[header : header + size - 4])
    packed[header + size - 4 : header + size] = checksum.to_bytes(4, "little")
    with pytest.raises(FormatError, match="Memory usage limit"):
        stream_of(bytes(packed)).read(10)


def test_read_exactly_and_expect_end():
    stream = stream_of(b"abcdef")
    assert read_exactly(stream, 4, "letters") == b"abcd"
    with pytest.raises(FormatError, match="expected 3 bytes of letters; the file ends after 2"):
        read_exactly(stream, 3, "letters")
    expect_end(stream)
    with pytest.raises(FormatError, match="more bytes follow"):
        expect_end(stream_of(b"x"))


def test_a_promise_allocates_nothing():
    stream = stream_of(b"few bytes", limit=1 << 40)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            read_exactly(stream, 1 << 39, "a lot")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_fifo_and_a_folder_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(FormatError), open_bounded(path, 100):
            pass
    with pytest.raises(MissingDataError), open_bounded(tmp_path / "absent", 100):
        pass
