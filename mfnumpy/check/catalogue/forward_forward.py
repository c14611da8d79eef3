"""Exercises eq1 to eq4 with their gradients, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue.draws import real, sizes
from mfnumpy.check.catalogue.ff_losses import gradient_mistakes, loss_mistakes, sigmoid, softplus
from mfnumpy.check.catalogue.goodness import make_goodness
from mfnumpy.check.model import Case, Exercise, Property, Rng


def _draw_goodness(rng: Rng, k: int) -> Case:
    N, n = sizes(rng, k, 7, 6)
    theta = float(np.round(rng.uniform(1.5, 4.5), 3))
    return Case((theta + real(rng, N) * 1.5 + rng.choice([-0.4, 0.4]), theta), {"N": N, "theta": theta, "n": n})


def _extreme_goodness(rng: Rng) -> list[Case]:
    theta = 3.25
    low, high = theta + real(rng, 5), theta + real(rng, 6)
    low[1], high[2] = theta - 1000, theta + 1000
    return [
        Case((low, theta), {"N": 5, "theta": theta, "n": 9}, "a goodness 1000 below theta", "overflow|epsilon_in_log"),
        Case(
            (high, theta), {"N": 6, "theta": theta, "n": 11}, "a goodness 1000 above theta", "overflow|epsilon_in_log"
        ),
    ]


def _recipe(argument: Callable, curve: Callable, sign: float) -> Callable:
    """mean (or 1/N, for a gradient) of sign * curve(argument(G, theta))."""

    def loss(G, theta, *, argument=argument, curve=curve, sign=sign, mean=lambda values: values.mean(), whole=None):
        """The loss by this recipe."""
        return whole(G, theta) if whole is not None else mean(sign * curve(argument(G, theta)))

    return loss


_SENTENCES = {
    "epsilon_in_log": "A small number (an epsilon) inside the logarithm, or a clip of the exponent, bounds the loss "
    "(it saturates): far from theta, where it should be large, it is too small."
}


def _make_loss(number: int, kind: str, d: float) -> tuple[Exercise, Exercise]:
    reference, slope = {
        3: (eq.positive_loss, eq.positive_loss_gradient),
        4: (eq.negative_loss, eq.negative_loss_gradient),
    }[number]
    shared: dict[str, Any] = {"arguments": ("G", "theta"), "draw": _draw_goodness, "extremes": _extreme_goodness}
    loss = Exercise(
        name=f"eq{number}",
        title=f"Eq. ({number})",
        outputs=("loss",),
        about=f"""The loss of {kind} data with goodness G, the mean over the batch.

    G: (N,) goodness, also 1000 away from theta. theta: a float, the threshold. Returns a float.""",
        lesson="lesson 7",
        reference=reference,
        recipe=_recipe(lambda G, theta: d * (theta - G), softplus, 1.0),
        slices={"sample": {"G": 0}},
        sentences=_SENTENCES,
        properties=(Property("loss", "the loss is not negative", lambda args, loss: bool(loss >= 0)),),
        mistakes=loss_mistakes(d),
        **shared,
    )
    gradient = Exercise(
        name=f"eq{number}_gradient",
        title=f"Eq. ({number}), its gradient at G",
        outputs=("dG",),
        about=f"""The gradient of Eq. ({number}) at the goodness; the loss is the mean over the batch.

    G: (N,) goodness, also 1000 away from theta. theta: a float, the threshold. Returns dG: (N,).""",
        lesson="lesson 7",
        reference=slope,
        recipe=_gradient_recipe(d),
        axes={"dG": ("sample",)},
        properties=(
            Property(
                "dG",
                f"dG is {'negative' if d > 0 else 'positive'} for every sample",
                lambda args, dG: bool((d * dG < 0).all()),
            ),
        ),
        mistakes=gradient_mistakes(d),
        **shared,
    )
    return loss, gradient


def _gradient_recipe(d: float) -> Callable:
    inner = _recipe(lambda G, theta: d * (theta - G), sigmoid, -d)

    def gradient(G, theta, *, mean=lambda g: g / len(g), **steps):
        """The gradient by this recipe."""
        return inner(G, theta, mean=mean, **steps)

    return gradient


EXERCISES = (
    make_goodness(1, "positive"),
    make_goodness(2, "negative"),
    *_make_loss(3, "positive", 1.0),
    *_make_loss(4, "negative", -1.0),
)
