"""Corruptions that lay something over a digit: fog, mud, lines, stripes.

They have the form that kinds.py describes, which also says what "theirs" means.
"""

import numpy as np
from numpy.random import Generator
from scipy import ndimage

ROWS, COLUMNS = np.indices((28, 28))


def stripe(x: np.ndarray, rng: Generator, width: int) -> np.ndarray:
    """Turn a stripe of this many columns at the left, and one at the right, into its negative."""
    return np.where(np.abs(COLUMNS - 13.5) < 14 - width, x, 1 - x)


def plasma(heights: np.ndarray, decay: float) -> np.ndarray:
    """Turn white noise (n, 256, 256) in -1..1 into a corner (n, 28, 28) of clouds in 0..1.

    The diamond-square algorithm (Fournier, Fussell & Carpenter 1982), as theirs: every point
    becomes the mean of four neighbours, opposite edges of the map being neighbours too, plus its
    noise, which counts less by decay² each time that the neighbours are half as far.
    """

    def add(to, first, axis, second, other):
        to *= weight
        to += (first + np.roll(first, -1, axis) + second + np.roll(second, *other)) / 4

    heights[:, 0, 0], step, weight = 0, 256, 1.0
    while step > 1:
        half = step // 2
        corner, above = heights[:, ::step, ::step], heights[:, ::step, half::step]
        beside, middle = heights[:, half::step, ::step], heights[:, half::step, half::step]
        add(middle, corner, 1, np.roll(corner, -1, 2), (-1, 1))
        add(above, corner, 2, middle, (1, 1))
        add(beside, corner, 1, middle, (1, 2))
        step, weight = half, weight / decay**2
    low, high = heights.min((1, 2), keepdims=True), heights.max((1, 2), keepdims=True)
    return (heights[:, :28, :28] - low) / (high - low)


def fog(x: np.ndarray, rng: Generator, thickness: float, decay: float) -> np.ndarray:
    """Add a cloud, this many times as bright as white, and dim both until nothing glares."""
    clouds = np.empty_like(x)
    for i in range(0, len(x), 16):  # few maps at a time, because each is 256 × 256
        some = x[i : i + 16]
        noise = 2 * rng.random((len(some), 256, 256), np.float32) - 1
        clouds[i : i + 16] = plasma(noise, decay)
    brightest = x.max((1, 2), keepdims=True)
    return (x + thickness * clouds) * brightest / (brightest + thickness)


def blurred(x: np.ndarray, sigma: float) -> np.ndarray:
    """Return images smoothed by a Gaussian of sigma pixels, beyond the edge as at the edge."""
    return ndimage.gaussian_filter(x, sigma, mode="nearest", axes=(1, 2))


def spatter(
    x: np.ndarray, rng: Generator, mean: float, sd: float, grain: float, level: float, soft: float
) -> np.ndarray:
    """Cover with mud where smoothed noise is above a level."""
    liquid = blurred(rng.normal(mean, sd, x.shape), grain)
    mud = blurred((liquid > level).astype(float), soft)
    mud[mud < 0.8] = 0  # theirs, as is the grey of the mud, 63
    return x * (1 - mud) + 63 / 255 * mud


def line(start: np.ndarray, end: np.ndarray, reach: float) -> np.ndarray:
    """Return the ink (n, 28, 28) of lines from start (n, 2) to end (n, 2), each x and y.

    It is 1 + log(1 - d / reach), where d is the distance in y, and so fades to none at 0.63 reach.
    """
    (x0, y0), (x1, y1) = start.T[..., None, None], end.T[..., None, None]
    distance = np.abs(ROWS - y0 - (y1 - y0) / (x1 - x0) * (COLUMNS - x0))
    ink = 1 + np.log1p(-np.minimum(distance / reach, 0.9))
    return np.maximum(ink, 0) * ((np.floor(x0) <= COLUMNS) & (np.ceil(x1) > COLUMNS))


def dotted_line(x: np.ndarray, rng: Generator, reach: float) -> np.ndarray:
    """Draw a dotted line from the left edge to the right: two columns without, two with ink."""
    left, right = rng.integers(27, size=(len(x), 2)).T
    start, end = (np.stack([np.full(len(x), c), y], 1) for c, y in ((0, left), (27, right)))
    return x + line(start, end, reach) * (COLUMNS % 4 > 1)


def zigzag(x: np.ndarray, rng: Generator, reach: float) -> np.ndarray:
    """Draw a zigzag from column 2 to column 25, which may rise or fall by up to five rows."""
    begin, rise = rng.integers((0, -5), (27, 5), (len(x), 2)).T
    slope = np.arctan(rise / 23)
    length = 23 / np.cos(slope)
    # Along and across a level line, a turn every 4 pixels, 2 pixels from it. Where it ends is
    # theirs: at the length, and across by the last turn's -2 over twice what is left after 20.
    along = np.array([0, 2, 6, 10, 14, 18, 22, 0]) + np.zeros((len(x), 1))
    across = np.array([0, 2, -2, 2, -2, 2, -2, 0]) + np.zeros((len(x), 1))
    along[:, -1], across[:, -1] = length, -1 / (length - 20)
    cos, sin = np.cos(slope)[:, None], np.sin(slope)[:, None]
    points = np.stack([cos * along - sin * across + 2, sin * along + cos * across], 2)
    points[:, :, 1] += begin[:, None]
    return x + sum(line(points[:, i], points[:, i + 1], reach) for i in range(7))
