"""Lazy rows equal converted rows, and every fitted number comes from the training rows alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from data_utils import scaling
from data_utils.views import RowView, Scaling
from mfnumpy.errors import InvalidValueError, UnknownNameError

RNG = np.random.default_rng(7)
BYTES = RNG.integers(0, 256, (40, 5, 4, 3), np.uint8)
ROWS = RNG.permutation(40)[:23]
INDICES = [3, -1, np.int64(5), slice(2, 9), slice(None), [4, 1, 1], np.arange(23) % 3 == 0, np.array([], int)]


def byte_view(dtype="float32", shape=(60,)) -> RowView:
    return RowView(BYTES, ROWS, shape, scaling.fit("standard", BYTES, ROWS[:15], 255.0), np.dtype(dtype))


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_a_view_gives_what_the_whole_array_gives(index):
    view = byte_view()
    whole = view.materialise()
    assert whole.shape == view.shape == (23, 60)
    taken = view[index]
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, whole[index])


def test_the_values_are_scaled_per_channel_then_flattened():
    view = byte_view("float64", (5, 4, 3))
    chosen = BYTES[ROWS[:15]].reshape(-1, 3).astype(float)
    expected = (BYTES[ROWS] - chosen.mean(axis=0)) / chosen.std(axis=0)
    np.testing.assert_allclose(view[:], expected, rtol=1e-12)
    np.testing.assert_allclose(byte_view("float64")[:], expected.reshape(23, 60), rtol=1e-12)


def test_materialising_in_blocks_changes_nothing(monkeypatch):
    whole = byte_view().materialise()
    monkeypatch.setattr("data_utils.views.ROWS_AT_ONCE", 5)
    np.testing.assert_array_equal(byte_view().materialise(), whole)


def test_taking_a_batch_does_not_touch_the_source_or_later_batches():
    view = byte_view()
    before = view[:4]
    view[:4][:] = 99
    np.testing.assert_array_equal(view[:4], before)


def test_scaling_leaves_its_input_alone_also_where_no_conversion_is_needed():
    x = RNG.standard_normal((6, 3))
    before = x.copy()
    scaling.fit("standard", x, np.arange(6), None)(x, x.dtype)
    np.testing.assert_array_equal(x, before)


def test_sparse_rows_become_dense_in_the_batch_only():
    dense = RNG.random((40, 9)) * (RNG.random((40, 9)) < 0.3)
    view = RowView(sparse.csr_matrix(dense), ROWS, (9,), Scaling("none"), np.dtype("float32"))
    for index in INDICES:
        np.testing.assert_array_equal(view[index], dense[ROWS].astype(np.float32)[index])
    assert "sparse" in repr(view)


def test_numpy_sees_an_array():
    view = byte_view()
    np.testing.assert_array_equal(np.asarray(view), view.materialise())
    assert np.asarray(view, dtype=np.float64).dtype == np.float64
    assert (len(view), view.ndim) == (23, 2)
    with pytest.raises(InvalidValueError, match="takes rows only"):
        view[3, 4]


@pytest.mark.parametrize("x", [BYTES, BYTES.reshape(40, -1).astype(np.float64)], ids=["bytes", "floats"])
def test_what_is_fitted_does_not_look_beyond_the_given_rows(x):
    fitted = scaling.fit("standard", x, ROWS, 255.0)
    changed = x.copy()
    changed[np.setdiff1d(np.arange(40), ROWS)] = 1
    again = scaling.fit("standard", changed, ROWS, 255.0)
    np.testing.assert_array_equal(fitted.offset, again.offset)
    np.testing.assert_array_equal(fitted.divisor, again.divisor)
    changed[ROWS[0]] = 2  # the planted mistake: a given row does count
    assert not np.array_equal(fitted.offset, scaling.fit("standard", changed, ROWS, 255.0).offset)


def test_the_mean_of_bytes_is_exact(monkeypatch):
    monkeypatch.setattr("data_utils.scaling.ROWS_AT_ONCE", 7)
    mean, sd = scaling.mean_and_sd_of_bytes(BYTES, ROWS)
    chosen = BYTES[ROWS].reshape(-1, 3).astype(np.float64)
    np.testing.assert_allclose(mean, chosen.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(sd, chosen.std(axis=0), rtol=1e-12)


def test_a_constant_feature_becomes_zero():
    x = RNG.standard_normal((40, 3))
    x[:, 1] = 5.0
    fitted = scaling.fit("standard", x, np.arange(40), None)
    assert not fitted(x, np.dtype("float64"))[:, 1].any()


def test_unit_divides_by_the_largest_value_and_none_leaves_everything():
    unit = scaling.fit("unit", BYTES, ROWS, 255.0)(BYTES, np.dtype("float32"))
    np.testing.assert_array_equal(unit, BYTES.astype(np.float32) / np.float32(255))
    none = scaling.fit("none", BYTES, ROWS, 255.0)(BYTES, np.dtype("uint8"))
    np.testing.assert_array_equal(none, BYTES)


def test_scalings_that_do_not_fit_are_refused():
    with pytest.raises(UnknownNameError, match="standard"):
        scaling.fit("standart", BYTES, ROWS, 255.0)
    with pytest.raises(InvalidValueError, match="largest possible"):
        scaling.fit("unit", BYTES, ROWS, None)
    with pytest.raises(InvalidValueError, match="sparse"):
        scaling.fit("standard", sparse.csr_matrix(np.eye(3)), ROWS, None)
