"""All exercises by name, their stubs, what is said of each mistake, and where each plugs into the real trainer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mfnumpy.check.catalogue import TOPICS
from mfnumpy.check.diagnose.sentences import SENTENCES
from mfnumpy.check.model import Case, Exercise
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.support.seeding import stream


def by_name(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """The exercises by name, in their order. Raises InvalidValueError if two have one name."""
    table: dict[str, Exercise] = {}
    for exercise in exercises:
        if exercise.name in table:
            raise InvalidValueError(f"There are two exercises {exercise.name!r}; choose another name for one.")
        table[exercise.name] = exercise
    return table


EXERCISES: dict[str, Exercise] = by_name(exercise for topic in TOPICS for exercise in topic.EXERCISES)

HOOKS: dict[str, tuple[str, str]] = {
    "eq5": ("MonoForward", "project"),
    "eq6_gradient": ("MonoForward", "loss_gradient"),
    "eq7": ("MonoForward", "weight_gradient"),
    "eq8": ("MonoForward", "projection_gradient"),
}
"""Where a student's function plugs into the trainer: exercise -> (rule class, keyword)."""


_OURS = frozenset(EXERCISES)


def add(exercise: Exercise) -> None:
    """Add an exercise from outside the package, such as an instructor's own; adding it again replaces it.

    Raises InvalidValueError for the name of one of ours, or if a mistake has no sentence, neither in the exercise nor
    elsewhere.
    """
    if exercise.name in _OURS:
        raise InvalidValueError(f"There is an exercise {exercise.name!r} already; choose another name.")
    own = own_sentences(exercise)
    if mute := [m.name for m in exercise.mistakes if m.name not in own and m.name not in WORDS]:
        raise InvalidValueError(f"{exercise.name}: no sentence says what is wrong in: {', '.join(mute)}.")
    EXERCISES[exercise.name] = exercise


def get(name: str) -> Exercise:
    """The exercise of that name. Raises UnknownNameError with the nearest name."""
    if name not in EXERCISES:
        raise unknown_name("exercise", name, EXERCISES)
    return EXERCISES[name]


def draw_cases(exercise: Exercise, seed: int) -> list[Case]:
    """The cases of an exercise for one seed: the ordinary draws, then the extremes."""
    cases = [exercise.draw(stream(seed, f"check {exercise.name}", k), k) for k in range(exercise.draws)]
    if exercise.extremes is not None:
        cases += exercise.extremes(stream(seed, f"check {exercise.name} extremes"))
    return cases + ([_with_large_numbers(exercise, cases[0])] if exercise.unbounded else [])


LARGE = 300.0
"""By so much an argument is multiplied that nothing in the formula limits: whoever clips it is found out."""


def _with_large_numbers(exercise: Exercise, case: Case) -> Case:
    def enlarged(value: Any) -> Any:
        """An array, or each array of a list, multiplied."""
        return [enlarged(part) for part in value] if isinstance(value, list) else value * LARGE

    pairs = zip(exercise.arguments, case.args, strict=True)
    args = tuple(enlarged(value) if name in exercise.unbounded else value for name, value in pairs)
    return replace(case, args=args, extreme="numbers of some hundreds", suspect="clipped")


def own_sentences(exercise: Exercise) -> dict[str, str]:
    """What the exercise itself says of its mistakes, by name."""
    return {m.name: m.says for m in exercise.mistakes if m.says} | dict(exercise.sentences)


def words() -> dict[str, str]:
    """A sentence for each name: the first one that an exercise has for it, or that of all functions."""
    general: dict[str, str] = {}
    special: dict[str, str] = {}
    for exercise in EXERCISES.values():
        general = {**{m.name: m.says for m in exercise.mistakes if m.says}, **general}
        special = {**own_sentences(exercise), **special}
    return {**special, **general, **SENTENCES}


WORDS: dict[str, str] = words()


def sentence(exercise: Exercise, mistake: str) -> str:
    """What is wrong, in one sentence that is true of this exercise. Raises KeyError for a name that has none."""
    return {**WORDS, **own_sentences(exercise)}[mistake]


def stub(name: str) -> str:
    """Source text of an exercise's stub: signature, docstring with shapes, and a body that raises NotImplementedError.

    Raises UnknownNameError.
    """
    exercise = get(name)
    return (
        f"def {name}({', '.join(exercise.arguments)}):\n"
        f'    """{exercise.about}\n    """\n'
        f'    raise NotImplementedError("{name} is not done yet")\n'
    )
