"""What adapting a model starts from: its trained networks, and the images of their data set."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from mnist.core import files, params, runs
from mnist.core.errors import InputError
from mnist.data import cleaning, prepared
from mnist.models import inference, weights
from mnist.training import loop

# Of so many training images, as many are rehearsed as REHEARSAL says: half of them those of which
# the networks are least sure. On validation, this halved the rise of errors that a random sample
# left after adaptation.
POOL, REHEARSAL = 10_000, 2000
# Validation images of which the trained networks are least sure: where adapted ones err first. Of
# MNIST's other validation images both models are sure with a probability of 0.95 at least.
HARDEST = 1500


@dataclass(frozen=True)
class Labelled:
    """Images, uint8 (n, 28, 28), and their labels, int64 (n,)."""

    images: np.ndarray
    labels: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> "Labelled":
        """Return those that are chosen, by index or by bool."""
        return Labelled(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True)
class TrainedModel:
    """A model's trained networks, and what they say of images of the data set that they learnt.

    configurations: what builds each network.
    networks: one per seed.
    learning_rate: that of training, from params.yaml.
    rehearsal: training images, uint8 (n, 28, 28), half of them hard.
    says: the probabilities, float32 (n, classes), of each network on these.
    hardest: the validation images of which the networks are least sure.
    before: which of these the networks get wrong, bool (n,).
    validation: how many validation images there are, the others included.
    """

    configurations: list[weights.Configuration]
    networks: list[nn.Module]
    learning_rate: float
    rehearsal: Tensor
    says: list[Tensor]
    hardest: Labelled
    before: np.ndarray
    validation: int


def probabilities(networks: Sequence[nn.Module], images: np.ndarray) -> np.ndarray:
    """Return the networks' mean probabilities, float32 (n, classes), of each image as it is."""
    given = torch.from_numpy(images)
    return np.mean([inference.predict(network, given).numpy() for network in networks], axis=0)


def wrong(networks: Sequence[nn.Module], images: Labelled) -> np.ndarray:
    """Return which images the networks' mean probabilities get wrong, bool (n,)."""
    return probabilities(networks, images.images).argmax(1) != images.labels


def configuration(path: Path, dataset: prepared.PreparedDataset) -> weights.Configuration:
    """Return what builds the network in a weights file that weights.load has accepted.

    Raises InputError where it learnt another data set than the prepared one.
    """
    with files.reading(path):
        saved = torch.load(io.BytesIO(path.read_bytes()), map_location="cpu", weights_only=True)
        found = weights.Configuration(**saved["configuration"])
    given = len(dataset.classes), dataset.mean, dataset.std
    if (found.arguments["classes"], found.mean, found.std) != given:
        learnt = f"{path} learnt another data set than {dataset.name}, which {prepared.FOLDER} has"
        raise InputError(f"{learnt}; 'dvc repro' trains it anew")
    return found


def load(model: str, seeds: Sequence[int]) -> TrainedModel:
    """Return what adapting a model starts from.

    Raises InputError where the prepared images are no digits, params.yaml's section of the model is
    not accepted, or weights are missing, damaged or of another data set.
    """
    dataset = prepared.dataset()
    if not dataset.digits:
        reason = f"the networks were trained on {dataset.name}, which has no digits"
        raise InputError(f"{reason}; choose fetch.dataset in params.yaml and run 'dvc repro'")
    section = params.read()[model]
    accepted = {**weights.architecture(model).ACCEPTED, **loop.ACCEPTED}
    params.check({model: section}, {model: accepted})
    paths = [runs.weights(model, seed) for seed in seeds]
    networks = [weights.load(path, model) for path in paths]
    configurations = [configuration(path, dataset) for path in paths]
    images, labels = prepared.load("train")
    images = images[cleaning.sample(labels, POOL)]
    order = np.argsort(probabilities(networks, images).max(1), kind="stable")
    half = min(REHEARSAL, len(images)) // 2
    others = order[half :: max(1, (len(images) - half) // half)]
    rehearsal = torch.from_numpy(images[np.concatenate([order[:half], others[:half]])])
    says = [inference.predict(network, rehearsal) for network in networks]
    held = Labelled(*prepared.load("validation"))
    sure = probabilities(networks, held.images).max(1)
    hardest = held[np.sort(np.argsort(sure, kind="stable")[:HARDEST])]
    before = wrong(networks, hardest)
    about = configurations, networks, section["learning_rate"], rehearsal, says, hardest, before
    return TrainedModel(*about, validation=len(held.labels))
