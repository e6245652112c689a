"""Networks to compare: a small project for them, in this folder, and what trains them there."""

import json
from pathlib import Path

import numpy as np
import torch

from mnist.core import files
from mnist.data import prepared
from pipelines.transfer import train, train_ours
from pipelines.transfer.comparison import backbones, experiment
from transfer.small import ANN, AUGMENT, COMPUTE, RECIPE

NETWORK = "squeezenet1_1"
TRANSFER = {
    "models": ["ann"],
    "backbones": [NETWORK],
    "large": [],
    "pretrained": [NETWORK],
    "weights": {NETWORK: "weights.pt"},
    "seeds": [0, 1],
    "sizes": {NETWORK: 32},
    "images": 60,
    "validation": 40,
    "test": 50,
    "corrupted": 20,
    "head_epochs": 1,
    "epochs": 1,
    "batch_size": 30,
    "learning_rates": {"ann": 0.01, NETWORK: 0.001, f"{NETWORK}_pretrained": 0.001},
    "head_learning_rate": 0.01,
    "backbone_rate": 0.3,
    "weight_decay": 0.01,
    "label_smoothing": 0.02,
    "averaging": 0.9,
}
ANN_RUN = experiment.Run("ann", "scratch", (0, 1))
PRETRAINED = experiment.Run(NETWORK, "pretrained", (0, 1))


def make(images, labels):
    """Make the project of images, uint8 (n, 28, 28), and labels, with a backbone in weights.pt."""
    parts = {"train": slice(0, 300), "validation": slice(300, 400), "test": slice(400, 600)}
    for part, rows in parts.items():
        arrays = {"images": images[rows], "labels": labels[rows].astype(np.uint8)}
        files.write_arrays(prepared.path(part), **arrays)
    about = {"name": "small", "classes": list("0123456789"), "digits": True}
    files.write_json(prepared.DATASET, {**about, "mean": 0.15, "std": 0.3})
    sections = {"seeds": [0], "compute": COMPUTE, "augment": AUGMENT, "ann": {**ANN, **RECIPE}}
    Path("params.yaml").write_text(json.dumps(sections))
    write(TRANSFER)
    torch.manual_seed(9)
    state = backbones.models().get_model(NETWORK, weights=None).state_dict()
    torch.save({k: v for k, v in state.items() if k.startswith("features.")}, "weights.pt")


def write(transfer):
    files.write(experiment.PARAMS, json.dumps({"transfer": transfer}).encode())


def model(seed=0, **changes):
    train_ours.main("ann", seed, {**TRANSFER, **changes}, AUGMENT, COMPUTE)


def backbone(from_weights, seed=0, **changes):
    train.main(NETWORK, seed, from_weights, {**TRANSFER, **changes}, AUGMENT, COMPUTE)
