"""What an interrupted training goes on from: data/checkpoints/MODEL-SEED.pt."""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock
import torch

from mnist.core import files
from mnist.core.errors import InputError

HASH = 64  # characters of a SHA-256
# What a run starts with: it has measured no epoch yet.
NOTHING = {"measured": [], "seconds": [], "weights": {}, "snapshot": None}


def path(model: str, seed: int) -> Path:
    """Return where a run's checkpoint lies: not among the outs, which DVC deletes before a run."""
    return Path("data", "checkpoints", f"{model}-{seed}.pt")


def key(settings: Any, paths: Sequence[str | Path]) -> str:
    """Return the SHA-256 of all that decides a run: torch, settings, and the content of files.

    Settings are plain values; the files are those of the code and of the data.
    """
    digest = hashlib.sha256(json.dumps([torch.__version__, settings]).encode())
    for file in paths:
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def save(path: Path, key: str, content: dict[str, Any]) -> None:
    """Write a checkpoint: the key, the content's SHA-256, then the content."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    found = hashlib.sha256(buffer.getvalue()).hexdigest()
    files.write(path, f"{key}{found}".encode() + buffer.getvalue())


def load(path: Path, key: str) -> dict[str, Any] | None:
    """Return the content that save wrote under this key; print why, and return None, otherwise."""
    try:
        saved = path.read_bytes()
    except FileNotFoundError:
        return None
    found, digest, content = saved[:HASH], saved[HASH : 2 * HASH], saved[2 * HASH :]
    # torch.load would not notice a flipped bit.
    if hashlib.sha256(content).hexdigest().encode() != digest:
        print(f"{path} is damaged; training starts over", flush=True)
    elif found != key.encode():
        print(f"{path} has other code, parameters or data; training starts over", flush=True)
    else:
        with suppress(Exception):  # torch, zipfile and pickle raise a dozen kinds
            loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
            if loaded.keys() == NOTHING.keys():
                return loaded
        print(f"{path} has other content than a checkpoint; training starts over", flush=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no other process train the same run, not even one whose dvc was killed.

    Raises InputError where one does already. Removes what a kill has cut short.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path.with_suffix(".lock"), timeout=0):
            for half in path.parent.glob(f".{path.name}.*"):
                half.unlink()
            yield
    except filelock.Timeout as error:
        reason = f"another process is training {path.stem}; wait for it, or stop it"
        raise InputError(reason) from error
