"""Exercises whose answer is one whole number: bytes that are kept, ticks of a pipeline, parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.catalogue.counted import exactly
from mfnumpy.check.catalogue.terms import (
    ACTIVATIONS,
    INSTEAD_OF_ALL,
    INSTEAD_OF_LEARNED,
    INSTEAD_OF_ONE,
    INSTEAD_OF_TICKS,
    LEARNED,
    pairs,
    weights_of,
)
from mfnumpy.check.model import Case, Exercise, Rng

BATCH_MISSING = "The batch size N is missing (a factor): each row of the batch has activations of its own."


def _counted(
    name: str, title: str, arguments: tuple, output: str, about: str, lesson: str,
    reference: Callable, wrong: dict[str, list], draw: Callable[[Rng, int], Case], **more: Any,
) -> Exercise:  # fmt: skip
    return Exercise(
        name, title, arguments, (output,), about, lesson, reference, whole(reference), draw,
        mistakes=known(wrong), kind="count", judge=exactly(reference, wrong, draw, names=arguments, **more),
    )  # fmt: skip


def _draw_sizes(rng: Rng, k: int) -> Case:
    blocks = int(rng.integers(3, 7))
    return Case((int(rng.integers(2, 100)), int(rng.integers(5, 900)), [int(n) for n in rng.integers(5, 900, blocks)]))


FEW = [(1, 1, [1]), (1, 7, [4]), (3, 2, [9]), (2, 9, [3, 8]), (5, 4, [4, 4, 4])]


def _by_bp(N: int, d: int, widths: list[int]) -> int:
    return N * (d + sum(widths))


def _by_mf(N: int, d: int, widths: list[int]) -> int:
    return N * max(pairs(d, widths))


KEPT_BY_BP = _counted(
    "kept_by_bp", "What backpropagation keeps", ("N", "d", "widths"), "numbers",
    """How many numbers backpropagation keeps from its forward pass until the weights have their gradients.

    N: rows of the batch. d: features of the input. widths: neurons of each block, a list. Returns an integer.""",
    "lesson 12", _by_bp,
    {
        "input_not_kept": ["The input x (N x d numbers) is missing: the gradient dW of the first block is made of it.",
                           lambda N, d, w: N * sum(w)],
        "batch_not_counted": [BATCH_MISSING, lambda N, d, w: d + sum(w)],
        "last_block_not_kept": ["The activation (output) of the last block is missing: the readout's gradient needs "
                                "it.",
                                lambda N, d, w: N * (d + sum(w[:-1]))],
        "only_hidden_inputs_kept": ["Both the input x and the activation of the last block are missing.",
                                    lambda N, d, w: N * sum(w[:-1])],
        "weights_counted": ["Weights (parameters) are counted; asked is for activations, of each row of the batch.",
                            lambda N, d, w: sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * d + sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * (d + sum(w)) + sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * sum(a * b for a, b in zip([d, *w], w, strict=False))],
        "kept_twice": ["The output of each block is counted twice, z beside a; the ReLU's mask can be read from a.",
                       lambda N, d, w: N * (d + 2 * sum(w))],
        "all_kept_twice": ["Everything is counted twice (a factor 2), the input x as well: z beside a, or an error "
                           "beside each activation.", lambda N, d, w: N * 2 * (d + sum(w))],
        "kept_twice_without_input": ["The output of each block is counted twice (z beside a), and the input x is "
                                     "missing.",
                                     lambda N, d, w: N * 2 * sum(w)],
        "scores_counted": ["The readout's scores (10 classes) are counted as if they were a block.",
                           lambda N, d, w: N * (d + sum(w) + 10)],
        "widest_only": ["Only the widest layer is counted (with the input x, or without it), a maximum; "
                        "backpropagation keeps all blocks until the end: a sum.",
                        lambda N, d, w: N * max(w), lambda N, d, w: N * max([d, *w]), lambda N, d, w: N * (d + max(w))],
        "kept_by_a_local_rule": ["That is what a local rule (Mono-Forward) keeps: one block's input and output at a "
                                 "time.",
                                 _by_mf],
    },
    _draw_sizes, parts=ACTIVATIONS, owned=("the input", "the output"), wholes=INSTEAD_OF_ALL, edges=FEW,
)  # fmt: skip

KEPT_BY_MF = _counted(
    "kept_by_mf", "What Mono-Forward keeps", ("N", "d", "widths"), "numbers",
    """How many numbers Mono-Forward keeps at most at once: only one block is at work at a time.

    N: rows of the batch. d: features of the input. widths: neurons of each block, a list. Returns an integer.""",
    "lesson 12", _by_mf,
    {
        "kept_by_backpropagation": [
            "That is what backpropagation keeps, the input x and the activations of all blocks; which of it does a "
            "block still need when the next one runs?", _by_bp],
        "only_outputs_kept": ["Only the output of the widest block is counted; a block needs its input as well as its "
                              "output.", lambda N, d, w: N * max(w)],
        "widest_of_different_blocks": ["The widest input and the widest output are looked for separately (two maxima), "
                                       "so they may belong to different blocks; what is kept at once is of one block.",
                                       lambda N, d, w: N * (max([d, *w[:-1]]) + max(w))],
        "input_kept_throughout": ["The network's input x is counted beside the widest block: x is the input of the "
                                  "first block only; a later block's input is the output of the block below.",
                                       lambda N, d, w: N * (d + max(w))],
        "all_blocks_summed": ["The inputs and outputs of all blocks are added (a sum); only one block is at work at "
                              "once, and the largest counts.",
                              lambda N, d, w: N * sum(pairs(d, w))],
        "first_input_missing": ["The first block is left out of the maximum, with its input x of d features.",
                                lambda N, d, w: N * max(pairs(w[0], w[1:]), default=0)],
        "first_block_for_largest": ["Only the first block is counted; the largest need not be the first.",
                                    lambda N, d, w: N * pairs(d, w)[0]],
        "weights_counted": ["Weights (parameters) are counted; asked is for activations, of each row of the batch.",
                            lambda N, d, w: max(a * b for a, b in zip([d, *w], w, strict=False))],
        "last_block_for_largest": ["Only the last block is counted; the largest need not be the last.",
                                   lambda N, d, w: N * pairs(d, w)[-1]],
        "batch_not_counted": [BATCH_MISSING, lambda N, d, w: max(pairs(d, w))],
    },
    _draw_sizes, parts=ACTIVATIONS, owned=("the input", "the output"), wholes=INSTEAD_OF_ONE, edges=FEW,
)  # fmt: skip

TICKS = _counted(
    "ticks", "Ticks of a pipeline", ("blocks", "batches"), "ticks",
    """How many ticks a pipeline needs: in each tick every block works on one batch, or waits for its first.

    blocks, batches: integers. Returns an integer.""",
    "lesson 12", lambda blocks, batches: blocks + batches - 1,
    {
        "one_block_at_a_time": ["That is blocks times batches (a product): one block at a time, no two of them ever "
                                "work at once.",
                                lambda blocks, batches: blocks * batches],
        "one_tick_too_many": ["One tick too many (off by one): the tick in which the first batch is in the last block "
                              "is counted twice, as filling and as work.", lambda blocks, batches: blocks + batches],
        "two_ticks_for_each_batch": ["Every further batch is counted with two ticks; it waits only one tick.",
                                     lambda blocks, batches: blocks + 2 * (batches - 1),
                                     lambda blocks, batches: blocks + 2 * batches],
        "backward_counted": ["That is twice as many (a factor 2, double): is a backward pass counted as well? A local "
                             "rule's block learns in its own tick, and nothing comes back.",
                             lambda blocks, batches: 2 * (blocks + batches - 1),
                             lambda blocks, batches: 2 * (blocks + batches),
                             lambda blocks, batches: 2 * blocks * batches],
        "filling_counted_twice": ["The filling is counted twice (2 x (blocks - 1)): the pipeline empties (drains) "
                                  "while the last batches are still counted.",
                                  lambda blocks, batches: batches + 2 * (blocks - 1),
                                  lambda blocks, batches: batches + 2 * blocks,
                                  lambda blocks, batches: batches + 2 * blocks - 1],
        "filling_at_every_batch": ["The pipeline fills anew for every batch, as if it had to be empty before the next "
                                   "one may enter.", lambda blocks, batches: batches * (blocks - 1) + 1,
                                   lambda blocks, batches: batches * (blocks - 1),
                                   lambda blocks, batches: batches * (blocks + 1)],
        "blocks_ticks_for_each_batch": ["Every further batch is counted with a tick for each block, as if it entered "
                                        "when the one before has left; the first batch is counted with one tick only.",
                                        lambda blocks, batches: blocks * (batches - 1) + 1],
        "longer_of_both": ["Only the larger of blocks and batches is counted (a maximum): a batch must pass all "
                           "blocks, and all batches must enter.", lambda blocks, batches: max(blocks, batches)],
        "batches_shared_out": ["The batches are shared out among the blocks (a division), as if each block worked on "
                               "batches of its own; every batch passes every block.",
                               lambda blocks, batches: batches / blocks, lambda blocks, batches: batches // blocks,
                               lambda blocks, batches: -(-batches // blocks),
                               lambda blocks, batches: -(-batches // blocks) + blocks - 1],
        "batches_not_counted": ["Only the blocks are counted: the way of the first batch; every further batch takes "
                                "one tick more.", lambda blocks, batches: blocks, lambda blocks, batches: blocks - 1],
        "last_batch_only_enters": ["Only the ticks before the last batch enters are counted; it must pass all blocks "
                                   "as well.", lambda blocks, batches: batches - 1],
        "one_tick_too_few": ["One tick is missing (off by one): the answer is too small by one.",
                             lambda blocks, batches: blocks + batches - 2],
        "pipeline_not_filled": ["Only the batches are counted, one tick for each: the pipeline has to fill before the "
                                "last block has anything to do.",
                                lambda blocks, batches: batches],
    },
    lambda rng, k: Case((int(rng.integers(2, 12)) + 20 * (k % 4 == 3), int(rng.integers(3, 400 if k % 4 < 3 else 20)))),
    parts={
        "1 tick": lambda blocks, batches: 1,
        "blocks - 1, the ticks in which the pipeline fills (or empties)": lambda blocks, batches: blocks - 1,
        "one tick for each block": lambda blocks, batches: blocks,
        "one tick for each batch": lambda blocks, batches: batches,
        "batches - 1, one tick for each further batch": lambda blocks, batches: batches - 1,
        "one tick for each block and batch (a product)": lambda blocks, batches: blocks * batches,
    },
    wholes=INSTEAD_OF_TICKS,
    owned=("one tick for each b", "batches - 1", "blocks - 1"),
    edges=[(1, 1), (1, 9), (9, 1), (9, 4), (2, 2), (12, 11)],
)  # fmt: skip


def count_parameters(d: int, widths: list[int], m: int, rule: str) -> int:
    """Learned numbers of a bias-free network under a rule, as in the paper's Table 4.

    d: inputs.
    widths: neurons of each block.
    m: classes.
    rule: by name.
    """
    return weights_of(d, widths) + m * {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths)}.get(rule, sum(widths))


def _counted_as(rule: str, other: str) -> Callable:
    """The count with one rule taken for another."""
    return lambda d, widths, m, which: count_parameters(d, widths, m, other if which == rule else which)


PARAMETERS = _counted(
    "parameters", "Learned parameters", ("d", "widths", "m", "rule"), "parameters",
    """How many numbers a network learns, without biases, as in the paper's Table 4.

    d: features of the input. widths: neurons of each block, a list. m: classes. rule: "bp", "ff", "ff_one_pass" or
    "mf". Returns an integer.""",
    "lesson 13", count_parameters,
    {
        "biases_counted": [
            "Biases are counted (one for each neuron, class or score); the paper's networks have none.",
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + (m if rule == "bp" else 0),
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w),
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + m,
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + (
                {"bp": m, "ff": 0, "ff_one_pass": m}.get(rule, m * len(w)))],
        "label_in_input": ["The input of Forward-Forward is counted as d + m features: the label is not appended, it "
                           "is written over the first m of the d features.",
                           lambda d, w, m, rule: count_parameters(d + m if rule == "ff" else d, w, m, rule),
                           lambda d, w, m, rule: count_parameters(d + m if rule[:2] == "ff" else d, w, m, rule)],
        "first_matrix_only": ["Only the first weight matrix W is counted; those between the blocks are forgotten.",
                              lambda d, w, m, rule: d * w[0] + count_parameters(0, w, m, rule) - count_parameters(0,
                                  w, 0, rule)],
        "one_projection_only": ["Only one projection matrix M is counted for Mono-Forward (mf), that of the last "
                                "block; it has one on every block.", _counted_as("mf", "bp")],
        "ff_with_output_layer": ["An output layer (readout) is counted for Forward-Forward (ff); it has none.",
                                 _counted_as("ff", "bp")],
        "output_layer_beside_projections": [
            "An output layer is counted for Mono-Forward (mf) beside its projection matrices: the last M is the output "
            "layer, which is counted twice here.",
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + (w[-1] * m if rule == "mf" else 0)],
        "feedback_counted": ["Each weight matrix W is counted twice, as if a feedback matrix stood beside it for the "
                             "way back; no rule here learns any.",
                             lambda d, w, m, rule: 2 * weights_of(d, w) + m * {"bp": w[-1], "ff": 0}.get(rule, sum(w))],
        "one_pass_reads_last_only": ["The readout of one-pass Forward-Forward (ff_one_pass) is counted for the last "
                                     "block only; it reads the activations of all blocks.",
                                     _counted_as("ff_one_pass", "bp")],
    },
    lambda rng, k: Case((
        int(rng.integers(5, 900)), [int(n) for n in rng.integers(5, 900, int(rng.integers(2, 5)))],
        int(rng.integers(2, 20)), ("bp", "ff", "ff_one_pass", "mf")[k % 4],
    )),
    parts=LEARNED, wholes=INSTEAD_OF_LEARNED, owned=("the first weight", "the last weight", "the weight"),
    draws=20, group=3,
    edges=[(1, [1], 2, "mf"), (5, [4], 3, "bp"), (5, [4], 3, "ff"), (5, [4], 3, "ff_one_pass"), (5, [4], 3, "mf")],
)  # fmt: skip

EXERCISES = (KEPT_BY_BP, KEPT_BY_MF, TICKS, PARAMETERS)
