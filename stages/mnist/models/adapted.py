"""Adapted models: a folder of networks that were trained further on someone's own digits.

It holds the weights of each network, as weights.save writes them, and model.json, which says what
they are. predict.py asks them together, as it asks the trained ones.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from os.path import isdir, isfile, islink, lexists
from pathlib import Path
from typing import Any

from torch import nn

from mnist.core import files
from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.models import weights

ABOUT = "model.json"
WEIGHTS = re.compile(r"\d+\.pt")  # the names of the other files: places, from 0


@dataclass(frozen=True)
class AdaptedModel:
    """What an adapted model is.

    model: the architecture of its networks, a module of mnist.models.
    unsure_below: the probability below which it is not sure: 1 % of the validation images are.
    networks: {name of the file: SHA-256 of its bytes}, in the order of the seeds.
    made: plain values that say how it was made.
    """

    model: str
    unsure_below: float
    networks: Mapping[str, str]
    made: Mapping[str, Any]


def check_place(folder: str | Path) -> None:
    """Raise InputError where a folder cannot be given to an adapted model.

    What stands there may be an adapted model, which is replaced, but nothing else.
    """
    folder, name = Path(folder), printable(folder)
    if islink(folder) or (lexists(folder) and not isfile(folder / ABOUT)):
        raise InputError(f"{name} is there and no adapted model; name a folder to be made")
    if isdir(folder):
        there = sorted(
            path.name for path in folder.iterdir()
        )  # damaged networks, too, are replaced
        if other := [each for each in there if each != ABOUT and not WEIGHTS.fullmatch(each)]:
            raise InputError(f"{name} also holds {printable(other[0])}; name a folder to be made")


def save(
    folder: str | Path,
    configurations: Sequence[weights.Configuration],
    states: Sequence[Mapping[str, Any]],
    unsure_below: float,
    made: Mapping[str, Any],
) -> None:
    """Write an adapted model into a folder, whole or not at all. The same model is the same bytes.

    Takes the configuration and the state_dict of each network, and what AdaptedModel has. Raises
    InputError where the folder cannot be written.
    """
    check_place(folder)
    folder = Path(folder)
    try:
        with files.replacing(folder, folder.with_name(f".{folder.name}.{os.getpid()}")) as draft:
            digests = {}
            for place, (made_of, state) in enumerate(zip(configurations, states, strict=True)):
                path = draft / f"{place}.pt"
                weights.save(path, made_of, state)
                digests[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
            about = AdaptedModel(configurations[0].architecture, unsure_below, digests, made)
            files.write_json(draft / ABOUT, asdict(about))
    except OSError as error:
        reason = f"{printable(folder)} cannot be written: {error.strerror}"
        raise InputError(f"{reason}; name a folder to be made where you may write") from error


def load(folder: str | Path) -> tuple[AdaptedModel, list[nn.Sequential]]:
    """Return an adapted model and its networks, ready to predict on the CPU.

    Raises InputError where the folder is none, or a file of it is missing or damaged.
    """
    folder, name = Path(folder), printable(folder)
    advice = "name a folder that pipelines/transfer/adapt.py wrote"
    if not isfile(folder / ABOUT):
        there = "is no adapted model" if lexists(folder) else "is not there"
        raise InputError(f"{name} {there}; {advice}")
    try:
        about = AdaptedModel(**json.loads((folder / ABOUT).read_text(encoding="utf-8")))
        if not about.networks or not 0 <= about.unsure_below <= 1:
            raise ValueError("no networks, or no probability")
        for file, digest in about.networks.items():
            if not WEIGHTS.fullmatch(file):
                raise ValueError("a file that save does not write")
            if hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
                raise ValueError(f"{file} is not that of {ABOUT}")
        return about, [weights.load(folder / file, about.model) for file in about.networks]
    except (ValueError, TypeError, AttributeError, OSError, InputError) as error:
        raise InputError(f"{name} is damaged; adapt the model again") from error
