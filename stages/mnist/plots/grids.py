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


def _sheet(rows: Sequence[np.ndarray], names: Sequence[str], columns: int, heading: str) -> Figure:
    """Draw rows of images, each uint8 (up to columns, 28, 28), and their names at the left."""
    sheet = np.zeros((len(rows) * 28, columns * 28))
    for row, images in enumerate(rows):
        for column, image in enumerate(images[:columns]):
            sheet[row * 28 :, column * 28 :][:28, :28] = image
    label = 0.2 + 0.085 * max(map(len, names))  # inches
    figure = Figure(figsize=(0.48 * columns + label, 0.48 * len(rows) + 0.35 * bool(heading)))
    axes = figure.subplots()
    axes.imshow(sheet, **INK)
    axes.set_title(heading)
    axes.set_yticks(np.arange(len(rows)) * 28 + 14, names)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


@drawing
def samples(
    images: np.ndarray, labels: np.ndarray, classes: Sequence[str], columns: int = 16
) -> Figure:
    """Draw the first images, uint8 (n, 28, 28), of every class, a row each; labels are (n,)."""
    rows = [images[labels == label][:columns] for label in range(len(classes))]
    return _sheet(rows, classes, columns, "What the models learn from: training images by label")


@drawing
def corruptions(looks: Mapping[str, np.ndarray]) -> Figure:
    """Draw the same images under each kind of corruption, {kind: uint8 (n, 28, 28)}, a row each."""
    rows, names = [*looks.values()], [kind.replace("_", " ") for kind in looks]
    return _sheet(rows, names, len(rows[0]), "")


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
    size = (columns * width, HEAD + height * max(1, -(-len(chosen) // columns)))
    figure, colour = Figure(figsize=size, layout="none"), style.colours(probabilities)
    figure.suptitle(title, x=0.1 / size[0], y=1 - 0.1 / size[1], ha="left", weight="bold")
    for nth, i in enumerate(chosen):
        row, column = divmod(nth, columns)
        left, top = (column + 0.5) * width - SIDE / 2, HEAD + row * height + CAPTION
        place = left / size[0], 1 - (top + SIDE) / size[1], SIDE / size[0], SIDE / size[1]
        axes = figure.add_axes(place)
        axes.set_axis_off()
        axes.imshow(images[i], **INK, interpolation="nearest")
        caption = drawable(captions[i]) if captions else f"is {classes[labels[i]]}"
        axes.set_title(caption, fontsize=9, loc="center", pad=3, parse_math=False)
        for line, (model, p) in enumerate(probabilities.items()):
            wrong = labels[i] not in (-1, p[i].argmax())
            says = f"{style.title(model)} {classes[p[i].argmax()]} · {p[i].max():.0%}"
            look = {"ha": "center", "va": "top", "size": 8, "transform": axes.transAxes}
            look |= _emphasis(colour[model], wrong)
            axes.text(0.5, -(0.05 + LINE * line) / SIDE, says, **look)
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
