"""What every backend must do with a rule, from one step to a resumed run; as host arrays, to be compared."""

from __future__ import annotations

import numpy as np
from engine_helpers import N_CLASSES, blobs, gradients_of, model_arrays, small_net, started

from mfnumpy import backend, measure, optim
from mfnumpy.errors import InvalidValueError
from mfnumpy.saving import model as models
from mfnumpy.train import Trainer


def run_suite(backend_name: str, rule_name: str, kind: str, dtype: str, folder, on_device: bool = True) -> dict:
    """One rule on one kind of network: gradients, scores, training, evaluation, checkpoint, resume, alignment."""
    with backend.using(backend_name):
        net = small_net_on_device(kind, dtype)
        rule = started_on_device(rule_name, net)
        x, y = blobs(43, net.input_shape, dtype)
        xd, yd = backend.to_device(x), backend.to_device(y)
        found = {f"gradient {k}": g for k, g in gradients_of(rule, net, xd, yd).items()}
        found |= scores_of(rule, net, xd)
        optimiser = optim.Adam(1e-2)
        path = folder / f"{backend_name}.npz"
        data = (xd, yd) if on_device else (x, y)
        options = {"batch_size": 10, "path": path, "decay": "linear", "patience": 5}
        history = Trainer(net, rule, optimiser, epochs=2, **options).fit(*data, x[:20], y[:20])
        found |= {f"trained {k}": v for k, v in model_arrays(rule, net).items()}
        found |= {f"moment {k}": backend.to_host(v) for k, v in optimiser.state()[0].items()}
        found["losses"] = np.array([[*e["loss"].values()] for e in history.epochs])
        found["evaluation"] = flat(measure.evaluate(net, rule, x, y, 10))
        found["val"] = np.array([[*e["val_accuracy"].values()] for e in history.epochs])
        loaded, loaded_rule, _ = models.load(path)
        found |= {f"loaded {k}": v for k, v in model_arrays(loaded_rule, loaded).items()}
        found |= {f"loaded {k}": v for k, v in scores_of(loaded_rule, loaded, xd).items()}
        again = Trainer(net, rule, optim.Adam(1e-2), epochs=2, **options)
        again.fit(*data, x[:20], y[:20], resume=True)
        found |= {f"resumed {k}": v for k, v in model_arrays(rule, net).items()}
        found["sgd"] = one_sgd_epoch(net, rule, x, y)
        try:
            found["angles"] = np.array([*measure.alignment(net, rule, xd, yd).values()])
        except InvalidValueError:
            assert rule_name.startswith("ff")
        str(net.forward(xd)[0])
        assert all(backend.backend_of(p).name == backend_name for p in rule.parameters(net).values())
        assert all(backend.backend_of(p).name == backend_name for p in loaded_rule.fixed().values())
        return found


def small_net_on_device(kind: str, dtype: str):
    """The helpers' network with the biases that they draw on the host."""
    with backend.using("numpy"):
        host = small_net(kind, dtype=dtype, bias=True)
    net = type(host).from_spec(host.spec())
    for name, p in net.parameters().items():
        p[...] = backend.to_device(host.parameters()[name])
    return net


def started_on_device(name: str, net):
    """A started rule, drawn on the host as always."""
    if name != "ff_one_pass":
        return started(name, net)
    from mfnumpy import rules

    rule = rules.make(name)
    rule.start(net, N_CLASSES)
    return rule


def scores_of(rule, net, x) -> dict:
    """Scores of all modes and layers, on the host."""
    modes, layers = rule.all_scores(net, x)
    found = {f"scores {mode}": backend.to_host(s) for mode, s in modes.items()}
    return found | {f"scores of layer {i}": backend.to_host(s) for i, s in enumerate(layers)}


def one_sgd_epoch(net, rule, x, y) -> np.ndarray:
    """Its losses."""
    history = Trainer(net, rule, optim.SGD(0.01), epochs=1, batch_size=20).fit(x, y)
    return np.array([*history.epochs[0]["loss"].values()])


def flat(evaluation: measure.Evaluation) -> np.ndarray:
    """All accuracies."""
    return np.array([*evaluation.accuracy.values(), *evaluation.layers])
