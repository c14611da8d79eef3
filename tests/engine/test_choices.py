"""Each choice is tied to the code: the code reads it, or a measurement of the code gives its sentence.

A value that the code reads is changed in a package that is imported anew, and what the code does changes with it. A
sentence is found by measuring, so that neither it nor the code can change alone; a planted mistake shows the other
sentence. Whoever adds a choice adds its tie here.
"""

import argparse
import importlib
import inspect
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from engine_helpers import small_batch, small_net, started

from mfnumpy import choices, equations, rules
from mfnumpy.rules import ff, parts
from mfnumpy.rules.controls import MonoForwardJoint
from mfnumpy.support.seeding import stream

pytest.importorskip("sklearn")

# -- choices that the code reads ------------------------------------------------------------------------------------


@contextmanager
def package_with(**values):
    """The package imported anew, with other values in choices; afterwards the modules are the old ones again."""

    def loaded():
        return {name: m for name, m in sys.modules.items() if name.partition(".")[0] in ("mfnumpy", "data_utils")}

    old = loaded()
    for name in old:
        del sys.modules[name]
    try:
        fresh = importlib.import_module("mfnumpy.choices")
        for name, value in values.items():
            setattr(fresh, name, getattr(fresh, name)._replace(value=value))
        yield importlib.import_module
    finally:
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(old)


def command_line(module, *options):
    """The options of a command as they are when only these are given."""
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return vars(parser.parse_args(options))


def first_weights(find, *, rule="shallow", part="blocks", activation="relu"):
    net = find("mfnumpy.network").mlp(9, (6, 8), seed=3, activation=activation)
    made = find("mfnumpy.rules").make(rule)
    made.start(net, 4, seed=5)
    if part == "blocks":
        return net.blocks[0].parameters["W"][0, 0]
    arrays = made.parameters(net) | made.fixed()
    return float(arrays[part][0, 0])


def default_of(find, module, function, argument):
    thing = find(module)
    for name in function.split("."):
        thing = getattr(thing, name)
    return inspect.signature(thing).parameters[argument].default


def updated_by_adam(find):
    optim, w = find("mfnumpy.optim"), np.full(3, 0.5)
    adam = optim.Adam(lr=0.1)
    for g in (1.0, -0.2, 0.3):
        adam.update("w", w, np.full(3, g))
    return w[0]


def ff_label(find, dataset):
    return find("mfnumpy.rules").make("ff", dataset=dataset).label


def ff_label_in(find, what, dataset):
    """The label's strength in what compare trains, or in what reproduce plans."""
    if what == "compare":
        return find("mfnumpy.comparison.compare")._maker("ff", dataset)().label
    plan = find("mfnumpy.paper.runs.plan")
    return plan.Budget(dataset, "2x10", 1, 1).config("ff").options.get("label", 1.0)


def conv_shapes(find):
    return find("mfnumpy.network").cnn((12, 12, 1), (4,)).shapes()


def budget(find, field):
    return getattr(find("mfnumpy.paper.runs.plan").Budget("mnist", "2x10", 1, 1), field)


TRAINER = ("mfnumpy.train", "Trainer.__init__")
OTHER_TRAINER = {"epochs": 3, "batch_size": 7, "decay": "linear"}
TRAIN, COMPARE = "mfnumpy.cli.train", "mfnumpy.cli.compare"
SETTINGS = [
    ("BIAS", True, lambda find: sorted(find("mfnumpy.network").mlp(9, (6,)).parameters())),
    ("BIAS", True, lambda find: sorted(find("mfnumpy.network").cnn((8, 8, 1), (4,)).parameters())),
    ("BIAS", True, lambda find: sorted(find("mfnumpy.network").named("1x4", (9,)).parameters())),
    ("BIAS", True, lambda find: command_line(find(TRAIN))["bias"]),
    ("WEIGHT_INIT", 1.0, first_weights),
    ("TANH_INIT", 0.25, lambda find: first_weights(find, activation="tanh")),
    ("PROJECTION_INIT", 0.25, lambda find: first_weights(find, rule="mf", part="block1.M")),
    ("PROJECTION_INIT", 0.25, lambda find: first_weights(find, part="readout.W")),
    ("FEEDBACK_INIT", 0.25, lambda find: first_weights(find, rule="fa", part="block1.B")),
    ("FEEDBACK_INIT", 0.25, lambda find: first_weights(find, rule="dfa", part="block1.B")),
    ("OPTIMISER", "sgd", lambda find: command_line(find(TRAIN))["optimiser"]),
    ("OPTIMISER", "sgd", lambda find: find("mfnumpy.comparison.compare").Settings().optimiser),
    ("OPTIMISER", "sgd", lambda find: default_of(find, "mfnumpy.engines", "trainer", "optimiser")),
    ("ADAM", {"beta1": 0.8, "beta2": 0.999, "epsilon": 1e-8}, updated_by_adam),
    ("ADAM", {"beta1": 0.9, "beta2": 0.9, "epsilon": 1e-8}, updated_by_adam),
    ("ADAM", {"beta1": 0.9, "beta2": 0.999, "epsilon": 0.1}, updated_by_adam),
    ("ADAM", {"beta1": 0.8, "beta2": 0.999, "epsilon": 1e-8}, lambda find: find("mfnumpy.fast").FastAdam().beta1),
    ("LEARNING_RATE", {"default": 0.7}, lambda find: find("mfnumpy.optim").Adam().lr),
    ("LEARNING_RATE", {"default": 0.7}, lambda find: find("mfnumpy.comparison.compare").Settings().lr),
    ("LEARNING_RATE", {"default": 0.7}, lambda find: default_of(find, "mfnumpy.engines", "trainer", "lr")),
    ("LEARNING_RATE", {"default": 0.7}, lambda find: find("mfnumpy.paper.runs.plan").STATED_RATE),
    ("LEARNING_RATE", {"default": 1e-3, "digits": 0.7}, lambda find: find("mfnumpy.choices").learning_rate("digits")),
    ("DECAY", "cosine", lambda find: command_line(find(COMPARE))["decay"]),
    ("DECAY", "cosine", lambda find: find("mfnumpy.comparison.compare").Settings().decay),
    ("DECAY", "cosine", lambda find: budget_decay(find)),
    ("BATCH_SIZE", {"default": 77}, lambda find: find("mfnumpy.choices").batch_size("mnist")),
    ("BATCH_SIZE", {"default": 77}, lambda find: budget(find, "batch_size")),
    ("TRAINER", OTHER_TRAINER, lambda find: default_of(find, *TRAINER, "epochs")),
    (
        "TRAINER",
        {"epochs": 3, "batch_size": 7, "decay": "linear"},
        lambda find: default_of(find, *TRAINER, "batch_size"),
    ),
    ("TRAINER", OTHER_TRAINER, lambda find: default_of(find, *TRAINER, "decay")),
    ("EPOCHS", 4, lambda find: command_line(find(TRAIN))["epochs"]),
    ("EPOCHS", 4, lambda find: command_line(find(COMPARE))["epochs"]),
    ("EPOCHS", 4, lambda find: find("mfnumpy.comparison.compare").Settings().epochs),
    ("SEEDS", 5, lambda find: command_line(find(COMPARE))["seeds"]),
    ("SEEDS", 5, lambda find: find("mfnumpy.comparison.compare").Settings().seeds),
    ("CONVOLUTION", {"kernel": 5, "stride": 1, "padding": 1, "pool": 2}, conv_shapes),
    ("CONVOLUTION", {"kernel": 3, "stride": 2, "padding": 1, "pool": 2}, conv_shapes),
    ("CONVOLUTION", {"kernel": 3, "stride": 1, "padding": 2, "pool": 2}, conv_shapes),
    ("CONVOLUTION", {"kernel": 3, "stride": 1, "padding": 1, "pool": 3}, conv_shapes),
    ("FF_NORMALISE", "length", lambda find: find("mfnumpy.rules").make("ff").normalise),
    ("FF_THETA", {"rms": 7.5, "length": 2.0}, lambda find: ff_theta(find, "rms")),
    ("FF_THETA", {"rms": "neurons", "length": 9.5}, lambda find: ff_theta(find, "length")),
    ("FF_LABEL", {"default": 2.5}, lambda find: ff_label(find, "mnist")),
    ("FF_LABEL", {"default": 2.5}, lambda find: find("mfnumpy.rules").make("ff_one_pass").label),
    ("FF_LABEL", {"default": 1.0, "cifar10": 3.5}, lambda find: ff_label(find, "cifar10")),
    ("FF_LABEL", {"default": 1.0, "cifar10": 3.5}, lambda find: ff_label_in(find, "compare", "cifar10")),
    ("FF_LABEL", {"default": 1.0, "cifar10": 3.5}, lambda find: ff_label_in(find, "plan", "cifar10")),
    ("VALIDATION", 0.3, lambda find: command_line(find(TRAIN))["validation"]),
    ("VALIDATION", 0.3, lambda find: budget(find, "validation")),
    ("VALIDATION", 0.3, lambda find: len(find("data_utils").load("digits").y_val)),
    ("PATIENCE", {"default": 6, "reproduce": 5}, lambda find: command_line(find(COMPARE))["patience"]),
    ("PATIENCE", {"default": 6, "reproduce": 5}, lambda find: default_of(find, *TRAINER, "patience")),
    ("PATIENCE", {"default": 6, "reproduce": 5}, lambda find: find("mfnumpy.comparison.compare").Settings().patience),
    ("PATIENCE", {"default": None, "reproduce": 9}, lambda find: budget(find, "patience")),
    ("INPUT_SCALING", {"default": "standard"}, lambda find: find("data_utils").load("digits").scaling),
    ("INPUT_SCALING", {"default": "unit"}, lambda find: find("data_utils.registry").get("cifar10").scaling),
]


def budget_decay(find):
    return find("mfnumpy.paper.runs.plan").Budget("mnist", "2x10", 1, 1).config("mf").decay


def ff_theta(find, normalise):
    net, rule = find("mfnumpy.network").mlp(9, (6,)), find("mfnumpy.rules").make("ff", normalise=normalise)
    return rule.threshold(net, 0)


TOGETHER: dict[str, list] = {}
for _setting in SETTINGS:
    TOGETHER.setdefault(f"{_setting[0]}: {_setting[1]}", []).append(_setting)


@pytest.mark.parametrize("settings", TOGETHER.values(), ids=TOGETHER)
def test_a_choice_that_is_changed_changes_what_the_code_does(settings):
    name, value, _ = settings[0]
    assert value != getattr(choices, name).value
    before = [behaviour(importlib.import_module) for *_, behaviour in settings]
    with package_with(**{name: value}) as find:
        after = [behaviour(find) for *_, behaviour in settings]
    assert [k for k, (a, b) in enumerate(zip(before, after, strict=True)) if a == b] == []


def test_planted_a_choice_that_nothing_reads_is_caught():
    with package_with(EPOCHS=4) as find:
        assert default_of(find, *TRAINER, "epochs") == default_of(importlib.import_module, *TRAINER, "epochs")


# -- choices that say how the code is built ----------------------------------------------------------------------------


def loss_mean():
    G, y = stream(1, "G").standard_normal((7, 4)), stream(2, "y").integers(0, 4, 7)
    twice = equations.cross_entropy_gradient(np.concatenate([G, G]), np.concatenate([y, y]))
    ratio = np.abs(twice).sum() / np.abs(equations.cross_entropy_gradient(G, y)).sum()
    return "mean over the batch" if ratio == pytest.approx(1) else "sum over the batch"


def readout_of_mf():
    net = small_net("mlp", blocks=3)
    rule, (x, _) = started("mf", net), small_batch(net)
    same = np.allclose(rule.scores(net, x, "bp"), equations.goodness_scores(net.forward(x)[-1].flat, rule.M[-1]))
    return "the last block's M" if same and rule.readout is None else "an output layer of its own"


def activation_handed_on():
    net = small_net("mlp", blocks=2)
    rule, (x, y), inputs = started("mf", net), small_batch(net), []
    a = net.forward(x)[0].a
    true = rule.local_step
    rule.local_step = lambda net, i, x, y: (inputs.append(x), true(net, i, x, y))[1]
    for step in rule.steps(net, x, y):
        for name, gradient in step.gradients.items():
            rule.parameters(net)[name][...] -= 0.1 * gradient
    return f"a_i from {'before' if np.array_equal(inputs[1], a) else 'after'} block i's update"


def pooled_goodness():
    net = small_net("cnn")
    rule, (x, _) = started("mf", net), small_batch(net)
    pooled = all(M.shape[1] == trace.a[0].size for M, trace in zip(rule.M, net.forward(x), strict=True))
    return "M_i sees the flattened, pooled output" if pooled else "M_i sees another output"


def ff_negatives():
    y, rng = np.repeat(np.arange(4), 3000), stream(3, "negatives")
    wrong = ff.negative_labels(y, 4, rng)
    counts = np.array([[np.sum((y == a) & (wrong == b)) for b in range(4)] for a in range(4)])
    off = counts[~np.eye(4, dtype=bool)]
    uniform = np.trace(counts) == 0 and off.min() > 900 and off.max() < 1100
    words = "uniform over the m - 1 wrong ones" if uniform else "some of them right, or not uniform"
    return f"one wrong label per sample and batch, {words}"


def ff_one_pass():
    net = small_net("mlp", blocks=2)
    rule, (x, _) = started("ff_one_pass", net), small_batch(net)
    rule.readout.parameters["W"][...] = stream(4, "W").standard_normal(rule.readout.parameters["W"].shape)
    neutral = x.copy()
    neutral[:, :4] = 1 / 4
    a, all_of_them = neutral, []
    for block in net.blocks:
        a = block.forward(ff.normalise_rms(a)).a
        all_of_them.append(ff.normalise_rms(a))
    G = np.concatenate(all_of_them, axis=1) @ rule.readout.parameters["W"]
    which = "all blocks'" if np.allclose(rule.scores(net, x, "one-pass"), G) else "other"
    return f"softmax readout on {which} normalised activities, neutral label 1/m"


def ff_all_labels():
    net = small_net("mlp", blocks=3)
    rule, (x, _) = started("ff", net), small_batch(net)
    added = np.allclose(rule.scores(net, x), sum(rule.layer_scores(net, x)))
    both = np.allclose(rule.all_scores(net, x)[0]["all-labels"], sum(rule.layer_scores(net, x)))
    return f"the goodness of {'all blocks' if added and both else 'some blocks'} is added"


def mf_ff_prediction():
    net = small_net("mlp", blocks=3)
    rule, (x, _) = started("mf", net), small_batch(net)
    plain = np.allclose(rule.scores(net, x, "ff"), sum(rule.layer_scores(net, x)))
    return f"the {'plain' if plain else 'weighted'} sum of all G_i"


def selection():
    from mfnumpy.support.split import stratified

    y = np.repeat(np.arange(3), (40, 20, 10))
    drawn = [stratified(y, 14, stream(seed, "validation"))[1] for seed in (1, 1, 2)]
    by_class = all(np.bincount(y[rows], minlength=3).tolist() == [8, 4, 2] for rows in drawn)
    by_seed = np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], drawn[2])
    return f"a validation split, by {'class' if by_class else 'chance'} and {'seed' if by_seed else 'chance'}"


def deep_supervision():
    net = small_net("mlp", blocks=2)
    rule, (x, y) = started("deep_supervision", net), small_batch(net)
    (step,) = rule.steps(net, x, y)
    losses = [equations.cross_entropy(G, y) for G in [rule.scores(net, x), *rule.layer_scores(net, x)]]
    weight = "weight 1" if np.isclose(float(step.loss), sum(map(float, losses))) else "another weight"
    return f"a readout and all M_i, every loss with {weight}"


BUILT = {
    f.__name__: f
    for f in (
        loss_mean,
        readout_of_mf,
        activation_handed_on,
        pooled_goodness,
        ff_negatives,
        ff_one_pass,
        ff_all_labels,
        mf_ff_prediction,
        selection,
        deep_supervision,
    )
}


@pytest.mark.parametrize("name", BUILT)
def test_a_sentence_is_what_a_measurement_of_the_code_gives(name):
    assert BUILT[name]() == choices.every()[name].value


def sum_in_place_of_mean(G, y):
    return equations.softmax(G) - equations.one_hot(y, G.shape[1], G.dtype)


def first_left_out(self, layers, mode):
    return sum(layers[1:]) if mode == "ff" else layers[-1]


def half_weight(true):
    def planted(self, net, traces, y, dG):
        loss, gradients = true(self, net, traces, y, dG)
        return loss / 2, gradients

    return planted


PLANTED = [
    ("loss_mean", equations, "cross_entropy_gradient", sum_in_place_of_mean),
    ("readout_of_mf", parts.Projections, "scores", lambda self, net, x, mode: self.layer_scores(net, x)[0]),
    ("activation_handed_on", rules.LocalRule, "steps", None),
    ("pooled_goodness", parts.Projections, "plug", None),
    ("ff_negatives", ff, "negative_labels", lambda y, m, rng: rng.permutation(y)),
    ("ff_one_pass", ff, "overlay_neutral", lambda x, m, strength: x),
    ("ff_all_labels", ff.ForwardForward, "scores", lambda self, net, x, p=None: sum(self.layer_scores(net, x)[1:])),
    ("mf_ff_prediction", parts.Projections, "combined", first_left_out),
    ("selection", np, "sort", None),
    ("deep_supervision", MonoForwardJoint, "block_gradients", half_weight(MonoForwardJoint.block_gradients)),
]


def recomputed(self, net, x, y, rng=None, only=None):
    """Hands the activation on that the updated block gives."""
    for i in range(len(net.blocks)):
        yield self.local_step(net, i, x, y)[0]
        x = self.pass_on(net, i, x)


def of_half(self, net, n_classes, seed):
    """Projections of half of the pooled output."""
    self.M[:] = [np.zeros((n_classes, n // 2), net.dtype) for n in net.widths]


OTHER_WAY = {"activation_handed_on": recomputed, "pooled_goodness": of_half}


@pytest.mark.parametrize(("name", "home", "attribute", "mistake"), PLANTED, ids=[p[0] for p in PLANTED])
def test_planted_code_that_is_built_otherwise_is_caught(name, home, attribute, mistake, monkeypatch):
    if name == "selection":
        split = importlib.import_module("mfnumpy.support.split")
        monkeypatch.setattr(split, "stratified", lambda y, n, rng: np.split(rng.permutation(len(y)), [len(y) - n]))
    else:
        monkeypatch.setattr(home, attribute, OTHER_WAY.get(name, mistake))
    assert BUILT[name]() != choices.every()[name].value


def test_every_choice_has_its_tie():
    assert {name.lower() for name, *_ in SETTINGS} | set(BUILT) == set(choices.every())
    assert set(BUILT) == {p[0] for p in PLANTED}


def test_a_choice_is_shown_with_its_value_in_words():
    assert choices.WEIGHT_INIT.text == "W ~ N(0, 2/n_in)"
    assert choices.BATCH_SIZE.text == "256 (digits 64, breast_cancer 32)"
    assert choices.CONVOLUTION.text == "3x3, stride 1, padding 1, then 2x2 average pooling"
    assert all(choice.text and "{" not in choice.text for choice in choices.every().values() if choice.words)
