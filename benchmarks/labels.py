"""What labels are worth: error of both models against how many labelled images they learn from.

    PYTHONPATH=stages python benchmarks/labels.py    # half an hour on two cores

The recipes of params.yaml learn from 10, 30, 100, … images, the same number of each digit in every
draw, and from all 50,000; 10,000 others, none of them a test image, judge. Each number of labels is
drawn anew DRAWS times, and trained on with the recipe's augmentation and without. labels_runs.csv
has a line per finished run: kill this at any time and start it again, what is finished is skipped.
labels.csv has a line per point of the curve, with its interval.
"""

import math

import numpy as np
import pandas as pd
from scipy.stats import norm, t

import learning
import measuring
from mnist.core import files, params
from mnist.data import cleaning
from mnist.evaluation import statistics
from mnist.models import inference
from mnist.training import augmentation, device, loop

LABELS = 10, 30, 100, 300, 1000, 3000, 10_000, 50_000
DRAWS, FEW = (5, 3), 1000  # draws up to FEW labels, and of more
# Steps of the optimiser fall with the square root of the number of labels, but not below this: few
# images are learnt in fewer steps, and a tenth of the labels would else cost a tenth of them.
FEWEST = 300
OFF = dict.fromkeys(augmentation.ACCEPTED, 0.0)
RUNS, POINTS = measuring.ANSWER / "labels_runs.csv", measuring.RESULTS / "labels.csv"
KEY = ["model", "augmented", "labels", "draw"]


def epochs(recipe, labels, everything):
    """Return how many epochs a recipe for so many labels, of everything, takes of few of them."""
    full = recipe["epochs"] * loop.steps_per_epoch(everything, recipe["batch_size"])
    steps = max(FEWEST, full * math.sqrt(labels / everything))
    return max(1, round(steps / loop.steps_per_epoch(labels, recipe["batch_size"])))


def draw(part, labels, seed):
    """Return so many images and labels of a part, stratified by class; all of them where it is."""
    images, classes = part
    if labels >= len(classes):
        return part
    chosen = cleaning.split(classes.numpy(), validation=labels, seed=seed)[1]
    return images[chosen], classes[chosen]


def plan(settings, everything):
    """Return the keys of all runs, in the order of labels, so that each curve grows."""
    for labels in (each for each in LABELS if each <= everything):
        for number in range(DRAWS[labels > FEW]):
            for name in params.models(settings):
                for augmented in (True, False):
                    yield name, augmented, labels, number


def recipe_for(key, settings, everything):
    """Return the recipe and the augmentation of a run."""
    name, augmented, labels, _ = key
    recipe = {**settings[name], "epochs": epochs(settings[name], labels, everything)}
    return recipe, settings["augment"] if augmented else OFF


def run(key, recipe, augment, learnt, held):
    """Return the line of one run: how many of the held images it gets wrong."""
    name, augmented, labels, number = key
    model = learning.train(name, number, recipe, augment, draw(learnt, labels, number))
    errors = int((inference.predict(model, held[0]).argmax(1) != held[1]).sum())
    print(
        f"{name}, {labels} labels, draw {number}, augmented {augmented}: {errors} errors",
        flush=True,
    )
    found = {"recipe": learning.digest(recipe, augment), "epochs": recipe["epochs"]}
    steps = recipe["epochs"] * loop.steps_per_epoch(labels, recipe["batch_size"])
    return dict(zip(KEY, key, strict=True)) | found | {"steps": steps, "errors": errors}


def interval(errors, n):
    """Return the 95 % interval of the mean error rate of draws that n images judge.

    The draws' own spread, by Student's t, and that of the images, which are the same for all draws,
    add up in squares.
    """
    rates, level = np.asarray(errors) / n, (1 + statistics.LEVEL) / 2
    mean, k = rates.mean(), len(rates)
    drawn = t.ppf(level, k - 1) * rates.std(ddof=1) / math.sqrt(k)
    judged = norm.ppf(level) * math.sqrt(mean * (1 - mean) / n)
    half = math.hypot(drawn, judged)
    return max(0.0, mean - half), min(1.0, mean + half)


def points(lines, n):
    """Return a line per point of the curves: mean error of its draws, with its interval."""
    rows = []
    for key, group in lines.groupby(KEY[:3], sort=False):
        if len(group) > 1:
            low, high = interval(group["errors"], n)
            found = dict(zip(KEY[:3], key, strict=True)) | {"draws": len(group)}
            found |= {"steps": group["steps"].iloc[0], "error": group["errors"].mean() / n}
            rows.append({**found, "low": low, "high": high})
    return pd.DataFrame(rows).round(6)


def main():
    """Run what is not finished yet, and write the points of the curves."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    n = len(learnt[1])
    recipes = {key: recipe_for(key, settings, n) for key in plan(settings, n)}
    asked = {key: learning.digest(*recipe) for key, recipe in recipes.items()}
    lines = measuring.current(measuring.finished(RUNS, KEY), asked)
    for key, recipe in recipes.items():
        if key not in lines:
            lines[key] = run(key, *recipe, learnt, held) | measuring.made()
            files.write_csv(RUNS, pd.DataFrame(lines.values()))
    files.write_csv(POINTS, points(pd.DataFrame(lines.values()), len(held[1])))


if __name__ == "__main__":
    main()
