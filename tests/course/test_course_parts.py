"""The course's own parts: mine or reference, plugged-in functions, assembling, tables, commands."""

from __future__ import annotations

import contextlib
import copy

import nbformat
import numpy as np
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy import equations, network, optim, rules
from mfnumpy.check import Report
from mfnumpy.course import by_indices, grade, in_one_sentence, is_written, mine_or_reference
from mfnumpy.course.command import main
from mfnumpy.course.forms import products_in_texts
from mfnumpy.course.grading.assemble import assemble
from mfnumpy.course.grading.credit import share, shares
from mfnumpy.course.grading.reading import Cell
from mfnumpy.course.grading.scan import scan
from mfnumpy.course.grading.submission import grade_notebook
from mfnumpy.course.plan import read_plans
from mfnumpy.course.plug import AdamOf, ForwardForwardOf, network_of
from mfnumpy.course.student import SEED_VARIABLE, WrongFunctionError, reference_of
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.layers import dense_backward, dense_forward, relu_backward
from mfnumpy.train import Trainer


def untouched(a, M):
    raise NotImplementedError  # write your code here, in place of this line


def written_above_the_line(a, M):
    return a @ M.T
    raise NotImplementedError


def wrong(a, M):
    return a @ M.T * 2


def test_mine_or_reference_takes_what_is_written_right_or_wrong(capsys):
    assert not is_written(untouched)
    assert is_written(written_above_the_line)
    assert mine_or_reference(untouched, equations.goodness_scores) is equations.goodness_scores
    assert mine_or_reference(written_above_the_line, equations.goodness_scores) is written_above_the_line
    assert mine_or_reference(wrong, "eq5") is wrong
    a, M = np.ones((2, 3)), np.ones((4, 3))
    assert np.array_equal(mine_or_reference(untouched, "eq5")(a, M), a @ M.T)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "untouched: not written yet, so the reference"
    assert said[2] == "wrong: yours"
    with pytest.raises(UnknownNameError):
        reference_of("eq55")


def test_grade_is_silent_for_right_functions_and_raises_the_report_for_wrong_ones(monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, "77")
    grade("eq5", written_above_the_line)
    grade("ticks", lambda blocks, batches: blocks + batches - 1)
    with pytest.raises(AssertionError, match=r"2\.000"):
        grade("eq5", wrong)
    with pytest.raises(AssertionError, match="not written yet"):
        grade("ticks", untouched_ticks)


def untouched_ticks(blocks, batches):
    raise NotImplementedError


def test_plugged_in_functions_compute_what_the_package_computes():
    """A network, an optimiser and a rule made of the reference functions train to the package's own bytes."""
    x = np.random.default_rng(0).random((30, 12)).astype("float32")
    y = np.arange(30) % 3
    mine = network_of(
        12, [7, 5], dense_forward=dense_forward, dense_backward=dense_backward, relu_backward=relu_backward
    )
    for rule_name in ("bp", "mf"):
        nets = (network.mlp(12, (7, 5), bias=True), copy.deepcopy(mine))
        for net, optimiser in zip(nets, (optim.Adam(0.01), AdamOf(optim.adam_step, 0.01)), strict=True):
            rule = rules.make(rule_name)
            rule.start(net, 3)
            Trainer(net, rule, optimiser, epochs=3, batch_size=8, show_progress=False).fit(x, y)
        for name, expected in nets[0].parameters().items():
            np.testing.assert_allclose(nets[1].parameters()[name], expected, rtol=1e-5, atol=1e-6)
    own = ForwardForwardOf(
        equations.positive_goodness,
        equations.negative_goodness,
        equations.positive_loss_gradient,
        equations.negative_loss_gradient,
    )
    nets = (network.mlp(12, (7, 5)), network.mlp(12, (7, 5)))
    for net, rule in zip(nets, (rules.ForwardForward(), own), strict=True):
        rule.start(net, 3)
        Trainer(net, rule, optim.Adam(0.01), epochs=3, batch_size=8, show_progress=False).fit(x, y)
    for name, expected in nets[0].parameters().items():
        np.testing.assert_allclose(nets[1].parameters()[name], expected, rtol=1e-5, atol=1e-6)


EQUATIONS, MEMORY = "03_equations", "12_memory_and_speed"


def cells_of(notebook) -> list[Cell]:
    """The cells of a notebook, as they are read from its file."""
    return [
        Cell(c.cell_type, c.source, c.metadata.get("nbgrader", {}).get("grade_id", ""), c.get("id", ""))
        for c in notebook.cells
    ]


def test_assembling_keeps_the_students_code_and_the_instructors_everything_else(course):
    plan = read_plans(course.root)[MEMORY]
    submitted = cells_of(course.solved(MEMORY, ticks="def ticks(a, b):\n    return helper(a)"))
    names = [cell.name for cell in submitted]
    submitted[names.index("check-ticks")] = Cell("code", "ticks = None", "check-ticks")
    submitted[names.index("kept_by_mf")] = Cell("markdown", "def kept_by_mf():\n    pass", "kept_by_mf")
    submitted.append(Cell("code", "def kept_by_bp(N, d, widths):\n    return 0", "kept_by_bp"))
    submitted.insert(names.index("ticks"), Cell("code", "helper = len"))
    parts, remarks = assemble(plan, submitted)
    named = {part.name: part for part in parts}
    assert [part.name for part in parts if part.role != "own"] == [cell.name for cell in plan.cells]
    assert named["check-ticks"].source == plan.cells[names.index("check-ticks")].source
    assert named["ticks"].source.endswith("helper(a)")
    assert named["kept_by_bp"].source.endswith("return 0")  # the last of two
    assert [part.source for part in parts if part.role == "own"] == ["helper = len"]
    assert parts[names.index("ticks")].role == "own"
    assert remarks == ["kept_by_mf: was turned into a markdown cell, read as code", "check-ticks: edited, restored"]


def test_a_notebook_without_metadata_is_put_together_by_text_and_by_function_names(course):
    plan = read_plans(course.root)[EQUATIONS]
    solved = course.solved(EQUATIONS)
    parts, remarks = assemble(plan, [Cell(c.cell_type, c.source) for c in solved.cells])
    assert {p.name: p.source for p in parts if p.role == "solution"} == {
        c.metadata.nbgrader.grade_id: c.source for c in solved.cells if c.metadata.nbgrader.solution
    }
    assert remarks == []
    parts, remarks = assemble(plan, [])
    assert remarks == ["15 locked cells were edited or deleted, restored"] or "restored" in remarks[0]


LESSONS_EQ5 = "def eq5(a, M):\n    return a @ M.T"
FORMS = {
    LESSONS_EQ5: ["@", ".T"],
    "def eq5(a, M):\n    return np.dot(a, np.transpose(M))": ["dot", ".transpose"],
    "def turned(M):\n    return M.swapaxes(0, 1)\ndef eq5(a, M):\n    return a @ turned(M)": ["@", ".swapaxes"],
    "def eq5(a, M):\n    return (lambda b: np.matmul(b, M.T))(a)": ["matmul", ".T"],
    "def eq5(a, M):\n    return np.einsum('sj,cj->sc', a, M)": [],
    "def eq5(a, M):\n    'No @ and no .T.'\n    dot = T = (a[:, None] * M).sum(-1)\n    return dot": [],
    "def eq5(a, M):\n    raise NotImplementedError": [],
}


@pytest.mark.parametrize("source", FORMS)
def test_the_form_of_an_answer_is_read_from_the_function_and_from_its_text(source, capsys):
    names = {"np": np}
    exec(source, names)
    assert by_indices(names["eq5"]) is (FORMS[source] == [])
    said = capsys.readouterr().out
    assert all(what in said for what in FORMS[source])
    assert bool(said) == bool(FORMS[source])
    helper, _, rest = source.rpartition("def eq5")
    texts = ["def eq5(:", "def eq5(a, M):\n    return a", helper, "def eq5" + rest]  # the last definition counts
    assert sorted(products_in_texts("eq5", texts)) == sorted(FORMS[source])
    assert products_in_texts("eq7", texts) == []


def test_the_line_that_the_lesson_prints_is_told_from_the_one_that_was_asked_for(course, tmp_path):
    plan = read_plans(course.root)[EQUATIONS]
    assert [task.forms for task in plan.tasks] == [("eq5",), ("eq7",), ("eq8",)]
    path = tmp_path / "x.ipynb"
    path.write_text(nbformat.writes(course.solved(EQUATIONS, eq5=LESSONS_EQ5)), encoding="utf-8")
    marks = grade_notebook(path, plan, seed=4)["marks"]
    assert {name: mark["score"] for name, mark in marks.items()} == {"eq5": 1.0, "eq7": 4.0, "eq8": 3.0}
    assert marks["eq5"]["mistake"] == "printed_form"
    assert (
        "The numbers are right. It uses .T, @; this exercise asks for the sum over the indices" in marks["eq5"]["said"]
    )
    assert "assert by_indices(eq5)" in course.read("source", EQUATIONS).cells[4].source  # and for nbgrader's commands


HONEST = (
    "da = dG @ M\ndef eq7(x, z, M, dG):\n    return x.T @ (dG @ M * (z > 0))",
    "import numpy as np\nimport matplotlib.pyplot as plt\nnp.set_printoptions(precision=3)\nW = np.ones(3)\nW[0] = 2",
    "class Net:\n    def __init__(self):\n        self.x = {}\n        self.x['a'] = 1",
    "%matplotlib inline\nnet.blocks\nprint('mfnumpy is a package')",
    "def broken(:",
    '"""A docstring that names mfnumpy.equations."""',
)


def flags(course, source: str, name: str = EQUATIONS, cell: str = "eq7") -> list[str]:
    """What the scan says of a notebook with this cell."""
    plan = read_plans(course.root)[name]
    return scan(plan, assemble(plan, cells_of(course.solved(name, **{cell: source})))[0])


@pytest.mark.parametrize("source", HONEST)
def test_honest_code_is_not_flagged(course, source):
    assert flags(course, source) == []


def test_no_solution_of_ours_is_flagged(course):
    for name, plan in read_plans(course.root).items():
        assert scan(plan, assemble(plan, cells_of(course.solved(name)))[0]) == [], name


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("from mfnumpy.equations import weight_gradient as eq7", "imports mfnumpy.equations.weight_gradient"),
        ("import mfnumpy.equations as e\neq7 = e.weight_gradient", "uses mfnumpy.equations.weight_gradient"),
        ("eq7 = equations.weight_gradient", "uses mfnumpy.equations.weight_gradient"),
        ("from importlib import import_module", "imports importlib.import_module"),
        ("__import__('os').system('ls')", "calls __import__"),
        ("eval('1')", "calls eval"),
        ("import numpy\nnumpy.abs = abs", "changes numpy.abs"),
        ("import numpy as np\ndel np.abs", "changes np.abs"),
        ("from numpy import linalg\nlinalg.norm = abs", "changes linalg.norm"),
        ("setattr(equations, 'x', 1)", "calls setattr"),
        ("check = print", "gives check another meaning"),
        ("def grade(*a):\n    pass", "gives grade another meaning"),
        ("class A:\n    def __eq__(self, o):\n        return True", "defines a class with __eq__"),
        ("x = (1).__class__.__subclasses__()", "uses __subclasses__"),
        ("f = lambda: 0\nf.__globals__", "uses __globals__"),
        ("name = 'mfnumpy.' + 'equations'", "names a module of the package in a string"),
        ("!ls", "runs a command of the shell"),
        ("%%bash\nls", "runs a command of the shell"),
        ("import gc", "imports gc"),
        ("import pkgutil", "imports pkgutil"),
        ("import scipy.special", "imports scipy.special"),
        ("from numpy import testing", "imports numpy.testing"),
        ("import numpy as np\nx = np.fromfile('a')", "uses np.fromfile"),
        ("def blank(a):\n    pass\neq7 = mine_or_reference(blank, 'eq7')", "calls mine_or_reference"),
        ("look = getattr\nx = look(rules, 'mono_forward')", "calls getattr"),
        ("x = vars(rules)", "calls vars"),
    ],
)
def test_what_a_person_should_look_at_is_flagged(course, source, says):
    assert f"eq7 {says}" in flags(course, source)


@pytest.mark.parametrize("value", ["np.zeros((x.shape[1], z.shape[1]))", "np.full((x.shape[1], z.shape[1]), np.nan)"])
def test_an_array_of_one_number_is_a_blank_page_whatever_mistake_it_looks_like(course, tmp_path, value):
    path, code = tmp_path / "x.ipynb", f"import numpy as np\ndef eq7(x, z, M, dG):\n    return {value}"
    path.write_text(nbformat.writes(course.solved(EQUATIONS, eq7=code)), encoding="utf-8")
    marks = grade_notebook(path, read_plans(course.root)[EQUATIONS], seed=4)["marks"]
    assert [mark["score"] for mark in marks.values()] == [2, 0, 3]


def report(mistake: str | None, passed: bool = False, candidates: tuple[str, ...] = ()) -> Report:
    """A report with this finding."""
    return Report("eq7", "Eq. (7)", "", passed, mistake=mistake, candidates=candidates)


def test_a_share_of_the_points_for_a_named_mistake():
    assert share(report(None, passed=True), {"one": 0.1}) == 1
    assert share(report("mask_missing"), {}) == 0.5
    assert share(report("mask_missing+mean_missing"), {}) == 0.25
    assert share(report(None), {}) == 0
    for nothing in ("not_written", "raises", "wrong_shape", "too_slow"):
        assert share(report(nothing), {}) == 0
    own = shares("mask_missing=0.75, mean_missing=.5 one=0.2 unknown=0.1 raises=0.05")
    assert share(report("mask_missing"), own) == 0.75
    assert share(report("mask_missing+mean_missing"), own) == 0.375
    assert share(report("transposed"), own) == 0.2
    assert share(report(None), own) == 0.1
    assert share(report("raises"), own) == 0.05
    assert share(report(None, candidates=("transposed", "mask_missing")), own) == 0.75
    for wrong in ("mask_missing", "mask_missing=2", "=1", "a=b"):
        with pytest.raises(InvalidValueError, match="share from 0 to 1"):
            shares(wrong)


def test_commands_say_what_is_wrong_in_one_line(course, tmp_path, capsys):
    assert main(["status"]) == 0
    assert "points in all" in capsys.readouterr().out
    grade_ = ["grade", str(tmp_path), "--course", str(course.root), "--out", str(tmp_path / "out")]
    for options, says in (
        (["--course", str(tmp_path)], "holds no release"),
        (["--seed", "-5"], "seed"),
        (["--jobs", "0"], "jobs"),
        (["--cell-seconds", "0"], "cell_seconds must be above 0"),
        (["--cell-seconds", "nan"], "cell_seconds must be above 0"),
        (["--seconds", "0"], "seconds must be above 0"),
        (["--notebook", "99_none"], "There is no notebook 99_none"),
        (["--roster", str(tmp_path / "none.csv")], "cannot be read"),
    ):
        assert main([*grade_, *options]) == 2
        error = capsys.readouterr().err
        assert error.startswith("mfnumpy.course: ")
        assert error.count("\n") == 1
        assert says in error
    assert not (tmp_path / "out").exists()
    assert main(["try", "--course", str(tmp_path)]) == 2


def test_a_wrong_function_ends_the_last_cell_in_one_sentence(course):
    """Not with a traceback through the trainer: eq7 of another shape, and a function that raises."""
    from IPython.core.interactiveshell import InteractiveShell

    source = course.read("source", EQUATIONS)
    last = source.cells[-1].source
    assert last.startswith("with in_one_sentence():")
    shown, shell = [], InteractiveShell()
    shell._showtraceback = lambda kind, error, lines: shown.extend(lines)
    for wrong in ("return z", "return [][1]"):
        names = {"mine_or_reference": lambda mine, reference: mine, "in_one_sentence": in_one_sentence}
        exec(source.cells[1].source, names)
        names |= {"eq5": equations.goodness_scores, "eq8": equations.projection_gradient}
        exec(f"def eq7(x, z, M, dG):\n    {wrong}", names)
        with pytest.raises(WrongFunctionError, match=r"^The network cannot go on with .* say which\.$") as found:
            exec(last, names)
        shown.clear()
        with contextlib.suppress(WrongFunctionError):
            try:
                raise found.value
            finally:
                shell.showtraceback()
        assert shown == [str(found.value)]


def test_every_last_cell_is_guarded(course):
    for name in course.names:
        assert "\nwith in_one_sentence():" in "\n" + course.read("source", name).cells[-1].source, name
