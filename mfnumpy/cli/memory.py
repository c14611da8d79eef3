"""Peak memory over time and over depth: the paper's Figures 1 to 3 as `reproduce` measures them, and layers on disk."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from mfnumpy.cli.words import Words

PARTS = ("time", "depth", "batch256", "cnn", "offload")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy memory` accepts."""
    parser.add_argument(
        "--only",
        action=Words,
        known=PARTS,
        kind="part to measure",
        default=list(PARTS),
        help="parts to measure (default: all)",
    )
    parser.add_argument("--out", default="runs/memory", help="folder for memory.json and pictures")
    parser.add_argument("--quick", action="store_true", help="at the scale quick of reproduce, else laptop")
    parser.add_argument("--backend", help="numpy or cupy (or MFNUMPY_BACKEND); on a GPU without layers on disk")
    parser.add_argument("--offload", metavar="DIR", help="where layers on disk are kept (default: a temporary folder)")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write memory.json and the pictures: each part as soon as it is measured."""
    from mfnumpy import backend
    from mfnumpy.bench import figures
    from mfnumpy.bench import memory as study
    from mfnumpy.bench import memory_pictures as pictures
    from mfnumpy.cli.options import use_backend
    from mfnumpy.paper.published import FIG3_SLOPES
    from mfnumpy.support.files import atomic_write, make_folder

    use_backend(args)
    own = backend.current().name
    out = make_folder(args.out)
    _check_needs(args, own)
    found: dict[str, Any] = {"quick": args.quick, "backend": own, "paper_slopes": FIG3_SLOPES}
    note = lambda text: print(text, flush=True)  # noqa: E731

    def write(**part: Any) -> None:
        """memory.json with all parts so far, before anything else can fail."""
        found.update(part)
        with atomic_write(out / "memory.json", "w") as file:
            json.dump(found, file, indent=1)

    scale = "quick" if args.quick else "laptop"
    if "time" in args.only:
        net = f"5 layers of 2000 neurons, batch {figures.OVER_TIME[scale]:,}"
        timelines = study.over_time(scale, own)
        write(time=timelines)
        pictures.time_picture(timelines, f"{net} (paper: Figs. 1 and 2, batch 30,000)", out / "time.png")
        for rule, points in timelines.items():
            used = [b / 1e6 for _, b in points]
            note(f"{rule} over time, {net}: from {min(used):,.0f} to {max(used):,.0f} MB")
    printed = ", ".join(f"{rule.upper()} {slope:.2f}" for rule, slope in FIG3_SLOPES.items())
    for part, layers in (("depth", f"paper: {printed}"), ("batch256", f"paper: {printed}"), ("cnn", "paper: Fig. 3b")):
        if part in args.only:
            series = study.fig3(part, scale, note, own)
            write(**{part: [asdict(s) for s in series]})
            pictures.depth_picture(series, f"Fig. 3, {part} ({layers})", out / f"{part}.png")
            _print(note, series)
    if "offload" in args.only and own != "numpy":
        note(f"layers on disk: not measured, they go with the backend 'numpy' only; this is {own!r}")
    elif "offload" in args.only:
        result = study.offload(256, (4, 6, 8) if args.quick else (4, 8, 16), args.offload, 2, note)
        write(offload=asdict(result))
        _print(note, [result.on_disk, result.in_memory])
        note(f"same bytes: {result.same_bytes}; seconds per step, on disk over in memory: {result.slowdown:.2f}")
    write()
    note(f"Written: {out}/memory.json and pictures.")
    return 0


def _check_needs(args: argparse.Namespace, own: str) -> None:
    """What is needed later must be there before minutes are spent. Raises MissingLibraryError, OutputError."""
    from mfnumpy.support.files import make_folder
    from mfnumpy.support.optional import require
    from mfnumpy.support.threads import LIBRARY

    require("matplotlib")
    if own == "numpy" and {"depth", "batch256"} & set(args.only):
        require(LIBRARY)  # of the fast engine
    if own == "numpy" and "offload" in args.only and args.offload is not None:
        make_folder(args.offload)


def _print(note: Any, series: list) -> None:
    for one in series:
        note(one.line())
