"""The stepper: its data are the rule's own arrays, the update lowers the loss, what is changed is computed again."""

import json
import re
import shutil

import numpy as np
import pytest

from mfnumpy import rules
from mfnumpy.errors import InvalidValueError, MissingLibraryError
from mfnumpy.network import mlp
from mfnumpy.teach import moments, step_through, widget
from mfnumpy.teach.steps import markup

pytest.importorskip("anywidget", reason="the extra 'lessons' is not installed")

X = np.random.default_rng(0).random((2, 4)).astype("float32")
Y = np.array([0, 2])
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def started(*names, widths=(5, 3)):
    net, made = mlp(4, widths, seed=1), []
    for name in names:
        made.append(rules.make(name))
        made[-1].start(net, 3, seed=2)
    return net, made


@pytest.fixture(params=["mf", "ff", "bp", "dfa"])
def stepper(request):
    net, made = started(request.param)
    return step_through(net, made, X, Y)


def test_every_moment_of_the_rule_is_there_with_its_numbers(stepper):
    own = moments(stepper.net, stepper.rules[0], X, Y)
    shown = stepper.data["runs"][0]["moments"]
    for moment, drawn in zip(own, shown, strict=False):
        assert drawn["result"]["shape"] == moment.shape
        rows = np.asarray(moment.value, float).reshape(np.shape(drawn["result"]["rows"]))
        np.testing.assert_allclose(drawn["result"]["rows"], rows, rtol=1e-3, atol=1e-6)
        assert len(drawn["signs"]) == len(drawn["operands"])
    updates = shown[len(own) :]
    assert sorted(u["formula"].split(" ")[0] for u in updates) == sorted(
        name.rsplit(".", 1)[1] for name in stepper.rules[0].parameters(stepper.net)
    )
    for u in updates:
        W, step = (np.array(part["rows"]) for part in u["operands"])
        np.testing.assert_allclose(u["result"]["rows"], W - step, atol=2e-3)


@pytest.mark.parametrize("name", ["mf", "ff", "bp"])
def test_the_update_lowers_the_loss_and_leaves_the_network_as_it_was(name):
    net, made = started(name)
    before = {key: array.copy() for key, array in made[0].parameters(net).items()}
    first, last = step_through(net, made, X, Y, eta=0.1).data["runs"][0]["loss"]
    assert last < first
    assert all(np.array_equal(before[key], array) for key, array in made[0].parameters(net).items())
    up = step_through(net, made, X, Y, eta=-0.1).data["runs"][0]["loss"]
    assert up[1] > up[0], "against the gradient, not along it"


def test_what_the_reader_changes_is_computed_again_and_nothing_of_theirs_is_touched():
    net, made = started("mf", "bp")
    stepper = step_through(net, made, X, Y)
    W = net.blocks[0].parameters["W"].copy()
    for name, row, column in (("x", 1, 2), ("block1.W", 3, 4), ("block1.M", 2, 1)):
        before = json.dumps(stepper.data)
        stepper.view.edit = {"name": name, "row": row, "column": column, "value": 2.5, "count": 1}
        assert json.dumps(stepper.data) != before, name
    shown = stepper.view.data["runs"][0]["moments"]
    x, z = (next(m for m in shown if m["block"] == "block1" and m["result"]["name"] == n) for n in ("x", "z"))
    assert x["result"]["rows"][1][2] == 2.5
    W_shown = np.array(z["operands"][1]["rows"])
    assert W_shown[3][4] == 2.5
    np.testing.assert_allclose(z["result"]["rows"], np.array(x["result"]["rows"]) @ W_shown, atol=5e-3)
    assert np.array_equal(net.blocks[0].parameters["W"], W)
    with pytest.raises(InvalidValueError, match="block7"):
        stepper.change("block7.W", 0, 0, 1.0)


def test_the_label_in_the_input_of_forward_forward_is_framed_and_no_other_rule_has_one():
    for name, marked in (("ff", 3), ("mf", 0), ("bp", 0)):
        net, made = started(name)
        shown = step_through(net, made, X, Y).data["runs"][0]["moments"]
        inputs = [m["result"]["marked"] for m in shown if m["result"]["name"] == "x"]
        assert inputs[0] == marked
        assert not any(inputs[1:])


def test_formulas_need_no_typesetter():
    for name in rules.RULES:
        net, made = started(name)
        for moment in moments(net, made[0], X, Y):
            assert "\\" not in markup(moment.formula), moment.formula
            assert "_" not in markup(moment.formula)
    assert markup(r"da_l = dz_{l+1} W_{l+1}^T") == ("da<sub>l</sub> = dz<sub>l+1</sub> W<sub>l+1</sub><sup>T</sup>")


def test_it_offers_the_widget_the_recorded_moments_and_the_strip(stepper):
    bundle = stepper._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    recorded = re.search(r'<script type="application/json">(.*?)</script>', bundle["text/html"], re.S)
    assert json.loads(recorded[1]) == stepper.data
    assert bundle["text/html"].count("<img ") == 1


def test_without_anywidget_the_recorded_moments_stand_alone(monkeypatch):
    real = widget.require

    def missing(module, extra="lab"):
        if module == "anywidget":
            raise MissingLibraryError("This needs anywidget.")
        return real(module, extra)

    monkeypatch.setattr(widget, "require", missing)
    net, made = started("mf")
    stepper = step_through(net, made, X, Y)
    assert set(stepper._repr_mimebundle_()) == {"text/html", "text/plain"}
    stepper.change("x", 0, 0, 1.0)


# -- in the browser ----------------------------------------------------------------------------------------------


PAGE = """<div id="here"></div><script type="module">
const source = `SCRIPT`;
const { default: stepper } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
window.kept = { data: DATA, edit: {} };
window.sent = [];
stepper.render({ el: document.getElementById("here"), model: {
  get: (k) => kept[k], set: (k, v) => { kept[k] = v; sent.push(v); }, save_changes() {}, on() {} } });
window.ready = true;
</script>"""


@pytest.fixture
def page():
    """The stepper of two rules in Chromium, drawn by stepper.js, and what it complains about."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the stepper was not played with")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    net, made = started("mf", "ff")
    script = widget.SCRIPT.read_text(encoding="utf-8").replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    data = step_through(net, made, X, Y).view.data
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab, complaints = browser.new_page(viewport={"width": 390, "height": 900}), []
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.set_content(PAGE.replace("SCRIPT", script).replace("DATA", json.dumps(data)))
        tab.wait_for_function("window.ready")
        yield tab
        assert complaints == []
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        browser.close()


def test_it_is_played_with(page):
    says = page.locator(".bar", has_text=" of ")
    assert "1 of " in says.inner_text()
    page.get_by_role("button", name="next").click()
    page.keyboard.press("ArrowRight")
    assert "3 of " in says.inner_text()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("predict first").click()
    assert page.locator("td", has_text="?").count() == 10, "z, 2 by 5, is kept back"
    page.get_by_role("button", name="show the result").click()
    assert page.locator("td", has_text="?").count() == 0
    page.get_by_role("button", name="previous").click()
    cell = page.locator("td.edit").first
    cell.click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert page.evaluate("sent[0]")["name"] == "x"
    page.get_by_role("button", name="FF").click()
    assert page.locator("td.label").count() == 12, "three label pixels in each of four rows"
