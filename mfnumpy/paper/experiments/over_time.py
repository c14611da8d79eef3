"""Figs. 1 and 2 are one figure of two rules: memory over a training step, from the ledger alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.comparison import plots
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.measurements import memory_job
from mfnumpy.paper.show.view import View, signed


def over_time(experiment: str, view: View) -> Any:
    """Figs. 1 (BP) and 2 (MF): memory in use over two training steps."""
    found = view.measured(experiment)
    if not found:
        return None
    config, points = found[0].config, np.array(found[0].result["timeline"])
    fig, ax = plots.figure(6.0, 3.6)
    steps = points[:, 0] / points[-1, 0] * config["steps"]
    ax.plot(steps, points[:, 1] / 1e6, color=plots.style_of(config["rule"])["color"])
    ax.set(xlabel="training steps", ylabel="memory in use in MB", ylim=(0, None), title=config["rule"].upper())
    net = f"{config['depth']}x{config['width']}, batch {config['batch']:,} (the paper's: 30,000)"
    return signed(fig, f"{net}, the rules as they are written", experiment, view)


def experiment(name: str, title: str, turn: int, rule: str) -> Experiment:
    """The figure for one rule, of a 5x2000 net; the paper's batch is 30,000.

    name: of the experiment, "fig1".
    title: for lists.
    turn: its place in the order in which experiments are run.
    rule: by name.
    """
    options: dict[str, Any] = {"width": 2000, "steps": 2, "sample": 0.005}
    batches = {"quick": 500, "laptop": 6_000, "paper": 30_000}
    return Experiment(
        name,
        title,
        turn=turn,
        measurements={scale: [memory_job(rule, 5, batch=batch, **options)] for scale, batch in batches.items()},
        figure=lambda view: over_time(name, view),
    )
