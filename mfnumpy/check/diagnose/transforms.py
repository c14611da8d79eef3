"""One part of the exercise changed in a way that fits any array: an argument, a step in between, or the result.

What a person does to an array by mistake is seldom special to one equation: it is squared, rectified, normalised, its
rows are shifted. Each of these is tried on each part, and counts if it alone gives what the student got on every draw.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.array_changes import TRANSFORMS
from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, close, quantities, run_recipe
from mfnumpy.check.model import Case, Exercise, Finding, flatten

STEPS = {
    "gate": "the masked error", "error": "the error", "project": "the scores G",
    "loss_gradient": "the gradient of the loss at G", "output_error": "the error of the output",
    "weight_gradient": "dW", "projection_gradient": "dM", "product": "the product", "to_input": "dx",
    "hidden": "the activation", "goodness": "the goodness", "share": "the error at the activation",
    "positive": "the slope of the positive loss", "negative": "the slope of the negative loss", "p": "the probability",
    "log_p": "the log-probability", "combine": "the difference", "curve": "the curve", "argument": "the argument",
    "power": "the exponential", "square": "the square", "size": "the length", "mark": "the label",
    "first": "the first moment", "second": "the second moment", "direction": "the direction of the step",
    "correct_m": "the corrected first moment", "correct_v": "the corrected second moment",
    "spread": "the spread error", "reduce": "the mean of the window",
}  # fmt: skip
"""What the steps of the recipes compute, in words."""


def changed_part(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """The changes of one part that explain all cases. Call it inside `quiet`.

    exercise, cases, got, right: as in `fit.explained`.
    """
    found = []
    wrong = _wrong_outputs(got, right)
    if not wrong:
        return []
    told = [_chosen(outputs, wrong) for outputs in got]
    every = wrong >= {name for outputs in right for name, _ in outputs}
    for name, says, run in _trials(exercise, cases[0], right):
        if all(
            all_close(outputs, _chosen(run(k, case), wrong), LOOSE)
            for k, (case, outputs) in enumerate(zip(cases, told, strict=True))
        ):
            own = "" if every or exercise.updates or any(says.startswith(f"{w} ") for w in wrong) else (
                f"{' and '.join(sorted(wrong))}: ")  # fmt: skip
            found.append(Finding(name, f"{own}{says}"))
    return found + clipped(cases, got, right)


def _wrong_outputs(got: Sequence[Named], right: Sequence[Named]) -> set[str]:
    """Names of the outputs that differ on any case; of the others nothing need be explained."""
    return {
        name
        for g, r in zip(got, right, strict=True)
        for (name, s), (_, t) in zip(g, r, strict=True)
        if not close(s, t, LOOSE)
    }


def _chosen(named: Named | None, names: set[str]) -> Named | None:
    return None if named is None else [(name, array) for name, array in named if name in names]


def clipped(cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """Large entries of one output cut at the same size on all cases, or, of a step, at the same multiple of lr.

    cases, got, right: as in `fit.explained`.
    """
    for output in dict.fromkeys(name for outputs in right for name, _ in outputs):
        limits, shares, fits = set(), set(), True
        for case, g, r in zip(cases, got, right, strict=True):
            for (name, s), (_, t) in zip(g, r, strict=True):
                limit = float(np.abs(s).max(initial=0.0)) if name == output else np.inf
                fits = fits and close(s, np.clip(t, -limit, limit), LOOSE)
                if fits and name == output and limit < 0.999 * np.abs(t).max(initial=0.0):
                    limits.add(round(limit, 7))
                    shares.add(round(limit / case.dims.get("lr", 1.0), 6))
        for values, what in ((limits, output), (shares, f"the gradient of {output}")):
            if fits and len(values) == 1 and 0 not in values:
                says = f"Large entries of {what} are clipped, at {values.pop():.4g}."
                return [Finding("result_clipped", says)]
    return []


Trial = tuple[str, str, Callable[[int, Case], Named | None]]


def _trials(exercise: Exercise, first: Case, right: Sequence[Named]) -> Iterator[Trial]:
    for step, noun in _steps(exercise).items():
        default = inspect.signature(exercise.recipe).parameters[step].default
        for name, (says, transform) in TRANSFORMS.items():
            steps = {step: _after(default, transform)}
            yield f"step_{name}", _sentence(says, noun), partial(_with_steps, exercise, steps)
    yield from _sent_back(exercise)
    whole = {n: entry for n, entry in TRANSFORMS.items() if not n.endswith("_lost") and not n.startswith("only_")}
    for place, argument in enumerate(exercise.arguments):
        for name, (says, transform) in whole.items():
            change = _changing(exercise, place, transform)
            flat = getattr(first.args[place], "ndim", 0) == 1
            words = says.replace("row", "entry").replace("column", "entry") if flat else says
            yield f"argument_{name}", _sentence(words.replace("entrys", "entries"), f"the argument {argument}"), change
        for other, instead in enumerate(exercise.arguments):
            if other != place:
                says = f"The argument {instead} is used where {argument} belongs."
                yield "argument_for_another", says, _substituted(exercise, place, other)
    for name, (says, transform) in TRANSFORMS.items():
        yield f"arguments_{name}", _sentence(says, "every argument"), _changing_all(exercise, transform)
    for place, argument in enumerate(exercise.arguments):
        for output in exercise.outputs:
            says = f"{output} is masked: it is 0 where the argument {argument} is negative."
            yield "result_masked", says, _masked(right, output, place, lambda a: a > 0)
            says = f"{output} is multiplied by the argument {argument}."
            yield "result_multiplied", says, _masked(right, output, place, lambda a: a)
    for name, (says, transform) in whole.items():
        for output in exercise.outputs:
            what = f"the change of {output}" if output in exercise.updates else output
            yield f"result_{name}", _sentence(says, what), _result(right, output, transform)


def _with_steps(exercise: Exercise, steps: Mapping, k: int, case: Case) -> Named | None:
    return run_recipe(exercise, case, steps)


def _sent_back(exercise: Exercise) -> Iterator[Trial]:
    """In a network: the error that is sent back, and the weights that it goes through."""
    parameters = inspect.signature(exercise.recipe).parameters
    if "send_back" not in parameters:
        return
    default, fed = parameters["send_back"].default, "feedback" in exercise.arguments

    def around(transform: Callable, of_weights: bool) -> Callable:
        """send_back with the error, or the weights, changed first."""

        def changed(step: Callable, layer: int, d: Any, e: Any, weights: list) -> Any:
            """One layer's error at its activation."""
            if of_weights:
                return step(layer, d, e, [transform(W) for W in weights])
            return step(layer, transform(d), transform(e), weights)

        return (lambda feedback: partial(changed, default(feedback))) if fed else partial(changed, default)

    for name, (says, transform) in TRANSFORMS.items():
        yield (
            f"sent_{name}",
            _sentence(says, "the error that is sent back"),
            partial(_with_steps, exercise, {"send_back": around(transform, False)}),
        )
        if not fed:
            yield (
                f"backward_weights_{name}",
                _sentence(says, "the weights in the backward pass"),
                partial(_with_steps, exercise, {"send_back": around(transform, True)}),
            )


def _sentence(says: str, noun: str) -> str:
    text = says.format(noun)
    begins = noun.split()[0] if says.startswith("{}") else text.split()[0]
    first = text[0].upper() if len(begins) > 2 else text[0]  # dW and z are names
    return f"{first}{text[1:]}{'' if text.endswith('?') else '.'}"


def _steps(exercise: Exercise) -> dict[str, str]:
    """The recipe's steps that have a name in words."""
    parameters: Mapping[str, Any] = inspect.signature(exercise.recipe).parameters
    known = {name: STEPS[name] for name, p in parameters.items() if p.kind == p.KEYWORD_ONLY and name in STEPS}
    return {name: noun for name, noun in known.items() if callable(parameters[name].default)}


def _after(step: Callable, transform: Callable) -> Callable:
    return lambda *args: transform(np.asarray(step(*args)))


def _reference(exercise: Exercise, case: Case, args: tuple) -> Named | None:
    """What the reference gives for other arguments, compared as if the case's own had been given."""
    try:
        named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*args), exercise.outputs)]
    except Exception:
        return None
    return quantities(exercise, case, named)


def _changing(exercise: Exercise, place: int, transform: Callable) -> Callable[[int, Case], Named | None]:
    def run(k: int, case: Case) -> Named | None:
        """The reference with one argument changed; of a parameter that is updated, only in what is computed."""
        value = case.args[place]
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(v, np.ndarray) and v.dtype.kind == "f" and v.ndim for v in items):
            return None
        new = [np.asarray(transform(v), dtype=float) for v in items]
        if exercise.arguments[place] in exercise.updates.values():
            return None
        args = [*case.args]
        args[place] = new if isinstance(value, list) else new[0]
        return _reference(exercise, case, tuple(args))

    return run


def _changing_all(exercise: Exercise, transform: Callable) -> Callable[[int, Case], Named | None]:
    def run(k: int, case: Case) -> Named | None:
        """The reference with all float arrays changed, if there are several."""
        floats = [isinstance(v, np.ndarray) and v.dtype.kind == "f" and v.ndim > 0 for v in case.args]
        if sum(floats) < 2 or exercise.updates:
            return None
        return _reference(
            exercise, case, tuple(transform(v) if f else v for v, f in zip(case.args, floats, strict=True))
        )

    return run


def _substituted(exercise: Exercise, place: int, other: int) -> Callable[[int, Case], Named | None]:
    def run(k: int, case: Case) -> Named | None:
        """The reference with one argument in another's place."""
        old, new = case.args[place], case.args[other]
        if type(old) is not type(new) or isinstance(old, list) or np.shape(old) != np.shape(new):
            return None
        args = [*case.args]
        args[place] = new
        return _reference(exercise, case, tuple(args))

    return run


def _masked(right: Sequence[Named], output: str, place: int, mask: Callable) -> Callable[[int, Case], Named | None]:
    def run(k: int, case: Case) -> Named | None:
        """The right result, with one output multiplied by something of an argument of its shape."""
        value = case.args[place]
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return None
        fits = [name == output and array.shape == value.shape for name, array in right[k]]
        if not any(fits):
            return None
        return [
            (name, array * mask(value) if fit else array) for fit, (name, array) in zip(fits, right[k], strict=True)
        ]

    return run


def _result(right: Sequence[Named], output: str, transform: Callable) -> Callable[[int, Case], Named | None]:
    def run(k: int, case: Case) -> Named | None:
        """The right result with one output (of a list, each of its arrays) changed."""
        changed = []
        for name, array in right[k]:
            new = transform(array) if name.partition("[")[0] == output and array.ndim else array
            changed.append((name, np.asarray(new)))
        return changed

    return run
