"""Trained networks as a device wants them: raw grey in, probabilities out, fewer layers."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils import fusion

from mnist.models.ensemble import Ensemble

FUSED = {nn.Linear: fusion.fuse_linear_bn_eval, nn.Conv2d: fusion.fuse_conv_bn_eval}


class RawImages(nn.Module):
    """A model that takes grey levels as a camera or a canvas has them.

    Images are float32 (n, 28, 28) in 0..255, the ink bright on 0 as in MNIST; what comes out is
    probabilities, float32 (n, classes). Nothing is left to be done, or forgotten, outside the file.
    """

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        """Return the probabilities of images."""
        return self.model(images.unsqueeze(1) / 255)


def folded(layers: nn.Sequential) -> nn.Sequential:
    """Return layers that compute the same without dropout and, where possible, BatchNorm.

    BatchNorm in evaluation is a factor and a summand per channel, which the linear or convolutional
    layer before it can take over (Jacob et al. 2018, arXiv:1712.05877, section 3.2). Where a
    maximum stands between the two, only factors that are not negative commute with it.
    """
    found = []
    for layer in layers:
        if isinstance(layer, nn.Dropout):
            continue
        behind = bool(found) and isinstance(found[-1], nn.MaxPool2d)
        at = -2 if behind else -1
        before = found[at] if len(found) >= -at else None
        norm = isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
        if norm and type(before) in FUSED and not (behind and (layer.weight < 0).any()):
            found[at] = FUSED[type(before)](before, layer)
        else:
            found.append(layer)
    return nn.Sequential(*found)


def prepared(network: nn.Sequential) -> nn.Sequential:
    """Return a trained network, a normalisation and an architecture, with its layers folded.

    Weights are in their plain order: of those in channels_last, litert-torch 0.10.0 makes a
    temporary copy, remembers it by its address, and takes a later layer of the same shape, whose
    copy may get that address, for the same.
    """
    normalise, architecture = copy.deepcopy(network)
    if isinstance(architecture, nn.Sequential):
        architecture = folded(architecture)
    network = nn.Sequential(normalise, architecture).eval()
    return network.to(memory_format=torch.contiguous_format)


def alone(network: nn.Sequential) -> RawImages:
    """Return one trained network for a device."""
    return RawImages(nn.Sequential(prepared(network), nn.Softmax(1))).eval()


def together(networks: Sequence[nn.Sequential]) -> RawImages:
    """Return all networks of a model as one, asked as predict.py asks them."""
    return RawImages(Ensemble([prepared(network) for network in networks])).eval()
