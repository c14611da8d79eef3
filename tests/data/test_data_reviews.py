"""IMDB: texts from the archive, words fitted on the training reviews alone, equal to scikit-learn's own way."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data_helpers import PACKERS, tar_bytes
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from data_utils import load, registry
from mfnumpy.errors import FormatError, InvalidValueError, UnknownNameError

WORDS = ("film", "plot", "actor", "scene", "great", "awful", "boring", "moving", "music", "story") + (
    "ending", "camera", "light", "dark", "slow",
)  # fmt: skip


def make_members(per_class: int = 6, seed: int = 3) -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(seed)
    members = []
    for part, label in itertools.product(("test", "train"), ("pos", "neg")):
        for number in range(per_class):
            text = " ".join(rng.choice(WORDS, rng.integers(20, 40), p=np.arange(1, 16) / 120))
            members.append((f"aclImdb/{part}/{label}/{number}_7.txt", f"{text}<br /><br />Caf\u00e9 {label}!".encode()))
    return members


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write an archive of these members and return the folder in which it lies."""
    source = replace(registry.get("imdb"), samples=(12, 12))
    monkeypatch.setitem(registry.SOURCES, "imdb", source)

    def write(members, suffix=".gz") -> Path:
        (tmp_path / f"aclImdb_v1.tar{suffix}").write_bytes(PACKERS[suffix](tar_bytes(members)))
        return tmp_path

    return write


def texts_of(members, part: str) -> list[str]:
    chosen = sorted(
        (label == "pos", int(Path(name).stem.split("_")[0]), data)
        for name, data in members
        for label in [name.split("/")[2]]
        if f"/{part}/" in name
    )
    return [data.decode().replace("<br />", " ") for _, _, data in chosen]


@pytest.mark.parametrize("weighting", ["counts", "binary", "tfidf"])
def test_the_features_are_those_of_scikit_learn_fitted_on_the_training_texts(write, weighting):
    members = make_members()
    folder = write(members)
    data = load("imdb", data_dir=folder, words=6, weighting=weighting, validation=0)
    vectoriser = {
        "counts": CountVectorizer(max_features=6),
        "binary": CountVectorizer(vocabulary=data.feature_names, binary=True),
        "tfidf": TfidfVectorizer(max_features=6),
    }[weighting]
    expected_train = vectoriser.fit_transform(texts_of(members, "train")).toarray()
    assert data.feature_names == tuple(vectoriser.get_feature_names_out())
    np.testing.assert_allclose(data.x_train[:], expected_train, rtol=1e-6)
    np.testing.assert_allclose(data.x_test[:], vectoriser.transform(texts_of(members, "test")).toarray(), rtol=1e-6)
    assert data.y_train.tolist() == [0] * 6 + [1] * 6
    assert data.x_train.dtype == np.float32
    assert "sparse" in repr(data.x_train)


def test_nothing_is_fitted_on_validation_or_test(write):
    members = make_members()
    data = load("imdb", data_dir=write(members), words=5, validation=4)
    assert (len(data.x_train), len(data.x_val)) == (8, 4)
    spoilt = [(n, b"zebra " * 500 if "/test/" in n else d) for n, d in members]
    again = load("imdb", data_dir=write(spoilt), words=5, validation=4)
    assert again.feature_names == data.feature_names
    np.testing.assert_array_equal(again.x_train[:], data.x_train[:])
    planted = [(n, b"zebra " * 500 if "/train/" in n else d) for n, d in members]
    assert load("imdb", data_dir=write(planted), words=5, validation=4).feature_names == ("zebra",)


def test_the_order_in_the_archive_does_not_matter(write):
    members = make_members()
    one = load("imdb", data_dir=write(members), words=6)
    shuffled = [members[i] for i in np.random.default_rng(1).permutation(len(members))]
    two = load("imdb", data_dir=write(shuffled), words=6)
    np.testing.assert_array_equal(one.x_train[:], two.x_train[:])
    np.testing.assert_array_equal(one.y_val, two.y_val)


def test_unlabelled_reviews_and_other_files_are_passed_over(write):
    extra = [("aclImdb/train/unsup/0_0.txt", b"zebra"), ("aclImdb/README", b"zebra"), ("aclImdb/imdb.vocab", b"z")]
    data = load("imdb", data_dir=write(make_members() + extra), words=100)
    assert not {"zebra", "br"} & set(data.feature_names)  # br: the tag, not a word
    assert "caf\u00e9" in data.feature_names


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m[:-1], r"expected 6 reviews in train/neg; it holds 5"),
        (lambda m: [*m, ("aclImdb/test/pos/99_9.txt", b"one more")], r"test/pos; it holds 7"),
        (lambda m: [*m, m[3]], "comes twice"),
        (lambda m: [(m[0][0], b"\xff\xfe"), *m[1:]], "not UTF-8"),
        (lambda m: [(m[0][0], b"long " * 20_000), *m[1:]], "at most 50000"),
        (lambda m: [(name, b"a !") for name, _ in m], "words of two letters or more; the 24 reviews hold none"),
        (lambda m: [(n, b"a !" if "/train/" in n else d) for n, d in m], "the 11 training reviews hold none"),
    ],
)
def test_broken_archives_are_refused(write, change, message):
    with pytest.raises(FormatError, match=message):
        load("imdb", data_dir=write(change(make_members())))


def test_options_are_checked(write):
    folder = write(make_members())
    with pytest.raises(UnknownNameError, match="tfidf"):
        load("imdb", data_dir=folder, weighting="tfdif")
    for words in (0, -1, 2.5, True):
        with pytest.raises(InvalidValueError, match="words"):
            load("imdb", data_dir=folder, words=words)
    with pytest.raises(InvalidValueError, match="sparse"):
        load("imdb", data_dir=folder, scaling="standard")


def test_dense_on_request(write):
    folder = write(make_members())
    lazy, dense = load("imdb", data_dir=folder, words=9), load("imdb", data_dir=folder, words=9, lazy=False)
    assert isinstance(dense.x_train, np.ndarray)
    np.testing.assert_array_equal(lazy.x_test[:], dense.x_test)
