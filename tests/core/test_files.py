import errno
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mnist.core import files
from mnist.core.errors import InputError


def test_what_is_written_is_read_back(tmp_path):
    files.write_arrays(tmp_path / "new" / "a.npz", x=np.arange(3))
    files.write_json(tmp_path / "a.json", {"x": 1.5})
    files.write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [1, 2]}))
    assert files.read_csv(tmp_path / "a.csv", ["x"])["x"].tolist() == [1, 2]
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


def test_a_write_that_the_system_refuses_names_the_file_that_was_asked_for(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as failure:
        files.write(tmp_path / "a", b"new")
    assert failure.value.filename == str(tmp_path / "a") and failure.value.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


def test_a_folder_is_replaced_once_its_draft_is_whole(tmp_path):
    files.write(tmp_path / "run" / "old", b"")
    with files.replacing(tmp_path / "run", tmp_path / "draft") as draft:
        files.write(draft / "new", b"")
        assert (tmp_path / "run" / "old").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "new"]


def test_folders_above_are_made_where_they_are_not(tmp_path):
    with files.replacing(tmp_path / "a" / "run", tmp_path / "b" / "draft") as draft:
        files.write(draft / "new", b"")
    assert (tmp_path / "a" / "run" / "new").exists()
    assert not (tmp_path / "b" / "draft").exists()


def test_a_draft_that_fails_leaves_the_old_folder_and_nothing_else(tmp_path):
    files.write(tmp_path / "run" / "old", b"")
    files.write(tmp_path / "draft" / "of a run that was killed", b"")
    interrupted = pytest.raises(KeyboardInterrupt)
    with interrupted, files.replacing(tmp_path / "run", tmp_path / "draft") as draft:
        assert list(draft.iterdir()) == []
        files.write(draft / "new", b"")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]


def fail():
    raise OSError("no")


def test_a_folder_is_never_gone_between_the_old_and_the_new(tmp_path, monkeypatch):
    """Not where the exchange fails, and not after a kill: the next call finds the old one."""
    files.write(tmp_path / "run" / "old", b"")
    replace = os.replace
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", lambda a, b: replace(a, b) if a.name != "draft" else fail())
        with pytest.raises(OSError), files.replacing(tmp_path / "run", tmp_path / "draft"):
            pass
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]

    os.replace(tmp_path / "run", tmp_path / ".run.old")  # as a kill in that moment leaves it
    interrupted = pytest.raises(KeyboardInterrupt)
    with interrupted, files.replacing(tmp_path / "run", tmp_path / "draft"):
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]


@pytest.mark.parametrize("content", [None, b"", b"text", b"PK\x03\x04 cut short"])
def test_a_missing_or_damaged_archive_ends_in_one_line(content, tmp_path):
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.npz .*dvc repro") as error:
        files.read_arrays(tmp_path / "a.npz")
    assert "\n" not in str(error.value)


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path):
    with pytest.raises(PermissionError), files.reading(tmp_path / "a.npz"):
        raise PermissionError(13, "Permission denied", "a.npz")


def test_the_cause_is_kept(tmp_path):
    with pytest.raises(InputError) as error:
        files.read_json(tmp_path / "missing.json")
    assert isinstance(error.value.__cause__, FileNotFoundError)


def test_a_table_without_a_column_that_is_read_is_refused(tmp_path):
    files.write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [1, 2]}))
    with pytest.raises(InputError, match=r"a\.csv is not what belongs there"):
        files.read_csv(tmp_path / "a.csv", ["x", "y"])
