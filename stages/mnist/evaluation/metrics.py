"""Figures on trained networks, from their probabilities.

Probabilities, or p, are float32 (n, classes) of one network or (seeds, n, classes) of a model;
labels are int (n,).
"""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from torch import nn

from mnist.core import files, runs
from mnist.evaluation import statistics
from mnist.models import inference

Arrays = Mapping[str, np.ndarray]


def predict(networks: Sequence[nn.Module], images: np.ndarray) -> np.ndarray:
    """Return the probabilities, float32 (networks, n, classes), of each network by itself.

    Images are uint8 (n, 28, 28).
    """
    return np.stack([inference.predict(n, torch.from_numpy(images)).numpy() for n in networks])


def by_class(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return precision, recall, F1 and support, float (4, classes), of one network."""
    guess, classes = probabilities.argmax(1), range(probabilities.shape[1])
    scores = precision_recall_fscore_support(labels, guess, labels=classes, zero_division=0)
    return np.array(scores)


def network(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the figures of one network. Low and high are Wilson's interval of its accuracy."""
    n, errors = len(labels), int((probabilities.argmax(1) != labels).sum())
    figures = inference.score(torch.from_numpy(probabilities), torch.from_numpy(labels))
    figures["low"], figures["high"] = statistics.wilson(n - errors, n)
    figures |= {"errors": errors, "macro_f1": by_class(probabilities, labels)[2].mean()}
    figures["errors_at_99"] = statistics.errors_at(0.99, probabilities, labels)
    return figures | statistics.calibration(probabilities, labels)


def networks(test: Arrays, labels: Arrays, seeds: Sequence[int]) -> pd.DataFrame:
    """Return a table of the figures of every network on every part, a row each.

    Takes {model: probabilities (seeds, n, classes)} of test images and {part: labels (n,)}. Those
    of the first training images and of validation are read from where training left them.
    """
    rows = []
    for name, each in test.items():
        for seed, tested in zip(seeds, each, strict=True):
            path = runs.folder(name, seed) / "predictions.npz"
            seen = files.read_arrays(path)
            for part, p in {**seen, "test": tested}.items():
                with files.reading(path):
                    figures = network(p, labels[part][: len(p)])
                rows.append({"model": name, "seed": seed, "part": part, **figures})
    return pd.DataFrame(rows)


def class_table(p: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """Return a table of precision, recall, F1 and support per class, the means over seeds."""
    means = np.mean([by_class(each, labels) for each in p], axis=0)
    table = pd.DataFrame(means.T.round(4), columns=["precision", "recall", "f1", "support"])
    table.insert(0, "class", classes)
    return table.astype({"support": int})


def confusion_table(p: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """Return a table of true class, predicted class and count, the mean over seeds.

    It has a row for every pair of classes, by their names.
    """
    each = [confusion_matrix(labels, guess, labels=range(len(classes))) for guess in p.argmax(2)]
    table = pd.DataFrame(product(classes, classes), columns=["true", "predicted"])
    return table.assign(count=np.mean(each, axis=0).ravel().round(4))


def calibration_table(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return a table of confidence, accuracy and count per bin, the answers of all seeds pooled."""
    pooled, repeated = np.concatenate(probabilities), np.tile(labels, len(probabilities))
    return statistics.reliability(pooled, repeated).round(5)


def coverage_table(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return a table of coverage and the errors left, the mean over seeds."""
    shares = np.arange(0.9, 1.0001, 0.001).round(3)
    left = [[statistics.errors_at(c, p, labels) for p in probabilities] for c in shares]
    return pd.DataFrame({"coverage": shares, "errors": np.mean(left, axis=1).round(4)})


def ensemble(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return what an ensemble's validation probabilities (n, classes) say of it.

    Below unsure_below it abstains: 1 % of the validation images. validation_together is its
    accuracy.
    """
    return {
        "unsure_below": round(float(np.quantile(probabilities.max(1), 0.01)), 4),
        "validation_together": round((probabilities.argmax(1) == labels).mean(), 5),
    }
