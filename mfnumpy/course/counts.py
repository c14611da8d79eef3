"""Exercises of lessons 12 and 13 whose answer is one number: bytes that are kept, ticks of a pipeline, parameters."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator


def judge_of(reference: Callable, mistakes: dict[str, Callable], draw: Callable[[Rng, int], tuple]) -> Callable:
    """A judge for a function whose answer is one number, with wrong formulas that are known by name.

    draw(rng, k): the k-th of eight cases.
    """

    def judge(function: Callable, rng: Rng) -> str:
        """Compare on eight draws, and name the mistake if it is known."""
        cases = [draw(rng, k) for k in range(8)]
        found = [function(*copy.deepcopy(case)) for case in cases]  # it may change a list that it is given
        if all(value == reference(*case) for value, case in zip(found, cases, strict=True)):
            return ""
        for says, wrong in mistakes.items():
            if all(value == wrong(*case) for value, case in zip(found, cases, strict=True)):
                return says
        pairs = zip(cases, found, strict=True)
        case, value = next((case, value) for case, value in pairs if value != reference(*case))
        return f"for {case} you return {value}, which is not right, and we do not recognise the mistake."

    return judge


def _draw_sizes(rng: Rng, k: int) -> tuple[int, int, list[int]]:
    blocks = int(rng.integers(3, 7))
    return int(rng.integers(2, 100)), int(rng.integers(5, 900)), [int(n) for n in rng.integers(5, 900, blocks)]


def _pairs(d: int, widths: list[int]) -> list[int]:
    return [below + own for below, own in zip([d, *widths], widths, strict=False)]


kept_by_bp = judge_of(
    lambda N, d, widths: N * (d + sum(widths)),
    {
        "the input x is missing: dW of the first block is x^T dz.": lambda N, d, widths: N * sum(widths),
        "the batch is missing: every sample has activations of its own.": lambda N, d, widths: d + sum(widths),
        "that is what a local rule keeps.": lambda N, d, widths: N * max(_pairs(d, widths)),
    },
    _draw_sizes,
)
kept_by_mf = judge_of(
    lambda N, d, widths: N * max(_pairs(d, widths)),
    {
        "that is what backpropagation keeps; which of it does a block still need when the next one runs?": (
            lambda N, d, widths: N * (d + sum(widths))
        ),
        "a block needs its input as well as its output.": lambda N, d, widths: N * max(widths),
        "the largest block need not be the last.": lambda N, d, widths: N * _pairs(d, widths)[-1],
        "the batch is missing: every sample has activations of its own.": lambda N, d, widths: max(_pairs(d, widths)),
    },
    _draw_sizes,
)
ticks = judge_of(
    lambda blocks, batches: blocks + batches - 1,
    {
        "that is one block at a time: no two of them ever work at once.": lambda blocks, batches: blocks * batches,
        "one tick too many: in the tick in which batch 1 leaves the first block, batch 2 is not in it yet.": (
            lambda blocks, batches: blocks + batches
        ),
        "the pipeline has to fill before the last block has anything to do.": lambda blocks, batches: batches,
    },
    lambda rng, k: (int(rng.integers(2, 12)), int(rng.integers(3, 400))),
)


def count_parameters(d: int, widths: list[int], m: int, rule: str) -> int:
    """Learned numbers of a bias-free network of these widths under a rule, as in the paper's Table 4."""
    net = sum(below * own for below, own in zip([d, *widths], widths, strict=False))
    return net + m * {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths)}.get(rule, sum(widths))


parameters = judge_of(
    count_parameters,
    {
        "the paper's networks have no biases.": (
            lambda d, widths, m, rule: count_parameters(d, widths, m, rule) + sum(widths) + (m if rule == "bp" else 0)
        ),
        "Mono-Forward has a projection matrix on every block.": (
            lambda d, widths, m, rule: count_parameters(d, widths, m, "bp" if rule == "mf" else rule)
        ),
        "Forward-Forward has no output layer.": (
            lambda d, widths, m, rule: count_parameters(d, widths, m, "bp" if rule == "ff" else rule)
        ),
        "one-pass Forward-Forward reads the activities of all blocks.": (
            lambda d, widths, m, rule: count_parameters(d, widths, m, "bp" if rule == "ff_one_pass" else rule)
        ),
    },
    lambda rng, k: (
        int(rng.integers(5, 900)),
        [int(n) for n in rng.integers(5, 900, int(rng.integers(2, 5)))],
        int(rng.integers(2, 20)),
        ("bp", "ff", "ff_one_pass", "mf")[k % 4],
    ),
)
