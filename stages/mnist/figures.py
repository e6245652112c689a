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
GREY = "#666666"

plt.rcParams.update(
    {
        "figure.dpi": 100,
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
    }
)


def png(figure):
    """Return the figure as PNG bytes, the same for the same picture, and close it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()


def digit(axes, image):
    """Draw one image, uint8 (28, 28), as dark ink."""
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color="#cccccc")


def samples(images, labels, columns=16):
    """Draw the first examples of every digit, a row each."""
    rows = []
    for label in range(10):
        row = images[labels == label][:columns]
        rows.append(np.pad(row, ((0, columns - len(row)), (0, 0), (0, 0))))
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    figure, axes = plt.subplots(figsize=(8, 5.4))
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    axes.set_yticks(np.arange(10) * 28 + 14, range(10))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("What the models learn from: training digits by label")
    return png(figure)


def says(probabilities):
    """Return a model's answer in words: digit and probability in per cent."""
    return f"{probabilities.argmax()} · {probabilities.max():.0%}"


def gallery(images, labels, probabilities, chosen, title, columns=10):
    """Draw the chosen images with the true digit and both models' answers, wrong ones coloured.

    Takes images uint8 (n, 28, 28), labels (n,) and {model: probabilities (n, 10)}.
    """
    rows = max(1, -(-len(chosen) // columns))
    figure, grid = plt.subplots(
        rows, columns, figsize=(columns * 1.1, rows * 1.55 + 0.7), squeeze=False
    )
    for axes in grid.flat:
        axes.axis("off")
    for axes, i in zip(grid.flat, chosen, strict=False):
        axes.axis("on")
        digit(axes, images[i])
        axes.set_title(f"is {labels[i]}", fontsize=9, color="black", loc="center", pad=3)
        for line, (name, p) in enumerate(probabilities.items()):
            is_wrong = p[i].argmax() != labels[i]
            axes.text(
                0.5,
                -0.05 - 0.2 * line,
                f"{NAMES[name]} {says(p[i])}",
                transform=axes.transAxes,
                ha="center",
                va="top",
                fontsize=8,
                color=COLOURS[name] if is_wrong else GREY,
                weight="bold" if is_wrong else "normal",
            )
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    return png(figure)


def confusions(counts):
    """Draw the errors of each model, {model: float (10, 10) true by predicted}, on one scale."""
    errors = {name: c * (1 - np.eye(10)) for name, c in counts.items()}
    top = max(e.max() for e in errors.values())
    figure, grid = plt.subplots(1, 2, figsize=(11, 5.2))
    for axes, (name, error) in zip(grid, errors.items(), strict=True):
        sns.heatmap(
            error,
            ax=axes,
            mask=error == 0,
            annot=True,
            fmt=".3g",
            cmap="Reds",
            vmin=0,
            vmax=top,
            cbar=False,
            square=True,
            linewidths=0.5,
            linecolor="#eeeeee",
            annot_kws={"fontsize": 9},
        )
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
        train, held = (  # a logarithm has no place for an epoch without error
            (100 * (1 - table[f"{part}_accuracy"])).clip(lower=0.01)
            for part in ("train", "validation")
        )
        axes.fill_between(table["epoch"], train, held, color=COLOURS[name], alpha=0.12)
        axes.plot(table["epoch"], held, color=COLOURS[name], label="validation", lw=2)
        axes.plot(table["epoch"], train, color=COLOURS[name], label="training", lw=2, ls=":")
        gap = held.iloc[-1] - train.iloc[-1]
        axes.set(xlabel="epoch", yscale="log")
        axes.set_title(f"{NAMES[name]}: gap {gap:.2f} points at the end")
        axes.yaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
        axes.set_yticks([0.1, 0.2, 0.5, 1, 2, 5, 10])
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
        axes.grid(axis="y", color="#eeeeee")
        axes.legend(frameon=False)
    grid[0].set_ylabel("error, % (log scale)")
    return png(figure)


def errors(scores, table):
    """Draw the test error of each model: its interval, its mean, and a dot per seed."""
    figure, axes = plt.subplots(figsize=(8, 2.6))
    test = table[table["part"] == "test"]
    for y, name in enumerate(reversed(NAMES)):
        s, colour = scores[name], COLOURS[name]
        low, high = 100 * (1 - s["high"]), 100 * (1 - s["low"])
        axes.plot([low, high], [y, y], color=colour, lw=10, alpha=0.25, solid_capstyle="butt")
        each = 100 * (1 - test.loc[test["model"] == name, "accuracy"])
        axes.plot(each, [y] * len(each), "o", color=colour, ms=7, mec="white")
        mean = 100 * (1 - s["accuracy"])
        axes.text(high, y, f"  {mean:.2f} %", va="center", color=colour, weight="bold", size=13)
    axes.set_yticks(range(len(NAMES)), reversed(NAMES.values()), weight="bold", size=13)
    axes.set_ylim(-0.6, 1.6)
    axes.set_xlim(left=0)
    axes.margins(x=0.15)
    axes.set_xlabel("test error, %: a dot per seed, band = 95 % interval over seeds and images")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return png(figure)
