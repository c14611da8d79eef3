"""`python -m mfnumpy.course` is the course's command line; see `mfnumpy.course.command`."""

from mfnumpy.support.interrupt import leave, quit_when_stopped

if __name__ == "__main__":
    quit_when_stopped("mfnumpy.course")  # a signal that comes while libraries are imported shows no traceback
    from mfnumpy.course.command import main

    leave(main())
