"""IDX files: round trips, and every way in which a header can lie."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tracemalloc

import numpy as np
import pytest
from data_helpers import PACKERS, idx_bytes
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from data_utils import idx
from data_utils.streams import BoundedStream
from mfnumpy.errors import ChecksumError, FormatError, MfnumpyError

IMAGES = np.random.default_rng(1).integers(0, 256, (5, 4, 3), np.uint8)


def parse(data: bytes, **options):
    return idx.parse(BoundedStream(io.BytesIO(data), "file", 1 << 20), **options)


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)))
def test_what_was_written_is_read(array):
    read = parse(idx_bytes(array))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_array_or_a_typed_error(data):
    with contextlib.suppress(FormatError):
        assert parse(data).nbytes <= len(data)


@given(st.binary(max_size=60), st.integers(0, 30))
def test_a_spoilt_file_gives_an_array_of_its_own_size_or_a_typed_error(noise, position):
    data = idx_bytes(IMAGES)
    spoilt = data[:position] + noise + data[position + len(noise) :]
    with contextlib.suppress(FormatError):
        assert parse(spoilt).nbytes <= len(spoilt)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends after 0"),
        (b"\0\0\x08", "ends after 3"),
        (b"\x89PNG\r\n\x1a\n" * 9, "expected an IDX file"),
        (idx_bytes(IMAGES, magic=0x0900), "expected an IDX file"),  # signed bytes
        (idx_bytes(IMAGES, magic=0x10800), "expected an IDX file"),
        (b"\0\0\x08\0" + b"x" * 50, "expected an IDX file"),  # no dimensions
        (b"\0\0\x08\xff" + b"\1" * 2000, "expected an IDX file"),  # 255 dimensions
        (idx_bytes(IMAGES, (6, 4, 3)), "ends after 60"),
        (idx_bytes(IMAGES, (4, 4, 3)), "more bytes follow"),
        (idx_bytes(IMAGES, (2**32 - 1,) * 4), "promises"),  # 2^128: no machine integer holds it
        (idx_bytes(IMAGES, (65536, 65536, 1)), "promises"),  # 2^32: 0 in 32 bits
        (idx_bytes(IMAGES)[:-1], "ends after 59"),
    ],
)
def test_each_lie_is_named(data, message):
    with pytest.raises(FormatError, match=message):
        parse(data)


def test_another_shape_than_expected_is_refused():
    parse(idx_bytes(IMAGES), shape=(5, 4, 3))
    with pytest.raises(FormatError, match=r"\(6, 4, 3\); its header says \(5, 4, 3\)"):
        parse(idx_bytes(IMAGES), shape=(6, 4, 3))


def test_a_header_that_promises_200_megabytes_allocates_none():
    data = idx_bytes(IMAGES, (200, 1000, 1000))
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            parse(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize("suffix", PACKERS)
def test_the_digest_is_of_the_unpacked_bytes(tmp_path, suffix):
    data = idx_bytes(IMAGES)
    path = tmp_path / "file"
    path.write_bytes(PACKERS[suffix](data))
    np.testing.assert_array_equal(idx.read(path, sha256=hashlib.sha256(data).hexdigest()), IMAGES)
    with pytest.raises(ChecksumError, match="not the published one"):
        idx.read(path, sha256=hashlib.sha256(b"other").hexdigest())


def test_errors_are_mfnumpy_errors_and_name_the_file(tmp_path):
    path = tmp_path / "train-images"
    path.write_bytes(b"nonsense")
    with pytest.raises(MfnumpyError, match="train-images"):
        idx.read(path)
