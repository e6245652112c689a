"""Sheets of digits, each returned as the bytes of a PNG."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager

from mnist.figures import COLOURS, NAMES, png

INK = {"cmap": "gray_r", "vmin": 0, "vmax": 255}


def samples(images, labels, columns=16):
    """Draw the first examples of every digit, a row each."""
    figure, axes = plt.subplots(figsize=(8, 5.4))
    sheet = np.zeros((10 * 28, columns * 28))
    for digit in range(10):
        for column, image in enumerate(images[labels == digit][:columns]):
            sheet[digit * 28 :, column * 28 :][:28, :28] = image
    axes.imshow(sheet, **INK)
    axes.set_title("What the models learn from: training digits by label")
    axes.set_yticks(np.arange(10) * 28 + 14, range(10))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return png(figure)


def drawable(text):
    """Return text with a question mark for each sign that the font of the charts does not have."""
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    return "".join(sign if font.get_char_index(ord(sign)) else "?" for sign in text)


def gallery(images, labels, probabilities, chosen, title, columns=10, captions=None):
    """Draw the chosen images with the true digit and both models' answers, wrong ones coloured.

    Takes images uint8 (n, 28, 28), labels (n,), -1 where unknown, {model: probabilities (n, 10)},
    and captions (n,) where they are to be others than the labels.
    """
    rows = max(1, -(-len(chosen) // columns))
    size = (columns * 1.1, rows * 1.75 + 0.4)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, i in zip(grid.flat, chosen, strict=False):
        axes.imshow(images[i], **INK)
        caption = drawable(captions[i]) if captions else f"is {labels[i]}"
        axes.set_title(caption, fontsize=9, loc="center", pad=3, parse_math=False)
        for line, (name, p) in enumerate(probabilities.items()):
            style = {"color": "#666666"}
            if labels[i] not in (-1, p[i].argmax()):
                style = {"color": COLOURS[name], "weight": "bold"}
            says = f"{NAMES[name]} {p[i].argmax()} · {p[i].max():.0%}"
            axes.text(14, 30 + 5.5 * line, says, ha="center", va="top", fontsize=8, **style)
    return png(figure)


def attention(images, labels, answers, maps):
    """Draw digits, and under each where both models look.

    Takes images uint8 (n, 28, 28), labels (n,), {model: answers (n,)}, {model: maps (n, 28, 28)}.
    """
    size = (0.8 * len(images) + 0.4, 3.4)
    figure, grid = plt.subplots(1 + len(maps), len(images), figsize=size, squeeze=False)
    for column, image in enumerate(images):
        grid[0, column].imshow(image, **INK)
        grid[0, column].set_title(f"is {labels[column]}", loc="center", fontsize=10)
        for axes, (name, each) in zip(grid[1:, column], maps.items(), strict=True):
            axes.imshow(image, **INK, alpha=0.35)
            axes.imshow(each[column], cmap="Reds", alpha=np.sqrt(each[column]))
            axes.set_xlabel(f"says {answers[name][column]}", fontsize=10, color=COLOURS[name])
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, name in zip(grid[1:, 0], maps, strict=True):
        axes.set_ylabel(NAMES[name], color=COLOURS[name], weight="bold")
    return png(figure)


def corruptions(looks):
    """Draw the same digits under each kind of corruption, {kind: uint8 (n, 28, 28)}, a row each."""
    sheet = np.concatenate([np.concatenate([*images], 1) for images in looks.values()])
    figure, axes = plt.subplots(figsize=(6.2, 8.6))
    axes.imshow(sheet, **INK)
    axes.set_yticks(np.arange(len(looks)) * 28 + 14, [kind.replace("_", " ") for kind in looks])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return png(figure)
