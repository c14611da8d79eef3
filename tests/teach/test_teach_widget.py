"""The stepper: moving the slider changes what is shown; without ipywidgets there is the strip."""

import numpy as np
import pytest

from mfnumpy import rules
from mfnumpy.errors import MissingLibraryError
from mfnumpy.network import mlp
from mfnumpy.teach import step_through, widget

pytest.importorskip("ipywidgets", reason="the extra 'lessons' is not installed")


@pytest.fixture(params=["mf", "ff"])
def stepper(request):
    net = mlp(4, (5,), seed=1)
    rule = rules.make(request.param)
    rule.start(net, 3, seed=2)
    return step_through(net, rule, np.random.default_rng(0).random((2, 4)).astype("float32"), np.array([0, 2]))


def test_moving_the_slider_shows_each_moment_with_its_shape(stepper):
    seen = []
    for k, moment in enumerate(stepper.moments):
        stepper.slider.value = k
        seen.append(stepper.view.value)
        assert f"{moment.symbol} is {moment.shape}" in stepper.view.value
        assert "<img alt=" in stepper.view.value
    assert len(set(seen)) == len(stepper.moments)


def test_the_lit_equation_moves_with_the_slider(stepper):
    """Same arrays and same list of equations: what differs between two frames is what is lit."""
    twice = [stepper.moments[0]] * 2
    assert widget._frame(twice, 0, "X").png != widget._frame(twice, 1, "X").png


def test_it_offers_the_widget_and_the_strip(stepper):
    bundle = stepper._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert all(f"{k}. " in bundle["text/html"] for k in range(1, len(stepper.moments) + 1))


def test_without_ipywidgets_the_strip_stands_alone(monkeypatch):
    real = widget.require

    def missing(module, extra="lab"):
        if module == "ipywidgets":
            raise MissingLibraryError("This needs ipywidgets.")
        return real(module, extra)

    monkeypatch.setattr(widget, "require", missing)
    net = mlp(4, (5,), seed=1)
    rule = rules.make("mf")
    rule.start(net, 3)
    bundle = step_through(net, rule, np.ones((2, 4), "float32"), np.array([0, 2]))._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/html"].startswith("<img alt=")
