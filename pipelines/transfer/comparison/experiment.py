"""What is trained: the parameters, the images, and where each run lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist.core import params
from mnist.core.accepted_values import SEED, TEXT, below, number, several, whole
from mnist.core.errors import InputError
from mnist.data import cleaning, prepared

HERE = Path("pipelines/transfer")
PARAMS = HERE / "params.yaml"
TRAINED = HERE / "runs"
FOUND = HERE / "weights"  # what record_weights finds, and the place for files of weights
LISTS = "models", "backbones", "large", "pretrained"
SCRATCH, PRETRAINED = "scratch", "pretrained"
NAMES = several(0, 100, TEXT, distinct=True)
RATE = number(1e-6, 10)  # of learning
SIZE = whole(28, 1024)  # pixels of a side
ACCEPTED = {
    "models": NAMES,
    "backbones": NAMES,
    "large": NAMES,
    "pretrained": NAMES,
    "seeds": several(1, 100, SEED, distinct=True),
    "images": whole(20, 60_000),
    "validation": whole(20, 60_000),
    "test": whole(20, 60_000),
    "corrupted": whole(20, 60_000),
    "head_epochs": whole(1, 10_000),
    "epochs": whole(1, 10_000),
    "batch_size": whole(2, 65_536),  # BatchNorm cannot learn from a batch of one
    "head_learning_rate": RATE,
    "backbone_rate": number(0, 1),
    "weight_decay": number(0, 10),
    "label_smoothing": below(1),
    "averaging": below(1),
}

Part = tuple[np.ndarray, np.ndarray]  # images uint8 (n, 28, 28), labels int64 (n,)


@dataclass(frozen=True)
class Run:
    """Networks that differ in their seeds alone: a row of the table.

    network: a model of the root's params.yaml, or a classifier of torchvision.
    start: 'scratch' or 'pretrained'.
    seeds: those it is trained with.
    """

    network: str
    start: str
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return what the row is called."""
        return f"{self.network}_{self.start}" if self.start == PRETRAINED else self.network

    def folder(self, seed: int) -> Path:
        """Return where the run of a seed lies."""
        return TRAINED / self.network / self.start / str(seed)


def tables() -> dict[str, dict]:
    """Return what the pipeline's parameters may be.

    `weights` must name each of pretrained, `sizes` every backbone, and `learning_rates` every row;
    so the table is made from what params.yaml lists. They may hold more: a network that is left out
    for once keeps its place there.
    """
    try:
        section = params.read(PARAMS).get("transfer")
    except InputError:
        section = None  # command.run reads it, too, and says what is wrong
    section = section if isinstance(section, dict) else {}
    listed = {name: section.get(name) for name in LISTS}
    names = {k: v if NAMES.holds(v) else [] for k, v in listed.items()}
    rows = [*names["models"], *names["backbones"], *names["large"]]
    rows += [f"{name}_{PRETRAINED}" for name in names["pretrained"]]
    backbones = [each for key in LISTS[1:] for each in names[key]]
    needed = {
        "weights": (names["pretrained"], TEXT),
        "sizes": (backbones, SIZE),
        "learning_rates": (rows, RATE),
    }
    found = dict(ACCEPTED)
    for key, (least, accepted) in needed.items():
        given = section.get(key)
        found[key] = dict.fromkeys([*least, *(given if isinstance(given, dict) else ())], accepted)
    return {"transfer": found}


def runs(transfer: Mapping[str, Any]) -> list[Run]:
    """Return all runs that the parameters name, in the order of the table."""
    seeds = tuple(transfer["seeds"])
    found = [Run(name, SCRATCH, seeds) for name in [*transfer["models"], *transfer["backbones"]]]
    found += [Run(name, SCRATCH, seeds[:1]) for name in transfer["large"]]
    found += [Run(name, PRETRAINED, seeds) for name in transfer["pretrained"]]
    if len({run.name for run in found}) < len(found):
        raise InputError(f"{PARAMS} names a network twice; leave it in one of its lists")
    return found


def some(part: str, n: int) -> Part:
    """Return a fixed, stratified sample of n images of a prepared part, with their labels."""
    images, labels = prepared.load(part)
    chosen = cleaning.sample(labels, n)
    return images[chosen], labels[chosen]


def loop_settings(transfer: Mapping[str, Any], run: Run) -> dict[str, float]:
    """Return the keyword arguments of the training loop for a run.

    Where no head is trained by itself first, its epochs are added: nobody gets less.
    """
    same = {key: transfer[key] for key in ("batch_size", "weight_decay", "label_smoothing")}
    same |= {"averaging": transfer["averaging"]}
    epochs = transfer["epochs"] + (transfer["head_epochs"] if run.start == SCRATCH else 0)
    return {**same, "epochs": epochs, "learning_rate": transfer["learning_rates"][run.name]}
