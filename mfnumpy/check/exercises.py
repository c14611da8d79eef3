"""All exercises by name, in the order of the lessons; their stubs; and where each plugs into the real
trainer.
"""

from __future__ import annotations

from mfnumpy.check.catalogue import (
    chance,
    convolution,
    data,
    dense,
    forward_forward,
    images,
    mono_forward,
    networks,
    optimisers,
    pooling,
    predictions,
    softmax,
    steps,
)
from mfnumpy.check.model import Exercise
from mfnumpy.errors import unknown_name

_TOPICS = (dense, softmax, mono_forward, steps, networks, forward_forward, images, convolution, pooling, optimisers,
           data, predictions, chance)  # fmt: skip
_ALL = {exercise.name: exercise for topic in _TOPICS for exercise in topic.EXERCISES}
_ORDER = """
    softmax eq6 eq6_gradient eq1 eq2 eq3 eq3_gradient eq4 eq4_gradient eq5 eq7 eq8 dense_forward dense_backward
    relu_backward im2col col2im conv2d_forward conv2d_backward avgpool_forward avgpool_backward sgd_step adam_step
    mf_step bp_step fa_step dfa_step ff_step overlay_label negative_labels normalise_length mf_predict_ff
    mf_predict_bp shuffle_together accuracy_over_batches
"""

EXERCISES: dict[str, Exercise] = {name: _ALL[name] for name in _ORDER.split()}

HOOKS: dict[str, tuple[str, str]] = {
    "eq5": ("MonoForward", "project"),
    "eq6_gradient": ("MonoForward", "loss_gradient"),
    "eq7": ("MonoForward", "weight_gradient"),
    "eq8": ("MonoForward", "projection_gradient"),
}
"""Where a student's function plugs into the trainer: exercise -> (rule class, keyword)."""


def get(name: str) -> Exercise:
    """The exercise of that name. Raises UnknownNameError with the nearest name."""
    if name not in EXERCISES:
        raise unknown_name("exercise", name, EXERCISES)
    return EXERCISES[name]


def stub(name: str) -> str:
    """Source text of an exercise's stub: signature, docstring with shapes, and a body that says "not done
    yet".

    Raises UnknownNameError.
    """
    exercise = get(name)
    return (
        f"def {name}({', '.join(exercise.arguments)}):\n"
        f'    """{exercise.about}\n    """\n'
        f'    raise NotImplementedError("{name} is not done yet")\n'
    )
