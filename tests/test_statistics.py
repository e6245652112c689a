import numpy as np
import pytest
from scipy.stats import binom

from mnist import statistics


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


def findings(errors, comparisons=200):
    generator = np.random.default_rng(0)
    found = 0
    for _ in range(comparisons):
        rates = statistics.resample(simulated(errors, generator))
        low, high = statistics.interval(rates[:, 1] - rates[:, 0])
        found += low > 0 or high < 0
    return found / comparisons


@pytest.mark.parametrize("error", [0.0035, 0.0075])
def test_equal_recipes_are_seldom_told_apart(error, monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 2000)
    assert findings((error, error)) <= 0.07


def test_half_the_errors_is_found(monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 2000)
    assert findings((0.0035, 0.0075)) >= 0.95


def test_a_single_network_s_interval_agrees_with_wilson():
    wrong = np.zeros((1, 1, 10_000), bool)
    wrong[0, 0, :60] = True
    low, high = statistics.interval(1 - statistics.resample(wrong))
    assert (low, high) == pytest.approx(statistics.wilson(9940, 10_000), abs=3e-4)


def test_resampling_is_repeatable_and_centred():
    wrong = simulated((0.005,), np.random.default_rng(1))
    rates = statistics.resample(wrong)
    assert np.array_equal(rates, statistics.resample(wrong))
    assert rates.mean() == pytest.approx(wrong.mean(), rel=0.02)
