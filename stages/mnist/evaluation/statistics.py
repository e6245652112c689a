"""What figures on few networks, images and writers are worth: intervals, tests, calibration."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm, t

Interval = tuple[float, float]  # low, high

RESAMPLES = 10_000  # keeps the Monte Carlo error of a 2.5 % quantile under 0.2 points
LEVEL = 0.95
BINS = 15  # Guo et al. 2017


def wilson(successes: float, n: int) -> Interval:
    """Return the 95 % score interval (low, high) of a proportion (Wilson 1927)."""
    low, high = binomtest(int(successes), n).proportion_ci(LEVEL, method="wilson")
    return float(low), float(high)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p of McNemar's test (1947) from the two discordant counts.

    Of the images that exactly one of two trained networks gets wrong, either is equally often the
    wrong one, if the networks err equally often. Without any such image, p is 1.
    """
    discordant = only_first + only_second
    return float(binomtest(only_first, discordant).pvalue) if discordant else 1.0


def widened(resampled: np.ndarray, mean: np.ndarray | float, drawn: int) -> np.ndarray:
    """Return resampled means with their deviations from the mean widened for how few were drawn.

    So many drawn from themselves spread too little by (drawn − 1) / drawn in variance (Davison &
    Hinkley 1997, section 2.7).
    """
    return mean + (resampled - mean) * np.sqrt(drawn / (drawn - 1))


def widened_alone(resampled: np.ndarray, mean: np.ndarray | float, drawn: int) -> np.ndarray:
    """Return what widened does, for means that nothing else was drawn for.

    How much so few spread is itself uncertain, so that a 95 % interval ends at the quantile of
    Student's t (1908), not at the normal one (Hesterberg 2015, doi:10.1080/00031305.2015.1089789).
    Where images are drawn too, as resample does, intervals are wide enough without.
    """
    tail = (1 + LEVEL) / 2
    student = t.ppf(tail, drawn - 1) / norm.ppf(tail)
    return mean + (widened(resampled, mean, drawn) - mean) * student


def resample(wrong: np.ndarray, seed: int = 0, paired: bool = False) -> np.ndarray:
    """Return bootstrap error rates, float (RESAMPLES, models), of recipes trained with seeds.

    Takes (models, seeds, n), bool or a share in 0..1: how wrong each network is about each image.
    Every resample draws n images, the same for all models, and for each model its own seeds, or
    paired, the same for all (the pigeonhole bootstrap, Owen 2007, doi:10.1214/07-AOAS122), so that
    images × seeds never count as independent. The deviations of the seeds, which are few, are
    widened.
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
        chosen = generator.integers(seeds, size=rates.shape[1:] if paired else rates.shape)
        chosen = np.broadcast_to(chosen, rates.shape)
        again = np.take_along_axis(rates, chosen, axis=2).mean(axis=2)
        mean = widened(again, mean, seeds)
    return mean.T


def interval(values: np.ndarray) -> Interval:
    """Return the 95 % percentile interval (low, high) of bootstrap values."""
    return tuple(np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist())


def resample_writers(correct: np.ndarray, writers: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return bootstrap accuracies, float (RESAMPLES,), over the writers of n images.

    Takes the share of networks that answer each image correctly, float (n,), and who wrote it (n,),
    of whom there must be two at least. Every resample draws as many writers as there are, each with
    all their images (the cluster bootstrap, Davison & Hinkley 1997, section 3.8), because images by
    one hand are alike. The deviations of the writers are widened.
    """
    _, index, images = np.unique(writers, return_inverse=True, return_counts=True)
    sums, count = np.bincount(index, correct), len(images)
    generator = np.random.default_rng(seed)
    draws = (generator.integers(count, size=count) for _ in range(RESAMPLES))
    found = np.array([sums[drawn].sum() / images[drawn].sum() for drawn in draws])
    return widened_alone(found, correct.mean(), count).clip(0, 1)


def over_people(means: np.ndarray) -> Interval:
    """Return the 95 % interval (low, high) of the mean of people's means, float (people,).

    It covers new people, and everyone weighs the same: the bootstrap over people, who must be two
    at least.
    """
    count, generator = len(means), np.random.default_rng(0)
    drawn = means[generator.integers(count, size=(RESAMPLES, count))].mean(axis=1)
    return interval(widened_alone(drawn, means.mean(), count))


def accuracy_interval(correct: np.ndarray, writers: np.ndarray | None = None) -> Interval:
    """Return a 95 % interval (low, high) of the mean of correct, float (n,) in 0..1.

    Where writers (n,) are not known, or there is only one, it is Wilson's and covers new images
    alone: for new people it is too narrow. Else each end is the outer one of Wilson's and of the
    percentile interval of resample_writers, and covers new people. The outer one, because with few
    errors the bootstrap alone is too narrow, and without any it has no width.
    """
    low, high = wilson(round(correct.sum()), len(correct))
    if writers is not None and len(np.unique(writers)) > 1:
        lower, higher = interval(resample_writers(correct, writers))
        low, high = min(low, lower), max(high, higher)
    return low, high


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return what answers (n, classes) are worth by their top probability, against labels (n,).

    A table of those of BINS bins of equal width that have answers: the means confidence and
    accuracy over the answers in a bin, and count, how many they are.
    """
    top = probabilities.max(1).astype(float)
    table = pd.DataFrame({"confidence": top, "accuracy": probabilities.argmax(1) == labels})
    bins = table.groupby(np.minimum((top * BINS).astype(int), BINS - 1))
    return bins.mean().assign(count=bins.size())


def calibration(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return Brier score and expected calibration error of (n, classes) against labels (n,).

    Brier 1950, summed over the classes, 0 to 2; expected calibration error of the top probability
    (Guo et al. 2017, section 2).
    """
    true = np.eye(probabilities.shape[1])[labels]
    squares = (probabilities.astype(float) - true) ** 2
    bins = reliability(probabilities, labels)
    gaps = (bins["confidence"] - bins["accuracy"]).abs()
    ece = (gaps * bins["count"]).sum() / len(labels)
    return {"brier": float(squares.sum() / len(labels)), "ece": float(ece)}


def errors_at(coverage: float, probabilities: np.ndarray, labels: np.ndarray) -> int:
    """Return how many errors are left if a model answers only that share of images, its surest.

    Takes (n, classes) and (n,). Selective classification (El-Yaniv & Wiener 2010), by the top
    probability.
    """
    answered = np.argsort(-probabilities.max(1), kind="stable")[: round(coverage * len(labels))]
    return int((probabilities[answered].argmax(1) != labels[answered]).sum())
