"""Grids of images, with what the models say about each."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure

from mnist.plots import style
from mnist.plots.style import drawing

INK = {"cmap": "gray_r", "vmin": 0, "vmax": 255}
# Inches. An image is 84 dots wide, so that none of its 28 pixels is wider than another.
WIDEST, SIDE, HEAD, CAPTION, LINE = 11, 0.84, 0.4, 0.24, 0.19


@drawing
def sheet(rows: Mapping[str, np.ndarray], columns: int, title: str = "") -> Figure:
    """Draw {name: images, uint8 (n, 28, 28)}, up to so many in a row, beside the row's name."""
    names = [name.replace("_", " ") for name in rows]
    drawn = np.zeros((len(rows), 28, columns, 28))
    for row, images in zip(drawn, rows.values(), strict=True):
        row[:, : len(images)] = images[:columns].swapaxes(0, 1)
    label = 0.2 + 0.11 * max(map(len, names))  # inches
    figure = Figure(figsize=(0.48 * columns + label, 0.48 * len(rows) + 0.35 * bool(title)))
    axes = figure.subplots()
    axes.imshow(drawn.reshape(len(rows) * 28, columns * 28), **INK)
    axes.set(title=title, xticks=[])
    axes.set_yticks(np.arange(len(rows)) * 28 + 14, names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def samples(
    images: np.ndarray, labels: np.ndarray, classes: Sequence[str], most: int = 16
) -> Figure:
    """Draw the first images, uint8 (n, 28, 28), of every class, a row each; labels are (n,)."""
    rows = {name: images[labels == label] for label, name in enumerate(classes)}
    return sheet(rows, most, "What the models learn from: training images by label")


def drawable(text: str) -> str:
    """Return text with a question mark for each sign that the font of the charts does not have."""
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    return "".join(sign if font.get_char_index(ord(sign)) else "?" for sign in text)


def _emphasis(colour: str, wrong: bool) -> dict[str, str]:
    """Return how an answer is written: it stands out where it is wrong."""
    return {"color": colour, "weight": "bold"} if wrong else {"color": style.SOFT}


@drawing
def gallery(
    images: np.ndarray,
    labels: Sequence[int],
    probabilities: Mapping[str, np.ndarray],
    chosen: Sequence[int],
    title: str,
    *,
    classes: Sequence[str],
    columns: int = 10,
    captions: Sequence[str] | None = None,
) -> Figure:
    """Draw the chosen images with the true class and every model's answer, wrong ones coloured.

    Takes images uint8 (n, 28, 28), labels (n,), -1 where unknown, {model: probabilities (n,
    classes)}, the indices of the chosen, and captions (n,) where they are to be others than the
    labels. Where names are long, a row has fewer columns than asked for, but not under six.
    """
    # An answer in small print, its probability, and a whole number of dots on either side.
    longest = 4.3 * max(map(len, probabilities)) + 3.4 * max(map(len, classes))
    width = max(1.1, 0.02 * round(longest + 31))
    columns = min(columns, max(6, int(WIDEST / width)))
    height = CAPTION + SIDE + LINE * len(probabilities) + 0.2
    wide, high = columns * width, HEAD + height * max(1, -(-len(chosen) // columns))
    figure, colour = Figure(figsize=(wide, high), layout="none"), style.colours(probabilities)
    figure.suptitle(title, x=0.1 / wide, y=1 - 0.1 / high, ha="left", weight="bold")
    for nth, i in enumerate(chosen):
        row, column = divmod(nth, columns)
        left, top = (column + 0.5) * width - SIDE / 2, HEAD + row * height + CAPTION
        axes = figure.add_axes((left / wide, 1 - (top + SIDE) / high, SIDE / wide, SIDE / high))
        axes.set_axis_off()
        axes.imshow(images[i], **INK, interpolation="nearest")
        caption = drawable(captions[i]) if captions else f"is {classes[labels[i]]}"
        axes.set_title(caption, fontsize=9, loc="center", pad=3, parse_math=False)
        for line, (model, p) in enumerate(probabilities.items()):
            answer, place = p[i].argmax(), (0.5, -(0.05 + LINE * line) / SIDE)
            says = f"{style.title(model)} {classes[answer]} · {p[i].max():.0%}"
            look = _emphasis(colour[model], labels[i] not in (-1, answer))
            axes.text(*place, says, ha="center", va="top", size=8, transform=axes.transAxes, **look)
    return figure


@drawing
def attention(
    images: np.ndarray,
    labels: np.ndarray,
    answers: Mapping[str, np.ndarray],
    maps: Mapping[str, np.ndarray],
    *,
    classes: Sequence[str],
) -> Figure:
    """Draw images, and under each where every model looks; wrong answers are coloured.

    Takes images uint8 (n, 28, 28), labels (n,), {model: answers (n,)}, {model: maps (n, 28, 28),
    0..1}.
    """
    width = max(0.8, 0.085 * (5 + max(map(len, classes))))  # inches: 'says' and a name
    size, colour = (width * len(images) + 0.4, 0.2 + 1.07 * (1 + len(maps))), style.colours(maps)
    figure = Figure(figsize=size)
    grid = figure.subplots(1 + len(maps), len(images), squeeze=False)
    for column, image in enumerate(images):
        grid[0, column].imshow(image, **INK)
        grid[0, column].set_title(f"is {classes[labels[column]]}", loc="center", fontsize=10)
        for axes, (model, each) in zip(grid[1:, column], maps.items(), strict=True):
            axes.imshow(image, **INK, alpha=0.35)
            axes.imshow(each[column], cmap="Reds", alpha=np.sqrt(each[column]))
            answer = answers[model][column]
            look = _emphasis(colour[model], answer != labels[column])
            axes.set_xlabel(f"says {classes[answer]}", fontsize=10, **look)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, model in zip(grid[1:, 0], maps, strict=True):
        axes.set_ylabel(style.title(model), color=colour[model], weight="bold")
    return figure
