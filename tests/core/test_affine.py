import math

import pytest
import torch
import torch.nn.functional as F

from mnist.core.affine import matrices, sampling_grid
from reference import torchvision


@pytest.fixture(scope="module")
def images(digits):
    return torch.from_numpy(digits[0][:64]).unsqueeze(1) / 255


@pytest.mark.parametrize(
    ("angle", "shift", "scale", "shear"),
    [
        (30, (0, 0), 1, 0),
        (0, (3, -2), 1, 0),
        (0, (0, 0), 1.2, 0),
        (0, (0, 0), 1, 15),
        (-17, (2, 1), 0.9, -8),
    ],
)
def test_the_transform_agrees_with_torchvision(angle, shift, scale, shear, images):
    affine = torchvision().transforms.v2.functional.affine
    theirs = affine(images, angle, list(shift), scale, [shear, 0], interpolation=2)
    theta = matrices(
        torch.tensor([math.radians(angle)]),
        torch.tensor([shift], dtype=torch.float),
        torch.tensor([float(scale)]),
        torch.tensor([math.tan(math.radians(shear))]),
    ).expand(len(images), 2, 3)
    grid = sampling_grid(theta)
    assert torch.allclose(grid, F.affine_grid(theta, images.shape, align_corners=False), atol=1e-5)
    ours = F.grid_sample(images, grid, align_corners=False)
    assert torch.allclose(ours, theirs, atol=2e-4)
