"""Affine maps of images of 28 × 28 pixels, and where they look each pixel up."""

import torch
from torch import Tensor

HALF = 14  # pixels: torch's affine_grid measures in halves of the image


def matrices(angle: Tensor, shift: Tensor, scale: Tensor, shear: Tensor) -> Tensor:
    """Return the maps (n, 2, 3) from output to input pixels, in the units of affine_grid.

    Angle (n,) in radians, clockwise as seen; shift (n, 2) in pixels, x then y; scale (n,); shear
    (n,), the tangent by which x moves left as y goes down. The image is sheared, scaled, rotated,
    then shifted, about its centre, in the order of torchvision.transforms.v2.functional.affine.
    """
    cos, sin = angle.cos(), angle.sin()
    # The inverse of rotation · scale · shear, applied to output - shift.
    linear = torch.stack([cos - shear * sin, sin + shear * cos, -sin, cos], 1).view(-1, 2, 2)
    linear = linear / scale.view(-1, 1, 1)
    offset = -linear @ (shift / HALF).unsqueeze(2)
    return torch.cat([linear, offset], 2)


def sampling_grid(theta: Tensor) -> Tensor:
    """Return where in its image each output pixel is looked up, (n, 28, 28, 2), x then y.

    Takes maps theta (n, 2, 3), as torch's affine_grid with align_corners=False, and returns the
    same, but by one product of matrices in place of n small ones.
    """
    units = (2 * torch.arange(28.0, device=theta.device) + 1) / 28 - 1
    x, y = units.repeat(28), units.repeat_interleave(28)
    places = torch.stack([x, y, torch.ones_like(x)])
    return (theta.reshape(-1, 3) @ places).view(-1, 2, 28, 28).permute(0, 2, 3, 1)
