"""One update, moment by moment, as in the lessons' stepper."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy import network, rules
from mfnumpy.backend import to_host
from mfnumpy.support.seeding import stream
from mfnumpy.teach.moments import moments
from mfnumpy.teach.steps import Updates

CLASSES = 3


def update(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """The update of a small network under one or several rules, as data for the stepper.

    rules: names. rows, inputs: of x. widths: of the blocks. seed: of all random numbers. eta: the learning rate.
    changes: numbers that the reader wrote, in order: {name, row, column, value}. numbers: whether to add every array.
    """
    seed, rows, d = arguments["seed"], arguments["rows"], arguments["inputs"]
    net = network.mlp(d, arguments["widths"], seed=seed)
    x = stream(seed, "play x").standard_normal((rows, d)).round(1).astype(np.float32)
    y = stream(seed, "play y").integers(0, CLASSES, rows)
    made = [rules.make(name) for name in arguments["rules"]]
    for rule in made:
        rule.start(net, CLASSES, seed)
    updates = Updates(net, made, x, y, seed, arguments["eta"])
    for change in arguments.get("changes", []):
        updates.change(**change)
    found = updates.as_data(editable=True)
    if arguments.get("numbers"):
        found["numbers"] = [
            [[m.block, m.symbol, to_host(m.value)] for m in moments(updates.net, rule, updates.x, y, seed)]
            for rule in updates.rules
        ]
    return found
