"""How networks fare on test images that are corrupted, rotated, shifted or scaled.

Networks are {model: [network per seed]}, images uint8 (n, 28, 28), labels int (n,).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from mnist.core import affine
from mnist.evaluation import metrics
from mnist.evaluation.corruptions import kinds

Networks = Mapping[str, Sequence[nn.Module]]

CURVES = {
    "rotation": range(-45, 46, 5),  # degrees, clockwise
    "shift": range(9),  # pixels, the mean of the four directions
    "scale": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5),
}
DIRECTIONS = (1, 0), (-1, 0), (0, 1), (0, -1)


def error(networks: Sequence[nn.Module], images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of wrong answers, the mean over networks."""
    return float((metrics.predict(networks, images).argmax(2) != labels).mean())


def corruptions(
    networks: Networks, images: np.ndarray, labels: np.ndarray, few: np.ndarray, augment: Mapping
) -> pd.DataFrame:
    """Return a table of kind, seen, strength, model and error.

    The reference strength is measured on all images, with all networks; for the sake of time, the
    others on a few images, int (k,), with the first network of each model. Whether training has
    seen something like a kind, the section augment of params.yaml decides.
    """
    rows, seen, every = [], kinds.seen(augment), np.arange(len(labels))
    plan = ("reference", every, None), ("weaker", few, 1), ("stronger", few, 1)
    for strength, some, most in plan:
        for kind in kinds.KINDS:
            changed = kinds.corrupt(images[some], kind, strength)
            for model, each in networks.items():
                wrong = error(each[:most], changed, labels[some])
                rows.append((kind, kind in seen, strength, model, wrong))
    return pd.DataFrame(rows, columns=["kind", "seen", "strength", "model", "error"])


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean errors over all kinds, and over those seen and never seen in training.

    Takes a table as corruptions returns it, uses its reference strength and returns a row per
    model. mean_corruption_error is a plain mean over the kinds. It is not the mCE of the literature
    (Hendrycks & Dietterich 2019, arXiv:1903.12261), which first divides each kind's errors by those
    of a baseline network.
    """
    reference = table[table["strength"] == "reference"]
    names = {False: "error_never_seen", True: "error_seen"}
    means = reference.pivot_table("error", "model", "seen").rename(columns=names)
    means.insert(0, "mean_corruption_error", reference.groupby("model")["error"].mean())
    return means


def moved(images: np.ndarray, curve: str, value: float) -> np.ndarray:
    """Return images rotated, shifted or scaled, uint8 (n, 28, 28); a shift gives (4 n, 28, 28)."""
    ways = torch.tensor(DIRECTIONS if curve == "shift" else [(0, 0)]) * float(value)
    x = torch.from_numpy(images).unsqueeze(1).repeat(len(ways), 1, 1, 1) / 255
    nothing = torch.zeros(len(x))
    theta = affine.matrices(
        angle=nothing + (np.radians(value) if curve == "rotation" else 0),
        shift=ways.repeat_interleave(len(images), 0),
        scale=nothing + (value if curve == "scale" else 1),
        shear=nothing,
    )
    found = F.grid_sample(x, affine.sampling_grid(theta), align_corners=False)
    return found.squeeze(1).mul(255).round().byte().numpy()


def geometry(networks: Networks, images: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return a table of curve, value, model and accuracy, for each value of CURVES.

    For the sake of time it is measured with the first network of each model.
    """
    rows = []
    for curve, values in CURVES.items():
        for value in values:
            changed = moved(images, curve, value)
            truth = np.tile(labels, len(changed) // len(labels))
            for model, each in networks.items():
                rows.append((curve, value, model, 1 - error(each[:1], changed, truth)))
    return pd.DataFrame(rows, columns=["curve", "value", "model", "accuracy"])
