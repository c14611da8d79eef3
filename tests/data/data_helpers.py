"""Small official-looking files: built here, so that no test needs a network or a real data set."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from data_utils import registry
from data_utils.source import RemoteFile, Source

PACKERS = {
    "": bytes,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def idx_bytes(array: np.ndarray, shape: tuple[int, ...] | None = None, magic: int = 0x0800) -> bytes:
    """An IDX file; `shape` and `magic` may lie."""
    shape = array.shape if shape is None else shape
    return struct.pack(f">I{len(shape)}I", magic | len(shape), *shape) + array.astype(np.uint8).tobytes()


def tiny_mnist_arrays(n_train: int = 23, n_test: int = 11) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    return {
        "train-images-idx3-ubyte": rng.integers(0, 256, (n_train, 5, 7), np.uint8),
        "train-labels-idx1-ubyte": rng.integers(0, 10, n_train, np.uint8),
        "t10k-images-idx3-ubyte": rng.integers(0, 256, (n_test, 5, 7), np.uint8),
        "t10k-labels-idx1-ubyte": rng.integers(0, 10, n_test, np.uint8),
    }


def tiny_mnist(monkeypatch, arrays: dict[str, np.ndarray], name: str = "mnist", base: str = "") -> Source:
    """Let `mnist` mean these arrays: the same code, other facts. base: the address of a server."""
    n_train, n_test = len(arrays["train-labels-idx1-ubyte"]), len(arrays["t10k-labels-idx1-ubyte"])
    files = []
    for file, array in arrays.items():
        data = idx_bytes(array)
        md5 = hashlib.md5(PACKERS[".gz"](data)).hexdigest()
        sha256 = hashlib.sha256(data).hexdigest()
        files.append(RemoteFile(f"{file}.gz", (f"{base}/{file}.gz",), md5, 100_000, sha256))
    source = replace(
        registry.get(name), samples=(n_train, n_test), sample_shape=(5, 7, 1), files=tuple(files), system_folder=""
    )
    monkeypatch.setitem(registry.SOURCES, name, source)
    return source


def write_mnist(folder: Path, arrays: dict[str, np.ndarray], suffix: str = ".gz") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file, array in arrays.items():
        (folder / f"{file}{suffix}").write_bytes(PACKERS[suffix](idx_bytes(array)))


def cifar_records(labels: np.ndarray, images: np.ndarray) -> bytes:
    """labels: (N, k); images: (N, 32, 32, 3). A CIFAR binary file."""
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.hstack([labels, planes]).astype(np.uint8).tobytes()


def tar_bytes(members: list[tuple[str, bytes]], *special: tarfile.TarInfo) -> bytes:
    """A tar archive of these files, then of these special members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in special:
            archive.addfile(info)
    return buffer.getvalue()


def tiny_cifar(
    monkeypatch, name: str = "cifar10", per_file: int = 4, equal: bool = False
) -> tuple[Source, list[tuple[str, bytes]], dict]:
    """Let `name` mean a set of `per_file` records per file; returns (source, archive members, arrays)."""
    rng = np.random.default_rng(8)
    official = registry.get(name)
    training = len(official.members) - 1
    source = replace(official, samples=(per_file * training, per_file))
    monkeypatch.setitem(registry.SOURCES, name, source)
    classes = (10,) if name == "cifar10" else (20, 100)
    members, x, y = [], [], []
    for member in source.members:
        x.append(rng.integers(0, 256, (per_file, 32, 32, 3), np.uint8))
        if equal:
            y.append(np.arange(per_file, dtype=np.uint8)[:, np.newaxis] % 10)
        else:
            y.append(np.stack([rng.integers(0, n, per_file, np.uint8) for n in classes], axis=1))
        members.append((member, cifar_records(y[-1], x[-1])))
    arrays = {
        "x_train": np.concatenate(x[:-1]),
        "y_train": np.concatenate(y[:-1]),
        "x_test": x[-1],
        "y_test": y[-1],
    }
    return source, members, arrays


def read_tiny_mnist_through_the_cache(folder: str) -> str:
    """In a process of its own: fill or read the parsed cache of a folder of tiny MNIST files; returns a digest."""
    from data_utils import cache, find

    shapes = {"train": (23, 5, 7), "t10k": (11, 5, 7)}
    source = replace(registry.get("mnist"), samples=(23, 11), sample_shape=(5, 7, 1), system_folder="")
    found = find.in_folder(source, Path(folder))
    assert found is not None
    from data_utils import idx

    def parse(f):
        return {n.replace("-", "_"): idx.read(p, shapes[n.split("-")[0]] if "images" in n else None)
                for n, p in f.files.items()}  # fmt: skip

    arrays = cache.through(found, parse)
    return hashlib.sha256(b"".join(a.tobytes() for _, a in sorted(arrays.items()))).hexdigest()


def fetch_in_a_process(address: str) -> int:
    """In a process of its own: load tiny MNIST from a server; returns the number of training samples."""
    import pytest

    from data_utils import load

    with pytest.MonkeyPatch.context() as patch:
        tiny_mnist(patch, tiny_mnist_arrays(), base=address)
        return len(load("mnist", validation=0).y_train)
