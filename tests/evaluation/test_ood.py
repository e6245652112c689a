import numpy as np
import pytest
import torch
from torch import nn

from mnist.core import files
from mnist.evaluation import ood
from mnist.models import cnn
from mnist.models.layers import Normalise


class Ink(nn.Module):
    """Is the surer the more ink there is."""

    def forward(self, images):
        ink = images.mean((1, 2, 3)) * 40
        return torch.stack([torch.full_like(ink, 4), ink, *[torch.full_like(ink, -9)] * 8], 1)


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """Work in a folder in which fetch_others brought clothes, which are brighter than digits."""
    monkeypatch.chdir(tmp_path)
    files.write_json("data/others/sets.json", {"clothes": True})
    files.write_arrays("data/others/clothes.npz", images=np.full((30, 28, 28), 255, np.uint8))


def test_letters_are_images_and_none_looks_like_a_digit():
    letters = ood.letters()
    assert letters.dtype == np.uint8 and letters.shape[1:] == (28, 28) and len(letters) > 100
    assert letters.max((1, 2)).min() > 200
    assert not {"O", "I", "l", "S"} - ood.DIGIT_LIKE


def test_noise_is_repeatable_and_of_every_grey(fetched):
    noise, again = (ood.foreign(5, "mnist")["noise"] for _ in range(2))
    assert (noise == again).all() and len(np.unique(noise)) == 256


def test_blank_is_one_image_because_networks_see_no_other(fetched):
    blank = ood.foreign(5, "mnist")["blank"]
    assert blank.shape == (1, 28, 28) and blank.dtype == np.uint8 and np.ptp(blank) == 0
    greys = torch.arange(256.0).div(255).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    torch.manual_seed(0)
    network = nn.Sequential(
        Normalise(0.13, 0.31), cnn.build(classes=10, widths=[2, 3, 4, 5], dropout=0)
    ).eval()
    seen = network[0](greys)
    assert (seen == seen[0]).all()


def test_against_one_image_auroc_is_the_share_of_digits_that_are_surer():
    images = np.repeat(np.uint8([26, 32, 38, 45]), 28 * 28).reshape(4, 28, 28)
    assert ood.auroc([Ink()], images, images[1:2]) == (0.5 + 1 + 1) / 4


def test_confidence_that_tells_digits_from_others_has_an_auroc_of_one():
    bright, dark = np.full((5, 28, 28), 250, np.uint8), np.full((7, 28, 28), 100, np.uint8)
    assert ood.auroc([Ink()], bright, dark) == 1
    assert ood.auroc([Ink()], bright, bright) == 0.5


@pytest.mark.parametrize("models", [["a"], ["b", "a"], ["c", "a", "b"]])
def test_every_model_is_measured_against_every_kind(models, fetched, digits):
    found = ood.measure({name: [Ink()] for name in models}, digits[0][:20], "mnist")
    assert list(found.index) == models
    assert list(found) == ["auroc_blank", "auroc_noise", "auroc_letters", "auroc_clothes"]
    assert found.ge(0).all(axis=None) and found.le(1).all(axis=None)
    assert (found["auroc_clothes"] == 0).all()  # the brightest images are the surest


def test_clothes_are_taken_as_many_as_there_are_test_images(fetched):
    assert ood.foreign(20, "mnist")["clothes"].shape == (20, 28, 28)


def test_clothes_are_not_foreign_to_networks_that_learnt_them(fetched, digits):
    found = ood.measure({"a": [Ink()]}, digits[0][:20], "fashion_mnist").loc["a"]
    assert np.isnan(found["auroc_clothes"]) and not np.isnan(found["auroc_letters"])


def test_what_could_not_be_had_is_no_number(fetched, digits):
    files.write_json("data/others/sets.json", {"clothes": False})
    found = ood.measure({"a": [Ink()]}, digits[0][:20], "mnist").loc["a"]
    assert np.isnan(found["auroc_clothes"])
