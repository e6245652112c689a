"""Intervals over seeds and images: as wide as they say, and what they tell apart."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from helpers import handbook
from mnist.evaluation import statistics


def simulated(errors, generator, seeds=3, n=10_000):
    """Return the wrong images of recipes with these error rates, bool (recipes, seeds, n).

    A few hard images have most of the errors, most of them the same for every recipe, and the
    seeds of a recipe differ in their rate by 8 %, about as ours do.
    """
    shape = (0.02, 0.02 / 0.005 - 0.02)
    common, found = generator.beta(*shape, n), []
    for error in errors:
        own = np.where(generator.random(n) < 0.7, common, generator.beta(*shape, n))
        luck = np.exp(generator.normal(0, 0.08, (seeds, 1)))
        found.append(generator.random((seeds, n)) < np.clip(own * luck * error / 0.005, 0, 1))
    return np.stack(found)


def findings(errors, comparisons):
    generator = np.random.default_rng(0)
    found = 0
    for _ in range(comparisons):
        rates = statistics.resample(simulated(errors, generator))
        low, high = statistics.interval(rates[:, 1] - rates[:, 0])
        found += low > 0 or high < 0
    return found / comparisons


@pytest.fixture
def fewer_resamples(monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 2000)


@pytest.mark.slow
@pytest.mark.parametrize("error", [0.0035, 0.0075])
def test_equal_recipes_are_seldom_told_apart(error, fewer_resamples):
    assert findings((error, error), comparisons=200) <= 0.07


@pytest.mark.slow
def test_half_the_errors_is_found(fewer_resamples):
    assert findings((0.0035, 0.0075), comparisons=200) >= 0.95


def test_of_some_comparisons_those_of_unequal_recipes_are_found(fewer_resamples):
    assert findings((0.0035, 0.0035), comparisons=20) <= 0.1
    assert findings((0.0035, 0.0075), comparisons=20) >= 0.9


def test_a_single_network_s_interval_agrees_with_wilson():
    wrong = np.zeros((1, 1, 10_000), bool)
    wrong[0, 0, :60] = True
    low, high = statistics.interval(1 - statistics.resample(wrong))
    assert (low, high) == pytest.approx(statistics.wilson(9940, 10_000), abs=3e-4)


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_the_bootstrap_spreads_as_much_as_the_mean_of_so_few_seeds(seeds, monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 4000)
    rates = np.linspace(0.1, 0.5, seeds)
    wrong = np.random.default_rng(0).random((seeds, 5000)) < rates[:, None]
    variance = statistics.resample(wrong[None])[:, 0].var()
    assert variance == pytest.approx(wrong.mean(axis=1).var(ddof=1) / seeds, rel=0.1)


@pytest.mark.slow
def test_intervals_of_recipes_hold_the_truth_as_often_as_they_say_or_more(fewer_resamples):
    """With few seeds, docs/figures.md says so: images × seeds count twice (Owen 2007)."""
    generator, held, comparisons = np.random.default_rng(0), np.zeros(3), 200
    errors = np.array([0.0035, 0.0075])  # what simulated gives them, to a hundredth of itself
    for _ in range(comparisons):
        first, second = statistics.resample(simulated(errors, generator)).T
        for place, (rates, truth) in enumerate(
            ((first, errors[0]), (second, errors[1]), (second - first, errors[1] - errors[0]))
        ):
            low, high = statistics.interval(rates)
            held[place] += low <= truth <= high
    assert (held / comparisons >= statistics.LEVEL).all()
    said = f"In {comparisons} simulated comparisons of recipes"
    assert said in " ".join(handbook().split()) and statistics.LEVEL == 0.95


def test_paired_models_have_the_same_seeds_in_every_resample():
    """As two readings of the same networks: what their seeds differ in cancels out."""
    rates = np.array([0.1, 0.3, 0.5])
    wrong = np.stack([np.broadcast_to(each[:, None], (3, 50)) for each in (rates, rates + 0.1)])
    drawn = statistics.resample(wrong, paired=True)
    assert np.ptp(drawn[:, 1] - drawn[:, 0]) < 1e-9
    assert np.ptp(statistics.resample(wrong)[:, 1] - drawn[:, 0]) > 0.1


def test_resampling_is_repeatable_and_centred():
    wrong = simulated((0.005,), np.random.default_rng(1))
    rates = statistics.resample(wrong)
    assert np.array_equal(rates, statistics.resample(wrong))
    assert rates.mean() == pytest.approx(wrong.mean(), rel=0.02)


def test_the_bootstrap_of_one_recipe_agrees_with_scipy():
    wrong = np.zeros(500, bool)
    wrong[:40] = True
    ours = statistics.interval(statistics.resample(wrong[None, None]))
    theirs = bootstrap((wrong,), np.mean, method="percentile", rng=0).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=3e-3)
