"""Every near-miss of a data set's files is read or named, in one line; the folders are in `near_misses_...`."""

from __future__ import annotations

from dataclasses import replace

import near_misses
import near_misses_named_mnist  # noqa: F401 - they add their cases
import near_misses_named_others  # noqa: F401
import near_misses_read  # noqa: F401
import numpy as np
import pytest
from data_helpers import tar_bytes, tiny_cifar, tiny_mnist, tiny_mnist_arrays
from test_data_reviews import make_members
from test_data_transaction import X, Y, csv_lines

from data_utils import load, registry
from mfnumpy.cli import main

LONGEST = 1500


@pytest.fixture
def sets(monkeypatch) -> near_misses.Sets:
    """Small versions of all sets, in place of the official ones."""
    mnist = tiny_mnist_arrays()
    fashion = {name: np.roll(array, 1, axis=0) for name, array in mnist.items()}
    tiny_mnist(monkeypatch, mnist)
    tiny_mnist(monkeypatch, fashion, "fashion_mnist")
    cifar10, cifar100 = tiny_cifar(monkeypatch)[1], tiny_cifar(monkeypatch, "cifar100")[1]
    monkeypatch.setitem(registry.SOURCES, "imdb", replace(registry.get("imdb"), samples=(12, 12)))
    return near_misses.Sets(mnist, fashion, cifar10, cifar100, make_members(), csv_lines())


def truth(name: str, sets: near_misses.Sets) -> tuple[np.ndarray, np.ndarray]:
    """The training images or rows as they are stored, and the labels."""
    if name in ("mnist", "fashion_mnist"):
        arrays = sets.mnist if name == "mnist" else sets.fashion
        return arrays["train-images-idx3-ubyte"].reshape(23, 35), arrays["train-labels-idx1-ubyte"]
    members = sets.cifar10 if name == "cifar10" else sets.cifar100
    labels = 1 if name == "cifar10" else 2
    rows = np.concatenate([np.frombuffer(data, np.uint8).reshape(-1, labels + 3072) for _, data in members[:-1]])
    pixels = rows[:, labels:].reshape(-1, 3, 1024).transpose(0, 2, 1).reshape(len(rows), -1)
    return pixels, rows[:, labels - 1]


@pytest.mark.parametrize("case", near_misses.READ)
def test_what_is_safe_and_unambiguous_is_read(tmp_path, sets, capsys, case):
    name, make = near_misses.READ[case]
    (tmp_path / "given").mkdir()
    given = make(tmp_path / "given", sets)
    assert main(["data", "fetch", name, "--data-dir", str(given)]) == 0, capsys.readouterr().err
    assert str(tmp_path / "given") in capsys.readouterr().out
    if name == "imdb":
        data = load("imdb", data_dir=given, words=9, weighting="counts", validation=0, download=False)
        assert data.y_train.tolist() == [0] * 6 + [1] * 6
        (reference := tmp_path / "reference").mkdir()
        near_misses.write(reference / "aclImdb_v1.tar", tar_bytes(sets.imdb))
        again = load("imdb", data_dir=reference, words=9, weighting="counts", validation=0, download=False)
        np.testing.assert_array_equal(data.x_train[:], again.x_train[:])
        return
    data = load(name, data_dir=given, scaling="none", validation=0, download=False)
    if name == "transaction":
        assert len(data.y_train) + len(data.y_test) == len(Y)
        rows = {tuple(row) for row in np.concatenate([data.x_train, data.x_test])}
        assert rows == {tuple(row) for row in X.astype(np.float32)}
        return
    x, y = truth(name, sets)
    np.testing.assert_array_equal(data.x_train, x)
    np.testing.assert_array_equal(data.y_train, y)


@pytest.mark.parametrize("case", near_misses.NAMED)
def test_what_is_not_read_is_named_with_its_remedy_in_one_line(tmp_path, sets, capsys, case):
    name, make, message = near_misses.NAMED[case]
    (tmp_path / "given").mkdir()
    given = make(tmp_path / "given", sets)
    assert main(["data", "verify", name, "--data-dir", str(given)]) == 2
    error = capsys.readouterr().err
    for part in message:
        assert part in error
    assert error.count("\n") == 1
    assert len(error) < LONGEST
