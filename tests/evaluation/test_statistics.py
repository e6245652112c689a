"""Tests and scores that need no resampling: Wilson, McNemar, calibration, coverage."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from mnist.evaluation import statistics


def test_wilson_agrees_with_a_worked_example():
    # Newcombe 1998, Statistics in Medicine 17, 857: 81 of 263, method 3.
    assert statistics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert statistics.wilson(0, 10)[0] == 0 and statistics.wilson(10, 10)[1] == 1


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (12, 3), (3, 12), (40, 90)])
def test_mcnemar_is_the_two_sided_sign_test_of_the_discordant_images(first, second):
    by_hand = min(1.0, 2 * binom.cdf(min(first, second), first + second, 0.5))
    assert statistics.mcnemar(first, second) == pytest.approx(by_hand)


def test_mcnemar_agrees_with_a_worked_example():
    # Fagerland, Lydersen & Laake 2013, BMC Med Res Methodol 13:91, table 1: 1 against 7.
    assert statistics.mcnemar(1, 7) == pytest.approx(0.0703, abs=5e-5)


def test_brier_and_calibration_error_of_cases_worked_by_hand():
    sure = np.eye(10)[[0, 1, 2, 3]]
    assert statistics.calibration(sure, np.array([0, 1, 2, 3])) == {"brier": 0, "ece": 0}
    assert statistics.calibration(sure, np.array([0, 1, 2, 4])) == {"brier": 0.5, "ece": 0.25}
    even = np.full((5, 10), 0.1)
    assert statistics.calibration(even, np.zeros(5, int)) == pytest.approx(
        {"brier": 0.9, "ece": 0.9}
    )


def test_brier_agrees_with_scikit_learn():
    generator = np.random.default_rng(0)
    p, labels = generator.dirichlet(np.ones(10), 300), generator.integers(10, size=300)
    theirs = brier_score_loss(labels, p, labels=range(10), scale_by_half=False)
    assert statistics.calibration(p, labels)["brier"] == pytest.approx(theirs)


def test_the_reliability_bins_hold_every_image_once_and_agree_with_scikit_learn():
    generator = np.random.default_rng(0)
    p, labels = generator.dirichlet(np.full(10, 0.3), 3000), generator.integers(10, size=3000)
    bins = statistics.reliability(p, labels)
    assert bins["count"].sum() == 3000
    theirs = calibration_curve(p.argmax(1) == labels, p.max(1), n_bins=statistics.BINS)
    assert bins.loc[bins["count"] > 0, "accuracy"].to_numpy() == pytest.approx(theirs[0])
    assert bins.loc[bins["count"] > 0, "confidence"].to_numpy() == pytest.approx(theirs[1])


def test_the_errors_left_at_a_coverage_are_those_of_the_surest_answers():
    p = np.full((10, 10), 0.0)
    p[np.arange(10), 0] = np.arange(10, 0, -1) / 10
    labels = np.array([0, 0, 1, 0, 0, 0, 0, 0, 1, 1])
    left = [statistics.errors_at(c, p, labels) for c in (1, 0.9, 0.8, 0.3, 0.2, 0)]
    assert left == [3, 2, 1, 1, 0, 0]


@pytest.mark.parametrize("classes", [3, 12])
def test_brier_is_of_any_number_of_classes(classes):
    even, labels = np.full((6, classes), 1 / classes), np.arange(6) % classes
    by_hand = (1 - 1 / classes) ** 2 + (classes - 1) / classes**2
    assert statistics.calibration(even, labels)["brier"] == pytest.approx(by_hand)
