"""Layers kept on disk: parameters and moments in files that are mapped into memory one block at a time.

The paper: "if layer weights were persisted to storage instead of being retained in memory, the memory usage would
theoretically remain constant, independent of the depth of the network."

What comes back from a disk may not be what went there. So each array's checksum is kept in memory: an array is held
against it before each of its updates, and all are before a checkpoint is written.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.errors import DamagedError, InvalidValueError, OutputError
from mfnumpy.network import Network
from mfnumpy.optim import BETA1, BETA2, EPSILON, LR, Adam
from mfnumpy.rules import Rule
from mfnumpy.saving import damage
from mfnumpy.support.files import make_folder


class Offload:
    """A folder that holds a model's arrays; use it in a `with` block, at whose end the files are deleted.

        with Offload("layers") as offload:
            optimiser = OffloadedAdam(offload, lr=1e-3)
            offload.adopt(net, rule)          # and again after each net.plug(block); rule.plug(net)
                                          # and `forget` after a change by hand of an array that has been trained

    A Trainer that puts back the best epoch's parameters is given `on_put_back=offload.forget`.
    The arrays stay ordinary NumPy arrays with the same values; only where their bytes lie changes. Raises OutputError
    if the folder cannot be written or the disk is too full to hold an array.
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = make_folder(folder)
        self._maps: dict[str, mmap.mmap] = {}
        self._own: dict[str, Array] = {}
        self._sums: dict[str, int] = {}

    def __enter__(self) -> Offload:
        return self

    def __exit__(self, *error: object) -> None:
        self.delete()

    def adopt(self, net: Network, rule: Rule) -> None:
        """Move every learned array that is not yet here into a file, and put the mapped array in its place."""
        parameters = rule.parameters(net)
        for name, array in parameters.items():
            if self._own.get(name) is not array:
                rule.put(net, name, self.store(name, array))
        self.forget()
        self.release()

    def store(self, name: str, array: Array) -> Array:
        """Write an array into a file of its own; returns the mapped array, which has the same values."""
        if not isinstance(array, np.ndarray):
            raise InvalidValueError(f"Only arrays of NumPy can be kept on disk; {name} is {type(array).__name__}.")
        mapped = self._map(name, array.shape, array.dtype)
        mapped[...] = array
        return mapped

    def zeros(self, name: str, like: Array) -> Array:
        """A mapped array of zeros: a new file holds nothing else."""
        return self._map(name, like.shape, like.dtype)

    def release(self, prefix: str = "") -> None:
        """Let the pages of arrays whose name begins so go from this process; their bytes stay in the files."""
        for name, mapped in list(self._maps.items()):  # another worker may just add one
            if name.startswith(prefix) and hasattr(mmap, "MADV_DONTNEED"):  # elsewhere the system decides alone
                mapped.madvise(mmap.MADV_DONTNEED)

    def note(self, name: str) -> None:
        """Remember what an array holds now."""
        if name in self._own:
            self._sums[name] = damage.checksum(self._own[name])

    def forget(self) -> None:
        """Remember nothing of what arrays held: others have been written into them."""
        self._sums = {}

    def check(self, *names: str) -> None:
        """Check that arrays are as they were noted; all without a name. What was never noted is passed over.

        Raises DamagedError, naming the block and what was found.
        """
        for name in names or tuple(self._sums):
            if name in self._sums and (wrong := self._wrong(name)) is not None:
                raise DamagedError(
                    f"{self._path(name)}: {damage.owner(name)} is damaged: {wrong}. The run's checkpoint is another "
                    "file: go on from it with --resume. `mfnumpy repair RUN` says whether all blocks in it are whole.",
                    {name: wrong},
                )

    def _wrong(self, name: str) -> str | None:
        """What is wrong with an array's file or bytes, in words; the file first, for what is cut off cannot be read."""
        array, path = self._own[name], self._path(name)
        try:
            size = path.stat().st_size
        except OSError as error:
            return f"the file of {name} is missing ({error.strerror or error})"
        if size != array.nbytes:
            return f"the file of {name} has {size:,} bytes in place of {array.nbytes:,}"
        return None if damage.checksum(array) == self._sums[name] else damage.words(name, array, ())

    def delete(self) -> None:
        """Delete the files. Arrays that are still in use stay valid until they are dropped."""
        for name in self._maps:
            with suppress(OSError):
                self._path(name).unlink()
        self._maps, self._own, self._sums = {}, {}, {}

    def _path(self, name: str) -> Path:
        return self.folder / (name.replace("/", "_") + ".bytes")

    def _map(self, name: str, shape: tuple[int, ...], dtype: np.dtype) -> Array:
        path, size = self._path(name), int(np.prod(shape)) * dtype.itemsize
        with suppress(OSError):
            path.unlink()  # never write into a file that an older array still maps
        try:
            with open(path, "w+b") as file:
                _reserve(file, size)
                self._maps[name] = mmap.mmap(file.fileno(), size)
        except OSError as error:
            raise OutputError(f"Cannot keep {name} ({size:,} bytes) in {path}: {error.strerror or error}.") from error
        array = np.frombuffer(self._maps[name], dtype).reshape(shape)
        self._own[name] = array
        return array


class OffloadedAdam(Adam):
    """Adam whose moments lie in an Offload's files too; after an update the block's pages are let go.

    An array that is not as its last update left it raises DamagedError before it is used for another.

    offload: the files.
    lr, beta1, beta2, epsilon: as in `adam_step`.
    options: those of `StepSizes`.
    """

    def __init__(
        self,
        offload: Offload,
        lr: float = LR,
        beta1: float = BETA1,
        beta2: float = BETA2,
        epsilon: float = EPSILON,
        **options: Any,
    ):
        super().__init__(lr, beta1, beta2, epsilon, **options)
        self.offload = offload

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """To the byte what `Adam.update` does; arguments as in `Optimiser.update`."""
        if self._is_new(name, parameter):
            self.m[name] = self.offload.zeros(f"m/{name}", parameter)
            self.v[name] = self.offload.zeros(f"v/{name}", parameter)
            self.t[name] = 0
        own = (name, f"m/{name}", f"v/{name}")
        self.offload.check(*own)
        super().update(name, parameter, gradient, scale)
        for part in own:
            self.offload.note(part)
            self.offload.release(part)

    def state(self) -> tuple[dict[str, Array], dict[str, int]]:
        """As `Adam.state`, for a checkpoint, in which nothing damaged may go. Raises DamagedError."""
        self.offload.check()
        return super().state()

    def load_state(self, arrays: Mapping[str, Array], times: Mapping[str, int]) -> None:
        """Take up a checkpoint's moments, into files."""
        super().load_state(arrays, times)
        self.offload.forget()  # a checkpoint's parameters follow
        for kind, moments in (("m", self.m), ("v", self.v)):
            for name, array in moments.items():
                moments[name] = self.offload.store(f"{kind}/{name}", array)
        self.offload.release()


def _reserve(file: BinaryIO, size: int) -> None:
    """Make a file of zeros whose space is really there: a full disk must be an error here, not a crash later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    for start in range(0, size, 1 << 20):
        file.write(bytes(min(1 << 20, size - start)))
    file.flush()
