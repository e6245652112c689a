"""Figures on trained networks, from their probabilities."""

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from mnist import inference, statistics

DIGITS = range(10)


def by_class(probabilities, labels):
    """Return precision, recall, F1 and support, as an array (4, 10), from (n, 10) and (n,)."""
    guess = probabilities.argmax(1)
    return np.array(precision_recall_fscore_support(labels, guess, labels=DIGITS, zero_division=0))


def network(probabilities, labels):
    """Return the figures of one network from probabilities (n, 10) and labels (n,)."""
    n, errors = len(labels), int((probabilities.argmax(1) != labels).sum())
    figures = inference.score(torch.from_numpy(probabilities), torch.from_numpy(labels))
    figures["low"], figures["high"] = statistics.wilson(n - errors, n)
    figures |= {"errors": errors, "macro_f1": by_class(probabilities, labels)[2].mean()}
    figures["errors_at_99"] = statistics.errors_at(0.99, probabilities, labels)
    return figures | statistics.calibration(probabilities, labels)


def class_table(probabilities, labels):
    """Return a table of precision, recall and F1 per digit, means over seeds (seeds, n, 10)."""
    means = np.mean([by_class(p, labels) for p in probabilities], axis=0)
    table = pd.DataFrame(means.T.round(4), columns=["precision", "recall", "f1", "support"])
    return table.astype({"support": int}).rename_axis("digit").reset_index()


def confusion_rows(probabilities, labels):
    """Return a table (100 rows) of true digit, predicted digit and count, the mean over seeds."""
    each = [confusion_matrix(labels, p.argmax(1), labels=DIGITS) for p in probabilities]
    true, predicted = np.indices((10, 10)).reshape(2, -1)
    count = np.mean(each, axis=0).ravel().round(4)
    return pd.DataFrame({"true": true, "predicted": predicted, "count": count})


def pair(ann, cnn, seed):
    """Return McNemar's comparison of two trained networks, from their wrong images, bool (n,)."""
    counts = {"only_ann_wrong": int((ann & ~cnn).sum()), "only_cnn_wrong": int((cnn & ~ann).sum())}
    p = statistics.mcnemar(*counts.values())
    return {"seed": seed, **counts, "both_wrong": int((ann & cnn).sum()), "mcnemar_p": p}


def calibration_rows(probabilities, labels):
    """Return a table of confidence, accuracy and count per bin, all seeds (seeds, n, 10) pooled."""
    bins = statistics.reliability(
        np.concatenate(probabilities), np.tile(labels, len(probabilities))
    )
    table = pd.DataFrame(np.stack(bins, 1).round(5), columns=["confidence", "accuracy", "count"])
    return table[table["count"] > 0].astype({"count": int})


def coverage_rows(probabilities, labels):
    """Return a table of coverage and errors left, the mean over seeds (seeds, n, 10)."""
    shares = np.arange(0.9, 1.0001, 0.001).round(3)
    left = [[statistics.errors_at(c, p, labels) for p in probabilities] for c in shares]
    return pd.DataFrame({"coverage": shares, "errors": np.mean(left, axis=1).round(4)})


def unsure_below(probabilities):
    """Return the probability under which a model passes on a digit: 1 % of validation (n, 10)."""
    return round(float(np.quantile(probabilities.max(1), 0.01)), 4)


def selection(means, costs):
    """Return what a choice may rest on, per model: validation figures and what was counted.

    Takes the mean figures over seeds, indexed by part and model, and {model: dict of counts}.
    """
    held = means.loc["validation", ["accuracy", "nll"]].add_prefix("validation_")
    gap = (means.loc["train"] - means.loc["validation"])["accuracy"]
    table = held.assign(train_minus_validation=gap).round(5)
    return {name: {**costs[name], **table.loc[name].to_dict()} for name in costs}


def verdict(means, pairs, wrong):
    """Return what is reported and never chosen by: test figures, means over seeds, and the pair.

    Takes the mean figures over seeds, indexed by part and model, the table of pairs and the wrong
    test images, {model: bool (seeds, n)}. The intervals cover new seeds and new images, or with a
    single seed, by Wilson, new images. That of the difference is about the recipes, so that with a
    single seed there is none, nor is there a standard deviation over seeds.
    """
    figures = means.loc["test"].to_dict("index")
    gap = (means.loc["validation"] - means.loc["test"])["accuracy"]
    rates = dict(zip(wrong, statistics.resample(np.stack([*wrong.values()])).T, strict=True))
    for name, test in figures.items():
        test["validation_minus_test"] = gap[name]
        if len(pairs) > 1:
            # Without any error there is nothing to resample: Wilson's interval stays.
            if wrong[name].any():
                test["low"], test["high"] = statistics.interval(1 - rates[name])
            test["sd"] = (1 - wrong[name].mean(axis=1)).std(ddof=1)
    difference = pairs[["only_ann_wrong", "only_cnn_wrong"]].mean().to_dict()
    difference["largest_mcnemar_p"] = pairs["mcnemar_p"].max()  # of the least convincing pair
    difference["accuracy"] = wrong["ann"].mean() - wrong["cnn"].mean()
    if len(pairs) > 1:
        low, high = statistics.interval(rates["ann"] - rates["cnn"])
        difference |= {"low": low, "high": high}
    figures["cnn_minus_ann"] = difference
    return {
        name: {key: float(f"{value:.5g}") for key, value in sorted(values.items())}
        for name, values in figures.items()
    }
