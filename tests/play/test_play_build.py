"""The build of the playground: the same bytes twice, no exercise lost, no solution given away, nothing unpinned."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile

import player
import pytest

from mfnumpy.check import EXERCISES
from mfnumpy.errors import ChecksumError, MfnumpyError

BINARY = re.compile(r"\.(wasm|whl|zip|npz|tgz|gz|png|jpg)$")


@pytest.fixture(scope="module")
def build():
    pytest.importorskip("latex2mathml", reason="the playground's build needs the extra 'docs': not installed")
    return player.module("playground")


@pytest.fixture(scope="module")
def page(build, tmp_path_factory):
    return build.build(tmp_path_factory.mktemp("page"))


def test_the_same_sources_give_the_same_archive(build):
    assert build.app() == build.app()


def test_every_graded_exercise_is_there_and_none_gives_its_solution_away(page):
    lessons = json.loads((page / "exercises.json").read_text(encoding="utf-8"))
    made = [e for lesson in lessons for e in lesson["exercises"]]
    assert len({e["id"] for e in made}) == len(made) >= 35
    assert {name for e in made for name, _ in e["checks"]} >= set(EXERCISES) - {"sgd_step"}
    for e in made:
        assert len(e["hints"]) >= 2, e["id"]
        assert e["text"].startswith("<"), e["id"]
        assert "<details>" not in e["text"], e["id"]
        assert e["code"].startswith("import numpy as np\n"), e["id"]
        assert "check(" not in e["code"], e["id"]
        for _, function in e["checks"]:
            assert f"def {function}(" in e["code"], e["id"]
        if not e["id"].startswith("11/"):  # given with a mistake, to be mended
            assert "NotImplementedError" in e["code"], e["id"]


def test_the_archive_holds_what_the_page_asks_for_and_no_more(page):
    names = zipfile.ZipFile(page / "app.zip").namelist()
    assert {"mfnumpy/equations.py", "bridge/__init__.py", "bridge/digits.npz", "mfnumpy/teach/moments.py"} <= set(names)
    assert not [name for name in names if name.startswith(("mfnumpy/cli/", "mfnumpy/paper/", "mfnumpy/bench/"))]


def test_what_the_page_refers_to_is_there_and_small(page):
    for path in (page / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") < 300, path
        for name in re.findall(r'(?:from|import)\(? ?"(\./[^"]+)"', text):
            assert (path.parent / name).is_file(), f"{path.name}: {name}"


def test_no_binary_is_in_the_repository():
    assert [p for p in player.PLAY.rglob("*") if BINARY.search(p.name)] == []


def test_a_file_that_is_not_the_pinned_one_is_refused(monkeypatch, tmp_path):
    fetch = player.module("fetch")
    name, expected = next(iter(fetch.PINS["engine"]["files"].items()))
    with pytest.raises(ChecksumError, match=name):
        fetch.checked(b"other bytes", expected, name)
    monkeypatch.setenv("MFNUMPY_PLAY_DIR", str(tmp_path))
    assert fetch.kept("engine") is None
    (tmp_path / "engine").mkdir()
    for one in fetch.PINS["engine"]["files"]:
        (tmp_path / "engine" / one).write_bytes(b"other bytes")
    assert fetch.kept("engine") is None


def test_without_the_fetched_editor_the_page_has_a_plain_one(build, monkeypatch, tmp_path):
    monkeypatch.setenv("MFNUMPY_PLAY_DIR", str(tmp_path / "nothing"))
    page = build.build(tmp_path / "page")
    assert "importmap" not in (page / "index.html").read_text()
    assert not (page / "editor").exists()
    assert "EDITOR = false" in (page / "js" / "made.js").read_text()
    with pytest.raises(MfnumpyError, match=r"fetch\.py engine"):
        build.build(tmp_path / "other", "local")


@pytest.fixture
def command():
    """The command that `make play ENGINE=local` ends with, as a process that is ended with the test."""
    started = []

    def start(*arguments):
        words = [sys.executable, str(player.PLAY / "playground.py"), *map(str, arguments)]
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for one process")
@pytest.mark.timeout(120)
def test_a_self_hosted_page_is_built_and_served_by_one_command(build, command, tmp_path):
    player.engine()
    process = command(tmp_path, "--engine", "local", "--serve", "--port", "0")
    assert "Pyodide from local" in process.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
    fetch = player.module("fetch")
    for name, expected in fetch.PINS["engine"]["files"].items():
        with urllib.request.urlopen(f"{address}engine/{name}", timeout=20) as answer:
            assert fetch.integrity(answer.read()) == expected
            if name.endswith(".wasm"):
                assert answer.headers["Content-Type"] == "application/wasm"
    with urllib.request.urlopen(f"{address}js/made.js", timeout=20) as answer:
        assert "https://" not in answer.read().decode(), "no address of anyone else"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert process.stderr.read() == ""


@pytest.mark.timeout(120)
def test_a_port_that_is_taken_is_said_in_one_line(build, command, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = command(tmp_path, "--serve", "--port", taken.getsockname()[1])
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert re.fullmatch(r"Nothing can be served at port \d+: .+ Try --port 0\.\n", said)


@pytest.mark.parametrize(("wish", "outcome"), [(None, "Skipped"), ("1", "Failed")])
def test_what_is_missing_is_skipped_aloud_and_fails_where_it_must_be_there(monkeypatch, wish, outcome):
    monkeypatch.delenv(player.NEEDED, raising=False)
    if wish:
        monkeypatch.setenv(player.NEEDED, wish)
    with pytest.raises(BaseException, match="no engine") as caught:
        player.needed("no engine", None)
    assert type(caught.value).__name__ == outcome


def test_ci_must_try_the_playground():
    script = (player.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    before, _, _ = script.partition("make test")
    assert f"export {player.NEEDED}=1" in before
    assert ".ci/playground" in before
