"""The digits of a photo, one or several, found and put in reading order.

A grey image is as in segmentation.py.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import ndimage

from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.photos import normalisation, reading, segmentation

# Chosen as the constants of segmentation.py were.
FRAGMENT = 0.6  # of the height of a digit: a part that is lower is a piece of one
GAP = 0.25  # of the height of a digit: pieces of one digit are no further apart
SHARED = 0.3  # of the width of the narrower piece: pieces of one digit are above each other
MANY = 200  # digits on a page; with more, they have too few of its pixels

Box = tuple[slice, slice]  # rows and columns, pixels
# The parts of an image that make one digit: the smallest box around them, and their indices in the
# list of all parts.
Group = tuple[Box, list[int]]


def pieces(one: Box, other: Box, height: float) -> bool:
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


def union(one: Box, other: Box) -> Box:
    """Return the smallest box around two."""
    pairs = zip(one, other, strict=True)
    return tuple(slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in pairs)


def joined(boxes: Sequence[Box]) -> list[Group]:
    """Return the parts with these boxes as groups, one per digit."""
    height = np.median([y.stop - y.start for y, _ in boxes])
    groups = []
    for i, box in enumerate(boxes):
        members = [i]
        while found := [group for group in groups if pieces(group[0], box, height)]:
            groups = [group for group in groups if group not in found]
            for other, more in found:
                box, members = union(box, other), members + more
        groups.append((box, members))
    return groups


def ordered(groups: Sequence[Group]) -> list[Group]:
    """Return groups in reading order: line by line, from left to right."""
    rows, columns = zip(*(box for box, _ in groups), strict=True)
    middles = np.array([(y.start + y.stop) / 2 for y in rows])
    height = np.median([y.stop - y.start for y in rows])
    # Down the page, the middles jump by over half a digit from one line to the next.
    down = middles.argsort()
    line = np.empty(len(groups), int)
    line[down] = np.cumsum(np.diff(middles[down], prepend=middles[down[0]]) > height / 2)
    return [groups[i] for i in np.lexsort([[x.start for x in columns], line])]


def digits(grey: np.ndarray) -> np.ndarray:
    """Return all digits on a grey image in reading order, uint8 (k, 28, 28), k at least 1.

    Raises InputError where no ink is seen, or more than MANY marks.
    """
    ink, mask = segmentation.inked(grey, reading.PAGE)
    labels, kept = segmentation.parts(mask)
    if len(kept) > MANY:
        raise InputError(f"{len(kept)} marks are seen, more than {MANY}; photograph fewer, closer")
    boxes = ndimage.find_objects(labels)
    found = ordered(joined([boxes[k - 1] for k in kept]))
    each = [(ink[box], np.isin(labels[box], kept[members])) for box, members in found]
    return np.stack([normalisation.framed(*digit) for digit in each])


def read(path: str | Path) -> np.ndarray:
    """Return all digits in an image file in reading order, uint8 (k, 28, 28).

    Raises InputError, naming the file, where it cannot be read or shows no digit.
    """
    grey = reading.read(path)
    try:
        return digits(grey)
    except InputError as error:
        raise InputError(f"{printable(path)}: {error}") from error
