"""The exercises of the checker, a file for each topic: what to write, its draws, and each mistake with its sentence.

An exercise is a file here that ends in `EXERCISES = (MINE,)`, and one line in the list below.
"""

from __future__ import annotations

from mfnumpy.check.catalogue import (
    accuracy,
    convolution,
    counting,
    cross_entropy,
    dense,
    ff_data,
    ff_step,
    forward_forward,
    images,
    images_back,
    mf_step,
    mono_forward,
    negatives,
    networks,
    optimisers,
    pooling,
    predictions,
    repair,
    shuffle,
    softmax,
    tables,
)

TOPICS = (
    softmax,
    cross_entropy,
    forward_forward,
    mono_forward,
    dense,
    images,
    images_back,
    convolution,
    pooling,
    optimisers,
    mf_step,
    networks,
    ff_step,
    ff_data,
    negatives,
    predictions,
    repair,
    shuffle,
    accuracy,
    counting,
    tables,
)
"""The topics in the order in which their exercises are listed."""
