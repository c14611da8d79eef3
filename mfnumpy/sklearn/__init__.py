"""A classifier for scikit-learn that trains by any of the learning rules: `LocalLearningClassifier`.

It goes into pipelines, searches, cross-validation, calibration and inspection; nothing else in the package needs it.
"""

from mfnumpy.support.optional import require

require("sklearn", "sklearn")

from mfnumpy.sklearn.classifier import LocalLearningClassifier  # noqa: E402

__all__ = ["LocalLearningClassifier"]
