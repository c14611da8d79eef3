"""Formulas of labels in inputs, normalisation and predictions; and all formulas by exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.diagnose import formulas, formulas_of_cross_entropy, formulas_of_optimisers
from mfnumpy.check.diagnose.formulas import OF, OVER, Formula, Table


def _overlay(x: np.ndarray, y: np.ndarray, n: int) -> Iterator[Formula]:
    rows, D = np.arange(len(y)), x.shape[1]
    areas = {"the first n_classes inputs": slice(0, n), "one input too many": slice(0, n + 1),
        "one input too few": slice(0, n - 1), "no input": slice(0, 0),
             "every input": slice(0, D), "the last n_classes inputs": slice(D - n, D),
                 "all but the first n_classes inputs": slice(n, D), "the inputs from the second on": slice(1,
                 n)}  # fmt: skip
    cleared: dict[str, Callable] = {
        "set to 0": lambda a: 0 * a,
        "halved": lambda a: a / 2,
        "negated": lambda a: -a,
        "set to 1": np.ones_like,
    }
    places = {"the label": y, "the label + 1": y + 1, "the label - 1": y - 1, "the reversed label": n - 1 - y,
        "the label from the end": D - 1 - y, "n_classes + the label": n + y,
              "the label of the next sample": np.roll(y, -1), "the label of the sample before": np.roll(y, 1),
                  "the first label": np.full_like(y, y[0]), "D - n_classes + the label": D - n + y}  # fmt: skip
    values = {"1": np.ones(len(y)), "the row's largest": x.max(axis=1), "the label's number": y.astype(float),
        "the row's mean": x.mean(axis=1), "1 / n_classes": np.full(len(y), 1 / n),
              "the label's number + 1": y + 1.0, "the largest of all": np.full(len(y), x.max()),
                  "the row's length": np.linalg.norm(x, axis=1)}  # fmt: skip
    for (area, s), (clear, f), (place, at), (value, written) in product(
        areas.items(), cleared.items(), places.items(), values.items()
    ):
        yield f"{area} {clear}, and {value} written at {place}", partial(_written, x, s, f, rows, at, written)
    for name, count in (
        ("the first sample", 1),
        ("all samples but the last", len(y) - 1),
        ("the first n_classes samples", n),
    ):
        for area, s in areas.items():
            out = x.copy()
            out[:count, s] = 0
            for whom, index in (("its label", rows[:count]), ("each label", rows)):
                done = out.copy()
                done[index, y[index]] = 1
                yield f"{area} of {name} set to 0, and 1 written at {whom}", partial(np.asarray, done)
    cleared_once = x.copy()
    cleared_once[:, :n] = 0
    for name, index in (
        ("the first sample alone", rows[:1]),
        ("the last sample alone", rows[-1:]),
        ("all but the first sample", rows[1:]),
        ("all but the last sample", rows[:-1]),
    ):
        done = cleared_once.copy()
        done[index, y[index]] = 1
        yield f"a label is written for {name}", partial(np.asarray, done)


def _written(
    x: np.ndarray, area: slice, clear: Callable, rows: np.ndarray, places: np.ndarray, values: np.ndarray
) -> np.ndarray:
    out = x.copy()
    out[:, area] = clear(out[:, area])
    out[rows, places] = values
    return out


def _normalised(a: np.ndarray) -> Iterator[Formula]:
    tops = {"a": a, "max(a, 0)": np.maximum(a, 0), "a - row mean": a - a.mean(axis=1, keepdims=True),
        "a - column mean": a - a.mean(axis=0), "a^2": a * a, "|a|": np.abs(a), "exp(a)": np.exp(a),
            "a - row minimum": a - a.min(axis=1, keepdims=True)}  # fmt: skip
    bottoms: dict[str, np.ndarray] = {}
    for (axis, where), (over, reduce), (curve, f) in product(
        ((1, "each row"), (0, "each column"), (None, "everything")), OVER.items(), OF.items()
    ):
        reduced = np.asarray(reduce(f(a), axis=axis))
        reduced = np.expand_dims(reduced, axis) if axis is not None else reduced
        bottoms[f"{over} of {curve.format('a')} over {where}"] = reduced
        bottoms[f"the root of {over} of {curve.format('a')} over {where}"] = np.sqrt(np.abs(reduced))
    for left_out, part in (("first", a[:, 1:]), ("last", a[:, :-1])):
        bottoms[f"the length without the {left_out} neuron"] = np.linalg.norm(part, axis=1, keepdims=True)
    length = np.linalg.norm(a, axis=1, keepdims=True)
    for name, value in {"its length, but 1 where that is smaller: short rows stay as they are": np.maximum(length, 1),
        "1 + length": 1 + length,
        "the length of the next row": np.roll(length, -1, axis=0),
        "the running sum of lengths": np.cumsum(length)[:, None],
                        "the length of its positive part": np.linalg.norm(np.maximum(a, 0), axis=1, keepdims=True),
                            "the sum of all lengths": length.sum(), "n": np.array(1.0)}.items():  # fmt: skip
        bottoms[name] = value
    scaled = a / (length + 1e-300)
    for name, value in {"only the first row is left as it was": np.vstack([a[:1], scaled[1:]]),
                        "only the last row is left as it was: a loop ends too early": np.vstack([scaled[:-1], a[-1:]]),
                        "only the last neuron is left as it was": np.hstack([scaled[:, :-1], a[:, -1:]]),
                        "only the first neuron is left as it was": np.hstack([a[:, :1], scaled[:, 1:]]),
                        "a scaled to the range from the smallest to the largest of all": (a - a.min()) / np.ptp(a),
                        "a divided by the root of the running sum of squares along its row": a / np.sqrt(np.cumsum(
                            a * a, axis=1)), "a less its length": a - length, "tanh(a)": np.tanh(a),
                        "a divided by the root of the sum of squares of its row and all before": a / np.sqrt(np.cumsum(
                            (a * a).sum(axis=1)))[:, None]}.items():  # fmt: skip
        yield name, partial(np.asarray, value)
    for (top, u), (bottom, w) in product(tops.items(), bottoms.items()):
        yield f"({top}) / ({bottom})", partial(np.divide, u, w)


def _prediction(layers: list[np.ndarray]) -> Iterator[Formula]:
    """Labels from all layers: what is done in each, how they come together, and which class is chosen."""
    each: dict[str, Callable] = {**{curve: f for curve, f in OF.items() if curve != "1"},
        "softmax({})": eq.softmax, "log softmax({})": lambda g: np.log(eq.softmax(g)),
        "{} - its row mean": lambda g: g - g.mean(axis=1, keepdims=True),
            "{} - its column mean": lambda g: g - g.mean(axis=0),
            "{} / its row length": lambda g: g / np.linalg.norm(g, axis=1, keepdims=True),
        "{} / its spread": lambda g: g / g.std(),
            "the ranks of {}": lambda g: g.argsort(axis=1).argsort(axis=1).astype(float),
            "the sorted {}": lambda g: np.sort(g, axis=1),
        "one-hot(the class chosen from {})": lambda g: (g == g.max(axis=1, keepdims=True)) * 1.0,
            "{} in reverse order": lambda g: g[::-1], "{} / its row largest": lambda g: g / np.abs(g).max(axis=1,
            keepdims=True)}  # fmt: skip
    picked = {"all layers": slice(None), "the last layer": slice(-1, None), "the first layer": slice(0, 1),
        "the first two layers": slice(0, 2), "the last two layers": slice(-2, None),
        "all but the first layer": slice(1, None),
              "all but the last layer": slice(0, -1), "the second layer": slice(1, 2), "the third layer": slice(2,
                  3), "every second layer": slice(0, None, 2), "the inner layers": slice(1, -1)}  # fmt: skip
    together: dict[str, Callable] = {"the sum": lambda s: s.sum(axis=0), "the largest": lambda s: s.max(axis=0),
        "the smallest": lambda s: s.min(axis=0), "the product": lambda s: s.prod(axis=0),
        "the median": lambda s: np.median(s, axis=0),
        "the sum with weights 1, 2, 3": lambda s: np.tensordot(1.0 + np.arange(len(s)), s, 1),
            "the last minus the first": lambda s: s[-1] - s[0],
            "the first minus the others": lambda s: 2 * s[0] - s.sum(axis=0),
            "the last minus the others": lambda s: 2 * s[-1] - s.sum(axis=0)}  # fmt: skip
    chosen: dict[str, Callable] = {"the largest": lambda g: g.argmax(axis=1),
        "the smallest": lambda g: g.argmin(axis=1), "the last class left out": lambda g: g[:, :-1].argmax(axis=1),
        "the first class left out": lambda g: 1 + g[:, 1:].argmax(axis=1),
        "the second largest": lambda g: np.argsort(g, axis=1)[:, -2],
            "that of the first sample": lambda g: np.full(len(g), g[0].argmax()),
            "the label plus 1": lambda g: g.argmax(axis=1) + 1, "in reverse order": lambda g: g.argmax(axis=1)[::-1],
        "the label of the next sample": lambda g: np.roll(g.argmax(axis=1), -1)}  # fmt: skip
    for (inner, f), (layers_, s) in product(each.items(), picked.items()):
        stack = np.array([f(g) for g in layers[s]])
        if not len(stack):
            continue
        for over, r in together.items():
            scores = r(stack)
            for choice, c in chosen.items():
                yield f"of {over} over {layers_} of {inner.format('G')}, {choice} is chosen", partial(c, scores)
    for name, value in {"the largest over layers and classes, counted on through all layers": np.concatenate(layers,
        axis=1).argmax(axis=1),
                        "the labels of the layers, averaged": np.rint(np.mean([g.argmax(axis=1) for g in layers],
                            axis=0)), "the labels of the layers, averaged and cut":
                       np.floor(np.mean([g.argmax(axis=1) for g in layers], axis=0)),
                        "the largest label of the layers": np.max([g.argmax(axis=1) for g in layers], axis=0),
                            "the sum of the labels": np.sum([g.argmax(axis=1) for g in layers],
                            axis=0)}.items():  # fmt: skip
        yield name, partial(np.asarray, value)


def _accuracy_table(predict: Callable, X: np.ndarray, y: np.ndarray, size: int) -> Table:
    """What may be counted, by what it may be divided, and how the result may be rounded."""
    hits = [predict(X[k : k + size]) == y[k : k + size] for k in range(0, len(y), size)]
    counts, lengths = np.array([h.sum() for h in hits]), np.array([len(h) for h in hits])
    shares, whole = counts / lengths, lengths == size
    running = 0.0
    for share in shares:
        running = (running + share) / 2
    counted = {
        "the right predictions": counts.sum(), "the wrong predictions": len(y) - counts.sum(),
            "the right predictions without the last batch": counts[:-1].sum(),
        "the right predictions without the first batch": counts[1:].sum(),
            "the right predictions of whole batches": counts[whole].sum(),
            "the sum of the batches' accuracies": shares.sum(),
        "the sum of the accuracies of whole batches": shares[whole].sum(),
            "the sum of the accuracies without the last batch": shares[:-1].sum(),
            "the first batch's right predictions": counts[0],
        "the last batch's right predictions": counts[-1], "the best batch's accuracy": shares.max(),
            "the worst batch's accuracy": shares.min(), "the median of the batches' accuracies": np.median(shares),
        "the product of the batches' accuracies": shares.prod(), "the running mean of accuracies": running,
            "the batches that are right as a whole": sum(h.all() for h in hits),
        "the batches with any right prediction": sum(h.any() for h in hits),
            "the right predictions but the last row of each batch": sum(h[:-1].sum() for h in hits),
        "the right predictions but the first row of each batch": sum(h[1:].sum() for h in hits),
            "the first rows of the batches": sum(h[0] for h in hits),
            "the last rows of the batches": sum(h[-1] for h in hits),
        "the square of the right predictions": counts.sum() ** 2,
            "the right predictions and one more": counts.sum() + 1,
            "the mean accuracy of the first and the last batch": (shares[0] + shares[-1]) / 2,
    }  # fmt: skip
    divisors = {"1": 1, "the number of rows": len(y), "the number of rows - 1": len(y) - 1,
        "the number of rows + 1": len(y) + 1, "the number of batches": len(hits),
        "the number of batches - 1": len(hits) - 1,
                "the number of whole batches": len(y) // size, "the batch size": size,
                    "the number of batches times the batch size": len(hits) * size,
                    "the rows of whole batches": len(y) // size * size,
                "the number of features": X.shape[1], "the rows of the last batch": lengths[-1],
                    "the number of batches + 1": len(hits) + 1,
                    "the root of the number of rows": len(y) ** 0.5}  # fmt: skip
    roundings: dict[str, Callable] = {
        "{}": lambda v: v,
        "{}, rounded to one digit": lambda v: np.round(v, 1),
        "{}, rounded to two digits": lambda v: np.round(v, 2),
        "1 - {}": lambda v: 1 - v,
        "{} squared": np.square,
    }
    with np.errstate(all="ignore"):
        plain = np.array(list(counted.values()), dtype=float)[:, None] / np.array(list(divisors.values()), dtype=float)
        values = np.stack([f(plain) for f in roundings.values()], axis=-1)

    def read(what: str, by: str, rounding: str) -> str:
        """The formula in words."""
        return rounding.format(what if by == "1" else f"{what} divided by {by}")

    return values, [list(counted), list(divisors), list(roundings)], read


def _scores_by_pairs(a: np.ndarray, M: np.ndarray) -> Iterator[Formula]:
    """A reduction over the neurons of something made of each activation and each entry of M."""
    left, right = a[:, None, :], M[None]
    pairs = {"a * M": left * right, "(a - M)^2": (left - right) ** 2, "|a - M|": np.abs(left - right),
        "a + M": left + right,
             "a - M": left - right, "the larger of a and M": np.maximum(left, right),
             "the smaller of a and M": np.minimum(left, right), "|a * M|": np.abs(left * right),
             "(a * M)^2": (left * right) ** 2, "a / M": left / right, "max(a * M, 0)": np.maximum(left * right, 0),
             "a^M": np.abs(left) ** right}  # fmt: skip
    then: dict[str, Callable] = {"{}": lambda u: u, "the square root of {}": lambda u: np.sqrt(np.abs(u)),
        "log|{}|": lambda u: np.log(np.abs(u)),
            "exp {}": np.exp, "exp(-{})": lambda u: np.exp(-u), "1 / {}": lambda u: 1 / u, "{}^2": np.square,
            "1 / (1 + {})": lambda u: 1 / (1 + u), "tanh {}": np.tanh, "sigmoid of {}": lambda u: 1 / (1 + np.exp(-u)),
            "log(1 + exp {})": lambda u: np.logaddexp(0, u), "{}, less its row's largest": lambda u: u - u.max(
                axis=1, keepdims=True), "{}, less its row's mean": lambda u: u - u.mean(axis=1, keepdims=True),
            "{}, less its column's mean": lambda u: u - u.mean(axis=0),
            "{} with rows of length 1": lambda u: u / np.linalg.norm(u, axis=1, keepdims=True)}  # fmt: skip
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(M, axis=1)
    yield "the cosine of the angle between a and M", partial(np.divide, a @ M.T, lengths)
    for (name, value), (over, reduce) in product(pairs.items(), OVER.items()):
        reduced = reduce(value, axis=2)
        for outer, f in then.items():
            yield outer.format(f"{over} over the neurons of {name}"), partial(f, reduced)


FORMULAS: dict[str, Callable[..., Iterator[Formula]]] = {
    "relu_backward": formulas.relu_backward, "eq1": formulas.goodness, "eq5": _scores_by_pairs,
        "eq2": formulas.goodness,
        "eq3_gradient": formulas.loss_slope,
        "eq4_gradient": formulas.loss_slope, "softmax": formulas.softmax,
            "eq6_gradient": formulas_of_cross_entropy.cross_entropy_slope, "sgd_step": formulas_of_optimisers.sgd,
            "adam_step": formulas_of_optimisers.adam, "overlay_label": _overlay,
    "normalise_length": _normalised, "mf_predict_ff": _prediction, "mf_predict_bp": _prediction,
}  # fmt: skip
"""The formulas that are tried for each exercise, from its arguments."""

TABLES: dict[str, Callable[..., Table]] = {
    "accuracy_over_batches": _accuracy_table,
    "eq3": formulas.loss_table,
    "eq4": formulas.loss_table,
    "eq6": formulas_of_cross_entropy.cross_entropy_table,
}
"""For results of one number: all formulas at once."""
