"""What a trained network says of new data: scores, labels, probabilities, each block's own opinion, and confusions.

All of it in any prediction mode of the rule, as many rows at a time as a pass may take; of Forward-Forward by the fast
engine's way to try all labels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy import backend, equations
from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.errors import DivergedError, InvalidValueError, no_float_warnings
from mfnumpy.fast import prediction as fast
from mfnumpy.measure import rows_at_a_time
from mfnumpy.network import Network
from mfnumpy.rules import RULES, Rule
from mfnumpy.support.samples import check_label_form, check_labels, check_samples


def scores(net: Network, rule: Rule, x: Any, prediction: str | None = None) -> np.ndarray:
    """(N, m) scores, on the host; the largest of a row is its prediction.

    net, rule: trained together.
    x: (N, *input_shape) of the network's dtype, or a view whose x[rows] gives such an array.
    prediction: one of the rule's modes, None for its first.
    Raises ShapeError, DTypeError or InvalidValueError for another x, UnknownNameError for a mode that the rule has
    not, DivergedError where a score is NaN or infinite.
    """
    rule.checked_prediction(prediction)
    return _by_rows(net, rule, x, lambda rows: [fast.scores(net, rule, rows, prediction)])[0]


def predict(net: Network, rule: Rule, x: Any, prediction: str | None = None) -> np.ndarray:
    """(N,) labels, integers from 0 to m - 1. Arguments and errors as in `scores`."""
    return scores(net, rule, x, prediction).argmax(axis=1)


def predict_proba(net: Network, rule: Rule, x: Any, prediction: str | None = None) -> np.ndarray:
    """(N, m) probabilities p = softmax(scores), each row's sum 1. Arguments and errors as in `scores`.

    Of a readout and of BP pred this is the p that Eq. (6) trains; of scores that were added up it is as sure as all
    blocks together, which is often too sure.
    """
    return equations.softmax(scores(net, rule, x, prediction))


def layer_scores(net: Network, rule: Rule, x: Any) -> list[np.ndarray]:
    """(N, m) scores of each block alone; arguments as in `scores`.

    Raises InvalidValueError for a rule whose blocks have none.
    """
    found = _by_rows(net, rule, x, lambda rows: rule.layer_scores(net, rows))
    if not found:
        raise InvalidValueError(
            f"The rule '{rule.name}' gives its blocks no scores of their own, so they have no opinions. "
            f"Take another rule of {', '.join(RULES)}: one with projection matrices, or Forward-Forward."
        )
    return found


def layer_predict(net: Network, rule: Rule, x: Any) -> np.ndarray:
    """(N, L) labels: what each of the L blocks alone would say. Arguments and errors as in `layer_scores`."""
    return np.stack([own.argmax(axis=1) for own in layer_scores(net, rule, x)], axis=1)


def all_scores(net: Network, rule: Rule, x: Any) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """The scores of every prediction mode, and those of each block alone, [] for a rule without.

    Arguments as in `scores`.
    """
    found = _by_rows(net, rule, x, lambda rows: _flat(*fast.all_scores(net, rule, rows)))
    return dict(zip(rule.predictions, found, strict=False)), found[len(rule.predictions) :]


def _flat(modes: dict[str, Array], layers: list[Array]) -> list[Array]:
    return [*modes.values(), *layers]


def confusion_matrix(y: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """(m, m) counts: row c, column k: how many samples of class c were taken for k. The diagonal is right.

    y, predicted: (N,) integer labels.
    n_classes: m.
    Raises LabelError or ShapeError for others.
    """
    check_label_form(y, None, n_classes)
    for labels in (y, predicted):
        check_labels(labels, y.shape[0], n_classes)
    flat = y.astype(np.int64) * n_classes + predicted.astype(np.int64)
    return np.bincount(flat, minlength=n_classes**2).reshape(n_classes, n_classes)


def _by_rows(net: Network, rule: Rule, x: Any, compute: Any) -> list[np.ndarray]:
    """The arrays that `compute` gives for some rows of x, for all rows. Raises DivergedError for NaN."""
    rule.check_started(net)
    check_samples("X", x, net.input_shape, net.dtype)
    pieces = []
    with no_float_warnings():
        for rows in batches_of(x.shape[0], rows_at_a_time(net)):
            pieces.append([backend.to_host(array) for array in compute(backend.to_device(x[rows]))])
    whole = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
    if not all(np.isfinite(array).all() for array in whole):
        raise DivergedError(
            "Scores are NaN or infinite: the network's parameters have diverged. Train with a lower learning rate."
        )
    return whole
