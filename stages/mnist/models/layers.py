"""Layers that the architectures share."""

import torch
from torch import Tensor, nn


class Normalise(nn.Module):
    """Stretch each image to 0..1, subtract the training mean, divide by the standard deviation.

    Inside the network, so that the weights file alone says what to do with an image. The stretch
    makes grey paper black and faint ink white (Gonzalez & Woods 2018, section 3.2); MNIST's own
    images span 0..1 already.
    """

    def __init__(self, mean: float, std: float):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, images: Tensor) -> Tensor:
        """Return images (n, 1, 28, 28), float32 in 0..1, normalised, of the same shape."""
        darkest, brightest = images.amin((1, 2, 3), True), images.amax((1, 2, 3), True)
        span = (brightest - darkest).clamp(min=1 / 255)  # a blank image has none
        return ((images - darkest) / span - self.mean) / self.std
