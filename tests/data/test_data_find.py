"""Where files are looked for, and what is said when they are not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from data_helpers import tiny_mnist, tiny_mnist_arrays, write_mnist

from data_utils import fetch, find, load, registry
from mfnumpy.errors import ChecksumError, MissingDataError


@pytest.fixture
def source(monkeypatch):
    return tiny_mnist(monkeypatch, tiny_mnist_arrays())


def test_the_first_place_wins_and_a_sub_folder_goes_before_its_parent(tmp_path, source, monkeypatch):
    given, named = tmp_path / "given", tmp_path / "named"
    arrays = tiny_mnist_arrays()
    monkeypatch.setenv("MFNUMPY_DATA_DIR", str(named))
    places = [given / "mnist", given, named / "mnist", named, find.download_folder(source)]
    for place in reversed(places):
        write_mnist(place, arrays)
        given.mkdir(exist_ok=True)
        named.mkdir(exist_ok=True)
        assert find.find(source, given).folder == place


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz", ".bz2"])
@pytest.mark.parametrize("sub", ["", "mnist", "MNIST/raw"])
def test_packed_or_not_in_the_folder_or_a_known_sub_folder(tmp_path, source, suffix, sub):
    write_mnist(tmp_path / sub, tiny_mnist_arrays(), suffix)
    assert len(load("mnist", data_dir=tmp_path, validation=0).y_train) == 23


def test_three_of_four_files_are_not_the_set(tmp_path, source):
    write_mnist(tmp_path, tiny_mnist_arrays())
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    assert find.find(source, tmp_path) is None


def test_debians_folder_is_looked_through_last():
    assert str(find.places(registry.get("fashion_mnist"))[-1]) == "/usr/share/datasets/fashion-mnist"


def test_offline_and_absent_is_one_message_with_which_where_from_and_where_to(tmp_path):
    with pytest.raises(MissingDataError) as caught:
        load("cifar10", data_dir=tmp_path, download=False)
    message = str(caught.value)
    for part in (
        "cifar-10-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        str(tmp_path / "cache" / "files" / "cifar10"),
        "--data-dir",
        "MFNUMPY_DATA_DIR",
    ):
        assert part in message
    assert "\n" not in message


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_a_folder_that_does_not_exist_is_an_error_not_a_reason_to_download(tmp_path, monkeypatch, how):
    wrong = tmp_path / "wrong"
    if how == "environment":
        monkeypatch.setenv("MFNUMPY_DATA_DIR", str(wrong))
    with pytest.raises(MissingDataError, match="not a folder"):
        load("mnist", data_dir=wrong if how == "argument" else None)


@pytest.mark.parametrize("question", ["is_dir", "is_file"])  # of the folder itself, and of the files in it
def test_a_folder_without_permission_is_one_line_that_says_so(tmp_path, monkeypatch, question):
    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, question, refuse)
    with pytest.raises(MissingDataError, match=r"cannot be looked into \(Permission denied\)") as caught:
        load("mnist", data_dir=tmp_path, download=False)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_set_under_the_same_file_names_is_caught_by_its_checksum(tmp_path, source):
    arrays = tiny_mnist_arrays()
    arrays["train-images-idx3-ubyte"] = arrays["train-images-idx3-ubyte"] ^ 1
    write_mnist(tmp_path, arrays)
    with pytest.raises(ChecksumError, match="folder of its own"):
        load("mnist", data_dir=tmp_path)


def test_sets_without_files_need_no_fetching():
    assert fetch("digits") == ()


def test_the_registry_is_complete():
    assert registry.names() == (
        "digits", "breast_cancer", "mnist", "fashion_mnist", "cifar10", "cifar100", "transaction",
        "transaction-synthetic", "imdb",
    )  # fmt: skip
    for source in registry.SOURCES.values():
        assert source.licence
        assert source.citation
        assert source.used_for
        for file in source.files:
            assert file.urls
            assert len(file.md5) in (32, 0)
            assert len(file.sha256) in (64, 0)
    assert len(registry.get("cifar100").class_names) == 100
