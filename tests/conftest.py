"""For all tests: one BLAS thread, so that small matrices do not wait for each other on a busy machine."""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
