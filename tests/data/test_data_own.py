"""A file of one's own becomes a data set: divided honestly, and what is wrong with it is named by line and column."""

from __future__ import annotations

import numpy as np
import pytest

from data_utils import load_own
from mfnumpy.cli import main
from mfnumpy.errors import FormatError, InvalidValueError, MissingDataError, UnknownNameError
from mfnumpy.support.seeding import stream

N = 90


def rows(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Samples whose class can be told, and 2 or 10 as labels: their order is that of numbers."""
    rng = stream(seed, "own rows")
    x = rng.standard_normal((N, 3)) * (1, 20, 300) + (5, 0, -7)
    return x, np.where(x[:, 1] + 0.1 * x[:, 0] > 0, "10", "2")


@pytest.fixture
def table(tmp_path):
    """A table with a column of words among those of numbers."""
    x, y = rows()
    colours = np.array(["red", "blue", "green"])[np.arange(N) % 3]
    lines = ["size,colour,kind,weight,length"]
    lines += [f"{a:.6f},{c},{k},{b:.6f},{d:.6f}" for (a, b, d), c, k in zip(x, colours, y, strict=True)]
    path = tmp_path / "plants.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_becomes_a_data_set(table):
    data = load_own(table, "kind", dtype="float64")
    assert data.feature_names == ("size", "colour=blue", "colour=green", "colour=red", "weight", "length")
    assert data.class_names == ("2", "10")
    assert data.input_shape == (6,)
    assert [len(y) for _, y in data.parts().values()] == [65, 7, 18]
    assert np.abs(data.x_train.mean(axis=0)).max() < 1e-12  # fitted on the training rows alone
    np.testing.assert_allclose(data.x_train.std(axis=0), 1)
    assert np.abs(data.x_test.mean(axis=0)).max() > 1e-3
    for y in (data.y_train, data.y_test):
        assert abs(y.mean() - (rows()[1] == "10").mean()) < 0.05
    assert "hold-out of 18" in data.notes[0]


def test_the_test_part_is_the_same_for_every_seed_and_the_validation_part_is_not(table):
    one, other = (load_own(table, "kind", seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(one.y_test, other.y_test)
    raw = [d.x_test[:, 0] * 0 + d.x_test[:, 5] for d in (one, other)]
    assert np.corrcoef(raw[0], raw[1])[0, 1] > 0.999999  # the same rows; only mean and sd may differ
    assert not np.array_equal(one.x_val, other.x_val)
    assert len(load_own(table, "kind", validation=0.3).y_val) == 22
    assert len(load_own(table, "kind", subset=20).y_train) == 20


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_a_mark_in_front_and_quotes(table, delimiter):
    text = table.read_text(encoding="utf-8").replace(",", delimiter).replace("red", f'"re{delimiter}d"')
    table.write_text("\ufeff" + text, encoding="utf-8")
    assert load_own(table, "kind").feature_names[3] == f"colour=re{delimiter}d"


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda t: t.replace("red", "", 1), FormatError, r"line 2: column colour has no value, in 1 lines of 90"),
        (lambda t: t.replace("blue", "NA"), FormatError, r"line 3: column colour has no value, in 30 lines"),
        (lambda t: t.replace("red", "red,extra", 1), FormatError, r"line 2: expected 5 values; it has 6"),
        (lambda t: t.replace("weight", "size"), FormatError, "different column names"),
        (lambda t: t.partition("\n")[0], FormatError, "there is none"),
        (lambda t: "", FormatError, "first line"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(table, change, error, says):
    table.write_text(change(table.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(error, match=says):
        load_own(table, "kind")


def test_a_target_that_is_none_is_named(table):
    with pytest.raises(UnknownNameError, match="Did you mean 'kind'"):
        load_own(table, "kinds")
    with pytest.raises(InvalidValueError, match="samples, too few"):
        load_own(table, "weight")


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ([f"{i},{i}" for i in range(300)], InvalidValueError, "it has 300 different values, so it holds no classes"),
        (["1,\xff"], FormatError, "UTF-8"),
        ([f"w{i},{i % 2}" for i in range(300)], FormatError, "column a holds words, 300 different ones"),
        ([f"{'inf' if i == 7 else i},{i % 2}" for i in range(30)], FormatError, "line 9: column a holds inf"),
    ],
)
def test_columns_that_are_no_features_and_no_classes_are_named(tmp_path, words, error, says):
    path = tmp_path / "table.csv"
    path.write_bytes("\n".join(["a,b", *words]).encode("latin-1"))
    with pytest.raises(error, match=says):
        load_own(path, "b")


@pytest.mark.parametrize("shape", [(5,), (4, 6), (4, 6, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "int64"])
def test_arrays_become_a_data_set(tmp_path, shape, dtype):
    rng = stream(0, "arrays")
    x, y = (rng.random((N, *shape)) * 255).astype(dtype), np.arange(N) % 4 + 7
    np.savez(tmp_path / "mine.npz", samples=x, classes=y, note=np.arange(3))
    data = load_own(tmp_path / "mine.npz", "classes", layout="image" if len(shape) > 1 else "flat")
    assert data.class_names == ("7", "8", "9", "10")
    image = shape if len(shape) == 3 else (*shape, 1)
    assert data.input_shape == (shape if len(shape) == 1 else image)
    if dtype == "uint8" and len(shape) > 1:
        assert data.scaling.startswith("unit")
        assert data.x_train.max() <= 1
    else:
        assert abs(data.x_train.mean()) < 1e-5
    assert [len(p) for _, p in data.parts().values()] == [65, 7, 18]


def test_what_is_wrong_with_arrays_is_named(tmp_path):
    path = tmp_path / "mine.npz"
    y = np.arange(N) % 2
    for arrays, says in (
        ({"y": y}, "expected one array of 90 samples beside y"),
        ({"y": y, "a": np.ones((N, 2)), "b": np.ones((N, 3))}, "expected one array of 90 samples beside y"),
        ({"y": y[:, None], "a": np.ones((N, 2))}, "one label per sample"),
        ({"y": y, "a": np.full((N, 2), np.nan)}, "holds NaN"),
        ({"y": y, "a": np.ones((N, 0))}, "empty"),
        ({"y": np.array([{}] * N, object), "a": np.ones((N, 2))}, "Python objects"),
    ):
        np.savez(path, **arrays)
        with pytest.raises(FormatError, match=says):
            load_own(path, "y")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(FormatError, match="damaged"):
        load_own(path, "y")
    with pytest.raises(FormatError, match=r"expected a \.csv or \.npz file"):
        load_own(tmp_path / "mine.xlsx", "y")
    with pytest.raises(MissingDataError):
        load_own(tmp_path / "absent.csv", "y")


# -- the commands ------------------------------------------------------------------------------------------------------


def test_train_and_evaluate_take_it(table, tmp_path, capsys):
    out = tmp_path / "run"
    told = ["--data", str(table), "--target", "kind"]
    words = ["train", "--rule", "mf", *told, "--hidden", "20", "--epochs", "30", "--lr", "0.01", "--out", str(out)]
    assert main([*words, "--lr-of", "M=0.02", "--weight-decay", "0.01", "--activation", "tanh"]) == 0
    said = capsys.readouterr().out
    test = float(said.partition("test accuracy: ff ")[2].partition(" %")[0])
    assert test > 80
    assert main(["evaluate", str(out / "checkpoint.npz")]) == 0
    assert f"plants.csv, mf, test accuracy: ff {test:.2f} %" in capsys.readouterr().out
    moved = table.rename(tmp_path / "moved.csv")
    assert main(["evaluate", str(out / "checkpoint.npz"), "--data", str(moved)]) == 0
    assert f"moved.csv, mf, test accuracy: ff {test:.2f} %" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--data", "x.csv"], "--data FILE and --target COLUMN go together"),
        (["--target", "kind"], "--data FILE and --target COLUMN go together"),
        (["--lr-of", "M"], "--lr-of takes NAME=RATE"),
        (["--lr-of", "V=0.1", "--epochs", "1"], "learning rate named 'V'"),
        (["--weight-decay", "-1", "--epochs", "1"], "weight_decay must be a number from 0 on"),
    ],
)
def test_options_that_make_no_sense_are_one_line(words, says, capsys, tmp_path):
    assert main(["train", *words, "--out", str(tmp_path / "run")]) == 2
    assert says in capsys.readouterr().err
