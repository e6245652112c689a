"""The page prepares a drawing as the pipeline does, to a grey level."""

import base64
import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge.strokes import DIGITS, drawn
from mnist.core.errors import InputError
from mnist.photos import normalisation, pages, reading
from pipelines.edge.preparation import constants

HERE = Path(__file__).parent
NODE = shutil.which("node")
with_node = pytest.mark.skipif(NODE is None, reason="node is not on PATH; it runs the page's code")
RUNNER = HERE / "prepare.mjs"
DRAWINGS = json.loads((HERE / "drawings.json").read_text(encoding="utf-8"))


IMAGES = [np.asarray(Image.open(io.BytesIO(base64.b64decode(row["png"])))) for row in DRAWINGS]
EXPECTED = [np.frombuffer(base64.b64decode(row["digit"]), np.uint8) for row in DRAWINGS]


def assert_alike(found, expected):
    """Assert that images, uint8 (n, ...) or a list of them, are the same to one grey level."""
    assert len(found) == len(expected)
    for place, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert one.shape == other.shape, place
        assert np.abs(one.astype(int) - other).max() <= 1, place


def prepared(task, images):
    """Return what the page makes of images, uint8 (h, w) or (h, w, 4): a list of arrays each.

    A task is one of prepare.mjs. An image that is refused has the sentence in place of a list.
    """
    jobs = [
        {
            "task": task,
            "width": image.shape[1],
            "height": image.shape[0],
            "bytes": base64.b64encode(image.tobytes()).decode(),
        }
        for image in images
    ]
    text = json.dumps({"constants": constants(), "jobs": jobs})
    done = subprocess.run([NODE, RUNNER], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    return [answer["error"] if "error" in answer else decoded(answer) for answer in answers]


def decoded(images):
    """Return images as prepare.mjs writes them, as a list of uint8 (h, w)."""
    return [
        np.frombuffer(base64.b64decode(image["bytes"]), np.uint8).reshape(
            image["height"], image["width"]
        )
        for image in images
    ]


def page():
    """Return a paper with digits in three close lines, uint8 (600, 800), and how many they are."""
    lines = [["3", "1", "5_loose", "0"], ["7_european", "2", "8"], ["4", "6", "9", "1_european"]]
    paper = np.full((600, 800), 255)
    for row, names in enumerate(lines):
        for column, name in enumerate(names):
            place = 40 + 162 * row - 7 * column, 30 + 185 * column + 11 * row
            paper = np.minimum(paper, drawn(DIGITS[name], 600, 800, place, 140, 9 + row))
    fading = np.linspace(1, 0.6, 800)  # the light, from left to right
    return np.rint(paper * fading).astype(np.uint8), sum(map(len, lines))


def coloured(height, width, opaque=True):
    """Return smooth random colours, uint8 (h, w, 4), and where not opaque, random alpha."""
    small = np.random.default_rng(0).integers(0, 256, (20, 20, 4), dtype=np.uint8)
    found = np.array(Image.fromarray(small).resize((width, height)))
    if opaque:
        found[..., 3] = 255
    return found


def read_by_pillow(rgba, tmp_path):
    """Return the grey that Python reads in a PNG of these colours, uint8 (h, w)."""
    image = Image.fromarray(rgba)
    opaque = (rgba[..., 3] == 255).all()
    (image.convert("RGB") if opaque else image).save(tmp_path / "colours.png")
    return np.rint(reading.read(tmp_path / "colours.png") * 255).astype(np.uint8)


def test_the_pipeline_makes_of_each_drawing_the_digit_that_is_kept():
    found = [normalisation.digit(image / 255).ravel() for image in IMAGES]
    assert_alike(found, EXPECTED)


def test_the_drawings_are_of_every_digit_and_their_digits_look_like_it():
    assert {row["name"][0] for row in DRAWINGS} == set("0123456789")
    for row, digit in zip(DRAWINGS, EXPECTED, strict=True):
        inked = np.argwhere(digit.reshape(28, 28) > 127)
        assert 15 <= np.ptp(inked, axis=0).max() <= 20, row["name"]


@with_node
def test_the_page_makes_the_same_digit_of_each_drawing():
    found = [each.ravel() for [each] in prepared("digit", IMAGES)]
    assert_alike(found, EXPECTED)


@with_node
def test_the_page_finds_the_same_digits_in_the_same_order():
    drawing, several = page()
    expected = pages.digits(drawing / 255)
    assert len(expected) == several
    assert_alike(prepared("digits", [drawing])[0], expected)


@with_node
@pytest.mark.parametrize("paper", [np.full((50, 40), 255), np.tile([120, 122], (150, 100))])
def test_the_page_refuses_an_empty_drawing_in_the_same_words(paper):
    with pytest.raises(InputError) as raised:
        normalisation.digit(paper / 255)
    for task in ("digit", "digits"):
        assert prepared(task, [paper.astype(np.uint8)]) == [str(raised.value)]


@with_node
@pytest.mark.parametrize(
    ("height", "width", "opaque"),
    [(40, 30, True), (40, 30, False), (1500, 1130, True), (700, 3010, True), (2500, 2000, True)],
)
def test_the_page_sees_the_same_grey_in_colours(height, width, opaque, tmp_path):
    rgba = coloured(height, width, opaque)
    assert_alike(prepared("levels", [rgba])[0], [read_by_pillow(rgba, tmp_path)])


@with_node
def test_white_ink_on_nothing_lies_on_black(tmp_path):
    rgba = np.full((60, 50, 4), 255, np.uint8)
    rgba[..., 3] = 255 - drawn(DIGITS["5"], 60, 50, (5, 5), 45, 5)
    expected = read_by_pillow(rgba, tmp_path)
    assert expected.min() == 0 and expected.max() == 255
    assert_alike(prepared("levels", [rgba])[0], [expected])
