"""Checkpoint: a missing and a damaged file."""

import pytest
from support.trainings import OPTIONS, build, make_splits

from rnn_templates.training import fit
from rnn_templates.training.checkpoint import Checkpoint


def test_without_a_file_the_first_epoch_is_0(tmp_path):
    assert Checkpoint(tmp_path / "none.npz", {}, {}).resume(build()) == 0


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "checkpoint.npz").write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(ValueError, match=r"checkpoint.npz .* Delete it"):
        fit(build(), make_splits(), tmp_path, **OPTIONS)
