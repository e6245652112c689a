"""How networks fare on digits unlike those that they learnt."""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score

from mnist import augment, corruptions, data, inference

CURVES = {
    "rotation": range(-45, 46, 5),  # degrees, clockwise
    "shift": range(9),  # pixels, the mean of the four directions
    "scale": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5),
}
DIRECTIONS = (1, 0), (-1, 0), (0, 1), (0, -1)


def sample(labels, n):
    """Return the indices of a fixed sample of n of the labels, stratified by class."""
    if n >= len(labels):
        return np.arange(len(labels))
    return data.split(labels, validation=n / len(labels), seed=0)[1]


def right(network, images, labels):
    """Return which of uint8 images (n, 28, 28) a network names as labels (n,), bool (n,)."""
    return inference.predict(network, torch.from_numpy(images)).argmax(1).numpy() == labels


def errors(networks, images, labels):
    """Return the share of errors of each network on uint8 images (n, 28, 28) of labels (n,)."""
    return [float(1 - right(network, images, labels).mean()) for network in networks]


def corrupted(networks, images, labels, kinds, strength):
    """Return rows of kind, strength, model and error, the mean over networks {model: [network]}."""
    rows = []
    for kind in kinds:
        changed = corruptions.corrupt(images, kind, strength)
        for name, each in networks.items():
            error = np.mean(errors(each, changed, labels))
            rows.append({"kind": kind, "strength": strength, "model": name, "error": error})
    return rows


def moved(images, curve, value):
    """Return uint8 images (n, 28, 28) rotated, shifted or scaled; a shift gives (4 n, 28, 28)."""
    turns = torch.zeros(len(images))
    ways = [(value * x, value * y) for x, y in DIRECTIONS] if curve == "shift" else [(0, 0)]
    x, found = torch.from_numpy(images).unsqueeze(1) / 255, []
    for way in ways:
        theta = augment.matrices(
            angle=turns + (np.radians(value) if curve == "rotation" else 0),
            shift=torch.tensor([way], dtype=torch.float).expand(len(images), 2),
            scale=turns + (value if curve == "scale" else 1),
            shear=turns,
        )
        grid = F.affine_grid(theta, x.shape, align_corners=False)
        found.append(F.grid_sample(x, grid, align_corners=False))
    return torch.cat(found).squeeze(1).mul(255).round().byte().numpy()


def curves(networks, images, labels):
    """Return rows of curve, value, model and accuracy; networks are {model: [network]}."""
    rows = []
    for curve, values in CURVES.items():
        for value in values:
            changed = moved(images, curve, value)
            truth = np.tile(labels, len(changed) // len(labels))
            for name, each in networks.items():
                accuracy = 1 - np.mean(errors(each, changed, truth))
                rows.append({"curve": curve, "value": value, "model": name, "accuracy": accuracy})
    return rows


def confidence(networks, images):
    """Return the top probability, the mean over networks, of uint8 images (n, 28, 28)."""
    images = torch.from_numpy(images)
    return np.mean([inference.predict(n, images).max(1).values for n in networks], axis=0)


def told_apart(networks, digits, strangers):
    """Return how well confidence tells digits from images that are none: AUROC, 0.5 is chance.

    Hendrycks & Gimpel 2017, section 3.
    """
    scores = np.concatenate([confidence(networks, x) for x in (digits, strangers)])
    return float(roc_auc_score(np.arange(len(scores)) < len(digits), scores))
