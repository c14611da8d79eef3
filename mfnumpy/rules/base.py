"""What all learning rules share: the Step that they yield, and what others may ask of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, MutableSequence
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.layers import ACTIVATIONS
from mfnumpy.network import Network
from mfnumpy.rules.parts import Home, Projections, Readout
from mfnumpy.rules.step import NotStartedError, Step, Style
from mfnumpy.support.validate import integer


class Rule:
    """A learning rule over the blocks of a network, and all that others need to know of it.

    Nobody asks a rule for its class or its name: engines, trainers, pictures, tables and pages read the attributes
    below. A new rule declares those that differ, in a file of its own, and gets one line in `mfnumpy/rules/__init__`.
    Subclass `LocalRule` where every block has a loss of its own, `GlobalRule` where errors come down from the output.

    An instance has, beside the network:
    readout: a linear output layer (`parts.Readout`), or None.
    projections: a matrix M_i for each block (`parts.Projections`), or None; `M` are the matrices themselves.
    feedback: the fixed matrices B_i, by which an error comes to block i; `feedback_of(i)` is None for a rule without.

    `steps` reads parameters and never changes them: the trainer applies each Step as it comes.
    """

    # -- declared by the class ---------------------------------------------------------------------------------------

    name = ""
    """In tables, files and on the command line."""
    title = ""
    """The name in words, "Feedback Alignment"; by default `name`."""
    sentence = ""
    """What the rule does, in one sentence for a reader of tables; by default the first line of the docstring."""
    place = 1000
    """Where tables and pages show the rule: smaller numbers first."""
    style: Style | None = None
    """How its curves are drawn; for a rule that does not say it, `comparison.plots` chooses."""
    images = True
    """Whether it trains networks on images, (H, W, C)."""
    why_no_images = ""
    """The reason, as a part of a sentence, where it does not."""
    local = False
    """Whether each block learns from its own loss alone, and so can be trained alone."""
    error_from: tuple[str, ...] = ()
    """Where the error at a block's output comes from: "own" (a loss at this block), "above" (the block above, or the
    readout for the last), "output" (straight from the readout). Nowhere: the blocks stay as they were drawn.
    An error that comes goes through B where `feedback_of(i)` is a matrix, else through the weights W above."""
    exact = True
    """Whether the gradients of a Step are those of its loss; where they are not, only the readout's are."""
    activations: tuple[str, ...] = tuple(ACTIVATIONS)
    """The activations of blocks with which its mathematics goes."""
    why_not_others = ""
    """The reason, as a part of a sentence, where some are left out."""
    writes_label = False
    """Whether it writes the label over the first m inputs, and what they held is lost."""
    draws = False
    """Whether its Steps take random numbers from `rng`."""
    rows_per_sample = 1
    """How many rows of a batch the blocks see for each sample when they learn: 2 in Forward-Forward."""
    schedules: tuple[str, ...] = ("together",)
    """How a trainer may order the blocks: "together", and for some "layer_by_layer"."""
    predictions: tuple[str, ...] = ()
    """The ways in which the rule predicts; the first is the default."""
    sums_of_blocks: tuple[str, ...] = ()
    """Those of its predictions that add up scores which each block has alone: without the upper blocks they go on."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" in vars(cls):  # another rule: what its parent says of itself does not hold for it
            words = {"title": cls.name, "sentence": (inspect.getdoc(cls) or "").partition("\n")[0]}
            for attribute, value in {**words, "style": None, "place": Rule.place}.items():
                if attribute not in vars(cls):
                    setattr(cls, attribute, value)

    def __init__(self) -> None:
        self.n_classes = 0
        self.seed = 0
        self.readout: Readout | None = None
        self.projections: Projections | None = None
        self.feedback: MutableSequence[Array] = []

    # -- what it has beside the network ------------------------------------------------------------------------------

    @property
    def parts(self) -> list[Readout | Projections]:
        """Those of readout and projections that the rule has."""
        return [part for part in (self.readout, self.projections) if part is not None]

    @property
    def M(self) -> MutableSequence[Array]:
        """The projection matrices, (m, n_i) each; [] for a rule without."""
        return [] if self.projections is None else self.projections.M

    @M.setter
    def M(self, matrices: MutableSequence[Array]) -> None:
        """Let these be the projection matrices. Raises InvalidValueError for a rule without."""
        if self.projections is None:
            raise InvalidValueError(f"The rule '{self.name}' has no projection matrices.")
        self.projections.M[:] = matrices

    def feedback_of(self, i: int) -> Array | None:
        """B, the fixed matrix by which an error comes to block i, or None: then it comes by the weights, if at all.

        "above" in `error_from`: B has the shape of the W that it replaces, and da = dz_above B^T.
        "output" in `error_from`: B is (m, n_i), and da = dG B.
        """
        return self.feedback[i] if self.feedback else None

    def output_weights(self) -> Array | None:
        """(n, m): the weights by which the last block's activities become scores; None for a rule without an output."""
        return next((part.output_weights() for part in self.parts), None)

    def functions(self) -> dict[str, tuple[Callable, Callable]]:
        """The functions that the rule computes with, by keyword: the one that it has, and the package's own."""
        found: dict[str, tuple[Callable, Callable]] = {}
        for cls in type(self).__mro__:
            made = vars(cls).get("__init__")
            for name, p in inspect.signature(made).parameters.items() if inspect.isfunction(made) else ():
                if inspect.isfunction(p.default):
                    found.setdefault(name, (getattr(self, name, p.default), p.default))
        return found

    def plugged(self) -> list[str]:
        """The keywords for which the rule was given a function in place of the package's own."""
        return [name for name, (given, own) in self.functions().items() if given is not own]

    @property
    def block_by_block(self) -> bool:
        """Whether a batch is nothing but one `local_step` after the other, so that a pipeline can take them over."""
        return False

    @classmethod
    def options_for(cls, dataset: str) -> dict[str, Any]:
        """The options, for `make`, that `choices` has for this data set and that differ from the rule's defaults."""
        return {}

    # -- its life ----------------------------------------------------------------------------------------------------

    def start(self, net: Network, n_classes: int, seed: int = 0) -> None:
        """Draw the rule's own matrices afresh for this network.

        net: with at least one block.
        n_classes: m >= 2.
        seed: of the matrices.
        Raises InvalidValueError for a network or a number of classes that the rule cannot train.
        """
        n_classes = integer("n_classes", n_classes, 2)
        if not net.blocks:
            raise InvalidValueError("The network has no block; add one with net.plug(net.new_dense(width)).")
        self.n_classes, self.seed = n_classes, integer("seed", seed, 0)
        self.reset()
        self.plug(net)

    def reset(self) -> None:
        """Forget the rule's own matrices."""
        for part in self.parts:
            part.reset()
        self.feedback = []

    def plug(self, net: Network) -> None:
        """Draw what newly plugged blocks need, keep what the others have, and drop what unplugged blocks had.

        Raises InvalidValueError for a network on images where the rule trains none, or another activation than its own.
        """
        if not self.images and any(len(shape) != 1 for shape in net.shapes()):
            raise InvalidValueError(
                f"{self.title} cannot train a convolutional network: {self.why_no_images}. "
                "Use an MLP, or another rule; `mfnumpy info rules` says which of them train images."
            )
        for block in net.blocks:
            if block.activation not in self.activations:
                raise InvalidValueError(
                    f"{self.title} cannot train {block.name} with the activation {block.activation}: "
                    f"{self.why_not_others}. Use {' or '.join(self.activations)}, or another rule."
                )
        for part in self.parts:
            part.plug(net, self.n_classes, self.seed)

    def check_started(self, net: Network) -> None:
        """Check that the rule was started for this network. Raises NotStartedError, with the remedy."""
        has = None if self.n_classes else "not been told the number of classes"
        for part in self.parts:
            has = has or part.misfit(net)
        if self.feedback and len(self.feedback) != len(net.blocks):
            has = has or f"matrices for {len(self.feedback)} blocks, the network has {len(net.blocks)}"
        if has:
            raise NotStartedError(
                f"The rule '{self.name}' has {has}. "
                "Call rule.start(net, n_classes, seed) first, or rule.plug(net) after net.plug(block)."
            )

    # -- its arrays --------------------------------------------------------------------------------------------------

    def homes(self, net: Network) -> dict[str, Home]:
        """Where each learned array lies, by name: what holds it, and its key there."""
        found: dict[str, Home] = {f"{b.name}.{key}": (b.parameters, key) for b in net.blocks for key in b.parameters}
        for part in self.parts:
            found |= part.homes(net)
        return found

    def parameters(self, net: Network) -> dict[str, Array]:
        """The live arrays that the optimiser may change, by name. Fixed feedback matrices are never among them."""
        self.check_started(net)
        return {name: holder[key] for name, (holder, key) in self.homes(net).items()}

    def put(self, net: Network, name: str, array: Array) -> None:
        """Let this array be a parameter.

        net: the network that the rule was started for.
        name: of the parameter, as in `parameters`: "block1.W".
        array: of the shape of the one whose place it takes.
        Raises InvalidValueError where no place is known for the name.
        """
        homes = self.homes(net)
        if name not in homes:
            raise InvalidValueError(f"The rule '{self.name}' does not say where its {name} lies (Rule.homes).")
        holder, key = homes[name]
        holder[key] = array

    def fixed(self) -> dict[str, Array]:
        """The arrays that belong to the rule's state but never learn: B of each block, by name."""
        return {f"block{i + 1}.B": B for i, B in enumerate(self.feedback)}

    def count(self, net: Network, prediction: str | None = None) -> int:
        """How many learned numbers a prediction of this kind needs: the paper's Table 4."""
        mode = self.checked_prediction(prediction)
        return sum(p.size for p in self.parameters(net).values()) - sum(part.unused(mode) for part in self.parts)

    # -- learning ----------------------------------------------------------------------------------------------------

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
        weights: Array | None = None,
    ) -> Iterator[Step]:
        """Yield the gradients of one batch.

        net: the network that the rule was started for.
        x: (N, *input_shape).
        y: (N,) integer labels.
        rng: this batch's random numbers, for rules that need some.
        only: the blocks to be trained, None for all; a local rule then leaves out what they do not need, the trainer
            leaves out the other blocks' gradients.
        weights: (N,) above 0, of the samples in every loss (`equations.weighted_mean`); None for plain means.
        """
        raise NotImplementedError

    def check_weights(self) -> None:
        """Check that samples may have weights. Raises InvalidValueError where what makes a Step lacks the keyword."""
        makers = (getattr(self, name, None) for name in ("steps", "local_step", "block_gradients"))
        if not all("weights" in inspect.signature(made).parameters for made in makers if made is not None):
            raise InvalidValueError(
                f"The rule '{self.name}' is trained without weights of samples: the method that makes its Steps "
                "(steps, local_step or block_gradients) needs the keyword weights=None."
            )

    # -- predicting --------------------------------------------------------------------------------------------------

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """Scores of each class, the largest of which is the prediction.

        net: the network that the rule was started for.
        x: (N, *input_shape).
        prediction: one of `predictions`; None for the first.
        Returns (N, m).
        """
        mode = self.checked_prediction(prediction)
        self.check_started(net)
        for part in self.parts:
            if mode in part.predictions:
                return part.scores(net, x, mode)
        raise NotImplementedError(f"The rule '{self.name}' declares the prediction {mode!r}, but has no scores for it.")

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """(N, m) scores of each block on its own, for a rule that predicts by block; else an empty list."""
        if self.projections is None:
            return []
        self.check_started(net)
        return self.projections.layer_scores(net, x)

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The scores of every prediction mode, and those of each block alone, with as few passes as the rule needs."""
        layers = self.layer_scores(net, x)
        modes = {}
        for mode in self.predictions:
            plain = type(self).scores is Rule.scores  # a subclass may add the scores up in another way
            if plain and self.projections is not None and mode in self.projections.predictions:
                modes[mode] = self.projections.combined(layers, mode)
            else:
                modes[mode] = self.scores(net, x, mode)
        return modes, layers

    def options(self) -> dict:
        """The JSON options from which `make(name, **options)` builds this rule again."""
        return {}

    def checked_prediction(self, prediction: str | None) -> str:
        """The prediction mode, the default for None. Raises UnknownNameError for one that the rule does not have."""
        if prediction is None:
            return self.predictions[0]
        if prediction not in self.predictions:
            raise unknown_name(f"prediction mode of the rule '{self.name}'", prediction, self.predictions)
        return prediction


def named(block_name: str, gradients: dict[str, Array]) -> dict[str, Array]:
    """Put the block's name before each gradient's: {"W": dW} -> {"block1.W": dW}."""
    return {f"{block_name}.{key}": value for key, value in gradients.items()}
