"""The cache of parsed arrays: immediate, whole or absent, and never believed when it is damaged."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data_helpers import read_tiny_mnist_through_the_cache, tiny_mnist, tiny_mnist_arrays, write_mnist

from data_utils import cache, find
from mfnumpy.cli import main
from mfnumpy.errors import DataWarning, FormatError, OutputError

ARRAYS = {"x": np.arange(24, dtype=np.uint8).reshape(2, 3, 4), "y": np.array([7, 9])}


@pytest.fixture
def found(tmp_path, monkeypatch):
    arrays = tiny_mnist_arrays()
    source = tiny_mnist(monkeypatch, arrays)
    write_mnist(tmp_path / "data", arrays)
    return find.find(source, tmp_path / "data")


class Parser:
    """Counts how often it is called."""

    calls = 0

    def __call__(self, found):
        self.calls += 1
        return ARRAYS


def same(arrays) -> None:
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def left_over(folder) -> list[str]:
    return [p.name for p in folder.parent.iterdir() if p.name.startswith(".")]


def test_the_second_load_maps_what_the_first_parsed(found):
    parser = Parser()
    same(cache.through(found, parser))
    again = cache.through(found, parser)
    same(again)
    assert parser.calls == 1
    assert isinstance(again["x"], np.memmap)
    assert not again["x"].flags.writeable
    assert not left_over(cache.entry(found))


def test_a_changed_file_is_parsed_again(found):
    parser = Parser()
    cache.through(found, parser)
    path = next(iter(found.files.values()))
    os.utime(path, ns=(1, 1))
    cache.through(found, parser)
    path.write_bytes(path.read_bytes() + b"longer")
    os.utime(path, ns=(1, 1))
    cache.through(found, parser)
    assert parser.calls == 3


@pytest.mark.parametrize("change", ["longer", "touched", "renamed", "one more", "gone"])
def test_a_changed_file_in_a_folder_is_parsed_again(tmp_path, found, change):
    (folder := tmp_path / "neg").mkdir()
    review = folder / "0_7.txt"
    review.write_text("a film")
    in_folder = replace(found, files={"train/neg": folder}, form="folder")
    before = cache.entry(in_folder)
    assert cache.entry(in_folder) == before
    times = (folder.stat().st_atime_ns, folder.stat().st_mtime_ns)
    {
        "longer": lambda: review.write_text("a longer film"),
        "touched": lambda: os.utime(review, ns=(1, 1)),
        "renamed": lambda: review.rename(folder / "1_7.txt"),
        "one more": lambda: (folder / "1_7.txt").write_text("another"),
        "gone": review.unlink,
    }[change]()
    os.utime(folder, ns=times)
    assert cache.entry(in_folder) != before


def flip(path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: flip(f / "x.npy", -1),
        lambda f: flip(f / "x.npy", 20),
        lambda f: (f / "y.npy").write_bytes((f / "y.npy").read_bytes()[:-3]),
        lambda f: (f / "y.npy").unlink(),
        lambda f: (f / "index.json").write_text("{"),
        lambda f: (f / "index.json").write_text("[1, 2]"),
        lambda f: (f / "index.json").write_text('{"../../x": 0}'),
        lambda f: (f / "index.json").unlink(),
        lambda f: (f / "x.npy").write_bytes(b""),
    ],
    ids=["data", "header", "short", "gone", "json", "list", "outside", "index", "empty"],
)
def test_a_damaged_cache_is_rebuilt(found, damage):
    parser = Parser()
    cache.through(found, parser)
    folder = cache.entry(found)
    damage(folder)
    same(cache.through(found, parser))
    assert parser.calls == 2
    same(cache.through(found, parser))
    assert parser.calls == 2


def test_a_pickled_array_in_the_cache_is_not_unpickled(found):
    folder = cache.entry(found)
    cache.through(found, Parser())
    np.save(folder / "x.npy", np.array([{"an": "object"}], dtype=object), allow_pickle=True)
    index = json.loads((folder / "index.json").read_text())
    index["x"] = cache._crc(folder / "x.npy")
    (folder / "index.json").write_text(json.dumps(index))
    assert cache.read(folder) is None
    same(cache.through(found, Parser()))


def test_a_parser_that_fails_leaves_nothing(found):
    def fail(found):
        raise FormatError("broken")

    with pytest.raises(FormatError):
        cache.through(found, fail)
    assert not cache.entry(found).parent.exists()


FULL_DISK = """
import resource, signal, sys
import numpy as np
from pathlib import Path
from data_utils import cache
from mfnumpy.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # the system refuses to write more, as a full disk does
try:
    cache.write(Path(sys.argv[1]), {"small": np.ones(10), "large": np.ones(1_000_000)})
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(tmp_path):
    folder = tmp_path / "parsed" / "set-1"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Make room there" in done.stdout
    assert list(folder.parent.iterdir()) == []


def no_home(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("MFNUMPY_CACHE_DIR")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("~/.cache") / name)  # as it is without a home


def no_platformdirs(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("MFNUMPY_CACHE_DIR")
    monkeypatch.setitem(sys.modules, "platformdirs", None)


def in_the_way(monkeypatch, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file in place of the folder")


def failing(number: int):
    def fail(monkeypatch, tmp_path) -> None:
        def refuse(*arguments, **options):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(cache.tempfile, "mkdtemp", refuse)

    return fail


def full_later(monkeypatch, tmp_path) -> None:
    def refuse(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cache.np, "save", refuse)


def never_sound(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(cache, "read", lambda folder: None)


UNWRITABLE = {
    "no home": no_home,
    "no platformdirs": no_platformdirs,
    "a file in the way": in_the_way,
    "read-only": failing(errno.EROFS),
    "no permission": failing(errno.EACCES),
    "full": full_later,
    "a disk that loses bytes": never_sound,
}


@pytest.mark.parametrize("how", UNWRITABLE)
def test_a_cache_that_cannot_be_written_costs_speed_and_a_warning(tmp_path, monkeypatch, found, how):
    monkeypatch.chdir(tmp_path)
    UNWRITABLE[how](monkeypatch, tmp_path)
    parser = Parser()
    with pytest.warns(DataWarning, match="parsed each time.*MFNUMPY_CACHE_DIR") as warned:
        arrays = cache.through(found, parser)
    same(arrays)
    assert not any(array.flags.writeable for array in arrays.values())
    assert len(warned) == 1
    monkeypatch.undo()
    assert not list(tmp_path.rglob(f"{cache.HALF}*"))
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("how", UNWRITABLE)
def test_a_run_goes_on_without_its_cache_and_says_so_in_one_line(tmp_path, monkeypatch, capsys, found, how):
    monkeypatch.chdir(tmp_path)
    UNWRITABLE[how](monkeypatch, tmp_path)
    words = ["--data-dir", str(found.folder), "--epochs", "1", "--hidden", "4", "--batch-size", "5", "--out", "run"]
    assert main(["train", "--dataset", "mnist", *words]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "MFNUMPY_CACHE_DIR" in line]
    assert len(said) == 1
    assert said[0].startswith("mfnumpy: ")


def test_a_cache_that_cannot_be_created_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="MFNUMPY_CACHE_DIR"):
        cache.write(tmp_path / "file" / "parsed" / "x", ARRAYS)


def test_what_a_killed_process_left_is_swept_after_a_day(tmp_path):
    old, fresh = tmp_path / ".half-old", tmp_path / ".half-fresh"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "x.npy").write_bytes(b"half")
    os.utime(old, (time.time() - 2 * cache.A_DAY,) * 2)
    cache.write(tmp_path / "set", ARRAYS)
    assert not old.exists()
    assert fresh.exists()  # another process may be at it


def test_a_half_written_folder_that_its_writer_renames_meanwhile_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: iter([folder / ".half-renamed-since"]))
    cache.write(tmp_path / "set", ARRAYS)
    same(cache.read(tmp_path / "set"))


def test_a_second_writer_keeps_the_first_ones_copy(tmp_path):
    cache.write(tmp_path / "set", ARRAYS)
    before = (tmp_path / "set").stat().st_ino
    cache.write(tmp_path / "set", ARRAYS)
    assert (tmp_path / "set").stat().st_ino == before
    assert not left_over(tmp_path / "set")


def test_two_processes_at_once_both_get_the_same(tmp_path, found):
    folder = str(found.folder)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        digests = pool.map(read_tiny_mnist_through_the_cache, [folder] * 6, chunksize=1)
    assert len(set(digests)) == 1
    parsed = [p.name for p in (tmp_path / "cache" / "parsed").iterdir()]
    assert len(parsed) == 1
    assert parsed[0].startswith("mnist-")


LOADS_AGAIN = """
import sys, warnings
warnings.simplefilter("error")
from data_utils import load
data = [load(name) for name in ("digits", "breast_cancer")]
print("sklearn" in sys.modules, [len(d.x_train) for d in data], data[1].feature_names[0])
"""


def test_what_a_library_ships_is_kept_so_that_the_next_run_need_not_import_it(tmp_path):
    env = os.environ | {"MFNUMPY_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", LOADS_AGAIN], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said[0].replace("True", "False") == said[1]
    assert said[0].startswith("True ")


def test_another_version_of_the_library_is_asked_anew(monkeypatch):
    parser, version = Parser(), ["1.0"]
    monkeypatch.setattr(cache, "version_of", lambda distribution: version[0])

    def load() -> None:
        same(cache.of_library("digits", "scikit-learn", lambda: parser(None)))

    for version[0], calls in (("1.0", 1), ("1.0", 1), ("1.1", 2), ("1.1", 2)):
        load()
        assert parser.calls == calls


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("how", UNWRITABLE)
def test_what_a_library_ships_needs_no_cache(tmp_path, monkeypatch, how):
    monkeypatch.chdir(tmp_path)
    UNWRITABLE[how](monkeypatch, tmp_path)
    parser = Parser()
    for calls in (1, 2):
        same(cache.of_library("digits", "scikit-learn", lambda: parser(None)))
        assert parser.calls == calls
