"""Digits by other hands: folders of images, and archives of arrays.

Digits are read as a list of functions, each of which returns a grey image, float (h, w) in 0..1;
their labels, int (n,) of 0..9; and who wrote them, str (n,), or None where that is not known.
"""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from mnist import answers, files, photos, preparation, robustness
from mnist.errors import Refused

LISTED = "labels.csv"
PHOTOS = "photos"  # the subfolder in which listed images may lie
IMAGES = {"x": "y", "x_test": "y_test", "x_tes": "y_tes", "images": "labels"}  # the first found
WRITERS = "writer", "author", "writers"
OTHERS = "data/others"  # what fetch_others could bring


def is_file(path):
    """Return whether a path is a file; no file has a name that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def labelled(labels, where):
    """Return labels as int (n,); raise Refused where one is no digit."""
    wrong = [label for label in labels if str(label) not in set("0123456789")]
    if wrong:
        raise Refused(f"{where}: the label {str(wrong[0])!r}, expected 0 to 9")
    return np.array([int(label) for label in labels])


def listed(path):
    """Return paths, labels and authors, or None, that a folder's labels.csv lists."""
    where = photos.printable(path / LISTED)
    try:
        # A row of too many columns is but warned of.
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            table = pd.read_csv(path / LISTED, dtype=str, keep_default_na=False, index_col=False)
    except Exception:  # pandas raises a dozen kinds
        form = "comma-separated, in UTF-8, each row as long as the first"
        raise Refused(f"{where} is no table of the columns file and label, {form}") from None
    if missing := {"file", "label"} - set(table):
        there = ", ".join(map(photos.printable, table))
        raise Refused(f"{where} has no column {', '.join(sorted(missing))}, but {there}")
    if table.empty:
        raise Refused(f"{where} lists no image")
    if (twice := table["file"].duplicated()).any():
        raise Refused(f"{where} lists {photos.printable(table['file'][twice].iloc[0])} twice")
    authors = table["author"].to_numpy() if "author" in table else None
    if authors is not None and "" in authors:
        raise Refused(f"{where}: an image without author; name all authors, or drop the column")
    paths = []
    for name in table["file"]:
        places = [place / name for place in (path, path / PHOTOS) if is_file(place / name)]
        if not places:
            raise Refused(f"{where} lists {photos.printable(name)}, which is not there")
        paths.append(places[0])
    return paths, labelled(table["label"], where), authors


def named(path):
    """Return the paths in a folder, the labels that their names begin with, and None for people."""
    found = sorted(each for each in path.glob("[!.]*") if each.is_file())
    labels = [answers.label(each, 0, 1) for each in found]
    if -1 in labels:
        name = photos.printable(found[labels.index(-1)])
        raise Refused(f"{name}: name it after its digit, as 7_note.jpg, or list it in {LISTED}")
    return found, np.array(labels), None


def folder(path):
    """Return the digits of a folder that has a labels.csv, or names that begin with the digit.

    The columns of labels.csv are file, label and, where known, author. Raises Refused where a label
    is missing or wrong; an image that cannot be read is refused by its function.
    """
    path = Path(path)
    paths, labels, people = listed(path) if (path / LISTED).is_file() else named(path)
    if not paths:
        raise Refused(f"{photos.printable(path)} has no images itself; subfolders are not read")
    return [lambda path=path: photos.read(path) for path in paths], labels, people


def arrays(path):
    """Return the arrays of an .npz archive as a dict; raise Refused where it is none."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)
    except Exception:  # NumPy, zipfile and pickle raise a dozen kinds
        name = photos.printable(path)
        raise Refused(f"{name} is neither a folder of images nor an .npz of arrays") from None


def checked(x, shapes, name):
    """Raise Refused where x are no grey images (n, h, w), of true sizes (n, 2)."""
    if x.ndim != 3 or x.dtype.kind not in "buif" or not len(x):
        raise Refused(f"{name}: images of {x.dtype} {x.shape}, expected numbers (n, height, width)")
    whole = shapes.dtype.kind in "iu" and shapes.shape == (len(x), 2)
    if not whole or (shapes > x.shape[1:]).any():
        raise Refused(f"{name}: shape must have each image's height and width within {x.shape[1:]}")
    if shapes.min() < 3 or shapes.max(axis=1).min() < photos.SMALLEST:
        raise Refused(f"{name}: an image is smaller than 3 × {photos.SMALLEST} pixels")
    if not np.isfinite(x).all() or x.min() == x.max():
        raise Refused(f"{name}: the images are all of one grey, or hold what is no number")


def digits(found, name):
    """Return the digits in a dict of arrays: images (n, h, w), labels and what else is known.

    IMAGES names the arrays of images and of labels, WRITERS those (n,) that say who wrote them;
    shape (n, 2) is each image's true height and width, in its upper left corner. The lowest and the
    highest value of all are black and white, whichever of them is ink. Raises Refused, by name.
    """
    key = next((key for key, label in IMAGES.items() if {key, label} <= found.keys()), None)
    if key is None:
        raise Refused(f"{name} has the arrays {', '.join(found)}; expected x and y")
    x, labels = found[key], found[IMAGES[key]]
    shapes = found.get("shape", np.tile(x.shape[1:], (len(x), 1)) if x.ndim else np.zeros(0))
    checked(x, shapes, name)
    people = next((found[key] for key in WRITERS if key in found), None)
    for each in [labels] if people is None else [labels, people]:
        if each.shape != x.shape[:1]:
            raise Refused(f"{name}: {len(x)} images, but labels or writers of shape {each.shape}")
    if people is not None and (people.dtype.kind not in "iuU" or "" in people.astype(str)):
        raise Refused(f"{name}: an image without writer, or writers that are no names or numbers")
    if labels.dtype.kind == "f" and (labels % 1 == 0).all():
        labels = labels.astype(int)
    low, high = float(x.min()), float(x.max())
    readers = [
        lambda i=i: (x[i][: shapes[i][0], : shapes[i][1]].astype(float) - low) / (high - low)
        for i in range(len(x))
    ]
    return readers, labelled(labels.tolist(), name), None if people is None else people.astype(str)


def read(path):
    """Return the digits of a folder or of an .npz archive; raise Refused, in a line, with why not.

    The path is one of generalize.others in params.yaml.
    """
    if not Path(path).is_dir() and not is_file(Path(path)):
        name = photos.printable(path)
        raise Refused(f"{name} is not there; generalize.others takes folders of images and .npz")
    if Path(path).is_dir():
        return folder(path)
    return digits(arrays(path), photos.printable(path))


def prepared(readers):
    """Return n images as n functions read them, uint8 (n, 28, 28), and which are refused, (n,)."""
    images, refused = np.zeros((len(readers), 28, 28), np.uint8), np.zeros(len(readers), bool)
    for i, reader in enumerate(readers):
        try:
            images[i] = preparation.digit(reader())
        except Refused:
            refused[i] = True
    return images, refused


def published(n):
    """Return {name: digits} of the sets that fetch_others brings, None where it could not.

    Digits are images, uint8 (k, 28, 28), labels (k,), which images are refused, bool (k,), and who
    wrote them, (k,) or None. QMNIST's are as MNIST's without preparation: a fixed sample of n.
    """
    had, found = files.read_json(f"{OTHERS}/sets.json"), {"USPS": None, "QMNIST": None}
    if had["usps"]:
        readers, labels, people = digits(files.read_arrays(f"{OTHERS}/usps.npz"), "USPS")
        images, refused = prepared(readers)
        found["USPS"] = images, labels, refused, people
    if had["qmnist"]:
        arrays = files.read_arrays(f"{OTHERS}/qmnist.npz")
        chosen = robustness.sample(arrays["labels"], n)
        images, labels, people = (arrays[key][chosen] for key in ("images", "labels", "writers"))
        found["QMNIST"] = images, labels, np.zeros(len(images), bool), people
    return found


def clothes(n):
    """Return n images of clothes, uint8 (n, 28, 28), or None where they could not be had."""
    had = files.read_json(f"{OTHERS}/sets.json")["clothes"]
    return files.read_arrays(f"{OTHERS}/clothes.npz")["images"][:n] if had else None
