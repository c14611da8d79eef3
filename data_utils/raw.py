"""A data set as it is stored, before it is divided and scaled: what a reader hands to `load`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_utils.source import Source
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import stratified

HOLD_OUT = 0.2
HOLD_OUT_SEED = 0
"""Where there is no official test part, a fifth is held out, always the same: it must not follow the user's
seed, or else choosing by validation over several seeds would see the test samples."""


@dataclass(frozen=True)
class Part:
    """Rows of an array.

    x: (N, ...) array or CSR matrix.
    y: (N,) labels.
    rows: (n,) which of the N belong here.
    """

    x: Any
    y: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Raw:
    """A data set as it is stored.

    train: the training part, of which validation is still to be taken.
    test: the test part.
    class_names: one for each class.
    feature_names: of the columns of a table or the words of a text.
    notes: what else a reader of a result should know.
    features: for texts, what turns counts of all words into features fitted on the training rows; else None.
    """

    train: Part
    test: Part
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    features: Callable[[Raw], Raw] | None = None


def official(source: Source, arrays: dict[str, np.ndarray], **more: Any) -> Raw:
    """The Raw of a set with an official test part.

    source: gives the names of the classes.
    arrays: x_train, y_train, x_test, y_test.
    more: other fields of Raw.
    """
    train, test = (
        Part(arrays[f"x_{p}"], arrays[f"y_{p}"], np.arange(len(arrays[f"y_{p}"]))) for p in ("train", "test")
    )
    return Raw(train, test, **{"class_names": source.class_names, **more})


def hold_out(source: Source, x: Any, y: np.ndarray, notes: tuple[str, ...] = (), **more: Any) -> Raw:
    """The Raw of a set without a test part: a stratified fifth is held out, the same for every seed.

    source: gives the names of the classes.
    x: (N, ...) all samples.
    y: (N,) integer labels.
    notes: what else a reader of a result should know.
    more: other fields of Raw.
    """
    count = round(HOLD_OUT * len(y))
    train_rows, test_rows = stratified(y, count, stream(HOLD_OUT_SEED, "test part"))
    note = f"test: our own stratified hold-out of {count:,} samples, the same for every seed (there is no official one)"
    return Raw(Part(x, y, train_rows), Part(x, y, test_rows), source.class_names, notes=(note, *notes), **more)


def held_out_anew(source: Source, raw: Raw, seed: int) -> Raw:
    """The same Raw with another test part of our own, for those who vary it on purpose.

    source: the data set.
    raw: as it was read.
    seed: draws the test part.
    Raises InvalidValueError where there is an official test part.
    """
    if seed == HOLD_OUT_SEED:
        return raw
    if raw.train.x is not raw.test.x:
        raise InvalidValueError(
            f"{source.name} has an official test part, which no seed changes: expected hold_out={HOLD_OUT_SEED}; "
            f"got {seed!r}."
        )
    y, count = raw.train.y, len(raw.test.rows)
    train_rows, test_rows = stratified(y, count, stream(seed, "test part"))
    note = f"test: our own stratified hold-out of {count:,} samples, by hold_out={seed} (there is no official one)"
    train, test = replace(raw.train, rows=train_rows), replace(raw.test, rows=test_rows)
    return replace(raw, train=train, test=test, notes=(note, *raw.notes[1:]))
