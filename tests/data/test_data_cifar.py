"""CIFAR's binary files and the archives around them: exact pixels, and no way to smuggle anything."""

from __future__ import annotations

import io
import tarfile

import numpy as np
import pytest
from data_helpers import PACKERS, cifar_records, tar_bytes, tiny_cifar
from hypothesis import given, settings
from hypothesis import strategies as st

from data_utils import cifar, find, load, registry, tars, verify
from data_utils.streams import BoundedStream
from mfnumpy.errors import ChecksumError, FormatError

RNG = np.random.default_rng(2)
IMAGES = RNG.integers(0, 256, (7, 32, 32, 3), np.uint8)
TEN = RNG.integers(0, 10, (7, 1), np.uint8)
HUNDRED = np.stack([RNG.integers(0, 20, 7, np.uint8), RNG.integers(0, 100, 7, np.uint8)], axis=1)


def parse(data: bytes, records: int, classes: tuple[int, ...]):
    return cifar.parse(BoundedStream(io.BytesIO(data), "batch.bin", 1 << 24), records, classes)


@pytest.mark.parametrize(("labels", "classes"), [(TEN, (10,)), (HUNDRED, (20, 100))])
def test_every_pixel_and_label_is_where_it_belongs(labels, classes, monkeypatch):
    monkeypatch.setattr(cifar, "RECORDS_AT_ONCE", 3)  # 7 records: two whole blocks and a rest
    images, read = parse(cifar_records(labels, IMAGES), 7, classes)
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(read, labels)


def test_one_known_record_byte_by_byte():
    record = bytes([6]) + bytes([1] * 1024) + bytes([2] * 1023 + [99]) + bytes([3] * 1024)
    images, labels = parse(record, 1, (10,))
    assert labels.tolist() == [[6]]
    assert images[0, 0, 0].tolist() == [1, 2, 3]
    assert images[0, 31, 31].tolist() == [1, 99, 3]


@pytest.mark.parametrize(("records", "message"), [(8, "ends after"), (6, "more bytes follow")])
def test_a_record_count_off_by_one_is_refused(records, message):
    with pytest.raises(FormatError, match=message):
        parse(cifar_records(TEN, IMAGES), records, (10,))


@pytest.mark.parametrize(("column", "value"), [(0, 20), (1, 100), (1, 255)])
def test_a_label_out_of_range_is_refused_in_each_column(column, value):
    labels = HUNDRED.copy()
    labels[4, column] = value
    with pytest.raises(FormatError, match=f"record 4 has {value}"):
        parse(cifar_records(labels, IMAGES), 7, (20, 100))


@given(st.binary(max_size=4000))
def test_any_bytes_give_records_or_a_format_error(data):
    try:
        images, labels = parse(data, 1, (10,))
        assert images.shape == (1, 32, 32, 3)
        assert labels.max() < 10
    except FormatError:
        pass


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_the_archive_is_read_in_any_compression(tmp_path, monkeypatch, name, suffix):
    source, members, arrays = tiny_cifar(monkeypatch, name)
    (tmp_path / (source.archive + suffix)).write_bytes(
        PACKERS[suffix](tar_bytes([("batches.meta.txt", b"x"), *members]))
    )
    found = find.find(source, tmp_path)
    read = cifar.read(found, (10,) if name == "cifar10" else (20, 100))
    for key, array in arrays.items():
        np.testing.assert_array_equal(read[key], array)


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_unpacked_files_are_read_from_their_folder_or_the_sub_folder(tmp_path, monkeypatch, nested, suffix):
    _source, members, arrays = tiny_cifar(monkeypatch)
    for name, data in members:
        path = tmp_path / (name if nested else name.split("/")[1])
        path.parent.mkdir(exist_ok=True)
        path.with_name(path.name + suffix).write_bytes(PACKERS[suffix](data))
    data = load("cifar10", data_dir=tmp_path, validation=0, scaling="none", dtype="uint8", layout="image")
    np.testing.assert_array_equal(data.x_train, arrays["x_train"])
    np.testing.assert_array_equal(data.y_test, arrays["y_test"][:, 0])


def test_cifar100_gives_fine_or_coarse_labels(tmp_path, monkeypatch):
    source, members, arrays = tiny_cifar(monkeypatch, "cifar100")
    (tmp_path / source.archive).write_bytes(tar_bytes(members))
    options = {"data_dir": tmp_path, "validation": 0, "scaling": "none"}
    fine, coarse = load("cifar100", **options), load("cifar100", labels="coarse", **options)
    np.testing.assert_array_equal(coarse.y_train, arrays["y_train"][:, 0])
    np.testing.assert_array_equal(fine.y_train, arrays["y_train"][:, 1])
    assert (fine.n_classes, coarse.n_classes) == (100, 20)
    with pytest.raises(KeyError, match="label set"):
        load("cifar100", labels="finest", **options)


def read_archive(tmp_path, monkeypatch, change) -> None:
    source, members, _ = tiny_cifar(monkeypatch)
    (tmp_path / source.archive).write_bytes(change(members))
    cifar.read(find.find(source, tmp_path), (10,))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: tar_bytes(m[1:]), "data_batch_1.bin in it; not there"),
        (lambda m: tar_bytes([*m, m[2]]), "comes twice"),
        (lambda m: tar_bytes([*m[:-1], (m[-1][0], m[-1][1] + b"x")]), "more bytes follow"),
        (lambda m: tar_bytes([*m[:-1], (m[-1][0], m[-1][1][:-1])]), "ends after"),
        (lambda m: tar_bytes(m)[:9000], "ends after|damaged"),
        (lambda m: b"", "nothing in it|damaged"),
        (lambda m: b"no archive at all" * 99, "damaged"),
    ],
)
def test_a_broken_archive_is_refused(tmp_path, monkeypatch, change, message):
    with pytest.raises(FormatError, match=message):
        read_archive(tmp_path, monkeypatch, change)


def test_verify_compares_counts_and_means_and_says_what_they_do_not_prove(tmp_path, monkeypatch):
    source, members, arrays = tiny_cifar(monkeypatch, per_file=20, equal=True)
    (tmp_path / f"{source.archive}.xz").write_bytes(PACKERS[".xz"](tar_bytes(members)))
    with pytest.raises(ChecksumError, match="channel means"):
        verify("cifar10", tmp_path)
    means = tuple(arrays["x_train"].reshape(-1, 3).mean(axis=0) / 255)
    monkeypatch.setattr("data_utils.verifying.MEANS", {"cifar10": means})
    results = {check.what: check.result for check in verify("cifar10", tmp_path)}
    assert results["train: 10 samples of each of 10 classes"] == "ok"
    assert results["train: channel means as published"] == "ok"
    assert results["order of the records"] == "not checked"


def test_verify_refuses_classes_of_unequal_size(tmp_path, monkeypatch):
    source, members, _ = tiny_cifar(monkeypatch, per_file=20)
    (tmp_path / source.archive).write_bytes(tar_bytes(members))
    with pytest.raises(FormatError, match="samples of each of 10 classes"):
        verify("cifar10", tmp_path)


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "evil",
    [
        special("../outside", tarfile.REGTYPE),
        special("cifar-10-batches-bin/../../outside", tarfile.REGTYPE),
        special("/etc/passwd", tarfile.REGTYPE),
        special("link", tarfile.SYMTYPE, "/etc/passwd"),
        special("hard", tarfile.LNKTYPE, "cifar-10-batches-bin/test_batch.bin"),
        special("device", tarfile.CHRTYPE),
        special("disk", tarfile.BLKTYPE),
        special("pipe", tarfile.FIFOTYPE),
        special("sparse", tarfile.GNUTYPE_SPARSE),
    ],
    ids=lambda info: info.name,
)
@pytest.mark.parametrize("first", [True, False])
def test_a_hostile_member_condemns_the_archive(tmp_path, monkeypatch, evil, first):
    def change(members):
        whole = tar_bytes(members, evil)
        return tar_bytes([], evil)[:512] + tar_bytes(members) if first else whole

    with pytest.raises(FormatError, match="The official archives have none such"):
        read_archive(tmp_path, monkeypatch, change)
    assert [p.name for p in tmp_path.iterdir()] == [registry.get("cifar10").archive]


def test_a_link_in_the_place_of_a_batch_is_not_followed(tmp_path, monkeypatch):
    evil = special("cifar-10-batches-bin/data_batch_1.bin", tarfile.SYMTYPE, "/dev/zero")
    with pytest.raises(FormatError, match="is a link"):
        read_archive(tmp_path, monkeypatch, lambda m: tar_bytes(m[1:], evil))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_an_extended_header_that_claims_gigabytes_is_refused_before_it_is_read(tmp_path, monkeypatch, kind):
    huge = special("name", kind)
    huge.size = 5 << 30
    with pytest.raises(FormatError, match="claims a header"):
        read_archive(tmp_path, monkeypatch, lambda m: huge.tobuf(tarfile.GNU_FORMAT) + tar_bytes(m))


def test_a_negative_size_is_refused(tmp_path, monkeypatch):
    def change(members):
        header = bytearray(special("minus", tarfile.REGTYPE).tobuf(tarfile.GNU_FORMAT))
        header[124:136] = b"\xff" * 12  # base 256: -1
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        return bytes(header) + tar_bytes(members)

    with pytest.raises(FormatError):
        read_archive(tmp_path, monkeypatch, change)


HUGE = 10**10
"""Over every limit; tarfile would skip it in a second or so, also past the end of the file, but 10**25 never."""


def sized(size: int, pax: dict[str, str] | None = None) -> bytes:
    """The header of a member, its size in base 256 where octal digits do not suffice; pax: what PAX adds."""
    info = special("cifar-10-batches-bin/readme.html", tarfile.REGTYPE)
    info.size, info.pax_headers = size, pax or {}
    return info.tobuf(tarfile.PAX_FORMAT if pax else tarfile.GNU_FORMAT)


def sized_twice(size: int, global_size: int) -> bytes:
    """A member whose own size decides what tarfile skips, and a global one what it says of the member."""
    return tarfile.TarInfo.create_pax_global_header({"size": str(global_size)}) + sized(size)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "header",
    [sized(HUGE), sized(10**25), sized(0, {"size": str(HUGE)}), sized_twice(HUGE, 1), sized_twice(1, HUGE)],
    ids=["base 256", "for ever", "PAX", "hidden by PAX", "global PAX"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_member_that_claims_more_than_the_limit_is_refused_before_it_is_skipped(tmp_path, monkeypatch, header, first):
    def change(members):
        return header + (tar_bytes(members) if first else bytes(1024))

    with pytest.raises(FormatError, match="claims more than the 250"):
        read_archive(tmp_path, monkeypatch, change)


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "MAX_MEMBERS", 20)
    with pytest.raises(FormatError, match="after 20 others"):
        read_archive(tmp_path, monkeypatch, lambda m: tar_bytes([(f"f{i}", b"") for i in range(21)]))


def test_an_archive_over_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar, "ARCHIVE_LIMIT", 50_000)
    with pytest.raises(FormatError, match="unpacks to more"):
        read_archive(tmp_path, monkeypatch, tar_bytes)


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, 2047), byte=st.integers(0, 255))
def test_a_spoilt_header_byte_gives_members_or_a_format_error(tmp_path_factory, position, byte):
    data = bytearray(tar_bytes([("a/one.txt", b"1" * 700), ("a/two.txt", b"22")]))
    data[position] = byte
    path = tmp_path_factory.getbasetemp() / "spoilt.tar"
    path.write_bytes(bytes(data))
    try:
        for member in tars.members(path, 1 << 20):
            assert len(member.read(1 << 20)) <= len(data)
    except FormatError:
        pass
