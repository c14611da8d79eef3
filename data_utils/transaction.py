"""Santander's transactions, from the user's own train.csv, and a synthetic twin of the same shape.

    ID_code,target,var_0,...,var_199
    train_0,0,8.9255,-6.7863,...

Kaggle's rules forbid passing the file on. Whoever has an account there can download it; OpenML has the table without
one (`data_utils.openml`).
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from data_utils import openml
from data_utils.found import Found
from data_utils.raw import Raw, hold_out
from data_utils.source import Source
from data_utils.streams import open_bounded
from data_utils.text import lines_of
from data_utils.wording import shown
from mfnumpy.errors import FormatError, InvalidValueError
from mfnumpy.support.seeding import stream as random_stream

COLUMNS = 200
NAMES = tuple(f"var_{i}" for i in range(COLUMNS))
HEADER = ",".join(("ID_code", "target", *NAMES))
CSV_LIMIT = 1_000_000_000
MAX_ROWS = 500_000
"""Bounds of what is read: the official file has 302 MB in 200,000 rows."""

ROWS_AT_ONCE = 10_000


def parse_csv(path: Path) -> dict[str, np.ndarray]:
    """Read a train.csv: x (N, 200) float32, y (N,) bytes, 0 or 1.

    Raises FormatError, naming line and column, for another header, a missing cell, text, NaN or infinity, a
    target that is neither 0 nor 1, a last line that is cut off, too many rows, or a file in which one of the
    classes does not occur.
    """
    blocks: list[np.ndarray] = []
    name = shown(path.name)
    with open_bounded(path, CSV_LIMIT) as stream:
        lines = lines_of(stream)
        header = next(lines, "")
        if header != HEADER:
            raise FormatError(
                f"{name}: expected the header ID_code,target,var_0,...,var_199; it begins {header[:60]!r}. "
                "Only Kaggle's train.csv has a target column."
            )
        while block := list(islice(lines, ROWS_AT_ONCE)):
            line_number = 2 + ROWS_AT_ONCE * len(blocks)
            blocks.append(_numbers(name, block, line_number))
            if len(blocks) * ROWS_AT_ONCE > MAX_ROWS:
                raise FormatError(f"{name}: expected at most {MAX_ROWS:,} rows; it has more.")
    table = np.concatenate(blocks) if blocks else np.empty((0, 1 + COLUMNS), np.float32)
    y = table[:, 0].astype(np.uint8)
    if len(np.unique(y)) != 2:
        raise FormatError(f"{name}: expected rows of both targets, 0 and 1; its {len(y):,} rows do not have both.")
    return {"x": np.ascontiguousarray(table[:, 1:]), "y": y}


def _numbers(name: str, lines: list[str], first_line: int) -> np.ndarray:
    """(len(lines), 201) float32.

    Target and variables. Raises FormatError naming the first bad cell.
    """
    if all(line.count(",") == COLUMNS + 1 for line in lines):
        try:
            columns = range(1, COLUMNS + 2)
            table = np.loadtxt(lines, np.float32, delimiter=",", usecols=columns, comments=None, ndmin=2, encoding=None)
        except ValueError:
            table = None
        # loadtxt passes over blank lines; those fail the count above
        if table is not None and np.isfinite(table).all() and np.isin(table[:, 0], (0, 1)).all():
            return table
    raise _first_fault(name, lines, first_line)


def _first_fault(name: str, lines: list[str], first_line: int) -> FormatError:
    """Find the first bad cell, slowly: this is only called when there is one."""
    for number, line in enumerate(lines, first_line):
        cells = line.split(",")
        if len(cells) != COLUMNS + 2:
            return FormatError(f"{name}, line {number}: expected {COLUMNS + 2} columns; it has {len(cells)}.")
        for column, cell in zip(("target", *NAMES), cells[1:], strict=True):
            try:
                with np.errstate(over="ignore"):
                    value = np.float32(cell)
            except ValueError:
                value = np.float32(np.nan)
            if not np.isfinite(value) or (column == "target" and value not in (0, 1)):
                wanted = "0 or 1" if column == "target" else "a finite number"
                return FormatError(f"{name}, line {number}, column {column}: expected {wanted}; got {cell[:40]!r}.")
    return FormatError(
        f"{name}, lines {first_line} to {first_line + len(lines) - 1}: expected numbers between the commas; "
        "found something else. Fetch the file again."
    )


def imbalance(y: np.ndarray) -> str:
    """The class imbalance in words: what a constant guess already reaches. y: (N,), 0 or 1."""
    positive = int(np.count_nonzero(y))
    return (
        f"imbalance: {positive:,} of {len(y):,} ({positive / len(y):.1%}) are positive; always answering 'no' is "
        f"right in {1 - positive / len(y):.1%}"
    )


def raw(source: Source, arrays: dict[str, np.ndarray]) -> Raw:
    """The Raw of transactions.

    A stratified fifth is held out as test, since Kaggle's test has no targets.
    """
    rows, official = len(arrays["y"]), source.samples[0]
    notes = [imbalance(arrays["y"])]
    if rows != official:
        notes.append(f"rows: {rows:,}, not the official {official:,}: the train.csv is incomplete, or another one")
    return hold_out(source, arrays["x"], arrays["y"], notes=tuple(notes), feature_names=NAMES)


def parse(found: Found) -> dict[str, np.ndarray]:
    """Parse the train.csv that was found (see `parse_csv`), or the arrays that were fetched from OpenML."""
    if found.form == "npz":
        return openml.read(found)
    return parse_csv(found.files[found.source.members[0]])


SYNTHETIC_SEED = 0
POSITIVE = 0.1
SHIFT = 0.108
"""How far, in sd, the positives' mean lies from the negatives', per column, as the sd of a normal draw. With
200 independent columns the best linear score then has an AUC of about Phi(0.108 * sqrt(200) / sqrt(2)) =
0.86."""


def synthetic(source: Source, samples: int | None = None) -> Raw:
    """Made-up transactions: the real set's shape and imbalance, no row of it; for lessons and tests only.

    samples: how many rows; None for 20,000; 200_000 for the real size. The first rows of a larger set are
    those of a smaller one. Each column is normal, with mean and sd of its own; the positives' mean is shifted
    by SHIFT. Raises InvalidValueError for a number of samples that is not an integer from 100 to 500,000.
    """
    samples = source.samples[0] if samples is None else samples
    if isinstance(samples, bool) or not isinstance(samples, int) or not 100 <= samples <= MAX_ROWS:
        raise InvalidValueError(f"samples must be an integer from 100 to {MAX_ROWS:,}; got {samples!r}.")
    columns = random_stream(SYNTHETIC_SEED, "transaction-synthetic columns")
    mean, sd = columns.uniform(-10, 20, COLUMNS), columns.uniform(0.5, 10, COLUMNS)
    shift = SHIFT * columns.standard_normal(COLUMNS)
    x = np.empty((samples, COLUMNS), np.float32)
    y = np.empty(samples, np.uint8)
    for block, start in enumerate(range(0, samples, ROWS_AT_ONCE)):
        rng = random_stream(SYNTHETIC_SEED, "transaction-synthetic rows", block)
        count = min(ROWS_AT_ONCE, samples - start)
        # drawn for the whole block, so that a row does not depend on how many are kept
        target = rng.random(ROWS_AT_ONCE)[:count] < POSITIVE
        noise = rng.standard_normal((count, COLUMNS))
        y[start : start + count] = target
        x[start : start + count] = mean + sd * (noise + target[:, np.newaxis] * shift)
    notes = ("SYNTHETIC: made up by a random generator; not Santander's data", imbalance(y))
    return hold_out(source, x, y, notes=notes, feature_names=NAMES)
