"""Step through one batch: every array of one update in order, with buttons and keys, predicted first if one likes.

In JupyterLab and VS Code the widget is live, and x, W and M can be changed. On the site the same drawing code shows
recorded moments, without a kernel. Where neither runs (on paper, without anywidget) a strip of all moments is shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mfnumpy.backend import Array
from mfnumpy.errors import MissingLibraryError
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.optional import require
from mfnumpy.teach import drawing, matrices
from mfnumpy.teach.drawing import Picture
from mfnumpy.teach.entries import kind
from mfnumpy.teach.moments import Moment, moments
from mfnumpy.teach.steps import Updates

SCRIPT = Path(__file__).parent / "stepper.js"


class StepThrough(Updates):
    """The moments of one update under one or several rules. Display it as the last line of a cell.

    net: a small network, which is copied.
    rules: started for it; they are copied too.
    x: (N, d), copied.
    y: (N,) integer labels.
    seed: of the rules' random numbers.
    eta: the learning rate of the step that is shown at the end.

    data: what is drawn. view: the widget, or None without anywidget.
    """

    def __init__(self, net: Network, rules: Sequence[Rule], x: Array, y: Array, seed: int, eta: float):
        super().__init__(net, rules, x, y, seed, eta)
        self.data = self.as_data(editable=False)
        self.view: Any = None
        try:
            self.view = _widget_class()(data=self.as_data(editable=True), edit={})
        except MissingLibraryError:
            return
        self.view.observe(lambda change: self.change(**change["new"]), names="edit")

    def change(self, name: str, row: int, column: int, value: float, count: int = 0) -> None:
        """As `Updates.change`; what is drawn follows.

        name, row, column, value: as there.
        count: of the edits so far, by which the widget tells two equal ones apart.
        """
        super().change(name, row, column, value)
        self.data = self.as_data(editable=False)
        if self.view is not None:
            self.view.data = self.as_data(editable=True)

    def strip(self) -> Picture:
        """All moments of the first rule in one picture, in order."""
        found = moments(self.net, self.rules[0], self.x, self.y, self.seed)
        return _strip(found, self.rules[0].name.upper())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        strip = self.strip()
        recorded = json.dumps(self.data, separators=(",", ":")).replace("</", "<\\/")
        page = f'<script type="application/json">{recorded}</script>{strip.html}'
        bundle = {"text/html": f'<div class="mfnumpy-stepper">{page}</div>', "text/plain": f"[picture: {strip.alt}]"}
        if self.view is not None:
            live = self.view._repr_mimebundle_()
            live = live[0] if isinstance(live, tuple) else live
            bundle |= {k: v for k, v in (live or {}).items() if k.endswith("widget-view+json")}
        return bundle


def step_through(
    net: Network, rule: Rule | Sequence[Rule], x: Array, y: Array, seed: int = 0, eta: float = 0.5
) -> StepThrough:
    """Step through one update on one (small) batch; network and rule stay as they are.

    net: a small network.
    rule: one, or several that are shown side by side on the same network.
    x: (N, d).
    y: (N,) integer labels.
    seed: of the rule's random numbers.
    eta: the learning rate of the step that is shown at the end.
    """
    return StepThrough(net, [rule] if isinstance(rule, Rule) else rule, x, y, seed, eta)


def _widget_class() -> Any:
    anywidget, traitlets = require("anywidget", "lessons"), require("traitlets", "lessons")

    class Stepper(anywidget.AnyWidget):  # type: ignore[name-defined]
        """The browser's half is stepper.js."""

        _esm = SCRIPT.read_text(encoding="utf-8")
        data = traitlets.Dict().tag(sync=True)
        edit = traitlets.Dict().tag(sync=True)

    return Stepper


def _strip(moments: list[Moment], title: str, columns: int = 3) -> Picture:
    rows = -(-len(moments) // columns)
    figure = drawing.new_figure(drawing.WIDEST, 1.75 * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    limits = matrices.colour_limits([(m.symbol, m.value) for m in moments])
    for axes in grid.flat[len(moments) :]:
        axes.axis("off")
    for k, (axes, m) in enumerate(zip(grid.flat, moments, strict=False)):
        number = f"  ({m.equation})" if m.equation else ""
        matrices.heat(axes, m.value, f"{m.block}   ${m.formula}${number}", limits[kind(m.symbol)])
        axes.title.set_fontsize(8)
        axes.set_ylabel(str(k + 1), rotation=0, fontsize=8, labelpad=7, color="0.35")
    figure.tight_layout()
    shown = ", ".join(f"{k}. {m!r}" for k, m in enumerate(moments, 1))
    return drawing.finish(figure, f"The moments of one {title} update as heat maps, in order: {shown}.")
