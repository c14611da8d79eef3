"""Folders in which MNIST is not, but something that a person may have meant: what is said of it."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
from data_helpers import PACKERS, idx_bytes, tar_bytes, write_mnist
from near_misses import (
    HTML,
    LFS,
    PARQUET,
    PICKLE,
    PNG,
    SEVEN_ZIP,
    XML,
    named,
    npz_bytes,
    renamed,
    table,
    write,
    zip_bytes,
)


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
