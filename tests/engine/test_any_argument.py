"""Every public function of the core with every kind of argument: an error for a person, or the right answer.

One argument of a good call is put in another form; what comes must be a MfnumpyError, or what the same numbers in
float64 give.
"""

from __future__ import annotations

import array
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mfnumpy import MonoForward, Trainer, cnn, equations, layers, measure, mlp, optim, prediction
from mfnumpy.engines import trainer as make
from mfnumpy.errors import MfnumpyError
from mfnumpy.layers.shape import tanh_backward, tanh_forward
from mfnumpy.rules import ff

N, D, H, M = 6, 5, 4, 3
RNG = np.random.default_rng(16)


def draw(*shape):
    return RNG.standard_normal(shape)


def rng():
    return np.random.default_rng(3)


x, W, z, a, P, dG, G, y = draw(N, D), draw(D, H), draw(N, H), draw(N, H), draw(M, H), draw(N, M), draw(N), None
y = RNG.integers(0, M, N)
images, kernels = draw(N, 5, 6, 2), draw(2 * 3 * 2, 4)
back = (2, 3)
maps = layers.conv2d_forward(images, kernels, None, (2, 3))


def started():
    """A small network, and Mono-Forward started for it."""
    net = mlp(D, [H], dtype="float64", seed=1)
    rule = MonoForward()
    rule.start(net, M, 1)
    return net, rule


def fit(x, y, **validation):
    net, rule = started()
    Trainer(net, rule, optim.SGD(), epochs=1, batch_size=2).fit(x, y, **validation)
    return tuple(rule.parameters(net).values())


def fit_fast(x, y):
    """As `fit`, by the fast engine, in its float32."""
    net = mlp(D, [H], seed=1)
    rule = MonoForward()
    rule.start(net, M, 1)
    with make(net, rule, engine="fast", threads=1, optimiser="sgd", epochs=1, batch_size=2) as trainer:
        trainer.fit(x, y)
    return tuple(rule.parameters(net).values())


def block(kind: str):
    """A dense block and one of a convolution with pooling, and the Trace of a batch."""
    if kind == "dense":
        made = mlp(D, [H], dtype="float64", seed=1).blocks[0]
        return made, made.forward(x)
    made = cnn((5, 6, 2), [4], dtype="float64", seed=1).blocks[0]
    return made, made.forward(images)


def methods(kind: str) -> dict[str, tuple[Callable, tuple]]:
    """What a rule calls of a block."""
    made, trace = block(kind)
    da, dz = draw(*trace.a.shape), draw(*trace.z.shape)
    own, error = draw(*made.parameters["W"].shape), draw(N, M)
    projection = draw(M, trace.a[0].size)
    return {
        f"{kind} block, forward": (lambda x: (made.forward(x).z, made.forward(x).a), (trace.x,)),
        f"{kind} block, error_at_z": (lambda da: made.error_at_z(da, trace), (da,)),
        f"{kind} block, parameter_gradients": (lambda dz: made.parameter_gradients(dz, trace)["W"], (dz,)),
        f"{kind} block, error_to_input": (lambda dz, W: made.error_to_input(dz, trace, W), (dz, own)),
        f"{kind} block, local_gradients": (lambda P, dG: made.local_gradients(P, dG, trace)["W"], (projection, error)),
        f"{kind} layer, forward": (made.linear.forward, (trace.x,)),
        f"{kind} layer, rows": (made.linear.rows, (trace.x,)),
        f"{kind} layer, parameter_gradients": (
            lambda r, dz: made.linear.parameter_gradients(r, dz)["W"],
            (trace.rows, dz),
        ),
        f"{kind} layer, input_gradient": (lambda dz, W: made.linear.input_gradient(dz, trace.x.shape, W), (dz, own)),
    }


def angles(x, y):
    return tuple(measure.alignment(*started(), x, y).values())


def gradients(x, y):
    return tuple(measure.gradients_of(*started(), x, y).values())


def evaluate(x, y):
    found = measure.evaluate(*started(), x, y)
    return (*found.accuracy.values(), *found.layers)


FUNCTIONS: dict[str, tuple[Callable, tuple]] = {
    **{f.__name__: (f, (a,)) for f in (equations.positive_goodness, equations.negative_goodness)},
    "goodness_gradient": (equations.goodness_gradient, (a, G)),
    **{
        f.__name__: (f, (G, 0.7))
        for f in (
            *(equations.positive_loss, equations.positive_loss_gradient),
            *(equations.negative_loss, equations.negative_loss_gradient),
        )
    },
    "goodness_scores": (equations.goodness_scores, (a, P)),
    "goodness_scores_gradient": (equations.goodness_scores_gradient, (dG, P)),
    "cross_entropy": (equations.cross_entropy, (dG, y)),
    "cross_entropy_gradient": (equations.cross_entropy_gradient, (dG, y)),
    "weight_gradient": (equations.weight_gradient, (x, z, P, dG)),
    "projection_gradient": (equations.projection_gradient, (a, dG)),
    "weighted_mean": (equations.weighted_mean, (G, np.abs(draw(N)))),
    "weighted_mean_gradient": (equations.weighted_mean_gradient, (dG, np.abs(draw(N)))),
    "softmax": (equations.softmax, (dG,)),
    "Trainer.fit": (fit, (x, y)),
    "Trainer.fit, validation": (lambda x_val, y_val: fit(x, y, x_val=x_val, y_val=y_val), (x, y)),
    "evaluate": (evaluate, (x, y)),
    "Trainer.fit, fast engine": (fit_fast, (x, y)),
    "alignment": (angles, (x, y)),
    "angle": (measure.angle, (W, W + draw(*W.shape))),
    "gradients_of": (gradients, (x, y)),
    "scores": (lambda x: prediction.scores(*started(), x), (x,)),
    "all_scores": (lambda x: (*prediction.all_scores(*started(), x)[0].values(),), (x,)),
    "layer_scores": (lambda x: (*prediction.layer_scores(*started(), x),), (x,)),
    "predict": (lambda x: prediction.predict(*started(), x), (x,)),
    "predict_proba": (lambda x: prediction.predict_proba(*started(), x), (x,)),
    "layer_predict": (lambda x: prediction.layer_predict(*started(), x), (x,)),
    "confusion_matrix": (lambda y, guessed: prediction.confusion_matrix(y, guessed, M), (y, y[::-1].copy())),
    **methods("dense"),
    **methods("convolution"),
    "one_hot": (lambda y, m: equations.one_hot(y, m, "float64"), (y, M)),
    "dense_forward": (layers.dense_forward, (x, W, draw(H))),
    "dense_parameter_gradients": (layers.dense_parameter_gradients, (x, z)),
    "dense_input_gradient": (layers.dense_input_gradient, (z, W)),
    "dense_backward": (layers.dense_backward, (x, W, z)),
    "relu_forward": (layers.relu_forward, (z,)),
    "relu_backward": (layers.relu_backward, (z, a)),
    "tanh_forward": (tanh_forward, (z,)),
    "tanh_backward": (tanh_backward, (z, a)),
    "im2col": (layers.im2col, (images, (2, 3), 1, 1)),
    "col2im": (lambda c: layers.col2im(c, images.shape, (2, 3)), (layers.im2col(images, (2, 3)),)),
    "conv2d_forward": (lambda x, W, b: layers.conv2d_forward(x, W, b, (2, 3)), (images, kernels, draw(4))),
    "conv2d_backward": (lambda x, W, dz: layers.conv2d_backward(x, W, dz, back), (images, kernels, draw(*maps.shape))),
    "avgpool_forward": (layers.avgpool_forward, (images, 2, 1)),
    "avgpool_backward": (layers.avgpool_backward, (images, 2)),
    "sgd_step": (optim.sgd_step, (x, draw(N, D), 0.1)),
    "shrunk": (lambda p, g: optim.shrunk(p, g, 0.1, 0.01), (x, draw(N, D))),
    "adam_step": (optim.adam_step, (x, draw(N, D), draw(N, D), draw(N, D) ** 2, 3)),
    "overlay_label": (ff.overlay_label, (x, y, M)),
    "overlay_neutral": (ff.overlay_neutral, (x, M)),
    "negative_labels": (lambda y, m: ff.negative_labels(y, m, rng()), (y, M)),
    "normalise_length": (ff.normalise_length, (a,)),
    "normalise_rms": (ff.normalise_rms, (a,)),
    "accuracy_over_batches": (lambda y: measure.accuracy_over_batches(lambda x: x.argmax(1), dG, y, 4), (y,)),
}


def strided(v):
    wide = np.zeros(tuple(2 * s for s in v.shape), v.dtype)
    part = wide[tuple(slice(None, None, 2) for _ in v.shape)]
    part[...] = v
    return part


def read_only(v):
    v = v.copy()
    v.flags.writeable = False
    return v


def optional(module: str, make: Callable) -> Callable:
    """A form that needs a library; None without it, which is one of the forms itself."""

    def form(v):
        try:
            return make(__import__(module), v)
        except ImportError:
            return None

    return form


class Own(np.ndarray):
    """A subclass of somebody's."""


class Strange:
    """It has what an array has, and is none."""

    shape, ndim, dtype = (N, H), 2, np.dtype("float64")


FORMS: dict[str, Callable[[np.ndarray], Any]] = {
    "None": lambda v: None,
    "a number": lambda v: 1.5,
    "0-d": lambda v: np.array(0.5),
    "text": lambda v: "abc",
    "bytes": lambda v: b"abc",
    "list": lambda v: v.tolist(),
    "tuple": lambda v: tuple(v.tolist()),
    "ragged": lambda v: [[1.0], [1.0, 2.0]],
    "dict": lambda v: {"a": v},
    "a generator": lambda v: iter(v),
    "array.array": lambda v: array.array("d", v.ravel().tolist()),
    "memoryview": lambda v: memoryview(np.ascontiguousarray(v)),
    "Strange": lambda v: Strange(),
    "a class": lambda v: np.ndarray,
    "matrix": lambda v: np.asmatrix(v.reshape(len(v), -1)),
    "masked": lambda v: np.ma.masked_where(v > 0, v),
    "subclass": lambda v: v.view(Own),
    "pandas": optional("pandas", lambda pd, v: pd.DataFrame(v) if v.ndim == 2 else pd.Series(v.ravel())),
    "torch": optional("torch", lambda torch, v: torch.tensor(v)),
    "object": lambda v: v.astype(object),
    "str": lambda v: v.astype(str),
    "structured": lambda v: np.zeros(v.shape, [("a", "f8")]),
    "datetime": lambda v: np.zeros(v.shape, "M8[s]"),
    **{
        kind: lambda v, kind=kind: (v if v.dtype.kind == "i" else np.abs(v) * 50).astype(kind)
        for kind in ("uint8", "int8", "int16", "int32", "int64", "uint64", "bool")
    },
    "negative int8": lambda v: (v * -60).astype("int8"),
    **{kind: lambda v, kind=kind: v.astype(kind) for kind in ("complex64", "float16", "longdouble", ">f8", ">i8")},
    "strided": strided,
    "reversed": lambda v: np.ascontiguousarray(v[::-1])[::-1],
    "Fortran": np.asfortranarray,
    "read-only": read_only,
    "broadcast": lambda v: np.broadcast_to(v[:1], v.shape),
    "no rows": lambda v: v[:0],
    "no columns": lambda v: v[..., :0],
    "an axis more": lambda v: v[..., None],
    "an axis less": lambda v: v[0],
    "a row more": lambda v: np.concatenate([v, v[:1]]),
    "a column less": lambda v: v[..., :-1],
    "all zero": np.zeros_like,
}


def plain(value: Any) -> Any:
    """The same numbers as NumPy's own arrays in float64, or int64 for integers that stand where labels stand."""
    try:
        found = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        return value
    return found.astype(np.float64) if found.dtype.kind in "biuf" else value


def results(value: Any) -> list[np.ndarray]:
    return [np.asarray(v, np.float64) for v in (value if isinstance(value, tuple) else (value,))]


def outcome(function: Callable, good: tuple, place: int, form: str) -> str:
    """What is wrong with this call; "" if nothing is."""
    try:
        value = FORMS[form](good[place])
    except (TypeError, ValueError, RuntimeError, IndexError):  # the form does not exist for this argument
        return ""
    given = (*good[:place], value, *good[place + 1 :])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = results(function(*given))
        except MfnumpyError as error:
            return "" if len(str(error)) > 20 else f"says only {error}"
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:150]
        wanted = plain(value)
        if good[place].dtype.kind == "i":
            wanted = wanted.astype(np.int64) if isinstance(wanted, np.ndarray) else wanted
        try:
            right = results(function(*good[:place], wanted, *good[place + 1 :]))
        except Exception as error:
            return f"taken, though the same numbers in float64 give {type(error).__name__}"
    close = {"rtol": 1e-5, "atol": 1e-6, "equal_nan": True}
    same = len(found) == len(right) and all(
        f.shape == r.shape and np.allclose(f, r, **close) for f, r in zip(found, right, strict=True)
    )
    return "" if same else "silently wrong"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_form_of_every_argument_is_refused_in_words_or_computed_rightly(name):
    function, good = FUNCTIONS[name]
    problems = [
        f"argument {place}, {form}: {problem}"
        for place, argument in enumerate(good)
        if isinstance(argument, np.ndarray)
        for form in FORMS
        if (problem := outcome(function, good, place, form))
    ]
    assert not problems, "\n".join(problems)


NOT_ASKED = {
    "he_normal": "takes no array",
    "check_images": "says itself what is wrong with an array",
    "check_gradient": "says itself what is wrong with an array",
    "im2col_at_once": "is im2col, on a device",
    "count_right": "is a part of evaluate",
    "peak_step_bytes": "is gradients_of, measured",
}


def test_no_public_function_that_takes_arrays_is_left_out():
    known = {getattr(function, "__name__", "") for function, _ in FUNCTIONS.values()} | {*FUNCTIONS, *NOT_ASKED}
    missing = [
        f"{module.__name__}.{name}"
        for module in (equations, layers.dense, layers.convolution, layers.shape, optim, measure, prediction, ff)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and any("Array" in str(a) or "ndarray" in str(a) for a in function.__annotations__.values())
        and name not in known
    ]
    assert not missing, missing
