"""Every rule's gradients are those of its own losses, by central differences in float64.

A step's loss is a function of the parameters that the step has gradients for. So one check fits all rules: move each
such parameter and watch that very step's loss. For a local rule this is block i's own loss; for the others the total.
FA, DFA and `shallow` promise the true gradient for the readout only; test_feedback_formulas.py holds the rest.
"""

import math

import numpy as np
import pytest
from engine_helpers import (
    ALL_RULES,
    CASES,
    MARGIN,
    TOLERANCE,
    Case,
    case_away_from_kinks,
    distance_to_kink,
    masks,
    numeric_gradient,
    relative_error,
    started,
    steps_of,
)

import mfnumpy.layers.convolution
import mfnumpy.layers.dense
import mfnumpy.layers.shape
from mfnumpy import equations, layers, network, rules
from mfnumpy.rules import mf
from mfnumpy.support.seeding import stream


def true_ones(name: str, gradients: dict) -> dict:
    """The gradients that the rule promises to be those of the loss."""
    return {k: g for k, g in gradients.items() if rules.RULES[name].exact or k == "readout.W"}


def worst_error(case: Case, enough: float = math.inf) -> float:
    """Every entry of every parameter that learns, against central differences of its own step's loss.

    enough: an error that is known to be a mistake, after which nothing more need be compared.
    """
    parameters = case.rule.parameters(case.net)
    worst, seen = 0.0, set()
    for place, step in enumerate(steps_of(case.rule, case.net, case.x, case.y)):
        for name, gradient in true_ones(case.rule.name, step.gradients).items():
            numeric = numeric_gradient(
                lambda place=place: float(steps_of(case.rule, case.net, case.x, case.y)[place].loss), parameters[name]
            )
            worst = max(worst, relative_error(gradient, numeric))
            if worst > enough:
                return worst
            seen.add(name)
    learned = {k for k in parameters if case.rule.exact or k == "readout.W"}
    assert seen == learned, "a parameter without a gradient"
    return worst


@pytest.mark.parametrize("bias", [False, True], ids=["no_bias", "bias"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_gradients_of_each_step_agree_with_central_differences_of_its_loss(name, kind, bias):
    case = case_away_from_kinks(name, kind, bias=bias)
    assert distance_to_kink(case.rule, case.net, case.x, case.y) > MARGIN
    assert worst_error(case) < TOLERANCE


@pytest.mark.parametrize("options", [{"theta": 3.0, "normalise": "length"}, {"theta": 0.5}], ids=str)
def test_forward_forward_with_other_thresholds_and_normalisations(options):
    assert worst_error(case_away_from_kinks("ff", "mlp", **options)) < TOLERANCE


def test_shallow_learns_the_readout_and_nothing_else():
    case = case_away_from_kinks("shallow", "mlp")
    (step,) = steps_of(case.rule, case.net, case.x, case.y)
    assert set(step.gradients) == {"readout.W"}


# -- real shapes, along random directions ----------------------------------------------------------------------

REAL = {
    "mlp": lambda seed: network.mlp(784, (1000, 1000), seed=seed, dtype="float64"),
    "cnn": lambda seed: network.cnn((28, 28, 1), (16, 32, 64, 128), seed=seed, dtype="float64"),
}


def real_case(name: str, kind: str, step: float, draws: int) -> tuple[Case, list[np.ndarray]]:
    """A case, and random directions along which no z changes its sign on the way from -step to +step."""
    for seed in range(100):
        net = REAL[kind](seed)
        rng = stream(seed, "real shapes")
        x, y = rng.standard_normal((3, *net.input_shape)), rng.integers(0, 4, 3)
        rule = started(name, net, seed)
        if distance_to_kink(rule, net, x, y) < 1e-6:
            continue
        case, found = Case(rule, net, x, y), []
        parameters, here = rule.parameters(net), masks(rule, net, x, y)
        for k in range(draws):
            moves = {n: stream(seed, f"direction {n}", k).standard_normal(p.shape) for n, p in parameters.items()}
            same = True
            for sign in (step, -2 * step):
                for n, p in parameters.items():
                    p += sign * moves[n]
                same = same and all(map(np.array_equal, here, masks(rule, net, x, y)))
            for n, p in parameters.items():
                p += step * moves[n]
            if same:
                found.append(moves)
        if found:
            return case, found
    raise AssertionError("no draw keeps away from the kinks")


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_on_real_shapes_along_random_directions(name, kind):
    h = 1e-6
    case, directions = real_case(name, kind, h, draws=1)
    parameters = case.rule.parameters(case.net)
    for moves in directions:
        for place, step in enumerate(steps_of(case.rule, case.net, case.x, case.y)):
            gradients = true_ones(name, step.gradients)
            losses = []
            for sign in (1, -1):
                before = {n: parameters[n].copy() for n in gradients}
                for n in gradients:
                    parameters[n] += sign * h * moves[n]
                losses.append(float(steps_of(case.rule, case.net, case.x, case.y)[place].loss))
                for n in gradients:
                    parameters[n][...] = before[n]
            numeric = (losses[0] - losses[1]) / (2 * h)
            analytic = sum(float((g * moves[n]).sum()) for n, g in gradients.items())
            size = max(abs(numeric), np.sqrt(sum(float((g * g).sum()) for g in gradients.values())))
            assert size > 1e-3
            assert abs(numeric - analytic) / size < TOLERANCE


# -- planted mistakes: the check above must catch each ------------------------------------------------------------

true_loss_gradient = equations.cross_entropy_gradient
true_negative = equations.negative_loss_gradient
true_pool = mfnumpy.layers.shape.avgpool_backward


def no_mask(z, da):
    return da


def inverted_mask(z, da):
    return da * (z <= 0)


def mask_above_half(z, da):
    return da * (z > 0.5)


def mean_missing(G, y):
    return true_loss_gradient(G, y) * G.shape[0]


def labels_rolled(G, y):
    return true_loss_gradient(G, np.roll(y, 1))


def softmax_jacobian_on_top(G, y):
    p, d = equations.softmax(G), true_loss_gradient(G, y)
    return p * (d - (p * d).sum(axis=1, keepdims=True))


def mean_bias(x, dz):
    return x.T @ dz, dz.mean(axis=0)


def no_mask_in_eq7(x, z, M, dG):
    return x.T @ (dG @ M)


def updated_M_in_eq7(x, z, M, dG):
    return equations.weight_gradient(x, z, M - 1e-3 * dG.T @ np.maximum(z, 0), dG)


def assigns_in_place_of_adding(cols, x_shape, kernel, stride=1, padding=0):
    KH, KW = kernel
    (SH, SW), (PH, PW) = stride, padding
    N, H, W, C = x_shape
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(KH):
        for j in range(KW):
            x[:, i : i + SH * OH : SH, j : j + SW * OW : SW] = patches[:, :, :, i, j]
    return x[:, PH : PH + H, PW : PW + W]


def pool_without_division(self, x_shape, dy):
    return true_pool(dy, self.size, x_shape, self.stride) * self.size[0] * self.size[1]


def goodness_without_2(a, dG):
    return dG[:, None] * a


def sign_of_negative_loss(G, theta):
    return -true_negative(G, theta)


def flipped_sigmoid(G, theta):
    return -true_negative(G, theta)


def detached(dG, M):
    return 0 * (dG @ M)


CAUGHT = [  # where the mistake is put: None for the rule itself, which took the equation as a keyword
    ("bp", "mlp", layers.ACTIVATIONS["relu"], "backward", no_mask),
    ("bp", "cnn", layers.ACTIVATIONS["relu"], "backward", inverted_mask),
    ("deep_supervision", "mlp", layers.ACTIVATIONS["relu"], "backward", mask_above_half),
    ("bp", "mlp", mfnumpy.layers.dense, "dense_parameter_gradients", mean_bias),
    ("mf_joint", "cnn", mfnumpy.layers.convolution, "dense_parameter_gradients", mean_bias),
    ("bp", "cnn", mfnumpy.layers.convolution, "col2im", assigns_in_place_of_adding),
    ("mf", "cnn", mfnumpy.layers.shape.AvgPool2d, "backward", pool_without_division),
    ("ff", "mlp", equations, "goodness_gradient", goodness_without_2),
    ("ff", "mlp", None, "negative_loss_gradient", sign_of_negative_loss),
    ("ff", "mlp", None, "positive_loss_gradient", flipped_sigmoid),
    ("mf_joint", "mlp", equations, "goodness_scores_gradient", detached),
    ("ff_one_pass", "mlp", equations, "cross_entropy_gradient", mean_missing),
]


@pytest.mark.parametrize(
    ("name", "kind", "home", "attribute", "mistake"), CAUGHT, ids=[f"{c[0]}-{c[1]}-{c[4].__name__}" for c in CAUGHT]
)
def test_planted_mistake_is_caught(name, kind, home, attribute, mistake, monkeypatch):
    case = case_away_from_kinks(name, kind, bias=True)
    monkeypatch.setattr(home or case.rule, attribute, mistake)
    assert worst_error(case, enough=1e-4) > 1e-4


@pytest.mark.parametrize("mistake", [mean_missing, labels_rolled, softmax_jacobian_on_top])
@pytest.mark.parametrize("name", [n for n in ALL_RULES if "loss_gradient" in rules.make(n).functions()])
def test_a_wrong_loss_gradient_is_caught_in_every_rule_that_takes_one(name, mistake):
    case = case_away_from_kinks(name, "mlp", bias=True)
    case.rule.loss_gradient = mistake
    assert worst_error(case, enough=1e-4) > 1e-4


@pytest.mark.parametrize("mistake", [no_mask_in_eq7, updated_M_in_eq7])
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_a_wrong_equation_7_handed_to_mono_forward_is_caught(kind, mistake):
    case = case_away_from_kinks("mf", kind, bias=True)
    assert isinstance(case.rule, mf.MonoForward)
    case.rule.weight_gradient = mistake
    assert worst_error(case, enough=1e-5) > 1e-5


def test_a_missing_gradient_is_caught(monkeypatch):
    case = case_away_from_kinks("bp", "mlp")
    original = case.rule.errors_at_z
    monkeypatch.setattr(case.rule, "errors_at_z", lambda *a: list(original(*a))[:1])
    with pytest.raises(AssertionError, match="without a gradient"):
        worst_error(case)
