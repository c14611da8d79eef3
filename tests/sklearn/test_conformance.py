"""scikit-learn's own checks of an estimator, all of them, for every rule that trains dense networks.

scikit-learn expects nothing of MLPClassifier to fail, but runs it with full batches where weights are compared with
repeated rows, since batches of another division are other batches. What fails here has its reason beside it.
"""

from __future__ import annotations

from sklearn.utils.estimator_checks import parametrize_with_checks

from mfnumpy import rules
from mfnumpy.sklearn import LocalLearningClassifier

WRONG_LABELS = "a row that is there twice is given two wrong labels, a row of weight 2 one"
FAILING = {
    name: {"check_sample_weight_equivalence_on_dense_data": WRONG_LABELS}
    for name, rule in rules.RULES.items()
    if rule.writes_label
}


@parametrize_with_checks(
    [LocalLearningClassifier(rule=name, max_iter=100) for name in rules.RULES],
    expected_failed_checks=lambda estimator: FAILING.get(estimator.rule, {}),
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)
