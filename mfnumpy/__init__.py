"""mfnumpy: Mono-Forward and its relatives in pure NumPy, to be read, stepped through and measured.

Start at `mfnumpy.equations` (the paper), then `mfnumpy.rules` (what each rule does with a batch).
"""

from mfnumpy.support.version import __version__

__all__ = ["__version__"]
