"""`mfnumpy repair`: the damaged block learns again, everything else stays byte for byte, no file is lost on the way."""

import io
import json
import os
import signal
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from test_checkpoint import HOSTILE

from mfnumpy import cli, repair, rules
from mfnumpy.errors import CheckpointError, DamagedError, InvalidValueError
from mfnumpy.measure import evaluate
from mfnumpy.saving import checkpoint, model
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

SMALL = ("--subset", "200", "--hidden", "12", "11", "14", "--seed", "3", "--patience", "2", "--lr", "0.01")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Rule's name -> the bytes of the checkpoint of a run of two epochs."""
    made = {}

    def of(name: str) -> bytes:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            assert cli.main(["train", "--rule", name, *SMALL, "--epochs", "2", "--bias", "--out", str(folder)]) == 0
            made[name] = (folder / "checkpoint.npz").read_bytes()
        return made[name]

    return of


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def put(folder, data, damage=None, checksums=True):
    """A run's folder with this checkpoint, of which arrays are damaged: {name: function, or None for gone}."""
    path = folder / "checkpoint.npz"
    path.write_bytes(data)
    if any(name.startswith("best/") for name in damage or ()):  # which a run keeps until it ends
        arrays, description = checkpoint.load(path)
        best = {f"best/{name}": array for name, array in model.model_part(arrays).items()}
        checkpoint.save(path, arrays | best, description)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    if not checksums:
        text = json.loads(np.load(io.BytesIO(members["description.npy"])).tobytes())
        del text["checksums"]
        members["description.npy"] = npy(np.frombuffer(json.dumps(text).encode(), np.uint8))
    for name, change in (damage or {}).items():
        array = np.load(io.BytesIO(members.pop(f"{name}.npy")))
        if change is not None:
            change(array)
            members[f"{name}.npy"] = npy(array)
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return path


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zeros(array):
    array[...] = 0


def nan(array):
    array.flat[1] = np.nan


def held(path):
    return {name: array.tobytes() for name, array in checkpoint.load(path)[0].items()}


def whole(folder, data):
    """What the run held before it was damaged."""
    path = folder / "before.npz"
    path.write_bytes(data)
    found = held(path)
    path.unlink()
    return found


# -- what is repaired, and what stays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules.RULES)
def test_the_damaged_block_alone_changes(name, runs, folder, capsys):
    before, path = whole(folder, runs(name)), put(folder, runs(name), {"block2.W": zeros})
    with pytest.raises(DamagedError):
        model.load(path)
    assert cli.main(["repair", str(folder)]) == 0
    printed, after = capsys.readouterr().out, held(path)
    assert "block2 is damaged: block2.W holds nothing but zeros" in printed
    assert "whole: block1, block3" in printed
    assert list(after) == list(before), "the same arrays in the same order"
    changed = {key for key in before if before[key] != after[key]}
    if name == "shallow":  # its blocks never learn: the seed gives back what was there
        assert changed == set()
        return
    assert "block2.W" in changed
    assert {key.rpartition("/")[2].partition(".")[0] for key in changed} == {"block2"}
    assert np.frombuffer(after["block2.W"], np.float32).std() > 0
    assert cli.main(["evaluate", str(folder)]) == 0
    assert cli.main(["repair", str(folder)]) == 0
    assert "nothing is damaged" in capsys.readouterr().out
    assert held(path) == after
    assert checkpoint.load(path)[1]["notes"]["repaired"][0]["found"] == {
        "block2.W": "block2.W holds nothing but zeros, which is not what was written"
    }


def test_planted_an_optimiser_that_changes_others_is_caught(runs, folder, capsys, monkeypatch):
    monkeypatch.setattr(repair.Only, "update", lambda self, *args: self.optimiser.update(*args))
    path = put(folder, runs("bp"), {"block2.W": zeros})
    written = []
    monkeypatch.setattr(repair, "write", lambda found, *args: written.append(found))
    assert cli.main(["repair", str(folder)]) == 0
    live = written[0].rule.parameters(written[0].net)
    assert any(live[name].tobytes() != a.tobytes() for name, a in checkpoint.read(path).arrays.items() if name in live)


@pytest.mark.parametrize(
    ("name", "damaged", "changed"),
    [
        ("mf", {"block2.M": nan}, {"block2.M"}),
        ("mf", {"block2.b": None}, {"block2.b"}),
        ("mf", {"block1.W": nan, "block3.M": zeros}, {"block1.W", "block1.b", "block1.M", "block3.M"}),
        ("bp", {"readout.W": nan}, {"readout.W"}),
        ("ff_one_pass", {"readout.W": None}, {"readout.W"}),
        ("ff", {"block3.b": nan}, {"block3.b"}),
        ("fa", {"block2.B": nan}, set()),
        ("dfa", {"block1.B": None}, set()),
        ("mf", {"optimiser/m/block2.W": nan}, set()),
        ("mf", {"best/block2.W": nan}, set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("checksums", [True, False], ids=["", "without checksums"])
def test_what_is_whole_in_a_block_stays(name, damaged, changed, checksums, runs, folder, capsys):
    before, path = whole(folder, runs(name)), put(folder, runs(name), damaged, checksums)
    if not checksums and changed == set() and not any("/" in key for key in damaged):
        assert cli.main(["repair", str(folder)]) == 2
        assert "has no checksum" in capsys.readouterr().err
        return
    assert cli.main(["repair", str(folder)]) == 0
    after = held(path)
    assert {key for key in before if "/" not in key and before[key] != after[key]} == changed
    others = {key for key in before if "/" in key and key.rpartition("/")[2] not in changed and key not in damaged}
    others -= {"optimiser/v/block2.W"} if "optimiser/m/block2.W" in damaged else set()
    assert all(after[key] == before[key] for key in others)
    again = ["train", "--rule", name, *SMALL, "--epochs", "2", "--bias", "--out", str(folder), "--resume"]
    assert cli.main(again) == 0, "the run can go on"
    assert json.loads((folder / "history.json").read_text())["repaired"]


def test_a_block_that_comes_back_can_do_what_it_did(folder, capsys):
    assert cli.main(["train", "--hidden", "32", "32", "32", "--epochs", "8", "--out", str(folder)]) == 0
    data = (folder / "checkpoint.npz").read_bytes()
    before = accuracy(folder, capsys)
    put(folder, data, {"block2.W": zeros})
    assert cli.main(["repair", str(folder)]) == 0
    alone = accuracy(folder, capsys)
    put(folder, data, {"block2.W": zeros})
    assert cli.main(["repair", str(folder), "--above"]) == 0
    above = accuracy(folder, capsys)
    assert alone[0] == before[0]
    assert alone[1] > before[1] - 0.04
    assert above[:2] == alone[:2]
    assert above[2] > before[2] - 0.04


def accuracy(folder, capsys):
    """Of each block on the test part."""
    capsys.readouterr()
    assert cli.main(["evaluate", str(folder)]) == 0
    return [float(word) / 100 for word in capsys.readouterr().out.split("alone: ")[1].replace("%", "").split(",")]


# -- meanwhile ---------------------------------------------------------------------------------------------------------


def test_the_blocks_below_predict_meanwhile_and_one_output_cannot(runs, folder, capsys):
    put(folder, runs("mf"), {"block3.W": nan})
    assert cli.main(["evaluate", str(folder)]) == 2
    assert "mfnumpy repair" in capsys.readouterr().err
    assert cli.main(["evaluate", str(folder), "--whole-blocks"]) == 0
    printed = capsys.readouterr().out
    assert "by block1 to block2 alone; test accuracy: ff " in printed
    assert "bp cannot predict, as it reads block3" in printed
    for name, damaged, says in (
        ("bp", "block3.W", "has one output"),
        ("mf", "block1.M", "no whole block below"),
        ("mf", "optimiser/m/block1.M", "has no damaged block"),
    ):
        put(folder, runs(name), {damaged: nan})
        assert cli.main(["evaluate", str(folder), "--whole-blocks"]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1


@pytest.mark.parametrize("name", [name for name, rule in rules.RULES.items() if rule.sums_of_blocks])
def test_the_whole_part_adds_up_what_each_block_says(name, runs, folder):
    net, rule, _ = model.load(put(folder, runs(name)))
    rng = stream(0, "x")
    x, y = rng.random((60, *net.input_shape)).astype(net.dtype), rng.integers(0, rule.n_classes, 60)
    lower, own = repair.whole_part(net, rule, ["block3"])
    assert [len(lower.blocks), len(net.blocks)] == [2, 3]
    found = evaluate(lower, own, x, y)
    scores = rule.layer_scores(net, x)[:2]
    for mode in rule.sums_of_blocks:
        assert found.accuracy[mode] == np.mean((scores[0] + scores[1]).argmax(axis=1) == y)
    assert found.layers == evaluate(net, rule, x, y).layers[:2]


# -- what cannot be done -----------------------------------------------------------------------------------------------


def refused(arguments, says, capsys):
    capsys.readouterr()
    assert cli.main(["repair", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_what_cannot_be_repaired_is_one_line_and_stays_as_it_is(runs, folder, capsys):
    refused([str(folder)], "There is no checkpoint at", capsys)
    path = put(folder, runs("mf"), {"block2.W": nan})
    data = path.read_bytes()
    refused([str(folder), "--epochs", "0"], "epochs", capsys)
    path.write_bytes(data[:-50])
    refused([str(folder)], "may be truncated", capsys)
    net, rule, description = model.load(put(folder, runs("mf")))
    model.save_model(path, net, rule)
    put(folder, path.read_bytes(), {"block2.W": nan})
    refused([str(folder)], "holds a model and no run", capsys)
    for change, says in (
        ({"settings": description["settings"] | {"labels": 7}}, "not the data of its run (labels differ)"),
        ({"settings": description["settings"] | {"decay": "mine.fall"}}, "had a decay or weights"),
        ({"settings": {"optimiser": "adam", "decay": "constant"}}, "does not say how its run was trained"),
        ({"settings": description["settings"] | {"batch_size": "many"}}, "batch_size"),
        ({"settings": description["settings"] | {"optimiser": "none"}}, "no optimiser named"),
        ({"settings": description["settings"] | {"samples": 5}}, "had a decay or weights"),
        ({"settings": description["settings"] | {"decay": []}}, "had a decay or weights"),
        ({"settings": description["settings"] | {"optimiser": {}}}, "does not say how its run was trained"),
        ({"settings": description["settings"] | {"rates": 3}}, "does not say how its run was trained"),
        ({"settings": description["settings"] | {"seed": -1}}, "seed"),
        ({"notes": {"dataset": "nowhere"}}, "nowhere"),
        ({"notes": {}}, "does not say what it was trained on"),
    ):
        model.save(path, net, rule, **{"settings": description["settings"], "notes": description["notes"]} | change)
        data = put(folder, path.read_bytes(), {"block2.W": nan}).read_bytes()
        refused([str(folder)], says, capsys)
        assert path.read_bytes() == data
        assert [p.name for p in folder.iterdir()] == ["checkpoint.npz"]
    put(folder, runs("bp"), {"block2.W": nan})
    refused([str(folder), "--above"], "has one loss for all", capsys)


def test_a_hostile_file_asks_for_no_memory(runs, folder, capsys):
    net, rule, description = model.load(put(folder, runs("mf")))
    for size in (10**5, 10**9):
        blocks = [dict(block) for block in description["network"]["blocks"]]
        blocks[2]["n_out"] = blocks[1]["n_out"] = blocks[2]["n_in"] = size
        arrays = {name: a for name, a in model.arrays(net, rule).items() if name not in ("block2.W", "block3.W")}
        network = {"network": description["network"] | {"blocks": blocks}}
        checkpoint.save(folder / "checkpoint.npz", arrays, model.describe(net, rule) | network)
        refused([str(folder)], "describes no network that can be built", capsys)


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_full_disk_leaves_the_damaged_file(where, runs, folder, capsys, monkeypatch):
    path = put(folder, runs("mf"), {"block2.W": nan})
    data = path.read_bytes()

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, where, full)
    refused([str(folder)], "No space left", capsys)
    monkeypatch.undo()
    assert path.read_bytes() == data
    assert [p.name for p in folder.iterdir()] == ["checkpoint.npz"]
    assert cli.main(["repair", str(folder), "--out", str(folder / "new.npz")]) == 0
    assert path.read_bytes() == data
    assert model.load(folder / "new.npz")


def test_ctrl_c_leaves_the_damaged_file(runs, folder, capsys, monkeypatch, python_handles_ctrl_c):
    path = put(folder, runs("mf"), {"block2.W": nan})
    data, fit = path.read_bytes(), Trainer.fit

    def interrupted(self, *args, **options):
        self.on_batch = lambda *_: signal.raise_signal(signal.SIGINT)
        return fit(self, *args, **options)

    monkeypatch.setattr(Trainer, "fit", interrupted)
    assert cli.main(["repair", str(folder)]) == 130
    assert path.read_bytes() == data
    assert [p.name for p in folder.iterdir()] == ["checkpoint.npz"]


def test_check_changes_nothing_and_says_it_by_its_exit_code(runs, folder, capsys):
    path = put(folder, runs("mf"))
    data = path.read_bytes()
    assert cli.main(["repair", str(path), "--check"]) == 0
    assert cli.main(["repair", str(path)]) == 0
    assert path.read_bytes() == data
    data = put(folder, runs("mf"), {"block1.W": nan, "block1.M": None}).read_bytes()
    assert cli.main(["repair", str(path), "--check"]) == 1
    assert (
        "block1 is damaged: NaN or Inf in block1.W (1 of 768 numbers); block1.M is missing" in capsys.readouterr().out
    )
    assert path.read_bytes() == data


def test_names_and_optimisers_are_passed_on():
    with pytest.raises(InvalidValueError, match="one output"):
        repair.whole_part(*started("bp"), ["block1"])


def started(name):
    from mfnumpy import mlp

    net, rule = mlp(14, [3]), rules.make(name)
    rule.start(net, 2)
    return net, rule


def test_the_first_block_comes_back_to_the_byte(folder):
    """Its input are the data, and it sees them in the same order from the same start."""
    words = ["train", *SMALL[:-4], "--engine", "reference", "--epochs", "3", "--out", str(folder)]
    assert cli.main(words) == 0
    data = (folder / "checkpoint.npz").read_bytes()
    before, path = whole(folder, data), put(folder, data, {"block1.W": zeros})
    assert cli.main(["repair", str(folder)]) == 0
    assert held(path) == before


def test_a_changed_byte_or_description_gives_a_look_or_one_typed_error(runs, folder):
    path, rng = put(folder, runs("mf")), stream(2, "bytes")
    data, looked = path.read_bytes(), 0
    end = data.index(b"optimiser/m/")  # description and model: where there is something to be taken in
    for _ in range(300):
        at, value = int(rng.integers(end)), int(rng.integers(256))
        path.write_bytes(data[:at] + bytes([value]) + data[at + 1 :])
        with suppress(CheckpointError):
            looked += bool(repair.look(path).damaged)
    assert looked > 50
    for change in HOSTILE:
        description = json.loads(json.dumps(checkpoint.load(put(folder, runs("mf")))[1]))
        arrays = checkpoint.load(path)[0]
        try:
            change(description)
        except (KeyError, TypeError, IndexError):
            continue
        checkpoint.save(path, arrays, description)
        for damage in ({}, {"block2.W": zeros}, {"block1.W": None}):
            put(folder, path.read_bytes(), damage)
            with suppress(CheckpointError):
                repair.look(path)
