"""Exercise mf_step, and what goes wrong in it."""

from __future__ import annotations

from functools import partial

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.catalogue import references
from mfnumpy.check.catalogue.draws import (
    clear_of_kinks,
    clear_winners,
    labels,
    rate,
    real,
    sizes,
    small_positives,
    until,
)
from mfnumpy.check.catalogue.masks import COARSE, SMALLEST, mask_mistakes
from mfnumpy.check.catalogue.parts import activation_mistakes, loss_mistakes, unit_rows, update_mistakes
from mfnumpy.check.model import Case, Exercise, Free, Rng, mapped, mistakes, split


def _draw_mf(rng: Rng, k: int) -> Case:
    N, D, H, m = sizes(rng, k, 7, 5, 6, 4)
    x, W = until(
        lambda: (real(rng, N, D), 0.6 * real(rng, D, H)),
        lambda x, W: clear_of_kinks(x, [W]) and small_positives(x @ W, SMALLEST),
    )
    lr = rate(rng)
    return Case((x, labels(rng, N, m, k), W, 0.6 * real(rng, m, H), lr), {"N": N, "D": D, "H": H, "m": m, "lr": lr})


def _extreme_mf(rng: Rng) -> list[Case]:
    while True:
        case = _draw_mf(rng, 2)
        x, y, W, M, lr = case.args
        if clear_winners(1000 * np.maximum(x @ W, 0) @ M.T, y):
            break
    return [Case((1000 * x, y, W, M, lr), case.dims, "scores beyond 700", "not_shifted|scores_clipped")]


def _gated(gate):
    """Eq. (7) with another gate."""
    return lambda x, z, M, dG: x.T @ gate(z, dG @ M)


_WEIGHT_MASKS = {
    name: [mapped(version, lambda v: {"weight_gradient": _gated(v["gate"])}) for version in split(entry)[1]]
    for name, entry in mask_mistakes(thresholds=COARSE, zs=lambda x, y, W, M, lr: x @ W, in_a_step=True).items()
    if name not in ("mask_only", "error_missing", "slope_not_one", "hidden_error_not_averaged", "averaged_over_neurons")
}


def _in_steps(steps, version):
    """The same wrong update in each of these steps."""
    return dict.fromkeys(steps, version["update"])


def _relu(z):
    return np.maximum(z, 0)


def _twice(x, y, W, M, lr):
    W, M, _ = references.mf_step(x, y, W, M, lr)
    return references.mf_step(x, y, W, M, lr)


def _online(x, y, W, M, lr, mean=False, after=False):
    """One step for each sample; the activation handed on is from before, or from after them all."""
    a, rate = _relu(x @ W), lr / len(x) if mean else lr
    for n in range(len(x)):
        W, M, _ = references.mf_step(x[n : n + 1], y[n : n + 1], W, M, rate)
    return W, M, _relu(x @ W) if after else a


MF_STEP = Exercise(
    name="mf_step",
    title="Mono-Forward, one step of one block",
    arguments=("x", "y", "W", "M", "lr"),
    outputs=("W", "M", "a"),
    about="""One Mono-Forward step of one block with SGD: Eqs. (5) to (8), a = relu(x W), no bias.

    x: (N, D). y: (N,) integer labels. W: (D, H). M: (m, H). lr: a float. The loss is the mean over the batch.
    Returns new arrays (W, M, a); a: (N, H) is what was computed before the update.""",
    lesson="lesson 4",
    reference=references.mf_step,
    recipe=references.mf_step,
    draw=_draw_mf,
    extremes=_extreme_mf,
    updates={"W": "W", "M": "M"},
    slices={"sample": {"x": 0, "y": 0}},
    axes={"W": ("input feature", "neuron"), "M": ("class", "neuron"), "a": ("sample", "neuron")},
    mistakes=mistakes(
        {
            **_WEIGHT_MASKS,
            **loss_mistakes("loss_gradient"),
            **{name: [mapped(version, partial(_in_steps, steps))
                      for steps in (("update_W",), ("update_W", "update_M"), ("update_M",))
                      for version in split(entry)[1]]
               for name, entry in update_mistakes().items()},
            "projection_updated_first": ["M is updated before the error goes back through it: the error belongs to "
                                         "the old M of the forward pass, not to the new M.",
                                         {"projection_seen": lambda old, new: new}],
            "weights_updated_first": ["W is updated first, before the gradient of M is taken: that uses the "
                                      "activation of the new W (a second forward pass); both belong to the same "
                                      "forward pass.",
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), eq.cross_entropy_gradient(_relu(x @ W) @ M.T, y))},
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), dG)},
                {"again": lambda x, y, W, M, dG: (_relu(x @ W), eq.cross_entropy_gradient(_relu(x @ W) @ M.T, y)),
                 "handed_on": lambda x, z, a, W, G: _relu(x @ W)},
            ],
            "activation_after_update": ["The activation handed on is computed again, from the new W after the "
                                        "update; that of the forward pass belongs here.",
                                        {"handed_on": lambda x, z, a, W, G: _relu(x @ W)}],
            "preactivation_handed_on": ["The pre-activation z is handed on instead of the activation a: the ReLU is "
                                        "missing there.",
                                        {"handed_on": lambda x, z, a, W, G: z}],
            "scores_handed_on": ["The scores G are handed on instead of the activation a.",
                                 {"handed_on": lambda x, z, a, W, G: G}],
            "normalised_handed_on": ["The activation is scaled to length 1 (normalised) before it is handed on: "
                                     "that is Forward-Forward's.",
                                     {"handed_on": lambda x, z, a, W, G: unit_rows(a)}],
            "relu_missing": ["The ReLU is missing in the forward pass: it is linear, z itself is used as the "
                             "activation.",
                {"hidden": lambda z: z + 0}, {"hidden": lambda z: z + 0, "weight_gradient": _gated(lambda z, da: da)},
                {"hidden": lambda z: z + 0, "handed_on": lambda x, z, a, W, G: _relu(z)},
            ],
            **activation_mistakes(),
            "leaky_activation_slight": ["The activation is a leaky ReLU, slope 0.01 for negative z, not a ReLU.",
                {"hidden": lambda z: np.where(z > 0, z, 0.01 * z)}],
            "projection_unchanged": ["M is not trained: it comes back unchanged, without an update.",
                                     {"update_M": lambda p, g, lr: p + 0}],
            "weights_unchanged": ["W is not trained: it comes back unchanged, without an update.",
                                  {"update_W": lambda p, g, lr: p + 0}],
            "outputs_in_another_order": [{"returned": lambda W, M, a: (M, W, a)},
                {"returned": lambda W, M, a: (a, W, M)}],
            "ff_derivative": {"weight_gradient": lambda x, z, M, dG: x.T @ (2 * _relu(z) * (dG @ M))},
            "goodness_squared": {"project": lambda a, M: (a * a) @ M.T},
            "projection_reshaped": {"project": lambda a, M: a @ M.reshape(M.shape[::-1])},
            "input_normalised": ["Each sample's activation (row of a) is scaled to length 1 (normalised) before the "
                                 "scores G are made of it; that does not belong here.",
                                 {"project": lambda a, M: unit_rows(a) @ M.T}],
            "one_sample_at_a_time": ["Samples are updated one after the other, sample by sample (online, in a "
                                     "loop), instead of one step for the whole batch.",
                                  {"whole": _online},
                                      {"whole": partial(_online, mean=True)},
                                  {"whole": partial(_online, after=True)}],
            "two_steps_taken": [{"whole": _twice}],
            "loss_after_update": ["The error for W is computed with the updated M, the new one, in a second forward "
                                  "pass: the loss belongs to the forward pass before the update of M.",
                               {"error_seen": lambda old, new: new()},
                               {"error_seen": lambda old, new: new(), "projection_seen": lambda old, new: new}],
            "leaky_activation": ["The activation lets negative pre-activations z through: that is a leaky ReLU.",
                              Free(lambda s: {"hidden": lambda z: np.where(z > 0, z, s * z)}, (0.1,),
                                  "its slope there is {}", (0.2,))],
            "projection_binarised": ["The error goes back through sign(M): only the signs of M are used, not its "
                                     "values.",
                                     {"weight_gradient": lambda x, z, M, dG: x.T @ ((dG @ np.sign(M)) * (z > 0))}],
            "projection_absolute": ["The error goes back through the absolute values of M: their signs are lost.",
                                    {"weight_gradient": lambda x, z, M, dG: x.T @ ((dG @ np.abs(M)) * (z > 0))}],
            "projection_normalised": ["The error goes back through an M whose rows are scaled to length 1 "
                                      "(normalised), not through M itself.",
                                      {"weight_gradient": lambda x, z, M, dG: x.T @ ((dG @ unit_rows(M)) * (z > 0))}],
            "target_class_only": {"weight_gradient": lambda x, z, M, dG: x.T @ ((np.minimum(dG, 0) @ M) * (z > 0))},
            "scores_squared": {"project": lambda a, M: (a @ M.T) ** 2},
            "rectified_scores": {"project": lambda a, M: np.maximum(a @ M.T, 0)},
        }
    ),
)  # fmt: skip


EXERCISES = (MF_STEP,)
