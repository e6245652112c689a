"""Images that are no MNIST digits: other handwriting, and what is no digit at all."""

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

from mnist import preparation

DIGIT_LIKE = set("BIOSZbgiloqsz")  # letters that a person, too, could take for a digit
FONTS = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono-Bold")


def uci_digits():
    """Return 1,797 digits of 43 people, uint8 (1797, 28, 28), and labels: scikit-learn's.

    8 × 8 pixels each, prepared as people's own images are. Alpaydin & Kaynak 1998,
    doi:10.24432/C50P49.
    """
    images, labels = load_digits(return_X_y=True)
    return np.stack([preparation.digit(x / 16) for x in images.reshape(-1, 8, 8)]), labels


def letters():
    """Return printed letters that look like no digit, uint8 (n, 28, 28), prepared as digits are."""
    found = []
    for name in FONTS:
        path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
        font = ImageFont.truetype(path, 60)
        for code in [*range(65, 91), *range(97, 123)]:
            if chr(code) not in DIGIT_LIKE:
                image = Image.new("L", (120, 120), 255)
                ImageDraw.Draw(image).text((40, 20), chr(code), 0, font)
                found.append(preparation.digit(np.asarray(image) / 255))
    return np.stack(found)


def noise(n, seed=0):
    """Return n images of noise, each pixel as likely to be any grey, uint8 (n, 28, 28)."""
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28), np.uint8)


def blank():
    """Return a blank image of every grey, uint8 (256, 28, 28)."""
    return np.broadcast_to(np.arange(256, dtype=np.uint8)[:, None, None], (256, 28, 28)).copy()
