"""One measurement in a process of its own: python -m mfnumpy.bench.memory_probe '{"rule": "mf", "depth": 4, ...}'.

The process builds a network, takes one small step so that the moments are there, then the step that is measured, and
prints JSON. The backend counts every array (NumPy's through tracemalloc, CuPy's in its pool), so the count is exact;
beside it stands what the operating system says of the process, where it is Linux: elsewhere it does not say.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, rules
from mfnumpy.backend import Array, Meter
from mfnumpy.fast import FastAdam, Team, engine
from mfnumpy.fast.offload import Offload, OffloadedAdam
from mfnumpy.network import Network
from mfnumpy.optim import Adam
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream

PROC = Path("/proc/self")
"""Where Linux tells a process about itself."""


@dataclass(frozen=True)
class Probe:
    """What is measured.

    rule: by name.
    depth: how many layers.
    width: neurons, or maps of a convolution.
    batch: rows in a batch.
    engine: "reference" (the rules as they are written) or "fast".
    kind: "dense", or "conv": 3x3 without pooling.
    inputs: features of a sample of a dense network.
    side: height and width of the images of a convolutional one.
    n_classes: m.
    offload: a folder for layers on disk, or None.
    steps: how many training steps are measured.
    sample: also note the bytes in use every so many seconds; None for not.
    backend: "numpy", or "cupy", whose arrays lie on the GPU; there only the rules as they are written, in memory.
    """

    rule: str
    depth: int
    width: int = 1000
    batch: int = 256
    engine: str = "reference"
    kind: str = "dense"
    inputs: int = 784
    side: int = 28
    n_classes: int = 10
    offload: str | None = None
    steps: int = 1
    sample: float | None = None
    backend: str = "numpy"


def main(text: str) -> None:
    """Measure and print."""
    probe = Probe(**json.loads(text))
    print(json.dumps(asdict(probe) | measure(probe)))


def measure(probe: Probe) -> dict[str, Any]:
    """peak, standing: bytes by the meter. rss: the process's growth, None where the system does not tell it.

    seconds: per step. digest: of all arrays.
    """
    with ExitStack() as stack:
        before = _status("VmRSS")
        meter = stack.enter_context(stack.enter_context(backend.using(probe.backend)).meter())
        offload = stack.enter_context(Offload(probe.offload)) if probe.offload else None
        net, rule = build(probe, offload)
        step = _stepper(probe, net, rule, offload, stack)
        x, y = _data(probe, net)
        step(x[:2], y[:2], 0)
        restarted = _restart_high_water()  # building is not training
        backend.synchronize()
        meter.reset()
        standing, start = meter.used(), time.perf_counter()
        timeline = stack.enter_context(_Sampler(meter, probe.sample)).points if probe.sample else []
        for number in range(1, probe.steps + 1):
            step(x, y, number)
        backend.synchronize()
        seconds = (time.perf_counter() - start) / probe.steps
        result: dict[str, Any] = {"peak": meter.peak(), "standing": standing}
        most = _status("VmHWM") if restarted else None
        result |= {"rss": None if before is None or most is None else most - before}
        result |= {"seconds": seconds, "digest": _digest(net, rule)}
        return result | ({"timeline": list(timeline)} if probe.sample else {})


def build(probe: Probe, offload: Offload | None) -> tuple[Network, Rule]:
    """The network, block by block, each moved to disk before the next is made, if they are to be there."""
    net = Network((probe.side, probe.side, probe.width) if probe.kind == "conv" else probe.inputs, seed=1)
    rule = rules.make(probe.rule)
    for i in range(probe.depth):
        net.plug(net.new_conv(probe.width, pool=None) if probe.kind == "conv" else net.new_dense(probe.width))
        if i == 0:
            rule.start(net, probe.n_classes, seed=2)
        else:
            rule.plug(net)
        if offload is not None:
            offload.adopt(net, rule)
    return net, rule


def _stepper(probe: Probe, net: Network, rule: Rule, offload: Offload | None, stack: ExitStack) -> Any:
    if probe.engine == "fast":
        fast = engine(net, rule, FastAdam(), stack.enter_context(Team(None)))
        return lambda x, y, number: fast.batch(x, y, 1.0, None, stream(3, "batch", number))
    adam = Adam() if offload is None else OffloadedAdam(offload)

    def step(x: np.ndarray, y: np.ndarray, number: int) -> None:
        """One training step, numbered for its random numbers."""
        parameters = rule.parameters(net)
        for piece in rule.steps(net, x, y, stream(3, "batch", number)):
            for name, gradient in piece.gradients.items():
                adam.update(name, parameters[name], gradient)

    return step


def _data(probe: Probe, net: Network) -> tuple[Array, Array]:
    rng = stream(4, "memory")
    x = rng.random((probe.batch, *net.input_shape), dtype=np.float32)
    return backend.to_device(x), backend.to_device(rng.integers(0, probe.n_classes, probe.batch))


def _digest(net: Network, rule: Rule) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(rule.parameters(net).items()):
        digest.update(name.encode() + backend.to_host(array).tobytes())
    return digest.hexdigest()


def _status(key: str) -> int | None:
    """Bytes of this process, as Linux tells: VmRSS now, VmHWM at most. None where the system does not tell."""
    try:
        match = re.search(rf"{key}:\s+(\d+) kB", (PROC / "status").read_text())
    except OSError:
        return None
    return int(match[1]) * 1024 if match else None


def _restart_high_water() -> bool:
    """Start VmHWM anew, at what is in use now; returns whether the system lets us."""
    try:
        (PROC / "clear_refs").write_text("5")
    except OSError:
        return False
    return True


class _Sampler:
    """A thread that notes (seconds, bytes in use) at an interval."""

    def __init__(self, meter: Meter, interval: float):
        self.points: list[tuple[float, int]] = []
        self._meter, self._interval, self._stop = meter, interval, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> _Sampler:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start = time.perf_counter()
        while not self._stop.wait(self._interval):
            self.points.append((time.perf_counter() - start, self._meter.used()))


if __name__ == "__main__":
    main(sys.argv[1])
