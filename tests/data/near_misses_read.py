"""Folders from which a data set is read, though nothing in them is called as it should be."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import tarfile
from pathlib import Path

from data_helpers import PACKERS, idx_bytes, tar_bytes, write_mnist
from near_misses import (
    HTML,
    csv,
    keras,
    read,
    renamed,
    table,
    unpack,
    write,
)

# MNIST and Fashion-MNIST


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


# CIFAR


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


# the reviews and the transactions


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
