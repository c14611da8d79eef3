"""What goes wrong in dz = da where z > 0: the mask that several exercises share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.model import Free

Zs = Callable[..., np.ndarray] | None
LEAKS = (0.01, 0.1, 0.2)
COARSE = (1.0, 0.5, 0.1, -0.5, -1.0)
THRESHOLDS = (*COARSE, 0.01)
SMALLEST = min(t for t in COARSE if t > 0)


def mask_mistakes(
    step: str = "gate",
    thresholds: tuple[float, ...] = THRESHOLDS,
    zs: Zs = None,
    in_a_step: bool = False,
) -> dict:
    """What goes wrong in dz = da where z > 0: replacements of a step (z, da) -> dz.

    step: the keyword of that step in the exercise's recipe.
    thresholds: at which a mask may cut instead of 0.
    zs: args -> all pre-activations of a case, between which an unknown threshold may lie; None to look for none.
    in_a_step: the mask is part of a whole training step, where a factor is not one of the result.
    """

    def one(gate):
        """A single version with this gate."""
        return {step: gate}

    return {
        **_cut_elsewhere(one, thresholds, zs),
        **_other_sizes(one, zs, in_a_step),
        **_of_smooth_activations(one),
        **_other_arrays(one),
        **_of_other_activations(one),
        **_one_factor_only(one),
    }


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _cut_elsewhere(one: Callable, thresholds: tuple[float, ...], zs: Zs) -> dict:
    """The mask is missing, inverted, cuts at another value than 0, or is one for several entries."""
    return {
        "mask_missing": [
            "The ReLU's slope (its mask z > 0) is missing: neurons that were off must pass no error back.",
            one(lambda z, da: da),
        ],
        "mask_inverted": [
            "The ReLU's mask is inverted (z < 0 for z > 0): it stops the neurons that were on, and lets through "
            "those that were off.",
            one(lambda z, da: da * (z < 0)),
            one(lambda z, da: da * (z <= 0)),
        ],
        "mask_threshold": [
            "The ReLU's mask cuts at another threshold than 0: it is not z > 0.",
            *[one(lambda z, da, t=t: da * (z > t)) for t in thresholds],
            *(
                []
                if zs is None
                else [Free(lambda t: one(lambda z, da: da * (z > t)), (), "it cuts near {}", (0.3, -0.2), values=zs)]
            ),
        ],
        "mask_by_mean": [
            "The ReLU's mask compares z with a mean of z (its threshold), not with 0.",
            one(lambda z, da: da * (z > z.mean())),
            one(lambda z, da: da * (z > z.mean(axis=0))),
            one(lambda z, da: da * (z > z.mean(axis=-1, keepdims=True))),
        ],
        "mask_of_row": [
            "Whole samples (rows) are masked, by the sum (or mean) of their z; each entry has a mask of its own.",
            one(lambda z, da: da * (z.sum(axis=-1, keepdims=True) > 0)),
            one(lambda z, da: da * np.expand_dims(z.sum(axis=1) > 0, 1)),
        ],
    }


def _other_sizes(one: Callable, zs: Zs, in_a_step: bool) -> dict:
    """What passes is multiplied, clipped or capped."""
    return {
        "slope_not_one": [
            "Active neurons pass the error on with another factor than 1.",
            Free(lambda s: one(lambda z, da: s * da * (z > 0)), (0.5,), "that factor is {}", (0.3,)),
        ],
        **(_other_means(one) if in_a_step else {}),
        "error_clipped": [
            "The error is clipped: large errors are cut at a limit.",
            Free(
                lambda c: one(lambda z, da: np.clip(da, -c, c) * (z > 0)),
                (1.0, 0.1, 0.03, 0.01),
                "at {}",
                (0.02,) if in_a_step else (0.5,),
            ),
        ],
        "mask_capped": [
            "Neurons with a large z, above some value, pass no error: that is a ReLU that is cut off (capped, as "
            "ReLU6).",
            *(
                []
                if zs is None
                else [
                    Free(
                        lambda t: one(lambda z, da: da * (z > 0) * (z < t)), (), "the cap is near {}", (1.0,), values=zs
                    )
                ]
            ),
        ],
    }


def _other_means(one: Callable) -> dict:
    """What passes is no mean over the batch, or a mean over the neurons as well."""
    return {
        "hidden_error_not_averaged": [
            "The error at the hidden neurons is N times too large: there the mean over the batch (1/N) is missing, and "
            "a sum over the batch stands in its place.",
            one(lambda z, da: len(z) * da * (z > 0)),
        ],
        "averaged_over_neurons": [
            "The error at the hidden neurons is divided by the number of neurons of their layer; only the mean over "
            "the batch belongs there.",
            one(lambda z, da: da * (z > 0) / z.shape[1]),
        ],
    }


def _of_smooth_activations(one: Callable) -> dict:
    """The slope is an ELU's, a GELU's or a SiLU's."""
    return {
        "elu_mask": [
            "Where z is negative the slope is exp(z): that is an ELU's, not a ReLU's.",
            one(lambda z, da: da * np.where(z > 0, 1, np.exp(np.minimum(z, 0)))),
        ],
        "softplus_or_swish_mask": [
            "The slope is that of another smooth activation (SiLU, GELU), but the activation is a ReLU.",
            one(lambda z, da: da * (_sigmoid(z) + z * _sigmoid(z) * _sigmoid(-z))),
        ],
    }


def _other_arrays(one: Callable) -> dict:
    """Another array stands for the mask: the error, the activation, the pre-activation, its sign."""
    return {
        "mask_on_error": [
            "The mask is taken from the error da itself (negative errors are stopped), not from z: it must look at "
            "what the neuron did in the forward pass.",
            one(lambda z, da: da * (da > 0)),
        ],
        "error_rectified": [
            "Negative errors are stopped beside the neurons that were off: a ReLU of the gradient da (guided "
            "backpropagation). The sign of da does not matter, only that of z.",
            one(lambda z, da: da * (z > 0) * (da > 0)),
        ],
        "activation_for_mask": [
            "The error is multiplied by the activation itself, a = relu(z), not by the slope of the activation.",
            one(lambda z, da: da * np.maximum(z, 0)),
        ],
        "preactivation_for_mask": [
            "The error is multiplied by the pre-activation z itself, not by the ReLU's slope there.",
            one(lambda z, da: da * z),
        ],
        "sign_for_mask": [
            "The error is multiplied by the sign of z: where z is negative it is turned round (negated), not stopped.",
            one(lambda z, da: da * np.sign(z)),
        ],
    }


def _of_other_activations(one: Callable) -> dict:
    """The slope is a leaky ReLU's, a sigmoid's or a tanh's."""
    return {
        "leaky_mask": [
            "Neurons that were off pass a little of the error: that is the slope of a leaky ReLU.",
            *[one(lambda z, da, s=s: da * np.where(z > 0, 1, s)) for s in LEAKS],
            Free(
                lambda s: one(lambda z, da: da * np.where(z > 0, 1, s)), (0.3,), "that slope is {}", (0.05, 0.3, -1.5)
            ),
        ],
        "sigmoid_mask": [
            "The slope is a sigmoid's, s (1 - s), but the activation is a ReLU.",
            one(lambda z, da: da * _sigmoid(z) * _sigmoid(-z)),
        ],
        "softplus_mask": [
            "The error is multiplied by the sigmoid of z: that is the slope of a softplus, but the activation is a "
            "ReLU.",
            one(lambda z, da: da * _sigmoid(z)),
        ],
        "tanh_mask": [
            "The slope is that of tanh, 1 - tanh(z)^2, but the activation is a ReLU.",
            one(lambda z, da: da * (1 - np.tanh(z) ** 2)),
        ],
    }


def _one_factor_only(one: Callable) -> dict:
    """One of the two factors is missing, or not each sample's own."""
    return {
        "mask_of_batch_mean": [
            "One mask is used for the whole batch, made of the mean of z over the samples; each sample has its own.",
            one(lambda z, da: da * (z.mean(axis=0) > 0)),
        ],
        "mask_only": [
            "The ReLU's slope alone is used, without the error (da) that should pass through it.",
            one(lambda z, da: (z > 0) * 1.0),
        ],
        "error_missing": ["The incoming error (da or dG) is not used.", one(lambda z, da: np.maximum(z, 0))],
    }


def without_slope(table: dict) -> dict:
    """Where the mask is all there is, another slope is a factor of the result."""
    return {name: entry for name, entry in table.items() if name != "slope_not_one"}
