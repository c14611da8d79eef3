"""One sentence for each mistake: what is wrong, never what to write in its place. Lessons that differ from
the exercise's.
"""

from __future__ import annotations

from mfnumpy.check.words import data, errors, layers, losses, training

_SOURCES = (errors.TEXT, losses.TEXT, layers.TEXT, training.TEXT, data.TEXT)


def _parse(text: str) -> dict[str, str]:
    """{name: sentence} from lines "name: sentence"; an indented line continues the one before."""
    table: dict[str, str] = {}
    name = ""
    for line in text.strip().splitlines():
        if line.startswith(" "):
            table[name] += " " + line.strip()
        else:
            name, _, sentence = line.partition(": ")
            assert name not in table, f"{name} has two sentences"
            table[name] = sentence.strip()
    return table


WORDS: dict[str, str] = {}
for _text in _SOURCES:
    _table = _parse(_text)
    assert not set(WORDS) & set(_table), f"two sentences: {set(WORDS) & set(_table)}"
    WORDS |= _table

LESSONS = {
    "mean_missing": "lesson 3",
    "mean_twice": "lesson 3",
    "transposed": "lesson 1",
    "reshaped_for_transposed": "lesson 1",
    "wrong_shape": "lesson 1",
    "mask_missing": "lesson 1",
    "mask_inverted": "lesson 1",
    "mask_threshold": "lesson 1",
    "not_shifted": "lesson 2",
    "projection_updated_first": "lesson 3",
    "activation_after_update": "lesson 5",
}
