"""The checker: tells a student which mistake it is, from numbers alone. Nothing in the core imports it."""

from mfnumpy.check.numeric import GradientReport, adjoint, gradient

__all__ = ["GradientReport", "adjoint", "gradient"]
