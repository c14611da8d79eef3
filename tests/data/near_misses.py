"""Folders as people have them: every near-miss of a data set's files, made from small official-looking sets.

Each case is a function that fills a folder and returns what `--data-dir` names. `READ` holds those that are read,
`NAMED` those that are named, with what the message must say.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import pickle
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data_helpers import PACKERS, idx_bytes, tar_bytes, write_mnist

from data_utils import transaction

HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please log in</body></html>"
XML = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9912422\n"
PARQUET = b"PAR1" + bytes(range(200)) + b"PAR1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(80))
PICKLE = pickle.dumps({"data": [1, 2], "labels": [3]}, protocol=2)
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c" + bytes(100)


@dataclass(frozen=True)
class Sets:
    """What each set holds: arrays of mnist and fashion_mnist, members of the archives, lines of the table."""

    mnist: dict[str, np.ndarray]
    fashion: dict[str, np.ndarray]
    cifar10: list[tuple[str, bytes]]
    cifar100: list[tuple[str, bytes]]
    imdb: list[tuple[str, bytes]]
    transaction: list[str]


Make = Callable[[Path, Sets], Path]
READ: dict[str, tuple[str, Make]] = {}
NAMED: dict[str, tuple[str, Make, tuple[str, ...]]] = {}


def read(name: str):
    """Add a case that must be read as this set."""

    def add(make: Make) -> Make:
        READ[make.__name__] = (name, make)
        return make

    return add


def named(name: str, *message: str):
    """Add a case that must be named, when this set is asked for, by a message that holds these parts."""

    def add(make: Make) -> Make:
        NAMED[make.__name__] = (name, make, message)
        return make

    return add


def write(path: Path, data: bytes) -> Path:
    """Write a file and the folders above it; returns its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.parent


def unpack(folder: Path, members: list[tuple[str, bytes]]) -> Path:
    """Write the members of an archive below a folder; returns the folder."""
    for name, data in members:
        write(folder / name, data)
    return folder


def renamed(folder: Path, arrays: dict[str, np.ndarray], rename: Callable[[str], str], suffix: str = ".gz") -> Path:
    """Write the four IDX files under other names; returns the folder."""
    for name, array in arrays.items():
        write(folder / rename(name), PACKERS[suffix](idx_bytes(array)))
    return folder


def npz_bytes(**arrays: np.ndarray) -> bytes:
    """A compressed .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def keras(arrays: dict[str, np.ndarray]) -> bytes:
    """Keras's mnist.npz."""
    x_train, y_train, x_test, y_test = arrays.values()
    return npz_bytes(x_test=x_test, x_train=x_train, y_train=y_train, y_test=y_test)


def table(arrays: dict[str, np.ndarray], part: str, header: bool = True) -> bytes:
    """Kaggle's mnist_train.csv or mnist_test.csv: the label and then the pixels of each image."""
    x, y = arrays[f"{part}-images-idx3-ubyte"], arrays[f"{part}-labels-idx1-ubyte"]
    rows = [f"{label}," + ",".join(map(str, image.ravel())) for label, image in zip(y, x, strict=True)]
    names = ["label," + ",".join(f"{i}x{j}" for i in range(1, 6) for j in range(1, 8))] if header else []
    return "\n".join([*names, *rows, ""]).encode()


def csv(lines: list[str], encoding: str = "ascii") -> bytes:
    """Santander's table in an encoding."""
    return "".join(line + "\n" for line in lines).encode(encoding)


def zip_bytes(members: list[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def python_version(root: str, names: list[str]) -> list[tuple[str, bytes]]:
    """The members of CIFAR's Python version."""
    return [(f"{root}/{name}", PICKLE) for name in names]


BATCHES = ["batches.meta", "data_batch_1", "data_batch_2", "test_batch"]


# what is read: MNIST and Fashion-MNIST


@read("mnist")
def dots_in_the_names(folder, sets):
    return renamed(folder, sets.mnist, lambda name: name.replace("-idx", ".idx"), "")


@read("mnist")
def dots_in_packed_names(folder, sets):
    return renamed(folder, sets.mnist, lambda name: name.replace("-idx", ".idx") + ".gz")


@read("mnist")
def upper_case(folder, sets):
    return renamed(folder, sets.mnist, lambda name: name.upper() + ".GZ")


@read("mnist")
def a_browsers_second_copy(folder, sets):
    return renamed(folder, sets.mnist, lambda name: f"{name} (1).gz")


@read("mnist")
def a_second_copy_beside_a_web_page(folder, sets):
    write_mnist(folder, sets.mnist)
    good = (folder / "train-images-idx3-ubyte.gz").rename(folder / "train-images-idx3-ubyte (1).gz")
    assert good.exists()
    write(folder / "train-images-idx3-ubyte.gz", HTML)
    return folder


@read("mnist")
def other_names_altogether(folder, sets):
    return renamed(folder, sets.mnist, lambda name: {"tr": "a", "t1": "b"}[name[:2]] + name[-12:-8] + name[6])


@read("mnist")
def a_folder_for_each_file(folder, sets):
    return renamed(
        folder, sets.mnist, lambda name: f"{name.replace('-idx', '.idx')}/{name.replace('-idx', '.idx')}", ""
    )


@read("mnist")
def torchvisions_folder_above_raw(folder, sets):
    write_mnist(folder / "MNIST" / "raw", sets.mnist, "")
    write_mnist(folder / "MNIST" / "raw", sets.mnist)
    return folder / "MNIST"


@read("mnist")
def torchvisions_root_beside_fashion(folder, sets):
    write_mnist(folder / "FashionMNIST" / "raw", sets.fashion)
    write_mnist(folder / "archive" / "MNIST" / "raw", sets.mnist)
    return folder


@read("fashion_mnist")
def torchvisions_fashion_folder(folder, sets):
    write_mnist(folder / "FashionMNIST" / "raw", sets.fashion)
    return folder / "FashionMNIST"


@read("fashion_mnist")
def kerass_fashion_folder(folder, sets):
    write_mnist(folder / "datasets" / "fashion-mnist", sets.fashion)
    return folder


@read("fashion_mnist")
def fashion_beside_mnist_in_one_folder(folder, sets):
    renamed(folder, sets.mnist, lambda name: f"a-{name}.gz")
    return renamed(folder, sets.fashion, lambda name: f"b-{name}.gz")


@read("mnist")
def one_of_the_files_is_named(folder, sets):
    write_mnist(folder, sets.mnist)
    return folder / "t10k-labels-idx1-ubyte.gz"


@read("mnist")
def packed_by_lzma_alone(folder, sets):
    for name, array in sets.mnist.items():
        write(folder / f"{name}.lzma", lzma.compress(idx_bytes(array), lzma.FORMAT_ALONE))
    return folder


@read("mnist")
def unpacked_by_the_browser_but_still_called_gz(folder, sets):
    return renamed(folder, sets.mnist, lambda name: f"{name}.gz", "")


@read("mnist")
def kerass_npz(folder, sets):
    return write(folder / "mnist.npz", keras(sets.mnist))


@read("mnist")
def kerass_npz_is_named(folder, sets):
    return write(folder / "mnist (1).npz", keras(sets.mnist)) / "mnist (1).npz"


@read("fashion_mnist")
def an_npz_of_each_set(folder, sets):
    write(folder / "a.npz", keras(sets.mnist))
    return write(folder / "b.npz", keras(sets.fashion))


@read("mnist")
def kaggles_mnist_in_csv(folder, sets):
    write(folder / "mnist_train.csv", table(sets.mnist, "train"))
    return write(folder / "mnist_test.csv", table(sets.mnist, "t10k"))


@read("mnist")
def kaggles_mnist_in_csv_without_a_header(folder, sets):
    write(folder / "MNIST_CSV" / "mnist_train.csv", table(sets.mnist, "train", header=False).rstrip())
    write(folder / "MNIST_CSV" / "mnist_test.csv.gz", gzip.compress(table(sets.mnist, "t10k", header=False)))
    return folder


@read("mnist")
def a_csv_with_a_byte_order_mark(folder, sets):
    write(folder / "mnist_train.csv", b"\xef\xbb\xbf" + table(sets.mnist, "train"))
    return write(folder / "mnist_test.csv", table(sets.mnist, "t10k").decode().encode("utf-16"))


@read("mnist")
def a_link_that_leads_round(folder, sets):
    write_mnist(folder / "deep" / "deeper", sets.mnist)
    (folder / "deep" / "again").symlink_to(folder, target_is_directory=True)
    return folder


@read("mnist")
def a_folder_that_is_a_link(folder, sets):
    write_mnist(folder / "elsewhere", sets.mnist)
    (folder / "here").mkdir()
    (folder / "here" / "digits").symlink_to(folder / "elsewhere", target_is_directory=True)
    return folder / "here"


@read("mnist")
def beside_a_pipe_and_rubbish(folder, sets):
    renamed(folder, sets.mnist, lambda name: name.replace("-idx", ".idx") + ".gz")
    os.mkfifo(folder / "a-pipe")
    os.mkfifo(folder / "train-images-idx3-ubyte.gz")
    write(folder / "._train-images.idx3-ubyte.gz", b"\0\5\x16\7" + bytes(60))
    write(folder / "empty.gz", b"")
    return folder


# what is read: CIFAR


@read("cifar10")
def an_archive_with_a_browsers_copy_mark(folder, sets):
    return write(folder / "cifar-10-binary (1).tar.gz", gzip.compress(tar_bytes(sets.cifar10)))


@read("cifar10")
def an_archive_that_ends_in_tgz(folder, sets):
    return write(folder / "cifar10.tgz", gzip.compress(tar_bytes(sets.cifar10)))


@read("cifar10")
def an_archive_that_has_lost_its_ending(folder, sets):
    return write(folder / "downloads" / "file", PACKERS[".bz2"](tar_bytes(sets.cifar10))).parent


@read("cifar10")
def an_archive_packed_by_lzma(folder, sets):
    return write(folder / "cifar-10-binary.tar.lzma", lzma.compress(tar_bytes(sets.cifar10), lzma.FORMAT_ALONE))


@read("cifar10")
def an_archive_is_named(folder, sets):
    write(folder / "cifar-10-binary.tar.gz", HTML)
    return write(folder / "the one.tar.xz", lzma.compress(tar_bytes(sets.cifar10))) / "the one.tar.xz"


@read("cifar10")
def an_archive_packed_anew_with_long_headers(folder, sets):
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "packed anew"}
    ) as tar:
        for name, data in sets.cifar10:
            info = tarfile.TarInfo(f"./again/{name}")
            info.size, info.pax_headers = (
                len(data),
                {"mtime": "1.5", "LIBARCHIVE.xattr.com.apple.quarantine": "x" * 300},
            )
            tar.addfile(info, io.BytesIO(data))
    return write(folder / "mine.tar", buffer.getvalue())


@read("cifar10")
def an_archive_without_its_folder(folder, sets):
    return write(folder / "bin.tar", tar_bytes([(Path(name).name, data) for name, data in sets.cifar10]))


@read("cifar10")
def unpacked_somewhere_below(folder, sets):
    unpack(folder / "archive" / "x", sets.cifar10)
    return folder


@read("cifar10")
def unpacked_beside_an_unfinished_download(folder, sets):
    write(folder / "cifar-10-binary.tar.gz.part", gzip.compress(tar_bytes(sets.cifar10))[:500])
    return unpack(folder, sets.cifar10)


@read("cifar10")
def unpacked_beside_a_web_page_called_archive(folder, sets):
    write(folder / "cifar-10-binary.tar.gz", HTML)
    return unpack(folder / "below", sets.cifar10).parent


@read("cifar10")
def unpacked_in_upper_case(folder, sets):
    return unpack(folder / "DATA", [(name.upper(), data) for name, data in sets.cifar10])


@read("cifar10")
def one_unpacked_file_is_named(folder, sets):
    return unpack(folder, sets.cifar10) / "cifar-10-batches-bin" / "data_batch_3.bin"


@read("cifar100")
def cifar100_under_another_name(folder, sets):
    return write(folder / "hundred.tar.xz", lzma.compress(tar_bytes(sets.cifar100)))


@read("cifar100")
def cifar100_unpacked_below(folder, sets):
    return unpack(folder / "cifar" / "100", sets.cifar100).parent


# what is read: the reviews and the transactions


@read("imdb")
def an_archive_of_reviews_under_another_name(folder, sets):
    return write(folder / "aclImdb_v1 (2).tgz", gzip.compress(tar_bytes(sets.imdb)))


@read("imdb")
def an_archive_of_reviews_packed_from_within(folder, sets):
    members = [(name.removeprefix("aclImdb/"), data) for name, data in sets.imdb]
    return write(folder / "imdb.tar.xz", lzma.compress(tar_bytes(members)))


@read("imdb")
def reviews_unpacked(folder, sets):
    return unpack(folder, sets.imdb)


@read("imdb")
def reviews_unpacked_and_their_folder_named(folder, sets):
    return unpack(folder, sets.imdb) / "aclImdb"


@read("imdb")
def reviews_unpacked_and_one_part_named(folder, sets):
    return unpack(folder, sets.imdb) / "aclImdb" / "train"


@read("imdb")
def reviews_unpacked_in_another_folder(folder, sets):
    unpack(folder / "reviews", [(name.removeprefix("aclImdb/"), data) for name, data in sets.imdb])
    return folder


@read("transaction")
def a_table_with_a_byte_order_mark(folder, sets):
    return write(folder / "train.csv", csv(sets.transaction, "utf-8-sig"))


@read("transaction")
def a_table_in_utf_16(folder, sets):
    return write(folder / "train.csv", csv(sets.transaction, "utf-16"))


@read("transaction")
def a_table_in_utf_16_without_a_mark(folder, sets):
    return write(folder / "train.csv", csv(sets.transaction, "utf-16-be"))


@read("transaction")
def a_table_in_utf_32(folder, sets):
    return write(folder / "train.csv", csv(sets.transaction, "utf-32"))


@read("transaction")
def a_table_under_a_browsers_name(folder, sets):
    return write(folder / "train (3).csv", csv(sets.transaction))


@read("transaction")
def a_table_in_a_folder_of_its_name(folder, sets):
    return write(folder / "train.csv" / "train.csv", csv(sets.transaction)).parent


@read("transaction")
def a_table_beside_another_train_csv(folder, sets):
    write(folder / "titanic" / "train.csv", b"PassengerId,Survived\n1,0\n")
    write(folder / "train.csv", b"PassengerId,Survived\n1,0\n")
    return write(folder / "santander.csv.gz", gzip.compress(csv(sets.transaction)))


# what is named


@named("mnist", "t10k-labels-idx1-ubyte.gz not found", "The other 3 of its parts lie in")
def three_of_four_files(folder, sets):
    write_mnist(folder, sets.mnist)
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    return folder


@named("mnist", "train-images-idx3-ubyte.gz not found", "The other 3 of its parts lie in", "(HTML)")
def three_of_four_files_and_a_web_page_under_another_name(folder, sets):
    renamed(folder, sets.mnist, lambda name: name.replace("-idx", ".idx"), "")
    write(folder / "train-images.idx3-ubyte", HTML)
    return folder


@named("mnist", "train-images-idx3-ubyte.gz is a web page (HTML)", "open the address in a browser")
def a_web_page_in_place_of_a_file(folder, sets):
    write_mnist(folder, sets.mnist)
    write(folder / "train-images-idx3-ubyte.gz", HTML)
    return folder


@named("mnist", "train-labels-idx1-ubyte.gz is a web page (HTML)")
def a_web_page_packed(folder, sets):
    write_mnist(folder, sets.mnist)
    write(folder / "train-labels-idx1-ubyte.gz", gzip.compress(HTML))
    return folder


@named("mnist", "is a server's answer in XML")
def an_xml_error_in_place_of_a_file(folder, sets):
    write_mnist(folder, sets.mnist)
    write(folder / "t10k-images-idx3-ubyte.gz", XML)
    return folder


@named("mnist", "is a Git LFS pointer", "git lfs pull")
def git_lfs_pointers(folder, sets):
    return renamed(folder, sets.mnist, lambda name: f"{name}.gz", "") if not folder else lfs(folder, sets)


def lfs(folder: Path, sets: Sets) -> Path:
    for name in sets.mnist:
        write(folder / f"{name}.gz", LFS)
    return folder


@named("mnist", "train-images-idx3-ubyte.gz is an empty file")
def an_empty_file(folder, sets):
    write_mnist(folder, sets.mnist)
    write(folder / "train-images-idx3-ubyte.gz", b"")
    return folder


@named("mnist", "train-images-idx3-ubyte.gz.crdownload is a download that has not finished")
def a_browsers_unfinished_download(folder, sets):
    write_mnist(folder, sets.mnist)
    (folder / "train-images-idx3-ubyte.gz").rename(folder / "train-images-idx3-ubyte.gz.crdownload")
    return folder


@named("mnist", "truncated")
def a_file_cut_off(folder, sets):
    write_mnist(folder, sets.mnist)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-200])
    return folder


@named("mnist", "is packed twice", "gunzip")
def a_file_packed_twice(folder, sets):
    write_mnist(folder, sets.mnist)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(path.read_bytes()))
    return folder


@named("mnist", "fashion_mnist's, not mnist's", "load it as fashion_mnist")
def fashion_given_as_mnist(folder, sets):
    return renamed(folder, sets.fashion, lambda name: f"mnist-{name}.gz")


@named("mnist", "not mnist's", "KMNIST")
def kuzushiji_given_as_mnist(folder, sets):
    other = {name: (array + 1) % 10 for name, array in sets.mnist.items()}
    return renamed(folder, other, lambda name: f"k{name}.gz")


@named("mnist", "keep each in a folder of its own")
def kuzushiji_under_the_very_names(folder, sets):
    write_mnist(folder, {name: (array + 1) % 10 for name, array in sets.mnist.items()})
    return folder


@named("mnist", "archive.zip is a zip archive", "unzip archive.zip")
def kaggles_zip_of_tables(folder, sets):
    return write(folder / "archive.zip", zip_bytes([("x_test.csv", b"label\n")]))


@named("mnist", "train-00000-of-00001.parquet is a Parquet file")
def a_parquet_file_in_a_folder_of_any_name(folder, sets):
    return write(folder / "train-00000-of-00001.parquet", PARQUET)


@named("cifar10", "cifar10-train.tfrecord-00000-of-00001 is a TFRecord")
def a_tfrecord(folder, sets):
    return write(folder / "cifar10" / "3.0.2" / "cifar10-train.tfrecord-00000-of-00001", bytes([9, 200]) * 99)


@named("mnist", "something.bin is a file of no known format")
def a_file_of_no_known_format(folder, sets):
    return write(folder / "something.bin", bytes([9, 200]) * 99)


@named("mnist", "an IDX array of shape (9, 5, 7), which no file of mnist has")
def an_idx_file_of_another_shape(folder, sets):
    return write(folder / "train-images.idx3", idx_bytes(np.ones((9, 5, 7))))


@named("mnist", "archive.zip is", "unpack it")
def kaggles_zip_of_idx_files(folder, sets):
    members = [(f"{name}/{name.replace('-idx', '.idx')}", idx_bytes(array)) for name, array in sets.mnist.items()]
    return write(folder / "archive.zip", zip_bytes(members))


@named("mnist", "archive of IDX files", "unpack it")
def a_tar_of_idx_files(folder, sets):
    members = [(f"{name}.gz", PACKERS[".gz"](idx_bytes(array))) for name, array in sets.mnist.items()]
    return write(folder / "mnist.tar", tar_bytes(members))


@named("mnist", "mnist.7z is a 7-Zip archive", "7z x")
def a_7z_archive(folder, sets):
    return write(folder / "mnist.7z", SEVEN_ZIP)


@named("mnist", "mnist.rar is a RAR archive", "unrar")
def a_rar_archive(folder, sets):
    return write(folder / "mnist.rar", b"Rar!\x1a\x07\x01\x00" + bytes(50))


@named("mnist", "train-images-idx3-ubyte.Z is packed by the old compress", "gunzip")
def packed_by_compress(folder, sets):
    return write(folder / "train-images-idx3-ubyte.Z", b"\x1f\x9d\x90" + bytes(50))


@named("mnist", "is packed by Zstandard", "zstd -d train-images-idx3-ubyte.zst")
def packed_by_zstandard(folder, sets):
    return write(folder / "train-images-idx3-ubyte.zst", b"\x28\xb5\x2f\xfd" + bytes(50))


@named("mnist", "mnist.pkl.gz is a Python pickle", "can run any code")
def the_pickle_of_old_tutorials(folder, sets):
    return write(folder / "mnist.pkl.gz", gzip.compress(PICKLE))


@named("mnist", "is a file of PyTorch", "can run any code")
def torchvisions_processed_folder(folder, sets):
    return write(folder / "MNIST" / "processed" / "training.pt", zip_bytes([("training/data.pkl", PICKLE)])).parents[1]


@named("mnist", "test-00000-of-00001.parquet (and 1 more) is a Parquet file")
def hugging_faces_parquet(folder, sets):
    write(folder / "mnist" / "test-00000-of-00001.parquet", PARQUET)
    return write(folder / "mnist" / "train-00000-of-00001.parquet", PARQUET).parent


@named("mnist", "Kaggle's Digit Recognizer", "divides the digits in another way")
def kaggles_digit_recognizer(folder, sets):
    pixels = ",".join(f"pixel{i}" for i in range(35))
    write(folder / "train.csv", f"label,{pixels}\n1,{',0' * 34}0\n".encode())
    return write(folder / "test.csv", f"{pixels}\n{',0' * 34}0\n".encode())


@named("mnist", "its x_train is not that of mnist", "another order")
def a_csv_in_another_order(folder, sets):
    changed = {name: array[::-1] for name, array in sets.mnist.items()}
    write(folder / "mnist_train.csv", table(changed, "train"))
    return write(folder / "mnist_test.csv", table(sets.mnist, "t10k"))


@named("mnist", "expected 23 rows; it has 22")
def a_csv_cut_off(folder, sets):
    write(folder / "mnist_train.csv", table(sets.mnist, "train")[:-1].rpartition(b"\n")[0])
    return write(folder / "mnist_test.csv", table(sets.mnist, "t10k"))


@named("mnist", "a label and 35 pixels from 0 to 255")
def a_csv_of_fractions_or_large_numbers(folder, sets):
    write(folder / "mnist_train.csv", table(sets.mnist, "train").replace(b"\n5,", b"\n999,").replace(b"\n1,", b"\n-1,"))
    return write(folder / "mnist_test.csv", table(sets.mnist, "t10k"))


@named("mnist", "mnist_test.csv not found", "The other 1 of its parts lie in")
def one_csv_of_two(folder, sets):
    return write(folder / "mnist_train.csv", table(sets.mnist, "train"))


@named("mnist", "weights.npz is a file of NumPy arrays")
def an_npz_of_something_else(folder, sets):
    return write(folder / "weights.npz", npz_bytes(W=np.ones(3)))


@named("mnist", "mnist.npz")
def an_npz_with_pickles(folder, sets):
    labels = np.empty(23, object)
    labels[:] = [[1]] * 23
    return write(folder / "mnist.npz", npz_bytes(x_train=sets.mnist["train-images-idx3-ubyte"], y_train=labels))


@named("mnist", "is a link to a file that does not exist")
def a_link_to_nothing(folder, sets):
    write_mnist(folder, sets.mnist)
    path = folder / "train-images-idx3-ubyte.gz"
    path.unlink()
    path.symlink_to(folder / "gone")
    return folder


@named("mnist", "train-images-idx3-ubyte is a pipe, a socket or a device")
def a_pipe_in_place_of_a_file(folder, sets):
    write_mnist(folder, sets.mnist)
    (folder / "train-images-idx3-ubyte.gz").unlink()
    os.mkfifo(folder / "train-images-idx3-ubyte")
    return folder


@named("mnist", "is a picture")
def a_folder_of_pictures(folder, sets):
    for number in range(40):
        write(folder / "mnist_png" / f"{number}.png", PNG)
    return folder


@named("mnist", "holds no files")
def an_empty_folder(folder, sets):
    return folder


@named("mnist", "holiday.png is a picture", "notes.txt is a text")
def a_folder_of_something_else(folder, sets):
    write(folder / "holiday.png", PNG)
    return write(folder / "notes.txt", b"milk\n")


@named("mnist", "which is a pipe, a socket or a device")
def a_pipe_as_the_folder(folder, sets):
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


@named("mnist", "/dev/zero, which is a pipe, a socket or a device")
def an_endless_device_as_the_folder(folder, sets):
    return Path("/dev/zero")


@named("mnist", "cannot be looked into (File name too long)")
def a_name_of_300_characters(folder, sets):
    return folder / ("x" * 300)


@named("cifar10", "cifar-10-python.tar.gz is CIFAR-10's Python version", "can run any code", "take the binary version")
def cifars_python_archive(folder, sets):
    return write(
        folder / "cifar-10-python.tar.gz", gzip.compress(tar_bytes(python_version("cifar-10-batches-py", BATCHES)))
    )


@named("cifar10", "cifar-10-binary.tar.gz is CIFAR-10's Python version", "can run any code")
def cifars_python_archive_under_the_binary_ones_name(folder, sets):
    return write(
        folder / "cifar-10-binary.tar.gz", gzip.compress(tar_bytes(python_version("cifar-10-batches-py", BATCHES)))
    )


@named("cifar10", "(and 3 more) is CIFAR-10's Python version", "can run any code")
def cifars_python_folder(folder, sets):
    return unpack(folder, python_version("cifar-10-batches-py", BATCHES))


@named("cifar10", "file.bin is CIFAR-10's Python version")
def cifars_python_archive_under_any_name(folder, sets):
    members = python_version("cifar-10-batches-py", BATCHES)
    return write(folder / "file.bin", lzma.compress(tar_bytes(members))) / "file.bin"


@named("cifar100", "CIFAR-100's Python version", "can run any code")
def cifar100s_python_archive(folder, sets):
    members = python_version("cifar-100-python", ["meta", "train", "test"])
    return write(folder / "cifar-100-python.tar.gz", gzip.compress(tar_bytes(members)))


@named("cifar100", "(and 2 more) is CIFAR-100's Python version")
def cifar100s_python_folder(folder, sets):
    return unpack(folder, python_version("cifar-100-python", ["meta", "train", "test"]))


@named("cifar10", "CIFAR-10's MATLAB version")
def cifars_matlab_archive(folder, sets):
    members = [("cifar-10-batches-mat/data_batch_1.mat", b"MATLAB 5.0 MAT-file" + bytes(600))]
    return write(folder / "cifar-10-matlab.tar.gz", gzip.compress(tar_bytes(members)))


@named("cifar10", "CIFAR-10's MATLAB version")
def cifars_matlab_files(folder, sets):
    return write(folder / "data_batch_1.mat", b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(200))


@named("cifar10", "cifar100's, not cifar10's", "load it as cifar100")
def cifar100_under_cifar10s_name(folder, sets):
    return write(folder / "cifar-10-binary.tar.gz", gzip.compress(tar_bytes(sets.cifar100)))


@named("cifar10", "a web page (HTML)")
def a_web_page_in_place_of_an_archive(folder, sets):
    return write(folder / "cifar-10-binary.tar.gz", HTML)


@named("cifar10", "truncated")
def an_archive_cut_off(folder, sets):
    data = gzip.compress(tar_bytes(sets.cifar10))
    return write(folder / "cifar-10-binary.tar.gz", data[: len(data) // 2])


@named("cifar10", "data_batch_3.bin", "that is not what belongs here", "download it again")
def one_batch_cut_off(folder, sets):
    unpack(folder / "below", sets.cifar10)
    path = folder / "below" / "cifar-10-batches-bin" / "data_batch_3.bin"
    path.write_bytes(path.read_bytes()[:-7])
    return folder


@named("cifar10", "test.7z (and 1 more) is a 7-Zip archive", "Kaggle's list of the labels")
def kaggles_cifar10(folder, sets):
    write(folder / "cifar-10" / "train.7z", SEVEN_ZIP)
    write(folder / "cifar-10" / "test.7z", SEVEN_ZIP)
    write(folder / "cifar-10" / "trainLabels.csv", b"id,label\n1,frog\n2,truck\n")
    return folder


@named("cifar10", "is a picture", "single pictures are not read")
def a_folder_of_cifars_pictures(folder, sets):
    for number in range(60):
        write(folder / "cifar10" / "train" / "frog" / f"{number}.png", PNG)
    return folder


@named("cifar10", "a Parquet file")
def cifars_parquet(folder, sets):
    return write(folder / "cifar10" / "plain_text" / "train-00000-of-00001.parquet", PARQUET).parents[1]


@named("cifar10", "an HDF5 file")
def cifars_hdf5(folder, sets):
    return write(folder / "cifar10.h5", b"\x89HDF\r\n\x1a\n" + bytes(90))


@named("imdb", "Kaggle's table of the film reviews", "does not say which of them are the training part")
def kaggles_reviews(folder, sets):
    return write(folder / "IMDB Dataset.csv", b'review,sentiment\n"A fine film, <br />really",positive\n')


@named("imdb", "Keras's imdb.npz", "can run any code")
def kerass_reviews(folder, sets):
    words = np.empty(2, object)
    words[:] = [[1, 2], [3]]
    return write(folder / "imdb.npz", npz_bytes(x_train=words, y_train=np.ones(2)))


@named("imdb", "a zip archive")
def reviews_in_a_zip(folder, sets):
    return write(folder / "imdb-dataset.zip", zip_bytes([("IMDB Dataset.csv", b"review,sentiment\n")]))


@named("imdb", "a web page (HTML)")
def a_web_page_in_place_of_the_reviews(folder, sets):
    return write(folder / "aclImdb_v1.tar.gz", HTML)


@named("imdb", "expected 6 reviews in train/neg; it holds 5")
def reviews_unpacked_with_one_missing(folder, sets):
    unpack(folder, sets.imdb)
    next((folder / "aclImdb" / "train" / "neg").iterdir()).unlink()
    return folder


@named("imdb", "test/neg, test/pos not found", "The other 2 of its parts lie in")
def reviews_unpacked_without_their_test_part(folder, sets):
    unpack(folder, sets.imdb)
    write(folder / "aclImdb" / "README", b"Large Movie Review Dataset v1.0")
    shutil.rmtree(folder / "aclImdb" / "test")
    return folder


@named("transaction", "santander-customer-transaction-prediction.zip is a zip archive", "unzip")
def kaggles_zip(folder, sets):
    data = zip_bytes([("train.csv", csv(sets.transaction))])
    return write(folder / "santander-customer-transaction-prediction.zip", data)


@named("transaction", "train.csv is a zip archive")
def a_zip_that_is_called_csv(folder, sets):
    return write(folder / "train.csv", zip_bytes([("train.csv", csv(sets.transaction))]))


@named("transaction", "Santander's test.csv, which has no targets")
def the_table_without_targets(folder, sets):
    lines = [",".join([line.split(",")[0], *line.split(",")[2:]]) for line in sets.transaction]
    return write(folder / "santander" / "test.csv", csv(lines)).parent


@named("transaction", "not divided by commas")
def a_table_saved_with_semicolons(folder, sets):
    return write(folder / "train.csv", csv([line.replace(",", ";") for line in sets.transaction]))


@named("transaction", "train.csv is an Excel workbook", "save the sheet as CSV")
def a_workbook_in_place_of_a_table(folder, sets):
    return write(folder / "train.csv", zip_bytes([("[Content_Types].xml", b"<Types/>")]))


@named("transaction", "Digit Recognizer")
def another_competitions_table(folder, sets):
    return write(folder / "train.csv", b"label,pixel0,pixel1\n3,0,0\n")


@named("transaction", "expected the header ID_code,target")
def a_table_of_passengers(folder, sets):
    return write(folder / "train.csv", b"PassengerId,Survived\n1,0\n")


@named("transaction", "the file is truncated")
def a_table_cut_off(folder, sets):
    return write(folder / "train.csv", csv(sets.transaction)[:-3])


assert transaction.HEADER.startswith("ID_code,target")
