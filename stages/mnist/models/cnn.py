"""The convolutional neural network."""

from collections.abc import Sequence

import torch
from torch import nn

from mnist.core.accepted_values import below, several, whole

ACCEPTED = {"widths": several(4, 4, whole(1, 1024)), "dropout": below(1)}


def build(*, classes: int, widths: Sequence[int], dropout: float) -> nn.Sequential:
    """Return a network from normalised images (n, 1, 28, 28) to logits (n, classes).

    Widths are the channels of four convolutions, which have no padding; the hidden layer behind
    them is as wide as the last. Pooling stands before BatchNorm and ReLU: the maximum commutes with
    ReLU, and a quarter of the values is left to normalise. With 10 classes and widths
    (16, 32, 48, 96): 98,714 parameters.
    """
    layers, inputs = [], 1
    # 28 → 24, pooled to 12 → 10 → 8, pooled to 4 → 2 pixels
    for outputs, size, pooled in zip(widths, (5, 3, 3, 3), (True, False, True, False), strict=True):
        layers += [nn.Conv2d(inputs, outputs, size, bias=False)]  # BatchNorm has the bias
        layers += [nn.MaxPool2d(2)] if pooled else []
        layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
        inputs = outputs
    layers += [nn.Flatten(), nn.Linear(2 * 2 * inputs, inputs, bias=False)]
    layers += [nn.BatchNorm1d(inputs), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inputs, classes)]
    # Channels innermost is how oneDNN computes.
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)
