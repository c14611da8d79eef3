"""What an experiment is: the runs it needs, what is shown of them, and the claims that they decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mfnumpy.paper.ledger.config import Measurement
from mfnumpy.paper.runs.plan import Budget, Entries
from mfnumpy.paper.show.judging import Verdict
from mfnumpy.paper.show.tables import Table
from mfnumpy.paper.show.view import View

SCALES = ("quick", "laptop", "paper")
"""How much of the paper is run: in minutes, in hours on two cores, in full. Nothing else differs between the scales.

Whatever is smaller than the paper's stands in an experiment's budgets, and is printed with the results: the subset, the
widths, the epochs.
"""


class Topic(NamedTuple):
    """Claims that stand under one heading of the results page.

    title: what all of them say, in words that need no table.
    claims: yields a verdict for each.
    chief: whether the page's first three sentences speak of it.
    """

    title: str
    claims: Callable[[View], Iterator[Verdict]]
    chief: bool = False


def _nothing(view: View) -> list[Table]:
    """The tables of an experiment that has none."""
    return []


@dataclass(frozen=True)
class Experiment:
    """A table or figure of the paper, or what is judged across them.

    name: as on the command line, and of files.
    title: its heading on the results page.
    turn: when `all` makes its runs; the smallest first, so that of most value is there early.
    entries, budgets: its training runs, by scale; entries is None where it has none.
    measurements: of time and memory, by scale.
    tables, figure: what is shown; figure gives None where the ledger has nothing for it.
    topics: the claims of the paper that it decides, and what stands beside them.
    """

    name: str
    title: str
    turn: int = 0
    entries: Entries | None = None
    budgets: Mapping[str, Sequence[Budget]] = field(default_factory=dict)
    measurements: Mapping[str, Sequence[Measurement]] = field(default_factory=dict)
    tables: Callable[[View], list[Table]] = _nothing
    figure: Callable[[View], Any] | None = None
    topics: tuple[Topic, ...] = ()
