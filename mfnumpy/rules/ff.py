"""Forward-Forward: two forward passes, one with the right label in the input and one with a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from mfnumpy import backend, equations
from mfnumpy.backend import Array, xp_of
from mfnumpy.errors import InvalidValueError
from mfnumpy.layers import Dense
from mfnumpy.network import Network
from mfnumpy.rules.base import LocalRule, Step, named
from mfnumpy.support.seeding import stream
from mfnumpy.support.validate import check_labels


def overlay_label(x: Array, y: Array, n_classes: int) -> Array:
    """Write the label one-hot over the first m inputs, whatever they held before.

    x: (N, d) with d >= m. y: (N,) integer labels. Returns a copy. Source: Hinton 2022, section 3.3.
    """
    check_labels(y, x.shape[0], n_classes)
    out = x.copy()
    out[:, :n_classes] = equations.one_hot(y, n_classes, x.dtype)
    return out


def overlay_neutral(x: Array, n_classes: int) -> Array:
    """Write 1/m over the first m inputs, a label that says nothing. Returns a copy. Source: Hinton 2022."""
    out = x.copy()
    out[:, :n_classes] = 1 / n_classes
    return out


def negative_labels(y: Array, n_classes: int, rng: np.random.Generator) -> Array:
    """A wrong label for each sample, uniform over the m - 1 wrong ones: (y + u) mod m with u from 1 to m - 1.

    y: (N,) integer labels. rng: drawn from on the host. Returns (N,), never equal to y anywhere.
    """
    shift = rng.integers(1, n_classes, size=y.shape[0])
    wide = y.astype(shift.dtype)  # in int8, 99 + 56 would wrap
    return ((wide + backend.backend_of(y).to_device(shift)) % n_classes).astype(y.dtype)


def normalise_length(a: Array, epsilon: float = 1e-8) -> Array:
    """a / (|a| + epsilon), row by row: the next block must not read the goodness off the length. a: (N, n)."""
    return a / (xp_of(a).sqrt((a * a).sum(axis=1, keepdims=True)) + epsilon)


def normalise_rms(a: Array, epsilon: float = 1e-8) -> Array:
    """a / (root of the mean square + epsilon), row by row: length sqrt(n), as in Hinton's own code. a: (N, n)."""
    return a / (xp_of(a).sqrt((a * a).mean(axis=1, keepdims=True)) + epsilon)


NORMALISE: dict[str, Callable[[Array], Array]] = {"rms": normalise_rms, "length": normalise_length}


class ForwardForward(LocalRule):
    """Each block raises its goodness above theta for positive data and lowers it below for negative data.

    A batch enters as 2N rows, the N positive ones first; every block normalises the length of its input.
    theta: the threshold; None for the block's number of neurons with "rms", 2.0 with "length".
    Predictions: "all-labels" tries every label and takes the one with the largest goodness over all blocks.
    Source: Hinton 2022; equations (1)-(4) of the paper.
    """

    name = "ff"
    predictions: tuple[str, ...] = ("all-labels",)

    def __init__(self, theta: float | None = None, normalise: str = "rms"):
        super().__init__()
        if normalise not in NORMALISE:
            raise InvalidValueError(f"normalise must be one of {', '.join(sorted(NORMALISE))}; got {normalise!r}.")
        number = isinstance(theta, int | float | np.number) and not isinstance(theta, bool)
        if theta is not None and not (number and np.isfinite(theta)):
            raise InvalidValueError(f"theta must be a finite number, or None; got {theta!r}.")
        self.theta = None if theta is None else float(theta)  # a NumPy float64 would widen all float32
        self.normalise = normalise

    def plug(self, net: Network) -> None:
        """Check that FF can train this network. Raises InvalidValueError for images or too few inputs."""
        super().plug(net)
        if any(len(shape) != 1 for shape in net.shapes()):
            raise InvalidValueError(
                "Forward-Forward cannot train a convolutional network: the label is written over a few input pixels, "
                "which weights shared over the image cannot find; Hinton (2022) does not intend FF for CNNs, and the "
                "paper leaves it out for that reason. Use an MLP, or one of the rules mf, bp, fa, dfa."
            )
        if net.input_shape[0] < self.n_classes:
            raise InvalidValueError(
                f"Forward-Forward writes the label over the first {self.n_classes} inputs, but there are only "
                f"{net.input_shape[0]}. Use another rule, or append {self.n_classes} inputs to the data."
            )

    def enter(self, net: Network, x: Array, y: Array, rng: np.random.Generator | None) -> Array:
        """The batch twice: with its own labels, then with wrong ones. Returns (2N, d)."""
        self.check_started(net)
        if rng is None:
            raise InvalidValueError("Forward-Forward draws wrong labels for each batch: pass rng=...")
        positive = overlay_label(x, y, self.n_classes)
        negative = overlay_label(x, negative_labels(y, self.n_classes, rng), self.n_classes)
        return xp_of(x).concatenate([positive, negative])

    def local_step(self, net: Network, i: int, x: Array, y: Array) -> tuple[Step, Array]:
        """One block: goodness of both halves, the gradient of mean L_pos + mean L_neg, and the activities handed on."""
        block, theta, N = net.blocks[i], self.threshold(net, i), x.shape[0] // 2
        trace = block.forward(NORMALISE[self.normalise](x))
        G_pos = equations.positive_goodness(trace.a[:N])  # (1)
        G_neg = equations.negative_goodness(trace.a[N:])  # (2)
        loss = equations.positive_loss(G_pos, theta) + equations.negative_loss(G_neg, theta)  # (3) + (4)
        dG = xp_of(x).concatenate(
            [equations.positive_loss_gradient(G_pos, theta), equations.negative_loss_gradient(G_neg, theta)]
        )
        dz = block.error_at_z(equations.goodness_gradient(trace.a, dG), trace)
        return Step(i, loss, named(block.name, block.parameter_gradients(dz, trace))), trace.a

    def pass_on(self, net: Network, i: int, x: Array) -> Array:
        """The activities of block i for its normalised input."""
        return net.blocks[i].forward(NORMALISE[self.normalise](x)).a

    def threshold(self, net: Network, i: int) -> float:
        """theta of block i."""
        if self.theta is not None:
            return self.theta
        return float(net.widths[i]) if self.normalise == "rms" else 2.0

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """(N, m) goodness of each block: column c is a forward pass with label c, so m passes are needed."""
        self.check_started(net)
        columns: list[list[Array]] = [[] for _ in net.blocks]
        for label in range(self.n_classes):
            a = overlay_label(x, xp_of(x).full(x.shape[0], label), self.n_classes)
            for i in range(len(net.blocks)):
                a = self.pass_on(net, i, a)
                columns[i].append(equations.positive_goodness(a))
        return [xp_of(x).stack(column, axis=1) for column in columns]

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The goodness of all blocks added, for every label, (N, m)."""
        self._prediction(prediction)
        return sum(self.layer_scores(net, x))

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The prediction adds up the same goodness that the blocks have alone."""
        layers = self.layer_scores(net, x)
        return {"all-labels": sum(layers)}, layers

    def options(self) -> dict:
        """theta and the kind of normalisation."""
        return {"theta": self.theta, "normalise": self.normalise}


class ForwardForwardOnePass(ForwardForward):
    """Forward-Forward, with a softmax readout on all blocks' activities for a neutral label: one pass per prediction.

    The readout learns beside the blocks and never reaches into them. Predictions: "one-pass", "all-labels".
    Source: Hinton 2022, section 3.3; reading all blocks gives the 1,804,000 parameters of the paper's Table 4.
    """

    name = "ff_one_pass"
    predictions = ("one-pass", "all-labels")
    schedules = ("together",)  # the readout would be left untrained

    def __init__(self, theta: float | None = None, normalise: str = "rms"):
        super().__init__(theta, normalise)
        self.readout: Dense | None = None

    def reset(self) -> None:
        """Forget the readout."""
        self.readout = None

    def plug(self, net: Network) -> None:
        """Start the readout at zero: softmax regression has no better place. Again if the widths changed."""
        super().plug(net)
        n = sum(net.widths)
        if self.readout is None or self.readout.parameters["W"].shape[0] != n:
            self.readout = Dense(n, self.n_classes, stream(self.seed, "readout"), dtype=net.dtype, name="readout")
            self.readout.parameters["W"] *= 0

    def parameters(self, net: Network) -> dict[str, Array]:
        """The blocks' parameters and the readout's."""
        return super().parameters(net) | named("readout", self._readout(net).parameters)

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
    ) -> Iterator[Step]:
        """FF's steps, then one of the readout alone (not where only some blocks are trained)."""
        if only is None:
            activities = self._activities(net, x)
            G = self._readout(net).forward(activities)
        yield from super().steps(net, x, y, rng, only)
        if only is None:
            gradients = self._readout(net).parameter_gradients(activities, equations.cross_entropy_gradient(G, y))
            yield Step(None, equations.cross_entropy(G, y), named("readout", gradients))

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The readout's scores from one pass, or FF's goodness for every label."""
        if self._prediction(prediction) == "all-labels":
            return sum(self.layer_scores(net, x))
        return self._readout(net).forward(self._activities(net, x))

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The one pass, and FF's m passes."""
        modes, layers = super().all_scores(net, x)
        return {"one-pass": self.scores(net, x)} | modes, layers

    def count(self, net: Network, prediction: str | None = None) -> int:
        """Trying all labels needs no readout."""
        unused = self._readout(net).parameters["W"].size if self._prediction(prediction) == "all-labels" else 0
        return super().count(net) - unused

    def _activities(self, net: Network, x: Array) -> Array:
        self.check_started(net)
        a, activities = overlay_neutral(x, self.n_classes), []
        for i in range(len(net.blocks)):
            a = self.pass_on(net, i, a)
            activities.append(NORMALISE[self.normalise](a))
        return xp_of(x).concatenate(activities, axis=1)

    def _readout(self, net: Network) -> Dense:
        if self.readout is None or self.readout.parameters["W"].shape[0] != sum(net.widths):
            raise self._not_started("no readout that fits this network")
        return self.readout
