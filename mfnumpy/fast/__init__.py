"""The fast engine: the same rules on the CPU, written for speed with `out=`, reused arrays and a team of threads.

Nothing here is needed to read or to use the rest; it is another way to do what `rules` and `optim` say, and the
tests hold it to their numbers. `FastTrainer` is a `Trainer` that trains through it.
"""

from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.engine import engine, why_not
from mfnumpy.fast.team import Team
from mfnumpy.fast.trainer import FastTrainer

__all__ = ["FastAdam", "FastTrainer", "Team", "engine", "why_not"]
