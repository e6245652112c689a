"""How well the committed networks read other people's digits, on images that a clone does not have.

    PYTHONPATH=stages python benchmarks/handwriting.py FOLDER    # a minute

FOLDER holds photos with labels.csv (file, label, author), and usps.npz, optdigits32.npz and
swiss.npz; what is missing is left out. Preparation and recipes were chosen on odd authors and
writers, and on the training parts of the other sets. An image that preparation refuses counts as
misread. handwriting.csv has a line per set, part and model: means over seeds and, where the people
are known, over people.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import measuring
from mnist import answers, files, hands, params, robustness


def halves(name, readers, labels, people):
    """Yield set, part, readers, labels and people of the even and of the odd people."""
    people = people.astype(int)
    for part in (0, 1):
        mine = np.flatnonzero(people % 2 == part)
        yield name, ("even", "odd")[part], [readers[i] for i in mine], labels[mine], people[mine]


def sets(folder):
    """Yield set, part, readers, labels and people (or None) of what the folder holds."""
    if (folder / hands.LISTED).is_file():
        yield from halves("photos", *hands.folder(folder))
    if (folder / "swiss.npz").is_file():
        yield from halves("swiss scans", *hands.read(folder / "swiss.npz"))
    for name, file in (("USPS", "usps"), ("UCI 32 × 32", "optdigits32")):
        if (folder / f"{file}.npz").is_file():
            yield name, "test", *hands.read(folder / f"{file}.npz")


def main():
    """Measure all sets in the folder that the command line names."""
    folder, seeds = Path(sys.argv[1]), params.load()["seeds"]
    rows = []
    for name, part, readers, labels, people in sets(folder):
        images, refused = hands.prepared(readers)
        for model, networks in answers.networks(seeds).items():
            right = robustness.shares(networks, images, labels, refused)
            each = pd.Series(right).groupby(people).mean() if people is not None else right
            found = {"set": name, "part": part, "model": model, "images": len(labels)}
            found |= {"people": None if people is None else len(each), "refused": refused.sum()}
            rows.append({**found, "accuracy": np.mean(each), **measuring.made()})
            print(rows[-1], flush=True)
    files.write_csv("benchmarks/handwriting.csv", pd.DataFrame(rows).round(5))


if __name__ == "__main__":
    main()
