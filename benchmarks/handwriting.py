"""How well the committed networks read other people's digits, on images that a clone does not have.

    PYTHONPATH=stages python benchmarks/handwriting.py FOLDER    # two minutes

FOLDER holds photos with labels.csv (file, label, author), and usps.npz, optdigits32.npz and
swiss.npz; what is missing is left out. Preparation and recipes were chosen on odd authors and
writers, and on the training parts of the other sets. Each image is taken as one digit; one that
preparation refuses counts as misread; apart is how many predict would see as several.
handwriting.csv has a line per set, part and model: the accuracy of one network, a mean over seeds,
and of all together, as predict asks them; where people are known, means over people.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import measuring
from mnist import committee, files, hands, pages, params, robustness
from mnist.errors import Refused


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


def several(reader):
    """Return whether predict would see more than one digit in an image."""
    try:
        return len(pages.digits(reader())) > 1
    except Refused:
        return False


def main():
    """Measure all sets in the folder that the command line names."""
    folder, seeds = Path(sys.argv[1]), params.load()["seeds"]
    rows = []
    for name, part, readers, labels, people in sets(folder):
        images, refused = hands.prepared(readers)
        apart = sum(map(several, readers))
        for model, networks in committee.networks(seeds).items():
            alone, together = robustness.read(networks, images, labels, refused)
            found = {"set": name, "part": part, "model": model, "images": len(labels)}
            known = people is not None
            found |= {"people": len(set(people)) if known else None}
            found |= {"refused": refused.sum(), "apart": apart}
            for key, right in (("accuracy", alone), ("together", together)):
                found[key] = np.mean(pd.Series(right).groupby(people).mean() if known else right)
            rows.append({**found, **measuring.made()})
            print(rows[-1], flush=True)
    files.write_csv("benchmarks/handwriting.csv", pd.DataFrame(rows).round(5))


if __name__ == "__main__":
    main()
