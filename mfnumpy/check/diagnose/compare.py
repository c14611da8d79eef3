"""Comparing arrays: equal to rounding, in proportion, transposed; and giving a factor its name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy.check.model import Case, Exercise, flatten

LOOSE = 2e-5
"""Relative to the largest entry: what is computed in float32 agrees with float64 this well."""
SMALL = 1e-7
"""Closer than this is equal; between the two there may be an epsilon, or float32."""
TIGHT = 1e-9
CONSTANT = "a constant"
"""The term of a factor that is the same number on all cases, and none that is made of their sizes."""
FLOOR = 1e-12
NOTHING = 1e-30
"""Smaller is 0: exp(-1000) and what a sum with 1 leaves of it are the same."""

Named = list[tuple[str, np.ndarray]]


CONSTANTS = {
    float(np.log(2)): "the natural logarithm of 2: is something to base 2, such as log2 or exp2?",
    float(1 / np.log(2)): "1 / log(2): is a logarithm to base 2?",
    float(np.log(10)): "the natural logarithm of 10: is something to base 10?",
    float(1 / np.log(10)): "1 / log(10): is a logarithm to base 10?",
    float(np.pi): "pi", float(2 * np.pi): "2 pi", float(np.e): "e", float(1 / np.e): "1/e",
    float(np.sqrt(2)): "the square root of 2", float(np.sqrt(0.5)): "1 / sqrt(2)",
}  # fmt: skip
"""Numbers that a person knows by name."""


def spelled(value: float) -> str:
    """A number that was estimated, with its name if it has one: "0.3", "3.142 (pi)"."""
    names = [f" ({name})" for number, name in CONSTANTS.items() if abs(value - number) < 1e-5 * number]
    return f"{value:.4g}{''.join(names)}"


def quantities(exercise: Exercise, case: Case, named: Named) -> Named:
    """What is compared: the outputs in float64; for a parameter that is updated, by how much it was changed.

    exercise: says which outputs are updated arguments.
    case: has these arguments.
    named: the outputs, by name.
    """
    out = []
    for name, array in named:
        array = np.asarray(array)
        if array.dtype.kind != "f" or array.dtype.itemsize < 8:
            array = array.astype(np.float64)
        base, _, index = name.partition("[")
        if base in exercise.updates:
            old: Any = case.args[exercise.arguments.index(exercise.updates[base])]
            old = old[int(index[:-1])] if index else old
            if old.shape == array.shape:
                array = old - array
        out.append((name, array))
    return out


def ours(exercise: Exercise) -> Callable[..., Named]:
    """The right answer as a function of the arguments that gives its outputs by name."""

    def right(*args: Any) -> Named:
        """The reference's outputs, by name."""
        return [(name, np.asarray(a)) for name, a in flatten(exercise.reference(*args), exercise.outputs)]

    return right


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings: wrong versions divide by 0 and overflow on purpose."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def run_recipe(exercise: Exercise, case: Case, steps: Mapping) -> Named | None:
    """What a wrong version gives on a case; None if it raises. Call it inside `quiet`.

    exercise: whose recipe is run.
    case: gives the arguments.
    steps: those that are replaced, by keyword.
    """
    try:
        value = exercise.recipe(*case.args, **steps)
        named = [(name, np.asarray(a)) for name, a in flatten(value, exercise.outputs)]
    except Exception:
        return None
    return quantities(exercise, case, named)


def close(a: np.ndarray, b: np.ndarray, tolerance: float, slack: float = FLOOR) -> bool:
    """Whether two arrays are equal to rounding; entries that are not finite must be so in both.

    a, b: float64 arrays.
    tolerance: relative to the largest entry of b.
    slack: added to it, absolute.
    """
    if a.shape != b.shape:
        return False
    difference = a - b
    bad = ~np.isfinite(difference)
    if not bad.any():
        size = np.abs(b).max(initial=0.0)
        return bool(np.abs(difference).max(initial=0.0) <= tolerance * size + slack)
    fine_a, fine_b = np.isfinite(a), np.isfinite(b)
    if not np.array_equal(fine_a, fine_b):
        return False
    return close(a[fine_a], b[fine_a], tolerance, slack)


def rounding(exercise: Exercise, case: Case) -> float:
    """What float32 loses where a small change is added to a large parameter; 0 for an exercise without updates."""
    old = [case.args[exercise.arguments.index(argument)] for argument in exercise.updates.values()]
    arrays = [a for value in old for a in (value if isinstance(value, list) else [value])]
    return 3e-7 * max((float(np.abs(a).max()) for a in arrays), default=0.0)


def all_close(a: Named | None, b: Named | None, tolerance: float, slack: float = FLOOR) -> bool:
    """Whether two runs on one case agree in every output.

    a, b: the outputs, by name; None for a run that raised.
    tolerance, slack: as in `close`.
    """
    if a is None or b is None or len(a) != len(b):
        return False
    return all(close(p, q, tolerance, slack) for (_, p), (_, q) in zip(a, b, strict=True))


def ratio(s: np.ndarray, t: np.ndarray, tolerance: float) -> float | None:
    """r with s = r t in every entry, or None. NaN if both are zero (below NOTHING), so that any r fits.

    s, t: float64 arrays.
    tolerance: relative to the largest entry of s.
    """
    if s.shape != t.shape:
        return None
    fine = np.isfinite(t)
    if not np.array_equal(fine, np.isfinite(s)):
        return None
    s, t = s[fine], t[fine]
    top = float(np.abs(t).max(initial=0.0))
    if max(top, float(np.abs(s).max(initial=0.0))) < NOTHING:
        return float("nan")
    if top == 0 or np.abs(s).max(initial=0.0) <= 1e-12 * top:  # nothing but what rounding leaves
        return float("nan") if top == 0 and not s.any() else None
    u = t / top  # so that no square overflows
    r = float((s * u).sum() / (u * u).sum()) / top
    return r if np.abs(s - r * t).max() <= tolerance * np.abs(s).max() + FLOOR else None


def between(x: Named, a: Named, b: Named | None) -> bool:
    """Whether every entry of x is finite and lies between those of a and b, to rounding.

    x, a: the outputs of two runs on one case.
    b: of a third, None for a run that raised.
    """
    if b is None or not len(x) == len(a) == len(b):
        return False
    for (_, p), (_, q), (_, r) in zip(x, a, b, strict=True):
        slack = LOOSE * max(np.abs(q).max(initial=0.0), np.abs(r).max(initial=0.0)) + FLOOR
        if not p.shape == q.shape == r.shape or not np.isfinite(p).all():
            return False
        if (p < np.minimum(q, r) - slack).any() or (p > np.maximum(q, r) + slack).any():
            return False
    return True


@dataclass(frozen=True)
class Factor:
    """A factor with a name: a product of at most two of -1, 2, 1/2 and the case's numbers or their inverses.

    terms: by name, "1/N".
    value: the factor on one case.
    case: the number of that case.
    """

    terms: tuple[str, ...]
    value: float
    case: int = 0

    @property
    def text(self) -> str:
        """The factor in words: its terms, multiplied."""
        return " x ".join(self.terms)

    @property
    def constant(self) -> bool:
        """Whether it is a number of its own, not made of the case's numbers."""
        return self.terms == (CONSTANT,)


def term_values(cases: Sequence[Case]) -> dict[str, np.ndarray]:
    """Each possible term of a factor, with its value on every case that has it."""
    table = {"-1": np.full(len(cases), -1.0), "2": np.full(len(cases), 2.0), "1/2": np.full(len(cases), 0.5)}
    for name in cases[0].dims:
        values = np.array([case.dims.get(name, np.nan) for case in cases], dtype=float)
        table[name], table[f"1/{name}"] = values, 1 / values
    return table


def name_factor(ratios: np.ndarray, table: Mapping[str, np.ndarray]) -> list[Factor]:
    """All factors of the fewest terms that give these ratios; [Factor((), 1)] if they are 1; [] if none does."""
    known = ~np.isnan(ratios)
    if not known.any():
        return [Factor((), 1.0)]
    case = int(np.flatnonzero(known)[0])
    first = float(ratios[case])

    names, values = list(table), np.array(list(table.values()))[:, known]
    wanted = ratios[known]

    def fit(products: np.ndarray) -> np.ndarray:
        """Which of these products explain all known ratios; the last axis counts cases."""
        return (np.abs(products - wanted) <= 1e-4 * np.abs(products)).all(axis=-1)

    def factors(*terms: str) -> list[Factor]:
        """One factor of these terms."""
        return [Factor(terms, first, case)]

    if (np.abs(wanted - 1) <= 3e-5).all():
        return [Factor((), 1.0)]
    single = [f for k in np.flatnonzero(fit(values)) for f in factors(names[k])]
    if single:
        return single
    several = len(wanted) > 1 and bool((values != values[:, :1]).any())
    if several and (np.abs(wanted - first) <= 1e-4 * abs(first)).all() and abs(first - 1) > 1e-3:
        return factors(CONSTANT)
    sizes = [k for k, name in enumerate(names) if name[0].isalpha()]
    for power in (-2, 2):
        for k in sizes:
            if fit(values[k] ** float(power)):
                return factors(f"{names[k]}^{power}")
    places = np.argwhere(fit(values[:, None] * values[None]))
    double = [f for a, b in places if a <= b for f in factors(names[a], names[b])]
    if double:
        return double
    own = wanted * np.array(table["lr"])[known] if "lr" in table else np.empty(0)
    if own.size > 1 and np.isclose(own, own[0]).all():
        return factors("1/lr")  # a number of its own instead of the learning rate
    roots = [(f"{names[k]}^{power}", values[k] ** power) for k in sizes for power in (0.5, -0.5)]
    counts = [k for k in sizes if "/" not in names[k] and (values[k] == np.rint(values[k])).all()]
    beside = [(f"{names[k]}/({names[k]}{by:+d})", values[k] / (values[k] + by)) for k in counts for by in (-1, 1)]
    return [f for name, value in roots + beside if fit(value) for f in factors(name)]
