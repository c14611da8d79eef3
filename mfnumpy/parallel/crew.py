"""The ranks of `mpiexec -n K`: rank 0 leads, the others serve it; whoever waits still hears when all must end.

Everything travels in buffers: arrays as they lie in memory, orders as JSON text; nothing is pickled.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import BackendError, WorkerError
from mfnumpy.parallel.witness import Witness
from mfnumpy.support.interrupt import before_leaving
from mfnumpy.support.jobs import alive
from mfnumpy.support.pools import mpi

ORDER, ANSWER, NEWS, HEADER, LABELS, OUTPUT, LOSSES, ARRAY = range(1, 9)
"""What a message is, as MPI's tag."""

SPINS, SHORTEST, LONGEST = 200, 2e-5, 5e-4
"""How one waits: so many looks without a pause, then pauses that grow, in seconds: ranks may share a core."""
LOOK_AROUND = 0.5
"""Every so many seconds a waiting rank looks whether those of its machine are alive."""
LAST = 10.0
"""So many seconds rank 0 waits at most, at the very end, until the others are gone."""


class Ended(Exception):
    """Rank 0 has said that all is over. code: the exit code of all."""

    def __init__(self, code: int):
        super().__init__(f"ended with {code}")
        self.code = code


class Crew:
    """This process among the ranks.

    comm: mpi4py's communicator of all ranks.
    rank, size: its number, and how many there are.
    """

    def __init__(self, comm: Any):
        self.comm, self.rank, self.size = comm, int(comm.rank), int(comm.size)
        self.witness: Witness | None = None
        self._signal: int | None = None
        self._broken: str | None = None
        self._sends: list[Any] = []
        self._neighbours = self._on_this_machine()
        self._looked = time.monotonic()

    # -- messages ----------------------------------------------------------------------------------------------------

    def send(self, array: Array, rank: int, tag: int = ARRAY) -> None:
        """Send an array, and return when its memory may be changed.

        array: of any shape, row by row in memory.
        rank: whose it becomes.
        tag: what it is.
        """
        self.wait(self.post(array, rank, tag).Test)

    def post(self, array: Array, rank: int, tag: int, met: bool = False) -> Any:
        """Begin to send; the array must not change until the request that this returns is done.

        array, rank, tag: as in `send`.
        met: whether the request is done only when the other has begun to receive.
        """
        request = (self.comm.Issend if met else self.comm.Isend)(array, rank, tag)
        self._sends = [*(one for one in self._sends if not one.Test()), request]  # which hold on to their arrays
        return request

    def receive(self, array: Array, rank: int, tag: int = ARRAY) -> Array:
        """Receive into an array, row by row in memory, and give it.

        array: of the shape and dtype of what comes.
        rank: who sends.
        tag: what it is.
        """
        request = self.comm.Irecv(array, rank, tag)
        try:
            self.wait(request.Test)
        except BaseException:
            request.Cancel()
            request.Wait()
            raise
        return array

    def tell(self, what: Any, rank: int, tag: int = ORDER) -> None:
        """Send JSON values.

        what: the values.
        rank: to whom.
        tag: ORDER, ANSWER or NEWS.
        """
        self.send(bytearray(json.dumps(what).encode()), rank, tag)

    def told(self, rank: int = 0, tag: int = ORDER) -> Any:
        """Wait for JSON values of `tell`, and give them. rank: who tells. tag: as there."""
        status = self.status()
        self.wait(lambda: self.there_is(tag, status, rank))
        return self._text(status)

    def status(self) -> Any:
        """A fresh status, which a look at what has come fills."""
        return mpi().Status()

    def there_is(self, tag: int, status: Any, rank: int | None = None) -> bool:
        """Whether a message has come and was not yet received.

        tag: what it is.
        status: is filled with who sent it.
        rank: by whom, None for anybody.
        """
        return self.comm.Iprobe(mpi().ANY_SOURCE if rank is None else rank, tag, status)

    def meet(self) -> None:
        """Wait until every rank has come here."""
        self.wait(self.comm.Ibarrier().Test)

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait until done() is true; news from other ranks is heard meanwhile.

        Raises WorkerError on rank 0 where another has failed or died, Ended on another when rank 0 says so.
        """
        pause, looks = SHORTEST, 0
        while not done():
            self.listen()
            looks += 1
            if looks > SPINS:
                time.sleep(pause)
                pause = min(2 * pause, LONGEST)

    def listen(self) -> None:
        """Take up what others have to say out of turn; raises as `wait`."""
        if self._signal is not None and self.rank > 0:
            number, self._signal = self._signal, None
            self.tell({"signal": number}, 0, NEWS)
        status = self.status()
        if self.there_is(NEWS, status):
            self._hear(self._text(status), status.source)
        self._look_around()

    def _hear(self, news: dict, rank: int) -> None:
        if "end" in news:
            raise Ended(news["end"])
        if "error" in news:
            raise WorkerError(f"Rank {rank} could not go on: {news['error']}")
        signal.raise_signal(news["signal"])  # another rank was asked to end: as if this one had been

    def _text(self, status: Any) -> dict:
        text = bytearray(status.Get_count(mpi().BYTE))
        self.comm.Recv(text, status.source, status.tag)
        return json.loads(text)

    # -- the end -----------------------------------------------------------------------------------------------------

    def fail(self, error: str) -> int:
        """Tell rank 0 that this rank cannot go on, and wait for the end. Returns the exit code of all."""
        try:
            self.tell({"error": error}, 0, NEWS)
            self.wait(lambda: False)
        except Ended as end:
            return end.code
        except WorkerError:  # another has died, which rank 0 sees as well
            return 2
        raise AssertionError("nobody waits forever")

    def end(self, code: int) -> int:
        """Of rank 0: all is over; the others are told, and raise Ended wherever they are. Returns the exit code."""
        if not self._broken:
            for rank in range(1, self.size):
                self.comm.Send(bytearray(json.dumps({"end": code}).encode()), rank, NEWS)
        return self.part(code)

    def part(self, code: int = 0) -> int:
        """The end on every rank: no message stays on its way. Returns the exit code, which rank 0 has for all.

        MPI itself ends with the process: a launcher that sees one rank leave before kills the others, and rank 0 may
        still have something to say.
        """
        with suppress(WorkerError):
            self._drain()
        if self.witness is not None:  # where a rank has died, it speaks: the launcher may kill this one any moment
            self.witness.dismiss(self._broken or "")
            if self._broken:
                os._exit(code or 1)
        if self._broken:  # MPI's own end would wait for the dead forever
            atexit.register(lambda: os._exit(code or 1))
            return code
        before_leaving(self._leave_last)
        atexit.register(self._leave_last)
        return code if self.rank == 0 else 0

    def _leave_last(self) -> None:
        """The end of MPI; rank 0 then waits until the others of this machine are gone.

        A launcher that sees a rank leave with another code than 0 kills whoever is still there, and may tell that in
        place of the code. So rank 0 alone has one, and leaves last.
        """
        if not mpi().Is_finalized():
            mpi().Finalize()
        until = time.monotonic() + LAST
        while self.rank == 0 and time.monotonic() < until and any(map(alive, self._neighbours.values())):
            time.sleep(LONGEST)

    def _drain(self) -> None:
        """Take in what nobody waits for any more, until all ranks do so: a send that is not met never ends."""
        barrier = None
        while not self._broken and (barrier is None or not barrier.Test()):
            if barrier is None and all(request.Test() for request in self._sends):
                barrier = self.comm.Ibarrier()
            status = self.status()
            if self.there_is(mpi().ANY_TAG, status):
                self.comm.Recv(bytearray(status.Get_count(mpi().BYTE)), status.source, status.tag)
            else:
                self._look_around()
                time.sleep(SHORTEST)

    def note_signal(self, number: int) -> None:
        """Remember a signal that asks this rank alone to end; rank 0 is told when this one listens next."""
        self._signal = number

    # -- who is there ------------------------------------------------------------------------------------------------

    def _on_this_machine(self) -> dict[int, int]:
        """Rank -> number of its process, of the others on this machine: those that can be seen from here."""
        own = f"{socket.gethostname()} {os.getpid()}".encode()[:256].ljust(256)
        everyone = bytearray(256 * self.size)
        self.comm.Allgather(bytearray(own), everyone)
        there = {}
        for rank in range(self.size):
            host, _, pid = everyone[256 * rank : 256 * (rank + 1)].decode().strip().rpartition(" ")
            if rank != self.rank and host == socket.gethostname() and alive(int(pid)):
                there[rank] = int(pid)
        return there

    def _look_around(self) -> None:
        """Raise WorkerError where a rank of this machine has died and the launcher has let the others live."""
        if time.monotonic() < self._looked + LOOK_AROUND:
            return
        self._looked = time.monotonic()
        for rank, pid in self._neighbours.items():
            if not alive(pid):
                self._broken = f"Rank {rank} (process {pid}) was killed; go on from the checkpoint with --resume."
                raise WorkerError(self._broken)


def check_device() -> None:
    """Check that MPI takes the arrays of the backend in use. Raises BackendError where it knows no such memory."""
    if backend.current().name == "numpy":
        return
    known = mpi().INFO_ENV.Get("mpi_memory_alloc_kinds") or ""
    if not any(kind.strip().startswith("cuda") for kind in known.split(",")):
        raise BackendError(
            f"The backend {backend.current().name!r} has its arrays on a device, and this MPI sends host memory only "
            f"(mpi_memory_alloc_kinds: {known or 'not stated'}). Use a CUDA-aware MPI (for MPICH: mpiexec "
            "-memory-alloc-kinds mpi,system,cuda), or --backend numpy."
        )
