"""Checkpoints: what goes in comes out; a broken, foreign or hostile file gives one typed error and takes no memory."""

import io
import json
import os
import pickle
import struct
import sys
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest
from engine_helpers import ALL_RULES, CASES, assert_same_bytes, blobs, model_arrays, small_net, started

from mfnumpy import measure, network
from mfnumpy.errors import CheckpointError, OutputError
from mfnumpy.saving import checkpoint
from mfnumpy.saving import model as models
from mfnumpy.support import files
from mfnumpy.support.seeding import stream


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.fixture
def saved(path):
    """An MF net in a file."""
    net = small_net("mlp", dtype="float32", bias=True)
    rule = started("mf", net)
    models.save(path, net, rule)
    return path


def npy(array, **replace):
    """The bytes of a .npy file, with its header's text changed."""
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    data = file.getvalue()
    for old, new in replace.items():
        old, new = old.encode(), new.encode()
        assert old in data
        data = data.replace(old, new.ljust(len(old)))
    return data


def rewrite(path, change=None, description=None, compression=zipfile.ZIP_STORED, checksums=False):
    """Write the archive again with members changed: {name: bytes or None}, and its description edited.

    As an earlier version wrote it, without checksums, unless they are to stay.
    """
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    if description or not checksums:
        text = json.loads(np.load(io.BytesIO(members["description.npy"])).tobytes())
        if not checksums:
            text.pop("checksums", None)
        if description:
            description(text)
        members["description.npy"] = npy(np.frombuffer(json.dumps(text).encode(), np.uint8))
    members |= change or {}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)


def refused(path, says=""):
    """Loading raises CheckpointError with the message, and never takes more than a few megabytes."""
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match=says or None):
            models.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8e6


# -- what goes in comes out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_model_comes_back_with_the_same_bytes_and_the_same_scores(name, kind, dtype, path):
    net = small_net(kind, dtype=dtype, bias=True)
    rule = started(name, net)
    for p in rule.parameters(net).values():  # so that nothing is what its seed gave
        p += stream(1, "moved").standard_normal(p.shape).astype(dtype)
    before = model_arrays(rule, net)
    models.save(path, net, rule, note={"a": [1, None]})
    loaded, loaded_rule, description = models.load(path)
    assert_same_bytes(model_arrays(loaded_rule, loaded), before)
    assert description["note"] == {"a": [1, None]}
    x, y = blobs(11, net.input_shape, dtype)
    assert measure.evaluate(loaded, loaded_rule, x, y) == measure.evaluate(net, rule, x, y)
    modes, again = rule.all_scores(net, x)[0], loaded_rule.all_scores(loaded, x)[0]
    assert all(np.array_equal(modes[m], again[m]) for m in modes)


def test_options_of_a_rule_come_back(path):
    net = small_net("mlp")
    rule = started("ff", net, theta=3.5, normalise="length", label=2.5)
    models.save(path, net, rule)
    loaded = models.load(path)[1]
    assert (loaded.theta, loaded.normalise, loaded.label) == (3.5, "length", 2.5)


def test_a_checkpoint_from_before_an_option_was_there_takes_its_default(path):
    net = small_net("mlp")
    models.save(path, net, started("ff", net, theta=3.5, normalise="length"))
    rewrite(path, description=edit("rule", "options", {"theta": 3.5, "normalise": "length"}))
    loaded = models.load(path)[1]
    assert (loaded.theta, loaded.normalise, loaded.label) == (3.5, "length", 1.0)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.arange(6.0).reshape(2, 3).T,
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(20, dtype="float32")[::3],
        np.array(3.5),
        np.zeros((0, 4)),
        np.array([True, False]),
        np.arange(3, dtype=np.uint8),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_arrays_of_every_kind_come_back(array, path):
    checkpoint.save(path, {"a": array, "b/c.d": array}, {"x": 1})
    found, description = checkpoint.load(path)
    assert_same_bytes(found, {"a": array, "b/c.d": array})
    assert description["x"] == 1
    assert found["a"].flags.writeable


def test_loading_needs_no_more_memory_than_the_file_is_long(path):
    checkpoint.save(path, {"a": stream(3, "large").standard_normal((1000, 1000))}, {})
    tracemalloc.start()
    try:
        checkpoint.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 8e6 < peak < path.stat().st_size + 3 * checkpoint.PIECE


def test_bytes_that_are_not_there_are_not_made_up():
    target = np.zeros(5, np.uint8)
    checkpoint._fill(target, io.BytesIO(b"abcde"))
    assert target.tobytes() == b"abcde"
    with pytest.raises(EOFError, match="4 bytes in place of 5"):
        checkpoint._fill(target, io.BytesIO(b"abcd"))


def test_numpy_alone_can_read_it(saved):
    with np.load(saved, allow_pickle=False) as file:
        assert "block1.W" in file.files
        assert json.loads(file["description"].tobytes())["rule"]["name"] == "mf"


# -- atomic writing --------------------------------------------------------------------------------------------------


def full_disk(*args, **kwargs):
    raise OSError(28, "No space left on device")


def assert_old_stays(saved):
    """Saving another model there fails, and leaves the old file and no litter."""
    old, net = saved.read_bytes(), small_net("mlp", seed=1)
    with pytest.raises(OutputError, match=rf"Cannot write {saved}: No space left on device"):
        models.save(saved, net, started("mf", net))
    assert saved.read_bytes() == old
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize("where", ["fsync", "replace", "write_array"])
def test_a_full_disk_leaves_the_old_checkpoint_and_no_litter(where, saved, monkeypatch):
    monkeypatch.setattr(*((np.lib.format, where) if where == "write_array" else (os, where)), full_disk)
    assert_old_stays(saved)


def test_planted_a_writer_that_is_not_atomic_is_caught(saved, monkeypatch):
    @contextmanager
    def in_place(path, before=None):
        with open(path, "wb") as file:
            yield file
            raise OutputError(f"Cannot write {path}: No space left on device")

    monkeypatch.setattr(checkpoint, "atomic_write", in_place)
    with pytest.raises(AssertionError):
        assert_old_stays(saved)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_really_full_device(saved, monkeypatch):
    """The temporary file is the device that is always full: the system itself refuses the bytes."""

    def on_the_device(prefix, suffix, **options):
        temporary = saved.parent / f"{prefix}x{suffix}"
        temporary.touch()
        return os.open("/dev/full", os.O_WRONLY), str(temporary)

    monkeypatch.setattr(files.tempfile, "mkstemp", on_the_device)
    assert_old_stays(saved)


def test_a_disk_that_fills_up_in_the_middle(saved, monkeypatch):
    """Write for real until a limit is reached, as a full disk lets one do."""
    real = os.fdopen

    class Filling:
        def __init__(self, file):
            self.file, self.left = file, 700

        def write(self, data):
            self.left -= len(data)
            return self.file.write(data) if self.left >= 0 else full_disk()

        def __getattr__(self, name):
            return getattr(self.file, name)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

    monkeypatch.setattr(files.os, "fdopen", lambda *args, **kwargs: Filling(real(*args, **kwargs)))
    assert_old_stays(saved)


def test_ctrl_c_while_writing_leaves_the_old_file(saved, monkeypatch):
    old = saved.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(KeyboardInterrupt))
    net = small_net("mlp", seed=1)
    with pytest.raises(KeyboardInterrupt):
        models.save(saved, net, started("mf", net))
    assert saved.read_bytes() == old
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


def test_output_into_a_file_in_place_of_a_folder_is_refused(tmp_path):
    """Tests may run as root, who may write anywhere: a file in the way stops even root."""
    (tmp_path / "file").write_text("in the way")
    net = small_net("mlp")
    for target in (tmp_path / "file" / "model.npz", tmp_path / "file" / "deep" / "model.npz"):
        with pytest.raises(OutputError, match=r"Cannot create the folder .*/file"):
            models.save(target, net, started("mf", net))
    with pytest.raises(OutputError, match=r"Cannot write .*: Is a directory"):
        models.save(tmp_path, net, started("mf", net))
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_without_write_permission_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match=r"is not writable. Choose another one"):
        files.make_folder(tmp_path)


@pytest.mark.parametrize(("mode", "text"), [("w", "grün"), ("wb", b"\x00\xff")])
def test_files_get_the_permissions_that_the_umask_says(mode, text, tmp_path):
    before = os.umask(0o027)
    try:
        with files.atomic_write(tmp_path / "sub" / "f", mode) as file:
            file.write(text)
    finally:
        os.umask(before)
    assert (tmp_path / "sub" / "f").stat().st_mode & 0o777 == 0o640
    data = (tmp_path / "sub" / "f").read_bytes()
    assert data == (text.encode() if isinstance(text, str) else text)


# -- broken ----------------------------------------------------------------------------------------------------------


def test_missing_empty_and_foreign_files(tmp_path):
    refused(tmp_path / "none.npz", "There is no checkpoint at")
    for name, data in (("empty", b""), ("text", b"hello\n" * 100), ("npy", npy(np.zeros(3)))):
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "is not a readable checkpoint .*may be truncated")
    refused(tmp_path, "is not a readable checkpoint")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    refused(tmp_path / "other.npz", "is not a checkpoint of mfnumpy")
    checkpoint.save(tmp_path / "bare.npz", {}, {})
    refused(tmp_path / "bare.npz", "describes no network")


def test_truncated_anywhere(saved):
    data = saved.read_bytes()
    for length in [*range(0, len(data), 97), len(data) - 1]:
        saved.write_bytes(data[:length])
        with pytest.raises(CheckpointError):
            models.load(saved)


def test_one_byte_changed_anywhere_is_refused_or_harmless_never_another_error(saved):
    """Checksums guard the arrays' bytes; a changed byte elsewhere must not surface as a foreign exception."""
    data, rng, loaded = saved.read_bytes(), stream(0, "bytes"), 0
    for _ in range(400):
        at, value = int(rng.integers(len(data))), int(rng.integers(256))
        saved.write_bytes(data[:at] + bytes([value]) + data[at + 1 :])
        try:
            models.load(saved)
            loaded += 1
        except CheckpointError:
            pass
    assert loaded < 200


# -- hostile ---------------------------------------------------------------------------------------------------------


class Bomb:
    """Unpickling this creates a file: proof that somebody's code ran."""

    def __reduce__(self):
        return (open, ("/tmp/mfnumpy-was-here", "w"))


def test_pickled_objects_are_refused_and_never_run(saved, tmp_path):
    marker = "/tmp/mfnumpy-was-here"
    assert not os.path.exists(marker)
    rewrite(saved, {"block1.W.npy": npy(np.array([Bomb()], dtype=object))})
    refused(saved, "holds object, not numbers; it is refused")
    saved.write_bytes(pickle.dumps(Bomb()))
    refused(saved, "is not a readable checkpoint")
    assert not os.path.exists(marker)


def test_a_zip_bomb_is_refused_unread(saved):
    rewrite(saved, {"block1.W.npy": npy(np.zeros((1000, 1000)))}, compression=zipfile.ZIP_DEFLATED)
    assert saved.stat().st_size < 20_000
    refused(saved, "claim more bytes than the file holds")


def test_a_small_member_that_is_compressed_is_refused_too(saved):
    rewrite(saved, {"noise.npy": npy(stream(0, "noise").standard_normal(3))}, compression=zipfile.ZIP_DEFLATED)
    refused(saved)


def test_a_member_that_lies_about_its_size_is_refused(saved):
    """The directory says stored and long; the file is short."""
    data = bytearray(saved.read_bytes())
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<II", data, entry + 20, 10**9, 10**9)
    saved.write_bytes(bytes(data))
    refused(saved)


def test_a_thousand_members_that_share_the_same_bytes_are_refused(saved):
    with zipfile.ZipFile(saved) as archive:
        original = archive.infolist()[1]
    with zipfile.ZipFile(saved, "a") as archive:
        archive.filelist.extend([original] * 1000)
        archive._didModify = True
    refused(saved)


def test_two_arrays_of_one_name_are_refused(saved):
    with zipfile.ZipFile(saved, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("block1.W.npy", npy(np.zeros((9, 6), "float32")))
    refused(saved, "two arrays of one name")


@pytest.mark.parametrize(
    "shape",
    [
        "(1000000000,)",
        "(9, 60)",
        "(-9, -6)",
        "(4294967296, 4294967296)",
        "(9, 6.0)",
        "(True, 54)",
        "(9, 6, 0)",
        "'x'",
        "54",
    ],
)
def test_a_header_that_promises_another_shape_is_refused(saved, shape):
    array = np.zeros((9, 6), "float32")
    data = npy(array)
    old = b"'shape': (9, 6), }"
    padded = data.replace(old + b" " * 30, f"'shape': {shape}, }}".encode().ljust(len(old) + 30))
    assert len(padded) == len(data)
    assert padded != data
    rewrite(saved, {"block1.W.npy": padded})
    refused(saved, "block1.W.npy promises shape" if shape in ("(1000000000,)", "(9, 60)", "(9, 6, 0)") else "")


@pytest.mark.parametrize("dtype", ["complex64", "U3", "S4", "M8[s]", [("a", "f4")], "V8"], ids=str)
def test_arrays_that_hold_no_numbers_are_refused(saved, dtype):
    rewrite(saved, {"block1.W.npy": npy(np.zeros((9, 6), dtype))})
    refused(saved, "not numbers; it is refused")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd.npy", "block1.W", "a/../b.npy", "x.py"])
def test_a_strange_name_never_reaches_the_disk(saved, name, tmp_path):
    rewrite(saved, {name: npy(np.zeros(3, "float32"))})
    before = sorted(p.name for p in tmp_path.rglob("*"))
    if name.endswith(".npy"):  # only a name in memory; as a part with a slash it is nobody's
        checkpoint.load(saved)
    else:
        refused(saved, "is not a checkpoint of mfnumpy: it holds")
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_inf_are_refused(saved, value):
    W = np.zeros((9, 6), "float32")
    W[4, 2] = value
    rewrite(saved, {"block1.W.npy": npy(W)})
    refused(saved, "NaN or Inf in block1.W")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"block1.W.npy": None}, r"block1.W of shape \(9, 6\), which the file does not hold"),
        ({"block2.M.npy": None}, r"missing \['block2.M'\]"),
        ({"stranger.npy": npy(np.zeros(3))}, r"unknown \['stranger'\]"),
        ({"block2.M.npy": npy(np.zeros((4, 7), "float32"))}, "another network or rule: block2.M is"),
        ({"block2.M.npy": npy(np.zeros((4, 8)))}, r"block2.M is float64 \(4, 8\) there, float32 \(4, 8\) here"),
        ({"block2.M.npy": npy(np.zeros((4, 8), ">f4"))}, "block2.M is >f4"),
    ],
    ids=lambda c: ",".join(c) if isinstance(c, dict) else "",
)
def test_arrays_of_another_network_are_refused_by_name(saved, change, says):
    rewrite(saved, change)
    refused(saved, says)


def edit(*keys_and_value):
    *keys, last, value = keys_and_value

    def change(description):
        for key in keys:
            description = description[key]
        description[last] = value

    return change


HOSTILE = [
    edit("network", "blocks", 0, "n_out", 10**9),
    edit("network", "blocks", 0, "n_in", 10**12),
    edit("network", "blocks", 0, "n_in", -9),
    edit("network", "blocks", 0, "n_in", "9"),
    edit("network", "blocks", 0, "n_in", 9.5),
    edit("network", "blocks", 0, "n_in", None),
    edit("network", "blocks", 0, "layer", "System"),
    edit("network", "blocks", 0, "layer", ["Dense"]),
    edit("network", "blocks", 0, "bias", "yes" * 10),
    edit("network", "blocks", 0, "extra", 1),
    edit("network", "blocks", 0, "rng", 1),
    edit("network", "blocks", 0, "name", "block9"),
    edit("network", "blocks", 0, "pool", {"size": [2, 2], "stride": [2, 2]}),
    edit("network", "blocks", 0, "pool", [2]),
    edit("network", "blocks", 0, {}.__class__.__name__, 1),
    edit("network", "blocks", []),
    edit("network", "blocks", "many"),
    edit("network", "blocks", [None]),
    edit("network", "blocks", {"0": 1}),
    edit("network", "blocks", 5),
    edit("network", "input_shape", [10**12]),
    edit("network", "input_shape", "abc"),
    edit("network", "input_shape", []),
    edit("network", "input_shape", [9.0]),
    edit("network", "input_shape", 9),
    edit("network", "dtype", "object"),
    edit("network", "dtype", "float64"),
    edit("network", "dtype", None),
    edit("network", "seed", -1),
    edit("network", "seed", "x"),
    edit("network", "seed", 1e300),
    edit("network", None),
    edit("network", [1]),
    edit("rule", "name", "os.system"),
    edit("rule", "name", ["mf"]),
    edit("rule", "name", None),
    edit("rule", "name", "bp"),
    edit("rule", "options", {"project": "print"}),
    edit("rule", "options", {"loss_gradient": None}),
    edit("rule", "options", {"__init__": 1}),
    edit("rule", "options", [1, 2]),
    edit("rule", "options", None),
    edit("rule", "n_classes", 10**9),
    edit("rule", "n_classes", 10**30),
    edit("rule", "n_classes", 1),
    edit("rule", "n_classes", -4),
    edit("rule", "n_classes", "4" * 100),
    edit("rule", "n_classes", 4.0),
    edit("rule", "n_classes", True),
    edit("rule", "seed", -1),
    edit("rule", "seed", None),
    edit("rule", "mf"),
    edit("rule", None),
    edit("format", "mfnumpy-checkpoint-99"),
    edit("format", None),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_description_that_lies_is_refused_before_anything_is_allocated(saved, number):
    rewrite(saved, description=HOSTILE[number])
    refused(saved)


CONV = [
    edit("network", "input_shape", [10**6, 10**6, 2]),
    edit("network", "blocks", 0, "padding", [10**9, 10**9]),
    edit("network", "blocks", 0, "padding", [-1, 0]),
    edit("network", "blocks", 0, "kernel", [10**5, 10**5]),
    edit("network", "blocks", 0, "kernel", [3]),
    edit("network", "blocks", 0, "kernel", "32"),
    edit("network", "blocks", 0, "stride", [0, 0]),
    edit("network", "blocks", 0, "stride", [1.5, 1]),
    edit("network", "blocks", 0, "pool", {"size": [0, 0], "stride": [1, 1]}),
    edit("network", "blocks", 0, "pool", {"size": [2, 2]}),
    edit("network", "blocks", 0, "channels_out", 10**8),
    edit("network", "blocks", 1, "channels_in", 7),
]


@pytest.mark.parametrize("name", ["bp", "mf"])
@pytest.mark.parametrize("number", range(len(CONV)))
def test_a_convolutional_description_that_lies_is_refused(path, number, name):
    net = small_net("cnn", dtype="float32")
    models.save(path, net, started(name, net))
    models.load(path)
    rewrite(path, description=CONV[number])
    refused(path)


def test_a_threshold_that_is_no_number_is_refused(path):
    net = small_net("mlp")
    models.save(path, net, started("ff", net))
    for theta in ("x", [1], True):
        rewrite(path, description=edit("rule", "options", {"theta": theta, "normalise": "rms"}))
        refused(path)
    rewrite(path, description=edit("rule", "options", {"theta": None, "normalise": "os"}))
    refused(path, "normalise must be one of")


def test_a_description_nested_without_end_is_refused(saved):
    text = b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    rewrite(saved, {"description.npy": npy(np.frombuffer(text, np.uint8))})
    refused(saved, "is not a checkpoint of mfnumpy")


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"null", b"[]", b"3", b'"format"', b"{}", b"{"])
def test_a_description_that_is_no_object_is_refused(saved, text):
    rewrite(saved, {"description.npy": npy(np.frombuffer(text, np.uint8))})
    refused(saved, "is not a checkpoint of mfnumpy")


def test_nothing_live_changes_when_a_checkpoint_is_refused(saved):
    net = small_net("mlp", dtype="float32", bias=True)
    rule = started("mf", net)
    before = model_arrays(rule, net)
    stored, _ = checkpoint.load(saved)
    stored["block2.M"][0, 0] = np.nan
    stored["block1.W"][...] = 0
    with pytest.raises(CheckpointError):
        checkpoint.put(models.arrays(net, rule), stored, "network or rule")
    assert_same_bytes(model_arrays(rule, net), before)


def test_a_real_model_of_the_papers_size_is_not_taken_for_a_bomb(path):
    for name in ("cnn", "2x1000"):
        net = network.named(name, (28, 28, 1))
        for rule_name in ("bp", "mf"):
            models.save(path, net, started(rule_name, net))
            models.load(path)


@pytest.mark.parametrize("name", ALL_RULES)
def test_another_rules_checkpoint_is_not_taken_for_ones_own(name, saved):
    net = small_net("mlp", dtype="float32", bias=True)
    rule = started(name, net)
    stored, _ = checkpoint.load(saved)
    if rule.projections is not None and rule.readout is None:  # the same matrices as those of mf
        checkpoint.put(models.arrays(net, rule), stored, "network or rule")
    else:
        with pytest.raises(CheckpointError, match="belongs to another network or rule"):
            checkpoint.put(models.arrays(net, rule), stored, "network or rule")


def calls_of(work):
    """How many calls a function makes, of Python's functions and of those in C."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", ["bp", "mf", "ff"])
def test_four_times_as_many_blocks_take_four_times_as_long_to_load(name, path):
    """Counted in calls, as no clock is quiet: a valid checkpoint of 12,000 blocks took half a minute."""
    counts = []
    for blocks in (30, 120):
        net = network.mlp(4, [3] * blocks, seed=1)
        models.save(path, net, started(name, net))
        models.load(path)  # what is imported and prepared once is not counted
        counts.append(calls_of(lambda: models.load(path)))
    assert counts[1] < 4.4 * counts[0]
