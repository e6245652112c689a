"""What a difference between error counts is worth: intervals and tests."""

import numpy as np
from scipy.stats import binomtest

RESAMPLES = 10_000  # keeps the Monte Carlo error of a 2.5 % quantile under 0.2 points
LEVEL = 0.95
BINS = 15  # Guo et al. 2017


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


def reliability(probabilities, labels):
    """Return per bin of the top probability: mean confidence, accuracy, count; each (BINS,).

    Takes (n, 10) and (n,). Bins of equal width; an empty bin has zeros.
    """
    top = probabilities.max(1).astype(float)
    index = np.minimum((top * BINS).astype(int), BINS - 1)
    count = np.bincount(index, minlength=BINS)
    right = np.bincount(index, probabilities.argmax(1) == labels, BINS)
    return np.bincount(index, top, BINS) / np.maximum(count, 1), right / np.maximum(count, 1), count


def calibration(probabilities, labels):
    """Return Brier score and expected calibration error of (n, 10) against labels (n,).

    Brier 1950, summed over the classes, 0 to 2; expected calibration error of the top probability
    (Guo et al. 2017, section 2).
    """
    squares = (probabilities.astype(float) - np.eye(10)[labels]) ** 2
    confidence, accuracy, count = reliability(probabilities, labels)
    ece = (np.abs(confidence - accuracy) * count).sum() / len(labels)
    return {"brier": float(squares.sum() / len(labels)), "ece": float(ece)}


def errors_at(coverage, probabilities, labels):
    """Return how many errors are left if a model answers only that share of images, its surest.

    Selective classification (El-Yaniv & Wiener 2010), by the top probability.
    """
    answered = np.argsort(-probabilities.max(1), kind="stable")[: round(coverage * len(labels))]
    return int((probabilities[answered].argmax(1) != labels[answered]).sum())
