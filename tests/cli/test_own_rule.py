"""A rule of the user's own: one class and one call of `register`, and everything knows it; no other file is touched."""

import json

import numpy as np
import pytest

from mfnumpy import cli, engines, network, rules
from mfnumpy.comparison.plots import FREE, style_of
from mfnumpy.errors import InvalidValueError
from mfnumpy.measure import alignment
from mfnumpy.paper.experiments import table3
from mfnumpy.paper.runs.plan import Budget
from mfnumpy.rules import GlobalRule, LocalRule, Step
from mfnumpy.rules.base import named
from mfnumpy.support.seeding import stream
from mfnumpy.teach.moments import moments

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")


def sign_alignment() -> type[GlobalRule]:
    """Backpropagation's path through the signs of the weights, a rule that the package does not have."""

    class SignAlignment(GlobalRule):
        """The error goes back through the weights' signs alone: <one bit> for each weight."""

        name = "sign_alignment"
        title = "Sign alignment"
        error_from = ("above",)

        def errors_at_z(self, net, traces, dG):
            """As backpropagation, with sign(W) / sqrt(n) in the place of W."""
            W = self.readout.parameters["W"]
            da = self.readout.input_gradient(dG, traces[-1].a.shape, W=np.sign(W) / np.sqrt(len(W)).astype(W.dtype))
            for i in reversed(range(len(net.blocks))):
                dz = net.blocks[i].error_at_z(da, traces[i])
                yield i, dz
                if i > 0:
                    W = net.blocks[i].parameters["W"]
                    signs = np.sign(W) / np.sqrt(len(W)).astype(W.dtype)
                    da = net.blocks[i].error_to_input(dz, traces[i], W=signs)

    return SignAlignment


def nearest() -> type[LocalRule]:
    """A local rule that is for MLPs only and predicts in a way of its own."""

    class Nearest(LocalRule):
        """Each block draws the activities of a class together; the last block's first neurons predict."""

        name = "nearest"
        images = False
        why_no_images = "class means of images are taken over whole images"
        predictions = ("nearest",)

        def means(self, a, y):
            """Mean activity of each class in the batch."""
            return np.stack([a[y == c].mean(axis=0) if (y == c).any() else 0 * a[0] for c in range(self.n_classes)])

        def local_step(self, net, i, x, y):
            """The gradient of the mean squared distance to the class mean, which stands still meanwhile."""
            trace = net.blocks[i].forward(x)
            gap = trace.a - self.means(trace.a, y)[y]
            dz = net.blocks[i].error_at_z((2 / len(x)) * gap, trace)
            gradients = named(net.blocks[i].name, net.blocks[i].parameter_gradients(dz, trace))
            return Step(i, (gap * gap).sum() / len(x), gradients), trace.a

        def scores(self, net, x, prediction=None):
            """The last block's first m neurons."""
            self.checked_prediction(prediction)
            return net.forward(x)[-1].a[:, : self.n_classes]

    return Nearest


@pytest.fixture(params=[sign_alignment, nearest])
def own(request, monkeypatch):
    """A rule that only this test knows, registered as long as the test runs."""
    before = dict(rules.RULES)
    yield rules.register(request.param())
    rules.RULES.clear()
    rules.RULES.update(before)


def run(capsys, *command) -> str:
    assert cli.main([str(word) for word in command]) == 0
    return capsys.readouterr().out


SMALL = ("--dataset", "digits", "--hidden", 19, 13, "--subset", 150, "--epochs", 2)


def test_info_has_a_row_with_its_sentence(own, capsys):
    (row,) = (line for line in run(capsys, "info", "rules").splitlines() if line.startswith(own.name))
    assert own.sentence in row
    assert own.__doc__.startswith(own.sentence)
    assert ("yes" if own.images else "no") in row.split()


@pytest.mark.parametrize("jobs", [1, 2])
def test_compare_trains_it_and_its_page_shows_it(own, jobs, tmp_path, capsys):
    table = run(capsys, "compare", *SMALL, "--seeds", 1, "--rules", own.name, "mf", "--jobs", jobs, "--out", tmp_path)
    assert own.name in table
    rows = json.loads((tmp_path / "results.json").read_text())["rows"]
    assert [row["rule"] for row in rows] == [own.name, "mf", "mf"]
    page = (tmp_path / "report.html").read_text()
    sentence = own.sentence.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<b>{own.name}</b> <span class="name">{own.title}.</span> {sentence}' in page
    assert style_of(own.name)["color"] in page
    assert style_of(own.name)["color"].lower() in (tmp_path / "learning_curves.svg").read_text().lower()


def test_all_rules_are_compared_and_it_comes_last(own):
    from mfnumpy.cli.options import rule_names

    names, left_out = rule_names(None, images=False)
    assert (names[-1], left_out) == (own.name, [])
    names, left_out = rule_names(None, images=True)
    assert (own.name in names) == own.images
    assert set(left_out) == {name for name, rule in rules.RULES.items() if not rule.images}


def test_train_writes_a_checkpoint_that_evaluate_reads(own, tmp_path, capsys):
    trained = run(capsys, "train", *SMALL, "--rule", own.name, "--out", tmp_path)
    assert "engine: reference" in trained
    tested = next(line for line in trained.splitlines() if line.startswith("test accuracy"))
    again = run(capsys, "evaluate", tmp_path / "checkpoint.npz")
    assert tested.partition(": ")[2] in again
    assert own.name in again


def test_reproduce_runs_it_and_tables_it_beside_the_others(own, tmp_path, capsys, monkeypatch):
    budget = Budget("digits", "2x9", 2, 1, subset=100, batch_size=32)  # without a search: one run for each rule
    monkeypatch.setitem(table3.EXPERIMENT.budgets, "quick", [budget])
    ledger = ("--ledger", tmp_path / "ledger", "--offline")
    chosen = ("--rules", own.name, "bp", "--datasets", "digits")
    run(capsys, "reproduce", "table3", "--scale", "quick", "--out", tmp_path, *ledger, *chosen)
    (record,) = (path.stem for path in (tmp_path / "ledger").glob(f"digits-2x9-{own.name}-*.json"))
    (table,) = tmp_path.rglob("table3-digits.csv")
    rules_shown = [line.partition(",")[0] for line in table.read_text().splitlines()]
    assert [name for name in rules_shown if name in rules.RULES] == ["bp", own.name]
    assert "same history, to the last bit" in run(capsys, "reproduce", *ledger, "--repeat", record)


def test_lessons_show_its_moments_and_measures_take_it(own):
    net, rule = network.mlp(17, (11, 7), seed=3), rules.make(own.name)
    rule.start(net, 4, seed=5)
    x, y = stream(1, "x").standard_normal((9, 17)).astype("float32"), stream(2, "y").integers(0, 4, 9)
    shown = [(moment.block, moment.symbol) for moment in moments(net, rule, x, y)]
    for block in ("block1", "block2"):
        assert [s for b, s in shown if b == block and s in ("z", "a", "da", "dz", "dW")]
    if rule.output_weights() is None:
        with pytest.raises(InvalidValueError, match="has no output layer"):
            alignment(net, rule, x, y)
    else:
        assert 0 < alignment(net, rule, x, y)["block1.W"] < 90
    chosen = engines.choose(net, rule)
    assert chosen.engine == "reference"
    assert own.name in chosen.why


def test_what_the_parent_said_of_itself_does_not_hold_for_a_new_rule(own):
    assert own.style is None
    assert own.place == rules.Rule.place
    assert style_of(own.name) == FREE[0]._asdict()
    later = rules.register(type("Later", (own,), {"name": "later", "place": 15, "__doc__": "Another one."}))
    assert (later.title, later.sentence) == ("later", "Another one.")
    assert list(rules.RULES)[:2] == ["bp", "later"]
    assert style_of("later") == FREE[0]._asdict()
    assert style_of(own.name) == FREE[1]._asdict()


def test_a_rule_on_no_images_says_why(own):
    net, rule = network.cnn((8, 8, 1), (4,)), rules.make(own.name)
    if own.images:
        rule.start(net, 3)
    else:
        with pytest.raises(InvalidValueError, match=f"{own.title} cannot train a conv.*: class means of images"):
            rule.start(net, 3)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"name": "mf"}, "There is a rule 'mf' already"),
        ({"name": "two words"}, "needs a name"),
        ({"name": ""}, "needs a name"),
        ({"name": "mute", "predictions": ()}, "at least one prediction"),
    ],
)
def test_a_rule_that_cannot_be_told_from_others_is_refused(attributes, message):
    before = dict(rules.RULES)
    with pytest.raises(InvalidValueError, match=message):
        rules.register(type("Mine", (rules.Shallow,), {"__doc__": "Mine.", **attributes}))
    with pytest.raises(InvalidValueError, match="subclass of"):
        rules.register("mf")
    assert before == rules.RULES


def test_a_rule_that_is_defined_again_replaces_its_former_self(own):
    again = type(
        own.__name__, (own,), {"name": own.name, "__qualname__": own.__qualname__, "__module__": own.__module__}
    )
    assert rules.register(again) is rules.RULES[own.name] is again
