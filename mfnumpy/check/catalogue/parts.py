"""What goes wrong in the parts that several exercises share: the mask, the product, the loss, the update."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.check.model import Free


def unit_rows(a):
    """Each row scaled to length 1: a frequent addition where none belongs."""
    return a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)


def product_mistakes(step: str) -> dict:
    """What goes wrong in a gradient that is summed over the batch: replacements of a step (x, dz) -> dW."""

    def one(product):
        """A single version with this product."""
        return {step: product}

    return {
        "reshaped_for_transposed": one(lambda x, dz: (dz.T @ x).reshape(x.shape[1], dz.shape[1])),
        "last_sample_dropped": one(lambda x, dz: x[:-1].T @ dz[:-1]),
        "first_sample_only": [one(lambda x, dz: np.outer(x[0], dz[0])), one(lambda x, dz: len(x) * np.outer(x[0],
            dz[0]))],
        "last_sample_only": ["Only the last sample of the batch counts; is a sum overwritten in a loop (= for +=)?",
                             one(lambda x, dz: np.outer(x[-1], dz[-1]))],
        "averaged_over_batch_early": [
            "Both factors are summed (or averaged) before the product, not after it: each sample has a product of "
            "its own.",
            one(lambda x, dz: np.outer(x.sum(axis=0), dz.sum(axis=0))),
            one(lambda x, dz: np.outer(x.mean(axis=0), dz.sum(axis=0))),
            one(lambda x, dz: np.outer(x.mean(axis=0), dz.mean(axis=0))),
        ],
        "input_rectified": ["The input x is rectified once more: a ReLU is applied to it (negative entries of x "
                            "become 0).",
                            one(lambda x, dz: np.maximum(x, 0).T @ dz)],
        "input_binarised": ["The input x counts by its sign only (or as on and off), not by its size.",
                            one(lambda x, dz: (x > 0).T @ dz), one(lambda x, dz: np.sign(x).T @ dz)],
        "input_squared": ["The input x is squared before the product.",
                          one(lambda x, dz: np.square(x).T @ dz)],
        "input_normalised": ["Each sample's input (row of x) is scaled to length 1 (normalised) first; that does not "
                             "belong here.",
                             one(lambda x, dz: unit_rows(x).T @ dz)],
        "input_centred": ["The mean over the batch is taken off the input x (it is centred); that does not belong "
                          "here.",
                          one(lambda x, dz: (x - x.mean(axis=0)).T @ dz)],
        "input_missing": ["The input x of the layer is not used: every input feature gets the same gradient.",
                          one(lambda x, dz: np.ones_like(x).T @ dz)],
        "absolute_value": one(lambda x, dz: np.abs(x.T @ dz)),
        "result_rectified": ["Negative entries of the result are cut off: a ReLU is applied to the gradient.",
                             one(lambda x, dz: np.maximum(x.T @ dz, 0))],
        "sign_of_gradient": ["Only the sign of the gradient is used, not its size.",
                             one(lambda x, dz: np.sign(x.T @ dz))],
        "gradient_normalised": ["The gradient is divided by its norm: it is scaled to length 1 (normalised).",
                                one(lambda x, dz: x.T @ dz / np.linalg.norm(x.T @ dz))],
        "error_binarised": ["Only the sign of the error is used, not its size.",
                            one(lambda x, dz: x.T @ np.sign(dz))],
    }  # fmt: skip


def _hot(G, y):
    return eq.one_hot(y, G.shape[1], "float64")


def _through(p, g):
    """A gradient at p sent back through the softmax."""
    return p * (g - (p * g).sum(axis=1, keepdims=True))


LOSS_GRADIENTS = {
    "softmax_missing": lambda G, y: (G - eq.one_hot(y, G.shape[1], "float64")) / len(G),
    "softmax_twice": lambda G, y: eq.cross_entropy_gradient(eq.softmax(G), y),
    "softmax_over_batch": lambda G, y: (eq.softmax(G.T).T - eq.one_hot(y, G.shape[1], "float64")) / len(G),
    "label_missing": lambda G, y: eq.softmax(G) / len(G),
    "label_off_by_one": lambda G, y: eq.cross_entropy_gradient(G, (y - 1) % G.shape[1]),
    "label_not_one_hot": lambda G, y: (eq.softmax(G) - y[:, None]) / len(G),
    "prediction_for_label": lambda G, y: eq.cross_entropy_gradient(G, G.argmax(axis=1)),
    "column_of_labels": lambda G, y: (eq.softmax(G) - np.isin(np.arange(G.shape[1]), y)) / len(G),
    "probability_missing": lambda G, y: -eq.one_hot(y, G.shape[1], "float64") / len(G),
    "squared_error_for_cross_entropy": lambda G, y: _through(eq.softmax(G), 2 * (eq.softmax(G) - _hot(G, y))) / len(G),
    "diagonal_of_jacobian": lambda G, y: (eq.softmax(G) - _hot(G, y)) * eq.softmax(G) * (1 - eq.softmax(G)) / len(G),
    "true_class_only": lambda G, y: (eq.softmax(G) - 1) * _hot(G, y) / len(G),
    "other_classes_only": lambda G, y: eq.softmax(G) * (1 - _hot(G, y)) / len(G),
    "hard_prediction": lambda G, y: (_hot(G, G.argmax(axis=1)) - _hot(G, y)) / len(G),
    "log_softmax_for_softmax": lambda G, y: (np.log(eq.softmax(G)) - _hot(G, y)) / len(G),
    "not_normalised": lambda G, y: (np.exp(G - G.max(axis=1, keepdims=True)) - _hot(G, y)) / len(G),
    "mean_over_classes": lambda G, y: (eq.softmax(G) - _hot(G, y)) / G.size,
    "label_added": lambda G, y: (eq.softmax(G) + _hot(G, y)) / len(G),
    "sigmoid_for_softmax": lambda G, y: (1 / (1 + np.exp(-G)) - eq.one_hot(y, G.shape[1], "float64")) / len(G),
}


def _jacobian_on_top(G, y):
    p, d = eq.softmax(G), eq.cross_entropy_gradient(G, y)
    return p * (d - (p * d).sum(axis=1, keepdims=True))


LOSS_GRADIENTS["jacobian_on_top"] = _jacobian_on_top


def loss_mistakes(step: str) -> dict:
    """What goes wrong in the gradient of the loss, inside a whole step."""
    table: dict = {name: {step: function} for name, function in LOSS_GRADIENTS.items()}
    table["hard_prediction"] = ["The predicted class (the argmax of the scores) gets all: a hard maximum stands "
                                "where a softmax belongs.",
                                table["hard_prediction"]]  # fmt: skip
    table["not_shifted"] = {step: _shifted(lambda G: 0.0)}
    table["shifted_by_whole_maximum"] = {step: _shifted(np.max)}
    clips = (500, 700, 100, 50)
    clipped = [{step: lambda G, y, c=c: eq.cross_entropy_gradient(np.clip(G, -c, c), y)} for c in clips]
    table["label_smoothed"] = [
        Free(lambda e: {step: _smoothed(e)}, (0.1,), "the smoothing, spread over all classes, is {}", (0.1,))
    ]
    table["temperature"] = [Free(lambda c: {step: lambda G, y: eq.cross_entropy_gradient(c * G, y)}, (2.0, 0.5),
                                 "it is {}", (2.0,))]  # fmt: skip
    return {**table, "scores_clipped": clipped}


def _smoothed(share):
    """The gradient with a share of the label spread over all classes."""

    def gradient(G, y):
        """(p - y) / N with smoothed labels."""
        m = G.shape[1]
        return (eq.softmax(G) - (1 - share) * eq.one_hot(y, m, "float64") - share / m) / len(G)

    return gradient


def _shifted(shift):
    """The gradient of the loss with another shift against overflow."""

    def gradient(G, y):
        """(p - y) / N with that shift."""
        e = np.exp(G - shift(G))
        return (e / e.sum(axis=1, keepdims=True) - eq.one_hot(y, G.shape[1], "float64")) / len(G)

    return gradient


def update_mistakes(step: str = "update") -> dict:
    """What goes wrong in the last line of a step."""
    return {
        "sign_of_gradient": {step: lambda p, g, lr: p - lr * np.sign(g)},
        "gradient_normalised": {step: lambda p, g, lr: p - lr * g / np.linalg.norm(g)},
        "gradient_clipped": [{step: lambda p, g, lr, c=c: p - lr * np.clip(g, -c, c)} for c in (0.1, 0.01)],
        "weight_decay_added": [{step: lambda p, g, lr, c=c: p - lr * (g + c * p)} for c in (1.0, 0.1, 0.01, 1e-3,
            1e-4)],
        "gradient_clipped_at": ["Large entries of the gradient are clipped.",
                                Free(lambda c: {step: lambda p, g, lr: p - lr * np.clip(g, -c, c)}, (0.1, 0.01),
                                    "at {}", (0.03,))],
        "weight_decay_share": ["A share of the parameter is added to its gradient: that is weight decay.",
                               Free(lambda c: {step: lambda p, g, lr: p - lr * (g + c * p)}, (0.1,),
                                   "it is {}", (0.05,))],
        "parameter_shrunk": ["The parameter itself shrinks in each step, as by weight decay.",
                             Free(lambda c: {step: lambda p, g, lr: c * p - lr * g}, (0.9,),
                                 "it is multiplied by {}", (0.9,))],
        "update_multiplied": {step: lambda p, g, lr: p * (1 - lr * g)},
        "step_returned": [{step: lambda p, g, lr: lr * g}, {step: lambda p, g, lr: -lr * g},
            {step: lambda p, g, lr: g}],
    }  # fmt: skip


ACTIVATIONS = {
    "tanh": ("a tanh", np.tanh),
    "sigmoid": ("a sigmoid", lambda z: 1 / (1 + np.exp(-z))),
    "elu": ("an ELU", lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)),
    "softplus": ("a softplus", lambda z: np.logaddexp(0, z)),
    "swish": ("a SiLU (swish), z sigmoid(z)", lambda z: z / (1 + np.exp(-z))),
    "square": ("the square z^2", np.square),
    "absolute": ("the absolute value of z", np.abs),
    "squared_relu": ("a squared ReLU", lambda z: np.maximum(z, 0) ** 2),
    "capped": ("a ReLU that is cut off (clipped) at 1", lambda z: np.clip(z, 0, 1)),
    "step": ("a step (1 or 0, on or off)", lambda z: (z > 0) * 1.0),
    "negative_part": ("the negative part of z (positive entries are cut off)", lambda z: np.minimum(z, 0)),
    "sign": ("the sign of z alone", np.sign),
}


def activation_mistakes(leave_out: tuple[str, ...] = ()) -> dict:
    """What may stand for the ReLU of a forward pass: replacements of a step `hidden`.

    leave_out: those that give the same as something else there.
    """
    return {
        f"activation_{name}": [f"The activation is {words}, not a ReLU.", {"hidden": curve}]
        for name, (words, curve) in ACTIVATIONS.items()
        if name not in leave_out
    }
