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
from mnist import answers, files, params, photos, preparation, robustness
from mnist.errors import Refused


def prepared(readers):
    """Return n images as n functions read them, uint8 (n, 28, 28), and which are refused, (n,)."""
    images, refused = np.zeros((len(readers), 28, 28), np.uint8), np.zeros(len(readers), bool)
    for i, reader in enumerate(readers):
        try:
            images[i] = preparation.digit(reader())
        except Refused:
            refused[i] = True
    return images, refused


def sets(folder):
    """Yield set, part, readers, labels and people (or None) of what the folder holds."""
    listed = folder / "labels.csv"
    if listed.is_file():
        table = pd.read_csv(listed)
        for part, rows in table.groupby(table["author"] % 2):
            readers = [lambda path=folder / name: photos.read(path) for name in rows["file"]]
            people = rows["author"].to_numpy()
            yield "photos", ("even", "odd")[part], readers, rows["label"].to_numpy(), people
    if (folder / "swiss.npz").is_file():
        swiss = np.load(folder / "swiss.npz")
        x, shapes, y, writers = (swiss[key] for key in ("x", "shape", "y", "writer"))
        for part in (0, 1):
            mine = np.flatnonzero(writers % 2 == part)
            readers = [lambda i=i: x[i][: shapes[i][0], : shapes[i][1]] / 255 for i in mine]
            yield "swiss scans", ("even", "odd")[part], readers, y[mine].astype(int), writers[mine]
    for name, file, part in (("USPS", "usps", "test"), ("UCI 32 × 32", "optdigits32", "tes")):
        if (folder / f"{file}.npz").is_file():
            found = np.load(folder / f"{file}.npz")
            x, y = found[f"x_{part}"], found[f"y_{part}"].astype(int)
            yield name, "test", [lambda i=i, x=x: x[i] / x.max() for i in range(len(x))], y, None


def main():
    """Measure all sets in the folder that the command line names."""
    folder, seeds = Path(sys.argv[1]), params.load()["seeds"]
    rows = []
    for name, part, readers, labels, people in sets(folder):
        images, refused = prepared(readers)
        for model, networks in answers.networks(seeds).items():
            right = np.mean([robustness.right(n, images, labels) for n in networks], axis=0)
            right[refused] = 0
            each = pd.Series(right).groupby(people).mean() if people is not None else right
            found = {"set": name, "part": part, "model": model, "images": len(labels)}
            found |= {"people": None if people is None else len(each), "refused": refused.sum()}
            rows.append({**found, "accuracy": np.mean(each), **measuring.made()})
            print(rows[-1], flush=True)
    files.write_csv("benchmarks/handwriting.csv", pd.DataFrame(rows).round(5))


if __name__ == "__main__":
    main()
