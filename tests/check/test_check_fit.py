"""What a wrong answer did is solved for: pieces, numbers, changed parts, formulas, shapes; and only what is true."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mfnumpy import equations as eq
from mfnumpy.check import EXERCISES, check
from mfnumpy.check.diagnose.places import wrong_slices
from mfnumpy.check.exercises import draw_cases, sentence
from mfnumpy.check.matrix import with_signature
from mfnumpy.layers import relu_backward


def _eq7(x, z, M, dG):
    return x.T @ relu_backward(z, dG @ M)


def _overwritten(a, M):
    G = np.zeros((len(a), len(M)))
    for j in range(a.shape[1]):
        G = np.outer(a[:, j], M[:, j])
    return G


def _last_class_left_out(a, M):
    G = np.zeros((len(a), len(M)))
    G[:, :-1] = a @ M[:-1].T
    return G


def _dz(z, da):
    return da * np.where(z > 0, 1, 0.37)


PIECES = [
    ("eq7", lambda x, z, M, dG: _eq7(x[1:], z[1:], M, dG[1:]), "The first sample is left out"),
    ("eq7", lambda x, z, M, dG: _eq7(x, z, M[:-1], dG[:, :-1]), "The last class is left out"),
    ("eq8", lambda a, dG: dG[::2].T @ a[::2], "Every second sample is left out"),
    ("eq5", _overwritten, "Only the last neuron counts: is a sum overwritten in a loop"),
    ("eq4", lambda G, theta: np.logaddexp(0, G[1:] - theta).sum() / len(G), "The first sample is left out"),
    ("dense_forward", lambda x, W, b: np.outer(x[:, -1], W[-1]) + b, "Only the last input feature counts"),
    ("dense_backward", lambda x, W, dz: (dz @ W.T, x[:-1].T @ dz[:-1], dz.sum(axis=0)), "last sample"),
    ("eq5", _last_class_left_out, "last class of G is wrong: 0 there, left out"),
]
NUMBERS = [
    ("eq8", lambda a, dG: 4 * dG.T @ a, "factor 4 too many"),
    ("eq8", lambda a, dG: -0.1 * dG.T @ a, "-0.1"),
    ("relu_backward", _dz, "that slope is 0.37"),
    ("softmax", lambda s: eq.softmax(2.5 * s), "a temperature.: it is 2.5"),
    (
        "eq6",
        lambda G, y: 0.93 * eq.cross_entropy(G, y) - 0.07 * np.log(eq.softmax(G)).mean(),
        "smoothed.*: the smoothing.*0.07",
    ),
    ("eq1", lambda a: (np.abs(a) ** 1.7).sum(axis=1), "1.7"),
    ("eq2", lambda a: (a * a).sum(axis=1) - 2, "2 is taken off every entry"),
    ("sgd_step", lambda p, g, lr: p - lr * np.clip(g, -0.31, 0.31), "clipped: at 0.31"),
    (
        "dense_backward",
        lambda x, W, dz: (dz @ W.T, x.T @ dz + 0.05 * W, dz.sum(axis=0)),
        "0.05 x the argument W is added",
    ),
]
PARTS = [
    (
        "eq7",
        lambda x, z, M, dG: _eq7(x, z, M - M.mean(axis=0), dG),
        "The mean over the first axis is taken off .*the argument M",
    ),
    (
        "eq7",
        lambda x, z, M, dG: x.T @ _unit(relu_backward(z, dG @ M)),
        "Each row of the masked error is scaled to length 1",
    ),
    ("relu_backward", lambda z, da: da * np.exp(z), r"another formula: da \* exp\(z\)"),
    (
        "eq3",
        lambda G, theta: np.logaddexp(0, theta * G).mean(),
        r"another formula: .*softplus\(\(theta \* G\)\)",
    ),
    (
        "dense_backward",
        lambda x, W, dz: (-dz @ W.T, x.T @ dz, dz.mean(axis=0)),
        "db: The gradient of the bias, db, is the mean",
    ),
]
SHAPES = [
    ("eq5", lambda M, a: a @ M.T, "arguments are exchanged"),
    ("eq5", lambda a, M: a @ M, "M is the wrong way round"),
    ("eq7", lambda x, z, M, dG: z.T @ relu_backward(z, dG @ M), r"\(H, H\)|z is used where x belongs"),
    (
        "avgpool_forward",
        lambda x, size: EXERCISES["avgpool_forward"].reference(x, size).transpose(0, 3, 1, 2),
        "channels first",
    ),
    ("mf_predict_bp", lambda L: L[-1].argmax(axis=1)[:, None], r"\(N, 1\) instead of \(N,\)"),
    ("mf_predict_bp", lambda L: eq.softmax(L[-1]), "a number for each class"),
    (
        "eq1",
        lambda a: a * a,
        "the sum over its axis 1 is still to be taken|not_summed|The sum over the neurons is missing",
    ),
    ("dense_forward", lambda x, W, b: (x @ W + b)[:-1], "last sample is lost"),
]
MADE_OF = [
    ("dense_backward", lambda x, W, dz: (dz @ W.T, x.T @ dz, x.sum(axis=0)), "db is the sum of x over axis 0"),
    ("eq8", lambda a, dG: sum(0.9**n * np.outer(dG[n], a[n]) for n in range(len(a))), "earlier ones count more"),
    (
        "bias_corrected",
        lambda m, v, t, beta1, beta2: (m, v) if t == 1 else (m / (1 - beta1**t), v / (1 - beta2**t)),
        "wrong for t = 1, and right for",
    ),
    (
        "adam_step",
        lambda p, g, m, v, t, lr, b, c, e: (
            p - lr * (b * m + (2 - b) * g) / (1 - b**t) / (np.sqrt((c * v + (1 - c) * g * g) / (1 - c**t)) + e),
            b * m + (2 - b) * g,
            c * v + (1 - c) * g * g,
        ),
        r"beta1 x m \+ \(2 - beta1\) x gradient|\(2 - beta1\) x gradient \+ beta1 x m",
    ),
    ("shuffle_together", lambda X, y, rng: (y, X), r"exchanged.*\(y, X\) instead of \(X, y\)"),
    (
        "negative_labels",
        lambda y, m, rng: (y + rng.integers(1, y.max() + 1, len(y))) % (y.max() + 1),
        "n_classes is not",
    ),
]
"""What an output is made of, where no known mistake explains it."""


def _unit(a):
    return a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-12)


@pytest.mark.parametrize(("name", "function", "says"), [*PIECES, *NUMBERS, *PARTS, *SHAPES, *MADE_OF])
def test_what_was_done_is_said_whatever_the_seed(name, function, says):
    for seed in (1, 5):
        report = check(name, function, seed=seed)
        assert not report.passed
        assert re.search(says, report.evidence), report


def test_a_sentence_of_one_exercise_is_not_said_where_it_would_be_false():
    assert "batch" not in sentence(EXERCISES["avgpool_forward"], "largest_for_mean")
    for name in ("label_added", "label_missing", "label_not_one_hot"):
        assert not re.search("taken off|subtracted|sign", sentence(EXERCISES["overlay_label"], name))


def test_padding_cut_with_minus_p_is_named_as_such():
    def col2im(cols, x_shape, kernel, stride, padding):
        from mfnumpy import layers
        from mfnumpy.support.validate import pair

        PH, PW = pair("padding", padding, 0)
        N, H, W, C = x_shape
        padded = layers.col2im(cols, (N, H + 2 * PH, W + 2 * PW, C), kernel, stride, 0)
        return padded[:, PH:-PH, PW:-PW]

    assert "[p:-p]: for padding = 0 that is [0:0], which is empty" in check("col2im", col2im).evidence


# -- False sentences that were found, each with the function that got it


def test_a_factor_4_is_not_called_a_factor_2():
    evidence = check("eq8", lambda a, dG: 4 * dG.T @ a).evidence
    assert "factor 2" not in evidence
    assert "exactly 4" in evidence


def test_the_true_class_alone_is_not_called_a_diagonal():
    def only_true(G, y):
        return (eq.softmax(G) - 1) * eq.one_hot(y, G.shape[1], "float64") / len(y)

    evidence = check("eq6_gradient", only_true).evidence
    assert "diagonal" not in evidence
    assert "Only the true class of each row is filled" in evidence


def test_a_step_divided_by_the_rate_is_not_called_one_without_it():
    evidence = check("sgd_step", lambda p, g, lr: p - g / lr).evidence
    assert "not used" not in evidence
    assert "divided by the learning rate" in evidence


def test_a_wrong_sign_in_a_forward_pass_does_not_climb():
    assert "climb" not in check("eq5", lambda a, M: -a @ M.T).evidence
    assert "climb" in check("eq8", lambda a, dG: -dG.T @ a).evidence


NEEDS = {
    "learning rate": ("lr",),
    "theta": ("theta",),
    "epsilon": ("epsilon", "a", "G"),
    "projection": ("M", "x", "dG", "rule"),
    "kernel": ("kernel",),
    "stride": ("stride", "size"),
    "padding": ("padding",),
    "feedback": ("feedback", "rule"),
    "beta": ("beta1",),
    "label": ("y", "goodness_per_layer", "rule"),
    "bias": ("b", "W", "d", "m", "dz"),
    "the layer above": ("weights", "feedback"),
    "channel": ("x", "dy", "cols"),
}
"""A word in a sentence, and arguments of which the exercise must have one for it to mean anything."""


@pytest.mark.parametrize("name", EXERCISES)
def test_each_sentence_speaks_of_what_the_exercise_has(name):
    exercise = EXERCISES[name]
    for mistake in exercise.mistakes:
        says = sentence(exercise, mistake.name).lower()
        for word, arguments in NEEDS.items():
            if re.search(rf"\b{word}\b", says):
                assert set(arguments) & set(exercise.arguments), (mistake.name, says)


def test_the_same_line_is_never_said_twice_and_numbers_are_as_a_person_writes_them():
    for name in ("eq7", "mf_step", "bp_step", "softmax"):
        exercise = EXERCISES[name]

        def odd(*args, reference=exercise.reference):
            value = reference(*args)
            parts = value if isinstance(value, (tuple, list)) else (value,)
            moved = [p + 30 * np.sin(np.arange(p.size)).reshape(p.shape) for p in parts]
            return moved[0] if not isinstance(value, (tuple, list)) else type(value)(moved)

        evidence = check(name, with_signature(exercise, odd)).evidence
        lines = evidence.split("\n")
        assert len(set(lines)) == len(lines)
        assert not re.search(r"\de[+-]\d", evidence), evidence


def test_no_exercise_borrows_a_sentence_that_another_keeps_for_itself():
    """Of a mistake in general an exercise may say it in words of its own: those are not true of the others."""
    general = {m.name for exercise in EXERCISES.values() for m in exercise.mistakes if m.says}
    kept = {(name, says) for exercise in EXERCISES.values() for name, says in exercise.sentences.items()}
    for exercise in EXERCISES.values():
        for mistake in exercise.mistakes:
            if not mistake.says and mistake.name not in exercise.sentences and mistake.name in general:
                assert (mistake.name, sentence(exercise, mistake.name)) not in kept, exercise.name


def test_two_arguments_that_are_equal_are_not_called_exchanged():
    """The first draw has the stride 1 and the padding 1: with these exchanged it is right as before."""

    def raises(x, kernel, stride, padding):
        if stride == 2:
            raise ValueError("no")
        return EXERCISES["im2col"].reference(x, kernel, stride, padding)

    report = check("im2col", raises)
    assert report.mistake == "raises"
    assert "exchanged" not in report.evidence


SPOILS = [
    lambda a: a[:-1],
    lambda a: a[..., :-2],
    lambda a: np.repeat(a, 3, axis=-1),
    lambda a: np.repeat(a, 2, axis=0),
    lambda a: a.T,
    lambda a: a[..., None, None],
    lambda a: a[:, :1],
    lambda a: -2 * a.T,
]


@pytest.mark.parametrize("name", EXERCISES)
def test_of_a_wrong_shape_each_line_is_said_once_and_no_place_is_left_unfilled(name):
    exercise = EXERCISES[name]
    if exercise.judge is not None or exercise.outputs == ("weights",):
        pytest.skip("has no result of a single shape")
    for spoil in SPOILS:

        def spoilt(*args, spoil=spoil):
            value = exercise.reference(*args)
            first, *others = value if isinstance(value, tuple) else (value,)
            with_axes = np.ndim(first) > 1 or (np.ndim(first) and spoil in SPOILS[:1])
            first = spoil(np.asarray(first)) if with_axes else first
            return (first, *others) if others else first

        lines = check(name, with_signature(exercise, spoilt)).evidence.split("\n")
        assert len(set(lines)) == len(lines), lines
        assert not re.search(r"[{}]", " ".join(lines)), lines
        if len(exercise.outputs) == 1:
            assert sum("is transposed" in line for line in lines) <= 1, lines


def test_what_two_guesses_say_is_said_once():
    lines = check("eq5", lambda M, a: M @ a).evidence.split("\n")
    assert sum("Its parameters are (M, a)" in line for line in lines) == 1
    assert len(set(lines)) == len(lines), lines


def test_a_softmax_is_not_called_a_relu():
    evidence = check("eq6_gradient", lambda G, y: eq.softmax(G)).evidence
    assert "softmax(G). In it: a softmax." in evidence
    assert "ReLU" not in evidence


def test_a_slice_that_is_always_0_is_not_called_right():
    """Neither of a right one nor of a wrong one is there anything to be seen in it."""
    rng = np.random.default_rng(0)
    right = [rng.standard_normal((5, n)) * np.arange(n) for n in (4, 6)]
    wrong = [rng.standard_normal(t.shape) * np.arange(t.shape[1]) for t in right]
    cases = draw_cases(EXERCISES["eq5"], 1)[:2]
    named = [[[("G", array)] for array in arrays] for arrays in (wrong, right)]
    assert wrong_slices(EXERCISES["eq5"], cases, *named) == []
    kept = [np.where(np.arange(t.shape[1]) == 1, t, s) for s, t in zip(wrong, right, strict=True)]
    assert wrong_slices(EXERCISES["eq5"], cases, [[("G", array)] for array in kept], named[1]) == []


# -- What is odd


def test_the_packages_own_function_is_reported_as_odd():
    report = check("eq7", eq.weight_gradient)
    assert report.passed
    assert any("package's own function" in note for note in report.notes)
    assert check("eq7", _eq7).notes == ()


def test_a_patched_numpy_is_reported_as_odd(monkeypatch):
    monkeypatch.setattr(np, "tanh", lambda u: u / (1 + abs(u)))
    assert any("np.tanh was replaced" in note for note in check("eq7", _eq7).notes)
    monkeypatch.undo()
    monkeypatch.setattr(eq, "softmax", lambda s: s)
    assert any("equations.softmax was replaced" in note for note in check("eq7", _eq7).notes)
