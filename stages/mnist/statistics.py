"""What a difference between error counts is worth: intervals and tests."""

import numpy as np
from scipy.stats import binomtest

RESAMPLES = 10_000  # keeps the Monte Carlo error of a 2.5 % quantile under 0.2 points
LEVEL = 0.95


def wilson(successes, n):
    """Return the 95 % score interval (low, high) of a proportion (Wilson 1927)."""
    interval = binomtest(int(successes), int(n)).proportion_ci(LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(only_first, only_second):
    """Return the exact two-sided p of McNemar's test (1947) from the two discordant counts.

    Of the images that exactly one of two trained networks gets wrong, either is equally often the
    wrong one, if the networks err equally often. Without any such image, p is 1.
    """
    discordant = int(only_first) + int(only_second)
    return float(binomtest(int(only_first), discordant).pvalue) if discordant else 1.0


def resample(wrong, seed=0):
    """Return bootstrap error rates, float (RESAMPLES, models), of recipes trained with seeds.

    Takes bool (models, seeds, n): which image each network gets wrong. Every resample draws n
    images, the same for all models, and for each model its own seeds (the pigeonhole bootstrap,
    Owen 2007, doi:10.1214/07-AOAS122), so that images × seeds never count as independent. Few
    seeds drawn from themselves spread too little by (seeds − 1) / seeds in variance, for which
    their deviations from the mean are widened (Davison & Hinkley 1997, section 2.7).
    """
    _, seeds, n = wrong.shape
    generator = np.random.default_rng(seed)
    # Images that every network gets right add nothing: only how many are drawn matters.
    hard = wrong.any(axis=(0, 1))
    chances = np.append(np.full(hard.sum(), 1 / n), 1 - hard.sum() / n)
    drawn = generator.multinomial(n, chances, RESAMPLES)[:, :-1]
    rates = drawn @ wrong[:, :, hard].transpose(0, 2, 1) / n  # (models, RESAMPLES, seeds)
    mean = rates.mean(axis=2)
    if seeds > 1:
        chosen = generator.integers(seeds, size=rates.shape)
        again = np.take_along_axis(rates, chosen, axis=2).mean(axis=2)
        mean = mean + (again - mean) * np.sqrt(seeds / (seeds - 1))
    return mean.T


def interval(values):
    """Return the 95 % percentile interval (low, high) of bootstrap values."""
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
