"""No claim of the checker is false: what fails must fail, and no sentence says more than the numbers do."""

from __future__ import annotations

import os

import numpy as np
import pytest

from mfnumpy import equations as eq
from mfnumpy.check import EXERCISES, GRADING_SEED, PRACTICE_SEED, check
from mfnumpy.check.catalogue.references import bp_step
from mfnumpy.check.exercises import WORDS, draw_cases
from mfnumpy.check.matrix import wrong_version
from mfnumpy.cli import main
from mfnumpy.errors import MfnumpyError
from mfnumpy.layers import conv_output_size
from mfnumpy.support.validate import pair

# -- At z = 0


def _relu_by_quotient(z, da):
    return da * (np.maximum(z, 0) / z)


def _relu_by_quotient_in_a_loop(z, da):
    return np.reshape([d * (max(v, 0.0) / v) for v, d in zip(z.ravel().tolist(), da.ravel(), strict=True)], z.shape)


def _relu_garbage(z, da):
    return np.where(z == 0, 1e6, da * (z > 0))


def _relu_negative_slope(z, da):
    return np.where(z == 0, -0.1 * da, da * (z > 0))


def _eq7_by_quotient(x, z, M, dG):
    return x.T @ ((dG @ M) * (np.maximum(z, 0) / z))


def _eq7_garbage(x, z, M, dG):
    return x.T @ np.where(z == 0, 1e6, dG @ M * (z > 0))


AT_ZERO = [
    ("relu_backward", _relu_by_quotient),
    ("relu_backward", _relu_by_quotient_in_a_loop),
    ("relu_backward", _relu_garbage),
    ("relu_backward", _relu_negative_slope),
    ("eq7", _eq7_by_quotient),
    ("eq7", _eq7_garbage),
]


@pytest.mark.parametrize(("name", "function"), AT_ZERO, ids=[f.__name__ for _, f in AT_ZERO])
def test_what_is_no_slope_at_zero_fails_and_is_not_called_legitimate(name, function):
    report = check(name, function)
    assert not report.passed
    assert report.mistake is None
    assert "It is right on ordinary draws, and wrong for pre-activations that are exactly 0" in report.evidence


@pytest.mark.parametrize("slope", [lambda z: z > 0, lambda z: z >= 0, lambda z: np.heaviside(z, 0.5)])
def test_any_slope_from_0_to_1_passes_at_zero(slope):
    assert check("relu_backward", lambda z, da: da * slope(z)).passed
    assert check("eq7", lambda x, z, M, dG: x.T @ ((dG @ M) * slope(z))).passed


# -- A stride together with padding


def _padding_in_strides(x, kernel, stride, padding):
    """The padding is counted in steps of the stride: right if either is trivial."""
    (KH, KW), (SH, SW), (PH, PW) = pair("k", kernel, 1), pair("s", stride, 1), pair("p", padding, 0)
    N, H, W, C = x.shape
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    cols = np.zeros((N, OH, OW, KH, KW, C))
    for i, j, u, v in np.ndindex(OH, OW, KH, KW):
        r, c = (i - PH) * SH + u, (j - PW) * SW + v
        if 0 <= r < H and 0 <= c < W:
            cols[:, i, j, u, v] = x[:, r, c]
    return cols.reshape(N * OH * OW, -1)


def _padding_after_division(x, kernel, stride, padding):
    """The padding is added to the output's size after the division by the stride."""
    (KH, KW), (SH, SW), (PH, PW) = pair("k", kernel, 1), pair("s", stride, 1), pair("p", padding, 0)
    N, H, W, _ = x.shape
    x = np.pad(x, ((0, 0), (PH, PH + SH), (PW, PW + SW), (0, 0)))
    OH, OW = (H - KH) // SH + 1 + 2 * PH, (W - KW) // SW + 1 + 2 * PW
    cols = [x[n, i * SH : i * SH + KH, j * SW : j * SW + KW].ravel() for n, i, j in np.ndindex(N, OH, OW)]
    return np.array(cols)


def _integers_only(lay):
    return lambda x, kernel, stride, padding: lay(x, kernel, stride + 0, padding + 0)


@pytest.mark.parametrize("lay", [_padding_in_strides, _padding_after_division])
def test_a_stride_together_with_padding_is_drawn_in_integers(lay):
    assert not check("im2col", _integers_only(lay)).passed

    def conv(x, W, b, kernel, stride, padding):
        OH, OW = conv_output_size(x.shape[1], x.shape[2], kernel, stride + 0, padding + 0)
        return (lay(x, kernel, stride, padding) @ W + b).reshape(len(x), OH, OW, -1)

    assert not check("conv2d_forward", conv).passed


@pytest.mark.parametrize("name", ["im2col", "col2im", "conv2d_forward", "conv2d_backward"])
def test_every_form_in_integers_has_a_stride_with_and_without_padding(name):
    drawn: dict[str, set] = {}
    for case in draw_cases(EXERCISES[name], PRACTICE_SEED):
        *_, stride, padding = case.args
        if isinstance(stride, int):
            drawn.setdefault(case.form, set()).add((stride, padding))
    assert len(drawn) == 2
    assert all({(1, 1), (2, 0), (2, 1)} <= sizes for sizes in drawn.values()), drawn


# -- The checker's own failures


def test_a_file_that_makes_numpy_raise_does_not_stop_the_checker():
    before = np.seterr(all="raise")  # as a line at the top of a student's file does
    try:
        for name, exercise in EXERCISES.items():
            assert check(name, exercise.reference).passed, name
    finally:
        np.seterr(**before)


def test_every_name_that_a_case_or_a_factor_gives_has_a_sentence():
    for exercise in EXERCISES.values():
        suspects = {s for case in draw_cases(exercise, PRACTICE_SEED) for s in case.suspect.split("|") if s}
        assert suspects | set(exercise.scales.values()) <= set(WORDS), exercise.name


def test_adam_with_a_second_epsilon_under_the_root_is_named():
    def adam(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
        m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
        root = np.sqrt(v / (1 - beta2**t) + 1e-12) + epsilon
        return parameter - lr * m / (1 - beta1**t) / root, m, v

    assert check("adam_step", adam).mistake == "epsilon_misplaced"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="grading in a process needs fork")
def test_a_bug_of_the_checker_is_not_put_down_to_the_student():
    from mfnumpy.check.student.process import report_isolated

    def job():
        raise KeyError("no such word")

    with pytest.raises(MfnumpyError, match=r"bug of the checker.*KeyError.*no such word"):
        report_isolated(EXERCISES["eq7"], job, seconds=1, memory_mb=1024)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="in a process of its own, which needs fork")
@pytest.mark.parametrize("mode", [[], ["--grade"], ["--json"]])
def test_where_the_checker_fails_the_other_verdicts_stand_and_the_exit_code_is_2(mode, tmp_path, capsys, monkeypatch):
    def fails(self, verdict, search):
        raise KeyError("no such word")

    monkeypatch.setattr("mfnumpy.check.checker._Check._solved", fails)
    file = tmp_path / "student.py"
    file.write_text("import numpy as np\ndef eq5(a, M): return a @ M.T\ndef eq8(a, dG): return np.cos(dG.T @ a)\n")
    assert main(["check", "all", str(file), *mode]) == 2
    out, err = capsys.readouterr()
    assert "eq5" in out
    assert "not right yet" not in out
    assert "eq8 could not be checked. This is a bug of the checker" in err
    assert "no such word" in err


class _Odd:
    """A value that does not let itself be looked at."""

    @property
    def __class__(self):
        raise KeyError("not mine")


class _OddError(Exception):
    __class__ = vars(_Odd)["__class__"]


class _OddFunction:
    def __getattr__(self, name):
        raise KeyError(name)

    def __call__(self, a, M):
        return a @ M.T


def test_what_a_value_or_an_error_of_the_students_raises_when_it_is_read_is_the_students():
    def raises(a, M):
        raise _OddError

    for function in (lambda a, M: _Odd(), raises):
        report = check("eq5", function)
        assert report.mistake == "raises"
        assert "cannot be read: KeyError: 'not mine'" in report.evidence
    assert check("eq5", _OddFunction()).passed


# -- Which mistake it is, where only the extremes tell


@pytest.mark.parametrize("seed", [PRACTICE_SEED, GRADING_SEED, 3])
def test_zero_times_the_logarithm_of_zero_is_not_called_a_missing_shift(seed):
    def loss(G, y):
        P = np.exp(G - G.max(axis=1, keepdims=True))
        P = P / P.sum(axis=1, keepdims=True)
        return -(np.eye(G.shape[1])[y] * np.log(P)).sum() / len(y)

    assert check("eq6", loss, seed=seed).mistake == "log_of_zero"


@pytest.mark.parametrize("seed", [PRACTICE_SEED, GRADING_SEED, 3])
def test_machine_epsilon_in_the_logarithm_is_not_called_a_clip_of_the_scores(seed):
    def loss(G, y):
        return -np.log(eq.softmax(G)[np.arange(len(y)), y] + np.finfo(float).eps).mean()

    def clipped(G, y):
        return eq.cross_entropy(np.clip(G, -333, 333), y)

    def gradient(G, y):
        return eq.cross_entropy_gradient(np.clip(G, -333, 333), y)

    assert check("eq6", loss, seed=seed).mistake == "epsilon_in_log"
    assert check("eq6", clipped, seed=seed).mistake == "scores_clipped"
    assert check("eq6_gradient", gradient, seed=seed).mistake == "scores_clipped"


SOFTMAXES = [
    ("not_shifted", np.exp),
    ("shifted_by_whole_maximum", lambda G: np.exp(G - G.max())),
    ("scores_clipped", lambda G: np.exp(np.clip(G, -500, 500))),
    ("scores_clipped", lambda G: np.exp(np.clip(G, -600, 600))),
]


@pytest.mark.parametrize(("mistake", "power"), SOFTMAXES, ids=["none", "whole", "clip 500", "clip 600"])
@pytest.mark.parametrize("name", ["mf_step", "bp_step", "fa_step", "dfa_step"])
def test_each_wrong_shift_in_a_step_fails_under_its_own_name_whatever_the_seed(name, mistake, power):
    def loss_gradient(G, y):
        e = power(G)
        return (e / e.sum(axis=1, keepdims=True) - eq.one_hot(y, G.shape[1], "float64")) / len(G)

    exercise = EXERCISES[name]
    step = wrong_version(exercise, {"loss_gradient" if name == "mf_step" else "output_error": loss_gradient})
    for seed in range(8):
        assert check(name, step, seed=seed).mistake == mistake, seed


def test_a_finite_row_is_not_said_to_be_divided_by_0():
    def moved(a):
        b = a + 1e-8
        return b / np.linalg.norm(b, axis=1, keepdims=True)

    def unguarded(a):
        return a / np.linalg.norm(a, axis=1, keepdims=True)

    report = check("normalise_length", moved)
    assert not report.passed
    assert report.mistake is None
    assert "wrong for a row of zeros" in report.evidence
    assert check("normalise_length", unguarded).mistake == "zero_row_divided"


def test_a_mean_over_both_halves_is_not_blamed_on_the_square():
    def halves(x_pos, x_neg, W, theta, lr):
        x = np.concatenate([x_pos, x_neg])
        a = np.maximum(x @ W, 0)
        sign = np.repeat([-1.0, 1.0], [len(x_pos), len(x_neg)])
        slope = sign / (1 + np.exp(-sign * ((a * a).sum(axis=1) - theta)))
        return W - lr * x.T @ (2 * a * slope[:, None]) / len(x)

    report = check("ff_step", halves)
    assert not report.passed
    assert "of the square, or" in report.evidence
    assert "both halves" in report.evidence


# -- What is said of outputs and arguments


def _last_weights_off(x, y, weights, lr):
    new = bp_step(x, y, weights, lr)
    return [*new[:-1], new[-1] + 0.1 * np.sin(np.arange(new[-1].size)).reshape(new[-1].shape)]


def test_a_layer_is_called_wrong_on_the_network_on_which_it_is_wrong():
    """The networks have 3, 4, 3 and 2 layers: the last is weights[2], [3], [2] and [1]."""
    report = check("bp_step", _last_weights_off)
    assert "weights[2]: the shape" in report.evidence
    assert "weights[1]: the" not in report.evidence
    assert "The other weights are right in this network of 3 layers." in report.evidence


def test_a_factor_is_given_with_the_sizes_of_its_own_draw():
    """Only a network of four layers has a weights[3]: its batch is not the first draw's."""
    case = draw_cases(EXERCISES["bp_step"], PRACTICE_SEED)[1]

    def fourth_summed(x, y, weights, lr):
        new = bp_step(x, y, weights, lr)
        return [*new[:3], *(old + len(x) * (step - old) for old, step in zip(weights[3:], new[3:], strict=True))]

    report = check("bp_step", fourth_summed)
    assert report.mistake == "mean_missing"
    assert f"exactly {case.dims['N']:#.4g} x ours, and the batch has N = {case.dims['N']}" in report.evidence


def test_nothing_is_said_of_arguments_that_labels_may_hide():
    def all_but_the_first_twice(L):
        return (np.sum(L, axis=0) + np.sum(L[1:], axis=0)).argmax(axis=1)

    for name, function in (("mf_predict_bp", all_but_the_first_twice), ("mf_predict_ff", lambda L: L[2].argmax(1))):
        report = check(name, function)
        assert not report.passed
        assert "goodness_per_layer" not in report.evidence, report


def test_should_not_change_is_said_only_if_it_should_not_on_any_draw():
    """At the first step of Adam beta1 cancels; at the others it does not."""

    def adam(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * np.abs(m * gradient)
        return parameter - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v

    report = check("adam_step", adam)
    assert not report.passed
    assert "parameter changes when beta1" not in report.evidence
    assert "v changes when beta1 changes, and it should not" in report.evidence


def test_of_a_loss_that_is_as_good_as_zero_it_is_not_said_that_it_overflows():
    """Far from theta the mean goodness gives a loss of 1e-87, or of 0: that is no second mistake."""

    def eq3(G, theta):
        u = theta - np.mean(G)
        return float(u + np.log(1 + np.exp(-u)) if u > 0 else np.log(1 + np.exp(u)))

    report = check("eq3", eq3)
    assert report.mistake == "mean_before_loss", report
