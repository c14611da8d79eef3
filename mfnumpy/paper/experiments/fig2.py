"""Fig. 2: memory in use over two training steps of Mono-Forward."""

from mfnumpy.paper.experiments.over_time import experiment

EXPERIMENT = experiment("fig2", "Fig. 2", turn=13, rule="mf")
