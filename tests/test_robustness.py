import numpy as np
import pytest
import torch
from torch import nn

from mnist import robustness, strangers


class Ink(nn.Module):
    """Says 1 where there is much ink, else 0, and is the surer the more there is."""

    def forward(self, images):
        ink = images.mean((1, 2, 3)) * 40
        return torch.stack([torch.full_like(ink, 4), ink, *[torch.full_like(ink, -9)] * 8], 1)


@pytest.fixture
def networks():
    return {"ann": [Ink()], "cnn": [Ink(), Ink()]}


def test_a_sample_is_stratified_fixed_and_everything_where_that_is_asked():
    labels = np.repeat(np.arange(10), 50)
    chosen = robustness.sample(labels, 100)
    assert np.bincount(labels[chosen]).tolist() == [10] * 10
    assert chosen.tolist() == robustness.sample(labels, 100).tolist()
    assert robustness.sample(labels, 500).tolist() == list(range(500))
    assert robustness.sample(labels, 495).tolist() == list(range(500))


def test_errors_are_shares_of_wrong_answers():
    images = np.zeros((4, 28, 28), np.uint8)
    images[2:] = 255
    assert robustness.errors([Ink()], images, np.array([0, 0, 1, 0])) == [0.25]


def test_every_kind_and_model_has_a_row(networks, digits):
    images, labels = digits[0][:20], digits[1][:20]
    rows = robustness.corrupted(networks, images, labels, ["stripe", "fog"], "weaker")
    assert [(row["kind"], row["model"]) for row in rows] == [
        ("stripe", "ann"),
        ("stripe", "cnn"),
        ("fog", "ann"),
        ("fog", "cnn"),
    ]


def test_a_turn_is_clockwise_a_shift_goes_four_ways_and_a_scale_of_one_is_nothing(digits):
    images = digits[0][:3]
    assert np.abs(robustness.moved(images, "scale", 1.0).astype(int) - images).max() <= 1
    quarter = robustness.moved(images, "rotation", 90).astype(int)
    assert np.abs(quarter - np.rot90(images, -1, (1, 2))).max() <= 1
    right, left, down, up = robustness.moved(images, "shift", 2).reshape(4, 3, 28, 28).astype(int)
    assert np.abs(right[:, :, 2:] - images[:, :, :-2]).max() <= 1
    assert np.abs(up[:, :-2] - images[:, 2:]).max() <= 1
    assert right[:, :, :2].max() == left[:, :, -2:].max() == down[:, :2].max() == 0


def test_confidence_that_tells_digits_from_others_has_an_auroc_of_one():
    bright, dark = np.full((5, 28, 28), 250, np.uint8), np.full((7, 28, 28), 100, np.uint8)
    assert robustness.told_apart([Ink()], bright, dark) == 1
    assert robustness.told_apart([Ink()], bright, bright) == 0.5


def test_uci_digits_look_like_mnist_s():
    images, labels = strangers.uci_digits()
    assert images.shape == (1797, 28, 28) and np.bincount(labels).min() > 150
    assert images[:, 4:-4, 4:-4].sum() > 0.95 * images.sum()


def test_strangers_are_images_and_no_letter_looks_like_a_digit():
    letters = strangers.letters()
    assert letters.dtype == np.uint8 and letters.shape[1:] == (28, 28) and len(letters) > 100
    assert letters.max((1, 2)).min() > 200
    assert not {"O", "I", "l", "S"} - strangers.DIGIT_LIKE
    assert np.ptp(strangers.blank(), axis=(1, 2)).max() == 0
    assert (strangers.noise(5) == strangers.noise(5)).all()
