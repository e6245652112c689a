"""Files that are either whole or not there."""

import io
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mnist.errors import Refused


def write(path, data):
    """Write bytes to path: under a temporary name first, then renamed, so never half."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole(folder):
    """Remove a folder again if what fills it fails or is interrupted."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def write_json(path, values):
    """Write a dict of plain values as indented JSON."""
    write(path, (json.dumps(values, indent=2, allow_nan=False) + "\n").encode())


def write_csv(path, table):
    """Write a pandas DataFrame as CSV without its index."""
    write(path, table.to_csv(index=False, lineterminator="\n").encode())


def write_arrays(path, **arrays):
    """Write named NumPy arrays as one .npz archive."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write(path, buffer.getvalue())


@contextmanager
def reading(path):
    """Turn what goes wrong inside, while path is read, into a Refused that names it."""
    try:
        yield
    except FileNotFoundError:
        raise Refused(f"{path} is missing; 'dvc repro' makes it") from None
    except Exception:  # NumPy, torch, zipfile and pickle raise a dozen kinds on damage
        raise Refused(f"{path} is not what belongs there; 'dvc repro' makes it anew") from None


def read_json(path):
    """Return the content of a JSON file; raise Refused where it is none."""
    with reading(path):
        return json.loads(Path(path).read_text(encoding="utf-8"))


def read_arrays(path):
    """Return the arrays of an .npz archive as a dict; raise Refused where it is none."""
    with reading(path), np.load(path, allow_pickle=False) as archive:
        return dict(archive)
