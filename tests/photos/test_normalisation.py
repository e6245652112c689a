import numpy as np
import pytest
from scipy import ndimage

from drawing import INK, WHITE, alike, enlarged, photographed, written
from mnist.core.errors import InputError
from mnist.photos import normalisation, segmentation


def test_the_format_is_that_of_mnist(five):
    image, _ = five
    rows, columns = np.nonzero(image.any(1))[0], np.nonzero(image.any(0))[0]
    assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.abs(np.array(ndimage.center_of_mass(image)) - 14).max() <= 0.5


def test_a_twentieth_of_the_ink_becomes_white():
    y, x = np.mgrid[-140:140, -140:140]
    ring = np.abs(np.hypot(x, y) - 85) < 15
    image = normalisation.digit(np.where(ring, 0.2 + 0.2 * np.arctan2(y, x) / np.pi, 1))
    assert (image == 255).sum() / (image > 51).sum() == pytest.approx(0.05, abs=0.005)


def test_a_digit_that_is_written_and_photographed_comes_back(digits):
    correlations = []
    for image in digits[0][:60]:
        photo = photographed(written([image])) / 255
        correlations.append(alike(normalisation.digit(image / 255), normalisation.digit(photo)))
    assert np.median(correlations) > 0.97 and min(correlations) > 0.9


def test_normalising_a_digit_again_hardly_changes_it(digits):
    once = [normalisation.digit(image / 255) for image in digits[0][:40]]
    correlations = [alike(image, normalisation.digit(image / 255)) for image in once]
    assert np.median(correlations) > 0.97 and min(correlations) > 0.8


@pytest.mark.parametrize("side", [28, 100, 300])
def test_a_slanted_stroke_of_one_pixel_is_ink(side):
    page = np.ones((side, side))
    np.fill_diagonal(page[side // 5 : -side // 5, side // 5 : -side // 5], 0.2)
    page[side // 2, side // 2] = 0.5  # more than two levels: no bitmap
    assert normalisation.digit(page).any()


yy, xx = np.mgrid[0:1:300j, 0:1:400j]
PHOTOS = {
    "chalk on a board": {"paper": 0.15, "pen": 0.85},
    "a faint pencil": {"pen": 0.72},
    "a very faint pencil": {"pen": 0.84, "noise": 0.004},
    "the faintest pencil": {"pen": 0.87, "noise": 0.002},
    "a grainy night photo": {"noise": 0.35},
    "a dark photo": {"light": 0.3},
    "a gradient of the light": {"light": 1 - 0.6 * xx},
    "a shadow over half the paper": {"light": np.where(yy + 0.3 * xx > 0.6, 0.45, 1)},
    "a lamp on the board": {"light": 1 - 0.6 * xx, "paper": 0.15, "pen": 0.85},
}


@pytest.mark.parametrize("kind", PHOTOS)
def test_paper_pen_and_light_make_no_difference(kind, five):
    image, page = five
    assert alike(image, normalisation.digit(photographed(page, **PHOTOS[kind]) / 255)) > 0.95


BLANK = {  # standard deviation of its brightness, and width of its grain in pixels
    "the grain of a camera": (0.04, 0),
    "coarse grain": (0.04, 1.5),
    "soft stains": (0.02, 4),
}


@pytest.mark.parametrize("side", [150, 400, 900])
@pytest.mark.parametrize("kind", BLANK)
def test_on_blank_paper_no_ink_is_seen(kind, side):
    deviation, width = BLANK[kind]
    grain = ndimage.gaussian_filter(np.random.default_rng(0).normal(0, 1, (side, side)), width)
    page = np.rint((0.8 + deviation * grain / grain.std()).clip(0, 1) * 255) / 255
    with pytest.raises(InputError, match="no ink is seen"):
        normalisation.digit(page)


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("shade", [INK, 0.6])
def test_lines_of_the_paper_are_removed(shade, across, five):
    image, page = five
    y, x = np.indices(page.shape)
    lines = (y + x // 40) % 30 < 2
    lines |= ((x - y // 40) % 30 < 2) & across
    paper = np.where(lines, shade, WHITE)
    assert alike(image, normalisation.digit(photographed(page, paper=paper) / 255)) > 0.9


def test_a_neighbour_cut_off_by_the_border_is_left_out(five, digits):
    image, page = five
    page = page.copy()
    page[80:200, :40] = enlarged(digits[0][0], 120)[:, -40:]
    page[80:200, :2] = 1
    assert alike(image, normalisation.digit(photographed(page) / 255)) > 0.95


def test_a_digit_that_fills_its_picture_is_kept_with_its_loose_piece():
    page = np.full((200, 120), WHITE)
    page[:, 50:66] = INK
    page[30:46, 50:110] = INK
    page[68:92, 86:106] = INK  # an eighth of the area, and the only part that is not at the border
    prepared = normalisation.digit(page)
    rows, columns = np.nonzero(prepared)
    assert np.ptp(rows) > np.ptp(columns)
    assert ndimage.label(prepared > 100)[1] == 2


def test_a_finger_beside_the_digit_is_left_out():
    page = np.full((200, 200), WHITE)
    page[:, :34] = INK
    page[60:140, 100:108] = INK  # a tenth of the finger's area
    rows, columns = np.nonzero(normalisation.digit(page))
    assert np.ptp(rows) > 2 * np.ptp(columns)


@pytest.mark.parametrize("width", [3, 10, 30, 60])
def test_strokes_come_to_the_width_of_mnists(width):
    y, x = np.indices((300, 400))
    ring = np.abs(np.hypot(y - 150, (x - 200) * 1.4) - 100) < width / 2
    wall = normalisation.digit(photographed(ring * 1.0) / 255)[14, :14].sum() / 255
    assert 1.5 < wall < 5


def test_the_product_of_matrices_smooths_as_a_gaussian_filter(five):
    small = five[0][:, :20] / 255
    wide = segmentation.AROUND * segmentation.TINY
    product = segmentation.smoothing(28) @ small @ segmentation.smoothing(20).T
    assert product == pytest.approx(ndimage.gaussian_filter(small, wide, mode="nearest"))


def test_coherence_is_the_highest_correlation_of_neighbours(five):
    image = five[0] / 255
    across = np.corrcoef(image[:, 1:].flat, image[:, :-1].flat)[0, 1]
    down = np.corrcoef(image[1:].flat, image[:-1].flat)[0, 1]
    assert segmentation.coherence(image) == pytest.approx(max(across, down))
    assert segmentation.coherence(np.ones((28, 28))) == 0
