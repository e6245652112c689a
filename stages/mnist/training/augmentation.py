"""Random changes to a batch of images that leave the digit readable."""

import math
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from mnist.core.accepted_values import below, number
from mnist.core.affine import HALF, matrices, sampling_grid
from mnist.training.upstroke import european

ACCEPTED = {
    "ones": number(0, 1),
    "rotation": number(0, 180),
    "shift": number(0, 14),
    "scale": below(1),
    "shear": number(0, 2),
    "elastic": number(0, 14),
    "stroke": number(0, 1),
    "noise": number(0, 1),
}
DIGITS_ONLY = ("ones",)  # what makes sense for handwritten digits alone


def fitting(augment: Mapping[str, float], digits: bool) -> dict[str, float]:
    """Return the section augment without what makes sense for digits alone, if they are none.

    What does not fit is 0, which is off. Digits is whether the training images are digits, as
    prepared.dataset().digits says.
    """
    return {k: v if digits or k not in DIGITS_ONLY else 0 for k, v in augment.items()}


def waves(n: int, generator: torch.Generator) -> Tensor:
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


def extreme(images: Tensor, of_two: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return the extreme over the 3 × 3 pixels around each pixel of images (n, 1, 28, 28).

    Takes torch.maximum or torch.minimum. Outside of an image is 0. Of three pixels in a line, the
    extreme is that of two neighbouring pairs; down the columns first, then along the rows.
    """
    for before, after in (((0, 0, 1, 0), (0, 0, 0, 1)), ((1, 0), (0, 1))):
        pair = of_two(F.pad(images, after), F.pad(images, before))  # of neighbours, 29 in a line
        images = of_two(pair.narrow(2, 0, 28).narrow(3, 0, 28), pair[..., -28:, -28:])
    return images


def restroke(images: Tensor, amount: Tensor) -> Tensor:
    """Return images (n, 1, 28, 28) with strokes thinner or thicker by amounts (n,) from -1 to 1.

    A mixture with the grey erosion or dilation by 3 × 3 pixels (Haralick et al. 1987), which at
    an amount of one takes or adds a pixel on either side.
    """
    thick, thin = extreme(images, torch.maximum), extreme(images, torch.minimum)
    amount = amount.view(-1, 1, 1, 1)
    return images.lerp(torch.where(amount > 0, thick, thin), amount.abs())


def augment(
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
    *,
    ones: float,
    rotation: float,
    shift: float,
    scale: float,
    shear: float,
    elastic: float,
    stroke: float,
    noise: float,
) -> Tensor:
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
        grid = grid + waves(len(images), generator).to(images.device) * (elastic / HALF)
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
