"""The digest by which DVC records a folder, so that a figure can name the run that it rests on."""

import hashlib
import json
from pathlib import Path


def digest(folder: Path) -> str:
    """Return what dvc.lock has as `md5` of a folder: that of the list of its files and their MD5.

    The list is JSON, in the order of the paths' parts (dvc-data, hashfile/tree.py).
    """
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    listed = [
        {"md5": hashlib.md5((folder / path).read_bytes()).hexdigest(), "relpath": path.as_posix()}
        for path in paths
    ]
    return f"{hashlib.md5(json.dumps(listed).encode()).hexdigest()}.dir"
