"""Equations (1)-(8): one home each, their values against formulas written out by hand, their derivatives against
central differences, and no overflow where the formula as printed would overflow."""

import ast
import inspect
import math
import re
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import TOLERANCE, gradient_error

import mfnumpy
from mfnumpy import equations
from mfnumpy.errors import BackendError, LabelError, ShapeError
from mfnumpy.support.seeding import stream

PACKAGE = Path(mfnumpy.__file__).parent
N, D, H, C = 7, 5, 6, 4


def eq_docstrings() -> list[tuple[str, str, int]]:
    """(module, function, number) of every function in the package whose docstring begins as an equation's home."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
                found += [(path.stem, node.name, int(n)) for n in re.findall(r"\AEq\. \((\d+)\):", text)]
    return found


def test_each_number_has_exactly_one_home_and_its_docstring_names_it():
    assert sorted(equations.PAPER) == list(range(1, 9))
    assert len(set(equations.PAPER.values())) == 8
    homes = sorted(("equations", f.__name__, n) for n, f in equations.PAPER.items())
    assert sorted(eq_docstrings()) == homes


def test_equations_stand_in_order_each_derivative_right_below():
    lines = {name: inspect.getsourcelines(f)[1] for name, f in vars(equations).items() if inspect.isfunction(f)}
    order = sorted(
        (line, name) for name, line in lines.items() if inspect.getmodule(vars(equations)[name]) is equations
    )
    names = [name for _, name in order]
    homes = [names.index(equations.PAPER[n].__name__) for n in range(1, 9)]
    assert homes == sorted(homes)
    for home, derivative in (
        ("negative_goodness", "goodness_gradient"),  # (1) and (2) share theirs
        ("positive_loss", "positive_loss_gradient"),
        ("negative_loss", "negative_loss_gradient"),
        ("goodness_scores", "goodness_scores_gradient"),
        ("cross_entropy", "cross_entropy_gradient"),
    ):
        assert names.index(derivative) == names.index(home) + 1


@pytest.fixture
def draw():
    """Arrays whose dimensions all differ; z keeps away from the kink."""
    rng = stream(11, "equations")
    z = rng.standard_normal((N, H))
    z += 0.05 * np.sign(z)
    return {
        "x": rng.standard_normal((N, D)),
        "z": z,
        "a": rng.standard_normal((N, H)),
        "M": rng.standard_normal((C, H)),
        "G": 2 * rng.standard_normal((N, C)),
        "g": 3 * rng.standard_normal(N),
        "u": rng.standard_normal(N),
        "y": rng.permutation(np.arange(N) % C),
    }


# -- values, entry by entry -----------------------------------------------------------------------------------


def test_values_of_1_to_4(draw):
    a, g, theta = draw["a"], draw["g"], 0.7
    for eq in (equations.positive_goodness, equations.negative_goodness):
        assert np.allclose(eq(a), [sum(v * v for v in row) for row in a], rtol=1e-14)
    assert np.isclose(equations.positive_loss(g, theta), np.mean([math.log1p(math.exp(theta - v)) for v in g]))
    assert np.isclose(equations.negative_loss(g, theta), np.mean([math.log1p(math.exp(v - theta)) for v in g]))


def test_values_of_5_to_8(draw):
    x, z, a, M, G, y = (draw[k] for k in "xzaMGy")
    scores = [[sum(a[n, j] * M[c, j] for j in range(H)) for c in range(C)] for n in range(N)]
    assert np.allclose(equations.goodness_scores(a, M), scores, rtol=1e-13)
    p = [[math.exp(v) / sum(math.exp(w) for w in row) for v in row] for row in G]
    assert np.allclose(equations.softmax(G), p, rtol=1e-13)
    assert np.isclose(equations.cross_entropy(G, y), -np.mean([math.log(p[n][y[n]]) for n in range(N)]))
    dG = [[(p[n][c] - (y[n] == c)) / N for c in range(C)] for n in range(N)]
    assert np.allclose(equations.cross_entropy_gradient(G, y), dG, rtol=1e-12)
    dG = np.array(dG)
    dW = np.zeros((D, H))
    for n in range(N):
        for j in range(H):
            if z[n, j] > 0:
                dW[:, j] += x[n] * sum(dG[n, c] * M[c, j] for c in range(C))
    assert np.allclose(equations.weight_gradient(x, z, M, dG), dW, rtol=1e-12)
    dM = [[sum(dG[n, c] * a[n, j] for n in range(N)) for j in range(H)] for c in range(C)]
    assert np.allclose(equations.projection_gradient(a, dG), dM, rtol=1e-12)


# -- derivatives, by central differences ----------------------------------------------------------------------


def test_derivative_of_1_and_2(draw):
    a, u = draw["a"], draw["u"]
    for eq in (equations.positive_goodness, equations.negative_goodness):
        assert gradient_error(lambda a, eq=eq: eq(a) @ u, {0: equations.goodness_gradient(a, u)}, a) < TOLERANCE


@pytest.mark.parametrize("theta", [0.7, -1.3])
def test_derivatives_of_3_and_4(draw, theta):
    g = draw["g"]
    for sign in ("positive", "negative"):
        loss, gradient = getattr(equations, f"{sign}_loss"), getattr(equations, f"{sign}_loss_gradient")
        assert gradient_error(lambda g, loss=loss: loss(g, theta), {0: gradient(g, theta)}, g) < TOLERANCE
    assert (equations.positive_loss_gradient(g, theta) < 0).all()
    assert (equations.negative_loss_gradient(g, theta) > 0).all()


def test_derivatives_of_5_by_a_and_by_M(draw):
    a, M, u = draw["a"], draw["M"], draw["G"]
    gradients = {0: equations.goodness_scores_gradient(u, M), 1: equations.projection_gradient(a, u)}
    assert gradient_error(lambda a, M: (u * equations.goodness_scores(a, M)).sum(), gradients, a, M) < TOLERANCE


def test_derivative_of_6(draw):
    G, y = draw["G"], draw["y"]
    gradient = equations.cross_entropy_gradient(G, y)
    assert gradient_error(lambda G: equations.cross_entropy(G, y), {0: gradient}, G) < TOLERANCE


def test_7_and_8_are_the_gradients_of_6_through_5(draw):
    x, M, y = draw["x"], draw["M"], draw["y"]
    W = np.linalg.lstsq(x, draw["z"], rcond=None)[0]
    z = x @ W
    assert np.abs(z).min() > 1e-3

    def loss(W, M):
        return equations.cross_entropy(equations.goodness_scores(np.maximum(x @ W, 0), M), y)

    dG = equations.cross_entropy_gradient(equations.goodness_scores(np.maximum(z, 0), M), y)
    dW, dM = equations.weight_gradient(x, z, M, dG), equations.projection_gradient(np.maximum(z, 0), dG)
    assert gradient_error(loss, {0: dW, 1: dM}, W, M) < TOLERANCE
    assert gradient_error(loss, {0: dW * N}, W, M) > 1  # planted: the mean is missing
    assert gradient_error(loss, {0: x.T @ (dG @ M)}, W, M) > 1e-3  # planted: no mask
    assert gradient_error(loss, {1: (dG.T @ z)}, W, M) > 1e-3  # planted: z in place of a


# -- numbers too large for the formula as printed --------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("error")
def test_nothing_overflows(dtype):
    G = np.array([[1000, 0, -1000], [0, 400, -1], [-1e4, -1e4, -1e4]], dtype)
    y = np.array([1, 0, 2])
    assert np.isclose(equations.cross_entropy(G, y), (1000 + 400 + math.log(3)) / 3)
    dG = equations.cross_entropy_gradient(G, y)
    assert np.isfinite(dG).all()
    assert np.allclose(dG[0], np.array([1, -1, 0]) / 3)
    g = np.array([1000, -1000, 0], dtype)
    assert np.isclose(equations.positive_loss(g, 0.0), (1000 + math.log(2)) / 3)
    assert np.isclose(equations.negative_loss(g, 0.0), (1000 + math.log(2)) / 3)
    assert np.allclose(equations.negative_loss_gradient(g, 0.0), np.array([1, 0, 0.5]) / 3)
    assert np.allclose(equations.positive_loss_gradient(g, 0.0), -np.array([0, 1, 0.5]) / 3)


def test_a_confident_right_answer_costs_little_and_a_wrong_one_its_gap():
    """No epsilon inside the log: at a gap of 1000 the loss is 1000, neither infinite nor capped at 16 or 20."""
    G = np.array([[0.0, 1000.0]])
    assert equations.cross_entropy(G, np.array([0])) == 1000
    assert equations.cross_entropy(G, np.array([1])) == 0


def test_softmax_ignores_a_shift_of_each_row(draw):
    G = draw["G"]
    assert np.allclose(equations.softmax(G + 100 * np.arange(N)[:, None]), equations.softmax(G), rtol=1e-12)
    assert np.allclose(equations.softmax(G).sum(axis=1), 1)


# -- ReLU's mask -------------------------------------------------------------------------------------------------


def test_masking_on_a_is_masking_on_z_and_goodness_needs_no_mask(draw):
    z, u = draw["z"], draw["u"]
    a = np.maximum(z, 0)
    assert np.array_equal(a > 0, z > 0)
    da = equations.goodness_gradient(a, u)
    assert np.array_equal(da * (z > 0), da)


# -- labels and shapes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [equations.cross_entropy, equations.cross_entropy_gradient])
@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        (np.array([0, 1, 4]), LabelError, "0 to 3 .4 classes.; it holds 0 to 4"),
        (np.array([0, -1, 2]), LabelError, "holds -1 to 2"),
        (np.array([0.0, 1.0, 2.0]), LabelError, "dtype is float64"),
        (np.array([True, False, True]), LabelError, "dtype is bool"),
        (np.array([0, 1]), ShapeError, r"shape \(3,\); got \(2,\)"),
        (np.array([[0], [1], [2]]), ShapeError, r"got \(3, 1\)"),
    ],
    ids=["too large", "negative", "floats", "bools", "too few", "a column"],
)
def test_labels_are_checked(function, y, error, says):
    with pytest.raises(error, match=says):
        function(np.zeros((3, 4)), y)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64", "uint64"])
def test_every_integer_dtype_is_a_label(dtype):
    G, y = stream(1, "labels").standard_normal((5, 4)), np.array([0, 3, 1, 2, 3])
    assert equations.cross_entropy(G, y.astype(dtype)) == equations.cross_entropy(G, y)
    assert np.array_equal(equations.one_hot(y.astype(dtype), 4), np.eye(4)[y])


SHAPES = {
    "positive_goodness": ("Nn",),
    "negative_goodness": ("Nn",),
    "goodness_gradient": ("Nn", "N"),
    "positive_loss": ("N",),
    "positive_loss_gradient": ("N",),
    "negative_loss": ("N",),
    "negative_loss_gradient": ("N",),
    "goodness_scores": ("Nn", "mn"),
    "goodness_scores_gradient": ("Nm", "mn"),
    "cross_entropy": ("Nm", "N"),
    "cross_entropy_gradient": ("Nm", "N"),
    "weight_gradient": ("Nd", "Nn", "mn", "Nm"),
    "projection_gradient": ("Nn", "Nm"),
}
SIZES = {"N": 5, "n": 4, "m": 3, "d": 6}


def arguments_of(name):
    """Arrays of the right shapes for an equation, and its threshold where it has one."""
    arrays = [np.ones([SIZES[s] for s in letters]) for letters in SHAPES[name]]
    if name.startswith("cross"):
        arrays[1] = np.arange(5) % 3
    return arrays, [2.0] if name.endswith(("e_loss", "e_loss_gradient")) else []


def wrong_shapes(array):
    """The array with one axis longer by one, with one axis of nothing, with an axis more, with one less."""
    for axis in range(array.ndim):
        yield np.concatenate([array, array.take([0], axis)], axis)
        yield array.take([], axis)
    yield array[..., None]
    yield array[0, ...]


@pytest.mark.parametrize("name", SHAPES)
def test_every_wrong_shape_is_refused(name):
    function = getattr(equations, name)
    arrays, rest = arguments_of(name)
    function(*arrays, *rest)  # the right ones are not
    letters = "".join(SHAPES[name])
    for i, array in enumerate(arrays):
        for wrong in wrong_shapes(array):
            if wrong.ndim == array.ndim and wrong.size:
                axis = next(k for k in range(array.ndim) if wrong.shape[k] != array.shape[k])
                if letters.count(SHAPES[name][i][axis]) == 1:
                    continue  # a size that no other array shares may be any
            with pytest.raises(ShapeError):
                function(*arrays[:i], wrong, *arrays[i + 1 :], *rest)


def test_every_equation_is_among_those_whose_shapes_are_tested():
    assert {f.__name__ for f in equations.PAPER.values()} <= set(SHAPES)


def test_a_wrong_shape_is_told_with_all_shapes():
    says = "Eq. (5): expected a (N, n), M (m, n); got a (3, 5), M (4, 6)."
    with pytest.raises(ShapeError, match=re.escape(says)):
        equations.goodness_scores(np.zeros((3, 5)), np.zeros((4, 6)))
    with pytest.raises(BackendError, match="got list"):
        equations.goodness_scores([[1.0, 2.0]], np.zeros((4, 2)))
