"""The form of an answer: a line that the lesson prints as a matrix product is asked for from its indices."""

from __future__ import annotations

import dis
import types
from collections.abc import Callable, Iterable

TURNS = frozenset(["T", "mT", "transpose", "swapaxes", "moveaxis"])
PRODUCTS = frozenset(["dot", "vdot", "inner", "matmul", "tensordot", "multi_dot"])

ASKED = "this exercise asks for the sum over the indices: np.einsum, or loops"
"""What a report says of an answer in another form."""


def by_indices(function: Callable) -> bool:
    """Whether a function computes without matrix products and without turning an array; prints a sentence if not.

    function: the student's. What it calls of its own notebook counts as well. A blank that is not written passes.
    """
    world = getattr(function, "__globals__", {})
    found = products(function.__code__, lambda name: getattr(world.get(name), "__code__", None))
    if found:
        print(f"{function.__name__} uses {', '.join(found)}, as the lesson does; {ASKED}.")
    return not found


def products(code: types.CodeType, known: Callable[[str], types.CodeType | None]) -> list[str]:
    """Matrix products and turned arrays in a function's code, and in the functions that it names: "@", ".T", "dot".

    code: of the function. known: name -> code of a function of the same notebook, or None.
    """
    found: dict[str, None] = {}
    todo, seen = [code], set()
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        todo += [const for const in here.co_consts if isinstance(const, types.CodeType)]
        todo += [other for name in here.co_names if (other := known(name)) is not None]
        for step in dis.get_instructions(here):
            if step.opname == "BINARY_OP" and step.argrepr in ("@", "@="):
                found["@"] = None
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and step.argval in TURNS:
                found[f".{step.argval}"] = None
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_GLOBAL") and step.argval in PRODUCTS:
                found[str(step.argval)] = None
    return list(found)


def products_in_texts(name: str, texts: Iterable[str]) -> list[str]:
    """The same of a function by name, from the texts of a notebook's cells: nothing of them is run.

    name: of the function. texts: of the cells; one that is no Python is passed over. The last definition counts.
    """
    codes: dict[str, types.CodeType] = {}
    for text in texts:
        try:
            module = compile(text, "cell", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        codes |= {const.co_name: const for const in module.co_consts if isinstance(const, types.CodeType)}
    return products(codes[name], codes.get) if name in codes else []
