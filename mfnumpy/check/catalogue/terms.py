"""What may be counted too much, forgotten, or taken for the answer, in the exercises that count; each in words."""

from __future__ import annotations

import math
from collections.abc import Callable


def pairs(d: int, widths: list[int]) -> list[int]:
    """Input and output of each block together."""
    return [below + own for below, own in zip([d, *widths], widths, strict=False)]


def weights_of(d: int, widths: list[int]) -> int:
    """Entries of the weight matrices of all blocks."""
    return sum(below * own for below, own in zip([d, *widths], widths, strict=False))


ACTIVATIONS: dict[str, Callable] = {
    "the input x, N x d": lambda N, d, w: N * d,
    "the output of the last block, N x its width": lambda N, d, w: N * w[-1],
    "the output of the first block, N x its width": lambda N, d, w: N * w[0],
    "the outputs of all blocks, N x the sum of the widths": lambda N, d, w: N * sum(w),
    "the outputs of all blocks but the last": lambda N, d, w: N * sum(w[:-1]),
    "the outputs of all blocks but the first": lambda N, d, w: N * sum(w[1:]),
    "the outputs of the blocks between the first and the last": lambda N, d, w: N * sum(w[1:-1]),
    "the output of the widest block": lambda N, d, w: N * max(w),
    "the output of the narrowest block": lambda N, d, w: N * min(w),
    "one number for each row of the batch (N: labels, or losses)": lambda N, d, w: N,
    "one row's input, d features without the batch": lambda N, d, w: d,
    "one number for each neuron, without the batch (biases, or one row's activations)": lambda N, d, w: sum(w),
    "the weights (parameters) of all blocks": lambda N, d, w: weights_of(d, w),
    "the weights (parameters) of the first block": lambda N, d, w: d * w[0],
    "one number for each block": lambda N, d, w: len(w),
    "one number for each row and block": lambda N, d, w: N * len(w),
    "1": lambda N, d, w: 1,
    "the scores of 10 classes, N x 10": lambda N, d, w: 10 * N,
    "the scores of 10 classes at each block, N x 10 x blocks": lambda N, d, w: 10 * N * len(w),
    "the activations of one row": lambda N, d, w: d + sum(w),
}
"""What may be counted beside, or forgotten."""

INSTEAD_OF_ALL: dict[str, Callable] = {
    "all sizes up to each block, added up block after block (a running, cumulated sum): what earlier blocks keep is "
    "counted again with every later block": lambda N, d, w: N * sum(d + sum(w[: k + 1]) for k in range(len(w))),
    "the same running sum, of the blocks alone": lambda N, d, w: N * sum(sum(w[: k + 1]) for k in range(len(w))),
    "the inputs of the blocks; the output of the last block is missing": lambda N, d, w: N * (d + sum(w[:-1])),
    "the weights (parameters), times the batch": lambda N, d, w: N * weights_of(d, w),
    "only the input x and the last block's output": lambda N, d, w: N * (d + w[-1]),
    "only the input x": lambda N, d, w: N * d,
    "each block's input beside its output, so all but the first and the last are counted twice": lambda N, d, w: (
        N * sum(pairs(d, w))
    ),
    "the number of blocks times the widest one, as if all were equally wide": lambda N, d, w: N * len(w) * max(w),
    "the mean of the widths in place of their sum": lambda N, d, w: N * (d + sum(w) / len(w)),
    "the product of the widths in place of their sum": lambda N, d, w: N * d * math.prod(w),
    "the batch size N added to the sizes, not multiplied with them": lambda N, d, w: N + d + sum(w),
    "N d and one row of the blocks (the batch multiplied with the input only)": lambda N, d, w: N * d + sum(w),
    "the batch multiplied with the outputs only": lambda N, d, w: d + N * sum(w),
}
"""What may be taken for what backpropagation keeps."""

INSTEAD_OF_ONE: dict[str, Callable] = {
    "the two largest of all sizes, which need not be neighbours (a block's own input and output)": lambda N, d, w: (
        N * sum(sorted([d, *w])[-2:])
    ),
    "the two widest blocks, which need not be neighbours, and the input x is forgotten": lambda N, d, w: (
        N * sum(sorted(w)[-2:])
    ),
    "twice the largest size, as if a block's input were as large as its output": lambda N, d, w: 2 * N * max([d, *w]),
    "twice the widest block, as if its input were as large as its output": lambda N, d, w: 2 * N * max(w),
    "the largest size alone; a block keeps its input and its output": lambda N, d, w: N * max([d, *w]),
    "the smallest pair of a block's input and output (min for max)": lambda N, d, w: N * min(pairs(d, w)),
    "the mean over the blocks; asked is for the most at once, the largest block": lambda N, d, w: (
        N * sum(pairs(d, w)) / len(w)
    ),
    "three layers in a row: a block's input, its output and the next one's output": lambda N, d, w: (
        N * max(a + b + c for a, b, c in zip([d, *w], w, w[1:], strict=False))
    ),
    "the widest block with its input, though another pair may be larger": lambda N, d, w: (
        N * pairs(d, w)[w.index(max(w))]
    ),
    "the widest block with the one above it, not with its input": lambda N, d, w: (
        N * (max(w) + [*w, 0][w.index(max(w)) + 1])
    ),
    "the first input and the last output, which belong to different blocks": lambda N, d, w: N * (d + w[-1]),
    "the input x beside the largest block: x is dropped once the first block has run": lambda N, d, w: (
        N * (d + max(pairs(d, w)))
    ),
    "the input x beside the largest of the later blocks": lambda N, d, w: N * (d + max(pairs(w[0], w[1:]))),
    "the outputs of all blocks": lambda N, d, w: N * sum(w),
    "the inputs of all blocks": lambda N, d, w: N * (d + sum(w[:-1])),
    "the product of a block's input and output (its weights), times the batch": lambda N, d, w: (
        N * max(a * b for a, b in zip([d, *w], w, strict=False))
    ),
    "each block's output twice (z beside a), with its input": lambda N, d, w: (
        N * max(a + 2 * b for a, b in zip([d, *w], w, strict=False))
    ),
    "the largest of all blocks but the last": lambda N, d, w: N * max(pairs(d, w[:-1])),
    "the largest of all blocks but the first": lambda N, d, w: N * max(pairs(w[0], w[1:])),
    "the last three sizes": lambda N, d, w: N * sum(w[-3:]),
    "the batch size N added to the sizes, not multiplied with them": lambda N, d, w: N + max(pairs(d, w)),
}
"""What may be taken for what Mono-Forward keeps."""

LEARNED: dict[str, Callable] = {
    "an output layer, last width x m": lambda d, w, m, rule: w[-1] * m,
    "a matrix of m rows on every block, m x the sum of the widths": lambda d, w, m, rule: m * sum(w),
    "a matrix of m rows on every block but the last": lambda d, w, m, rule: m * sum(w[:-1]),
    "a matrix of m rows on every block but the first": lambda d, w, m, rule: m * sum(w[1:]),
    "a matrix of m rows on the first block, m x its width": lambda d, w, m, rule: m * w[0],
    "a matrix of m rows on the input, m x d": lambda d, w, m, rule: m * d,
    "biases, one for each neuron": lambda d, w, m, rule: sum(w),
    "biases of the output layer, one for each class": lambda d, w, m, rule: m,
    "biases, one for each neuron and class": lambda d, w, m, rule: sum(w) + m,
    "biases of the projections, m for each block": lambda d, w, m, rule: m * len(w),
    "biases of the projections beside those of the neurons": lambda d, w, m, rule: sum(w) + m * len(w),
    "the first weight matrix, d x the first width": lambda d, w, m, rule: d * w[0],
    "the last weight matrix between two blocks": lambda d, w, m, rule: w[-2] * w[-1] if len(w) > 1 else 0,
    "the weight matrices between the blocks (all but the first)": lambda d, w, m, rule: weights_of(d, w) - d * w[0],
    "the weights of all blocks": lambda d, w, m, rule: weights_of(d, w),
    "the label at the input, m more features in the first matrix": lambda d, w, m, rule: m * w[0],
    "m x m, a matrix between classes": lambda d, w, m, rule: m * m,
    "the input's features, d": lambda d, w, m, rule: d,
    "one number for each block": lambda d, w, m, rule: len(w),
    "the activities, d + the sum of the widths": lambda d, w, m, rule: d + sum(w),
}
"""What may be counted beside, or forgotten."""

INSTEAD_OF_TICKS: dict[str, Callable] = {
    "the batches, and of blocks and batches the smaller one (a minimum) less 1": lambda b, n: n + min(b, n) - 1,
    "the mean of blocks and batches": lambda b, n: (b + n) / 2,
    "half of blocks x batches, as if two blocks always worked at once": lambda b, n: b * n / 2,
    "half of blocks x batches, cut to a whole number": lambda b, n: b * n // 2,
    "the difference of batches and blocks (one tick less than those in which the pipeline is full)": lambda b, n: n - b,
    "the ticks in which all blocks work at once (the pipeline is full); it fills and empties besides": lambda b, n: (
        n - b + 1
    ),
    "the batches shared out among the blocks, and the filling": lambda b, n: n // b + b,
    "the batches shared out among the blocks, and the filling less 1": lambda b, n: n // b + b - 1,
    "the batches in groups of as many as there are blocks; each group waits until the pipeline is empty (drained), and "
    "it fills again for the next": lambda b, n: n + (b - 1) * -(-n // b),
    "the batches in groups (rounds) of as many as there are blocks, rounded up, one tick for each place in a group; "
    "the pipeline takes one further batch with every tick": lambda b, n: -(-n // b) * b,
    "the batches in groups of as many as there are blocks, and the filling": lambda b, n: -(-n // b) * b + b - 1,
    "the whole groups of as many batches as there are blocks": lambda b, n: n // b * b,
    "blocks - 1 times batches - 1, a product of filling and batches": lambda b, n: (b - 1) * (n - 1),
    "a sum in which each block has one batch less than the block before it": lambda b, n: b * n - b * (b - 1) // 2,
    "one tick for each block and batch, and the filling": lambda b, n: b * n + b - 1,
    "two ticks less than there are (off by one twice: blocks and batches both counted from 0)": lambda b, n: b + n - 3,
}
"""What may be taken for the ticks."""


def _beside(w: list[int], m: int, rule: str) -> int:
    return m * {"bp": w[-1], "ff": 0}.get(rule, sum(w))


INSTEAD_OF_LEARNED: dict[str, Callable] = {
    "d inputs for every block; a block's input is the output of the one below": lambda d, w, m, rule: (
        d * sum(w) + _beside(w, m, rule)
    ),
    "the squares of the upper widths, as if each block below were as wide as the one above it": lambda d, w, m, rule: (
        d * w[0] + sum(n * n for n in w[1:]) + _beside(w, m, rule)
    ),
    "the squares of the lower widths, as if each block above were as wide as the one below it": lambda d, w, m, rule: (
        d * w[0] + sum(n * n for n in w[:-1]) + _beside(w, m, rule)
    ),
    "the neurons (a sum of the widths), not the weights between them": lambda d, w, m, rule: sum(w),
    "the neurons and the classes, not the weights between them": lambda d, w, m, rule: sum(w) + m,
    "the inputs, neurons and classes, not the weights between them": lambda d, w, m, rule: d + sum(w) + m,
    "the product of all sizes, not a sum of products of neighbours": lambda d, w, m, rule: d * math.prod(w),
    "the product of all sizes and the classes": lambda d, w, m, rule: d * math.prod(w) * m,
    "one matrix from the input to the last block": lambda d, w, m, rule: d * w[-1] + _beside(w, m, rule),
    "a weight matrix between every two sizes, the classes among them": lambda d, w, m, rule: weights_of(d, [*w, m]),
    "the whole network twice": lambda d, w, m, rule: 2 * weights_of(d, w),
    "an M on the input as well as on every block": lambda d, w, m, rule: weights_of(d, w) + m * (d + sum(w)),
    "what the rule adds, without the network's own weights": lambda d, w, m, rule: _beside(w, m, rule),
    "projections of m x m on every block": lambda d, w, m, rule: weights_of(d, w) + m * m * len(w),
    "one m x width matrix of the widest block": lambda d, w, m, rule: weights_of(d, w) + m * max(w),
}
"""What may be taken for the numbers that are learned."""
