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
    "mean_missing": "lesson 3, step 4",
    "mean_twice": "lesson 3, step 4",
    "transposed": "lesson 1, step 2",
    "reshaped_for_transposed": "lesson 1, step 2",
    "wrong_shape": "lesson 1, step 2",
    "mask_missing": "lesson 1, step 4",
    "mask_inverted": "lesson 1, step 4",
    "mask_threshold": "lesson 1, step 4",
    "not_shifted": "lesson 2, step 1",
    "projection_updated_first": "lesson 4, step 4",
    "activation_after_update": "lesson 4, step 4",
    "input_changed": "lesson 1, step 5",
    "input_returned": "lesson 1, step 5",
}
