import pytest
import torch
from torch import nn

from mnist.models import weights

ARGUMENTS = {
    "ann": {"widths": [20, 30], "dropout": 0.2},
    "cnn": {"widths": [4, 5, 6, 7], "dropout": 0.2},
}


def _trained(name, seed=0):
    """Return a network whose BatchNorm has seen images, as that of a trained one has."""
    arguments = {"classes": 10, **ARGUMENTS[name]}
    made = weights.build(weights.Configuration(name, arguments, 0.13, 0.31), seed)
    generator = torch.Generator().manual_seed(seed)
    for layer in made.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            for values in (layer.weight.data, layer.running_var):
                values.copy_(torch.rand(values.shape, generator=generator) + 0.5)
            for values in (layer.bias.data, layer.running_mean):
                values.copy_(torch.randn(values.shape, generator=generator))
    return made.eval()


@pytest.fixture(scope="session")
def trained():
    """Return a function that makes a network, by its architecture and seed."""
    return _trained
