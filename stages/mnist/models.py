"""The two networks: images (n, 1, 28, 28), float32 in 0..1, to ten logits (n, 10)."""

import io

import torch
from torch import nn

from mnist import files


class Normalise(nn.Module):
    """Stretch each image to 0..1, subtract the training mean, divide by the standard deviation.

    Inside the network, so that the weights file alone says what to do with an image. The stretch
    makes grey paper black and faint ink white (Gonzalez & Woods 2018, section 3.2); MNIST's own
    images span 0..1 already.
    """

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, images):
        """Return images of the same shape."""
        darkest, brightest = images.amin((1, 2, 3), True), images.amax((1, 2, 3), True)
        span = (brightest - darkest).clamp(min=1 / 255)  # a blank image has none
        return ((images - darkest) / span - self.mean) / self.std


def ann(*, widths, dropout, mean=0.0, std=1.0):
    """Return a multilayer perceptron with hidden layers of the given widths.

    Linear, BatchNorm (Ioffe & Szegedy 2015), ReLU and dropout (Srivastava et al. 2014) each.
    With widths (512, 512): 670,730 parameters.
    """
    layers, inputs = [Normalise(mean, std), nn.Flatten()], 28 * 28
    for width in widths:
        layers += [nn.Linear(inputs, width, bias=False), nn.BatchNorm1d(width)]
        layers += [nn.ReLU(), nn.Dropout(dropout)]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 10))


def cnn(*, widths, dropout, mean=0.0, std=1.0):
    """Return a convolutional network: four convolutions, a hidden layer, the output.

    Four widths: the channels of the convolutions, which have no padding; the hidden layer is as
    wide as the last. Pooling stands before BatchNorm and ReLU: the maximum commutes with ReLU, and
    a quarter of the values is left to normalise. With widths (16, 32, 48, 96): 98,714 parameters.
    """
    layers, inputs = [Normalise(mean, std)], 1
    # 28 → 24, pooled to 12 → 10 → 8, pooled to 4 → 2 pixels
    for outputs, size, pooled in zip(widths, (5, 3, 3, 3), (True, False, True, False), strict=True):
        layers += [nn.Conv2d(inputs, outputs, size, bias=False)]  # BatchNorm has the bias
        layers += [nn.MaxPool2d(2)] if pooled else []
        layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
        inputs = outputs
    layers += [nn.Flatten(), nn.Linear(2 * 2 * inputs, inputs, bias=False)]
    layers += [nn.BatchNorm1d(inputs), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inputs, 10)]
    # Channels innermost is how oneDNN computes.
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


ARCHITECTURES = {"ann": ann, "cnn": cnn}


def parameters(model):
    """Return how many numbers of a model are trained."""
    return sum(p.numel() for p in model.parameters())


def save(path, architecture, widths, state):
    """Write weights, with the architecture and widths that rebuild their network."""
    # torch.save to a path would write the file's name into the bytes.
    buffer = io.BytesIO()
    torch.save({"architecture": architecture, "widths": list(widths), "state": state}, buffer)
    files.write(path, buffer.getvalue())


def load(path, architecture):
    """Return the network in a weights file, ready to predict on the CPU.

    Raises Refused where the file is missing, is not one that save wrote, or holds another
    architecture.
    """
    with files.reading(path):
        saved = torch.load(path, map_location="cpu", weights_only=True)
        if saved["architecture"] != architecture:
            raise ValueError
        model = ARCHITECTURES[architecture](widths=saved["widths"], dropout=0.0)
        model.load_state_dict(saved["state"])
    return model.eval()
