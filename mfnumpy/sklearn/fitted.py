"""What a trained classifier says, and what it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from mfnumpy import prediction
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.sklearn import building


class FittedNetwork:
    """The half of a classifier that predicts and shows its parameters; the other half trains `net_` by `rule_`."""

    net_: Network
    rule_: Rule
    classes_: np.ndarray
    prediction: str | None

    def predict(self, X: Any) -> np.ndarray:
        """(N,) labels. X: (N, n_features)."""
        predicted = self._scores(X).argmax(axis=1)
        return self.classes_[predicted]

    def predict_proba(self, X: Any) -> np.ndarray:
        """(N, m) probabilities, in the order of classes_: softmax of the scores; see `mfnumpy.prediction`."""
        check_is_fitted(self)
        return prediction.predict_proba(self.net_, self.rule_, self._new(X), self.prediction)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """(N, m) logarithms of `predict_proba`."""
        return np.log(self.predict_proba(X))

    def decision_function(self, X: Any) -> np.ndarray:
        """(N, m) scores, in the order of classes_; of two classes (N,): how far the second one's is above the first."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def layer_predict(self, X: Any) -> np.ndarray:
        """(N, L) labels: what each of the L blocks alone would say.

        Raises InvalidValueError for a rule whose blocks have no scores of their own, as "bp".
        """
        check_is_fitted(self)
        return self.classes_[prediction.layer_predict(self.net_, self.rule_, self._new(X))]

    def layer_score(self, X: Any, y: Any, sample_weight: Any = None) -> np.ndarray:
        """(L,) accuracies: of each block alone.

        X, y, sample_weight: as of `score`.
        Raises InvalidValueError as `layer_predict` does.
        """
        right = self.layer_predict(X) == np.asarray(y)[:, None]
        return np.average(right, axis=0, weights=sample_weight)

    def _scores(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return prediction.scores(self.net_, self.rule_, self._new(X), self.prediction)

    def _new(self, X: Any) -> np.ndarray:
        """Rows to be predicted, as the network wants them."""
        return self._inputs(validate_data(self, X, reset=False, dtype=(np.float64, np.float32)))

    def _inputs(self, X: np.ndarray) -> np.ndarray:
        """(N, *input_shape) of the network's dtype: images by their shape; with columns for a label that is written."""
        return building.inputs_of(self.net_, self.rule_, X)

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The live weights: W of each block, then those of the output, (n, m), where the rule has one."""
        W = [block.parameters["W"] for block in self._blocks("coefs_")]
        output = self.rule_.output_weights()
        return W if output is None else [*W, output]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The live biases of each block; [] for blocks without. An output has none."""
        return [block.parameters["b"] for block in self._blocks("intercepts_") if "b" in block.parameters]

    @property
    def projections_(self) -> list[np.ndarray]:
        """The live projection matrices M_i, (m, n_i); [] for a rule without."""
        self._blocks("projections_")
        return list(self.rule_.M)

    def _blocks(self, asked: str) -> list:
        if not hasattr(self, "net_"):
            raise AttributeError(f"{asked} is there after fit.")
        return self.net_.blocks
