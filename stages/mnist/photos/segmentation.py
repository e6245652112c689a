"""Ink told from paper, on any photo or drawing, and divided into its parts.

Of each image of h × w pixels there are three arrays (h, w). A grey image is float in 0..1, 1 being
white. Ink is float in 0..1, 0 being paper, dark or light. A mask is bool, true where there is
enough ink to count.
"""

from functools import cache

import numpy as np
from PIL import Image
from scipy import ndimage

from mnist.core.errors import InputError
from mnist.photos import reading

DIGIT = 400  # pixels of the longer side to which a single digit is reduced
TINY = 100  # pixels of the longer side to which less is enlarged: five for each of MNIST's 20

# These were chosen on photos by half of the people at hand, and on digits of MNIST put on paper
# with shadows and lines; PIECE on those photos cropped closely, FAINT to GRAIN on those photos with
# less contrast and more noise. When the other half was scored, some of its photos were rejected.
# That led to FAINT to GRAIN, COHERENT and CONTRAST as they are, though none of its photos was
# looked at.
AROUND = 0.2  # of the longer side: the surroundings with which a pixel is compared
WINDOW = 0.2  # of the longer side: what is wider and higher than this is paper or shadow, not ink
RULE = 0.02  # of the longer side: the thickest line of ruled or squared paper
COHERENT = 0.2  # correlation of neighbouring pixels: noise has 0.12 at 28 × 28, digits 0.27 or more
FAINT = 0.02  # of the paper's brightness: fainter is not ink, five of 255 levels
CLEAR = 4  # standard deviations of the paper by which ink differs; two halves of grain do by 2.6
SURE = 6  # standard deviations where ink is faint, or grain was smoothed away
GRAIN = 0.01  # of the longer side, a pixel at least: paper and cameras have grain of this size
SPECK = 0.08  # of the largest part's area; less is dust, more may be the bar of a broken 5
PIECE = 0.3  # of the area of a part at the border: what is less, and in its box, is a piece of it
TOUCHING = np.ones((3, 3))  # pixels that meet at a corner are one part


def otsu(values: np.ndarray) -> float:
    """Return the threshold that divides values, of any shape, best into two classes (Otsu 1979)."""
    counts, edges = np.histogram(values, 256)
    centres = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above, part, whole = values.size - below, np.cumsum(counts * centres)[:-1], counts @ centres
    apart = part / np.maximum(below, 1) - (whole - part) / np.maximum(above, 1)
    return edges[1 + (below * above * apart**2).argmax()]


@cache
def smoothing(n: int) -> np.ndarray:
    """Return the matrix (n, n) that smooths n values, AROUND of TINY wide, as a Gaussian filter.

    So wide a filter is quicker as a product of matrices: scipy's takes 161 values into each.
    """
    return ndimage.gaussian_filter1d(np.eye(n), AROUND * TINY, axis=0, mode="nearest")


def border(image: np.ndarray) -> np.ndarray:
    """Return the values on the border of an image (h, w), (2h + 2w,): the corners twice."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def scaled(image: np.ndarray, factor: float) -> np.ndarray:
    """Return a grey image or ink (h, w) enlarged or reduced smoothly by a factor."""
    if factor == 1:
        return image
    size = [max(3, round(factor * n)) for n in image.shape[::-1]]
    image = Image.fromarray(image.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), float).clip(0, 1)


def background(grey: np.ndarray) -> np.ndarray:
    """Return the paper under bright ink, float (h, w), with its shadows: a grey-level opening.

    What is wider and higher than WINDOW is paper (the top-hat transform, Meyer 1979).
    """
    small = scaled(grey, min(1, 2 * TINY / max(grey.shape)))  # paper has no detail
    reach = int(WINDOW * max(small.shape) / 2)
    # Reflected oddly, so that a gradient of the light goes on beyond the border.
    wide = np.pad(small, reach, "reflect", reflect_type="odd")
    paper = ndimage.grey_opening(wide, (2 * reach + 1, 2 * reach + 1))[reach:-reach, reach:-reach]
    image = Image.fromarray(paper.astype(np.float32))
    return np.asarray(image.resize(grey.shape[::-1], Image.Resampling.BILINEAR), float)


def coherence(image: np.ndarray) -> float:
    """Return the correlation of pixels with their neighbours, in the direction where it is highest.

    The diagonals count: a slanted stroke of one pixel has no neighbour above or beside it.
    """

    def correlation(a: np.ndarray, b: np.ndarray) -> float:  # np.corrcoef takes three times as long
        a, b = a - a.mean(), b - b.mean()
        return np.vdot(a, b) / np.sqrt(np.vdot(a, a) * np.vdot(b, b))

    pairs = [(image[1:], image[:-1]), (image[:, 1:], image[:, :-1])]
    pairs += [(image[1:, 1:], image[:-1, :-1]), (image[1:, :-1], image[:-1, 1:])]
    with np.errstate(invalid="ignore"):  # nothing varies
        return max(np.nan_to_num(correlation(a, b)) for a, b in pairs)


def spanning(mask: np.ndarray) -> bool:
    """Return whether one part of a mask reaches from one side of the image to the opposite one."""
    labels, _ = ndimage.label(mask, TOUCHING)
    return any(np.intersect1d(a, b).any() for a, b in [labels[[0, -1]], labels[:, [0, -1]].T])


def unruled(ink: np.ndarray) -> np.ndarray:
    """Return ink without the lines of ruled or squared paper, if they are thinner than the pen.

    A grey-level opening removes what is thinner than a square. The square grows until no line
    reaches from one side of the image to the other.
    """
    longer = max(ink.shape)
    for width in [1, *range(2, int(RULE * longer) + 1, max(1, longer // DIGIT))]:
        opened = ndimage.grey_opening(ink, (width, width)) if width > 1 else ink
        if not spanning(opened > otsu(opened)):
            return opened
    return ink


def distinct(ink: np.ndarray, mask: np.ndarray, smoothed: bool) -> bool:
    """Return whether what a mask holds is ink, and not just the darker half of the paper."""
    if mask.all() or not mask.any():
        return False
    paper = ink[~mask]
    contrast = ink[mask].mean() - paper.mean()
    clear = contrast >= max(reading.CONTRAST, CLEAR * paper.std()) and not smoothed
    return clear or contrast >= max(FAINT, SURE * paper.std())


def inked(grey: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ink of a grey image and its mask, their longer side of TINY to side pixels.

    Raises InputError where there is no ink.
    """
    if np.unique(grey).size == 2:
        # A bitmap has lost its anti-aliasing; about [1 2 1] / 4 each way gives it back.
        grey = ndimage.gaussian_filter(grey, 0.7, mode="nearest")
    raw, longer = grey, max(grey.shape)
    photo = longer > TINY
    grey = scaled(grey, (min(side, longer) if photo else TINY) / longer)
    small = scaled(grey, TINY / max(grey.shape))
    apart = small - smoothing(small.shape[0]) @ small @ smoothing(small.shape[1]).T
    if np.vdot(apart * apart, apart) < 0:  # what differs most from its surroundings is dark
        grey = 1 - grey
    # Someone prepared what is smaller: it has no shadows, but its digit may fill it.
    paper = background(grey) if photo else np.median(border(grey))
    # Of the light that paper sends back, ink on white keeps a fraction, whatever the shadow.
    ink = ((grey - paper) / np.maximum(1 - paper, 0.1)).clip(0, 1)
    noisy = coherence(ink if photo else raw) < COHERENT
    grain = max(ink.shape) * max(GRAIN, 1 / longer)
    for blur in [grain] if noisy else [0, grain]:
        seen = ndimage.gaussian_filter(ink, blur, mode="nearest")
        seen = unruled(seen) if photo else seen
        mask = seen > otsu(seen)
        if distinct(seen, mask, smoothed=blur > 0):
            return seen, mask
    raise InputError("no ink is seen; write darker, or photograph closer and in better light")


def parts(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a mask's connected parts, int (h, w) from 1, and the numbers of the digits', int (n,).

    Specks are left out. So are parts at the border where there are others: they are what a crop has
    left of a neighbour, the edge of the paper, or a finger. An exception is a 5 that fills its
    picture: its loose bar alone is inside, and lies in the box of the larger part.
    """
    labels, n = ndimage.label(mask, TOUCHING)
    area = np.bincount(labels.ravel(), minlength=n + 1)[1:]
    inside = ~np.isin(np.arange(1, n + 1), border(labels))
    boxes, largest, within = ndimage.find_objects(labels), area.argmax(), (area * inside).argmax()
    pairs = zip(boxes[largest], boxes[within], strict=True)
    piece = all(outer.start <= inner.start <= inner.stop <= outer.stop for outer, inner in pairs)
    least = PIECE if piece else SPECK
    kept = inside if area[inside].max(initial=0) >= least * area.max() else area > 0
    return labels, 1 + np.flatnonzero(kept & (area >= SPECK * area[kept].max()))
