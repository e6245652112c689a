"""Adapting trained networks to the hand of one person, from a few labelled digits.

Each network is trained a little further on the digits, moved and dirtied as in training, beside
MNIST images on which it is to go on saying what it says ("learning without forgetting", Li & Hoiem
2017, arXiv:1606.09282, with images at hand that were learnt from). Then its weights are those in
between: original + factor × (adapted − original), as WiSE-FT has it (Wortsman et al. 2022,
arXiv:2109.01903). Factor 0 is the trained network.

Two things keep an adapted model from being worse than the trained one by more than chance. The
factor is 0 unless the digits, in cross-validation, are read no worse for it, and it is lowered
until no more validation images of MNIST are read wrongly than before.

Digits and images are uint8 (n, 28, 28), labels int64 (n,).
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from mnist.models import inference
from mnist.training.augmentation import augment
from pipelines.transfer.adaptation.trained import Labelled, TrainedModel, wrong

# Chosen, as DEFAULT was, on USPS's training digits, on photos by every other author, and on UCI's
# training digits, by none of the people who wrote scikit-learn's.
STEPS = 40
SLOWER = 1 / 8  # of the learning rate of training, in the first step; it falls to 0 linearly
OWN, REHEARSED = 16, 32  # images of a batch: of the hand, and of MNIST

FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0)
DEFAULT = 0.5  # where there is one digit per class, and nothing to choose by
FOLDS = 3


@dataclass(frozen=True)
class Adaptation:
    """Networks after adaptation, and how the factor was chosen.

    networks: the adapted networks, ready to predict.
    factor: the one of FACTORS by which their weights moved.
    held_out: {factor: (errors, mean negative log-likelihood in nats)} in cross-validation; empty
        where there was none.
    mnist: errors on the hardest validation images, before and after.
    """

    networks: list[nn.Module]
    factor: float
    held_out: dict[float, tuple[int, float]]
    mnist: tuple[int, int]


def fine_tuned(
    trained: TrainedModel, which: int, own: Labelled, augmentation: Mapping[str, float], seed: int
) -> nn.Module:
    """Return one of a model's networks, trained STEPS further; the given one stays as it is.

    Takes the keyword arguments of augment. BatchNorm keeps its statistics, and nothing is dropped
    out: so few digits say nothing about the former, and the latter would only add noise.
    """
    generator = torch.Generator().manual_seed(seed)
    found = copy.deepcopy(trained.networks[which]).eval()
    images, labels = torch.from_numpy(own.images), torch.from_numpy(own.labels)
    optimizer = torch.optim.Adam(found.parameters(), fused=True)
    rounds = -(-OWN // len(images))
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = trained.learning_rate * SLOWER * (1 - step / STEPS)
        orders = [torch.randperm(len(images), generator=generator) for _ in range(rounds)]
        chosen = torch.cat(orders)[:OWN]
        drawn = inference.batch(images[chosen], "cpu")
        drawn = augment(drawn, labels[chosen], generator, **augmentation)
        other = torch.randint(len(trained.rehearsal), (REHEARSED,), generator=generator)
        logits = found(torch.cat([drawn, inference.batch(trained.rehearsal[other], "cpu")]))
        loss = F.cross_entropy(logits[:OWN], labels[chosen], reduction="sum")
        loss = loss + F.cross_entropy(logits[OWN:], trained.says[which][other], reduction="sum")
        optimizer.zero_grad()
        (loss / len(logits)).backward()
        optimizer.step()
    return found


def interpolated(original: nn.Module, adapted: nn.Module, factor: float) -> nn.Module:
    """Return a network with the weights original + factor × (adapted − original)."""
    found = copy.deepcopy(original)
    with torch.no_grad():
        for weight, other in zip(found.parameters(), adapted.parameters(), strict=True):
            weight.lerp_(other, factor)
    return found.eval()


def folds(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return the fold, int (n,) of 0..k − 1, of each of n labels, in random order.

    The labels of each class are spread over all k folds, of which there are FOLDS, or as many as
    the rarest class has digits.
    """
    count = min(FOLDS, np.unique(labels, return_counts=True)[1].min())
    generator, found = np.random.default_rng(seed), np.zeros(len(labels), int)
    for label in np.unique(labels):
        here = np.flatnonzero(labels == label)
        found[generator.permutation(here)] = np.arange(len(here)) % count
    return found


def cross_validated(
    trained: TrainedModel, own: Labelled, augmentation: Mapping[str, float], seed: int
) -> dict[float, tuple[int, float]]:
    """Return {factor: (errors, mean negative log-likelihood in nats)} on held-out digits.

    They are those of the model's first network, which stands for all. It is empty where a class has
    one digit only.
    """
    fold = folds(own.labels, seed)
    if fold.max() == 0:
        return {}
    said = {factor: torch.zeros(len(fold), 10) for factor in FACTORS}
    for held in range(fold.max() + 1):
        tuned = fine_tuned(trained, 0, own[fold != held], augmentation, seed + held)
        images, place = torch.from_numpy(own.images[fold == held]), torch.from_numpy(fold == held)
        for factor, answers in said.items():
            between = interpolated(trained.networks[0], tuned, factor)
            answers[place] = inference.predict(between, images)
    labels = torch.from_numpy(own.labels)
    return {
        factor: (
            int((answers.argmax(1) != labels).sum()),
            inference.score(answers, labels)["nll"],
        )
        for factor, answers in said.items()
    }


def chosen_factor(held_out: Mapping[float, tuple[int, float]]) -> float:
    """Return the factor with the fewest errors on held-out digits, of these the likeliest.

    DEFAULT where there are none.
    """
    return min(held_out, key=held_out.get) if held_out else DEFAULT


def adapted(
    trained: TrainedModel, own: Labelled, augmentation: Mapping[str, float], seed: int = 0
) -> Adaptation:
    """Return the networks of a model adapted to labelled digits of every class.

    Takes augment's keyword arguments. The same arguments give the same bytes.
    """
    held_out = cross_validated(trained, own, augmentation, seed)
    start, networks = chosen_factor(held_out), trained.networks
    tuned = [fine_tuned(trained, i, own, augmentation, seed + i) for i in range(len(networks))]
    for factor in [each for each in reversed(FACTORS) if each <= start]:
        found = [interpolated(*pair, factor) for pair in zip(networks, tuned, strict=True)]
        before, after = int(trained.before.sum()), int(wrong(found, trained.hardest).sum())
        if after <= before:  # as with factor 0
            break
    return Adaptation(found, factor, held_out, (before, after))
