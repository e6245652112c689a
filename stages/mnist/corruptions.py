"""The fifteen corruptions of MNIST-C, to see how networks fare on digits unlike those they learnt.

Mu & Gilmer 2019, arXiv:1906.02337. Written anew after what the authors' code does ("theirs"
below): corruptions.py in github.com/google-research/mnist-c, commit bba57e4. Each function takes
and returns digits (n, 28, 28) in 0..1. It asks for random numbers once, or image after image, so
that what happens to an image does not depend on how many follow it.
"""

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage

ROWS, COLUMNS = np.indices((28, 28))
CENTRE = 13.5  # of both


def shot_noise(x, rng, photons):
    """Poisson noise, as of a light so weak that white is this many photons."""
    return rng.poisson(photons * x) / photons


def impulse_noise(x, rng, amount):
    """Salt and pepper: this fraction of the pixels, half of them white, half of them black."""
    chance = rng.random(x.shape)
    return np.where(chance < amount, chance < amount / 2, x)


def glass_blur(x, rng, sigma, reach, rounds):
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


def moved(x, down, right, most, mode):
    """Return what is seen `down` and `right` (n,) pixels, at most that many, from each pixel."""
    padded = np.pad(x, ((0, 0), (most, most), (most, most)), mode)
    windows = sliding_window_view(padded, (28, 28), (1, 2))
    return windows[np.arange(len(x)), most + down, most + right]


def motion_blur(x, rng, radius, sigma):
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


def warp(x, matrices):
    """Read each image where its matrix (n, 2, 2), from x and y to x and y, takes its pixels.

    Bilinear, about the centre, with black outside.
    """
    grid = np.stack([COLUMNS, ROWS]) - CENTRE
    columns, rows = np.einsum("nij,jrc->inrc", matrices, grid) + CENTRE
    each = np.broadcast_to(np.arange(len(x)).reshape(-1, 1, 1), x.shape)
    return ndimage.map_coordinates(x, [each, rows, columns], order=1, mode="grid-constant")


def either_way(size, x, rng):
    """Return a signed copy (n,) of a size for each image, plus or minus at random."""
    return size * rng.choice([-1, 1], len(x))


def shear(x, rng, angle):
    """Shear by this angle in radians, either way.

    As scikit-image did in 2019, which also stretched the image in y by 1 / cos(angle).
    """
    angle = either_way(angle, x, rng)
    one, nought = np.ones(len(x)), np.zeros(len(x))
    return warp(x, np.array([[one, -np.sin(angle)], [nought, np.cos(angle)]]).transpose(2, 0, 1))


def scale(x, rng, factor):
    """Shrink to this factor."""
    return warp(x, np.broadcast_to(np.eye(2) / factor, (len(x), 2, 2)))


def rotate(x, rng, angle):
    """Rotate by this angle in radians, either way."""
    angle = either_way(angle, x, rng)
    cos, sin = np.cos(angle), np.sin(angle)
    return warp(x, np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1))


def brightness(x, rng, more):
    """Add this to every pixel."""
    return x + more


def translate(x, rng, pixels):
    """Move by this many pixels in x and as many in y, each either way."""
    down, right = pixels * rng.choice([-1, 1], (len(x), 2)).T
    return moved(x, down, right, pixels, "constant")


def stripe(x, rng, width):
    """Turn a stripe of this many columns at the left, and one at the right, into its negative."""
    return np.where(np.abs(COLUMNS - CENTRE) < 14 - width, x, 1 - x)


def plasma(heights, decay):
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


def fog(x, rng, thickness, decay):
    """Add a cloud, this many times as bright as white, and dim both until nothing glares."""
    clouds = np.empty_like(x)
    for i in range(0, len(x), 16):  # few maps at a time, because each is 256 × 256
        some = x[i : i + 16]
        noise = 2 * rng.random((len(some), 256, 256), np.float32) - 1
        clouds[i : i + 16] = plasma(noise, decay)
    brightest = x.max((1, 2), keepdims=True)
    return (x + thickness * clouds) * brightest / (brightest + thickness)


def blurred(x, sigma):
    """Return images smoothed by a Gaussian of sigma pixels, beyond the edge as at the edge."""
    return ndimage.gaussian_filter(x, sigma, mode="nearest", axes=(1, 2))


def spatter(x, rng, mean, spread, grain, level, soft):
    """Cover with mud where smoothed noise is above a level."""
    liquid = blurred(rng.normal(mean, spread, x.shape), grain)
    mud = blurred((liquid > level).astype(float), soft)
    mud[mud < 0.8] = 0  # theirs, as is the grey of the mud, 63
    return x * (1 - mud) + 63 / 255 * mud


def line(start, end, reach):
    """Return the ink (n, 28, 28) of lines from start (n, 2) to end (n, 2), each x and y.

    It is 1 + log(1 - d / reach), where d is the distance in y, and so fades to none at 0.63 reach.
    """
    (x0, y0), (x1, y1) = start.T[..., None, None], end.T[..., None, None]
    distance = np.abs(ROWS - y0 - (y1 - y0) / (x1 - x0) * (COLUMNS - x0))
    ink = 1 + np.log1p(-np.minimum(distance / reach, 0.9))
    return np.maximum(ink, 0) * ((np.floor(x0) <= COLUMNS) & (np.ceil(x1) > COLUMNS))


def dotted_line(x, rng, reach):
    """Draw a dotted line from the left edge to the right: two columns without, two with ink."""
    left, right = rng.integers(27, size=(len(x), 2)).T
    start, end = (np.stack([np.full(len(x), c), y], 1) for c, y in ((0, left), (27, right)))
    return x + line(start, end, reach) * (COLUMNS % 4 > 1)


def zigzag(x, rng, reach):
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


def canny_edges(x, rng, sigma):
    """Keep nothing but edges (Canny 1986), one pixel wide, the same as scikit-image's canny."""
    gaussian = {"sigma": sigma, "mode": "constant", "axes": (1, 2)}
    smooth = ndimage.gaussian_filter(x, **gaussian)
    smooth /= ndimage.gaussian_filter(np.ones((1, 28, 28)), **gaussian)  # the part that lies inside
    # Sobel's operator by hand, since ndimage.sobel would smooth from one image to the next.
    down, right = (
        ndimage.correlate1d(ndimage.correlate1d(smooth, [-1, 0, 1], axis), [1, 2, 1], 3 - axis)
        for axis in (1, 2)
    )
    steepness = np.hypot(down, right)
    # A ridge is no lower than both neighbours across the edge, interpolated at the next pixel.
    across = np.stack([np.zeros_like(x), down, right])
    across /= np.maximum(np.maximum(np.abs(down), np.abs(right)), 1e-12)
    here = np.indices(x.shape)
    ridge = np.pad(np.ones((len(x), 26, 26), bool), ((0, 0), (1, 1), (1, 1)))
    for way in (across, -across):
        ridge &= steepness >= ndimage.map_coordinates(steepness, here + way, order=1)
    # Faint ridges stay where they touch a strong one. 0.1 and 0.2 are scikit-image's defaults.
    touching = np.zeros((3, 3, 3))
    touching[1] = 1  # within one image
    labels, _ = ndimage.label(ridge & (steepness >= 0.1), touching)
    strong = np.unique(labels[ridge & (steepness >= 0.2)])
    return np.isin(labels, strong).astype(float)


STRENGTHS = ("weaker", "reference", "stronger")
# Each kind's function, then its constants: weaker, MNIST-C's, stronger. MNIST-C's are the default
# severities of their functions, as read from their corruptions.py. Weaker and stronger are their
# severities next to that where they have any, else ours.
KINDS = {
    "shot_noise": (shot_noise, (5,), (3,), (2,)),  # severities 4, 5, ours
    "impulse_noise": (impulse_noise, (0.09,), (0.17,), (0.27,)),  # severities 3, 4, 5
    "glass_blur": (glass_blur, (0.7, 1, 1), (0.7, 1, 2), (0.9, 2, 1)),  # ours, severities 1, 2
    "motion_blur": (motion_blur, (10, 2), (10, 3), (15, 5)),  # ours, severities 1, 2
    "shear": (shear, (0.2,), (0.4,), (0.6,)),  # severities 1, 2, 3
    "scale": (scale, (0.8,), (0.7,), (0.6,)),  # severities 2, 3, 4
    "rotate": (rotate, (0.2,), (0.4,), (0.6,)),  # severities 1, 2, 3
    "brightness": (brightness, (0.4,), (0.5,), (0.6,)),  # severities 4, 5, ours
    "translate": (translate, (2,), (3,), (4,)),  # severities 2, 3, 4
    "stripe": (stripe, (5,), (7,), (9,)),  # ours, theirs, ours
    "fog": (fog, (2.5, 1.5), (3.0, 1.4), (3.5, 1.3)),  # severities 4, 5, ours
    "spatter": (  # ours, since their severity 3 covers more than 4; severities 4, 5
        spatter,
        (0.63, 0.3, 1, 0.65, 1.5),
        (0.65, 0.3, 1, 0.65, 1.5),
        (0.67, 0.4, 1, 0.65, 1.5),
    ),
    "dotted_line": (dotted_line, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "zigzag": (zigzag, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "canny_edges": (canny_edges, (0.5,), (1.0,), (2.0,)),  # ours, theirs, ours
}


def corrupt(images, kind, strength="reference", seed=0):
    """Return corrupted copies, uint8 (n, 28, 28), of uint8 images, each corrupted on its own.

    The same arguments give the same bytes, and fewer images give the same first ones.
    """
    function, *constants = KINDS[kind]
    rng = np.random.default_rng(seed)
    changed = function(images / 255, rng, *constants[STRENGTHS.index(strength)])
    return np.round(255 * np.clip(changed, 0, 1)).astype(np.uint8)


def seen(augmentation):
    """Return the kinds, in their order, of which training has seen something like.

    Takes the keyword arguments of augment.augment. Seen may still be less: the augmentation rotates
    by up to its rotation, while the corruption rotates by one angle, which may be beyond that.
    """
    like = {
        "shot_noise": "noise",
        "impulse_noise": "noise",
        "shear": "shear",
        "scale": "scale",
        "rotate": "rotation",
        "translate": "shift",
    }
    return [kind for kind in KINDS if kind in like and augmentation[like[kind]]]
