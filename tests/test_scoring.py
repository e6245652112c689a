import statistics

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, log_loss

from mnist import scoring

LABELS = np.arange(200) % 10


def probabilities(seed):
    generator = np.random.default_rng(seed)
    p = generator.dirichlet(np.ones(10), 200)
    p[generator.random(200) < 0.8] *= 0.1
    p[np.arange(200), LABELS] += 1 - p.sum(axis=1)
    return p.astype(np.float32)


P = np.stack([probabilities(0), probabilities(1)])


def test_a_network_s_figures_agree_with_scikit_learn():
    figures = scoring.network(P[0], LABELS)
    predicted = P[0].argmax(1)
    assert figures["errors"] == (predicted != LABELS).sum()
    assert figures["accuracy"] == (predicted == LABELS).mean()
    assert figures["low"] < figures["accuracy"] < figures["high"]
    assert figures["macro_f1"] == pytest.approx(f1_score(LABELS, predicted, average="macro"))
    assert figures["nll"] == pytest.approx(log_loss(LABELS, P[0]), rel=1e-5)


def test_the_confusion_has_each_image_once_and_the_errors_off_its_diagonal():
    rows = scoring.confusion_rows(P, LABELS)
    assert len(rows) == 100 and rows["count"].sum() == pytest.approx(200)
    off = rows[rows["true"] != rows["predicted"]]["count"].sum()
    assert off == pytest.approx((P.argmax(2) != LABELS).sum(axis=1).mean())


def test_a_pair_worked_by_hand():
    ann = np.array([1, 1, 1, 0, 0], bool)
    cnn = np.array([1, 0, 0, 1, 0], bool)
    assert scoring.pair(ann, cnn, 5) == {
        "seed": 5,
        "only_ann_wrong": 2,
        "only_cnn_wrong": 1,
        "both_wrong": 1,
        "mcnemar_p": 1.0,
    }


def verdict(seeds):
    rows, wrong = [], {"ann": P[::-1][:seeds].argmax(2) != LABELS}
    wrong["cnn"] = P[:seeds].argmax(2) != LABELS
    for model in wrong:
        for part in ("train", "validation", "test"):
            rows += [
                {"model": model, "part": part, **scoring.network(p, LABELS)} for p in P[:seeds]
            ]
    pairs = [scoring.pair(wrong["ann"][s], wrong["cnn"][s], s) for s in range(seeds)]
    means = pd.DataFrame(rows).groupby(["part", "model"]).mean()
    return scoring.verdict(means, pd.DataFrame(pairs), wrong), means


def test_two_seeds_give_an_interval_of_the_difference_and_one_gives_none():
    two, one = verdict(2)[0]["cnn_minus_ann"], verdict(1)[0]["cnn_minus_ann"]
    assert two["low"] <= two["accuracy"] <= two["high"]
    assert "low" not in one and "high" not in one


def test_without_any_error_the_interval_is_wilson_s():
    perfect = np.eye(10, dtype=np.float32)[LABELS]
    rows = [
        {"model": model, "part": part, **scoring.network(perfect, LABELS)}
        for model in ("ann", "cnn")
        for part in ("train", "validation", "test")
    ]
    none = np.zeros((2, 200), bool)
    pairs = pd.DataFrame([scoring.pair(none[0], none[0], seed) for seed in (0, 1)])
    means = pd.DataFrame(rows).groupby(["part", "model"]).mean()
    figures = scoring.verdict(means, pairs, {"ann": none, "cnn": none})["cnn"]
    assert figures["low"] == pytest.approx(0.9812, abs=1e-4) and figures["high"] == 1


def test_the_standard_deviation_over_seeds_is_that_of_the_accuracies():
    accuracies = (P.argmax(2) == LABELS).mean(axis=1)
    figures = verdict(2)[0]["cnn"]
    assert figures["sd"] == pytest.approx(statistics.stdev(accuracies), rel=1e-4)
    assert figures["accuracy"] == pytest.approx(accuracies.mean())
    assert "sd" not in verdict(1)[0]["cnn"]


def test_the_figures_to_choose_by_are_of_validation_alone():
    chosen = scoring.selection(verdict(2)[1], {"ann": {"parameters": 7}, "cnn": {"parameters": 5}})
    assert chosen.keys() == {"ann", "cnn"}
    assert set(chosen["cnn"]) == {
        "parameters",
        "train_minus_validation",
        "validation_accuracy",
        "validation_nll",
    }
