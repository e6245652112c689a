import numpy as np
import pytest

from mnist.core.errors import InputError
from mnist.data import cleaning


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.1667, 0.5])
@pytest.mark.parametrize("seed", [0, 7])
def test_the_split_is_disjoint_complete_and_stratified(digits, fraction, seed):
    labels = digits[1]
    train, validation = cleaning.split(labels, validation=fraction, seed=seed)
    assert sorted([*train, *validation]) == list(range(len(labels)))
    for digit in range(10):
        wanted = fraction * (labels == digit).sum()
        assert abs((labels[validation] == digit).sum() - wanted) <= 1


def test_the_split_depends_on_its_seed_alone(digits):
    def split(seed):
        return np.concatenate(cleaning.split(digits[1], validation=0.1, seed=seed))

    assert np.array_equal(split(1), split(1))
    assert not np.array_equal(split(1), split(2))


def test_the_halves_are_shuffled_so_that_a_prefix_is_a_sample(digits):
    ordered = np.sort(digits[1])
    train, _ = cleaning.split(ordered, validation=0.1, seed=0)
    assert np.bincount(ordered[train[:300]], minlength=10).min() > 10


def test_a_sample_is_stratified_fixed_and_everything_where_that_is_asked():
    labels = np.repeat(np.arange(10), 50)
    chosen = cleaning.sample(labels, 100)
    assert np.bincount(labels[chosen]).tolist() == [10] * 10
    assert chosen.tolist() == cleaning.sample(labels, 100).tolist()
    assert cleaning.sample(labels, 500).tolist() == list(range(500))
    assert cleaning.sample(labels, 495).tolist() == list(range(500))


def test_blank_repeated_and_test_images_are_not_learnt_from():
    a, b, c, blank = (np.full((28, 28), v, np.uint8) for v in (1, 2, 3, 0))
    for image in (a, b, c):
        image[0, 0] = 9
    keep = cleaning.usable(np.stack([a, b, a, blank, c]), np.stack([b, blank]))
    assert keep.tolist() == [True, False, False, False, True]


def test_the_description_counts():
    blank, dot = np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    dot[3, 4] = 200
    assert cleaning.describe(np.stack([blank, dot, dot]), np.array([0, 1, 1])) == {
        "images": 3,
        "pixel_min": 0,
        "pixel_max": 200,
        "blank": 1,
        "repeated": 1,
        "per_class": [1, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    }


def test_the_normalisation_agrees_with_numpy(digits):
    mean, std = cleaning.normalisation(digits[0])
    assert mean == pytest.approx((digits[0] / 255).mean())
    assert std == pytest.approx((digits[0] / 255).std())


def test_too_few_images_of_a_class_to_divide_are_refused_in_a_line():
    for labels in (np.arange(10).repeat(6), np.array([0, 0, 0, 1])):
        with pytest.raises(InputError, match=r"images of \d+ classes cannot be divided"):
            cleaning.split(labels, validation=0.1, seed=0)
