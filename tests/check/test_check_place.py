"""The place of a mistake in a student's code: found by small changes, told without the answer, and safely."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable
from itertools import count

import numpy as np
import pytest

from mfnumpy import equations
from mfnumpy.check import check
from mfnumpy.check.source import words
from mfnumpy.check.source.locate import place
from mfnumpy.check.source.machine import Machine, TooMuch
from mfnumpy.check.source.reading import read
from mfnumpy.support.text import run_text

NUMBER = count()
X = np.random.default_rng(3).normal(size=(5, 4))
Y = np.random.default_rng(4).normal(size=(5, 4)) + 2


def function_of(code: str, name: str = "f", register: bool = True) -> Callable:
    """The function of this name, with a source that can be looked up, as a file's can."""
    file = f"<test {next(NUMBER)}>"
    space = {"np": np, "equations": equations}
    run_text(code, file, space)
    if not register:
        del linecache.cache[file]
    return space[name]


class Like:
    """A trial that compares with a right function, on a few arguments."""

    def __init__(self, right: Callable, *arguments: tuple):
        self.right, self.arguments, self.runs = right, arguments, 0

    def shares(self, function: Callable) -> list[float]:
        """How much of each output is right; each entry of a tuple is an output."""
        pairs = [zip(function(*given), self.right(*given), strict=True) for given in self.arguments]
        return [float(np.isclose(a, b).mean()) for outputs in pairs for a, b in outputs]

    def is_right(self, function: Callable) -> bool:
        """Whether it gives the same on all."""
        self.runs += 1
        for given in self.arguments:
            value, expected = (
                function(*[np.array(a) if isinstance(a, np.ndarray) else a for a in given]),
                self.right(*given),
            )
            if np.shape(value) != np.shape(expected) or not np.allclose(value, expected, rtol=1e-9, atol=1e-12):
                return False
        return True


def said(code: str, right: Callable, *arguments: tuple) -> str:
    """What is told of a wrong function."""
    trial = Like(right, *(arguments or ((X, Y),)))
    function = function_of(code)
    assert not trial.is_right(function)
    return place(function, trial)


def body(*lines: str) -> str:
    """A function f(x, y) of these lines, which begin at line 2."""
    return "def f(x, y):\n" + "".join(f"    {line}\n" for line in lines)


CASES: dict[str, tuple[int, str, Callable]] = {
    "returns_early": (5, body("s = 0", "for row in x:", "    s += row.sum()", "    return s"), lambda x, y: x.sum()),
    "overwritten": (4, body("s = 0", "for row in x:", "    s = row.sum()", "return s"), lambda x, y: x.sum()),
    "overwritten_minus": (4, body("s = 0", "for row in x:", "    s = row.sum()", "return s"), lambda x, y: -x.sum()),
    "added_up": (
        4,
        body("s, out = 0, []", "for row in x:", "    s += row.sum()", "    out.append(s)", "return np.array(out)"),
        lambda x, y: x.sum(axis=1),
    ),
    "each_time_anew": (4, body("s = 0", "for row in x:", "    s = 0", "    s += row.sum()", "return s"), None),
    "in_the_loop": (
        5,
        body("s, t = 0, x[0]", "for row in x[1:]:", "    t = t + row", "s = s * 2 + t", "return s"),
        lambda x, y: sum(2 ** (3 - k) * x[: k + 2].sum(axis=0) for k in range(4)),
    ),
    "in_the_loop_first": (
        3,
        body(
            "out = []",
            "row = np.zeros(4)",
            "for k in range(5):",
            "    row[0] = k",
            "    out.append(row)",
            "return np.array(out)",
        ),
        lambda x, y: np.outer(np.arange(5), [1, 0, 0, 0]),
    ),
    "after_the_loop": (
        5,
        body("s = 0", "for row in x:", "    s += row.sum()", "    s = s / 7", "return s"),
        lambda x, y: x.sum() / 7,
    ),
    "order": (3, body("x = x * y", "z = np.exp(x)", "return x + z"), lambda x, y: np.exp(x) + x * y),
    "both_old": (3, body("a, b = x, y", "a, b = a + 1, a * b", "return a + b"), lambda x, y: x + 1 + (x + 1) * y),
    "targets": (2, body("a, b = np.exp(x), np.exp(y)", "return a - b * 2"), lambda x, y: np.exp(y) - 2 * np.exp(x)),
    "loop_bounds": (
        3,
        body("s = 0", "for i in range(len(x) - 2):", "    s += x[i].sum()", "return s"),
        lambda x, y: x[:4].sum(),
    ),
    "loop_order": (
        3,
        body("s = 0", "for row in x:", "    s = s / 2 + row", "return s"),
        lambda x, y: sum(x[k] / 2**k for k in range(5)),
    ),
    "count": (2, body("return np.sin(x).sum() / x.size"), lambda x, y: np.sin(x).sum() / len(x)),
    "off_by_one": (2, body("return x * (len(y) - 1)"), lambda x, y: x * len(y)),
    "needless": (2, body("x[0] = 3", "return x.sum()"), None),
    "mask": (2, body("return x * y * (x > 0)"), lambda x, y: x * y),
    "old_value": (4, body("x = np.exp(x)", "u = x * 2", "return x + u"), lambda x, y: x + 2 * np.exp(x)),
    "axis": (2, body("return x.max(axis=0)"), lambda x, y: x.max(axis=1)),
    "no_axis": (2, body("return x - np.max(x)"), lambda x, y: x - x.max(axis=1, keepdims=True)),
    "keepdims": (2, body("return x[:4] / x[:4].sum(axis=1)"), lambda x, y: x[:4] / x[:4].sum(axis=1, keepdims=True)),
    "ddof": (2, body("return x.std(ddof=1)"), lambda x, y: x.std()),
    "division": (2, body("return x * y / len(x)"), lambda x, y: x * y),
    "factor": (2, body("return np.exp(x) * np.cos(y)"), lambda x, y: np.exp(x)),
    "term": (2, body("return np.exp(x) + np.cos(y)"), lambda x, y: np.exp(x)),
    "power": (2, body("return y**3 + x"), lambda x, y: y + x),
    "minus": (2, body("return np.exp(-x) * y"), lambda x, y: np.exp(x) * y),
    "sign_between": (2, body("return np.exp(x - y) * y"), lambda x, y: np.exp(x + y) * y),
    "sides": (2, body("return np.exp(x - y)"), lambda x, y: np.exp(y - x)),
    "brackets": (2, body("return x + y * 3.7"), lambda x, y: (x + y) * 3.7),
    "operation": (2, body("return np.exp(x) * y + 1.5"), lambda x, y: np.exp(x) / y + 1.5),
    "needless_call": (2, body("return np.abs(x) @ y.T"), lambda x, y: x @ y.T),
    "function": (2, body("return np.minimum(x, y)"), np.maximum),
    "turned": (2, body("return x[:4] @ y[:4].T"), lambda x, y: x[:4] @ y[:4]),
    "comparison": (2, body("return np.where(x < 1, y, 0.5)"), lambda x, y: np.where(x >= 1, y, 0.5)),
    "number": (2, body("return x * 0.25 + y * 17"), lambda x, y: x * 0.5 + y * 17),
    "slice": (2, body("return x[1:].sum()"), lambda x, y: x.sum()),
    "index_beside": (
        4,
        body("s = 0", "for i in range(1, 5):", "    s += x[i] * y[i]", "return s"),
        lambda x, y: sum(x[i - 1] * y[i] for i in range(1, 5)),
    ),
    "index_backwards": (
        4,
        body("s = 0", "for i in range(5):", "    s += x[i] * y[i]", "return s"),
        lambda x, y: sum(x[4 - i] * y[i] for i in range(5)),
    ),
    "index": (2, body("return (x * y)[0]"), lambda x, y: x * y),
    "variable": (3, body("z = x * y", "return z + x * (y > 2)"), lambda x, y: x * y + x * (x > 2)),
    "loop_left": (6, body("s = 0", "for row in x:", "    s += row.sum()", "    t = s", "    break", "return t"), None),
    "always": (2, body("if len(x) > 9:", "    x = x * 2", "return x"), lambda x, y: 2 * x),
    "changed_early": (2, body("x = x - 0.1 * y", "return np.sin(x) * y"), lambda x, y: np.sin(x) * y),
    "everything": (2, body("return x.sum() / (x > 0).sum()"), lambda x, y: x.mean()),
    "nothing": (2, body("return np.where(x > 0, y, x)"), lambda x, y: x),
    "never": (2, body("if len(x) > 2:", "    return x * 3", "return x * 7"), lambda x, y: 7 * x),
    "negation": (2, body("return np.where(~(x > y), x, 0.5)"), lambda x, y: np.where(x > y, x, 0.5)),
    "exchanged": (2, body("return x, y * 2"), lambda x, y: (y * 2, x)),
    "arguments": (2, body("return np.arctan2(x, y)"), lambda x, y: np.arctan2(y, x)),
    "option": (
        2,
        body('return np.concatenate([x, y], axis=0).reshape(8, 5, order="F")'),
        lambda x, y: np.concatenate([x, y]).reshape(8, 5),
    ),
    "no_minus": (2, body("return np.exp(x * y)"), lambda x, y: np.exp(-x * y)),
    "reshaped": (2, body("return x.reshape(2, 10) * 3"), lambda x, y: x.reshape(10, 2).T * 3),
    "layout": (2, body("return x.reshape(5, 2, 2)"), lambda x, y: x.reshape(5, 2, 2).swapaxes(0, 1)),
    "flipped": (2, body("return x.reshape(5, 2, 2)"), lambda x, y: np.flip(x.reshape(5, 2, 2), (1, 2))),
    "complement": (2, body("return np.sin(x * y) * 3"), lambda x, y: (1 - np.sin(x * y)) * 3),
    "not_turned": (2, body("return x[:4] @ y[:4]"), lambda x, y: x[:4] @ y[:4].T),
    "beside": (2, body("return np.sin(y * y)"), lambda x, y: np.sin(y * y + 1)),
    "factor_missing": (2, body("return np.sin(x)"), lambda x, y: np.sin(x * y)),
    "divisor_missing": (2, body("return np.sin(x)"), lambda x, y: np.sin(x / y)),
    "term_missing": (2, body("return np.sin(x)"), lambda x, y: np.sin(x + y)),
    "count_missing": (2, body("return np.sin(x)"), lambda x, y: np.sin(x / len(x))),
    "mask_missing": (3, body("z = np.sin(x)", "return z * 2.5"), lambda x, y: np.sin(x) * 2.5 * (x > 0)),
    "relu_missing": (2, body("return x @ y.T"), lambda x, y: np.maximum(x @ y.T, 0)),
    "curve_missing": (2, body("return x * np.cos(y)"), lambda x, y: x * np.exp(np.cos(y))),
    "reduction_missing": (2, body("return x * y"), lambda x, y: (x * y).sum(axis=1)),
    "copy_missing": (3, body("z = x * 1", "w = z", "w += 1", "return z * w"), lambda x, y: x * (x + 1)),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_of_mistake_is_placed(kind):
    line, code, right = CASES[kind]
    told = said(code, right or (lambda x, y: x.sum()))
    pattern = re.sub(r"\\\{(what|around|more)\\\}", ".*", re.escape(words.SAYS[kind]))
    assert re.fullmatch(f"In line {line} of your code( \\(`.*`\\))?: {pattern}\\.", told), told


def test_every_kind_has_its_case():
    assert set(words.KINDS) == set(CASES)


def test_what_is_tried_is_never_shown():
    told = said(body("return np.sin(x) * y"), lambda x, y: np.sin(y) * y)
    assert told == "In line 2 of your code: `x` is the wrong variable in `np.sin(x)`."


def test_two_mistakes_have_no_one_place():
    assert said(body("return np.sin(-x) + np.cos(-y * x)"), lambda x, y: np.sin(x) - np.cos(y * x) * 1.5) == ""


def test_a_function_that_the_student_calls_is_looked_into():
    code = "def unit(z):\n    return z / z.sum(axis=0)\n\n\ndef f(x, y):\n    return unit(x * x) * y\n"
    told = said(code, lambda x, y: x * x / (x * x).sum(axis=1, keepdims=True) * y)
    assert told.startswith("In line 2 of your code: the axis is the wrong one"), told


UNREAD = {
    "no source": function_of(body("return x - y"), register=False),
    "a lambda": function_of("f = lambda x, y: x - y\n"),
    "a closure": function_of(
        "def g():\n    t = 1\n    def f(x, y):\n        return x - y * t\n    return f\n\n\nf = g()\n"
    ),
    "a file": function_of(body("open('/tmp/never', 'w')", "return x - y")),
    "a file of NumPy's": function_of(body("np.save('/tmp/never', x)", "return x - y")),
    "another module": function_of(body("import os", "return x - y")),
    "code that is made": function_of(body("return eval('x - y')")),
}


@pytest.mark.parametrize("what", UNREAD)
def test_what_cannot_or_should_not_be_run_again_is_let_be(what):
    assert read(UNREAD[what]) is None
    assert place(UNREAD[what], Like(lambda x, y: x + y, (X, Y))) == ""


def test_a_source_that_was_changed_since_is_not_told_of():
    function = function_of(body("return x - y"))
    text = body("# a remark", "return x - y - 0")
    linecache.cache[function.__code__.co_filename] = (len(text), None, text.splitlines(keepends=True), "")
    assert read(function) is None


def test_changes_that_never_end_or_fill_the_memory_are_stopped():
    code = body(
        "k = s = 0",
        "while k < 5:",
        "    s = s + x[k] * 2**k",
        "    k = k + 1",
        "n = np.zeros(2**10)",
        "return s - n[0] - 9e9",
    )
    trial = Like(lambda x, y: x.sum(), (X, Y))
    assert place(function_of(code), trial) == ""
    assert trial.runs > 50


def test_an_array_may_be_multiplied_with_itself_but_no_list_is_put_into_itself():
    square = X[:, :4].T @ X[:, :4]
    told = said("def f(x, y):\n    return x.dot(x) / 2\n", lambda x, y: x.dot(x), (square, square))
    assert told == "In line 2 of your code: it is divided by `2`: this division does not belong there."
    out = [1]
    with pytest.raises(TooMuch):
        Machine().call(0, out.append, out)


def test_the_same_is_told_each_time():
    told = {said(body("return np.sin(x - y) / 2"), lambda x, y: np.sin(x + y) / 2) for _ in range(3)}
    assert len(told) == 1


def test_a_report_tells_the_place_and_no_longer_that_nothing_is_recognised():
    code = """
def eq3(G, theta):
    p = 1 / (1 + np.exp(theta - G))
    return np.logaddexp(0.0, -1 / (1 + np.exp(-p))).mean()
"""
    report = check("eq3", function_of(code, "eq3"))
    assert "not recognised" in str(report)
    one = check(
        "eq3", function_of("def eq3(G, theta):\n    return np.logaddexp(0.0, np.cos(theta - G)).mean()\n", "eq3")
    )
    assert "In line 2 of your code: `cos` does not belong there" in one.evidence
    assert "not recognised" not in str(one)


def test_an_exercise_with_a_judge_is_placed_as_well():
    code = (
        "def shuffle_together(X, y, rng):\n    p = rng.permutation(len(y))\n    q = np.sort(p)\n    return X[p], y[q]\n"
    )
    report = check("shuffle_together", function_of(code, "shuffle_together"))
    assert "of your code" in report.evidence


def test_a_fault_in_the_search_for_the_place_does_not_stop_the_report(monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError

    code = "def eq5(a, M):\n    return -a @ M.T\n"
    assert "of your code" in check("eq5", function_of(code, "eq5")).evidence
    monkeypatch.setattr("mfnumpy.check.source.locate.built", fails)
    report = check("eq5", function_of(code, "eq5"))
    assert not report.passed
    assert "of your code" not in report.evidence
    assert report.evidence


def test_code_in_a_sentence_is_code_on_a_page_and_nothing_of_it_is_markup():
    report = check("eq5", function_of("def eq5(a, M):\n    return (a @ M.T) * (a.sum() < np.inf) * -1\n", "eq5"))
    page = report._repr_html_()
    assert "`" in report.evidence
    assert "`" not in page
    assert re.search(r"<code>[^<>]+</code>", page)


def test_two_places_are_told_where_no_single_change_mends_it():
    code = body("a = np.sin(x + y)", "b = 2 * x - y", "return a, b")
    told = said(code, lambda x, y: (np.sin(x - y), 2 * x - np.cosh(3 * y)))
    assert told == ""  # what is missing from b is no small change
    told = said(code, lambda x, y: (np.sin(x - y), 2 * x + y))
    first, *places = told.split("\n")
    assert first == "Two places in your code are wrong:"
    assert [line[:9] for line in places] == ["In line 2", "In line 3"]


def test_a_second_place_is_not_looked_for_where_the_first_makes_nothing_right():
    assert said(body("return np.sin(x + y) * 3, x"), lambda x, y: (np.sin(x - y), x * 1.0)) == ""


def test_an_argument_that_is_updated_too_early_is_said_to_be():
    told = said(body("x = x - 0.1 * y", "return np.sin(x) * y"), lambda x, y: np.sin(x) * y)
    assert told.startswith("In line 2 of your code: this line changes (updates) `x` too early:")
    told = said(body("x = x / 2", "return np.sin(x) * y"), lambda x, y: np.sin(x) * y)
    assert "too early" not in told


@pytest.mark.parametrize(
    ("line", "right", "says"),
    [
        ("return x.sum() / (x > 0).sum()", lambda x, y: x.mean(), "every entry counts, not only those"),
        ("return np.where(x > 0, y, x)", lambda x, y: x, "must be chosen nowhere"),
    ],
)
def test_a_condition_on_an_array_that_does_not_belong_there_is_said_to_be(line, right, says):
    assert said(body(line), right).endswith(f"{says}.")
