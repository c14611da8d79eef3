"""What a file is, told by its first bytes; and looking into folders, whatever lies there."""

from __future__ import annotations

import gzip
import lzma
import os

import near_misses
import numpy as np
import pytest
from data_helpers import idx_bytes, tar_bytes, tiny_mnist, tiny_mnist_arrays, write_mnist
from hypothesis import given
from hypothesis import strategies as st

from data_utils import contents, find, forms, load, survey, text, wording
from data_utils.streams import open_bounded
from mfnumpy.cli import main
from mfnumpy.errors import FormatError, MfnumpyError

KINDS = {
    "idx": idx_bytes(np.ones((3, 2))),
    "tar": tar_bytes([("folder/file.txt", b"text")]),
    "npz": near_misses.npz_bytes(x=np.ones(3)),
    "csv": b"a,b\n1,2\n",
    "bytes": bytes(range(200, 256)) * 9,
    "empty": b"",
    "html": near_misses.HTML,
    "xml": near_misses.XML,
    "json": b'{"error": "not found"}',
    "lfs": near_misses.LFS,
    "text": b"milk\nand bread\n",
    "zip": near_misses.zip_bytes([("a.txt", b"text")]),
    "7z": near_misses.SEVEN_ZIP,
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(9),
    "lz4": b"\x04\x22\x4d\x18" + bytes(9),
    "lzip": b"LZIP\x01" + bytes(9),
    "compress": b"\x1f\x9d\x90" + bytes(9),
    "pickle": near_misses.PICKLE,
    "torch": near_misses.zip_bytes([("archive/data.pkl", b"x")]),
    "npy": b"\x93NUMPY\x01\x00" + bytes(9),
    "mat": b"MATLAB 5.0 MAT-file" + bytes(9),
    "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(9),
    "parquet": near_misses.PARQUET,
    "sqlite": b"SQLite format 3\0" + bytes(9),
    "excel": near_misses.zip_bytes([("[Content_Types].xml", b"x")]),
    "picture": near_misses.PNG,
    "pdf": b"%PDF-1.7\n" + bytes(9),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress], ids=["plain", "gzip", "xz"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_told_by_its_content_whatever_it_is_called(tmp_path, kind, pack):
    for name in ("train-images-idx3-ubyte.gz", "x.csv", "no ending"):
        (tmp_path / name).write_bytes(pack(KINDS[kind]))
        content = contents.look(tmp_path / name)
        assert content.kind == kind
        assert content.sentence().startswith(
            f"{name} is {contents.KINDS[kind][0] if kind != 'idx' else 'an IDX array'}"
        )


def test_what_its_first_bytes_say_besides(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(idx_bytes(np.ones((7, 3, 2)))))
    assert contents.look(path).shape == (7, 3, 2)
    assert contents.look(path).packed == "gzip"
    path.write_bytes(tar_bytes([("./folder/one", b"1" * 600), ("folder/two", b"2")]))
    assert contents.look(path).names == ("folder/one", "folder/two")
    path.write_bytes("\ufeffID_code,target\n1,2\n".encode("utf-16-le"))
    assert contents.look(path).line == "ID_code,target"


@given(st.binary(max_size=600))
def test_any_bytes_have_a_kind(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(data)
    content = contents.look(path)
    assert content.kind in contents.KINDS
    assert content.sentence().isprintable()


@given(st.binary(min_size=1, max_size=400))
def test_any_packed_bytes_cut_anywhere_have_a_kind(tmp_path_factory, data):
    packed = gzip.compress(data)
    path = tmp_path_factory.getbasetemp() / "anything packed"
    path.write_bytes(packed[: 3 + len(data) % len(packed)])
    assert contents.look(path).kind in contents.KINDS


@pytest.mark.timeout(20)
def test_what_is_no_file_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "part.gz.crdownload").write_bytes(gzip.compress(b"x"))
    kinds = {name: contents.look(tmp_path / name).kind for name in ("pipe", "gone", "circle", "part.gz.crdownload")}
    assert kinds == {"pipe": "special", "gone": "absent", "circle": "absent", "part.gz.crdownload": "unfinished"}
    assert contents.look(tmp_path / ("x" * 300)).kind == "absent"
    assert contents.look(tmp_path).kind == "folder"


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"x")
    monkeypatch.setattr("data_utils.contents.open_regular", refuse)
    monkeypatch.setattr("data_utils.contents.os.access", lambda path, mode: False)
    assert contents.look(path).sentence() == "mnist.npz is not readable for you: change its permissions"


def refuse(path):
    raise FormatError("no")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Train.BIN", "train.bin"),
        ("train (1).bin", "train.bin"),
        ("train(12).bin.gz", "train.bin"),
        ("train - Copy.bin", "train.bin"),
        ("train - Copy (2).bin", "train.bin"),
        ("train_copy.bin.xz", "train.bin"),
        ("train (1)", "train"),
        ("a (b).bin", "a (b).bin"),
    ],
)
def test_the_plain_name_is_without_what_browsers_add(tmp_path, name, plain):
    assert forms.plain_name(tmp_path / name) == plain


def test_a_survey_is_bounded_and_sees_what_differs(tmp_path):
    for number in range(300):
        (tmp_path / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "zz.csv").write_bytes(b"a,b\n")
    for folder in ("a/b/c/d/e/f", ".hidden", "__MACOSX"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "deep.txt").write_bytes(b"x")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path, target_is_directory=True)
    seen = [content.path.name for content in survey.survey(tmp_path)]
    assert seen.count("zz.csv") == 1
    assert len(seen) == survey.MOST_ALIKE + 1
    (tmp_path / "a" / "b" / "c" / "d" / "near.txt").write_bytes(b"x")
    assert "near.txt" in [content.path.name for content in survey.survey(tmp_path)]


def test_a_survey_ends_in_a_huge_tree(tmp_path):
    for number in range(survey.MOST_FILES + 50):
        (tmp_path / str(number % 40)).mkdir(exist_ok=True)
        (tmp_path / str(number % 40) / f"x.{number}").write_bytes(b"x")
    assert len(survey.survey(tmp_path)) == survey.MOST_FILES


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_the_same_in_every_encoding(tmp_path, encoding, end):
    lines = [f"a{i},{i}" for i in range(60_000)]
    (tmp_path / "file").write_bytes("".join(line + end for line in lines).encode(encoding))
    with open_bounded(tmp_path / "file", 1 << 24) as stream:
        assert list(text.lines_of(stream)) == lines


@pytest.mark.parametrize("data", [b"\xff\xfea\0b", b"a,\xe9\n", b"\xff\xfe\x00\xd8\n\0"])
def test_what_is_no_text_in_its_encoding_is_a_format_error(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    with open_bounded(tmp_path / "file", 1 << 24) as stream, pytest.raises(FormatError):
        list(text.lines_of(stream))


@given(st.text(max_size=500), st.integers(20, 200))
def test_a_name_in_a_message_is_printable_and_short(name, longest):
    shown = wording.shown(name, longest)
    assert shown.isprintable()
    assert len(shown) <= longest


HOSTILE = ["line\nend", "\x1b[2J", "x" * 250, "9" * 250, os.fsdecode(b"\xff\xfe"), "\u202eabc", "a b'\"`$(x)"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_is_one_short_printable_line_whatever_a_file_is_called(tmp_path, monkeypatch, capsys, name):
    tiny_mnist(monkeypatch, tiny_mnist_arrays())
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"mnist{name}"[:250]).write_bytes(near_misses.HTML)
    for action in ("verify", "where"):
        code = main(["data", action, "mnist", "--data-dir", str(folder)])
        out, err = capsys.readouterr()
        assert code == (0 if action == "where" else 2)
        assert "(HTML)" in out + err
        assert err.count("\n") == (0 if action == "where" else 1)
        assert len(err) < 1500
        assert err.rstrip("\n").isprintable()
        (out + err).encode()  # no half characters


@pytest.mark.parametrize("name", HOSTILE)
def test_files_are_read_whatever_their_folder_is_called(tmp_path, monkeypatch, capsys, name):
    arrays = tiny_mnist_arrays()
    tiny_mnist(monkeypatch, arrays)
    write_mnist(tmp_path / name, arrays)
    assert main(["data", "verify", "mnist", "--data-dir", str(tmp_path / name)]) == 0
    assert main(["data", "list", "--data-dir", str(tmp_path / name)]) == 0
    capsys.readouterr().out.encode()


def test_a_place_that_is_empty_is_told_from_one_with_other_things(tmp_path, monkeypatch):
    source = tiny_mnist(monkeypatch, tiny_mnist_arrays())
    assert find.find(source, tmp_path) is None
    with pytest.raises(MfnumpyError, match="holds no files"):
        load("mnist", data_dir=tmp_path, download=False)
