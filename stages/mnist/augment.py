"""Random changes to a batch of images that leave the digit readable."""

import math

import torch
import torch.nn.functional as F


def matrices(angle, shift, scale, shear):
    """Return the maps (n, 2, 3) from output to input pixels, in the units of affine_grid.

    Angle (n,) in radians, clockwise as seen; shift (n, 2) in pixels, x then y; scale (n,); shear
    (n,), the tangent by which x moves left as y goes down. The image is sheared, scaled, rotated,
    then shifted, about its centre, in the order of torchvision.transforms.v2.functional.affine.
    """
    cos, sin = angle.cos(), angle.sin()
    # The inverse of rotation · scale · shear, applied to output − shift.
    linear = torch.stack([cos - shear * sin, sin + shear * cos, -sin, cos], 1).view(-1, 2, 2)
    linear = linear / scale.view(-1, 1, 1)
    offset = -linear @ (shift / 14).unsqueeze(2)  # affine_grid's unit is half the image's 28 pixels
    return torch.cat([linear, offset], 2)


def augment(images, generator, *, rotation, shift, scale, shear, noise):
    """Return float images (n, 1, 28, 28) in 0..1, each changed at random and independently.

    Affine, bilinear, with black outside (Simard et al. 2003, section 3); the ranges are those of
    params.yaml, uniform either way. Noise is Gaussian and is added last.
    """
    draw = torch.rand(len(images), 5, generator=generator) * 2 - 1
    theta = matrices(
        angle=draw[:, 0] * math.radians(rotation),
        shift=draw[:, 1:3] * shift,
        scale=1 + draw[:, 3] * scale,
        shear=draw[:, 4] * shear,
    ).to(images.device)
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    images = F.grid_sample(images, grid, align_corners=False)
    if noise:
        images = images + noise * torch.randn(images.shape, generator=generator).to(images.device)
    return images
