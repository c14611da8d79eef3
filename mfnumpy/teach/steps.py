"""An update as data for the stepper: its moments, the new parameters, and what the loss does; plain numbers, JSON.

The arrays are those of `moments`, so the rule's own. `stepper.js` draws them, in a notebook and on the site alike.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from mfnumpy.backend import Array, to_host
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream
from mfnumpy.teach.entries import as_matrix, kind
from mfnumpy.teach.moments import Moment, moments

MARKUP = (
    (r"\\mathrm\{(\w+)\}", r"\1"),
    (r"_\{([^}]*)\}|_(\w)", r"<sub>\1\2</sub>"),
    (r"\^T", "<sup>T</sup>"),
    (r"\^(\d)", r"<sup>\1</sup>"),
    (r"\\,", " "),
    *((rf"\\{name}(?![a-z])", sign) for name, sign in {
        "odot": "⊙", "cdot": "·", "sum": "Σ", "sigma": "σ", "theta": "θ", "eta": "η", "mp": "∓", "pm": "±", "to": "→",
    }.items()),
)  # fmt: skip
SIGNS = {"*": "⊙", "-": "−", "": ""}


LIVE = (
    "Numbers with dotted lines under them can be changed: click one, or go to it by Tab and arrow keys and press Enter."
)
RECORDED = "To change x, W or M, open this lesson with mfnumpy learn."


class Updates:
    """One update of a network under one or several rules, of which the reader may change single numbers.

    net: a small network, which is copied.
    rules: started for it; they are copied too.
    x: (N, *input_shape), copied.
    y: (N,) integer labels.
    seed: of the rules' random numbers.
    eta: the learning rate of the step that is shown at the end.
    """

    def __init__(self, net: Network, rules: Sequence[Rule], x: Array, y: Array, seed: int, eta: float):
        self.net, self.rules = copy.deepcopy((net, list(rules)))
        self.x, self.y, self.seed, self.eta = np.array(x), y, seed, eta

    def change(self, name: str, row: int, column: int, value: float) -> None:
        """Put another number into x or a parameter, as the reader wrote it.

        name: "x", "block1.W", "block1.M", ... A rule that has no such parameter is passed over.
        row, column: of the entry.
        value: the new number.
        Raises InvalidValueError for a name that nothing has.
        """
        arrays = [self.x] if name == "x" else [p[name] for r in self.rules if name in (p := r.parameters(self.net))]
        if not arrays:
            raise InvalidValueError(f"There is no array {name!r} to change here.")
        for array in arrays:
            array[row, column] = value

    def as_data(self, editable: bool) -> dict[str, Any]:
        """What the stepper draws. editable: whether it says which numbers can be changed."""
        runs = [run_of(self.net, rule, self.x, self.y, self.seed, self.eta) for rule in self.rules]
        names = ["x", "W", "M"] if editable else []
        return {"runs": runs, "editable": names, "note": LIVE if editable else RECORDED}


def markup(formula: str) -> str:
    """A moment's LaTeX as HTML, which needs no typesetter."""
    text = html.escape(formula)
    for pattern, sign in MARKUP:
        text = re.sub(pattern, sign, text)
    return text


def run_of(net: Network, rule: Rule, x: Array, y: Array, seed: int, eta: float) -> dict[str, Any]:
    """One update of one rule: {"title", "moments": [...], "loss": [before, after], "limits"}. Nothing is changed.

    net, rule: the network, and the rule that was started for it.
    x: (N, *input_shape).
    y: (N,) integer labels.
    seed: of the rule's random numbers.
    eta: the learning rate of the step that is shown.
    """
    found = moments(net, rule, x, y, seed)
    hidden = rule.n_classes if rule.rows_per_sample > 1 else 0
    after, before_loss, after_loss = applied(net, rule, x, y, seed, eta)
    shown = [moment_as_data(m, hidden if m.symbol == "x" and m.block == net.blocks[0].name else 0) for m in found]
    limits: dict[str, float] = {"value": 0.0, "gradient": 0.0}
    for moment in [*shown, *after]:
        for part in [*moment["operands"], moment["result"]]:
            largest = max((abs(v) for row in part["rows"] for v in row), default=0.0)
            limits[part["kind"]] = max(limits[part["kind"]], largest)
    title = rule.name.upper().replace("_", " ")
    return {"title": title, "moments": shown + after, "loss": [before_loss, after_loss], "eta": eta, "limits": limits}


def applied(
    net: Network, rule: Rule, x: Array, y: Array, seed: int, eta: float
) -> tuple[list[dict[str, Any]], float, float]:
    """W - eta dW for each parameter, on copies; as moments, with the sum of the losses before and after.

    net, rule, x, y, seed, eta: as in `run_of`.
    """
    net, rule = copy.deepcopy((net, rule))
    parameters, shown, before = rule.parameters(net), [], 0.0
    steps = list(rule.steps(net, x, y, stream(seed, "batch")))
    for step in steps:
        before += float(step.loss)
        for name, gradient in step.gradients.items():
            block, symbol = name.rsplit(".", 1)
            operands = ((symbol, parameters[name].copy()), (f"d{symbol}", eta * gradient))
            parameters[name] -= (eta * gradient).astype(parameters[name].dtype)
            text = f"The update: {symbol} goes a small step against its gradient. The learning rate is {eta:g}."
            number = {"W": "7", "M": "8"}.get(symbol, "") if rule.projections is not None and rule.local else ""
            formula = rf"{symbol} \to {symbol} - \eta\, d{symbol}"
            moment = Moment(block, symbol, parameters[name].copy(), formula, number, operands, "-", text)
            shown.append(moment_as_data(moment))
            shown[-1]["operands"][1]["name"] = f"η d{symbol}"
    after = sum(float(step.loss) for step in rule.steps(net, x, y, stream(seed, "batch")))
    if shown:
        shown[-1]["text"] += f" The loss on this batch: {before:.4g} before the update, {after:.4g} after it."
    return shown, before, after


def moment_as_data(moment: Moment, marked: int = 0) -> dict[str, Any]:
    """A moment for the stepper. marked: the first so many columns hold the label, and are framed."""
    operands = [part_as_data(name, array) for name, array in moment.operands]
    result = part_as_data(moment.symbol, moment.value, marked)
    signs = [SIGNS[moment.operator]] * (len(operands) - 1) + (["→" if len(operands) == 1 else "="] if operands else [])
    return {
        "block": moment.block,
        "formula": markup(moment.formula),
        "equation": moment.equation,
        "operands": operands,
        "signs": signs,
        "scaled": "/ N" if moment.symbol == "dG" and moment.operator == "-" else "",
        "result": result,
        "text": moment.text,
    }


def part_as_data(name: str, array: Array, marked: int = 0) -> dict[str, Any]:
    """An array: its name, shape, kind and rows, to four significant digits.

    name: as it is printed, "dW".
    array: of any shape, shown as rows and columns (`entries.as_matrix`).
    marked: how many of its first columns hold the label, and are framed.
    """
    host = np.asarray(to_host(array), dtype=float)
    rows = [[float(f"{value:.4g}") for value in row] for row in as_matrix(host)]
    shape = " x ".join(map(str, host.shape))
    return {"name": markup(name), "shape": shape, "kind": kind(name), "rows": rows, "marked": marked}
