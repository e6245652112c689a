import math

import pytest
import torch

from mnist.training.augmentation import augment, fitting, restroke, waves

NAMES = "ones", "rotation", "shift", "scale", "shear", "elastic", "stroke", "noise"
NOTHING = dict.fromkeys(NAMES, 0)
RANGES = {
    "ones": 0.5,
    "rotation": 20,
    "shift": 3,
    "scale": 0.2,
    "shear": 0.2,
    "elastic": 1,
    "stroke": 0.5,
    "noise": 0,
}


@pytest.fixture(scope="module")
def images(digits):
    return torch.from_numpy(digits[0][:64]).unsqueeze(1) / 255


def drawn(images, seed=0, labels=None, **ranges):
    labels = torch.arange(len(images)) % 10 if labels is None else labels
    return augment(images, labels, torch.Generator().manual_seed(seed), **{**NOTHING, **ranges})


def test_no_range_is_no_change(images):
    assert torch.allclose(drawn(images), images, atol=1e-5)


@pytest.mark.parametrize("name", NAMES[1:])
def test_each_range_changes_the_images(name, images):
    value = {"rotation": 20, "shift": 3, "elastic": 1}.get(name, 0.2)
    assert (drawn(images, **{name: value}) - images).abs().mean() > 0.005


def test_what_fits_digits_alone_is_off_where_there_are_none():
    assert fitting(RANGES, digits=True) == RANGES
    assert fitting(RANGES, digits=False) == RANGES | {"ones": 0}


def test_each_image_is_changed_on_its_own(images):
    same = images[:1].expand(16, 1, 28, 28)
    changed = drawn(same, **RANGES)
    assert len({image.numpy().tobytes() for image in changed}) == 16


def test_the_same_generator_gives_the_same_bytes(images):
    assert torch.equal(drawn(images, 3, **RANGES), drawn(images, 3, **RANGES))
    assert not torch.equal(drawn(images, 3, **RANGES), drawn(images, 4, **RANGES))


def test_the_ink_stays(images):
    changed = drawn(images, **{**RANGES, "ones": 0, "scale": 0, "elastic": 0, "stroke": 0})
    ratio = changed.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert ratio.min() > 0.9 and ratio.max() < 1.1


def test_displacements_are_of_unit_strength_and_as_smooth_as_simard_s():
    fields = waves(4000, torch.Generator().manual_seed(0))
    assert fields.shape == (4000, 28, 28, 2)
    assert fields.std(0).sub(1).abs().max() < 0.08
    # White noise smoothed by a Gaussian of 4 pixels: the correlation at a distance d is
    # exp(-d² / (4 · 4²)).
    for distance in (1, 4, 8):
        correlation = (fields[:, :, distance:] * fields[:, :, :-distance]).mean()
        assert correlation == pytest.approx(math.exp(-(distance**2) / 64), abs=0.03)


def test_strokes_grow_and_shrink_by_a_pixel_and_nothing_is_nothing():
    square = torch.zeros(3, 1, 28, 28)
    square[:, :, 10:15, 10:15] = 1
    thin, same, thick = restroke(square, torch.tensor([-1.0, 0.0, 1.0]))
    assert (thin.sum(), same.sum(), thick.sum()) == (3 * 3, 5 * 5, 7 * 7)


def test_noise_leaves_pixels_in_range_and_is_of_many_strengths(images):
    noisy = drawn(images[:1].expand(400, 1, 28, 28), noise=0.3)[:200]
    assert noisy.min() >= 0 and noisy.max() <= 1
    spread = (noisy - images[:1]).std((1, 2, 3))
    assert spread.min() < 0.02 and spread.max() > 0.1


@pytest.mark.parametrize("name", ["stroke", "noise"])
def test_the_second_half_of_a_batch_keeps_its_pixels(name, images):
    changed = (drawn(images[:5], **{name: 0.3}) - images[:5]).abs().amax((1, 2, 3)) > 1e-4
    assert changed.tolist() == [True, True, False, False, False]
