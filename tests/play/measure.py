"""How long the playground takes here, and how much it loads: python tests/play/measure.py

Pyodide's files lie beside the page, as with `make play ENGINE=local`, so no network is measured.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from pathlib import Path

import player


def loaded(page: Path) -> tuple[float, float]:
    """MB that one visit loads: as they lie, and compressed as a host sends them."""
    files = [path for path in page.rglob("*") if path.is_file() and path.suffix != ".mjs"] + [
        page / "engine/pyodide.mjs"
    ]
    sizes = [(len(data := path.read_bytes()), len(gzip.compress(data, 6))) for path in files]
    return sum(a for a, _ in sizes) / 1e6, sum(b for _, b in sizes) / 1e6


def main() -> None:
    """Print the numbers."""
    with tempfile.TemporaryDirectory() as folder:
        page = player.module("playground").build(Path(folder) / "some" / "where" / "play", "local")
        print("loaded: {:.1f} MB, {:.1f} MB compressed".format(*loaded(page)))
        with player.served(Path(folder)) as url, player.chromium() as browser:
            for visit in ("first", "second"):
                context = browser.new_context() if visit == "first" else context  # noqa: F821
                tab = context.new_page()
                start = time.perf_counter()
                tab.goto(f"{url}/some/where/play/index.html#watch&rules=bp,mf&width=64&until=20")
                painted = time.perf_counter() - start
                tab.wait_for_function("document.getElementById('state').dataset.state === 'ready'", timeout=120_000)
                print(f"{visit} visit: shown after {painted:.1f} s, ready after {time.perf_counter() - start:.1f} s")
                if visit == "first":
                    tab.close()
            start = time.perf_counter()
            tab.click("#watch [data-do=go]")
            tab.wait_for_function(
                "document.querySelector('#watch .message').textContent.startsWith('Paused')", timeout=120_000
            )
            print(f"BP and MF, digits, 64-64, 20 epochs: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
