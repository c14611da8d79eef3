"""Stratified parts: exact counts, classes in proportion, nothing lost, nothing twice, and one seed one split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfnumpy.errors import InvalidValueError
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import apportion, how_many, stratified

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(np.array)


@given(LABELS, st.data())
def test_the_two_parts_are_a_partition_with_exact_sizes_in_order(labels, data):
    count = data.draw(st.integers(0, len(labels)))
    rest, drawn = stratified(labels, count, stream(3, "x"))
    assert len(drawn) == count
    np.testing.assert_array_equal(np.sort(np.concatenate([rest, drawn])), np.arange(len(labels)))
    for part in (rest, drawn):
        assert (np.diff(part) > 0).all()


@given(LABELS, st.data())
def test_each_class_is_in_proportion_to_within_one(labels, data):
    count = data.draw(st.integers(0, len(labels)))
    class_counts = np.bincount(labels)
    _, drawn = stratified(labels, count, stream(3, "x"))
    got = np.bincount(labels[drawn], minlength=len(class_counts))
    assert (np.abs(got - class_counts * count / len(labels)) < 1).all()
    np.testing.assert_array_equal(got, apportion(class_counts, count))


def test_the_seed_alone_decides():
    labels = np.random.default_rng(0).integers(0, 4, 300)
    one = stratified(labels, 40, stream(1, "x"))[1]
    np.testing.assert_array_equal(one, stratified(labels, 40, stream(1, "x"))[1])
    assert not np.array_equal(one, stratified(labels, 40, stream(2, "x"))[1])


@pytest.mark.parametrize(
    ("part", "count"), [(0, 0), (7, 7), (99, 99), (0.0, 0), (0.1, 10), (0.256, 26), (np.int64(4), 4)]
)
def test_counts_and_fractions(part, count):
    assert how_many(part, 100, "validation") == count


@pytest.mark.parametrize(
    ("part", "total", "whole", "count"),
    [(0.0, 5, False, 0), (0.0, 5, True, 0), (0.2, 0, False, 0), (0.2, 0, True, 0), (0.99, 5, True, 5)],
)
def test_no_rows_are_meant_by_zero_or_where_there_are_none_and_all_where_allowed(part, total, whole, count):
    assert how_many(part, total, "subset", whole=whole) == count


@pytest.mark.parametrize(
    ("part", "whole", "message"),
    [
        (0.004, False, "validation as a fraction must take at least one row; 0.004 of 100 rows rounds to 0"),
        (0.004, True, "must take at least one row"),
        (0.996, False, "must leave at least one row; 0.996 of 100 rows rounds to 100"),
    ],
)
def test_a_fraction_that_rounds_to_none_or_all_is_refused(part, whole, message):
    with pytest.raises(InvalidValueError, match=message):
        how_many(part, 100, "validation", whole=whole)


@pytest.mark.parametrize("part", [-1, 100, 101, -0.1, 1.0, 1.5, float("nan"), True, "0.1", None])
def test_what_makes_no_sense_is_refused(part):
    with pytest.raises(InvalidValueError, match="validation"):
        how_many(part, 100, "validation")
