"""A row of weight w is as good as w equal rows: with every rule, in both engines, in any order, with a penalty."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import rules
from mfnumpy.sklearn import LocalLearningClassifier, classifier
from mfnumpy.support.seeding import stream

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
FAST = ("bp", "fa", "dfa", "mf", "ff", "ff_one_pass")


def difference(rule: str, engine: str, *, alpha: float = 0.3, threads: int = 2) -> float:
    """The largest one between probabilities after a fit with weights and after one with repeated rows."""
    rng = stream(0, "rows")
    x, y, counts = rng.standard_normal((23, 9)), rng.integers(0, 4, 23), rng.integers(0, 4, 23)
    again = rng.permutation(np.repeat(np.arange(23), counts))
    made = (
        LocalLearningClassifier(
            (7, 6),
            rule,
            alpha=alpha,
            max_iter=20,
            random_state=3,
            engine=engine,
            threads=threads,
            learning_rate_init=0.01,
        )
        for _ in range(2)
    )
    weighted, repeated = (
        model.fit(*data).predict_proba(x)
        for model, data in zip(made, ((x, y, counts), (x[again], y[again])), strict=True)
    )
    return float(np.abs(weighted - repeated).max())


@pytest.mark.parametrize(("rule", "engine"), [(n, "reference") for n in rules.RULES] + [(n, "fast") for n in FAST])
def test_a_row_of_weight_w_is_w_equal_rows(rule, engine):
    assert difference(rule, engine) < 1e-9


@pytest.mark.parametrize("engine", ["reference", "fast"])
@pytest.mark.parametrize("rule", [name for name, rule in rules.RULES.items() if rule.draws])
def test_planted_a_wrong_label_for_each_row_is_caught(rule, engine, monkeypatch):
    monkeypatch.setattr(classifier, "fingerprints", lambda x, y: np.arange(len(y)))
    assert difference(rule, engine) > 1e-3


def test_planted_a_penalty_that_is_shared_over_rows_is_caught(monkeypatch):
    settings = classifier.building.settings_of
    monkeypatch.setattr(
        classifier.building, "settings_of", lambda params, net, rows, weights: settings(params, net, rows)
    )
    assert difference("mf", "reference") > 1e-4


def test_only_rules_that_draw_have_their_rows_compared(monkeypatch):
    monkeypatch.setattr(classifier, "fingerprints", None)
    assert difference("mf", "reference") < 1e-9
