"""Fuzz the reader of ledger records: a record of plain texts and finite numbers, or LedgerError.

First byte even: the rest is the file. Odd: the second byte chooses a place in a good record, and the rest is the JSON
value that is put there; the key is made anew, so that a changed configuration gets past it.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mfnumpy.paper.ledger"]):
    from mfnumpy.paper.ledger.config import key_of
    from mfnumpy.paper.ledger.reading import LedgerError, parse

from fuzzing import run

LEDGER = Path(__file__).parents[2] / "docs" / "ledger"
GOOD = [min(LEDGER.glob(f"{kind}*.json"), key=lambda path: path.stat().st_size) for kind in ("breast", "digits")]
TEXTS = [path.read_text(encoding="utf-8") for path in GOOD]


def one_input(data: bytes) -> None:
    text = placed(data[1:]) if data[:1] and data[0] % 2 else data[1:].decode("utf-8", "replace")
    try:
        record = parse(text, "fuzz")
    except LedgerError:
        return
    written = record.to_json()  # without NaN, or it raises
    if re.search(r"[<>\x00-\x09\x0b-\x1f\x7f]", written):
        raise AssertionError(f"a record with {written!r}")
    float(record.seconds)


def placed(data: bytes) -> str:
    """A good record with another value somewhere."""
    body = json.loads(TEXTS[(data[:1] or b"\0")[0] % len(TEXTS)])
    places = list(_places(body))
    at, key = places[int.from_bytes(data[1:3], "big") % len(places)]
    try:
        at[key] = json.loads(data[3:].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        at[key] = data[3:].decode("utf-8", "replace")
    with contextlib.suppress(Exception):  # of a configuration that has no key; the reader must say so
        body["key"] = key_of(body["config"])
    return json.dumps(body)


def _places(value):
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


if __name__ == "__main__":
    seeds = [b"\0" + text.encode() for text in TEXTS]
    seeds += [
        bytes([1, 0, k // 256, k % 256]) + value for k in range(0, 900, 7) for value in (b"1e999", b"null", b"{}")
    ]
    run(one_input, seeds, max_len=16384)
