"""Forward-Forward: two forward passes, one with the right label in the input and one with a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from mfnumpy import backend, choices, equations
from mfnumpy.backend import Array, is_array, xp_of
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules.base import Step, Style, named
from mfnumpy.rules.local_rule import LocalRule
from mfnumpy.rules.parts import Readout
from mfnumpy.support.samples import check_labels
from mfnumpy.support.validate import check_shapes, integer, positive


def overlay_label(x: Array, y: Array, n_classes: int, strength: float = 1.0) -> Array:
    """The samples with their label written one-hot over the first m inputs, whatever those held before.

    x: (N, d) with d >= m.
    y: (N,) integer labels.
    n_classes: m.
    strength: what is written for the true class; the others get 0.
    Returns a copy. Source: Hinton 2022, section 3.3.
    """
    check_shapes("The label's overlay", x=(x, "Nd"))
    check_labels(y, x.shape[0], n_classes)
    out = x.copy()
    out[:, :n_classes] = strength * equations.one_hot(y, n_classes, x.dtype)
    return out


def overlay_neutral(x: Array, n_classes: int, strength: float = 1.0) -> Array:
    """The samples with strength/m written over the first m inputs, a label that says nothing.

    x: (N, d) with d >= m.
    n_classes: m.
    strength: the sum of what is written.
    Returns a copy. Source: Hinton 2022.
    """
    check_shapes("The label's overlay", x=(x, "Nd"))
    out = x.copy()
    out[:, :n_classes] = strength / n_classes
    return out


def negative_labels(y: Array, n_classes: int, rng: np.random.Generator) -> Array:
    """A wrong label for each sample, uniform over the m - 1 wrong ones: (y + u) mod m with u from 1 to m - 1.

    y: (N,) integer labels.
    n_classes: m.
    rng: drawn from on the host.
    Returns (N,), never equal to y anywhere, in y's dtype or a wider one that holds all m.
    Raises LabelError or ShapeError as `check_labels`, InvalidValueError for fewer than two classes.
    """
    integer("n_classes", n_classes, 2)
    check_labels(y, len(y) if is_array(y) and y.ndim else 0, n_classes)
    shift = rng.integers(1, n_classes, size=y.shape[0])
    wide = y.astype(shift.dtype)  # in int8, 99 + 56 would wrap
    holds_all = y.dtype if np.iinfo(y.dtype).max >= n_classes - 1 else shift.dtype
    return ((wide + backend.backend_of(y).to_device(shift)) % n_classes).astype(holds_all)


def normalise_length(a: Array, epsilon: float = 1e-8) -> Array:
    """a / (|a| + epsilon), row by row: the next block must not read the goodness off the length. a: (N, n)."""
    check_shapes("The length", a=(a, "Nn"))
    return a / (xp_of(a).sqrt((a * a).sum(axis=1, keepdims=True)) + epsilon)


def normalise_rms(a: Array, epsilon: float = 1e-8) -> Array:
    """a / (root of the mean square + epsilon), row by row: length sqrt(n), as in Hinton's own code. a: (N, n)."""
    check_shapes("The length", a=(a, "Nn"))
    return a / (xp_of(a).sqrt((a * a).mean(axis=1, keepdims=True)) + epsilon)


NORMALISE: dict[str, Callable[[Array], Array]] = {"rms": normalise_rms, "length": normalise_length}


class ForwardForward(LocalRule):
    """Each block raises its goodness above theta for positive data and lowers it below for negative data.

    A batch enters as 2N rows, the N positive ones first; every block normalises the length of its input.
    theta: the threshold; None for `choices.FF_THETA`: the block's number of neurons with "rms", 2.0 with "length".
    normalise: the length that every block's input gets, a key of NORMALISE.
    label: the strength with which the label is written into the input; 1 is the size of a bright pixel.
    positive_goodness, negative_goodness: a -> G, Eqs. (1) and (2).
    positive_loss_gradient, negative_loss_gradient: (G, theta) -> dG, of Eqs. (3) and (4).
    Predictions: "all-labels" tries every label and takes the one with the largest goodness over all blocks.
    Source: Hinton 2022; equations (1)-(4) of the paper.
    """

    name = "ff"
    title = "Forward-Forward"
    sentence = "Each block tells right labels from wrong ones; a prediction tries every label."
    place = 40
    style = Style("#009E73", "^")
    images = False
    why_no_images = (
        "the label is written over a few input pixels, which weights shared over the image cannot find; Hinton (2022) "
        "does not intend it for CNNs, and the paper leaves it out for that reason"
    )
    activations = ("relu",)
    why_not_others = "goodness, the sum of a^2, must be free to grow beyond theta, and to be 0"
    writes_label = True
    draws = True
    rows_per_sample = 2
    predictions: tuple[str, ...] = ("all-labels",)
    sums_of_blocks: tuple[str, ...] = ("all-labels",)

    def __init__(
        self,
        theta: float | None = None,
        normalise: str = choices.FF_NORMALISE.value,
        label: float = choices.FF_LABEL.default,
        *,
        positive_goodness: Callable[[Array], Array] = equations.positive_goodness,
        negative_goodness: Callable[[Array], Array] = equations.negative_goodness,
        positive_loss_gradient: Callable[[Array, float], Array] = equations.positive_loss_gradient,
        negative_loss_gradient: Callable[[Array, float], Array] = equations.negative_loss_gradient,
    ):
        super().__init__()
        if normalise not in NORMALISE:
            raise InvalidValueError(f"normalise must be one of {', '.join(sorted(NORMALISE))}; got {normalise!r}.")
        number = isinstance(theta, int | float | np.number) and not isinstance(theta, bool)
        if theta is not None and not (number and np.isfinite(theta)):
            raise InvalidValueError(f"theta must be a finite number, or None; got {theta!r}.")
        self.theta = None if theta is None else float(theta)  # a NumPy float64 would widen all float32
        self.normalise, self.label = normalise, positive("label, the strength of the label,", label)
        self.positive_goodness, self.negative_goodness = positive_goodness, negative_goodness
        self.positive_loss_gradient, self.negative_loss_gradient = positive_loss_gradient, negative_loss_gradient

    @classmethod
    def options_for(cls, dataset: str) -> dict[str, Any]:
        """The strength of the label, where `choices.FF_LABEL` has one for this data set."""
        label = choices.FF_LABEL.of(dataset)
        return {} if label == choices.FF_LABEL.default else {"label": label}

    def plug(self, net: Network) -> None:
        """Check that FF can train this network. Raises InvalidValueError for images or too few inputs."""
        super().plug(net)
        if net.input_shape[0] < self.n_classes:
            raise InvalidValueError(
                f"Forward-Forward writes the label over the first {self.n_classes} inputs, but there are only "
                f"{net.input_shape[0]}. Use another rule, or append {self.n_classes} inputs to the data."
            )

    def enter(self, net: Network, x: Array, y: Array, rng: np.random.Generator | None) -> Array:
        """The batch twice: with its own labels, then with wrong ones. Returns (2N, d).

        Arguments as in `LocalRule.enter`; rng is needed.
        """
        self.check_started(net)
        if rng is None:
            raise InvalidValueError("Forward-Forward draws wrong labels for each batch: pass rng=...")
        labels = (y, negative_labels(y, self.n_classes, rng))
        return xp_of(x).concatenate([overlay_label(x, which, self.n_classes, self.label) for which in labels])

    def local_step(self, net: Network, i: int, x: Array, y: Array, weights: Array | None = None) -> tuple[Step, Array]:
        """One block: goodness of both halves, the gradient of mean L_pos + mean L_neg, and the activities handed on.

        Arguments as in `LocalRule.local_step`, with x: (2N, d), the positive half first.
        """
        block, theta, N = net.blocks[i], self.threshold(net, i), x.shape[0] // 2
        trace = block.forward(NORMALISE[self.normalise](x))
        G_pos = self.positive_goodness(trace.a[:N])  # (1)
        G_neg = self.negative_goodness(trace.a[N:])  # (2)
        loss = equations.positive_loss(G_pos, theta, weights) + equations.negative_loss(
            G_neg, theta, weights
        )  # (3), (4)
        halves = [self.positive_loss_gradient(G_pos, theta), self.negative_loss_gradient(G_neg, theta)]
        if weights is not None:  # of the samples: a positive row and a negative one have the same
            halves = [equations.weighted_mean_gradient(half, weights) for half in halves]
        dG = xp_of(x).concatenate(halves)
        dz = block.error_at_z(equations.goodness_gradient(trace.a, dG), trace)
        return Step(i, loss, named(block.name, block.parameter_gradients(dz, trace))), trace.a

    def pass_on(self, net: Network, i: int, x: Array) -> Array:
        """The activities of block i for its normalised input; arguments as in `LocalRule.pass_on`."""
        return net.blocks[i].forward(NORMALISE[self.normalise](x)).a

    def threshold(self, net: Network, i: int) -> float:
        """theta of block i."""
        if self.theta is not None:
            return self.theta
        theta = choices.FF_THETA.value[self.normalise]
        return float(net.widths[i] if theta == "neurons" else theta)

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """(N, m) goodness of each block: column c is a forward pass with label c, so m passes are needed."""
        self.check_started(net)
        columns: list[list[Array]] = [[] for _ in net.blocks]
        for label in range(self.n_classes):
            a = overlay_label(x, xp_of(x).full(x.shape[0], label), self.n_classes, self.label)
            for i in range(len(net.blocks)):
                a = self.pass_on(net, i, a)
                columns[i].append(equations.positive_goodness(a))
        return [xp_of(x).stack(column, axis=1) for column in columns]

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The goodness of all blocks added, for every label, (N, m); arguments as in `Rule.scores`."""
        self.checked_prediction(prediction)
        return sum(self.layer_scores(net, x))

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The prediction adds up the same goodness that the blocks have alone."""
        layers = self.layer_scores(net, x)
        return {"all-labels": sum(layers)}, layers

    def options(self) -> dict:
        """theta, the kind of normalisation, and the strength of the label."""
        return {"theta": self.theta, "normalise": self.normalise, "label": self.label}


class ForwardForwardOnePass(ForwardForward):
    """Forward-Forward, with a softmax readout on all blocks' activities for a neutral label: one pass per prediction.

    The readout learns beside the blocks and never reaches into them. Predictions: "one-pass", "all-labels".
    Source: Hinton 2022, section 3.3; reading all blocks gives the 1,804,000 parameters of the paper's Table 4.
    """

    name = "ff_one_pass"
    title = "Forward-Forward, one pass"
    sentence = "The same blocks, with a readout that needs one pass per prediction."
    place = 50
    style = Style("#009E73", "v", "--")
    predictions = ("one-pass", "all-labels")
    schedules = ("together",)  # the readout would be left untrained
    readout: Readout

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.readout = Readout(("one-pass",), of_all=True)

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
        weights: Array | None = None,
    ) -> Iterator[Step]:
        """FF's steps, then one of the readout alone (not where only some blocks are trained).

        Arguments as in `Rule.steps`.
        """
        if only is None:
            activities = self.activities(net, x)
            G = self.readout.forward(activities)
        yield from super().steps(net, x, y, rng, only, weights)
        if only is None:
            dG = equations.cross_entropy_gradient(G, y)
            dG = dG if weights is None else equations.weighted_mean_gradient(dG, weights)
            loss = equations.cross_entropy(G, y, weights)
            yield Step(None, loss, named("readout", self.readout.parameter_gradients(activities, dG)))

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The readout's scores from one pass, or FF's goodness for every label; arguments as in `Rule.scores`."""
        if self.checked_prediction(prediction) == "all-labels":
            return super().scores(net, x, "all-labels")
        return self.readout.forward(self.activities(net, x))

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The one pass, and FF's m passes."""
        modes, layers = super().all_scores(net, x)
        return {"one-pass": self.scores(net, x)} | modes, layers

    def activities(self, net: Network, x: Array) -> Array:
        """The normalised activities of all blocks side by side, for a neutral label, (N, sum of all n_i)."""
        self.check_started(net)
        a, activities = overlay_neutral(x, self.n_classes, self.label), []
        for i in range(len(net.blocks)):
            a = self.pass_on(net, i, a)
            activities.append(NORMALISE[self.normalise](a))
        return xp_of(x).concatenate(activities, axis=1)
