"""Charts of how the models learn, err and stand what they were not trained for."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist.plots.style import SOFT, colours, drawing, log_percent, name_line, panels, title

LOG_ERROR = "error, % (log scale)"
MOVED = {"rotation": "rotated by, degrees", "shift": "shifted by, pixels", "scale": "scaled by"}
LEAST = 0.01  # %, since a logarithm has no place for an epoch without error


def error(accuracies: pd.Series) -> pd.Series:
    """Return errors in %, for an axis with a logarithmic scale."""
    return (100 - 100 * accuracies).clip(lower=LEAST)


@drawing
def confusions(counts: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw the errors of each model, all on one scale of colours.

    Takes {model: table of true, predicted and count, a row for each pair of classes}.
    """
    names = list(dict.fromkeys(next(iter(counts.values()))["true"].astype(str)))
    tables = {m: t["count"].to_numpy().reshape(len(names), -1) for m, t in counts.items()}
    errors = {m: c * (1 - np.eye(len(names))) for m, c in tables.items()}
    highest = max(each.max() for each in errors.values()) or 1
    long = max(map(len, names)) > 2
    figure, grid = panels(len(counts), (6.2, 6) if long else (5.5, 5.4))
    for axes, (model, each) in zip(grid, errors.items(), strict=True):
        style = {"cmap": "Reds", "vmin": 0, "vmax": highest, "edgecolors": "#eeeeee", "lw": 0.5}
        axes.pcolormesh(np.ma.masked_equal(each, 0), **style)
        for row, column in np.argwhere(each):
            value = each[row, column]
            style = {"ha": "center", "va": "center", "size": 10}
            style["color"] = "white" if value > 0.55 * highest else "#262626"
            words = f"{value:.1f}" if value < 10 else f"{value:.0f}"
            axes.text(column + 0.5, row + 0.5, words, **style)
        places = np.arange(len(names)) + 0.5
        axes.set_xticks(places, names, rotation=45 if long else 0, ha="right" if long else "center")
        axes.set_yticks(places, names)
        axes.set(xlabel="the model says", ylabel="it is", aspect="equal")
        axes.invert_yaxis()
        axes.set_title(f"{title(model)}: {each.sum():,.0f} errors of {tables[model].sum():,.0f}")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


@drawing
def curves(histories: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw error against epoch, on training images and on validation, for each model.

    Takes {model: table of epoch, train_accuracy and validation_accuracy}.
    """
    colour, columns = colours(histories), 2 if len(histories) in (2, 4) else 3
    size = (5.5, 4.4) if columns == 2 else (4.2, 4)
    figure, grid = panels(len(histories), size, columns, sharey=True)
    for axes, (model, table) in zip(grid, histories.items(), strict=True):
        train, held = error(table["train_accuracy"]), error(table["validation_accuracy"])
        axes.fill_between(table["epoch"], train, held, color=colour[model], alpha=0.12)
        style = {"color": colour[model], "lw": 2, "marker": "o", "ms": 3}
        axes.plot(table["epoch"], held, label="validation", **style)
        axes.plot(table["epoch"], train, label="training", ls=":", **style)
        gap = 100 * (table["train_accuracy"] - table["validation_accuracy"]).iloc[-1]
        axes.set_title(f"{title(model)}: final gap {gap:.2f} points")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y")
        axes.legend(loc="upper right")
    log_percent(grid[0])
    grid[0].set_ylabel(LOG_ERROR)
    return figure


@drawing
def errors(
    test: Mapping[str, Mapping[str, float]], seeds: pd.DataFrame, models: Sequence[str]
) -> Figure:
    """Draw the test error of each model: its interval, its mean, and a dot per seed.

    Takes {model: figures with accuracy, low and high} and a table of part, model and accuracy.
    """
    figure = Figure(figsize=(6.4, 0.6 + 0.8 * len(models)))
    axes, colour = figure.subplots(), colours(models)
    for y, model in enumerate(models):
        right, low, high = (100 * test[model][key] for key in ("accuracy", "low", "high"))
        axes.barh(y, high - low, 0.3, 100 - high, color=colour[model], alpha=0.25)
        each = seeds[(seeds["part"] == "test") & (seeds["model"] == model)]["accuracy"]
        axes.plot(100 - 100 * each, [y] * len(each), "o", color=colour[model], ms=7, mec="white")
        style = {"color": colour[model], "weight": "bold", "size": 13, "va": "center"}
        axes.text(100 - low, y, f"  {100 - right:.2f} %", **style)
    axes.set_yticks(range(len(models)), map(title, models), weight="bold", size=13)
    axes.set(xlim=(0, None), ylim=(len(models) - 0.5, -0.5))
    axes.set_xlabel("test error, %  (dots: seeds; bands: 95 % interval)")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure


@drawing
def spending(
    spent: Mapping[str, Sequence[float]], histories: Mapping[str, pd.DataFrame], label: str
) -> Figure:
    """Draw validation error against what training has cost so far, all models in one picture.

    Takes {model: cost after each epoch}, {model: table of validation_accuracy}, the cost's name.
    """
    figure = Figure(figsize=(6.4, 3.8))
    axes, colour = figure.subplots(), colours(histories)
    for model, table in histories.items():
        held = error(table["validation_accuracy"])
        axes.plot(spent[model], held, "o-", ms=4, color=colour[model])
        name_line(axes, spent[model][-1], held.iloc[-1], f"  {title(model)}", colour[model])
    log_percent(axes)
    axes.set(xlim=(0, None), xlabel=label, ylabel=f"validation {LOG_ERROR}")
    axes.grid()
    return figure


@drawing
def calibration(
    bins: Mapping[str, pd.DataFrame], coverage: Mapping[str, pd.DataFrame], n: int
) -> Figure:
    """Draw accuracy against confidence, and the errors that are left against coverage.

    Takes {model: table of confidence, accuracy and count}, {model: table of coverage and errors}
    and the number of test images.
    """
    figure, (left, right) = panels(2, (5.5, 4.4))
    left.plot([0, 1], [0, 1], color="#999999", lw=1)
    for model, colour in colours(bins).items():
        table = bins[model][bins[model]["count"] >= 10]  # a share of fewer says nothing
        style = {"color": colour, "label": title(model)}
        left.plot(table["confidence"], table["accuracy"], "o-", ms=4.5, lw=1, **style)
        passed = 100 - 100 * coverage[model]["coverage"]
        right.plot(passed, coverage[model]["errors"], lw=2, **style)
    left.text(0.06, 0.02, "below the line: too sure", color=SOFT, size=10)
    left.set_title("When it says 80 %, is it right 80 % of the time?")
    left.set(xlabel="mean confidence of a bin", ylabel="share that is right")
    right.set_title("Errors left, if it may pass on the unsure")
    right.set(xlabel="images passed on, %", ylabel=f"errors, of {n:,}", ylim=(0, None))
    for axes in (left, right):
        axes.legend()
        axes.grid()
    return figure


@drawing
def corruption_errors(table: pd.DataFrame) -> Figure:
    """Draw the error of each model on each kind of corruption, the kinds seen in training apart.

    Takes a table of kind, seen, model and error. The kinds on which models err least come first.
    """
    models = list(dict.fromkeys(table["model"]))
    wide = 100 * table.pivot(index=["seen", "kind"], columns="model", values="error")
    wide["mean"] = wide.mean(axis=1)
    wide = wide.sort_values(["seen", "mean"], ascending=[False, True])
    seen = wide.index.get_level_values("seen").to_numpy(bool)
    places = np.arange(len(wide)) + np.where(seen, 0, 1.2)
    figure = Figure(figsize=(7.6, 1.2 + len(wide) * (0.23 + 0.06 * len(models))))
    axes, width = figure.subplots(), 0.8 / len(models)
    for nth, (model, colour) in enumerate(colours(models).items()):
        offset = (nth - (len(models) - 1) / 2) * width
        axes.barh(places + offset, wide[model], 0.95 * width, color=colour, label=title(model))
    groups = {True: "seen in training, in some form", False: "never seen in training"}
    for which, words in groups.items():
        if (group := places[seen == which]).size:
            axes.text(0.4, group.min() - 0.75, words, weight="bold", va="center")
    axes.set_yticks(places, [kind.replace("_", " ") for _, kind in wide.index])
    axes.set(xlabel="error, %", ylim=(places.max() + 0.7, places.min() - 1.2))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.legend(loc="upper right")
    return figure


@drawing
def geometry(table: pd.DataFrame) -> Figure:
    """Draw accuracy against rotation, shift and scale, all models in each picture.

    Takes a table of curve, value, model and accuracy.
    """
    figure, grid = panels(3, (3.67, 3.6), 3, sharey=True)
    for axes, (curve, label) in zip(grid, MOVED.items(), strict=True):
        for model, colour in colours(dict.fromkeys(table["model"])).items():
            rows = table[(table["curve"] == curve) & (table["model"] == model)]
            style = {"color": colour, "label": title(model), "lw": 2}
            axes.plot(rows["value"], 100 * rows["accuracy"], **style)
        axes.set(xlabel=label, ylim=(0, 102))
        axes.grid()
    grid[0].legend(loc="lower center")
    grid[0].set_ylabel("accuracy, %")
    figure.suptitle("When the image is moved", x=0.01, ha="left", weight="bold")
    return figure
