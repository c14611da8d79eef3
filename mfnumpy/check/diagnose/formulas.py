"""The formulas that are tried for each exercise: put together from arguments, curves, reductions and targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from mfnumpy import equations as eq

Formula = tuple[str, Callable[[], np.ndarray]]
Table = tuple[np.ndarray, list[list[str]], Callable[..., str]]
"""The values of all formulas, the words of the parts along each axis, and what makes a formula of the words."""


def _sigmoid(u: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * u))


OF: dict[str, Callable] = {
    "{}": lambda u: u, "|{}|": np.abs, "{}^2": np.square, "{}^3": lambda u: u**3,
        "max({}, 0)": lambda u: np.maximum(u, 0),
    "sign({})": np.sign, "[{} > 0]": lambda u: (u > 0) * 1.0, "[{} < 0]": lambda u: (u < 0) * 1.0, "exp({})": np.exp,
    "sigmoid({})": _sigmoid, "tanh({})": np.tanh, "softplus({})": lambda u: np.logaddexp(0, u),
    "sqrt|{}|": lambda u: np.sqrt(np.abs(u)), "log(1 + |{}|)": lambda u: np.log1p(np.abs(u)), "1": np.ones_like,
    "exp(-{})": lambda u: np.exp(-u), "1 / {}": lambda u: 1 / u, "min({}, 0)": lambda u: np.minimum(u, 0),
    "sigmoid'({})": lambda u: _sigmoid(u) * _sigmoid(-u), "tanh'({})": lambda u: 1 - np.tanh(u) ** 2,
    "max({}, 0)^2": lambda u: np.maximum(u, 0) ** 2, "log|{}|": lambda u: np.log(np.abs(u)),
    "min(max({}, 0), 1)": lambda u: np.clip(u, 0, 1),
}  # fmt: skip
OVER: dict[str, Callable] = {
    "the sum": np.sum, "the mean": np.mean, "the largest": np.max, "the smallest": np.min, "the product": np.prod,
    "the median": np.median, "the standard deviation": np.std, "the variance": np.var,
}  # fmt: skip
_THEN: dict[str, Callable] = {
    "{}": lambda u: u, "{}^2": np.square, "the square root of {}": lambda u: np.sqrt(np.abs(u)),
        "log {}": lambda u: np.log(np.abs(u)),
    "|{}|": np.abs, "exp {}": np.exp, "1 / {}": lambda u: 1 / u, "1 - {}": lambda u: 1 - u,
}  # fmt: skip


def relu_backward(z: np.ndarray, da: np.ndarray) -> Iterator[Formula]:
    """A curve of da times a curve of z, and a few that choose between two."""
    for one, f in OF.items():
        for two, g in OF.items():
            yield f"{one.format('da')} * {two.format('z')}", partial(lambda f, g: f(da) * g(z), f, g)
    for name, wrong in {"da where da > z": da * (da > z), "da + z": da + z, "da - z": da - z,
        "max(da, z)": np.maximum(da, z),
                        "max(da + z, 0)": np.maximum(da + z, 0),
                            "da where z > mean of da": da * (z > da.mean()),
                        "[da * z > 0], a comparison without the sizes": (da * z > 0) * 1.0,
                        "da where da * z > 0": da * (da * z > 0), "da + [z > 0]": da + (z > 0),
                        "da / z where z > 0": da * (z > 0) / z,
                            "da where z is above its median": da * (z > np.median(z)),
                        "da where z is its row's largest": da * (z == z.max(axis=-1, keepdims=True)),
                        "da where z is its column's largest": da * (z == z.max(axis=0)),
                        "the smaller of da and z": np.minimum(da, z),
                        "da where z[:, 0] is positive, one mask for all columns": da * (z[:, :1] > 0),
                        "da where the first neuron is active, one mask for all columns": da * (
                            z[..., :1] > 0),
                                "da where the last neuron is active, one mask for all columns": da * (z[..., -1:] > 0),
                        "da where the first sample is active, one mask for all rows": da * (z[:1] > 0),
                        "da where the last sample is active, one mask for all rows": da * (z[-1:] > 0),
                        "da times the number (or share) of active samples, a mask that is summed (averaged) over the "
                        "batch":
                            da * (z > 0).sum(axis=0),
                        "da times the number of active neurons, a mask that is summed over the row":
                            da * (z > 0).sum(axis=-1, keepdims=True),
                        "da where any neuron is active": da * (z > 0).any(axis=-1, keepdims=True),
                        "da where any entry along axis 1 is active": da * (z > 0).any(axis=1, keepdims=True),
                        "da where all neurons are active": da * (z > 0).all(axis=-1, keepdims=True),
                        "da where z and da are both positive, else 0, and z there": np.where((z > 0) & (da > 0), z, 0),
                        "da * a (1 - a), a sigmoid's slope with a = max(z, 0) in it": da * np.maximum(z, 0) * (
                            1 - np.maximum(z, 0)), "da (1 - a^2), tanh's slope with a = max(z, 0) in it": da * (
                            1 - np.maximum(z, 0) ** 2), "da * z (1 - z)": da * z * (1 - z),
                        "da (1 - z^2)": da * (1 - z * z), "max(da * z, 0)": np.maximum(da * z, 0),
                        "da - da where z > 0": da - da * (z > 0) / 2}.items():  # fmt: skip
        yield name, partial(np.asarray, wrong)
    for share in (0.01, 0.05, 0.1, 0.2, 0.3, 0.5):
        yield (
            f"da where z > 0, {share:g} da elsewhere, a leaky slope",
            partial(np.asarray, np.where(z > 0, da, share * da)),
        )
    lengths = {"as a whole": np.linalg.norm(da), "row by row": np.linalg.norm(da, axis=-1, keepdims=True)}
    for how, length in lengths.items():
        yield f"da scaled to length 1 {how}, where z > 0", partial(np.divide, da * (z > 0), length)
    for words, inside in (
        ("z > 0 else -da", np.where(z > 0, da, -da)),
        ("z > 0 else z", np.where(z > 0, da, z)),
        ("z > 0 else 1", np.where(z > 0, da, 1)),
        ("z > 0 else max(da, 0)", np.where(z > 0, da, np.maximum(da, 0))),
    ):
        yield f"da where {words}", partial(np.asarray, inside)  # fmt: skip


def goodness(a: np.ndarray) -> Iterator[Formula]:
    """An outer function of a reduction of a curve of a, along either axis."""
    for inner, f in OF.items():
        for axis, where in ((1, "over the neurons"), (0, "over the batch")):
            for over, reduce in OVER.items():
                for outer, h in _THEN.items():
                    what = outer.format(f"{over} {where} of {inner.format('a')}")
                    yield what, partial(lambda f, r, h, axis: h(r(f(a), axis=axis)), f, reduce, h, axis)
    G = (a * a).sum(axis=1)
    for name, value in {"the sum of a^2 plus the sum of a": G + a.sum(axis=1),
        "the sum of a^2 minus the sum of a": G - a.sum(axis=1),
                        "the sum of a^2 minus the number of neurons": G - a.shape[1],
                            "the square of the first neuron": a[:, 0] ** 2,
                        "the square of the last neuron": a[:, -1] ** 2,
                            "the sum of a^2 up to that row": np.cumsum(G),
                        "the sum of the products with all other rows as well (a @ a.T, of which only the diagonal "
                        "belongs here)": a @ a.sum(axis=0), "the products with the next row": (a * np.roll(
                            a, -1, axis=0)).sum(axis=1), "the products with the row before": (a * np.roll(
                            a, 1, axis=0)).sum(axis=1), "the products with the first row": a @ a[0],
                        "the products with the mean row": a @ a.mean(axis=0)}.items():  # fmt: skip
        yield name, partial(np.asarray, value)


def _arguments(G: np.ndarray, theta: float) -> dict[str, np.ndarray]:
    return {
        "theta - G": theta - G, "G - theta": G - theta, "G": G, "-G": -G, "G + theta": G + theta,
            "theta * G": theta * G,
        "-theta * G": -theta * G, "G / theta": G / theta, "G^2 - theta": G * G - theta, "theta - G^2": theta - G * G,
        "theta - the sum of G": np.full(G.shape, theta - G.sum()), "the sum of G - theta": np.full(G.shape,
            G.sum() - theta),
        "theta - G / N": theta - G / len(G), "G / N - theta": G / len(G) - theta, "theta - N G": theta - len(G) * G,
        "theta^2 - G": theta**2 - G, "G - theta^2": G - theta**2, "theta^2 - G^2": theta**2 - G**2,
        "(theta - G) / theta": (theta - G) / theta, "theta - the mean of G": np.full(G.shape, theta - G.mean()),
        "-|theta - G|": -np.abs(theta - G), "the root of G - theta": np.sqrt(np.abs(G)) - theta,
        "theta - the root of G": theta - np.sqrt(np.abs(G)), "theta - max(G, 0)": theta - np.maximum(G, 0),
        "theta - G in reverse order": theta - G[::-1], "1 - G": 1 - G, "G - 1": G - 1, "theta": np.full(G.shape, theta),
    }  # fmt: skip


def loss_table(G: np.ndarray, theta: float) -> Table:
    """Outer function of a reduction of a curve of an argument, for all of them at once."""
    arguments = _arguments(G, theta)
    curves = np.array([[f(u) for f in OF.values()] for u in arguments.values()])
    reduced = np.stack([*(r(curves, axis=-1) for r in OVER.values()), curves[..., 0], curves[..., -1]], axis=-1)
    values = np.stack([h(reduced) for h in _THEN.values()], axis=-1)
    words = [list(arguments), list(OF), [*OVER, "the first", "the last"], list(_THEN)]

    def read(u: str, curve: str, over: str, then: str) -> str:
        """The formula in words."""
        return then.format(f"{over} of {curve.format(f'({u})')}")

    return values, words, read


def loss_slope(G: np.ndarray, theta: float) -> Iterator[Formula]:
    """A curve of an argument made of G and theta, times a weight."""
    weights = {"": np.ones_like(G), " * G": G, " * theta": np.full(G.shape, theta), " * (G - theta)": G - theta,
               " where G > theta": (theta < G) * 1.0, " where G < theta": (theta > G) * 1.0}  # fmt: skip
    for name, u in _arguments(G, theta).items():
        for inner, f in OF.items():
            for times, w in weights.items():
                yield f"{inner.format(f'({name})')}{times}", partial(lambda u, f, w: f(u) * w, u, f, w)
            yield (
                f"the mean of {inner.format(f'({name})')} for each",
                partial(lambda u, f: np.full(u.shape, f(u).mean()), u, f),
            )
        yield f"sigmoid({name}) - 1/2", partial(lambda u: _sigmoid(u) - 0.5, u)


def probabilities_of(G: np.ndarray) -> dict[str, np.ndarray]:
    """What may stand for softmax(G), by its words."""
    return {
        "softmax(G)": eq.softmax(G), "softmax(-G)": eq.softmax(-G), "sigmoid(G)": _sigmoid(G),
            "softmax over the batch": eq.softmax(G.T).T,
        "exp(G)": np.exp(G), "G": G, "softmax(softmax(G))": eq.softmax(eq.softmax(G)),
            "softmax(|G|)": eq.softmax(np.abs(G)),
        "softmax(max(G, 0))": eq.softmax(np.maximum(G, 0)),
            "exp(G) / the total of everything": np.exp(G) / np.exp(G).sum(),
        "softmax(tanh(G))": eq.softmax(np.tanh(G)), "softmax(sigmoid(G))": eq.softmax(_sigmoid(G)),
            "softmax(G^2)": eq.softmax(G * G),
        "softmax(G / the row's largest |G|)": eq.softmax(G / np.abs(G).max(axis=1, keepdims=True)),
            "softmax(G / m)": eq.softmax(G / G.shape[1]),
        "softmax(G), squared": eq.softmax(G) ** 2, "softmax of normalised rows": eq.softmax(G / np.linalg.norm(G,
            axis=1, keepdims=True)),
        "softmax(G) rounded to 0 or 1": (G.max(axis=1, keepdims=True) == G) * 1.0, "1 - softmax(G)": 1 - eq.softmax(G),
        "softmax in reverse": eq.softmax(G)[:, ::-1], "log softmax(G)": np.log(eq.softmax(G)), "tanh(G)": np.tanh(G),
        "the row-wise running sum of softmax(G)": np.cumsum(eq.softmax(G), axis=1),
            "sorted softmax(G)": np.sort(eq.softmax(G), axis=1),
        "softmax(G) / (1 - softmax(G))": eq.softmax(G) / (1 - eq.softmax(G)),
        "exp(G - row's largest) / row sum of exp(G)": np.exp(G - G.max(axis=1,
            keepdims=True)) / np.exp(G).sum(axis=1, keepdims=True),
        "exp(G - row's largest) / row sum of G": np.exp(G - G.max(axis=1, keepdims=True)) / G.sum(axis=1,
            keepdims=True),
        "exp(G) / (row sum of exp(G))^2": np.exp(G) / np.exp(G).sum(axis=1, keepdims=True) ** 2,
        "softmax(G) / its row's largest": eq.softmax(G) / eq.softmax(G).max(axis=1, keepdims=True),
        "sigmoid(G) / its row sum": _sigmoid(G) / _sigmoid(G).sum(axis=1, keepdims=True),
        "G^2 / its row sum": G * G / (G * G).sum(axis=1, keepdims=True),
        "|G| / its row sum": np.abs(G) / np.abs(G).sum(axis=1, keepdims=True),
        "max(G, 0) / its row sum": np.maximum(G, 0) / (np.maximum(G, 0).sum(axis=1, keepdims=True) + 1e-300),
        "exp(G) / the running sum along the row": np.exp(G) / np.cumsum(np.exp(G), axis=1),
        "exp(G) / the row's sum and those of all rows before": np.exp(G) / np.cumsum(np.exp(G).sum(axis=1))[:, None],
        "exp(G) / log of the row sum of exp(G)": np.exp(G) / np.log(np.exp(G).sum(axis=1, keepdims=True)),
        "exp(G - row's largest) / log of the row sum of exp(G)": np.exp(G - G.max(axis=1, keepdims=True)) / np.log(
            np.exp(G).sum(axis=1, keepdims=True)),
        "exp(G) / the row's largest exp(G)": np.exp(G - G.max(axis=1, keepdims=True)),
        "softmax(G / the row's largest)": eq.softmax(G / G.max(axis=1, keepdims=True)),
        "softmax(G clipped to [-1, 1])": eq.softmax(np.clip(G, -1, 1)),
        "softmax(G clipped to [0, 1])": eq.softmax(np.clip(G, 0, 1)),
        "softmax(G clipped to [-5, 5])": eq.softmax(np.clip(G, -5, 5)),
        "softmax(G^3)": eq.softmax(G**3), "softmax(log(1 + |G|))": eq.softmax(np.log1p(np.abs(G))),
        "softmax of standardised rows": eq.softmax((G - G.mean(axis=1, keepdims=True)) / G.std(axis=1, keepdims=True)),
        "exp(G) / column sum of exp(G)": np.exp(G) / np.exp(G).sum(axis=0), "G / row sum of G": G / G.sum(axis=1,
            keepdims=True),
        "softplus(G) / its row sum": np.logaddexp(0, G) / np.logaddexp(0, G).sum(axis=1, keepdims=True),
        "softmax(G - column mean)": eq.softmax(G - G.mean(axis=0)),
            "the mean softmax of the batch": np.broadcast_to(eq.softmax(G).mean(axis=0), G.shape),
    }  # fmt: skip


def softmax(scores: np.ndarray) -> Iterator[Formula]:
    """Probabilities of another kind, and functions of them."""
    for name, p in probabilities_of(scores).items():
        for outer, h in _THEN.items():
            yield outer.format(name), partial(lambda p, h: h(p), p, h)
