"""What others found who trained MF and BP, with what they do otherwise: quoted, and no run of ours."""

from __future__ import annotations

from mfnumpy.paper import published
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.show.tables import Table
from mfnumpy.paper.show.view import View, command

NOTE = (
    "Quoted, not run here: no record stands behind these numbers. Spyra and Dzwinel now call the first one's +1.21 on "
    "CIFAR-10 an artefact of its seeds; under one stopping rule, their MF takes about four times BP's time there."
)


def tables(view: View) -> list[Table]:
    """One row for each comparison of MF with BP."""
    rows = [
        [r.source, r.dataset, r.network, f"{r.bp:.2f}", f"{r.mf:.2f}", f"{r.mf - r.bp:+.2f}", r.otherwise]
        for r in published.REPLICATIONS
    ]
    columns = ["who", "data set", "network", "BP %", "MF %", "MF minus BP", "what is done otherwise than here"]
    return [
        Table(
            "replications",
            "What others found",
            columns,
            rows,
            command("results", view),
            [NOTE],
            first=[columns[0], columns[1], "MF minus BP"],
            folds={"Both accuracies:": columns[:5], "What is done otherwise:": [columns[0], columns[1], columns[6]]},
        )
    ]


EXPERIMENT = Experiment("replications", "Replications by others", tables=tables)
