"""How networks fare on digits unlike those that they learnt."""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score

from mnist import augment, committee, corruptions, data, inference, statistics

CURVES = {
    "rotation": range(-45, 46, 5),  # degrees, clockwise
    "shift": range(9),  # pixels, the mean of the four directions
    "scale": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5),
}
DIRECTIONS = (1, 0), (-1, 0), (0, 1), (0, -1)
COLUMNS = (  # of what by_hand returns
    *("set", "person", "model", "status", "images", "refused", "accuracy", "low", "high"),
    *("together", "people", "accuracy_over_people"),
)


def sample(labels, n):
    """Return the indices of a fixed sample of n of the labels, stratified by class.

    All of them where fewer than ten would be left, which cannot be divided by class.
    """
    if n > len(labels) - 10:
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
        found.append(F.grid_sample(x, augment.sampling_grid(theta), align_corners=False))
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


def read(networks, images, labels, refused):
    """Return who reads each image rightly: the share of networks, float (n,), and all together.

    Together, bool (n,), they are asked as by predict. What is refused, bool (n,), is misread.
    """
    alone = np.mean([right(network, images, labels) for network in networks], axis=0)
    together = committee.together(networks, images).argmax(1) == labels
    return np.where(refused, 0, alone), together & ~refused


def summary(alone, together, refused, people=None):
    """Return figures on n digits, from the shares (n,) of networks that read each rightly alone.

    Low and high are Wilson's interval of that accuracy. Together, bool (n,), is whether all
    networks, asked as predict asks them, read it. Where people (n,) are known, there is also the
    accuracy over people, in which each weighs the same.
    """
    low, high = statistics.wilson(round(alone.sum()), len(alone))
    found = {"status": "measured", "images": len(alone), "refused": int(refused.sum())}
    found |= {"accuracy": alone.mean(), "low": low, "high": high, "together": together.mean()}
    if people is not None:
        each = [alone[people == person].mean() for person in np.unique(people)]
        found |= {"people": len(each), "accuracy_over_people": np.mean(each)}
    return found


def by_hand(networks, name, digits, each=False):
    """Return rows of set, person, model and figures; networks are {model: [network]}.

    Digits are images, labels, which are refused, and people or None; or None where they could not
    be had, which is not measured. Person is empty for everyone; each person has a row if asked.
    """
    rows = []
    for model, several in networks.items():
        head = {"set": name, "person": "", "model": model}
        if digits is None:
            rows.append({**head, "status": "not measured"})
            continue
        images, labels, refused, people = digits
        figures = (*read(several, images, labels, refused), refused)
        rows.append({**head, **summary(*figures, people)})
        for person in np.unique(people) if each and people is not None else ():
            mine = [figure[people == person] for figure in figures]
            rows.append({**head, "person": person, **summary(*mine)})
    return rows
