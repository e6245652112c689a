"""Score all models: on validation and, here alone, on the test set."""

from pathlib import Path

import pandas as pd
import torch

from mnist.core import command, files, runs
from mnist.data import prepared
from mnist.evaluation import comparison, efficiency, metrics
from mnist.models import ensemble, weights
from mnist.training import device


def main(seeds, models, compute):
    """Score all seeds of every model into metrics/ and into the data of the plots."""
    torch.set_num_threads(compute["threads"])
    classes = prepared.dataset().classes
    images, labels = {}, {}
    for part in ("train", "validation", "test"):
        images[part], labels[part] = prepared.load(part)
    networks = weights.load_all(models, seeds)
    last = {name: each[-1] for name, each in networks.items()}

    test = {name: metrics.predict(each, images["test"]) for name, each in networks.items()}
    costs = {}
    for name, each in networks.items():
        together = ensemble.predict(each, images["validation"])
        costs[name] = efficiency.counted(last[name], runs.weights(name, seeds[-1]))
        costs[name] |= metrics.ensemble(together, labels["validation"])
    table = metrics.networks(test, labels, seeds)
    means = table.drop(columns="seed").groupby(["part", "model"]).mean()
    wrong = {name: p.argmax(2) != labels["test"] for name, p in test.items()}
    pairs = comparison.pairs(wrong, seeds)
    files.write_json("metrics/selection.json", comparison.selection(means, costs))
    files.write_json("metrics/test.json", comparison.verdict(means, pairs, wrong))
    files.write_csv("metrics/seeds.csv", table.round(6))
    files.write_csv("metrics/pairs.csv", pairs)
    files.write_arrays("data/test.npz", **test)

    tables = {name: metrics.class_table(p, labels["test"], classes) for name, p in test.items()}
    files.write_csv("metrics/classes.csv", pd.concat(tables, names=["model"]).reset_index(0))
    with files.replacing(Path("plots/tables"), Path("plots/.tables")) as folder:
        for name, p in test.items():
            file, true = f"{name}.csv", labels["test"]
            files.write_csv(folder / "calibration" / file, metrics.calibration_table(p, true))
            files.write_csv(folder / "confusion" / file, metrics.confusion_table(p, true, classes))
            files.write_csv(folder / "coverage" / file, metrics.coverage_table(p, true))
            files.write_csv(folder / "curves" / file, runs.history(name, seeds))
    efficiency.note(last, seeds, compute["threads"])


if __name__ == "__main__":
    command.run(main, {"compute": device.ACCEPTED})
