import statistics

import numpy as np
import pandas as pd
import pytest

from mnist.evaluation import comparison, metrics

LABELS = np.arange(200) % 10
MODELS = ("ann", "cnn", "lenet")


def probabilities(seed):
    generator = np.random.default_rng(seed)
    p = generator.dirichlet(np.ones(10), 200)
    p[generator.random(200) < 0.8] *= 0.1
    p[np.arange(200), LABELS] += 1 - p.sum(axis=1)
    return p.astype(np.float32)


P = np.stack([probabilities(seed) for seed in range(4)])


def compared(each, seeds=2):
    """Return the verdict on {model: probabilities}, the mean figures and the wrong images."""
    wrong = {name: p[:seeds].argmax(2) != LABELS for name, p in each.items()}
    rows = [
        {"model": name, "part": part, **metrics.network(q, LABELS)}
        for name, p in each.items()
        for part in ("train", "validation", "test")
        for q in p[:seeds]
    ]
    means = pd.DataFrame(rows).groupby(["part", "model"]).mean()
    pairs = comparison.pairs(wrong, range(seeds))
    return comparison.verdict(means, pairs, wrong), means, wrong


def models(count):
    return {name: P[i : i + 2] for i, name in enumerate(MODELS[:count])}


def test_a_pair_worked_by_hand():
    first = np.array([[1, 1, 1, 0, 0]], bool)
    second = np.array([[1, 0, 0, 1, 0]], bool)
    (row,) = comparison.pairs({"a": first, "b": second}, [7]).to_dict("records")
    assert row == {
        "first": "a",
        "second": "b",
        "seed": 7,
        "only_first_wrong": 2,
        "only_second_wrong": 1,
        "both_wrong": 1,
        "mcnemar_p": 1.0,
    }


@pytest.mark.parametrize(
    ("count", "pairs"),
    [
        (1, []),
        (2, [("ann", "cnn")]),
        (3, [("ann", "cnn"), ("ann", "lenet"), ("cnn", "lenet")]),
    ],
)
def test_every_pair_of_any_number_of_models_is_compared(count, pairs):
    verdict, _, wrong = compared(models(count))
    assert list(verdict) == [*MODELS[:count], *(f"{b}_minus_{a}" for a, b in pairs)]
    table = comparison.pairs(wrong, [0, 1])
    assert tuple(table) == comparison.COLUMNS
    rows = table[["first", "second", "seed"]].to_numpy().tolist()
    assert rows == [[a, b, seed] for a, b in pairs for seed in (0, 1)]
    for a, b in pairs:
        found = verdict[f"{b}_minus_{a}"]
        assert set(found) == {
            *("accuracy", "low", "high", "largest_mcnemar_p"),
            *(f"only_{a}_wrong", f"only_{b}_wrong"),
        }
        gap = verdict[b]["accuracy"] - verdict[a]["accuracy"]
        assert found["accuracy"] == pytest.approx(gap, abs=1e-5)
        only = (wrong[a] & ~wrong[b]).sum(axis=1).mean()
        assert found[f"only_{a}_wrong"] == pytest.approx(only)


def test_the_order_of_the_models_decides_what_is_subtracted():
    swapped = compared(dict(reversed(models(2).items())))[0]
    assert list(swapped) == ["cnn", "ann", "ann_minus_cnn"]
    difference = compared(models(2))[0]["cnn_minus_ann"]["accuracy"]
    assert swapped["ann_minus_cnn"]["accuracy"] == -difference


def test_two_seeds_give_an_interval_of_the_difference_and_one_gives_none():
    two = compared(models(2))[0]["cnn_minus_ann"]
    one = compared(models(2), seeds=1)[0]["cnn_minus_ann"]
    assert two["low"] <= two["accuracy"] <= two["high"]
    assert "low" not in one and "high" not in one


def test_without_any_error_the_interval_is_wilson_s():
    perfect = np.stack([np.eye(10, dtype=np.float32)[LABELS]] * 2)
    figures = compared({"ann": perfect, "cnn": perfect})[0]["cnn"]
    assert figures["low"] == pytest.approx(0.9812, abs=1e-4) and figures["high"] == 1


def test_with_few_errors_no_interval_of_an_accuracy_leaves_what_can_be():
    labels, errors = np.arange(300) % 10, (2, 0, 3)  # of three seeds, which vary a lot
    guess = np.stack([np.eye(10, dtype=np.float32)[labels]] * 3)
    for each, wrong in zip(guess, errors, strict=True):
        each[:wrong] = np.roll(each[:wrong], 1, axis=1)
    wrong = {"cnn": guess.argmax(2) != labels, "ann": guess.argmax(2) != labels}
    figures = [
        {"model": name, "part": part, **metrics.network(p, labels)}
        for name in wrong
        for part in ("validation", "test")
        for p in guess
    ]
    means = pd.DataFrame(figures).groupby(["part", "model"]).mean()
    found = comparison.verdict(means, comparison.pairs(wrong, range(3)), wrong)["cnn"]
    assert found["low"] < found["accuracy"] == pytest.approx(1 - 5 / 900, abs=1e-5)
    assert found["high"] == 1


def test_the_standard_deviation_over_seeds_is_that_of_the_accuracies():
    accuracies = (P[1:3].argmax(2) == LABELS).mean(axis=1)
    figures = compared(models(2))[0]["cnn"]
    assert figures["sd"] == pytest.approx(statistics.stdev(accuracies), rel=1e-4)
    assert figures["accuracy"] == pytest.approx(accuracies.mean())
    assert "sd" not in compared(models(2), seeds=1)[0]["cnn"]


def test_the_figures_to_choose_by_are_of_validation_alone():
    costs = {name: {"parameters": 7} for name in MODELS}
    chosen = comparison.selection(compared(models(3))[1], costs)
    assert list(chosen) == list(MODELS)
    assert set(chosen["lenet"]) == {
        "parameters",
        "train_minus_validation",
        "validation_accuracy",
        "validation_nll",
    }
