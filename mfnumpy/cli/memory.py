"""Peak memory over time and over depth: the paper's Figures 1 to 3, and layers kept on disk."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

PARTS = ("time", "depth", "batch256", "cnn", "offload")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `mfnumpy memory` accepts."""
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to measure (default: all)")
    parser.add_argument("--out", default="runs/memory", help="folder for memory.json and pictures")
    parser.add_argument("--quick", action="store_true", help="smaller batches, in about a minute")
    parser.add_argument("--backend", help="numpy or cupy (or MFNUMPY_BACKEND); on a GPU without layers on disk")
    parser.add_argument("--offload", metavar="DIR", help="where layers on disk are kept (default: a temporary folder)")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write memory.json and the pictures: each part as soon as it is measured."""
    from mfnumpy import backend
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

    large, depths = (4_800, (3, 4, 5)) if args.quick else (48_000, (3, 4, 5, 6))
    if "time" in args.only:
        width, batch = (500, 3_000) if args.quick else (2000, 30_000)
        timelines = study.over_time(width, 5, batch, 0.002 if args.quick else 0.02, own)
        write(time=timelines)
        pictures.time_picture(timelines, f"5x{width}, batch {batch:,} (paper: Figs. 1 and 2)", out / "time.png")
        for rule, points in timelines.items():
            used = [b / 1e6 for _, b in points]
            note(f"{rule} over time, 5x{width}, batch {batch:,}: from {min(used):,.0f} to {max(used):,.0f} MB")
    for part, batch, where in (("depth", large, depths), ("batch256", 256, (4, 8, 16))):
        if part in args.only:
            series = study.dense_depth(batch, where, note, own)
            write(**{part: [asdict(s) for s in series]})
            printed = ", ".join(f"{rule.upper()} {slope:.2f}" for rule, slope in FIG3_SLOPES.items())
            title = f"Layers of 1000 neurons, batch {batch:,} (paper, Fig. 3a: {printed})"
            pictures.depth_picture(series, title, out / f"{part}.png")
            _print(note, series)
    if "cnn" in args.only:
        series = study.conv_depth(16 if args.quick else 64, 32, (2, 3, 4), note, own)
        write(cnn=[asdict(s) for s in series])
        pictures.depth_picture(series, "3x3 convolutions of 32 maps on 28x28 images (paper: Fig. 3b)", out / "cnn.png")
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
