"""How models compare: what a choice between them may rest on, and what is found on test images.

Wrong is {model: bool (seeds, n)}: which test images each network gets wrong.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from mnist.evaluation import statistics

Wrong = Mapping[str, np.ndarray]

COLUMNS = ("first", "second", "seed", "only_first_wrong", "only_second_wrong")
COLUMNS += ("both_wrong", "mcnemar_p")


def pairs(wrong: Wrong, seeds: Sequence[int]) -> pd.DataFrame:
    """Return a table of McNemar's comparisons of all pairs of models, a row per pair and seed."""
    rows = []
    for a, b in combinations(wrong, 2):
        for seed, one, other in zip(seeds, wrong[a], wrong[b], strict=True):
            first, second = int((one & ~other).sum()), int((other & ~one).sum())
            both, p = int((one & other).sum()), statistics.mcnemar(first, second)
            rows.append((a, b, seed, first, second, both, p))
    return pd.DataFrame(rows, columns=COLUMNS)


def selection(means: pd.DataFrame, costs: Mapping[str, Mapping]) -> dict[str, dict]:
    """Return what a choice may rest on, per model: validation figures and what was counted.

    Takes the mean figures over seeds, indexed by part and model, and {model: dict of counts}.
    """
    held = means.loc["validation", ["accuracy", "nll"]].add_prefix("validation_")
    gap = (means.loc["train"] - means.loc["validation"])["accuracy"]
    table = held.assign(train_minus_validation=gap).round(5)
    return {name: {**costs[name], **table.loc[name].to_dict()} for name in costs}


def verdict(means: pd.DataFrame, pairs: pd.DataFrame, wrong: Wrong) -> dict[str, dict]:
    """Return what is reported and never chosen by: test figures of models, and of their pairs.

    Takes the mean figures over seeds, indexed by part and model, and the table of pairs. The
    intervals cover new seeds and new images, or with a single seed, by Wilson, new images. That of
    a difference is about the recipes, so that with a single seed there is none, nor is there a
    standard deviation over seeds.
    """
    stacked = np.stack([*wrong.values()])
    rates = dict(zip(wrong, statistics.resample(stacked).T, strict=True))
    several = stacked.shape[1] > 1
    gap = (means.loc["validation"] - means.loc["test"])["accuracy"]
    figures = {}
    for name in wrong:
        own = {**means.loc["test", name], "validation_minus_test": gap[name]}
        if several:
            own["sd"] = (1 - wrong[name].mean(axis=1)).std(ddof=1)
        if several and wrong[name].any():  # else there is nothing to resample: Wilson's stays
            own["low"], own["high"] = np.clip(statistics.interval(1 - rates[name]), 0, 1)
        figures[name] = own
    for a, b in combinations(wrong, 2):
        rows = pairs[(pairs["first"] == a) & (pairs["second"] == b)]
        difference = {
            "accuracy": wrong[a].mean() - wrong[b].mean(),
            "largest_mcnemar_p": rows["mcnemar_p"].max(),  # of the least convincing seed
            f"only_{a}_wrong": rows["only_first_wrong"].mean(),
            f"only_{b}_wrong": rows["only_second_wrong"].mean(),
        }
        if several:
            difference["low"], difference["high"] = statistics.interval(rates[a] - rates[b])
        figures[f"{b}_minus_{a}"] = difference
    return {
        name: {key: float(f"{value:.5g}") for key, value in sorted(values.items())}
        for name, values in figures.items()
    }
