"""The stages of each training step, and the formulas that are tried for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.diagnose import formulas, formulas_of_cross_entropy
from mfnumpy.check.diagnose.stages import ACTIVATIONS, ENTERED, Probe, alike, error_behind, said
from mfnumpy.check.model import Case, Finding

Table = Mapping[str, Callable]
Facts = tuple[list[Finding], bool]
"""What is wrong in the stages, and whether every stage is explained."""

RELU = "max({}, 0)"
ERROR = "softmax(G) - one-hot(y)"
GATE = "da * [z > 0]"


def hidden_activation(rows: Sequence[tuple[Callable, ...]]) -> str | None:
    """The first activation with which all rows give an error: row(activation) -> error or None."""
    for name, curve in ACTIVATIONS.items():
        if all(row[0](curve) is not None for row in rows):
            return name
    return None


def output_error(found: Sequence[np.ndarray], scores: Sequence[Mapping[str, Callable]], ys: Sequence[np.ndarray],
                 cases: Sequence[Case]) -> tuple[str, str] | None:  # fmt: skip
    """Which formula the error of the output is, with which scores; None if none is.

    found: the error, of each case.
    scores: by name, the usual first.
    ys: the labels.
    cases: as in `alike`.
    """
    for name in scores[0]:
        right = [
            {f"{ERROR}, with G = {name}": partial(_difference, s[name], y)} for s, y in zip(scores, ys, strict=True)
        ]
        if hit := alike(found, right, cases):
            return (ERROR if name == next(iter(scores[0])) else hit[0]), hit[1]
    usual = next(iter(scores[0]))
    with np.errstate(all="ignore"):
        tables = [
            dict(formulas_of_cross_entropy.cross_entropy_slope(s[usual](), y)) for s, y in zip(scores, ys, strict=True)
        ]
        return alike(found, tables, cases)


def _difference(scores: Callable, y: np.ndarray) -> np.ndarray:
    G = scores()
    return eq.softmax(G) - eq.one_hot(y, G.shape[1], "float64")


def hidden_error(found: Sequence[np.ndarray], zs: Sequence[np.ndarray], tops: Sequence[Table],
                 matrices: Sequence[Table], cases: Sequence[Case]) -> tuple[str, str] | None:  # fmt: skip
    """Which formula the error at a hidden layer is: a gate of z, and the error that comes back through a matrix.

    found, zs: the error and the pre-activation, of each case.
    tops, matrices: by name, those of the right answer first.
    cases: as in `alike`.
    """
    first = [next(iter(tops[0])), next(iter(matrices[0]))]

    def back(top: str, matrix: str) -> list[Callable]:
        """The error at the activation, on each case."""
        return [partial(_through, t.get(top), M.get(matrix)) for t, M in zip(tops, matrices, strict=True)]

    das = [da() for da in back(*first)]
    if all(da is not None for da in das):
        tables = [dict(formulas.relu_backward(z, da)) for z, da in zip(zs, das, strict=True)]
        usual = [{GATE: table[GATE], **table} for table in tables]
        if hit := alike(found, usual, cases):
            return hit
    for top, matrix in product(tops[0], matrices[0]):
        gates = [
            {
                f"{GATE}, with da = {top} {matrix}": partial(_gated, z, da, True),
                f"da, with da = {top} {matrix} and no mask": partial(_gated, z, da, False),
            }
            for z, da in zip(zs, back(top, matrix), strict=True)
        ]
        if [top, matrix] != first and (hit := alike(found, gates, cases)):
            return hit
    return None


def _through(top: Callable | None, matrix: Callable | None) -> np.ndarray | None:
    if top is None or matrix is None:
        return None
    d, M = top(), matrix()
    return d @ M if d.shape[1] == M.shape[0] else None


def _gated(z: np.ndarray, da: Callable, masked: bool) -> np.ndarray:
    value = da()
    if value is None:
        raise ValueError("These do not fit.")
    return value * (z > 0) if masked else value


def changed(name: str, d: np.ndarray) -> dict[str, Callable]:
    """What a person may do by mistake to an error before it is sent back."""
    return {
        name: lambda: d,
        f"sign({name})": lambda: np.sign(d),
        f"|{name}|": lambda: np.abs(d),
        f"{name}^2": lambda: d * d,
        f"min({name}, 0)": lambda: np.minimum(d, 0),
        f"max({name}, 0)": lambda: np.maximum(d, 0),
        f"(the mean of {name} over the batch)": lambda: np.broadcast_to(d.mean(axis=0), d.shape),
        f"({name} with rows of length 1)": lambda: d / (np.linalg.norm(d, axis=1, keepdims=True) + 1e-300),
        f"({name} scaled to length 1)": lambda: d / (np.linalg.norm(d) + 1e-300),
        f"(the largest entry of {name} in each row)": lambda: d * (np.abs(d) == np.abs(d).max(axis=1, keepdims=True)),
        f"(the smallest entry of {name} in each row)": lambda: d * (d == d.min(axis=1, keepdims=True)),
    }


def turned(name: str, M: np.ndarray) -> dict[str, Callable]:
    """What a person may do by mistake to a matrix through which an error is sent back."""
    return {
        name: lambda: M,
        f"sign({name})": lambda: np.sign(M),
        f"|{name}|": lambda: np.abs(M),
        f"{name}, squared": lambda: M * M,
        f"{name} with rows of length 1": lambda: M / np.linalg.norm(M, axis=1, keepdims=True),
        f"{name} with columns of length 1": lambda: M / np.linalg.norm(M, axis=0),
        f"ones instead of {name}": lambda: np.ones_like(M),
        f"the pseudo-inverse instead of {name}": lambda: np.linalg.pinv(M).T,
        f"{name}, reshaped": lambda: M.T.reshape(M.shape),
        f"{name}, its rows in reverse order": lambda: M[::-1],
        f"a softmax of {name}": lambda: eq.softmax(M),
    }


def mf_step(probes: Sequence[Probe]) -> Facts:
    """The activation, the error of the scores, and the error at the block's weights."""
    cases = [p.case for p in probes]
    xs, ys, Ws, Ms, lrs = (list(column) for column in zip(*(p.case.args for p in probes), strict=True))
    zs = [x @ W for x, W in zip(xs, Ws, strict=True)]
    moves = [p.changes for p in probes]
    name = hidden_activation(
        [(lambda f, z=z, c=c: error_behind(f(z), c["M"].T),) for z, c in zip(zs, moves, strict=True)]
    )
    if name is None:
        return [], False
    facts = [] if name == RELU else [said("The activation that the gradient of M uses", name.format("z"), "")]
    used = [ACTIVATIONS[name](z) for z in zs]
    dGs = [error_behind(a, c["M"].T) * len(a) / lr for a, c, lr in zip(used, moves, lrs, strict=True)]  # type: ignore[operator]
    scores = [_scores(*row) for row in zip(xs, zs, used, Ms, moves, strict=True)]
    hit = output_error(dGs, scores, ys, cases)
    if hit is not None and hit != (ERROR, ""):
        facts.append(said("The gradient at the scores", *hit))
    complete = hit is not None
    enter, deltas = entering(xs, [c["W"] for c in moves])
    if not deltas:
        return facts, False
    if enter != "{}":
        facts.append(said("The input, as the gradient of W uses it,", enter.format("x"), ""))
    found = [d / lr for d, lr in zip(deltas, lrs, strict=True)]
    tops: list[Table] = [
        {**changed("dG", d / len(d)), "(dG with the new M)": partial(_again, a, M - c["M"], y), **_of_label(a @ M.T, y)}
        for d, a, M, c, y in zip(dGs, used, Ms, moves, ys, strict=True)
    ]
    matrices: list[Table] = [
        {**turned("M", M), "the new M": partial(np.subtract, M, c["M"])} for M, c in zip(Ms, moves, strict=True)
    ]
    hit = hidden_error(found, zs, tops, matrices, cases)
    if hit is not None and hit != (GATE, ""):
        facts.append(said("The error at z", *hit))
    complete = complete and hit is not None
    handed = [c["a"] for c in moves]
    tables = [_handed_on(*row) for row in zip(xs, zs, Ws, moves, strict=True)]
    hit = alike(handed, tables, cases)
    if hit is not None and hit != (RELU.format("z"), ""):
        facts.append(said("The activation that is handed on", *hit))
    return facts, complete and hit is not None


def _of_label(G: np.ndarray, y: np.ndarray) -> dict[str, Callable]:
    """A part of the error at the scores, or what it is made from."""
    p, hot = eq.softmax(G), eq.one_hot(y, G.shape[1], "float64")
    return {
        "(softmax(G), without the label)": lambda: p / len(y),
        "(one-hot(y), without softmax(G))": lambda: hot / len(y),
        "(the scores G)": lambda: G / len(y),
        "(the error of the true class alone)": lambda: (p - hot) * hot / len(y),
        "(the error of the other classes alone)": lambda: (p - hot) * (1 - hot) / len(y),
        "(the error of the next sample)": lambda: np.roll(p - hot, -1, axis=0) / len(y),
        "(the error of the first sample)": lambda: np.broadcast_to((p - hot)[:1], p.shape) / len(y),
    }


def entering(xs: Sequence[np.ndarray], dWs: Sequence[np.ndarray]) -> tuple[str, list[np.ndarray]]:
    """With which form of the input the gradients give an error, and these errors; ("", []) if with none.

    xs, dWs: the input and the gradient, of each probe.
    """
    for name, form in ENTERED.items():
        errors = [error_behind(form(x), dW) for x, dW in zip(xs, dWs, strict=True)]
        if all(error is not None for error in errors):
            return name, [error for error in errors if error is not None]
    return "", []


def _scores(x: np.ndarray, z: np.ndarray, a: np.ndarray, M: np.ndarray, move: Mapping) -> dict[str, Callable]:
    return {
        "a M^T": lambda: a @ M.T,
        "z M^T": lambda: z @ M.T,
        "a M^T / sqrt(n)": lambda: a @ M.T / np.sqrt(a.shape[1]),
        "a M^T / n": lambda: a @ M.T / a.shape[1],
        "-a M^T": lambda: -a @ M.T,
        "a^2 M^T": lambda: a * a @ M.T,
        "max(a M^T, 0)": lambda: np.maximum(a @ M.T, 0),
        "max(z, 0) M^T": lambda: np.maximum(z, 0) @ M.T,
        "a of length 1, times M^T": lambda: eq_unit(a) @ M.T,
        "the scores after the update of M": lambda: a @ (M - move["M"]).T,
    }


def eq_unit(a: np.ndarray) -> np.ndarray:
    """Each row scaled to length 1."""
    return a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)


def _again(a: np.ndarray, M: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _difference(lambda: a @ M.T, y) / len(y)


def _handed_on(x: np.ndarray, z: np.ndarray, W: np.ndarray, move: Mapping) -> dict[str, Callable]:
    new = x @ (W - move["W"])
    return {
        **{name.format("z"): partial(curve, z) for name, curve in ACTIVATIONS.items()},
        **{name.format("z'") + " with z' = x W after the update": partial(f, new) for name, f in ACTIVATIONS.items()},
    }


def eq7(probes: Sequence[Probe]) -> Facts:
    """The error at z, from the error at the scores."""
    cases = [p.case for p in probes]
    rows = [p.case.args for p in probes]
    enter, found = entering([r[0] for r in rows], [p.changes["dW"] for p in probes])
    if not found:
        return [], False
    facts = [said("The input, as the gradient uses it,", enter.format("x"), "")] if enter != "{}" else []
    zs, tops, matrices = [r[1] for r in rows], [changed("dG", r[3]) for r in rows], [turned("M", r[2]) for r in rows]
    hit = hidden_error(found, zs, tops, matrices, cases)
    if hit and hit != (GATE, ""):
        facts.append(said("The error at z", *hit))
    return facts, hit is not None
