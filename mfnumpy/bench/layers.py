"""What running layers in parallel gains, divided honestly, and who works when."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import rules
from mfnumpy.bench.rounds import alternate
from mfnumpy.bench.training import SHAPES
from mfnumpy.comparison.plots import figure, save, style_of
from mfnumpy.fast import FastAdam, Team, engine
from mfnumpy.network import Network, named
from mfnumpy.parallel import Span, ThreadPipeline
from mfnumpy.rules import Rule
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads

Data = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class LayersResult:
    """Median seconds of one round for each way, and what follows from them.

    network: by name.
    batch: rows in a batch.
    seconds: by way, "mf, one thread".
    fewer: sequential BP over sequential MF, both on one thread: what MF saves in multiplications.
    parallelism: sequential MF on one thread over the pipeline of layers.
    same_bytes: whether pipeline and sequential training agree.
    """

    network: str
    batch: int
    seconds: dict[str, float]
    fewer: float
    parallelism: float
    same_bytes: bool

    def lines(self) -> list[str]:
        """A table and its reading."""
        best = min(self.seconds["bp, neurons"], self.seconds["bp, one thread"], self.seconds["bp, BLAS threads"])
        pipeline = self.seconds["mf, layers"]
        table = [f"{self.network}, batch {self.batch}: {way:<20} {s:8.3f} s" for way, s in self.seconds.items()]
        return [
            *table,
            f"MF's layers in parallel are {self.fewer * self.parallelism:.2f} times as fast as BP on one thread: "
            f"{self.fewer:.2f} from fewer multiplications, {self.parallelism:.2f} from parallelism.",
            f"Against BP with its multiplications split over all threads: {best / pipeline:.2f}; "
            f"MF with its neurons split the same way: {best / self.seconds['mf, neurons']:.2f}.",
            f"Same bytes as sequential training: {self.same_bytes}.",
        ]


def measure(network: str, batch: int, batches: int, threads: int, rounds: int) -> LayersResult:
    """Seconds of sequential, layer-parallel and neuron-parallel training of MF and BP, in alternating rounds.

    network: by name, see `network.parse`.
    batch: rows in a batch.
    batches: how many of them one piece of timed work is.
    threads: of every way but "one thread".
    rounds: of the timing; the median counts.
    """
    shape = SHAPES.get(network, (28, 28, 1))
    rng = stream(3, "bench")
    data = [
        (rng.random((batch, *named(network, shape).input_shape), dtype=np.float32), rng.integers(0, 10, batch))
        for _ in range(batches)
    ]
    ways: dict[str, Callable[[], object]] = {}
    models: dict[str, dict[str, np.ndarray]] = {}
    with Team(threads) as team:
        for rule_name in ("mf", "bp"):
            for way, many in (("one thread", 1), ("BLAS threads", threads)):
                net, rule = _model(network, rule_name)
                models[f"{rule_name}, {way}"] = rule.parameters(net)
                ways[f"{rule_name}, {way}"] = _limited(many, _sequential(net, rule, data, FastAdam()))
            net, rule = _model(network, rule_name)
            ways[f"{rule_name}, neurons"] = _engine(engine(net, rule, FastAdam(), team), data)
        net, rule = _model(network, "mf")
        models["mf, layers"] = rule.parameters(net)
        ways["mf, layers"] = _pipeline(net, rule, data, threads)
        timings = alternate(ways, rounds)
    seconds = {way: timing.median for way, timing in timings.items()}
    a, b = models["mf, one thread"], models["mf, layers"]
    same = all(a[name].tobytes() == b[name].tobytes() for name in a)
    fewer = seconds["bp, one thread"] / seconds["mf, one thread"]
    return LayersResult(network, batch, seconds, fewer, seconds["mf, one thread"] / seconds["mf, layers"], same)


def timeline(network: str, batch: int, batches: int, threads: int, path: Path) -> dict[str, list[dict]]:
    """Draw who works when, MF's pipeline above BP on one thread; return the spans.

    network: by name, see `network.parse`.
    batch: rows in a batch.
    batches: how many of them are drawn.
    threads: of the pipeline.
    path: of the picture, written as .png and .svg.

    Both panels show all that their blocks do, updates too; of BP not the readout, which belongs to no block.
    Raises MissingLibraryError without matplotlib or what holds BLAS to one thread, OutputError.
    """
    rng = stream(3, "bench")
    shape = SHAPES.get(network, (28, 28, 1))
    data = [(rng.random((batch, *shape), dtype=np.float32), rng.integers(0, 10, batch)) for _ in range(batches)]
    net, rule = _model(network, "mf")
    data = [(x.reshape(batch, *net.input_shape), y) for x, y in data]
    pipelined: list[Span] = []
    _pipeline(net, rule, data, threads)()
    _pipeline(net, rule, data, threads, pipelined)()
    net, rule = _model(network, "bp")
    adam = FastAdam()
    locked = _watch(net, adam)
    work = _limited(1, _sequential(net, rule, data, adam))
    work()
    locked.clear()
    work()
    spans = {"mf": pipelined, "bp": _numbered(locked, len(net.blocks))}
    _draw(spans, len(net.blocks), threads, path)
    return {name: [asdict(span) for span in all_of_them] for name, all_of_them in spans.items()}


def _model(network: str, rule_name: str) -> tuple[Network, Rule]:
    net = named(network, SHAPES.get(network, (28, 28, 1)), seed=1)
    rule = rules.make(rule_name)
    rule.start(net, 10, seed=2)
    return net, rule


def _limited(threads: int, work: Callable[[], object]) -> Callable[[], object]:
    def limited() -> None:
        """The call, with BLAS held to so many threads."""
        with blas_threads(threads, needed=True):
            work()

    return limited


def _sequential(net: Network, rule: Rule, data: Data, adam: FastAdam) -> Callable[[], object]:
    def work() -> None:
        """All batches, one layer after the other."""
        parameters = rule.parameters(net)
        for x, y in data:
            for step in rule.steps(net, x, y):
                for name, gradient in step.gradients.items():
                    adam.update(name, parameters[name], gradient)

    return work


def _engine(fast: Any, data: Data) -> Callable[[], object]:
    return lambda: [fast.batch(x, y, 1.0, None) for x, y in data]


def _pipeline(
    net: Network, rule: Rule, data: Data, threads: int, spans: list[Span] | None = None
) -> Callable[[], object]:
    adam = FastAdam()

    def work() -> None:
        """The same batches through the pipeline."""
        with ThreadPipeline(net, rule, adam, threads=threads, spans=spans) as pipeline:
            for _ in pipeline.run((number, x, y, None, 1.0) for number, (x, y) in enumerate(data)):
                pass

    return work


def _watch(net: Network, adam: FastAdam) -> list[Span]:
    """Note when each block of a network is called and updated; blocks and Adam do what they did."""
    spans: list[Span] = []

    def watched(i: int, kind: str, method: Callable) -> Callable:
        """The method, noting when it worked and on which block."""

        def call(*args: Any, **options: Any) -> Any:
            """The piece of work itself, timed."""
            start = time.perf_counter()
            result = method(*args, **options)
            spans.append(Span(i, 0, start, time.perf_counter(), kind))
            return result

        return call

    for i, block in enumerate(net.blocks):
        for name in ("forward", "error_at_z", "parameter_gradients", "error_to_input"):
            kind = "forward" if name == "forward" else "backward"
            setattr(block, name, watched(i, kind, getattr(block, name)))
    update = adam.update
    updates = {block.name: watched(i, "update", update) for i, block in enumerate(net.blocks)}

    def watched_update(name: str, *rest: Any) -> None:
        """The update itself, noted if it is a block's; the readout's is not."""
        updates.get(name.split(".")[0], update)(name, *rest)

    setattr(adam, "update", watched_update)  # noqa: B010
    return spans


def _numbered(spans: list[Span], blocks: int) -> list[Span]:
    """Give each span the number of its batch: a new one begins whenever block 0 goes forward."""
    numbered, batch = [], -1
    for span in sorted(spans, key=lambda s: s.start):
        batch += span.block == 0 and span.kind == "forward"
        numbered.append(Span(span.block, batch, span.start, span.end, span.kind))
    return numbered


def _draw(spans: dict[str, list[Span]], blocks: int, threads: int, path: Path) -> None:
    titles = {
        "mf": f"MF (threads: {threads}): blocks at work on different batches (hatched: update)",
        "bp": "BP (threads: 1): one block at a time (hatched: backward and update)",
    }
    fig, axes = figure(height=4.5, rows=2, sharex=True)
    for ax, (name, all_of_them) in zip(axes, spans.items(), strict=True):
        zero = min(span.start for span in all_of_them)
        for span in all_of_them:
            ax.barh(
                span.block,
                (span.end - span.start) * 1e3,
                left=(span.start - zero) * 1e3,
                height=0.8,
                color=style_of(name)["color"],
                alpha=0.95 if span.batch % 2 else 0.5,
                hatch="//" if span.kind in ("backward", "update") else None,
                edgecolor="white",
                linewidth=0.3,
            )
        ax.set(yticks=range(blocks), yticklabels=[f"block {i + 1}" for i in range(blocks)], title=titles[name])
        ax.invert_yaxis()
    axes[-1].set_xlabel("milliseconds (shades alternate from batch to batch)")
    save(fig, path)
