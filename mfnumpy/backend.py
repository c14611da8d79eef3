"""The backend shim: the same code on NumPy (CPU) and CuPy (GPU). The only file that may import cupy.

    backend.use("cupy")          # or --backend cupy, or MFNUMPY_BACKEND=cupy
    x = backend.to_device(x)     # host -> device
    xp = backend.xp_of(x, W)     # the array library of these arrays; arrays of two libraries raise
    backend.to_host(x)           # device -> host

Code below never names a library: it asks `xp_of` for the library of the arrays it was given. Random numbers are
drawn on the host (see seeding.py), so a seed means the same on both.
"""

from __future__ import annotations

import functools
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mfnumpy.errors import BackendError, unknown_name

Array = Any
"""An array of the backend in use: numpy.ndarray or cupy.ndarray."""


@dataclass(frozen=True)
class Meter:
    """Counts bytes of arrays while its `with` block lasts.

    used: how many are in use now.
    peak: the most at once since the last reset.
    reset: begins to look for the peak anew.
    """

    used: Callable[[], int]
    peak: Callable[[], int]
    reset: Callable[[], None]


_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def _traced() -> Iterator[Meter]:
    """NumPy reports every array to tracemalloc, which also counts what Python itself allocates.

    It has one peak for the whole process: another thread that wants to count waits.
    """
    with _ONE_AT_A_TIME:
        was_tracing = tracemalloc.is_tracing()
        tracemalloc.start()
        try:
            yield Meter(
                lambda: tracemalloc.get_traced_memory()[0],
                lambda: tracemalloc.get_traced_memory()[1],
                tracemalloc.reset_peak,
            )
        finally:
            if not was_tracing:
                tracemalloc.stop()


@dataclass(frozen=True)
class Backend:
    """One array library: its namespace, its array type, and the ways in and out.

    name: "numpy" or "cupy".
    xp: the library's namespace.
    array_type: the class of its arrays.
    to_host: array -> NumPy array.
    to_device: NumPy array -> array.
    synchronize: waits for what the device still computes.
    block_elements: how many elements an elementwise update should take at a time: on a CPU so many as stay in the
        cache; None for all at once, where each call is a kernel launch.
    meter: counts its arrays' bytes.
    unread: of how many batches the losses may stay on the device before they are read, which waits for it.
    kernel: (inputs, outputs, formula, name) -> one elementwise kernel, called with arrays and numbers; None: there is
        none.
    as_strided: (array, shape, strides) -> a view, where copying one is faster than many slices; else None.
    device: the name of what it computes on, where that is not this machine's processor.
    """

    name: str
    xp: Any
    array_type: type
    to_host: Callable[[Array], np.ndarray]
    to_device: Callable[[np.ndarray], Array]
    synchronize: Callable[[], None] = field(default=lambda: None)
    block_elements: int | None = None
    meter: Callable[[], AbstractContextManager[Meter]] = _traced
    unread: int = 1
    kernel: Callable[[str, str, str, str], Callable[..., Any]] | None = None
    as_strided: Callable[[Array, tuple[int, ...], tuple[int, ...]], Array] | None = None
    device: Callable[[], str | None] = field(default=lambda: None)


def _numpy() -> Backend:
    return Backend("numpy", np, np.ndarray, np.asarray, np.asarray, block_elements=32_768)


def _cupy() -> Backend:
    try:
        import cupy
    except ImportError as error:
        what = "is not installed" if error.name == "cupy" else f"is there, and cannot be imported ({error})"
        raise BackendError(
            f"The backend 'cupy' needs CuPy, which {what}. Install the wheel for your CUDA version "
            "(pip install cupy-cuda12x), or use the backend 'numpy'."
        ) from error
    # `import cupy` succeeds on a machine without a GPU; only this call tells.
    if not cupy.cuda.is_available():
        raise BackendError(
            "The backend 'cupy' needs an NVIDIA GPU with a working driver, and CuPy finds none here. "
            "Use the backend 'numpy' (MFNUMPY_BACKEND=numpy), or check `nvidia-smi`."
        )

    class Count(cupy.cuda.MemoryHook):
        """Adds up what CuPy's pool hands out and takes back, in its own units of 512 bytes."""

        name = "mfnumpy meter"
        used = peak = 0

        def malloc_postprocess(self, **event: int) -> None:
            """Count a block that the pool gave out."""
            if event["mem_ptr"]:  # 0 where the pool had no memory left
                self.used += event["mem_size"]
                self.peak = max(self.peak, self.used)

        def free_postprocess(self, **event: int) -> None:
            """Count a block that came back."""
            self.used -= event["mem_size"]

        def reset(self) -> None:
            """Forget the peak so far."""
            self.peak = self.used

    @contextmanager
    def pooled() -> Iterator[Meter]:
        """Arrays that were there before are not counted."""
        count = Count()
        with count:
            yield Meter(lambda: count.used, lambda: count.peak, count.reset)

    @functools.cache
    def kernel(inputs: str, outputs: str, formula: str, name: str) -> Any:
        """Compiled at its first call, and kept."""
        return cupy.ElementwiseKernel(inputs, outputs, formula, name)

    return Backend(
        "cupy",
        cupy,
        cupy.ndarray,
        cupy.asnumpy,
        cupy.asarray,
        lambda: cupy.cuda.Device().synchronize(),
        meter=pooled,
        unread=64,
        kernel=kernel,
        as_strided=lambda array, shape, strides: cupy.lib.stride_tricks.as_strided(array, shape, strides),
        device=lambda: cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode(),
    )


_makers: dict[str, Callable[[], Backend]] = {"numpy": _numpy, "cupy": _cupy}
_loaded: dict[str, Backend] = {"numpy": _numpy()}
_current: Backend | None = None


def register(name: str, maker: Callable[[], Backend]) -> None:
    """Add a backend of your own under a name; `maker` is called when it is first used.

    Raises BackendError where it cannot be used on this machine: that is the maker's duty.
    """
    _makers[name] = maker
    _loaded.pop(name, None)


def get(name: str) -> Backend:
    """The backend of that name, loading it if need be.

    Raises UnknownNameError for an unknown name, BackendError if the library or the GPU is missing.
    """
    if name not in _makers:
        raise unknown_name("backend", name, _makers)
    if name not in _loaded:
        _loaded[name] = _makers[name]()
    return _loaded[name]


def use(name: str) -> Backend:
    """Make a backend the one on which new arrays are made; returns it.

    Raises UnknownNameError or BackendError as `get` does; the backend in use then stays what it was.
    """
    global _current
    _current = get(name)
    return _current


@contextmanager
def using(name: str) -> Iterator[Backend]:
    """Use a backend inside a `with` block, then go back to the one before."""
    global _current
    before = _current
    try:
        yield use(name)
    finally:
        _current = before


def current() -> Backend:
    """The backend in use: the last `use`, else MFNUMPY_BACKEND, else (also where that is empty) numpy."""
    if _current is None:
        return use(os.environ.get("MFNUMPY_BACKEND", "").strip() or "numpy")
    return _current


def backend_of(*arrays: Array) -> Backend:
    """The backend to which these arrays belong; None is passed over.

    Raises BackendError if they belong to two backends, or to none that is loaded; the message says the remedy.
    """
    found: Backend | None = None
    for array in arrays:
        if array is None:
            continue
        own = next((b for b in _loaded.values() if isinstance(array, b.array_type)), None)
        if own is None:
            raise BackendError(
                f"Expected an array of {' or '.join(sorted(_loaded))}; got {type(array).__name__}. "
                "Make it one with backend.to_device(numpy.asarray(...))."
            )
        if found is not None and own is not found:
            raise BackendError(
                f"Arrays of two backends met: {found.name} and {own.name}. Move them to one place first: "
                "backend.to_device(x) brings x to the backend in use, backend.to_host(x) back to NumPy."
            )
        found = own
    return found if found is not None else current()


def is_array(value: Any) -> bool:
    """Whether this is an array of any loaded backend (and not, say, a lazy view of a data set)."""
    return any(isinstance(value, b.array_type) for b in _loaded.values())


def xp_of(*arrays: Array) -> Any:
    """The array library (numpy or cupy) of these arrays; raises as `backend_of` does."""
    return backend_of(*arrays).xp


def to_host(array: Array) -> np.ndarray:
    """The array as a NumPy array (itself, if it is one)."""
    return backend_of(array).to_host(array)


def to_device(array: Array) -> Array:
    """The array on the backend in use (itself, if it is there)."""
    if isinstance(array, current().array_type):
        return array
    return current().to_device(to_host(array))


def numbers(scalars: Sequence[Any]) -> list[float]:
    """Scalars as Python's floats; those of a device come over together."""
    if scalars and all(isinstance(scalar, current().array_type) for scalar in scalars):
        return [float(value) for value in to_host(current().xp.stack(list(scalars)))]
    return [float(scalar) for scalar in scalars]


def synchronize() -> None:
    """Wait until the device has done what it was asked; needed before a clock is read."""
    current().synchronize()


def blocks_of(array: Array) -> Iterator[slice]:
    """Yield slices that cut a flat array into blocks which stay in the cache (a single one on a GPU)."""
    size = backend_of(array).block_elements or max(1, array.size)
    for start in range(0, array.size, size):
        yield slice(start, start + size)
