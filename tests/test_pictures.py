from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from mnist import comparisons, figures, sheets

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (30, 28, 28), dtype=np.uint8)
LABELS = np.arange(30) % 10
CURVE = pd.DataFrame(
    {"epoch": [1, 2], "train_accuracy": [0.9, 1.0], "validation_accuracy": [0.8, 0.9]}
)
SCORES = {name: {"accuracy": 0.9, "low": 0.8, "high": 0.95} for name in ("ann", "cnn")}
SEEDS = pd.DataFrame(
    {"model": ["ann", "cnn"], "part": ["test"] * 2, "seed": [0, 0], "accuracy": [0.9, 0.9]}
)
COUNTS = pd.DataFrame({"count": (np.eye(10) + 1).ravel()})
P = {name: RNG.dirichlet(np.ones(10), 30) for name in ("ann", "cnn")}
BINS = pd.DataFrame({"confidence": [0.5, 0.9], "accuracy": [0.6, 0.9], "count": [3, 27]})
COVERAGE = pd.DataFrame({"coverage": [0.9, 1.0], "errors": [0, 3]})
DROPOUT = pd.DataFrame(
    {
        "model": ["ann", "ann", "cnn", "cnn"],
        "dropout": [0, 0.5] * 2,
        "seed": 0,
        "train_accuracy": 0.999,
        "validation_accuracy": 0.99,
    }
)
TWO = ("ann", "cnn")
DRAWN = {
    "samples": lambda: sheets.samples(IMAGES, LABELS),
    "gallery": lambda: sheets.gallery(IMAGES, LABELS, P, [0, 5, 7], "Title"),
    "an empty gallery": lambda: sheets.gallery(IMAGES, LABELS, P, [], "No errors"),
    "confusions": lambda: figures.confusions({"ann": COUNTS, "cnn": COUNTS}),
    "curves": lambda: figures.curves({"ann": CURVE, "cnn": CURVE}),
    "spending": lambda: figures.spending(
        {"ann": [1, 2], "cnn": [1, 2]}, dict.fromkeys(TWO, CURVE), "seconds"
    ),
    "calibration": lambda: figures.calibration(
        dict.fromkeys(TWO, BINS), dict.fromkeys(TWO, COVERAGE), 30
    ),
    "attention": lambda: sheets.attention(
        IMAGES[:2], LABELS[:2], dict.fromkeys(TWO, LABELS[:2]), dict.fromkeys(TWO, IMAGES[:2] / 255)
    ),
    "dropout": lambda: comparisons.dropout(DROPOUT),
    "errors": lambda: figures.errors(SCORES, SEEDS),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_a_png_of_some_size_and_the_same_bytes_each_time(name):
    first = DRAWN[name]()
    assert first.startswith(b"\x89PNG") and len(first) > 1000
    assert DRAWN[name]() == first


def test_captions_in_any_script_are_drawn_without_a_warning(recwarn):
    assert sheets.drawable("7_Zettel ägypt.jpg") == "7_Zettel ägypt.jpg"
    assert sheets.drawable("7_笔记.jpg") == "7_??.jpg"
    captions = ["7_笔记.jpg", "🙂", "7_$x$"]
    sheets.gallery(IMAGES, LABELS, P, [0, 1, 2], "Title", captions=captions)
    assert not recwarn.list


def test_rare_colours_are_kept():
    pixels = np.asarray(Image.open(BytesIO(DRAWN["attention"]())).convert("RGB")).reshape(-1, 3)
    found = {tuple(pixel) for pixel in pixels.tolist()}
    for colour in figures.COLOURS.values():
        assert tuple(round(255 * part) for part in to_rgb(colour)) in found
