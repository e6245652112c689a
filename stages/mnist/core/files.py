"""Files that are either whole or not there."""

import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def write(path: str | Path, data: bytes) -> None:
    """Write bytes to path: under a temporary name first, then renamed, so never half."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except OSError as error:  # it names the temporary file, and none at all where the disk is full
        if error.strerror is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing(folder: Path, draft: Path) -> Iterator[Path]:
    """Yield an empty folder, draft, that takes the place of folder if what fills it succeeds.

    Until then, and if that fails or is interrupted, folder stays as it was. For the moment of the
    exchange it is called .FOLDER.old; from there the next call takes it back, if a process was
    killed in that moment. Both must be on one file system.
    """
    old = folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        os.replace(old, folder)
    for left in (draft, old):
        shutil.rmtree(left, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            os.replace(folder, old)
        os.replace(draft, folder)
    finally:
        if old.exists() and not folder.exists():
            os.replace(old, folder)
        for left in (draft, old):
            shutil.rmtree(left, ignore_errors=True)


def write_json(path: str | Path, values: Any) -> None:
    """Write plain values as indented JSON."""
    write(path, (json.dumps(values, indent=2, allow_nan=False) + "\n").encode())


def write_csv(path: str | Path, table: Any) -> None:
    """Write a pandas DataFrame as CSV without its index."""
    write(path, table.to_csv(index=False, lineterminator="\n").encode())


def write_arrays(path: str | Path, **arrays: np.ndarray) -> None:
    """Write named NumPy arrays as one .npz archive."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write(path, buffer.getvalue())


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Turn what goes wrong inside, where path alone is read, into an InputError that names it."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing; 'dvc repro' makes it") from error
    except PermissionError:
        raise  # the file may be whole
    except Exception as error:  # NumPy, torch, zipfile and pickle raise a dozen kinds on damage
        raise InputError(f"{path} is not what belongs there; 'dvc repro' makes it anew") from error


def read_json(path: str | Path) -> Any:
    """Return the content of a JSON file; raise InputError where it is none."""
    with reading(path):
        return json.loads(Path(path).read_text(encoding="utf-8"))


def read_csv(path: str | Path, columns: Iterable[str]) -> "pd.DataFrame":
    """Return a CSV file as a table; raise InputError where it is none, or lacks one of columns."""
    import pandas as pd  # not at the top: predict.py answers sooner without it

    with reading(path):
        table = pd.read_csv(path)
        table[list(columns)]
        return table


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz archive; raise InputError where it is none."""
    with reading(path), np.load(path, allow_pickle=False) as archive:
        return dict(archive)
