"""One handwritten digit of any photo or drawing made like MNIST's.

MNIST's digits were scaled into 20 × 20 pixels with their aspect kept, which anti-aliased them, and
placed in 28 × 28 with the centre of mass in the middle (LeCun et al. 1998, section III.A,
doi:10.1109/5.726791). The exact steps are lost (Yadav & Bottou 2019, arXiv:1905.10498).

A grey image, ink and a mask are arrays (h, w) as in segmentation.py.
"""

import numpy as np
from scipy import ndimage

from mnist.photos import segmentation

# Chosen as the constants of segmentation.py were.
WIDTHS = (2.4, 4.1)  # pixels: MNIST's first quartile and 95th percentile as stroke() measures
TOP = 95  # the percentile of a digit's ink that becomes white


def crop(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the part of an image (h, w) in which a mask has anything."""
    return image[ndimage.find_objects(mask.astype(np.int8))[0]]


def stroke(mask: np.ndarray) -> float:
    """Return the typical width, in pixels, of the strokes in a mask.

    In a long stroke of width w, the mean distance to the nearest outside pixel is (w + 1) / 4 or a
    little more.
    """
    return 4 * ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 1


def thickened(ink: np.ndarray, radius: float) -> np.ndarray:
    """Return ink with its strokes wider by radius pixels on each side; narrower where negative."""
    reach = round(abs(radius))
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    change = ndimage.grey_dilation if radius > 0 else ndimage.grey_erosion
    return change(np.pad(ink, reach), footprint=y**2 + x**2 <= radius**2 + 0.5)


def averaging(n: int, m: int) -> np.ndarray:
    """Return the matrix (m, n) that averages n values over m equal intervals, exactly."""
    ends = np.arange(m + 1) * (n / m)
    overlap = np.minimum(ends[1:, None], np.arange(n) + 1) - np.maximum(ends[:-1, None], range(n))
    return overlap.clip(0) * (m / n)


def framed(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the ink under and right beside a mask as MNIST would have it, uint8 (28, 28)."""
    # Anti-aliased edges reach about two pixels beyond the mask; dust and neighbours lie further.
    ink = crop(np.where(ndimage.binary_dilation(mask, segmentation.TOUCHING, 2), ink, 0), mask)
    ink = segmentation.scaled(ink, segmentation.TINY / max(ink.shape))
    half = segmentation.otsu(ink)
    width = stroke(ink > half) * 20 / segmentation.TINY
    radius = (np.clip(width, *WIDTHS) - width) / 2 * segmentation.TINY / 20
    if abs(radius) >= 0.5:
        changed = thickened(ink, radius)
        ink = changed if (changed > half).any() else ink
    ink = crop(ink, ink > half)
    h, w = (max(1, round(20 * n / max(ink.shape))) for n in ink.shape)
    ink = averaging(ink.shape[0], h) @ ink @ averaging(ink.shape[1], w).T
    ink = np.clip(ink / np.percentile(ink[ink > 0.2 * ink.max()], TOP), 0, 1)
    # The centre of mass goes to index 14, by whole pixels as in MNIST. What would stick out of the
    # 28 pixels is cut off; that happens only where nearly all the mass is at one end of a digit.
    y, x = (int(np.floor(24 - c + 0.5)) for c in ndimage.center_of_mass(ink))
    canvas = np.zeros((48, 48))
    canvas[y : y + h, x : x + w] = ink
    return np.rint(canvas[10:38, 10:38] * 255).astype(np.uint8)


def digit(grey: np.ndarray) -> np.ndarray:
    """Return all that is drawn on a grey image as one digit, uint8 (28, 28).

    Raises InputError where no ink is seen.
    """
    ink, mask = segmentation.inked(grey, segmentation.DIGIT)
    labels, kept = segmentation.parts(mask)
    return framed(ink, np.isin(labels, kept))
