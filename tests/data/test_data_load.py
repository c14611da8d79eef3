"""`load`: one return type for all sets, parts that do not overlap, arguments that are checked."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from data_helpers import tiny_mnist, tiny_mnist_arrays, write_mnist

import data_utils
from data_utils import load
from mfnumpy.errors import InvalidValueError, MissingLibraryError, UnknownNameError

SMALL = ("digits", "breast_cancer", "transaction-synthetic")


@pytest.mark.parametrize("name", SMALL)
def test_every_part_has_matching_rows_and_the_stated_types(name):
    data = load(name)
    for x, y in data.parts().values():
        assert x.shape == (len(y), *data.input_shape)
        assert x.dtype == np.float32
        assert y.dtype == np.int64
        assert x.flags.c_contiguous
    assert set(data.y_train) == set(data.y_val) == set(data.y_test) == set(range(data.n_classes))
    assert data.licence
    assert data.citation
    assert name in repr(data)
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"


def test_the_small_sets_are_the_published_ones():
    digits = load("digits", scaling="none", validation=0)
    assert len(digits.y_train) + len(digits.y_test) == 1797
    counts = digits.class_counts("train") + digits.class_counts("test")
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    total = float(digits.x_train.sum() + digits.x_test.sum())
    assert total == 561_718
    cancer = load("breast_cancer", scaling="none", validation=0, dtype="float64")
    assert (cancer.class_counts("train") + cancer.class_counts("test")).tolist() == [212, 357]
    radius = np.concatenate([cancer.x_train[:, 0], cancer.x_test[:, 0]])
    assert round(float(radius.mean()), 4) == 14.1273
    assert cancer.feature_names[0] == "mean radius"


@pytest.mark.parametrize("name", SMALL)
def test_no_sample_is_in_two_parts(name):
    data = load(name, scaling="none", dtype="float64", validation=0.25)
    rows = np.concatenate([x for x, _ in data.parts().values()])
    whole = load(name, scaling="none", dtype="float64", validation=0)
    everything = np.concatenate([whole.x_train, whole.x_test])
    np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(everything, axis=0))
    assert len(data.y_val) == round(0.25 * len(whole.y_train))


def test_the_seed_moves_validation_and_never_the_test_part():
    one, two = load("digits", seed=1), load("digits", seed=2)
    assert not np.array_equal(one.x_val, two.x_val)
    np.testing.assert_array_equal(one.x_test, two.x_test)
    np.testing.assert_array_equal(one.x_val, load("digits", seed=1).x_val)
    a, b = load("digits", seed=1, subset=50), load("digits", seed=2, subset=50)
    np.testing.assert_array_equal(a.x_test, b.x_test)
    assert not np.array_equal(a.x_train, b.x_train)


def test_what_is_scaled_is_scaled_by_the_training_part():
    data = load("breast_cancer", dtype="float64", validation=0.3)
    np.testing.assert_allclose(data.x_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.x_train.std(axis=0), 1, rtol=1e-12)
    assert abs(data.x_test.mean(axis=0)).max() > 0.01
    assert abs(data.x_val.mean(axis=0)).max() > 0.01


def test_layouts_hold_the_same_pixels():
    flat, image = load("digits"), load("digits", layout="image")
    assert image.x_train.shape == (1294, 8, 8, 1)
    assert flat.image_shape == image.image_shape == (8, 8, 1)
    np.testing.assert_array_equal(flat.x_train, image.x_train.reshape(1294, 64))


def test_lazy_gives_what_eager_gives():
    eager, lazy = load("breast_cancer"), load("breast_cancer", lazy=True)
    assert isinstance(lazy.x_train, data_utils.RowView)
    rows = [5, 0, 17]
    np.testing.assert_array_equal(lazy.x_train[rows], eager.x_train[rows])


def test_stored_bytes_come_back_as_they_are():
    data = load("digits", dtype="uint8", scaling="none", layout="image")
    assert data.x_train.dtype == np.uint8
    assert data.x_train.max() == 16


@pytest.mark.parametrize(
    ("subset", "sizes"), [(200, (200, 144, 200)), (10**6, (1294, 144, 359)), (0.5, (647, 72, 180))]
)
def test_a_subset_is_at_most_so_many_of_each_part(subset, sizes):
    data = load("digits", subset=subset)
    assert tuple(len(y) for _, y in data.parts().values()) == sizes
    assert np.ptp(data.class_counts()) <= 0.1 * len(data.y_train)


@pytest.mark.parametrize("none", [0, 0.0])
def test_no_validation_gives_an_empty_part_of_the_right_shape(none):
    data = load("digits", validation=none, subset=0.5, layout="image")
    assert data.x_val.shape == (0, 8, 8, 1)
    assert data.y_val.shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "minst"}, UnknownNameError, "Did you mean 'mnist'"),
        ({"layout": "flatt"}, UnknownNameError, "Did you mean 'flat'"),
        ({"dtype": "float16"}, UnknownNameError, "float32"),
        ({"scaling": "unti"}, UnknownNameError, "Did you mean 'unit'"),
        ({"labels": "fine"}, InvalidValueError, "digits has no option 'labels'"),
        ({"name": "transaction-synthetic", "sample": 3}, InvalidValueError, "it has samples"),
        ({"name": "breast_cancer", "layout": "image"}, InvalidValueError, "holds no images"),
        ({"dtype": "uint8"}, InvalidValueError, "scaling='none'"),
        ({"name": "breast_cancer", "scaling": "unit"}, InvalidValueError, "largest possible"),
        ({"validation": 1797}, InvalidValueError, "validation"),
        ({"validation": 0.9999}, InvalidValueError, "validation as a fraction must leave at least one row"),
        ({"validation": 1e-4}, InvalidValueError, "validation as a fraction must take at least one row"),
        ({"subset": 1e-4}, InvalidValueError, "subset as a fraction must take at least one row"),
        ({"subset": 0}, InvalidValueError, "subset"),
        ({"subset": 1.0}, InvalidValueError, "subset"),
        ({"seed": -1}, InvalidValueError, "seed"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        load(**{"name": "digits", **arguments})


def test_mnist_files_become_a_dataset(tmp_path, monkeypatch):
    arrays = tiny_mnist_arrays()
    tiny_mnist(monkeypatch, arrays)
    write_mnist(tmp_path / "mnist", arrays)
    data = load("mnist", data_dir=tmp_path, validation=5, layout="image", seed=3)
    assert data.x_train.shape == (18, 5, 7, 1)
    whole = load("mnist", data_dir=tmp_path, validation=0)
    np.testing.assert_array_equal(whole.x_train, arrays["train-images-idx3-ubyte"].reshape(23, 35) / np.float32(255))
    np.testing.assert_array_equal(whole.y_test, arrays["t10k-labels-idx1-ubyte"])


def test_importing_is_light_and_a_missing_library_is_named():
    code = """
import sys, data_utils
heavy = {"sklearn", "scipy", "pooch", "platformdirs", "requests", "matplotlib", "tqdm", "pandas"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_missing_library_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingLibraryError, match=r"mfnumpy\[lab\]"):
        load("digits")
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.delenv("MFNUMPY_CACHE_DIR")
    with pytest.raises(MissingLibraryError, match="platformdirs"):
        load("mnist")


def test_data_utils_takes_from_mfnumpy_only_what_carries_no_mathematics():
    import ast
    from pathlib import Path

    carried = ("files", "optional", "seeding", "split", "validate")
    allowed = {"mfnumpy.choices", "mfnumpy.errors", *(f"mfnumpy.support.{room}" for room in carried)}
    for path in Path(data_utils.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mfnumpy"):
                assert node.module in allowed, (path.name, node.module)
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("mfnumpy") for alias in node.names), path.name
