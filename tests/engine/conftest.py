"""What tests of the engine share."""

from __future__ import annotations

import pytest

from mfnumpy import backend
from mfnumpy.errors import BackendError


@pytest.fixture
def cupy():
    """A real GPU, or the test is skipped and says so."""
    try:
        backend.get("cupy")
    except BackendError as error:
        pytest.skip(f"NOT TESTED ON A GPU: {error}")
