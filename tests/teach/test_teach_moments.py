"""The moments of one update are the rule's own arrays, bit for bit, and each follows from its operands."""

import numpy as np
import pytest

from mfnumpy import equations, rules
from mfnumpy.network import cnn, mlp
from mfnumpy.support.seeding import stream
from mfnumpy.teach import moments

N, D, M_CLASSES = 7, 6, 3


def dense_case(name, bias=False):
    """A started rule over two dense blocks, all dimensions different, and a batch of both signs."""
    net = mlp(D, (5, 4), seed=1, bias=bias)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((N, D)).astype("float32"), rng.integers(0, M_CLASSES, N)
    rule = rules.make(name)
    rule.start(net, M_CLASSES, seed=2)
    return net, rule, x, y


def conv_case(name):
    net = cnn((8, 6, 2), (3, 4), seed=1)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((N, 8, 6, 2)).astype("float32"), rng.integers(0, M_CLASSES, N)
    rule = rules.make(name)
    rule.start(net, M_CLASSES, seed=2)
    return net, rule, x, y


def gradients_in(found):
    """{"block1.W": dW, ...} of the moments."""
    return {f"{m.block}.{m.symbol[1:]}": m.value for m in found if m.symbol in ("dW", "dM", "db")}


def gradients_of_rule(net, rule, x, y):
    gradients = {}
    for step in rule.steps(net, x, y, stream(0, "batch")):
        gradients |= step.gradients
    return gradients


def same_bits(a, b):
    return a.keys() == b.keys() and all(a[k].dtype == b[k].dtype and np.array_equal(a[k], b[k]) for k in a)


CASES = [(dense_case, name) for name in rules.RULES] + [
    (conv_case, name) for name, rule in rules.RULES.items() if rule.images
]


@pytest.mark.parametrize(("case", "name"), CASES, ids=[f"{c.__name__}-{n}" for c, n in CASES])
def test_moments_hold_the_rules_gradients_bit_for_bit(case, name):
    net, rule, x, y = case(name)
    found = gradients_in(moments(net, rule, x, y))
    wanted = gradients_of_rule(net, rule, x, y)
    assert same_bits(found, wanted)
    one_ulp = wanted | {"readout.W" if "readout.W" in wanted else "block1.W": None}
    key = next(k for k, v in one_ulp.items() if v is None)
    one_ulp[key] = np.nextafter(wanted[key], np.float32(9))
    assert not same_bits(found, one_ulp), "a difference in the last bit must be seen"


@pytest.mark.parametrize("name", ["bp", "mf", "fa"])
def test_biases_are_among_the_moments(name):
    net, rule, x, y = dense_case(name, bias=True)
    found = gradients_in(moments(net, rule, x, y))
    assert {"block1.b", "block2.b"} <= found.keys()
    assert same_bits(found, gradients_of_rule(net, rule, x, y))


def follows(moment):
    """Whether a moment's value is what its formula makes of its operands."""
    arrays = [array for _, array in moment.operands]
    flat = [a.reshape(-1, a.shape[-1]) for a in arrays]
    value = moment.value.reshape(-1, moment.value.shape[-1])
    if moment.operator == "*":
        made = flat[0] * flat[1] if flat[0].shape == flat[1].shape else arrays[0] * arrays[1]
    elif moment.operator == "-":
        made = (flat[0] - flat[1]) / len(flat[0])
    elif len(arrays) == 2:
        made = flat[0] @ flat[1]
    elif moment.symbol == "a":
        made = np.maximum(flat[0], 0)
    elif moment.symbol == "p":
        made = equations.softmax(flat[0])
    else:
        return None  # no operands, or Forward-Forward's sums
    return np.allclose(made, value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", list(rules.RULES))
def test_each_moment_follows_from_its_operands(name):
    found = moments(*dense_case(name))
    tested = [m for m in found if follows(m) is not None]
    assert len(tested) >= len(found) // 2
    for moment in tested:
        assert follows(moment), moment


def test_forward_forward_shows_the_error_from_which_its_gradient_is_made():
    net, rule, x, y = dense_case("ff")
    found = {(m.block, m.symbol): m for m in moments(net, rule, x, y)}
    for block in ("block1", "block2"):
        a, dG, da = (found[block, symbol].value for symbol in ("a", "dG", "da"))
        assert np.array_equal(da, equations.goodness_gradient(a, dG[:, 0]))
        assert (dG[:N] < 0).all()
        assert (dG[N:] > 0).all()


def test_a_students_own_equation_is_what_the_moments_show():
    """The moments are of the rule as it is, not of the reference."""
    net, rule, x, y = dense_case("mf")
    reference = gradients_in(moments(net, rule, x, y))
    rule.weight_gradient = lambda x, z, M, dG: 3 * equations.weight_gradient(x, z, M, dG)
    assert np.array_equal(gradients_in(moments(net, rule, x, y))["block1.W"], 3 * reference["block1.W"])


@pytest.mark.parametrize("name", list(rules.RULES))
def test_network_and_rule_are_left_as_they_are(name):
    net, rule, x, y = dense_case(name)
    before = {k: v.copy() for k, v in (rule.parameters(net) | rule.fixed()).items()}
    blocks, state = list(net.blocks), dict(vars(rule))
    moments(net, rule, x, y)
    assert same_bits(before, rule.parameters(net) | rule.fixed())
    assert all(a is b for a, b in zip(blocks, net.blocks, strict=True))
    assert all(vars(rule)[key] is value for key, value in state.items())


def test_local_rules_finish_a_block_before_the_next_begins_and_bp_does_not():
    def blocks_in_order(name):
        return [m.block for m in moments(*dense_case(name))]

    for name in ("mf", "ff"):
        order = blocks_in_order(name)
        assert order == sorted(order)
    assert blocks_in_order("bp") != sorted(blocks_in_order("bp"))


def test_mono_forward_shows_the_papers_equations_in_order():
    found = moments(*dense_case("mf"))
    first = [(m.symbol, m.equation) for m in found if m.block == "block1"]
    assert first == [
        ("x", ""), ("z", ""), ("a", ""), ("G", "5"), ("p", "6"), ("dG", "6"), ("dM", "8"), ("da", "7"), ("dz", "7"),
        ("dW", "7"),
    ]  # fmt: skip
    assert all(m.text for m in found)
