"""What the models say of digits in people's own images, in words and as rows of a table."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mnist.core import files
from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.models import ensemble, weights
from mnist.photos import pages
from mnist.photos.folders import label

SELECTION = Path("metrics/selection.json")
KEYS = "", "_probability", "_runner_up", "_runner_up_probability", "_sure"  # after a model's name

Photo = tuple[str, np.ndarray]  # a file as it was named, its digits, uint8 (k, 28, 28), in order
Row = Mapping[str, Any]  # of a table: {column: value}


def read(paths: Sequence[str]) -> tuple[list[Photo], list[Row]]:
    """Return the photos among image files, and a row with file and problem for each of the others.

    A file that is named twice is there twice.
    """
    photos, problems = [], []
    for path in paths:
        try:
            photos.append((path, pages.read(path)))
        except InputError as error:
            problems.append({"file": path, "problem": str(error)})
    return photos, problems


def ask(digits: np.ndarray, models: Sequence[str], seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Return {model: probabilities (n, classes)} of digits, uint8 (n, 28, 28), by all seeds."""
    networks = weights.load_all(models, seeds)
    return {name: ensemble.predict(several, digits) for name, several in networks.items()}


def thresholds(models: Sequence[str]) -> dict[str, float]:
    """Return {model: the probability that leaves out 1 % of the validation images}.

    Evaluate chose them. Raises InputError where metrics/selection.json is damaged or lacks a model.
    """
    chosen = files.read_json(SELECTION)
    with files.reading(SELECTION):
        return {name: float(chosen[name]["unsure_below"]) for name in models}


def rows(
    photos: Sequence[Photo],
    probabilities: Mapping[str, np.ndarray],
    limits: Mapping[str, float] | None = None,
) -> list[Row]:
    """Return a row per digit: its file, place there and label, and what each model says of it.

    Takes {model: probabilities (n, classes)} of all digits of all photos, and {model: probability}
    below which each is not sure, else those of thresholds.
    """
    limits, found = thresholds([*probabilities]) if limits is None else limits, []
    places = [(path, k, len(digits)) for path, digits in photos for k in range(len(digits))]
    for i, (path, place, several) in enumerate(places):
        row = {"file": path, "place": place + 1, "label": label(path, place, several)}
        for name, each in probabilities.items():
            first, second = map(int, each[i].argsort()[::-1][:2])
            chance, its_chance = (round(float(each[i, k]), 4) for k in (first, second))
            values = first, chance, second, its_chance, bool(each[i, first] >= limits[name])
            row |= {f"{name}{key}": value for key, value in zip(KEYS, values, strict=True)}
        found.append(row)
    return found


def table(rows: Sequence[Row], models: Sequence[str]) -> str:
    """Return CSV of rows with answers or with problems, a line each."""
    columns = ["file", "place", "label", "problem"]
    columns += [f"{name}{key}" for name in models for key in KEYS]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "file": printable(row["file"])} for row in rows)
    return text.getvalue()


def sentence(row: Row, models: Sequence[str], several: bool) -> str:
    """Return a row in words, the last model first; with its place where its file has several."""
    told = []
    for name in reversed(models):
        first, chance, second, its_chance, sure = (row[f"{name}{key}"] for key in KEYS)
        doubt = "" if sure else "not sure, "
        said = f"{doubt}{first} ({chance:.1%}), then {second} ({its_chance:.1%})"
        told.append(f"{name.upper()} {said}")
    place = f" #{row['place']}" if several else ""
    return f"{printable(row['file'])}{place}:  {'   '.join(told)}"
