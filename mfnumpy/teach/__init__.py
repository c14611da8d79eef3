"""What the lessons are made of: an update as data, pictures of it, a stepper, and code shown from its own source.

Nothing in the core imports this. It needs the extra "lessons" (matplotlib, anywidget, jupytext, ...).
"""

from mfnumpy.teach import pictures
from mfnumpy.teach.moments import Moment, moments
from mfnumpy.teach.predict import Reveal, reveal
from mfnumpy.teach.source import Source, show_source
from mfnumpy.teach.widget import StepThrough, step_through

__all__ = ["Moment", "Reveal", "Source", "StepThrough", "moments", "pictures", "reveal", "show_source", "step_through"]
