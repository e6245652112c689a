"""Networks by the name of their architecture, built, saved and read back.

A weights file is a zip archive, as torch.save writes it, of the configuration that rebuilds the
network and of its state. The archive's comment is the SHA-256 of all the bytes before it.
"""

import hashlib
import io
import struct
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from mnist.core import files, runs, text
from mnist.core.errors import InputError
from mnist.models.layers import Normalise

DIGEST = 64  # characters of a SHA-256


@dataclass(frozen=True)
class Configuration:
    """All that builds a network.

    architecture: the name of a module of mnist.models.
    arguments: the keyword arguments of its build, `classes` among them.
    mean, std: those of the training pixels, in 0..1, by which images are normalised.
    """

    architecture: str
    arguments: dict[str, Any]
    mean: float
    std: float


def architecture(name: str) -> ModuleType:
    """Return the module of mnist.models that builds networks of this name."""
    spec = find_spec(f"mnist.models.{name}") if name.isidentifier() else None
    module = import_module(spec.name) if spec else None
    if not (hasattr(module, "ACCEPTED") and hasattr(module, "build")):
        name = text.printable(name)
        raise InputError(
            f"{name} is no architecture; give stages/mnist/models/{name}.py build and ACCEPTED, or "
            f"remove the section {name} of params.yaml"
        )
    return module


def build(configuration: Configuration, seed: int | None = None) -> nn.Sequential:
    """Return a new network from images (n, 1, 28, 28), float32 in 0..1, to logits (n, classes).

    The seed, where given, decides the initial weights.
    """
    if seed is not None:
        torch.manual_seed(seed)
    network = architecture(configuration.architecture).build(**configuration.arguments)
    return nn.Sequential(Normalise(configuration.mean, configuration.std), network)


def save(path: str | Path, configuration: Configuration, state: dict) -> None:
    """Write a network's state_dict with its configuration. The same weights are the same bytes."""
    # torch.save to a path would write the file's name into the bytes.
    buffer = io.BytesIO()
    torch.save({"configuration": asdict(configuration), "state": state}, buffer)
    # The last field of a zip archive is the length of its comment (APPNOTE.TXT, section 4.3.16).
    data = buffer.getvalue()[:-2] + struct.pack("<H", DIGEST)
    files.write(path, data + hashlib.sha256(data).hexdigest().encode())


def load(path: str | Path, name: str) -> nn.Sequential:
    """Return the network in a weights file, ready to predict on the CPU.

    Raises InputError where the file is missing, is damaged, was not written by save, or holds
    another architecture than that name. A mistake in the code of build is not caught.
    """
    with files.reading(path):
        data = Path(path).read_bytes()
        if hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:
            raise ValueError("the digest differs")
        saved = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        configuration = Configuration(**saved["configuration"])
        if configuration.architecture != name:
            raise ValueError(f"the architecture is {configuration.architecture}")
    network = build(configuration)
    try:
        network.load_state_dict(saved["state"])
    except RuntimeError as error:
        reason = f"does not fit stages/mnist/models/{name}.py as it is now"
        raise InputError(f"{path} {reason}; 'dvc repro' trains it anew") from error
    return network.eval()


def load_all(models: list[str], seeds: list[int]) -> dict[str, list[nn.Sequential]]:
    """Return {model: [network per seed]} of all trained networks, ready to predict on the CPU."""
    return {name: [load(runs.weights(name, seed), name) for seed in seeds] for name in models}
