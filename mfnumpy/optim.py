"""Optimisers: the step as a pure function, and a class that remembers what the step needs between batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from mfnumpy import choices
from mfnumpy.backend import Array, backend_of, blocks_of, xp_of
from mfnumpy.errors import CheckpointError, DTypeError, ShapeError, unknown_name
from mfnumpy.support.validate import check_floats, positive, real

LR: float = choices.LEARNING_RATE.default
BETA1, BETA2, EPSILON = (choices.ADAM.value[name] for name in ("beta1", "beta2", "epsilon"))


def _check_step(where: str, **arrays: Array) -> None:
    """Raises DTypeError, BackendError or ShapeError unless these are floats of one shape."""
    check_floats(where, **arrays)
    if len({array.shape for array in arrays.values()}) > 1:
        got = ", ".join(f"{name} {tuple(array.shape)}" for name, array in arrays.items())
        raise ShapeError(f"{where}: all arrays must have one shape; got {got}.")


def sgd_step(parameter: Array, gradient: Array, lr: float) -> Array:
    """parameter - lr * gradient: the update as it is printed in Eqs. (7) and (8).

    parameter, gradient: the same shape.
    lr: eta.
    Returns a new array.
    """
    _check_step("SGD", parameter=parameter, gradient=gradient)
    return parameter - lr * gradient


def adam_step(
    parameter: Array,
    gradient: Array,
    m: Array,
    v: Array,
    t: int,
    lr: float = LR,
    beta1: float = BETA1,
    beta2: float = BETA2,
    epsilon: float = EPSILON,
) -> tuple[Array, Array, Array]:
    """One step of Adam.

        m <- beta1 m + (1 - beta1) g           m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2         v_hat = v / (1 - beta2^t)
        parameter <- parameter - lr m_hat / (sqrt(v_hat) + epsilon)

    parameter: of any shape.
    gradient: g, of the parameter's shape.
    m, v: running means of g and of g^2, of that shape too; zeros before the first step.
    t: 1 at this parameter's first step.
    lr: the step size.
    beta1, beta2: how much of the old m and v stays.
    epsilon: keeps the division from zero.
    Returns new arrays (parameter, m, v). Source: Kingma and Ba 2015, Algorithm 1.
    """
    _check_step("Adam", parameter=parameter, gradient=gradient, m=m, v=v)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * (gradient * gradient)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return parameter - lr * m_hat / (xp_of(v_hat).sqrt(v_hat) + epsilon), m, v


ADAM_KERNEL = (
    "T g, T lr, T beta1, T rest1, T beta2, T rest2, T epsilon, T bias1, T bias2",
    "T p, T m, T v",
    "m = beta1 * m + rest1 * g; v = beta2 * v + rest2 * (g * g); "
    "p = p - lr * (m / bias1) / (sqrt(v / bias2) + epsilon)",
    "adam",
)
"""`adam_step` as one kernel of a GPU: inputs, outputs, formula, name. rest: 1 - beta; bias: 1 - beta^t."""


class Optimiser(Protocol):
    """What the trainer needs of an optimiser."""

    lr: float

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """Change the parameter in place by one step of size lr * scale.

        name: of the parameter, "block1.W"; by it the optimiser knows what it remembers of it.
        parameter, gradient: the same shape.
        scale: the batch's share of the learning rate.
        """

    def spec(self) -> dict:
        """A JSON description from which it can be rebuilt."""

    def state(self) -> tuple[dict[str, Array], dict[str, int]]:
        """The arrays and the time steps that a checkpoint must hold."""

    def load_state(self, arrays: Mapping[str, Array], times: Mapping[str, int]) -> None:
        """Take up the state that `state` returned."""


def check_gradient(name: str, parameter: Array, gradient: Array) -> None:
    """Check that a gradient is an array of its parameter's shape. Raises DTypeError or ShapeError, naming it.

    name: of the parameter, for the message.
    parameter: what is to be changed.
    gradient: what a rule, or a student's function, computed for it.
    """
    if not hasattr(gradient, "shape"):
        raise DTypeError(
            f"{name}: the gradient must be an array; got {type(gradient).__name__}. "
            "Does the function that computes it end with return?"
        )
    if parameter.shape != gradient.shape:
        raise ShapeError(
            f"{name}: the parameter is {tuple(parameter.shape)}, its gradient {tuple(gradient.shape)}; "
            "expected one shape."
        )


def _check_beta(name: str, beta: float) -> float:
    return real(name, beta, "a number from 0 to below 1", lambda v: 0 <= v < 1)


class StepSizes:
    """What the optimisers share: a rate for each parameter, and what pulls weights towards zero.

    lr: the learning rate.
    rates: other ones, by a parameter's name ("block4.M"), else by whose it is ("block4", "readout"), else by its kind
        ("W", "M", "b").
    l2: added to the gradient of every W and M is l2 times the parameter: the gradient of the penalty l2/2 |W|^2.
    weight_decay: every W and M is multiplied by 1 - rate * weight_decay at each of its steps, whatever its gradient.
    Biases are left alone by both. Source: Loshchilov and Hutter 2019, which tells the two apart.
    """

    def __init__(self, lr: float, rates: Mapping[str, float] | None = None, l2: float = 0.0, weight_decay: float = 0.0):
        self.lr = positive("The learning rate lr", lr)
        self.rates = {k: positive(f"The learning rate of {k}", rate) for k, rate in (rates or {}).items()}
        self.l2 = real("l2", l2, "a number from 0 on", lambda v: 0 <= v < float("inf"))
        self.weight_decay = real("weight_decay", weight_decay, "a number from 0 on", lambda v: 0 <= v < float("inf"))

    def rate_of(self, name: str) -> float:
        """The learning rate of a parameter: by its name, else by its owner's, else by its kind, else lr."""
        if not self.rates:
            return self.lr
        owner, _, kind = name.rpartition(".")
        return next((self.rates[key] for key in (name, owner, kind) if key in self.rates), self.lr)

    def check_rates(self, names: Collection[str]) -> None:
        """Check that every rate is that of a parameter there is. Raises UnknownNameError for a key that none has."""
        known = {part for name in names for part in (name, *name.rpartition(".")[::2])} - {""}
        for key in self.rates:
            if key not in known:
                raise unknown_name("parameter, block or kind of parameter with a learning rate", key, known)

    def shrinks(self, name: str) -> bool:
        """Whether this parameter is pulled towards zero: every W and M, and no bias."""
        return bool(self.l2 or self.weight_decay) and not name.endswith(".b")

    def options(self) -> dict:
        """What was asked for beside lr, for descriptions: of a plain optimiser nothing."""
        asked = {"rates": self.rates, "l2": self.l2, "weight_decay": self.weight_decay}
        return {key: value for key, value in asked.items() if value}


def shrunk(parameter: Array, gradient: Array, l2: float, share: float) -> tuple[Array, Array]:
    """The parameter times 1 - share, and the gradient plus l2 times the parameter as it was.

    parameter, gradient: the same shape.
    l2: see `StepSizes`.
    share: the rate times weight_decay.
    Returns new arrays.
    """
    _check_step("Weight decay", parameter=parameter, gradient=gradient)
    return parameter * (1 - share), gradient + l2 * parameter


class SGD(StepSizes):
    """Stochastic gradient descent, as printed in Eqs. (7) and (8).

    lr, rates, l2, weight_decay: those of `StepSizes`.
    """

    def __init__(
        self, lr: float = 0.1, *, rates: Mapping[str, float] | None = None, l2: float = 0.0, weight_decay: float = 0.0
    ):
        super().__init__(lr, rates, l2, weight_decay)

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """Change the parameter in place by `sgd_step`; arguments as in `Optimiser.update`.

        Raises DTypeError for a gradient that is no array, ShapeError for one of another shape.
        """
        check_gradient(name, parameter, gradient)
        lr = self.rate_of(name) * scale
        if self.shrinks(name):
            parameter[...], gradient = shrunk(parameter, gradient, self.l2, lr * self.weight_decay)
        parameter[...] = sgd_step(parameter, gradient, lr)

    def spec(self) -> dict:
        """A JSON description from which it can be rebuilt."""
        return {"optimiser": "sgd", "lr": self.lr} | self.options()

    def state(self) -> tuple[dict[str, Array], dict[str, int]]:
        """SGD remembers nothing."""
        return {}, {}

    def load_state(self, arrays: Mapping[str, Array], times: Mapping[str, int]) -> None:
        """Nothing to take up; raises CheckpointError if there is something."""
        if arrays or times:
            raise CheckpointError(
                "The checkpoint holds an optimiser's moments, but SGD has none. Resume with the optimiser of that run."
            )


class Adam(StepSizes):
    """Adam with moments m, v and time t for each parameter.

    lr, beta1, beta2, epsilon: as in `adam_step`; by default those of `choices`.

    t counts the steps of that parameter, not the calls: a local rule updates each block on its own, and a block
    that is plugged in later starts at t = 1.
    rates, l2, weight_decay: those of `StepSizes`.
    """

    def __init__(
        self,
        lr: float = LR,
        beta1: float = BETA1,
        beta2: float = BETA2,
        epsilon: float = EPSILON,
        *,
        rates: Mapping[str, float] | None = None,
        l2: float = 0.0,
        weight_decay: float = 0.0,
    ):
        super().__init__(lr, rates, l2, weight_decay)
        self.beta1, self.beta2 = _check_beta("beta1", beta1), _check_beta("beta2", beta2)
        self.epsilon = positive("epsilon", epsilon)
        self.m: dict[str, Array] = {}
        self.v: dict[str, Array] = {}
        self.t: dict[str, int] = {}
        self._of: dict[str, Array] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes with it: moments and times, but not whose they are, for its parameters may be copies too.

        As after a checkpoint, the first array of the right shape takes up the moments of its name.
        """
        return vars(self) | {"_of": {}}

    def _is_new(self, name: str, parameter: Array) -> bool:
        """Whether this parameter has no moments yet: its name is new, or what had its name is gone. Remembers it.

        After a checkpoint, the first array of the right shape takes up the moments of its name.
        """
        known = name in self.m and self.m[name].shape == parameter.shape and self._of.get(name, parameter) is parameter
        self._of[name] = parameter
        return not known

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """Change the parameter in place by `adam_step`, block by block so that temporaries stay in the cache.

        Arguments as in `Optimiser.update`.
        Raises DTypeError for a gradient that is no array, ShapeError for one of another shape.
        """
        check_gradient(name, parameter, gradient)
        if self._is_new(name, parameter):
            xp = xp_of(parameter)
            self.m[name], self.v[name], self.t[name] = xp.zeros_like(parameter), xp.zeros_like(parameter), 0
        self.t[name] += 1
        lr = self.rate_of(name) * scale
        if self.shrinks(name):
            parameter[...], gradient = shrunk(parameter, gradient, self.l2, lr * self.weight_decay)
        kernel = backend_of(parameter, gradient).kernel
        if kernel is not None:
            self._by_kernel(kernel(*ADAM_KERNEL), name, parameter, gradient, lr)
            return
        arrays = (parameter, gradient, self.m[name], self.v[name])
        if parameter.flags.c_contiguous:  # only then is a flat view of it the parameter itself and no copy
            arrays = tuple(array.reshape(-1) for array in arrays)
        for block in blocks_of(arrays[0]) if parameter.flags.c_contiguous else (...,):
            p, g, m, v = (array[block] for array in arrays)
            p[...], m[...], v[...] = adam_step(p, g, m, v, self.t[name], lr, self.beta1, self.beta2, self.epsilon)

    def _by_kernel(self, kernel: Callable, name: str, parameter: Array, gradient: Array, lr: float) -> None:
        """`adam_step` by ADAM_KERNEL, in place."""
        beta1, beta2, t = self.beta1, self.beta2, self.t[name]
        numbers = (lr, beta1, 1 - beta1, beta2, 1 - beta2, self.epsilon, 1 - beta1**t, 1 - beta2**t)
        kernel(gradient, *numbers, parameter, self.m[name], self.v[name])

    def spec(self) -> dict:
        """A JSON description from which it can be rebuilt."""
        names = ("lr", "beta1", "beta2", "epsilon")
        return {"optimiser": "adam", **{name: getattr(self, name) for name in names}} | self.options()

    def state(self) -> tuple[dict[str, Array], dict[str, int]]:
        """The moments as {"m/<parameter>": ..., "v/<parameter>": ...}, and t for each parameter."""
        arrays = {f"m/{name}": array for name, array in self.m.items()}
        return arrays | {f"v/{name}": array for name, array in self.v.items()}, dict(self.t)

    def load_state(self, arrays: Mapping[str, Array], times: Mapping[str, int]) -> None:
        """Take up a copy of what `state` returned. Raises CheckpointError if moments and times do not match."""
        if set(arrays) != {f"{kind}/{name}" for name in times for kind in "mv"}:
            raise CheckpointError("The optimiser's moments and time steps in the checkpoint do not belong together.")
        self.m = {name: arrays[f"m/{name}"].copy() for name in times}
        self.v = {name: arrays[f"v/{name}"].copy() for name in times}
        self.t = {name: int(t) for name, t in times.items()}
        self._of = {}


OPTIMISERS: dict[str, type[SGD] | type[Adam]] = {"adam": Adam, "sgd": SGD}


def make(name: str, **options: Any) -> SGD | Adam:
    """A new optimiser by name ("adam" or "sgd"). Raises UnknownNameError for another name."""
    if name not in OPTIMISERS:
        raise unknown_name("optimiser", name, OPTIMISERS)
    return OPTIMISERS[name](**options)
