"""What else might make the recipes better: other optimisers, distillation, another deformation.

    PYTHONPATH=stages python benchmarks/levers.py    # fifty minutes on two cores

Each lever changes the committed recipes, or what the loop does while it trains, and nothing else.
As in ablation.py: the same seeds, 50,000 images to learn from and 10,000 to judge on, clean and
corrupted, none of them a test image. levers.csv has a line per finished run: kill this at any time
and start it again, what is finished is skipped. levers_effects.csv has the difference that each
lever makes, with its interval.
"""

import time
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
import torch
import torch.nn.functional as F

import ablation
import learning
import measuring
import muon
import strong
from mnist.core import files, params
from mnist.training import augmentation, device, loop

RUNS, EFFECTS = (measuring.ANSWER / f"{name}.csv" for name in ("levers", "levers_effects"))
TEACHERS = 10, 11, 12  # seeds of the networks to learn from, which no run has
MUON = 0.05, 0.02  # peak learning rates of Muon, for the CNN and for the ANN
NODES = 4  # of the coarse grid, in each direction


def coarse(n, generator):
    """Return n displacement fields (n, 28, 28, 2) of standard deviation one, from a coarse grid.

    As in github.com/ttdoucet/mnist: NODES × NODES random vectors, and between them cubic.
    """
    nodes = torch.randn(n, 2, NODES, NODES, generator=generator)
    fields = F.interpolate(nodes, size=(28, 28), mode="bicubic", align_corners=True)
    return (fields / fields.std()).permute(0, 2, 3, 1)


def grid():
    """Let elastic deformation come from a coarse grid."""
    return patch.object(augmentation, "waves", coarse)


@contextmanager
def distilled(teachers):
    """Let the loop learn what teachers say, on the mean, of each image as it is augmented.

    Beyer et al. 2022, arXiv:2106.05237: the same view for both.
    """
    said, plain = {}, loop.augment

    def augment(*given, **named):
        images = plain(*given, **named)
        with torch.no_grad():
            said["targets"] = sum(each(images).softmax(1) for each in teachers) / len(teachers)
        return images

    def cross_entropy(logits, labels, label_smoothing):
        return F.cross_entropy(logits, said["targets"])

    functions = SimpleNamespace(cross_entropy=cross_entropy)
    with patch.object(loop, "augment", augment), patch.object(loop, "F", functions):
        yield


def teachers(settings, learnt):
    """Return the networks to learn from: the committed CNN's recipe, with other seeds."""
    recipe = settings["cnn"], settings["augment"]
    return [learning.train("cnn", seed, *recipe, learnt) for seed in TEACHERS]


def levers(settings, networks):
    """Return {(model, lever): (what it changes of recipe and augmentation, how the loop changes)}.

    The second is a function that returns a context; networks returns those to learn from.
    """
    found = {}
    for name, peak in zip(("cnn", "ann"), MUON, strict=True):
        rate = settings[name]["learning_rate"]
        found |= {
            (name, "as it is"): ({}, nullcontext),
            (name, f"Muon, {peak:g}"): ({}, partial(muon.in_place, peak, rate)),
            (name, "weight decay 0.1"): ({"weight_decay": 0.1}, nullcontext),
            (name, f"{NODES} × {NODES} elastic grid"): ({"elastic": 1.0}, grid),
            (name, "distilled from three CNNs"): ({}, lambda: distilled(networks())),
        }
    return found | {("ann", "23 epochs"): ({"epochs": 23}, nullcontext)}


def main():
    """Run what is not finished yet, and write the effects of what all seeds have been through."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    far = ablation.corrupted(*held)
    lines = measuring.finished(RUNS, ablation.KEY, keep_default_na=False)
    every = levers(settings, cache(lambda: teachers(settings, learnt)))
    for seed in ablation.SEEDS:
        for (name, lever), (change, context) in every.items():
            recipe = strong.changed(settings, name, change)
            if lines.get((name, lever, seed), {}).get("recipe") != learning.digest(*recipe):
                changed = context()  # trains the teachers, where there are any
                start = time.perf_counter()
                with changed:
                    line = ablation.run(name, lever, seed, *recipe, learnt, held, far)
                line["seconds"] = round(time.perf_counter() - start, 1)
                lines[name, lever, seed] = line
                files.write_csv(RUNS, pd.DataFrame(lines.values()))
    files.write_csv(EFFECTS, effects(pd.DataFrame(lines.values()), params.models(settings)))


def effects(lines, models):
    """Return a table of what each lever does: points of error, clean and corrupted, and time."""
    seconds = lines.groupby(["model", "change"])["seconds"].median()
    costs = {
        (name, lever): seconds[name, lever] / seconds[name, "as it is"]
        for name, lever in seconds.index
    }
    found = ablation.effects(lines, costs)
    return pd.concat([found[found["model"] == name] for name in models], ignore_index=True)


if __name__ == "__main__":
    main()
