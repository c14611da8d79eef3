"""What there is: rules, networks, equations, choices that the paper leaves open, MF's route, and this machine."""

from __future__ import annotations

import argparse
import inspect

from mfnumpy import backend, choices, equations, network, rules
from mfnumpy.errors import BackendError, InvalidValueError, MfnumpyError, UnknownNameError
from mfnumpy.support.environment import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy info`."""
    parser.add_argument("topic", nargs="?", choices=tuple(TOPICS), help="one topic alone (default: all)")
    parser.add_argument("--markdown", action="store_true", help="the choices as the page docs/choices.md")


def run(args: argparse.Namespace) -> int:
    """Print one topic or all; returns 0.

    Raises InvalidValueError where --markdown meets another topic than choices. Raises BackendError or UnknownNameError
    where MFNUMPY_BACKEND cannot be used, after all else has been printed as NumPy has it.
    """
    if args.markdown:
        if args.topic not in (None, "choices"):
            raise InvalidValueError(f"Only the choices have a page in Markdown; got --markdown for {args.topic!r}.")
        print(choices.as_markdown(), end="")
        return 0
    problem: MfnumpyError | None = None
    for name in [args.topic] if args.topic else TOPICS:
        if args.topic is None:
            print(f"\n{name}\n{'-' * len(name)}")
        try:
            print(TOPICS[name]())
        except (BackendError, UnknownNameError) as error:
            problem = error
            with backend.using("numpy"):
                print(TOPICS[name]())
    if problem is not None:
        raise problem
    return 0


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def _rules() -> str:
    rows = [("rule", "predictions", "images", "what it does")]
    for name, rule in rules.RULES.items():
        rows.append((name, ", ".join(rule.predictions), "yes" if rule.images else "no", rule.sentence))
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3]]) for row in rows)


def _networks() -> str:
    lines = [f"{name:<7} {text}" for name, text in network.PAPER_NETWORKS.items()]
    return "\n".join([*lines, "LxN     L dense blocks of N neurons;   cnn:8-16  a CNN of these widths"])


def _equations() -> str:
    return "\n".join(f"{equation.__name__:<20} {_first_line(equation)}" for equation in equations.PAPER.values())


def _choices() -> str:
    return "\n".join(f"{name}: {choice.text}\n    {choice.reason}" for name, choice in choices.every().items())


def _machine() -> str:
    lines = [f"{key}: {value}" for key, value in environment().items()]
    try:
        backend.get("cupy")
        lines.append("GPU: usable with --backend cupy")
    except BackendError as error:
        lines.append(f"GPU: {error}")
    return "\n".join(lines)


TOPICS = {
    "rules": _rules,
    "networks": _networks,
    "equations": _equations,
    "choices": _choices,
    "route": rules.mf.route,
    "machine": _machine,
}
