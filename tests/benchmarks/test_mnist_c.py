import numpy as np
import pytest

import mnist_c


def test_what_is_the_same_with_both_codes_has_a_difference_of_nothing():
    wrong = np.random.default_rng(0).random((3, 500)) < 0.1
    found = mnist_c.compared(np.stack([wrong, wrong]))
    assert found["difference"] == found["difference_low"] == found["difference_high"] == 0
    assert found["ours_low"] < found["ours"] == wrong.mean() < found["ours_high"]


def test_a_difference_beyond_chance_is_shown_and_one_within_is_not():
    rng = np.random.default_rng(0)
    ours, alike, worse = (rng.random((3, 2000)) < rate for rate in (0.1, 0.1, 0.2))
    assert mnist_c.compared(np.stack([ours, worse]))["difference_low"] > 0
    found = mnist_c.compared(np.stack([ours, alike]))
    assert found["difference_low"] < 0 < found["difference_high"]


def test_the_affine_map_is_that_of_2019():
    matrix = mnist_c.affine(lambda matrix: matrix, shear=0.4, translation=(1, 2))
    assert matrix == pytest.approx(np.array([[1, -np.sin(0.4), 1], [0, np.cos(0.4), 2], [0, 0, 1]]))


def test_their_functions_are_asked_image_by_image_with_a_seed():
    images = np.full((2, 28, 28), 100, np.uint8)

    def noisy(image):
        return np.array(image) + 200 * np.random.random((28, 28))

    changed = mnist_c.corrupted(noisy, images)
    assert changed.dtype == np.uint8 and changed.max() == 255 and changed.min() >= 100
    assert not np.array_equal(*changed)
    assert np.array_equal(changed, mnist_c.corrupted(noisy, images))


def test_a_folder_without_the_benchmark_is_refused_in_a_line(tmp_path):
    with pytest.raises(SystemExit, match="name a clone of"):
        mnist_c.main([str(tmp_path)])
