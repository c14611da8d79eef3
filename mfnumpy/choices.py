"""Every choice that the paper leaves open, in one place, with its value and its reason.

Signatures, the command line and the plan of `mfnumpy reproduce` take their defaults from here, and `mfnumpy info
choices` prints the list. A value that is a number, a name or a dictionary is read by the code; one that is a sentence
says how the code is built. `tests/engine/test_choices.py` ties each to its code.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Choice(NamedTuple):
    """What was chosen, and why.

    value: the choice; `of` and `default` read one that differs by data set or command.
    reason: one or two sentences.
    words: the value in words, with {} in its place where it is a part of them; "" for the value alone.
    """

    value: Any
    reason: str
    words: str = ""
    """The value in words, with {} in its place where it is a part of them; by default the value alone."""

    @property
    def text(self) -> str:
        """The value for a reader."""
        if isinstance(self.value, dict) and "default" in self.value:
            others = ", ".join(f"{name} {value}" for name, value in self.value.items() if name != "default")
            return f"{self.default}" + (f" ({others})" if others else "")
        if not self.words:
            return str(self.value)
        return self.words.format(**self.value) if isinstance(self.value, dict) else self.words.format(self.value)

    @property
    def default(self) -> Any:
        """Of a value by data set or command: that of all which are not named."""
        return self.value["default"]

    def of(self, name: str) -> Any:
        """Of a value by data set or command: that of this one."""
        return self.value.get(name, self.default)


LOSS_MEAN = Choice(
    "mean over the batch",
    "Eq. (6) is written for one sample. With a mean, the learning rate does not depend on the batch size.",
)
BIAS = Choice(
    False,
    "The parameter counts of Table 4 are met to the unit without any bias, and by no other layout.",
)
READOUT_OF_MF = Choice(
    "the last block's M",
    "With a further output layer MF (BP pred) would have 1,804,000 parameters; Table 4 says 1,794k.",
)
WEIGHT_INIT = Choice(
    2.0,
    "He et al. 2015: it keeps the variance through ReLU blocks of any width and depth. A network's init is a factor of "
    "the weights themselves.",
    "W ~ N(0, {:g}/n_in)",
)
TANH_INIT = Choice(
    1.0,
    "Of blocks with tanh, which the paper has not: at 0 its slope is 1, so that nothing need make up for a lost half.",
    "W ~ N(0, {:g}/n_in)",
)
PROJECTION_INIT = Choice(
    1.0,
    "Goodness scores then start with variance near 1 for any width. At M = 0 no block would learn: dW has M in it.",
    "M ~ N(0, {:g}/n), readouts the same",
)
FEEDBACK_INIT = Choice(
    1.0,
    "Errors then reach the blocks with the size that backpropagation gives them, so learning rates can be shared. The "
    "rules' feedback_scale is a factor of the matrices themselves.",
    "B with {:g} times the variance that the replaced weights start with",
)
OPTIMISER = Choice(
    "adam",
    "Section 4: all networks are optimised with Adam.",
)
ADAM = Choice(
    {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    "Kingma and Ba's own; the paper does not say.",
    "beta1 {beta1:g}, beta2 {beta2:g}, epsilon {epsilon:g}",
)
LEARNING_RATE = Choice(
    {"default": 1e-3, "digits": 3e-3, "breast_cancer": 3e-3, "mnist": 3e-3, "fashion_mnist": 3e-3},
    "0.001 is the paper's one stated value (Fig. 4). On MNIST's validation part 0.003 did better under MF, "
    "BP and FA in the ledger's search (docs/results.md). On the small sets an epoch has few steps, and of 0.001 and "
    "0.003 the larger did better on validation under every rule but backpropagation, where they hardly differ.",
)
DECAY = Choice(
    "linear",
    "Decaying the rate to 0 over the planned epochs makes the last epochs agree; the paper does not say. It is the "
    "default of train, compare and reproduce.",
)
BATCH_SIZE = Choice(
    {"default": 256, "digits": 64, "breast_cancer": 32},
    "256 is the paper's one stated value (Fig. 4). On the small sets it would leave few steps in an epoch.",
)
TRAINER = Choice(
    {"epochs": 10, "batch_size": 64, "decay": "constant"},
    "Of a bare Trainer, for small experiments of one's own; the commands have the values above.",
    "{epochs} epochs, batches of {batch_size}, a {decay} rate",
)
EPOCHS = Choice(
    30,
    "Of train and compare: enough for a first look. How many reproduce takes stands with each result.",
)
SEEDS = Choice(
    3,
    "Of compare: few, but enough for a standard deviation. How many reproduce takes stands with each result.",
)
ACTIVATION_HANDED_ON = Choice(
    "a_i from before block i's update",
    "It is computed once. No replication that trains all layers together recomputes it, and it makes the layer "
    "pipeline exact.",
)
POOLED_GOODNESS = Choice(
    "M_i sees the flattened, pooled output",
    "It is what the next block sees; the paper does not say.",
)
CONVOLUTION = Choice(
    {"kernel": 3, "stride": 1, "padding": 1, "pool": 2},
    "Padding preserves the size (paper); 3x3 and 2x2 are what the public replication read out of the paper.",
    "{kernel}x{kernel}, stride {stride}, padding {padding}, then {pool}x{pool} average pooling",
)
FF_NORMALISE = Choice(
    "rms",
    "Hinton's own code divides by the root of the mean square; dividing to unit length trained worse.",
)
FF_THETA = Choice(
    {"rms": "neurons", "length": 2.0},
    "With mean square 1 as the scale, the sum of squares is compared with n, the block's number of neurons: mean "
    "activity against 1. With unit length 2 is what many write.",
)
FF_LABEL = Choice(
    {"default": 1.0},
    "What is written for the true class: 1 is the size of a bright pixel. Another strength can stand here for a data "
    "set, or be given as the option label of the rules ff and ff_one_pass.",
)
FF_NEGATIVES = Choice(
    "one wrong label per sample and batch, uniform over the m - 1 wrong ones",
    "A label drawn by permutation is right one time in m, which teaches the opposite.",
)
FF_ONE_PASS = Choice(
    "softmax readout on all blocks' normalised activities, neutral label 1/m",
    "All blocks, since Table 4 counts 2 x 1000 x 10 parameters more; Hinton leaves out the first.",
)
FF_ALL_LABELS = Choice(
    "the goodness of all blocks is added",
    "The paper adds over all layers; Hinton (2022) leaves out the first.",
)
MF_FF_PREDICTION = Choice(
    "the plain sum of all G_i",
    "The paper says that the scores are added. Neither a softmax nor weights come before the sum.",
)
SELECTION = Choice(
    "a validation split, by class and seed",
    "The paper tuned on the test set, which overstates every number; we never do.",
)
VALIDATION = Choice(
    0.1,
    "The share of the training part that is held out; the paper holds out none. One row in ten leaves most to learn "
    "from. Where reproduce takes another share or number, it stands with the result.",
)
PATIENCE = Choice(
    {"default": None, "reproduce": 5},
    "Epochs without a better validation accuracy after which a run stops and takes its best epoch; None: it runs to "
    "its end. The paper does not say when it stopped.",
)
INPUT_SCALING = Choice(
    {"default": "standard", "mnist": "unit", "fashion_mnist": "unit", "digits": "unit", "imdb": "none"},
    "The paper does not say. unit: pixels to [0, 1], so that Forward-Forward's label of 1 has the size of a bright "
    "pixel. standard: (x - mean) / sd of the training part, for each channel of CIFAR's images and each column of a "
    "table. none: as stored, for IMDB's words are weighted already.",
)
DEEP_SUPERVISION = Choice(
    "a readout and all M_i, every loss with weight 1",
    "The literal reading of 'MF's local losses added to BP'; mf_joint is the same without the readout.",
)


def every() -> dict[str, Choice]:
    """All choices by name, in the order of this file."""
    return {name.lower(): value for name, value in globals().items() if isinstance(value, Choice)}


def as_markdown() -> str:
    """The page docs/choices.md: `mfnumpy info choices --markdown > docs/choices.md` writes it."""
    lines = ["# Choices that the paper leaves open", ""]
    lines += ["Made from `mfnumpy/choices.py` by `mfnumpy info choices --markdown`; do not edit.", ""]
    lines += ["| choice | value | reason |", "|---|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {c.text} | {c.reason} |" for name, c in every().items()]
    return "\n".join(lines) + "\n"


def learning_rate(dataset: str) -> float:
    """The learning rate with which training on a data set starts, the same for all rules."""
    return LEARNING_RATE.of(dataset)


def batch_size(dataset: str) -> int:
    """The batch size for a data set."""
    return BATCH_SIZE.of(dataset)
