"""A small project to adapt in: scikit-learn's digits as its data set, and tiny trained networks."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mnist.core import files, runs
from mnist.data import cleaning
from mnist.models import weights
from mnist.training import loop

AUGMENT = dict.fromkeys(("ones", "elastic", "stroke", "noise"), 0.0)
AUGMENT |= {"rotation": 10.0, "shift": 1.0, "scale": 0.1, "shear": 0.1}
ANN = {"widths": [32], "dropout": 0.0}
RECIPE = {"epochs": 8, "batch_size": 64, "learning_rate": 0.01, "weight_decay": 0.01}
RECIPE |= {"label_smoothing": 0.0, "averaging": 0.9}
CNN = {"widths": [4, 4, 4, 8], "dropout": 0.0, **RECIPE}
COMPUTE = {"device": "cpu", "threads": 1, "deterministic": True, "processes": 1}
SEEDS = [0, 1]


def params(ann=None):
    """Return the content of the project's params.yaml, which is JSON."""
    sections = {"seeds": SEEDS, "compute": COMPUTE, "augment": AUGMENT}
    return json.dumps({**sections, "ann": {**ANN, **RECIPE, **(ann or {})}})


def make(folder, images, labels):
    """Make a project of images, uint8 (1797, 28, 28), in a folder; the last 300 stay foreign."""
    torch.set_num_threads(1)  # of so little, two are slower where others compute, too
    mean, std = cleaning.normalisation(images[:1000])
    about = {"name": "mnist", "classes": [*map(str, range(10))], "digits": True}
    prepared = folder / "data" / "prepared"
    files.write_json(prepared / "dataset.json", {**about, "mean": mean, "std": std})
    parts = {"train": slice(1000), "validation": slice(1000, 1250), "test": slice(1250, 1497)}
    for part, rows in parts.items():
        files.write_arrays(prepared / f"{part}.npz", images=images[rows], labels=labels[rows])
    (folder / "params.yaml").write_text(params())
    made = weights.Configuration("ann", {"classes": 10, **ANN}, mean, std)
    given = torch.from_numpy(images[:1000]), torch.from_numpy(labels[:1000])
    for seed in SEEDS:
        network = weights.build(made, seed)
        for epoch in loop.train(network, *given, {}, AUGMENT, seed, **RECIPE):
            state = epoch.weights
        weights.save(folder / runs.weights("ann", seed), made, state)


def photos(folder, images, labels, per_class):
    """Write so many photos of each digit into a folder: dark ink on light paper, 7_0.png."""
    Path(folder).mkdir()
    for digit in range(10):
        for place, image in enumerate(images[labels == digit][:per_class]):
            Image.fromarray(255 - np.pad(image, 30)).save(folder / f"{digit}_{place}.png")
