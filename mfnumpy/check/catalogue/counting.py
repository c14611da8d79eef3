"""Exercises whose answer is one whole number: bytes that are kept, ticks of a pipeline, parameters."""

from __future__ import annotations

from collections.abc import Callable

from mfnumpy.check.catalogue.chance import known, whole
from mfnumpy.check.model import Case, Exercise, Finding, Rng

BATCH_MISSING = "The batch is missing: every sample has activations of its own."


def exactly(reference: Callable, wrong: dict[str, list], draw: Callable[[Rng, int], Case]) -> Callable:
    """A judge that compares whole numbers on eight draws, and names the formula that gives what the student got.

    reference: the right answer.
    wrong: {name of the mistake: [sentence, formula, formula, ...]}, formulas of the same arguments.
    draw: (generator, k) -> the k-th case.
    """

    def judge(call: Callable, rng: Rng) -> Finding | None:
        """The first draw that is wrong; a name if one wrong formula explains all."""
        cases = [draw(rng, k).args for k in range(8)]
        found = [float(call(*case)[0]) for case in cases]
        if all(value == reference(*case) for value, case in zip(found, cases, strict=True)):
            return None
        case, value = next((c, v) for c, v in zip(cases, found, strict=True) if v != reference(*c))
        says = f"For {', '.join(map(str, case))} it returns {value:.10g}."
        for name, (_, *formulas) in wrong.items():
            for formula in formulas:
                if all(value == formula(*case) for value, case in zip(found, cases, strict=True)):
                    return Finding(name, says)
        return Finding(None, f"{says} That is not right, and the mistake is not recognised.")

    return judge


def _counted(
    name: str, title: str, arguments: tuple, output: str, about: str, lesson: str,
    reference: Callable, wrong: dict[str, list], draw: Callable[[Rng, int], Case],
) -> Exercise:  # fmt: skip
    return Exercise(
        name, title, arguments, (output,), about, lesson, reference, whole(reference), draw,
        mistakes=known(wrong), kind="count", judge=exactly(reference, wrong, draw),
    )  # fmt: skip


def _draw_sizes(rng: Rng, k: int) -> Case:
    blocks = int(rng.integers(3, 7))
    return Case((int(rng.integers(2, 100)), int(rng.integers(5, 900)), [int(n) for n in rng.integers(5, 900, blocks)]))


def _pairs(d: int, widths: list[int]) -> list[int]:
    return [below + own for below, own in zip([d, *widths], widths, strict=False)]


def _by_bp(N: int, d: int, widths: list[int]) -> int:
    return N * (d + sum(widths))


def _by_mf(N: int, d: int, widths: list[int]) -> int:
    return N * max(_pairs(d, widths))


KEPT_BY_BP = _counted(
    "kept_by_bp", "What backpropagation keeps", ("N", "d", "widths"), "numbers",
    """How many numbers backpropagation keeps from its forward pass until the weights have their gradients.

    N: rows of the batch. d: features of the input. widths: neurons of each block, a list. Returns an integer.""",
    "lesson 12", _by_bp,
    {
        "input_not_kept": ["The input x is missing: dW of the first block is x^T dz.", lambda N, d, w: N * sum(w)],
        "batch_not_counted": [BATCH_MISSING, lambda N, d, w: d + sum(w)],
        "last_block_not_kept": ["The activation of the last block is missing: the readout's gradient needs it.",
                                lambda N, d, w: N * (d + sum(w[:-1])), lambda N, d, w: N * sum(w[:-1])],
        "weights_counted": ["Weights (parameters) are counted; asked is for activations, of each row of the batch.",
                            lambda N, d, w: sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * d + sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * (d + sum(w)) + sum(a * b for a, b in zip([d, *w], w, strict=False)),
                            lambda N, d, w: N * sum(a * b for a, b in zip([d, *w], w, strict=False))],
        "kept_twice": ["Each block is counted twice, z beside a; the mask can be read from a.",
                       lambda N, d, w: N * (d + 2 * sum(w)), lambda N, d, w: N * 2 * (d + sum(w)),
                       lambda N, d, w: N * 2 * sum(w)],
        "scores_counted": ["The readout's scores (10 classes) are counted as if they were a block.",
                           lambda N, d, w: N * (d + sum(w) + 10)],
        "widest_only": ["Only the widest block is counted; backpropagation keeps all blocks until the end.",
                        lambda N, d, w: N * max(w), lambda N, d, w: N * max([d, *w]), lambda N, d, w: N * (d + max(w))],
        "kept_by_a_local_rule": ["That is what a local rule keeps.", _by_mf],
    },
    _draw_sizes,
)  # fmt: skip

KEPT_BY_MF = _counted(
    "kept_by_mf", "What Mono-Forward keeps", ("N", "d", "widths"), "numbers",
    """How many numbers Mono-Forward keeps at most at once: only one block is at work at a time.

    N: rows of the batch. d: features of the input. widths: neurons of each block, a list. Returns an integer.""",
    "lesson 12", _by_mf,
    {
        "kept_by_backpropagation": [
            "That is what backpropagation keeps; which of it does a block still need when the next one runs?", _by_bp],
        "only_outputs_kept": ["A block needs its input as well as its output.", lambda N, d, w: N * max(w)],
        "widest_of_different_blocks": ["The widest input and the widest output belong to different blocks; what "
                                       "is kept at "
                                       "once is of one block.", lambda N, d, w: N * (max([d, *w[:-1]]) + max(w)),
                                       lambda N, d, w: N * (d + max(w))],
        "all_blocks_summed": ["All blocks are summed; only one block is at work at once, and the neediest counts.",
                              lambda N, d, w: N * sum(_pairs(d, w))],
        "first_input_missing": ["The input x of the first block is forgotten: d features.",
                                lambda N, d, w: N * max(_pairs(w[0], w[1:]))],
        "first_block_for_largest": ["The largest block need not be the first.", lambda N, d, w: N * _pairs(d, w)[0]],
        "weights_counted": ["Weights (parameters) are counted; asked is for activations, of each row of the batch.",
                            lambda N, d, w: max(a * b for a, b in zip([d, *w], w, strict=False))],
        "last_block_for_largest": ["The largest block need not be the last.", lambda N, d, w: N * _pairs(d, w)[-1]],
        "batch_not_counted": [BATCH_MISSING, lambda N, d, w: max(_pairs(d, w))],
    },
    _draw_sizes,
)  # fmt: skip

TICKS = _counted(
    "ticks", "Ticks of a pipeline", ("blocks", "batches"), "ticks",
    """How many ticks a pipeline needs: in each tick every block works on one batch, or waits for its first.

    blocks, batches: integers. Returns an integer.""",
    "lesson 12", lambda blocks, batches: blocks + batches - 1,
    {
        "one_block_at_a_time": ["That is one block at a time: no two of them ever work at once.",
                                lambda blocks, batches: blocks * batches],
        "one_tick_too_many": ["One tick too many: in the tick in which batch 1 leaves the first block, batch 2 is not "
                              "in it yet.", lambda blocks, batches: blocks + batches],
        "two_ticks_for_each_batch": ["Every further batch is counted with two ticks; it waits only one tick.",
                                     lambda blocks, batches: blocks + 2 * (batches - 1),
                                     lambda blocks, batches: blocks + 2 * batches,
                                     lambda blocks, batches: 2 * (blocks + batches - 1),
                                     lambda blocks, batches: 2 * blocks + batches - 1],
        "one_tick_too_few": ["One tick is missing: the answer is too small by one.",
                             lambda blocks, batches: blocks + batches - 2],
        "pipeline_not_filled": ["The pipeline has to fill before the last block has anything to do.",
                                lambda blocks, batches: batches],
    },
    lambda rng, k: Case((int(rng.integers(2, 12)), int(rng.integers(3, 400)))),
)  # fmt: skip


def count_parameters(d: int, widths: list[int], m: int, rule: str) -> int:
    """Learned numbers of a bias-free network under a rule, as in the paper's Table 4.

    d: inputs.
    widths: neurons of each block.
    m: classes.
    rule: by name.
    """
    net = sum(below * own for below, own in zip([d, *widths], widths, strict=False))
    return net + m * {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths)}.get(rule, sum(widths))


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
            "The paper's networks have no biases.",
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + (m if rule == "bp" else 0),
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w),
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + m,
            lambda d, w, m, rule: count_parameters(d, w, m, rule) + sum(w) + (
                {"bp": m, "ff": 0, "ff_one_pass": m}.get(rule, m * len(w)))],
        "label_in_input": ["The input of Forward-Forward is not longer by m: what marks a class is written over "
                           "its first entries.",
                           lambda d, w, m, rule: count_parameters(d + m if rule == "ff" else d, w, m, rule),
                           lambda d, w, m, rule: count_parameters(d + m if rule[:2] == "ff" else d, w, m, rule)],
        "first_matrix_only": ["Only the first weight matrix is counted; those between the blocks are forgotten.",
                              lambda d, w, m, rule: d * w[0] + count_parameters(0, w, m, rule) - count_parameters(0,
                                  w, 0, rule)],
        "one_projection_only": ["Mono-Forward has a projection matrix on every block.", _counted_as("mf", "bp")],
        "ff_with_output_layer": ["Forward-Forward has no output layer.", _counted_as("ff", "bp")],
        "one_pass_reads_last_only": ["One-pass Forward-Forward reads the activities of all blocks.",
                                     _counted_as("ff_one_pass", "bp")],
    },
    lambda rng, k: Case((
        int(rng.integers(5, 900)), [int(n) for n in rng.integers(5, 900, int(rng.integers(2, 5)))],
        int(rng.integers(2, 20)), ("bp", "ff", "ff_one_pass", "mf")[k % 4],
    )),
)  # fmt: skip

EXERCISES = (KEPT_BY_BP, KEPT_BY_MF, TICKS, PARAMETERS)
