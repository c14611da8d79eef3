"""What goes between the judge and a student's process, as bytes: numbers and arrays, no code and no pickle.

An array that lies in the memory of another one in the same message arrives as the same view of it, so that the judge
sees whether an argument was changed in place, and whether a result is an argument's memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.errors import MfnumpyError
from mfnumpy.network import Network
from mfnumpy.rules import Rule, make

MOST_BYTES = 256 << 20
"""The longest message that is read."""
DEEPEST = 20
"""So deep may lists lie in lists."""
LONGEST_TEXT = 2000
"""Characters that are kept of a text."""
MOST_ITEMS = 100_000
"""Items of one list that are read."""
_KINDS = "fiubc"
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    MemoryError,
)


class MessageError(MfnumpyError):
    """A message that is none of ours, or too large."""


class Foreign:
    """What stands for an object that is no number and no array; its type has the name of the object's type."""


def foreign(name: str) -> Any:
    """An object whose type has this name, and nothing else of it."""
    return type(str(name)[:80].replace("\0", "") or "object", (Foreign,), {})()


class Packer:
    """Makes one message. callback: gives a number to a function in it."""

    def __init__(self, callback: Callable[[Callable], int] | None = None):
        self.callback = callback
        self.buffers: list[np.ndarray] = []

    def pack(self, value: Any, *, shared: list[np.ndarray] | None = None) -> bytes:
        """The message. shared: arrays whose memory both sides know; views of them are sent as such."""
        self.buffers = list(shared or [])
        tree = self._tree(value, 0)
        head = [[list(b.shape), b.dtype.str, "F" if _is_fortran(b) else "C"] for b in self.buffers]
        header = json.dumps({"tree": tree, "buffers": head, "shared": len(shared or [])}).encode()
        parts = [len(header).to_bytes(8, "little"), header, *(b.tobytes("A") for b in self.buffers)]
        return b"".join(parts)

    def _tree(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool) or type(value) in (int, float):
            return value
        if type(value) is str:
            return {"s": value[:LONGEST_TEXT].encode("utf-8", "replace").decode()}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic) and value.dtype.kind in _KINDS:
            return {"scalar": self._array(np.asarray(value))}
        if isinstance(value, np.random.Generator):
            return {"rng": value.bit_generator.state}
        if isinstance(value, (list, tuple)) and depth < DEEPEST:
            items = [self._tree(v, depth + 1) for v in value[:MOST_ITEMS]]
            return {"l" if isinstance(value, list) else "t": items}
        if isinstance(value, dict) and depth < DEEPEST:
            return {"d": [[str(k)[:LONGEST_TEXT], self._tree(v, depth + 1)] for k, v in list(value.items())[:1000]]}
        if isinstance(value, Network):
            return {"net": value.spec(), "values": self._tree(list(value.parameters().values()), depth + 1)}
        if isinstance(value, Rule):
            own = [value.name, value.options(), value.n_classes, value.seed]
            return {"rule": own, "M": self._tree(list(value.M), depth + 1)}
        if callable(value) and self.callback is not None:
            return {"call": self.callback(value)}
        return {"other": type(value).__name__}

    def _array(self, value: np.ndarray) -> Any:
        if value.dtype.kind not in _KINDS or value.dtype.fields:
            return {"dtype": value.dtype.str}
        kind = "matrix" if isinstance(value, np.matrix) else "a"
        value = value.view(np.ndarray)
        for k, buffer in enumerate(self.buffers):
            if np.may_share_memory(value, buffer):
                offset = _address(value) - _address(buffer)
                return {kind: [k, offset, list(value.shape), list(value.strides), value.dtype.str]}
        buffer = value if value.flags.c_contiguous or value.flags.f_contiguous else value.copy()
        self.buffers.append(buffer)
        place = [len(self.buffers) - 1, 0, list(buffer.shape), list(buffer.strides), buffer.dtype.str]
        return {kind: place}


class Unpacker:
    """Reads one message. callback: the function that stands for one of the other side, by its number."""

    def __init__(self, callback: Callable[[int], Callable] | None = None):
        self.callback = callback
        self.buffers: list[np.ndarray] = []
        self.net: Network | None = None

    def unpack(self, data: bytes, *, shared: list[np.ndarray] | None = None) -> Any:
        """The value. shared: our arrays that the first buffers are read into; raises MessageError for what is none."""
        try:
            size = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + size])
            shared = list(shared or []) if header["shared"] else []
            self.buffers = self._buffers(header["buffers"], memoryview(data)[8 + size :], shared)
            return self._value(header["tree"], 0)
        except MessageError:
            raise
        except (MfnumpyError, *_UNREADABLE) as error:
            raise MessageError(
                f"The answer of the student's process cannot be read ({type(error).__name__})."
            ) from None

    @staticmethod
    def _buffers(head: list, data: memoryview, shared: list[np.ndarray]) -> list[np.ndarray]:
        buffers, place = [], 0
        for k, (shape, dtype, order) in enumerate(head):
            kind = np.dtype(dtype)
            if kind.kind not in _KINDS or kind.hasobject or any(n < 0 for n in shape):
                raise MessageError("The answer holds an array that is none of numbers.")
            size = math.prod(shape) * kind.itemsize
            array = np.frombuffer(data[place : place + size], kind).reshape(shape, order=order)
            place += size
            if k < len(shared):
                if shared[k].shape != array.shape or shared[k].dtype != array.dtype:
                    raise MessageError("The answer holds other arguments than were given.")
                shared[k][...] = array
                buffers.append(shared[k])
            else:
                buffers.append(array.copy(order=order))
        return buffers

    def _value(self, tree: Any, depth: int) -> Any:
        if depth > 2 * DEEPEST:
            raise MessageError("The answer is nested too deeply.")
        if not isinstance(tree, dict):
            if tree is None or isinstance(tree, (bool, int, float)):
                return tree
            raise MessageError("The answer cannot be read.")
        (key, item), *more = tree.items()
        if key in ("a", "matrix"):
            return np.asmatrix(self._view(*item)) if key == "matrix" else self._view(*item)
        if key == "scalar":
            return self._value(item, depth + 1)[()]
        if key in ("l", "t"):
            items = [self._value(v, depth + 1) for v in item]
            return items if key == "l" else tuple(items)
        if key == "d":
            return {str(k): self._value(v, depth + 1) for k, v in item}
        if key == "net":
            self.net = _network(item, self._value(more[0][1], depth + 1))
            return self.net
        if key == "rule":
            return _rule(item, self._value(more[0][1], depth + 1), self.net)
        if key == "call" and self.callback is not None:
            return self.callback(int(item))
        simple: dict[str, Callable[[Any], Any]] = {
            "s": str,
            "rng": _generator,
            "other": foreign,
            "dtype": lambda name: np.empty(0, name),
        }
        return simple[key](item)

    def _view(self, k: int, offset: int, shape: list, strides: list, dtype: str) -> np.ndarray:
        """The array that lies so in buffer k; NumPy itself refuses what would lie outside of it."""
        base = self.buffers[k]
        if np.dtype(dtype).kind not in _KINDS or np.dtype(dtype).hasobject or math.prod(shape) > MOST_BYTES:
            raise MessageError("The answer holds an array that is none of numbers.")
        if offset == 0 and list(base.shape) == shape and list(base.strides) == strides and base.dtype.str == dtype:
            return base
        flat = base.reshape(-1, order="A") if base.size else base
        return np.ndarray(tuple(shape), np.dtype(dtype), flat.view(np.uint8).data, offset, tuple(strides))


def leaves(value: Any) -> list[np.ndarray]:
    """The arrays in the arguments of a call, in order: those whose memory both sides know.

    Only whole blocks of memory count; of two that share memory the first.
    """
    found: list[np.ndarray] = []

    def walk(item: Any) -> None:
        """Look into lists and tuples."""
        if isinstance(item, np.ndarray):
            whole = item.flags.c_contiguous or item.flags.f_contiguous
            if whole and item.dtype.kind in _KINDS and not any(np.may_share_memory(item, other) for other in found):
                found.append(item)
        elif isinstance(item, (list, tuple)):
            for part in item:
                walk(part)

    walk(value)
    return found


def update(given: Any, after: Any) -> None:
    """Do to the judge's own arguments what the student's call did to theirs; arrays share their memory already."""
    if isinstance(given, list) and isinstance(after, list):
        for mine, theirs in zip(given, after, strict=False):
            update(mine, theirs)
        if len(given) != len(after) or any(_other(m, t) for m, t in zip(given, after, strict=False)):
            given[:] = after
    elif isinstance(given, tuple) and isinstance(after, tuple):
        for mine, theirs in zip(given, after, strict=False):
            update(mine, theirs)
    elif isinstance(given, np.random.Generator) and isinstance(after, np.random.Generator):
        given.bit_generator.state = after.bit_generator.state
    elif isinstance(given, (Network, Rule)) and type(given) is type(after):
        vars(given).update(vars(after))


def _other(mine: Any, theirs: Any) -> bool:
    """Whether an item of a list was replaced by another one."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        return mine.shape != theirs.shape or not np.array_equal(mine, theirs)
    return type(mine) is not type(theirs) or (isinstance(mine, (bool, int, float)) and mine != theirs)


def _generator(state: dict) -> np.random.Generator:
    bits: Any = np.random.PCG64()
    bits.state = state
    return np.random.Generator(bits)


def _network(spec: dict, values: list) -> Network:
    net = Network.from_spec(spec)
    for array, value in zip(net.parameters().values(), values, strict=True):
        array[...] = value
    return net


def _rule(own: list, M: list, net: Network | None) -> Rule:
    """The rule as it was started for the network that came before it, with its matrices M."""
    rule = make(own[0], **own[1])
    if net is None or len(M) != len(net.blocks):
        rule.n_classes, rule.seed = own[2], own[3]
        rule.M = M
        return rule
    rule.start(net, own[2], own[3])
    for array, value in zip(rule.M, M, strict=True):
        array[...] = value
    return rule


def _is_fortran(array: np.ndarray) -> bool:
    return array.flags.f_contiguous and not array.flags.c_contiguous


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]
