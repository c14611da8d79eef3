"""`mfnumpy learn`: JupyterLab answers with lesson 00 open, the reader's own work is kept, and the wheel has it all."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from mfnumpy import cli
from mfnumpy.support import shipped

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LESSONS = [f"lessons/{path.name}" for path in sorted((ROOT / "notebooks" / "lessons").glob("*.ipynb"))]
EXERCISES = [
    f"exercises/{path.name}" for path in sorted((ROOT / "notebooks" / "exercises" / "student").glob("*.ipynb"))
]


def copies(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.ipynb"))
    }


def learn(folder: Path, *options: str) -> int:
    return cli.main(["learn", "--copy-only", "--folder", str(folder), *options])


def test_lessons_and_exercises_are_copied_without_their_results(tmp_path, capsys):
    assert learn(tmp_path / "mine") == 0
    found = copies(tmp_path / "mine")
    assert sorted(found) == sorted(LESSONS + EXERCISES)
    assert f"{len(found)} new, 0 kept" in capsys.readouterr().out
    for path, text in found.items():
        cells = json.loads(text)["cells"]
        assert all(not cell.get("outputs") for cell in cells), path
        assert "exercises/student/" not in text


def test_what_the_reader_wrote_is_never_overwritten(tmp_path, capsys, monkeypatch):
    learn(tmp_path)
    mine, untouched = tmp_path / LESSONS[3], tmp_path / LESSONS[4]
    mine.write_text(mine.read_text(encoding="utf-8").replace("# 03", "# my 03"), encoding="utf-8")
    written = mine.read_text(encoding="utf-8")
    newer = {path: text.replace("Mono-Forward", "MONO-FORWARD") for path, text in shipped.notebooks().items()}
    monkeypatch.setattr(shipped, "notebooks", lambda: newer)
    capsys.readouterr()
    assert learn(tmp_path) == 0
    assert "1 kept as you left them" in capsys.readouterr().out
    assert mine.read_text(encoding="utf-8") == written, "the reader's work is lost"
    assert "MONO-FORWARD" in untouched.read_text(encoding="utf-8"), "what nobody changed is brought up to date"


@pytest.mark.parametrize("note", ["", "[]", "not JSON", None])
def test_without_its_note_everything_that_differs_is_kept(tmp_path, note, monkeypatch):
    learn(tmp_path)
    path = tmp_path / ".mfnumpy.json"
    path.unlink() if note is None else path.write_text(note, encoding="utf-8")
    before = copies(tmp_path)
    monkeypatch.setattr(shipped, "notebooks", lambda: dict.fromkeys(before, '{"cells": []}'))
    assert learn(tmp_path) == 0
    assert copies(tmp_path) == before


def test_a_lesson_that_is_not_there_and_a_folder_that_cannot_be_are_one_line(tmp_path, capsys):
    assert learn(tmp_path / "a", "77") == 2
    assert "no lesson named '77'" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").write_text("mine")
    assert learn(tmp_path / "file") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_without_jupyterlab_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    assert cli.main(["learn", "--folder", str(tmp_path / "a")]) == 2
    assert "mfnumpy[learn]" in capsys.readouterr().err


# -- JupyterLab ------------------------------------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path):
    """`mfnumpy learn` in a process of its own, on a free port; its address."""
    pytest.importorskip("jupyterlab", reason="the extra 'learn' is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"JUPYTER_TOKEN": "open", **{f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("RUNTIME", "CONFIG")}}
    command = [sys.executable, "-m", "mfnumpy", "learn", "--no-browser", "--port", str(port), "--folder", "mine"]
    environment = os.environ | own | {"PYTHONPATH": str(ROOT), "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings")}
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}", process, tmp_path
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # Jupyter waits long for a kernel; that ends with its parent
            process.kill()
            process.wait()


def answer(address: str, process: subprocess.Popen, log: Path) -> bytes:
    """What the server says, once it is there."""
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=30) as reply:
                return reply.read()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_jupyterlab_answers_and_lesson_00_is_open(lab):
    address, process, folder = lab
    told = json.loads(answer(f"{address}/api/contents/{LESSONS[0]}?token=open", process, folder / "log"))
    assert told["name"] == "00_map.ipynb"
    with pytest.raises(urllib.error.HTTPError):
        answer(f"{address}/api/contents/lessons/77.ipynb?token=open", process, folder / "log")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: JupyterLab answers, the page was not looked at")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, elsewhere = browser.new_page(), []
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else elsewhere.append(r.url))
        page.goto(f"{address}/?token=open")
        page.locator(".jp-NotebookPanel h1", has_text="00 · ").wait_for(timeout=120_000)
        assert elsewhere == []
        browser.close()


# -- the wheel -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built offline from a copy of the tree, so that nothing is left behind in it."""
    pytest.importorskip("setuptools", "70.1", reason="building a wheel needs setuptools 70.1")
    tree = tmp_path_factory.mktemp("tree")
    for name in ("mfnumpy", "data_utils", "notebooks", "docs/ledger"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    code = "import setuptools.build_meta as build; build.build_wheel('dist')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr[-3000:]
    (made,) = (tree / "dist").glob("*.whl")
    return made


def test_the_wheel_holds_every_lesson_every_exercise_and_the_ledger(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    held = {name.split("/data/share/mfnumpy/")[1] for name in names if "/data/share/mfnumpy/" in name}
    assert set(LESSONS + EXERCISES) <= held
    assert {
        f"ledger/{path.relative_to(ROOT / 'docs' / 'ledger')}" for path in (ROOT / "docs" / "ledger").rglob("*.json")
    } <= held
    assert {f"exercise_sources/{p.name}" for p in (ROOT / "notebooks" / "exercises").glob("*.py")} <= held


def test_an_installed_wheel_finds_them_without_the_checkout(wheel, tmp_path):
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*install, "--prefix", str(tmp_path / "env"), str(wheel)], check=True, timeout=200)
    (site,) = (tmp_path / "env").rglob("site-packages")
    command = [sys.executable, "-m", "mfnumpy", "learn", "--copy-only", "--folder", "mine"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert sorted(copies(tmp_path / "mine")) == sorted(LESSONS + EXERCISES)
    code = "from mfnumpy.support import shipped; print(shipped.folder('ledger'))"
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert Path(told.stdout.strip()).is_relative_to(tmp_path / "env"), told.stderr
