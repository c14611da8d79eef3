"""`python -m mfnumpy` is `mfnumpy`."""

from mfnumpy.cli import entry_point

if __name__ == "__main__":
    entry_point()
