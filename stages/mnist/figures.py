"""Charts of the models, each returned as the bytes of a PNG, and the style of every picture."""

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
    # 128 colours are enough and take fewer bytes, if chosen to cover also what is rare: by
    # frequency, as Pillow does by itself, the models' colours on a sheet of digits become others.
    image = image.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(buffer, "PNG", optimize=True)
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


def corruption_errors(table):
    """Draw the error of both models on each kind of corruption, the kinds seen in training apart.

    Takes a table of kind, seen, model and error.
    """
    wide = 100 * table.pivot(index=["seen", "kind"], columns="model", values="error")
    wide = wide.sort_values(["seen", "cnn"], ascending=[False, True])
    places = np.arange(len(wide)) + wide.index.get_level_values("seen").map({True: 0, False: 1.2})
    figure, axes = plt.subplots(figsize=(7.6, 6.4))
    for name, offset in (("ann", 0.2), ("cnn", -0.2)):
        axes.barh(places + offset, wide[name], 0.38, color=COLOURS[name], label=NAMES[name])
    for seen, title in (
        (True, "seen in training, in some form"),
        (False, "never seen in training"),
    ):
        group = places[wide.index.get_level_values("seen") == seen]
        if len(group):
            axes.text(0.4, group.min() - 0.75, title, weight="bold", va="center")
    axes.set_yticks(places, [kind.replace("_", " ") for _, kind in wide.index])
    axes.set(xlabel="error, %", ylim=(places.max() + 0.7, places.min() - 1.2))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.legend(frameon=False, loc="upper right", reverse=True)  # the order of the bars
    return png(figure)


def geometry(table):
    """Draw accuracy against rotation, shift and scale, both models in each picture.

    Takes a table of curve, value, model and accuracy.
    """
    labels = {
        "rotation": "rotated by, degrees",
        "shift": "shifted by, pixels",
        "scale": "scaled by",
    }
    figure, grid = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
    for axes, (curve, label) in zip(grid, labels.items(), strict=True):
        for name in NAMES:
            rows = table[(table["curve"] == curve) & (table["model"] == name)]
            axes.plot(rows["value"], 100 * rows["accuracy"], color=COLOURS[name], lw=2)
        axes.set(xlabel=label, ylim=(0, 102))
        axes.grid(color="#eeeeee")
    for name, y in (("cnn", 0.2), ("ann", 0.1)):
        style = {"color": COLOURS[name], "weight": "bold", "transform": grid[0].transAxes}
        grid[0].text(0.5, y, NAMES[name], ha="center", **style)
    grid[0].set_ylabel("accuracy, %")
    figure.suptitle("When the digit is moved", x=0.01, ha="left", weight="bold")
    return png(figure)
