"""Callbacks, which scikit-learn has from 1.9 on; with an earlier version nobody is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks

    CALLBACKS = True
except ImportError:  # scikit-learn before 1.9
    CALLBACKS = False

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """This version has no callbacks."""

    def with_callbacks(method: Callable) -> Callable:
        """The method itself."""
        return method


class Tasks:
    """The tasks of a fit, as scikit-learn's callbacks are told of them: the fit, and in it an epoch after the other.

    Where scikit-learn has no callbacks, or the estimator was given none, nobody is told.

    estimator: that is fitted.
    epochs: at most so many.
    X, y, weights: what it is trained on; weights may be None.
    state: gives the attributes that a copy needs to predict as the estimator would now.
    """

    def __init__(self, estimator: Any, epochs: int, X: Any, y: Any, weights: Any, state: Callable[[], dict]):
        self.estimator, self.state = estimator, state
        self.told = {"X": X, "y": y, "metadata": None if weights is None else {"sample_weight": weights}}
        self.fit: Any = None
        self.epoch: Any = None
        if CALLBACKS:
            self.fit = estimator._init_callback_context(max_subtasks=epochs)
            self.fit.call_on_fit_task_begin(estimator=estimator, **self.told)
            self.begin()

    def begin(self) -> None:
        """An epoch begins."""
        if self.fit is not None:
            self.epoch = self.fit.subcontext(task_name="epoch")
            self.epoch.call_on_fit_task_begin(estimator=self.estimator, **self.told)

    def end(self, *, more: bool) -> bool:
        """An epoch has ended; more: another follows. Returns whether a callback asks to stop."""
        if self.fit is None:
            return False
        stop = bool(self._end(self.epoch))
        if more and not stop:
            self.begin()
        return stop

    def close(self) -> None:
        """The fit has ended."""
        if self.fit is not None:
            self._end(self.fit)

    def _end(self, task: Any) -> Any:
        return task.call_on_fit_task_end(estimator=self.estimator, reconstruction_attributes=self.state, **self.told)


__all__ = ["CALLBACKS", "CallbackSupportMixin", "Tasks", "with_callbacks"]
