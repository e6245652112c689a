"""Charts of what benchmarks/ left, each returned as the bytes of a PNG."""

import matplotlib.pyplot as plt
import numpy as np

from mnist.figures import COLOURS, NAMES, png


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


def effects(table):
    """Draw what each change to the recipes does to the validation error, with its interval.

    Takes a table of model, change, effect, low, high and corrupted_effect in points, and time, a
    factor. The last two stand beside the chart as numbers.
    """
    columns = (1.02, "time ×", "time", "{:.2f}"), (1.2, "corrupted", "corrupted_effect", "{:+.1f}")
    changes = list(dict.fromkeys(table["change"]))[::-1]
    figure, grid = plt.subplots(1, 2, figsize=(12, 5.8), sharey=True)
    for axes, (name, rows) in zip(grid, table.groupby("model"), strict=True):
        shown = (rows["low"] > 0) | (rows["high"] < 0)
        colours = [COLOURS[name] if each else "#999999" for each in shown]
        places = rows["change"].map(changes.index)
        beside = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.axvline(0, color="#444444", lw=1)
        axes.hlines(places, rows["low"], rows["high"], colors=colours, lw=3, alpha=0.5)
        axes.scatter(rows["effect"], places, 40, color=colours, zorder=3)
        for x, title, column, form in columns:
            axes.text(x, len(changes) - 0.3, title, **beside)
            found = dict(zip(rows["change"], rows[column], strict=True))
            for y, change in enumerate(changes):
                axes.text(x, y, form.format(found[change]) if change in found else "–", **beside)
        axes.set_yticks(range(len(changes)), changes)
        axes.tick_params(axis="y", length=0)
        axes.set_xscale("symlog", linthresh=0.2)
        axes.set(title=NAMES[name], xlabel="points of validation error:  ← better   worse →")
        axes.set_xticks([-0.2, -0.1, 0, 0.1, 0.2, 0.5, 1], minor=False)
        axes.xaxis.set_major_formatter("{x:+g}")
        axes.grid(axis="x", color="#eeeeee")
    return png(figure)


def peers(table, costs):
    """Draw validation error against seconds of training, for our networks and for their peers.

    Takes a table of network, seed and validation_accuracies after each epoch, and a table of
    network and seconds_per_epoch. A line is a mean over seeds.
    """
    names = {
        **NAMES,
        "pytorch_examples": "pytorch/examples",
        "train_mnist_fast": "train_mnist_fast",
    }
    colours = {**COLOURS, "pytorch_examples": "#666666", "train_mnist_fast": "#009E73"}
    epoch = costs.set_index("network")["epoch"]
    figure, axes = plt.subplots(figsize=(7.6, 4.4))
    for name, runs in table.groupby("network"):
        each = [list(map(float, line.split())) for line in runs["validation_accuracies"]]
        held = 100 - 100 * np.mean(each, axis=0)
        seconds = epoch[name] * np.arange(1, len(held) + 1)
        axes.plot(seconds, held, "o-", ms=4, color=colours[name])
        style = {"color": colours[name], "weight": "bold", "va": "center"}
        if len(seconds) == 1:  # where others pass by on the right
            axes.text(seconds[-1] / 1.08, held[-1], names[name], ha="right", **style)
        else:
            axes.text(seconds[-1] * 1.06, held[-1], names[name], **style)
    for target in (1, 0.5):
        axes.axhline(target, color="#bbbbbb", lw=1, ls=":")
    axes.set(xscale="log", yscale="log", yticks=[0.3, 0.5, 1, 2, 5])
    axes.set(xlabel="seconds of training (log scale)", ylabel="validation error, % (log scale)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    axes.margins(x=0.2)
    axes.grid(color="#eeeeee")
    return png(figure)
