"""The benchmark against MLPClassifier compares like with like; how fast anything is, is no test's matter."""

from __future__ import annotations

import pytest
from sklearn.exceptions import ConvergenceWarning

from mfnumpy.bench.estimator import Case, compare, data, models

CASE = Case("digits", 200, (12, 9), "mf", 32, 1)


def test_both_have_the_same_size_rate_batch_and_passes():
    ours, peer = models(CASE, 3).values()
    for name in ("hidden_layer_sizes", "learning_rate_init", "batch_size", "max_iter", "alpha", "random_state", "tol"):
        assert getattr(ours, name) == getattr(peer, name)
    x, y, *_ = data("digits", 200)
    assert len(x) == len(y) == 200
    for model in (ours, peer):
        with pytest.warns(ConvergenceWarning, match=r"(?i)maximum iterations"):
            model.fit(x, y)
    assert ours.n_iter_ == peer.n_iter_ == 3
    assert [W.shape for W in ours.coefs_] == [W.shape for W in peer.coefs_]
    assert ours.coefs_[0].dtype == peer.coefs_[0].dtype == "float32"


def test_a_line_holds_seconds_accuracies_and_ratios():
    result = compare(CASE, 1, 2)
    assert result.seconds > 0
    assert result.peer_seconds > 0
    assert 0 < result.accuracy < 1
    assert result.ratio[1] <= result.ratio[0] <= result.ratio[2]
    assert 0.001 < result.error < 0.1
    line = result.line()
    assert line.startswith("digits        12-9      mf      32  ours ")
    assert f"{result.accuracy:.2%}" in line
    assert f"of processor seconds {result.cpu_ratio:.2f}" in line
