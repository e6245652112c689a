from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from mnist.evaluation.corruptions import kinds
from mnist.plots import grids, style

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (30, 28, 28), dtype=np.uint8)
LABELS = np.arange(30) % 10
DIGITS = list("0123456789")
CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"]
CLOTHES += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
MANY = ("ann", "cnn", "lenet", "perceptron")
P = {name: RNG.dirichlet(np.ones(10), 30) for name in MANY}


def some(count):
    return {name: P[name] for name in MANY[:count]}


def gallery(count=2, chosen=(0, 5, 7), classes=DIGITS, **options):
    return grids.gallery(IMAGES, LABELS, some(count), chosen, "Title", classes=classes, **options)


def attention(count=2, classes=DIGITS, answers=LABELS[:2]):
    maps, answers = (dict.fromkeys(MANY[:count], x) for x in (IMAGES[:2] / 255, answers))
    return grids.attention(IMAGES[:2], LABELS[:2], answers, maps, classes=classes)


DRAWN = {
    "samples": lambda _, classes: grids.samples(IMAGES, LABELS, classes),
    "gallery": lambda count, classes: gallery(count, classes=classes),
    "empty gallery": lambda count, classes: gallery(count, [], classes),
    "attention": lambda count, classes: attention(count, classes),
    "corruptions": lambda *_: grids.sheet({"as it is": IMAGES[:10], "a_b": IMAGES[10:20]}, 10),
}


def texts(figure):
    """Return the texts that are drawn, so without the ticks of axes that are switched off."""
    found = [*figure.texts]
    for axes in figure.axes:
        found += [*axes.texts, axes.title, axes._left_title]
        if axes.axison:
            found += [*axes.get_xticklabels(), *axes.get_yticklabels()]
            found += [axes.xaxis.label, axes.yaxis.label]
    return [text for text in found if text.get_text()]


def pixels(figure):
    return np.asarray(Image.open(BytesIO(style.png(figure))).convert("RGB")).astype(int)


@pytest.mark.parametrize("classes", [DIGITS, CLOTHES], ids=["digits", "clothes"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("name", DRAWN)
def test_a_grid_is_a_figure_in_which_every_text_lies_within(name, count, classes, recwarn):
    figure = DRAWN[name](count, classes)
    assert isinstance(figure, Figure) and not recwarn.list
    width, height = figure.get_size_inches() * figure.dpi
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text


@pytest.mark.parametrize("name", DRAWN)
def test_a_grid_is_the_same_bytes_each_time(name):
    first = style.png(DRAWN[name](2, DIGITS))
    assert first.startswith(b"\x89PNG") and len(first) > 1000
    assert style.png(DRAWN[name](2, DIGITS)) == first


@pytest.mark.parametrize("classes", [DIGITS, CLOTHES], ids=["digits", "clothes"])
@pytest.mark.parametrize("columns", [6, 10])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_answer_in_a_gallery_lies_over_another(count, columns, classes):
    sure = np.eye(10)[RNG.integers(0, 10, 30)]  # '100%', in bold where wrong, is the longest
    models = dict.fromkeys(MANY[:count], sure)
    figure = grids.gallery(
        IMAGES, LABELS, models, range(20), "Title", classes=classes, columns=columns
    )
    boxes = [text.get_window_extent().padded(-1) for text in texts(figure)]
    assert len(boxes) == 1 + 20 * (1 + count)
    for i, box in enumerate(boxes):
        assert box.count_overlaps(boxes[i + 1 :]) == 0


def test_a_row_of_six_stays_a_row_of_six_with_long_names():
    figure = gallery(4, range(12), CLOTHES, columns=6)
    assert len({round(axes.get_position().x0, 4) for axes in figure.axes}) == 6


def test_a_gallery_shows_every_pixel_of_an_image_as_nine_dots():
    drawn = 255 - pixels(gallery(chosen=[3]))[:, :, 0]
    place = gallery(chosen=[3]).axes[0].get_window_extent()
    left, top = round(place.x0), drawn.shape[0] - round(place.y1)
    found = drawn[top : top + 84, left : left + 84]
    expected = IMAGES[3].astype(int).repeat(3, 0).repeat(3, 1)
    assert np.abs(found - expected).max() <= style.LARGEST_DIFFERENCE


def test_wrong_answers_have_the_colour_of_their_model_and_right_ones_stand_back():
    right, wrong = np.eye(10)[[3]], np.eye(10)[[4]]
    figure = grids.gallery(IMAGES[:1], [3], {"a": right, "b": wrong}, [0], "Title", classes=CLOTHES)
    looks = {text.get_text(): text.get_color() for text in texts(figure)}
    assert looks["A Dress · 100%"] == style.SOFT
    assert looks["B Coat · 100%"] == style.COLOURS[1]
    assert "is Dress" in looks


def test_an_answer_is_not_wrong_where_the_label_is_unknown():
    figure = grids.gallery(
        IMAGES[:1], [-1], {"a": np.eye(10)[[4]]}, [0], "T", classes=DIGITS, captions=["x.jpg"]
    )
    looks = {text.get_text(): text.get_color() for text in texts(figure)}
    assert looks["A 4 · 100%"] == style.SOFT and "x.jpg" in looks


def test_wrong_answers_stand_out_under_maps_too():
    figure = attention(1, CLOTHES, answers=np.array([0, 0]))
    looks = {axes.get_xlabel(): axes.xaxis.label.get_color() for axes in figure.axes}
    assert looks["says T-shirt/top"] == style.COLOURS[0]  # of the second image, which is a Trouser
    assert [axes.xaxis.label.get_weight() for axes in figure.axes[2:]] == ["normal", "bold"]


def test_captions_in_any_script_are_drawn_without_a_warning(recwarn):
    assert grids.drawable("7_Zettel ägypt.jpg") == "7_Zettel ägypt.jpg"
    assert grids.drawable("7_笔记.jpg") == "7_??.jpg"
    style.png(gallery(chosen=[0, 1, 2], captions=["7_笔记.jpg", "🙂", "7_$x$"]))
    assert not recwarn.list


def test_samples_have_a_row_for_each_class_with_its_name():
    for classes in (CLOTHES, ["yes", "no"]):
        axes = grids.samples(IMAGES, LABELS, classes, 4).axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == classes
        sheet = axes.images[0].get_array()
        assert sheet.shape == (28 * len(classes), 28 * 4)
        assert (sheet[28:56, :28] == IMAGES[1]).all()
        assert not sheet[:, 28 * 3 :].any()  # there are only three images of each


def test_the_colours_of_the_models_are_kept_in_a_picture_of_many_colours():
    found = set(map(tuple, pixels(attention(answers=LABELS[1:3])).reshape(-1, 3).tolist()))
    for colour in style.COLOURS[:2]:
        rgb = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert min(np.abs(np.subtract(rgb, each)).max() for each in found) == 0


@pytest.mark.parametrize("names", [["as it is", *kinds.KINDS], CLOTHES, DIGITS])
def test_the_names_of_rows_lie_within_the_picture(names):
    figure = grids.sheet(dict.fromkeys(names, IMAGES[:10]), 10)
    assert min(label.get_window_extent().x0 for label in figure.axes[0].get_yticklabels()) >= 0
