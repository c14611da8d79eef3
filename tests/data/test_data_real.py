"""The official files, to the published statistics. Needs MFNUMPY_DATA_DIR."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_utils import find, load, registry, verify
from data_utils.scaling import mean_and_sd_of_bytes

pytestmark = pytest.mark.data


def need(name: str) -> None:
    if find.find(registry.get(name)) is None:
        pytest.skip(f"{name}: its official files are not on this machine (point MFNUMPY_DATA_DIR at them)")


def stored(name: str, **options):
    """The bytes as they are stored, all of the official training part in order."""
    need(name)
    return load(name, dtype="uint8", scaling="none", layout="image", validation=0, lazy=True, download=False, **options)


def mean_and_sd(x) -> tuple[np.ndarray, np.ndarray]:
    mean, sd = mean_and_sd_of_bytes(x.source, x.rows)
    return mean / 255, sd / 255


def test_mnist():
    data = stored("mnist")
    assert data.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert data.class_counts("train").tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.class_counts("test").tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    mean, sd = mean_and_sd(data.x_train)
    assert mean == pytest.approx(0.13066, abs=5e-6)
    assert sd == pytest.approx(0.30811, abs=5e-6)


def test_fashion_mnist():
    data = stored("fashion_mnist")
    assert data.y_train[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert data.class_counts("train").tolist() == [6000] * 10
    assert data.class_counts("test").tolist() == [1000] * 10
    mean, sd = mean_and_sd(data.x_train)
    assert mean == pytest.approx(0.28604, abs=5e-6)
    assert sd == pytest.approx(0.35302, abs=5e-6)


FLOAT32_SIZE = 60_000 * 3072 * 4  # of CIFAR-10: 737 MB

PEAK = """
import resource
from data_utils import load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = load("cifar10", download=False, lazy={lazy})
x = data.x_train[:128] if {lazy} else data.x_train
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, x.nbytes)
"""


def peak_of_loading_cifar10(folder: Path, lazy: bool) -> int:
    """In a process of its own: by how many bytes its resident memory grew at most, mapped files included."""
    code = PEAK.format(lazy=lazy)
    environment = os.environ | {"MFNUMPY_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240, env=environment
    )
    return int(done.stdout.split()[0]) * 1024


@pytest.fixture(scope="module")
def from_archive(tmp_path_factory) -> tuple[Path, int]:
    """Load CIFAR-10 from its archive into a fresh cache; returns the cache and the peak of memory meanwhile."""
    need("cifar10")
    folder = tmp_path_factory.mktemp("cifar10")
    return folder, peak_of_loading_cifar10(folder, lazy=False)


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
def test_loading_cifar10_peaks_below_twice_its_float32_size(from_archive):
    folder, peak = from_archive
    assert peak < 1.5 * FLOAT32_SIZE
    assert peak_of_loading_cifar10(folder, lazy=False) < 1.5 * FLOAT32_SIZE  # the second load, from the cache
    assert peak_of_loading_cifar10(folder, lazy=True) < 0.4 * FLOAT32_SIZE  # batches come from the mapped bytes


def test_cifar10(from_archive, monkeypatch):
    monkeypatch.setenv("MFNUMPY_CACHE_DIR", str(from_archive[0]))
    data = stored("cifar10")
    assert data.x_train.shape == (50_000, 32, 32, 3)
    assert data.class_counts("train").tolist() == [5000] * 10
    assert data.class_counts("test").tolist() == [1000] * 10
    mean, sd = mean_and_sd(data.x_train)
    np.testing.assert_allclose(mean, [0.49139968, 0.48215841, 0.44653091], rtol=0, atol=5e-9)
    np.testing.assert_allclose(sd, [0.24703233, 0.24348505, 0.26158768], rtol=0, atol=2e-6)


def test_imdb():
    need("imdb")
    data = load("imdb", validation=0, download=False)
    assert data.class_counts("train").tolist() == [12_500] * 2
    assert data.class_counts("test").tolist() == [12_500] * 2
    assert data.x_train.shape == (25_000, 5000)
    assert {"the", "awful", "wonderful"} <= set(data.feature_names)
    np.testing.assert_allclose(np.linalg.norm(data.x_test[:50], axis=1), 1, rtol=1e-5)  # tf-idf rows have length 1


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100", "imdb"])
def test_the_files_verify(name):
    need(name)
    checks = verify(name)
    assert {check.result for check in checks} <= {"ok", "differs", "not checked"}
    assert sum(check.result == "ok" for check in checks) >= 2
