"""Grading hand-ins: who handed in what, judged in a process of its own, into a table for people and platforms."""

from mfnumpy.course.grading.run import Settings, StoppedError, grade_all
from mfnumpy.course.grading.submission import Limits, grade_notebook
from mfnumpy.course.grading.table import Row, Table

__all__ = ["Limits", "Row", "Settings", "StoppedError", "Table", "grade_all", "grade_notebook"]
