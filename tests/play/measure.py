"""How long the playground takes here, and how much it loads: python tests/play/measure.py

Pyodide's files lie beside the page, as with `make play ENGINE=local`, so no network is measured. For numbers that mean
something the machine must have nothing else to do.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import player

WATCH = "/some/where/play/index.html#watch&rules=bp,mf&depth=2&width=64&until=20"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
READY = "document.getElementById('state').dataset.state === 'ready'"
PAUSED = "document.querySelector('#watch .message').textContent.startsWith('Paused')"
PATIENCE_MS = 300_000


def loaded(root: Path, asked: set[str]) -> str:
    """How much these addresses are: as the files lie, and compressed as a host sends them."""
    files = [root / urlsplit(url).path.lstrip("/") for url in asked if url.startswith("http")]
    sizes = [(len(data := path.read_bytes()), len(gzip.compress(data, 6))) for path in files if path.is_file()]
    plain, packed = (sum(column) / 1e6 for column in zip(*sizes, strict=True))
    return f"{plain:.1f} MB in {len(sizes)} files, {packed:.1f} MB compressed (wanted: under 12)"


def visit(context: Any, url: str) -> tuple[Any, float, float]:
    """A new tab with the page in it, the seconds until something is seen, and those until Python is there."""
    tab = context.new_page()
    start = time.perf_counter()
    tab.goto(url)
    tab.wait_for_function(READY, timeout=PATIENCE_MS)
    ready = time.perf_counter() - start
    return tab, tab.evaluate(PAINT) / 1000, ready


def main() -> None:
    """Print the numbers."""
    print(f"{os.cpu_count()} cores, load before the start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        player.module("playground").build(Path(folder) / "some" / "where" / "play", "local")
        with player.served(Path(folder)) as url, player.chromium() as browser:
            print(f"Chromium {browser.version}")
            context, asked = browser.new_context(), set()
            context.on("request", lambda request: asked.add(request.url))
            tab, painted, ready = visit(context, url + WATCH)
            print(f"loaded by a first visit: {loaded(Path(folder), asked)}")
            print(f"first visit: first paint after {painted:.2f} s, ready after {ready:.1f} s (wanted: under 10)")
            tab.close()
            tab, painted, ready = visit(context, url + WATCH)
            print(f"second visit: first paint after {painted:.2f} s, ready after {ready:.1f} s")
            start = time.perf_counter()
            tab.click("#watch [data-do=go]")
            tab.wait_for_function(PAUSED, timeout=PATIENCE_MS)
            took = time.perf_counter() - start
            print(f"BP and MF side by side, digits, 64-64, 20 epochs: {took:.1f} s (wanted: under 5)")


if __name__ == "__main__":
    main()
