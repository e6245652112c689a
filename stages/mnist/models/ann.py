"""The artificial neural network of the question: a multilayer perceptron."""

from collections.abc import Sequence

from torch import nn

from mnist.core.accepted_values import below, several, whole

ACCEPTED = {"widths": several(1, 8, whole(1, 16_384)), "dropout": below(1)}


def build(*, classes: int, widths: Sequence[int], dropout: float) -> nn.Sequential:
    """Return a network from normalised images (n, 1, 28, 28) to logits (n, classes).

    One hidden layer for each of widths: linear, BatchNorm (Ioffe & Szegedy 2015), ReLU and dropout
    (Srivastava et al. 2014). With 10 classes and widths (512, 512): 670,730 parameters.
    """
    layers, inputs = [nn.Flatten()], 28 * 28
    for width in widths:
        layers += [nn.Linear(inputs, width, bias=False), nn.BatchNorm1d(width)]
        layers += [nn.ReLU(), nn.Dropout(dropout)]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, classes))
