"""The command line `mfnumpy`. Exit codes: 0 done, 2 bad input (one clear line), 130 on Ctrl-C.

Each command is a module of this package with `add_arguments(parser)` and `run(args) -> int`, imported only when
it is called, so that `mfnumpy --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from mfnumpy.errors import InvalidValueError, MfnumpyError, unknown_name
from mfnumpy.version import __version__


class Parser(argparse.ArgumentParser):
    """argparse, but a wrong option is one line on standard error like every other bad input."""

    def error(self, message: str) -> NoReturn:
        """Raise InvalidValueError in place of printing the whole usage."""
        raise InvalidValueError(f"{message} ({self.prog} --help lists the options)")

    def parse(self, argv: list[str]) -> argparse.Namespace:
        """The arguments, with options before, between or behind the others, as a person may write them."""
        try:
            return self.parse_intermixed_args(argv)
        except TypeError:  # argparse's word for a command with actions of its own, such as `data verify`
            return self.parse_args(argv)


COMMANDS = {
    "compare": "train all learning rules side by side on real data: table, pictures, report (start here)",
    "train": "train one network by one rule, with checkpoints",
    "evaluate": "accuracy of a checkpoint on a data set",
    "info": "rules, networks, equations, choices, and this machine",
    "data": "list, fetch, verify and preview the data sets",
    "check": "check a function that you wrote against an equation or algorithm",
    "bench": "speed against PyTorch on the same machine",
    "memory": "peak memory over time and over depth",
    "growth": "seconds and bytes against depth, width, batch, classes and image size",
    "reproduce": "regenerate the paper's tables and figures",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argv without the program's name."""
    argv = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(argv)
    except MfnumpyError as error:
        print(f"mfnumpy: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except MemoryError as error:
        remedy = "take a smaller network, batch or --subset"
        print(f"mfnumpy: Not enough memory: {str(error) or 'no more could be had'}; {remedy}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mfnumpy: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader (`| head`) has gone: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help"):
        print(_help())
        return 0
    if argv[0] in ("-V", "--version"):
        print(f"mfnumpy {__version__}")
        return 0
    if argv[0] not in COMMANDS:
        raise unknown_name("command", argv[0], COMMANDS)
    module = importlib.import_module(f"mfnumpy.cli.{argv[0]}")
    parser = Parser(prog=f"mfnumpy {argv[0]}", description=module.__doc__)
    module.add_arguments(parser)
    return module.run(parser.parse(argv[1:]))


def _help() -> str:
    lines = ["usage: mfnumpy COMMAND [options]     (mfnumpy COMMAND --help for its options)", ""]
    lines += [f"  {name:<10} {text}" for name, text in COMMANDS.items()]
    return "\n".join(lines)


def entry_point() -> None:
    """What the installed script calls."""
    sys.exit(main())
