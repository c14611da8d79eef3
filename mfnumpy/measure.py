"""What is measured of a network and a rule: accuracy, alignment with backpropagation, bytes, seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.errors import DivergedError, InvalidValueError, ShapeError, no_float_warnings
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import Backpropagation, Rule
from mfnumpy.support.samples import check_is_array, check_label_form, check_labels, labels_known
from mfnumpy.support.seeding import stream
from mfnumpy.support.validate import check_floats, integer


@dataclass(frozen=True)
class Evaluation:
    """Fractions of rows predicted rightly, 0 to 1: for each prediction mode of the rule, and for each block alone."""

    accuracy: dict[str, float]
    layers: list[float]

    @property
    def main(self) -> float:
        """The accuracy in the rule's default prediction mode, by which a run is stopped or chosen."""
        return next(iter(self.accuracy.values()))


def accuracy_over_batches(predict: Callable[[Any], Any], X: Any, y: Any, batch_size: int) -> float:
    """(number of right predictions) / (number of rows), computed batch by batch; the last batch may be shorter.

    predict: (rows) -> (rows,) labels.
    X: (N, ...) samples.
    y: (N,) integer labels.
    batch_size: rows per call of predict.
    Returns a float from 0 to 1.
    Raises InvalidValueError for an empty X or a batch size below 1, ShapeError unless predict gives one label per row.
    """
    batch_size = integer("batch_size", batch_size, 1)
    check_label_form(y)
    if len(y) == 0:
        raise InvalidValueError("An accuracy needs rows; y has none.")
    right = 0
    for rows in batches_of(len(y), batch_size):
        predicted, labels = predict(X[rows]), y[rows]
        if np.shape(predicted) != np.shape(labels):  # (n, 1) == (n,) would compare every row with every other
            raise ShapeError(
                f"predict must give one label per row, shape {np.shape(labels)}; got {np.shape(predicted)}."
            )
        right += int((predicted == labels).sum())
    return right / len(y)


PASS_ROWS, PASS_BYTES = 1000, 40_000_000
"""How much goes through a network at a time where nothing is learned: patches of 1000 CIFAR images take gigabytes."""


def rows_at_a_time(net: Network) -> int:
    """PASS_ROWS, or fewer where a block's input, laid out for its product, would be longer than PASS_BYTES."""
    inputs = [
        math.prod(block.linear.output_shape(shape)[:-1]) * block.parameters["W"].shape[0]
        for block, shape in zip(net.blocks, net.shapes(), strict=False)
    ]
    return max(1, min(PASS_ROWS, PASS_BYTES // (np.dtype(net.dtype).itemsize * max(inputs, default=1))))


def evaluate(net: Network, rule: Rule, x: Any, y: np.ndarray, batch_size: int | None = None) -> Evaluation:
    """Accuracy of the rule's predictions on x, y; every row counts once, the last partial batch too.

    net, rule: the network, and the rule that was started for it.
    x: (N, ...) on the host or the device, or a view that gives float rows.
    y: (N,) integer labels.
    batch_size: rows per forward pass; None for `rows_at_a_time`.
    Raises InvalidValueError for no rows or no batch size, LabelError or ShapeError for labels that do not belong to x
    or to the rule's classes, DivergedError if a score is NaN or infinite.
    """
    most = rows_at_a_time(net) if batch_size is None else integer("batch_size", batch_size, 1)
    check_label_form(y)
    batches = batches_of(len(y), most)
    return evaluation([count_right(net, rule, x, y, batches)], len(y))


class Counts(NamedTuple):
    """How many rows were predicted rightly: by prediction mode, and by each block alone."""

    modes: dict[str, int]
    layers: list[int]


AllScores = Callable[[Network, Rule, Array], tuple[dict[str, Array], list[Array]]]
"""(net, rule, x) -> the scores of every prediction mode, and those of each block alone."""


def count_right(
    net: Network, rule: Rule, x: Any, y: np.ndarray, batches: Iterable[slice], all_scores: AllScores | None = None
) -> Counts:
    """The numbers of right predictions over these batches of the rows of x, y.

    net, rule, x, y: as in `evaluate`.
    batches: slices of the rows; a part of them where others count the rest.
    all_scores: what gives the scores; None for the rule's own.
    Raises as `evaluate`.
    """
    rule.check_started(net)
    check_is_array("X", x)
    check_labels(y, x.shape[0] if x.shape else 0, rule.n_classes)
    right: dict[str, int] = {}
    layers: list[int] = []
    for rows in batches:
        labels = backend.to_device(y[rows])
        with no_float_warnings(), labels_known():
            own_rows = backend.to_device(x[rows])
            modes, own = all_scores(net, rule, own_rows) if all_scores else rule.all_scores(net, own_rows)
        layers = layers or [0] * len(own)
        for mode, scores in modes.items():
            right[mode] = right.get(mode, 0) + _right(scores, labels, f"by {mode} prediction")
        for i, scores in enumerate(own):
            layers[i] += _right(scores, labels, f"of block{i + 1}")
    return Counts(right, layers)


def _right(scores: Array, labels: Array, whose: str) -> int:
    """How many labels have the highest score. Raises DivergedError where NaN would pass for a prediction of class 0."""
    if not bool(backend.xp_of(scores).isfinite(scores).all()):
        raise DivergedError(
            f"Scores {whose} are NaN or infinite: the network's parameters have diverged, or its input is not finite. "
            "Lower the learning rate, or scale the inputs."
        )
    return int((scores.argmax(axis=1) == labels).sum())


def evaluation(counts: Sequence[Counts], n: int) -> Evaluation:
    """The fractions of n rows that these parts have predicted rightly. Raises InvalidValueError for no rows."""
    if n == 0:
        raise InvalidValueError("There are no rows to evaluate.")
    accuracy = {mode: sum(part.modes[mode] for part in counts) / n for mode in counts[0].modes}
    return Evaluation(accuracy, [sum(block) / n for block in zip(*(part.layers for part in counts), strict=True)])


def gradients_of(net: Network, rule: Rule, x: Array, y: Array, seed: int = 0) -> dict[str, Array]:
    """All gradients of one batch, by parameter name, without applying any.

    net, rule: the network, and the rule that was started for it.
    x: (N, *input_shape).
    y: (N,) integer labels.
    seed: of the wrong labels that Forward-Forward draws.
    """
    gradients: dict[str, Array] = {}
    for step in rule.steps(net, x, y, stream(seed, "negatives")):
        gradients |= step.gradients
    return gradients


def alignment(net: Network, rule: Rule, x: Array, y: Array) -> dict[str, float]:
    """Angle in degrees between the rule's dW of each block and backpropagation's for the same batch and output.

    net, rule: the network, and the rule that was started for it.
    x: (N, *input_shape).
    y: (N,) integer labels.
    Returns {"block1.W": angle, ...}; 90 is no relation, 0 the same direction.

    For rules with projection matrices backpropagation starts from the last M, for the others from their readout.
    Raises InvalidValueError for Forward-Forward, which has no output.
    """
    rule.check_started(net)
    W = rule.output_weights()
    if W is None:
        raise InvalidValueError(f"The rule '{rule.name}' has no output layer from which an error could come.")
    reference = Backpropagation()
    reference.start(net, rule.n_classes)
    reference.put(net, "readout.W", W.copy())
    own, bp = gradients_of(net, rule, x, y), gradients_of(net, reference, x, y)
    angles = {}
    for name in net.parameters():
        if name in own and name.endswith(".W"):
            angles[name] = angle(*(backend.to_host(g[name]).astype(np.float64) for g in (own, bp)))
    return angles


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """The angle between two vectors in degrees: 2 atan2(|u - v|, |u + v|) for u = a / |a| and v = b / |b|.

    a, b: floats of one shape, each taken as one vector. Returns 0 to 180; 90 where one is zero, without a direction.
    The arc cosine of u . v is the same number, with half of the digits near 0 and 180. Source: Kahan 2006, section 12.
    Raises DTypeError for other numbers, ShapeError for two shapes.
    """
    check_floats("The angle", a=a, b=b)
    if a.shape != b.shape:
        raise ShapeError(f"The angle: a and b must have one shape; got {tuple(a.shape)} and {tuple(b.shape)}.")
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if not all(lengths):
        return 90.0
    u, v = a / lengths[0], b / lengths[1]
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def peak_step_bytes(net: Network, rule: Rule, optimiser: Optimiser, x: Array, y: Array) -> int:
    """The most bytes that are alive at once during one training step, beyond the batch itself.

    net, rule: the network, and the rule that was started for it.
    optimiser: its moments count; at its first step they are made in it.
    x: (N, *input_shape).
    y: (N,) integer labels.

    Counted are parameters, the rule's matrices, moments, activations, gradients and temporaries: what is there
    before the step, and what the backend's meter sees allocated in it. The step is taken: parameters change.
    """
    parameters = rule.parameters(net)
    standing = sum(a.nbytes for a in [*parameters.values(), *rule.fixed().values(), *optimiser.state()[0].values()])
    with backend.backend_of(*parameters.values()).meter() as meter:
        meter.reset()
        before = meter.used()
        for step in rule.steps(net, x, y, stream(0, "negatives")):
            for name, gradient in step.gradients.items():
                optimiser.update(name, parameters[name], gradient)
            del step
        return standing + meter.peak() - before
