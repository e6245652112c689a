"""One trial: one training by the project's loop, epoch by epoch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mnist.data import cleaning, prepared
from mnist.evaluation import efficiency
from mnist.models import weights
from mnist.training import augmentation, job, loop

SAMPLE = 2000  # training images, not augmented, whose accuracy tells the gap


@dataclass(frozen=True)
class Data:
    """What every trial learns from and is judged on; images uint8 (n, 28, 28), labels int64 (n,).

    train, validation: images and labels.
    dataset: what preprocess left of the data set.
    """

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    dataset: prepared.PreparedDataset


def data(images: int) -> Data:
    """Return so many training images, stratified by class, and all validation images."""
    given, labels = prepared.load("train")
    chosen = cleaning.sample(labels, images)
    held = prepared.load("validation")
    return Data((given[chosen], labels[chosen]), held, prepared.dataset())


def costs(model: str, section: Mapping[str, Any], dataset: prepared.PreparedDataset) -> dict:
    """Return {'parameters', 'multiply_accumulates'} of a model with a section of params.yaml."""
    network = weights.build(job.configure(model, section, dataset)[0], 0).eval()
    return {
        "parameters": efficiency.parameters(network),
        "multiply_accumulates": efficiency.multiply_accumulates(network),
    }


def weighed(
    model: str,
    section: Mapping[str, Any],
    augment: Mapping[str, float],
    data: Data,
    seed: int,
    threads: int,
) -> Iterator[tuple[dict[str, float], dict[str, torch.Tensor]]]:
    """Train a network; yield what each epoch measured, 'loss', 'accuracy' and 'gap', and weights.

    Takes the model's whole section of params.yaml, and the section augment. In a process group the
    first process alone measures; the others yield {} in its place. Raises InputError where the
    loss overflows, be it on validation images alone.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    built, recipe = job.configure(model, section, data.dataset)
    train, held = (tuple(map(torch.from_numpy, part)) for part in (data.train, data.validation))
    judged = {"train": tuple(each[:SAMPLE] for each in train), "validation": held}
    network = weights.build(built, seed)
    changed = augmentation.fitting(augment, data.dataset.digits)
    for epoch in loop.train(network, *train, judged, changed, seed, **recipe):
        scores = {}
        if epoch.scores:
            own, other = epoch.scores["train"], epoch.scores["validation"]
            gap = own["accuracy"] - other["accuracy"]
            scores = {"loss": other["nll"], "accuracy": other["accuracy"], "gap": gap}
        yield scores, epoch.weights


def epochs(*given: Any) -> Iterator[dict[str, float]]:
    """Yield what each epoch measured; the arguments are those of weighed."""
    for scores, _ in weighed(*given):
        yield scores
