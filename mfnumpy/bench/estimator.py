"""The estimator against scikit-learn's MLPClassifier, in one run: seconds of a fit, and accuracy."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from mfnumpy.bench.rounds import alternate, ratios
from mfnumpy.errors import no_float_warnings
from mfnumpy.support.optional import require
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads


@dataclass(frozen=True)
class Case:
    """One comparison.

    dataset: by name.
    rows: of the training part that are taken, None for all.
    hidden: neurons of each block.
    rule: of our side; the other's is backpropagation.
    batch: rows of a step.
    threads: at most, of either side; ours takes fewer where they do not pay.
    """

    dataset: str
    rows: int | None
    hidden: tuple[int, ...]
    rule: str
    batch: int
    threads: int


@dataclass(frozen=True)
class Result:
    """What was measured.

    case: the comparison.
    seconds, peer_seconds: of one pass, the median round's.
    ratio: the peer's time over ours, median, least and greatest over the rounds.
    cpu_ratio: the same of processor seconds, over all rounds: what a machine that others use too leaves comparable.
    accuracy, peer_accuracy: on the test part, after the same number of passes.
    error: one standard error of their difference, by the number of test rows.
    rounds: that were timed.
    """

    case: dict
    seconds: float
    peer_seconds: float
    ratio: tuple[float, float, float]
    cpu_ratio: float
    accuracy: float
    peer_accuracy: float
    error: float
    rounds: int

    def line(self) -> str:
        """One line for a table."""
        c = self.case
        net = "-".join(map(str, c["hidden"]))
        middle, low, high = self.ratio
        return (
            f"{c['dataset']:<14}{net:<10}{c['rule']:<5}{c['batch']:>5}  ours {self.seconds:7.3f} s a pass, "
            f"{self.accuracy:.2%}  MLPClassifier {self.peer_seconds:7.3f} s, {self.peer_accuracy:.2%} "
            f"(1 standard error {self.error:.2%})  ratio {middle:.2f} ({low:.2f} to {high:.2f}), "
            f"of processor seconds {self.cpu_ratio:.2f}"
        )


def data(name: str, rows: int | None) -> tuple[Any, ...]:
    """x, y of the training part, some of its rows or all, and x, y of the test part."""
    from data_utils import load

    found = load(name, validation=0)
    chosen = stream(0, "bench rows").permutation(len(found.y_train))[:rows]
    return found.x_train[chosen], found.y_train[chosen], found.x_test, found.y_test


def models(case: Case, passes: int) -> dict[str, Any]:
    """Both estimators, unfitted: the same size, rate, batch and number of passes, and no other way to stop."""
    require("sklearn", "sklearn")
    from sklearn.neural_network import MLPClassifier

    from mfnumpy.sklearn import LocalLearningClassifier

    same: dict[str, Any] = {
        "hidden_layer_sizes": case.hidden,
        "batch_size": case.batch,
        "max_iter": passes,
        "random_state": 0,
    }
    same |= {"learning_rate_init": 1e-3, "alpha": 0.0, "tol": 0.0, "n_iter_no_change": 10**6}
    return {
        "ours": LocalLearningClassifier(rule=case.rule, **same),
        "peer": MLPClassifier(**same),
    }


def compare(case: Case, rounds: int, passes: int) -> Result:
    """Fit both in alternating rounds, and ask both about the test part at the end.

    case: what is compared.
    rounds: that are timed.
    passes: over the data, of each fit.
    """
    import warnings

    x, y, x_test, y_test = data(case.dataset, case.rows)
    both = models(case, passes)
    with warnings.catch_warnings(), blas_threads(case.threads), no_float_warnings():
        warnings.simplefilter("ignore")  # that so few passes have not converged
        timings = alternate({name: partial(model.fit, x, y) for name, model in both.items()}, rounds)
        accuracy = {name: float(model.score(x_test, y_test)) for name, model in both.items()}
    ours, peer = timings["ours"], timings["peer"]
    return Result(
        case=asdict(case),
        seconds=ours.median / passes,
        peer_seconds=peer.median / passes,
        ratio=ratios(ours, peer),
        cpu_ratio=sum(peer.cpu) / sum(ours.cpu),
        accuracy=accuracy["ours"],
        peer_accuracy=accuracy["peer"],
        error=math.sqrt(sum(a * (1 - a) for a in accuracy.values()) / len(y_test)),
        rounds=rounds,
    )
