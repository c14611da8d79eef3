"""The reader's own functions: checked, and trained with beside the reference."""

from __future__ import annotations

import html
import linecache
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bridge import sets
from bridge.lanes import Lane
from mfnumpy import network, rules
from mfnumpy.check import EXERCISES
from mfnumpy.check import check as checked
from mfnumpy.check.exercises import HOOKS
from mfnumpy.check.student.load import load
from mfnumpy.course.plug import AdamOf, network_of
from mfnumpy.errors import InvalidValueError, MfnumpyError

SECONDS = 2.0
"""Computing time of a function, and what its file may take to be read. The page's own patience is longer."""
WIDTHS, RATE, BATCH = (64, 64), 0.003, 64
FF_HOOKS = {
    "eq1": "positive_goodness",
    "eq2": "negative_goodness",
    "eq3_gradient": "positive_loss_gradient",
    "eq4_gradient": "negative_loss_gradient",
}
LAYER_PARTS = ("dense_forward", "dense_backward", "relu_backward")
TRAINED = (*HOOKS, *FF_HOOKS, *LAYER_PARTS, "adam_step")
"""The exercises whose function a real network can be trained with."""


def written(function: str, code: str, seconds: float = SECONDS) -> Callable:
    """The function of that name in the reader's code, read as the checker reads a file, within so many seconds.

    Raises MfnumpyError if the code cannot be run or has no such function.
    """
    sys.dont_write_bytecode = True  # a file that is written again within a second would not be read again
    os.chdir(tempfile.mkdtemp())
    path = Path(f"{function}.py")
    path.write_text(code, encoding="utf-8")
    linecache.checkcache()
    found = getattr(load(path, seconds), function, None)
    if not callable(found):
        raise InvalidValueError(f"Your code has no function {function}; it should begin: def {function}(...):")
    return found


def check(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """The checker's report on some code.

    exercise: its name. function: that of the reader's function. code: the reader's. seconds: for the file, and for the
    function's calls; a slow machine is given more.
    """
    exercise, seconds = arguments["exercise"], arguments.get("seconds", SECONDS)
    try:
        function = written(arguments["function"], arguments["code"], seconds)
        say({})  # a sign of life
        report = checked(exercise, function, seconds=seconds)
    except MfnumpyError as error:
        text = _words(error, arguments["function"])
        shown = f'<div class="failed"><p>{html.escape(text)}</p></div>'
        return {"passed": False, "mistake": None, "text": text, "html": shown}
    return {"passed": report.passed, "mistake": report.mistake, "text": str(report), "html": report._repr_html_()}


def _words(error: MfnumpyError, function: str) -> str:
    """An error's own words; with a question where lines of the function stand too far to the left or to the right."""
    cause = error.__cause__
    if isinstance(cause, IndentationError) or (isinstance(cause, SyntaxError) and "outside function" in cause.msg):
        return f"{error} Are the lines indented by 4 spaces, inside `def {function}`?"
    return str(error)


def train(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """Train a network with the reader's function and one with the reference, on the digits; an entry for each epoch.

    A function that stops the network is no failure of the page: the sentence says which.
    """
    exercise, epochs = arguments["exercise"], arguments.get("epochs", 5)
    try:
        functions = {
            "yours": written(arguments["function"], arguments["code"]),
            "reference": EXERCISES[exercise].reference,
        }
    except MfnumpyError as error:
        return {"stopped": _words(error, arguments["function"])}
    lanes = {whose: lane_with(exercise, function) for whose, function in functions.items()}
    for _ in range(epochs):
        for whose, lane in lanes.items():
            for _ in range(lane.of):
                try:
                    lane.advance(1)
                except Exception as error:
                    lane.stopped = f"The network cannot go on with your function ({type(error).__name__}: {error})."
                if lane.stopped:
                    return {"stopped": f"{whose}: {lane.stopped}"}
                say({})  # a sign of life
            say({"whose": whose, "entry": lane.entries[-1]})
    return {"stopped": ""}


def lane_with(exercise: str, function: Callable) -> Lane:
    """A lane on the digits in which a function stands at its place."""
    data, plugged = sets.named("digits"), {}
    net = network.mlp(64, WIDTHS)
    rule: rules.Rule = rules.MonoForward()
    if exercise in HOOKS:
        rule = rules.MonoForward(**{HOOKS[exercise][1]: function})
    elif exercise in FF_HOOKS:
        rule = rules.ForwardForward(**{FF_HOOKS[exercise]: function})
    elif exercise in LAYER_PARTS:
        plugged = {part: EXERCISES[part].reference for part in LAYER_PARTS} | {exercise: function}
        net, rule = network_of(64, list(WIDTHS), **plugged), rules.Backpropagation()
    rule.start(net, data.m)
    lane = Lane(data, net, rule, RATE, BATCH, 0)
    if exercise == "adam_step":
        lane.trainer.optimiser = AdamOf(function, RATE)
    return lane
