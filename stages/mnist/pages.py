"""The digits of a photo, one or several, found and put in reading order.

A box is a pair of slices, rows and columns; the rest is as in segmentation.py.
"""

import numpy as np
from scipy import ndimage

from mnist import photos, preparation, segmentation
from mnist.errors import Refused

# Chosen as the constants of segmentation.py were.
FRAGMENT = 0.6  # of the height of a digit: a part that is lower is a piece of one
GAP = 0.25  # of the height of a digit: pieces of one digit are no further apart
SHARED = 0.3  # of the width of the narrower piece: pieces of one digit are above each other
MANY = 200  # digits on a page; with more, they have too few of its pixels


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
    ink, mask = segmentation.inked(grey, photos.PAGE)
    labels, kept = segmentation.parts(mask)
    if len(kept) > MANY:
        raise Refused(f"{len(kept)} marks are seen, more than {MANY}; photograph fewer, closer")
    boxes = ndimage.find_objects(labels)
    found = ordered(joined([boxes[k - 1] for k in kept]))
    return np.stack(
        [preparation.framed(ink[box], np.isin(labels[box], kept[which])) for box, which in found]
    )


def prepare(path):
    """Return all digits in an image file, in reading order, uint8 (k, 28, 28).

    Raises Refused, naming the file, where it cannot be read or has no ink.
    """
    grey = photos.read(path)
    try:
        return digits(grey)
    except Refused as error:
        raise Refused(f"{photos.printable(path)}: {error}") from None
