"""The command line `mfnumpy`.

Exit codes: 0 done, 2 bad input or a full output (one clear line), 130 on Ctrl-C, 143 on SIGTERM, 129 on SIGHUP.

Each command is a module of this package with `add_arguments(parser)` and `run(args) -> int`, imported only when
it is called, so that `mfnumpy --help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO

from mfnumpy.errors import DataWarning, InvalidValueError, MfnumpyError, unknown_name
from mfnumpy.support.interrupt import exit_code, stoppable
from mfnumpy.support.text import for_terminal
from mfnumpy.support.version import __version__


class Parser(argparse.ArgumentParser):
    """argparse, but a wrong option is one line on standard error like every other bad input."""

    def error(self, message: str) -> NoReturn:
        """Raise InvalidValueError in place of printing the whole usage."""
        raise InvalidValueError(f"{message} ({self.prog} --help lists the options)")

    def print_help(self, file: Any = None) -> None:
        """Print the help; argparse itself would say nothing where that fails."""
        print(self.format_help(), end="", file=file)

    def parse(self, argv: list[str]) -> argparse.Namespace:
        """The arguments, with options before, between or behind the others, as a person may write them."""
        try:
            return self.parse_intermixed_args(argv)
        except TypeError:  # argparse's word for a command with actions of its own, such as `data verify`
            return self.parse_args(argv)


COMMANDS = {
    "learn": "open the lessons in JupyterLab (start here to learn)",
    "compare": "train all learning rules side by side on real data: table, pictures, report (start here to see)",
    "train": "train one network by one rule, with checkpoints",
    "repair": "train the damaged blocks of a checkpoint again, alone",
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
    words = list(sys.argv[1:] if argv is None else argv)
    sys.stdout, sys.stderr = _open(sys.stdout), _open(sys.stderr)
    with warnings.catch_warnings():
        warnings.showwarning = _one_line(warnings.showwarning)
        code = _guarded(lambda: _dispatch(words))
    flushed = _guarded(_flush)  # here, since an error in Python's own flush at the exit would be a traceback
    return code or flushed


def _one_line(otherwise: Callable[..., None]) -> Callable[..., None]:
    """What shows a warning: one about data as a line for a person, any other as Python does."""

    def show(message: Warning | str, category: type[Warning], *where: Any) -> None:
        """Show one warning."""
        if issubclass(category, DataWarning):
            _say(" ".join(str(message).split()))
        else:
            otherwise(message, category, *where)

    return show


def _open(stream: TextIO | None) -> TextIO:
    """The stream itself, which shows what its encoding does not have as "?"; one that goes nowhere for a closed one.

    The caller has closed it by `>&-`; Python shows it as None.
    """
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
        stream.reconfigure(errors="replace")
    return stream


def _guarded(work: Callable[[], int]) -> int:
    """Work's exit code; an error that a person can do something about becomes one line and its code."""
    try:
        return work()
    except MfnumpyError as error:
        _say(" ".join(str(error).split()))
        return 2
    except MemoryError as error:
        remedy = "take a smaller network, batch or --subset"
        _say(f"Not enough memory: {str(error) or 'no more could be had'}; {remedy}.")
        return 2
    except KeyboardInterrupt as error:
        _say(f"{str(error) or 'interrupted'}.")
        return exit_code(error)
    except BrokenPipeError:  # the reader (`| head`) has gone: nobody is left to be told
        _let_go()
        return 0
    except OSError as error:
        if error.errno in PATHS and error.filename is not None:
            _say(f"{error.filename}: {error.strerror}. Give another path.")
            return 2
        if error.errno not in FULL or error.filename is not None:  # no matter of the output: a bug of ours
            raise
        _let_go()
        _say(f"The output cannot be written: {error.strerror}. Make room, or send it elsewhere.")
        return 2


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""A disk, a quota or a file is full, or the device fails: what `print` meets where standard output goes."""


PATHS = (
    *(errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EINVAL, errno.ENXIO),
)
"""What the system says of a path that a person gave: too long, not allowed, a file for a folder, and so on."""


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _say(line: str) -> None:
    """One line on standard error; where that cannot be written either, nothing is left to be said."""
    try:
        print(f"mfnumpy: {for_terminal(line)}", file=sys.stderr, flush=True)
    except OSError:
        _let_go()


def _let_go() -> None:
    """What cannot be written goes nowhere from here on, so that Python's flush at the exit does not fail once more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _dispatch(argv: list[str]) -> int:
    if any("\0" in word for word in argv):
        raise InvalidValueError("An argument holds a zero byte, which no name of a file has.")
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
    try:
        args = parser.parse(argv[1:])
    except SystemExit as end:  # argparse has printed the help
        return int(end.code or 0)
    with stoppable():
        return module.run(args)


def _help() -> str:
    lines = ["usage: mfnumpy COMMAND [options]     (mfnumpy COMMAND --help for its options)", ""]
    lines += [f"  {name:<10} {text}" for name, text in COMMANDS.items()]
    return "\n".join(lines)
