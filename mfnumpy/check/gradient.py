"""Checks of any gradient by finite differences, and of any backward pass of a linear map by its forward pass.

    report = gradient(loss, loss_gradient, W)                  # loss(W) -> scalar, loss_gradient(W) -> dW
    report = gradient(forward, backward, x, W)                 # forward(x, W) -> array,
                                                               # backward(x, W, upstream) -> (dx, dW)
    report = adjoint(lambda x: im2col(x, 3), lambda c: col2im(c, x.shape, 3), x)
    assert report.passed, report

All is computed in float64. Every entry of a small array is moved up and down; a large one is moved along random
directions. Where the function has a kink (ReLU at 0) a difference says nothing: such entries are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy.errors import DTypeError, InvalidValueError, ShapeError
from mfnumpy.support.seeding import stream

STEP = 1e-5
FULL_SIZE = 400
DIRECTIONS = 12


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found. `passed` also counts as its truth value.

    passed: whether the error is within the tolerance.
    error: the largest relative error seen.
    where: the entry that is worst, e.g. "gradient 1 [2, 3]", or "".
    evidence: one sentence.
    tested, kinks: how many entries or directions were compared, and how many left out.
    """

    passed: bool
    error: float
    where: str
    evidence: str
    tested: int
    kinks: int

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return f"{'Right' if self.passed else 'Wrong'}: {self.evidence}"


@dataclass
class _Line:
    """The function along one direction: t -> f(x + t d), and how to judge its derivative at t = 0."""

    f: Callable[[float], float]
    size: float

    def central(self, h: float) -> float:
        """The central difference with this step."""
        return (self.f(h) - self.f(-h)) / (2 * h)

    def has_kink(self, h: float, scale: float) -> bool:
        """A smooth function's one-sided slopes come together as h shrinks; at a kink they do not."""
        middle = self.f(0.0)
        gaps = [abs(self.f(step) - 2 * middle + self.f(-step)) / step for step in (h, h / 10)]
        floor = 1e-6 * scale + 1e-15 * abs(middle) / h * 100
        moved = abs(self.central(h) - self.central(h / 10)) > floor
        return (gaps[0] > floor and gaps[1] > 0.5 * gaps[0]) or moved


def gradient(
    function: Callable[..., Any],
    gradient: Callable[..., Any],
    *arrays: np.ndarray,
    wrt: int | tuple[int, ...] | None = None,
    seed: int = 0,
    tolerance: float = 1e-6,
    step: float = STEP,
) -> GradientReport:
    """A gradient compared with central differences of its function: (f(x + h) - f(x - h)) / 2h.

    function: arrays -> a scalar or an array.
    gradient: of a scalar: arrays -> its gradient. Of an array: (arrays, upstream) -> the gradients of
        sum(upstream * function(*arrays)), upstream being drawn at random. One array, or a tuple with one for each
        argument in `wrt` (None to pass over one).
    arrays: where the gradient is taken; arrays of integers (labels) are handed on as they are.
    wrt: positions in `arrays` of the arguments that the gradients are by; None for 0, 1, 2, ...
    seed: of upstream, and of the directions along which a large array is moved.
    tolerance: the largest error allowed, relative to the largest entry of that gradient.
    step: h.

    Returns a GradientReport. Raises InvalidValueError if the function is not finite at the arrays, ShapeError if a
    gradient has another shape than its argument, DTypeError if an argument in `wrt` is not a float array.
    """
    args = [_as_float64(a) for a in arrays]
    rng = stream(seed, "gradient check")
    value = np.asarray(function(*args), dtype=float)
    upstream = rng.standard_normal(value.shape)
    if not np.isfinite(value).all():
        raise InvalidValueError(
            "The function is not finite at these arrays, so no difference can be taken there. Use others."
        )
    found = gradient(*args, upstream) if value.ndim else gradient(*args)
    found = list(found) if isinstance(found, (tuple, list)) else [found]
    places = tuple(range(len(found))) if wrt is None else (wrt,) if isinstance(wrt, int) else tuple(wrt)
    _check_places(args, found, places)

    def scalar(*moved: np.ndarray) -> float:
        """The loss, or the weighted sum of an array."""
        out = np.asarray(function(*moved), dtype=float)
        return float((out * upstream).sum()) if value.ndim else float(out)

    parts = [
        _one_argument(scalar, args, place, np.asarray(g, dtype=float), rng, step, tolerance)
        for place, g in zip(places, found, strict=True)
        if g is not None
    ]
    return _worst(parts, tolerance, several=len(parts) > 1)


def adjoint(
    forward: Callable[[np.ndarray], np.ndarray],
    backward: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    *,
    seed: int = 0,
    tolerance: float = 1e-10,
) -> GradientReport:
    """The adjoint test of a linear map: <forward(x), u> = <x, backward(u)> for random x and u, to rounding.

    forward: linear, takes an array like x.
    backward: its transposed map, takes an array like forward(x).
    x: gives the shape alone.
    seed: of the random arrays.
    tolerance: the largest difference allowed, relative to |forward(x)| |u|.

    Exact where finite differences are not, and one comparison for arrays of any size. Returns a GradientReport.
    Raises InvalidValueError if forward is not linear, ShapeError if backward does not return x's shape.
    """
    rng = stream(seed, "adjoint test")
    worst = 0.0
    for _ in range(3):
        x1, x2 = rng.standard_normal(x.shape), rng.standard_normal(x.shape)
        y1, y2 = np.asarray(forward(x1)), np.asarray(forward(x2))
        mixed = np.asarray(forward(2 * x1 - 3 * x2))
        if np.abs(mixed - (2 * y1 - 3 * y2)).max() > 1e-8 * (1 + np.abs(mixed).max()):
            raise InvalidValueError("The forward function is not linear, so it has no adjoint; use `gradient`.")
        u = rng.standard_normal(y1.shape)
        back = np.asarray(backward(u))
        if back.shape != x.shape:
            raise ShapeError(f"backward must return the shape of x, {x.shape}; it returned {back.shape}.")
        scale = np.linalg.norm(y1) * np.linalg.norm(u) + 1e-300
        worst = max(worst, float(abs((y1 * u).sum() - (x1 * back).sum()) / scale))
    passed = worst <= tolerance
    says = f"<forward(x), u> and <x, backward(u)> differ by {worst:.1e} of |forward(x)| |u| (allowed: {tolerance:.0e})."
    return GradientReport(passed, worst, "", says, 3, 0)


def _as_float64(array: Any) -> Any:
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _check_places(args: list, found: list, places: tuple[int, ...]) -> None:
    if len(places) != len(found):
        raise ShapeError(
            f"gradient returned {len(found)} arrays for {len(places)} arguments (wrt={places}). Return one for each."
        )
    for place, g in zip(places, found, strict=True):
        if not 0 <= place < len(args):
            raise InvalidValueError(f"There is no argument {place}: {len(args)} arrays were given.")
        if g is None:
            continue
        if args[place].dtype.kind != "f":
            raise DTypeError(f"Argument {place} is {args[place].dtype}; only a float array has a gradient.")
        if np.shape(g) != args[place].shape:
            raise ShapeError(f"Gradient {place} has shape {np.shape(g)}; its argument has {args[place].shape}.")


@dataclass
class _Part:
    place: int
    error: float
    where: tuple[int, ...]
    tested: int
    kinks: int


def _one_argument(
    scalar: Callable,
    args: list,
    place: int,
    g: np.ndarray,
    rng: np.random.Generator,
    step: float,
    tolerance: float,
) -> _Part:
    """Compare the gradient by one argument; where random directions fail, single entries say where."""
    x = args[place]
    if x.size <= FULL_SIZE:
        return _entries(scalar, args, place, g, np.arange(x.size), step, tolerance)
    worst, kinks = 0.0, 0
    for _ in range(DIRECTIONS):
        d = rng.standard_normal(x.shape)
        d /= np.linalg.norm(d)
        line = _line(scalar, args, place, d)
        numeric, analytic = line.central(step), float((g * d).sum())
        scale = max(abs(numeric), abs(analytic), float(np.linalg.norm(g)) / np.sqrt(x.size)) + 1e-12
        error = abs(numeric - analytic) / scale
        # A finite step along a random direction moves all entries, so some may cross a kink: allow a little
        # more.
        if not error <= 10 * tolerance and line.has_kink(step, scale):
            kinks += 1
            continue
        worst = max(worst, np.inf if np.isnan(error) else error / 10)
    if worst <= tolerance and kinks < DIRECTIONS:
        return _Part(place, worst, (), DIRECTIONS - kinks, kinks)
    largest = np.argsort(np.abs(g), axis=None)[-FULL_SIZE // 4 :]
    some = np.union1d(rng.choice(x.size, FULL_SIZE // 2, replace=False), largest)
    part = _entries(scalar, args, place, g, some, step, tolerance)
    if part.error > tolerance or kinks == DIRECTIONS:
        return part
    return _Part(place, worst, (), part.tested + DIRECTIONS - kinks, part.kinks + kinks)


def _entries(
    scalar: Callable,
    args: list,
    place: int,
    g: np.ndarray,
    entries: np.ndarray,
    step: float,
    tolerance: float,
) -> _Part:
    x = args[place]
    lines, numeric = [], np.empty(len(entries))
    for k, entry in enumerate(entries):
        d = np.zeros(x.size)
        d[entry] = max(1.0, abs(float(x.flat[entry])))
        lines.append(_line(scalar, args, place, d.reshape(x.shape)))
        numeric[k] = lines[k].central(step) / d[entry]
    finite = numeric[np.isfinite(numeric)]
    scale = max(float(np.abs(finite).max(initial=0.0)), float(np.nanmax(np.abs(g), initial=0.0)), 1e-12)
    noise = 1e-15 * abs(lines[0].f(0.0)) / step if lines else 0.0
    errors = np.maximum(np.abs(numeric - g.flat[entries]) - 10 * noise, 0) / scale
    errors[np.isnan(errors)] = np.inf
    kinks = [k for k in np.flatnonzero(errors > tolerance) if lines[k].has_kink(step, scale * lines[k].size)]
    errors[kinks] = 0.0
    worst = int(np.argmax(errors)) if len(errors) else 0
    where = tuple(int(i) for i in np.unravel_index(int(entries[worst]), x.shape))
    return _Part(place, float(errors[worst]), where, len(entries) - len(kinks), len(kinks))


def _line(scalar: Callable, args: list, place: int, d: np.ndarray) -> _Line:
    def f(t: float) -> float:
        """The function along one direction."""
        moved = list(args)
        moved[place] = args[place] + t * d
        return scalar(*moved)

    return _Line(f, float(np.abs(d).max()))


def _worst(parts: list[_Part], tolerance: float, several: bool) -> GradientReport:
    tested, kinks = sum(p.tested for p in parts), sum(p.kinks for p in parts)
    left_out = f" {kinks} lie at a kink and were left out." if kinks else ""
    if not parts or tested == 0:
        return GradientReport(False, np.inf, "", f"Nothing could be compared.{left_out}", tested, kinks)
    worst = max(parts, key=lambda p: p.error)
    if worst.error <= tolerance:
        says = f"{tested} differences agree to {worst.error:.1e} of the largest entry (allowed: {tolerance:.0e})."
        return GradientReport(True, worst.error, "", says + left_out, tested, kinks)
    name = f"gradient {worst.place}" if several or worst.place else "gradient"
    where = f"{name} [{', '.join(map(str, worst.where))}]" if worst.where else name
    size = "not a number" if np.isinf(worst.error) else f"off by {worst.error:.2g} of the largest entry"
    return GradientReport(
        False, worst.error, where, f"{where} is {size} (allowed: {tolerance:.0e}).{left_out}", tested, kinks
    )
