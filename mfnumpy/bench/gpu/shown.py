"""The page of what the steps wrote on one machine: `python -m mfnumpy.bench.gpu --show FOLDER > docs/gpu.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mfnumpy.bench.gpu import speed
from mfnumpy.bench.gpu.plan import STEPS
from mfnumpy.bench.gpu.written import Written, notes, read, sound
from mfnumpy.errors import MissingDataError

HEAD = """# On a GPU

<!-- made by: python -m mfnumpy.bench.gpu --show {folder} > docs/gpu.md -->

What one run of `make gpu` found, on {device}. [How to make it](performance.md#on-a-gpu), on a machine of your own.
NumPy {numpy}, PyTorch {torch}, Python {python}, {cpus} processors{commit}.
The training runs that were made there are in [the results](results.md), which say so where they are shown.
"""

SPEED = """## Speed

Milliseconds for a batch, data and weights on the device, float32 without TF32: the median, and in brackets the least
and the most over {rounds} rounds. PyTorch takes the same weights and the same batches, and the losses of the first
batches are compared before any time counts. The last column is PyTorch's time over ours: above 1, ours is the faster.

Each call from Python is a kernel launch here, and at these sizes launching takes longer than computing: see
[what is done in fewer calls](performance.md#on-a-gpu).
"""

AGREEMENT = """Two epochs of a small network by every rule, on the device and by NumPy: the relative distance of all
losses, and of each parameter afterwards; the farthest is shown.
"""

DEPTH = """Fig. 3 by the meter of CuPy's pool, the rules as they are written: megabytes for each further
layer of 1000 neurons, or of 16 maps.
"""

TIME = "Figs. 1 and 2 at the paper's batch: megabytes in use before, and at the peak.\n"


def page(folder: Path, name: str | None = None) -> str:
    """The page, in Markdown.

    folder: of the steps' files; with what a person wrote beside them, in NOTES.md.
    name: of the folder in the command at the head; None for its own.
    Raises MissingDataError where no step has written anything, FormatError for a file that holds something else.
    """
    bodies = {step.name: read(folder / f"{step.name}.json") for step in STEPS}
    found = {key: body for key, body in bodies.items() if body is not None}
    if not found:
        names = ", ".join(f"{step.name}.json" for step in STEPS)
        raise MissingDataError(f"No results in {folder}: expected some of {names}, as `--out` leaves them.")
    summary = read(folder / "summary.json")
    parts = [_part(next(iter(found.values())), lambda first: _head(first, summary, name or str(folder)))]
    parts += [_part(summary, _outcomes), _noted(notes(folder))]
    parts += [_part(found.get("tests"), _tests), _part(found.get("agreement"), _agreement)]
    speeds = [file for key, file in found.items() if key.startswith("speed-")]
    parts += [_part(file, _rounds) for file in speeds[:1]]
    ends = _ends(summary)
    parts += [_part(file, lambda file: _speed(file, ends.get(file.path.stem, ""))) for file in speeds]
    parts += [_part(found.get("memory-depth"), _depth), _part(found.get("memory-time"), _time)]
    return "\n".join(part for part in parts if part)


def _part(file: Written | None, show: Callable[[Written], str]) -> str:
    """What is shown of a file; "" without one. Raises FormatError where it holds something else."""
    if file is None:
        return ""
    with sound(file.path):
        return show(file)


def _head(first: Written, summary: Written | None, folder: str) -> str:
    environment = first.environment
    torch = environment["libraries"].get("torch", "is not there")
    told = {key: environment.get(key, "unknown") for key in ("device", "numpy", "python", "cpus")}
    commit = (summary or first).commit
    made = f", mfnumpy at commit `{commit[:12]}`" if commit else ""
    return HEAD.format(folder=folder, torch=torch, commit=made, **told)


def _outcomes(summary: Written) -> str:
    rows = [(r["name"], r["outcome"], f"{r['seconds']:.0f}") for r in summary.results]
    return "## What became of each step\n\n" + _table(("step", "outcome", "seconds"), rows)


def _ends(summary: Written | None) -> Mapping[str, str]:
    """Step -> what became of it."""
    if summary is None:
        return {}
    with sound(summary.path):
        return {r["name"]: r["outcome"] for r in summary.results}


def _noted(text: str) -> str:
    return f"## What explains it\n\n{text}\n" if text else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    """Text that stays in its cell, whatever an error message holds. Raises AttributeError for what is no text."""
    return " ".join(text.replace("|", "\\|").split())


def _failed(file: Written) -> str:
    return f"\nThe step failed: {_cell(file.failed)}\n" if file.failed else ""


def _section(title: str, text: str, file: Written, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A part of the page: what was measured, and that the step failed, if so."""
    table = f"{text}\n{_table(heads, rows)}" if rows else ""
    return f"## {title}\n\n{table}{_failed(file) if rows else _failed(file).lstrip()}" if rows or file.failed else ""


def _tests(file: Written) -> str:
    if not file.results:
        return _section("The tests", "", file, (), ())
    last = file.results[0]["output"].strip().splitlines()
    failed = [line.split(" ", 2)[1].rpartition("::")[2] for line in last if line.startswith("FAILED ")]
    failed = failed or [line.strip("_ ") for line in last if line.startswith("____")]
    lines = ["## The tests", "", f"Those marked `gpu`: {last[-1].partition(' in ')[0]}."]
    if failed:
        lines += ["", *(f"- Failed: `{name}`." for name in failed)]
    return "\n".join([*lines, ""])


def _agreement(file: Written) -> str:
    rows = []
    for result in file.results:
        where = max(result["gaps"], key=result["gaps"].__getitem__)
        rows.append((result["network"], result["rule"], f"{result['gaps'][where]:.1e}", where))
    return _section("Agreement with NumPy", AGREEMENT, file, ("network", "rule", "distance", "of"), rows)


def _rounds(file: Written) -> str:
    rounds = [r["rounds"] for r in file.results if "rounds" in r]
    return SPEED.format(rounds=rounds[0] if rounds else "all")


def _speed(file: Written, outcome: str) -> str:
    """One network's table. outcome: what became of the step, as the summary says it; "" if nothing does."""
    name, found = file.path.stem.removeprefix("speed-"), file.results
    rows = [(r["rule"], _ms(r.get("ours")), _ms(r.get("peer")), _ratio(r)) for r in found]
    batch = next((f", batches of {r['batch']}" for r in found if "batch" in r), "")
    table = _table(("rule", "ours, ms", "PyTorch, ms", "PyTorch / ours"), rows) if rows else ""
    absent = [f"`{rule}`" for rule in speed.rules_of(name) if rule not in {r["rule"] for r in found}]
    why = f" (the step: {outcome})" if outcome not in ("", "done") else ""
    lost = f"\nWithout a result: {', '.join(absent)}{why}.\n" if absent else ""
    return f"### {name}{batch}\n\n{table}{lost}{_failed(file)}"


def _ms(of: dict[str, float] | None) -> str:
    return "–" if of is None else f"{of['ms']:.2f} ({of['least']:.2f} to {of['most']:.2f})"


def _ratio(result: dict[str, Any]) -> str:
    if "error" in result:
        return str(result["error"])
    if "peer" not in result:
        return "–"
    if result["agrees"]:
        return "{:.2f} ({:.2f} to {:.2f})".format(*result["peer_over_ours"])
    gaps = ", ".join(f"{gap:.1e}" for gap in result.get("gaps", ()))
    return f"other losses{f': {gaps} apart' if gaps else ''}"


def _depth(file: Written) -> str:
    rows = [
        (r["series"].removesuffix(", reference"), f"{r['slope']:.2f}", f"{max(r['peaks']) / 1e6:,.0f}", _depths(r))
        for r in file.results
    ]
    heads = ("series", "MB a layer", "MB of the deepest", "depths")
    return _section("Memory over depth", DEPTH, file, heads, rows)


def _depths(result: dict[str, Any]) -> str:
    return ", ".join(map(str, result["depths"]))


def _time(file: Written) -> str:
    rows = [
        (rule, f"{r['standing'] / 1e6:,.0f}", f"{r['peak'] / 1e6:,.0f}")
        for rule, r in zip(("bp", "mf"), file.results, strict=False)
    ]
    return _section("Memory over two steps", TIME, file, ("rule", "MB before", "MB at the peak"), rows)
