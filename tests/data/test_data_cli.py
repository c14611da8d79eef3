"""`mfnumpy data`: what it prints, what it writes, and one line for everything that a user can mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_helpers import tiny_mnist, tiny_mnist_arrays, write_mnist

from data_utils import registry
from mfnumpy.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    arrays = tiny_mnist_arrays()
    tiny_mnist(monkeypatch, arrays)
    write_mnist(tmp_path / "data", arrays)
    return str(tmp_path / "data")


def test_list_names_every_set_and_says_where_it_is(capsys, folder):
    assert main(["data", "list", "--data-dir", folder]) == 0
    out = capsys.readouterr().out
    for name in registry.names():
        assert name in out
    assert "in scikit-learn" in out
    assert folder.rsplit("/", 1)[-1] in out
    assert "mfnumpy data fetch cifar10" in out
    assert "mfnumpy data fetch transaction" in out


def test_where_lists_the_places_in_order(capsys, folder, tmp_path):
    assert main(["data", "where", "mnist", "--data-dir", folder]) == 0
    out = capsys.readouterr().out
    assert out.index(f"{folder}/mnist\n") < out.index(f"{folder}\n") < out.index(f"{tmp_path}/cache/files/mnist\n")
    assert main(["data", "where"]) == 0


def test_verify_says_what_agrees_and_what_could_not_be_compared(capsys, folder):
    assert main(["data", "verify", "mnist", "--data-dir", folder]) == 0
    out = capsys.readouterr().out
    assert out.count("SHA-256 of the unpacked bytes") == 4
    assert "differs" not in out


def test_verify_of_other_bytes_fails_with_code_2(capsys, folder, tmp_path):
    arrays = tiny_mnist_arrays()
    arrays["t10k-labels-idx1-ubyte"] = (arrays["t10k-labels-idx1-ubyte"] + 1) % 10
    write_mnist(tmp_path / "data", arrays)
    assert main(["data", "verify", "mnist", "--data-dir", folder]) == 2
    assert "not the published one" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that opens and cannot be read")
def test_verify_of_a_file_that_cannot_be_read_is_one_message(capsys, tmp_path, folder):
    broken = tmp_path / "data" / "t10k-labels-idx1-ubyte.gz"
    broken.unlink()
    broken.symlink_to("/proc/self/mem")  # a regular file to all who ask; reading its first page is an I/O error
    assert main(["data", "verify", "mnist", "--data-dir", folder]) == 2
    error = capsys.readouterr().err
    assert "t10k-labels-idx1-ubyte.gz cannot be read" in error
    assert "Traceback" not in error


def test_verify_knows_a_new_wrapper_from_new_content(capsys, tmp_path, folder):
    for path in (tmp_path / "data").iterdir():
        path.write_bytes(path.read_bytes() + b"\0" * 512)  # padding: the gzip differs, the content does not
    assert main(["data", "verify", "mnist", "--data-dir", folder]) == 0
    assert capsys.readouterr().out.count("differs") == 4


@pytest.mark.parametrize("name", ["digits", "breast_cancer", "transaction-synthetic"])
def test_sets_without_files_are_verified_and_need_no_fetching(capsys, name):
    assert main(["data", "verify", name]) == 0
    assert main(["data", "fetch", name]) == 0
    assert "needs no files" in capsys.readouterr().out


def test_preview_draws_a_grid(capsys, tmp_path, folder):
    matplotlib_image = pytest.importorskip("matplotlib.image")
    out = tmp_path / "sub" / "grid.png"
    assert main(["data", "preview", "mnist", "--data-dir", folder, "--out", str(out)]) == 0
    picture = matplotlib_image.imread(out)
    assert picture.shape[0] > 200
    assert picture.std() > 0.05  # not blank


def test_preview_shows_a_table_and_writes_it(capsys, tmp_path):
    out = tmp_path / "cancer.txt"
    assert main(["data", "preview", "breast_cancer", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "mean radius" in printed
    rows = [line.split("\t") for line in out.read_text().splitlines()]
    assert len(rows) == 9
    assert {row[0] for row in rows[1:]} == {"malignant", "benign"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["preview", "minst"], "Did you mean 'mnist'"),
        (["verify", "cifar10"], "cifar-10-binary.tar.gz not found"),
        (["fetch", "transaction"], "transaction-synthetic"),
        (["lst"], "invalid choice"),
        ([], "required"),
        (["where", "mnist", "--data-dir", "/no/such/folder"], "not a folder"),
        (["verify", "mnist", "--data-dir", "~no-such-user/x"], "names ~no-such-user/x, which cannot be looked into"),
        (["verify", "mnist", "--data-dir", "x" * 5000], "cannot be looked into"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(capsys, arguments, message):
    assert main(["data", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
