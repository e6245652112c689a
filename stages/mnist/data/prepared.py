"""What preprocess left in data/prepared: the images of each part, and what they are of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist.core import files

FOLDER = Path("data/prepared")
DATASET = FOLDER / "dataset.json"
SAMPLE = 5000  # training images, the first of train.npz, on which the fit is measured


@dataclass(frozen=True)
class PreparedDataset:
    """What the prepared images are of.

    name: a value of fetch.dataset.
    classes: the name of each label, in their order.
    digits: whether the classes are the digits 0 to 9.
    mean, std: those of all pixels of the training images, in units of 0..1.
    """

    name: str
    classes: list[str]
    digits: bool
    mean: float
    std: float


def path(part: str) -> Path:
    """Return the path of the images and labels of 'train', 'validation' or 'test'."""
    return FOLDER / f"{part}.npz"


def load(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images, uint8 (n, 28, 28), and labels, int64 (n,), of a part."""
    arrays = files.read_arrays(path(part))
    with files.reading(path(part)):
        images, labels = arrays["images"], arrays["labels"].astype(np.int64)
        if images.dtype != np.uint8 or images.shape != (len(labels), 28, 28):
            raise ValueError(f"images of {images.dtype} {images.shape} for {len(labels)} labels")
    return images, labels


def dataset() -> PreparedDataset:
    """Return what the prepared images are of; raise InputError where that is missing or damaged."""
    content = files.read_json(DATASET)
    with files.reading(DATASET):
        found = PreparedDataset(**content)
        if len(found.classes) < 2 or not (found.std > 0 and found.mean >= 0):
            raise ValueError("no classes, or no normalisation")
    return found
