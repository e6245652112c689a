"""Which test images are worth a look, from the probabilities of every trained network.

Everywhere, probabilities are {model: float (seeds, n, classes)} and labels are int (n,).
"""

from collections.abc import Mapping
from itertools import permutations

import numpy as np
from sklearn.metrics import confusion_matrix

Answers = Mapping[str, np.ndarray]
Gallery = tuple[np.ndarray, str]  # indices of images, and its title


def mistakes(probabilities: np.ndarray, labels: np.ndarray, most: int = 40) -> Gallery:
    """Return the indices, int (k,), of what one network gets wrong, the surest first, and a title.

    Takes its probabilities, float (n, classes).
    """
    wrong = np.flatnonzero(probabilities.argmax(1) != labels)
    order = wrong[np.argsort(-probabilities[wrong].max(1), kind="stable")][:most]
    shown = f"the {most} surest" if len(wrong) > most else "the surest first"
    return order, f"{len(wrong)} of {len(labels):,} wrong, {shown}"


def contrasts(probabilities: Answers, labels: np.ndarray, most: int = 20) -> dict[str, Gallery]:
    """Return {gallery: (indices, title)}: what the mean of a model's seeds gets wrong, and more.

    A gallery for each ordered pair of models, then what all of them get wrong and what all networks
    call the same against the label. The images whose label the networks find least likely come
    first.
    """
    wrong = {name: p.mean(axis=0).argmax(1) != labels for name, p in probabilities.items()}
    answers = np.concatenate([p.argmax(2) for p in probabilities.values()])
    agreed = (answers == answers[0]).all(axis=0) & (answers[0] != labels)
    sure = np.mean([p.mean(axis=0) for p in probabilities.values()], axis=0)
    order = np.argsort(sure[np.arange(len(labels)), labels], kind="stable")
    masks = {}
    for a, b in permutations(wrong, 2):
        title = f"images that the {a.upper()} gets wrong and the {b.upper()} right"
        masks[f"{a}_wrong_{b}_right"] = wrong[a] & ~wrong[b], title
    everyone = np.logical_and.reduce([*wrong.values()])
    masks["all_wrong"] = everyone, "images that every model gets wrong"
    masks["doubtful_labels"] = agreed, "images that all networks call the same, against the label"
    found = {}
    for name, (mask, title) in masks.items():
        chosen = order[mask[order]]
        shown = f", {most} of them shown" if len(chosen) > most else ""
        found[name] = chosen[:most], f"{len(chosen)} {title}{shown}"
    return found


def confused(probabilities: Answers, labels: np.ndarray, most: int = 4, each: int = 6) -> list[int]:
    """Return, as one list of indices, examples of the most frequent confusions of all networks.

    For each of the most frequent pairs of true and predicted class that has that many examples, the
    most often so confused first.
    """
    answers = np.concatenate([p.argmax(2) for p in probabilities.values()])
    classes = next(iter(probabilities.values())).shape[2]
    counts = sum(confusion_matrix(labels, each, labels=range(classes)) for each in answers)
    np.fill_diagonal(counts, 0)
    found = []
    for index in np.argsort(-counts, axis=None, kind="stable"):
        true, predicted = divmod(index, classes)
        votes = (answers == predicted).sum(axis=0) * (labels == true)
        if counts.flat[index] and (votes > 0).sum() >= each and len(found) < most * each:
            found.extend(np.argsort(-votes, kind="stable")[:each])
    return found
