"""What the benchmarks that train share: images to learn from, images that judge, training, names.

The 10,000 images that judge, HELD, are training images of MNIST's, none of them a test image.
"""

import dataclasses
import hashlib
import json

import numpy as np
import torch

import measuring
from mnist.data import cleaning, prepared
from mnist.models import weights
from mnist.training import job, loop

HELD = 10_000


def parts(settings):
    """Return train and held images and labels, from what the pipeline does not test with.

    They must be MNIST's: the tables' lines are, and do not say so.
    """
    measuring.require("mnist", "make")
    images, labels = map(
        np.concatenate, zip(prepared.load("train"), prepared.load("validation"), strict=True)
    )
    share = HELD / len(labels)
    chosen = cleaning.split(labels, validation=share, seed=settings["preprocess"]["seed"])
    return [tuple(map(torch.from_numpy, (images[part], labels[part]))) for part in chosen]


def train(name, seed, recipe, augment, part, epochs=None):
    """Return a network trained with a recipe on a part (images, labels), after its last epoch."""
    mean, std = cleaning.normalisation(part[0].numpy())
    about = dataclasses.replace(prepared.dataset(), mean=mean, std=std)
    configuration, settings = job.configure(name, recipe, about)
    model = weights.build(configuration, seed)
    settings = {**settings, "epochs": epochs or settings["epochs"]}
    *_, last = loop.train(model, *part, {}, augment, seed, **settings)
    model.load_state_dict(last.weights)
    return model.eval()


def digest(recipe, augmentation):
    """Return a short name of what is trained, so that a line of an older recipe is not kept.

    It is of the parameters alone: where the code of training has changed, remove the tables.
    """
    return hashlib.sha256(json.dumps([recipe, augmentation]).encode()).hexdigest()[:12]
