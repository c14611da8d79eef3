"""A damaged block is told from a damaged file, by name; what is whole stays readable, old checkpoints too."""

import zipfile

import numpy as np
import pytest
from engine_helpers import N_CLASSES, blobs, small_net, started
from test_checkpoint import npy, rewrite

from mfnumpy import Adam, Trainer, engines, mlp, rules
from mfnumpy.errors import CheckpointError, DamagedError
from mfnumpy.saving import checkpoint, damage, saved_run
from mfnumpy.saving import model as models
from mfnumpy.support.seeding import stream


@pytest.fixture
def saved(tmp_path):
    """An MF net in a file."""
    net = small_net("mlp", dtype="float32", bias=True)
    models.save(tmp_path / "model.npz", net, started("mf", net))
    return tmp_path / "model.npz"


def array(path, name):
    return checkpoint.load(path)[0][name].copy()


def nan(W):
    W[2, 1], W[3, 0] = np.nan, np.inf


def zeros(W):
    W[...] = 0


def one_bit(W):
    W.view(np.uint8).reshape(-1)[5] ^= 1


CHANGES = {
    "NaN or Inf in block2.W (2 of 63 numbers)": nan,
    "block2.W holds nothing but zeros": zeros,
    "block2.W is not as it was written": one_bit,
}


@pytest.mark.parametrize("says", CHANGES)
def test_changed_numbers_are_found_and_the_block_is_named(saved, says):
    W = stream(0, "W").standard_normal((9, 7)).astype("float32")
    checkpoint.save(saved, {"block1.W": W, "block2.W": W, "optimiser/m/block2.W": W}, {})
    CHANGES[says](W)
    rewrite(saved, {"block2.W.npy": npy(W)}, checksums=True)
    with pytest.raises(DamagedError) as caught:
        checkpoint.load(saved)
    message = str(caught.value)
    assert message.startswith(f"{saved}: block2 is damaged: {says}")
    assert f"`mfnumpy repair {saved}`" in message
    assert list(caught.value.found) == ["block2.W"]
    found = checkpoint.read(saved)
    assert set(found.arrays) == {"block1.W", "optimiser/m/block2.W"}
    assert found.names == ["block1.W", "block2.W", "optimiser/m/block2.W"]


def test_another_dtype_or_shape_of_the_same_bytes_is_found(saved):
    for other in (array(saved, "block1.W").view("int32"), array(saved, "block1.W").reshape(6, 9)):
        rewrite(saved, {"block1.W.npy": npy(other)}, checksums=True)
        with pytest.raises(DamagedError, match=r"block1\.W is not as it was written"):
            models.load(saved)


def test_a_missing_entry_is_found_and_several_blocks_are_named(saved):
    rewrite(saved, {"block2.M.npy": None, "block1.b.npy": None}, checksums=True)
    with pytest.raises(
        DamagedError, match=r"block1 and block2 are damaged: block1\.b is missing; block2\.M is missing"
    ):
        models.load(saved)


@pytest.mark.parametrize("checksums", [True, False], ids=["with checksums", "of an earlier version"])
def test_a_flipped_bit_on_the_disk_is_found_in_its_block(saved, checksums):
    """Past the headers, in the numbers: the file's own checksum sees it, also in files without ours."""
    rewrite(saved, checksums=checksums)
    with zipfile.ZipFile(saved) as archive:
        at = archive.getinfo("block2.M.npy").header_offset + 200
    data = bytearray(saved.read_bytes())
    data[at] ^= 16
    saved.write_bytes(data)
    with pytest.raises(DamagedError, match=r"block2 is damaged: block2\.M\.npy cannot be read \(Bad CRC-32"):
        models.load(saved)
    assert "block2.W" in checkpoint.read(saved).arrays


def test_each_flipped_bit_of_a_file_is_one_of_both_errors_or_harmless(saved):
    """What is not refused holds the same arrays: the checksums leave no gap."""
    data, rng = saved.read_bytes(), stream(1, "bits")
    whole, seen = checkpoint.load(saved)[0], set()
    for _ in range(400):
        at, bit = int(rng.integers(len(data))), 1 << int(rng.integers(8))
        saved.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
        try:
            found = checkpoint.load(saved)[0]
        except CheckpointError as error:
            seen.add(type(error))
            continue
        assert {name: a.tobytes() for name, a in found.items()} == {name: a.tobytes() for name, a in whole.items()}
    assert seen == {DamagedError, CheckpointError}


def test_a_truncated_file_is_no_damaged_block(saved):
    saved.write_bytes(saved.read_bytes()[:-40])
    with pytest.raises(CheckpointError, match="may be truncated") as caught:
        models.load(saved)
    assert not isinstance(caught.value, DamagedError)


@pytest.mark.parametrize("stated", [[], "x", {"block1.W": "x"}, {"block1.W": True}], ids=str)
def test_checksums_that_are_none_are_refused(saved, stated):
    rewrite(saved, description=lambda text: text.update(checksums=stated))
    with pytest.raises(CheckpointError, match="its checksums are"):
        models.load(saved)


def test_a_checkpoint_without_checksums_loads_and_what_can_be_seen_is_found(saved):
    before = {name: a.tobytes() for name, a in checkpoint.load(saved)[0].items()}
    rewrite(saved)
    arrays, description = checkpoint.load(saved)
    assert "checksums" not in description
    assert {name: a.tobytes() for name, a in arrays.items()} == before
    assert models.load(saved)
    nan(W := array(saved, "block1.W"))
    rewrite(saved, {"block1.W.npy": npy(W)})
    with pytest.raises(DamagedError, match="block1 is damaged: NaN or Inf"):
        models.load(saved)


def test_a_damaged_checkpoint_is_not_resumed_and_nothing_live_changes(tmp_path):
    path = tmp_path / "run.npz"
    trained(path)
    rewrite(path, {"optimiser/v/block1.W.npy": None}, checksums=True)
    with pytest.raises(DamagedError, match=r"block1 is damaged: optimiser/v/block1\.W is missing"):
        trained(path, resume=True)
    with pytest.raises(DamagedError):
        saved_run.notes(path)


def trained(path, **options):
    net, rule = mlp(6, [5, 4], seed=1), rules.make("mf")
    rule.start(net, N_CLASSES)
    Trainer(net, rule, Adam(), epochs=2, path=path, batch_size=10).fit(
        *blobs(40, net.input_shape, "float32"), **options
    )


# -- layers on disk ----------------------------------------------------------------------------------------------------


def gone(path):
    path.unlink()


def shorter(path):
    path.write_bytes(path.read_bytes() + b"abcd")  # longer: a file cut off under a map would end the process


def written(change, shape=(7, 5)):
    def write(path):
        W = np.fromfile(path, np.float32).reshape(shape)
        change(W)
        with open(path, "r+b") as file:
            file.write(W.tobytes())

    return write


DAMAGES = {
    "the file of block2.W is missing": gone,
    "the file of block2.W has 144 bytes in place of 140": shorter,
    "NaN or Inf in block2.W (2 of 35 numbers)": written(nan),
    "block2.W holds nothing but zeros": written(zeros),
    "block2.W is not as it was written": written(one_bit),
}


@pytest.mark.parametrize("parallel", [None, "layers"])
@pytest.mark.parametrize("says", DAMAGES)
def test_damage_on_the_disk_is_found_before_it_is_learned_or_saved(tmp_path, says, parallel):
    with pytest.raises(DamagedError) as caught:
        on_disk(tmp_path, DAMAGES[says], parallel)
    assert f"block2 is damaged: {says}" in str(caught.value)
    assert "`mfnumpy repair RUN`" in str(caught.value)
    kept, description = checkpoint.load(tmp_path / "run.npz")
    assert description["progress"]["epoch"] == 1
    assert np.isfinite(kept["block2.W"]).all()
    assert list((tmp_path / "layers").iterdir()) == []


def on_disk(folder, change=lambda path: None, parallel=None, resume=False, **options):
    net, rule = mlp(6, [7, 5], seed=1), rules.make("mf")
    rule.start(net, N_CLASSES)
    x, y = blobs(40, net.input_shape, "float32")

    def damaged(entry):
        if entry["epoch"] == 1:
            change(folder / "layers" / "block2.W.bytes")

    own = {"epochs": 4, "batch_size": 10, "path": folder / "run.npz", "on_epoch": damaged, "show_progress": False}
    with engines.trainer(net, rule, offload=folder / "layers", parallel=parallel, **own | options) as trainer:
        trainer.fit(x, y, x, y, resume=resume)


def test_a_block_that_has_learned_already_is_looked_at_before_a_checkpoint(tmp_path):
    """Layer by layer: nothing updates block 1 while block 2 learns."""

    def at_the_fifth(entry):
        if entry["epoch"] == 5:
            written(one_bit, (6, 7))(tmp_path / "layers" / "block1.W.bytes")

    with pytest.raises(DamagedError, match=r"block1 is damaged"):
        on_disk(tmp_path, schedule="layer_by_layer", on_epoch=at_the_fifth)
    assert checkpoint.load(tmp_path / "run.npz")[1]["progress"]["phase"] == 1


@pytest.mark.parametrize("schedule", ["together", "layer_by_layer"])
def test_what_a_trainer_itself_puts_back_is_no_damage(tmp_path, schedule):
    """The best epoch's parameters, and a checkpoint's; the best epoch may lie before the checkpoint."""
    own = {"schedule": schedule, "patience": 3, "optimiser_options": {"rates": {"W": 0.5}}}
    on_disk(tmp_path, **own)

    def stop(entry):
        if entry["epoch"] == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_disk(tmp_path, on_epoch=stop, **own)
    assert checkpoint.load(tmp_path / "run.npz")[1]["progress"]["stale"] > 0
    on_disk(tmp_path, resume=True, **own)


def test_owners():
    assert [damage.owner(n) for n in ("block2.W", "optimiser/m/block12.M", "readout.W", "W")] == [
        *("block2", "block12", "readout", "W")
    ]
