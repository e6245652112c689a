import math

import pytest
import torch

from mnist.training import augmentation, upstroke
from mnist.training.augmentation import augment


@pytest.fixture
def stems():
    """200 upright stems, 3 pixels wide and 20 high."""
    images = torch.zeros(200, 1, 28, 28)
    images[:, :, 4:24, 13:16] = 1
    return images


@pytest.fixture
def drawn(stems):
    return upstroke.european(stems, torch.Generator().manual_seed(0)).squeeze(1)


def test_a_line_is_as_long_and_as_thick_as_asked():
    start, end, half = torch.tensor([[6.0, 10]]), torch.tensor([[16.0, 10]]), torch.tensor([1.5])
    (drawn,) = upstroke.line(start, end, half)
    assert drawn[:, 11].sum() == 3 and drawn[10, 5:18].min() > 0
    assert drawn[10, :5].max() == 0 and drawn[10, 18:].max() == 0
    assert drawn.sum() == pytest.approx(10 * 3 + math.pi * 1.5**2, rel=0.05)


def test_the_centre_is_the_mean_of_the_pixels():
    images = torch.zeros(2, 28, 28)
    images[0, 3, 7] = 1
    images[1, 4, 2], images[1, 4, 6] = 0.5, 0.5
    assert upstroke.centre(images).tolist() == [[7, 3], [4, 4]]


def test_every_one_gets_an_upstroke_and_half_of_them_a_line_below(drawn, stems):
    more = drawn.sum((1, 2)) - stems.sum((1, 2, 3))
    assert more.min() > 5
    # Where there is a line below, the last row of ink is wider than the stem.
    feet = torch.stack([image[image.amax(1) > 0.5][-2] for image in drawn]).gt(0.5).sum(1)
    assert 0.35 < (feet > 4).float().mean() < 0.65


def test_the_upstroke_falls_to_the_left_as_a_seven_s_bar_does_not(drawn):
    for image in drawn:
        rows = image[image.amax(1) > 0.5] > 0.5
        reach = rows.float().argmax(1)[:12]  # the first inked column of each row
        assert rows[0].sum() < 8  # no bar along the top
        assert reach.argmin() >= 2


def test_they_are_centred_to_within_half_a_pixel_and_as_high_as_before(drawn, stems):
    apart = upstroke.centre(drawn) - upstroke.centre(stems.squeeze(1))
    assert apart.abs().max() < 0.6
    height = (drawn.amax(2) > 0.5).sum(1)
    assert height.min() >= 20 and height.max() <= 23


def test_only_ones_are_drawn_anew_and_as_many_as_asked(stems):
    labels = torch.arange(200) % 2
    few = {**dict.fromkeys(augmentation.ACCEPTED, 0), "ones": 0.3}
    found = augment(stems, labels, torch.Generator().manual_seed(0), **few)
    changed = (found - stems).abs().amax((1, 2, 3)) > 0.01
    assert not changed[labels == 0].any() and 20 <= changed[labels == 1].sum() <= 40


def test_a_batch_without_ones_stays(stems):
    labels = torch.zeros(200, dtype=torch.int64)
    found = augment(
        stems, labels, torch.Generator(), **{**dict.fromkeys(augmentation.ACCEPTED, 0), "ones": 1.0}
    )
    assert torch.allclose(found, stems, atol=1e-5)


def test_an_empty_image_is_no_error():
    found = upstroke.european(torch.zeros(3, 1, 28, 28), torch.Generator())
    assert found.isfinite().all()
