"""The course: exercises that grade themselves, on top of nbgrader.

Notebooks import `grade` and `mine_or_reference` from here; that needs nothing but the core and the checker.
Instructors call `python -m mfnumpy.course release | try | grade | status`, which needs the extra "course".
"""

from mfnumpy.course.forms import by_indices
from mfnumpy.course.mine import yours
from mfnumpy.course.student import grade, in_one_sentence, is_written, mine_or_reference

__all__ = ["by_indices", "grade", "in_one_sentence", "is_written", "mine_or_reference", "yours"]
