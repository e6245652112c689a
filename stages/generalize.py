"""Measure all models on what the data set lacks: corruptions, other geometry, other writers."""

import numpy as np
import pandas as pd
import torch

from mnist.core import command, files, progress
from mnist.data import accepted, cleaning, prepared
from mnist.evaluation import ood, other_writers, robustness
from mnist.evaluation.corruptions import kinds
from mnist.models import weights
from mnist.photos import folders
from mnist.plots import charts, grids, style
from mnist.training import augmentation, device


def main(seeds, models, compute, augment, generalize):
    """Measure all seeds of every model far from its data set, into metrics/ and plots/."""
    torch.set_num_threads(compute["threads"])
    dataset = prepared.dataset()
    # Read before anything that takes long, because much can be wrong in them.
    own = {path: folders.read(path) for path in generalize["others"] if dataset.digits}
    networks = weights.load_all(models, seeds)
    images, labels = prepared.load("test")
    chosen = cleaning.sample(labels, generalize["images"])
    images, labels = images[chosen], labels[chosen]
    few = cleaning.sample(labels, generalize["images"] // 4)

    corrupted = robustness.corruptions(networks, images, labels, few, augment)
    moved = robustness.geometry(networks, images[few], labels[few])
    others = other_writers.measure(networks, own, generalize["images"], dataset)
    if not dataset.digits:
        progress.skipped("digits by other writers", dataset.name)
    if learnt := other_writers.LEARNT.get(dataset.name):
        print(f"{learnt} skipped: they are what the networks learnt", flush=True)
    found = [robustness.summary(corrupted), ood.measure(networks, images, dataset.name)]
    table = pd.concat([*found, other_writers.summary(others, models)], axis=1).astype(float)
    table = table.loc[models].round(5).astype(object)
    figures = table.where(table.notna(), None).to_dict("index")
    files.write_json("metrics/generalize.json", figures)
    files.write_csv("metrics/others.csv", others.round(5))
    files.write_csv("metrics/corruptions.csv", corrupted.round(5))
    files.write_csv("metrics/geometry.csv", moved.round(5))
    some = images[np.unique(labels, return_index=True)[1]]  # the first of every class
    looks = {"as it is": some, **{kind: kinds.corrupt(some, kind) for kind in kinds.KINDS}}
    errors = charts.corruption_errors(corrupted.query("strength == 'reference'"))
    files.write("plots/generalization/corruptions.png", style.png(grids.sheet(looks, len(some))))
    files.write("plots/generalization/corruption_errors.png", style.png(errors))
    files.write("plots/generalization/geometry.png", style.png(charts.geometry(moved)))


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, {**tables, "generalize": accepted.GENERALIZE})
