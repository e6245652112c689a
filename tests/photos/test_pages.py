import numpy as np
from PIL import Image

from drawing import alike, photographed, written
from mnist.photos import normalisation, pages


def test_several_digits_come_in_reading_order(digits, tmp_path):
    images, labels = digits
    chosen = np.random.default_rng(1).choice(len(images), 12, replace=False)
    # Three lines of four that climb a little, none of them straight.
    corners = [
        (40 + 200 * row - 8 * column + 6 * (column % 2), 20 + 170 * column + 15 * row)
        for row in range(3)
        for column in range(4)
    ]
    page = written(images[chosen], 650, 760, 150, corners)
    Image.fromarray(photographed(page, 1 - 0.4 * np.linspace(0, 1, 760))).save(
        tmp_path / "page.jpg"
    )
    found = pages.read(tmp_path / "page.jpg")
    assert found.shape == (12, 28, 28) and found.dtype == np.uint8
    for image, index in zip(found, chosen, strict=True):
        assert alike(normalisation.digit(images[index] / 255), image) > 0.9, labels[index]


def test_a_five_with_its_bar_apart_is_one_digit_and_two_ones_are_two():
    page = np.zeros((300, 400))
    page[60:72, 120:190] = page[84:130, 110:122] = page[130:142, 110:180] = 1
    page[142:210, 170:182] = page[200:212, 110:182] = 1
    assert len(pages.digits(photographed(page) / 255)) == 1
    page[60:212, 230:242] = page[60:212, 280:292] = 1
    assert len(pages.digits(photographed(page) / 255)) == 3
