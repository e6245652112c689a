"""Which epoch of a training is kept."""

import math
from collections.abc import Sequence


def choose(accuracies: Sequence[float], n: int) -> int:
    """Return the index of the epoch to keep, from the validation accuracies on n images.

    The latest that is within one standard error of the best, after the one-standard-error rule of
    Breiman et al. 1984, section 3.4.3. The very best is often an early, lucky one; among epochs
    about as good, the last has learnt most and at the lowest rate. The error is that of a
    proportion with one more success and one more failure (Laplace), so that it is never zero.
    """
    best = max(accuracies)
    p = (best * n + 1) / (n + 2)
    good = best - math.sqrt(p * (1 - p) / n)
    return max(epoch for epoch, accuracy in enumerate(accuracies) if accuracy >= good)
