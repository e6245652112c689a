"""Out-of-distribution images, and how much less sure of them networks are than of test images.

They are letters, noise, blank paper and clothes.
"""

from collections.abc import Sequence
from pathlib import Path
from string import ascii_letters

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont
from sklearn.metrics import roc_auc_score
from torch import nn

from mnist.evaluation import metrics, other_writers, robustness
from mnist.photos import normalisation

DIGIT_LIKE = set("BIOSZbgiloqsz")  # letters that a person, too, could take for a digit
FONTS = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono-Bold")


def letters() -> np.ndarray:
    """Return printed letters that look like no digit, uint8 (n, 28, 28), normalised as digits."""
    found = []
    for name in FONTS:
        path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
        font = ImageFont.truetype(path, 60)
        for letter in sorted(set(ascii_letters) - DIGIT_LIKE):
            image = Image.new("L", (120, 120), 255)
            ImageDraw.Draw(image).text((40, 20), letter, 0, font)
            found.append(normalisation.digit(np.asarray(image) / 255))
    return np.stack(found)


def foreign(n: int, dataset: str) -> dict[str, np.ndarray | None]:
    """Return images of each kind, uint8 (k, 28, 28), n of noise and of clothes.

    Each pixel of noise is as likely to be any grey. There is only one blank image, because the
    networks stretch contrast: to them, blanks of every grey are the same image. Its AUROC is
    therefore the share of test images of which they are surer. Clothes are None where they could
    not be had, or are what a data set of this name teaches.
    """
    learnt = other_writers.LEARNT.get(dataset) == "clothes"
    arrays = None if learnt else other_writers.fetched("clothes")
    return {
        "blank": np.zeros((1, 28, 28), np.uint8),
        "noise": np.random.default_rng(0).integers(0, 256, (n, 28, 28), np.uint8),
        "letters": letters(),
        "clothes": arrays and arrays["images"][:n],
    }


def auroc(networks: Sequence[nn.Module], known: np.ndarray, foreign: np.ndarray) -> float:
    """Return how well confidence tells test images from foreign ones: AUROC, 0.5 is chance.

    Hendrycks & Gimpel 2017, section 3. It is the share of pairs of a test image and a foreign one
    in which the networks are surer of the test image, a tie counting half.
    """
    each = [metrics.predict(networks, x).max(2).mean(axis=0) for x in (known, foreign)]
    scores = np.concatenate(each)
    return float(roc_auc_score(np.arange(len(scores)) < len(known), scores))


def measure(networks: robustness.Networks, images: np.ndarray, dataset: str) -> pd.DataFrame:
    """Return a table of auroc_KIND against test images, uint8 (n, 28, 28), of a data set by name.

    It has a row per model. Not a number is what was not measured, because foreign has no images.
    """
    found = {}
    for kind, x in foreign(len(images), dataset).items():
        values = [np.nan if x is None else auroc(each, images, x) for each in networks.values()]
        found[f"auroc_{kind}"] = values
    return pd.DataFrame(found, index=[*networks])
