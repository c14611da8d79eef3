"""From the estimator's parameters to a network, a rule and the trainer's options."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mfnumpy import network, rules
from mfnumpy.engines import threads_that_pay
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.threads import threads_of_blas
from mfnumpy.support.validate import integer, real

LARGEST_SEED = 2**31 - 1
MOST_IN_A_BATCH = 200
"""What batch_size="auto" means, as in MLPClassifier."""


def seed_of(random_state: Any, check_random_state: Callable) -> int:
    """An integer is the seed itself, so that a Trainer with this seed trains the same; else one is drawn."""
    if isinstance(random_state, int | np.integer):
        return integer("random_state", random_state, 0)
    return int(check_random_state(random_state).randint(LARGEST_SEED))


def seed_of_run(seed: int, run: int) -> int:
    """The seed of the run after so many others: each draws another order. The first one's is the seed itself."""
    return seed if run == 0 else int(np.random.SeedSequence((seed, run)).generate_state(1)[0])


def rule_of(rule: str | Rule, options: Mapping[str, Any] | None) -> Rule:
    """A new rule by name, or a copy of the one given. Raises UnknownNameError, or InvalidValueError for options."""
    if isinstance(rule, str):
        return rules.make(rule, **(options or {}))
    if options:
        raise InvalidValueError("rule_options go with the name of a rule; the one given has its own.")
    return copy.deepcopy(rule)


def network_of(params: Any, rule: Rule, n_features: int, m: int, dtype: str, seed: int) -> Network:
    """The network that the estimator's parameters describe.

    params: the estimator.
    rule: what it is for: one that writes the label gets m inputs more.
    n_features: columns of the data.
    m: classes.
    dtype: of the data.
    seed: of the weights.
    """
    sizes = params.hidden_layer_sizes
    given = [sizes] if isinstance(sizes, int | np.integer) else list(sizes)
    if not given:
        raise InvalidValueError("hidden_layer_sizes must name at least one block, as (100,); got none.")
    widths = [integer("Every number in hidden_layer_sizes", width, 1) for width in given]
    options: dict[str, Any] = {"bias": bool(params.bias), "activation": params.activation, "seed": seed, "dtype": dtype}
    if params.image_shape is None:
        return network.mlp(n_features + (m if rule.writes_label else 0), widths, **options)
    shape = tuple(integer("Every number in image_shape", size, 1) for size in params.image_shape)
    if len(shape) != 3 or math.prod(shape) != n_features:
        raise InvalidValueError(
            f"image_shape must be (H, W, C) with H W C = {n_features}, the number of columns; got {shape}."
        )
    return network.cnn(shape, widths, **options)


def inputs_of(net: Network, rule: Rule, X: np.ndarray) -> np.ndarray:
    """X as the network wants it: its dtype, images in their shape, columns of zeros where the rule writes the label.

    net, rule: which belong together.
    X: (N, n_features).
    """
    if rule.writes_label and len(net.input_shape) == 1:
        x = np.zeros((len(X), *net.input_shape), net.dtype)
        x[:, rule.n_classes :] = X
        return x
    return np.ascontiguousarray(X, net.dtype).reshape(len(X), *net.input_shape)


def settings_of(params: Any, net: Network, rows: int, weights: np.ndarray | None = None) -> dict[str, Any]:
    """The options of `engines.trainer` that follow from the estimator's parameters.

    params: the estimator.
    net: to be trained.
    rows: to be trained on.
    weights: of these rows; a batch's weight, by which alpha is divided, is then its rows times their mean.
    """
    batch = min(MOST_IN_A_BATCH, rows)
    if params.batch_size != "auto":
        batch = integer("batch_size", params.batch_size, 1)
        if batch > rows:
            warnings.warn(f"batch_size={batch} is more than the {rows} rows; all of them are a batch.", stacklevel=5)
            batch = rows
    alpha = real("alpha", params.alpha, "a number from 0 on", lambda v: 0 <= v < math.inf)
    weight = batch if weights is None else batch * float(weights.mean(dtype=np.float64))
    options: dict[str, Any] = {"rates": params.learning_rates, "l2": alpha / weight}
    if params.solver == "adam":
        options |= {"beta1": params.beta_1, "beta2": params.beta_2, "epsilon": params.epsilon}
    threads = params.threads
    if threads is None:
        threads = min(threads_that_pay(net, batch), threads_of_blas() or 1)
    return {
        "engine": params.engine,
        "threads": integer("threads", threads, 1),
        "optimiser": params.solver,
        "optimiser_options": options,
        "lr": params.learning_rate_init,
        "batch_size": batch,
        "decay": params.learning_rate,
        "show_progress": False,
    }


def copied(net: Network, rule: Rule) -> tuple[Network, Rule]:
    """A copy of both, which belong together."""
    return copy.deepcopy((net, rule))
