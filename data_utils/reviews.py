"""The IMDB film reviews: from the archive to a sparse table of words.

Reading and counting words learns nothing, so it is done once, over all reviews, and kept. What is fitted
(which words are the most frequent, how rare each is) is fitted afterwards, on the training rows alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from data_utils.found import Found
from data_utils.raw import Part, Raw
from data_utils.streams import open_regular
from data_utils.tars import members
from data_utils.wording import shown
from mfnumpy.errors import FormatError, InvalidValueError, unknown_name
from mfnumpy.support.optional import require

ARCHIVE_LIMIT = 800_000_000
"""The most unpacked bytes that the archive may hold, the reviews without a label included (they are passed over)."""

REVIEW_LIMIT = 50_000
"""The most bytes of one review; the longest published one has about 14,000."""

MOST_FILES = 100_000
"""Of one folder of reviews, which has 12,500."""

WEIGHTINGS = ("tfidf", "counts", "binary")

_NAME = re.compile(r"(?:.*/)?(train|test)/(neg|pos)/(\d{1,6})_\d{1,2}\.txt")


FOLDERS = tuple(f"{part}/{label}" for part in ("train", "test") for label in ("neg", "pos"))
"""Where the labelled reviews lie below the root of the archive or of the unpacked folder."""


def read_texts(found: Found) -> tuple[list[str], np.ndarray]:
    """All labelled reviews, training part first, and their labels (N,): 0 negative, 1 positive.

    Sorted by part, class and number, so that two archives of the same files give the same order.
    Raises MissingDataError, or FormatError for a damaged archive, a review too long or not UTF-8, or one too many.
    """
    place = shown((found.archive or found.folder).name)
    kept: dict[tuple[bool, bool, int], str] = {}
    for name, text in _texts_of(found):
        match = _NAME.fullmatch(name)
        if match:
            key = (match[1] == "test", match[2] == "pos", int(match[3]))
            if key in kept:
                raise FormatError(f"{place}: review {shown(name, 80)} comes twice. Fetch the archive again.")
            kept[key] = text(place)
    order = sorted(kept)
    counts = {(t, p): sum(k[:2] == (t, p) for k in order) for t in (False, True) for p in (False, True)}
    for (test, positive), count in counts.items():
        expected = found.source.samples[test] // 2
        if count != expected:
            where = f"{'test' if test else 'train'}/{'pos' if positive else 'neg'}"
            raise FormatError(
                f"{place}: expected {expected:,} reviews in {where}; it holds {count:,}. "
                "Unpack or fetch the archive again."
            )
    return [kept[key] for key in order], np.array([key[1] for key in order], np.uint8)


def _texts_of(found: Found) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Yield (name, what reads it) for each file of the archive, or of the unpacked folders."""
    if found.archive is not None:
        for member in members(found.archive, ARCHIVE_LIMIT):
            yield member.name, partial(_text, member.name, member.size, member)
        return
    for part, folder in found.files.items():
        with os.scandir(folder) as entries:
            for entry in islice(entries, MOST_FILES):
                yield f"{part}/{entry.name}", partial(_text_of_file, Path(entry.path))


def _text_of_file(path: Path, place: str) -> str:
    with open_regular(path) as raw:
        return _text(f"{path.parent.name}/{path.name}", os.fstat(raw.fileno()).st_size, raw, place)


def _text(name: str, size: int, file: Any, place: str) -> str:
    data = file.read(REVIEW_LIMIT + 1)
    if len(data) > REVIEW_LIMIT or len(data) != size:
        raise FormatError(
            f"{place}: review {shown(name, 80)} should have {size} bytes and at most {REVIEW_LIMIT}; "
            f"{len(data)} were read."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{place}: review {shown(name, 80)} is not UTF-8 text ({error}).") from error


def parse(found: Found) -> dict[str, np.ndarray]:
    """Read and count all reviews. Returns arrays for the cache:

    text, text_ends: the reviews' bytes, one after the other, and where each ends. labels: (N,).
    count_data, count_indices, count_indptr: the CSR matrix (N, V) of how often each review holds each word.
    words: the V words in alphabetical order, as bytes, one per line.
    Raises as `read_texts` does, FormatError too if no review holds a word, and MissingLibraryError without
    scikit-learn.
    """
    vectoriser = require("sklearn.feature_extraction.text").CountVectorizer(dtype=np.int32)
    texts, labels = read_texts(found)
    try:
        counts = vectoriser.fit_transform(text.replace("<br />", " ") for text in texts)
    except ValueError as error:  # "empty vocabulary"
        raise _wordless(f"{len(texts):,} reviews") from error
    encoded = [text.encode() for text in texts]
    return {
        "text": np.frombuffer(b"".join(encoded), np.uint8),
        "text_ends": np.cumsum([len(e) for e in encoded]),
        "labels": labels,
        "count_data": counts.data,
        "count_indices": counts.indices,
        "count_indptr": counts.indptr,
        "words": np.frombuffer("\n".join(vectoriser.get_feature_names_out()).encode(), np.uint8),
    }


def _wordless(what: str) -> FormatError:
    return FormatError(f"imdb: expected words of two letters or more; the {what} hold none. Fetch the archive again.")


def text_of(arrays: dict[str, np.ndarray], row: int) -> str:
    """Review number `row` as published. arrays: from `parse`."""
    ends = arrays["text_ends"]
    start = int(ends[row - 1]) if row else 0
    return arrays["text"][start : int(ends[row])].tobytes().decode()


def raw(found: Found, arrays: dict[str, np.ndarray], words: int = 5000, weighting: str = "tfidf") -> Raw:
    """The reviews as counts of all words, with the fit that is still to come.

    found: the files.
    arrays: as parsed: the words, the labels, and the counts as a CSR matrix's three arrays.
    words: how many of the training reviews' most frequent words to keep.
    weighting: "tfidf" (scikit-learn's: count * (ln((1 + n) / (1 + n_with_word)) + 1), each review then scaled to
        length 1), "counts" or "binary".
    Raises InvalidValueError or UnknownNameError for other options.
    """
    if weighting not in WEIGHTINGS:
        raise unknown_name("weighting", weighting, WEIGHTINGS)
    if isinstance(words, bool) or not isinstance(words, int) or words < 1:
        raise InvalidValueError(f"words must be an integer >= 1; got {words!r}.")
    sparse = require("scipy.sparse")
    names = arrays["words"].tobytes().decode().split("\n")
    labels = arrays["labels"]
    counts = sparse.csr_matrix(
        (arrays["count_data"], arrays["count_indices"], arrays["count_indptr"]), shape=(len(labels), len(names))
    )
    n_train = found.source.samples[0]
    rows = np.arange(len(labels))
    return Raw(
        Part(counts, labels, rows[:n_train]),
        Part(counts, labels, rows[n_train:]),
        found.source.class_names,
        feature_names=tuple(names),
        features=lambda divided: weigh(divided, words, weighting),
    )


def weigh(divided: Raw, words: int, weighting: str) -> Raw:
    """The Raw with the most frequent words of the training rows as its features, weighted.

    divided: counts of all words, divided already.
    words: how many are kept; ties between equally frequent ones are decided by the alphabet.
    weighting: as in `raw`.
    The columns are in alphabetical order. Raises FormatError if the training rows hold no word.
    """
    counts, rows = divided.train.x, divided.train.rows
    totals = np.asarray(counts[rows].sum(axis=0)).ravel()
    most = np.argsort(-totals, kind="stable")[: min(words, np.count_nonzero(totals))]
    if not len(most):
        raise _wordless(f"{len(rows):,} training reviews")
    chosen = np.sort(most)
    table = counts[:, chosen].astype(np.float32)
    if weighting == "binary":
        table.data[:] = 1.0
    elif weighting == "tfidf":
        transformer: Any = require("sklearn.feature_extraction.text").TfidfTransformer()
        table = transformer.fit(table[rows]).transform(table)
    note = f"features: {len(chosen):,} most frequent words of the {len(rows):,} training reviews, {weighting}"
    return replace(
        divided,
        train=replace(divided.train, x=table),
        test=replace(divided.test, x=table),
        feature_names=tuple(divided.feature_names[i] for i in chosen),
        notes=(*divided.notes, note),
        features=None,
    )
