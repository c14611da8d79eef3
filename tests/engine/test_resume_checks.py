"""What a trainer writes into a checkpoint, refuses to write, refuses to resume, and says before it trains."""

import json
import re

import numpy as np
import pytest
from engine_helpers import assert_same_bytes, blobs, model_arrays, small_net, started

from mfnumpy import network, optim
from mfnumpy.errors import CheckpointError, DivergedError, InvalidValueError, OutputError
from mfnumpy.saving import checkpoint, saved_run
from mfnumpy.saving import model as models
from mfnumpy.train import Trainer

X, Y = blobs(60, (9,))
DATA = X[:40], Y[:40], X[40:], Y[40:]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


def new(path, optimiser=None, net=None, **options):
    net = net or small_net("mlp", dtype="float32")
    rule = started("mf", net)
    options = {"epochs": 2, "batch_size": 10, "show_progress": False} | options
    return net, rule, Trainer(net, rule, optimiser or optim.Adam(1e-2), path=path, **options)


# -- moments of what is gone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [None, 5])
def test_a_run_after_unplugging_can_resume_its_own_checkpoint(width, path):
    """The optimiser still holds the moments of a block that is gone, or of one of another width in its place."""
    net = network.mlp(9, (7, 6, 8), seed=0)
    rule, adam = started("mf", net), optim.Adam(1e-2)
    Trainer(net, rule, adam, epochs=1, batch_size=10).fit(*DATA)
    net.unplug()
    only = None
    if width:
        net.plug(net.new_dense(width))
        only = [0, 1]  # so that block3's moments stay those of the old block
    rule.plug(net)
    Trainer(net, rule, adam, epochs=2, batch_size=10, only=only, path=path).fit(*DATA)
    arrays, description = checkpoint.load(path)
    trained = {"block1.W", "block1.M", "block2.W", "block2.M"}
    assert set(description["times"]) == trained
    assert {name for name in arrays if "/" in name} == {f"optimiser/{kind}/{name}" for kind in "mv" for name in trained}
    again = Trainer(net, rule, adam, epochs=2, batch_size=10, only=only, path=path)
    assert len(again.fit(*DATA, resume=True).epochs) == 2


# -- parameters that ran away ------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_parameters_that_ran_away_do_not_take_the_place_of_a_checkpoint(path):
    """Full batch and no validation: no loss and no score comes after the last step."""
    new(path, epochs=1)[2].fit(*DATA[:2])
    good = path.read_bytes()
    diverging = new(path, optim.SGD(3e38), epochs=1, batch_size=None)[2]
    with pytest.raises(DivergedError, match=r"block\d.[WM] became NaN or infinite.*Lower the learning rate"):
        diverging.fit(*DATA[:2])
    assert path.read_bytes() == good
    models.load(path)


# -- what must be the same ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda x, y, v, w: (x * 255, y, v, w), "inputs"),
        (lambda x, y, v, w: (np.roll(x, 1, axis=1), y, v, w), "inputs"),
        (lambda x, y, v, w: (x, y, v, np.roll(w, 1)), "validation"),
        (lambda x, y, v, w: (x, y, v[:-1], w[:-1]), "validation"),
        (lambda x, y, v, w: (x, y, None, None), "validation"),
    ],
)
def test_other_inputs_or_validation_labels_are_refused(change, says, path):
    new(path)[2].fit(*DATA)
    net, rule, trainer = new(path)
    before = model_arrays(rule, net)
    with pytest.raises(
        CheckpointError, match=rf"belongs to another run. Its settings: {says} \d+. This run's: {says} "
    ):
        trainer.fit(*change(*DATA), resume=True)
    assert_same_bytes(model_arrays(rule, net), before)


class Lazy:
    """Rows that are made when they are asked for, as of a data set too large for memory."""

    def __init__(self, x):
        self.x, self.shape, self.dtype = x, x.shape, x.dtype

    def __getitem__(self, rows):
        return self.x[rows].copy()


def test_a_view_and_the_array_that_it_shows_are_the_same_inputs(path):
    new(path)[2].fit(*DATA)
    assert len(new(path)[2].fit(Lazy(DATA[0]), *DATA[1:], resume=True).epochs) == 2


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 60_000])
def test_rows_for_the_checksum_are_spread_over_all(n):
    rows = saved_run.sampled(n)
    assert (rows[0], rows[-1], len(rows)) == (0, n - 1, min(n, saved_run.SAMPLE))
    assert (np.diff(rows) > 0).all()


def test_a_checkpoint_of_an_earlier_version_can_be_resumed(path):
    """It says nothing of the inputs and the validation part; of everything else it must."""
    new(path)[2].fit(*DATA)
    arrays, description = checkpoint.load(path)
    for key in saved_run.LATER:
        del description["settings"][key]
    checkpoint.save(path, arrays, description)
    assert len(new(path)[2].fit(*DATA, resume=True).epochs) == 2
    del description["settings"]["labels"]
    checkpoint.save(path, arrays, description)
    with pytest.raises(CheckpointError, match="Its settings: labels not stated"):
        new(path)[2].fit(*DATA, resume=True)
    checkpoint.save(path, arrays, description | {"settings": None})
    with pytest.raises(CheckpointError, match="Its settings: None"):
        new(path)[2].fit(*DATA, resume=True)


# -- before any training -----------------------------------------------------------------------------------------------


def trains_nothing(trainer):
    trainer.rule.steps = lambda *args: pytest.fail("it began to train")
    return trainer


CIRCULAR: dict = {}
CIRCULAR["self"] = CIRCULAR


@pytest.mark.parametrize("notes", [{"lr": np.float32(1)}, {"x": X}, {(1, 2): 3}, {"path": object()}, CIRCULAR])
def test_notes_that_are_not_json_are_refused_before_training(notes, path):
    with pytest.raises(InvalidValueError, match="notes must be values that JSON knows"):
        trains_nothing(new(path, notes=notes)[2]).fit(*DATA)
    assert not path.exists()


def test_notes_that_are_json_come_back(path):
    notes = {"a": [1, 2.5, None, "grün", {"b": True}]}
    new(path, notes=notes)[2].fit(*DATA)
    assert json.loads(json.dumps(notes)) == checkpoint.load(path)[1]["notes"]


def test_a_place_where_nothing_can_be_written_is_refused_before_training(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="Cannot create the folder"):
        trains_nothing(new(tmp_path / "file" / "run.npz")[2]).fit(*DATA)
    with pytest.raises(OutputError, match=re.escape(f"Cannot write {tmp_path}: it is a folder")):
        trains_nothing(new(tmp_path)[2]).fit(*DATA)


def test_bad_data_makes_no_folder(tmp_path):
    with pytest.raises(InvalidValueError):
        new(tmp_path / "deep" / "run.npz", batch_size=41)[2].fit(*DATA)
    assert not (tmp_path / "deep").exists()
