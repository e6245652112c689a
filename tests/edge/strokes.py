"""Digits as a person draws them with a mouse or a finger: lines, and the pictures they make."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

Stroke = np.ndarray  # float (n, 2): points (x, y), in a box of 0..1 each way, y down

FINE = 4  # a picture is drawn so many times larger, then reduced, which smooths its edges
STEPS = 12  # straight pieces from one of a curve's points to the next


def curve(*points: tuple[float, float]) -> Stroke:
    """Return a smooth line through points, by splines of Catmull and Rom."""
    known = np.array([points[0], *points, points[-1]])
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    pieces = [
        b
        + t * (c - a) / 2
        + t**2 * (a - 2.5 * b + 2 * c - d / 2)
        + t**3 * (3 * (b - c) + d - a) / 2
        for a, b, c, d in zip(known, known[1:], known[2:], known[3:], strict=False)
    ]
    return np.concatenate([*pieces, known[-1:]])


def lines(*points: tuple[float, float]) -> Stroke:
    """Return a line with corners at points."""
    return np.array(points)


# Nobody's hand is symmetric: the numbers are as uneven as a hand is.
DIGITS: dict[str, list[Stroke]] = {
    "0": [
        curve(
            (0.55, 0.04), (0.31, 0.11), (0.17, 0.36), (0.19, 0.68), (0.38, 0.94), (0.64, 0.93),
            (0.82, 0.68), (0.83, 0.36), (0.69, 0.1), (0.51, 0.05),
        )
    ],
    "1": [curve((0.56, 0.03), (0.53, 0.34), (0.5, 0.66), (0.46, 0.97))],
    "2": [
        curve(
            (0.2, 0.27), (0.29, 0.09), (0.52, 0.03), (0.73, 0.14), (0.74, 0.35), (0.57, 0.59),
            (0.33, 0.81), (0.16, 0.95),
        ),
        curve((0.16, 0.95), (0.36, 0.91), (0.62, 0.95), (0.85, 0.92)),
    ],
    "3": [
        curve(
            (0.22, 0.14), (0.44, 0.03), (0.69, 0.1), (0.72, 0.29), (0.57, 0.43), (0.4, 0.47),
            (0.61, 0.5), (0.78, 0.66), (0.71, 0.88), (0.46, 0.97), (0.2, 0.88),
        )
    ],
    "4": [
        curve((0.41, 0.05), (0.32, 0.28), (0.2, 0.53), (0.18, 0.58), (0.45, 0.57), (0.86, 0.54)),
        curve((0.69, 0.23), (0.67, 0.5), (0.64, 0.76), (0.62, 0.97)),
    ],
    "5": [
        curve(
            (0.31, 0.08), (0.28, 0.26), (0.25, 0.44), (0.45, 0.38), (0.68, 0.45), (0.78, 0.65),
            (0.68, 0.88), (0.44, 0.97), (0.2, 0.9),
        ),
        curve((0.31, 0.08), (0.53, 0.07), (0.79, 0.04)),
    ],
    "6": [
        curve(
            (0.66, 0.04), (0.45, 0.19), (0.28, 0.45), (0.22, 0.71), (0.34, 0.93), (0.57, 0.95),
            (0.75, 0.8), (0.7, 0.6), (0.51, 0.53), (0.32, 0.62), (0.24, 0.76),
        )
    ],
    "7": [
        curve((0.17, 0.1), (0.42, 0.08), (0.64, 0.08), (0.83, 0.06)),
        curve((0.83, 0.06), (0.68, 0.33), (0.55, 0.62), (0.44, 0.97)),
    ],
    "8": [
        curve(
            (0.71, 0.17), (0.52, 0.04), (0.31, 0.13), (0.33, 0.33), (0.54, 0.47), (0.73, 0.64),
            (0.72, 0.87), (0.51, 0.97), (0.29, 0.87), (0.27, 0.66), (0.47, 0.48), (0.68, 0.34),
            (0.71, 0.18),
        )
    ],
    "9": [
        curve(
            (0.72, 0.22), (0.56, 0.05), (0.33, 0.12), (0.24, 0.32), (0.36, 0.49), (0.57, 0.46),
            (0.72, 0.24), (0.71, 0.46), (0.66, 0.72), (0.6, 0.97),
        )
    ],
    "1_european": [
        curve((0.27, 0.37), (0.44, 0.23), (0.6, 0.04)),
        curve((0.6, 0.04), (0.6, 0.34), (0.57, 0.66), (0.58, 0.97)),
    ],
    "7_european": [
        curve((0.18, 0.12), (0.2, 0.07), (0.51, 0.09), (0.82, 0.06)),
        curve((0.82, 0.06), (0.67, 0.32), (0.53, 0.61), (0.42, 0.97)),
        curve((0.36, 0.53), (0.55, 0.51), (0.76, 0.5)),
    ],
    "5_loose": [  # its bar was drawn last, and misses the rest
        curve(
            (0.29, 0.2), (0.27, 0.31), (0.25, 0.46), (0.45, 0.4), (0.68, 0.47), (0.78, 0.66),
            (0.68, 0.88), (0.44, 0.97), (0.2, 0.9),
        ),
        lines((0.4, 0.07), (0.8, 0.03)),
    ],
}  # fmt: skip


def drawn(
    strokes: Sequence[Stroke],
    height: int,
    width: int,
    place: tuple[float, float],
    size: float,
    pen: float,
) -> np.ndarray:
    """Return strokes drawn in black on white paper, uint8 (height, width).

    place: where the top left corner of the strokes' box goes, (y, x); size: the box's side; pen:
    the width of the lines, which have round ends; all in pixels.
    """
    paper = Image.new("L", (FINE * width, FINE * height), 255)
    draw, radius = ImageDraw.Draw(paper), FINE * pen / 2
    for stroke in strokes:
        points = FINE * (stroke * size + place[::-1])
        # A disk at every pixel or two of the line: Pillow's own wide lines have gaps at corners.
        for start, end in pairwise(points):
            steps = max(2, int(np.hypot(*(end - start)) / 2) + 1)
            for x, y in start + np.linspace(0, 1, steps)[:, None] * (end - start):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.asarray(paper.resize((width, height), Image.Resampling.BOX))
