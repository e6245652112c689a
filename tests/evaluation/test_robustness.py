import numpy as np
import pytest
import torch
from torch import nn

from mnist.evaluation import robustness
from mnist.evaluation.corruptions import kinds

AUGMENTATION = {"noise": 0.1, "rotation": 0, "shift": 0, "scale": 0, "shear": 0}


class Ink(nn.Module):
    """Says 1 where there is much ink, else 0."""

    def forward(self, images):
        ink = images.mean((1, 2, 3)) * 40
        return torch.stack([torch.full_like(ink, 4), ink, *[torch.full_like(ink, -9)] * 8], 1)


class Says(nn.Module):
    """Says one digit of every image, and counts the images."""

    def __init__(self, digit):
        super().__init__()
        self.digit, self.images = digit, 0

    def forward(self, images):
        self.images += len(images)
        return torch.eye(10)[[self.digit] * len(images)]


def test_the_error_is_the_share_of_wrong_answers_the_mean_over_networks():
    images = np.zeros((4, 28, 28), np.uint8)
    images[2:] = 255
    labels = np.array([0, 0, 1, 0])
    assert robustness.error([Ink()], images, labels) == 0.25
    assert robustness.error([Ink(), Says(1)], images, labels) == 0.5


@pytest.mark.parametrize("models", [["a"], ["b", "a"], ["c", "a", "b"]])
def test_every_kind_strength_and_model_has_a_row_in_their_order(models, digits):
    networks = {name: [Says(0), Says(1)] for name in models}
    images, labels = digits[0][:6], digits[1][:6]
    table = robustness.corruptions(networks, images, labels, np.array([1, 2]), AUGMENTATION)
    assert table[["strength", "kind", "model"]].to_numpy().tolist() == [
        [strength, kind, model]
        for strength in ("reference", "weaker", "stronger")
        for kind in kinds.KINDS
        for model in models
    ]
    assert set(table[table["seen"]]["kind"]) == {"shot_noise", "impulse_noise"}
    for first, second in networks.values():
        assert second.images == 6 * len(kinds.KINDS)
        assert first.images == second.images + 2 * 2 * len(kinds.KINDS)


def test_the_mean_corruption_error_is_a_plain_mean_of_the_reference(digits):
    networks = {"b": [Says(0)], "a": [Says(3)]}
    images, labels = digits[0][:20], digits[1][:20]
    table = robustness.corruptions(networks, images, labels, np.arange(3), AUGMENTATION)
    table.loc[table["kind"] == "fog", "error"] = 0.5
    found = robustness.summary(table)
    for name, each in networks.items():
        alone = (labels != each[0].digit).mean()
        assert found.loc[name, "error_seen"] == pytest.approx(alone)
        assert found.loc[name, "error_never_seen"] == pytest.approx((12 * alone + 0.5) / 13)
        assert found.loc[name, "mean_corruption_error"] == pytest.approx((14 * alone + 0.5) / 15)


def test_a_turn_is_clockwise_a_shift_goes_four_ways_and_a_scale_of_one_is_nothing(digits):
    images = digits[0][:3]
    assert np.abs(robustness.moved(images, "scale", 1.0).astype(int) - images).max() <= 1
    quarter = robustness.moved(images, "rotation", 90).astype(int)
    assert np.abs(quarter - np.rot90(images, -1, (1, 2))).max() <= 1
    right, left, down, up = robustness.moved(images, "shift", 2).reshape(4, 3, 28, 28).astype(int)
    assert np.abs(right[:, :, 2:] - images[:, :, :-2]).max() <= 1
    assert np.abs(up[:, :-2] - images[:, 2:]).max() <= 1
    assert right[:, :, :2].max() == left[:, :, -2:].max() == down[:, :2].max() == 0


def test_geometry_is_measured_with_the_first_network_of_every_model(digits):
    networks = {"b": [Says(0), Says(1)], "a": [Says(3)]}
    images, labels = digits[0][:5], digits[1][:5]
    table = robustness.geometry(networks, images, labels)
    assert len(table) == 2 * sum(map(len, robustness.CURVES.values()))
    assert table["model"].tolist()[:2] == ["b", "a"]
    for name, each in networks.items():
        accuracies = table[table["model"] == name]["accuracy"]
        assert np.allclose(accuracies, (labels == each[0].digit).mean())
    assert networks["b"][1].images == 0
