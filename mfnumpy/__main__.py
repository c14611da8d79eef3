"""`python -m mfnumpy` is `mfnumpy`."""

from mfnumpy.support.interrupt import leave, quit_when_stopped


def entry_point() -> None:
    """What the installed script calls. A signal that comes while libraries are imported shows no traceback."""
    quit_when_stopped("mfnumpy")
    from mfnumpy.cli import main

    leave(main())


if __name__ == "__main__":
    entry_point()
