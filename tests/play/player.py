"""The playground in a real browser: the shipped page, the CDN's address served from disk, all else refused."""

from __future__ import annotations

import contextlib
import functools
import http.server
import importlib.util
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAY = ROOT / "docs" / "play"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ALONE = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking"]
READY_S = 120
NEEDED = "MFNUMPY_PLAY_NEEDED"
"""Set where the playground must be tried: a machine with Chromium and a network, as before a release."""


def module(name: str) -> ModuleType:
    """A module of docs/play, which is no package."""
    sys.path.insert(0, str(PLAY))
    try:
        spec = importlib.util.spec_from_file_location(name, PLAY / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        found = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
        return found
    finally:
        sys.path.remove(str(PLAY))


def needed(what: str, found: Any) -> Any:
    """What a test needs; without it the test is skipped aloud, or fails where NEEDED says that it must be there."""
    if not found and os.environ.get(NEEDED):
        pytest.fail(f"{what}: {NEEDED} is set")
    if not found:
        pytest.skip(f"{what}: the playground was not tried in a browser")
    return found


@functools.cache
def engine() -> Path:
    """Pyodide's files: those that are kept; fetched where NEEDED says that they must be there."""
    fetch = module("fetch")
    kept = fetch.kept("engine")
    if kept is None and os.environ.get(NEEDED):
        kept = fetch.fetch("engine")
    return needed("Pyodide is not on this machine (python docs/play/fetch.py engine)", kept)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, under a path of its own, as on a static host."""
    build = module("playground")
    handler = functools.partial(build.Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, which can reach nothing but this machine."""
    needed("no chromium", CHROMIUM)
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    with api.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A tab with the playground in it. cdn: the CDN's files. lost, spoilt: those that do not come, or come altered."""

    def __init__(self, browser: Any, address: str, cdn: Path, lost: str = "", spoilt: str = "", **options: Any):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.address, self.cdn, self.lost, self.spoilt = address, cdn, lost, spoilt
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.base = module("fetch").PINS["engine"]["cdn"]
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.route(lambda url: not url.startswith((address, "data:", "blob:")), self._route)
        self.page = self.context.new_page()
        self.page.set_default_timeout(READY_S * 1000)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _route(self, route: Any) -> None:
        url = route.request.url
        name = url.removeprefix(self.base)
        if not url.startswith(self.base) or name == self.lost or not (self.cdn / name).is_file():
            route.abort()
            return
        content = {"body": b"spoilt"} if name == self.spoilt else {"path": self.cdn / name}
        route.fulfill(**content, headers={"Access-Control-Allow-Origin": "*"}, content_type=_type(name))

    def open(self, hash_: str = "") -> None:
        """Open the page, and wait until Python is there or has failed."""
        self.page.goto(f"{self.address}/some/where/play/index.html{hash_}")
        self.page.wait_for_function("['ready', 'failed'].includes(document.getElementById('state').dataset.state)")
        self.page.set_default_timeout(120_000)

    def ask(self, who: str, what: str, /, **arguments: Any) -> Any:
        """A question to one of the page's interpreters ("ours", "theirs"), past its buttons."""
        code = "([who, what, args]) => playground[who].ask(what, args)"
        return self.page.evaluate(code, [who, what, arguments])

    def close(self) -> None:
        """Close the tab."""
        self.context.close()


def _type(name: str) -> str:
    types = {"mjs": "text/javascript", "js": "text/javascript", "wasm": "application/wasm", "json": "application/json"}
    return types.get(name.rsplit(".", 1)[1], "application/octet-stream")
