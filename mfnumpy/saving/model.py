"""A trained model in a file: the network's blocks and the rule's own matrices, rebuilt from their description."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from mfnumpy import rules
from mfnumpy.backend import Array
from mfnumpy.errors import CheckpointError, MfnumpyError
from mfnumpy.layers import LINEAR
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.saving import checkpoint

MOST_PARAMETERS = 2**31
"""A checkpoint that describes a larger network is refused before anything is allocated."""
MOST_LOST = 2**28
"""So many parameters may be missing from a damaged checkpoint, and are drawn again."""


def arrays(net: Network, rule: Rule) -> dict[str, Array]:
    """All live arrays of a model, learned and fixed, by name."""
    return rule.parameters(net) | rule.fixed()


def describe(net: Network, rule: Rule) -> dict:
    """The JSON description from which `rebuild` makes the same network and rule, but for their arrays' values."""
    own = {"name": rule.name, "options": rule.options(), "n_classes": rule.n_classes, "seed": rule.seed}
    return {"network": net.spec(), "rule": own}


def rebuild(
    description: dict, stored: Mapping[str, np.ndarray] | None = None, damaged: bool = False
) -> tuple[Network, Rule]:
    """The network and the started rule that `describe` described, with the values of their seeds.

    description: JSON values.
    stored: the arrays that came with the description; one that asks for more than they hold is refused before
        anything is allocated.
    damaged: whether some of them may be missing, up to MOST_LOST numbers.
    Raises CheckpointError if the description makes no sense.
    """
    try:
        own = description["rule"]
        _refuse_giant_network(description["network"], stored, damaged)
        net = Network.from_spec(description["network"])
        if net.spec() != description["network"]:
            raise ValueError("its network is not written as this version writes one")
        rule = rules.make(own["name"], **own["options"])
        if rule.options() | own["options"] != rule.options():  # an older one may name fewer
            raise ValueError(f"the rule '{rule.name}' has no such options: {own['options']}")
        _refuse_giant_rule(net, own["n_classes"], stored)
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
    """Write a model to a file, atomically. Raises OutputError.

    path: of the file; what is there is replaced.
    net, rule: the network, and the rule that was started for it.
    extra: JSON values to keep beside them.
    """
    checkpoint.save(path, arrays(net, rule), describe(net, rule) | extra)


def load(path: str | os.PathLike) -> tuple[Network, Rule, dict]:
    """Read a model from a file that `save` or a trainer wrote. Returns the network, the rule and the description.

    Raises CheckpointError if the file is missing, broken, hostile, or does not hold what it describes.
    """
    stored, description = checkpoint.load(path)
    net, rule = rebuild(description, stored)
    checkpoint.put(arrays(net, rule), model_part(stored), "network or rule")
    return net, rule, description


def save_model(path: str | os.PathLike, net: Network, rule: Rule) -> None:
    """Write a trained network and its rule to one file, for `load_model`. Raises OutputError.

    path: of the file, "model.npz".
    net, rule: trained together.
    """
    save(path, net, rule)


def load_model(path: str | os.PathLike) -> tuple[Network, Rule]:
    """The network and its rule from a file of `save_model`, or a checkpoint of a Trainer. Raises CheckpointError."""
    net, rule, _ = load(path)
    return net, rule


def model_part(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of a checkpoint's arrays, those of the model: what a trainer adds has a prefix with a slash."""
    return {name: array for name, array in stored.items() if "/" not in name}


def _refuse_giant_network(spec: dict, stored: Mapping[str, np.ndarray] | None, damaged: bool) -> None:
    """Every W must be there in the file, in the shape described, before one of that shape is drawn."""
    total = lost = 0
    for i, block in enumerate(spec["blocks"]):
        shape = LINEAR[block["layer"]].weight_shape(block)
        name = f"block{i + 1}.W"
        if stored is not None and damaged and name not in stored:
            lost += math.prod(shape)
        elif stored is not None and (name not in stored or stored[name].shape != shape):
            raise CheckpointError(f"it has a {name} of shape {shape}, which the file does not hold.")
        total += math.prod(shape)
    if lost > MOST_LOST:
        raise CheckpointError(f"{lost:,} of its parameters are missing, more than {MOST_LOST:,}.")
    if total > MOST_PARAMETERS:
        raise CheckpointError(f"it would have {total:,} parameters, more than {MOST_PARAMETERS:,}.")


def _refuse_giant_rule(net: Network, n_classes: Any, stored: Mapping[str, np.ndarray] | None) -> None:
    """No rule draws more than a few matrices of (m, all neurons); small ones may be drawn in any case."""
    most = MOST_PARAMETERS if stored is None else 2**24 + 4 * sum(array.size for array in stored.values())
    if isinstance(n_classes, int) and n_classes * sum(net.widths) > most:
        raise CheckpointError(f"{n_classes:,} classes for {sum(net.widths):,} neurons are more than the file holds.")
