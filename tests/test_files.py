import json
import os

import numpy as np
import pandas as pd
import pytest

from mnist import files
from mnist.errors import Refused


def test_what_is_written_is_read_back(tmp_path):
    files.write_arrays(tmp_path / "new" / "a.npz", x=np.arange(3))
    files.write_json(tmp_path / "a.json", {"x": 1.5})
    files.write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [1, 2]}))
    assert files.read_arrays(tmp_path / "new" / "a.npz")["x"].tolist() == [0, 1, 2]
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1.5}
    assert (tmp_path / "a.csv").read_text() == "x\n1\n2\n"


def test_the_same_arrays_are_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        files.write_arrays(tmp_path / name, x=np.arange(3), y=np.ones(2))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    files.write(tmp_path / "a", b"old")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        files.write(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_folder_that_is_filled_half_is_removed(tmp_path):
    with pytest.raises(KeyboardInterrupt), files.whole(tmp_path / "run"):
        files.write(tmp_path / "run" / "history", b"")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"text", b"PK\x03\x04 cut short"])
def test_a_missing_or_damaged_archive_is_refused_in_a_line(content, tmp_path):
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(Refused, match=r"a\.npz .*dvc repro") as refusal:
        files.read_arrays(tmp_path / "a.npz")
    assert "\n" not in str(refusal.value)
