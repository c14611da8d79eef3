"""Test errors over the epochs, which Figs. 4 and 5 show."""

from __future__ import annotations

import numpy as np

from mfnumpy.paper.show.view import Entry


def errors_by_epoch(entry: Entry, mode: str | None = None) -> np.ndarray:
    """Test error in per cent: (seeds, epochs). mode: of prediction; None for the rule's default."""
    return np.array([[100 * (1 - e["test_accuracy"][mode or e["main"]]) for e in run.history] for run in entry.runs])
