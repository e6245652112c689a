"""Intervals over people, whose images are alike: as wide as they say, however few there are."""

import numpy as np
import pytest
from scipy.stats import t as student_t

from mnist.evaluation import statistics


def written(writers, images, generator, spread=0.1):
    """Return which images are answered correctly, and who wrote each; people differ by spread."""
    chances = np.clip(generator.normal(0.85, spread, writers), 0, 1)
    who = np.repeat(np.arange(writers), images)
    return (generator.random(len(who)) < chances[who]).astype(float), who


def test_images_by_few_writers_say_less_than_as_many_by_as_many():
    correct, writers = written(8, 200, np.random.default_rng(0))
    low, high = statistics.accuracy_interval(correct, writers)
    narrow = statistics.accuracy_interval(correct)
    assert narrow == statistics.wilson(correct.sum(), 1600)
    assert low < narrow[0] and high > narrow[1]
    assert low < correct.mean() < high
    # Each image by another hand: as Wilson's.
    alone = statistics.accuracy_interval(correct, np.arange(1600))
    assert alone == pytest.approx(narrow, abs=2e-3)


@pytest.mark.parametrize("writers", [2, 3, 6])
def test_the_bootstrap_spreads_as_much_as_the_mean_of_so_few_writers(writers):
    shares, who = np.linspace(0.48, 0.52, writers), np.repeat(np.arange(writers), 10)
    spread = (statistics.resample_writers(shares[who], who) - 0.5).std()
    student = student_t.ppf(0.975, writers - 1) / 1.96
    assert spread == pytest.approx(student * shares.std(ddof=1) / writers**0.5, rel=0.05)


@pytest.mark.parametrize("writers", [2, 3, 6])
def test_an_interval_over_few_writers_holds_the_truth_as_often_as_it_says(writers, monkeypatch):
    """Without Student's t, of two it does in 61 % and of three in 77 % of all cases."""
    monkeypatch.setattr(statistics, "RESAMPLES", 500)
    generator, held, who = np.random.default_rng(0), 0, np.arange(writers)
    for _ in range(300):
        shares = generator.normal(0.5, 0.01, writers)  # so that no end meets 0 or 1
        low, high = statistics.interval(statistics.resample_writers(shares, who))
        held += low <= 0.5 <= high
        of_means = statistics.over_people(shares)
        assert of_means == pytest.approx((low, high))  # each has as many images
    assert 0.91 <= held / 300 <= 0.97


def test_a_writer_s_images_stay_together_and_weigh_as_many_as_they_are():
    correct, writers = np.array([1.0, 1.0, 1.0, 0.0]), np.array(["a", "a", "a", "b"])
    found = statistics.resample_writers(correct, writers)
    # Drawn are aa (1), ab (0.75) or bb (0), widened about 0.75 and kept in 0..1.
    assert np.unique(found).tolist() == [0, 0.75, 1]
    assert np.array_equal(found, statistics.resample_writers(correct, writers))
    assert statistics.accuracy_interval(correct, writers) == (0, 1)


@pytest.mark.parametrize(
    ("correct", "writers"),
    [([1, 0, 1, 1], "aaaa"), ([1, 1, 1, 1], "aabb"), ([1, 0, 1, 0], "aabb")],
)
def test_of_one_writer_or_where_writers_do_not_differ_the_interval_is_wilson_s(correct, writers):
    found = statistics.accuracy_interval(np.array(correct, float), np.array(list(writers)))
    assert found == statistics.wilson(sum(correct), 4)


def test_a_single_error_of_many_writers_gives_no_narrower_interval_than_wilson_s():
    correct, writers = np.ones(150), np.repeat(np.arange(50), 3)
    correct[0] = 0
    low, high = statistics.accuracy_interval(correct, writers)
    narrow = statistics.interval(statistics.resample_writers(correct, writers))
    assert low == statistics.wilson(149, 150)[0] < narrow[0] and high == narrow[1] == 1


def coverage(with_writers, trials=300):
    """Return how often the interval holds the accuracy over all people, of 12 drawn from them."""
    generator, held = np.random.default_rng(0), 0
    for _ in range(trials):
        correct, writers = written(12, 100, generator)
        low, high = statistics.accuracy_interval(correct, writers if with_writers else None)
        held += low <= 0.845 <= high  # 0.85, less what is cut off above 1
    return held / trials


def test_by_writer_the_interval_holds_what_it_says_and_by_image_it_does_not(monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 500)
    assert coverage(with_writers=True) > 0.88
    assert coverage(with_writers=False) < 0.7


def test_an_interval_over_people_is_wider_the_fewer_they_are():
    few, many = np.array([0.9, 1.0]), np.array([0.9, 1.0] * 10)
    spans = [np.subtract(*statistics.over_people(each)[::-1]) for each in (few, many)]
    assert spans[0] > 2 * spans[1] > 0
