"""Which test digits are worth a look, from the probabilities of every trained network.

Everywhere, probabilities are {model: float (seeds, n, 10)} and labels are (n,).
"""

import numpy as np


def mistakes(probabilities, labels, most=40):
    """Return the indices of one network's mistakes (n, 10), the surest first, and a title."""
    wrong = np.flatnonzero(probabilities.argmax(1) != labels)
    order = wrong[np.argsort(-probabilities[wrong].max(1), kind="stable")][:most]
    shown = f"the {most} surest" if len(wrong) > most else "the surest first"
    return order, f"{len(wrong)} of {len(labels):,} wrong, {shown}"


def contrasts(probabilities, labels, most=20):
    """Return {gallery: (indices, title)}: what the mean of a model's seeds gets wrong, and more.

    The digits whose label the networks find least likely come first.
    """
    ann, cnn = (probabilities[m].mean(axis=0).argmax(1) != labels for m in ("ann", "cnn"))
    answers = np.concatenate([p.argmax(2) for p in probabilities.values()])
    agreed = (answers == answers[0]).all(axis=0) & (answers[0] != labels)
    sure = np.mean([p.mean(axis=0) for p in probabilities.values()], axis=0)
    order = np.argsort(sure[np.arange(len(labels)), labels], kind="stable")
    found = {
        "only_ann_wrong": (ann & ~cnn, "digits that the ANN gets wrong and the CNN right"),
        "only_cnn_wrong": (cnn & ~ann, "digits that the CNN gets wrong and the ANN right"),
        "both_wrong": (ann & cnn, "digits that both get wrong"),
        "doubtful_labels": (agreed, "digits that all networks call the same, against the label"),
    }
    for name, (mask, title) in found.items():
        chosen = order[mask[order]]
        shown = f", {most} of them shown" if len(chosen) > most else ""
        found[name] = chosen[:most], f"{len(chosen)} {title}{shown}"
    return found


def confused(probabilities, labels, most=4, examples=6):
    """Return, as one list of indices, examples of the most frequent confusions of all networks.

    For each of the most frequent pairs of true and said digit that has that many examples, the
    most often so confused first.
    """
    answers = np.concatenate([p.argmax(2) for p in probabilities.values()])
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (np.broadcast_to(labels, answers.shape), answers), 1)
    np.fill_diagonal(counts, 0)
    found = []
    for index in np.argsort(-counts, axis=None, kind="stable"):
        votes = (answers == index % 10).sum(axis=0) * (labels == index // 10)
        if counts.flat[index] and (votes > 0).sum() >= examples and len(found) < most * examples:
            found.extend(np.argsort(-votes, kind="stable")[:examples])
    return found
