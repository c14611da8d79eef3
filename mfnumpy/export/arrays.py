"""A network's and a rule's parameters as PyTorch's `state_dict` lays them out."""

from __future__ import annotations

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.blocks import Block
from mfnumpy.network import Network
from mfnumpy.rules import Rule


def state_dict(net: Network, rule: Rule) -> dict[str, np.ndarray]:
    """Copies of all that was learned, by names and in shapes that PyTorch's modules take.

    block1.weight: (n, d) of nn.Linear, (F, C, KH, KW) of nn.Conv2d. block1.bias: (n,) or (F,), where there is one.
    block1.projection.weight: M, (m, n), of nn.Linear(n, m, bias=False), where the rule has projection matrices.
    readout.weight: (m, n), of nn.Linear(n, m, bias=False), where it has a readout.
    Images are (N, C, H, W) there: what reads a block's flat output expects `torch.flatten(a, 1)` of that layout, so
    columns stand in its order. Fixed feedback matrices are left out: no prediction needs them.
    """
    found: dict[str, np.ndarray] = {}
    shapes = net.shapes()
    for i, block in enumerate(net.blocks):
        parameters = {key: backend.to_host(array) for key, array in block.parameters.items()}
        found[f"{block.name}.weight"] = weight(block, parameters["W"], shapes[i])
        if "b" in parameters:
            found[f"{block.name}.bias"] = parameters["b"].copy()
        if rule.projections is not None:
            found[f"{block.name}.projection.weight"] = channels_first(backend.to_host(rule.M[i]), shapes[i + 1])
    if rule.readout is not None:
        W = backend.to_host(rule.readout.parameters["W"]).T
        seen = shapes[1:] if rule.readout.of_all else shapes[-1:]
        edges = np.cumsum([np.prod(shape, dtype=int) for shape in seen])[:-1]
        parts = zip(np.split(W, edges, axis=1), seen, strict=True)
        found["readout.weight"] = np.concatenate([channels_first(part, shape) for part, shape in parts], axis=1)
    return found


def weight(block: Block, W: Array, input_shape: tuple[int, ...]) -> np.ndarray:
    """The weights of one block in PyTorch's layout.

    block: which one.
    W: (d, n), or (KH KW C, F) of a convolution.
    input_shape: of one sample before the block.
    Returns (n, d) or (F, C, KH, KW), a copy.
    """
    spec = block.spec()
    if "kernel" in spec:
        KH, KW = spec["kernel"]
        return np.ascontiguousarray(W.reshape(KH, KW, spec["channels_in"], -1).transpose(3, 2, 0, 1))
    return channels_first(W.T, input_shape)


def channels_first(matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A copy of (m, H W C) with the columns in the order (C, H, W); of another shape than (H, W, C) as it is."""
    if len(shape) == 3:
        matrix = matrix.reshape(len(matrix), *shape).transpose(0, 3, 1, 2).reshape(len(matrix), -1)
    return np.array(matrix, order="C")
