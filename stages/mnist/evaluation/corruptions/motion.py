"""Corruptions that move a digit's pixels: blurs, and affine maps.

They have the form that kinds.py describes, which also says what "theirs" means.
"""

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import Generator
from scipy import ndimage

CENTRE = 13.5  # of rows and of columns
GRID = np.indices((28, 28))[::-1] - CENTRE  # x and y of every pixel, from the centre


def glass_blur(x: np.ndarray, rng: Generator, sigma: float, reach: int, rounds: int) -> np.ndarray:
    """Blur, swap half of the pixels, in every round others, with near ones, and blur again.

    Blurred up and down only: theirs passes multichannel=True with a grey image, whose last axis
    scikit-image then took for colours.
    """
    x = np.floor(255 * ndimage.gaussian_filter1d(x, sigma, axis=1, mode="nearest")) / 255
    inner = range(28 - reach, reach, -1)
    turns = [*product(range(rounds), inner, inner)]
    chance = rng.random((len(x), len(turns), 3), np.float32)
    away = np.floor(2 * reach * chance[:, :, 1:]).astype(int) - reach  # -reach to reach - 1
    away *= chance[:, :, :1] < 0.5  # the others are swapped with themselves
    each = np.arange(len(x))
    for turn, (_, row, column) in enumerate(turns):
        there = each, row + away[:, turn, 0], column + away[:, turn, 1]
        x[:, row, column], x[there] = x[there], x[:, row, column].copy()
    return ndimage.gaussian_filter1d(x, sigma, axis=1, mode="nearest")


def moved(x: np.ndarray, down: np.ndarray, right: np.ndarray, most: int, mode: str) -> np.ndarray:
    """Return what is seen `down` and `right` (n,) pixels, at most that many, from each pixel."""
    padded = np.pad(x, ((0, 0), (most, most), (most, most)), mode)
    windows = sliding_window_view(padded, (28, 28), (1, 2))
    return windows[np.arange(len(x)), most + down, most + right]


def motion_blur(x: np.ndarray, rng: Generator, radius: int, sigma: float) -> np.ndarray:
    """Smear to the left with half a Gaussian, up to 45 degrees off the horizontal either way.

    As ImageMagick's MotionBlurImage, which theirs calls: 2 · radius + 1 steps, in whole pixels.
    """
    angle = np.radians(rng.uniform(-45, 45, len(x)))
    steps = np.arange(2 * radius + 1)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    total = np.zeros_like(x)
    for step, weight in zip(steps, weights / weights.sum(), strict=True):
        down, right = np.ceil(step * np.array([np.sin(angle), np.cos(angle)]) - 0.5).astype(int)
        total += weight * moved(x, down, right, step, "edge")
    return total


def warp(x: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Read each image where its matrix (n, 2, 2), from x and y to x and y, takes its pixels.

    Bilinear, about the centre, with black outside.
    """
    columns, rows = np.einsum("nij,jrc->inrc", matrices, GRID) + CENTRE
    each = np.broadcast_to(np.arange(len(x)).reshape(-1, 1, 1), x.shape)
    return ndimage.map_coordinates(x, [each, rows, columns], order=1, mode="grid-constant")


def either_way(size: float, x: np.ndarray, rng: Generator) -> np.ndarray:
    """Return a signed copy (n,) of a size for each image, plus or minus at random."""
    return size * rng.choice([-1, 1], len(x))


def shear(x: np.ndarray, rng: Generator, angle: float) -> np.ndarray:
    """Shear by this angle in radians, either way.

    As scikit-image did in 2019, which also stretched the image in y by 1 / cos(angle).
    """
    angle = either_way(angle, x, rng)
    one, nought = np.ones(len(x)), np.zeros(len(x))
    return warp(x, np.array([[one, -np.sin(angle)], [nought, np.cos(angle)]]).transpose(2, 0, 1))


def scale(x: np.ndarray, rng: Generator, factor: float) -> np.ndarray:
    """Shrink to this factor."""
    return warp(x, np.broadcast_to(np.eye(2) / factor, (len(x), 2, 2)))


def rotate(x: np.ndarray, rng: Generator, angle: float) -> np.ndarray:
    """Rotate by this angle in radians, either way."""
    angle = either_way(angle, x, rng)
    cos, sin = np.cos(angle), np.sin(angle)
    return warp(x, np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1))


def translate(x: np.ndarray, rng: Generator, pixels: int) -> np.ndarray:
    """Move by this many pixels in x and as many in y, each either way."""
    down, right = pixels * rng.choice([-1, 1], (len(x), 2)).T
    return moved(x, down, right, pixels, "constant")
