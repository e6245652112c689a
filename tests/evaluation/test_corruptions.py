import numpy as np
import pytest
from scipy import ndimage

from mnist.evaluation.corruptions.kinds import KINDS, corrupt, seen

# The constants by default of corruptions.py in github.com/google-research/mnist-c.
PUBLISHED = {
    "shot_noise": (3,),
    "impulse_noise": (0.17,),
    "glass_blur": (0.7, 1, 2),
    "motion_blur": (10, 3),
    "shear": (0.4,),
    "scale": (0.7,),
    "rotate": (0.4,),
    "brightness": (0.5,),
    "translate": (3,),
    "stripe": (7,),
    "fog": (3.0, 1.4),
    "spatter": (0.65, 0.3, 1, 0.65, 1.5),
    "dotted_line": (2.3,),
    "zigzag": (2.3,),
    "canny_edges": (1.0,),
}
NOTHING = {"rotation": 0, "shift": 0, "scale": 0, "shear": 0, "elastic": 0, "noise": 0}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def images(digits):
    return digits[0][:64]


def distance(a, b):
    return np.abs(a.astype(int) - b.astype(int)).mean((1, 2))


def test_the_reference_is_what_was_published():
    assert {name: kind.reference for name, kind in KINDS.items()} == PUBLISHED


@every_kind
def test_more_strength_changes_more(kind, images):
    before = images.copy()
    changed = [corrupt(images, kind, strength) for strength in ("weaker", "reference", "stronger")]
    assert all(each.shape == images.shape and each.dtype == np.uint8 for each in changed)
    assert np.array_equal(images, before)
    amounts = [distance(each, images).mean() for each in changed]
    assert 1 < amounts[0] < amounts[1] < amounts[2]
    assert (distance(changed[1], images) > 0).all()


@every_kind
def test_an_image_is_corrupted_alike_in_any_company_that_follows(kind, images):
    whole = corrupt(images[:20], kind, seed=3)
    assert np.array_equal(corrupt(images[:20], kind, seed=3), whole)
    for n in (1, 7, 17):
        assert np.array_equal(corrupt(images[:n], kind, seed=3), whole[:n])


@every_kind
def test_what_is_random_differs_between_images_and_seeds(kind, images):
    same = np.repeat(images[:1], 8, 0)
    different = len({each.tobytes() for each in corrupt(same, kind)})
    if kind in ("scale", "brightness", "stripe", "canny_edges"):
        assert different == 1 and np.array_equal(corrupt(same, kind), corrupt(same, kind, seed=1))
    else:
        assert different >= (2 if kind in ("shear", "rotate", "translate") else 7)
        assert not np.array_equal(corrupt(same, kind), corrupt(same, kind, seed=1))


@every_kind
@pytest.mark.parametrize("grey", [0, 255])
def test_one_grey_is_no_trouble(kind, grey):
    with np.errstate(all="raise", under="ignore"):
        assert corrupt(np.full((2, 28, 28), grey, np.uint8), kind).shape == (2, 28, 28)


def test_shot_noise_keeps_the_mean_where_it_is_not_cut_off():
    grey = np.full((500, 28, 28), 51, np.uint8)
    assert corrupt(grey, "shot_noise").mean() == pytest.approx(51, rel=0.01)


def test_impulse_noise_is_half_salt_half_pepper():
    noisy = corrupt(np.full((100, 28, 28), 99, np.uint8), "impulse_noise")
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.005)
    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.005)
    assert set(np.unique(noisy)) == {0, 99, 255}


def test_motion_blur_and_glass_blur_keep_the_ink():
    dot = np.zeros((20, 28, 28), np.uint8)
    dot[:, 14, 14] = 255
    for kind in ("motion_blur", "glass_blur"):
        assert corrupt(dot, kind).sum((1, 2), dtype=int) == pytest.approx(255, abs=12)
    smeared = corrupt(dot, "motion_blur")
    assert smeared[:, :, 15:].max() == 0 and (smeared[:, :, :14].sum((1, 2)) > 100).all()


def one_of(changed, choices):
    """Return which choice each image is, within one grey; fails where it is none."""
    which = [[int(np.abs(each.astype(int) - c).max()) <= 1 for c in choices] for each in changed]
    assert np.array(which).any(1).all()
    return set(np.argmax(which, 1))


def test_an_image_is_moved_along_both_axes_either_way(images):
    framed = np.pad(images[:1, 4:24, 4:24], ((0, 0), (4, 4), (4, 4)))
    choices = [np.roll(framed[0], (y, x), (0, 1)) for y in (-3, 3) for x in (-3, 3)]
    assert one_of(corrupt(np.repeat(framed, 40, 0), "translate"), choices) == {0, 1, 2, 3}


def test_an_image_is_rotated_either_way_as_by_scipy(images):
    wide = np.pad(images[0], 10).astype(float)
    options = {"reshape": False, "order": 1}
    choices = [ndimage.rotate(wide, a, **options)[10:-10, 10:-10] for a in np.degrees([-0.4, 0.4])]
    assert one_of(corrupt(np.repeat(images[:1], 20, 0), "rotate"), choices) == {0, 1}


def test_shrinking_shrinks_and_shearing_leaves_the_centre():
    square = np.zeros((20, 28, 28), np.uint8)
    square[:, 4:24, 4:24] = 255
    assert corrupt(square, "scale").sum() == pytest.approx(0.49 * square.sum(), rel=0.02)
    sheared = corrupt(square, "shear").astype(float)
    for each in sheared:
        assert ndimage.center_of_mass(each) == pytest.approx((13.5, 13.5), abs=0.05)


def test_stripes_and_brightness_are_what_they_say(images):
    striped = corrupt(images, "stripe")
    assert np.array_equal(striped[:, :, 7:21], images[:, :, 7:21])
    for side in (np.s_[:, :, :7], np.s_[:, :, 21:]):
        assert np.array_equal(striped[side], 255 - images[side])
    assert distance(corrupt(images, "brightness"), np.minimum(images + 127.5, 255)).max() < 1


def test_fog_differs_from_place_to_place_and_leaves_the_digit_on_top(images):
    bright = images.max((1, 2), keepdims=True)
    fogged = corrupt(images, "fog")
    assert (fogged <= bright).all()
    here = np.array([each[i > 200].mean() for each, i in zip(fogged, images, strict=True)])
    there = np.array([each[i == 0].mean() for each, i in zip(fogged, images, strict=True)])
    assert ((here - there) > 25).all()
    assert np.ptp(there) > 50


def test_lines_only_add_ink_and_dots_leave_gaps(images):
    blank = np.zeros_like(images)
    for kind in ("dotted_line", "zigzag"):
        assert (corrupt(images, kind) >= images).all()
    columns = corrupt(blank, "dotted_line").any((0, 1))
    assert columns.tolist() == [c % 4 > 1 and c < 27 for c in range(28)]
    columns = corrupt(blank, "zigzag").any((0, 1))
    assert columns[2:25].all() and not columns[:2].any() and not columns[27:].any()


def test_spatter_is_dark_grey_on_black():
    muddy = corrupt(np.zeros((50, 28, 28), np.uint8), "spatter")
    assert 0.05 < (muddy > 0).mean() < 0.3
    assert muddy[muddy > 0].min() >= 50 and muddy.max() == 63


def test_the_edge_of_a_disc_is_one_closed_line_and_faint_ones_are_not_found():
    rows, columns = np.indices((28, 28)) - 13.5
    disc = np.where(np.hypot(rows, columns) < 8, 255, 0).astype(np.uint8)
    edges = corrupt(np.stack([disc, disc // 32]), "canny_edges")
    assert set(np.unique(edges[0])) == {0, 255} and edges[1].max() == 0
    radii = np.hypot(rows, columns)[edges[0] > 0]
    assert radii.min() > 6.5 and radii.max() < 9.5
    inside, count = ndimage.label(edges[0] == 0)
    assert count == 2 and inside[0, 0] != inside[14, 14]
    assert np.array_equal(edges[0], edges[0].T)


def test_seen_follows_the_augmentation():
    assert seen(NOTHING) == [] == seen({**NOTHING, "elastic": 1.0})
    assert seen({**NOTHING, "noise": 0.1}) == ["shot_noise", "impulse_noise"]
    ranges = {"rotation": 10.0, "shift": 1.5, "scale": 0.1, "shear": 0.1}
    assert seen({**NOTHING, **ranges}) == ["shear", "scale", "rotate", "translate"]
