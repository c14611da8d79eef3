"""Archives that are made to do harm: read in linear time and bounded memory, or refused in a short line."""

from __future__ import annotations

import io
import itertools
import tarfile
import tracemalloc
from dataclasses import replace

import pytest
from data_helpers import tar_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from test_data_reviews import make_members

from data_utils import load, registry, tars
from mfnumpy.errors import FormatError

BLOCK = tarfile.BLOCKSIZE
FILES = [("a/one.txt", b"1" * 700), ("a/two.txt", b"22"), ("three.txt", b"")]


def header(kind: bytes, body: bytes, name: str = "header") -> bytes:
    """An extended header of this type and body."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(body)
    return info.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % BLOCK)


def record(key: str, value: str) -> bytes:
    """One PAX record, with its own length before it."""
    rest = f" {key}={value}\n".encode("utf-8", "surrogateescape")
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def records(count: int, start: int = 0) -> bytes:
    return b"".join(record(f"key{start + i}", "v") for i in range(count))


def members(tmp_path, data: bytes, limit: int = 1 << 22) -> list[tuple[str, bytes]]:
    path = tmp_path / "archive.tar"
    path.write_bytes(data)
    return [(member.name, member.read(1 << 20)) for member in tars.members(path, limit)]


def outcome(tmp_path, data: bytes) -> list[tuple[str, bytes]] | FormatError:
    try:
        return members(tmp_path, data)
    except FormatError as error:
        return error


def test_what_tarfile_writes_is_read_in_each_of_its_formats(tmp_path):
    long = "/".join(["folder" * 8] * 4) + "/caf\u00e9.txt"
    for kind, globals_ in itertools.product(
        (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT), ({}, {"comment": "c"})
    ):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=kind, pax_headers=globals_) as archive:
            for name, data in [*FILES, (long if kind != tarfile.USTAR_FORMAT else "short", b"deep")]:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            folder = tarfile.TarInfo("folder/")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
        read = members(tmp_path, buffer.getvalue())
        assert read[:3] == FILES
        assert read[3:] == [(long if kind != tarfile.USTAR_FORMAT else "short", b"deep")]


def test_a_member_may_be_left_unread_or_read_in_pieces(tmp_path):
    path = tmp_path / "archive.tar"
    path.write_bytes(tar_bytes(FILES))
    names = [member.name for member in tars.members(path, 1 << 20)]
    assert names == [name for name, _ in FILES]
    pieces = [(m.name, m.read(3), m.read(600), m.read(600)) for m in tars.members(path, 1 << 20)]
    assert pieces[0] == ("a/one.txt", b"111", b"1" * 600, b"1" * 97)
    assert pieces[1] == ("a/two.txt", b"22", b"", b"")


def test_a_local_path_and_size_go_before_global_ones_and_hold_for_one_member(tmp_path):
    first, second = tar_bytes(FILES[:1])[:-1024].rstrip(b"\0"), tar_bytes(FILES[1:2])
    first += bytes(-len(first) % BLOCK)
    said = header(tarfile.XHDTYPE, record("path", "renamed.txt") + record("size", "700"))
    assert members(tmp_path, said + first + second) == [("renamed.txt", b"1" * 700), FILES[1]]


FLOODS = {
    "global headers": b"".join(header(tarfile.XGLTYPE, records(20, 20 * i)) for i in range(300)),
    "large global headers": b"".join(header(tarfile.XGLTYPE, records(3000, 3000 * i)) for i in range(9)),
    "headers of one member": b"".join(header(tarfile.XHDTYPE, record("a", "b")) for _ in range(300)),
    "long names": b"".join(header(tarfile.GNUTYPE_LONGNAME, b"n" * 30_000) for _ in range(9)),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_extended_headers_is_refused(tmp_path, flood):
    with pytest.raises(FormatError, match=r"extended headers \(.*\) for 0 members") as caught:
        members(tmp_path, FLOODS[flood] + tar_bytes(FILES))
    assert len(str(caught.value)) < 300


def test_a_flood_between_members_is_refused_too(tmp_path):
    few = header(tarfile.XHDTYPE, record("mtime", "1.5") * 60)
    one = tar_bytes(FILES[1:2])[: 2 * BLOCK]
    assert len(members(tmp_path, (few + one) * 200 + bytes(1024))) == 200
    many = header(tarfile.XHDTYPE, records(3000))
    with pytest.raises(FormatError, match="extended headers"):
        members(tmp_path, (many + one) * 50 + bytes(1024))


@pytest.mark.timeout(60)
def test_what_headers_say_is_not_kept(tmp_path):
    """Many members behind one large global header, whose 4,000 keys would need some 300 kB."""
    told = header(tarfile.XGLTYPE, records(4000))
    path = tmp_path / "archive.tar"
    path.write_bytes(told + (header(tarfile.XHDTYPE, record("mtime", "1")) + tar_bytes(FILES[1:2])[: 2 * BLOCK]) * 400)
    tracemalloc.start()
    try:
        assert sum(1 for _ in tars.members(path, 1 << 22)) == 400
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 300_000


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        b"9" * 60_000,  # a search for digits before a keyword takes quadratic time
        b"9" * 5000 + b" path=x\n",
        b"12 path=x",
        b"0 path=x\n",
        b"-9 path=x\n",
        b"9 path",
        b" path=x\n",
        b"5 =x\n" + b"99 path=x\n",
        record("size", "9" * 5000),
        record("size", "-1"),
        record("size", "1e3"),
        record("size", "\u0663"),
        record("size", ""),
        record("GNU.sparse.map", "0,1"),
        record("path", "../x"),
        record("path", "/x"),
    ],
)
def test_a_pax_header_that_lies_is_refused(tmp_path, body):
    with pytest.raises(FormatError) as caught:
        members(tmp_path, header(tarfile.XHDTYPE, body) + tar_bytes(FILES))
    assert len(str(caught.value)) < 400


def test_a_review_named_with_5000_digits_is_no_review(tmp_path, monkeypatch):
    monkeypatch.setitem(registry.SOURCES, "imdb", replace(registry.get("imdb"), samples=(12, 12)))
    data = tar_bytes(
        [*make_members(), (f"aclImdb/train/pos/{'7' * 5000}_7.txt", b"more"), ("aclImdb/train/pos/1_77777.txt", b"")]
    )
    (tmp_path / "aclImdb_v1.tar").write_bytes(data)
    assert len(load("imdb", data_dir=tmp_path, validation=0).y_train) == 12


@pytest.mark.parametrize("name", ["x" * 60_000, "9" * 5000, "\x1b[2J\x07\n\r" * 20, "\udcff\udcfe" * 50, "\u202e" * 90])
def test_a_message_stays_short_and_harmless_whatever_a_member_is_called(tmp_path, name):
    long = header(tarfile.GNUTYPE_LONGNAME, f"{name}/../y".encode("utf-8", "surrogateescape"))
    with pytest.raises(FormatError, match="leads out of the archive") as caught:
        members(tmp_path, long + tar_bytes(FILES))
    message = str(caught.value)
    assert len(message) < 300
    assert message.isprintable()


@pytest.mark.parametrize("cut", [100, 512, 700, 1100, 1536, 1600])
def test_an_archive_cut_anywhere_is_damaged_or_ends_at_a_member(tmp_path, cut):
    read = outcome(tmp_path, tar_bytes(FILES)[:cut])
    if isinstance(read, FormatError):
        assert "damaged" in str(read) or "truncated" in str(read)
    else:
        assert read == FILES[: len(read)]
        assert cut % BLOCK == 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME]), st.binary(max_size=90))
    )
)
def test_any_extended_headers_give_members_or_a_format_error(tmp_path_factory, headers):
    data = b"".join(header(kind, body) for kind, body in headers) + tar_bytes(FILES)
    read = outcome(tmp_path_factory.getbasetemp(), data)
    if isinstance(read, FormatError):
        assert len(str(read)) < 400
    else:
        assert not any(name.startswith("/") or ".." in name.split("/") for name, _ in read)
