"""Downloads, from a server on this machine that answers right, wrong, slowly, too much, or not at all."""

from __future__ import annotations

import http.server
import multiprocessing
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from data_helpers import PACKERS, fetch_in_a_process, idx_bytes, tiny_mnist, tiny_mnist_arrays, write_mnist

from data_utils import fetch, fetching, find, load, registry
from mfnumpy.errors import ChecksumError, DataWarning, DownloadError, OutputError

ARRAYS = tiny_mnist_arrays()
RIGHT = {f"/{name}.gz": PACKERS[".gz"](idx_bytes(array)) for name, array in ARRAYS.items()}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the server's `answer` says, a function of (handler, body)."""

    server: Server

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        body = RIGHT.get("/" + self.path.rsplit("/", 1)[-1])
        if body is None:
            self.send_error(404)
            return
        self.server.answer(self, body)

    def log_message(self, *args) -> None:
        pass

    def send(self, body: bytes, length: int | None = None, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.stop = threading.Event()
        self.answer = lambda handler, body: handler.send(body)

    def handle_error(self, request, client_address) -> None:
        pass  # the client has hung up: that is what is being tested

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)  # between two attempts
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.stop.set()
        server.shutdown()


@pytest.fixture
def source(monkeypatch, server):
    return tiny_mnist(monkeypatch, ARRAYS, base=server.address)


def files_in_cache(source) -> list[str]:
    return sorted(p.name for p in find.download_folder(source).iterdir())


def test_right_answers_become_a_data_set_and_are_not_fetched_twice(server, source):
    data = load("mnist", validation=0)
    assert len(data.y_train) == 23
    assert files_in_cache(source) == sorted(path[1:] for path in RIGHT)
    load("mnist")
    assert len(server.requests) == 4
    assert len(fetch("mnist")) == 4
    assert len(server.requests) == 4


def test_fetching_again_replaces_only_what_is_wrong(server, source):
    fetch("mnist")
    path = find.download_folder(source) / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(b"spoilt")
    fetch("mnist", again=True)
    assert path.read_bytes() == RIGHT["/t10k-labels-idx1-ubyte.gz"]
    assert len(server.requests) == 5


def silent(handler, body) -> None:
    handler.send(body[:10], len(body))
    handler.server.stop.wait(5)


def trickle(handler, body) -> None:
    handler.send(b"", 10_000)
    while not handler.server.stop.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def endless(handler, body) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.stop.is_set():
        handler.wfile.write(bytes(50_000))


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (lambda h, body: h.send(body[:-1] + b"\1"), ChecksumError, "MD5"),
        (lambda h, body: h.send(b"<html>please log in</html>"), ChecksumError, "MD5"),
        (lambda h, body: h.send(b""), ChecksumError, "MD5"),
        (lambda h, body: h.send(body[:40], len(body)), DownloadError, "cut in the middle"),
        (lambda h, body: h.send(b"", status=503), DownloadError, "answers 503"),
        (lambda h, body: h.send_error(404), DownloadError, "answers 404"),
        (lambda h, body: h.connection.close(), DownloadError, "no connection|cut"),
        (silent, DownloadError, "fell silent"),
        (trickle, DownloadError, "not done after"),
        (endless, DownloadError, "sends more than 100.0 kB"),
    ],
    ids=["wrong", "login", "empty", "cut", "503", "404", "closed", "silent", "trickle", "endless"],
)
def test_a_bad_answer_is_one_clear_error_and_nothing_is_left(server, source, answer, error, message):
    server.answer = answer
    with pytest.raises(error, match=message) as caught:
        fetching.fetch(source, retries=0, timeout=0.4, total_time=0.5)
    assert type(caught.value) is error
    assert "train-images-idx3-ubyte.gz could not be fetched" in str(caught.value)
    assert str(find.download_folder(source)) in str(caught.value)  # where to put it by hand
    assert files_in_cache(source) == []


def test_no_server_at_all(monkeypatch):
    source = tiny_mnist(monkeypatch, ARRAYS, base="http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="no connection"):
        fetching.fetch(source, retries=0)


def test_what_fails_once_is_tried_again(server, source):
    def fail_at_first(handler, body):
        first = server.requests.count(handler.path) == 1
        handler.send(body[:30] if first else body, len(body))

    server.answer = fail_at_first
    assert len(fetch("mnist")) == 4
    assert len(server.requests) == 8


def test_a_mirror_is_asked_when_the_first_address_fails(server, source, monkeypatch):
    def only_the_mirror_works(handler, body):
        if "/mirror/" in handler.path:
            handler.send(body)
        else:
            handler.send(b"wrong bytes")

    server.answer = only_the_mirror_works
    files = tuple(replace(f, urls=(*f.urls, f"{server.address}/mirror/{f.name}")) for f in source.files)
    monkeypatch.setitem(registry.SOURCES, "mnist", replace(source, files=files))
    assert len(load("mnist", validation=0).y_train) == 23


def test_a_redirect_is_followed_and_still_checked(server, source):
    def redirect(handler, body):
        if "/moved/" in handler.path:
            handler.send(b"other bytes")
            return
        handler.send_response(302)
        handler.send_header("Location", f"/moved{handler.path}")
        handler.end_headers()

    server.answer = redirect
    with pytest.raises(ChecksumError):
        fetching.fetch(source, retries=0)


def test_two_processes_fetching_at_once_leave_whole_files(server, source, tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        lengths = pool.map(fetch_in_a_process, [server.address] * 4, chunksize=1)
    assert lengths == [23] * 4
    assert files_in_cache(source) == sorted(path[1:] for path in RIGHT)
    for path, body in RIGHT.items():
        assert (find.download_folder(source) / path[1:]).read_bytes() == body


FULL_DISK = """
import resource, signal, sys
import pytest
from data_helpers import tiny_mnist, tiny_mnist_arrays
from data_utils import fetching
from mfnumpy.errors import OutputError
with pytest.MonkeyPatch.context() as patch:
    source = tiny_mnist(patch, tiny_mnist_arrays(), base=sys.argv[1])
    import pooch, requests, tqdm
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
    try:
        fetching.fetch(source, retries=0)
    except OutputError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(server, source, request):
    done = subprocess.run(
        [sys.executable, "-B", "-c", FULL_DISK, server.address],
        capture_output=True, text=True, timeout=60, cwd=request.path.parent,
    )  # fmt: skip
    assert "Make room there" in done.stdout, done.stderr
    assert files_in_cache(source) == []


def test_a_download_folder_that_cannot_be_created(source, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(OutputError):
        fetch("mnist")


def test_a_run_whose_cache_cannot_be_written_downloads_for_itself_once(server, source, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with pytest.warns(DataWarning, match="MFNUMPY_CACHE_DIR"):
        assert len(load("mnist", validation=0).y_train) == 23
    with pytest.warns(DataWarning):
        load("mnist", validation=0)
    assert len(server.requests) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


@pytest.fixture
def three_of_four(tmp_path):
    write_mnist(tmp_path / "given", ARRAYS)
    (tmp_path / "given" / "t10k-labels-idx1-ubyte.gz").unlink()
    return tmp_path / "given"


@pytest.mark.parametrize("rename", [lambda name: name, lambda name: name.replace("-idx", ".idx")])
def test_only_the_file_that_is_missing_is_downloaded(server, source, three_of_four, rename):
    for path in three_of_four.iterdir():
        path.rename(path.with_name(rename(path.name)))
    data = load("mnist", data_dir=three_of_four, validation=0)
    assert data.y_test.tolist() == ARRAYS["t10k-labels-idx1-ubyte"].tolist()
    assert server.requests == ["/t10k-labels-idx1-ubyte.gz"]
    assert files_in_cache(source) == ["t10k-labels-idx1-ubyte.gz"]
    assert len(load("mnist", data_dir=three_of_four, validation=0, download=False).y_train) == 23
    assert len(fetch("mnist", data_dir=three_of_four)) == 4
    assert len(server.requests) == 1


def test_a_failed_download_says_what_lies_there(server, source, three_of_four):
    (three_of_four / "t10k-labels.gz").write_bytes(b"<html>please log in</html>")
    server.answer = lambda handler, body: handler.send_error(404)
    with pytest.raises(DownloadError, match=r"t10k-labels\.gz is a web page.*could not be fetched.*answers 404"):
        load("mnist", data_dir=three_of_four)


def test_a_download_past_unusable_files_says_that_they_are_not_used(server, source, tmp_path):
    (tmp_path / "mnist.pkl.gz").write_bytes(PACKERS[".gz"](b"\x80\x02}q\x00."))
    with pytest.warns(DataWarning, match=r"mnist\.pkl\.gz is a Python pickle"):
        load("mnist", data_dir=tmp_path)
    assert len(server.requests) == 4


def test_nothing_is_fetched_where_that_is_not_allowed(server, source):
    with pytest.raises(FileNotFoundError):
        load("mnist", download=False)
    assert server.requests == []


def test_a_folder_that_was_given_and_is_not_used_is_no_secret(server, source, tmp_path):
    fetch("mnist")
    write_mnist(tmp_path / "given", {name: (array + 1) % 10 for name, array in ARRAYS.items()})
    with pytest.warns(DataWarning, match=r"mnist: read from .*cache.*given: .*not mnist's"):
        load("mnist", data_dir=tmp_path / "given", validation=0)
    (tmp_path / "empty").mkdir()
    with pytest.warns(DataWarning, match="empty holds no files"):
        load("mnist", data_dir=tmp_path / "empty", validation=0)
    assert len(server.requests) == 4


def test_other_sets_in_a_folder_for_all_are_no_reason_to_warn(server, source, tmp_path, monkeypatch, recwarn):
    fashion = {name: array[::-1].copy() for name, array in ARRAYS.items()}
    tiny_mnist(monkeypatch, fashion, "fashion_mnist")
    write_mnist(tmp_path / "all" / "fashion_mnist", fashion)
    write_mnist(tmp_path / "all" / "fashion again", fashion)
    monkeypatch.setenv("MFNUMPY_DATA_DIR", str(tmp_path / "all"))
    load("mnist", validation=0)
    load("mnist", validation=0)
    load("fashion_mnist", validation=0, download=False)
    assert len(server.requests) == 4
    assert not [warning for warning in recwarn if issubclass(warning.category, DataWarning)]
