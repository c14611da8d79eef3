"""For all tests: one BLAS thread, so that small matrices do not wait for each other on a busy machine."""

import os
import signal

import pytest

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.fixture
def python_handles_ctrl_c():
    """Whatever started the tests may have left SIGINT ignored; and what a test calls must put the handler back."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "the handler was not put back"
    signal.signal(signal.SIGINT, before)


def pytest_addoption(parser):
    """--student FILE.py: run the checker's tests on a student's functions; see tests/check/test_student.py."""
    parser.addoption("--student", metavar="FILE", help="check the functions of a student's file")
