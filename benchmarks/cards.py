"""Write the figures of the model cards, docs/models, from what the pipeline measured.

    PYTHONPATH=stages python benchmarks/cards.py    # seconds

Fills in what stands between `<!-- NAME -->` and `<!-- end -->`, as answer.py does, which a test
holds against the committed figures.
"""

import io
import json
from pathlib import Path

import pandas as pd

import answer
import tables
from mnist.core import files

FOLDER = Path("docs/models")
INTERVAL = "accuracy", "low", "high"


def figures(read, model):
    """Return what the network is, costs and reaches."""
    names = "test", "selection", "generalize"
    test, selection, far = (json.loads(read(f"metrics/{name}.json"))[model] for name in names)
    rows = [
        ("Test accuracy", tables.percent(test, *INTERVAL)),
        ("Test errors of 10,000", f"{test['errors']:,.0f}"),
        ("… at 99 % coverage, the least sure left out", f"{test['errors_at_99']:,.0f}"),
        ("Validation accuracy", f"{100 * selection['validation_accuracy']:.2f} %"),
        ("Training − validation", f"{100 * selection['train_minus_validation']:+.2f} points"),
        ("Expected calibration error", f"{100 * test['ece']:.1f} points"),
        ("Mean error on MNIST-C's kinds", f"{100 * far['mean_corruption_error']:.1f} %"),
        ("Parameters", f"{selection['parameters']:,}"),
        ("Multiply-accumulates per image", f"{selection['multiply_accumulates']:,}"),
        ("Weights on disk", f"{selection['bytes'] / 1e6:.2f} MB"),
    ]
    return tables.markdown(["figure", "mean over the seeds"], rows)


def digits(read, model):
    """Return precision and recall of each digit."""
    table = pd.read_csv(io.StringIO(read("metrics/classes.csv")))
    rows = []
    for _, row in table[table["model"] == model].iterrows():
        shares = (f"{100 * row[name]:.2f} %" for name in ("recall", "precision"))
        rows.append((row["class"], f"{row.support:,}", *shares))
    head = ["digit", "test images", "recall", "precision"]
    return tables.markdown(head, rows)


def writers(read, model):
    """Return the accuracy on other people's digits, by kind of writer."""
    table = pd.read_csv(io.StringIO(read("benchmarks/results/handwriting.csv")))
    rows = []
    for _, row in table[table["model"] == model].iterrows():
        people = "–" if pd.isna(row.people) else f"{row.people:.0f}"
        accuracy = tables.percent(row, *INTERVAL, digits=1)
        rows.append((row["set"], row.part, f"{row.images:,}", people, row.refused, accuracy))
    return tables.markdown(
        ["writers", "part", "images", "people", "no digit found", "accuracy"], rows
    )


def corruptions(read, model):
    """Return the error under each kind of corruption, the worst first."""
    table = pd.read_csv(io.StringIO(read("metrics/corruptions.csv")))
    table = table[(table["model"] == model) & (table["strength"] == "reference")]
    rows = [
        (row.kind.replace("_", " "), f"{100 * row.error:.1f} %", "yes" if row.seen else "no")
        for row in table.sort_values("error", ascending=False, kind="stable").itertuples()
    ]
    return tables.markdown(["corruption", "error", "seen in training, in some form"], rows)


BLOCKS = {each.__name__: each for each in (figures, digits, writers, corruptions)}


def filled(page, model, read):
    """Return the text of a card with its blocks made anew."""
    return answer.anew(page, lambda name: BLOCKS[name](read, model))


def main():
    """Fill in the cards."""

    def read(path):
        return Path(path).read_text(encoding="utf-8")

    for page in FOLDER.glob("*.md"):
        files.write(page, filled(read(page), page.stem, read).encode())


if __name__ == "__main__":
    main()
