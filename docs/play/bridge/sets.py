"""The data sets of the page: digits, and points in the plane whose classes can be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mfnumpy.support.seeding import stream

DIGITS = Path(__file__).parent / "digits.npz"
POINTS = 400
EXTENT = 2.0
"""Points of the plane lie from -EXTENT to EXTENT."""


@dataclass(frozen=True)
class Set:
    """A data set, divided. x: (N, d) float32. y: (N,) labels. m: classes. plane: whether its points can be drawn.

    columns: where an image or a point stands in a row of x.
    """

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    m: int
    plane: bool
    columns: slice


@cache
def named(name: str) -> Set:
    """The data set of that name: "digits", "moons" or "spirals"."""
    if name == "digits":
        return _digits()
    make = {"moons": _moons, "spirals": _spirals}[name]
    (x, y), (x_test, y_test) = (_points(name, part, make) for part in ("train", "test"))
    return Set(x, y, x_test, y_test, 2, True, slice(2, 4))


def inputs_of(points: np.ndarray) -> np.ndarray:
    """(N, 2) points of the plane as inputs (N, 5): two empty columns, the point, and a 1.

    Forward-Forward writes its label over the first m inputs, and blocks without bias need an input that is always 1.
    """
    n = len(points)
    return np.concatenate([np.zeros((n, 2)), points, np.ones((n, 1))], axis=1).astype(np.float32)


def _digits() -> Set:
    with np.load(DIGITS) as file:
        x, x_test = (file[name].astype(np.float32) / np.float32(16) for name in ("x_train", "x_test"))
        y, y_test = (file[name].astype(np.int64) for name in ("y_train", "y_test"))
    return Set(x, y, x_test, y_test, 10, False, slice(0, 64))


def _points(name: str, part: str, make: Callable) -> tuple[np.ndarray, np.ndarray]:
    rng = stream(0, f"{name} {part}")
    y = np.arange(POINTS) % 2
    return inputs_of(make(y, rng)), y


def _moons(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two half circles, each reaching into the other."""
    turn = rng.random(len(y)) * np.pi
    x1, x2 = np.cos(turn), np.sin(turn)
    points = np.stack([np.where(y == 0, x1 - 0.5, 0.5 - x1), np.where(y == 0, x2 - 0.25, 0.25 - x2)], axis=1)
    return points + 0.12 * rng.standard_normal(points.shape)


def _spirals(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two arms of one and a quarter turns."""
    far = np.sqrt(rng.random(len(y)))
    turn = far * 2.5 * np.pi + np.pi * y
    points = 1.4 * far[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return points + 0.04 * rng.standard_normal(points.shape)
