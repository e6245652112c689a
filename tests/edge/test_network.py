"""Networks for devices compute what the trained ones do, with fewer layers."""

import pytest
import torch
from torch import nn

from mnist.models import ensemble
from pipelines.edge.formats import network

NAMES = ("ann", "cnn")


@pytest.fixture
def images():
    return torch.randint(256, (8, 28, 28), generator=torch.Generator().manual_seed(1)).float()


def kinds(model):
    return {type(layer) for layer in model.modules()}


@pytest.mark.parametrize("name", NAMES)
def test_a_network_alone_takes_raw_grey_and_gives_probabilities(name, images, trained):
    made = trained(name)
    found = network.alone(made)
    expected = made(images.unsqueeze(1) / 255).softmax(1)
    torch.testing.assert_close(found(images), expected, atol=1e-6, rtol=1e-4)
    assert found(images).sum(1).tolist() == pytest.approx([1] * 8)
    assert not kinds(found) & {nn.BatchNorm1d, nn.BatchNorm2d, nn.Dropout}


def test_a_factor_below_zero_does_not_pass_a_maximum(images, trained):
    made = trained("cnn")
    made[1][2].weight.data[1] = -1.0  # BatchNorm behind the first pooling
    found = network.alone(made)
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in found.modules()) == 1
    expected = made(images.unsqueeze(1) / 255).softmax(1)
    torch.testing.assert_close(found(images), expected, atol=1e-6, rtol=1e-4)


def test_networks_together_answer_as_the_ensemble_does(images, trained):
    several = [trained("cnn", seed) for seed in (0, 1)]
    expected = ensemble.Ensemble(several)(images.unsqueeze(1) / 255)
    torch.testing.assert_close(network.together(several)(images), expected, atol=1e-6, rtol=1e-4)


def test_the_trained_network_stays_as_it_was_and_weights_are_in_plain_order(trained):
    made = trained("cnn")
    before = {key: value.clone() for key, value in made.state_dict().items()}
    found = network.alone(made)
    assert all(torch.equal(before[key], value) for key, value in made.state_dict().items())
    assert all(each.is_contiguous() for each in found.parameters())


def test_an_architecture_that_is_no_list_of_layers_is_exported_as_it_is(images):
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.last = nn.BatchNorm2d(1), nn.Linear(784, 10)

        def forward(self, x):
            return self.last(self.norm(x).flatten(1))

    made = nn.Sequential(nn.Identity(), Odd()).eval()
    expected = made(images.unsqueeze(1) / 255).softmax(1)
    torch.testing.assert_close(network.alone(made)(images), expected)
