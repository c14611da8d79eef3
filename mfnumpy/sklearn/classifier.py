"""`LocalLearningClassifier`: a network and a learning rule behind scikit-learn's interface."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mfnumpy import engines, optim
from mfnumpy.errors import InvalidValueError
from mfnumpy.rules import Rule
from mfnumpy.sklearn import building
from mfnumpy.sklearn.compatible import CALLBACKS, CallbackSupportMixin, Tasks, with_callbacks
from mfnumpy.sklearn.fitted import FittedNetwork
from mfnumpy.sklearn.watch import HeldOut, Watch
from mfnumpy.support.seeding import fingerprints, stream
from mfnumpy.support.split import how_many, stratified
from mfnumpy.support.validate import integer, real


class LocalLearningClassifier(FittedNetwork, CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """A classifier of dense or convolutional blocks, trained by Mono-Forward or any other learning rule.

    hidden_layer_sizes: neurons of each block; with image_shape, maps. A number is one block.
    rule: a rule's name, see `mfnumpy info rules`, or a rule of one's own, of which a copy is trained.
    rule_options: further options of a rule that is given by name, as theta of "ff".
    prediction: the rule's prediction mode, None for its first.
    activation: "relu" or "tanh".
    bias: whether blocks have biases; the paper's have none, MLPClassifier's have.
    image_shape: (H, W, C) of rows that are flattened images; None for a dense network.
    solver: "adam" or "sgd".
    beta_1, beta_2, epsilon: of Adam.
    alpha: of the penalty alpha/2 |W|^2 for every W and M, shared out over the rows of a batch, or their weights, as in
        MLPClassifier.
    batch_size: rows of a step; "auto" for 200, or all rows where they are fewer.
    learning_rate: how the rate goes on: "constant", "linear" or "cosine" to 0 at max_iter, or a function of the share
        of all steps that are done.
    learning_rate_init: the rate at the beginning.
    learning_rates: other ones by kind of parameter ("W", "M", "b"), block or name, e.g. {"M": 0.01}.
    max_iter: passes over the data at most.
    tol, n_iter_no_change: the fit ends after more than so many passes in a row without an improvement by tol.
    early_stopping: whether rows are held out, their accuracy decides when to stop, and the best pass's parameters are
        kept; if not, the loss decides.
    validation_fraction: the share of the rows that is held out then.
    warm_start: whether `fit` goes on from where the last one ended.
    random_state: an integer, a RandomState or None; the seed of weights, order, held-out rows and wrong labels.
    verbose: whether each pass is told.
    engine: "auto", "reference" or "fast"; see `mfnumpy.engines`.
    threads: of the training, None for as many as pay off and BLAS may have.

    Where a rule writes the label over the first inputs (Forward-Forward), as many columns of zeros are put before X,
    so that no feature is lost. Where a rule draws, as Forward-Forward its wrong labels, equal rows of one label draw
    the same in a batch (`seeding.AlikeForEqual`). Otherwise a repeated row would learn from two wrong labels, and a row
    of weight 2 from one.

    After a fit: classes_, n_features_in_, feature_names_in_ (of a table with names), n_iter_ (of this fit),
    loss_curve_ (by pass: the sum of the losses of all blocks and the output, penalty left out), loss_, best_loss_ (None
    with early_stopping), validation_scores_, best_validation_score_ and layer_scores_ (each block's own accuracy by
    pass) of the held-out rows, else None; coefs_, intercepts_, projections_, net_, rule_, engine_ (what trained, and
    why).
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        rule: str | Rule = "mf",
        *,
        rule_options: Mapping[str, Any] | None = None,
        prediction: str | None = None,
        activation: str = "relu",
        bias: bool = True,
        image_shape: Sequence[int] | None = None,
        solver: str = "adam",
        alpha: float = 0.0,
        batch_size: int | str = "auto",
        learning_rate: str | Callable[[float], float] = "constant",
        learning_rate_init: float = 0.001,
        learning_rates: Mapping[str, float] | None = None,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
        beta_1: float = optim.BETA1,
        beta_2: float = optim.BETA2,
        epsilon: float = optim.EPSILON,
        engine: str = "auto",
        threads: int | None = None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.rule = rule
        self.rule_options = rule_options
        self.prediction = prediction
        self.activation = activation
        self.bias = bias
        self.image_shape = image_shape
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.learning_rates = learning_rates
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.engine = engine
        self.threads = threads

    # -- learning ----------------------------------------------------------------------------------------------------

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LocalLearningClassifier:
        """Train; returns itself.

        X: (N, n_features) numbers.
        y: (N,) labels of any kind.
        sample_weight: (N,) from 0 on, of the samples in every loss. A row of weight 0 is left out. In a batch, a row of
            weight w is as good as w equal rows.
        """
        fresh = not (self.warm_start and hasattr(self, "net_"))
        X, y, weights = self._checked(X, y, sample_weight, fresh)
        known = np.unique(y)
        if fresh:
            self._begin(X, known)
        elif not np.array_equal(known, self.classes_):
            raise ValueError(
                "warm_start goes on with the same classes as in the previous call to fit. Previously got "
                f"{self.classes_}, `y` has {known}."
            )
        self._moments: tuple | None = None
        return self._train(X, y, weights, integer("max_iter", self.max_iter, 1), self.early_stopping)

    @with_callbacks
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> LocalLearningClassifier:
        """One pass over these rows, from where the last call ended; returns itself.

        X, y, sample_weight: as of `fit`.
        classes: all labels that will ever come, needed at the first call.
        """
        fresh = not hasattr(self, "net_")
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        if fresh and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if not fresh and classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"`classes={classes}` is not the same as on last call to partial_fit: {self.classes_}.")
        X, y, weights = self._checked(X, y, sample_weight, fresh)
        if fresh:
            self._begin(X, np.unique(classes))
        return self._train(X, y, weights, 1, False, converges=False)

    def plug(self, width: int, X: Any = None, y: Any = None, sample_weight: Any = None) -> LocalLearningClassifier:
        """Put a fresh block on top; returns itself.

        width: its neurons; with image_shape, its maps.
        X, y, sample_weight: where given, and as of `fit`, the block is trained on them: it alone under a rule that can
            go block by block, as Mono-Forward, and all others keep every byte; under another rule all are trained.
            Without them, `partial_fit` or a `fit` with warm_start trains all.
        """
        check_is_fitted(self)
        make = self.net_.new_dense if self.image_shape is None else self.net_.new_conv
        self.net_.plug(make(width, bias=self.bias, activation=self.activation))
        self.rule_.plug(self.net_)
        if X is None:
            return self
        X, y, weights = self._checked(X, y, sample_weight, False)
        only = [len(self.net_.blocks) - 1] if "layer_by_layer" in self.rule_.schedules else None
        return self._train(X, y, weights, integer("max_iter", self.max_iter, 1), self.early_stopping, only=only)

    def unplug(self) -> LocalLearningClassifier:
        """Take the topmost block off; returns itself. Under Mono-Forward the block below has its own M to go on with.

        A readout is drawn anew where its inputs are other ones then. Raises InvalidValueError for the only block.
        """
        check_is_fitted(self)
        if len(self.net_.blocks) == 1:
            raise InvalidValueError("The network has one block only; a classifier needs it.")
        self.net_.unplug()
        self.rule_.plug(self.net_)
        return self

    def _begin(self, X: np.ndarray, classes: np.ndarray) -> None:
        """A network and a rule for this input and these classes."""
        if len(classes) < 2:
            raise ValueError(f"The number of classes has to be greater than one; got {len(classes)} class.")
        self.classes_ = classes
        self._seed = building.seed_of(self.random_state, check_random_state)
        self._runs, self._moments = 0, None
        self.rule_ = building.rule_of(self.rule, self.rule_options)
        self.rule_.checked_prediction(self.prediction)
        self.net_ = building.network_of(self, self.rule_, X.shape[1], len(classes), X.dtype.name, self._seed)
        self.rule_.start(self.net_, len(classes), self._seed)

    def _checked(
        self, X: Any, y: Any, sample_weight: Any, fresh: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Rows, labels and weights as arrays, without the rows of weight 0."""
        X, y = validate_data(self, X, y, reset=fresh, dtype=(np.float64, np.float32))
        check_classification_targets(y)
        if sample_weight is None:
            return X, y, None
        weights = _check_sample_weight(sample_weight, X, dtype=X.dtype)
        if not (weights >= 0).all() or not weights.any():
            raise ValueError(
                "sample_weight must hold numbers from 0 on, and not only 0. Negative values are no weights."
            )
        kept = weights > 0
        return (X, y, weights) if kept.all() else (X[kept], y[kept], weights[kept])

    def _train(
        self,
        X: np.ndarray,
        y: np.ndarray,
        weights: np.ndarray | None,
        epochs: int,
        hold_out: bool,
        *,
        converges: bool = True,
        only: Collection[int] | None = None,
    ) -> LocalLearningClassifier:
        """Train for so many passes at most; converges: warn where they were too few."""
        if not np.isin(y, self.classes_).all():
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}, "
                f"'y' has {np.setdiff1d(y, self.classes_)}."
            )
        labels, seed = np.searchsorted(self.classes_, y), building.seed_of_run(self._seed, self._runs)
        x, rows, held_out = self._inputs(X), np.arange(len(labels)), None
        if hold_out:
            count = how_many(self.validation_fraction, len(labels), "validation_fraction")
            rows, held = stratified(labels, count, stream(seed, "validation"))
            held_out = HeldOut(x[held], labels[held], None if weights is None else weights[held])
            x, labels, weights = x[rows], labels[rows], None if weights is None else weights[rows]
        tasks = Tasks(self, epochs, X, y, weights, self._fitted)
        watch = Watch(
            net=self.net_,
            rule=self.rule_,
            tol=real("tol", self.tol, "a number from 0 on", lambda v: v >= 0),
            patience=real("n_iter_no_change", self.n_iter_no_change, "a number from 1 on", lambda v: v >= 1),
            held_out=held_out,
            mode=self.rule_.checked_prediction(self.prediction),
            most=epochs,
            verbose=bool(self.verbose),
            tasks=tasks,
        )
        settings = building.settings_of(self, self.net_, len(labels), weights)
        settings |= {"epochs": epochs, "seed": seed, "only": only}
        chosen = engines.choose(self.net_, self.rule_, engine=self.engine, optimiser=self.solver)
        self.engine_ = chosen.line(settings["threads"])
        if self.verbose:
            print(self.engine_)
        with engines.trainer(self.net_, self.rule_, on_epoch=watch, **settings) as trainer:
            if self._moments is not None:
                trainer.optimiser.load_state(*self._moments)
            samples = fingerprints(x, labels) if self.rule_.draws else None
            trainer.fit(x, labels, weights=weights, samples=samples)
            self._moments = trainer.optimiser.state()
        watch.restore()
        self._runs += 1
        self._note(watch)
        if converges and not watch.stopped:
            warnings.warn(
                f"Maximum iterations ({epochs}) reached and the training has not converged yet.",
                ConvergenceWarning,
                stacklevel=4 if CALLBACKS else 3,
            )
        tasks.close()
        return self

    def _note(self, watch: Watch) -> None:
        """The attributes of a fit."""
        held_out = watch.held_out is not None
        self.n_iter_, self.loss_curve_, self.loss_ = len(watch.losses), watch.losses, watch.losses[-1]
        self.best_loss_ = None if held_out else watch.best_loss
        self.validation_scores_ = watch.scores if held_out else None
        self.best_validation_score_ = watch.best_score if held_out else None
        self.layer_scores_ = watch.layer_scores if held_out else None

    def _fitted(self) -> dict[str, Any]:
        """What a copy needs that is to predict as this one does now: for callbacks."""
        return dict(zip(("net_", "rule_"), building.copied(self.net_, self.rule_), strict=True))
