"""What is watched during a fit: losses, scores on the held-out part, the best parameters, and when to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mfnumpy import prediction
from mfnumpy.backend import Array
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.sklearn.compatible import Tasks


@dataclass(frozen=True)
class HeldOut:
    """Rows that are not trained on.

    x: (n, *input_shape).
    y: (n,) integer labels.
    weights: (n,), or None.
    """

    x: Array
    y: Array
    weights: Array | None

    def accuracy(self, scores: Array) -> float:
        """The share of the rows, by weight, whose label has the largest score."""
        return float(np.average(scores.argmax(axis=1) == self.y, weights=self.weights))


@dataclass
class Watch:
    """Called with each epoch's entry in the history; returns True where the fit is to end.

    net, rule: what is trained.
    tol, patience: more than `patience` epochs in a row without an improvement of at least `tol`, of the loss or, with
        held-out rows, of their accuracy, end the fit.
    held_out: None where nothing was held out.
    mode: the prediction mode whose accuracy counts.
    most: epochs at most.
    verbose: whether each epoch is told.
    tasks: what scikit-learn's callbacks are told.
    losses, scores, layer_scores: of each epoch so far; scores are those of the held-out rows.
    best_loss, best_score, stale: the best of them, and for how many epochs it has stood.
    stopped: whether the fit was ended before its last epoch.
    best: copies of the parameters with the best score.
    """

    net: Network
    rule: Rule
    tol: float
    patience: float
    held_out: HeldOut | None
    mode: str
    most: int
    verbose: bool
    tasks: Tasks
    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    layer_scores: list[list[float]] = field(default_factory=list)
    best_loss: float = math.inf
    best_score: float = -math.inf
    stale: int = 0
    stopped: bool = False
    best: dict[str, Array] = field(default_factory=dict)

    def __call__(self, entry: dict[str, Any]) -> bool:
        """One epoch."""
        self.losses.append(sum(entry["loss"].values()))
        if self.verbose:
            print(f"Iteration {len(self.losses)}, loss = {self.losses[-1]:.8f}")
        if self.held_out is None:
            self._by_loss()
        else:
            self._by_score(self.held_out)
        self.stopped = self.stale > self.patience
        if self.stopped and self.verbose:
            what = "Training loss" if self.held_out is None else "Validation score"
            print(
                f"{what} did not improve more than tol={self.tol:f} for {self.patience} consecutive epochs. Stopping."
            )
        more = not self.stopped and len(self.losses) < self.most
        self.stopped |= self.tasks.end(more=more)
        return self.stopped

    def restore(self) -> None:
        """Let the parameters be those of the best epoch, where rows were held out."""
        parameters = self.rule.parameters(self.net)
        for name, array in self.best.items():
            parameters[name][...] = array

    def _by_loss(self) -> None:
        loss = self.losses[-1]
        self.stale = self.stale + 1 if loss > self.best_loss - self.tol else 0
        self.best_loss = min(self.best_loss, loss)

    def _by_score(self, held_out: HeldOut) -> None:
        modes, layers = prediction.all_scores(self.net, self.rule, held_out.x)
        score = held_out.accuracy(modes[self.mode])
        self.scores.append(score)
        self.layer_scores.append([held_out.accuracy(own) for own in layers])
        if self.verbose:
            print(f"Validation score: {score:f}")
        self.stale = self.stale + 1 if score < self.best_score + self.tol else 0
        if score > self.best_score:
            self.best_score = score
            self.best = {name: array.copy() for name, array in self.rule.parameters(self.net).items()}
