"""What the trials of few_labels come to: means, and intervals over writers or over images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mnist.evaluation import statistics

METRICS = Path("pipelines/transfer/metrics")
TABLE = METRICS / "few_labels.csv"  # of scikit-learn's digits, which everybody has
PEOPLE = METRICS / "few_labels_people.csv"  # of people's own
ZERO_SHOT, ADAPTED, SCRATCH = "zero-shot", "adapted", "from scratch"
CHUNK = 500  # bootstrap samples at a time: of 1,797 images, 7 MB
COLUMNS = (
    *("set", "person", "per_class", "model", "way", "people", "draws", "images"),
    *("accuracy", "low", "high", "gain", "gain_low", "gain_high", "factor", "mnist_before"),
    *("mnist_after", "mnist_rise_low", "mnist_rise_high"),
)


@dataclass(frozen=True)
class Trial:
    """How one way read what one draw left of a hand.

    set, person, per_class, draw: which hand, how many labelled digits of each class, which draw.
    model, way: who read.
    correct: float (n,), 1 or 0 for each digit of the hand, not a number for the labelled ones.
    factor: of adaptation, else None.
    mnist: bool (2, 10,000), which of MNIST's test images are read wrongly before and after, or None
        where that was not measured.
    """

    set: str
    person: str
    per_class: int
    draw: int
    model: str
    way: str
    correct: np.ndarray
    factor: float | None = None
    mnist: np.ndarray | None = None


def over_draws_and_images(correct: np.ndarray) -> statistics.Interval:
    """Return the 95 % interval of the mean of correct, float (draws, n), for new draws and images.

    Takes not a number where an image was among the labelled ones. Each bootstrap sample draws
    images, the same for all draws, and draws (the pigeonhole bootstrap, Owen 2007,
    doi:10.1214/07-AOAS122). The deviations of the draws, which are few, are widened.
    """
    (count, n), generator, found = correct.shape, np.random.default_rng(0), []
    # Of images that all draws answer alike with 0, only how many are drawn matters.
    some = np.nonzero((correct != 0).any(axis=0))[0]
    chances = np.append(np.full(len(some), 1 / n), max(0.0, 1 - len(some) / n))
    given, values = np.isfinite(correct).astype(float), np.nan_to_num(correct)[:, some]
    given = np.append(given[:, some], np.ones((count, 1)), axis=1)
    for _ in range(statistics.RESAMPLES // CHUNK):
        drawn = generator.multinomial(n, chances, CHUNK).astype(float)
        rates = (drawn[:, :-1] @ values.T) / np.maximum(drawn @ given.T, 1)
        chosen = generator.integers(count, size=rates.shape)
        again = np.take_along_axis(rates, chosen, axis=1).mean(1)
        found.append(statistics.widened(again, rates.mean(1), count))
    return statistics.interval(np.concatenate(found))


def figures(hands: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """Return mean, low and high of one array (draws, n) per person: people weigh the same.

    The interval is over people, or, of a single hand, over draws and images.
    """
    means = np.array([np.nanmean(each, axis=1).mean() for each in hands])
    ends = statistics.over_people(means) if len(hands) > 1 else over_draws_and_images(hands[0])
    return float(means.mean()), *ends


def row(trials: Sequence[Trial], zero_shot: Sequence[Trial], person: str) -> dict[str, object]:
    """Return the row of one way's trials, beside those of zero-shot on the same images."""
    people = list(dict.fromkeys(trial.person for trial in trials))
    hands = [np.stack([t.correct for t in trials if t.person == name]) for name in people]
    first = trials[0]
    found = {key: getattr(first, key) for key in ("set", "per_class", "model", "way")}
    found |= {"person": person, "people": len(people) if first.person else None}
    found |= {"draws": len(hands[0]), "images": sum(each.shape[1] for each in hands)}
    accuracy = np.clip(figures(hands), 0, 1).tolist()  # widened, an interval may leave 0..1
    found |= dict(zip(("accuracy", "low", "high"), accuracy, strict=True))
    if first.way != ZERO_SHOT and zero_shot:
        draws = {trial.draw for trial in trials}  # from scratch has fewer
        base = [
            np.stack([t.correct for t in zero_shot if t.person == name and t.draw in draws])
            for name in people
        ]
        gains = figures([a - b for a, b in zip(hands, base, strict=True)])
        found |= dict(zip(("gain", "gain_low", "gain_high"), gains, strict=True))
    if first.way == ADAPTED:
        found["factor"] = np.mean([trial.factor for trial in trials])
        mnist = np.stack([trial.mnist for trial in trials if trial.mnist is not None]).astype(float)
        found["mnist_before"], found["mnist_after"] = mnist.sum(2).mean(0)
        if not person:
            rise = mnist[:, 1] - mnist[:, 0]
            ends = over_draws_and_images(rise)
            found["mnist_rise_low"], found["mnist_rise_high"] = (
                end * rise.shape[1] for end in ends
            )
    return found


def table(trials: Iterable[Trial]) -> pd.DataFrame:
    """Return a table of COLUMNS: a row per set, number of labelled digits, model and way.

    Then, where people are known, one for each of them. Accuracies and gains over zero-shot are
    means over draws, and over people, who weigh the same. mnist_before and mnist_after are how
    many of MNIST's 10,000 test images are read wrongly, the means over the first draws of each
    person, with an interval of their difference over draws and images.
    """
    trials, found = list(trials), []
    for name, per_class in dict.fromkeys((t.set, t.per_class) for t in trials):
        here = [t for t in trials if (t.set, t.per_class) == (name, per_class)]
        people = sorted({trial.person for trial in here})
        for person in ["", *filter(None, people)]:
            own = [t for t in here if person in ("", t.person)]
            for model, way in dict.fromkeys((t.model, t.way) for t in own):
                ways = [
                    [t for t in own if (t.model, t.way) == (model, w)] for w in (way, ZERO_SHOT)
                ]
                found.append(row(*ways, person))
    rounded = pd.DataFrame(found, columns=COLUMNS).round(5)
    return rounded.astype({"people": "Int64"})
