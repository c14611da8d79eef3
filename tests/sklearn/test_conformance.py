"""scikit-learn's own checks of an estimator, all of them, for every rule that trains dense networks.

scikit-learn expects nothing of MLPClassifier to fail, but runs it with full batches where weights are compared with
repeated rows, since batches of another division are other batches. Nothing is expected to fail here either.
"""

from __future__ import annotations

from sklearn.utils.estimator_checks import parametrize_with_checks

from mfnumpy import rules
from mfnumpy.sklearn import LocalLearningClassifier


@parametrize_with_checks([LocalLearningClassifier(rule=name, max_iter=100) for name in rules.RULES])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)
