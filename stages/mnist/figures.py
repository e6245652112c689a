"""Charts, each returned as the bytes of a PNG, and the style of every picture."""

import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from PIL import Image

NAMES = {"ann": "ANN", "cnn": "CNN"}
# Okabe & Ito 2008: told apart in every form of colour blindness.
COLOURS = {"ann": "#D55E00", "cnn": "#0072B2"}
plt.rcParams |= {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
}


def png(figure):
    """Return the figure as PNG bytes, the same for the same picture, and close it."""
    figure.canvas.draw()
    image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    plt.close(figure)
    buffer = io.BytesIO()
    # 64 colours are enough for ink and two hues, in a third of the bytes.
    image.quantize(64, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def confusions(counts):
    """Draw the errors of each model on one scale, {model: table (100 rows) with count}."""
    figure, grid = plt.subplots(1, 2, figsize=(11, 5.4))
    counts = {name: table["count"].to_numpy().reshape(10, 10) for name, table in counts.items()}
    errors = {name: c * (1 - np.eye(10)) for name, c in counts.items()}
    style = {"cmap": "Reds", "vmin": 0, "vmax": max(e.max() for e in errors.values())}
    style |= {"annot": True, "fmt": ".1f", "cbar": False, "square": True}
    for axes, (name, error) in zip(grid, errors.items(), strict=True):
        sns.heatmap(error, ax=axes, mask=error == 0, linewidths=0.5, linecolor="#eeeeee", **style)
        axes.set(xlabel="the model says", ylabel="it is")
        axes.set_title(f"{NAMES[name]}: {error.sum():,.0f} errors of {counts[name].sum():,.0f}")
        axes.tick_params(length=0, rotation=0)
    return png(figure)


def curves(histories):
    """Draw error against epoch, on training images and on validation, for each model.

    Takes {model: table with epoch, train_accuracy, validation_accuracy}.
    """
    figure, grid = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True)
    for axes, (name, table) in zip(grid, histories.items(), strict=True):
        # A logarithm has no place for an epoch without error.
        train = (100 - 100 * table["train_accuracy"]).clip(lower=0.01)
        held = (100 - 100 * table["validation_accuracy"]).clip(lower=0.01)
        axes.fill_between(table["epoch"], train, held, color=COLOURS[name], alpha=0.12)
        style = {"lw": 2, "marker": "o", "ms": 3}
        axes.plot(table["epoch"], held, color=COLOURS[name], label="validation", **style)
        axes.plot(table["epoch"], train, color=COLOURS[name], label="training", ls=":", **style)
        gap = held.iloc[-1] - train.iloc[-1]
        axes.set_title(f"{NAMES[name]}: gap {gap:.2f} points after the last epoch")
        axes.set(xlabel="epoch", yscale="log", yticks=[0.1, 0.2, 0.5, 1, 2, 5, 10])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
        axes.grid(axis="y", color="#eeeeee")
        axes.legend(frameon=False)
    grid[0].set_ylabel("error, % (log scale)")
    return png(figure)


def errors(figures, table):
    """Draw the test error of each model: its interval, its mean, and a dot per seed."""
    figure, axes = plt.subplots(figsize=(6.4, 2.2))
    for y, name in enumerate(reversed(NAMES)):
        right, low, high = (100 * figures[name][key] for key in ("accuracy", "low", "high"))
        axes.barh(y, high - low, 0.3, 100 - high, color=COLOURS[name], alpha=0.25)
        each = table[(table["part"] == "test") & (table["model"] == name)]["accuracy"]
        axes.plot(100 - 100 * each, [y] * len(each), "o", color=COLOURS[name], ms=7, mec="white")
        style = {"color": COLOURS[name], "weight": "bold", "size": 13, "va": "center"}
        axes.text(100 - low, y, f"  {100 - right:.2f} %", **style)
    axes.set_yticks(range(len(NAMES)), reversed(NAMES.values()), weight="bold", size=13)
    axes.set(xlim=(0, None), ylim=(-0.5, 1.5))
    axes.margins(x=0.15)
    axes.set_xlabel("test error, %  (dots: seeds; bands: 95 % interval)")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return png(figure)


def spending(spent, histories, label):
    """Draw validation error against what training has cost so far, both models in one picture.

    Takes {model: cost after each epoch}, {model: table with validation_accuracy}, the cost's name.
    """
    figure, axes = plt.subplots(figsize=(6.4, 3.8))
    for name, table in histories.items():
        held = (100 - 100 * table["validation_accuracy"]).clip(lower=0.01)
        axes.plot(spent[name], held, "o-", ms=4, color=COLOURS[name])
        style = {"color": COLOURS[name], "weight": "bold", "va": "center"}
        axes.text(spent[name][-1], held.iloc[-1], f"  {NAMES[name]}", **style)
    axes.set(yscale="log", yticks=[0.5, 1, 2, 5], xlim=(0, None))
    axes.set(xlabel=label, ylabel="validation error, % (log scale)")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.grid(color="#eeeeee")
    return png(figure)


def calibration(bins, coverage, n):
    """Draw accuracy against confidence, and the errors that are left against coverage.

    Takes {model: table with confidence, accuracy, count}, {model: table with coverage, errors} and
    the number of test images.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4))
    left.plot([0, 1], [0, 1], color="#999999", lw=1)
    for name, table in bins.items():
        table = table[table["count"] >= 10]  # a share of fewer says nothing
        style = {"color": COLOURS[name], "label": NAMES[name]}
        left.plot(table["confidence"], table["accuracy"], lw=1, **style)
        left.scatter(table["confidence"], table["accuracy"], 20, color=COLOURS[name])
        right.plot(100 - 100 * coverage[name]["coverage"], coverage[name]["errors"], lw=2, **style)
    left.set_title("When it says 80 %, is it right 80 % of the time?")
    left.set(xlabel="mean confidence of a bin", ylabel="share that is right")
    right.set_title("Errors left, if it may pass on the unsure")
    right.set(xlabel="images passed on, %", ylabel=f"errors, of {n:,}", ylim=(0, None))
    for axes in (left, right):
        axes.legend(frameon=False)
        axes.grid(color="#eeeeee")
    return png(figure)


def dropout(table):
    """Draw what dropout does to each model's gap and to its validation error.

    Takes a table of model, dropout, seed, train_accuracy and validation_accuracy.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    gap = 100 * (table["train_accuracy"] - table["validation_accuracy"])
    table = table.assign(gap=gap, error=100 - 100 * table["validation_accuracy"])
    for name, rows in table.groupby("model"):
        for axes, column in ((left, "gap"), (right, "error")):
            mean = rows.groupby("dropout")[column].mean()
            axes.plot(mean, color=COLOURS[name], lw=2, label=NAMES[name])
            axes.plot(rows["dropout"], rows[column], "o", color=COLOURS[name], ms=4, alpha=0.5)
    left.set(title="Gap between training and validation", ylabel="points of accuracy")
    right.set(title="Validation error", ylabel="%")
    for axes in (left, right):
        axes.set(xlabel="dropout", ylim=(0, None))
        axes.legend(frameon=False)
        axes.grid(axis="y", color="#eeeeee")
    return png(figure)
