"""Fetching official files, by pooch: progress, retries, mirrors, and the publisher's MD5.

A file is written under another name in the same folder, checked, and only then renamed: whatever goes wrong,
and with two processes at once, a file of that name is whole and right, or not there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data_utils import openml
from data_utils.explain import advice
from data_utils.find import download_folder, in_folder
from data_utils.found import Found
from data_utils.source import RemoteFile, Source
from data_utils.wording import human_bytes, shown
from mfnumpy.errors import ChecksumError, DataError, DownloadError, OutputError
from mfnumpy.support.files import make_folder
from mfnumpy.support.optional import require

TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as silent."""

RETRIES = 2
TOTAL_TIME = 3600.0
"""Seconds after which one file is given up even if bytes keep trickling in."""


class _Bounded:
    """A file being written, cut off when it grows past what the official file can have."""

    def __init__(self, file: Any, limit: int) -> None:
        self._file, self._limit, self._left = file, limit, limit

    def write(self, data: bytes) -> int:
        """Write a piece, unless more has come than was promised."""
        self._left -= len(data)
        if self._left < 0:
            raise DownloadError(f"the server sends more than {human_bytes(self._limit)}")
        return self._file.write(data)

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.flush()


@contextmanager
def _deadline(seconds: float) -> Iterator[Callable[..., None]]:
    """Give up a download after so many seconds, even if bytes keep trickling in; yields the hook for `requests`.

    `requests` itself can only time the silence between two bytes.
    """
    responses: list[Any] = []
    late = threading.Event()

    def give_up() -> None:
        """End the transfer from outside when its time is up."""
        late.set()
        for response in responses:
            getattr(response.raw, "shutdown", response.close)()  # shutdown: urllib3's way to wake the reader

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield lambda response, *args, **kwargs: responses.append(response)
    except Exception:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    if late.is_set():
        raise DownloadError(f"not done after {seconds:.0f} s")


def fetch(
    source: Source, *, progress: bool = False, retries: int = RETRIES, timeout: float = TIMEOUT,
    total_time: float = TOTAL_TIME, have: Mapping[str, Path] | None = None, folder: Path | None = None,
) -> Found:  # fmt: skip
    """The files of a data set; those that are not yet in the user's cache are downloaded.

    source: the data set.
    progress: show a bar.
    retries: how many times more each address is tried where it fails.
    timeout: seconds of silence allowed.
    total_time: seconds allowed for one file.
    have: members that lie elsewhere and are not fetched, by name.
    folder: in place of the one in the cache.

    Each file is tried at each of its addresses in turn. A file that is already there is kept if its MD5 is right.
    Nothing half-written is left.
    Raises DownloadError (no network, a server's error, a transfer cut short), ChecksumError (complete, but other
    bytes than published), OutputError (no room, no permission) or MissingLibraryError.
    """
    folder = download_folder(source) if folder is None else folder
    make_folder(folder)
    if source.openml:
        return _from_openml(source, folder, timeout)
    have = have or {}
    for remote in source.files:
        if remote.plain_name not in have:
            _fetch_file(remote, folder, source, progress, retries, timeout, total_time)
    if not any(remote.plain_name in have for remote in source.files):
        found = in_folder(source, folder)
    else:
        fetched = {remote.plain_name: folder / remote.name for remote in source.files if remote.plain_name not in have}
        found = Found(source, folder, {**have, **fetched})
    if found is None:
        raise DownloadError(f"{source.name}: all files were fetched into {shown(folder)}, but some are gone again.")
    return found


def _from_openml(source: Source, folder: Path, timeout: float) -> Found:
    try:
        return openml.fetch(source, folder, timeout)
    except (DownloadError, ChecksumError) as error:
        raise type(error)(f"{error} {advice(source)}") from error


def _fetch_file(
    remote: RemoteFile, folder: Path, source: Source, progress: bool, retries: int, timeout: float, total_time: float
) -> None:
    failures: list[str] = []
    wrong_bytes = False
    for url in remote.urls:
        try:
            _from_address(url, remote, folder, progress, retries, timeout, total_time)
            return
        except (ChecksumError, DownloadError) as error:
            wrong_bytes = isinstance(error, ChecksumError)
            failures.append(f"{url}: {error}")
    kind: type[DataError] = ChecksumError if wrong_bytes else DownloadError
    remedy = advice(source, [remote.plain_name])
    raise kind(f"{source.name}: {remote.name} could not be fetched. {'; '.join(failures)}. {remedy}")


def _from_address(
    url: str, remote: RemoteFile, folder: Path, progress: bool, retries: int, timeout: float, total_time: float
) -> None:
    """Fetch one file from one address. The errors carry the reason alone; the caller makes the sentence."""
    pooch = require("pooch")
    requests = require("requests")

    def download(address: str, output: str, keeper: Any) -> None:
        """Fetch one address into the file."""
        with _deadline(total_time) as hook, open(output, "wb") as file:
            http = pooch.HTTPDownloader(progressbar=progress, timeout=timeout, hooks={"response": hook})
            http(address, _Bounded(file, remote.limit), keeper)

    keeper = pooch.create(
        path=folder,
        base_url="",
        registry={remote.name: f"md5:{remote.md5}"},
        urls={remote.name: url},
        retry_if_failed=retries,
    )
    try:
        keeper.fetch(remote.name, downloader=download)
    except requests.exceptions.RequestException as error:
        raise DownloadError(_reason(error)) from error
    except ValueError as error:  # pooch's word for a wrong hash
        raise ChecksumError(f"the MD5 of what came is not the published {remote.md5}") from error
    except DownloadError:
        raise
    except OSError as error:
        raise OutputError(
            f"{remote.name} cannot be written into {shown(folder)}: {error.strerror or error}. Make room there, or "
            "name another folder by MFNUMPY_CACHE_DIR."
        ) from error


def _reason(error: Exception) -> str:
    """Say in a few words what requests says in a nested exception."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code} {response.reason}"
    name = "ReadTimeout" if "timed out" in str(error) else type(error).__name__
    return {
        "ConnectTimeout": "no answer",
        "ReadTimeout": "the server fell silent",
        "ConnectionError": "no connection",
        "ChunkedEncodingError": "the transfer was cut in the middle",
    }.get(name, name)
