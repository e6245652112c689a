"""Weights that a backbone starts from: torchvision's for ImageNet, or those in a file."""

import hashlib
import pickle
import re
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from mnist.core import text
from mnist.core.errors import InputError
from pipelines.transfer.comparison import backbones

HELPERS = "aux1", "aux2", "AuxLogits"  # names of Inception's training helpers begin so
NONE, IMAGENET = "none", "imagenet"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cached(name: str) -> tuple[Path, str]:
    """Return where torch keeps a backbone's ImageNet weights, and the URL they come from."""
    backbones.check(name)
    url = backbones.models().get_model_weights(name).DEFAULT.url
    return Path(torch.hub.get_dir(), "checkpoints", url.rpartition("/")[2]), url


def imagenet(name: str) -> tuple[dict[str, Tensor], str]:
    """Return the ImageNet weights of a backbone, a state_dict, and the SHA-256 of their file.

    Torchvision's own loader fetches and checks them. A file that lies there already, which that
    loader takes as it is, is held against the digits of its SHA-256 in its name, too.
    """
    path, _ = cached(name)
    weights = backbones.models().get_model_weights(name).DEFAULT
    where = f"put {path.name} into {path.parent}, or set its weights to none"
    params = "in pipelines/transfer/params.yaml"
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except OSError as error:
        reason = text.line(getattr(error, "reason", error))
        raise InputError(
            f"{name}: {path.name} could not be fetched: {reason}; {where} {params}"
        ) from error
    except Exception as error:  # torch raises a dozen kinds on damage
        wrong = "differs from its published SHA-256" if "hash" in str(error) else "is damaged"
        raise InputError(f"{name}: {path.name} {wrong}; {where} {params}") from error
    found, named = sha256(path), re.search(r"-([0-9a-f]{8,})\.", path.name)
    if named and not found.startswith(named[1]):
        reason = f"{path} differs from its published SHA-256; remove it, and it is fetched anew"
        raise InputError(f"{name}: {reason}")
    return state, found


def from_file(name: str, path: Path) -> tuple[dict[str, Tensor], str]:
    """Return the state_dict in a file, and the file's SHA-256.

    Raises InputError where it is missing or holds anything but tensors with names: a pickle that
    would run code is not run.
    """
    mend = f"name another in transfer.weights.{name}, or none"
    try:
        with warnings.catch_warnings(action="ignore"):  # what torch warns of is refused below
            state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise InputError(f"{text.printable(path)} is not here; {mend}") from error
    except OSError:
        raise
    except pickle.UnpicklingError as error:
        reason = "holds more than tensors, or is no file of torch's, and was not run"
        raise InputError(f"{text.printable(path)} {reason}; {mend}") from error
    except Exception as error:  # torch and zipfile raise a dozen kinds on damage
        raise InputError(f"{text.printable(path)} is no file of weights; {mend}") from error
    tensors = isinstance(state, dict) and all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in state.items()
    )
    if not tensors or not state:
        raise InputError(f"{text.printable(path)} is no state_dict of tensors; {mend}")
    return state, sha256(path)


def fill(backbone: nn.Module, name: str, state: dict[str, Tensor], source: str) -> None:
    """Give a backbone without its last layer the weights of a state_dict of torchvision's layout.

    The last layer's may be there or not. Raises InputError where any other weight is missing, is
    of another shape, or has no place.
    """
    _, last = backbones.headless(name)
    state = backbones.current_names(name, state)
    left_out = tuple(f"{each}." for each in (last, *HELPERS))
    given = {key: value for key, value in state.items() if not key.startswith(left_out)}
    own = backbone.state_dict()
    # Weights from before torch 0.4.1 have no count of batches, which none reads.
    missing = [key for key in own.keys() - given.keys() if not key.endswith("batches_tracked")]
    shapes = [key for key in own.keys() & given.keys() if own[key].shape != given[key].shape]
    for what, keys in (("lacks", missing), ("also has", given.keys() - own.keys())):
        if keys:
            some = f"{text.printable(min(keys))} and {len(keys) - 1} more"
            _refuse(f"{source} {what} {some}", name)
    if shapes:
        key = min(shapes)
        sizes = f"{tuple(given[key].shape)}, expected {tuple(own[key].shape)}"
        _refuse(f"{source} has {key} of shape {sizes}", name)
    backbone.load_state_dict(given, strict=False)


def _refuse(what: str, name: str) -> None:
    raise InputError(f"{what}: these are no weights of {name}; mend transfer.weights.{name}")


def load(backbone: nn.Module, name: str, weights: str) -> str:
    """Give a backbone the weights that params.yaml names; return the SHA-256 of their file.

    Weights are 'imagenet' or the path of a file, relative to the project's root.
    """
    if weights == IMAGENET:
        state, digest = imagenet(name)
        source = f"the ImageNet weights of {name}"
    else:
        state, digest = from_file(name, Path(weights))
        source = text.printable(weights)
    fill(backbone, name, state, source)
    return digest
