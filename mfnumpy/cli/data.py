"""List, fetch, verify and preview the data sets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mfnumpy.support.files import atomic_write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy data`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (_, text) in ACTIONS.items():
        sub = actions.add_parser(name, help=text, description=text)
        if name != "list":
            nargs = "?" if name == "where" else None
            sub.add_argument("name", metavar="NAME", nargs=nargs, help="data set; see `mfnumpy data list`")
        sub.add_argument("--data-dir", help="official files: their folder or one of them (or MFNUMPY_DATA_DIR)")
        if name == "fetch":
            sub.add_argument("--again", action="store_true", help="also if files are here: replace wrong ones")
        if name == "preview":
            sub.add_argument(
                "--out", help="file to write: a PNG for images (default: NAME-preview.png), text for the others"
            )


def run(args: argparse.Namespace) -> int:
    """Do what was asked; returns 0. Raises an MfnumpyError for everything that a user can mend."""
    ACTIONS[args.action][0](args)
    return 0


def _list(args: argparse.Namespace) -> None:
    from data_utils.registry import SOURCES

    rows = []
    for source in SOURCES.values():
        train, test = source.samples
        samples = f"{train:,} + {test:,}" if test else f"{train:,}"
        shape = " x ".join(map(str, source.sample_shape))
        place = _place(source.name, args.data_dir)
        rows.append((source.name, samples, shape, str(len(source.class_names)), source.licence, place))
    print_table("Data sets", ("name", "samples", "shape", "classes", "licence", "here"), rows)


def _place(name: str, data_dir: str | None) -> str:
    """Where a data set is, in a few words."""
    from data_utils import find, registry
    from data_utils.wording import shown

    source = registry.get(name)
    if not source.files:
        return "generated" if "synthetic" in name else "in scikit-learn"
    found = find.find(source, data_dir)
    if found is not None:
        return shown(found.folder)
    return "no: mfnumpy data fetch " + name if source.downloadable else "no: bring your own " + source.files[0].name


def _fetch(args: argparse.Namespace) -> None:
    import data_utils
    from data_utils.wording import shown

    paths = data_utils.fetch(args.name, data_dir=args.data_dir, progress=sys.stderr.isatty(), again=args.again)
    for path in paths:
        print(shown(path, 1000))
    if not paths:
        print(f"{args.name} needs no files: {_place(args.name, None)}.")


def _verify(args: argparse.Namespace) -> None:
    import data_utils

    checks = data_utils.verify(args.name, args.data_dir)
    print_table(args.name, ("what", "result", "detail"), [(c.what, c.result, c.detail) for c in checks])


def _where(args: argparse.Namespace) -> None:
    from data_utils import explain, find, registry
    from data_utils.wording import shown

    names = [args.name] if args.name else [s.name for s in registry.SOURCES.values() if s.files]
    print_table("Files", ("name", "here"), [(name, _place(name, args.data_dir)) for name in names])
    if args.name and registry.get(args.name).files:
        source = registry.get(args.name)
        print("looked through, in this order:")
        for folder in find.places(source, args.data_dir):
            print(f"  {shown(folder)}")
        if find.find(source, args.data_dir) is None and (there := explain.lies_there(source, args.data_dir)):
            print(there)
    cache = find.cache_folder()
    print(f"cache (MFNUMPY_CACHE_DIR): {shown(cache) if cache else 'none: there is no home folder'}")


def _preview(args: argparse.Namespace) -> None:
    from data_utils import previews, registry

    if registry.get(args.name).kind == "image":
        path = Path(args.out or f"{args.name}-preview.png")
        picture = _grid(*previews.images(args.name, args.data_dir))
        with atomic_write(path) as file:
            file.write(picture)
        print(f"wrote {path}")
        return
    table = previews.table(args.name, args.data_dir)
    print_table(table.title, table.columns, table.rows)
    if args.out:
        with atomic_write(args.out, "w") as file:
            file.writelines("\t".join(row) + "\n" for row in (table.columns, *table.rows))
        print(f"wrote {args.out}")


def _grid(images: Any, titles: Sequence[str]) -> bytes:
    """Draw (n, H, W, C) images in [0, 1] as a grid of ten columns; returns a PNG."""
    from mfnumpy.comparison import plots

    columns = 10
    rows = -(-len(images) // columns)
    fig, axes = plots.figure(width=columns, height=1.15 * rows, rows=rows, columns=columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image.squeeze(), cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
        ax.set_title(title, fontsize=7, pad=2)
    return plots.render(fig, "png")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: by rich where it is installed, else with tabs between the columns.

    title: above it.
    columns: their names.
    rows: of cells, as text.
    """
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        print(title, *("\t".join(row) for row in (columns, *rows)), sep="\n")
        return
    # a pipe has no width: wide enough that nothing is cut there
    console = Console(width=None if sys.stdout.isatty() else 200)
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: a [bracket] in a review is no markup
    with console.capture() as drawn:  # printed by us: at a closed pipe, rich would end the program with code 1
        console.print(table)
    print(drawn.get(), end="")


ACTIONS = {
    "list": (_list, "the data sets, their sizes and licences, and where they are"),
    "fetch": (_fetch, "download the official files of a data set that is nowhere on this machine"),
    "verify": (_verify, "check a data set's files against the published checksums and counts"),
    "where": (_where, "the folders that are looked through, and what was found"),
    "preview": (_preview, "look at samples: a picture for images, a table for tables and texts"),
}
