"""Repair: which blocks of a checkpoint are damaged, what whole ones below them can say, training of the damaged alone.

The paper, section 3.3: "only the damaged layer needs to be retrained." With a local rule a block learns from its own
loss; with another the error still comes from the output, through blocks that stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, optim
from mfnumpy.backend import Array
from mfnumpy.batches import DECAYS, take
from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import Rule
from mfnumpy.saving import checkpoint, damage, model, saved_run
from mfnumpy.train import Trainer

PARTS = ("optimiser/m/", "optimiser/v/", "best/")
"""What a run keeps of each parameter beside the parameter itself."""


@dataclass(frozen=True)
class Found:
    """A checkpoint, with what is whole in it taken up, and the rest as its seeds give it.

    path: of the file.
    stored: what the file holds.
    net, rule: of the description.
    damaged: array's name -> what is wrong with it; {} where all is whole.
    fresh: the learned arrays as they were first drawn, by name.
    """

    path: Path
    stored: checkpoint.Stored
    net: Network
    rule: Rule
    damaged: dict[str, str]
    fresh: dict[str, np.ndarray]

    @property
    def lost(self) -> list[str]:
        """The names of the damaged arrays that belong to network or rule."""
        return [name for name in model.arrays(self.net, self.rule) if name in self.damaged]

    @property
    def blocks(self) -> list[str]:
        """The names of the blocks, from the first on, that cannot be used as they are."""
        lost = {damage.owner(name) for name in self.lost}
        return [block.name for block in self.net.blocks if block.name in lost]

    @property
    def to_train(self) -> list[str]:
        """The names of the arrays that must learn again.

        With a block's W go its M and its bias, which belong to the features that are lost. Where W is whole, only what
        is damaged learns. What never learns (B, and the blocks of a rule without errors) has come back from its seed.
        """
        names = []
        for name in self.rule.parameters(self.net):
            own = damage.owner(name)
            learns = bool(self.rule.error_from) or not any(block.name == own for block in self.net.blocks)
            if learns and (name in self.lost or f"{own}.W" in self.lost):
                names.append(name)
        return names

    def draw_again(self, names: Collection[str]) -> None:
        """Give these parameters the values with which the run began."""
        live = self.rule.parameters(self.net)
        for name in names:
            live[name][...] = backend.to_device(self.fresh[name])


def look(path: Path) -> Found:
    """What is damaged in a checkpoint, and what is whole.

    Of a checkpoint of an earlier version, without checksums, a matrix of nothing but zeros counts as damaged.
    Raises CheckpointError for a file of which nothing can be used, or not all that is lost can be drawn again.
    """
    stored = checkpoint.read(path)
    net, rule = model.rebuild(stored.description, stored.arrays, damaged=True)
    live = model.arrays(net, rule)  # as their seeds give them
    damaged = {name: words for name, words in stored.damaged.items() if name.removeprefix(_part(name)) in live}
    for name in live:
        if name not in stored.arrays and name not in damaged:
            damaged[name] = f"{name} is missing"
        elif stored.sums is None and name not in damaged and _is_blank(name, stored.arrays[name]):
            damaged[name] = f"{name} holds nothing but zeros"
    times = stored.description.get("times")
    for name in (f"optimiser/{kind}/{own}" for own in times or () if own in live for kind in "mv"):
        if name not in stored.arrays and name not in damaged:
            damaged[name] = f"{name} is missing"
    whole = {name: array for name, array in model.model_part(stored.arrays).items() if name not in damaged}
    checkpoint.check_fits({name: live[name] for name in whole if name in live}, whole, "network or rule")
    fresh = {name: backend.to_host(array).copy() for name, array in rule.parameters(net).items()}
    _check_drawn(path, stored, rule, live, damaged)
    for name, array in whole.items():
        live[name][...] = backend.to_device(array)
    return Found(path, stored, net, rule, damaged, fresh)


def _is_blank(name: str, array: np.ndarray) -> bool:
    """Whether a block's matrix is all zeros: none was drawn so, and none is learned so."""
    return name.startswith("block") and name.endswith((".W", ".M")) and not array.any()


def _part(name: str) -> str:
    """The prefix of an array that a run keeps beside a parameter; "" of the parameter itself."""
    return next((part for part in PARTS if name.startswith(part)), "")


def _check_drawn(
    path: Path, stored: checkpoint.Stored, rule: Rule, live: Mapping[str, Array], damaged: Collection[str]
) -> None:
    """Check that what never learns has come back from its seed. Raises CheckpointError where it has not."""
    never = set(rule.fixed()) if rule.error_from else set(live) - {n for n in live if n.startswith("readout")}
    for name in never & set(damaged):
        if stored.sums is None or damage.checksum(np.asarray(backend.to_host(live[name]))) != stored.sums.get(name):
            raise CheckpointError(
                f"{path}: {name} is damaged and never learns; the seed of this run does not give it back, as the file "
                "has no checksum of it or the run began with another's parameters. It cannot be repaired."
            )


# -- meanwhile ---------------------------------------------------------------------------------------------------------


def whole_part(net: Network, rule: Rule, blocks: Collection[str]) -> tuple[Network, Rule]:
    """A copy of the network and its rule that ends below the first damaged block; it predicts by `sums_of_blocks`.

    net, rule: with damage.
    blocks: the names of the damaged blocks.
    Raises InvalidValueError where nothing can be said: the first block is damaged, or the rule has one output only.
    """
    whole = next((i for i, block in enumerate(net.blocks) if block.name in blocks), len(net.blocks))
    if not rule.sums_of_blocks:
        raise InvalidValueError(
            f"{rule.title} has one output, which reads all blocks: it cannot predict while {' and '.join(blocks)} "
            "is damaged."
        )
    if whole == 0:
        raise InvalidValueError(
            f"{net.blocks[0].name} is damaged: there is no whole block below it that could predict."
        )
    net, rule = copy.deepcopy((net, rule))
    while len(net.blocks) > whole:
        net.unplug()
    rule.plug(net)
    return net, rule


# -- training ----------------------------------------------------------------------------------------------------------


class Only:
    """An optimiser that changes some parameters, and leaves all others as they are.

    optimiser: makes the changes.
    names: of the parameters.
    """

    def __init__(self, optimiser: Optimiser, names: Collection[str]):
        self.optimiser, self.names, self.lr = optimiser, frozenset(names), optimiser.lr

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """As `Optimiser.update`, or nothing."""
        if name in self.names:
            self.optimiser.update(name, parameter, gradient, scale)

    def spec(self) -> dict:
        """That of the optimiser."""
        return self.optimiser.spec()

    def state(self) -> tuple[dict[str, Array], dict[str, int]]:
        """That of the optimiser."""
        return self.optimiser.state()

    def load_state(self, arrays: Mapping[str, Array], times: Mapping[str, int]) -> None:
        """Into the optimiser."""
        self.optimiser.load_state(arrays, times)


def retrain(
    net: Network,
    rule: Rule,
    names: Collection[str],
    optimiser: Optimiser,
    x: Any,
    y: np.ndarray,
    x_val: Any = None,
    y_val: np.ndarray | None = None,
    **options: Any,
) -> None:
    """Train these parameters, and leave all others byte for byte.

    net, rule: the network, and the rule that was started for it.
    names: of the parameters, as in `Rule.parameters`.
    optimiser: applies the gradients.
    x, y, x_val, y_val: as in `Trainer.fit`.
    options: the Trainer's.

    The blocks of a local rule learn one after the other, from below, each from its own loss; those of another rule
    together, by an error that comes through the blocks that stay as they are.
    """
    numbers = {block.name: i for i, block in enumerate(net.blocks)}
    turns: list[tuple[list[int] | None, list[str]]] = [(None, list(names))]
    if rule.local:
        turns = [([i], [n for n in names if damage.owner(n) == block]) for block, i in numbers.items()]
        turns.append((None, [name for name in names if damage.owner(name) not in numbers]))
    for only, own in turns:
        if own:
            Trainer(net, rule, Only(optimiser, own), only=only, **options).fit(x, y, x_val, y_val)


def options_of(found: Found) -> tuple[Optimiser, dict[str, Any]]:
    """A new optimiser, and the Trainer's options, as the run of the checkpoint had them.

    Raises CheckpointError for a checkpoint without a run, or of one that cannot be had again from a file.
    """
    settings = found.stored.description.get("settings")
    if not isinstance(settings, dict) or "optimiser" not in settings:
        raise CheckpointError(
            f"{found.path} holds a model and no run: nothing says how and on what it was trained. Retrain it by "
            "`mfnumpy.repair.retrain` in a script, or train anew."
        )
    decay = settings.get("decay")
    if not isinstance(decay, str) or decay not in DECAYS or {"weights", "samples"} & settings.keys():
        raise CheckpointError(
            f"{found.path}: its run had a decay or weights of samples from a script ({decay!r:.60}); retrain "
            "it by `mfnumpy.repair.retrain` in that script."
        )
    own = ("lr", "beta1", "beta2", "epsilon", "rates", "l2", "weight_decay")
    try:
        optimiser = optim.make(settings["optimiser"], **{key: settings[key] for key in own if key in settings})
        options = {key: settings[key] for key in ("epochs", "batch_size", "seed", "decay", "patience")}
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{found.path} does not say how its run was trained: {error}.") from error
    return optimiser, options


def check_data(found: Found, x: Any, y: np.ndarray, y_val: np.ndarray | None) -> None:
    """Check that these are the data of the run, by samples of them. Raises CheckpointError.

    found: the checkpoint.
    x, y: of the training part.
    y_val: of the validation part, or None.
    """
    settings = found.stored.description["settings"]
    ours = saved_run.data_settings(take(x, saved_run.sampled(len(y))), y, y_val)
    wrong = [key for key, value in ours.items() if key in settings and settings[key] != value]
    if wrong:
        raise CheckpointError(
            f"{found.path}: these are not the data of its run ({', '.join(wrong)} differ). Give the same files, and "
            "where the run had a --data-dir, the same."
        )


# -- writing -----------------------------------------------------------------------------------------------------------


def write(found: Found, trained: Collection[str], optimiser: Optimiser, note: dict, path: Path) -> None:
    """Write the repaired checkpoint, atomically: what was whole byte for byte, the rest as it is now.

    found: the checkpoint, with the live arrays repaired.
    trained: names of the parameters that have learned again; their moments are the optimiser's.
    optimiser: that of the repair.
    note: JSON values, added to the notes' list "repaired".
    path: of the new file, which may be that of the damaged one.
    Raises OutputError; then the damaged file is as it was.
    """
    live, learned = model.arrays(found.net, found.rule), found.rule.parameters(found.net)
    changed = {*trained, *found.lost}
    arrays: dict[str, Array] = {n: a for n, a in found.stored.arrays.items() if n not in found.damaged}
    arrays |= {name: live[name] for name in changed}
    if any(name.startswith("best/") for name in found.stored.names):
        stale = [name for name in learned if name in changed or f"best/{name}" not in arrays]
        arrays |= {f"best/{name}": live[name] for name in stale}
    description = copy.deepcopy(found.stored.description)
    if isinstance(description.get("times"), dict):
        moments, times = optimiser.state()
        keys = {name: [f"optimiser/m/{name}", f"optimiser/v/{name}"] for name in learned}
        anew = [name for name in learned if name in trained or not all(key in arrays for key in keys[name])]
        arrays = {n: a for n, a in arrays.items() if n not in {key for name in anew for key in keys[name]}}
        arrays |= {f"optimiser/{name}": array for name, array in moments.items()}
        description["times"] = {n: t for n, t in description["times"].items() if n not in anew} | times
    notes = description["notes"] if isinstance(description.get("notes"), dict) else {}
    earlier = notes["repaired"] if isinstance(notes.get("repaired"), list) else []
    description["notes"] = notes | {"repaired": [*earlier, note]}
    order = [name for name in dict.fromkeys([*found.stored.names, *live, *arrays]) if name in arrays]
    checkpoint.save(path, {name: arrays[name] for name in order}, description)
