"""Bad input: one typed error, whose message names what was expected, what came, and what to do."""

import re

import numpy as np
import pytest
from engine_helpers import ALL_RULES, N_CLASSES, blobs, model_arrays, small_net, started

from mfnumpy import measure, network, optim, rules
from mfnumpy.errors import (
    BackendError,
    DTypeError,
    InvalidValueError,
    LabelError,
    MfnumpyError,
    OutputError,
    ShapeError,
    UnknownNameError,
    unknown_name,
)
from mfnumpy.saving import model as models
from mfnumpy.support import files, seeding
from mfnumpy.support.samples import check_inputs
from mfnumpy.support.validate import same_dtype
from mfnumpy.train import Trainer

X, Y = blobs(30, (9,))


def nan_at(value, *index):
    x = X.copy()
    x[index] = value
    return x


def trainer(net=None, **options):
    net = net or small_net("mlp", dtype="float32")
    return Trainer(net, started("mf", net), optim.Adam(), **({"epochs": 1, "batch_size": 10} | options))


BAD_DATA = {
    "too few features": (X[:, :8], Y, ShapeError, r"X must be \(N, 9\) for this network; got \(30, 8\)"),
    "images for an MLP": (X.reshape(30, 3, 3, 1), Y, ShapeError, r"X must be \(N, 9\).*got \(30, 3, 3, 1\)"),
    "one row without its axis": (X[0], Y[:1], ShapeError, r"X must be \(N, 9\)"),
    "float64 for float32": (
        X.astype("float64"),
        Y,
        DTypeError,
        r"X is float64, the network float32.*X\.astype\('float32'\)",
    ),
    "bytes": ((X > 0).astype("uint8"), Y, DTypeError, r"X is uint8, the network float32.*astype"),
    "booleans": (X > 0, Y, DTypeError, "X is bool"),
    "objects": (X.astype(object), Y, DTypeError, "X is object"),
    "complex": (X.astype("complex64"), Y, DTypeError, "X is complex64"),
    "strings": (X.astype("U5"), Y, DTypeError, "X is <U5"),
    "NaN": (nan_at(np.nan, 17, 4), Y, InvalidValueError, r"1 NaN or Inf, the first at index \(17, 4\).*Fill or drop"),
    "Inf": (nan_at(np.inf, 3), Y, InvalidValueError, r"9 NaN or Inf, the first at index \(3, 0\)"),
    "minus Inf": (nan_at(-np.inf, slice(5, 7), 2), Y, InvalidValueError, r"2 NaN or Inf, the first at index \(5, 2\)"),
    "no rows": (X[:0], Y[:0], InvalidValueError, r"X is empty: its shape is \(0, 9\)"),
    "a list": (X.tolist(), Y, DTypeError, r"X must be an array; got list\. Make it"),
    "nothing": (None, Y, DTypeError, "X must be an array; got None"),
    "fewer labels": (X, Y[:-1], ShapeError, r"y must hold one label per row, shape \(30,\); got \(29,\)"),
    "one-hot labels": (X, np.eye(4)[Y], ShapeError, r"one label per row, shape \(30,\); got \(30, 4\)"),
    "a label too large": (
        X,
        np.where(Y == 1, 4, Y),
        LabelError,
        r"0 to 3 \(4 classes\); it holds 0 to 4",
    ),
    "labels from 1": (X, Y + 1, LabelError, "it holds 1 to 4"),
    "a negative label": (X, Y - 1, LabelError, "it holds -1 to 2"),
    "float labels": (X, Y.astype("float32"), LabelError, "must hold integers from 0 to 3; its dtype is float32"),
    "NaN among labels": (X, np.where(Y == 1, np.nan, Y), LabelError, "its dtype is float64"),
    "names as labels": (X, Y.astype("U3"), LabelError, "its dtype is <U"),
    "a list of labels": (X, Y.tolist(), DTypeError, "y must be an array; got list. Make it one with"),
    "no labels": (X, None, DTypeError, "y must be an array; got None"),
}


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_training_data_is_refused_before_anything_is_trained(case):
    x, y, error, says = BAD_DATA[case]
    made = trainer()
    before = model_arrays(made.rule, made.net)
    with pytest.raises(error, match=says) as caught:
        made.fit(x, y)
    assert isinstance(caught.value, MfnumpyError)
    assert "\n" not in str(caught.value)
    assert all(np.array_equal(before[k], v) for k, v in model_arrays(made.rule, made.net).items())


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_validation_data_is_refused_before_anything_is_trained(case):
    x, y, error, says = BAD_DATA[case]
    made = trainer()
    before = model_arrays(made.rule, made.net)
    with pytest.raises(error, match=re.sub(r"\bX\b", "X_val", re.sub(r"^y must be an", "y_val must be an", says))):
        made.fit(X, Y, x, y)
    assert all(np.array_equal(before[k], v) for k, v in model_arrays(made.rule, made.net).items())


def test_a_view_that_gives_rows_is_taken_as_it_is():
    """A lazy view of a data set: shape, dtype, len and x[rows]; nobody reads all of it to look for NaN."""

    class View:
        shape, dtype = X.shape, X.dtype

        def __getitem__(self, rows):
            return X[rows]

    a, b = trainer(), trainer()
    a.fit(View(), Y, View(), Y)
    b.fit(X, Y, X, Y)
    assert np.array_equal(a.net.parameters()["block1.W"], b.net.parameters()["block1.W"])


@pytest.mark.parametrize("size", [0, -1, 31, 2.5, "10", True])
def test_batch_sizes(size):
    with pytest.raises(InvalidValueError, match=rf"batch_size must be from 1 to .* 30, or None for all; got {size!r}"):
        trainer(batch_size=size).fit(X, Y)


@pytest.mark.parametrize("size", [1, 29, 30, np.int64(7), None])
def test_every_batch_size_from_1_to_n_works(size):
    assert len(trainer(batch_size=size).fit(X, Y).epochs) == 1


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"epochs": 0}, InvalidValueError, "epochs must be an integer >= 1; got 0"),
        ({"epochs": 1.5}, InvalidValueError, r"epochs must be an integer >= 1; got 1\.5"),
        ({"epochs": True}, InvalidValueError, "epochs must be an integer >= 1"),
        ({"patience": 0}, InvalidValueError, "patience must be an integer >= 1; got 0"),
        ({"decay": "cosinus"}, UnknownNameError, "no decay of the learning rate named 'cosinus'.*mean 'cosine'"),
        ({"schedule": "layerbylayer"}, UnknownNameError, "no schedule for the rule 'mf'.*mean 'layer_by_layer'"),
        ({"only": []}, InvalidValueError, r"only must name blocks from 0 to 1; got \[\]"),
        ({"only": [2]}, InvalidValueError, r"only must name blocks from 0 to 1; got \[2\]"),
        ({"only": [-1]}, InvalidValueError, r"got \[-1\]"),
    ],
    ids=str,
)
def test_trainer_options(options, error, says):
    with pytest.raises(error, match=says):
        trainer(**options)


@pytest.mark.parametrize("seed", [-1, 1.5, "x", None])
def test_trainer_seed(seed):
    with pytest.raises(InvalidValueError, match="seed must be an integer >= 0"):
        trainer(seed=seed).fit(X, Y)


def test_patience_without_validation_data():
    with pytest.raises(InvalidValueError, match="patience needs validation data: pass x_val and y_val"):
        trainer(patience=2).fit(X, Y)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("monoforward", None),
        ("MF", "mf"),
        ("bpp", "bp"),
        ("deep-supervision", "deep_supervision"),
        ("ff-one-pass", "ff_one_pass"),
        ("", None),
        (None, None),
    ],
)
def test_an_unknown_rule_names_the_nearest_and_all(name, hint):
    with pytest.raises(UnknownNameError) as caught:
        rules.make(name)
    text = str(caught.value)
    assert text.startswith(f"There is no rule named {name!r}.")
    assert all(rule in text for rule in ALL_RULES)
    assert hint is None or f"Did you mean {hint!r}?" in text


def test_names_are_compared_without_regard_to_case():
    assert "Did you mean 'mf'?" in str(unknown_name("rule", "MF", ["mf", "bp"]))
    assert "Did you mean 'Iris'?" in str(unknown_name("data set", "iris", ["Iris", "Digits"]))


def test_message_of_an_unknown_name_is_not_quoted_as_a_key_error_would():
    assert str(unknown_name("rule", "x", ["bp"])) == "There is no rule named 'x'. Known: bp."


# -- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_RULES)
@pytest.mark.parametrize("n_classes", [1, 0, -3, 2.0, True, "3", None])
def test_number_of_classes(name, n_classes):
    with pytest.raises(InvalidValueError, match=f"n_classes must be an integer >= 2; got {n_classes!r}"):
        rules.make(name).start(small_net("mlp"), n_classes)


@pytest.mark.parametrize("name", ALL_RULES)
def test_a_rule_that_was_not_started_says_so(name):
    net = small_net("mlp", dtype="float32")
    rule = rules.make(name)
    for use in (
        lambda: list(rule.steps(net, X, Y, seeding.stream(0, "x"))),
        lambda: rule.scores(net, X),
        lambda: Trainer(net, rule, optim.Adam(), epochs=1, batch_size=10).fit(X, Y),
    ):
        with pytest.raises(rules.NotStartedError, match=r"rule\.start\(net, n_classes, seed\)"):
            use()


@pytest.mark.parametrize("name", ALL_RULES)
def test_a_network_without_blocks(name):
    with pytest.raises(InvalidValueError, match="The network has no block"):
        rules.make(name).start(network.Network(9), N_CLASSES)


@pytest.mark.parametrize("name", ["ff", "ff_one_pass"])
def test_forward_forward_on_a_cnn_is_refused_with_the_papers_reason(name):
    with pytest.raises(InvalidValueError, match=r"cannot train a convolutional network.*Use an MLP, or another rule"):
        rules.make(name).start(small_net("cnn"), N_CLASSES)


@pytest.mark.parametrize("name", ["ff", "ff_one_pass"])
def test_forward_forward_needs_room_for_the_label(name):
    with pytest.raises(InvalidValueError, match="over the first 10 inputs, but there are only 9"):
        rules.make(name).start(small_net("mlp"), 10)


def test_forward_forward_options():
    for theta in (np.nan, np.inf, "2", True, [1]):
        with pytest.raises(InvalidValueError, match="theta must be a finite number, or None; got"):
            rules.make("ff", theta=theta)
    with pytest.raises(InvalidValueError, match="normalise must be one of length, rms; got 'batch'"):
        rules.make("ff", normalise="batch")
    with pytest.raises(InvalidValueError, match=r"pass rng="):
        list(started("ff", small_net("mlp", dtype="float32")).steps(small_net("mlp", dtype="float32"), X, Y))


@pytest.mark.parametrize("name", ALL_RULES)
def test_labels_out_of_range_are_refused_by_every_rule(name):
    net = small_net("mlp", dtype="float32")
    rule = started(name, net)
    for y, error in ((Y + 1, LabelError), (Y - 1, LabelError), (Y.astype(float), LabelError), (Y[:-1], ShapeError)):
        with pytest.raises(error):
            list(rule.steps(net, X, y, seeding.stream(0, "x")))


@pytest.mark.parametrize("name", ALL_RULES)
def test_rows_of_another_width_are_refused_by_every_rule(name):
    net = small_net("mlp", dtype="float32")
    rule = started(name, net)
    with pytest.raises(ShapeError, match=r"block1.*x has shape .*8\), W expects \(N, 9\)"):
        rule.scores(net, X[:, :8])
    with pytest.raises((ShapeError, DTypeError)):
        rule.scores(net, X.astype("float64"))


@pytest.mark.parametrize("name", ALL_RULES)
def test_labels_that_do_not_belong_to_the_rows_are_not_counted(name):
    """Three labels for thirty rows would be an accuracy of three rows; labels of no class would all be wrong."""
    net = small_net("mlp", dtype="float32")
    rule = started(name, net)
    for y, error in ((Y + 1, LabelError), (Y.astype(float), LabelError), (Y[:3], ShapeError)):
        with pytest.raises(error):
            measure.evaluate(net, rule, X, y)
    with pytest.raises(rules.NotStartedError):
        measure.evaluate(net, rules.make(name), X, Y)


# -- seeds, arrays, folders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [-1, 1.0, "0", None, True, [1]])
def test_streams_take_integers_from_0(value):
    with pytest.raises(InvalidValueError, match=re.escape(f"seed must be an integer >= 0; got {value!r}")):
        seeding.stream(value, "weights")
    with pytest.raises(InvalidValueError, match="index must be an integer >= 0"):
        seeding.stream(0, "weights", value)


def test_check_inputs_says_how_to_convert():
    with pytest.raises(DTypeError, match=r"images must be float32 or float64; its dtype is uint8.*/ 255"):
        check_inputs(np.zeros((2, 3), np.uint8), "images")
    with pytest.raises(ShapeError, match=r"X must be \(N, features\) or \(N, H, W, C\); got shape \(3,\)"):
        check_inputs(np.zeros(3))
    with pytest.raises(BackendError, match="got list"):
        check_inputs([[1.0]])
    for shape in ((0, 3), (3, 0), (2, 0, 4, 1)):
        with pytest.raises(InvalidValueError, match="X is empty"):
            check_inputs(np.zeros(shape))


def test_same_dtype_names_every_array():
    with pytest.raises(DTypeError, match=r"x float32, W float64, b float32.*\.astype"):
        same_dtype(x=np.zeros(2, "f4"), W=np.zeros(2), b=np.zeros(2, "f4"))
    same_dtype(x=np.zeros(2), W=None)


def test_an_output_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "results").write_text("a file in the way")
    made = trainer(path=tmp_path / "results" / "run.npz")
    with pytest.raises(OutputError, match=r"Cannot create the folder .*results"):
        made.fit(X, Y)
    with pytest.raises(OutputError, match="Cannot create the folder"):
        files.make_folder(tmp_path / "results")
    with pytest.raises(OutputError, match="Cannot create the folder"):
        models.save(tmp_path / "results" / "deep" / "m.npz", made.net, made.rule)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ShapeError, ValueError),
        (DTypeError, TypeError),
        (LabelError, ValueError),
        (UnknownNameError, KeyError),
        (OutputError, OSError),
        (BackendError, RuntimeError),
    ],
)
def test_errors_are_also_the_builtin_that_a_python_programmer_expects(error, builtin):
    assert issubclass(error, builtin)
    assert issubclass(error, MfnumpyError)


def test_nothing_to_evaluate_and_no_batch_to_do_it_in():
    net = small_net("mlp", dtype="float32")
    rule = started("mf", net)
    with pytest.raises(InvalidValueError, match="no rows"):
        measure.evaluate(net, rule, X[:0], Y[:0])
    for size in (0, -1, 1.5):
        with pytest.raises(InvalidValueError, match="batch_size must be an integer >= 1"):
            measure.evaluate(net, rule, X, Y, size)


def test_what_is_split_for_validation_is_checked_before():
    net = small_net("mlp", dtype="float32")
    with pytest.raises(DTypeError, match="X must be an array"):
        Trainer(net, started("mf", net), optim.Adam(), batch_size=5).fit(X.tolist(), Y, validation=0.2)
    with pytest.raises(rules.NotStartedError):
        Trainer(net, rules.make("mf"), optim.Adam(), batch_size=5).fit(X, Y, validation=0.2)
