"""The choice of an engine: which is taken, the reason that is given where it is not the fast one, what each trains."""

from __future__ import annotations

import types
from pathlib import Path

import numpy as np
import pytest

from mfnumpy import backend, engines, equations, rules
from mfnumpy.blocks import Block
from mfnumpy.engines import choose, threads_that_pay, trainer, work
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.layers import Dense
from mfnumpy.network import Network, cnn, mlp
from mfnumpy.support.seeding import stream

threadpoolctl = pytest.importorskip("threadpoolctl")


def model(rule_name="mf", net=None, **options):
    net = net or mlp(31, [23, 29, 19], seed=2)
    rule = rules.make(rule_name, **options)
    rule.start(net, 5, seed=4)
    return net, rule


def train(rule_name="mf", **how):
    net, rule = model(rule_name)
    rng = stream(6, "test")
    x, y = rng.standard_normal((60, 31)).astype("float32"), rng.integers(0, 5, 60)
    with threadpoolctl.threadpool_limits(1), trainer(net, rule, lr=1e-2, epochs=2, batch_size=16, **how) as chosen:
        history = chosen.fit(x, y)
        return {name: array.copy() for name, array in rule.parameters(net).items()}, history.ran_with


@pytest.mark.parametrize(
    "how", [{"parallel": "layers"}, {"offload": "here"}, {"parallel": "layers", "offload": "here"}]
)
def test_layers_in_parallel_and_on_disk_have_the_references_bytes(how, tmp_path):
    plain, conditions = train(engine="reference")
    other, same = train(**({**how, "offload": tmp_path} if "offload" in how else how))
    assert all(plain[name].tobytes() == other[name].tobytes() for name in plain)
    assert conditions == same
    assert (conditions[0]["engine"], conditions[0]["threads"]) == ("reference", 1)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_fast_engine_agrees_to_rounding(threads):
    (plain, _), (other, (conditions,)) = train("bp", engine="reference"), train("bp", threads=threads)
    assert all(np.allclose(plain[name], other[name], atol=1e-4) for name in plain)
    assert any(plain[name].tobytes() != other[name].tobytes() for name in plain), "the last bits tell the engines apart"
    assert (conditions["engine"], conditions["threads"]) == ("fast", threads)


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (UnknownNameError, {"parallel": "layer"}),
        (UnknownNameError, {"engine": "fastest"}),
        (InvalidValueError, {"engine": "fast", "optimiser": "sgd"}),
        (InvalidValueError, {"rule_name": "bp", "parallel": "layers"}),
        (InvalidValueError, {"engine": "fast", "offload": "here"}),
        (InvalidValueError, {"engine": "fast", "parallel": "layers"}),
        (InvalidValueError, {"offload": "here", "optimiser": "sgd"}),
        (InvalidValueError, {"engine": "reference", "threads": 0}),
        (InvalidValueError, {"engine": "fast", "threads": 0}),
    ],
)
def test_what_does_not_go_together_is_refused(error, how):
    with pytest.raises(error):
        train(**how)


# -- a rule or a network with something of a user's own is never passed over by the fast engine ------------------------


class OwnRule(rules.MonoForward):
    """A rule of a user's own."""

    def local_step(self, net, i, x, y):
        """Something else."""
        raise AssertionError


class OwnNetwork(Network):
    """A network of a user's own."""


class OwnLayer(Dense):
    """A layer of a user's own."""


class OwnBlock(Block):
    """A block of a user's own."""


def own_function(what, name):
    """A change that puts a function in the place of a method or an equation."""

    def change(net, rule):
        thing = {"rule": rule, "net": net, "block": net.blocks[1], "layer": net.blocks[1].linear}[what]
        setattr(thing, name, types.MethodType(lambda self, *args: None, thing))

    return change


def own_class(what, kind):
    def change(net, rule):
        {"rule": rule, "net": net, "block": net.blocks[1], "layer": net.blocks[1].linear}[what].__class__ = kind

    return change


CHANGES = {
    "rule of its own": own_class("rule", OwnRule),
    "network of its own": own_class("net", OwnNetwork),
    "block of its own": own_class("block", OwnBlock),
    "layer of its own": own_class("layer", OwnLayer),
    **{f"rule.{name}": own_function("rule", name) for name in ("project", "loss_gradient", "weight_gradient")},
    **{f"rule.{name}": own_function("rule", name) for name in ("projection_gradient", "local_step", "layer_scores")},
    "net.forward": own_function("net", "forward"),
    "block.forward": own_function("block", "forward"),
    "layer.from_rows": own_function("layer", "from_rows"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_a_users_own_runs_in_the_reference_and_the_reason_is_said(change):
    net, rule = model()
    assert choose(net, rule).engine == "fast"
    CHANGES[change](net, rule)
    chosen = choose(net, rule)
    assert chosen.engine == "reference"
    assert "of its own" in (chosen.why or "")
    assert chosen.line(1) == f"engine: reference, 1 thread: {chosen.why}"
    with pytest.raises(InvalidValueError, match="of its own"):
        choose(net, rule, engine="fast")


@pytest.mark.parametrize("name", rules.RULES)
def test_an_equation_that_is_handed_in_is_the_one_that_is_trained_with(name):
    """For every function that any rule takes: the engine calls it."""
    options = [key for key, value in vars(rules.make(name)).items() if callable(value)]
    for key in options:
        called = []
        own = getattr(rules.make(name), key)
        net, rule = model(name, **{key: lambda *args, own=own, called=called: (called.append(1), own(*args))[1]})
        rng = stream(6, "test")
        with trainer(net, rule, epochs=1, batch_size=20) as chosen:
            chosen.fit(rng.standard_normal((40, 31)).astype("float32"), rng.integers(0, 5, 40))
        assert called, key


def test_the_functions_of_the_paper_handed_in_by_name_are_no_reason():
    net, rule = model("mf", weight_gradient=equations.weight_gradient)
    assert choose(net, rule) == engines.Chosen("fast")


# -- threads -----------------------------------------------------------------------------------------------------------


def test_work_is_what_the_forward_products_multiply():
    assert work(mlp(31, [23, 29]), 7) == 7 * (31 * 23 + 23 * 29)
    net = cnn((6, 5, 2), [3, 4], kernel=3, padding=1, pool=2)  # 6x5 places, then 3x2
    assert work(net, 7) == 7 * (6 * 5 * 9 * 2 * 3 + 3 * 2 * 9 * 3 * 4)


def test_the_page_states_the_bound():
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
    assert f"has fewer than {engines.MUCH_WORK / 1e6:.0f} million multiplications" in page


def test_little_work_gets_one_thread_and_much_gets_all_cores(monkeypatch):
    monkeypatch.setattr("mfnumpy.engines.cores", lambda: 5)
    net = mlp(31, [23, 29])
    for much, threads in ((work(net, 7), 5), (work(net, 7) + 1, 1)):
        monkeypatch.setattr("mfnumpy.engines.MUCH_WORK", much)
        assert threads_that_pay(net, 7) == threads
        net, rule = model(net=net)
        with trainer(net, rule, batch_size=7) as chosen:
            assert (chosen.engine, chosen.threads) == ("fast", threads)
    assert threads_that_pay(net, None) == 5, "a full batch is much work"


def test_without_a_way_to_hold_blas_the_reference_trains(monkeypatch):
    monkeypatch.setattr("mfnumpy.engines.keeps_threads", lambda limit: False)
    chosen = choose(*model())
    assert chosen.engine == "reference"
    assert "mfnumpy[lab]" in (chosen.why or "")


def test_another_backend_has_no_fast_engine(monkeypatch):
    model_ = model()
    monkeypatch.setattr(backend, "current", lambda: types.SimpleNamespace(name="cupy"))
    assert "numpy" in (choose(*model_).why or "")
