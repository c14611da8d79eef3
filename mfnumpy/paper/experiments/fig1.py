"""Fig. 1: memory in use over two training steps of backpropagation."""

from mfnumpy.paper.experiments.over_time import experiment

EXPERIMENT = experiment("fig1", "Fig. 1", turn=12, rule="bp")
