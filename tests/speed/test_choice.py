"""The ways to train that can be asked for: each gives what the plain trainer gives."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import rules
from mfnumpy.engines import trainer
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.network import mlp
from mfnumpy.support.seeding import stream

threadpoolctl = pytest.importorskip("threadpoolctl")


def train(rule_name="mf", **how):
    net = mlp(31, [23, 29, 19], seed=2)
    rule = rules.make(rule_name)
    rule.start(net, 5, seed=4)
    rng = stream(6, "test")
    x, y = rng.standard_normal((60, 31)).astype("float32"), rng.integers(0, 5, 60)
    with threadpoolctl.threadpool_limits(1), trainer(net, rule, lr=1e-2, epochs=2, batch_size=16, **how) as chosen:
        chosen.fit(x, y)
        return {name: array.copy() for name, array in rule.parameters(net).items()}


@pytest.mark.parametrize(
    "how", [{"parallel": "layers"}, {"offload": "here"}, {"parallel": "layers", "offload": "here"}]
)
def test_layers_in_parallel_and_on_disk_have_the_plain_trainers_bytes(how, tmp_path):
    plain, other = train(), train(**({**how, "offload": tmp_path} if "offload" in how else how))
    assert all(plain[name].tobytes() == other[name].tobytes() for name in plain)


def test_neurons_in_parallel_agree_to_rounding():
    plain, other = train("bp"), train("bp", parallel="neurons")
    assert all(np.allclose(plain[name], other[name], atol=1e-4) for name in plain)


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (UnknownNameError, {"parallel": "layer"}),
        (InvalidValueError, {"parallel": "neurons", "optimiser": "sgd"}),
        (InvalidValueError, {"rule_name": "bp", "parallel": "layers"}),
        (InvalidValueError, {"parallel": "neurons", "offload": "here"}),
    ],
)
def test_what_does_not_go_together_is_refused(error, how):
    with pytest.raises(error):
        train(**how)
