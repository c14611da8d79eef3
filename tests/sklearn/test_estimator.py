"""The estimator where people put it: searches, pipelines, calibration, inspection, files, tables; and what it says."""

from __future__ import annotations

import pickle
import warnings

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mfnumpy import Adam, Trainer, evaluate, mlp, rules
from mfnumpy.errors import InvalidValueError, LabelError, ShapeError, UnknownNameError
from mfnumpy.sklearn import LocalLearningClassifier
from mfnumpy.sklearn.compatible import CALLBACKS
from mfnumpy.support.seeding import stream

VOICES = [n for n, r in rules.RULES.items() if n.startswith("ff") or "ff" in r.predictions or n == "deep_supervision"]
DUMB = [n for n in rules.RULES if n not in VOICES]
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def digits():
    """300 small digits to learn from and 300 to be asked about, with words for labels."""
    x, y = load_digits(return_X_y=True)
    words = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    return x[:300] / 16, words[y[:300]], x[300:600] / 16, words[y[300:600]]


def quick(rule="mf", **options):
    """A small estimator of few passes."""
    return LocalLearningClassifier(
        **({"rule": rule, "hidden_layer_sizes": (20, 12), "max_iter": 15, "random_state": 0} | options)
    )


def learned(model) -> list[np.ndarray]:
    """Copies of everything that the model has learned."""
    return [array.copy() for array in model.rule_.parameters(model.net_).values()]


def assert_same(a: list[np.ndarray], b: list[np.ndarray]) -> None:
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one, other)


# -- among scikit-learn's own -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_clone_is_unfitted_and_learns_the_same(rule, digits):
    x, y, new, _ = digits
    model = quick(rule, rule_options=None, learning_rates={"W": 0.002}).fit(x, y)
    again = clone(model)
    with pytest.raises(NotFittedError):
        again.predict(new)
    assert again.get_params() == model.get_params()
    assert_same(learned(again.fit(x, y)), learned(model))
    np.testing.assert_array_equal(again.predict(new), model.predict(new))


def test_cross_val_predict_has_labels_and_probabilities(digits):
    x, y, *_ = digits
    model = quick(max_iter=40, learning_rate_init=0.01)
    labels = cross_val_predict(model, x, y, cv=3)
    p = cross_val_predict(model, x, y, cv=3, method="predict_proba")
    assert (labels == y).mean() > 0.8
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_array_equal(np.unique(y)[p.argmax(axis=1)], labels)


def test_a_grid_search_in_two_processes_finds_what_one_finds(digits):
    x, y, *_ = digits
    grid = {"rule": ["mf", "bp"], "learning_rate_init": [1e-5, 1e-2]}
    two, one = (GridSearchCV(quick(), grid, cv=2, n_jobs=n).fit(x, y) for n in (2, 1))
    assert two.best_params_["learning_rate_init"] == 1e-2
    np.testing.assert_allclose(two.cv_results_["mean_test_score"], one.cv_results_["mean_test_score"])


def test_a_pipeline_takes_weights_by_its_step_and_parameters_by_name():
    x, y = load_breast_cancer(return_X_y=True)
    model = make_pipeline(StandardScaler(), quick(max_iter=60))
    w = 1 + 4.0 * (y == 0)
    plain, weighted = model.fit(x[:400], y[:400]).score(x[400:], y[400:]), clone(model)
    weighted.fit(x[:400], y[:400], locallearningclassifier__sample_weight=w[:400])
    assert plain > 0.93
    p, q = model.predict_proba(x[400:])[:, 0], weighted.predict_proba(x[400:])[:, 0]
    assert q.mean() > p.mean()  # class 0 counts for more
    model.set_params(locallearningclassifier__rule="bp").fit(x[:400], y[:400])
    assert model[-1].rule_.name == "bp"


def test_calibration_takes_it():
    x, y = load_breast_cancer(return_X_y=True)
    model = CalibratedClassifierCV(make_pipeline(StandardScaler(), quick(max_iter=40)), cv=3).fit(x[:400], y[:400])
    assert model.score(x[400:], y[400:]) > 0.93


def test_permutation_importance_finds_the_column_that_matters():
    rng = stream(0, "columns")
    x = rng.standard_normal((300, 4)).astype("float32")
    y = np.where(x[:, 2] > 0, "up", "down")
    model = quick(max_iter=60, learning_rate_init=0.01).fit(x, y)
    found = permutation_importance(model, x, y, n_repeats=3, random_state=0).importances_mean
    assert found.argmax() == 2
    assert found[2] > 0.3
    assert np.abs(np.delete(found, 2)).max() < 0.1


@pytest.mark.parametrize("rule", rules.RULES)
def test_files_and_pickles_keep_what_was_learned_and_go_on(rule, digits, tmp_path):
    x, y, new, _ = digits
    model = quick(rule).partial_fit(x, y, classes=np.unique(y))
    joblib.dump(model, tmp_path / "model.joblib")
    copies, p = (joblib.load(tmp_path / "model.joblib"), pickle.loads(pickle.dumps(model))), model.predict_proba(new)
    model.partial_fit(x, y)  # with the moments that Adam had
    for again in copies:
        np.testing.assert_array_equal(again.predict_proba(new), p)
        assert_same(learned(again.partial_fit(x, y)), learned(model))


def test_a_table_of_pandas_gives_its_names_and_they_are_checked(digits):
    pandas = pytest.importorskip("pandas")
    x, y, new, _ = digits
    table = pandas.DataFrame(x, columns=[f"pixel {i}" for i in range(64)])
    model = quick().fit(table, pandas.Series(y))
    assert list(model.feature_names_in_) == list(table.columns)
    assert model.n_features_in_ == 64
    expected = quick().fit(x, y).predict(new)
    np.testing.assert_array_equal(model.predict(pandas.DataFrame(new, columns=table.columns)), expected)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(table.rename(columns={"pixel 3": "pixel three"}))


def test_metadata_routing_knows_sample_weight():
    with sklearn.config_context(enable_metadata_routing=True):
        model = LocalLearningClassifier().set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        assert model.get_metadata_routing().fit.requests == {"sample_weight": True}
        assert model.get_metadata_routing().score.requests == {"sample_weight": False}


# -- labels, dtypes, seeds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [[3, 7], ["no", "yes"], [False, True], [-1.0, 2.0], np.array(["a", "b"], object)])
def test_any_labels_come_back_as_they_were(labels):
    x = stream(0, "x").standard_normal((60, 5))
    y = np.asarray(labels)[(x[:, 0] > 0).astype(int)]
    model = quick(max_iter=60, learning_rate_init=0.01).fit(x.tolist(), y.tolist())
    found = model.predict(x)
    assert (found == y).mean() > 0.9
    assert set(found.tolist()) <= set(np.asarray(labels).tolist())
    assert model.decision_function(x).shape == (60,)
    np.testing.assert_array_equal(model.decision_function(x) > 0, found == model.classes_[1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_float32_stays_and_everything_else_is_float64(dtype, digits):
    x, y, new, _ = digits
    model = quick().fit(x.astype(dtype), y)
    assert {array.dtype.name for array in learned(model)} == {dtype}
    assert model.predict_proba(new).dtype == dtype
    assert quick().fit((x * 16).astype(int), y).net_.dtype == "float64"


def test_a_seed_repeats_and_a_random_state_goes_on(digits):
    x, y, *_ = digits
    assert_same(learned(quick().fit(x, y)), learned(quick().fit(x, y)))
    state = np.random.RandomState(3)
    first, second = (learned(quick(random_state=state).fit(x, y)) for _ in range(2))
    assert np.abs(first[0] - second[0]).max() > 0
    assert_same(first, learned(quick(random_state=np.random.RandomState(3)).fit(x, y)))


@pytest.mark.parametrize("rule", [name for name in rules.RULES if not name.startswith("ff")])
def test_it_trains_as_a_trainer_of_that_seed(rule, digits):
    """The same bytes; Forward-Forward has columns for the label more."""
    x, y, new, right = digits
    model = quick(rule, engine="reference", threads=1, batch_size=32, tol=0, n_iter_no_change=1000).fit(x, y)
    net, own = mlp(64, (20, 12), bias=True, seed=0, dtype="float64"), rules.make(rule)
    own.start(net, 10, 0)
    labels = np.searchsorted(model.classes_, y)
    Trainer(net, own, Adam(1e-3), epochs=15, batch_size=32, seed=0).fit(x, labels)
    assert_same(learned(model), list(own.parameters(net).values()))
    accuracy = evaluate(net, own, new, np.searchsorted(model.classes_, right)).main
    assert model.score(new, right) == pytest.approx(accuracy, abs=1e-12)


# -- weights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_row_of_weight_0_is_a_row_that_is_not_there(rule, digits):
    x, y, *_ = digits
    w = stream(0, "w").uniform(0.5, 2, len(y))
    w[50:70] = 0
    kept = w > 0
    given = w.copy()
    assert_same(learned(quick(rule).fit(x, y, w)), learned(quick(rule).fit(x[kept], y[kept], w[kept])))
    np.testing.assert_array_equal(w, given)


@pytest.mark.parametrize("rule", rules.RULES)
def test_weights_move_what_is_learned(rule, digits):
    """Every row is there twice, with two labels: the heavier one is believed."""
    x, y, *_ = digits
    other = np.roll(np.unique(y), 1)[np.searchsorted(np.unique(y), y)]
    both, labels, w = np.vstack([x, x]), np.concatenate([y, other]), np.repeat([1.0, 0.05], len(y))
    options = {"max_iter": 20, "learning_rate_init": 0.01}
    right = quick(rule, **options).fit(both, labels, w).score(x, y)
    wrong = quick(rule, **options).fit(both, labels, w[::-1]).score(x, y)
    assert right > wrong + 0.2


@pytest.mark.parametrize("bad", [np.zeros(300), -np.ones(300), np.ones(299), np.full(300, np.nan)])
def test_weights_that_are_none_are_refused(bad, digits):
    x, y, *_ = digits
    with pytest.raises(ValueError, match=r"(?i)weight|nan|samples"):
        quick().fit(x, y, bad)


# -- going on ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules.RULES)
def test_partial_fit_goes_on_pass_by_pass(rule, digits):
    x, y, *_ = digits
    model, classes, losses = quick(rule, hidden_layer_sizes=60, learning_rate_init=0.003), np.unique(y), []
    for _ in range(10):
        for rows in (slice(0, 150), slice(150, 300)):
            model.partial_fit(x[rows], y[rows], classes=classes)
            assert model.n_iter_ == 1
            losses.append(model.loss_)
    assert sum(losses[-2:]) < 0.97 * sum(losses[:2])
    one = quick(rule).partial_fit(x, y, classes)
    assert_same(learned(one), learned(quick(rule, max_iter=1).fit(x, y)))
    before = learned(one)
    one.partial_fit(x[:40], y[:40])
    assert any(np.abs(a - b).max() > 0 for a, b in zip(learned(one), before, strict=True))


def test_partial_fit_asks_for_the_classes_and_keeps_to_them(digits):
    x, y, *_ = digits
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        quick().partial_fit(x, y)
    model = quick().partial_fit(x[:5], y[:5], classes=np.unique(y))
    assert list(model.classes_) == sorted(np.unique(y))
    with pytest.raises(ValueError, match=r"not in `self\.classes_`"):
        model.partial_fit(x[:2], ["ten", "zero"])
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(x, y, classes=["zero", "one"])
    with pytest.raises(ValueError, match="early_stopping"):
        quick(early_stopping=True).partial_fit(x, y, np.unique(y))


def test_warm_start_goes_on_and_without_it_a_fit_begins_anew(digits):
    x, y, *_ = digits
    model = quick(warm_start=True).fit(x, y)
    first = model.loss_curve_
    model.fit(x, y)
    assert model.n_iter_ == 15  # of this fit
    assert model.loss_curve_[0] < first[-1] * 1.05
    with pytest.raises(ValueError, match="same classes"):
        model.fit(x, np.where(y == "one", "ein", y))
    cold = quick().fit(x, y)
    assert_same(learned(cold), learned(cold.fit(x, y)))


# -- blocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", VOICES)
def test_each_block_has_an_opinion(rule, digits):
    x, y, new, right = digits
    model = quick(rule, max_iter=40, learning_rate_init=0.01).fit(x, y)
    said, scores = model.layer_predict(new), model.layer_score(new, right)
    assert said.shape == (300, 2)
    np.testing.assert_allclose(scores, (said == right[:, None]).mean(axis=0))
    assert scores.min() > 0.2
    w = stream(0, "w").random(300)
    assert model.layer_score(new, right, w)[0] == pytest.approx(np.average(said[:, 0] == right, weights=w))
    if rule == "mf":
        np.testing.assert_array_equal(said[:, -1], model.set_params(prediction="bp").predict(new))


@pytest.mark.parametrize("rule", DUMB)
def test_a_rule_without_opinions_of_blocks_says_so(rule, digits):
    x, y, new, _ = digits
    model = quick(rule, max_iter=1).fit(x, y)
    with pytest.raises(InvalidValueError, match="gives its blocks no scores of their own"):
        model.layer_predict(new)


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_block_is_plugged_in_trained_and_taken_off(rule, digits):
    x, y, new, right = digits
    model = quick(rule, max_iter=40, learning_rate_init=0.01).fit(x, y)
    below = {k: v.copy() for k, v in model.net_.parameters().items()}
    before = model.predict_proba(new)
    model.plug(15, x, y)
    assert [block.linear.n_outputs for block in model.net_.blocks] == [20, 12, 15]
    assert model.score(new, right) > 0.15
    same = all(np.array_equal(model.net_.parameters()[k], v) for k, v in below.items())
    assert same == ("layer_by_layer" in model.rule_.schedules or rule == "shallow")
    model.partial_fit(x, y)
    model.unplug()
    assert len(model.net_.blocks) == 2
    assert model.predict_proba(new).shape == before.shape
    model.unplug()
    with pytest.raises(InvalidValueError, match="one block only"):
        model.unplug()


def test_what_was_learned_can_be_looked_at(digits):
    x, y, *_ = digits
    mf, bp = quick("mf").fit(x, y), quick("bp", bias=False).fit(x, y)
    assert [W.shape for W in mf.coefs_] == [(64, 20), (20, 12), (12, 10)]
    assert [M.shape for M in mf.projections_] == [(10, 20), (10, 12)]
    assert [b.shape for b in mf.intercepts_] == [(20,), (12,)]
    np.testing.assert_array_equal(mf.coefs_[-1], mf.projections_[-1].T)
    assert [W.shape for W in bp.coefs_] == [(64, 20), (20, 12), (12, 10)]
    assert bp.intercepts_ == bp.projections_ == []
    ff = quick("ff").fit(x, y)
    assert [W.shape for W in ff.coefs_] == [(74, 20), (20, 12)]  # ten inputs more, for the label
    assert not hasattr(LocalLearningClassifier(), "coefs_")


# -- when it stops ----------------------------------------------------------------------------------------------------


def test_without_progress_it_stops_and_with_too_few_passes_it_warns(digits):
    x, y, *_ = digits
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = quick(max_iter=500, tol=0.5, n_iter_no_change=3).fit(x, y)
    assert model.n_iter_ < 60
    assert model.best_loss_ == min(model.loss_curve_)
    assert model.loss_ == model.loss_curve_[-1]
    assert model.validation_scores_ is model.best_validation_score_ is model.layer_scores_ is None
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(4\)"):
        quick(max_iter=4).fit(x, y)


def test_early_stopping_keeps_the_best_pass(digits):
    x, y, *_ = digits
    model = quick(max_iter=200, early_stopping=True, n_iter_no_change=5, validation_fraction=0.2).fit(x, y)
    assert model.best_loss_ is None
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert len(model.validation_scores_) == len(model.layer_scores_) == model.n_iter_ < 200
    assert len(model.layer_scores_[0]) == 2
    best = int(np.argmax(model.validation_scores_)) + 1
    shorter = quick(max_iter=best, early_stopping=True, n_iter_no_change=500, validation_fraction=0.2).fit(x, y)
    assert_same(learned(model), learned(shorter))


def test_verbose_tells_each_pass(digits, capsys):
    x, y, *_ = digits
    quick(max_iter=2, verbose=True, early_stopping=True).fit(x, y)
    said = capsys.readouterr().out
    assert said.startswith("engine: fast, 1 thread")
    assert "Iteration 2, loss = " in said
    assert said.count("Validation score: ") == 2


# -- options ----------------------------------------------------------------------------------------------------------


def test_images_by_their_shape_are_trained_as_maps(digits):
    x, y, new, right = digits
    options = {"image_shape": (8, 8, 1), "hidden_layer_sizes": (6, 8), "learning_rate_init": 0.01, "max_iter": 30}
    model = quick(**options).fit(x, y)
    assert [W.shape for W in model.coefs_] == [(9, 6), (54, 8), (32, 10)]
    assert model.score(new, right) > 0.8
    model.unplug().plug(7, x, y)
    with pytest.raises(InvalidValueError, match="H W C = 64"):
        quick(**options | {"image_shape": (8, 4, 1)}).fit(x, y)
    with pytest.raises(InvalidValueError, match="cannot train a convolutional network"):
        quick("ff", **options).fit(x, y)


def test_the_other_options_reach_the_training(digits):
    x, y, *_ = digits
    plain = learned(quick().fit(x, y))
    for options in (
        {"alpha": 10.0},
        {"learning_rate": "linear"},
        {"learning_rate": lambda done: 0.5},
        {"learning_rates": {"M": 0.01}},
        {"activation": "tanh"},
        {"batch_size": 17},
        {"solver": "sgd"},
        {"beta_1": 0.5},
        {"beta_2": 0.9},
        {"epsilon": 0.1},
    ):
        other = learned(quick(**options).fit(x, y))
        assert np.abs(other[0] - plain[0]).max() > 1e-6, options
    shrunk = learned(quick(alpha=100.0, max_iter=100, learning_rate_init=0.01).fit(x, y))
    assert np.abs(shrunk[0]).mean() < np.abs(plain[0]).mean() / 2
    assert learned(quick("ff", rule_options={"theta": 2.0}).fit(x, y))[0].shape == (74, 20)
    assert quick(activation="tanh").fit(x, y).engine_.endswith("the fast engine is written for ReLU, not for tanh")


def test_a_rule_of_ones_own_can_be_given_and_is_copied(digits):
    x, y, *_ = digits
    own = rules.RULES["mf"]()
    model = quick(own).fit(x, y)
    assert own.n_classes == 0
    assert_same(learned(model), learned(quick("mf").fit(x, y)))
    with pytest.raises(InvalidValueError, match="go with the name of a rule"):
        quick(own, rule_options={"theta": 1}).fit(x, y)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"rule": "fm"}, UnknownNameError, "no rule named 'fm'"),
        ({"prediction": "all"}, UnknownNameError, "prediction mode"),
        ({"hidden_layer_sizes": ()}, InvalidValueError, "at least one block"),
        ({"hidden_layer_sizes": (5, 0)}, InvalidValueError, "hidden_layer_sizes"),
        ({"max_iter": 0}, InvalidValueError, "max_iter"),
        ({"alpha": -1}, InvalidValueError, "alpha"),
        ({"tol": -1}, InvalidValueError, "tol"),
        ({"batch_size": 0}, InvalidValueError, "batch_size"),
        ({"learning_rate": "adaptive"}, UnknownNameError, "decay"),
        ({"learning_rate": lambda done: -1}, InvalidValueError, "decay"),
        ({"learning_rates": {"V": 1.0}}, UnknownNameError, "learning rate"),
        ({"solver": "lbfgs"}, UnknownNameError, "optimiser"),
        ({"engine": "quick"}, UnknownNameError, "engine"),
        ({"random_state": -1}, InvalidValueError, "random_state"),
        ({"early_stopping": True, "validation_fraction": 1.5}, InvalidValueError, "validation_fraction"),
    ],
)
def test_what_makes_no_sense_is_named(options, error, says, digits):
    x, y, *_ = digits
    with pytest.raises(error, match=says):
        quick(**options).fit(x, y)


# -- callbacks --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CALLBACKS, reason="scikit-learn before 1.9 has no callbacks")
def test_callbacks_are_told_of_each_pass_can_predict_and_can_stop(digits):
    x, y, new, right = digits

    class Watch:
        """Notes the tasks, and asks to stop after the third pass."""

        def __init__(self):
            self.told, self.accuracies = [], []

        def setup(self, estimator, context):
            self.told.append("setup")

        def teardown(self, estimator, context):
            self.told.append("teardown")

        def on_fit_task_begin(self, estimator, context):
            self.told.append(f"begin {context.task_name}")

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            self.told.append(f"end {context.task_name}")
            self.accuracies.append(fitted_estimator.score(new, right))
            return context.task_name == "epoch" and context.task_id == 2

    watch = Watch()
    model = quick(learning_rate_init=0.01).set_callbacks(watch).fit(x, y)
    passes = ["begin epoch", "end epoch"] * 3
    assert watch.told == ["setup", "begin fit", *passes, "end fit", "teardown"]
    assert model.n_iter_ == 3
    assert watch.accuracies[2] == watch.accuracies[3] == model.score(new, right)
    assert watch.accuracies[0] < watch.accuracies[2]


def test_errors_of_mfnumpy_are_values_where_scikit_learn_wants_them():
    assert issubclass(InvalidValueError, ValueError)
    assert issubclass(LabelError, ValueError)
    assert issubclass(ShapeError, ValueError)
