"""The stages of a step of Forward-Forward, and the formulas that are tried for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from mfnumpy.check.diagnose import formulas
from mfnumpy.check.diagnose.stages import ACTIVATIONS, Probe, error_behind, said
from mfnumpy.check.diagnose.stages_of_steps import RELU, Facts


def ff_step(probes: Sequence[Probe]) -> Facts:
    """Of each half of the data: what the activation gives to each neuron, and the slope of the loss."""
    slopes: list[np.ndarray] = []
    shares = None
    for p in probes:
        x_pos, x_neg, *_, lr = p.case.args
        both = np.concatenate([x_pos, x_neg])
        d = error_behind(both, p.changes["W"])
        if d is None:
            return [], False
        slopes.append(d / lr)
    names = {n: f for n, f in ACTIVATIONS.items() if n != RELU}
    table = {"2 max(z, 0)": lambda z: 2 * np.maximum(z, 0), **{n.format("z"): f for n, f in names.items()},
             "tanh(z) tanh'(z)": lambda z: np.tanh(z) * (1 - np.tanh(z) ** 2),
             "[z > 0] z^2": lambda z: z * z * (z > 0),
             "a of a leaky ReLU times its slope": lambda z: np.where(z > 0, z, 0.01 * z)}  # fmt: skip
    shares = [name for name, f in table.items() if _is_share(probes, slopes, f)]
    if not shares:
        return [], False
    name = shares[0]
    numbers = np.array([_along(d, _z(p), table[name]) for d, p in zip(slopes, probes, strict=True)])
    facts = [] if name == "2 max(z, 0)" else [said("The gradient of the goodness at the activation", name, "")]
    said_slopes = [_slope(numbers[:, half], probes, half) for half in (0, 1)]
    for half, text in enumerate(said_slopes):
        if text:
            facts.append(said(f"The slope of the loss of the {('positive', 'negative')[half]} data", text, ""))
    return facts, all(text is not None for text in said_slopes)


def _z(p: Probe) -> np.ndarray:
    x_pos, x_neg, W, *_ = p.case.args
    return np.concatenate([x_pos, x_neg]) @ W


def _is_share(probes: Sequence[Probe], slopes: Sequence[np.ndarray], curve: Callable) -> bool:
    return all(
        np.allclose(np.array(_along(d, _z(p), curve))[:, None] * curve(_z(p)), d, rtol=0, atol=1e-6 * np.abs(d).max())
        for d, p in zip(slopes, probes, strict=True)
    )


def _along(d: np.ndarray, z: np.ndarray, curve: Callable) -> list[float]:
    f = curve(z)
    return list((d * f).sum(axis=1) / ((f * f).sum(axis=1) + 1e-300))


def _slope(found: np.ndarray, probes: Sequence[Probe], half: int) -> str | None:
    """The formula of the slope; "" for the right one; None if none fits."""
    z = np.array([_z(p)[half] for p in probes], dtype=object)
    theta = np.array([p.case.args[3] for p in probes])
    goodness = {
        "G": lambda z: (np.maximum(z, 0) ** 2).sum(), "the mean of a^2": lambda z: (np.maximum(z, 0) ** 2).mean(),
        "half the sum of a^2": lambda z: 0.5 * (np.maximum(z, 0) ** 2).sum(), "the sum of a": lambda z: np.maximum(z,
            0).sum(),
        "the length of a": lambda z: np.linalg.norm(np.maximum(z, 0)), "the largest a": lambda z: np.maximum(z,
            0).max(),
        "the sum of z^2": lambda z: (z * z).sum(), "the sum of tanh(z)^2": lambda z: (np.tanh(z) ** 2).sum(),
        "the mean of a": lambda z: np.maximum(z, 0).mean(), "the sum of a^4": lambda z: (np.maximum(z, 0) ** 4).sum(),
        "the largest a^2": lambda z: (np.maximum(z, 0) ** 2).max(),
    }  # fmt: skip
    sign = (-1.0, 1.0)[half]
    for text, f in goodness.items():
        G = np.array([f(row) for row in z], dtype=float)
        arguments = {"theta - G": theta - G, "G - theta": G - theta, "G": G, "-G": -G, "G + theta": G + theta,
                     "theta - G + 1": theta - G + 1, "G - theta + 1": G - theta + 1, "G - theta - 1": G - theta - 1,
                     "2 (theta - G)": 2 * (theta - G), "2 (G - theta)": 2 * (G - theta), "2 - G": 2 - G, "G - 2": G - 2,
                     "1 - G": 1 - G, "G - 1": G - 1, "2 theta - G": 2 * theta - G, "G - 2 theta": G - 2 * theta,
                     "theta": theta, "G / theta": G / theta, "theta^2 - G": theta**2 - G,
                         "G - theta^2": G - theta**2}  # fmt: skip
        for (argument, u), (curve, g) in product(arguments.items(), formulas.OF.items()):
            with np.errstate(all="ignore"):
                value = sign * g(u)
            right = text == "G" and curve == "sigmoid({})" and argument == ("theta - G", "G - theta")[half]
            if np.isfinite(value).all() and np.abs(value).max() > 0:
                r = float(found @ value / (value @ value))
                if np.allclose(found, r * value, rtol=0, atol=1e-6 * np.abs(found).max()) and abs(r) > 1e-6:
                    times = "" if np.isclose(r, 1) else f"{r:.4g} x "
                    own = f", with {text} for G" if text != "G" else ""
                    return "" if right and not times else f"{times}{curve.format(f'({argument})')}{own}"
    return None
