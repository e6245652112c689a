"""Ones with an upstroke, as many people outside America write them: MNIST's mostly have none."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from mnist.core.affine import HALF

# As Swiss writers and the authors of photos draw them, those of the odd halves only.
ANGLE = 15, 60  # degrees between the stem and the upstroke
FALL = 35  # degrees by which the upstroke falls to the left at least; a seven's bar is flatter
UPSTROKE = 0.2, 1.0  # the upstroke's length, as a part of the stem's
BASE = -0.4, 0.4  # half the length of the line below, as such a part; half of all have none


def line(start: Tensor, end: Tensor, half: Tensor) -> Tensor:
    """Return lines (n, 28, 28) in 0..1 from start (n, 2) to end (n, 2), x and y in pixels.

    They are twice half (n,) thick, with round ends and edges that are soft by a pixel.
    """
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    way, apart = (end - start)[..., None, None], torch.stack([x, y]) - start[..., None, None]
    along = ((apart * way).sum(1) / (way**2).sum(1).clamp(min=1e-6)).clamp(0, 1)
    x, y = (apart - way * along.unsqueeze(1)).unbind(1)
    distance = torch.hypot(x, y)
    return (half[:, None, None] + 0.5 - distance).clamp(0, 1)


def centre(images: Tensor) -> Tensor:
    """Return the centre of mass (n, 2), x and y in pixels, of images (n, 28, 28)."""
    pixels, mass = torch.arange(28.0), images.sum((1, 2)).clamp(min=1e-6)
    return torch.stack([images.sum(1) @ pixels, images.sum(2) @ pixels], 1) / mass[:, None]


def ends(images: Tensor) -> list[Tensor]:
    """Return the first and the last point (n, 2), x and y in pixels, of strokes (n, 28, 28)."""
    inked = (images.amax(2) > 0.5).float()
    found = []
    for row in (inked.argmax(1), 27 - inked.flip(1).argmax(1)):
        pixels = images[torch.arange(len(images)), row]
        x = pixels @ torch.arange(28.0) / pixels.sum(1).clamp(min=1e-6)
        found.append(torch.stack([x, row.float()], 1))
    return found


def european(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return ones (n, 1, 28, 28) with an upstroke, half of them with a line below as well.

    Drawn as thick as the stem and centred again, by whole pixels, as MNIST centres its digits.
    """
    ink = images.squeeze(1)
    draw = torch.rand(len(ink), 3, generator=generator)
    angle, part, base = (
        low + (high - low) * draw[:, i] for i, (low, high) in enumerate((ANGLE, UPSTROKE, BASE))
    )
    top, foot = ends(ink)
    stem = (foot - top).norm(dim=1).clamp(min=1)
    half = (ink.sum((1, 2)) / stem / 2).clamp(max=3)
    x, y = (foot - top).T
    fall = (torch.atan2(y, -x) - angle.deg2rad()).clamp(min=math.radians(FALL))
    away = torch.stack([-fall.cos(), fall.sin()], 1) * (part * stem)[:, None]
    aside = torch.stack([base.clamp(min=0) * stem, torch.zeros(len(ink))], 1)
    below = line(foot - aside, foot + aside, half) * (base > 0)[:, None, None]
    drawn = ink.maximum(line(top, top + away, half)).maximum(below)
    theta = torch.eye(2, 3).repeat(len(ink), 1, 1)
    theta[:, :, 2] = (centre(drawn) - centre(ink)).round() / HALF
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(drawn.unsqueeze(1), grid, mode="nearest", align_corners=False)
