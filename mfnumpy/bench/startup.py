"""How long a user waits before anything happens."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

IMPORT = "import time, numpy; t = time.perf_counter(); import mfnumpy; print(time.perf_counter() - t)"


@dataclass(frozen=True)
class StartUp:
    """Median seconds: `import mfnumpy` after NumPy has been imported, and the whole of `mfnumpy --help`."""

    import_seconds: float
    help_seconds: float

    def line(self) -> str:
        """Both numbers with their targets, on one line."""
        return (
            f"import mfnumpy: {self.import_seconds:.3f} s beyond NumPy's own (target below 0.15); "
            f"mfnumpy --help: {self.help_seconds:.3f} s (target below 0.5)"
        )


def measure(rounds: int = 5) -> StartUp:
    """Start fresh processes, so many times each, and take the medians."""
    imports, helps = [], []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
        imports.append(float(done.stdout))
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "mfnumpy", "--help"], capture_output=True, check=True)
        helps.append(time.perf_counter() - start)
    return StartUp(statistics.median(imports), statistics.median(helps))
