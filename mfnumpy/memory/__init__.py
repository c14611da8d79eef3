"""Memory: counted over a training step and over depth, and layers kept on disk."""

from mfnumpy.memory.offload import Offload, OffloadedAdam

__all__ = ["Offload", "OffloadedAdam"]
