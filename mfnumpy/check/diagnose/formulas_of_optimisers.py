"""Formulas of one step of SGD and of Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

import numpy as np

from mfnumpy.check.diagnose.formulas import OF, Formula


def sgd(p: np.ndarray, g: np.ndarray, lr: float) -> Iterator[Formula]:
    """By how much the parameter is changed.

    p, g, lr: the arguments of sgd_step.
    """
    parts = {"1": np.ones_like(p), "p": p, "|p|": np.abs(p), "sign(p)": np.sign(p), "1 / p": 1 / p, "p^2": p * p}
    gradients = {
        **{curve.format("g"): f(g) for curve, f in OF.items()},
        "the mean of g": np.full(g.shape, g.mean()), "the sum of g": np.full(g.shape, g.sum()),
        "the row means of g": np.broadcast_to(g.mean(axis=1, keepdims=True), g.shape),
        "the column means of g": np.broadcast_to(g.mean(axis=0), g.shape), "g where |g| < 1": g * (np.abs(g) < 1),
        "g where |g| > 1": g * (np.abs(g) > 1), "g / (|g| + 1)": g / (np.abs(g) + 1), "g + sign(p)": g + np.sign(p),
        "g + p": g + p, "g - p": g - p, "g transposed and reshaped": g.reshape(g.shape[::-1]).T, "g reversed": g[::-1],
        "g / (1 + lr)": g / (1 + lr),
        "g / sqrt(g^2 + 1e-8)": g / np.sqrt(g * g + 1e-8), "g / (sqrt(g^2) + 1e-8)": g / (np.abs(g) + 1e-8),
            "g reshaped": g.T.reshape(g.shape),
    }  # fmt: skip
    for (one, u), (two, w) in product(gradients.items(), parts.items()):
        yield f"the change is {one} * {two}", partial(np.multiply, u, w)
    new = {"p - (1 - lr) g": p - (1 - lr) * g, "p - (1 + lr) g": p - (1 + lr) * g, "g - lr p": g - lr * p,
        "lr g - p": lr * g - p, "p - lr": p - lr + 0 * g,
        "p / (1 + lr g)": p / (1 + lr * g), "p - lr p": p - lr * p,
           "p exp(-lr g)": p * np.exp(-lr * g),
               "p - lr g, scaled to length 1": (p - lr * g) / np.linalg.norm(p - lr * g),
           "p - lr g, clipped to [-1, 1]": np.clip(p - lr * g, -1, 1),
               "p - lr g, without negative entries": np.maximum(p - lr * g, 0),
           "p - g^lr": p - np.abs(g) ** lr, "|p - lr g|": np.abs(p - lr * g),
               "the mean of p and p - lr g": p - lr * g / 2,
           "p - lr g, rounded": np.round(p - lr * g, 2), "(p - lr g) / (1 + lr)": (p - lr * g) / (1 + lr),
               "p - lr (g + 2 p)": p - lr * (g + 2 * p)}  # fmt: skip
    for name, value in new.items():
        yield f"the new parameter is {name}", partial(np.subtract, p, value)


def adam(p, g, m, v, t, lr, beta1, beta2, epsilon) -> Iterator[Formula]:  # type: ignore[no-untyped-def]
    """By how much the parameter is changed, with the moments as they should be.

    p, g, m, v, t, lr, beta1, beta2, epsilon: the arguments of adam_step.
    """
    new_m, new_v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    return adam_steps(g, m, v, new_m, new_v, t, lr, beta1, beta2, epsilon)


def adam_steps(g, m, v, new_m, new_v, t, lr, beta1, beta2, epsilon) -> Iterator[Formula]:  # type: ignore[no-untyped-def]
    """Formulas of the step of Adam, without the learning rate.

    g: the gradient.
    m, v: the moments before.
    new_m, new_v: the moments after.
    t, lr, beta1, beta2, epsilon: as in the exercise.
    """

    def corrected(name: str, x: np.ndarray, own: float, other: float) -> dict[str, np.ndarray]:
        """What may stand for the corrected moment x."""
        return {
            f"{name} / (1 - beta^t)": x / (1 - own**t), name: x, f"{name} / (1 - beta)": x / (1 - own),
                f"{name} / (1 - beta t)": x / (1 - own * t),
            f"{name} / (1 - beta^(t+1)), time one step ahead": x / (1 - own ** (t + 1)),
                f"{name} / (1 + beta^t)": x / (1 + own**t),
            f"{name} (1 - beta^t), multiplied": x * (1 - own**t), f"{name} / beta^t, without the 1 -": x / own**t,
                f"{name} / t": x / t,
            f"{name} / (1 - other beta^t)": x / (1 - other**t), f"{name} t / (1 - beta)": x * t / (1 - own),
                f"{name} / (1 - beta)^t": x / (1 - own) ** t,
            f"{name} / (1 - beta^(t-1)), time one step behind": x / (1 - own ** (t - 1)) if t > 1 else x,
            f"{name} / (1 - beta^-t)": x / (1 - own**-t), f"{name} / (1 - beta^t)^2": x / (1 - own**t) ** 2,
                f"{name} / sqrt(1 - beta^t)": x / np.sqrt(1 - own**t),
            f"{name} / (1 - 0.9^t)": x / (1 - 0.9**t), f"{name} / (1 - 0.999^t)": x / (1 - 0.999**t),
                f"{name} / (1 - beta^(2t))": x / (1 - own ** (2 * t)),
            f"{name} / (1 - beta / t)": x / (1 - own / t), f"{name} - beta^t": x - own**t,
                f"{name} / (t - beta)": x / (t - own),
        }  # fmt: skip

    firsts = {
        **corrected("m", new_m, beta1, beta2),
        **corrected("g", g, beta1, beta2),
        "old m / (1 - beta^t)": m / (1 - beta1**t),
        "sign of m": np.sign(new_m),
    }
    seconds = {**corrected("v", new_v, beta2, beta1), "g^2": g * g, "old v / (1 - beta^t)": v / (1 - beta2**t),
        "the mean of v": np.full(v.shape, new_v.mean() / (1 - beta2**t)),
               "the sum of v": np.full(v.shape, new_v.sum() / (1 - beta2**t)), "the largest of v": np.full(v.shape,
                   new_v.max() / (1 - beta2**t)), "m^2": new_m**2}  # fmt: skip
    ways: dict[str, Callable] = {
        "m / (sqrt(v) + epsilon)": lambda a, b: a / (np.sqrt(b) + epsilon),
            "m / sqrt(v + epsilon), epsilon under the root": lambda a, b: a / np.sqrt(b + epsilon),
        "m / (v + epsilon), without the root": lambda a, b: a / (b + epsilon), "m sqrt(v), multiplied": lambda a,
            b: a * np.sqrt(b),
        "m / (sqrt(v) epsilon)": lambda a, b: a / (np.sqrt(b) * epsilon), "m / (1 + sqrt(v))": lambda a,
            b: a / (1 + np.sqrt(b)), "m (sqrt(v) + epsilon), multiplied": lambda a, b: a * (np.sqrt(b) + epsilon),
                "m v": lambda a, b: a * b,
        "sqrt|m| / sqrt(v)": lambda a, b: np.sqrt(np.abs(a)) / (np.sqrt(b) + epsilon), "m / v^2": lambda a,
            b: a / (b * b + epsilon), "m": lambda a, b: a,
        "m / (sqrt(v + epsilon) + epsilon), epsilon twice": lambda a, b: a / (np.sqrt(b + epsilon) + epsilon),
        "m epsilon / sqrt(v), epsilon multiplied": lambda a, b: a / np.sqrt(b) * epsilon,
        "m / (sqrt(v) - epsilon)": lambda a, b: a / (np.sqrt(b) - epsilon),
            "m / sqrt(v), then epsilon added": lambda a, b: a / np.sqrt(b) + epsilon,
        "m / sqrt(v), and epsilon added to the parameter": lambda a, b: a / np.sqrt(b) - epsilon / lr,
    }  # fmt: skip
    for power, words in (
        (1, "without the root of 1 - beta2^t"),
        (-1, "with 1 - beta2^t divided, and without its root"),
        (-0.5, "with the root of 1 - beta2^t divided, not multiplied"),
        (0, "without 1 - beta2^t, the bias correction of v"),
        (0.25, "with a root too many"),
        (2, "with 1 - beta2^t squared"),
    ):
        for one, a in firsts.items():
            step = partial(lambda a, k: a * (1 - beta2**t) ** k / (np.sqrt(new_v) + epsilon), a, power)
            yield f"the step is lr_t m / (sqrt(v) + epsilon), {words}, with {one} for m", step
    for (one, a), (two, b), (way, f) in product(firsts.items(), seconds.items(), ways.items()):
        yield f"the step is {way}, with {one} for m and {two} for v", partial(f, a, b)
