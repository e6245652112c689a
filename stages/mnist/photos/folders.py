"""People's own digits: folders of images, and archives of arrays."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os.path import isdir, isfile, realpath
from pathlib import Path

import numpy as np

from mnist.core import files
from mnist.core.errors import InputError
from mnist.core.text import printable, shown
from mnist.photos import normalisation, reading

LISTED = "labels.csv"
PHOTOS = "photos"  # the subfolder in which listed images may lie
IMAGES = {"x": "y", "x_test": "y_test", "x_tes": "y_tes", "images": "labels"}  # the first found
WRITERS = "writer", "author", "writers"
Reader = Callable[[], np.ndarray]  # returns a grey image, float (h, w) in 0..1


@dataclass(frozen=True)
class LabelledImages:
    """Images, each of one digit, that are read when they are needed.

    readers: n functions, each of which returns an image or raises InputError.
    labels: int (n,) of 0..9.
    writers: who wrote each, str (n,), or None where that is not known.
    """

    readers: list[Reader]
    labels: np.ndarray
    writers: np.ndarray | None


def label(path: str | Path, place: int, several: int) -> int:
    """Return the digit that a file's name begins with, as in 7_note.jpg or 42_note.jpg, or -1.

    Place is the digit's place in the file, from 0, and several is how many digits the file holds. A
    name that begins with more or fewer digits than the file holds says nothing.
    """
    named = re.match(r"\d+(?=[_.])", Path(path).name)
    return int(named[0][place]) if named and len(named[0]) == several else -1


def labelled(labels: Iterable[object], where: str) -> np.ndarray:
    """Return labels as int (n,); raise InputError where one is no digit."""
    labels = list(map(str, labels))
    if wrong := [each for each in labels if each not in set("0123456789")]:
        raise InputError(f"{where}: the label {shown(wrong[0])}, expected 0 to 9")
    return np.array(labels).astype(int)


def columns(path: Path) -> dict[str, list[str]]:
    """Return a CSV file as {name of the column: texts}; raise InputError where it is none."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header, *rows = filter(None, csv.reader(file, strict=True))
        found = {name: texts for name, *texts in zip(header, *rows, strict=True)}
    except (csv.Error, ValueError) as error:  # also where it is empty, or not in UTF-8
        form = "comma-separated, in UTF-8, each row as long as the first"
        raise InputError(
            f"{printable(path)} is no table; expected the columns file and label, {form}"
        ) from error
    if twice := [name for name in found if name and header.count(name) > 1]:
        raise InputError(f"{printable(path)} has two columns {printable(twice[0])}; remove one")
    return found


def listed(folder: Path) -> LabelledImages:
    """Return the images that a folder's labels.csv lists."""
    table, where = columns(folder / LISTED), printable(folder / LISTED)
    if missing := {"file", "label"} - set(table):
        there = ", ".join(map(printable, table))
        raise InputError(f"{where} has no column {', '.join(sorted(missing))}, but {there}; add it")
    if not table["file"]:
        raise InputError(f"{where} lists no image; list some, or remove it")
    authors = table.get("author", [])
    if "" in authors:
        raise InputError(f"{where}: an image without author; name all, or drop the column")
    paths = {}
    for name in table["file"]:
        places = [place / name for place in (folder, folder / PHOTOS) if isfile(place / name)]
        if not places:
            reason = f"{where} lists {printable(name)}, which is not there"
            raise InputError(f"{reason}; add it, or remove its line")
        if (real := realpath(places[0])) in paths:
            raise InputError(f"{where} lists {printable(name)} twice; remove one line")
        paths[real] = places[0]
    readers = [partial(reading.read, path) for path in paths.values()]
    labels = labelled(table["label"], where)
    return LabelledImages(readers, labels, np.array(authors) if authors else None)


def named(folder: Path) -> LabelledImages:
    """Return the images in a folder, whose names begin with the digit."""
    paths = sorted(path for path in folder.glob("[!.]*") if isfile(path))
    if not paths:
        raise InputError(f"{printable(folder)} has no images itself; subfolders are not read")
    labels = [label(path, 0, 1) for path in paths]
    if -1 in labels:
        name = printable(paths[labels.index(-1)])
        raise InputError(f"{name}: name it after its digit, as 7_note.jpg, or list it in {LISTED}")
    return LabelledImages([partial(reading.read, path) for path in paths], np.array(labels), None)


def problem(x: np.ndarray, shapes: np.ndarray, about: Sequence[np.ndarray]) -> str | None:
    """Return why x are no grey images (n, h, w) of true sizes (n, 2), or None where they are.

    What is known about them, their labels and, if there are any, their writers, must be (n,).
    """
    if x.ndim != 3 or x.dtype.kind not in "buif" or not len(x):
        return f"images of {x.dtype} {x.shape}, expected numbers (n, height, width)"
    whole = shapes.dtype.kind in "iu" and shapes.shape == (len(x), 2)
    if not whole or (shapes > x.shape[1:]).any():
        return f"shape must have each image's height and width within {x.shape[1:]}"
    if shapes.min() < 3 or shapes.max(axis=1).min() < reading.SMALLEST:
        return f"an image is smaller than 3 × {reading.SMALLEST} pixels"
    if not np.isfinite(x).all() or x.min() == x.max():
        return "the images are all of one grey, or hold what is no number"
    for each in about:
        if each.shape != x.shape[:1]:
            return f"{len(x)} images, but labels or writers of shape {each.shape}"
    for writers in about[1:]:
        if writers.dtype.kind not in "iuU" or "" in writers.astype(str):
            return "an image without writer, or writers that are no names or numbers"
    return None


def from_arrays(arrays: Mapping[str, np.ndarray], name: str) -> LabelledImages:
    """Return the images in named arrays: grey (n, h, w), their labels and what else is known.

    IMAGES names the arrays of images and of labels, WRITERS those (n,) that say who wrote them;
    shape (n, 2) is each image's true height and width, in its upper left corner. The lowest and the
    highest value of all are black and white, whichever of them is ink. Raises InputError, which
    begins with name, where that is not so.
    """
    key = next((key for key, label in IMAGES.items() if {key, label} <= arrays.keys()), None)
    if key is None:
        there = ", ".join(map(printable, arrays))
        raise InputError(f"{name} has the arrays {there}; expected x and y")
    x, labels = arrays[key], arrays[IMAGES[key]]
    shapes = arrays.get("shape", np.tile(x.shape[1:], (len(x), 1)) if x.ndim else np.zeros(0))
    writers = [arrays[key] for key in WRITERS if key in arrays][:1]
    if wrong := problem(x, shapes, [labels, *writers]):
        raise InputError(f"{name}: {wrong}; write it anew")
    if labels.dtype.kind == "f" and (labels % 1 == 0).all():
        labels = labels.astype(int)
    low, high = float(x.min()), float(x.max())
    readers = [
        lambda i=i: (x[i][: shapes[i][0], : shapes[i][1]].astype(float) - low) / (high - low)
        for i in range(len(x))
    ]
    truth = labelled(labels.tolist(), name)
    return LabelledImages(readers, truth, writers[0].astype(str) if writers else None)


def read(path: str | Path) -> LabelledImages:
    """Return the images of a folder or of an .npz archive, one of params.yaml's generalize.others.

    A folder has a labels.csv with the columns file, label and, where known, author, or files whose
    names begin with their digit. Raises InputError, in a line, where the path is neither.
    """
    path, name = Path(path), printable(path)
    if isdir(path):  # unlike Path.is_dir, it takes names that are too long for any file
        return listed(path) if isfile(path / LISTED) else named(path)
    if not isfile(path):
        raise InputError(f"{name} is not there; generalize.others takes folders of images and .npz")
    try:
        arrays = files.read_arrays(path)
        if not all(isinstance(each, np.ndarray) for each in arrays.values()):
            raise TypeError("a member of the archive is no array")
    except (InputError, TypeError) as error:
        reason = f"{name} is neither a folder of images nor an .npz of arrays"
        raise InputError(f"{reason}; give one of these") from error
    return from_arrays(arrays, name)


def normalised(readers: Sequence[Reader]) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of n readers as digits like MNIST's, and which of them are rejected.

    The digits are uint8 (n, 28, 28). An image that cannot be read or shows no ink is rejected: its
    digit is all 0, and its value in the second array, bool (n,), is true.
    """
    images, rejected = np.zeros((len(readers), 28, 28), np.uint8), np.zeros(len(readers), bool)
    for i, reader in enumerate(readers):
        try:
            images[i] = normalisation.digit(reader())
        except InputError:
            rejected[i] = True
    return images, rejected
