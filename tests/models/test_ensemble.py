import numpy as np
import torch
from torch import nn

from mnist.models import ensemble


class Corner(nn.Module):
    """Says 1 where a pixel of the image is inked, else 0, and is sure of it."""

    def __init__(self, row, column):
        super().__init__()
        self.row, self.column = row, column

    def forward(self, images):
        ink = images[:, 0, self.row, self.column] * 40
        return torch.stack([20 - ink, ink - 20, *[torch.full_like(ink, -99)] * 8], 1)


def test_an_ensemble_sees_the_image_and_its_four_neighbours():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 5, 7] = 255
    nearby = [(5, 7), (4, 7), (6, 7), (5, 6), (5, 8)]
    for row, column in [*nearby, (4, 6), (5, 9), (3, 7)]:
        said = ensemble.predict([Corner(row, column)], image)
        assert said.shape == (1, 10) and said.dtype == np.float32
        assert np.isclose(said[0, 1], 0.2 if (row, column) in nearby else 0)


def test_what_leaves_the_image_does_not_come_back_on_the_other_side():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 0, 0] = 255
    for row, column in [(27, 0), (0, 27), (27, 27)]:
        assert ensemble.predict([Corner(row, column)], image)[0, 1] < 0.01


def test_all_members_weigh_the_same(digits):
    images = digits[0][:3]
    one, other = Corner(14, 14), Corner(10, 14)
    alone = [ensemble.predict([network], images) for network in (one, other)]
    assert np.allclose(ensemble.predict([one, other], images), np.mean(alone, 0))


def test_the_ensemble_is_a_module_from_images_to_probabilities(digits):
    members = [Corner(14, 14), Corner(10, 14)]
    module = ensemble.Ensemble(members)
    said = module(torch.from_numpy(digits[0][:3]).unsqueeze(1) / 255)
    assert isinstance(module, nn.Module) and torch.allclose(said.sum(1), torch.ones(3))
    assert np.allclose(said.numpy(), ensemble.predict(members, digits[0][:3]))


def test_no_image_has_no_probabilities():
    assert ensemble.predict([Corner(0, 0)], np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)
