import os
import subprocess
import sys
from io import BytesIO

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers import ROOT
from mnist.plots import style

IMPORT_ALL = """
import importlib, pkgutil
import matplotlib
# As a plain dict, because to look the backend up is to choose one.
before = dict(dict.items(matplotlib.rcParams))
backend = matplotlib.get_backend(auto_select=False)
import mnist.plots
names = [m.name for m in pkgutil.walk_packages(mnist.plots.__path__, "mnist.plots.")]
for name in names:
    importlib.import_module(name)
assert {"mnist.plots.style", "mnist.plots.page.report", "mnist.plots.scaling.curves"} <= set(names)
assert dict(dict.items(matplotlib.rcParams)) == before
assert matplotlib.get_backend(auto_select=False) == backend
"""
DRAW = """
import numpy as np
from mnist.plots import grids, style
images = np.zeros((10, 28, 28), np.uint8)
picture = style.png(grids.samples(images, np.arange(10), list("0123456789")))
assert picture.startswith(b"\\x89PNG")
"""


def python(code, **variables):
    """Run code in a new interpreter, in which nothing is imported yet."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "stages"), **variables}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_importing_the_room_changes_no_setting_of_matplotlib():
    python(IMPORT_ALL)


def test_a_figure_is_drawn_without_a_display_whatever_backend_is_asked_for():
    python(DRAW, DISPLAY="", MPLBACKEND="tkagg")


@style.drawing
def line():
    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.plot([0, 1, 2], [0, 10, 20], color=style.COLOURS[0])
    axes.set_title("A line")
    return figure


def test_drawing_has_our_settings_and_leaves_those_of_the_caller():
    ours = style.png(line())
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        mine = dict(dict.items(matplotlib.rcParams))
        assert style.png(line()) == ours
        assert dict(dict.items(matplotlib.rcParams)) == mine


def test_ticks_made_by_drawing_have_our_settings_when_a_notebook_shows_the_figure():
    figure = line()
    with matplotlib.rc_context({"font.size": 30}):
        labels = figure.axes[0].get_xticklabels()
        assert len(labels) > 1 and {label.get_fontsize() for label in labels} == {11}


def test_the_same_figure_and_the_same_picture_give_the_same_bytes():
    figure = line()
    assert style.png(figure) == style.png(figure) == style.png(line())


def shown(pixels):
    """Return a figure of nothing but the given pixels, uint8 (h, w, 3), one dot each."""
    figure = Figure(figsize=(pixels.shape[1] / 100, pixels.shape[0] / 100), layout="none")
    figure.figimage(pixels)
    return figure


def saved(figure):
    return np.asarray(Image.open(BytesIO(style.png(figure))).convert("RGB")).astype(int)


RNG = np.random.default_rng(0)
RAMP = np.arange(256)[:, None] / 255
TINTS = np.stack([255 - RAMP * (255 - np.array(c)) for c in ([213, 94, 0], [0, 114, 178], [0] * 3)])


@pytest.mark.parametrize(
    ("pixels", "largest"),
    [
        (RNG.integers(0, 256, (256, 3))[np.arange(64 * 64).reshape(64, 64) % 256], 0),
        (RNG.integers(0, 256, (64, 64, 3)), 0),  # too many colours for any palette
        (np.repeat(TINTS.round(), 20, axis=0), style.LARGEST_DIFFERENCE),
    ],
    ids=["256 colours", "thousands of colours", "tints of three colours"],
)
def test_every_pixel_is_as_it_was_drawn_but_for_what_no_eye_sees(pixels, largest):
    difference = np.abs(saved(shown(pixels.astype(np.uint8))) - pixels)
    assert difference.max() <= largest


def test_a_palette_is_used_where_it_is_faithful():
    modes = {
        name: Image.open(BytesIO(style.png(shown(pixels.astype(np.uint8))))).mode
        for name, pixels in {
            "few": RNG.integers(0, 2, (64, 64, 3)) * 255,
            "many": RNG.integers(0, 256, (64, 64, 3)),
        }.items()
    }
    assert modes == {"few": "P", "many": "RGB"}


def test_colours_go_by_position():
    assert style.colours(["a", "b"]) == {"a": "#D55E00", "b": "#0072B2"}
    assert list(style.colours(["b", "a"])) == ["b", "a"]
    assert len(set(style.colours("abcdefgh").values())) == 8
    assert len(style.colours(map(str, range(20)))) == 20


def test_what_is_no_model_is_grey():
    found = style.colours(["a"], ["x", "y"])
    assert found["a"] == style.COLOURS[0] and [found["x"], found["y"]] == [*style.GREYS]


def test_a_model_is_shown_in_capitals():
    assert style.title("lenet") == "LENET"


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([[0.4, 3.0]], [0.2, 0.5, 1, 2, 5]),
        ([[12.0, 60.0], [8.0]], [5, 10, 20, 50, 100]),
        ([[1.0]], [1, 2]),
        ([[0.01, 100.0]], [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]),
    ],
)
def test_ticks_of_a_logarithmic_axis_enclose_the_values(values, ticks):
    axes = Figure().subplots()
    for each in values:
        axes.plot(range(len(each)), each)
    style.log_percent(axes)
    assert axes.get_yticks() == pytest.approx(ticks)
    assert axes.get_ylim()[0] <= ticks[0] and axes.get_ylim()[1] >= ticks[-1]


def test_an_axis_without_any_line_stays_as_it_was():
    axes = Figure().subplots()
    before = axes.get_ylim()
    style.log_percent(axes)
    assert axes.get_ylim() == before and axes.get_yscale() == "linear"


def test_panels_are_as_many_as_asked_for():
    for count in range(1, 6):
        figure, axes = style.panels(count, (2, 2))
        assert len(axes) == len(figure.axes) == count
