"""All ranks of one command: rank 0 does its work and has the exit code, the others serve it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mfnumpy.errors import MfnumpyError
from mfnumpy.parallel.crew import Crew
from mfnumpy.parallel.serve import ReadLabels, serve
from mfnumpy.parallel.witness import Witness
from mfnumpy.support.interrupt import exit_code
from mfnumpy.support.pools import mpi


def together(lead: Callable[[Crew], int], read_labels: ReadLabels | None = None) -> int:
    """What a command returns on this rank, when it has ended on all: 0 where rank 0 has the exit code for all.

    lead: what rank 0 does, given the crew; returns the exit code, or raises what rank 0 alone is to say.
    read_labels: as in `serve`.
    Raises MissingLibraryError without mpi4py and an MPI.
    """
    crew = Crew(mpi().COMM_WORLD)
    if crew.rank > 0:
        return crew.part(serve(crew, read_labels))
    code = 1
    try:
        code = lead(crew)
    except (MfnumpyError, MemoryError, OSError):
        code = 2
        raise
    except KeyboardInterrupt as error:
        code = exit_code(error)
        raise
    finally:
        crew.end(code)
    return code


def watch(crew: Crew, checkpoint: Path) -> None:
    """Let a witness say how to go on, should a rank be killed. checkpoint: from which the run goes on."""
    crew.witness = Witness(checkpoint)
