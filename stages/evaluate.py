"""Score all models: on validation and, here alone, on the test set."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from mnist.core import command, files, runs
from mnist.data import prepared
from mnist.evaluation import comparison, efficiency, metrics
from mnist.models import ensemble, inference, weights
from mnist.training import device


def main(seeds, models, compute):
    """Score all seeds of every model into metrics/ and into the data of the plots."""
    torch.set_num_threads(compute["threads"])
    classes = prepared.dataset().classes
    images, validation = torch.from_numpy(prepared.load("test")[0]), prepared.load("validation")[0]
    labels = {part: prepared.load(part)[1] for part in ("train", "validation", "test")}
    networks = weights.load_all(models, seeds)
    last = {name: each[-1] for name, each in networks.items()}

    test, costs = {}, {}
    for name, each in networks.items():
        test[name] = np.stack([inference.predict(network, images).numpy() for network in each])
        together = ensemble.predict(each, validation)
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
            drawn = {
                "calibration": metrics.calibration_table(p, labels["test"]),
                "confusion": metrics.confusion_table(p, labels["test"], classes),
                "coverage": metrics.coverage_table(p, labels["test"]),
                "curves": runs.history(name, seeds),
            }
            for plot, points in drawn.items():
                files.write_csv(folder / plot / f"{name}.csv", points)
    efficiency.note(last, seeds, compute["threads"])


if __name__ == "__main__":
    command.run(main, {"compute": device.ACCEPTED})
