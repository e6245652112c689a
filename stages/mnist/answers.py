"""What both models say of digits from anywhere, in words and as rows of a table."""

import csv
import io
import re
from pathlib import Path

from mnist import committee, files, models, pages, photos
from mnist.errors import Refused

KEYS = "probability", "runner_up", "runner_up_probability", "sure"


def ask(images, seeds):
    """Return {model: probabilities (n, 10)} of uint8 images (n, 28, 28), by all seeds together."""
    networks = committee.networks(seeds)
    return {name: committee.together(several, images) for name, several in networks.items()}


def seen(paths):
    """Return what the models are to see, [(path, images)], and the refusals, [(path, reason)].

    A file may hold several digits; images are uint8 (k, 28, 28), in reading order. A file that is
    named twice is there twice.
    """
    found, refused = [], []
    for path in paths:
        try:
            found.append((path, pages.prepare(path)))
        except Refused as refusal:
            refused.append((path, str(refusal)))
    return found, refused


def label(path, place, several):
    """Return the digit that a file's name begins with, as in 7_note.jpg or 42_note.jpg, or -1.

    Takes the digit's place in the file, from 0, and how many digits the file holds: a name that
    begins with more or fewer digits says nothing.
    """
    named = re.match(r"\d+(?=[_.])", Path(path).name)
    return int(named[0][place]) if named and len(named[0]) == several else -1


def rows(counts, probabilities):
    """Return a dict per digit: its file, place there and label, and what each model says of it.

    Takes [(path, how many digits)] and {model: probabilities (n, 10)} of all of them. A model is
    unsure below the probability that leaves out 1 % of the validation images:
    metrics/selection.json.
    """
    limits, found = files.read_json("metrics/selection.json"), []
    places = [(path, place, several) for path, several in counts for place in range(several)]
    for i, (path, place, several) in enumerate(places):
        row = {"file": path, "place": place + 1, "label": label(path, place, several)}
        for name, each in probabilities.items():
            first, second = each[i].argsort()[::-1][:2]
            sure = bool(each[i, first] >= limits[name]["unsure_below"])
            chances = [round(float(each[i, k]), 4) for k in (first, second)]
            values = chances[0], int(second), chances[1], sure
            row[name] = int(first)
            row |= {f"{name}_{key}": value for key, value in zip(KEYS, values, strict=True)}
        found.append(row)
    return found


def table(rows, refused):
    """Return CSV of the rows and of what was refused, [(path, reason)]."""
    columns = ["file", "place", "label", "problem"]
    for name in models.ARCHITECTURES:
        columns += [name, *(f"{name}_{key}" for key in KEYS)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    lines = [*rows, *({"file": path, "problem": reason} for path, reason in refused)]
    writer.writerows(line | {"file": photos.printable(line["file"])} for line in lines)
    return text.getvalue()


def sentence(row, several):
    """Return a row in words, with the digit's place where its file holds several."""
    told = []
    for name in models.ARCHITECTURES:
        sure = "" if row[f"{name}_sure"] else "not sure, "
        told.append(
            f"{name.upper()} {sure}{row[name]} ({row[f'{name}_probability']:.1%}), "
            f"then {row[f'{name}_runner_up']} ({row[f'{name}_runner_up_probability']:.1%})"
        )
    place = f" #{row['place']}" if several else ""
    return f"{photos.printable(row['file'])}{place}:  {'   '.join(reversed(told))}"
