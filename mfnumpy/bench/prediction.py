"""Prediction, ours against PyTorch's, one sample and a batch: the paper's Table 4.

Forward-Forward with all labels computes x W once on both sides, as `mfnumpy.fast.prediction` explains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy import rules
from mfnumpy.bench.peer import Peer
from mfnumpy.bench.rounds import alternate, ratios
from mfnumpy.bench.training import SHAPES, DisagreementError
from mfnumpy.fast.prediction import scores
from mfnumpy.network import named
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads

MODES = [("ff", "all-labels"), ("ff_one_pass", "one-pass"), ("bp", "readout"), ("mf", "ff"), ("mf", "bp")]
"""The rows of Table 4: rule and prediction."""


@dataclass(frozen=True)
class Prediction:
    """Milliseconds for one call, median round.

    network, rule: by name.
    mode: one of the rule's predictions.
    rows: samples in one call.
    parameters: how many learned numbers the prediction needs.
    ours_ms, peer_ms: of ours and of PyTorch's.
    ratio: how many times faster ours is: median, least, greatest.
    """

    network: str
    rule: str
    mode: str
    rows: int
    parameters: int
    ours_ms: float
    peer_ms: float
    ratio: tuple[float, float, float]

    def line(self) -> str:
        """One line for a table."""
        return (
            f"{self.network:<8}{self.rule + ' (' + self.mode + ')':<26}{self.rows:>5} rows  {self.parameters:>9,}  "
            f"ours {self.ours_ms:8.3f} ms  PyTorch {self.peer_ms:8.3f} ms  "
            f"ratio {self.ratio[0]:.2f} ({self.ratio[1]:.2f} to {self.ratio[2]:.2f})"
        )


def compare(network: str, rule_name: str, mode: str, rows: int, threads: int, rounds: int) -> Prediction:
    """One row of the table. Raises DisagreementError if the scores differ, MissingLibraryError without PyTorch.

    network: by name, see `network.parse`.
    rule_name: a key of `rules.RULES`.
    mode: one of the rule's predictions.
    rows: samples in one call.
    threads: of both.
    rounds: of the timing; the median counts.
    """
    net = named(network, SHAPES.get(network, (28, 28, 1)), seed=1)
    rule = rules.make(rule_name)
    rule.start(net, 10, seed=2)
    if rule.readout is not None:  # one may start at zero; scores must differ to be compared
        W = rule.readout.parameters["W"]
        W[...] = stream(5, "readout").standard_normal(W.shape)
    x = stream(3, "bench").random((rows, *net.input_shape), dtype=np.float32)
    peer = Peer(net, rule, 1e-3, threads)
    theirs = peer_scores(peer, mode)
    with blas_threads(threads, needed=True):
        a, b = scores(net, rule, x, mode), theirs(x)
        if not np.allclose(a, b, rtol=2e-3, atol=2e-3 * float(np.abs(b).max())):
            raise DisagreementError(
                f"{rule_name} ({mode}): our scores and PyTorch's differ by {np.abs(a - b).max():.1e}. "
                "Their speeds are not compared."
            )
        repeats = max(1, round(2000 / (rows + 20) / (5 if mode == "all-labels" else 1)))

        def many(predict: Callable[[], Any]) -> Callable[[], None]:
            """Many predictions as one piece of work."""

            def work() -> None:
                """Predict again and again, so that the clock has something to measure."""
                for _ in range(repeats):
                    predict()

            return work

        contestants = {"ours": many(lambda: scores(net, rule, x, mode)), "peer": many(lambda: theirs(x))}
        timings = alternate(contestants, rounds)
    ms = {name: timing.median / repeats * 1e3 for name, timing in timings.items()}
    ratio = ratios(timings["ours"], timings["peer"])
    return Prediction(network, rule_name, mode, rows, rule.count(net, mode), ms["ours"], ms["peer"], ratio)


def peer_scores(peer: Peer, mode: str) -> Callable[[np.ndarray], np.ndarray]:
    """PyTorch's (N, m) scores for one of the MODES."""
    torch, F, m = peer.torch, peer.F, peer.n_classes

    def normalised(x: Any) -> Any:
        """Rows of the length that the rule gives them."""
        norm = x.norm(dim=1, keepdim=True)
        return x / (norm / x.shape[1] ** 0.5 + 1e-8 if peer.rule.normalise == "rms" else norm + 1e-8)  # type: ignore[attr-defined]

    def layers(x: Any, prepare: Callable[[Any], Any] = lambda x: x) -> list[Any]:
        """The activations of every layer."""
        outputs = []
        for i in range(len(peer.W)):
            x = peer.block(i, prepare(x))
            outputs.append(x)
        return outputs

    label_rows = peer.W[0].detach()[:, :m].T.contiguous() if mode == "all-labels" else None

    def all_labels(x: Any) -> Any:
        """Forward-Forward: the goodness with each label written in, which adds one row of W and divides by a length."""
        pixels = x[:, m:]
        squares = (pixels * pixels).sum(dim=1) + 1
        length = (squares / x.shape[1] if peer.rule.normalise == "rms" else squares).sqrt() + 1e-8  # type: ignore[attr-defined]
        z = F.linear(pixels, peer.W[0][:, m:])[:, None, :] + label_rows
        a = z.div_(length[:, None, None]).relu_().reshape(len(x) * m, -1)
        total = (a * a).sum(dim=1)
        for i in range(1, len(peer.W)):
            a = peer.block(i, normalised(a))
            total += (a * a).sum(dim=1)
        return total.reshape(len(x), m)

    def one_pass(x: Any) -> Any:
        """Forward-Forward's readout, on a neutral label."""
        x = x.clone()
        x[:, :m] = 1 / m
        return F.linear(torch.cat([normalised(a) for a in layers(x, normalised)], dim=1), peer.R)

    def readout(x: Any) -> Any:
        """The scores of the last layer's readout."""
        return F.linear(peer.flat(layers(x)[-1]), peer.R)

    def mf_last(x: Any) -> Any:
        """Mono-Forward, BP pred: the last layer's scores."""
        return F.linear(peer.flat(layers(x)[-1]), peer.M[-1])

    def mf_sum(x: Any) -> Any:
        """Mono-Forward, FF pred: the sum of all layers' scores."""
        return sum(F.linear(peer.flat(a), M) for a, M in zip(layers(x), peer.M, strict=True))

    chosen = {"all-labels": all_labels, "one-pass": one_pass, "readout": readout, "bp": mf_last, "ff": mf_sum}[mode]

    def predict(x: np.ndarray) -> np.ndarray:
        """The labels, without gradients."""
        with torch.inference_mode():
            return chosen(peer.images(x)).numpy()

    return predict
