"""What rules yield and say of themselves: the Step, the Style of their curves, and the error of one not started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from mfnumpy.backend import Array
from mfnumpy.errors import MfnumpyError


class NotStartedError(MfnumpyError, RuntimeError):
    """A rule was used before `start` drew its matrices, or after a block was plugged in without `plug`."""


@dataclass(frozen=True)
class Step:
    """Gradients that are ready to be applied.

    block: the index of the block, or None where the step belongs to the whole network or to the readout alone.
    loss: the mean loss over the batch, a scalar.
    gradients: by parameter name, of that mean loss.
    """

    block: int | None
    loss: Any
    gradients: dict[str, Array]


class Style(NamedTuple):
    """How the curves of a rule are drawn, in Matplotlib's words.

    color, marker, linestyle: "#0072B2", "s", "--".
    """

    color: str
    marker: str = "o"
    linestyle: str = "-"
