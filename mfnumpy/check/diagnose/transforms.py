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

from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, close, quantities, run_recipe
from mfnumpy.check.model import Case, Exercise, Finding, flatten


def _unit(axis: int | None) -> Callable:
    return lambda a: a / (np.linalg.norm(a, axis=axis, keepdims=axis is not None) + 1e-12)


def _centred(axis: int | None) -> Callable:
    return lambda a: a - a.mean(axis=axis, keepdims=axis is not None)


def _standardised(axis: int) -> Callable:
    return lambda a: _centred(axis)(a) / (a.std(axis=axis, keepdims=True) + 1e-12)


def _averaged(axis: int) -> Callable:
    return lambda a: np.broadcast_to(a.mean(axis=axis, keepdims=True), a.shape)


def _softmax(axis: int) -> Callable:
    def apply(a: np.ndarray) -> np.ndarray:
        """A softmax along this axis."""
        e = np.exp(a - a.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    return apply


TRANSFORMS: dict[str, tuple[str, Callable]] = {
    "squared": ("{} is squared", np.square),
    "absolute": ("the signs of {} are lost: an absolute value is taken", np.abs),
    "rectified": ("negative entries of {} are cut off (a ReLU)", lambda a: np.maximum(a, 0)),
    "binarised": ("only the signs of {} are used, not the sizes", np.sign),
    "stepped": ("{} counts as on or off only, 1 where it is positive", lambda a: (a > 0) * 1.0),
    "negated": ("the sign of {} is wrong", np.negative),
    "ones": ("{} is not used: the result is as if all its entries were 1", np.ones_like),
    "zeros": ("{} is not used: the result is as if all its entries were 0", np.zeros_like),
    "rows_normalised": ("each row of {} is scaled to length 1 (normalised)", _unit(-1)),
    "columns_normalised": ("each column of {} is scaled to length 1 (normalised)", _unit(0)),
    "normalised": ("{} is scaled to length 1 (normalised) as a whole", _unit(None)),
    "scaled_by_largest": ("{} is divided by its largest entry", lambda a: a / np.abs(a).max()),
    "rows_scaled_by_largest": ("each row of {} is divided by its largest entry",
                               lambda a: a / np.abs(a).max(axis=-1, keepdims=True)),
    "rows_scaled_by_sum": ("each row of {} is divided by its sum", lambda a: a / a.sum(axis=-1, keepdims=True)),
    "centred_over_batch": ("the mean over the first axis is taken off (subtracted from) {}", _centred(0)),
    "centred_over_row": ("the mean of each row is taken off (subtracted from) {}", _centred(-1)),
    "centred": ("the mean of all entries is taken off (subtracted from) {}", _centred(None)),
    "standardised_over_batch": ("each column of {} is standardised over the batch (mean 0, deviation 1)",
        _standardised(0)),
    "standardised_over_row": ("each row of {} is standardised (mean 0, deviation 1)", _standardised(-1)),
    "averaged_over_batch": ("{} is averaged over the first axis: every row is the same", _averaged(0)),
    "averaged_over_row": ("{} is averaged along each row: every column is the same", _averaged(-1)),
    "softmaxed": ("a softmax is applied to {}", _softmax(-1)),
    "softmaxed_over_batch": ("a softmax over the batch is applied to {}", _softmax(0)),
    "sigmoided": ("a sigmoid is applied to {}", lambda a: 1 / (1 + np.exp(-a))),
    "tanhed": ("a tanh is applied to {}", np.tanh),
    "rooted": ("a square root is taken of {}", lambda a: np.sqrt(np.abs(a))),
    "rows_reversed": ("the rows of {} are in reverse order", lambda a: a[::-1]),
    "columns_reversed": ("the columns of {} are in reverse order", lambda a: a[..., ::-1]),
    "rows_shifted": ("the rows of {} are shifted by one", lambda a: np.roll(a, 1, axis=0)),
    "rows_shifted_back": ("the rows of {} are shifted by one", lambda a: np.roll(a, -1, axis=0)),
    "columns_shifted": ("the columns of {} are shifted by one", lambda a: np.roll(a, 1, axis=-1)),
    "columns_shifted_back": ("the columns of {} are shifted by one", lambda a: np.roll(a, -1, axis=-1)),
    "first_row_for_all": ("the first row of {} stands for all rows",
                          lambda a: np.broadcast_to(a[:1], a.shape)),
    "last_row_for_all": ("the last row of {} stands for all rows", lambda a: np.broadcast_to(a[-1:], a.shape)),
    "reshaped": ("{} is reshaped where its axes should be exchanged or kept", lambda a: a.T.reshape(a.shape)),
    "rounded": ("{} is rounded to whole numbers", np.rint),
    "truncated": ("{} is cut to whole numbers: is it stored in an array of integers?", np.trunc),
    "largest_taken_off": ("the largest entry of each row is taken off {}", lambda a: a - a.max(axis=-1, keepdims=True)),
    "log_softmaxed": ("a log-softmax is applied to {}", lambda a: np.log(_softmax(-1)(a))),
    "columns_weighed": ("each column of {} is multiplied by its number",
                        lambda a: a * (1 + np.arange(a.shape[-1]))),
    "columns_weighed_from_0": ("each column of {} is multiplied by its number, from 0 on",
                               lambda a: a * np.arange(a.shape[-1])),
    "small_entries_cut": ("entries of {} below its mean are cut off", lambda a: a * (a > a.mean())),
    "largest_kept": ("only the largest entry of each row of {} is kept",
                     lambda a: a * (a == a.max(axis=-1, keepdims=True))),
    "inverted": ("the pseudo-inverse stands for the transpose of {}",
                 lambda a: np.linalg.pinv(a).T if a.ndim == 2 else a * np.nan),
    "scaled_by_largest_signed": ("{} is divided by its largest entry", lambda a: a / a.max()),
    "scaled_by_sum": ("{} is divided by the sum of its entries", lambda a: a / a.sum()),
    "cubed": ("the third power of {} is taken", lambda a: a**3),
    "exponentiated": ("an exponential is taken of {}", np.exp),
    "running_sum_of_columns": ("{} is a running (cumulated) sum along its rows", lambda a: np.cumsum(a, axis=-1)),
    "mirrored": ("{} is mirrored, up and down and left and right", lambda a: a[:, ::-1,
        ::-1] if a.ndim == 4 else a * np.nan),
    "upside_down": ("{} is upside down", lambda a: a[:, ::-1] if a.ndim == 4 else a * np.nan),
    "left_right": ("{} is mirrored left and right", lambda a: a[:, :, ::-1] if a.ndim == 4 else a * np.nan),
    "reshaped_back": ("{} is reshaped where its axes should be exchanged or kept",
                      lambda a: a.reshape(a.shape[::-1]).T if a.ndim == 2 else a * np.nan),
    "row_sums": ("{} is summed along each row, and every column gets the sum",
                 lambda a: np.broadcast_to(a.sum(axis=-1, keepdims=True), a.shape)),
    "column_sums": ("{} is summed over the first axis, and every row gets the sum",
                    lambda a: np.broadcast_to(a.sum(axis=0, keepdims=True), a.shape)),
    "negative_part": ("positive entries of {} are cut off", lambda a: np.minimum(a, 0)),
    "smallest_kept": ("only the smallest entry of each row of {} is kept",
                      lambda a: a * (a == a.min(axis=-1, keepdims=True))),
    "running_sum": ("{} is a running (cumulated) sum along its first axis", lambda a: np.cumsum(a, axis=0)),
}  # fmt: skip
"""What may be done to an array, in words with a place for its name."""

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
    for name, says, run in _trials(exercise, right):
        if all(
            all_close(outputs, _chosen(run(k, case), wrong), LOOSE)
            for k, (case, outputs) in enumerate(zip(cases, told, strict=True))
        ):
            own = "" if every or exercise.updates or any(says.startswith(f"{w} ") for w in wrong) else (
                f"{' and '.join(sorted(wrong))}: ")  # fmt: skip
            found.append(Finding(name, f"{own}{says}"))
    return found + clipped(got, right)


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


def clipped(got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """Large entries of one output cut at the same size on all cases."""
    for output in dict.fromkeys(name for outputs in right for name, _ in outputs):
        limits, fits = set(), True
        for g, r in zip(got, right, strict=True):
            for (name, s), (_, t) in zip(g, r, strict=True):
                limit = float(np.abs(s).max(initial=0.0)) if name == output else np.inf
                fits = fits and close(s, np.clip(t, -limit, limit), LOOSE)
                if fits and name == output and limit < 0.999 * np.abs(t).max(initial=0.0):
                    limits.add(round(limit, 7))
        if fits and len(limits) == 1 and 0 not in limits:
            says = f"Large entries of {output} are clipped, at {limits.pop():.4g}."
            return [Finding("result_clipped", says)]
    return []


Trial = tuple[str, str, Callable[[int, Case], Named | None]]


def _trials(exercise: Exercise, right: Sequence[Named]) -> Iterator[Trial]:
    for step, noun in _steps(exercise).items():
        default = inspect.signature(exercise.recipe).parameters[step].default
        for name, (says, transform) in TRANSFORMS.items():
            steps = {step: _after(default, transform)}
            yield f"step_{name}", _sentence(says, noun), partial(_with_steps, exercise, steps)
    yield from _sent_back(exercise)
    for place, argument in enumerate(exercise.arguments):
        for name, (says, transform) in TRANSFORMS.items():
            change = _changing(exercise, place, transform)
            yield f"argument_{name}", _sentence(says, f"the argument {argument}"), change
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
    for name, (says, transform) in TRANSFORMS.items():
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
