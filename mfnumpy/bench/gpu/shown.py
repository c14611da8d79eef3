"""The page of what the steps wrote on one machine: `python -m mfnumpy.bench.gpu --show FOLDER > docs/gpu.md`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mfnumpy.bench.gpu.plan import STEPS
from mfnumpy.errors import MissingDataError

HEAD = """# On a GPU

<!-- made by: python -m mfnumpy.bench.gpu --show {folder} > docs/gpu.md -->

What one run of `make gpu` found, on {device}. [How to make it](performance.md#on-a-gpu), on a machine of your own.
NumPy {numpy}, PyTorch {torch}, Python {python}, {cpus} processors. The training runs that were made there are in
[the results](results.md), which say so where they are shown.
"""

SPEED = """## Speed

Milliseconds for a batch, data and weights on the device, float32 without TF32: the median, and in brackets the least
and the most over {rounds} rounds. PyTorch takes the same weights and the same batches, and the losses of the first
batches are compared before any time counts. The last column is PyTorch's time over ours: above 1, ours is the faster.

Each call from Python is a kernel launch here, and at these sizes launching takes longer than computing: see
[how many launches a step has](performance.md#on-a-gpu).
"""

Results = dict[str, list[dict[str, Any]]]


def page(folder: Path, name: str | None = None) -> str:
    """The page, in Markdown.

    folder: of the steps' files.
    name: of the folder in the command at the head; None for its own.
    Raises MissingDataError where no step has written anything.
    """
    bodies = {step.name: _read(folder / f"{step.name}.json") for step in STEPS}
    found = {key: body for key, body in bodies.items() if body is not None}
    if not found:
        names = ", ".join(f"{step.name}.json" for step in STEPS)
        raise MissingDataError(f"No results in {folder}: expected some of {names}, as `--out` leaves them.")
    environment = next(iter(found.values()))["environment"]
    results: Results = {key: body["results"] for key, body in found.items()}
    parts = [_head(environment, name or str(folder)), _tests(results), _agreement(results), _speed(results)]
    return "\n".join(part for part in [*parts, _depth(results), _time(results)] if part)


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _head(environment: dict[str, Any], folder: str) -> str:
    torch = environment["libraries"].get("torch", "is not there")
    told = {key: environment.get(key, "unknown") for key in ("device", "numpy", "python", "cpus")}
    return HEAD.format(folder=folder, torch=torch, **told)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _tests(results: Results) -> str:
    if "tests" not in results:
        return ""
    last = results["tests"][0]["output"].strip().splitlines()
    failed = [line.split(" ", 2)[1].rpartition("::")[2] for line in last if line.startswith("FAILED ")]
    failed = failed or [line.strip("_ ") for line in last if line.startswith("____")]
    lines = ["## The tests", "", f"Those marked `gpu`: {last[-1].partition(' in ')[0]}."]
    if failed:
        lines += ["", *(f"- Failed: `{name}`." for name in failed)]
    return "\n".join([*lines, ""])


def _agreement(results: Results) -> str:
    if "agreement" not in results:
        return ""
    rows = []
    for result in results["agreement"]:
        where = max(result["gaps"], key=result["gaps"].__getitem__)
        rows.append((result["network"], result["rule"], f"{result['gaps'][where]:.1e}", where))
    text = (
        "## Agreement with NumPy\n\nTwo epochs of a small network by every rule, on the device and by NumPy: the "
        "relative distance of all losses,\nand of each parameter afterwards; the farthest is shown.\n\n"
    )
    return text + _table(("network", "rule", "distance", "of"), rows)


def _speed(results: Results) -> str:
    steps = [(key, found) for key, found in results.items() if key.startswith("speed-") and found]
    if not steps:
        return ""
    parts = [SPEED.format(rounds=steps[0][1][0]["rounds"])]
    for key, found in steps:
        rows = [(r["rule"], _ms(r.get("ours")), _ms(r.get("peer")), _ratio(r)) for r in found]
        parts += [f"### {key.removeprefix('speed-')}, batches of {found[0]['batch']}\n"]
        parts += [_table(("rule", "ours, ms", "PyTorch, ms", "PyTorch / ours"), rows)]
    return "\n".join(parts)


def _ms(of: dict[str, float] | None) -> str:
    return "–" if of is None else f"{of['ms']:.2f} ({of['least']:.2f} to {of['most']:.2f})"


def _ratio(result: dict[str, Any]) -> str:
    if "error" in result:
        return str(result["error"])
    if "peer" not in result:
        return "–"
    return "{:.2f} ({:.2f} to {:.2f})".format(*result["peer_over_ours"]) if result["agrees"] else "other losses"


def _depth(results: Results) -> str:
    rows = [
        (r["series"].removesuffix(", reference"), f"{r['slope']:.2f}", f"{max(r['peaks']) / 1e6:,.0f}", _depths(r))
        for r in results.get("memory-depth", ())
    ]
    text = (
        "## Memory over depth\n\nFig. 3 by the meter of CuPy's pool, the rules as they are written: megabytes for each "
        "further\nlayer of 1000 neurons, or of 16 maps.\n\n"
    )
    return text + _table(("series", "MB a layer", "MB of the deepest", "depths"), rows) if rows else ""


def _depths(result: dict[str, Any]) -> str:
    return ", ".join(map(str, result["depths"]))


def _time(results: Results) -> str:
    rows = [
        (rule, f"{r['standing'] / 1e6:,.0f}", f"{r['peak'] / 1e6:,.0f}")
        for rule, r in zip(("bp", "mf"), results.get("memory-time", ()), strict=False)
    ]
    text = (
        "## Memory over two steps\n\nFigs. 1 and 2 at the paper's batch: megabytes in use before, and at the peak.\n\n"
    )
    return text + _table(("rule", "MB before", "MB at the peak"), rows) if rows else ""
