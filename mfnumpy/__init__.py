"""mfnumpy: Mono-Forward and its relatives in pure NumPy, to be read, stepped through and measured.

The map of the house, in the order in which it is read:

    equations    the paper: Eqs. (1) to (8), each with its derivative right below
    layers       dense and convolutional layers: forward and backward passes, written out
    blocks       linear layer, ReLU or tanh, pooling; forward returns a Trace that can be printed
    network      a list of blocks; networks by name ("2x1000", "cnn:8-16")
    optim        SGD and Adam
    rules        the learning rules: which of a block's methods each one calls with a batch
    batches      which rows each batch has, its step size and its random numbers
    train        the training loop
    prediction   labels, probabilities, each block's own opinion
    engines      which engine trains: the reference, or the fast one
    measure      accuracy, alignment with backpropagation, memory of a step
    choices      every default that the paper leaves open, with its reason
    backend      NumPy or CuPy, in one place
    errors       what every error of this package derives from

    fast         the second engine: the same rules, with arrays used again and a team of threads
    parallel     blocks at work on different batches at once: one pipeline, by threads or by the ranks of MPI
    saving       checkpoints, models, the saved state of a run
    repair       damaged blocks of a checkpoint, trained again alone
    sklearn      an estimator for scikit-learn
    export       trained networks for other programs: ONNX, PyTorch's arrays
    comparison   all rules side by side: table, pictures, page
    check        the checker: which mistake a function makes
    teach        the stepper and the pictures of the lessons
    course       exercises, released and graded
    paper        the paper's tables and figures, regenerated
    bench        speed and memory, measured
    cli          the commands
    support      files, signals, seeds, threads, checks of arguments

What a script needs stands at the top, and is imported when it is first used: `mfnumpy.mlp`, `mfnumpy.Trainer`,
`mfnumpy.Adam`, `mfnumpy.MonoForward`, ...; `dir(mfnumpy)` lists the names.
"""

from __future__ import annotations

import importlib
from typing import Any

from mfnumpy.support.version import __version__

_HOMES = {
    "mfnumpy.network": ("Network", "cnn", "mlp", "named"),
    "mfnumpy.optim": ("SGD", "Adam"),
    "mfnumpy.rules": (
        *("Backpropagation", "DeepSupervision", "DirectFeedbackAlignment", "FeedbackAlignment", "ForwardForward"),
        *("ForwardForwardOnePass", "LocalRule", "MonoForward", "MonoForwardJoint", "Rule", "Shallow", "Step"),
    ),
    "mfnumpy.train": ("History", "Trainer"),
    "mfnumpy.prediction": ("confusion_matrix", "layer_predict", "predict", "predict_proba", "scores"),
    "mfnumpy.saving.model": ("load_model", "save_model"),
    "mfnumpy.measure": ("Evaluation", "alignment", "evaluate", "gradients_of"),
    "mfnumpy.errors": ("MfnumpyError",),
    "data_utils": ("Dataset", "load"),
}
_ROOMS = (
    *("backend", "blocks", "check", "choices", "engines", "equations", "errors", "export", "layers", "measure"),
    *("network", "optim", "prediction", "rules", "saving", "train"),
)
_PUBLIC = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_PUBLIC), *_ROOMS]


def __getattr__(name: str) -> Any:
    """A public name, imported from its home when it is first asked for. Raises AttributeError for another name."""
    if name in _PUBLIC:
        value = getattr(importlib.import_module(_PUBLIC[name]), name)
    elif name in _ROOMS:
        value = importlib.import_module(f"mfnumpy.{name}")
    else:
        raise AttributeError(f"mfnumpy has no name {name!r}; dir(mfnumpy) lists what there is.")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted({*globals(), *__all__})
