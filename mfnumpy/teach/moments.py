"""The moments of one update: every array that a rule computes for one batch, in the order in which it does.

Nothing is computed a second time in another way: the rule itself runs, over blocks that write down what passes
through them. So the moments are the rule's own arrays, and they cannot drift from the code that they explain.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mfnumpy import equations
from mfnumpy.backend import Array, xp_of
from mfnumpy.blocks import Block, Trace
from mfnumpy.layers import Dense
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream


@dataclass(frozen=True)
class Moment:
    """One array of an update, and what it was made of.

    block: "block1", ..., "readout".
    symbol: "x", "z", "a", "G", "p", "dG", "dM", "da", "dz", "dW".
    value: the array.
    formula: LaTeX.
    equation: the paper's number or numbers, "" for a step that it does not number.
    operands: what the array was made of, by name and in the order of the formula.
    operator: the sign between them.
    text: one sentence.
    """

    block: str
    symbol: str
    value: Array
    formula: str
    equation: str = ""
    operands: tuple[tuple[str, Array], ...] = ()
    operator: str = ""
    text: str = ""

    @property
    def shape(self) -> str:
        """The array's shape in words: "3 x 4"."""
        return " x ".join(map(str, self.value.shape))

    def __repr__(self) -> str:
        number = f" (Eq. {self.equation})" if self.equation else ""
        return f"{self.block}: {self.symbol} [{self.shape}]{number}"


def moments(net: Network, rule: Rule, x: Array, y: Array, seed: int = 0) -> list[Moment]:
    """The moments of one update by any rule on one batch, in order; the update is not applied.

    net, rule: the network, and the rule that was started for it; both are left as they are.
    x: (N, *input_shape).
    y: (N,) integer labels.
    seed: of the random numbers, for rules that need some.
    Raises what the rule raises.
    """
    watch = _Watch(rule, net)
    for step in watch.rule.steps(watch.net, x, y, stream(seed, "batch")):
        watch.note_rest(step.gradients)
    return watch.moments


class _Watch:
    """Copies of a network and a rule that work on the same arrays, and write down what passes through them."""

    def __init__(self, rule: Rule, net: Network):
        self.moments: list[Moment] = []
        self.seen: dict[tuple[str, str], Array] = {}
        self.squared: dict[str, tuple[Array, Array]] = {}
        self.net, self.rule = copy.copy(net), copy.copy(rule)
        self.net.blocks = [_WatchedBlock(block, self) for block in net.blocks]
        self.names = [block.name for block in net.blocks]
        watched = {
            "projection_gradient": self._projection,
            "loss_gradient": self._loss,
            "positive_loss_gradient": self._positive,
            "negative_loss_gradient": self._negative,
        }
        for name, (function, _) in rule.functions().items():
            if name in watched:
                setattr(self.rule, name, watched[name](function))
        if rule.readout is not None and rule.readout.layer is not None:
            self.rule.readout = copy.copy(rule.readout)
            self.rule.readout.layer = _WatchedReadout(rule.readout.layer, self)
        # Whose goodness the loss is asked for next: local rules go up, the others come down from the output.
        downwards = (self.names if rule.readout is None else [*self.names, "readout"])[::-1]
        self.owners = iter(self.names if rule.local else downwards)

    def note(self, block: str, symbol: str, value: Array, formula: str, text: str = "", **more: Any) -> Array:
        """Append a moment; returns the value."""
        self.moments.append(Moment(block, symbol, value, formula, text=text, **more))
        self.seen[block, symbol] = value
        return value

    def note_rest(self, gradients: dict[str, Array]) -> None:
        """Gradients of the Step that no watched method has shown yet: dM of the joint rules, db."""
        for name, value in gradients.items():
            block, parameter = name.rsplit(".", 1)
            if (block, f"d{parameter}") not in self.seen:
                if parameter == "M":
                    self.note_projection(block, value)
                else:
                    self.note(block, f"d{parameter}", value, rf"d{parameter} = \sum_n dz_n")

    def note_projection(self, block: str, dM: Array) -> None:
        """dM, Eq. (8)."""
        operands = (("dG^T", self.seen[block, "dG"].T), ("a", self.seen[block, "flat"]))
        text = "How M must change: which neurons were active when the score was wrong."
        self.note(block, "dM", dM, r"dM = dG^T a", text, equation="8", operands=operands)

    def note_error(self, block: str, da: Array, trace: Trace) -> None:
        """da, unless the block above has handed it down already."""
        if self.seen.get((block, "da")) is da:
            return
        rule = self.rule
        feedback = rule.feedback_of(self.names.index(block))
        if block in self.squared:
            text = "Goodness grows with every activity, in proportion to it."
            operands = (("dG", self.seen[block, "dG"]), ("2a", 2 * trace.a))
            self.note(block, "da", da, r"da = dG \cdot 2a", text, operands=operands, operator="*")
        elif feedback is not None and "output" in rule.error_from:
            text = "The output's error comes straight to this block, through its own fixed random matrix B."
            operands = (("dG", self.seen["readout", "dG"]), ("B", feedback))
            self.note(block, "da", da, r"da = dG\, B", text, operands=operands)
        elif rule.projections is not None and rule.error_from == ("own", "above"):
            text = "The block's own error, and whatever came down from above, added."
            self.note(block, "da", da, r"da = dG\, M + dz_{l+1} W_{l+1}^T", text)
        else:
            self.note(block, "da", da, "da", "How each activity of this block must change, as the rule has it.")

    def _positive(self, loss_gradient: Callable) -> Callable:
        def watched(G: Array, theta: float) -> Array:
            """Eq. (3)'s derivative, kept until that of Eq. (4) is there: the batch is shown as one."""
            dG = loss_gradient(G, theta)
            self.squared[self.moments[-1].block] = G, dG
            return dG

        return watched

    def _negative(self, loss_gradient: Callable) -> Callable:
        def watched(G_neg: Array, theta: float) -> Array:
            """Eqs. (1) to (4), shown for both halves of the batch."""
            block, dG_neg = self.moments[-1].block, loss_gradient(G_neg, theta)
            halves = zip(self.squared[block], (G_neg, dG_neg), strict=True)
            G, dG = (xp_of(G_neg).concatenate(pair)[:, None] for pair in halves)
            text = f"One number per row; it is compared with theta = {theta:g}."
            operands = (("a", self.seen[block, "a"]),)
            self.note(block, "G", G, r"G = \sum_j a_j^2", text, equation="1, 2", operands=operands)
            text = "Below zero for the positive rows: more goodness, less loss. Above zero for the negative ones."
            formula = r"dG = \mp\sigma(\pm(\theta - G))/N"
            self.note(block, "dG", dG, formula, text, equation="3, 4", operands=(("G", G),))
            return dG_neg

        return watched

    def _projection(self, projection_gradient: Callable) -> Callable:
        def watched(a: Array, dG: Array) -> Array:
            """Eq. (8), shown."""
            dM = projection_gradient(a, dG)
            self.note_projection(self.moments[-1].block, dM)
            return dM

        return watched

    def _loss(self, loss_gradient: Callable) -> Callable:
        def watched(G: Array, y: Array) -> Array:
            """Eq. (6), shown."""
            owner, dG = next(self.owners), loss_gradient(G, y)
            if (owner, "G") not in self.seen:
                self._note_scores(owner, G)
            p, target = equations.softmax(G), equations.one_hot(y, G.shape[1], G.dtype)
            text = "The scores as probabilities: each row sums to 1."
            self.note(owner, "p", p, r"p = \mathrm{softmax}(G)", text, equation="6", operands=(("G", G),))
            text = "Above zero where the score must fall, below zero at the true class."
            operands = (("p", p), ("y", target))
            return self.note(owner, "dG", dG, r"dG = (p - y)/N", text, equation="6", operands=operands, operator="-")

        return watched

    def _note_scores(self, owner: str, G: Array) -> None:
        M = self.rule.M[self.names.index(owner)]
        operands = (("a", self.seen[owner, "flat"]), ("M^T", M.T))
        text = "One goodness score for each class."
        self.note(owner, "G", G, r"G = a M^T", text, equation="5", operands=operands)


class _WatchedBlock(Block):
    """A block over the same parameters, which writes down what its methods are given and what they return."""

    def __init__(self, block: Block, watch: _Watch):
        super().__init__(block.linear, block.pool)
        self.watch = watch

    def forward(self, x: Array) -> Trace:
        """The block's forward pass, shown."""
        trace, note = super().forward(x), self.watch.note
        rows, name = ("x" if trace.rows.ndim == trace.x.ndim else "rows"), self.name
        note(name, "x", trace.x, "x", "What the block is given.")
        operands = ((rows, trace.rows), ("W", self.parameters["W"]))
        note(name, "z", trace.z, f"z = {rows}\\, W", "Each neuron's weighted sum.", operands=operands)
        formula = r"a = \mathrm{relu}(z)" if self.pool is None else r"a = \mathrm{pool}(\mathrm{relu}(z))"
        note(name, "a", trace.a, formula, "Nothing below zero passes.", operands=(("z", trace.z),))
        self.watch.seen[name, "flat"] = trace.flat
        return trace

    def error_at_z(self, da: Array, trace: Trace) -> Array:
        """The mask, shown."""
        self.watch.note_error(self.name, da, trace)
        return self._note_dz(super().error_at_z(da, trace), da, trace)

    def parameter_gradients(self, dz: Array, trace: Trace) -> dict[str, Array]:
        """The gradients, shown."""
        gradients = super().parameter_gradients(dz, trace)
        self._note_dW(gradients["W"], dz, trace, "")
        return gradients

    def error_to_input(self, dz: Array, trace: Trace, W: Array | None = None) -> Array:
        """The error to the block below, shown."""
        dx = super().error_to_input(dz, trace, W)
        below = self.watch.names[self.watch.names.index(self.name) - 1]
        symbol, matrix = ("W", self.parameters["W"]) if W is None else ("B", W)
        operands = ((f"dz ({self.name})", dz), (f"{symbol}^T", matrix.T))
        text = f"The error of {self.name}, handed down through {_path(symbol)}."
        formula = rf"da_l = dz_{{l+1}} {symbol}_{{l+1}}^T"
        return self.watch.note(below, "da", dx, formula, text, operands=operands)

    def local_gradients(
        self, M: Array, dG: Array, trace: Trace, weight_gradient: Callable = equations.weight_gradient
    ) -> dict[str, Array]:
        """Eqs. (7) and (8), shown."""
        da = equations.goodness_scores_gradient(dG, M).reshape(trace.a.shape)
        text = "How each activity must change: the error, seen through M as it was before its own update."
        operands = (("dG", dG), ("M", M))
        self.watch.note(self.name, "da", da, r"da = dG\, M", text, equation="7", operands=operands)
        dz = self._note_dz(super().error_at_z(da, trace), da, trace, "7")
        plain = Block(self.linear, self.pool)  # whose own methods are not shown a second time
        gradients = plain.local_gradients(M, dG, trace, weight_gradient)
        self._note_dW(gradients["W"], dz, trace, "7")
        return gradients

    def _note_dz(self, dz: Array, da: Array, trace: Trace, equation: str = "") -> Array:
        mask = (trace.z > 0).astype(trace.z.dtype)
        operands = (("da", self._unpool(da, trace)), ("[z > 0]", mask))
        text = "Only neurons that were active take part."
        more = {"equation": equation, "operands": operands, "operator": "*"}
        return self.watch.note(self.name, "dz", dz, r"dz = da \odot [z > 0]", text, **more)

    def _note_dW(self, dW: Array, dz: Array, trace: Trace, equation: str) -> None:
        rows = "x" if trace.rows.ndim == trace.x.ndim else "rows"
        operands = ((f"{rows}^T", trace.rows.T), ("dz", dz.reshape(-1, dz.shape[-1])))
        text = "How W must change: each input, times the error of each neuron, added up over the batch."
        self.watch.note(self.name, "dW", dW, rf"dW = {rows}^T dz", text, equation=equation, operands=operands)


class _WatchedReadout(Dense):
    """The rule's readout over the same parameters; it writes down what it is given and returns."""

    def __init__(self, readout: Dense, watch: _Watch):
        self.name, self.parameters, self.watch = readout.name, readout.parameters, watch

    def forward(self, x: Array) -> Array:
        """The readout's scores, shown."""
        a = x.reshape(x.shape[0], -1)
        operands = (("a", a), ("W_{out}", self.parameters["W"]))
        text = "The network's only scores, at its output."
        return self.watch.note(self.name, "G", super().forward(x), r"G = a\, W_{out}", text, operands=operands)

    def parameter_gradients(self, rows: Array, dz: Array) -> dict[str, Array]:
        """The readout's gradients, shown."""
        gradients = super().parameter_gradients(rows, dz)
        operands, text = (("a^T", rows.T), ("dG", dz)), "The readout learns by its true gradient, in every rule."
        self.watch.note(self.name, "dW", gradients["W"], r"dW_{out} = a^T dG", text, operands=operands)
        return gradients

    def input_gradient(self, dz: Array, x_shape: tuple[int, ...], W: Array | None = None) -> Array:
        """The error below the readout, shown."""
        da = super().input_gradient(dz, x_shape, W)
        symbol, matrix = ("W_{out}", self.parameters["W"]) if W is None else ("B", W)
        text = f"The output's error, handed down through {_path(symbol)}."
        operands = (("dG", dz), (f"{symbol}^T", matrix.T))
        return self.watch.note(self.watch.names[-1], "da", da, rf"da = dG\, {symbol}^T", text, operands=operands)


def _path(symbol: str) -> str:
    return "a fixed random matrix B" if symbol == "B" else "its own weights"
