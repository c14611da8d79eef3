"""Labels, probabilities, opinions of blocks, confusions: in any mode, in pieces, from a file in one call."""

from __future__ import annotations

import numpy as np
import pytest
from engine_helpers import CASES, N_CLASSES, small_batch, small_net, started

import mfnumpy
from mfnumpy import equations, prediction, rules
from mfnumpy.errors import DivergedError, DTypeError, InvalidValueError, LabelError, ShapeError, UnknownNameError
from mfnumpy.support.seeding import stream


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_labels_and_probabilities_are_those_of_the_scores_in_every_mode(name, kind, monkeypatch):
    monkeypatch.setattr("mfnumpy.prediction.rows_at_a_time", lambda net: 3)  # several pieces, the last one shorter
    net = small_net(kind, bias=True)
    rule = started(name, net)
    x, _ = small_batch(net)
    for mode in rule.predictions:
        expected = rule.scores(net, x, mode)
        np.testing.assert_allclose(prediction.scores(net, rule, x, mode), expected, rtol=1e-10)
        np.testing.assert_array_equal(mfnumpy.predict(net, rule, x, mode), expected.argmax(axis=1))
        np.testing.assert_allclose(mfnumpy.predict_proba(net, rule, x, mode), equations.softmax(expected), rtol=1e-9)
    np.testing.assert_allclose(prediction.scores(net, rule, x), rule.scores(net, x), rtol=1e-10)
    modes, layers = prediction.all_scores(net, rule, x)
    assert list(modes) == list(rule.predictions)
    for found, own in zip(layers, rule.layer_scores(net, x), strict=True):
        np.testing.assert_allclose(found, own, rtol=1e-10)


def test_planted_pieces_in_another_order_are_caught(monkeypatch):
    monkeypatch.setattr("mfnumpy.prediction.batches_of", lambda n, most: [slice(3, n), slice(0, 3)])
    net = small_net("mlp")
    rule = started("mf", net)
    x, _ = small_batch(net)
    assert np.abs(prediction.scores(net, rule, x) - rule.scores(net, x)).max() > 0.01


@pytest.mark.parametrize("name", ["mf", "ff", "ff_one_pass", "deep_supervision"])
def test_each_block_says_its_own(name):
    net = small_net("mlp", blocks=3)
    rule = started(name, net)
    x, _ = small_batch(net)
    said = mfnumpy.layer_predict(net, rule, x)
    assert said.shape == (7, 3)
    for i, own in enumerate(rule.layer_scores(net, x)):
        np.testing.assert_array_equal(said[:, i], own.argmax(axis=1))


def test_blocks_without_a_voice_are_named():
    net = small_net("mlp")
    with pytest.raises(InvalidValueError, match="'bp' gives its blocks no scores"):
        mfnumpy.layer_predict(net, started("bp", net), small_batch(net)[0])


def test_a_confusion_matrix_counts_rows_by_class_and_by_what_they_were_taken_for():
    y, said = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 2, 2], np.int8)
    assert mfnumpy.confusion_matrix(y, said, 4).tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    with pytest.raises(LabelError):
        mfnumpy.confusion_matrix(y, said, 2)
    with pytest.raises(ShapeError):
        mfnumpy.confusion_matrix(y, said[:3], 3)


@pytest.mark.parametrize("name", rules.RULES)
def test_a_model_is_saved_and_loaded_in_one_call(name, tmp_path):
    net = small_net("mlp", bias=True)
    rule = started(name, net)
    mfnumpy.save_model(tmp_path / "model.npz", net, rule)
    again, other = mfnumpy.load_model(tmp_path / "model.npz")
    x, _ = small_batch(net)
    np.testing.assert_array_equal(mfnumpy.predict_proba(again, other, x), mfnumpy.predict_proba(net, rule, x))


def test_what_cannot_be_predicted_is_named():
    net = small_net("mlp")
    rule = started("mf", net)
    x, _ = small_batch(net)
    with pytest.raises(ShapeError, match=r"\(N, 9\)"):
        mfnumpy.predict(net, rule, x[:, :5])
    with pytest.raises(DTypeError):
        mfnumpy.predict(net, rule, x.astype("float32"))
    with pytest.raises(UnknownNameError):
        mfnumpy.predict(net, rule, x, "readout")
    net.blocks[0].parameters["W"][...] = np.inf
    with pytest.raises(DivergedError):
        mfnumpy.predict(net, rule, x)


def test_a_view_is_read_piece_by_piece(monkeypatch):
    monkeypatch.setattr("mfnumpy.prediction.rows_at_a_time", lambda net: 4)
    net = small_net("mlp")
    rule = started("bp", net)
    whole = stream(0, "view").standard_normal((10, 9))

    class View:
        """Rows that are made when they are asked for."""

        shape, dtype = (10, 9), np.dtype("float64")

        def __getitem__(self, rows):
            assert len(range(10)[rows]) <= 4
            return whole[rows]

    np.testing.assert_array_equal(prediction.scores(net, rule, View()), rule.scores(net, whole))
    assert rule.n_classes == N_CLASSES
