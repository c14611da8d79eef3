"""Step through one batch: a slider over the moments of one update, with the equation of each moment lit up.

In JupyterLab and VS Code the slider is live; where widgets do not run (a printed page, a web site, no ipywidgets)
the same object shows itself as a strip of all moments.
"""

from __future__ import annotations

import html
from typing import Any

from mfnumpy.backend import Array
from mfnumpy.errors import MissingLibraryError
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.optional import require
from mfnumpy.teach import pictures
from mfnumpy.teach.moments import Moment, moments
from mfnumpy.teach.pictures import Picture

SIGNS = {"*": "⊙", "-": "−", "": ""}


class StepThrough:
    """The moments of one update, to be stepped through. Display it as the last line of a cell.

    moments: what the slider moves over. slider, view: the ipywidgets, None if ipywidgets is not installed.
    """

    def __init__(self, net: Network, rule: Rule, x: Array, y: Array, seed: int = 0):
        self.title = rule.name.upper()
        self.moments = moments(net, rule, x, y, seed)
        self._frames: dict[int, Picture] = {}
        self.slider: Any = None
        self.view: Any = None
        try:
            widgets = require("ipywidgets", "lessons")
        except MissingLibraryError:
            return
        labels = [(f"{k}. {m.block}: {m.symbol}", k - 1) for k, m in enumerate(self.moments, 1)]
        layout = widgets.Layout(width="95%", max_width="640px")
        self.slider = widgets.SelectionSlider(options=labels, value=0, description="moment", layout=layout)
        self.view = widgets.HTML()
        self.slider.observe(lambda change: self._show(change["new"]), names="value")
        self._box = widgets.VBox([self.slider, self.view])
        self._show(0)

    def frame(self, k: int) -> Picture:
        """The picture of moment k: the update's equations with this one lit up, and its arrays."""
        if k not in self._frames:
            self._frames[k] = _frame(self.moments, k, self.title)
        return self._frames[k]

    def strip(self) -> Picture:
        """All moments in one picture, in order."""
        return _strip(self.moments, self.title)

    def _show(self, k: int) -> None:
        moment = self.moments[k]
        says = f"<p><b>{html.escape(moment.block)}</b>: {html.escape(_sentence(moment))}</p>"
        self.view.value = self.frame(k).html + says

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        bundle = self.strip()._repr_mimebundle_()
        if self.slider is not None:
            bundle |= {k: v for k, v in self._box._repr_mimebundle_().items() if k.endswith("widget-view+json")}
        return bundle


def step_through(net: Network, rule: Rule, x: Array, y: Array, seed: int = 0) -> StepThrough:
    """Step through one update of any rule on one (small) batch. x: (N, *input_shape), y: (N,) integer labels.

    The update is not applied: network and rule stay as they are.
    """
    return StepThrough(net, rule, x, y, seed)


def _sentence(moment: Moment) -> str:
    number = f" Eq. ({moment.equation})." if moment.equation else ""
    return f"{moment.symbol} is {moment.shape}. {moment.text}{number}"


def _parts(moment: Moment) -> list:
    """The moment as an equation of pictures: operands, sign, result."""
    parts: list = []
    for k, operand in enumerate(moment.operands):
        if k and SIGNS[moment.operator]:
            parts.append(SIGNS[moment.operator])
        parts.append(operand)
    if parts:
        parts.append("→" if len(moment.operands) == 1 else "=")
    if moment.symbol == "dG" and moment.operator == "-":
        parts = ["(", *parts[:-1], ")", "/ N ="]
    return [*parts, (moment.symbol, moment.value)]


def _frame(moments: list[Moment], k: int, title: str) -> Picture:
    """Equations of this block on the left, the lit one in colour; arrays on the right."""
    moment = moments[k]
    own = [(i, m) for i, m in enumerate(moments) if m.block == moment.block]
    parts = _parts(moment)
    sizes = [pictures.inches(part) for part in parts]
    width = max(8.6, 3.0 + sum(w for w, _ in sizes) + 0.12 * (len(parts) + 1))
    height = max(0.3 * len(own) + 0.6, max(h for _, h in sizes) + 0.9)
    figure = pictures.new_figure(width, height)
    figure.text(0.15 / width, 1 - 0.22 / height, f"{title}, {moment.block}", fontsize=10, weight="bold", va="center")
    for line, (i, m) in enumerate(own):
        y = 1 - (0.55 + 0.3 * line) / height
        number = f"   ({m.equation})" if m.equation else ""
        lit = {"bbox": {"boxstyle": "round,pad=0.25", "facecolor": "#F0E442", "edgecolor": "#D55E00"}} if i == k else {}
        colour = "black" if i <= k else "0.6"
        figure.text(0.2 / width, y, f"${m.formula}${number}", fontsize=10, color=colour, va="center", **lit)
    figure.add_artist(_line(figure, 2.85 / width))
    bottom = (height - max(h for _, h in sizes)) / 2
    pictures.row(figure, parts, (3.1, bottom), (width, height))
    return pictures.finish(figure, f"{title}, {moment!r}. {moment.text}")


def _line(figure: Any, x: float) -> Any:
    lines = require("matplotlib.lines", "lessons")
    return lines.Line2D([x, x], [0.05, 0.95], color="0.8", linewidth=0.8, transform=figure.transFigure)


def _strip(moments: list[Moment], title: str, columns: int = 5) -> Picture:
    rows = -(-len(moments) // columns)
    figure = pictures.new_figure(2.35 * columns, 1.75 * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat[len(moments) :]:
        axes.axis("off")
    for k, (axes, m) in enumerate(zip(grid.flat, moments, strict=False)):
        number = f"  ({m.equation})" if m.equation else ""
        pictures.heat(axes, m.value, f"{m.block}   ${m.formula}${number}")
        axes.title.set_fontsize(7.5)
        axes.set_ylabel(str(k + 1), rotation=0, fontsize=8, labelpad=7, color="0.35")
    figure.tight_layout()
    shown = ", ".join(f"{k}. {m!r}" for k, m in enumerate(moments, 1))
    return pictures.finish(figure, f"The moments of one {title} update as heat maps, in order: {shown}.")
