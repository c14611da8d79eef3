"""The checker: tells a student which mistake it is, from numbers alone. Nothing in the core imports it.

from mfnumpy.check import check, stub
print(stub("eq7"))                      # what to write
check("eq7", my_weight_gradient)        # a Report: passed, or which mistake and how it shows
gradient(loss, loss_gradient, W)        # any gradient of your own, against finite differences
"""

from mfnumpy.check.checker import GRADING_SEED, PRACTICE_SEED, check
from mfnumpy.check.exercises import EXERCISES, HOOKS, add, stub
from mfnumpy.check.gradient import GradientReport, adjoint, gradient
from mfnumpy.check.report import Report

__all__ = [
    "EXERCISES",
    "GRADING_SEED",
    "HOOKS",
    "PRACTICE_SEED",
    "GradientReport",
    "Report",
    "add",
    "adjoint",
    "check",
    "gradient",
    "stub",
]
