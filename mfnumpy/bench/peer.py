"""PyTorch's side: the same rules, from the same weights, as a good user would write them.

nn.functional on channels-last images, one fused Adam over all parameters, gradients set to None, autograd for all
that autograd can do. Everything here is the peer; nothing of it is used by mfnumpy itself.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.backend import to_host
from mfnumpy.layers import Conv2d
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.optional import require

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""Numbers of glibc's malloc.h."""


def keep_freed_memory() -> bool:
    """Tell glibc's malloc to keep the memory that is freed; returns whether it could be told.

    PyTorch allocates every activation anew. Left alone, glibc gives arrays of more than 32 MB back to the system with
    each batch and must fetch them anew, page by page, unless something before it happened to leave a large heap behind:
    `mfnumpy bench training --networks cnn`, with and without --system-malloc, shows what that costs. PyTorch's tuning
    guide advises to use another allocator for the same reason. It lasts as long as the process.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return bool(mallopt and mallopt(M_MMAP_MAX, 0) and mallopt(M_TRIM_THRESHOLD, 2**31 - 1))


RULES = ("mf", "bp", "fa", "dfa", "ff", "ff_one_pass", "shallow", "deep_supervision", "mf_joint")
"""The rules that PyTorch's side has; each is a method."""


class Peer:
    """One network and rule in PyTorch, with a copy of the given network's and rule's arrays.

    net, rule: the network, and the rule that was started for it.
    lr: Adam's learning rate.
    threads: of PyTorch.
    device: where it computes, as PyTorch names it.
    """

    def __init__(self, net: Network, rule: Rule, lr: float, threads: int, device: str = "cpu"):
        self.torch = torch = require("torch", "bench")
        torch.set_num_threads(threads)
        self.device = device
        self.F = torch.nn.functional
        self.kinds = [isinstance(block.linear, Conv2d) for block in net.blocks]
        self.convs: list[Any] = [block.linear for block in net.blocks]
        self.W = [self._weight(block.linear, block.parameters["W"]) for block in net.blocks]
        self.net, self.rule, self.n_classes = net, rule, rule.n_classes
        self.M = [self.tensor(M) for M in getattr(rule, "M", [])]
        readout = getattr(rule, "readout", None)
        self.R = self.tensor(readout.parameters["W"].T) if readout is not None else None
        self.B = [self.tensor(B) for B in getattr(rule, "feedback", [])]
        learned = [*self.W, *self.M, *([] if self.R is None else [self.R])]
        for parameter in learned:
            parameter.requires_grad_(True)
        self.adam = torch.optim.Adam(learned, lr=lr, fused=True)
        self.loss = getattr(self, rule.name) if rule.name in RULES else None

    def batch(self, x: np.ndarray, y: np.ndarray, negative: np.ndarray | None = None) -> list[float]:
        """One training step; the losses in the order of the rule's Steps.

        x: (N, *input_shape) float32.
        y: (N,) integer labels.
        negative: (N,) wrong labels, for FF alone.
        """
        return [loss.item() for loss in self.step(x, y, negative)]

    def step(self, x: Any, y: Any, negative: np.ndarray | None = None) -> list[Any]:
        """The same, with the losses left where they are: reading them waits for a device.

        x, y: arrays, or tensors on the peer's device.
        negative: an array.
        """
        assert self.loss is not None
        self.adam.zero_grad(set_to_none=True)
        inputs, labels = self.images(x), self.torch.as_tensor(y, device=self.device)
        losses = self.loss(inputs, labels) if negative is None else self.loss(inputs, labels, negative)
        self.adam.step()
        return losses

    def tensor(self, array: Any) -> Any:
        """A copy of an array of any backend, on the peer's device."""
        return self.torch.tensor(np.ascontiguousarray(to_host(array)), device=self.device)

    # -- layers --------------------------------------------------------------------------------------------------

    def images(self, x: np.ndarray) -> Any:
        """(N, H, W, C) seen as PyTorch's (N, C, H, W) in channels-last order, without a copy; rows as they are."""
        t = self.torch.as_tensor(x, device=self.device)
        return t.permute(0, 3, 1, 2) if t.ndim == 4 else t

    def _weight(self, linear: Any, W: np.ndarray) -> Any:
        """W in PyTorch's layout: (F, C, KH, KW) channels last, or (n_out, n_in)."""
        if isinstance(linear, Conv2d):
            kernel = to_host(W).reshape(*linear.kernel, linear.channels_in, linear.n_outputs)
            return self.tensor(kernel.transpose(3, 2, 0, 1)).contiguous(memory_format=self.torch.channels_last)
        return self.tensor(W.T)

    def block(self, i: int, x: Any, linear: Callable | None = None) -> Any:
        """relu(x W), pooled if it is an image.

        i: index of the block.
        x: its input, a tensor; images are (N, C, H, W).
        linear: PyTorch's function of x and the weights; None for its own convolution or product.
        """
        if self.kinds[i]:
            z = (linear or self.F.conv2d)(x, self.W[i], None, 1, self.convs[i].padding)
            return self.F.avg_pool2d(self.F.relu(z), 2)
        return self.F.relu((linear or self.F.linear)(x, self.W[i]))

    def flat(self, a: Any) -> Any:
        """One row per sample, in the order (H, W, C) as ours."""
        return a.permute(0, 2, 3, 1).flatten(1) if a.ndim == 4 else a

    # -- rules ---------------------------------------------------------------------------------------------------

    def mf(self, x: Any, y: Any) -> list[Any]:
        """A loss per block; detach() between them is all that makes it local."""
        losses = []
        for i, M in enumerate(self.M):
            a = self.block(i, x)
            losses.append(self.F.cross_entropy(self.flat(a) @ M.T, y))
            losses[-1].backward()
            x = a.detach()
        return losses

    def bp(self, x: Any, y: Any) -> list[Any]:
        """One loss at the readout."""
        for i in range(len(self.W)):
            x = self.block(i, x)
        loss = self.F.cross_entropy(self.F.linear(self.flat(x), self.R), y)
        loss.backward()
        return [loss]

    def fa(self, x: Any, y: Any) -> list[Any]:
        """As bp, with layers whose backward pass goes through B."""
        for i in range(len(self.W)):
            linear = None if i == 0 else self._feedback(i)
            x = self.block(i, x, linear)
        readout = self._feedback(len(self.W))
        loss = self.F.cross_entropy(readout(self.flat(x), self.R), y)
        loss.backward()
        return [loss]

    def dfa(self, x: Any, y: Any) -> list[Any]:
        """Each block's output gets e B as its gradient; detach() keeps errors from going from block to block."""
        outputs = []
        for i in range(len(self.W)):
            outputs.append(self.block(i, x))
            x = outputs[-1].detach()
        G = self.F.linear(self.flat(x), self.R)
        loss = self.F.cross_entropy(G, y)
        G.retain_grad()
        loss.backward()
        errors = [(G.grad @ B) for B in self.B]
        self.torch.autograd.backward([self.flat(a) for a in outputs], errors)
        return [loss]

    def ff(self, x: Any, y: Any, negative: np.ndarray) -> list[Any]:
        """Right labels, then wrong ones; the length normalised before each block.

        x: (N, d), a tensor.
        y: (N,) its labels, a tensor.
        negative: (N,) wrong labels.
        Returns the losses of all blocks.
        """
        torch, N, losses = self.torch, len(y), []
        x = torch.cat([x, x])
        x[:, : self.n_classes] = self.F.one_hot(
            torch.cat([y, torch.as_tensor(negative, device=self.device)]), self.n_classes
        )
        for i in range(len(self.W)):
            a = self.block(i, self.normalised(x))
            theta, G = self.rule.threshold(self.net, i), (a * a).sum(dim=1)  # type: ignore[attr-defined]
            loss = self.F.softplus(theta - G[:N]).mean() + self.F.softplus(G[N:] - theta).mean()
            loss.backward()
            losses.append(loss)
            x = a.detach()
        return losses

    def ff_one_pass(self, x: Any, y: Any, negative: np.ndarray) -> list[Any]:
        """As `Peer.ff`, with a readout on the normalised activities of all blocks for a neutral label."""
        rule, activities = self.rule, []
        with self.torch.no_grad():
            a = x.clone()
            a[:, : self.n_classes] = rule.label / self.n_classes  # type: ignore[attr-defined]
            for i in range(len(self.W)):
                a = self.block(i, self.normalised(a))
                activities.append(self.normalised(a))
        loss = self.F.cross_entropy(self.F.linear(self.torch.cat(activities, 1), self.R), y)
        loss.backward()
        return [*self.ff(x, y, negative), loss]

    def shallow(self, x: Any, y: Any) -> list[Any]:
        """The readout alone learns."""
        with self.torch.no_grad():
            for i in range(len(self.W)):
                x = self.block(i, x)
        loss = self.F.cross_entropy(self.F.linear(self.flat(x), self.R), y)
        loss.backward()
        return [loss]

    def mf_joint(self, x: Any, y: Any) -> list[Any]:
        """As mf, without detach(); with a readout, its loss too."""
        losses = []
        for i, M in enumerate(self.M):
            x = self.block(i, x)
            losses.append(self.F.cross_entropy(self.flat(x) @ M.T, y))
        if self.R is not None:
            losses.append(self.F.cross_entropy(self.F.linear(self.flat(x), self.R), y))
        loss = sum(losses)
        loss.backward()
        return [loss]

    deep_supervision = mf_joint

    def normalised(self, x: Any) -> Any:
        """The input of a block of FF, row by row."""
        norm = x.norm(dim=1, keepdim=True)
        if self.rule.normalise == "rms":  # type: ignore[attr-defined]
            norm = norm / x.shape[1] ** 0.5
        return x / (norm + 1e-8)

    def _feedback(self, i: int) -> Callable:
        """A layer that is forward as ever, and sends errors down through feedback matrix i - 1."""
        torch, B = self.torch, self.B[i - 1]
        if i < len(self.W) and self.kinds[i]:
            fixed = self._weight(self.convs[i], B.cpu().numpy())
            return lambda x, W, b, stride, padding: _feedback_conv(torch).apply(x, W, fixed, padding)
        return lambda x, W: _feedback_linear(torch).apply(x, W, B)


def _feedback_linear(torch: Any) -> Any:
    class FeedbackLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, W: Any, B: Any) -> Any:
            """As a linear layer."""
            ctx.save_for_backward(x, B)
            return torch.nn.functional.linear(x, W)

        @staticmethod
        def backward(ctx: Any, dz: Any) -> Any:
            """The error goes back through the feedback matrix."""
            x, B = ctx.saved_tensors
            return dz @ B.T, dz.T @ x, None

    return FeedbackLinear


def _feedback_conv(torch: Any) -> Any:
    class FeedbackConv(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, W: Any, B: Any, padding: Any) -> Any:
            """As a convolution."""
            ctx.save_for_backward(x, W, B)
            ctx.padding = padding
            return torch.nn.functional.conv2d(x, W, None, 1, padding)

        @staticmethod
        def backward(ctx: Any, dz: Any) -> Any:
            """The error goes back through the feedback kernels."""
            x, W, B = ctx.saved_tensors
            dx = torch.nn.grad.conv2d_input(x.shape, B, dz, 1, ctx.padding)
            dW = torch.nn.grad.conv2d_weight(x, W.shape, dz, 1, ctx.padding)
            return dx, dW, None, None

    return FeedbackConv
