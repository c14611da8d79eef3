"""Folders in which CIFAR, the reviews or the transactions are not, but something like them: what is said of it."""

from __future__ import annotations

import gzip
import lzma
import shutil

import numpy as np
from data_helpers import tar_bytes
from near_misses import (
    BATCHES,
    HTML,
    PARQUET,
    PNG,
    SEVEN_ZIP,
    csv,
    named,
    npz_bytes,
    python_version,
    unpack,
    write,
    zip_bytes,
)


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
