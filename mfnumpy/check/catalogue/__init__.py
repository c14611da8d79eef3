"""The exercises of the checker, a file for each topic: what to write, its draws, and each mistake with its sentence.

An exercise is a file here that ends in `EXERCISES = (MINE,)`, and one line in the list below.
"""

from __future__ import annotations

from mfnumpy.check.catalogue import (
    accuracy,
    adam,
    convolution,
    counting,
    cross_entropy,
    damage,
    dense,
    feedback,
    ff_data,
    ff_step,
    forward_forward,
    images,
    images_back,
    loss_gradient,
    mf_step,
    moments,
    mono_forward,
    negatives,
    networks,
    plug,
    pooling,
    predictions,
    repair,
    sgd,
    shuffle,
    softmax,
    tables,
)

TOPICS = (
    softmax,
    cross_entropy,
    loss_gradient,
    forward_forward,
    mono_forward,
    dense,
    images,
    images_back,
    convolution,
    pooling,
    sgd,
    adam,
    moments,
    mf_step,
    networks,
    feedback,
    ff_step,
    ff_data,
    negatives,
    predictions,
    plug,
    damage,
    repair,
    shuffle,
    accuracy,
    counting,
    tables,
)
"""The topics in the order in which their exercises are listed."""
