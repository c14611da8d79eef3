"""The transactions from OpenML, by a fetch that is faked: what is checked, what is kept, and how each failure reads."""

from __future__ import annotations

import errno
import http.client
import socket
import urllib.error
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from data_utils import fetch, find, load, openml, registry, verify
from mfnumpy.cli import main
from mfnumpy.errors import ChecksumError, DownloadError, FormatError, MissingLibraryError, OutputError

RNG = np.random.default_rng(21)
N, POSITIVE = 40, 6
X = RNG.normal(4, 3, (N, 200))
Y = RNG.permutation(np.arange(N) < POSITIVE).astype(int)


class Frame:
    """As much of a pandas table as is asked of it: the columns in an order of their own, and one more."""

    def __init__(self, x=X, y=Y, drop: str = "") -> None:
        held = {"target": y, "ID_code": np.array([f"train_{i}" for i in range(len(y))])}
        held |= {f"var_{i}": x[:, i] for i in reversed(range(x.shape[1]))}
        self._held = {name: column for name, column in held.items() if name != drop}
        self.columns = list(self._held)

    def __getitem__(self, name):
        return self._held[name] if isinstance(name, str) else np.stack([self._held[n] for n in name], axis=1)


@pytest.fixture
def server(monkeypatch):
    """What `fetch_openml` answers, and with what it was called: `frame` may be changed, or `error` set."""
    state = SimpleNamespace(frame=Frame(), error=None, calls=[], patience=None)

    def fetch_openml(**options):
        state.calls.append(options)
        state.patience = socket.getdefaulttimeout()
        if state.error:
            raise state.error
        return SimpleNamespace(frame=state.frame)

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch_openml)
    monkeypatch.setitem(registry.SOURCES, "transaction", replace(registry.get("transaction"), samples=(N, 0)))
    monkeypatch.setattr(openml, "POSITIVES", POSITIVE)
    monkeypatch.setattr(openml, "MEANS", {i: float(X[:, i].mean()) for i in (0, 1, 199)})
    return state


def in_cache(tmp_path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache" / "files" / "transaction").iterdir())


def test_the_table_is_fetched_checked_and_kept(server, tmp_path):
    data = load("transaction", scaling="none", validation=0)
    (call,) = server.calls
    assert call["data_id"] == 45566
    assert server.patience == 30.0
    assert socket.getdefaulttimeout() is None
    rows = {tuple(row) for row in np.concatenate([data.x_train, data.x_test])}
    assert rows == {tuple(row) for row in X.astype(np.float32)}
    order = {tuple(row): label for row, label in zip(X.astype(np.float32), Y, strict=True)}
    assert [order[tuple(row)] for row in data.x_train] == data.y_train.tolist()
    assert data.feature_names[:2] == ("var_0", "var_1")
    assert in_cache(tmp_path) == [openml.FILE]
    load("transaction", download=False)
    assert len(server.calls) == 1
    assert {check.result for check in verify("transaction")} == {"ok", "not checked"}


def test_by_the_command(server, capsys):
    assert main(["data", "fetch", "transaction"]) == 0
    assert openml.FILE in capsys.readouterr().out
    assert main(["data", "fetch", "transaction"]) == 0
    assert len(server.calls) == 1


def test_kaggles_own_table_goes_first(server, tmp_path):
    from test_data_transaction import csv_lines, write

    write(tmp_path, csv_lines())
    load("transaction", data_dir=tmp_path)
    assert server.calls == []


@pytest.mark.parametrize("words", [["0", "1"], ["0.0", "1.0"], [False, True], ["false", "true"], ["'0'", "'1'"]])
def test_targets_come_as_numbers_or_as_words(server, words):
    server.frame = Frame(y=np.array(words)[Y])
    data = load("transaction", validation=0)
    assert data.y_train.sum() + data.y_test.sum() == POSITIVE


def spoilt(change) -> Frame:
    x, y = X.copy(), Y.astype(object)
    change(x, y)
    return Frame(x, y)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (Frame(drop="target"), "no column target"),
        (Frame(drop="var_77"), "no column var_77"),
        (Frame(X[:-1], Y[:-1]), r"its shape is \(39, 200\)"),
        (spoilt(lambda x, y: x.__setitem__((3, 5), np.nan)), "missing or not finite"),
        (spoilt(lambda x, y: x.__setitem__((3, 5), 1e300)), "missing or not finite"),
        (spoilt(lambda x, y: y.__setitem__(3, "yes")), "a target is 'yes'"),
        (spoilt(lambda x, y: y.__setitem__(3, "")), "a target is ''"),
        (Frame(np.where(X > 9, "many", X)), "a value is no number"),
        (spoilt(lambda x, y: y.__setitem__(int(np.argmax(Y)), 0)), "5 rows are positive, not 6"),
        (spoilt(lambda x, y: x.__setitem__((3, 199), x[3, 199] + 0.01)), "the mean of var_199 is"),
        (spoilt(lambda x, y: x.__setitem__((slice(None), 0), x[:, 1])), "the mean of var_0 is"),
    ],
)
def test_another_table_is_refused_and_nothing_is_kept(server, tmp_path, frame, message):
    server.frame = frame
    with pytest.raises(ChecksumError, match=f"not the known table.*{message}.*train.csv") as caught:
        fetch("transaction")
    assert "\n" not in str(caught.value)
    assert in_cache(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (urllib.error.URLError("no route to host"), DownloadError, "no route to host"),
        (urllib.error.HTTPError("https://x", 503, "busy", None, None), DownloadError, "busy"),
        (TimeoutError("timed out"), DownloadError, "timed out"),
        (ConnectionResetError(104, "reset by peer"), DownloadError, "reset by peer"),
        (http.client.IncompleteRead(b"x"), DownloadError, "IncompleteRead"),
        (KeyError("data_set_description"), DownloadError, "data_set_description"),
        (TypeError("expected string"), DownloadError, "expected string"),
        (EOFError("Compressed file ended"), DownloadError, "Compressed file ended"),
        (ValueError("Dataset with data_id 45566 not found."), DownloadError, "not found"),
        (ValueError("md5 checksum of local file does not match " + "x" * 5000), ChecksumError, "md5 checksum"),
        (OSError(errno.ENOSPC, "No space left on device"), OutputError, "No space left"),
        (ImportError("requires pandas"), MissingLibraryError, r"pip install 'mfnumpy\[openml\]'"),
    ],
)
def test_each_failure_is_one_line_that_says_what_to_do(server, tmp_path, capsys, error, kind, message):
    server.error = error
    with pytest.raises(kind, match=message) as caught:
        fetch("transaction")
    assert in_cache(tmp_path) == []
    assert socket.getdefaulttimeout() is None
    assert len(str(caught.value)) < 1200
    if kind in (DownloadError, ChecksumError):
        assert "transaction-synthetic" in str(caught.value)
    assert main(["data", "fetch", "transaction"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def arrays(**change) -> dict[str, np.ndarray]:
    return {"x": X.astype(np.float32), "y": Y.astype(np.uint8)} | change


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (arrays(y=1 - Y.astype(np.uint8)), "rows are positive"),
        (arrays(y=2 * Y.astype(np.uint8)), "targets 0 or 1"),
        (arrays(x=X), "float32 values"),
        (arrays(x=X.astype(np.float32)[:, ::-1]), "the mean of var_0"),
        (arrays(x=X.astype(np.float32)[:7]), "expected shape"),
        (arrays(x=X.astype(object)), "pickles"),
        ({"y": Y.astype(np.uint8)}, "x not in"),
    ],
)
def test_what_was_kept_is_checked_again(server, tmp_path, held, message):
    path = tmp_path / "cache" / "files" / "transaction" / openml.FILE
    path.parent.mkdir(parents=True)
    np.savez(path, **held)
    assert find.find(registry.get("transaction")).form == "npz"
    with pytest.raises((ChecksumError, FormatError), match=message):
        load("transaction", download=False)
