"""Figures on trained networks, from their probabilities."""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from mnist import statistics

DIGITS = range(10)


def network(probabilities, labels):
    """Return the figures of one network from probabilities (n, 10) and labels (n,)."""
    n = len(labels)
    right = int((probabilities.argmax(1) == labels).sum())
    low, high = statistics.wilson(right, n)
    true = probabilities[np.arange(n), labels].astype(float)
    return {
        "accuracy": right / n,
        "low": low,
        "high": high,
        "errors": n - right,
        "macro_f1": float(by_class(probabilities, labels)[2].mean()),
        "nll": float(-np.log(np.maximum(true, 1e-12)).mean()),
    }


def by_class(probabilities, labels):
    """Return precision, recall, F1 and support, each (10,)."""
    predicted = probabilities.argmax(1)
    return precision_recall_fscore_support(labels, predicted, labels=DIGITS, zero_division=0)


def class_table(name, probabilities, labels):
    """Return a table of precision, recall and F1 per digit, means over seeds (seeds, n, 10)."""
    means = np.mean([by_class(p, labels) for p in probabilities], axis=0)
    columns = dict(zip(("precision", "recall", "f1", "support"), means, strict=True))
    table = pd.DataFrame({"model": name, "digit": DIGITS, **columns}).round(4)
    return table.astype({"support": int})


def confusion_rows(probabilities, labels):
    """Return a table (100 rows) of true digit, predicted digit and count, the mean over seeds."""
    each = [confusion_matrix(labels, p.argmax(1), labels=DIGITS) for p in probabilities]
    true, predicted = np.indices((10, 10)).reshape(2, -1)
    count = np.mean(each, axis=0).ravel().round(4)
    return pd.DataFrame({"true": true, "predicted": predicted, "count": count})


def wrong(probabilities, labels):
    """Return which images each network gets wrong, bool (seeds, n), from (seeds, n, 10)."""
    return probabilities.argmax(2) != labels


def pair(ann, cnn, seed):
    """Return McNemar's comparison of two trained networks, from their wrong images, bool (n,)."""
    only_ann, only_cnn = int((ann & ~cnn).sum()), int((cnn & ~ann).sum())
    return {
        "seed": seed,
        "only_ann_wrong": only_ann,
        "only_cnn_wrong": only_cnn,
        "both_wrong": int((ann & cnn).sum()),
        "mcnemar_p": statistics.mcnemar(only_ann, only_cnn),
    }


def selection(table, sizes):
    """Return what a choice may rest on, per model: validation figures (means over seeds) and size.

    Takes the table of networks (model, seed, part, figures) and {model: number of parameters}.
    """
    mean = table.groupby(["model", "part"]).mean(numeric_only=True)
    return {
        name: {
            "parameters": size,
            "train_minus_validation": round(
                mean.loc[(name, "train"), "accuracy"] - mean.loc[(name, "validation"), "accuracy"],
                5,
            ),
            "validation_accuracy": round(mean.loc[(name, "validation"), "accuracy"], 5),
            "validation_nll": round(mean.loc[(name, "validation"), "nll"], 5),
        }
        for name, size in sizes.items()
    }


def verdict(table, pairs, wrong):
    """Return what is reported and never chosen by: test figures, means over seeds, and the pair.

    Takes the table of networks, the table of pairs and the wrong test images, {model: bool
    (seeds, n)}. The intervals cover new seeds and new images. That of the difference is about the
    recipes, so that with a single seed it is null.
    """
    mean = table.groupby(["model", "part"]).mean(numeric_only=True)
    rates = dict(zip(wrong, statistics.resample(np.stack(list(wrong.values()))).T, strict=True))
    figures = {}
    for name in wrong:
        test = mean.loc[(name, "test")]
        low, high = statistics.interval(1 - rates[name])
        figures[name] = {
            "accuracy": round(test["accuracy"], 5),
            "low": round(low, 5),
            "high": round(high, 5),
            "errors": round(test["errors"], 1),
            "macro_f1": round(test["macro_f1"], 5),
            "nll": round(test["nll"], 5),
            "validation_minus_test": round(
                mean.loc[(name, "validation"), "accuracy"] - test["accuracy"], 5
            ),
        }
    low, high = statistics.interval(rates["ann"] - rates["cnn"])
    several = len(pairs) > 1
    figures["cnn_minus_ann"] = {
        "accuracy": round(wrong["ann"].mean() - wrong["cnn"].mean(), 5),
        "low": round(low, 5) if several else None,
        "high": round(high, 5) if several else None,
        "only_ann_wrong": round(pairs["only_ann_wrong"].mean(), 1),
        "only_cnn_wrong": round(pairs["only_cnn_wrong"].mean(), 1),
        "largest_mcnemar_p": float(f"{pairs['mcnemar_p'].max():.2g}"),
    }
    return figures
