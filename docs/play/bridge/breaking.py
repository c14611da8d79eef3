"""What can be done to a network in training: blocks put on, taken off, damaged and repaired, and rules changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bridge.lanes import LANES, Lane
from mfnumpy import optim
from mfnumpy.backend import Array
from mfnumpy.blocks import Block, Trace
from mfnumpy.check import EXERCISES
from mfnumpy.errors import MfnumpyError
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

FRACTION, REPAIR_EPOCHS = 0.8, 5
Done = str


class Unmasked(Block):
    """A block whose error passes at every neuron, active or not: dz = da."""

    def error_at_z(self, da: Array, trace: Trace) -> Array:
        """da as it came."""
        return da.reshape(trace.z.shape)


def act(arguments: dict[str, Any], say: Any) -> dict[str, Any]:
    """Do something to a lane: {"what": a key of ACTS, "block": index}. What was done, or why it cannot be, and how the
    network does now.
    """
    lane = LANES[arguments["lane"]]
    try:
        done, refused = ACTS[arguments["what"]](lane, arguments.get("block", 0)), False
    except MfnumpyError as error:
        done, refused = str(error), True
    return {"done": done, "refused": refused, "state": lane.state(), "now": lane.evaluate()}


def plug(lane: Lane, i: int) -> Done:
    """Put a fresh block on top."""
    lane.net.plug(lane.net.new_dense(lane.net.widths[-1]))
    lane.rule.plug(lane.net)
    lane.again()
    return f"A fresh block {len(lane.net.blocks)} was put on top; the blocks below kept their weights."


def unplug(lane: Lane, i: int) -> Done:
    """Take the topmost block off, but not the last."""
    if len(lane.net.blocks) == 1:
        return "The last block stays: without it there is no network."
    lane.net.unplug()
    lane.rule.plug(lane.net)
    lane.again()
    return f"The topmost block was taken off; {len(lane.net.blocks)} left."


def damage(lane: Lane, i: int) -> Done:
    """Set 80 % of a block's weights to 0, as exercise 10.2 has it."""
    name = f"{lane.net.blocks[i].name}.W"
    rng = stream(lane.seed, "play damage", len(lane.entries))
    W = lane.rule.parameters(lane.net)[name]
    W[...] = EXERCISES["damage"].reference(W, FRACTION, rng)
    return f"{100 * FRACTION:.0f} % of the weights of {lane.net.blocks[i].name} were struck."


def repair(lane: Lane, i: int) -> Done:
    """Train one block alone; a rule with one loss for the whole network refuses."""
    before = {name: array.tobytes() for name, array in lane.rule.parameters(lane.net).items()}
    options = {"epochs": REPAIR_EPOCHS, "batch_size": lane.batch, "only": [i], "show_progress": False}
    Trainer(lane.net, lane.rule, optim.Adam(lane.rate), **options).fit(lane.data.x, lane.data.y)
    changed = [name for name, array in lane.rule.parameters(lane.net).items() if array.tobytes() != before[name]]
    return f"Trained alone for {REPAIR_EPOCHS} epochs; changed: {', '.join(changed)}. All else kept its bytes."


def transpose(lane: Lane, i: int) -> Done:
    """Let the weights themselves carry the error back, in the place of the fixed B."""
    if "above" not in lane.rule.error_from or not lane.rule.feedback:
        return f"{lane.rule.title} has no B in the place of the weights above; Feedback Alignment has."
    above = [block.parameters["W"] for block in lane.net.blocks[1:]]
    lane.rule.feedback[:] = [*above, lane.rule.output_weights()]
    return "Each B is now the matrix W that it stood for, also when W learns: this is backpropagation."


def unmask(lane: Lane, i: int) -> Done:
    """Take [z > 0] out of the way back."""
    keyword = "weight_gradient"
    if keyword in lane.rule.functions():
        exercise = EXERCISES["eq7"]
        mistake = next(m for m in exercise.mistakes if m.name == "mask_missing")
        setattr(lane.rule, keyword, partial(exercise.recipe, **mistake.versions[0]))
    lane.net.blocks[:] = [Unmasked(block.linear, block.pool) for block in lane.net.blocks]
    return "Errors now pass at silent neurons, too: dz = da. (For goodness, whose slope is 2a, nothing changes.)"


ACTS: dict[str, Callable[[Lane, int], Done]] = {
    "plug": plug,
    "unplug": unplug,
    "damage": damage,
    "repair": repair,
    "transpose": transpose,
    "unmask": unmask,
}
