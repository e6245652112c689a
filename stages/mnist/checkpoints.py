"""What an interrupted training goes on from: data/checkpoints/MODEL-SEED.pt."""

import hashlib
import io
import json
import sys
from contextlib import contextmanager
from pathlib import Path

import filelock
import torch

from mnist import files
from mnist.errors import Refused


def path(name, seed):
    """Return where a run's checkpoint lies: not among the outs, which DVC deletes before a run."""
    return Path("data", "checkpoints", f"{name}-{seed}.pt")


def key(settings, inputs):
    """Return the SHA-256 of all that decides a run: code, torch, settings, the bytes of its inputs.

    The code is every module of this package that has been imported by now.
    """
    modules = sorted(name for name in sys.modules if name.startswith("mnist."))
    digest = hashlib.sha256(json.dumps([torch.__version__, settings]).encode())
    for file in [*(sys.modules[name].__file__ for name in modules), *inputs]:
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def save(path, key, content):
    """Write a checkpoint: the key, the content's SHA-256, then the content."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    found = hashlib.sha256(buffer.getvalue()).hexdigest()
    files.write(path, f"{key}{found}".encode() + buffer.getvalue())


def load(path, key):
    """Return the content that save wrote under this key, or None, said aloud, where it cannot."""
    try:
        saved = path.read_bytes()
    except FileNotFoundError:
        return None
    # torch.load would not notice a flipped bit.
    if hashlib.sha256(saved[128:]).hexdigest().encode() != saved[64:128]:
        print(f"{path} is damaged; training starts over", flush=True)
    elif saved[:64] != key.encode():
        print(f"{path} has other code, parameters or data; training starts over", flush=True)
    else:
        return torch.load(io.BytesIO(saved[128:]), map_location="cpu", weights_only=True)


@contextmanager
def alone(path):
    """Refuse to go on where another process, even one whose dvc was killed, trains the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path.with_suffix(".lock"), timeout=0):
            for half in path.parent.glob(f".{path.name}.*"):  # what a kill cut short
                half.unlink()
            yield
    except filelock.Timeout:
        raise Refused(f"another process is training {path.stem}; wait for it, or stop it") from None
