"""Pictures of digits and of errors, each returned as the bytes of a PNG."""

import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

NAMES = {"ann": "ANN", "cnn": "CNN"}
# Okabe & Ito 2008: told apart in every form of colour blindness.
COLOURS = {"ann": "#D55E00", "cnn": "#0072B2"}
INK = {"cmap": "gray_r", "vmin": 0, "vmax": 255}
plt.rcParams |= {
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
}


def png(figure):
    """Return the figure as PNG bytes, the same for the same picture, and close it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()


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


def gallery(images, labels, probabilities, chosen, title, columns=10):
    """Draw the chosen images with the true digit and both models' answers, wrong ones coloured.

    Takes images uint8 (n, 28, 28), labels (n,) and {model: probabilities (n, 10)}.
    """
    rows = max(1, -(-len(chosen) // columns))
    size = (columns * 1.1, rows * 1.6 + 0.4)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, i in zip(grid.flat, chosen, strict=False):
        axes.imshow(images[i], **INK)
        axes.set_title(f"is {labels[i]}", fontsize=9, loc="center", pad=3)
        for line, (name, p) in enumerate(probabilities.items()):
            style = {"color": "#666666"}
            if p[i].argmax() != labels[i]:
                style = {"color": COLOURS[name], "weight": "bold"}
            says = f"{NAMES[name]} {p[i].argmax()} · {p[i].max():.0%}"
            axes.text(14, 30 + 5.5 * line, says, ha="center", va="top", fontsize=8, **style)
    return png(figure)


def confusions(counts):
    """Draw the errors of each model, {model: float (10, 10) true by predicted}, on one scale."""
    figure, grid = plt.subplots(1, 2, figsize=(11, 5.4))
    errors = {name: c * (1 - np.eye(10)) for name, c in counts.items()}
    style = {"cmap": "Reds", "vmin": 0, "vmax": max(e.max() for e in errors.values())}
    style |= {"annot": True, "fmt": ".3g", "cbar": False, "square": True}
    for axes, (name, error) in zip(grid, errors.items(), strict=True):
        sns.heatmap(error, ax=axes, mask=error == 0, linewidths=0.5, linecolor="#eeeeee", **style)
        axes.set(xlabel="the model says", ylabel="it is")
        axes.set_title(f"{NAMES[name]}: {error.sum():.3g} errors of {counts[name].sum():,.0f}")
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
        axes.plot(table["epoch"], held, color=COLOURS[name], label="validation", lw=2)
        axes.plot(table["epoch"], train, color=COLOURS[name], label="training", lw=2, ls=":")
        gap = held.iloc[-1] - train.iloc[-1]
        axes.set_title(f"{NAMES[name]}: gap {gap:.2f} points at the end")
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
    figure, axes = plt.subplots(figsize=(8, 2.4))
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
    axes.set_xlabel("test error, %: a dot per seed, band = 95 % interval over seeds and images")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return png(figure)
