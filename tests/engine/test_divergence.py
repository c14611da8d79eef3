"""Numbers that run away: one error with the remedy, no warnings of NumPy's, and no accuracy made of NaN."""

import numpy as np
import pytest
from engine_helpers import ALL_RULES, blobs, small_net, started

from mfnumpy import optim
from mfnumpy.errors import DivergedError
from mfnumpy.measure import evaluate
from mfnumpy.train import Trainer


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("name", ALL_RULES)
def test_a_loss_that_runs_away_stops_the_run_with_the_remedy(name):
    net = small_net("mlp", dtype="float32")
    x, y = blobs(40, (9,))
    trainer = Trainer(net, started(name, net), optim.SGD(3e38), epochs=5, batch_size=10)
    with pytest.raises(DivergedError, match=r"became (nan|inf) in epoch \d, batch \d.*Lower the learning rate"):
        trainer.fit(x, y)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("name", ALL_RULES)
def test_parameters_that_run_away_in_the_last_step_are_not_evaluated(name):
    net = small_net("mlp", dtype="float32")
    x, y = blobs(40, (9,))
    trainer = Trainer(
        net, started(name, net), optim.SGD(3e38), epochs=1, batch_size=None
    )  # no loss comes after the step
    with pytest.raises(DivergedError, match=r"Scores .* are NaN or infinite.*Lower the learning rate"):
        trainer.fit(x, y, x, y)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("bad", [np.nan, 3e38])
def test_scores_that_are_not_numbers_are_no_predictions(bad):
    net = small_net("mlp", dtype="float32")
    x, y = blobs(20, (9,))
    rule = started("mf", net)
    rule.M[0][2, 1] = bad
    net.blocks[0].parameters["W"][...] = 3e38
    with pytest.raises(DivergedError, match=r"Scores .* are NaN or infinite"):
        evaluate(net, rule, x, y)
