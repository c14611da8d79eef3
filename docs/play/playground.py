"""Builds the playground: python docs/play/playground.py TARGET [--engine cdn|local] [--serve]

Its own files are copied, the package is packed, and what the page must know beforehand (rules, exercises, hashes of the
engine) is written for it. Nothing is fetched here: see fetch.py. Without the fetched editor the page has a plain one.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import io
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

import exercises  # noqa: E402
import fetch  # noqa: E402

from data_utils import load  # noqa: E402
from mfnumpy import rules  # noqa: E402
from mfnumpy.errors import MfnumpyError  # noqa: E402
from mfnumpy.support import shipped  # noqa: E402
from mfnumpy.support.files import atomic_write, make_folder  # noqa: E402

ENGINES = ("cdn", "local")
LEFT_OUT = ("cli", "paper", "bench", "comparison", "parallel", "fast", "course/grading", "export", "sklearn")
"""Rooms of the package that the page never enters."""
SHOWN = ("bp", "mf", "fa", "dfa", "ff")
"""The rules of the page, in the order of its menus."""


def build(target: Path, engine: str = "cdn", *, home: bool = False) -> Path:
    """Write the page into a folder.

    target: the folder. engine: "cdn", or "local": Pyodide's files beside the page, which must have been fetched.
    home: whether the site lies above, to whose lessons the page then leads. Raises FetchError where an engine is not
    here.
    """
    target = make_folder(target)
    editor = fetch.kept("editor")
    _write(target / "index.html", _index(editor is not None, home).encode())
    for path in (HERE / "play.css", *sorted((HERE / "js").glob("*.js"))):
        _write(target / path.relative_to(HERE), path.read_bytes())
    _write(target / "js" / "stepper.js", (ROOT / "mfnumpy" / "teach" / "stepper.js").read_bytes())
    _write(target / "js" / "made.js", _made(engine, editor is not None, home).encode())
    _write(target / "exercises.json", json.dumps(exercises.lessons(), ensure_ascii=False).encode())
    _write(target / "app.zip", app())
    for folder, part in (("editor", editor), ("engine", _engine() if engine == "local" else None)):
        shutil.rmtree(target / folder, ignore_errors=True)
        if part is not None:
            shutil.copytree(part, target / folder, ignore=shutil.ignore_patterns("fetched-*"))
    return target


def app() -> bytes:
    """The package, what answers the page, and the digits, as a ZIP file; the same sources give the same bytes."""
    package = ROOT / "mfnumpy"
    files = {f"mfnumpy/{path.relative_to(package).as_posix()}": path.read_bytes() for path in package.rglob("*.py")}
    files = {
        name: data for name, data in files.items() if not name.startswith(tuple(f"mfnumpy/{p}/" for p in LEFT_OUT))
    }
    files |= {f"bridge/{path.name}": path.read_bytes() for path in (HERE / "bridge").glob("*.py")}
    files["bridge/digits.npz"] = _digits()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in sorted(files):
            out.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _digits() -> bytes:
    data, held = load("digits"), io.BytesIO()
    parts = {"x_train": data.x_train, "x_test": data.x_test}
    images = {name: np.round(x * 16).astype(np.uint8) for name, x in parts.items()}
    for name, x in parts.items():
        if not np.array_equal(images[name].astype(np.float32) / np.float32(16), x):
            raise MfnumpyError(f"The digits' {name} are no sixteenths any more; bridge/sets.py must scale otherwise.")
    labels = {"y_train": data.y_train.astype(np.uint8), "y_test": data.y_test.astype(np.uint8)}
    np.savez_compressed(held, **images, **labels)  # type: ignore[arg-type]
    return held.getvalue()


def _made(engine: str, editor: bool, home: bool) -> str:
    """The module js/made.js: what the page knows before Python is there."""
    pins = fetch.PINS["engine"]
    facts = {
        "ENGINE": {"name": pins["name"], "base": pins["cdn"] if engine == "cdn" else "engine/", "files": pins["files"],
                   "from": "its public CDN" if engine == "cdn" else "this site"},
        "EDITOR": editor,
        "LESSONS": [f"../lessons/{path.stem}.html" for path in _lessons()] if home else [],
        "RULES": [_rule(rules.RULES[name]) for name in SHOWN],
    }  # fmt: skip
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in facts.items()]
    return "// Made by playground.py.\n" + "\n".join(lines) + "\n"


def _lessons() -> list[Path]:
    return sorted(shipped.folder("lessons").glob("[0-9][0-9]_*.ipynb"))


def _rule(rule: type[rules.Rule]) -> dict:
    style = rule.style or rules.Style("#444444")
    return {"name": rule.name, "title": rule.title, "sentence": rule.sentence, "color": style.color,
            "local": rule.local, "error_from": rule.error_from, "rows": rule.rows_per_sample}  # fmt: skip


def _index(editor: bool, home: bool) -> str:
    page = (HERE / "index.html").read_text(encoding="utf-8")
    modules = {package["name"]: f"./editor/{fetch.module_of(package)}" for package in fetch.PINS["editor"]}
    table = f'<script type="importmap">{json.dumps({"imports": modules})}</script>' if editor else ""
    if not home:
        page = re.sub(r"<a href=\"\.\./index\.html\">([^<]*)</a>", r"\1", page)
    return page.replace("<!-- importmap -->", table)


def _engine() -> Path:
    found = fetch.kept("engine")
    if found is None:
        raise fetch.FetchError("Pyodide is not here yet: python docs/play/fetch.py engine")
    return found


def _write(path: Path, data: bytes) -> None:
    with atomic_write(path) as file:
        file.write(data)


class Handler(http.server.SimpleHTTPRequestHandler):
    """A quiet server that knows WebAssembly."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *args: object) -> None:
        """Nothing."""


def serve(folder: Path, port: int) -> None:
    """Serve a folder on this machine until Ctrl-C."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Handler, directory=str(folder))
    ) as server:
        print(f"The playground is at http://127.0.0.1:{server.server_address[1]}/  (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Build the playground.")
    parser.add_argument("target", type=Path)
    parser.add_argument("--engine", choices=ENGINES, default="cdn", help="where Pyodide comes from")
    parser.add_argument("--serve", action="store_true", help="serve it on this machine")
    parser.add_argument("--port", type=int, default=8765, help="where it is served; 0 for any that is free")
    options = parser.parse_args()
    editor = "CodeMirror" if fetch.kept("editor") else "a plain editor (CodeMirror: python docs/play/fetch.py editor)"
    try:
        print(f"{build(options.target, options.engine)}: Pyodide from {options.engine}, {editor}.")
    except MfnumpyError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    if options.serve:
        try:
            serve(options.target, options.port)
        except OSError as error:
            print(f"Nothing can be served at port {options.port}: {error.strerror}. Try --port 0.", file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main()
