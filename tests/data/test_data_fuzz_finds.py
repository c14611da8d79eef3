"""Inputs that the fuzz harnesses found to escape a reader's typed errors, kept for good."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from mfnumpy.errors import CheckpointError
from mfnumpy.saving import checkpoint


@pytest.mark.parametrize("header", [b"{'descr': '<f4', (", b"((((", b"'''", b"[" * 3000, b"\\\n", b"1 +"])
def test_a_header_that_pythons_own_tokenizer_chokes_on_is_a_checkpoint_error(tmp_path, header):
    header += b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    description = io.BytesIO()
    np.save(description, np.frombuffer(json.dumps({"format": checkpoint.FORMAT}).encode(), np.uint8))
    with zipfile.ZipFile(tmp_path / "evil.npz", "w") as archive:
        archive.writestr("description.npy", description.getvalue())
        archive.writestr("W.npy", array)
    with pytest.raises(CheckpointError, match=r"W\.npy"):
        checkpoint.load(tmp_path / "evil.npz")
