"""What each ingredient of the recipes gives: validation error and time, with it and without it.

    PYTHONPATH=stages python benchmarks/ablation.py    # about two hours on two cores

Every change in CHANGES is made to the recipes in params.yaml, one at a time, and trained with the
same seeds on 50,000 images; 10,000 others, none of them a test image, judge. ablation.csv has a
line per finished run: kill this at any time and start it again, what is finished is skipped.
effects.csv has the difference that each change makes, with its interval.
"""

import copy
from functools import partial

import numpy as np
import pandas as pd
import torch

import learning
import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.evaluation import statistics
from mnist.evaluation.corruptions import kinds
from mnist.models import inference
from mnist.training import augmentation, device

SEEDS = (0, 1, 2)
KEY = ["model", "change", "seed"]
FAR = 1000  # of those, on which each corruption of MNIST-C is measured
SHARE = 5000  # images in a turn of the cost measurement: a tenth of an epoch
# Each replaces keys of the recipe or of the augmentation; those in FACTORS are multiplied.
FACTORS = "epochs", "widths", "batch_size", "learning_rate"
CHANGES = {
    "no augmentation": dict.fromkeys(augmentation.ACCEPTED, 0.0),
    "no dropout": {"dropout": 0.0},
    "dropout 0.2": {"dropout": 0.2},
    "dropout 0.5": {"dropout": 0.5},
    "no noise": {"noise": 0.0},
    "strokes as they are": {"stroke": 0.0},
    "ones as they are": {"ones": 0.0},
    "elastic deformation": {"elastic": 1.0},
    "no label smoothing": {"label_smoothing": 0.0},
    "no weight averaging": {"averaging": 0.0},
    "half the epochs": {"epochs": 0.5},
    "half the width": {"widths": 0.5},
    "half the learning rate": {"learning_rate": 0.5},
    "twice the batch": {"batch_size": 2},
    "no weight decay": {"weight_decay": 0.0},
}


def changed(settings, name, change):
    """Return the recipe of a model and the augmentation, both with the change made."""
    recipe, augmentation = copy.deepcopy([settings[name], settings["augment"]])
    for key, value in change.items():
        place = recipe if key in recipe else augmentation
        if key in FACTORS:
            several = [type(each)(each * value) for each in np.atleast_1d(place[key]).tolist()]
            value = several if key == "widths" else several[0]
        place[key] = value
    return recipe, augmentation


def plan(settings):
    """Return {(model, change): (recipe, augmentation)}, the recipes as they are among them."""
    found = {(name, "as it is"): changed(settings, name, {}) for name in params.models(settings)}
    for change, keys in CHANGES.items():
        for name in params.models(settings):
            recipe = changed(settings, name, keys)
            if recipe != found[name, "as it is"]:
                found[name, change] = recipe
    return found


def corrupted(images, labels):
    """Return the first FAR images under all kinds of corruption, at the reference strength."""
    few = images[:FAR].numpy()
    changed = np.concatenate([kinds.corrupt(few, kind) for kind in kinds.KINDS])
    return torch.from_numpy(changed), labels[:FAR].repeat(len(kinds.KINDS))


def run(name, change, seed, recipe, augmentation, learnt, held, far):
    """Return the line of one run, with the indices of the held images that it gets wrong."""
    model = learning.train(name, seed, recipe, augmentation, learnt)
    wrong = np.flatnonzero(inference.predict(model, held[0]).argmax(1) != held[1])
    sample = [each[: prepared.SAMPLE] for each in learnt]
    fit, robust = (
        inference.score(inference.predict(model, x), y)["accuracy"] for x, y in (sample, far)
    )
    print(f"{name}, {change}, seed {seed}: {len(wrong)} errors", flush=True)
    return {
        "model": name,
        "change": change,
        "seed": seed,
        "recipe": learning.digest(recipe, augmentation),
        "dropout": recipe["dropout"],
        "train_accuracy": fit,
        "validation_accuracy": 1 - len(wrong) / learning.HELD,
        "corrupted_accuracy": round(robust, 5),
        "wrong": " ".join(map(str, wrong)),
        **measuring.made(),
    }


def factors(settings, recipes, learnt):
    """Return {(model, change): how many times as long training takes}, measured in turns."""
    few, found = [each[:SHARE] for each in learnt], {}
    for name in params.models(settings):
        mine = {change: recipe for (model, change), recipe in recipes.items() if model == name}
        turns = {change: partial(learning.train, name, 0, *mine[change], few, 1) for change in mine}
        ratios = measuring.in_turns(turns, "as it is")["ratio"]
        for change, (recipe, _) in mine.items():
            found[name, change] = ratios[change] * recipe["epochs"] / settings[name]["epochs"]
    return found


def effects(lines, costs):
    """Return a table of what each change does: points of error, clean and corrupted, and time.

    The interval resamples images, the same for the change and for the recipe as it is, and seeds,
    for each of them its own; of a change that not all seeds have been through yet, those that have
    count.
    """
    masks, robust = {}, {}
    for line in lines.itertuples():
        masks[line.model, line.change, line.seed] = np.isin(
            range(learning.HELD), [int(i) for i in line.wrong.split()]
        )
        robust[line.model, line.change, line.seed] = line.corrupted_accuracy
    rows = []
    for name, change in dict.fromkeys((model, change) for model, change, _ in masks):
        seeds = [seed for seed in SEEDS if (name, change, seed) in masks]
        if change != "as it is":
            far = [
                np.mean([100 - 100 * robust[name, each, seed] for seed in seeds])
                for each in ("as it is", change)
            ]
            pair = [[masks[name, each, seed] for seed in seeds] for each in ("as it is", change)]
            rates = statistics.resample(np.array(pair))
            before, after = 100 * np.mean(pair, axis=(1, 2))
            low, high = statistics.interval(100 * (rates[:, 1] - rates[:, 0]))
            found = {"error": after, "effect": after - before, "low": low, "high": high}
            found |= {"corrupted_effect": far[1] - far[0]}
            found |= {"time": costs[name, change], "seeds": len(seeds)}
            rows.append({"model": name, "change": change, **found})
    return pd.DataFrame(rows).round(3)


def main():
    """Measure the times, then run what is not finished yet and write the effects that there are."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    far = corrupted(*held)
    recipes = plan(settings)
    path = measuring.RESULTS / "ablation.csv"
    each = measuring.finished(path, KEY, keep_default_na=False)
    lines = {key: row for key, row in each.items() if key[:2] in recipes}
    times = factors(settings, recipes, learnt)
    for seed in SEEDS:
        for (name, change), recipe in recipes.items():
            if lines.get((name, change, seed), {}).get("recipe") != learning.digest(*recipe):
                lines[name, change, seed] = run(name, change, seed, *recipe, learnt, held, far)
                files.write_csv(path, pd.DataFrame(lines.values()))
        # After each seed, since all of them take a night.
        found = effects(pd.DataFrame(lines.values()), times)
        files.write_csv(measuring.RESULTS / "effects.csv", found)


if __name__ == "__main__":
    main()
