"""The table in the docs says what the registry says."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_utils import registry

PAGE = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", registry.SOURCES.values(), ids=registry.names())
def test_each_set_has_its_row(source):
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{source.name}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    train, test = source.samples
    assert cells[1] == source.title
    assert cells[2] == (f"{train:,} + {test:,}" if test else f"{train:,}")
    assert cells[3] == " x ".join(map(str, source.sample_shape))
    assert cells[4] == str(len(source.class_names))
    assert cells[6] == source.licence
    assert cells[8] == source.used_for
    (default,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{source.scaling}` |"))
    assert source.name in default


def test_every_checksum_is_on_the_page():
    for source in registry.SOURCES.values():
        for file in source.files:
            assert file.md5 in PAGE
            assert file.sha256 in PAGE
