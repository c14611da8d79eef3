"""What is drawn of a lane: decision regions, first weights, and the goodness of one sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridge import sets
from bridge.lanes import LANES, Lane
from mfnumpy import equations

SIDE = 40
"""Decision regions are drawn on SIDE x SIDE points."""
TILES = 24


def look(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """Pictures of a lane. want: which. sample: the row of the test part that is shown."""
    lane = LANES[arguments["lane"]]
    made = {"weights": weights, "regions": regions, "sample": lambda lane: sample(lane, arguments.get("sample", 0))}
    return {name: made[name](lane) for name in arguments["want"]}


def weights(lane: Lane) -> dict[str, Any] | None:
    """The first neurons' weights as images of 8 x 8, from -1 to 1; None for points of the plane."""
    if lane.data.plane:
        return None
    W = lane.net.blocks[0].parameters["W"][lane.data.columns, :TILES]
    return {"side": 8, "tiles": np.round(W.T / max(float(np.abs(W).max()), 1e-9), 2)}


def regions(lane: Lane) -> dict[str, Any] | None:
    """The probability of class 1 over the plane: of the rule's prediction, and of each block with a voice."""
    if not lane.data.plane:
        return None
    line = np.linspace(-sets.EXTENT, sets.EXTENT, SIDE)
    x = sets.inputs_of(np.stack(np.meshgrid(line, -line), axis=-1).reshape(-1, 2))
    modes, layers = lane.rule.all_scores(lane.net, x)
    return {"side": SIDE, "whole": _share(next(iter(modes.values()))), "blocks": [_share(G) for G in layers]}


def _share(G: np.ndarray) -> np.ndarray:
    return np.round(equations.softmax(G)[:, 1], 2)


def sample(lane: Lane, number: int) -> dict[str, Any]:
    """One row of the test part: its image or point, its class, and its scores by block."""
    data, row = lane.data, number % len(lane.data.y_test)
    x = data.x_test[row : row + 1]
    modes, layers = lane.rule.all_scores(lane.net, x)
    mode, whole = next(iter(modes.items()))
    voices = [{"name": block.name, "scores": G[0]} for block, G in zip(lane.net.blocks, layers, strict=False)]
    return {"row": row, "x": x[0, data.columns], "y": data.y_test[row], "mode": mode,
            "voices": [*voices, {"name": "prediction", "scores": whole[0]}]}  # fmt: skip


def points(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """The training points of a set in the plane, as shares of the picture's side from the upper left."""
    data = sets.named(arguments["set"])
    place = data.x[:, data.columns] * np.array([0.5, -0.5], np.float32) / sets.EXTENT + 0.5
    return {"at": np.round(place, 3), "y": data.y}
