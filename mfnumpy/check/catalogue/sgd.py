"""Exercise sgd_step, and what goes wrong in it."""

from __future__ import annotations

import numpy as np

from mfnumpy import optim
from mfnumpy.check.catalogue.draws import rate, real, sizes
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes


def _draw_sgd(rng: Rng, k: int) -> Case:
    shape, lr = sizes(rng, k, 5, 6), rate(rng)
    size = 0.05 if k == 1 else 1.0  # a gradient of a length below 1
    return Case((real(rng, *shape), size * real(rng, *shape), lr), {"lr": lr, "rows": shape[0], "columns": shape[1]})


SGD_STEP = Exercise(
    name="sgd_step",
    title="SGD, one step",
    arguments=("parameter", "gradient", "lr"),
    outputs=("parameter",),
    about="""One step of stochastic gradient descent.

    parameter, gradient: the same shape. lr: a float. Returns the new parameter, a new array.""",
    lesson="lesson 3",
    reference=optim.sgd_step,
    recipe=lambda p, g, lr, step=optim.sgd_step: step(p, g, lr),
    draw=_draw_sgd,
    unbounded=("gradient",),
    updates={"parameter": "parameter"},
    axes={"parameter": ("row", "column")},
    mistakes=mistakes(
        step_returned=["The step alone (the gradient) is returned, not the new parameter: it is not subtracted from "
                       "the old one.",
                       {"step": lambda p, g, lr: lr * g}, {"step": lambda p, g, lr: -lr * g}],
        sign_of_gradient={"step": lambda p, g, lr: p - lr * np.sign(g)},
        gradient_normalised={"step": lambda p, g, lr: p - lr * g / np.linalg.norm(g)},
        update_multiplied=["The parameter is multiplied by the step, p (1 - lr g): the "
                           "step is proportional to the parameter.",
                           {"step": lambda p, g, lr: p * (1 - lr * g)}],
        moved_towards_gradient=["The parameter is mixed with the gradient, (1 - lr) p + lr g, as a running mean "
                                "would be.",
                                {"step": lambda p, g, lr: (1 - lr) * p + lr * g}],
        lr_on_parameter=["The learning rate lr multiplies the parameter, not the gradient alone: a bracket is wrong.",
                         {"step": lambda p, g, lr: lr * p - g}, {"step": lambda p, g, lr: lr * (p - g)}],
        lr_added=["The learning rate lr is added to the gradient (or subtracted beside it); it should multiply it.",
                  {"step": lambda p, g, lr: p - (g + lr)}],
        weight_decay_added=[{"step": lambda p, g, lr, c=c: p - lr * (g + c * p)} for c in (1.0, 0.1, 0.01, 1e-3, 1e-4)],
        gradient_squared=["The gradient is squared: its sign is lost.",
                          {"step": lambda p, g, lr: p - lr * g * g}],
        absolute_value=["The absolute value of the gradient is used: its sign is lost, and every entry of the "
                        "parameter falls.",
                        {"step": lambda p, g, lr: p - lr * np.abs(g)}],
        gradient_clipped=["Large entries of the gradient are clipped (cut at a limit).",
                          *[{"step": lambda p, g, lr, c=c: p - lr * np.clip(g, -c, c)} for c in (1.0, 0.5, 0.1)]],
        gradient_averaged=["The gradient is averaged over an axis: entries that belong to different parameters get "
                           "the same step.",
                           {"step": lambda p, g, lr: p - lr * g.mean(axis=0)}],
        parameter_unchanged=["The parameter is not changed: the old one is returned.",
                             {"step": lambda p, g, lr: p.copy()}],
        gradient_rescaled=["The gradient is divided by its length (its norm) plus a number.",
                           Free(lambda c: {"step": lambda p, g, lr: p - lr * g / (np.linalg.norm(g) + c)}, (1.0,),
                               "it is {}", (1.0,))],
        parameter_shrunk=["The parameter itself shrinks in each step, by a share of the learning rate or of its own.",

                          Free(lambda c: {"step": lambda p, g, lr: c * p - lr * g}, (0.9,),
                              "it is multiplied by {}", (0.9, 0.99))],
        gradient_rooted=["The square root of the gradient is used, with its sign.", {"step": lambda p, g,
            lr: p - lr * np.sign(g) * np.sqrt(np.abs(g))}],
        gradient_clipped_at=["Large entries of the gradient are clipped.",
                             Free(lambda c: {"step": lambda p, g, lr: p - lr * np.clip(g, -c, c)}, (1.0, 0.3),
                                 "at {}", (0.7, 0.2))],
        gradient_divided_by_parameter=["The gradient is scaled by the parameter: multiplied by its size, or divided "
                                       "by it.",
            {"step": lambda p, g, lr: p - lr * g * np.abs(p)},
                                           {"step": lambda p, g, lr: p - lr * g / p}],
    ),
)  # fmt: skip

EXERCISES = (SGD_STEP,)
