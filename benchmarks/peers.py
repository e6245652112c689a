"""The two models against what people would use instead, on the same split of the same digits.

    PYTHONPATH=stages python benchmarks/peers.py    # about an hour on two cores

The peers are written anew from their published code: pytorch/examples' MNIST recipe, and the
last step of train_mnist_fast. peers.csv has a line per finished run: kill this at any time and
start it again, what is finished is skipped. The lines of our own models are those of the pipeline,
which must have run. costs.csv has the seconds of an epoch, measured in turns in this process.
"""

from functools import partial

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

import measuring
from mnist.core import files, params, runs
from mnist.data import prepared
from mnist.evaluation import efficiency
from mnist.models import inference, weights
from mnist.models.layers import Normalise
from mnist.training import device, job, loop

SEEDS = (0, 1, 2)
KEY = ["network", "seed"]
SHARE = 5400  # training images in a turn of the cost measurement: a tenth of an epoch
MEAN, STD = 0.1307, 0.3081  # both peers write them into their code


class OneByOne(Dataset):
    """An image at a time through PIL, as torchvision's MNIST with ToTensor and Normalize does."""

    def __init__(self, images, labels):
        self.images, self.labels = images.numpy(), labels.tolist()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        pixels = np.array(Image.fromarray(self.images[i]))
        return (torch.from_numpy(pixels)[None].float() / 255 - MEAN) / STD, self.labels[i]


def pytorch_examples(images, labels, seed, epochs=14):
    """Yield the network of github.com/pytorch/examples/mnist after each epoch."""
    torch.manual_seed(seed)
    layers = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Dropout(0.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5)]
    model = nn.Sequential(*layers, nn.Linear(128, 10), nn.LogSoftmax(1))
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    for _ in range(epochs):
        model.train()
        for x, y in DataLoader(OneByOne(images, labels), batch_size=64, shuffle=True):
            optimizer.zero_grad()
            F.nll_loss(model(x), y).backward()
            optimizer.step()
        schedule.step()
        yield nn.Sequential(Normalise(MEAN, STD), model)


def train_mnist_fast(images, labels, seed, epochs=1):
    """Yield the network of github.com/tuomaso/train_mnist_fast, step 8, after its epoch."""
    torch.manual_seed(seed)
    layers = [nn.Conv2d(1, 24, 5), nn.MaxPool2d(2), nn.ReLU()]
    layers += [nn.Conv2d(24, 32, 3), nn.MaxPool2d(2), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(800, 256), nn.ReLU(), nn.Linear(256, 10)]
    model = nn.Sequential(*layers)
    x, batches = (images[:, None].float() / 255 - MEAN) / STD, -(-len(images) // 256)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.7, 0.9))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.01, total_steps=batches * epochs, cycle_momentum=False
    )
    for _ in range(epochs):
        model.train()
        for some, wanted in zip(x.split(256), labels.split(256), strict=True):
            optimizer.zero_grad()
            F.cross_entropy(model(some), wanted).backward()
            optimizer.step()
            schedule.step()
        yield nn.Sequential(Normalise(MEAN, STD), model)


PEERS = {"pytorch_examples": pytorch_examples, "train_mnist_fast": train_mnist_fast}


def ours(name, settings, images, labels, seed, epochs):
    """Yield one of our networks after each epoch, from the parameters of the pipeline."""
    dataset = prepared.dataset()
    configuration, recipe = job.configure(name, settings[name], dataset)
    given = images, labels, {}, settings["augment"], seed
    recipe, averaged = {**recipe, "epochs": epochs}, weights.build(configuration)
    for epoch in loop.train(weights.build(configuration, seed), *given, **recipe):
        averaged.load_state_dict(epoch.weights)
        yield averaged


def accuracy(model, images, labels):
    """Return the share of uint8 images (n, 28, 28) that a network names as labels (n,)."""
    return inference.score(inference.predict(model, images), labels)["accuracy"]


def run(name, seed, parts):
    """Return the line of one run of a peer: validation after each epoch, test after the last."""
    reached = []
    for model in PEERS[name](*parts["train"], seed):
        reached.append(accuracy(model, *parts["validation"]))
        print(f"{name} seed {seed}  epoch {len(reached)}  validation {reached[-1]:.2%}", flush=True)
    return {
        "network": name,
        "seed": seed,
        "parameters": efficiency.parameters(model),
        "test_accuracy": accuracy(model, *parts["test"]),
        "validation_accuracies": " ".join(f"{each:.5f}" for each in reached),
        **measuring.made(),
    }


def pipeline_runs(models, seeds):
    """Return the lines of our own runs, as the pipeline left them."""
    scored = pd.read_csv("metrics/seeds.csv").query("part == 'test'")
    sizes = files.read_json("metrics/selection.json")
    for name in models:
        for seed in seeds:
            reached = runs.history(name, [seed])["validation_accuracy"]
            found = scored[(scored["model"] == name) & (scored["seed"] == seed)]
            yield {
                "network": name,
                "seed": seed,
                "parameters": sizes[name]["parameters"],
                "test_accuracy": found["accuracy"].item(),
                "validation_accuracies": " ".join(f"{each:.5f}" for each in reached),
                **measuring.made(),
            }


def costs(parts, settings):
    """Return a table of the seconds of an epoch, validation included, a line per network.

    Each turn trains on SHARE images and judges on validation images in the same proportion.
    """
    images, labels = (each[:SHARE] for each in parts["train"])
    everyone = len(parts["train"][1])
    held = [each[: len(each) * SHARE // everyone] for each in parts["validation"]]

    def turn(epochs):
        for model in epochs(images, labels, seed=0, epochs=1):
            accuracy(model, *held)

    recipes = {name: partial(ours, name, settings) for name in params.models(settings)} | PEERS
    actions = {name: partial(turn, epochs) for name, epochs in recipes.items()}
    table = measuring.in_turns(actions, "train_mnist_fast").rename(columns={"seconds": "epoch"})
    table["epoch"] *= everyone / SHARE
    return table.round(3).rename_axis("network").reset_index().assign(**measuring.made())


def main():
    """Run what is not finished yet, then measure the costs."""
    settings = measuring.settings()
    measuring.require("mnist", "make")
    device.prepare(**settings["compute"])
    parts = {
        part: tuple(map(torch.from_numpy, prepared.load(part)))
        for part in ("train", "validation", "test")
    }
    path = measuring.RESULTS / "peers.csv"
    own = {
        (line["network"], line["seed"]): line
        for line in pipeline_runs(params.models(settings), settings["seeds"])
    }
    lines = measuring.finished(path, KEY)
    lines = {key: line for key, line in lines.items() if key[0] in PEERS} | own

    def keep():
        files.write_csv(path, pd.DataFrame(lines.values()).sort_values(KEY))

    keep()
    for seed in SEEDS:
        for name in PEERS:
            if (name, seed) not in lines:
                lines[name, seed] = run(name, seed, parts)
                keep()
    files.write_csv(measuring.RESULTS / "costs.csv", costs(parts, settings))


if __name__ == "__main__":
    main()
