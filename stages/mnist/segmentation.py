"""Ink told from paper, on any photo or drawing, and divided into its parts.

A grey image is float (h, w) in 0..1, 1 being white; ink is float (h, w) in 0..1, 0 being paper of
either colour; a mask is bool (h, w), true where ink is enough to count.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from mnist import photos
from mnist.errors import Refused

DIGIT = 400  # pixels of the longer side to which a single digit is reduced
TINY = 100  # pixels of the longer side to which less is enlarged: five for each of MNIST's 20

# Chosen on photos by half of the people at hand, PIECE on these cropped closely, FAINT to GRAIN on
# these with less contrast and more noise, and on digits of MNIST put on paper with shadows and
# lines. That the other half, when scored, had refusals led to FAINT to GRAIN, and to COHERENT and
# CONTRAST as they are, though none of its images was looked at.
AROUND = 0.2  # of the longer side: the surroundings with which a pixel is compared
WINDOW = 0.2  # of the longer side: what is wider than this both ways is paper or shadow, not ink
RULE = 0.02  # of the longer side: the thickest line of ruled or squared paper
COHERENT = 0.2  # correlation of neighbouring pixels: noise has 0.12 at 28 × 28, digits 0.27 or more
FAINT = 0.02  # of the paper's brightness: fainter is not ink, five of 255 levels
CLEAR = 4  # standard deviations of the paper by which ink differs from it; halves of grain by 2.6
SURE = 6  # as many where ink is faint, or grain was smoothed away
GRAIN = 0.01  # of the longer side, a pixel at least: paper and cameras have grain of this size
SPECK = 0.08  # of the largest part's area; less is dust, more may be the bar of a broken 5
PIECE = 0.3  # of the area of a part at the border: what is less, and in its box, is a piece of it
TOUCHING = np.ones((3, 3))  # pixels that meet at a corner are one part


def otsu(values):
    """Return the threshold that divides values best into two classes (Otsu 1979)."""
    counts, edges = np.histogram(values, 256)
    centres = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above, part, whole = values.size - below, np.cumsum(counts * centres)[:-1], counts @ centres
    between = (
        below * above * (part / np.maximum(below, 1) - (whole - part) / np.maximum(above, 1)) ** 2
    )
    return edges[1 + between.argmax()]


def border(image):
    """Return the values on the border of (h, w), the corners twice."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def scaled(image, factor):
    """Return a grey image or ink (h, w) enlarged or reduced smoothly by a factor."""
    if factor == 1:
        return image
    size = [max(3, round(factor * n)) for n in image.shape[::-1]]
    image = Image.fromarray(image.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), float).clip(0, 1)


def background(grey):
    """Return the paper under bright ink, float (h, w), with its shadows: a grey-level opening.

    What is wider than WINDOW both ways is paper (the top-hat transform, Meyer 1979).
    """
    small = scaled(grey, min(1, 2 * TINY / max(grey.shape)))  # paper has no detail
    reach = int(WINDOW * max(small.shape) / 2)
    # Reflected oddly, so that a gradient of the light goes on beyond the border.
    wide = np.pad(small, reach, "reflect", reflect_type="odd")
    paper = ndimage.grey_opening(wide, (2 * reach + 1, 2 * reach + 1))[reach:-reach, reach:-reach]
    image = Image.fromarray(paper.astype(np.float32))
    return np.asarray(image.resize(grey.shape[::-1], Image.Resampling.BILINEAR), float)


def coherence(image):
    """Return the correlation of pixels with their neighbours, in the direction where it is highest.

    The diagonals count: a slanted stroke of one pixel has no neighbour above or beside it.
    """
    pairs = [
        (image[1:], image[:-1]),
        (image[:, 1:], image[:, :-1]),
        (image[1:, 1:], image[:-1, :-1]),
        (image[1:, :-1], image[:-1, 1:]),
    ]
    with np.errstate(invalid="ignore"):  # nothing varies
        return max(np.nan_to_num(np.corrcoef(a.flat, b.flat)[0, 1]) for a, b in pairs)


def spanning(mask):
    """Return whether one part of a mask reaches from one side of the image to the opposite one."""
    labels, _ = ndimage.label(mask, TOUCHING)
    return any(np.intersect1d(a, b).any() for a, b in [labels[[0, -1]], labels[:, [0, -1]].T])


def unruled(ink):
    """Return ink without the lines of ruled or squared paper, if they are thinner than the pen.

    A grey-level opening by a growing square takes away what is thinner, until no line runs through.
    """
    longer = max(ink.shape)
    for width in [1, *range(2, int(RULE * longer) + 1, max(1, longer // DIGIT))]:
        opened = ndimage.grey_opening(ink, (width, width)) if width > 1 else ink
        if not spanning(opened > otsu(opened)):
            return opened
    return ink


def distinct(ink, mask, smoothed):
    """Return whether what a mask holds is ink, and not just the darker half of the paper."""
    if mask.all() or not mask.any():
        return False
    paper = ink[~mask]
    contrast = ink[mask].mean() - paper.mean()
    if contrast >= max(photos.CONTRAST, CLEAR * paper.std()) and not smoothed:
        return True
    return contrast >= max(FAINT, SURE * paper.std())


def inked(grey, side):
    """Return ink and its mask, bool (h, w), of a grey image of at most side pixels a side.

    Raises Refused where there is none.
    """
    if np.unique(grey).size == 2:
        # A bitmap has lost its anti-aliasing; about [1 2 1] / 4 each way gives it back.
        grey = ndimage.gaussian_filter(grey, 0.7, mode="nearest")
    raw, longer = grey, max(grey.shape)
    photo = longer > TINY
    grey = scaled(grey, (min(side, longer) if photo else TINY) / longer)
    small = scaled(grey, TINY / max(grey.shape))
    around = ndimage.gaussian_filter(small, AROUND * TINY, mode="nearest")
    if ((small - around) ** 3).mean() < 0:  # what differs most from its surroundings is dark
        grey = 1 - grey
    # What is smaller was prepared by someone: it has no shadows, but may be filled by its digit.
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
    raise Refused("no ink is seen; write darker, or photograph closer and in better light")


def parts(mask):
    """Return the labels, int (h, w), of a mask's connected parts, and the numbers of the digits'.

    Not a digit's are specks and, where there are others, parts at the border: what a crop has left
    of a neighbour, the edge of the paper, a finger. But of a 5 that fills its picture, the loose
    bar alone is inside: in the box of the larger part, of which it is a piece.
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
