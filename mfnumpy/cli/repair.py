"""Find the damaged blocks of a checkpoint, and train them again alone; every other block stays byte for byte.

With --show no checkpoint is touched: networks by MF and BP are trained, damaged and repaired, and asked at each stage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mfnumpy import choices, engines, repair
from mfnumpy.batches import check_batch_size
from mfnumpy.cli import options
from mfnumpy.cli.data import print_table
from mfnumpy.cli.run_data import data_of_run, part_of
from mfnumpy.cli.train import Teller, describe
from mfnumpy.comparison import faults, plots
from mfnumpy.comparison.compare import percent
from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.measure import evaluate
from mfnumpy.network import Network
from mfnumpy.repair import Found
from mfnumpy.rules import RULES, Rule
from mfnumpy.saving import damage
from mfnumpy.support.environment import environment
from mfnumpy.support.files import atomic_write, locked
from mfnumpy.support.optional import require
from mfnumpy.support.threads import blas_threads, check_threads
from mfnumpy.support.validate import integer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `mfnumpy repair`."""
    add = parser.add_argument
    add("checkpoint", metavar="RUN", nargs="?", help="checkpoint.npz of `mfnumpy train`, or its folder")
    add("--check", action="store_true", help="say what is damaged and change nothing (exit code 1 where something is)")
    add("--above", action="store_true", help="then train every block above the damaged one as well, from below")
    add("--epochs", type=int, help="passes over the data for each block (default: those of the run; --show: 10)")
    told = "write the repaired checkpoint there (default: in place of the damaged one); --show: a folder (runs/repair)"
    add("--out", metavar="FILE", help=told)
    add("--data-dir", help="official files: their folder or one of them (or MFNUMPY_DATA_DIR)")
    add("--threads", type=int, metavar="N", help="threads of the matrix library (default: as many as pay off)")
    add("--show", action="store_true", help="in place of RUN: damage and repair networks by MF and BP; table, picture")
    add("--dataset", help="of --show (default: digits)")
    add("--subset", type=int, help="of --show: use at most so many samples of each part")
    add("--hidden", nargs="+", metavar="N", help="of --show: widths of the blocks (default: 64 64 64)")
    add("--seeds", type=int, metavar="N", help="of --show: networks of each rule (default: 5)")


SHOWN = {"dataset": "digits", "subset": None, "hidden": ["64", "64", "64"], "seeds": 5}
"""The options of --show, with their defaults."""


def run(args: argparse.Namespace) -> int:
    """Say what is damaged, and repair it. Returns 0; 1 for a damaged checkpoint that is only looked at."""
    if args.threads is not None:
        check_threads("--threads", args.threads)
    given = [f"--{name}" for name in SHOWN if getattr(args, name) is not None]
    if args.show:
        if args.checkpoint or args.check or args.above:
            raise InvalidValueError("--show makes networks of its own: leave RUN, --check and --above out.")
        return _show(args)
    if args.checkpoint is None or given:
        needs = f"{' and '.join(given)}: of --show alone" if given else "Say which RUN is to be repaired, or --show"
        raise InvalidValueError(f"{needs} (mfnumpy repair --help lists the options).")
    path = Path(args.checkpoint, "checkpoint.npz") if os.path.isdir(args.checkpoint) else Path(args.checkpoint)
    with nullcontext() if args.check or not path.exists() else locked(path.parent):
        found = repair.look(path)
        print(_said(found))
        if not found.damaged or args.check:
            return int(bool(found.damaged))
        return _repair(args, found)


def _said(found: Found) -> str:
    """What is damaged and what is whole, a line each."""
    whose = damage.by_owner(found.damaged)
    lines = [f"{name} is damaged: {'; '.join(words)}" for name, words in whose.items()]
    whole = [block.name for block in found.net.blocks if block.name not in whose]
    if not lines:
        return f"{found.path}: nothing is damaged; whole: {', '.join(whole)}"
    return "\n".join([f"{found.path}:", *lines, f"whole: {', '.join(whole) or 'no block'}"])


def _repair(args: argparse.Namespace, found: Found) -> int:
    """Train what is damaged, or draw it again, and write the checkpoint."""
    net, rule = found.net, found.rule
    optimiser, own = repair.options_of(found)
    if args.epochs is not None:
        own["epochs"] = args.epochs
    names = found.to_train
    above = _above(found) if args.above else []
    args.dataset = args.data = args.target = None
    data = data_of_run(args, found.path, found.stored.description, net, rule)
    held_out = (data.x_val, data.y_val) if len(data.y_val) else (None, None)
    repair.check_data(found, data.x_train, data.y_train, held_out[1])
    check_batch_size(own["batch_size"], len(data.y_train))
    if found.blocks:
        print(meanwhile(net, rule, found.blocks, data.x_test, data.y_test))
    found.draw_again(names)
    print(_plan(found, names, above))
    threads = args.threads or engines.threads_that_pay(net, own["batch_size"])
    with blas_threads(threads, needed=args.threads is not None):
        for part in filter(None, (names, above)):
            turns = len({damage.owner(name) for name in part}) if rule.local else 1
            tell = Teller(turns * own["epochs"])
            repair.retrain(net, rule, part, optimiser, data.x_train, data.y_train, *held_out, on_epoch=tell, **own)
        print(describe("repaired; test", evaluate(net, rule, data.x_test, data.y_test)))
    note = {"found": found.damaged, "trained": [*names, *above], "epochs": own["epochs"]}
    target = Path(args.out) if args.out else found.path
    repair.write(found, [*names, *above], optimiser, note, target)
    print(f"wrote {target}")
    return 0


def _show(args: argparse.Namespace) -> int:
    """Damage and repair networks; print the table, and write it with the picture and every number."""
    for name, value in SHOWN.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    require("matplotlib")
    widths, seeds = options.integers("--hidden", args.hidden), integer("--seeds", args.seeds, 1)
    args.epochs = choices.TRAINER.value["epochs"] if args.epochs is None else integer("--epochs", args.epochs, 1)
    args.dtype, args.validation, args.batch_size, args.lr = "float32", choices.VALIDATION.value, None, None
    load = options.data_choice(args, "flat")
    batch = options.batch_size(args, len(load(0).y_train))
    settings = faults.Settings(tuple(widths), args.epochs, options.learning_rate(args), batch, tuple(range(seeds)))
    with locked(args.out or "runs/repair") as folder, blas_threads(args.threads or 1, needed=args.threads is not None):
        rows = faults.study(load, settings, lambda line: print(line, file=sys.stderr, flush=True))
        about = {"dataset": args.dataset, "subset": args.subset, "settings": asdict(settings)}
        with atomic_write(folder / "faults.json", "w") as file:
            body = about | {"environment": environment(), "rows": [row._asdict() for row in rows]}
            json.dump(body, file, indent=1)
        with atomic_write(folder / "faults.md", "w") as file:
            file.write(faults.table(rows))
        title = f"{args.dataset}, {'-'.join(map(str, widths))}, {seeds} seed{'s' if seeds > 1 else ''}"
        paths = plots.save(faults.picture(rows, title), folder / "faults")
    cells = [(f"block {row.block}", row.way, *row.cells()) for row in rows]
    print_table(f"{title}: test accuracy in %", ("damaged", "prediction", *faults.STAGES), cells)
    for path in (folder / "faults.json", folder / "faults.md", *paths):
        print(f"wrote {path}")
    return 0


def _above(found: Found) -> list[str]:
    """The parameters of all blocks above the first damaged one that are whole."""
    if not found.rule.local:
        raise InvalidValueError(
            f"--above trains each block from its own loss, and {found.rule.title} has one loss for all: "
            "`mfnumpy train --start-from` trains all of its blocks together."
        )
    places = [block.name for block in found.net.blocks]
    first = min((places.index(name) for name in found.blocks), default=len(places))
    upper = set(places[first:]) - {damage.owner(name) for name in found.to_train}
    return [name for name in found.rule.parameters(found.net) if damage.owner(name) in upper]


def _plan(found: Found, names: list[str], above: list[str]) -> str:
    """What will be done, in words; for a rule with one loss, what that is worth."""
    if not names:
        return "no block has to learn again: what is damaged comes from its seed, or begins anew (moments)"
    what = f"{', '.join(names)}: drawn as at the start of the run, and trained alone"
    rule, blocks = found.rule, found.net.blocks
    if not rule.local:
        local = ", ".join(name for name, one in RULES.items() if one.local)
        return (
            f"{what}. {rule.title} has one loss, at the output: the error comes through the other blocks, which stay "
            f"as they are. Blocks that can be trained without the others are those of {local}."
        )
    readers = blocks[-1].name not in found.blocks and any(name.endswith(".W") for name in names)
    if readers and not above:
        what += ". Blocks above read its new activities with old weights; --above trains them as well"
    return what + (f". Then, from below: {', '.join(above)}" if above else "")


def meanwhile(net: Network, rule: Rule, blocks: list[str], x: Any, y: Any, part: str = "test") -> str:
    """What the whole blocks below the damage predict, in one line, or why they cannot.

    net, rule: with damage.
    blocks: the names of the damaged blocks.
    x, y: samples and labels of this part.
    part: "test".
    """
    try:
        lower, own = repair.whole_part(net, rule, blocks)
    except InvalidValueError as error:
        return f"meanwhile: {error}"
    result = evaluate(lower, own, x, y)
    scores = ", ".join(f"{mode} {percent(result.accuracy[mode])} %" for mode in rule.sums_of_blocks)
    cannot = [mode for mode in rule.predictions if mode not in rule.sums_of_blocks]
    others = f"; {', '.join(cannot)} cannot predict, as it reads {' and '.join(blocks)}" if cannot else ""
    whole = f"{lower.blocks[0].name} to {lower.blocks[-1].name}" if len(lower.blocks) > 1 else lower.blocks[0].name
    return f"meanwhile, by {whole} alone; {part} accuracy: {scores}{others}"


def damaged_evaluation(args: argparse.Namespace, path: Path) -> str:
    """What `mfnumpy evaluate --whole-blocks` says of a checkpoint. Raises as `repair.look` and `repair.whole_part`.

    args: of the command.
    path: of the checkpoint.
    """
    found = repair.look(path)
    if not found.blocks:
        raise CheckpointError(f"{path} has no damaged block: leave --whole-blocks out, or `mfnumpy repair {path}`.")
    repair.whole_part(found.net, found.rule, found.blocks)  # refused before any data are loaded
    data = data_of_run(args, path, found.stored.description, found.net, found.rule)
    x, y = part_of(data, args.part)
    return f"{args.dataset}, {found.rule.name}, " + meanwhile(found.net, found.rule, found.blocks, x, y, args.part)
