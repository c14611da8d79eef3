"""Pictures: alternative text is kept, bytes are the same twice, numbers are readable."""

import io
import re

import numpy as np
import pytest

from mfnumpy.teach import entries, matrices, pictures

A = np.arange(6.0).reshape(2, 3) - 2

MAKERS = {
    "equation": lambda alt: pictures.equation(("x", A), ("W", A.T), "=", ("z", A @ A.T), alt=alt),
    "heats": lambda alt: pictures.heats({"a": A, "b": np.ones((20, 30))}, alt=alt),
    "plot": lambda alt: pictures.plot({"a": [1, 2, 3], "b": [3, 1, 2]}, alt=alt, level=(2, "two"), ylim=(0, None)),
    "bars": lambda alt: pictures.bars({"a": [1, 2], "b": [2, 1]}, ["u", "v"], alt=alt, values=True),
    "goodness_bars": lambda alt: pictures.goodness_bars({"now": np.array([1.0, -2, 0.5])}, 1, alt=alt),
    "images": lambda alt: pictures.images(np.random.default_rng(0).random((3, 4, 5)), alt=alt, titles=list("abc")),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_picture_is_a_small_png_with_its_alternative_text_and_the_same_bytes_twice(make):
    one, two = make('five > four & "more"'), make('five > four & "more"')
    assert one.png.startswith(b"\x89PNG")
    assert len(one.png) < 40_000
    assert one.png == two.png
    bundle = one._repr_mimebundle_()
    assert re.search(r'alt="five &gt; four &amp; &quot;more&quot;"', bundle["text/html"])
    assert 'five > four & "more"' in bundle["text/plain"]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_picture_without_words_says_what_is_written_in_it(make):
    """A student draws without alt=...; a lesson's own words are put in by the builder."""
    alt = make("").alt
    assert alt.startswith("A picture")
    assert make("mine").alt == "mine"


def test_a_rule_has_its_own_colour_wherever_it_stands():
    from mfnumpy.comparison.plots import style_of
    from mfnumpy.rules import RULES
    from mfnumpy.teach.drawing import FREE, style

    for name in RULES:
        for i in (0, 3):
            assert style(name.upper(), i) == style(name, i) == style("my curve", i, rule=name) == style_of(name)
    assert {style("block 1", i)["color"] for i in range(4)} == set(FREE)
    assert not set(FREE) & {style_of(name)["color"] for name in RULES}


def test_values_share_a_scale_of_colour_and_gradients_share_another():
    parts = [("x", A), ("W^T", 3 * A), ("dW", A / 10), ("dz", A / 5)]
    assert matrices.colour_limits(parts) == {"value": 9.0, "gradient": 0.6}
    one = pictures.equation(*parts[:2], limits={"value": 9, "gradient": 1})
    two = pictures.equation(*parts[:2], limits={"value": 90, "gradient": 1})
    assert one.png != two.png


def test_no_picture_is_wider_than_the_text_of_a_page():
    from PIL import Image

    wide = np.ones((3, 9))
    made = [
        pictures.equation(("a", wide), "·", ("b", wide), "=", ("c", wide), "=", ("d", wide), alt="x"),
        pictures.images(np.ones((30, 8, 8)), columns=15, alt="x"),
        pictures.goodness_bars({str(k): np.arange(10.0) for k in range(5)}, 1, alt="x"),
        pictures.heats(dict.fromkeys("abcdef", wide), alt="x"),
    ]
    for picture in made:
        assert Image.open(io.BytesIO(picture.png)).width <= 710


def test_other_data_give_another_picture():
    assert pictures.heats({"a": A}, alt="x").png != pictures.heats({"a": A + np.eye(2, 3)}, alt="x").png


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.0, "0"), (3.0, "3"), (-1.0, "−1"), (0.123, "0.12"), (-0.001, "0.00")]
)
def test_numbers_in_cells_are_short(value, text):
    assert matrices.number(value) == text


def test_any_array_becomes_rows_and_columns():
    assert entries.as_matrix(np.zeros(4)).shape == (1, 4)
    assert entries.as_matrix(np.zeros((2, 3, 4, 5))).shape == (24, 5)
