"""A trained model in a file: the network's blocks and the rule's own matrices, rebuilt from their description."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mfnumpy import checkpoint, rules
from mfnumpy.backend import Array
from mfnumpy.errors import CheckpointError, MfnumpyError
from mfnumpy.network import Network
from mfnumpy.rules import Rule

MOST_PARAMETERS = 2**31
"""A checkpoint that describes a larger network is refused before anything is allocated."""


def arrays(net: Network, rule: Rule) -> dict[str, Array]:
    """All live arrays of a model, learned and fixed, by name."""
    return rule.parameters(net) | rule.fixed()


def describe(net: Network, rule: Rule) -> dict:
    """The JSON description from which `rebuild` makes the same network and rule, but for their arrays' values."""
    own = {"name": rule.name, "options": rule.options(), "n_classes": rule.n_classes, "seed": rule.seed}
    return {"network": net.spec(), "rule": own}


def rebuild(description: dict) -> tuple[Network, Rule]:
    """The network and the started rule that `describe` described, with the values of their seeds.

    Raises CheckpointError if the description makes no sense.
    """
    try:
        own = description["rule"]
        _refuse_giants(description["network"])
        net = Network.from_spec(description["network"])
        rule = rules.make(own["name"], **own["options"])
        rule.start(net, own["n_classes"], own["seed"])
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        MemoryError,
        OverflowError,
        MfnumpyError,
    ) as error:
        raise CheckpointError(f"The checkpoint describes no network that can be built: {error}") from error
    return net, rule


def save(path: str | os.PathLike, net: Network, rule: Rule, **extra: Any) -> None:
    """Write a model to a file, atomically. extra: JSON values to keep beside it. Raises OutputError."""
    checkpoint.save(path, arrays(net, rule), describe(net, rule) | extra)


def load(path: str | os.PathLike) -> tuple[Network, Rule, dict]:
    """Read a model from a file that `save` or a trainer wrote. Returns the network, the rule and the description.

    Raises CheckpointError if the file is missing, broken, hostile, or does not hold what it describes.
    """
    stored, description = checkpoint.load(path)
    net, rule = rebuild(description)
    checkpoint.put(arrays(net, rule), model_part(stored), "network or rule")
    return net, rule, description


def model_part(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of a checkpoint's arrays, those of the model: what a trainer adds has a prefix with a slash."""
    return {name: array for name, array in stored.items() if "/" not in name}


def _refuse_giants(spec: dict) -> None:
    """A hostile description must not make us allocate before its arrays have been seen."""
    total = 0
    for block in spec["blocks"]:
        if block["layer"] == "Dense":
            total += int(block["n_in"]) * int(block["n_out"])
        else:
            KH, KW = block["kernel"]
            total += int(KH) * int(KW) * int(block["channels_in"]) * int(block["channels_out"])
    if total > MOST_PARAMETERS:
        raise CheckpointError(f"it would have {total:,} parameters, more than {MOST_PARAMETERS:,}.")
