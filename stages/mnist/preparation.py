"""From any photo or drawing of handwritten digits to images like MNIST's.

MNIST's digits were scaled into 20 × 20 pixels with their aspect kept, which anti-aliased them, and
placed in 28 × 28 with the centre of mass in the middle (LeCun et al. 1998, section III.A,
doi:10.1109/5.726791). The exact steps are lost (Yadav & Bottou 2019, arXiv:1905.10498).

Below, a grey image is float (h, w) in 0..1, 1 being white; ink is float (h, w) in 0..1, 0 being
paper of either colour; a box is a pair of slices, rows and columns.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from mnist import photos
from mnist.errors import Refused

DIGIT = 400  # pixels of the longer side to which a single digit is reduced
TINY = 100  # pixels of the longer side to which less is enlarged: five for each of MNIST's 20

# Chosen on photos by half of the people at hand, and on MNIST digits put on paper with shadows and
# lines. The other half was scored once; that it had refusals led to COHERENT and CONTRAST as they
# are, though none of its images was looked at.
AROUND = 0.2  # of the longer side: the surroundings with which a pixel is compared
WINDOW = 0.2  # of the longer side: what is wider than this both ways is paper or shadow, not ink
RULE = 0.02  # of the longer side: the thickest line of ruled or squared paper
COHERENT = 0.2  # correlation of neighbouring pixels: noise has 0.12 at 28 × 28, digits 0.27 or more
SPECK = 0.08  # of the largest part's area; less is dust, more may be the bar of a broken 5
FRAGMENT = 0.6  # of the height of a digit: a part that is lower is a piece of one
GAP = 0.25  # of the height of a digit: pieces of one digit are no further apart
SHARED = 0.3  # of the width of the narrower piece: pieces of one digit are above each other
WIDTHS = (2.4, 4.1)  # pixels: MNIST's first quartile and 95th percentile as stroke() measures
TOP = 95  # the percentile of a digit's ink that becomes white
MANY = 200  # digits on a page; with more, they have too few of its pixels
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
    noise = coherence(ink if photo else raw) < COHERENT
    ink = unruled(ink) if photo else ink
    mask = ink > otsu(ink)
    if (
        noise
        or mask.all()
        or not mask.any()
        or ink[mask].mean() < photos.CONTRAST + ink[~mask].mean()
    ):
        raise Refused("no ink is seen; write darker, or photograph closer and in better light")
    return ink, mask


def parts(mask):
    """Return the labels, int (h, w), of a mask's connected parts, and the numbers of the digits'.

    Not a digit's are specks and, where there are others, parts at the border: what a crop has left
    of a neighbour, the edge of the paper, a finger.
    """
    labels, n = ndimage.label(mask, TOUCHING)
    area = np.bincount(labels.ravel(), minlength=n + 1)[1:]
    inside = ~np.isin(np.arange(1, n + 1), border(labels))
    kept = inside if area[inside].max(initial=0) >= SPECK * area.max() else area > 0
    return labels, 1 + np.flatnonzero(kept & (area >= SPECK * area[kept].max()))


def crop(image, mask):
    """Return the part of an image (h, w) in which a mask has anything."""
    return image[ndimage.find_objects(mask.astype(np.int8))[0]]


def stroke(mask):
    """Return the typical width, in pixels, of the strokes in a mask.

    In a long stroke of width w, the mean distance to the nearest outside pixel is (w + 1) / 4 or a
    little more.
    """
    return 4 * ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 1


def thickened(ink, radius):
    """Return ink with its strokes wider by radius pixels on each side; narrower where negative."""
    reach = round(abs(radius))
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    change = ndimage.grey_dilation if radius > 0 else ndimage.grey_erosion
    return change(np.pad(ink, reach), footprint=y**2 + x**2 <= radius**2 + 0.5)


def averaging(n, m):
    """Return the matrix (m, n) that averages n values over m equal intervals, exactly."""
    ends = np.arange(m + 1) * (n / m)
    overlap = np.minimum(ends[1:, None], np.arange(n) + 1) - np.maximum(ends[:-1, None], range(n))
    return overlap.clip(0) * (m / n)


def framed(ink, mask):
    """Return the ink under and right beside a mask as MNIST would have it, uint8 (28, 28)."""
    # Anti-aliased edges reach about two pixels beyond the mask; dust and neighbours lie further.
    ink = crop(np.where(ndimage.binary_dilation(mask, TOUCHING, 2), ink, 0), mask)
    ink = scaled(ink, TINY / max(ink.shape))
    half = otsu(ink)
    width = stroke(ink > half) * 20 / TINY
    radius = (np.clip(width, *WIDTHS) - width) / 2 * TINY / 20
    if abs(radius) >= 0.5:
        changed = thickened(ink, radius)
        ink = changed if (changed > half).any() else ink
    ink = crop(ink, ink > half)
    h, w = (max(1, round(20 * n / max(ink.shape))) for n in ink.shape)
    ink = averaging(ink.shape[0], h) @ ink @ averaging(ink.shape[1], w).T
    ink = np.clip(ink / np.percentile(ink[ink > 0.2 * ink.max()], TOP), 0, 1)
    # The centre of mass goes to index 14, by whole pixels as in MNIST; what would stick out of the
    # 28 is cut off, which takes a digit with all its mass at one end.
    y, x = (int(np.floor(24 - c + 0.5)) for c in ndimage.center_of_mass(ink))
    canvas = np.zeros((48, 48))
    canvas[y : y + h, x : x + w] = ink
    return np.rint(canvas[10:38, 10:38] * 255).astype(np.uint8)


def pieces(one, other, height):
    """Return whether two boxes hold pieces of one digit, where digits have that height.

    Digits of a line stand side by side, and lines are apart. What hangs closely above or below
    another part, and is too low to be a digit itself, belongs to it: the bar of a 5, half an 8.
    """
    (y, x), (v, u) = one, other
    height = max(height, y.stop - y.start, v.stop - v.start)
    low = min(y.stop - y.start, v.stop - v.start) < FRAGMENT * height
    near = max(y.start, v.start) - min(y.stop, v.stop) < GAP * height
    common = min(x.stop, u.stop) - max(x.start, u.start)
    return low and near and common > SHARED * min(x.stop - x.start, u.stop - u.start)


def union(one, other):
    """Return the smallest box around two."""
    pairs = zip(one, other, strict=True)
    return tuple(slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in pairs)


def joined(boxes):
    """Return [(box, members)], one per digit: the box around the boxes with those indices."""
    height = np.median([y.stop - y.start for y, _ in boxes])
    groups = []
    for i, box in enumerate(boxes):
        members = [i]
        while found := [g for g in groups if pieces(g[0], box, height)]:
            groups = [g for g in groups if g not in found]
            for other, indices in found:
                box, members = union(box, other), members + indices
        groups.append((box, members))
    return groups


def ordered(groups):
    """Return groups, as joined returns them, in reading order."""
    middles = np.array([(y.start + y.stop) / 2 for (y, _), _ in groups])
    height = np.median([y.stop - y.start for (y, _), _ in groups])
    # Down the page, the middles jump by over half a digit from one line to the next.
    down = middles.argsort()
    line = np.empty(len(groups), int)
    line[down] = np.cumsum(np.diff(middles[down], prepend=middles[down[0]]) > height / 2)
    return [groups[i] for i in np.lexsort([[x.start for (_, x), _ in groups], line])]


def digits(grey):
    """Return all digits on a grey image, uint8 (k, 28, 28): line by line, from left to right."""
    ink, mask = inked(grey, photos.PAGE)
    labels, kept = parts(mask)
    if len(kept) > MANY:
        raise Refused(f"{len(kept)} marks are seen, more than {MANY}; photograph fewer, closer")
    boxes = ndimage.find_objects(labels)
    found = ordered(joined([boxes[k - 1] for k in kept]))
    return np.stack([framed(ink[box], np.isin(labels[box], kept[which])) for box, which in found])


def digit(grey):
    """Return all that is drawn on a grey image as one digit, uint8 (28, 28)."""
    ink, mask = inked(grey, DIGIT)
    labels, kept = parts(mask)
    return framed(ink, np.isin(labels, kept))


def prepare(path):
    """Return all digits in an image file, in reading order, uint8 (k, 28, 28).

    Raises Refused, naming the file, where it cannot be read or has no ink.
    """
    grey = photos.read(path)
    try:
        return digits(grey)
    except Refused as error:
        raise Refused(f"{photos.printable(path)}: {error}") from None
