"""How well the committed networks read other people's digits, on images that a clone does not have.

    PYTHONPATH=stages python benchmarks/handwriting.py FOLDER    # two minutes

FOLDER holds photos with labels.csv (file, label, author), and usps.npz, optdigits32.npz and
swiss.npz; what is missing is left out. Normalisation and recipes were chosen on odd authors and
writers, and on the training parts of the other sets. Each image is taken as one digit; a rejected
one counts as an error; apart is how many predict would see as several. handwriting.csv has a line
per set, part and model: the accuracy of one network, a mean over seeds, and together that of the
ensemble, as predict asks it; where people are known, both are means over people. Low and high are
the 95 % interval of one network's accuracy: for new people where they are known, else for new
images alone.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import measuring
from mnist.core import files, params
from mnist.core.errors import InputError
from mnist.evaluation import other_writers, statistics
from mnist.models import weights
from mnist.photos import folders, pages
from mnist.photos.folders import LabelledImages


def halves(name, found):
    """Yield set, part and labelled images of the even and of the odd people."""
    people = found.writers.astype(int)
    for part in (0, 1):
        mine = np.flatnonzero(people % 2 == part)
        readers = [found.readers[i] for i in mine]
        chosen = LabelledImages(readers, found.labels[mine], people[mine])
        yield name, ("even", "odd")[part], chosen


def sets(folder):
    """Yield set, part and labelled images of what the folder holds."""
    if (folder / folders.LISTED).is_file():
        yield from halves("photos", folders.read(folder))
    if (folder / "swiss.npz").is_file():
        yield from halves("swiss scans", folders.read(folder / "swiss.npz"))
    for name, file in (("USPS", "usps"), ("UCI 32 × 32", "optdigits32")):
        if (folder / f"{file}.npz").is_file():
            yield name, "test", folders.read(folder / f"{file}.npz")


def several(reader):
    """Return whether predict would see more than one digit in an image."""
    try:
        return len(pages.digits(reader())) > 1
    except InputError:
        return False


def over_people(table):
    """Return the figures of a table of who reads what, as means over writers."""
    means = table.groupby("writer")[["alone", "together"]].mean()
    low, high = np.clip(statistics.over_people(means["alone"].to_numpy()), 0, 1).tolist()
    accuracy, together = means.mean()
    return {"accuracy": accuracy, "together": together, "low": low, "high": high}


def main():
    """Measure all sets in the folder that the command line names."""
    folder, values = Path(sys.argv[1]), measuring.settings()
    networks = weights.load_all(params.models(values), values["seeds"])
    rows = []
    for name, part, found in sets(folder):
        digits = other_writers.normalised(name, found)
        apart = sum(map(several, found.readers))
        for model, each in networks.items():
            table = other_writers.read(each, digits)
            figures = other_writers.figures(table)
            rows.append(
                {"set": name, "part": part, "model": model, "images": len(table)}
                | {"people": figures.get("people"), "refused": figures["refused"], "apart": apart}
                | {key: figures[key] for key in ("accuracy", "together", "low", "high")}
                | (over_people(table) if "writer" in table else {})
                | measuring.made()
            )
            print(rows[-1], flush=True)
    files.write_csv(measuring.RESULTS / "handwriting.csv", pd.DataFrame(rows).round(5))


if __name__ == "__main__":
    main()
