"""Every test has a cache of its own and no data folder, unless it asks for the real files."""

from __future__ import annotations

import os
import urllib.error
from pathlib import Path

import pytest

REAL_DATA = os.environ.get("MFNUMPY_DATA_DIR")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _no_network(**options):
    raise urllib.error.URLError("no network in the tests")


@pytest.fixture(autouse=True)
def _own_cache(request, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr("sklearn.datasets.fetch_openml", _no_network)
    if request.node.get_closest_marker("data"):
        monkeypatch.setenv("MFNUMPY_CACHE_DIR", str(request.getfixturevalue("shared_cache")))
        return
    monkeypatch.setenv("MFNUMPY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("MFNUMPY_DATA_DIR", raising=False)
