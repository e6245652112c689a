"""The look of every picture: settings, colours and names of models, and the way to a PNG."""

import functools
import io
import itertools
from collections.abc import Callable, Iterable, Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

SETTINGS = {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "grid.color": "#eeeeee",
    "legend.frameon": False,
}
# Okabe & Ito 2008: told apart in every form of colour blindness. Those that can be read as text on
# white come first, yellow last.
COLOURS = "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"
GREYS = "#555555", "#888888"  # of what is drawn beside the models
SOFT = "#666666"  # text that stands back
LARGEST_DIFFERENCE = 8  # of 255, in red, green or blue: 3 %, in single pixels at the edge of lines

Panels = tuple[Figure, list[Axes]]


def title(model: str) -> str:
    """Return the name of a model as people read it."""
    return model.upper()


def colours(models: Iterable[str], others: Iterable[str] = ()) -> dict[str, str]:
    """Return {model: colour} by the position of each, and greys for other names."""
    greys = dict(zip(others, itertools.cycle(GREYS), strict=False))
    return greys | dict(zip(models, itertools.cycle(COLOURS), strict=False))


def colours_of(names: Iterable[str], models: Sequence[str]) -> dict[str, str]:
    """Return {name: colour} of names that may repeat, in the order of their appearance.

    Those of models have the models' colours, others are grey.
    """
    found = list(dict.fromkeys(names))
    every = colours(models, [name for name in found if name not in models])
    return {name: every[name] for name in found}


def drawing(function: Callable[..., Figure]) -> Callable[..., Figure]:
    """Give a function that returns a Figure our settings, and leave the caller's as they were."""

    @functools.wraps(function)
    def drawn(*args, **kwargs) -> Figure:
        with matplotlib.style.context(["default", SETTINGS]):
            figure = function(*args, **kwargs)
            figure.draw_without_rendering()  # ticks get their settings when they are first drawn
            figure.set_layout_engine("none")  # each further layout would differ a little
        return figure

    return drawn


def panels(count: int, size: tuple[float, float], columns: int = 2, **options) -> Panels:
    """Return a figure and count axes in rows of so many columns, each of a size in inches."""
    columns = min(count, columns)
    rows = -(-count // columns)
    figure = Figure(figsize=(columns * size[0], rows * size[1]))
    axes = list(figure.subplots(rows, columns, squeeze=False, **options).flat)
    for empty in axes[count:]:
        empty.remove()
    return figure, axes[:count]


def log_percent(axes: Axes) -> None:
    """Give an axes a logarithmic y axis in %, ticked at 1, 2 and 5, that spans all lines drawn.

    Where none is, the axis stays as it was.
    """
    lines = [line for each in axes.figure.axes for line in each.lines]
    everything = np.concatenate([[], *(np.asarray(line.get_ydata(), float) for line in lines)])
    if not len(everything):
        return
    ticks = [digit * 10.0**power for power in range(-3, 3) for digit in (1, 2, 5)]
    first = np.searchsorted(ticks, everything.min(), "right") - 1
    last = np.searchsorted(ticks, min(100, everything.max()))
    axes.set(yscale="log", yticks=ticks[max(0, first) : max(last, first + 1) + 1])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, the same bytes for the same picture.

    With a palette of 256 colours, which takes half the bytes, where it holds every pixel's colour
    but for a difference that no eye sees, LARGEST_DIFFERENCE; else in full colour.
    """
    buffer = io.BytesIO()
    with matplotlib.style.context(["default", SETTINGS]):
        figure.savefig(buffer, format="png")
    image = Image.open(buffer).convert("RGB")
    # By frequency, as Pillow chooses by itself, rare colours become others: those of the models.
    reduced = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    before, after = (np.asarray(each, np.int16) for each in (image, reduced.convert("RGB")))
    difference = np.abs(before - after).max()
    buffer = io.BytesIO()
    (reduced if difference <= LARGEST_DIFFERENCE else image).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
