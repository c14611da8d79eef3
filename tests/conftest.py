"""For all tests: one BLAS thread, so that small matrices do not wait for each other on a busy machine."""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_addoption(parser):
    """--student FILE.py: run the checker's tests on a student's functions; see tests/check/test_student.py."""
    parser.addoption("--student", metavar="FILE", help="check the functions of a student's file")
