"""What a person is told to type, to set things up, is what CI runs and what was tested."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def commands(*targets: str) -> list[str]:
    """What make would run for these targets, in order, without the set-up of the environment."""
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    make = ["make", "-n", "--no-print-directory", *targets]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True, env=own)
    return [line for line in done.stdout.splitlines() if line.startswith(".venv/bin/") and " pip install " not in line]


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_check_runs_what_ci_runs():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    by_ci = [
        one for words in re.findall(r"^make ([^#\n]*)", script, flags=re.MULTILINE) for one in commands(*words.split())
    ]
    assert len(by_ci) >= 6, by_ci
    assert commands("check") == by_ci


@pytest.mark.parametrize("page", ["README.md", "docs/instructors.md", "notebooks/lessons/README.md"])
def test_an_installation_from_the_repository_takes_the_pinned_versions(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    told = re.findall(r"pip install [^`\n]*-e [^`\n]*", text)
    assert told
    assert all("constraints.txt" in command for command in told), told
