"""When a run is evaluated on the test part: after every epoch, or of the epochs alone that may be reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mfnumpy.errors import DivergedError, unknown_name
from mfnumpy.measure import Evaluation
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.config import Config

TESTED = ("every", "kept")
"""every: the test accuracies of all epochs. kept: those of the epochs that validation keeps, and of the last."""


class TestPart:
    """Completes the entries of a history with test accuracies, while the training goes on.

    config: of the run.
    parameters: gives the arrays that training changes, by name.
    evaluate: evaluates on the test part, with the parameters as they are.

    With "kept", the parameters of the epochs that may be kept are copied, and put back after the last epoch: the
    accuracies are to the bit those of a run that tests every epoch. Raises UnknownNameError for another word.
    """

    __test__ = False  # no test of pytest's

    def __init__(self, config: Config, parameters: Callable[[], dict[str, Any]], evaluate: Callable[[], Evaluation]):
        if config.tested not in TESTED:
            raise unknown_name("choice of epochs to be tested", config.tested, TESTED)
        self.config, self.parameters, self.evaluate = config, parameters, evaluate
        self.history: list[dict[str, Any]] = []
        self._copies: dict[int, dict[str, Any]] = {}

    def note(self, entry: dict[str, Any]) -> None:
        """Take an epoch's entry; evaluate, or remember the epoch's parameters, as the configuration says.

        Raises DivergedError if a score is not finite; then the history ends before this epoch.
        """
        self.history.append(entry | {"main": next(iter(entry["val_accuracy"]))})
        try:
            self._evaluate_or_remember()
        except DivergedError:
            self.history.pop()  # an epoch whose scores are not finite is none
            raise

    def _evaluate_or_remember(self) -> None:
        if self.config.tested == "every":
            self._test(-1)
            return
        wanted, last = protocol.kept_epochs(self.history, self.config.patience), len(self.history) - 1
        self._copies = {epoch: copy for epoch, copy in self._copies.items() if epoch in wanted}
        if last in wanted:
            self._copies[last] = self._copy()
        if len(self.history) == self.config.epochs:
            self._test_kept()

    def _test_kept(self) -> None:
        """The last epoch, and then those that were kept; the parameters are the last epoch's again afterwards."""
        self._test(-1)
        self._copies.pop(len(self.history) - 1, None)
        at_the_end = self._copy() if self._copies else {}
        for epoch, copy in self._copies.items():
            self._put(copy)
            self._test(epoch)
        self._put(at_the_end)
        self._copies = {}

    def _test(self, epoch: int) -> None:
        found = self.evaluate()
        self.history[epoch] |= {"test_accuracy": found.accuracy, "test_layers": found.layers}

    def _copy(self) -> dict[str, Any]:
        return {name: parameter.copy() for name, parameter in self.parameters().items()}

    def _put(self, copy: dict[str, Any]) -> None:
        parameters = self.parameters()
        for name, values in copy.items():
            parameters[name][...] = values
