"""Random changes to a batch of images that leave the digit readable."""

import math

import torch
import torch.nn.functional as F

from mnist.ones import european


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


def sampling_grid(theta):
    """Return where in its image each output pixel is looked up, (n, 28, 28, 2), x then y.

    Takes maps theta (n, 2, 3), as torch's affine_grid with align_corners=False, and returns the
    same, but by one product of matrices in place of n small ones.
    """
    units = (2 * torch.arange(28.0, device=theta.device) + 1) / 28 - 1
    x, y = units.repeat(28), units.repeat_interleave(28)
    places = torch.stack([x, y, torch.ones_like(x)])
    return (theta.reshape(-1, 3) @ places).view(-1, 2, 28, 28).permute(0, 2, 3, 1)


def waves(n, generator):
    """Return n smooth random displacement fields (n, 28, 28, 2) of standard deviation one.

    Elastic deformation smooths white noise by a Gaussian of 4 pixels (Simard et al. 2003, section
    2.1). Here the noise lives on every fourth pixel only, which looks the same and costs a
    sixteenth of the random numbers.
    """
    pixels, nodes = torch.arange(28.0).view(-1, 1), torch.arange(-4.0, 33.0, 4.0)
    smooth = (-((pixels - nodes) ** 2) / (2 * 4**2)).exp()
    smooth = smooth / smooth.norm(dim=1, keepdim=True)
    coarse = torch.randn(n, 2, len(nodes), len(nodes), generator=generator)
    return (smooth @ coarse @ smooth.T).permute(0, 2, 3, 1)


def extreme(images, of_two):
    """Return the extreme over the 3 × 3 pixels around each pixel of images (n, 1, 28, 28).

    Takes torch.maximum or torch.minimum. Outside of an image is 0. Of three pixels in a line, the
    extreme is that of two neighbouring pairs; down the columns first, then along the rows.
    """
    for before, after in (((0, 0, 1, 0), (0, 0, 0, 1)), ((1, 0), (0, 1))):
        pair = of_two(F.pad(images, after), F.pad(images, before))  # of neighbours, 29 in a line
        images = of_two(pair.narrow(2, 0, 28).narrow(3, 0, 28), pair[..., -28:, -28:])
    return images


def restroke(images, amount):
    """Return images (n, 1, 28, 28) with strokes thinner or thicker by amounts (n,) from -1 to 1.

    A mixture with the grey erosion or dilation by 3 × 3 pixels (Haralick et al. 1987), which at
    an amount of one takes or adds a pixel on either side.
    """
    thick, thin = extreme(images, torch.maximum), extreme(images, torch.minimum)
    amount = amount.view(-1, 1, 1, 1)
    return images.lerp(torch.where(amount > 0, thick, thin), amount.abs())


def augment(
    images, labels, generator, *, ones, rotation, shift, scale, shear, elastic, stroke, noise
):
    """Return float images (n, 1, 28, 28) in 0..1, each changed at random and independently.

    Of the ones among the labels (n,), that share is drawn as Europeans write them. Then affine and
    elastic, bilinear, with black outside (Simard et al. 2003, section 3); the ranges are those of
    params.yaml, uniform either way. The first half of the batch, in whose order there must be no
    meaning, also gets thinner or thicker strokes and Gaussian noise, of a strength that is drawn
    per image. The other half keeps its pixels, since those of MNIST are what is to be read best.
    """
    if ones:
        chance = torch.rand(len(images), generator=generator)
        chosen = ((labels == 1) & (chance < ones)).nonzero().squeeze(1)
        if len(chosen):  # a small batch may have none
            drawn = european(images[chosen].cpu(), generator).to(images.device)
            images = images.index_copy(0, chosen.to(images.device), drawn)
    draw = torch.rand(len(images), 5, generator=generator) * 2 - 1
    theta = matrices(
        angle=draw[:, 0] * math.radians(rotation),
        shift=draw[:, 1:3] * shift,
        scale=1 + draw[:, 3] * scale,
        shear=draw[:, 4] * shear,
    ).to(images.device)
    grid = sampling_grid(theta)
    if elastic:
        grid = grid + waves(len(images), generator).to(images.device) * (elastic / 14)
    images = F.grid_sample(images, grid, align_corners=False)
    half = images[: len(images) // 2]
    if stroke:
        amount = (torch.rand(len(half), generator=generator) * 2 - 1) * stroke
        half = restroke(half, amount.to(images.device))
    if noise:
        strength = noise * torch.rand(len(half), 1, 1, 1, generator=generator)
        grain = strength * torch.randn(half.shape, generator=generator)
        half = (half + grain.to(images.device)).clamp_(0, 1)
    return torch.cat([half, images[len(half) :]])
