"""Adam taken apart: the moments are returned, so each is compared with formulas, and then the step made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose import linear
from mfnumpy.check.diagnose.compare import Named
from mfnumpy.check.diagnose.formulas_of_optimisers import adam_steps
from mfnumpy.check.diagnose.stages import alike, said
from mfnumpy.check.model import Case, Exercise, Finding

Table = dict[str, Callable[[], Any]]


def _first(m: np.ndarray, g: np.ndarray, b: float, other: float, t: int) -> Table:
    """What may be returned as the first moment; the right one first."""
    right = b * m + (1 - b) * g
    return {
        "beta1 m + (1 - beta1) g": lambda: right, "m, the old first moment": lambda: m, "g": lambda: g,
        "0.9 m + 0.1 g, whatever beta1": lambda: 0.9 * m + 0.1 * g, "(m + g) / 2": lambda: (m + g) / 2,
        "beta1 m - (1 - beta1) g": lambda: b * m - (1 - b) * g,
            "beta1 m + (1 - beta1) |g|": lambda: b * m + (1 - b) * abs(g),
        "beta2 m + (1 - beta2) g": lambda: other * m + (1 - other) * g, "beta1 m": lambda: b * m,
        "(1 - beta1) g": lambda: (1 - b) * g, "m + g": lambda: m + g,
            "beta1 m + (1 - beta2) g": lambda: b * m + (1 - other) * g,
        "the corrected first moment": lambda: right / (1 - b**t), "beta1 m + beta1 g": lambda: b * (m + g),
        "(1 - beta1) (m + g)": lambda: (1 - b) * (m + g),
    }  # fmt: skip


def _second(v: np.ndarray, g: np.ndarray, b: float, other: float, t: int, m: np.ndarray) -> Table:
    """What may be returned as the second moment; the right one first. m: the first moment as it was returned."""
    right = b * v + (1 - b) * g * g
    return {
        "beta2 v + (1 - beta2) g^2": lambda: right, "v, the old second moment": lambda: v, "g^2": lambda: g * g,
        "0.999 v + 0.001 g^2, whatever beta2": lambda: 0.999 * v + 0.001 * g * g,
            "(v + g^2) / 2": lambda: (v + g * g) / 2,
        "0.99 v + 0.01 g^2, whatever beta2": lambda: 0.99 * v + 0.01 * g * g,
        "beta2 v - (1 - beta2) g^2": lambda: b * v - (1 - b) * g * g, "the larger of v and g^2": lambda: np.maximum(v,
            g * g),
        "beta2 v + (1 - beta2) |g|^3": lambda: b * v + (1 - b) * abs(g) ** 3,
        "beta2 v + (1 - beta2) g^3": lambda: b * v + (1 - b) * g**3,
        "beta1 v + (1 - beta1) g^2": lambda: other * v + (1 - other) * g * g, "beta2 v": lambda: b * v,
        "m^2, the square of the first moment": lambda: m * m,
            "beta2 v + (1 - beta2) m^2": lambda: b * v + (1 - b) * m * m,
        "beta2 v + (1 - beta1) g^2": lambda: b * v + (1 - other) * g * g, "(1 - beta2) g^2": lambda: (1 - b) * g * g,
        "v + g^2": lambda: v + g * g, "the corrected second moment": lambda: right / (1 - b**t),
        "the root of the second moment": lambda: np.sqrt(right),
        "beta2 v + (1 - beta2) v g^2": lambda: b * v + (1 - b) * v * g * g,
        "beta2 v^2 + (1 - beta2) g^2": lambda: b * v * v + (1 - b) * g * g,
        "(beta2 v + (1 - beta2) g)^2": lambda: (b * v + (1 - b) * g) ** 2,
    }  # fmt: skip


def read(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named]) -> list[Finding]:
    """What is wrong in the moments and in the step; [] unless all three are explained, or for another exercise.

    exercise: adam_step.
    cases, got: the ordinary ones.
    """
    if exercise.name != "adam_step":
        return []
    firsts, seconds, steps = [], [], []
    for case, outputs in zip(cases, got, strict=True):
        _, g, m, v, t, lr, beta1, beta2, epsilon = case.args
        new = dict(outputs)
        firsts.append(_first(m, g, beta1, beta2, t))
        seconds.append(_second(v, g, beta2, beta1, t, new["m"]))
        moments = [(new["m"], new["v"])]
        right = (beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g)
        steps.append(dict(adam_steps(g, m, v, *moments[0], t, lr, beta1, beta2, epsilon)))
        steps[-1].update({f"{text} (with the right moments)": f for text, f in adam_steps(
            g, m, v, *right, t, lr, beta1, beta2, epsilon)})  # fmt: skip
    facts = []
    for name, tables in (("m", firsts), ("v", seconds)):
        found = [dict(outputs)[name] for outputs in got]
        hit = alike(found, tables, cases)
        if hit is None:
            parts = [{**linear.arguments(exercise, c), "gradient^2": c.args[1] ** 2, "m^2": c.args[2] ** 2,
                      "|gradient|": np.abs(c.args[1])} for c in cases]  # fmt: skip
            text = linear.in_words(exercise, cases, found, parts)
            if text is None:
                return []
            hit = (text, "")
        if hit != (next(iter(tables[0])), ""):
            facts.append(said(f"{name}, as it is returned,", *hit))
    usual = "the step is m / (sqrt(v) + epsilon), with m / (1 - beta^t) for m and v / (1 - beta^t) for v"
    changes = [dict(outputs)["parameter"] / case.args[5] for case, outputs in zip(cases, got, strict=True)]
    ordered = [{key: table[key] for key in (usual, f"{usual} (with the right moments)")} | table for table in steps]
    hit = alike(changes, ordered, cases)
    if hit is None:
        return []
    if hit[1] or usual not in hit[0]:
        text = hit[0].removeprefix("the step is ").removesuffix(" (with the right moments)")
        facts.append(said("The step of the parameter", text, hit[1]))
    return facts
