"""One trial of few_labels: some labelled digits of a hand, and how each way reads the others."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mnist.data import prepared
from mnist.models import cnn as cnn_architecture
from mnist.models import ensemble, weights
from mnist.training import loop
from pipelines.transfer.adaptation import method, trained
from pipelines.transfer.adaptation.summary import ADAPTED, SCRATCH, ZERO_SHOT, Trial
from pipelines.transfer.adaptation.trained import Labelled


@dataclass(frozen=True)
class Hand:
    """The digits of one writer, or of several whom nothing tells apart.

    set, person: whose they are; person is empty where writers are not known.
    digits: all of them.
    rejected: bool (n,), where no digit was found, which counts as an error.
    """

    set: str
    person: str
    digits: Labelled
    rejected: np.ndarray


@dataclass(frozen=True)
class Settings:
    """The sections of both files of parameters, and the names of the models."""

    models: tuple[str, ...]
    seeds: tuple[int, ...]
    augment: dict[str, float]
    cnn: dict[str, Any]
    few_labels: dict[str, Any]


def labelled(hand: Hand, per_class: int, draw: int) -> np.ndarray | None:
    """Return the indices of so many digits of each class, or None where a class has no more.

    At least one digit of each class is left. The draws of one hand with more digits hold those with
    fewer.
    """
    generator, found = np.random.default_rng(draw), []
    for digit in range(10):
        here = generator.permutation(np.flatnonzero(hand.digits.labels == digit))
        usable = here[~hand.rejected[here]]
        if len(usable) < per_class or len(here) == per_class:
            return None
        found.append(usable[:per_class])
    return np.concatenate(found)


@functools.cache
def model(name: str, seeds: tuple[int, ...]) -> trained.TrainedModel:
    """Return a trained model, read once in each process."""
    torch.set_num_threads(1)
    return trained.load(name, seeds)


@functools.cache
def mnist_test() -> Labelled:
    """Return MNIST's test images, read once in each process."""
    return Labelled(*prepared.load("test"))


def correct(
    networks: Sequence[torch.nn.Module], hand: Hand, chosen: np.ndarray | None = None
) -> np.ndarray:
    """Return 1 or 0 for each chosen digit of a hand, asked as predict.py asks, else not a number.

    Takes bool (n,), or None for all, and returns float (n,).
    """
    chosen = np.ones(len(hand.rejected), bool) if chosen is None else chosen
    found, asked = np.full(len(chosen), np.nan), hand.digits[chosen]
    read = ensemble.predict(networks, asked.images).argmax(1) == asked.labels
    found[chosen] = read & ~hand.rejected[chosen]
    return found


def from_scratch(own: Labelled, settings: Settings, seed: int) -> torch.nn.Module:
    """Return a CNN that learnt from labelled digits alone, by the recipe of the trained ones."""
    recipe = {key: settings.cnn[key] for key in loop.ACCEPTED}
    recipe["epochs"] = settings.few_labels["scratch_epochs"]
    arguments = {key: settings.cnn[key] for key in cnn_architecture.ACCEPTED}
    dataset = prepared.dataset()
    made = weights.Configuration("cnn", {"classes": 10, **arguments}, dataset.mean, dataset.std)
    network = weights.build(made, seed)
    given = (torch.from_numpy(each) for each in (own.images, own.labels))
    for _ in loop.train(network, *given, {}, settings.augment, seed, **recipe):
        pass
    return network.eval()


def trials(
    settings: Settings, hand: Hand, zero_shot: Mapping[str, np.ndarray], per_class: int, draw: int
) -> list[Trial]:
    """Return what each way makes of one draw; none where a class has too few digits.

    Takes what the trained networks make of all digits of the hand, {model: float (n,)}.
    """
    torch.set_num_threads(1)
    chosen = labelled(hand, per_class, draw)
    if chosen is None:
        return []
    own, left = hand.digits[chosen], np.ones(len(hand.digits.labels), bool)
    left[chosen] = False
    found, about = [], (hand.set, hand.person, per_class, draw)
    costly = draw < settings.few_labels["costly_draws"]
    for name in settings.models:
        found.append(Trial(*about, name, ZERO_SHOT, np.where(left, zero_shot[name], np.nan)))
        known = model(name, settings.seeds)
        new, mnist = method.adapted(known, own, settings.augment, draw), None
        if costly:
            both = known.networks, new.networks
            mnist = np.stack([trained.wrong(networks, mnist_test()) for networks in both])
        read = correct(new.networks, hand, left)
        found.append(Trial(*about, name, ADAPTED, read, new.factor, mnist))
    if costly:
        alone = from_scratch(own, settings, draw)
        found.append(Trial(*about, "cnn", SCRATCH, correct([alone], hand, left)))
    return found
