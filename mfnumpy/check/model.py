"""What the checker is made of: exercises, the cases drawn for them, and the mistakes it knows by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

Outputs = list[np.ndarray]
Rng = np.random.Generator


@dataclass(frozen=True)
class Case:
    """One set of arguments for the student's function.

    args: the arguments, in order.
    dims: the numbers that a wrong factor may be made of, by name: {"N": 7, "lr": 0.3}; they differ from case to case.
    extreme: what is unusual about the case, in words; "" for an ordinary random draw.
    suspect: the mistake that is likely if only this case fails.
    form: the way in which sizes are given (integers or pairs); a function need understand only one form.
    """

    args: tuple
    dims: Mapping[str, float] = field(default_factory=dict)
    extreme: str = ""
    suspect: str = ""
    form: str = ""


@dataclass(frozen=True)
class Free:
    """A wrong version with a number in it that is not known: it is estimated from what the student got.

    steps: number -> the replaced steps.
    starts: where the search begins; none: the numbers are tried that `values` gives.
    says: what the number is, e.g. "the slope there is {}".
    tries: numbers that the matrix plants.
    values: args -> where the number may lie, if it cannot be searched for by its slope, such as a threshold; else None.
    """

    steps: Callable[[float], Mapping[str, Callable]]
    starts: tuple[float, ...]
    says: str
    tries: tuple[float, ...] = ()
    values: Callable[..., np.ndarray] | None = None


@dataclass(frozen=True)
class Mistake:
    """A known mistake in one exercise: the steps of the exercise's recipe that it replaces.

    name: its identifier.
    versions: several sets of replaced steps where it can be made in several ways.
    accepted: a legitimate variant: it is named, and it passes.
    says: one sentence on what is wrong, never on what to write in its place; "" for the one that it has elsewhere.
    free: versions with a number in them that is estimated.
    """

    name: str
    versions: tuple[Mapping[str, Callable], ...]
    accepted: bool = False
    says: str = ""
    free: tuple[Free, ...] = ()


@dataclass(frozen=True)
class Property:
    """What holds of every right output, whatever the arguments.

    output: its name, such as "p".
    says: in words, such as "each row of p sums to 1".
    holds: (the arguments, the output) -> whether it does.
    """

    output: str
    says: str
    holds: Callable[[tuple, Any], bool]


@dataclass(frozen=True)
class Exercise:
    """One function that a student writes.

    name: in `check`.
    title: in words.
    arguments, outputs: names, in order; no outputs: the function changes its arguments, and its judge sees what became
        of them.
    about: formula in words and shapes, the stub's docstring.
    lesson: where to read on.
    reference: the right answer.
    recipe: the same, as steps that can be replaced by keyword.
    draw: (rng, k) -> the k-th ordinary case.
    mistakes: those that are known.
    extremes: rng -> the cases at the edge; None for none.
    draws: how many ordinary cases.
    updates: {output: argument} for steps: compared is by how much the argument was changed.
    scales: {"1/n": "mean_for_sum"}: what a factor means here, where it means something of its own.
    regions: args -> {"where z <= 0": mask} for the outputs' support pattern; masks of the first output's shape.
    linear: arguments in which the first output is linear.
    unbounded: arguments whose size nothing in the formula limits; one more case has them some hundred times as large.
    kind: "real" outputs, or "labels" (integers).
    judge: decides instead of a comparison where many answers are right.
    transposable: whether a transposed output is worth looking for.
    sentences: what is said here of names that are no replaced steps (factors, a judge's findings), and of names that
        elsewhere have a sentence that would not be true here.
    slices: {"sample": {"x": 0, "dG": 0}}: the arguments, with their axes, of which one slice alone gives one piece of a
        result that is a sum of such pieces; None for an argument that is 0 in a piece, or a function of all arguments
        that gives the pieces of one.
    axes: {"dW": ("input feature", "neuron")}: what the axes of an output count.
    properties: what holds of every right output.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...]
    about: str
    lesson: str
    reference: Callable
    recipe: Callable
    draw: Callable[[Rng, int], Case]
    mistakes: tuple[Mistake, ...] = ()
    extremes: Callable[[Rng], list[Case]] | None = None
    draws: int = 4
    updates: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)
    regions: Callable[..., Mapping[str, Any]] | None = None
    linear: tuple[str, ...] = ()
    unbounded: tuple[str, ...] = ()
    kind: str = "real"
    judge: Callable | None = None
    transposable: bool = True
    sentences: Mapping[str, str] = field(default_factory=dict)
    slices: Mapping[str, Mapping[str, int | Callable[..., list[np.ndarray]] | None]] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    properties: tuple[Property, ...] = ()

    @property
    def signature(self) -> str:
        """The signature as it is printed, e.g. "my_eq7(x, z, M, dG) -> dW"."""
        returned = ", ".join(self.outputs) or "None"
        return f"({', '.join(self.arguments)}) -> {f'({returned})' if len(self.outputs) > 1 else returned}"


def mapped(version: Any, change: Callable[[Mapping], Mapping]) -> Any:
    """A version, with a free number or without, with its replaced steps changed: to another exercise's, for example."""
    if isinstance(version, Free):
        return replace(version, steps=lambda value: change(version.steps(value)))
    return change(version)


def split(entry: Any) -> tuple[str, list[Any]]:
    """The sentence and the versions of one entry of a table of mistakes."""
    entry = entry if isinstance(entry, list) else [entry]
    says = entry[0] if isinstance(entry[0], str) else ""
    return says, entry[1:] if says else entry


def mistakes(table: Mapping[str, Any] | None = None, accepted: Iterable[str] = (), **more: Any) -> tuple[Mistake, ...]:
    """The mistakes of one exercise.

    table: {name: [sentence, replaced steps, replaced steps, ...]}.
    accepted: the names of legitimate variants.
    more: further entries, as in the table.

    A sentence may be left out where the name has one in another exercise, and the list where one version is all.
    """
    made = []
    for name, entry in {**(table or {}), **more}.items():
        says, steps = split(entry)
        known = tuple(version for version in steps if not isinstance(version, Free))
        free = tuple(version for version in steps if isinstance(version, Free))
        made.append(Mistake(name, known, name in set(accepted), says, free))
    return tuple(made)


def flatten(value: Any, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Name each array that a function returned: ("weights[0]", array) for a list of weights."""
    values = list(value) if len(names) > 1 and isinstance(value, (tuple, list)) else [value]
    flat: list[tuple[str, Any]] = []
    for name, item in zip(names, values, strict=False):
        if isinstance(item, (list, tuple)):
            flat += [(f"{name}[{i}]", part) for i, part in enumerate(item)]
        else:
            flat.append((name, item))
    return flat


@dataclass(frozen=True)
class Finding:
    """What a judge found wrong.

    mistake: its name, None where it has none.
    evidence: one sentence.
    where: the output or entry that shows it, or "".
    """

    mistake: str | None
    evidence: str
    where: str = ""


class Refused(Exception):
    """Raised into a student's function by an argument that is a function, when it is used in a wrong way."""

    def __init__(self, finding: Finding):
        super().__init__(finding.evidence)
        self.finding = finding
