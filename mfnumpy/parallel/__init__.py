"""Layers in parallel: while block i + 1 learns from batch t, block i already learns from batch t + 1."""

from mfnumpy.parallel.pipeline import Pipeline, Span
from mfnumpy.parallel.threads import ThreadPipeline
from mfnumpy.parallel.trainer import PipelineTrainer

__all__ = ["Pipeline", "PipelineTrainer", "Span", "ThreadPipeline"]
